#pragma once
// Three levels under one seed: a city, counties and townships, on lines and disks that fail, with a county that may be
// dishonest. First everything happens, then all is well again and what was promised is counted by an observer who sees
// every store.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/chain.h"

namespace yz::sim {

struct LevelsOutcome {
  std::string violation;  ///< empty: all promises kept
  std::string faults;     ///< what the seed switched on
  std::uint64_t records = 0, exchanges = 0, crashes = 0, restores = 0, carried = 0;
  bool dishonest = false;
  std::string trace;  ///< a hash of what happened
};

LevelsOutcome run_levels(std::uint64_t seed);

}  // namespace yz::sim
