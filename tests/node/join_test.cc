#include "node/net/join.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "node/net/loopback.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using yz::test::kDay;
using yz::test::kNow;

namespace {

Invite wish() {
  Invite w;
  w.code = "370783105001";
  w.name = "铁匠沟站";
  w.level = crypto::Level::unit;
  return w;
}

Result<Invitation> make(test::World& w, const Invite& i) {
  return w.store().write([&] { return make_invitation(w.store(), w.directory(), i, "", kNow); });
}

/// The invitation with one byte of its content changed, and the check bytes made good again.
std::string with_byte(const Invitation& i, std::size_t at, int value) {
  Bytes raw = from_base32(encode(i).substr(4)).value();
  raw.resize(raw.size() - 4);
  raw[at] = static_cast<std::uint8_t>(value);
  const Hash check = crypto::hash(crypto::purpose::invite_id, {raw});
  raw.insert(raw.end(), check.bytes.begin(), check.bytes.begin() + 4);
  return "YZ1-" + base32(raw);
}

}  // namespace

TEST_CASE("an invitation with a level or a yes-or-no that cannot be is refused") {
  test::World w;
  const Invitation i = make(w, wish()).value();
  CHECK(decode_invitation(encode(i)));
  CHECK(decode_invitation(with_byte(i, 1, 1)));
  CHECK(decode_invitation(with_byte(i, 2, 0)));
  for (const int level : {0, 6, 255}) CHECK_FALSE(decode_invitation(with_byte(i, 1, level)));
  for (const int flag : {2, 255}) CHECK_FALSE(decode_invitation(with_byte(i, 2, flag)));
}

TEST_CASE("an invitation whose addresses nobody could read is not made") {
  test::World w;
  Invite i = wish();
  i.urls = {"http://" + std::string(249, 'a')};
  REQUIRE(make(w, i));
  CHECK(decode_invitation(encode(make(w, i).value())));
  i.urls = {"http://" + std::string(250, 'a')};
  const auto made = make(w, i);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == "invite.urls");
}

TEST_CASE("of a machine's own addresses those that lead nobody else there are left out, unless there are no others") {
  for (const char* here : {"http://127.0.0.1:8443", "https://127.9.9.9", "http://localhost:1", "http://[::1]:8443"}) {
    CAPTURE(here);
    CHECK(on_loopback(here));
    CHECK(for_others({here}) == std::vector<std::string>{here});
    CHECK(for_others({here, "http://10.1.2.3:8443"}) == std::vector<std::string>{"http://10.1.2.3:8443"});
  }
  for (const char* there :
       {"http://10.1.2.3:8443", "https://localhost.example", "http://[2001:db8::1]:1", "http://1270.example"})
    CHECK_FALSE(on_loopback(there));
  CHECK(for_others({}).empty());
}

TEST_CASE("an invitation is good to its last minute, and after it refused as expired") {
  test::World w;
  Invite i = wish();
  i.valid_minutes = 30;
  const Invitation invitation = make(w, i).value();
  CHECK(invitation.until_ms == kNow + 30 * 60'000);
  const test::Keys unit;
  JoinRequestMessage m;
  m.invitation = id_of(invitation);
  m.authority = unit.authority.public_key();
  const Bytes request = encode(m, unit.authority, invitation.code);
  const auto ask = [&](sync::Millis at) {
    const auto answer = w.store().write([&] { return admit(w.store(), w.directory(), request, w.town.authority, at); });
    REQUIRE_FALSE(answer);  // this request has no certificates: it is the reason that is looked at
    CHECK(answer.error().fault == Fault::forged);
    return answer.error().code;
  };
  CHECK(ask(invitation.until_ms) != "join.expired");
  CHECK(ask(invitation.until_ms + 1) == "join.expired");
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-5}, kMostValidMinutes + 1}) {
    i.valid_minutes = bad;
    CHECK(make(w, i).error().code == "invite.valid");
  }
}

