// What a county keeps from the city, or from the township, shows at the one or the other; and nobody honest is accused.
#include <doctest/doctest.h>

#include <set>

#include "node/net/join.h"
#include "node/store/life.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/support/slow.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// "code office" of everything that stands, but for what every admission leaves.
std::set<std::string> alarms(Office& o) {
  std::set<std::string> out;
  node::Query q =
      o.store().db().query("select code || ' ' || office from alarm where code <> 'office.admitted'").value();
  while (q.step().value()) out.insert(q.text(0));
  return out;
}
using Alarms = std::set<std::string>;

std::string said(const Alarms& all) {
  std::string out;
  for (const std::string& a : all) out.append(out.empty() ? "" : ", ").append(a);
  return out;
}

void forget(Office& o, std::string_view sql) {
  good(o.store().write([&] { return o.store().db().exec(sql); }));
}

/// All three at work, the city heard of, everything addressed to county and city.
void begin(Chain& c) {
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::flash, 50));
  good(c.talk());
  for (Office* o : {&c.city, &c.county, &c.township}) REQUIRE(alarms(*o).empty());
}

/// So long, with exchanges as a running node has them; hours in which nothing hangs on the minute, in larger steps.
void run(Chain& c, Millis how_long, Millis step = kMinute) {
  for (const Millis until = c.now + how_long; c.now < until; c.now += step) good(c.talk(1));
}

constexpr const char* kKeepFromCity =
    "delete from carry where envelope in (select e.row from envelope e join stream s on s.row = e.stream join office o"
    " on o.id = s.destination where o.level = 2)";

/// What the county tells in the clear: the statement of that kind that `fits`.
template <class Fits>
sync::Statement statement_of(Office& o, sync::StatementKind kind, Fits fits) {
  node::Query q = o.store().db().query("select bytes from control").value();
  while (q.step().value()) {
    auto s = sync::decode_statement(q.blob(0));
    if (s && s->kind == kind && fits(*s)) return std::move(*s);
  }
  FAIL("no such statement");
  return {};
}
sync::Statement statement_of(Office& o, sync::StatementKind kind) {
  return statement_of(o, kind, [](const auto&) { return true; });
}

/// Its receipt for the township's routine stream, signed once more as of two hours ago.
sync::Statement dated_back(Chain& c) {
  const auto& me = c.county.store().me();
  const sync::Statement genuine = statement_of(c.county, sync::StatementKind::receipt, [](const sync::Statement& s) {
    const auto r = sync::decode_receipt(s.body).value();
    return r.kind == sync::ReceiptKind::stored && r.stream.lane == Lane::routine;
  });
  const Millis said_to_be = c.now - 2 * kHour;
  return sync::issue(genuine.kind, {me.office, me.node, me.epoch}, sync::Hlc::at(said_to_be), said_to_be, genuine.body,
                     c.county.store().keys().node);
}

/// The township's routine report is at the county, and no answer came back.
void report_without_an_answer(Chain& c) {
  begin(c);
  c.now += kHour;
  good(c.report(Lane::routine, 50));
  c.lower.poll();
  for (int i = 0; i < 3; ++i) REQUIRE(c.lower.exchange({.cut = {}, .no_answer = true}));
}

/// The township hears a word of the county's.
void hears(Chain& c, const sync::Statement& s) {
  good(c.township.store().write([&] {
    sync::Tally tally;
    c.township.inbox().set_now(c.now);
    return c.township.inbox().apply(s, c.county.store().me().node, tally);
  }));
}

}  // namespace

TEST_CASE("a county that takes a flash for the city and drops it is named by its own signature") {
  Chain c;
  begin(c);
  good(c.report(Lane::flash, 50));
  c.county_does = [&] { forget(c.county, kKeepFromCity); };
  run(c, 8 * kMinute);
  CHECK(said(alarms(c.city)) == "");
  // An office that is stricter in its config.toml does not wait that long.
  for (const auto& [patience, seen] : {std::pair{node::Patience{}, ""}, {{.flash = 5 * kMinute}, "held.back 370783"}}) {
    good(c.city.store().write([&] { return node::watch(c.city.store(), c.city.directory(), c.now, patience); }));
    CHECK(said(alarms(c.city)) == seen);
  }
  run(c, 6 * kMinute);
  CHECK(said(alarms(c.city)) == "held.back 370783");
  c.county_does = {};
  // It hands it on after all: the alarm is over, the journal keeps it.
  forget(c.county,
         "insert into carry(envelope, peer) select e.row, (select peer from link where upward = 1) from"
         " envelope e where e.own = 2 and e.state = 0");
  run(c, 3 * kMinute);
  CHECK(said(alarms(c.city)) == "");
  CHECK(c.city.number("select count(*) from journal where action = 'alarm.over'").value() == 2);
}

