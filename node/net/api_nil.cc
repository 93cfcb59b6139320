// 零报告: when one is due here, one-click sending, and how the offices below stand.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "node/net/api_desk.h"
#include "node/store/nil.h"

namespace yz::node::api {
namespace {

constexpr std::int64_t kDaysUsual = 7, kDaysMost = 62;
/// Before that long nobody is reminded of it.
constexpr sync::Millis kRemind = 4 * 60 * sync::kMinuteMs;

int offset_of(const Request& r) { return static_cast<int>(r.host.config().office.utc_offset_minutes.count()); }

struct LocalTime {
  int year, month, day, hour, minute;
};
LocalTime local(const Request& r, sync::Millis t) {
  using namespace std::chrono;
  const auto at = sys_time<milliseconds>(milliseconds(t) + minutes(offset_of(r)));
  const auto days_at = floor<days>(at);
  const year_month_day d(days_at);
  const auto m = duration_cast<minutes>(at - days_at).count();
  return {static_cast<int>(d.year()), static_cast<int>(static_cast<unsigned>(d.month())),
          static_cast<int>(static_cast<unsigned>(d.day())), static_cast<int>(m / 60), static_cast<int>(m % 60)};
}
std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

Json slot_json(const Request& r, const NilSlot& s, const NilVerdict& v) {
  Json given;
  if (v.by)
    if (const auto m = matter_at(r.store(), v.by->matter))
      given = Json::object({{"case", base32(m->id.view())},
                            {"title", m->title},
                            {"signed_at", r.time(v.by->signed_ms)},
                            {"received_at", r.time(v.by->received)}});
  return Json::object(
      {{"due_at", r.time(s.due)}, {"state", name_of(v.state)}, {"certain", v.certain}, {"report", std::move(given)}});
}

struct Row {
  std::vector<std::pair<NilSlot, NilVerdict>> slots;
  sync::Millis contact = 0;
};
/// `of` another office below us, or ours as our superior sees it. `since_known`: before the office was known here
/// nothing was due.
Result<Row> row_of(Request& r, const OfficeRow& office, const OfficeId& superior, sync::Millis from, sync::Millis to,
                   bool since_known = true) {
  const OfficeId& of = office.id;
  if (since_known) from = std::max(from, TRY(known_since(r.store(), of)));
  const auto slots = TRY(nil_slots_of(r.store(), office, superior, from, to, offset_of(r)));
  Row row;
  if (slots.empty()) return row;
  const auto given = TRY(nil_reports(r.store(), of, superior, slots.front().opens, slots.back().closes));
  std::optional<sync::Millis> contact;
  if (of != r.store().me().office) contact = row.contact = TRY(last_contact(r.store(), of));
  for (const NilSlot& s : slots) row.slots.emplace_back(s, judge_nil(s, given, contact, r.now()));
  return row;
}

Json slots_json(const Request& r, const Row& row) {
  Json list = Json::array();
  for (const auto& [slot, verdict] : row.slots) list.add(slot_json(r, slot, verdict));
  return list;
}

/// "16:30" of each that is due from now on, or was today, each once.
void add_times(const Request& r, const Row& row, std::set<std::string>& out) {
  for (const auto& [slot, verdict] : row.slots)
    if (slot.due > r.now() - sync::kDayMs) {
      const LocalTime at = local(r, slot.due);
      out.insert(two(at.hour) + ":" + two(at.minute));
    }
}

Result<std::optional<OfficeRow>> superior_of(Request& r) {
  const auto above = TRY(r.host.directory().superiors());
  return above.empty() ? std::nullopt : std::optional(above.front());
}

/// The one that a report signed now would be for: it opened, and the next did not.
const std::pair<NilSlot, NilVerdict>* now_due(const Row& row, sync::Millis now) {
  for (const auto& s : row.slots)
    if (s.first.opens <= now && now < s.first.closes) return &s;
  return nullptr;
}

/// One of the same day and time that somebody submitted and nobody has signed or returned yet.
Result<bool> nil_waits(Request& r, const Report& like) {
  ListFilter f;
  f.state = ReportState::in_review;
  f.kind = Kind::zero_report;
  StoreBooks books = books_of(r);
  const CaseList list = TRY(list_cases(r.store(), f));
  for (const MatterRow& m : list.rows) {
    if (!m.own || m.title != like.title) continue;
    const auto draft = TRY(books.draft(m.row));
    if (draft && draft->report.fields.text("period") == like.fields.text("period")) return true;
  }
  return false;
}

}  // namespace

Result<Json> nil_due_json(Request& r) {
  const auto above = TRY(superior_of(r));
  if (!above) return Json();
  const Row row = TRY(row_of(r, TRY(r.ourselves()), above->id, r.now() - sync::kDayMs, r.now() + sync::kDayMs));
  const auto* s = now_due(row, r.now());
  if (!s || s->first.due > r.now() + kRemind || s->second.by) return Json();
  Json j = slot_json(r, s->first, s->second);
  j.set("overdue", s->first.due < r.now());
  return j;
}

Result<Json> nil_missed_json(Request& r) {
  Json list = Json::array();
  const auto above = TRY(superior_of(r));
  if (!above) return list;
  const Row row = TRY(row_of(r, TRY(r.ourselves()), above->id, r.now() - 2 * sync::kDayMs, r.now()));
  for (const auto& [slot, verdict] : row.slots)
    if (verdict.state == NilState::missed) list.add(slot_json(r, slot, verdict));
  return list;
}

Result<ApiReply> get_nil(Request& r) {
  TRY(r.host.open_received());
  std::int64_t days = kDaysUsual;
  if (const auto given = r.param("days"); !given.empty()) {
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), days);
    if (error != std::errc() || end != given.data() + given.size() || days < 1 || days > kDaysMost)
      return fail(Fault::invalid, "days is a number from 1 to " + std::to_string(kDaysMost), "invalid.limit");
  }
  const sync::Millis from = r.now() - days * sync::kDayMs, to = r.now() + sync::kDayMs;
  std::set<std::string> at;
  Json own = Json::array(), below = Json::array(), due = TRY(nil_due_json(r));
  if (const auto above = TRY(superior_of(r))) {
    const Row row = TRY(row_of(r, TRY(r.ourselves()), above->id, from, to));
    own = slots_json(r, row);
    add_times(r, row, at);
  }
  for (const OfficeRow& o : TRY(r.host.directory().offices())) {
    if (o.state != OfficeState::below || o.superior != r.store().me().office) continue;
    const Row row = TRY(row_of(r, o, r.store().me().office, from, to));
    add_times(r, row, at);
    below.add(Json::object({{"office", o.code},
                            {"name", o.name},
                            {"last_contact", row.contact > 0 ? r.time(row.contact) : Json()},
                            {"slots", slots_json(r, row)}}));
  }
  Json times = Json::array();
  for (const std::string& t : at) times.add(t);
  return reply(Json::object({{"now", r.time(r.now())},
                             {"times", std::move(times)},
                             {"due", std::move(due)},
                             {"own", std::move(own)},
                             {"below", std::move(below)}}));
}

