#include "sync/intervals.h"

#include <doctest/doctest.h>

#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;

TEST_CASE("intervals do what a set of positions does") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    Intervals set;
    std::vector<bool> model(64);
    for (int step = 0; step < 40; ++step) {
      const auto a = static_cast<std::uint32_t>(d.below(64)), b = static_cast<std::uint32_t>(d.below(65));
      const bool add = d.chance(60);
      add ? set.add(a, b) : set.remove(a, b);
      for (std::uint32_t i = a; i < b; ++i) model[i] = add;
      // Ranges: ascending, merged, nothing else.
      std::vector<bool> seen(64);
      std::uint32_t last = 0;
      bool first = true;
      for (const auto& [from, to] : set.ranges(1000)) {
        REQUIRE(from < to);
        if (!first) REQUIRE(from > last);
        first = false;
        last = to;
        for (std::uint32_t i = from; i < to; ++i) seen[i] = true;
      }
      REQUIRE(seen == model);
      REQUIRE(set.empty() == (std::find(model.begin(), model.end(), true) == model.end()));
      const auto from = static_cast<std::uint32_t>(d.below(64)),
                 to = static_cast<std::uint32_t>(from + d.below(64 - from + 1));
      REQUIRE(set.covers(from, to) == std::all_of(model.begin() + from, model.begin() + to, [](bool x) { return x; }));
      const auto total = static_cast<std::uint32_t>(d.below(65)), most = static_cast<std::uint32_t>(1 + d.below(20));
      const auto gap = set.first_gap(total, most);
      std::uint32_t at = 0;
      while (at < total && model[at]) ++at;
      REQUIRE(gap.has_value() == (at < total));
      if (gap) {
        std::uint32_t end = at;
        while (end < total && end < at + most && !model[end]) ++end;
        REQUIRE(*gap == Intervals::Range{at, end});
      }
    }
    Intervals other, sum = set;
    for (int i = 0; i < 5; ++i) {
      const auto a = static_cast<std::uint32_t>(d.below(64));
      other.add(a, a + static_cast<std::uint32_t>(d.below(10)));
    }
    sum.add(other);
    for (const auto& [a, b] : set.ranges(100)) CHECK(sum.covers(a, b));
    for (const auto& [a, b] : other.ranges(100)) CHECK(sum.covers(a, b));
  }
}

TEST_CASE("an empty range changes nothing and is always covered") {
  Intervals s;
  s.add(5, 5);
  s.add(9, 3);
  CHECK(s.empty());
  s.add(0, 10);
  s.remove(4, 4);
  s.remove(7, 2);
  CHECK(s.covers(0, 10));
  CHECK(s.covers(50, 50));
  CHECK(s.ranges(0).empty());
  s.clear();
  CHECK(s.first_gap(0, 5) == std::nullopt);
}
