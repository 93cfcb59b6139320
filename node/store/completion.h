#pragma once
#include <span>

#include "node/store/cases.h"

namespace yz::node {

/// The cosignature by which the second of two persons signed `r`, as keep_completion() of acts.h finds it; null where
/// it has not come, or there is none. `all`: the case's.
const CaseRecord* completion_of(const sync::ReleasedRecord& r, std::span<const CaseRecord> all);

}  // namespace yz::node
