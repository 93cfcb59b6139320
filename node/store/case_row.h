#pragma once
// Inside node/store: how a row of `matter` is read.
#include "node/store/cases.h"

namespace yz::node {

inline constexpr std::string_view kCaseColumns =
    "row, case_id, office, own, kind, lane, state, title, occurred_ms, signed_ms, received_ms, number, verified, flags,"
    " conflict, attachments, sort, incident, grade, submitted_ms, signed_until_ms";

/// Of a query for kCaseColumns that stands on a row.
Result<MatterRow> case_row_of(Query&);

/// list_cases() with an order: the newest kOrderedMost that fit (of a search kOrderedHits), put in it.
inline constexpr std::size_t kOrderedMost = 10'000, kOrderedHits = 2'000;
Result<CaseList> ordered_cases(Store&, const ListFilter&);

}  // namespace yz::node
