#include <algorithm>
#include <charconv>
#include <set>

#include "node/store/cases.h"
#include "node/store/tokenizer.h"

namespace yz::node {
namespace {

constexpr std::string_view kColumns =
    "row, case_id, office, own, kind, lane, state, title, occurred_ms, signed_ms, received_ms, number, verified, flags,"
    " conflict, attachments, sort";

std::optional<sync::Millis> time_of(Query& q, int col) {
  return q.null(col) ? std::nullopt : std::optional(q.integer(col));
}

Result<MatterRow> row_of(Query& q) {
  MatterRow m;
  m.row = q.integer(0);
  m.id = TRY(q.id<CaseId>(1));
  m.office = TRY(q.id<OfficeId>(2));
  m.own = q.integer(3) != 0;
  m.kind = kind_from(static_cast<std::uint8_t>(q.integer(4))).value_or(Kind::dynamic);
  m.lane = static_cast<sync::Lane>(q.integer(5));
  m.state = report_state_from(q.integer(6)).value_or(ReportState::draft);
  m.title = q.text(7);
  m.occurred = time_of(q, 8);
  m.signed_at = time_of(q, 9);
  m.received = time_of(q, 10);
  m.number = q.text(11);
  m.verified = q.integer(12) != 0;
  m.flags = q.integer(13);
  m.conflict = q.integer(14) != 0;
  m.attachments = q.integer(15);
  m.sort = static_cast<Sort>(q.integer(16));
  return m;
}

/// "r120": below row 120; "w77": below that row of the search index.
Result<std::int64_t> cursor(std::string_view after, char kind) {
  if (after.empty()) return std::numeric_limits<std::int64_t>::max();
  std::int64_t n = 0;
  const char* end = after.data() + after.size();
  if (after[0] == kind)
    if (const auto [p, error] = std::from_chars(after.data() + 1, end, n); error == std::errc() && p == end && n > 0)
      return n;
  return fail(Fault::invalid, "that is no cursor of this list", "invalid.after");
}

bool fits(const MatterRow& m, const ListFilter& f) {
  if (m.sort != Sort::report) return false;
  if (f.lane && m.lane != *f.lane) return false;
  if (f.office && m.office != *f.office) return false;
  if (f.conflict && !m.conflict) return false;
  if (f.state) return m.state == *f.state;
  return m.own || m.state != ReportState::rejected;  // cases of which nothing good has come
}

Result<CaseList> search(Store& store, const ListFilter& f) {
  const std::string phrase = fts_phrase(f.search);
  if (phrase.empty()) return fail(Fault::invalid, "there is nothing to search for", "invalid.search");
  // The index gives its rows newest first without sorting, so that a common word costs no more than a rare one.
  Query q = TRY(store.db().query("select rowid from words where words match ? and rowid < ? order by rowid desc",
                                 phrase, TRY(cursor(f.after, 'w'))));
  CaseList out;
  std::set<std::int64_t> seen;
  while (TRY(q.step())) {
    const std::int64_t word = q.integer(0);
    std::int64_t row = word / 2;
    if (word % 2 == 0) {
      Query r = TRY(store.db().query("select matter from record where row = ? and quarantine = 0", row));
      if (!TRY(r.step())) continue;
      row = r.integer(0);
    }
    if (seen.contains(row)) continue;
    const MatterRow m = TRY(matter_at(store, row));
    if (!fits(m, f)) continue;
    if (out.rows.size() == f.limit) {
      out.next = "w" + std::to_string(word + 1);
      break;
    }
    seen.insert(row);
    out.rows.push_back(m);
  }
  return out;
}

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kCaseCharacters = 26;
constexpr std::size_t kPrefixLeast = 6;

/// The smallest or the largest id that begins so; none when a character is not base32.
std::optional<Bytes> bound(std::string_view prefix, bool high) {
  std::string whole(prefix);
  // 26 characters hold 130 bits: the last one has only its upper three.
  while (whole.size() < kCaseCharacters) whole += !high ? 'a' : whole.size() + 1 == kCaseCharacters ? '4' : '7';
  auto bytes = from_base32(whole);
  return bytes && bytes->size() == CaseId::kSize ? std::optional(*bytes) : std::nullopt;
}

}  // namespace

Result<CaseList> list_cases(Store& store, const ListFilter& f) {
  if (!f.search.empty()) return search(store, f);
  // One statement for each set of filters, so that each uses its own index and is prepared once.
  std::string sql = "select " + std::string(kColumns) + " from matter where row < ?";
  if (f.office) sql += " and office = ?";
  if (f.lane) sql += f.office ? " and +lane = ?" : " and lane = ?";
  if (f.state) sql += f.office || f.lane ? " and +state = ?" : " and state = ?";
  if (f.conflict) sql += " and +conflict = 1";
  if (!f.state) sql += " and not (own = 0 and +state = 9)";
  sql += " and +sort = 0";
  sql += " order by row desc limit ?";
  Query q = TRY(store.db().query(sql));
  q.bind(TRY(cursor(f.after, 'r')));
  if (f.office) q.bind(*f.office);
  if (f.lane) q.bind(static_cast<int>(*f.lane));
  if (f.state) q.bind(static_cast<int>(*f.state));
  q.bind(f.limit + 1);
  CaseList out;
  while (TRY(q.step())) {
    if (out.rows.size() == f.limit) {
      out.next = "r" + std::to_string(out.rows.back().row);
      break;
    }
    out.rows.push_back(TRY(row_of(q)));
  }
  return out;
}

Result<std::optional<MatterRow>> matter(Store& store, const CaseId& id) {
  static const std::string sql = "select " + std::string(kColumns) + " from matter where case_id = ?";
  Query q = TRY(store.db().query(sql, id));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(row_of(q));
}

Result<MatterRow> matter_at(Store& store, std::int64_t row) {
  static const std::string sql = "select " + std::string(kColumns) + " from matter where row = ?";
  Query q = TRY(store.db().query(sql, row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a record's case is not in the store", "store.matter");
  return row_of(q);
}

Result<MatterRow> find_case(Store& store, std::string_view typed) {
  const auto none = [] { return fail(Fault::missing, "there is no such case", "case.missing"); };
  std::string name(typed);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name.find("\xE3\x80\x94") != std::string::npos) {  // 〔: a number for the telephone
    static const std::string sql = "select " + std::string(kColumns) + " from matter where number = ? limit 2";
    Query q = TRY(store.db().query(sql, typed));
    if (!TRY(q.step())) return none();
    MatterRow m = TRY(row_of(q));
    if (TRY(q.step())) return fail(Fault::invalid, "several cases have this number; use the id", "case.prefix");
    return m;
  }
  if (name.size() > kCaseCharacters || name.find_first_not_of(kBase32) != std::string::npos) return none();
  if (name.size() < kPrefixLeast)
    return fail(Fault::invalid, "give at least 6 characters of the case's id", "case.prefix");
  const auto low = bound(name, false), high = bound(name, true);
  if (!low || !high) return none();
  static const std::string sql =
      "select " + std::string(kColumns) + " from matter where case_id >= ? and case_id <= ? limit 2";
  Query q = TRY(store.db().query(sql, *low, *high));
  if (!TRY(q.step())) return none();
  MatterRow m = TRY(row_of(q));
  if (TRY(q.step())) return fail(Fault::invalid, "several cases begin so; give more of the id", "case.prefix");
  return m;
}

Result<std::vector<CaseRecord>> case_records(Store& store, std::int64_t matter) {
  std::vector<CaseRecord> out;
  Query q = TRY(store.db().query(
      "select row, bytes, at_ms, own, verified, flags, quarantine from record where matter = ? order by row", matter));
  while (TRY(q.step())) {
    CaseRecord c;
    c.row = q.integer(0);
    auto released = sync::decode_record(q.blob(1));
    if (!released) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    c.released = std::move(*released);
    c.at_ms = q.integer(2);
    c.own = q.integer(3) != 0;
    c.verified = q.integer(4) != 0;
    c.flags = q.integer(5);
    c.quarantine = static_cast<sync::Refusal>(q.integer(6));
    out.push_back(std::move(c));
  }
  return out;
}

std::string_view name_of(CaseReceipt::Kind k) {
  switch (k) {
    case CaseReceipt::Kind::custody:
      return "custody";
    case CaseReceipt::Kind::stored:
      return "stored";
    case CaseReceipt::Kind::opened:
      return "opened";
    case CaseReceipt::Kind::refused:
      return "refused";
  }
  return "?";
}

Result<std::vector<CaseReceipt>> case_receipts(Store& store, const std::vector<CaseRecord>& records) {
  using Said = CaseReceipt::Kind;
  std::vector<CaseReceipt> out;
  for (const CaseRecord& c : records) {
    if (!c.own) continue;
    Query q =
        TRY(store.db().query("select d.destination, d.state, d.refusal, d.done_ms, e.seq, s.id from delivery d"
                             " left join envelope e on e.row = d.envelope left join stream s on s.row = e.stream"
                             " where d.record = ? order by d.row",
                             c.row));
    while (TRY(q.step())) {
      const OfficeId to = TRY(q.id<OfficeId>(0));
      const std::int64_t state = q.integer(1), done = q.integer(3);
      bool opened = false;
      if (!q.null(4)) {
        const sync::Seq seq{static_cast<std::uint64_t>(q.integer(4))};
        Query s = TRY(
            store.db().query("select bytes, office, unix_ms from statement where stream = ? and kind = 1", q.blob(5)));
        while (TRY(s.step())) {
          auto statement = sync::decode_statement(s.blob(0));
          auto receipt = statement ? sync::decode_receipt(statement->body) : std::unexpected(statement.error());
          if (!receipt || !receipt->covers(seq)) continue;
          const OfficeId by = TRY(s.id<OfficeId>(1));
          // The newest receipt covers all before it: its time says "by then at the latest".
          if (receipt->kind == sync::ReceiptKind::custody)
            out.push_back({Said::custody, by, s.integer(2), c.released.id, {}});
          if (receipt->kind == sync::ReceiptKind::opened && state == 3 && !opened &&
              !sync::waits(static_cast<sync::Refusal>(q.integer(2)))) {
            out.push_back({Said::opened, by, s.integer(2), c.released.id, {}});
            opened = true;
          }
        }
      }
      if (state == 8) out.push_back({Said::refused, to, done, c.released.id, static_cast<sync::Refusal>(q.integer(2))});
      if (state >= 2 && state < 8) out.push_back({Said::stored, to, done, c.released.id, {}});
      if (state == 3 && !opened) out.push_back({Said::opened, to, done, c.released.id, {}});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  return out;
}

}  // namespace yz::node
