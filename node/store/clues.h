#pragma once
// Clues (素材) in the database: what lists show of the drafts that are clues.
#include <optional>
#include <vector>

#include "node/store/cases.h"

namespace yz::node {

/// The row that lists read follows the draft's; a draft that is no clue has none. Inside Store::write().
Result<> project_clue(Store&, std::int64_t matter, const Report&, const BodyExtras&);

struct ClueRow {
  std::int64_t matter = 0;
  CaseId id;
  std::string text;
  ClueNote note;
  std::int64_t photos = 0;
};
struct ClueFilter {
  std::optional<ClueNote::State> state = {};  ///< none: all
  std::string search = {};                    ///< words that all stand in text, place or teller
  std::size_t limit = 100;
  std::int64_t before = 0;  ///< row of the last one shown; 0: from the newest
};
/// Newest first. At most kCluesMost rows are looked at.
Result<std::vector<ClueRow>> clues(Store&, const ClueFilter&);
/// Those that the report was begun from, oldest first.
Result<std::vector<ClueRow>> clues_of(Store&, const CaseId& report);
struct ClueCounts {
  std::int64_t open = 0, promoted = 0, discarded = 0;
  std::int64_t all() const { return open + promoted + discarded; }
};
Result<ClueCounts> count_clues(Store&);

}  // namespace yz::node
