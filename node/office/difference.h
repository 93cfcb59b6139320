#pragma once
// What somebody changed in a text: field by field, and in the body paragraph by paragraph. Pure; the texts may be
// foreign, so the work is bounded.
#include "node/office/compare.h"

namespace yz::node {

/// A run of paragraphs that stands for another.
struct Passage {
  std::size_t paragraph = 0;  ///< the first one's number in the text before, from 1
  std::string before, after;  ///< empty: put in, taken out
  bool operator==(const Passage&) const = default;
};

/// One entry of flat() that differs.
struct Change {
  std::string name;
  std::optional<Value> before, after;  ///< none: it was not there
  std::vector<Passage> passages;       ///< of the body only
};

/// From one text to the other, by name, title and body first. Empty: they say the same.
std::vector<Change> changes(const Report& before, const Report& after);
/// In how many places: each field is one, each passage of the body.
std::size_t places(const std::vector<Change>&);
/// Runs of paragraphs that differ. Texts with more than a few hundred different ones in a row come out as one passage.
std::vector<Passage> passages(std::string_view before, std::string_view after);

}  // namespace yz::node
