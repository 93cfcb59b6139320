// A township's mail to the city, by way of a county that cannot read it.
#include <doctest/doctest.h>

#include "node/store/audit.h"
#include "node/store/life.h"
#include "node/store/routes.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// Deliveries to offices of that level that their receipts say were opened.
std::int64_t delivered(Office& o, crypto::Level to) {
  std::string sql = "select count(*) from delivery d join office o on o.id = d.destination where d.state = 3";
  return number(o, sql += " and o.level = " + std::to_string(static_cast<int>(to)));
}

}  // namespace

TEST_CASE("everybody learns whom to seal to: offices and machines travel down, officers up") {
  Chain c;
  good(c.start());
  good(c.talk());
  const auto known = [](Office& here, Office& whom, std::string_view table) {
    const std::string id = "x'" + hex(whom.store().me().office.view()) + "'";
    return here.number(std::string("select count(*) from ").append(table).append(" where office = ").append(id))
        .value();
  };
  CHECK(known(c.township, c.city, "node_list") == 1);
  CHECK(known(c.township, c.city, "node") == 1);
  CHECK(known(c.city, c.township, "node_list") == 1);
  CHECK(known(c.city, c.township, "node") == 1);
  CHECK(known(c.city, c.township, "officer") == 1);
  CHECK(known(c.township, c.city, "officer") == 0);
  CHECK(c.township.directory().registry(c.township.store().me().office).value() ==
        c.city.directory().registry(c.township.store().me().office).value());
}

TEST_CASE("a report for the city passes the county sealed, and the city's receipts come home") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  for (const Lane lane : {Lane::flash, Lane::urgent}) good(c.report(lane, 100));
  for (int i = 0; i < 10; ++i) good(c.report(Lane::routine, 3000));  // together more than goes in one piece
  good(c.talk());
  CHECK(delivered(c.township, crypto::Level::city) == 12);
  CHECK(delivered(c.township, crypto::Level::county) == 12);
  CHECK(c.city.records()->size() == 12);
  CHECK(c.county.records()->size() == 12);
  CHECK(*c.city.records() == *c.township.own_records());
  // Opaque: the county holds the city's envelopes, and nothing of them is opened.
  CHECK(number(c.county, "select count(*) from envelope where own = 2 and state = 2") == 3);
  CHECK(number(c.county, "select max(size) from envelope where own = 2") > 20'000);
  CHECK(number(c.county, "select count(*) from carry") == 0);
  CHECK(number(c.township, "select count(*) from carry") == 0);
  // Custody and delivery are told apart.
  CHECK(number(c.township,
               "select count(*) from statement s join stream t on t.id = s.stream join office o on o.id ="
               " s.office where t.own = 1 and s.kind = 1 and o.level = 3 and o.id <> t.destination") == 3);
  for (Office* o : {&c.city, &c.county, &c.township}) sound(*o);
}

TEST_CASE("a county that is cut off from the city keeps what it took, and only delays it") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  c.upper_up = false;
  good(c.report(Lane::flash, 100));
  good(c.report(Lane::routine, 100, 90'000));
  good(c.talk());
  CHECK(delivered(c.township, crypto::Level::city) == 0);
  CHECK(number(c.county, "select count(*) from carry where state = 0") == 2);
  // In custody: the township offers it no longer, and does not call it delivered.
  CHECK(number(c.township, "select count(*) from carry where state = 1") == 2);
  CHECK(number(c.township, "select count(*) from envelope where own = 1 and state = 0") == 2);
  c.now += 7 * 24 * kHour;
  c.upper_up = true;
  good(c.talk());
  CHECK(delivered(c.township, crypto::Level::city) == 3);  // with the list of chunks
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("what was carried is kept for thirty days after it arrived, then its bytes go") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::urgent, 100));
  good(c.talk());
  const auto forget = [&](Millis later) {
    const auto more = c.county.store().write([&] { return node::forget_carried(c.county.store(), c.now + later); });
    REQUIRE(more);
    CHECK_FALSE(*more);
    return number(c.county, "select count(*) from envelope where own = 2 and size > 0");
  };
  CHECK(forget(29 * 24 * kHour) == 1);
  CHECK(forget(31 * 24 * kHour) == 0);
  sound(c.county);
}

