#pragma once
// Lists that an officer gave a name: parameters of GET /api/v1/reports, kept in the node and by person, so that they
// are there on whatever browser somebody sits at.
#include <optional>
#include <string>
#include <vector>

#include "node/store/store.h"

namespace yz::node {

/// Of one person.
inline constexpr std::size_t kViewsMost = 50;

struct SavedView {
  std::string name;
  std::string filter;  ///< a JSON object of texts
};

/// By name.
Result<std::vector<SavedView>> views(Store&, const PersonId&);
Result<std::optional<SavedView>> view_named(Store&, const PersonId&, std::string_view name);
/// Makes it or takes its place. Inside Store::write(). Fault::invalid "view.many".
Result<> keep_view(Store&, const PersonId&, const SavedView&, sync::Millis now);
/// False when there was none. Inside Store::write().
Result<bool> forget_view(Store&, const PersonId&, std::string_view name);

}  // namespace yz::node
