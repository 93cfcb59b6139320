// Three machines of one office, one of them stolen: what the others write from then on is closed to it.
#include <doctest/doctest.h>

#include <set>

#include "node/store/archive_keys.h"
#include "node/store/revocation.h"
#include "node/store/siblings.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

constexpr std::string_view kReports = "select count(*) from record where type = 1 and quarantine = 0";
/// What was refused, could not be read, or accuses somebody; "" when there is nothing.
std::string failed(Office& o) {
  std::string out;
  auto q = o.store().db().query(
      "select code || ' ' || message from alarm where code in ('copy.failed', 'identity.refused', 'frame.refused',"
      " 'registry.differs', 'stream.forked')");
  while (q->step().value()) out += q->text(0) + "; ";
  return out;
}

/// Further machines dial the first; all have a line to the county.
struct ThreeMachines : Machines {
  std::vector<std::unique_ptr<Office>> further;
  std::vector<std::unique_ptr<Hop>> lines;
  std::set<const Office*> gone;

  Office& add() {
    further.push_back(second_machine(one, now));
    Office& o = *further.back();
    lines.push_back(std::make_unique<Hop>(o, one, now));
    lines.push_back(std::make_unique<Hop>(o, county, now));
    return o;
  }
  Result<> work(int rounds) {
    while (rounds-- > 0) {
      TRY(talk(1));
      for (auto& o : further)
        if (!gone.contains(o.get()))
          TRY(o->store().write([&] { return node::tell_and_watch(o->store(), o->directory(), now); }));
      for (auto& h : lines) {
        if (gone.contains(&h->below())) continue;
        TRY(h->dial());
        if (!h->ready()) continue;
        h->poll();
        for (int i = 0; i < 20 && TRY(h->exchange()); ++i) now += 20;
      }
    }
    return {};
  }
  Result<> revoke(Office& thief) {
    node::RevokeWish wish;
    wish.target = sync::RevokedTarget::node;
    wish.subject.bytes = thief.store().me().node.bytes;
    wish.why = sync::RevokedWhy::compromised;
    wish.since = now;
    wish.reason = "电脑被盗";
    gone.insert(&thief);
    return one.store().write([&] { return node::revoke(one.store(), wish, one.authority(), "王芳", now); });
  }
};

/// The newest envelope that this machine wrote.
sync::Envelope newest(Office& o) {
  auto q = o.store().db().query(
      "select e.bytes from envelope e join stream s on s.row = e.stream where e.own = 1 and s.node = ? order by e.row"
      " desc limit 1",
      o.store().me().node);
  REQUIRE(q.has_value());
  REQUIRE(q->step().value());
  return sync::decode_envelope(q->blob(0)).value();
}

bool opens(const sync::Envelope& e, Office& o) { return sync::open(e, o.store().keys()).has_value(); }

}  // namespace

TEST_CASE("of three machines one is stolen: what the other two write is closed to it, and open to each other") {
  ThreeMachines w;
  good(w.start());
  Office& two = w.add();
  Office& thief = w.add();
  good(w.work(8));
  good(w.report(two, Lane::urgent));
  good(w.work(6));
  REQUIRE(number(thief, kReports) == 1);
  const sync::Envelope before = newest(two);
  REQUIRE(opens(before, thief));
  const BoxPublic shared = w.one.store().keys().archive.public_key();
  REQUIRE(thief.store().keys().archive.public_key() == shared);
  good(w.revoke(thief));
  CHECK(w.one.store().keys().archive.public_key() != shared);
  good(w.work(4));
  CHECK(two.store().keys().archive.public_key() != shared);
  for (Office* writer : {&w.one, &two}) {
    Office& other = writer == &two ? w.one : two;
    good(w.report(*writer, Lane::urgent));
    good(w.work(6));
    const sync::Envelope e = newest(*writer);
    CHECK(e.hash != before.hash);
    CHECK(opens(e, *writer));
    CHECK(opens(e, other));
    CHECK_FALSE(opens(e, thief));
  }
  for (Office* o : {&w.one, &two, &w.county}) {
    CHECK(number(*o, kReports) == 3);
    CHECK(failed(*o) == "");
  }
  // The old key still opens what was.
  for (Office* o : {&w.one, &two}) CHECK(opens(before, *o));
  // After a start too.
  for (Office* o : {&w.one, &two}) {
    for (auto& h : w.lines) h->hang_up(*o);
    for (Hop* h : w.hops()) h->hang_up(*o);
    o->close();
    good(o->open());
    CHECK(opens(before, *o));
    CHECK(opens(newest(two), *o));
  }
  // What the thief says of keys is not heard.
  CHECK(node::siblings(w.one.store()).value().size() == 1);
}