TEST_CASE("attachments for the city pass in chunks") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::routine, 100, 200'000));
  good(c.talk());
  const auto chunks = [](Office& o, std::string_view where) {
    node::Query q = o.store()
                        .blobs()
                        .query(std::string("select count(*) from chunk c join attachment a on a.row ="
                                           " c.attachment where ") +
                               std::string(where))
                        .value();
    REQUIRE(q.step().value());
    return q.integer(0);
  };
  CHECK(chunks(c.township, "a.own = 1 and c.state <> 2") == 0);
  CHECK(chunks(c.county, "a.own = 0 or a.own = 2") >= 7);
}

TEST_CASE("a county put back from a copy is offered again what it carried") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  auto copy = c.county.disk().clone();
  c.upper_up = false;
  good(c.report(Lane::urgent, 100));
  good(c.talk());
  REQUIRE(number(c.county, "select count(*) from carry where state = 0") == 1);
  // Its store is the one of before, under a new epoch.
  good(c.county.store().write([&]() -> Result<> {
    TRY(c.county.store().db().exec("delete from carry"));
    TRY(c.county.store().db().exec("delete from envelope where own = 2"));
    TRY(c.county.store().db().exec("delete from stream where own = 2"));
    sync::Epoch epoch;
    epoch.bytes.fill(9);
    return c.county.store().renew(c.county.store().me().incarnation, epoch);
  }));
  good(c.lower.redial());
  good(c.upper.redial());
  c.upper_up = true;
  good(c.talk());
  CHECK(delivered(c.township, crypto::Level::city) == 1);
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("a city put back from a copy gets again what it lost, several hops away") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::urgent, 100));
  good(c.talk());
  REQUIRE(c.city.records()->size() == 1);
  good(c.city.store().write([&]() -> Result<> {
    for (const char* sql : {"delete from words", "delete from parent", "delete from record", "delete from matter",
                            "delete from envelope", "delete from stream"})
      if (std::string_view(sql) != "delete from words") TRY(c.city.store().db().exec(sql));
    return node::begin_life(c.city.store(), c.now);
  }));
  good(c.lower.redial());
  good(c.upper.redial());
  good(c.talk());
  CHECK(c.city.records()->size() == 1);
  CHECK(*c.city.records() == *c.township.own_records());
}

TEST_CASE("what has no way on is refused, and nothing says that it is in custody") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.county.store().write([&] { return c.county.store().db().run("delete from link where upward = 1"); }));
  const auto told = number(c.county, "select count(*) from control");
  good(c.report(Lane::urgent, 100));
  c.upper_up = false;
  for (int i = 0; i < 6; ++i) {
    c.now += kMinute;
    c.lower.poll();
    while (c.lower.exchange().value()) c.now += 50;
  }
  CHECK(number(c.county, "select count(*) from envelope where own = 2") == 0);
  CHECK(number(c.county, "select count(*) from stream where own = 2") == 0);
  CHECK(number(c.township, "select count(*) from carry where state = 1") == 0);
  CHECK(number(c.township, "select count(*) from carry where state = 0") == 1);
  CHECK(number(c.county, "select count(*) from control") <= told + 2);  // receipts of its own report
}

namespace {

/// What the township has cut for the city and not sent.
sync::Envelope for_the_city(Chain& c) {
  good(c.address_all());
  good(c.report(Lane::urgent, 100));
  good(c.township.store().write([&]() -> Result<> {
    while (TRY(c.lower.outbox().cut(Lane::urgent, 0))) {
    }
    return {};
  }));
  node::Query q = c.township.store()
                      .db()
                      .query("select e.bytes from envelope e join stream s on s.row = e.stream where s.destination = ?",
                             c.city.store().me().office)
                      .value();
  REQUIRE(q.step().value());
  return sync::decode_envelope(q.blob(0)).value();
}

Result<> hand(Office& at, const NodeId& from, const sync::Envelope& e, Millis now) {
  return at.store().write([&]() -> Result<> {
    sync::Tally tally;
    at.inbox().set_now(now);
    TRY(at.inbox().accept(e, from, tally));
    return at.inbox().settle(now);
  });
}

/// To whom the county hands its one envelope on: 0 below, 1 above.
constexpr std::string_view kGoesTo = "select l.upward from carry c join link l on l.peer = c.peer";

}  // namespace

