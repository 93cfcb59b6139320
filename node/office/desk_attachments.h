#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/office/books.h"

namespace yz::node {

/// Puts those that a person chose (by name or id; none: all) into a draft that passes them on; the others it notes as
/// left out. Fault::missing "attachment.missing" for one that is not there, Fault::invalid "attachment.count" for more
/// than a report holds.
Result<> choose(Draft&, std::span<const Enclosed>, const std::optional<std::vector<std::string>>& chosen);

}  // namespace yz::node
