#include "node/store/nil.h"

#include <algorithm>

#include "node/office/timetable.h"
#include "node/store/policies.h"

namespace yz::node {
namespace {

/// No time before is looked at, whatever was asked.
constexpr sync::Millis kLongest = 400 * sync::kDayMs;
/// zero_reports_due() looks at so much in one call.
constexpr sync::Millis kAtOnce = 30 * sync::kDayMs;

/// From when on something else may hold: the times at which versions took effect, with both ends.
Result<std::vector<sync::Millis>> changes(Store& store, sync::Millis from, sync::Millis to) {
  std::vector<sync::Millis> out{from};
  Query q = TRY(store.db().query(
      "select distinct effective_ms from policy where effective_ms > ? and effective_ms < ? order by effective_ms desc"
      " limit 256",
      from, to));
  while (TRY(q.step())) out.push_back(q.integer(0));
  for (sync::Millis t = from + kAtOnce; t < to; t += kAtOnce) out.push_back(t);
  out.push_back(to);
  std::ranges::sort(out);
  return out;
}

}  // namespace

Result<std::vector<NilSlot>> nil_slots_of(Store& store, const OfficeRow& of, const OfficeId& ruler, sync::Millis from,
                                          sync::Millis to, int utc_offset_minutes) {
  std::vector<sync::Millis> due;
  from = std::max(from, to - kLongest);
  // A day more on both sides: how long a report counts for one time is said by its neighbours.
  const auto at = TRY(changes(store, from - sync::kDayMs, to + sync::kDayMs));
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const auto in_force = TRY(policies_in_force(store, ruler, at[i]));
    if (in_force.empty()) continue;
    const RuleSet rules = TRY(ruled_by(store, RuleSet(), in_force, {}));
    for (const ZeroDue& z :
         zero_reports_due(rules.terms, name_of(of.level), of.code, at[i] - 1, at[i + 1] - 1, utc_offset_minutes))
      due.push_back(z.at_ms);
  }
  std::ranges::sort(due);
  due.erase(std::ranges::unique(due).begin(), due.end());
  std::vector<NilSlot> out = nil_slots(due);
  std::erase_if(out, [&](const NilSlot& s) { return s.due < from || s.due >= to; });
  if (out.size() > kNilSlotsMost) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(kNilSlotsMost));
  return out;
}

Result<std::vector<NilGiven>> nil_reports(Store& store, const OfficeId& of, const OfficeId& superior, sync::Millis from,
                                          sync::Millis to) {
  std::vector<std::int64_t> rows;
  {
    // A correction moves the time of the row, so it looks a little further than asked.
    Query q = TRY(store.db().query(
        "select row from matter where office = ? and kind = 12 and signed_ms >= ? and sort = 0 and (flags & 32) = 0 and"
        " state <> 8 order by signed_ms limit ?",
        of, from, static_cast<std::int64_t>(4 * kNilSlotsMost)));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  std::vector<NilGiven> out;
  for (const std::int64_t row : rows) {
    Query q =
        TRY(store.db().query("select row, hlc, at_ms, own, bytes, signed_until_ms, signed_here from record where matter"
                             " = ? and quarantine = 0 and type in (1, 14) order by hlc limit 1",
                             row));
    if (!TRY(q.step())) continue;
    NilGiven g;
    g.matter = row;
    g.submitted_ms = sync::Hlc{static_cast<std::uint64_t>(q.integer(1))}.ms();
    if (g.submitted_ms < from || g.submitted_ms >= to) continue;
    // Ours: the very moment. Of another office the earlier end: what was submitted in time is late for sure only there.
    g.signed_ms = TRY(signed_at_row(q, 4)).from;
    if (q.integer(3) == 0) {
      g.received = q.integer(2);
    } else {
      Query d =
          TRY(store.db().query("select stored_ms from delivery where record = ? and destination = ? and stored_ms > 0",
                               q.integer(0), superior));
      if (TRY(d.step())) g.received = d.integer(0);
    }
    out.push_back(g);
  }
  return out;
}

Result<sync::Millis> last_contact(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select coalesce(max(last_contact_ms), 0) from link where office = ?", office));
  return TRY(q.step()) ? q.integer(0) : 0;
}

Result<sync::Millis> known_since(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select at_ms from office where id = ?", office));
  return TRY(q.step()) ? q.integer(0) : 0;
}

}  // namespace yz::node