TEST_CASE("what comes from below goes up; what its destination gives back goes down to its author, without custody") {
  Chain c;
  good(c.start());
  good(c.talk());
  const sync::Envelope e = for_the_city(c);
  SUBCASE("from its author's side") {
    good(hand(c.county, c.township.store().me().node, e, c.now));
    CHECK(number(c.county, kGoesTo) == 1);
    CHECK(number(c.county, "select count(*) from control where length(peer) = 16 and type = 1") > 0);
  }
  SUBCASE("from its destination's") {
    const auto told = number(c.county, "select count(*) from control");
    good(hand(c.county, c.city.store().me().node, e, c.now));
    CHECK(number(c.county, kGoesTo) == 0);
    CHECK(number(c.county, "select count(*) from control") == told);
  }
  SUBCASE("not from somebody who is no neighbour") {
    CHECK_FALSE(hand(c.county, NodeId{}, e, c.now));
    CHECK_FALSE(hand(c.city, c.township.store().me().node, e, c.now));
    CHECK(number(c.county, "select count(*) from envelope where own = 2") == 0);
  }
}

TEST_CASE("a neighbour brings only what lies on its own side, and carries only between above and below") {
  // A city, two counties, two townships of the first county.
  Tree t = founded_tree();
  const Millis now = kBegin;
  t.offices.resize(5);
  for (auto& o : t.offices) good(o->open());
  Office &city = *t.offices[0], &first = *t.offices[1], &second = *t.offices[2], &township = *t.offices[3],
         &neighbour = *t.offices[4];
  const auto node_of = [](Office& o) { return o.store().me().node; };
  const auto written = [&](const OfficeId& to) {
    sync::EnvelopeHead h;
    h.stream = {township.store().me().office, node_of(township), township.store().me().incarnation, to, Lane::urgent};
    h.seq = sync::Seq{1};
    h.at = sync::Hlc::at(now);
    const std::vector<sync::Item> items{{sync::Item::Kind::record, Bytes(200, 7)}};
    const auto box = city.store().keys().boxes.front().public_key();
    return sync::seal(h, items, std::span(&box, 1), township.store().keys(), 9, false).value();
  };
  const sync::Envelope up = written(city.store().me().office);
  // The city knows the township's machine only by what the county told; here the certificates are enough.
  CHECK_FALSE(hand(city, node_of(second), up, now));
  CHECK_FALSE(hand(first, node_of(neighbour), up, now));
  good(hand(first, node_of(township), up, now));
  // Nor from one township to another, or to a county that is not its own.
  for (Office* other : {&neighbour, &second}) {
    const auto refused = hand(first, node_of(township), written(other->store().me().office), now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "not-addressed");
  }
  CHECK(number(first, "select count(*) from envelope where own = 2") == 1);
}

TEST_CASE("a large envelope that its author has lost passes back by a relay that still holds it") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  auto copy = c.township.disk().clone();
  good(c.report(Lane::urgent, 60'000));
  good(c.talk());
  REQUIRE(number(c.county, "select max(size) from envelope where own = 2") > 20'000);
  REQUIRE(c.city.records()->size() == 1);
  c.lower.hang_up(c.township);
  c.township.close();
  c.township.put_back(std::move(copy));
  good(c.township.open());
  good(c.township.store().write([&] { return node::begin_life(c.township.store(), c.now); }));
  good(c.lower.redial());
  good(c.talk());
  CHECK(*c.township.own_records() == *c.city.records());
  CHECK(number(c.city, "select count(*) from envelope where back = 1") == 0);
}
