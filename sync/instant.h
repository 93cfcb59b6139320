#pragma once
#include <algorithm>
#include <compare>
#include <cstdint>

namespace yz::sync {

/// Milliseconds since 1970 by some clock that the caller owns (wall clock), or since any start (steady).
/// sync never asks a clock: whoever steps it says what time it is.
using Millis = std::int64_t;
inline constexpr Millis kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs;

/// Hybrid logical clock: 44 bits of milliseconds, 20 bits of counter that carries over. Orders records
/// loosely; order inside a stream is its numbers only.
struct Hlc {
  std::uint64_t value = 0;
  Millis ms() const { return static_cast<Millis>(value >> 20); }
  static Hlc at(Millis ms) { return {static_cast<std::uint64_t>(std::clamp<Millis>(ms, 0, (1LL << 44) - 1)) << 20}; }
  auto operator<=>(const Hlc&) const = default;
};

/// A remote stamp further ahead than this is accepted but not adopted, so that nobody pushes a province to 2100.
inline constexpr Millis kHlcClampMs = 10 * 60 * 1000;

/// The node's own clock value; the owner keeps `last` in the store.
class HlcClock {
 public:
  explicit HlcClock(Hlc last = {}) : last_(last) {}
  Hlc tick(Millis now) {
    last_ = std::max(Hlc{last_.value + 1}, Hlc::at(now));
    return last_;
  }
  /// False when the stamp lies too far ahead: it was not adopted and wants a flag.
  bool heard(Hlc remote, Millis now) {
    if (remote.ms() > now + kHlcClampMs) return false;
    last_ = std::max(last_, remote);
    return true;
  }
  Hlc last() const { return last_; }

 private:
  Hlc last_;
};

}  // namespace yz::sync