TEST_CASE("a county that is out of reach, and hands on when it is back, is not accused") {
  Chain c;
  begin(c);
  c.upper_up = false;
  for (const Lane lane : {Lane::flash, Lane::urgent, Lane::routine}) good(c.report(lane, 50));
  run(c, 20 * kHour, 10 * kMinute);
  CHECK(said(alarms(c.city)) == "");
  c.upper_up = true;
  run(c, 2 * kHour);
  for (Office* o : {&c.city, &c.county, &c.township}) CHECK(said(alarms(*o)) == "");
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("who took something and then lost its line is not accused while it is out of reach") {
  Chain c;
  begin(c);
  // Its word of custody reaches the city, the envelope itself not: the line breaks between the two.
  c.county_does = [&] { forget(c.county, kKeepFromCity); };
  good(c.report(Lane::flash, 50));
  run(c, 3 * kMinute);
  c.county_does = {};
  forget(c.county,
         "insert into carry(envelope, peer) select e.row, (select peer from link where upward = 1) from"
         " envelope e where e.own = 2 and e.state = 0");
  c.upper_up = false;
  run(c, 5 * kHour);
  // That it has not come is known, and nobody is named for it but its author.
  CHECK(said(alarms(c.city)) == "gap 370783105");
  c.upper_up = true;
  run(c, 2 * kMinute);
  CHECK(said(alarms(c.city)) == "");
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("silence alone accuses nobody: a township that is not heard of is named as that, with the way it comes by") {
  Chain c;
  begin(c);
  // The county swallows every word of the township.
  c.county_does = [&] {
    forget(c.county, kKeepFromCity);
    forget(c.county, "delete from control where length(peer) = 16");
  };
  run(c, 27 * kHour, 10 * kMinute);
  CHECK(said(alarms(c.city)) == "nothing.heard 370783105");
}

TEST_CASE("a neighbour within reach that does not take what waits for it shows at the one who waits") {
  Chain c;
  begin(c);
  c.county.inbox().set_quota(1, 1);  // it refuses all, and gives no reason that its neighbour could see
  good(c.report(Lane::flash, 50));
  for (int i = 0; i < 14; ++i) {
    c.now += kMinute;
    (void)c.talk(1);
    // It answers polls all the same.
    good(c.township.store().write(
        [&] { return c.township.store().db().run("update link set last_contact_ms = ?", c.now); }));
    good(c.township.store().write([&] { return node::watch(c.township.store(), c.township.directory(), c.now); }));
  }
  CHECK(alarms(c.township).contains("not.taken 370783"));
}

TEST_CASE("a flash that the township sent to the county alone is announced to the city") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.report(Lane::flash, 50));
  run(c, 30 * kMinute);
  CHECK(said(alarms(c.city)) == "");
  run(c, 40 * kMinute);
  CHECK(said(alarms(c.city)) == "announced.missing 370783105");
  CHECK(said(alarms(c.county)) == "");
  CHECK(said(alarms(c.township)) == "");
}

TEST_CASE("whom a county employs, and what it sends up, raises nothing at its township, which hears of neither") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.county.add_officer("编辑", crypto::SigningKey::random(), c.now));
  good(c.report(Lane::flash, 50));
  good(c.talk());
  const std::int64_t matter = c.county.number("select max(row) from matter").value();
  must(c.county.forward(matter, {}, c.now));
  run(c, 27 * kHour, 10 * kMinute);
  REQUIRE(c.township
              .number("select count(*) from statement where kind = 2 and office = x'" +
                      hex(c.county.store().me().office.view()) + "'")
              .value() > 0);
  CHECK(said(alarms(c.township)) == "");
}

