#include "node/office/escalation.h"

#include <algorithm>
#include <array>

namespace yz::node {
namespace {

constexpr sync::Millis kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
using Steps = std::array<sync::Millis, 3>;

/// A flash report is late after minutes, an urgent one within the hour (design D.6, F.5); the rest is judgement.
Steps steps_of(Awaited what, sync::Lane lane) {
  const bool flash = lane == sync::Lane::flash, urgent = lane == sync::Lane::urgent;
  switch (what) {
    case Awaited::sign_off:
      if (flash) return {5 * kMinute, 10 * kMinute, 20 * kMinute};
      if (urgent) return {30 * kMinute, kHour, 2 * kHour};
      return {8 * kHour, kDay, 2 * kDay};
    case Awaited::progress:
      if (flash) return {30 * kMinute, kHour, 2 * kHour};
      if (urgent) return {4 * kHour, 8 * kHour, kDay};
      return {3 * kDay, 5 * kDay, 7 * kDay};
    case Awaited::acknowledgement:
      return {5 * kMinute, 10 * kMinute, 20 * kMinute};
  }
  return {kDay, kDay, kDay};
}

}  // namespace

std::string_view name_of(Awaited a) {
  constexpr std::array<std::string_view, 3> names{"sign_off", "progress", "acknowledgement"};
  return names[static_cast<std::size_t>(a)];
}

std::string_view name_of(Rung r) {
  constexpr std::array<std::string_view, 4> names{"none", "deputy", "leader", "superior"};
  return names[static_cast<std::size_t>(r)];
}

Escalation escalation_of(Awaited what, sync::Lane lane, sync::Millis since, std::optional<sync::Millis> due,
                         sync::Millis now) {
  Steps steps = steps_of(what, lane);
  if (due && *due > since) {
    const sync::Millis whole = *due - since;
    steps = {whole / 2, whole, whole + whole / 2};
  }
  Escalation out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (now - since < steps[i]) {
      out.next = since + steps[i];
      break;
    }
    out.rung = static_cast<Rung>(i + 1);
  }
  return out;
}

}  // namespace yz::node
