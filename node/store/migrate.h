#pragma once
#include <span>
#include <string_view>

#include "node/store/database.h"

namespace yz::node {

/// One step from version - 1 to version. Once released, its text never changes.
struct Migration {
  std::int64_t version;  ///< 1, 2, 3, … without gaps
  std::string_view sql;  ///< any number of statements; no begin or commit
};

/// Brings the database to the last of `all`. Each step is one transaction together with its
/// number, so that a power cut leaves a whole version. Fault::conflict, "store.newer", when
/// the database was written by a newer program; nothing is changed then.
Result<> migrate(Database&, std::span<const Migration> all);

}  // namespace yz::node
