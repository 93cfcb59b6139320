#include "node/store/situation.h"

#include <algorithm>

#include "node/store/case_row.h"

namespace yz::node {
namespace {

/// What becomes of a report says nothing of the event: an adopted one may go on. These say that it is over.
bool settled(ReportState s) {
  using enum ReportState;
  return s == withdrawn || s == rejected || s == not_adopted || s == filed || s == closed || s == archived;
}

Result<bool> has_final(Store& store, std::int64_t matter) {
  Query q = TRY(store.db().query("select 1 from record where matter = ? and type = ? and quarantine = 0 limit 1",
                                 matter, static_cast<int>(sync::RecordType::final_report)));
  return q.step();
}

Result<> look_closer(Store& store, Incident& i, sync::Millis from) {
  Query last = TRY(store.db().query("select max(at_ms) from record where matter = ? and quarantine = 0", i.row.row));
  if (TRY(last.step()) && !last.null(0)) i.last = last.integer(0);
  i.in_shift = std::max({i.last, i.row.signed_at.value_or(0), i.row.received.value_or(0)}) >= from;
  i.open = !settled(i.row.state) && !TRY(has_final(store, i.row.row));
  if (!i.open) return {};
  Query due =
      TRY(store.db().query("select due_ms, duty from act where matter = ? and duty > 0 and due_ms is not null"
                           " order by due_ms limit 1",
                           i.row.row));
  if (TRY(due.step())) i.next = Incident::Next{due.integer(0), static_cast<int>(due.integer(1))};
  return {};
}

}  // namespace

Result<Situation> situation(Store& store, sync::Millis from) {
  Situation out;
  for (const sync::Lane lane : {sync::Lane::flash, sync::Lane::urgent}) {
    std::vector<MatterRow> rows;
    {
      Query q = TRY(store.db().query("select " + std::string(kCaseColumns) +
                                         " from matter indexed by matter_lane where lane = ? order by row desc limit ?",
                                     static_cast<int>(lane), kIncidentsLooked + 1));
      while (TRY(q.step())) rows.push_back(TRY(case_row_of(q)));
    }
    if (rows.size() > kIncidentsLooked) {
      out.more = true;
      rows.pop_back();
    }
    for (MatterRow& m : rows) {
      if (m.sort != Sort::report || !m.signed_at) continue;
      Incident i;
      i.row = std::move(m);
      TRY(look_closer(store, i, from));
      if (i.open || i.in_shift) out.incidents.push_back(std::move(i));
    }
  }
  return out;
}

}  // namespace yz::node
