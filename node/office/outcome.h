#pragma once
// What a step of the desk answers with, before it says anything of its own.
#include "node/office/desk.h"

namespace yz::node {

inline Outcome outcome_of(const Draft& d) {
  Outcome o;
  o.matter = d.matter;
  o.case_id = d.case_id;
  o.state = d.state;
  o.seen = d.seen;
  return o;
}

/// Remembers that the draft was submitted or returned.
inline void add_round(Draft& d, Round round) {
  auto& all = d.extras.rounds;
  if (all.size() == kRoundsMost) all.erase(all.begin());
  all.push_back(std::move(round));
}

}  // namespace yz::node
