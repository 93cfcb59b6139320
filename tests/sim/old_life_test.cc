// A disk that was replaced by a copy, and comes back after the copy has worked (sync/PROTOCOL.md 5.4): two lives of one
// machine that both signed, each unknown to the other.
#include <doctest/doctest.h>

#include "node/store/life.h"
#include "tests/sim/crash_kinds.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

std::unique_ptr<Office>& place(Scene& s, bool county) { return county ? s.pair.county : s.pair.township; }

/// This disk is the machine's from now on; what was there goes into the cupboard as it is.
std::unique_ptr<Office> swap_disk(Scene& s, bool county, std::unique_ptr<Office> in, bool noticed) {
  std::unique_ptr<Office>& here = place(s, county);
  s.hang_up(*here);
  std::unique_ptr<Office> out = std::make_unique<Office>(here->disk().clone(), here->secrets());
  here = std::move(in);
  good(here->open());
  if (noticed) good(here->store().write([&] { return node::begin_life(here->store(), s.now); }));
  good(s.start(*here));
  return out;
}

void work(Scene& s) {
  for (const Lane l : {Lane::flash, Lane::routine}) good(s.report(l, 60, l == Lane::flash ? 0 : 30'000));
  s.now += 60'000;
}

}  // namespace

TEST_CASE("an old disk that comes back after its copy has worked loses nothing of either life") {
  for (const bool county : {false, true})
    for (const bool noticed : {false, true})
      for (const bool talked : {false, true}) {
        CAPTURE(county);
        CAPTURE(noticed);
        CAPTURE(talked);
        seed_libsodium(31);
        Scene s;
        good(s.start());
        work(s);
        good(s.talk());
        auto copy = std::make_unique<Office>(place(s, county)->disk().clone(), place(s, county)->secrets());
        work(s);
        good(s.talk());
        std::map<RecordId, Bytes> promised = s.township().own_records().value();
        auto old = swap_disk(s, county, std::move(copy), noticed);
        if (talked) good(s.talk());
        work(s);
        good(s.talk());
        promised.merge(s.township().own_records().value());
        (void)swap_disk(s, county, std::move(old), noticed);
        work(s);
        good(s.talk());
        promised.merge(s.township().own_records().value());
        s.now += 3'600'000;
        good(s.talk());
        CHECK(s.township().own_records().value() == promised);
        CHECK(s.county().records().value() == promised);
        for (Office* o : {&s.county(), &s.township()}) CHECK(wrong_in(*o, true) == "");
        s.hang_up(s.county());
        s.hang_up(s.township());
      }
}
