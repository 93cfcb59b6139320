#pragma once
// Inside node/store: how a row of `matter` is read.
#include "node/store/cases.h"

namespace yz::node {

inline constexpr std::string_view kCaseColumns =
    "row, case_id, office, own, kind, lane, state, title, occurred_ms, signed_ms, received_ms, number, verified, flags,"
    " conflict, attachments, sort, incident, grade, submitted_ms, signed_until_ms";

/// Of a query for kCaseColumns that stands on a row.
Result<MatterRow> case_row_of(Query&);

}  // namespace yz::node
