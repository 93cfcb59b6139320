#pragma once
// When a first report has to be with the next office, by the rules in force.
#include <optional>
#include <string_view>

#include "node/office/rules.h"

namespace yz::node {

struct Due {
  std::optional<std::int64_t> written, phone;  ///< ms since 1970
};
/// By its figures or as its author states it, whichever is graver.
IncidentLevel level_of(const Rules&, const Report&);
/// `hop`: "township>county". What has no grade yet is timed like an ordinary incident. None for other reports, without
/// a time to count from, and where the rules say nothing.
Due due_of(const Rules&, std::string_view hop, const Report&);

}  // namespace yz::node
