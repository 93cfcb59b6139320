#pragma once
#include <chrono>

#include "sync/instant.h"

namespace yz::node {

/// Wall clock, ms since 1970. For stamps.
inline sync::Millis wall_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
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
