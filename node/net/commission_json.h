#pragma once
#include "node/net/json.h"
#include "node/office/commission.h"

namespace yz::node {

// Members of a record's body that commissions need (sync/PROTOCOL.md 2.2). Reading: Fault::forged for what has not this
// form; lists are bounded, unknown members passed over.
Json json_of(const CaseRef&);
Json json_of(const CommissionWord&);
Json json_of(const CommissionReply&);
Result<CaseRef> case_ref_from(const Json&);
Result<CommissionWord> commission_from(const Json&);
Result<CommissionReply> reply_from(const Json&);

}  // namespace yz::node
