// The list of cases: whatever it is narrowed by, one call looks at a bounded number of them.
#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <set>

#include "node/store/case_row.h"
#include "node/store/tokenizer.h"

namespace yz::node {
namespace {

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
/// Rows that one call looks at before it says "go on from here".
constexpr std::size_t kLookedAtMost = 10'000;
/// The same of a search: a hit costs a look at two tables, a case without one a look into the index.
constexpr std::size_t kHitsMost = 600;
/// Filters are compared by how many rows they leave, counted so far.
constexpr std::int64_t kCounted = 1'000;
/// A range of times that leaves more than this is cheaper looked for from the newest case on.
constexpr std::int64_t kSetMost = 20'000;

/// "r120": cases below row 120; "w77": below that row of the search index; "s120": a search through cases.
Result<std::int64_t> cursor(std::string_view after, char kind) {
  if (after.empty()) return kNewest;
  std::int64_t n = 0;
  const char* end = after.data() + after.size();
  if (after[0] == kind)
    if (const auto [p, error] = std::from_chars(after.data() + 1, end, n); error == std::errc() && p == end && n > 0)
      return n;
  return fail(Fault::invalid, "that is no cursor of this list", "invalid.after");
}

std::string cursor_at(char kind, std::int64_t row) { return kind + std::to_string(row); }

std::string_view column_of(TimeOf by) {
  static constexpr std::string_view kNames[] = {"occurred_ms", "signed_ms", "received_ms"};
  return kNames[static_cast<std::size_t>(by)];
}
const std::optional<sync::Millis>& time_of(const MatterRow& m, TimeOf by) {
  return by == TimeOf::occurred ? m.occurred : by == TimeOf::signed_at ? m.signed_at : m.received;
}

bool fits(const MatterRow& m, const ListFilter& f) {
  if (m.sort != Sort::report) return false;
  if (f.lane && m.lane != *f.lane) return false;
  if (f.office && m.office != *f.office) return false;
  if (f.kind && m.kind != *f.kind) return false;
  if (f.conflict && !m.conflict) return false;
  if (f.exercise && *f.exercise != ((m.flags & record_note::exercise) != 0)) return false;
  if (f.attachments && *f.attachments != (m.attachments > 0)) return false;
  if (!f.grade.empty() && m.grade != f.grade) return false;
  if (f.incidents && std::ranges::find(*f.incidents, m.incident) == f.incidents->end()) return false;
  if (f.from || f.until) {
    const auto& at = time_of(m, f.by);
    if (!at || (f.from && *at < *f.from) || (f.until && *at >= *f.until)) return false;
  }
  if (f.state) return m.state == *f.state;
  return m.own || m.state != ReportState::rejected;  // cases of which nothing good has come
}

/// Rows of `matter` that hold all that fits, newest first, by one index.
struct Lead {
  std::string from;                        ///< " from matter indexed by ... where ... and"
  std::vector<std::int64_t> numbers = {};  ///< bound in this order, then
  std::optional<OfficeId> office = {};
  std::string text = {};
  std::optional<std::vector<std::int64_t>> set = {};  ///< instead: these, descending
};

void bind(Query& q, const Lead& lead) {
  for (const std::int64_t n : lead.numbers) q.bind(n);
  if (lead.office) q.bind(*lead.office);
  if (!lead.text.empty()) q.bind(lead.text);
}

/// How many rows it leaves, counted up to kCounted.
Result<std::int64_t> size_of(Store& store, const Lead& lead) {
  Query q = TRY(store.db().query("select count(*) from (select 1" + lead.from + " row < ? limit ?)"));
  bind(q, lead);
  q.bind(kNewest).bind(kCounted);
  TRY(q.step());
  return q.integer(0);
}

std::vector<Lead> leads_of(const ListFilter& f) {
  std::vector<Lead> out;
  const auto by = [&](std::string_view index, std::string_view where) -> Lead& {
    out.push_back({" from matter indexed by " + std::string(index) + " where " + std::string(where) + " and"});
    return out.back();
  };
  if (f.state) by("matter_state", "state = ?").numbers = {static_cast<int>(*f.state)};
  if (f.office) by("matter_office", "office = ?").office = f.office;
  if (f.lane) by("matter_lane", "lane = ?").numbers = {static_cast<int>(*f.lane)};
  if (f.kind) by("matter_kind", "kind = ?").numbers = {static_cast<int>(*f.kind)};
  if (!f.grade.empty()) by("matter_grade", "grade <> '' and grade = ?").text = f.grade;
  if (f.conflict) by("matter_conflict", "conflict = 1");
  if (f.exercise.value_or(false)) by("matter_exercise", "(flags & 32) <> 0");
  if (f.attachments.value_or(false)) by("matter_attached", "attachments > 0");
  return out;
}

/// What no index gives in the order of rows is read whole from an index of its own and put in order: ids alone.
Result<std::optional<Lead>> set_of(Store& store, const ListFilter& f) {
  std::vector<std::int64_t> rows;
  const auto read = [&](Query q) -> Result<> {
    while (TRY(q.step())) rows.push_back(q.integer(0));
    return {};
  };
  if (f.due_from || f.due_until) {
    TRY(read(TRY(store.db().query("select matter from act where duty > 0 and due_ms >= ? and due_ms < ?",
                                  f.due_from.value_or(0), f.due_until.value_or(kNewest)))));
  } else if (f.incidents) {
    for (const std::string& type : *f.incidents)
      TRY(read(TRY(store.db().query(
          "select row from matter indexed by matter_incident where incident <> '' and incident = ?", type))));
  } else if (f.from || f.until) {
    const std::string column(column_of(f.by));
    TRY(read(TRY(store.db().query("select row from matter where " + column + " >= ? and " + column + " < ? limit ?",
                                  f.from.value_or(std::numeric_limits<std::int64_t>::min() + 1),
                                  f.until.value_or(kNewest), kSetMost + 1))));
    if (static_cast<std::int64_t>(rows.size()) > kSetMost) return std::nullopt;
  } else {
    return std::nullopt;
  }
  std::ranges::sort(rows, std::greater());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return Lead{.from = {}, .set = std::move(rows)};
}

/// The filter that leaves the fewest rows; `few`: these are so few that each may be asked more.
Result<Lead> best_lead(Store& store, const ListFilter& f, bool* few = nullptr) {
  Lead best{" from matter where"};
  std::int64_t least = kCounted + 1;
  for (Lead& l : leads_of(f)) {
    const std::int64_t n = TRY(size_of(store, l));
    if (n < least) {
      least = n;
      best = std::move(l);
    }
  }
  // A due time is said nowhere else: its cases are the only ones that can fit.
  const bool due = f.due_from || f.due_until;
  if (few) *few = due || least < kCounted;
  if (!due && least < kCounted) return best;
  if (auto set = TRY(set_of(store, f))) return std::move(*set);
  return best;
}

/// More than the bound only for who asks for more at once.
std::size_t looked_at_most(const ListFilter& f) { return std::max(kLookedAtMost, f.limit + 1); }

/// Goes through a lead's rows below `before`, newest first; `take` gives false when it wants no more.
Result<> go_through(Store& store, const Lead& lead, std::int64_t before, std::size_t most,
                    const std::function<Result<bool>(MatterRow)>& take) {
  if (lead.set) {
    for (auto at = std::ranges::upper_bound(*lead.set, before, std::greater()); at != lead.set->end(); ++at)
      if (!TRY(take(TRY(matter_at(store, *at))))) return {};
    return {};
  }
  Query q =
      TRY(store.db().query("select " + std::string(kCaseColumns) + lead.from + " row < ? order by row desc limit ?"));
  bind(q, lead);
  q.bind(before).bind(most + 1);
  while (TRY(q.step()))
    if (!TRY(take(TRY(case_row_of(q))))) return {};
  return {};
}

/// Takes up to the limit of what fits from a lead; `more` is a further test, dearer than the filter.
Result<CaseList> through_cases(Store& store, const ListFilter& f, char kind, std::size_t most,
                               const std::function<Result<bool>(const MatterRow&)>& more) {
  const Lead lead = TRY(best_lead(store, f));
  CaseList out;
  std::size_t seen = 0, tested = 0;
  std::int64_t last = 0;
  const std::size_t looked = looked_at_most(f);
  TRY(go_through(store, lead, TRY(cursor(f.after, kind)), looked, [&](MatterRow m) -> Result<bool> {
    if (seen == looked || tested == most) {
      out.next = cursor_at(kind, last);
      return false;
    }
    ++seen;
    const std::int64_t before = std::exchange(last, m.row);
    if (!fits(m, f)) return true;
    ++tested;
    if (more && !TRY(more(m))) return true;
    if (out.rows.size() == f.limit) {
      out.next = cursor_at(kind, before);
      return false;
    }
    out.rows.push_back(std::move(m));
    return true;
  }));
  return out;
}

/// Hits of the index, newest first: what a common word or a rare one asks for, as long as the filter lets many through.
Result<std::optional<CaseList>> through_hits(Store& store, const ListFilter& f, const std::string& phrase) {
  const std::int64_t before = TRY(cursor(f.after, 'w'));
  // The index gives its rows newest first without sorting, so that a common word costs no more than a rare one.
  Query q = TRY(store.db().query("select rowid from words where words match ? and rowid < ? order by rowid desc",
                                 phrase, before));
  CaseList out;
  std::set<std::int64_t> seen;
  std::size_t hits = 0;
  while (TRY(q.step())) {
    const std::int64_t word = q.integer(0);
    if (++hits > std::max(kHitsMost, f.limit + 1)) {
      if (f.after.empty()) return std::nullopt;
      out.next = cursor_at('w', word + 1);
      break;
    }
    std::int64_t row = word / 2;
    if (word % 2 == 0) {
      Query r = TRY(store.db().query("select matter from record where row = ? and quarantine = 0", row));
      if (!TRY(r.step())) continue;
      row = r.integer(0);
    }
    if (seen.contains(row)) continue;
    MatterRow m = TRY(matter_at(store, row));
    if (!fits(m, f)) continue;
    if (out.rows.size() == f.limit) {
      out.next = cursor_at('w', word + 1);
      break;
    }
    seen.insert(row);
    out.rows.push_back(std::move(m));
  }
  return out;
}

/// Whether one of the case's texts has the words.
Result<bool> has_words(Store& store, const std::string& phrase, std::int64_t matter) {
  std::vector<std::int64_t> words{2 * matter + 1};
  {
    Query q = TRY(store.db().query("select row from record where matter = ? and quarantine = 0", matter));
    while (TRY(q.step())) words.push_back(2 * q.integer(0));
  }
  for (const std::int64_t w : words) {
    Query q = TRY(store.db().query("select 1 from words where words match ? and rowid = ?", phrase, w));
    if (TRY(q.step())) return true;
  }
  return false;
}

Result<CaseList> search(Store& store, const ListFilter& f) {
  const std::string phrase = fts_phrase(f.search);
  if (phrase.empty()) return fail(Fault::invalid, "there is nothing to search for", "invalid.search");
  bool few = false;
  TRY(best_lead(store, f, &few));
  if (f.after.empty() ? !few : !f.after.starts_with('s'))
    if (auto found = TRY(through_hits(store, f, phrase))) return std::move(*found);
  // The filter lets few of a common word's cases through: then the cases are asked for the word.
  return through_cases(store, f, 's', std::max(kHitsMost, f.limit + 1),
                       [&](const MatterRow& m) { return has_words(store, phrase, m.row); });
}

/// "19号", "2026〕19号", "柳河镇〔2026〕19号": what somebody types who has only the number.
bool is_number(std::string_view typed) {
  constexpr std::string_view kEnd = "号", kBracket = "〕";
  if (!typed.ends_with(kEnd)) return false;
  typed.remove_suffix(kEnd.size());
  const std::size_t last = typed.find_last_not_of("0123456789");
  const std::size_t digits = last == std::string_view::npos ? 0 : last + 1;
  return digits < typed.size() && (digits == 0 || typed.substr(0, digits).ends_with(kBracket));
}

/// The number ends so, and its last figure is the whole one.
bool has_number(const std::string& number, std::string_view typed) {
  if (!number.ends_with(typed)) return false;
  const std::size_t before = number.size() - typed.size();
  return before == 0 || typed.front() < '0' || typed.front() > '9' || number[before - 1] < '0' ||
         number[before - 1] > '9';
}

/// By the number where one is typed; a day (11月19号) reads the same, so what no number is stands in the texts.
Result<CaseList> search_numbers(Store& store, const ListFilter& f) {
  CaseList found;
  if (f.after.empty() || f.after.starts_with('n'))
    found = TRY(through_cases(store, f, 'n', looked_at_most(f) + 1,
                              [&](const MatterRow& m) -> Result<bool> { return has_number(m.number, f.search); }));
  if (!found.rows.empty() || !found.next.empty() || f.after.starts_with('n')) return found;
  return search(store, f);
}

}  // namespace

Result<CaseList> list_cases(Store& store, const ListFilter& f) {
  if (f.order) return ordered_cases(store, f);
  if (is_number(f.search)) return search_numbers(store, f);
  return f.search.empty() ? through_cases(store, f, 'r', looked_at_most(f) + 1, {}) : search(store, f);
}

}  // namespace yz::node
