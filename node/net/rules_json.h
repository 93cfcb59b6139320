#pragma once
#include "node/office/rules.h"

namespace yz::node {
/// The rules that were compiled in (node/rules/*.json). Fault::corrupt when they
/// do not have the expected shape; a test sees to it that they do.
Result<RuleSet> load_rules();
}  // namespace yz::node
