// What offices of three levels promise each other. A failing seed is printed and replays exactly:
//   YZ_SIM_FROM=SEED YZ_SIM_SEEDS=1 test_sim -tc='*three levels*'
#include "tests/sim/levels.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/support/slow.h"

using namespace yz;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == 0 ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("over three levels whatever was signed arrives, whoever fails or cheats, and nobody honest is accused") {
  const std::uint64_t seeds = number_from("YZ_SIM_SEEDS", test::slow() ? 4 : 75);
  const std::uint64_t from = number_from("YZ_SIM_FROM", 1);
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t failed = 0, dishonest = 0;
  sim::LevelsOutcome sum;
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
    const sim::LevelsOutcome r = sim::run_levels(seed);
    if (!r.violation.empty()) {
      ++failed;
      std::printf("seed %llu: %s [%s]\n", static_cast<unsigned long long>(seed), r.violation.c_str(), r.faults.c_str());
      std::fflush(stdout);
      if (std::getenv("YZ_SIM_STOP") != nullptr) break;
    }
    CHECK_MESSAGE(r.violation.empty(), "seed " << seed << ": " << r.violation);
    if (seed % 50 == 1) CHECK_MESSAGE(sim::run_levels(seed).trace == r.trace, "seed " << seed << " does not replay");
    dishonest += r.dishonest ? 1 : 0;
    sum.records += r.records;
    sum.exchanges += r.exchanges;
    sum.crashes += r.crashes;
    sum.restores += r.restores;
    sum.carried += r.carried;
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto n = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
  std::printf(
      "%llu seeds of three levels, %llu failed, %.1f s; %llu with a dishonest county; %llu records, %llu envelopes "
      "carried,"
      " %llu exchanges, %llu power cuts, %llu restores\n",
      n(seeds), n(failed), took, n(dishonest), n(sum.records), n(sum.carried), n(sum.exchanges), n(sum.crashes),
      n(sum.restores));
}
