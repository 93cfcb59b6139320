// How a further machine joins its office: what an invitation is good for, and what an answer has to be.
#include <doctest/doctest.h>

#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

struct Asking {
  crypto::SigningKey node = crypto::SigningKey::random(), officer = crypto::SigningKey::random();
  crypto::BoxKey box = crypto::BoxKey::random();
  Bytes request(const node::Invitation& i, std::string name = "王芳") const {
    return encode(node::MachineRequest{id_of(i), node.public_key(), officer.public_key(), box.public_key(), name}, node,
                  officer, i.code);
  }
};

struct First {
  Pair pair = founded_pair();
  Office& one = *pair.township;
  First() { REQUIRE(one.open().has_value()); }
  node::Invitation invite(std::string officer = "王芳") {
    node::Invite wish;
    wish.machine = true;
    wish.name = "二号机";
    wish.officer = std::move(officer);
    wish.roles = crypto::role::drafter;
    wish.urls = {"http://127.0.0.1:1"};
    return one.store()
        .write([&] { return node::invite_machine(one.store(), one.directory(), wish, "", kBegin); })
        .value();
  }
  Result<Bytes> ask(const Bytes& request, Millis at = kBegin) {
    auto done =
        one.store().write([&] { return node::admit(one.store(), one.directory(), request, one.authority(), at); });
    if (!done && done.error().code == "join.mac")
      REQUIRE(one.store().write([&] { return node::count_wrong_try(one.store(), request); }).has_value());
    return done;
  }
  std::string refused(const Bytes& request, Millis at = kBegin) {
    const auto done = ask(request, at);
    return done ? std::string("taken") : done.error().code;
  }
};

}  // namespace

TEST_CASE("an invitation for a machine is good for one machine, once, for whom it names, until it ends") {
  First f;
  const node::Invitation i = f.invite();
  CHECK(node::decode_invitation(encode(i)).value().machine);
  const Asking a, b;
  CHECK(f.refused(a.request(i, "张三")) == "join.officer");
  CHECK(f.refused(a.request(i), i.until_ms + 1) == "join.expired");
  const auto first = f.ask(a.request(i));
  REQUIRE(first.has_value());
  const auto again = f.ask(a.request(i), i.until_ms + 1);  // its answer was lost
  REQUIRE(again.has_value());
  const auto x = node::decode_machine_answer(*first).value(), y = node::decode_machine_answer(*again).value();
  CHECK(x.nodes == y.nodes);
  CHECK(x.officers == y.officers);
  CHECK(f.refused(b.request(i)) == "join.used");
  CHECK(f.one.number("select count(*) from node where office = (select id from office where state = 3)").value() == 2);
}

TEST_CASE("five wrong codes end an invitation for a machine") {
  First f;
  const node::Invitation i = f.invite();
  node::Invitation guess = i;
  guess.code.bytes[0] ^= 1;
  const Asking a;
  Bytes wrong = a.request(i);
  wrong.back() ^= 1;
  for (int n = 0; n < 5; ++n) CHECK(f.refused(wrong) == "join.mac");
  CHECK(f.refused(a.request(i)) == "join.dead");
  CHECK(f.refused(a.request(guess)) == "join.unknown");
}

TEST_CASE("an invitation for a machine takes in no office, and one for an office no machine") {
  First f;
  const node::Invitation machine = f.invite();
  node::Invite wish;
  wish.code = "370700101001";
  wish.name = "铁匠沟站";
  wish.level = crypto::Level::unit;
  const auto office =
      f.one.store().write([&] { return node::make_invitation(f.one.store(), f.one.directory(), wish, "", kBegin); });
  REQUIRE(office.has_value());
  const Asking a;
  CHECK(f.refused(a.request(*office)) == "join.kind");
  const crypto::SigningKey authority = crypto::SigningKey::random();
  node::JoinRequestMessage m;
  m.invitation = id_of(machine);
  m.authority = authority.public_key();
  CHECK(f.refused(encode(m, authority, machine.code)) == "join.kind");
}

TEST_CASE("an officer of ours gets a key more and stays one person; somebody new gets the roles of the invitation") {
  First f;
  const auto persons = [&] {
    return f.one
        .number(
            "select count(distinct person) from officer where state = 0 and office ="
            " (select id from office where state = 3)")
        .value();
  };
  const Asking a, b;
  REQUIRE(f.ask(a.request(f.invite())).has_value());
  CHECK(persons() == 1);
  CHECK(f.one.number("select count(*) from officer where state = 0 and name = '王芳'").value() == 2);
  REQUIRE(f.ask(b.request(f.invite("赵强"), "赵强")).has_value());
  CHECK(persons() == 2);
  CHECK(f.one.number("select roles from officer where name = '赵强'").value() == crypto::role::drafter);
}

TEST_CASE("a machine's request or its answer, cut or changed anywhere, is refused") {
  First f;
  const node::Invitation i = f.invite();
  const Asking a;
  const Bytes request = a.request(i);
  const Bytes answer = f.ask(request).value();
  REQUIRE(node::decode_machine_answer(answer).has_value());
  for (std::size_t n = 0; n < request.size(); n += 7)
    CHECK_FALSE(node::decode_machine_request(ByteView(request).first(n)));
  for (std::size_t n = 0; n < answer.size(); n += 11) {
    CHECK_FALSE(node::check_mac(ByteView(answer).first(n), i.code));
    Bytes changed = answer;
    changed[n] ^= 1;
    CHECK_FALSE(node::check_mac(changed, i.code));
  }
}

}  // namespace yz::sim
