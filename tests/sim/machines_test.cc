#include "tests/sim/machines.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "node/store/revocation.h"
#include "node/store/siblings.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/support/slow.h"

namespace yz::sim {
namespace {

constexpr std::string_view kReports = "select count(*) from record where type = 1 and quarantine = 0";
constexpr std::string_view kArrived =
    "select count(*) from delivery d join record r on r.row = d.record where r.type = 1 and d.state in (2, 3)";
constexpr std::string_view kOpen = "select count(*) from delivery where state not in (2, 3)";

int seeds() {
  const char* asked = std::getenv("YZ_SIM_SEEDS");
  return asked ? std::max(4, std::atoi(asked) / 4) : test::slow() ? 4 : 12;
}

}  // namespace

TEST_CASE("what one machine of an office sent before shows at the second, and so do the answers") {
  Machines w;
  good(w.start());
  for (const Lane lane : {Lane::urgent, Lane::routine, Lane::flash}) good(w.report(w.one, lane));
  good(w.talk(5));
  REQUIRE(number(w.county, kReports) == 3);
  for (std::int64_t matter = 1; matter <= 3; ++matter) REQUIRE(w.county.acknowledge(matter, w.now).has_value());
  good(w.talk(5));
  good(w.join());
  w.two_line = false;
  good(w.talk(20));
  CHECK(number(*w.two, kReports) == 3);
  CHECK(number(*w.two, kArrived) == 3);
  // The county sealed its answers when this machine was not there yet: the first one wrapped their keys for it.
  CHECK(number(*w.two, "select count(*) from record where type = 13") == 3);
  CHECK(number(*w.two, "select count(*) from further_wrap") > 0);
  CHECK(number(*w.two, "select count(*) from matter where state = (select state from matter limit 1)") == 3);
  CHECK(number(*w.two, "select count(*) from envelope where state = 5") == 0);
}

TEST_CASE("with its own line dead a machine's reports go by the other, and are delivered at both") {
  for (const bool first : {true, false}) {
    CAPTURE(first);
    Machines w;
    good(w.start());
    good(w.talk(3));
    good(w.join());
    good(w.talk(10));
    (first ? w.one_line : w.two_line) = false;
    Office& writer = first ? w.one : *w.two;
    for (const Lane lane : {Lane::flash, Lane::urgent, Lane::routine}) good(w.report(writer, lane));
    good(w.talk(3));
    CHECK(number(w.county, kReports) == 1);  // the flash does not wait
    good(w.talk(100));
    CHECK(number(w.county, kReports) == 3);
    for (Office* o : {&w.one, w.two.get()}) {
      CHECK(number(*o, kReports) == 3);
      CHECK(number(*o, kArrived) == 3);
    }
  }
}

TEST_CASE(
    "a machine that the county has not heard of is known by its certificate, and unconfirmed until an officer says "
    "so") {
  Machines w;
  good(w.start());
  good(w.talk(3));
  good(w.join());
  good(w.talk(6));
  const NodeId two = w.two->store().me().node;
  CHECK(node::unconfirmed(w.county.store(), two).value());
  CHECK(node::unconfirmed(w.one.store(), two).value());
  CHECK(number(w.county, "select count(*) from alarm where code = 'node.unconfirmed'") == 1);
  good(w.report(*w.two, Lane::urgent));
  good(w.talk(6));
  CHECK(number(w.county, "select count(*) from record where flags & 2048") == 1);
  good(w.county.store().write([&] { return node::confirm_machine(w.county.store(), two, w.now); }));
  CHECK(number(w.county, "select count(*) from record where flags & 2048") == 0);
  CHECK(number(w.county, "select count(*) from matter where flags & 2048") == 0);
  CHECK(number(w.county, "select count(*) from alarm where code = 'node.unconfirmed'") == 0);
  good(w.talk(6));
  CHECK_FALSE(node::unconfirmed(w.one.store(), two).value());
  CHECK_FALSE(node::unconfirmed(w.two->store(), two).value());
}

TEST_CASE("a machine that is taken back is sealed to no more, and knows no key of what is written afterwards") {
  Machines w;
  good(w.start());
  good(w.report(w.one, Lane::urgent));
  good(w.join());
  good(w.talk(8));
  const NodeId two = w.two->store().me().node;
  const BoxPublic shared = w.one.store().keys().archive.public_key();
  REQUIRE(w.two->store().keys().archive.public_key() == shared);
  node::RevokeWish wish;
  wish.target = sync::RevokedTarget::node;
  wish.subject.bytes = two.bytes;
  wish.why = sync::RevokedWhy::compromised;
  wish.since = w.now;
  wish.reason = "电脑被盗";
  good(w.one.store().write([&] { return node::revoke(w.one.store(), wish, w.one.authority(), "王芳", w.now); }));
  CHECK(node::siblings(w.one.store()).value().empty());
  CHECK(w.one.store().keys().archive.public_key() != shared);
  CHECK(w.one.store().keys().find(crypto::hint_of(shared)) != nullptr);  // what was written before it opens
  w.between_line = w.two_line = false;
  good(w.talk(6));
  CHECK(node::node_is_revoked(w.county.store(), two).value());
  good(w.report(w.one, Lane::urgent));
  REQUIRE(w.county.acknowledge(1, w.now).has_value());
  good(w.talk(6));
  CHECK(number(w.county, kReports) == 2);
  auto q = w.county.store().db().query("select bytes from envelope where own = 1 order by row desc limit 1");
  REQUIRE(q.has_value());
  REQUIRE(q->step().value());
  const auto answer = sync::decode_envelope(q->blob(0)).value();
  CHECK(sync::open(answer, w.one.store().keys()).has_value());
  CHECK_FALSE(sync::open(answer, w.two->store().keys()).has_value());
}

TEST_CASE("numbers for the telephone are never given twice by two machines") {
  Machines w;
  good(w.start());
  good(w.join());
  for (Office* o : {&w.one, w.two.get()})
    for (int i = 0; i < 3; ++i) good(w.report(*o, Lane::routine));
  good(w.talk(10));
  for (Office* o : {&w.one, w.two.get(), &w.county})
    CHECK(number(*o, "select count(distinct number) from matter") == 6);
}

TEST_CASE("an office's two machines: every report exactly once everywhere, whatever is cut or killed") {
  for (int seed = 1; seed <= seeds(); ++seed) {
    CAPTURE(seed);
    Machines w;
    w.random = Random(static_cast<std::uint64_t>(seed));
    good(w.start());
    std::int64_t written = 0;
    for (int step = 0; step < 40; ++step) {
      if (step == 8) good(w.join());
      for (bool* line : {&w.one_line, &w.two_line, &w.between_line})
        if (w.random.chance(0.25)) *line = !*line;
      Office* writer = w.two && w.random.chance(0.5) ? w.two.get() : &w.one;
      if (w.random.chance(0.5)) {
        good(w.report(*writer, static_cast<Lane>(w.random.between(1, 3))));
        ++written;
      }
      if (w.random.chance(0.15)) {
        const auto all = w.offices();
        good(w.power_cut(*all[w.random.below(all.size())], w.random.next()));
      }
      good(w.talk(static_cast<int>(w.random.between(1, 4)), w.random.between(500, 60'000)));
    }
    w.one_line = w.two_line = w.between_line = true;
    good(w.talk(60, 5000));
    for (Office* o : w.offices()) CHECK(number(*o, kReports) == written);
    for (Office* o : {&w.one, w.two.get()}) {
      CHECK(number(*o, kArrived) == written);
      CHECK(number(*o, kOpen) == 0);
    }
    for (Office* o : w.offices())
      CHECK(number(*o,
                   "select count(*) from alarm where code in ('held.back', 'gap', 'stream.forked', 'copy.failed',"
                   " 'registry.differs', 'stream.ahead', 'identity.refused', 'frame.refused')") == 0);
  }
}

}  // namespace yz::sim
