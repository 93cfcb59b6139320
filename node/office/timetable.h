#pragma once
// When something is due by the clock of an office (零报告、值班): by the timetables that policy gives. Pure: no clock,
// no store. A time is ms since 1970, the offset minutes east of UTC.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/rules.h"

namespace yz::node {

/// "16:30" as minutes of the day, and back; nothing for anything else.
std::optional<std::int64_t> minute_from(std::string_view);
std::string minute_text(std::int64_t minute);
/// "2026-10-01" as days since 1970, and back; nothing for a day that is in no calendar, or outside 1970 to 2500.
std::optional<std::int64_t> day_from(std::string_view);
std::string day_text(std::int64_t day);

/// Whether it means the office of this level and code.
bool meant_for(const Timetable&, std::string_view level, std::string_view code);

/// One zero report that an office owes.
struct ZeroDue {
  std::int64_t from_ms = 0;  ///< the report counts that is signed after this: the time before it, at most a day ago
  std::int64_t at_ms = 0;    ///< and until this
  std::string name;          ///< of the period, as policy calls it
  bool operator==(const ZeroDue&) const = default;
};
/// What the office owes with `from < at_ms <= to`, the earliest first; one where several timetables name one minute.
/// At most 31 days are looked at, from `to` backwards.
std::vector<ZeroDue> zero_reports_due(const PolicyTerms&, std::string_view level, std::string_view code,
                                      std::int64_t from, std::int64_t to, int offset_min);

/// The shift that runs at a moment: until the next change of the watch.
struct Shift {
  std::int64_t from_ms = 0, to_ms = 0;
  std::int64_t persons = 0;  ///< at least so many
  std::string name;
  bool operator==(const Shift&) const = default;
};
/// Nothing when no watch is kept by policy then.
std::optional<Shift> shift_at(const PolicyTerms&, std::string_view level, std::string_view code, std::int64_t at,
                              int offset_min);

}  // namespace yz::node
