#pragma once
// Data that the desk's lists are made by: schemes of points.
#include <vector>

#include "node/office/assess.h"

namespace yz::node {

/// node/rules/scoring.json. Fault::corrupt when the program was built wrong.
Result<std::vector<Scheme>> load_schemes();

}  // namespace yz::node
