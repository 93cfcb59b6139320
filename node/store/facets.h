#pragma once
// What a list of cases is narrowed by beside what a case's row says of itself: its newest version's incident type and
// the level that it states.
#include "node/office/report.h"
#include "node/store/store.h"

namespace yz::node {

/// Inside Store::write().
Result<> set_facets(Store&, std::int64_t matter, const Report&);
/// Cases that an older program stored: read once, the first time that this one runs. Inside Store::write().
Result<> fill_facets(Store&);

}  // namespace yz::node
