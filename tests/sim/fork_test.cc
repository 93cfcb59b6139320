// What a receipt proves when the destination may hold another branch of the same stream.
#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

constexpr std::string_view kDelivered = "select count(*) from delivery where state >= 2";

/// One report in an envelope of its own, cut and not sent.
void cut_one(Scene& s) {
  good(s.report(Lane::routine, 50));
  good(s.township().store().write([&]() -> Result<> {
    TRY(s.outbox->cut(Lane::routine, 0));
    return {};
  }));
}

/// The county's word about the township's routine stream.
void county_says(Scene& s, sync::Receipt r) {
  const node::Identity &us = s.township().store().me(), &them = s.county().store().me();
  r.stream = {us.office, us.node, us.incarnation, them.office, Lane::routine};
  s.now += 1000;
  const auto said = sync::issue(sync::StatementKind::receipt, {them.office, them.node, them.epoch},
                                sync::Hlc::at(s.now), s.now, sync::encode(r), s.county().store().keys().node);
  good(s.township().store().write([&] {
    sync::Tally tally;
    s.township().inbox().set_now(s.now);
    return s.township().inbox().apply(said, them.node, tally);
  }));
}

}  // namespace

TEST_CASE("a number behind a gap in a receipt may be another branch's: it does not count as delivered") {
  Scene s;
  good(s.start());
  good(s.talk());
  cut_one(s);
  cut_one(s);
  REQUIRE(s.township().number("select tip from stream where own = 1") == 2);
  sync::Receipt r;
  r.ranges = {{sync::Seq{2}, sync::Seq{2}}};
  for (const auto kind : {sync::ReceiptKind::opened, sync::ReceiptKind::stored}) {
    r.kind = kind;
    county_says(s, r);
    CHECK(s.township().number(kDelivered) == 0);
    CHECK(s.township().number("select count(*) from envelope where own = 1 and state = 0") == 2);
  }
}

TEST_CASE("a receipt of another branch counts for what was receipted before the two parted, and for no more") {
  Scene s;
  good(s.start());
  good(s.talk());
  cut_one(s);
  sync::Receipt r;
  r.kind = sync::ReceiptKind::stored;
  r.upto = sync::Seq{1};
  {
    auto q = s.township().store().db().query("select chain from stream where own = 1").value();
    REQUIRE(q.step().value());
    r.chain = q.id<Hash>(0).value();
  }
  county_says(s, r);
  REQUIRE(s.township().number("select count(*) from delivery where state = 2") == 1);
  cut_one(s);
  const sync::Incarnation before = s.township().store().me().incarnation;
  r.kind = sync::ReceiptKind::opened;
  r.upto = sync::Seq{2};
  r.chain = Hash{{7}};
  county_says(s, r);
  CHECK(s.township().store().me().incarnation != before);
  CHECK(s.township().number("select count(*) from delivery where state = 3") == 1);
  CHECK(s.township().number(kDelivered) == 1);
  CHECK(s.township().number("select count(*) from envelope where own = 1 and state = 1") == 1);  // to be cut again
}