TEST_CASE("a county that keeps an officer's certificate to itself shows at both ends") {
  Chain c;
  begin(c);
  const crypto::SigningKey key = crypto::SigningKey::random();
  good(c.township.add_officer("新人", key, c.now));
  run(c, 26 * kHour, test::slow() ? 5 * kMinute : kMinute);
  // Honest so far? The new certificate was never told to anybody: the township's own registry is ahead of all others.
  CHECK(alarms(c.city).contains("registry.differs 370783105"));
}

TEST_CASE("a county that certifies a second office under one code is caught at the city") {
  Chain c;
  begin(c);
  node::Invite wish;
  wish.code = "370783105";
  wish.name = "柳河镇";
  wish.level = crypto::Level::township;
  wish.urls = {"http://127.0.0.1:1"};
  // Its own store would not let it: it works on a copy that has forgotten the first.
  const crypto::SigningKey other = crypto::SigningKey::random(), authority = c.county.authority();
  crypto::Certificate twin;
  twin.type = crypto::CertType::office;
  twin.office = crypto::office_id_of(other.public_key());
  twin.subject.bytes = twin.office.bytes;
  twin.issuer = c.county.store().me().office;
  twin.issuer_key = authority.public_key();
  twin.key = other.public_key();
  twin.level = crypto::Level::township;
  twin.code = wish.code;
  twin.name = wish.name;
  twin.serial = 9;
  twin.not_before_ms = static_cast<std::uint64_t>(c.now - kHour);
  twin.not_after_ms = static_cast<std::uint64_t>(c.now + 1000 * kHour);
  good(twin.sign(authority));
  good(c.county.store().write([&] {
    return c.county.store().tell(Hash{twin.digest.bytes}, std::nullopt, sync::FrameType::certificate, twin.bytes);
  }));
  good(c.talk());
  CHECK(said(alarms(c.city)) == "office.twice 370783105");
}

TEST_CASE("a county that dates its receipt back shows by its own earlier word, and the receipt counts") {
  Chain c;
  report_without_an_answer(c);
  hears(c, dated_back(c));
  CHECK(said(alarms(c.township)) == "receipt.backdated 370783");
  CHECK(c.township.number("select count(*) from delivery where state = 2 and lane = 3").value() == 1);
}

// Seed 2405721: a machine that was put back unnoticed does not know what it had said.
TEST_CASE("a machine that finds out that it is an old copy is not accused of dating back") {
  for (const bool found_out_first : {false, true}) {
    CAPTURE(found_out_first);
    Chain c;
    report_without_an_answer(c);
    const sync::Statement early = dated_back(c);
    if (!found_out_first) {
      hears(c, early);
      REQUIRE(said(alarms(c.township)) == "receipt.backdated 370783");
    }
    c.lower.hang_up(c.county);
    good(c.county.store().write([&] { return node::begin_life(c.county.store(), c.now); }));
    hears(c, statement_of(c.county, sync::StatementKind::incarnation));
    if (found_out_first) hears(c, early);
    for (const std::string& a : alarms(c.township)) CHECK_MESSAGE(a.starts_with("node.restored"), a);
    CHECK_FALSE(alarms(c.township).empty());
  }
}

TEST_CASE("a month of honest work with lines that come and go raises nothing that accuses") {
  Chain c;
  begin(c);
  Random random(11);
  for (int day = 0; day < 10; ++day) {
    c.lower_up = random.chance(0.7);
    c.upper_up = random.chance(0.7);
    for (const Lane lane : {Lane::flash, Lane::urgent, Lane::routine})
      if (random.chance(0.4)) good(c.report(lane, random.below(400)));
    for (int i = 0; i < 24; ++i) {
      good(c.talk(2));
      c.now += kHour;
    }
    for (Office* o : {&c.city, &c.county, &c.township})
      for (const std::string& a : alarms(*o)) CHECK_MESSAGE(!a.starts_with("held.back"), a);
  }
  c.lower_up = c.upper_up = true;
  run(c, kHour);
  for (Office* o : {&c.city, &c.county, &c.township}) CHECK(said(alarms(*o)) == "");
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("a county's first word to its township accuses nobody") {
  Chain c;
  begin(c);
  good(c.report(Lane::routine, 20));
  good(c.talk());
  REQUIRE(c.county.acknowledge(c.county.number("select row from matter where own = 0").value(), c.now));
  good(c.talk());
  run(c, 3 * kHour);
  for (Office* o : {&c.city, &c.county, &c.township}) CHECK(said(alarms(*o)) == "");
}
