#pragma once
// What a signed clock is worth: it is its writer's word, and a clock that ran ahead must not decide against everything
// that is said after it. Pure.
#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "sync/instant.h"

namespace yz::node {

/// A record's clock, and when the record came here or was signed here.
struct Arrived {
  sync::Hlc at;
  sync::Millis stored_ms = 0;
};

/// By which clock each of them is put in order; `all` in the order in which they came. That is the signed one, unless
/// it lies more than 10 min ahead of the moment at which the record, or anything that came later, was stored: then it
/// is just before that moment. Offices whose clocks are right come to the same, whatever came first.
inline std::vector<sync::Hlc> clocks_by_arrival(std::span<const Arrived> all) {
  std::vector<sync::Hlc> out(all.size());
  sync::Millis latest = std::numeric_limits<sync::Millis>::max() - sync::kHlcClampMs;
  for (std::size_t i = all.size(); i-- > 0;) {
    latest = std::min(latest, all[i].stored_ms);
    out[i] = all[i].at;
    // What is signed in that very millisecond knew of it.
    if (all[i].at.ms() > latest + sync::kHlcClampMs)
      out[i].value = std::max<std::uint64_t>(sync::Hlc::at(latest).value, 1) - 1;
  }
  return out;
}

}  // namespace yz::node
