// What one neighbour or one record can do to the rest.
#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

void good(const Result<>& r) { REQUIRE_MESSAGE(r, (r ? "" : r.error().what)); }

}  // namespace

TEST_CASE("what a full disk rolled back is not counted against the sender's day") {
  Scene s;
  good(s.start());
  good(s.talk());
  s.county().inbox().set_quota(1, 1'000'000);
  good(s.report(Lane::urgent, 100));
  s.now += 50;
  good(s.ask());
  REQUIRE(s.request);
  auto& disk = s.county().disk();
  disk.set_space(disk.used());
  for (int i = 0; i < 3; ++i) {
    const auto served = s.serve();
    REQUIRE_FALSE(served);
    CHECK(served.error().code == "store.full");
  }
  disk.set_space(std::numeric_limits<std::uint64_t>::max());
  good(s.serve());
  CHECK(s.county().number("select count(*) from envelope where own = 0") == 1);
  // And what was committed does count.
  good(s.hear());
  good(s.report(Lane::routine, 100));
  s.now += 50;
  s.courier->poll();
  good(s.ask());
  REQUIRE(s.request);
  const auto served = s.serve();
  REQUIRE_FALSE(served);
  CHECK(served.error().code == "quota");
}
