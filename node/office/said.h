#pragma once
// What was said about a commission, sorted by whom it concerns. Pure.
#include <map>
#include <vector>

#include "node/office/commission.h"

namespace yz::node {

/// What was said by each office, and to it, in the order of the clocks: looked through once for all of them. Holds on
/// to the events; of equal clocks the one that was given first stays first.
class SaidByOffice {
 public:
  using List = std::vector<const CommissionEvent*>;
  explicit SaidByOffice(const std::vector<CommissionEvent>&);
  const List& of(const OfficeId&) const;

 private:
  std::map<OfficeId, List> of_;
};

/// As follow() in commission.h, where what concerns the office has been found already.
Asked follow_said(const OfficeId&, AskedState arrived, sync::Millis began, sync::Millis due_ms,
                  const SaidByOffice::List& said, std::vector<GivenAnswer> answers, bool closed, sync::Millis now);

}  // namespace yz::node
