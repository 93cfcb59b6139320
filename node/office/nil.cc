#include "node/office/nil.h"

#include <algorithm>

namespace yz::node {
namespace {

constexpr sync::Millis kMinute = 60 * 1000, kDay = 24 * 60 * kMinute;
/// A nil report speaks for the time until now: one that is signed earlier than this before its time is the last one's.
constexpr sync::Millis kLeadMost = 12 * 60 * kMinute;

sync::Millis opens_before(sync::Millis due, sync::Millis before) {
  return due - std::min(kLeadMost, (due - before) / 2);
}

}  // namespace

std::string_view name_of(NilState s) {
  constexpr std::string_view kNames[] = {"pending", "sent", "late", "overdue", "unheard", "missed"};
  return kNames[static_cast<std::size_t>(s)];
}

std::vector<NilSlot> nil_slots(std::span<const std::int64_t> at_min, std::int64_t utc_offset_minutes, sync::Millis from,
                               sync::Millis to) {
  std::vector<NilSlot> out;
  if (at_min.empty() || from >= to) return out;
  // Never further back than what is kept of them, so that a wild date costs nothing.
  const auto per_day = static_cast<sync::Millis>(at_min.size());
  from = std::max(from, to - kDay * (static_cast<sync::Millis>(kNilSlotsMost) / per_day + 1));
  const sync::Millis offset = utc_offset_minutes * kMinute;
  const auto day_of = [&](sync::Millis t) { return (t + offset) / kDay - ((t + offset) % kDay < 0 ? 1 : 0); };
  std::vector<sync::Millis> due;
  for (auto day = day_of(from) - 1; day <= day_of(to) + 1; ++day)
    for (const std::int64_t m : at_min) due.push_back(day * kDay - offset + m * kMinute);
  for (std::size_t i = 1; i + 1 < due.size(); ++i)
    if (due[i] >= from && due[i] < to)
      out.push_back({opens_before(due[i], due[i - 1]), due[i], opens_before(due[i + 1], due[i])});
  if (out.size() > kNilSlotsMost) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(kNilSlotsMost));
  return out;
}

NilVerdict judge_nil(const NilSlot& slot, std::span<const NilGiven> given, std::optional<sync::Millis> contact,
                     sync::Millis now) {
  NilVerdict v;
  for (const NilGiven& g : given)
    if (g.signed_ms >= slot.opens && g.signed_ms < slot.closes && (!v.by || g.signed_ms < v.by->signed_ms)) v.by = g;
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
