#pragma once
#include <string>
#include <string_view>

#include "node/fault.h"

namespace yz::node::cli {

/// What people call a field, and what stands in it where it is a code; what this program has no word for stands as it
/// is: a report may come from a newer one.
std::string field_name(std::string_view key, Language);
std::string field_value(std::string_view key, const std::string& value, Language);

}  // namespace yz::node::cli
