#pragma once
#include <string_view>

namespace yz::node {
/// The data file node/rules/NAME.json as it was when the program was built; empty when there is none.
std::string_view embedded(std::string_view name);
}  // namespace yz::node
