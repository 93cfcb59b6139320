#pragma once
// 零报告: when one is due, and whether it was given, late or missed, by signed times and receipts. Pure.
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sync/instant.h"

namespace yz::node {

/// One time at which a nil report is due.
struct NilSlot {
  sync::Millis opens = 0;  ///< signed from here on it is for this time and not for the one before
  sync::Millis due = 0;
  sync::Millis closes = 0;  ///< when the next one opens: what is signed up to here is this one, late
};
/// One for each of the times that are due: ascending, each once.
std::vector<NilSlot> nil_slots(std::span<const sync::Millis> due);
inline constexpr std::size_t kNilSlotsMost = 400;  ///< a year of daily ones, and some

struct NilGiven {
  std::int64_t matter = 0;
  sync::Millis submitted_ms = 0;  ///< when its content was fixed: this says for which time it is
  sync::Millis signed_ms = 0;     ///< not signed before; the very moment where that is known. In time or late by this
  std::optional<sync::Millis> received;  ///< when the superior had it, by the superior's clock
};

enum class NilState : std::uint8_t {
  pending,  ///< not due yet
  sent,
  late,
  overdue,  ///< past its time, and its office was in contact since
  unheard,  ///< past its time, and nothing was heard from the office since: that accuses nobody
  missed,   ///< the next one is due already
};
std::string_view name_of(NilState);

struct NilVerdict {
  NilState state{};
  /// False: in time by its author's clock, and not known to have arrived by then; it may have been signed later.
  bool certain = true;
  std::optional<NilGiven> by;  ///< the first that was signed for this time
};
/// `given` in any order; `contact`: when the office was last heard, none: it is this machine's own.
NilVerdict judge_nil(const NilSlot&, std::span<const NilGiven> given, std::optional<sync::Millis> contact,
                     sync::Millis now);

}  // namespace yz::node
