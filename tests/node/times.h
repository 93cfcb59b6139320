#pragma once
// Times that many tests count in.
#include "sync/instant.h"

namespace yz::test {

inline constexpr sync::Millis kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
inline constexpr sync::Millis kNow = 1'780'900'000'000;  // 2026-06-08

}  // namespace yz::test
