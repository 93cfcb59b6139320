#include "node/store/clues.h"

#include <limits>

#include "node/office/text.h"

namespace yz::node {
namespace {

constexpr std::string_view kClue =
    "select c.matter, m.case_id, c.text, c.state, c.told_by, c.place, c.officer, c.noted_ms, c.reason, c.report,"
    " m.attachments from clue c join matter m on m.row = c.matter where m.sort = 4";

Result<ClueRow> row_of(Query& q) {
  ClueRow c;
  c.matter = q.integer(0);
  c.id = TRY(q.id<CaseId>(1));
  c.text = q.text(2);
  c.note.state = static_cast<ClueNote::State>(q.integer(3));
  c.note.told_by = q.text(4);
  c.note.place = q.text(5);
  c.note.by = q.text(6);
  c.note.noted_ms = q.integer(7);
  c.note.reason = q.text(8);
  if (!q.null(9)) c.note.report = TRY(q.id<CaseId>(9));
  c.photos = q.integer(10);
  return c;
}

std::vector<std::string> words_of(std::string_view typed) {
  std::vector<std::string> out(1);
  each_character(typed, [&](char32_t c, std::size_t at, std::size_t n) {
    if (!is_space(c))
      out.back() += typed.substr(at, n);
    else if (!out.back().empty())
      out.emplace_back();
  });
  if (out.back().empty()) out.pop_back();
  return out;
}

bool has_all(const ClueRow& c, const std::vector<std::string>& words) {
  const std::string all = c.text + "\n" + c.note.told_by + "\n" + c.note.place;
  for (const std::string& w : words)
    if (all.find(w) == std::string::npos) return false;
  return true;
}

}  // namespace

Result<> project_clue(Store& store, std::int64_t matter, const Report& report, const BodyExtras& x) {
  if (!x.clue) return store.db().run("delete from clue where matter = ?", matter);
  const ClueNote& c = *x.clue;
  return store.db().run(
      "insert into clue(matter, state, text, told_by, place, officer, noted_ms, reason, report) values(?, ?, ?, ?, ?, "
      "?,"
      " ?, ?, ?) on conflict(matter) do update set state = excluded.state, text = excluded.text, told_by ="
      " excluded.told_by, place = excluded.place, officer = excluded.officer, noted_ms = excluded.noted_ms, reason ="
      " excluded.reason, report = excluded.report",
      matter, static_cast<int>(c.state), report.body, c.told_by, c.place, c.by, c.noted_ms, c.reason, c.report);
}

Result<std::vector<ClueRow>> clues(Store& store, const ClueFilter& f) {
  static const std::string all = std::string(kClue) + " and c.matter < ? order by c.matter desc";
  static const std::string some = std::string(kClue) + " and c.state = ? and c.matter < ? order by c.matter desc";
  const std::int64_t before = f.before > 0 ? f.before : std::numeric_limits<std::int64_t>::max();
  Query q =
      f.state ? TRY(store.db().query(some, static_cast<int>(*f.state), before)) : TRY(store.db().query(all, before));
  const auto words = words_of(f.search);
  std::vector<ClueRow> out;
  std::size_t looked = 0;
  while (out.size() < f.limit && looked++ < kCluesMost && TRY(q.step())) {
    ClueRow c = TRY(row_of(q));
    if (has_all(c, words)) out.push_back(std::move(c));
  }
  return out;
}

Result<std::vector<ClueRow>> clues_of(Store& store, const CaseId& report) {
  static const std::string sql = std::string(kClue) + " and c.report = ? order by c.matter limit 100";
  Query q = TRY(store.db().query(sql, report));
  std::vector<ClueRow> out;
  while (TRY(q.step())) out.push_back(TRY(row_of(q)));
  return out;
}

Result<ClueCounts> count_clues(Store& store) {
  ClueCounts n;
  Query q = TRY(store.db().query("select state, count(*) from clue group by state"));
  while (TRY(q.step())) {
    if (q.integer(0) == 0) n.open = q.integer(1);
    if (q.integer(0) == 1) n.promoted = q.integer(1);
    if (q.integer(0) == 2) n.discarded = q.integer(1);
  }
  return n;
}

}  // namespace yz::node