Result<ApiReply> post_nil(Request& r) {
  TRY(only(r.body, {"note", "again"}));
  const auto above = TRY(superior_of(r));
  if (!above) return fail(Fault::invalid, "this office has no superior to report to", "report.no_superior");
  const Row row = TRY(row_of(r, TRY(r.ourselves()), above->id, r.now() - sync::kDayMs, r.now() + sync::kDayMs, false));
  const auto* s = now_due(row, r.now());
  // Two people at two machines press the same button: the second is told, and may insist.
  if (s && s->second.by && !r.body.flag("again"))
    return fail(Fault::conflict, "the nil report of this time was sent already", "nil.sent");
  const OfficeRow self = TRY(r.ourselves());
  const LocalTime at = local(r, s ? s->first.due : r.now()), now = local(r, r.now());
  Report report;
  report.kind = Kind::zero_report;
  report.lane = sync::Lane::routine;
  const std::string day = std::to_string(at.month) + "月" + std::to_string(at.day) + "日";
  report.title = self.name + day + "零报告";
  report.body = r.body.text("note");
  if (trimmed(report.body).empty())
    report.body = "截至" + std::to_string(now.month) + "月" + std::to_string(now.day) + "日" + two(now.hour) + "时" +
                  two(now.minute) + "分，本辖区未发生需要报告的突发事件，值班人员在岗在位。";
  if (s && r.host.rules().field("period"))
    TRY(r.host.rules().set_field(
        report, "period",
        std::to_string(at.year) + "-" + two(at.month) + "-" + two(at.day) + " " + two(at.hour) + ":" + two(at.minute)));
  if (!r.body.flag("again") && TRY(nil_waits(r, report)))
    return fail(Fault::conflict, "the nil report of this time waits for its signature already", "nil.waiting");
  const Signer signer = TRY(r.signer());
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const SigningPerson by{person_of(signer.officer), signer.key};
  return answer_of(r, TRY(desk.write(by, desk.new_case(), std::move(report), true)));
}

}  // namespace yz::node::api
