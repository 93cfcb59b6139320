#include "sync/instant.h"

#include <doctest/doctest.h>

#include "sync/lane.h"

using namespace yz::sync;

TEST_CASE("a clock value only ever grows, even when the wall clock leaps back") {
  HlcClock c;
  Hlc last;
  for (Millis now : {1000, 1000, 1000, 999, 5, 0, 2000, -7}) {
    const Hlc h = c.tick(now);
    CHECK(h > last);
    last = h;
  }
  CHECK(c.last() == last);
}

TEST_CASE("the counter carries over into the milliseconds") {
  HlcClock c(Hlc{(std::uint64_t{1000} << 20) | 0xfffff});
  CHECK(c.tick(1000).value == std::uint64_t{1001} << 20);
  CHECK(c.tick(1000).ms() == 1001);
}

TEST_CASE("a stamp more than ten minutes ahead is not adopted") {
  HlcClock c;
  CHECK(c.heard(Hlc::at(1000 + kHlcClampMs), 1000));
  CHECK(c.last() == Hlc::at(1000 + kHlcClampMs));
  CHECK(c.tick(1000) > Hlc::at(1000 + kHlcClampMs));
  HlcClock d;
  CHECK_FALSE(d.heard(Hlc::at(1001 + kHlcClampMs), 1000));
  CHECK_FALSE(d.heard(Hlc{~std::uint64_t{0}}, 1000));
  CHECK(d.last() == Hlc{});
  CHECK(d.heard(Hlc::at(3), 1000));  // an older one is heard and changes nothing later
  CHECK(d.tick(1000) == Hlc::at(1000));
}

TEST_CASE("milliseconds out of range are clamped, not wrapped") {
  CHECK(Hlc::at(-5) == Hlc{});
  CHECK(Hlc::at(1LL << 50).ms() == (1LL << 44) - 1);
  CHECK(Hlc::at(123456789).ms() == 123456789);
}

TEST_CASE("a lane's name leads back to the lane") {
  for (int i = 0; i <= 4; ++i) {
    const Lane l = static_cast<Lane>(i);
    CHECK(lane_from(name_of(l)) == l);
    CHECK(is_stream_lane(l) == (i >= 1 && i <= 3));
  }
  CHECK(lane_from("") == std::nullopt);
  CHECK(lane_from("?") == std::nullopt);
  CHECK(name_of(static_cast<Lane>(9)) == "?");
}
