#pragma once
// Reports that look like another one, among all that are here. Eight small rows a report; a look reads a bounded number
// of rows, however many reports there are.
#include <vector>

#include "node/office/alike.h"
#include "node/store/cases.h"

namespace yz::node {

struct Near {
  MatterRow row;
  Alike alike;
};
struct NearList {
  std::vector<Near> near;     ///< the most alike first
  std::size_t rows_read = 0;  ///< of the two tables, and records that were compared in full
};
inline constexpr std::size_t kNearShown = 8;
/// Rows that one look reads at most, whatever is in the tables.
inline constexpr std::size_t kOfPieceMost = 32, kOfEventMost = 96, kComparedMost = 24;
inline constexpr std::size_t kLookMost = kPieces * kOfPieceMost + kOfEventMost + kComparedMost;

/// Exercises are compared with exercises only. `but`: the case that the text belongs to, 0 for none.
Result<NearList> near(Store&, const Likeness&, bool exercise, std::int64_t but);
/// What a case says now, to be compared; none when it has no text that can be read, or is not compared.
Result<std::optional<Likeness>> likeness_at(Store&, std::int64_t matter);
/// Takes texts that came since into the tables, the newest first, at most so many. Gives how many. Inside a write.
Result<std::size_t> note_texts(Store&, std::size_t most);

}  // namespace yz::node
