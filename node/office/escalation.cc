#include "node/office/escalation.h"

#include <algorithm>
#include <array>

namespace yz::node {
namespace {

constexpr std::array<std::string_view, kAwaitedCount> kNames{"sign_off", "progress", "acknowledgement"};

}  // namespace

std::string_view name_of(Awaited a) { return kNames[static_cast<std::size_t>(a)]; }

std::optional<Awaited> awaited_from(std::string_view name) {
  const auto* const at = std::ranges::find(kNames, name);
  return at == kNames.end() ? std::nullopt : std::optional(static_cast<Awaited>(at - kNames.begin()));
}

std::string_view name_of(Rung r) {
  constexpr std::array<std::string_view, 4> names{"none", "deputy", "leader", "superior"};
  return names[static_cast<std::size_t>(r)];
}

Escalation escalation_of(const PolicyTerms& terms, Awaited what, sync::Lane lane, sync::Millis since,
                         std::optional<sync::Millis> due, sync::Millis now) {
  std::array<sync::Millis, 3> steps = escalation_min_of(terms, what, lane);
  for (sync::Millis& s : steps) s *= sync::kMinuteMs;
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
