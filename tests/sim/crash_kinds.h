#pragma once
// Every kind of transaction that an office makes, to be cut off at each of its writes.
#include "tests/sim/scene.h"

namespace yz::sim {

struct Kind {
  const char* name;
  bool at_county;
  /// Brings both offices to the moment before.
  std::function<Result<>(Scene&)> prepare;
  /// The work. An error is the desk's or the disk's no: then nothing may have changed.
  std::function<Result<>(Scene&)> act;
  /// What must hold of the victim besides, given whether the work was done; nothing, or what is wrong.
  std::function<std::string(Scene&, Office& victim, bool done)> check = {};
};

std::vector<Kind> crash_kinds();

}  // namespace yz::sim
