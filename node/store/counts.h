#pragma once
// What the status page counts of reports: the real ones, and the exercises apart from them.
#include <array>

#include "node/store/store.h"

namespace yz::node {

struct CaseCounts {
  std::array<std::int64_t, 5> received{};  ///< from others, by the lane's value; without what is only named here
  std::int64_t drafts = 0;                 ///< nobody has submitted them; without clues
  std::int64_t in_review = 0;
  std::int64_t conflicts = 0;
  std::int64_t overdue = 0;  ///< deliveries without a stored receipt for longer than their lane allows
};
struct AllCounts {
  CaseCounts real, exercises;
};
/// `late_before`: by the lane's value, when a delivery must have begun to be overdue at `now`.
Result<AllCounts> count_cases(Store&, const std::array<sync::Millis, 5>& late_before, sync::Millis now);

}  // namespace yz::node
