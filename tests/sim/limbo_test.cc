// What a stolen machine, an author beyond his day and keys past their end cost everybody else.
#include <doctest/doctest.h>

#include "node/store/revocation.h"
#include "sync/limits.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// The township's next envelope for the city, cut but kept from leaving.
sync::Envelope for_city(Chain& c) {
  c.township.address({c.city.store().me().office});
  good(c.report(Lane::routine, 20));
  auto e = c.township.store().write([&]() -> Result<sync::Envelope> {
    const auto queued = TRY(c.lower.outbox().cut(Lane::routine, 0));
    if (!queued) return fail(Fault::missing, "nothing was cut");
    return sync::decode_envelope(TRY(c.lower.outbox().envelope(queued->row)));
  });
  good(e);
  return std::move(*e);
}

Result<> bring(Office& to, const sync::Envelope& e, const NodeId& from, Millis now) {
  return to.store().write([&] {
    sync::Tally tally;
    to.inbox().set_now(now);
    return to.inbox().accept(e, from, tally);
  });
}

void revoke_township(Chain& c) {
  node::RevokeWish wish{sync::RevokedTarget::node, {}, sync::RevokedWhy::compromised, c.now, "失窃"};
  wish.subject.bytes = c.township.store().me().node.bytes;
  const auto authority = c.city.authority();
  good(c.city.store().write([&] { return node::revoke(c.city.store(), wish, authority, "赵刚", c.now); }));
}

}  // namespace

TEST_CASE("what a stolen machine sealed passes a relay by a trickle, the relay says so, and other mail passes") {
  Chain c;
  good(c.start());
  good(c.talk());
  c.county.inbox().set_quota(1000, 1 << 30);
  std::vector<sync::Envelope> flood;
  for (std::uint64_t i = 0; i < sync::limit::limbo_envelopes + 3; ++i) flood.push_back(for_city(c));
  const auto before = flood.back();
  flood.pop_back();
  good(bring(c.county, before, c.township.store().me().node, c.now));
  CHECK(number(c.county, "select count(*) from alarm where code = 'revoked.carried'") == 0);
  revoke_township(c);
  c.lower_up = false;
  good(c.talk());
  REQUIRE(number(c.county, "select count(*) from revocation where applied = 1") == 1);
  std::uint64_t taken = 0;
  for (const auto& e : flood) {
    const auto done = bring(c.county, e, c.township.store().me().node, c.now);
    taken += done.has_value();
    if (!done) CHECK(done.error().code == "quota");
  }
  CHECK(taken < flood.size());
  CHECK(taken >= sync::limit::limbo_envelopes - 1);
  CHECK(number(c.county, "select count(*) from alarm where code = 'revoked.carried'") == 1);
  // What was refused left nothing, and what is honest goes on.
  CHECK(number(c.county, "select count(*) from envelope where own = 2") == static_cast<std::int64_t>(taken) + 1);
  Office::Wish w;
  w.lane = Lane::urgent;
  w.text = text_of(c.random, 20);
  good(c.county.write(w, c.now));
  good(c.talk());
  CHECK(number(c.county, "select count(*) from delivery where state <> 3") == 0);
  CHECK(number(c.city, "select count(*) from record where own = 0 and quarantine = 0") == 1);
  // The destination keeps it apart: refused by id, shown, and nothing of it believed.
  CHECK(number(c.city, "select count(*) from record where quarantine = 38") == static_cast<std::int64_t>(taken) + 1);
}

TEST_CASE("an author beyond his day does not stop the neighbour that brings his mail") {
  Chain c;
  good(c.start());
  good(c.talk());
  c.city.inbox().set_quota(2, 1 << 30);
  for (int i = 0; i < 5; ++i) good(bring(c.county, for_city(c), c.township.store().me().node, c.now));
  Office::Wish w;
  w.text = text_of(c.random, 20);
  good(c.county.write(w, c.now));
  c.lower_up = false;
  good(c.talk());
  CHECK(number(c.county, "select count(*) from delivery where state <> 3") == 0);
  CHECK(number(c.city, "select count(*) from envelope where own = 0") == 3);
  CHECK(number(c.city, "select count(*) from alarm where code = 'frame.refused' and message like '%quota'") == 1);
  CHECK(number(c.city, "select count(*) from journal where action = 'refuse' and detail = 'quota'") == 1);
  // The next day the rest comes.
  c.now += 24 * kHour;
  good(c.talk());
  CHECK(number(c.city, "select count(*) from envelope where own = 0") == 5);
  c.now += 24 * kHour;
  good(c.talk());
  CHECK(number(c.city, "select count(*) from envelope where own = 0") == 6);
}

TEST_CASE("a report signed under a certificate that had ended when it came is taken, verified and flagged") {
  constexpr Millis kYear = 365 * 24 * kHour;
  constexpr std::string_view kFlagged = "select count(*) from record where own = 0 and flags & 4 <> 0";
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 20));
  good(s.talk());
  CHECK(number(s.county(), kFlagged) == 0);
  // Stored in time and opened later: the time of storing counts.
  good(s.report(Lane::urgent, 20));
  const auto e = s.township().store().write([&]() -> Result<sync::Envelope> {
    const auto queued = TRY(s.outbox->cut(Lane::urgent, 0));
    if (!queued) return fail(Fault::missing, "nothing was cut");
    return sync::decode_envelope(TRY(s.outbox->envelope(queued->row)));
  });
  good(e);
  good(bring(s.county(), *e, s.township().store().me().node, s.now));
  s.now += 4 * kYear;
  good(s.county().open_received(s.now));
  CHECK(number(s.county(), "select count(*) from record where own = 0") == 2);
  CHECK(number(s.county(), kFlagged) == 0);
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(number(s.county(), "select count(*) from record where own = 0 and verified = 1 and quarantine = 0") == 3);
  CHECK(number(s.county(), kFlagged) == 1);
}
