#include <algorithm>

#include "node/store/case_row.h"

namespace yz::node {
namespace {

std::optional<sync::Millis> time_of(Query& q, int col) {
  return q.null(col) ? std::nullopt : std::optional(q.integer(col));
}

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kCaseCharacters = 26;
/// The smallest or the largest id that begins so; none when a character is not base32.
std::optional<Bytes> bound(std::string_view prefix, bool high) {
  std::string whole(prefix);
  // 26 characters hold 130 bits: the last one has only its upper three.
  while (whole.size() < kCaseCharacters) whole += !high ? 'a' : whole.size() + 1 == kCaseCharacters ? '4' : '7';
  auto bytes = from_base32(whole);
  return bytes && bytes->size() == CaseId::kSize ? std::optional(*bytes) : std::nullopt;
}

}  // namespace

Result<MatterRow> case_row_of(Query& q) {
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
  m.incident = q.text(17);
  m.grade = q.text(18);
  m.submitted = time_of(q, 19);
  m.signed_until = time_of(q, 20);
  return m;
}

Result<std::optional<MatterRow>> matter(Store& store, const CaseId& id) {
  static const std::string sql = "select " + std::string(kCaseColumns) + " from matter where case_id = ?";
  Query q = TRY(store.db().query(sql, id));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(case_row_of(q));
}

Result<MatterRow> matter_at(Store& store, std::int64_t row) {
  static const std::string sql = "select " + std::string(kCaseColumns) + " from matter where row = ?";
  Query q = TRY(store.db().query(sql, row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a record's case is not in the store", "store.matter");
  return case_row_of(q);
}

Result<MatterRow> find_case(Store& store, std::string_view typed) {
  const auto none = [] { return fail(Fault::missing, "there is no such case", "case.missing"); };
  std::string name(typed);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name.find("\xE3\x80\x94") != std::string::npos) {  // 〔: a number for the telephone
    static const std::string sql = "select " + std::string(kCaseColumns) + " from matter where number = ? limit 2";
    Query q = TRY(store.db().query(sql, typed));
    if (!TRY(q.step())) return none();
    MatterRow m = TRY(case_row_of(q));
    if (TRY(q.step())) return fail(Fault::invalid, "several cases have this number; use the id", "case.prefix");
    return m;
  }
  if (name.size() > kCaseCharacters || name.find_first_not_of(kBase32) != std::string::npos) return none();
  if (name.size() < kIdPrefixLeast)
    return fail(Fault::invalid, "give at least 6 characters of the case's id", "case.prefix");
  const auto low = bound(name, false), high = bound(name, true);
  if (!low || !high) return none();
  static const std::string sql =
      "select " + std::string(kCaseColumns) + " from matter where case_id >= ? and case_id <= ? limit 2";
  Query q = TRY(store.db().query(sql, *low, *high));
  if (!TRY(q.step())) return none();
  MatterRow m = TRY(case_row_of(q));
  if (TRY(q.step())) return fail(Fault::invalid, "several cases begin so; give more of the id", "case.prefix");
  return m;
}

Result<std::vector<CaseRecord>> case_records(Store& store, std::int64_t matter) {
  std::vector<CaseRecord> out;
  Query q =
      TRY(store.db().query("select row, bytes, at_ms, own, verified, flags, quarantine, signed_until_ms, signed_here "
                           "from record where matter"
                           " = ? order by row",
                           matter));
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
    c.when = signed_when(c.released.record.at.ms(), q.integer(7), q.integer(8) != 0);
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
    Query q = TRY(store.db().query(
        "select d.destination, d.state, d.refusal, d.done_ms, e.seq, s.id, d.stored_ms, d.opened_ms from"
        " delivery d left join envelope e on e.row = d.envelope left join stream s on s.row = e.stream"
        " where d.record = ? order by d.row",
        c.row));
    while (TRY(q.step())) {
      const OfficeId to = TRY(q.id<OfficeId>(0));
      const std::int64_t state = q.integer(1), stored = q.integer(6), opened = q.integer(7);
      CaseReceipt last_stored{Said::stored, to, stored, c.released.id, {}, stored};
      CaseReceipt last_opened{Said::opened, to, opened > 0 ? opened : stored, c.released.id, {}, opened};
      if (!q.null(4)) {
        const sync::Seq seq{static_cast<std::uint64_t>(q.integer(4))};
        Query s = TRY(
            store.db().query("select bytes, office, unix_ms from statement where stream = ? and kind = 1", q.blob(5)));
        while (TRY(s.step())) {
          auto statement = sync::decode_statement(s.blob(0));
          auto receipt = statement ? sync::decode_receipt(statement->body) : std::unexpected(statement.error());
          if (!receipt || !receipt->covers(seq)) continue;
          const OfficeId by = TRY(s.id<OfficeId>(1));
          // The newest receipt takes the place of those before it. Of the destination's the first moment is kept with
          // the delivery; of who has it in hand on the way only the newest is known.
          if (receipt->kind == sync::ReceiptKind::custody)
            out.push_back({Said::custody, by, s.integer(2), c.released.id, {}, s.integer(2)});
          else if (by == to)
            (receipt->kind == sync::ReceiptKind::stored ? last_stored : last_opened).latest_ms = s.integer(2);
        }
      }
      if (state == 8)
        out.push_back(
            {Said::refused, to, q.integer(3), c.released.id, static_cast<sync::Refusal>(q.integer(2)), q.integer(3)});
      if (state == 2 || state == 3) out.push_back(last_stored);
      if (state == 3) out.push_back(last_opened);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  return out;
}

}  // namespace yz::node
