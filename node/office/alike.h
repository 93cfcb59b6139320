#pragma once
// Whether two reports tell of the same: by what they say, and by where, when and what happened. Pure; only a hint, a
// person decides.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "node/office/report.h"

namespace yz::node {

/// Runs of so many letters are compared; six Chinese characters are a phrase, not a word.
inline constexpr std::size_t kRun = 6;
/// Of a text's runs the smallest hashes are looked up: two texts that share half of their runs share one of eight all
/// but surely, and no text costs the index more than eight rows.
inline constexpr std::size_t kPieces = 8;

/// What is compared of a report.
struct Likeness {
  std::vector<std::uint64_t> runs;  ///< hashes of all runs of title and body, ascending, each once
  std::string type;                 ///< incident type; empty: none
  std::string place;                ///< empty: not said
  std::int64_t at_ms = 0;           ///< when it happened, else when it was signed
  std::vector<std::uint64_t> pieces() const;
};
/// Kept in the database: what it gives for a text never changes. `signed_ms` stands in for the time of the event.
Likeness likeness_of(const Report&, std::int64_t signed_ms);
/// A report that says that nothing happened is like every other, and means nothing by it.
bool is_compared(Kind);

struct Alike {
  double text = 0;                    ///< share of the shorter text's runs that both have, 0 to 1
  bool type = false, place = false;   ///< the same incident type; places that share most of their signs
  std::optional<std::int64_t> apart;  ///< minutes between the two events; none when they are not near in time
  bool same = false;                  ///< enough to be told to a person
  double score() const;
};
Alike alike(const Likeness&, const Likeness&);

/// Two events this far apart may be one.
inline constexpr std::int64_t kNearMs = 12LL * 3600 * 1000;

}  // namespace yz::node
