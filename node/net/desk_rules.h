#pragma once
// Data that the desk's lists are made by: times of nil reports, schemes of points.
#include <string_view>
#include <vector>

#include "node/office/assess.h"
#include "node/office/rules.h"

namespace yz::node {

/// Minutes after local midnight at which offices owe a nil report, ascending; empty: none. The one place that knows
/// where the times come from.
std::vector<std::int64_t> nil_times(const Rules&);
/// node/rules/scoring.json. Fault::corrupt when the program was built wrong.
Result<std::vector<Scheme>> load_schemes();

}  // namespace yz::node
