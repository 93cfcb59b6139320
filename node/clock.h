#pragma once
#include <time.h>

#include <chrono>

#include "sync/instant.h"

namespace yz::node {

/// Wall clock, ms since 1970. For stamps.
inline sync::Millis wall_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Time since the machine was started, its sleep included. For what must end by itself, whatever is done to the wall
/// clock.
inline sync::Millis boot_now() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return static_cast<sync::Millis>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
}

/// Runs evenly from the wall's time at its making: for waiting and measuring, whatever is done to the wall clock.
class EvenClock {
 public:
  sync::Millis now() const {
    return wall_ +
           std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - steady_).count();
  }

 private:
  sync::Millis wall_ = wall_now();
  std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
};

}  // namespace yz::node
