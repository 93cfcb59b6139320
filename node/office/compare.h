#pragma once
// The current view of a case: what the versions that nothing has replaced say together, field by field against what
// they have in common (protocol 10). Pure; never decides what only a person may.
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/versions.h"

namespace yz::node {

class Rules;

/// At most so many versions are compared and joined at a time: a record names no more parents. With more, the oldest
/// come first, and joining them makes one of eight.
inline constexpr std::size_t kJoinedAtOnce = 8;

/// A report as one flat table: title, body, kind, occurred_at, sensitivity and the template's fields by their keys.
/// Not in it: the lane (the gravest one holds), and what belongs to one version only (its number, why a figure
/// changed).
using Flat = std::map<std::string, Value, std::less<>>;
Flat flat(const Report&);
/// Puts one entry of such a table into the report, or takes it out of it.
void put_flat(Report&, std::string_view name, const Value*);

/// Fields whose values are never combined from several versions by the program: numbers, times, places, names, grades
/// and everything chosen from a list. The rest is text, and what kind of report it is.
bool person_decides(const Rules&, std::string_view name);

/// One field in which the versions differ.
struct Difference {
  enum class How : std::uint8_t {
    taken,     ///< changed on one side only, or everywhere to the same: that change holds
    disputed,  ///< a person decides
  };
  std::string name;
  How how = How::disputed;
  bool guarded = false;  ///< person_decides(), or a text in which the figures differ
  bool has_base = false;
  std::optional<Value> base;                ///< what it was before; none with has_base: it was not there
  std::vector<std::optional<Value>> sides;  ///< by head, as in CaseView::heads; none: not there, or not readable
  std::size_t from = 0;                     ///< the head whose value the view shows
};

/// The name of the difference that is none of fields: withdrawn by one, written on by another.
inline constexpr std::string_view kWithdrawn = "withdrawn";

struct CaseView {
  std::vector<CaseGraph::Head> heads;  ///< those compared, at most kJoinedAtOnce, by the clock
  std::size_t more = 0;                ///< heads beyond those
  std::vector<std::size_t> common;     ///< the lowest common ancestors
  bool has_base = false;               ///< they are known and readable
  bool withdrawn = false;              ///< all of them say so
  bool unreadable = false;             ///< one of them this program cannot read
  /// Merged as far as the program may; a disputed field shows the newest head's value. None: nothing readable is left
  /// (withdrawn, or unreadable).
  std::optional<Report> report;
  sync::Lane lane = sync::Lane::routine;  ///< of the gravest head
  std::int64_t sequence = 0;              ///< the greatest
  std::vector<Difference> differences;    ///< by name; kWithdrawn first

  const Difference* difference(std::string_view name) const;
  std::vector<std::string> disputed() const;
};

/// What one office says of the case. `guarded` is person_decides() of the rules in use.
CaseView view_of(const CaseGraph&, const CaseGraph::Standpoint&, const std::function<bool(std::string_view)>& guarded);

}  // namespace yz::node