TEST_CASE("an invitation for a code, a level or an address that cannot be is not made") {
  struct Case {
    const char *code, *code_said;
    bool moves, line;
    crypto::Level level;
  };
  for (const Case& c : {Case{"370783105001", "", false, false, crypto::Level::unit},
                        Case{"370783105", "invite.code", false, false, crypto::Level::unit},
                        Case{"370783106001", "invite.code", true, false, crypto::Level::unit},
                        Case{"370783106001", "", false, false, crypto::Level::unit},
                        Case{"370783106001", "", false, true, crypto::Level::unit},
                        Case{"370783", "invite.code", false, true, crypto::Level::county},
                        Case{"370783105001", "invite.code", false, false, crypto::Level::township},
                        Case{"37078310500一", "invite.code", false, true, crypto::Level::unit},
                        Case{"3707831050011", "invite.code", false, false, crypto::Level::unit}}) {
    test::World w;
    Invite i = wish();
    i.code = c.code;
    i.moves = c.moves;
    i.line = c.line;
    i.level = c.level;
    const auto made = make(w, i);
    CAPTURE(c.code);
    CHECK((made ? "" : made.error().code) == c.code_said);
    if (made) CHECK(decode_invitation(encode(*made)));
    if (!made) CHECK_FALSE(made.error().zh.empty());
  }
  test::World w;
  // On the page somebody says whether it is a registration: then a mistyped code is not taken for one.
  const auto asked =
      w.call("POST", "/api/v1/invitations", R"({"code":"370783106001","name":"铁匠沟站","level":"unit","line":false})");
  CHECK(asked.reply.status == 422);
  CHECK(asked.json.text("code") == "invite.code");
  for (const char* bad : {"10.77.0.5:8701", "ftp://10.77.0.5", "http://:8701", "http://10.77.0.5:0",
                          "http://10.77.0.5:70000", "http://10.77.0.5:87x", "http://"}) {
    Invite i = wish();
    i.urls = {bad};
    CAPTURE(bad);
    CHECK(make(w, i).error().code == "invite.urls");
  }
}

TEST_CASE("an invitation that was withdrawn is refused with that reason, and cannot be withdrawn once it was used") {
  test::World w;
  const Invitation invitation = make(w, wish()).value();
  const test::Keys unit;
  JoinRequestMessage m;
  m.invitation = id_of(invitation);
  m.authority = unit.authority.public_key();
  const Bytes request = encode(m, unit.authority, invitation.code);
  const std::string id = hex(id_of(invitation).view());
  const auto withdraw = [&] { return w.call("DELETE", "/api/v1/invitations/" + id.substr(0, 8)); };
  const auto listed = [&] {
    return std::string(w.call("GET", "/api/v1/invitations").json.find("invitations")->items()->at(0).text("state"));
  };
  CHECK(listed() == "open");
  CHECK(withdraw().reply.status == 200);
  CHECK(listed() == "withdrawn");
  CHECK(withdraw().reply.status == 409);
  const auto answer = w.store().write([&] { return admit(w.store(), w.directory(), request, w.town.authority, kNow); });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == "join.withdrawn");
  // Who does not know the code learns nothing of it.
  JoinRequestMessage other = m;
  const Bytes guessed = encode(other, unit.authority, Fixed<16, struct InviteCodeTag>{});
  CHECK(
      w.store().write([&] { return admit(w.store(), w.directory(), guessed, w.town.authority, kNow); }).error().code ==
      "join.mac");
  const Invitation second = make(w, wish()).value();
  REQUIRE(w.store().write([&] {
    return w.store().db().run("update invitation set used_by = ? where id = ?", w.store().me().office, id_of(second));
  }));
  const auto late = w.call("DELETE", "/api/v1/invitations/" + hex(id_of(second).view()));
  CHECK(late.reply.status == 409);
  CHECK(late.json.text("code") == "invite.used");
}
