#include "node/store/alike.h"

#include <algorithm>
#include <map>

namespace yz::node {
namespace {

Result<> note_text(Store& store, std::int64_t matter) {
  Database& db = store.db();
  TRY(db.run("update matter set alike = 1 where row = ?", matter));
  TRY(db.run("delete from alike where matter = ?", matter));
  const auto l = TRY(likeness_at(store, matter));
  if (!l) return {};
  const MatterRow m = TRY(matter_at(store, matter));
  TRY(db.run("insert into alike(matter, exercise, type, at_ms, place) values(?, ?, ?, ?, ?)", matter,
             m.flags & record_note::exercise ? 1 : 0, l->type, l->at_ms, l->place));
  // Pieces of an earlier text stay: it was said, and somebody may repeat it.
  for (const std::uint64_t p : l->pieces())
    TRY(db.run("insert into piece(hash, matter) values(?, ?) on conflict do nothing", static_cast<std::int64_t>(p),
               matter));
  return {};
}

}  // namespace

Result<std::optional<Likeness>> likeness_at(Store& store, std::int64_t matter) {
  const MatterRow m = TRY(matter_at(store, matter));
  if (m.sort != Sort::report || !is_compared(m.kind)) return std::nullopt;
  // The newest good text of its own office; which of several stands side by side is no matter here.
  Query q =
      TRY(store.db().query("select bytes from record where matter = ? and quarantine = 0 and office = ? and type in "
                           "(1, 2, 3, 4, 14) order by"
                           " replaced, hlc desc, id desc limit 1",
                           matter, m.office));
  if (!TRY(q.step())) return std::nullopt;
  const auto record = sync::decode_record(q.blob(0));
  if (!record) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  const auto body = decode_body(record->record.body);
  if (!body) return std::nullopt;
  return likeness_of(body->report, record->record.at.ms());
}

Result<std::size_t> note_texts(Store& store, std::size_t most) {
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(store.db().query("select row from matter where alike = 0 and sort = 0 order by row desc limit ?",
                                   static_cast<std::int64_t>(most)));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows) TRY(note_text(store, row));
  return rows.size();
}

Result<NearList> near(Store& store, const Likeness& of, bool exercise, std::int64_t but) {
  NearList out;
  std::map<std::int64_t, std::size_t> found;  // matter -> how much speaks for it
  for (const std::uint64_t p : of.pieces()) {
    Query q = TRY(store.db().query("select matter from piece where hash = ? order by matter desc limit ?",
                                   static_cast<std::int64_t>(p), static_cast<std::int64_t>(kOfPieceMost)));
    for (; TRY(q.step()); ++out.rows_read) ++found[q.integer(0)];
  }
  if (!of.type.empty() && of.at_ms != 0) {
    Query q = TRY(store.db().query(
        "select matter from alike where type = ? and at_ms between ? and ? order by at_ms desc limit ?", of.type,
        of.at_ms - kNearMs, of.at_ms + kNearMs, static_cast<std::int64_t>(kOfEventMost)));
    for (; TRY(q.step()); ++out.rows_read) found[q.integer(0)] += 2;
  }
  found.erase(but);
  std::vector<std::pair<std::size_t, std::int64_t>> order;
  for (const auto& [matter, n] : found) order.emplace_back(n, matter);
  std::ranges::sort(order, std::ranges::greater{});
  std::size_t compared = 0;
  for (const auto& [n, matter] : order) {
    if (compared == kComparedMost || out.near.size() == kNearShown) break;
    MatterRow m = TRY(matter_at(store, matter));
    ++out.rows_read;
    ++compared;
    if (((m.flags & record_note::exercise) != 0) != exercise || m.state == ReportState::withdrawn) continue;
    const auto there = TRY(likeness_at(store, matter));
    if (!there) continue;
    const Alike a = alike(of, *there);
    if (a.same) out.near.push_back({std::move(m), a});
  }
  std::ranges::stable_sort(out.near, std::ranges::greater{}, [](const Near& n) { return n.alike.score(); });
  return out;
}

}  // namespace yz::node
