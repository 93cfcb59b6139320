// Without a line and without a stick: a report as QR pictures, and what matters of it as a code that a person types.
#include <algorithm>

#include "node/clock.h"
#include "node/net/api_request.h"
#include "node/net/qr_modules.h"
#include "node/store/link.h"
#include "node/store/notices.h"
#include "node/store/outbox.h"
#include "sync/pictures.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kNoticesShown = 200;

/// The newest version of ours that goes to a neighbour, and by which link.
struct Outgoing {
  std::int64_t delivery = 0;
  Bytes record;
  LinkRow to;
};
Result<Outgoing> newest_version(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  Query q = TRY(r.store().db().query(
      "select d.row, c.bytes, d.destination, l.peer from delivery d join record c on c.row = d.record join link l on"
      " l.office = d.destination where c.matter = ? and c.own = 1 and c.type in (1, 2, 3, 4, 5, 14) order by c.row"
      " desc, d.row, l.peer limit 1",
      m.row));
  if (!TRY(q.step()))
    return fail(Fault::invalid, "nothing of this case is signed and on its way to a neighbour: sign it first",
                "report.not_signed");
  Outgoing out;
  out.delivery = q.integer(0);
  out.record = q.blob(1);
  out.to.office = TRY(q.id<OfficeId>(2));
  out.to.peer = TRY(q.id<NodeId>(3));
  return out;
}

/// The envelope that carries a delivery; cut now when it was not yet.
Result<Bytes> envelope_of(Request& r, const Outgoing& o, sync::Lane lane) {
  Store& store = r.store();
  StoreOutbox outbox(store, o.to.peer, o.to.office, wall_now);
  for (;;) {
    {
      Query q = TRY(store.db().query(
          "select e.bytes from delivery d join envelope e on e.row = d.envelope where d.row = ?", o.delivery));
      if (TRY(q.step())) return q.blob(0);
    }
    if (!TRY(store.write([&] { return outbox.cut(lane, 0); })))
      return fail(Fault::missing, "this office has not joined yet: join by file first (join --request)",
                  "bundle.joining");
  }
}

std::uint16_t figure(std::optional<std::int64_t> n) {
  if (!n || *n < 0) return sync::Notice::kUnknown;
  return static_cast<std::uint16_t>(std::min<std::int64_t>(*n, sync::Notice::kUnknown - 1));
}

std::optional<std::int64_t> injured(const Fields& f) {
  std::optional<std::int64_t> sum = f.count("injured");
  for (const auto key : {"serious_injuries", "minor_injuries"})
    if (const auto n = f.count(key); n && !f.count("injured"))
      sum = sum.value_or(0) + std::clamp<std::int64_t>(*n, 0, 1'000'000);
  return sum;
}

