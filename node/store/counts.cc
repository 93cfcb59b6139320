#include "node/store/counts.h"

namespace yz::node {
namespace {

/// Rows of (exercise or not, how many).
Result<> add(AllCounts& to, std::int64_t CaseCounts::*figure, Query q) {
  while (TRY(q.step())) {
    CaseCounts& counts = q.integer(0) != 0 ? to.exercises : to.real;
    counts.*figure += q.integer(1);
  }
  return {};
}

}  // namespace

Result<AllCounts> count_cases(Store& store, const std::array<sync::Millis, 5>& late_before, sync::Millis now) {
  AllCounts out;
  Database& db = store.db();
  // From the small rows of cases, never from the wide ones of records: a hundred thousand are counted in milliseconds.
  Query came = TRY(db.query(
      "select lane, (flags & 32) <> 0, count(*) from matter indexed by matter_came where own = 0 and state != 9"
      " group by 1, 2"));
  while (TRY(came.step())) {
    const std::int64_t lane = came.integer(0);
    if (lane >= 1 && lane <= 4)
      (came.integer(1) != 0 ? out.exercises : out.real).received[static_cast<std::size_t>(lane)] = came.integer(2);
  }
  TRY(add(out, &CaseCounts::drafts,
          TRY(db.query("select (m.flags & 32) <> 0, count(*) from draft d join matter m on m.row = d.matter where"
                       " d.content is null and d.record is null and d.matter not in (select matter from clue)"
                       " group by 1"))));
  TRY(add(out, &CaseCounts::in_review,
          TRY(db.query("select (m.flags & 32) <> 0, count(*) from draft d join matter m on m.row = d.matter where"
                       " d.content is not null group by 1"))));
  TRY(add(out, &CaseCounts::conflicts,
          TRY(db.query("select (flags & 32) <> 0, count(*) from matter where conflict = 1 group by 1"))));
  for (const sync::Lane l : {sync::Lane::flash, sync::Lane::urgent, sync::Lane::routine})
    TRY(add(out, &CaseCounts::overdue,
            TRY(db.query("select (r.flags & 32) <> 0, count(*) from delivery d join record r on r.row = d.record where"
                         " d.lane = ? and d.state in (0, 1) and d.at_ms < ? and d.held_until <= ? group by 1",
                         static_cast<int>(l), late_before[static_cast<std::size_t>(l)], now))));
  return out;
}

}  // namespace yz::node
