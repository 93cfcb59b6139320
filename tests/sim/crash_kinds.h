#pragma once
// Every kind of transaction that an office makes, to be cut off at each of its writes.
#include <map>

#include "tests/sim/cutter.h"
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

/// Power cuts at what an office does alone: members, revocations, sticks, codes.
void cut_alone(Cutter&);
/// At what passes through a relay.
void cut_ways(Cutter&);

/// What no half-done transaction may leave; with `pages`, every page of the disk too. Nothing, or what is wrong.
std::string wrong_in(Office&, bool pages);
/// Whether own records that were there are gone or another.
std::string lost(const std::map<RecordId, Bytes>& promised, Office&);

}  // namespace yz::sim