/// Up to 12 digits of the office's code.
std::uint64_t place(std::string_view code) {
  if (code.size() > 12 || code.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  std::uint64_t v = 0;
  for (const char c : code) v = v * 10 + static_cast<std::uint64_t>(c - '0');
  return v;
}

sync::Notice notice_of(const Request& r, const sync::ReleasedRecord& record, const Report& report) {
  sync::Notice n;
  const Identity& me = r.store().me();
  std::copy_n(me.node.bytes.begin(), n.node.bytes.size(), n.node.bytes.begin());
  std::copy_n(record.id.bytes.begin(), n.record.bytes.size(), n.record.bytes.begin());
  n.lane = record.record.lane;
  n.kind = static_cast<std::uint8_t>(report.kind);
  n.exercise = record.record.flags & sync::record_flag::exercise;
  const std::string_view incident = report.fields.text("incident_type");
  if (incident.size() <= 6 && incident.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string_view::npos)
    n.incident = incident;
  n.place = place(r.code_of(me.office));
  n.event_ms = std::clamp<sync::Millis>(report.occurred_at.value_or(0), 0, sync::Millis{0xffffffff} * 60'000);
  n.deaths = figure(report.fields.count("deaths"));
  n.injured = figure(injured(report.fields));
  n.missing = figure(report.fields.count("missing"));
  n.title = sync::notice_title(report.title);
  return n;
}

/// Rows for a page to draw, from the left, four modules to a hexadecimal digit.
std::vector<std::string> rows_of(const QrModules& code) {
  std::vector<std::string> rows;
  for (int y = 0; y < code.size; ++y) {
    std::string row;
    for (int x = 0; x < code.size; x += 4) {
      unsigned four = 0;
      for (int i = 0; i < 4; ++i) four = four * 2 + (code.dark_at(x + i, y) ? 1U : 0U);
      row += "0123456789abcdef"[four];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Json count(std::uint16_t n) { return n == sync::Notice::kUnknown ? Json() : Json(static_cast<std::int64_t>(n)); }

Json json_of(const Request& r, const NoticeRow& row) {
  const sync::Notice& n = row.notice;
  const auto kind = kind_from(n.kind);
  return Json::object({{"office", r.code_of(row.office)},
                       {"office_name", r.office_name(row.office)},
                       {"lane", name_of(n.lane)},
                       {"kind", kind ? std::string(to_string(*kind)) : std::to_string(n.kind)},
                       {"exercise", n.exercise},
                       {"incident_type", n.incident},
                       {"place", n.place == 0 ? std::string() : std::to_string(n.place)},
                       {"occurred_at", n.event_ms == 0 ? Json() : r.time(n.event_ms)},
                       {"deaths", count(n.deaths)},
                       {"injured", count(n.injured)},
                       {"missing", count(n.missing)},
                       // As many characters as fit: perhaps the beginning of a longer one.
                       {"title", sync::utf8_of(n.title) + (n.title.size() == sync::Notice::kTitleMost ? "…" : "")},
                       {"record", hex(n.record.view())},
                       {"taken_by", row.taken_by},
                       {"at", r.time(row.at_ms)},
                       {"case", row.matched ? Json(base32(row.matched->view())) : Json()}});
}

}  // namespace

Result<ApiReply> post_pictures(Request& r) {
  TRY(only(r.body, {"drawn"}));
  const bool drawn = r.body.flag("drawn");
  const Outgoing o = TRY(newest_version(r));
  const sync::ReleasedRecord record = TRY(sync::decode_record(o.record));
  const Bytes bytes = TRY(envelope_of(r, o, record.record.lane));
  const sync::Envelope e = TRY(sync::decode_envelope(bytes));
  Json frames = Json::array(), pictures = Json::array();
  for (const std::string& text : TRY(sync::pictures_of(e))) {
    frames.add(text);
    if (!drawn) continue;
    Json rows = Json::array();
    for (const std::string& row : rows_of(TRY(qr_modules(text)))) rows.add(row);
    pictures.add(std::move(rows));
  }
  return reply(Json::object({{"to", r.code_of(o.to.office)},
                             {"exercise", (record.record.flags & sync::record_flag::exercise) != 0},
                             {"group", hex(e.hash.view().first(4))},
                             {"bytes", e.bytes.size()},
                             {"frames", std::move(frames)},
                             {"drawn", std::move(pictures)}}));
}

Result<ApiReply> post_code(Request& r) {
  TRY(only(r.body, {}));
  const Outgoing o = TRY(newest_version(r));
  const sync::ReleasedRecord record = TRY(sync::decode_record(o.record));
  const DecodedBody body = TRY(decode_body(record.record.body));
  const Identity& me = r.store().me();
  const Bytes bytes = sync::sign_notice(notice_of(r, record, body.report), me.node, o.to.office, r.store().keys().node);
  return reply(Json::object({{"to", r.code_of(o.to.office)},
                             {"exercise", (record.record.flags & sync::record_flag::exercise) != 0},
                             {"code", sync::typed_lines(bytes)}}));
}

Result<ApiReply> post_notice(Request& r) {
  TRY(only(r.body, {"code"}));
  auto bytes = sync::from_typed_lines(r.body.text("code"), sync::kNoticeBytesMost);
  if (!bytes) {
    Error e = bytes.error();
    // The sentence names the line, so it can't come from the table of sentences.
    if (e.code == "typed.line" && r.language == Language::zh) {
      const auto digits = e.what.substr(5, e.what.find(' ', 5) - 5);
      e.what = "第 " + digits + " 行有误，请与原文核对";
    }
    return problem(e, r.language);
  }
  const NoticeRow row = TRY(r.store().write([&] { return keep_notice(r.store(), *bytes, r.officer.name, r.now()); }));
  return reply(json_of(r, row));
}

Result<ApiReply> get_notices(Request& r) {
  Json list = Json::array();
  for (const NoticeRow& row : TRY(notices(r.store(), kNoticesShown))) list.add(json_of(r, row));
  return reply(Json::object({{"notices", std::move(list)}}));
}

Result<ApiReply> post_bundle_pictures(Request& r) {
  TRY(only(r.body, {"text"}));
  sync::PictureBoard board;
  std::uint64_t taken = 0, foreign = 0;
  const std::string_view all = r.body.text("text");
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    std::string_view line = all.substr(at, end - at);
    at = end + 1;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    if (!line.empty()) ++(board.add(line) ? taken : foreign);
  }
  if (taken == 0) return fail(Fault::invalid, "there is no picture of Yizhan among these lines", "pictures.none");
  const auto envelopes = board.whole();
  const sync::Tally tally = envelopes.empty() ? sync::Tally{} : TRY(r.host.take_envelopes(r.officer, envelopes));
  Json missing = Json::array();
  for (const auto& m : board.missing()) {
    Json numbers = Json::array();
    for (const std::size_t n : m.pictures) numbers.add(n);
    missing.add(Json::object({{"group", m.group}, {"of", m.count}, {"missing", std::move(numbers)}}));
  }
  const bool lacks = !board.missing().empty();
  Json said = Json::object({{"pictures", taken},
                            {"foreign", foreign},
                            {"envelopes", envelopes.size()},
                            {"received", tally.received[1] + tally.received[2] + tally.received[3]},
                            {"refused", tally.refused},
                            {"missing", std::move(missing)}});
  if (tally.refused > 0)
    return problem(
        {Fault::forged, "what the pictures hold failed its check, or is not for this office", "pictures.refused"},
        r.language, said);
  if (lacks)
    return problem(
        {Fault::invalid, "pictures are missing: scan them too and read all of it once more", "pictures.missing"},
        r.language, said);
  return reply(said);
}

}  // namespace yz::node::api
