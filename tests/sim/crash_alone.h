#pragma once
// What power cuts at the work of one office have in common.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "tests/sim/crash_kinds.h"

namespace yz::sim {

struct Alone {
  const char* name;
  /// The office at the moment before, closed.
  std::shared_ptr<Office> before;
  std::function<Result<>(Office&)> act;
  /// What must hold besides, given whether the work was done; nothing, or what is wrong. It may go on with the work.
  std::function<std::string(Office&, bool done)> check;
  /// It has a real file open (Cutter::run).
  bool apart = false;
};

inline std::unique_ptr<Office> copy_of(Office& o) { return std::make_unique<Office>(o.disk().clone(), o.secrets()); }

/// All of these counts are 0, or each is 1; when the work was done, 1.
std::string all_or_nothing(Office&, bool done, std::initializer_list<std::string_view> sums);

/// Keys that begin and end, offices that change their place, machines that come and go.
void identity_kinds(std::vector<Alone>&);

}  // namespace yz::sim
