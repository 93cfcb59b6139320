// A township's mail to the city, by way of a county that cannot read it.
#include <doctest/doctest.h>

#include "node/store/audit.h"
#include "node/store/life.h"
#include "node/store/routes.h"
#include "tests/sim/chain.h"

using namespace yz;
using namespace yz::sim;

namespace {

void good(const Result<>& r) { REQUIRE_MESSAGE(r, (r ? "" : r.error().what)); }

constexpr std::string_view kDeliveredTo =
    "select count(*) from delivery d join office o on o.id = d.destination where d.state = 3 and o.level = ";

std::int64_t number(Office& o, std::string_view sql) {
  const auto n = o.number(sql);
  REQUIRE(n);
  return *n;
}

void sound(Office& o) {
  const auto audit = node::verify_store(o.store(), o.directory(), std::nullopt);
  REQUIRE(audit);
  for (const auto& p : audit->problems) MESSAGE(p.what, " ", p.where);
  CHECK(audit->ok());
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
  CHECK(number(c.township, std::string(kDeliveredTo) + "2") == 12);
  CHECK(number(c.township, std::string(kDeliveredTo) + "3") == 12);
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
  CHECK(number(c.township, std::string(kDeliveredTo) + "2") == 0);
  CHECK(number(c.county, "select count(*) from carry where state = 0") == 2);
  // In custody: the township offers it no longer, and does not call it delivered.
  CHECK(number(c.township, "select count(*) from carry where state = 1") == 2);
  CHECK(number(c.township, "select count(*) from envelope where own = 1 and state = 0") == 2);
  c.now += 7 * 24 * kHour;
  c.upper_up = true;
  good(c.talk());
  CHECK(number(c.township, std::string(kDeliveredTo) + "2") == 3);  // with the list of chunks
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
  CHECK(number(c.township, std::string(kDeliveredTo) + "2") == 1);
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

TEST_CASE("a county carries only between those above and those below, and never what comes from the wrong side") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::urgent, 100));
  good(c.township.store().write([&]() -> Result<> {
    while (TRY(c.lower.outbox().cut(Lane::urgent, 0))) {
    }
    return {};
  }));
  const OfficeId top = c.city.store().me().office;
  Bytes bytes;
  {
    node::Query q =
        c.township.store()
            .db()
            .query("select e.bytes from envelope e join stream s on s.row = e.stream where s.destination = ?", top)
            .value();
    REQUIRE(q.step().value());
    bytes = q.blob(0);
  }
  const sync::Envelope e = sync::decode_envelope(bytes).value();
  sync::Tally tally;
  const auto take = [&](Office& at, const NodeId& from) {
    return at.store().write([&]() -> Result<> {
      at.inbox().set_now(c.now);
      TRY(at.inbox().accept(e, from, tally));
      return at.inbox().settle(c.now);
    });
  };
  // The city's own machine hands it down: nobody above wrote it, and its destination is not below.
  auto wrong = take(c.county, c.city.store().me().node);
  CHECK(number(c.county, "select count(*) from carry") == (wrong ? 1 : 0));
  auto right = take(c.county, c.township.store().me().node);
  good(right);
  CHECK(number(c.county, "select count(*) from envelope where own = 2") == 1);
  // Not from somebody who is no neighbour at all.
  CHECK_FALSE(take(c.county, NodeId{}));
  CHECK_FALSE(take(c.city, c.township.store().me().node));
}
