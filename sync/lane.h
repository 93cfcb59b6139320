#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace yz::sync {

/// How urgent a report is, in the field's terms 特急 / 加急 / 平件. The value is the
/// byte on the wire and orders by urgency: never renumber.
enum class Lane : std::uint8_t {
  control = 0,  ///< statements and certificates; never a stream
  flash = 1,    ///< 特急
  urgent = 2,   ///< 加急
  routine = 3,  ///< 平件
  bulk = 4,     ///< attachment chunks; never a stream
};

constexpr bool is_stream_lane(Lane l) { return l == Lane::flash || l == Lane::urgent || l == Lane::routine; }
constexpr std::string_view name_of(Lane l) {
  switch (l) {
    case Lane::control:
      return "control";
    case Lane::flash:
      return "flash";
    case Lane::urgent:
      return "urgent";
    case Lane::routine:
      return "routine";
    case Lane::bulk:
      return "bulk";
  }
  return "?";
}
constexpr std::optional<Lane> lane_from(std::string_view name) {
  for (int i = 0; i <= 4; ++i)
    if (name_of(static_cast<Lane>(i)) == name) return static_cast<Lane>(i);
  return std::nullopt;
}

}  // namespace yz::sync
