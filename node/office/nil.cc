#include "node/office/nil.h"

#include <algorithm>

namespace yz::node {
namespace {

/// A nil report speaks for the time until now: one that is signed earlier than this before its time is the last one's.
constexpr sync::Millis kLeadMost = 12 * 60 * sync::kMinuteMs;

sync::Millis opens_before(sync::Millis due, sync::Millis before) {
  return due - std::min(kLeadMost, (due - before) / 2);
}

}  // namespace

std::string_view name_of(NilState s) {
  constexpr std::string_view kNames[] = {"pending", "sent", "late", "overdue", "unheard", "missed"};
  return kNames[static_cast<std::size_t>(s)];
}

std::vector<NilSlot> nil_slots(std::span<const sync::Millis> due) {
  std::vector<NilSlot> out;
  for (std::size_t i = 0; i < due.size(); ++i) {
    const sync::Millis before = i > 0 ? due[i - 1] : due[i] - sync::kDayMs;
    const sync::Millis next = i + 1 < due.size() ? due[i + 1] : due[i] + sync::kDayMs;
    out.push_back({opens_before(due[i], before), due[i], opens_before(next, due[i])});
  }
  return out;
}

NilVerdict judge_nil(const NilSlot& slot, std::span<const NilGiven> given, std::optional<sync::Millis> contact,
                     sync::Millis now) {
  NilVerdict v;
  for (const NilGiven& g : given)
    if (g.submitted_ms >= slot.opens && g.submitted_ms < slot.closes && (!v.by || g.submitted_ms < v.by->submitted_ms))
      v.by = g;
  if (v.by) {
    const bool arrived = v.by->received && *v.by->received <= slot.due;
    v.state = arrived || v.by->signed_ms <= slot.due ? NilState::sent : NilState::late;
    v.certain = arrived || v.state == NilState::late;
    return v;
  }
  if (now < slot.due)
    v.state = NilState::pending;
  else if (contact && *contact <= slot.due)
    v.state = NilState::unheard;
  else
    v.state = now < slot.closes ? NilState::overdue : NilState::missed;
  return v;
}

}  // namespace yz::node
