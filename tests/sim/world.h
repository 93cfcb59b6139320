#pragma once
// A township and its county in one process: the real stores, couriers, answerers and openers over a virtual clock and
// a virtual line, with faults drawn from one seed. The same seed gives the same bytes.
#include <cstdint>
#include <string>

#include "crypto/bytes.h"

namespace yz::sim {

struct Outcome {
  std::uint64_t seed = 0;
  std::string violation;  ///< empty: every invariant held
  std::string faults;     ///< which kinds this seed drew
  Hash trace;             ///< of everything that happened, in order
  // For the summary.
  std::uint64_t reports = 0, records_up = 0, records_down = 0, requests = 0, crashes = 0, durable_checks = 0;
  std::int64_t healed_ms = 0;  ///< virtual time from the line's return to the last open receipt
};

/// Faults first, then a healed line; every invariant along the way and at the end.
Outcome run_seed(std::uint64_t seed);

}  // namespace yz::sim