TEST_CASE("a machine that joins later reads what the others wrote under every key before") {
  ThreeMachines w;
  good(w.start());
  Office& two = w.add();
  Office& thief = w.add();
  good(w.work(8));
  for (Office* o : {&w.one, &two, &thief}) good(w.report(*o, Lane::urgent));
  good(w.work(8));
  good(w.revoke(thief));
  good(w.work(6));
  for (Office* o : {&w.one, &two}) good(w.report(*o, Lane::urgent));
  good(w.work(8));
  Office& fourth = w.add();
  good(w.work(30));
  CHECK(number(fourth, kReports) == 4);
  // It has no word from before the theft: what the thief's machine wrote is read, and held until a person releases it.
  CHECK(number(fourth, "select count(*) from record where type = 1 and quarantine = " +
                           std::to_string(static_cast<int>(sync::Refusal::revoked))) == 1);
  CHECK(failed(fourth) == "");
  CHECK(number(fourth, "select count(*) from envelope where copy = 3") == 0);
  good(w.report(fourth, Lane::urgent));
  good(w.work(6));
  for (Office* o : {&w.one, &two, &w.county}) CHECK(number(*o, kReports) == 6);
  CHECK_FALSE(opens(newest(two), thief));
  // It goes as well, and so does its knowledge.
  good(w.revoke(fourth));
  good(w.work(6));
  for (Office* o : {&w.one, &two}) {
    good(w.report(*o, Lane::routine));
    good(w.work(8));
    CHECK_FALSE(opens(newest(*o), fourth));
    CHECK_FALSE(opens(newest(*o), thief));
    CHECK(opens(newest(*o), w.one));
    CHECK(opens(newest(*o), two));
  }
}

TEST_CASE("a copy that comes before the key that its machine seals to now waits for it") {
  ThreeMachines w;
  good(w.start());
  Office& two = w.add();
  Office& thief = w.add();
  good(w.work(8));
  good(w.revoke(thief));
  // The first machine hears the report of the second before its key.
  good(w.work(2));
  good(two.store().write([&] { return node::renew_archive(two.store(), w.now); }));
  good(w.report(two, Lane::urgent));
  Bytes told;
  {
    auto q = two.store().db().query(
        "select bytes from control where peer = ? and type = 1 order by number desc limit 1", w.one.store().me().node);
    REQUIRE(q.has_value());
    REQUIRE(q->step().value());
    told = q->blob(0);
  }
  const auto said = sync::decode_statement(told).value();
  REQUIRE(said.kind == sync::StatementKind::wrap);
  good(two.store().write([&] { return two.store().db().run("delete from control where bytes = ?", ByteView(told)); }));
  good(w.work(4));
  CHECK(number(w.one, kReports) == 0);
  CHECK(number(w.one, "select count(*) from envelope where copy = 3") == 1);
  good(w.one.store().write([&]() -> Result<> {
    sync::Tally tally;
    w.one.inbox().set_now(w.now);
    return w.one.inbox().apply(said, said.node, tally);
  }));
  good(w.one.open_received(w.now));
  CHECK(number(w.one, kReports) == 1);
  CHECK(failed(w.one) == "");
}

TEST_CASE("an archive key is taken from machines of the office alone, and only where it was sealed for") {
  ThreeMachines w;
  good(w.start());
  Office& two = w.add();
  Office& three = w.add();
  good(w.work(8));
  const auto say = [&](Office& to, const sync::Statement& s) {
    return to.store().write([&]() -> Result<> {
      sync::Tally tally;
      to.inbox().set_now(w.now);
      return to.inbox().apply(s, s.node, tally);
    });
  };
  good(two.store().write([&] { return node::renew_archive(two.store(), w.now); }));
  auto q = two.store().db().query("select bytes from control where peer = ? and type = 1 order by number desc limit 1",
                                  w.one.store().me().node);
  REQUIRE(q.has_value());
  REQUIRE(q->step().value());
  const auto said = sync::decode_statement(q->blob(0)).value();
  const auto known = [](Office& o) { return number(o, "select count(*) from secret where name = 'archive'"); };
  const auto before = known(w.one);
  // Passed off as another's, or to another: it was sealed on one way.
  const auto stolen = sync::issue(sync::StatementKind::wrap,
                                  {three.store().me().office, three.store().me().node, three.store().me().epoch},
                                  sync::Hlc::at(w.now), w.now, said.body, three.store().keys().node);
  CHECK_FALSE(say(w.one, stolen).has_value());
  CHECK_FALSE(say(three, said).has_value());
  const auto foreign =
      sync::issue(sync::StatementKind::wrap,
                  {w.county.store().me().office, w.county.store().me().node, w.county.store().me().epoch},
                  sync::Hlc::at(w.now), w.now, said.body, w.county.store().keys().node);
  CHECK(say(w.one, foreign).error().code == "not-permitted");
  CHECK(known(w.one) == before);
  good(say(w.one, said));
  CHECK(known(w.one) == before + 1);
  good(say(w.one, said));
  CHECK(known(w.one) == before + 1);
}

}  // namespace yz::sim
