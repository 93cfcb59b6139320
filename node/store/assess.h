#pragma once
// What there is to count of an office over a period (office/assess.h), from signed records and receipts alone.
#include <span>
#include <vector>

#include "node/office/assess.h"
#include "node/office/rules.h"
#include "node/store/directory.h"

namespace yz::node {

struct Period {
  sync::Millis from = 0, to = 0;  ///< [from, to)
  bool has(sync::Millis t) const { return t >= from && t < to; }
};
/// `of` as `by` sees it. Of the two one is this office: it sees its subordinate, or itself as its superior would see
/// it. Exercises and what was withdrawn count nowhere.
Result<std::vector<Fact>> facts_of(Store&, Directory&, const Rules&, const OfficeRow& of, const OfficeRow& by, Period,
                                   int utc_offset_minutes, sync::Millis now);

}  // namespace yz::node
