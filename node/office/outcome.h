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

}  // namespace yz::node
