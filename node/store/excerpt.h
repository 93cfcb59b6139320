#pragma once
// A piece of a text around what was searched for, with the hits told apart from the rest.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/store/cases.h"

namespace yz::node {

struct ExcerptPart {
  std::string text;
  bool hit = false;
};
using Excerpt = std::vector<ExcerptPart>;

/// Of a text that has at least one of the words: from a little before the first hit on, one line, at most
/// kExcerptCharacters characters; "…" where something was left out. Empty when it has none.
inline constexpr std::size_t kExcerptCharacters = 80;
Excerpt excerpt_of(std::string_view text, std::string_view searched);

/// Of a case that a search found: from its newest text that has all the words, its draft's first. Empty when only the
/// title has them. `left`: octets of stored texts that may still be read for one answer; empty once they are used up.
inline constexpr std::size_t kExcerptOctets = 8u * 1024 * 1024;
Result<Excerpt> excerpt_of(Store&, const MatterRow&, std::string_view searched, std::size_t& left);

}  // namespace yz::node
