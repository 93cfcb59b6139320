#pragma once
// 素材、线索: what somebody of the office heard or saw, written down in a sentence before anybody knows whether it
// becomes a report. It is kept as a draft of its own form, so the machines of an office share it as they share drafts;
// it is never signed and never leaves the office.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace yz::node {

inline constexpr std::size_t kClueTextBytesMax = 8 * 1024;  ///< longer matter is a report already
inline constexpr std::size_t kClueLineBytesMax = 300;       ///< who told it, where
inline constexpr std::size_t kCluesAtOnce = 16;             ///< that become one report together
inline constexpr std::size_t kCluesMost = 4096;             ///< in one office, settled ones too

struct ClueNote {
  /// Stored in drafts: never renumber.
  enum class State : std::uint8_t { open = 0, promoted = 1, discarded = 2 };
  State state = State::open;
  std::string told_by, place;    ///< one line each; may be empty
  std::string by;                ///< the officer who wrote it down
  std::int64_t noted_ms = 0;     ///< when
  std::string reason;            ///< of one discarded
  std::optional<CaseId> report;  ///< of one promoted: the draft that was begun from it
  bool operator==(const ClueNote&) const = default;
};

inline constexpr std::array<std::pair<ClueNote::State, std::string_view>, 3> kClueStates{
    {{ClueNote::State::open, "open"},
     {ClueNote::State::promoted, "promoted"},
     {ClueNote::State::discarded, "discarded"}}};
constexpr std::string_view name_of(ClueNote::State s) { return kClueStates[static_cast<std::size_t>(s)].second; }
constexpr std::optional<ClueNote::State> clue_state_from(std::string_view name) {
  for (const auto& [s, n] : kClueStates)
    if (n == name) return s;
  return std::nullopt;
}

}  // namespace yz::node
