#include "node/store/nil.h"

namespace yz::node {

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
        TRY(store.db().query("select row, hlc, at_ms, own from record where matter = ? and quarantine = 0 and type in"
                             " (1, 14) order by hlc limit 1",
                             row));
    if (!TRY(q.step())) continue;
    NilGiven g;
    g.matter = row;
    g.signed_ms = sync::Hlc{static_cast<std::uint64_t>(q.integer(1))}.ms();
    if (g.signed_ms < from || g.signed_ms >= to) continue;
    if (q.integer(3) == 0) {
      g.received = q.integer(2);
    } else {
      Query d =
          TRY(store.db().query("select done_ms from delivery where record = ? and destination = ? and state in (2, 3)",
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
