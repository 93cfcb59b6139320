// What is going on, for the wall and for the handover of the watch; and the handover itself.
#include <algorithm>

#include "node/net/api_desk.h"
#include "node/net/api_names.h"
#include "node/net/api_needed.h"
#include "node/net/first_grade.h"
#include "node/office/act_states.h"
#include "node/office/text.h"
#include "node/office/timetable.h"
#include "node/store/nil.h"
#include "node/store/situation.h"

namespace yz::node::api {
namespace {

/// A shift is never looked at for longer.
constexpr sync::Millis kShiftMost = 31 * sync::kDayMs;
/// An office without contact for longer is silent; as for the alarm "nothing.heard".
constexpr sync::Millis kSilent = 26 * sync::kHourMs;
constexpr std::size_t kNoteBytes = 6'000;
constexpr std::int64_t kHandoversShown = 10;
constexpr std::string_view kNote = "handover.note", kAction = "handover";

namespace role = crypto::role;
constexpr std::uint16_t kKeepsWatch = role::duty | role::signer | role::reviewer | role::drafter;

/// The note that the next handover begins with: kept on the node while it is written, whoever of the office writes it.
Result<std::string> note_of(Store& store) {
  const auto kept = TRY(store.meta(kNote));
  return kept ? std::string(text(*kept)) : std::string();
}

Result<std::string> note_in(const Json& body) {
  std::string note = TRY(needed_text(body, "note"));
  if (note.size() > kNoteBytes || bad_utf8_at(note))
    return fail(Fault::invalid, "a note has at most 2000 characters", "handover.note");
  return note;
}

/// The newest first. The journal is chained: what was handed over is not taken out again unseen.
Result<Json> handovers_json(Request& r, std::int64_t most) {
  Json list = Json::array();
  Query q =
      TRY(r.store().db().query("select at_ms, actor, detail from journal where subject = ? and subject <> '' and"
                               " action = ? order by row desc limit ?",
                               kAction, kAction, most));
  while (TRY(q.step())) {
    const Json d = TRY(parse_json(q.text(2)));
    list.add(Json::object({{"at", r.time(q.integer(0))},
                           {"by", q.text(1)},
                           {"to", d.text("to")},
                           {"from", r.time(d.count("from"))},
                           {"note", d.text("note")},
                           {"open", d.count("open")}}));
  }
  return list;
}

/// Since the last handover, else since the watch of the policy began, else for a day.
Result<sync::Millis> shift_began(Request& r, const OfficeRow& self) {
  Query q = TRY(r.store().db().query(
      "select max(at_ms) from journal where subject = ? and subject <> '' and action = ?", kAction, kAction));
  if (TRY(q.step()) && !q.null(0)) return std::max(q.integer(0), r.now() - kShiftMost);
  const int offset = static_cast<int>(r.host.config().office.utc_offset_minutes.count());
  if (const auto s = shift_at(r.host.rules().data().terms, crypto::name_of(self.level), self.code, r.now(), offset))
    return s->from_ms;
  return r.now() - sync::kDayMs;
}

Result<sync::Millis> from_in(Request& r, std::string_view typed, sync::Millis usual) {
  if (typed.empty()) return usual;
  const auto at = instant(typed);
  if (!at || *at > r.now() || *at < r.now() - kShiftMost - sync::kHourMs)
    return fail(Fault::invalid, "a shift began at most 31 days ago, and not in the future", "invalid.time");
  return *at;
}

std::string_view name_of_duty(int duty) {
  switch (static_cast<Duty>(duty)) {
    case Duty::carry_out:
      return "carry_out";
    case Duty::answer:
      return "answer";
    case Duty::awaited:
      return "awaited";
    case Duty::to_close:
      return "to_close";
    case Duty::cosign:
      return "cosign";
    case Duty::none:
      break;
  }
  return {};
}

Result<Json> incident_json(const Request& r, Names& names, const Incident& i) {
  const auto& [code, name] = names.of(i.row.office);
  Json j = TRY(row_json(r, i.row, code, name));
  j.set("incident_type", i.row.incident);
  // As the report states it, else as its case's page has it: nothing is ungraded on the board that is graded there.
  std::string grade = i.row.grade;
  if (grade.empty() && i.open) grade = TRY(first_grade(r, i.row));
  j.set("grade", grade == to_string(IncidentLevel::ungraded) ? std::string() : grade);
  j.set("open", i.open);
  j.set("in_shift", i.in_shift);
  j.set("last_at", i.last > 0 ? r.time(i.last) : Json());
  j.set("next", i.next ? Json::object({{"due_at", r.time(i.next->due)},
                                       {"duty", name_of_duty(i.next->duty)},
                                       {"late", i.next->due < r.now()}})
                       : Json());
  return j;
}

/// Offices directly below, those not heard of for longest first.
Result<Json> below_json(Request& r) {
  std::vector<std::pair<sync::Millis, OfficeRow>> all;
  for (OfficeRow& o : TRY(r.host.directory().offices()))
    if (o.state == OfficeState::below && o.superior == r.store().me().office) {
      const sync::Millis at = TRY(last_contact(r.store(), o.id));
      all.emplace_back(at, std::move(o));
    }
  std::ranges::stable_sort(all, {}, &std::pair<sync::Millis, OfficeRow>::first);
  Json list = Json::array();
  for (const auto& [at, o] : all)
    list.add(Json::object({{"office", o.code},
                           {"name", o.name},
                           {"last_contact", at > 0 ? r.time(at) : Json()},
                           {"silent", r.now() - at > kSilent}}));
  return list;
}

}  // namespace

Result<ApiReply> get_situation(Request& r) {
  TRY(r.host.open_received());
  const OfficeRow self = TRY(r.ourselves());
  const sync::Millis from = TRY(from_in(r, r.param("from"), TRY(shift_began(r, self))));
  const Situation now = TRY(situation(r.store(), from));
  std::string note = TRY(note_of(r.store()));
  Names names(r);
  Json incidents = Json::array();
  for (const Incident& i : now.incidents) incidents.add(TRY(incident_json(r, names, i)));
  Json lines = TRY(superiors_json(r, false)), below = TRY(below_json(r)),
       before = TRY(handovers_json(r, kHandoversShown));
  return reply(Json::object({{"now", r.time(r.now())},
                             {"from", r.time(from)},
                             {"incidents", std::move(incidents)},
                             {"more", now.more},
                             {"lines", std::move(lines)},
                             {"below", std::move(below)},
                             {"note", std::move(note)},
                             {"handovers", std::move(before)}}));
}

Result<ApiReply> put_handover(Request& r) {
  TRY(only(r.body, {"note", "seen"}));
  TRY(need_role(r, kKeepsWatch));
  const std::string note = TRY(note_in(r.body)), seen = TRY(needed_text(r.body, "seen"));
  TRY(r.store().write([&]() -> Result<> {
    // One note for the whole office: whoever writes has to have seen what they replace.
    if (const std::string kept = TRY(note_of(r.store())); kept != seen && kept != note)
      return fail(Fault::conflict, "somebody else has written the note since: look at it, then save again",
                  "handover.changed");
    return r.store().set_meta(kNote, view(note));
  }));
  return reply(Json::object({{"note", note}}));
}

Result<ApiReply> post_handover(Request& r) {
  TRY(only(r.body, {"to", "from", "note"}));
  TRY(need_role(r, kKeepsWatch));
  const OfficeRow self = TRY(r.ourselves());
  const std::string note = TRY(note_in(r.body)), to(r.body.text("to"));
  const sync::Millis from = TRY(from_in(r, r.body.text("from"), TRY(shift_began(r, self))));
  const auto officers = TRY(r.host.directory().officers(self.id));
  const bool known = std::ranges::any_of(officers, [&](const OfficerRow& o) {
    return o.state == OfficerState::active && o.name == to && to != r.officer.name;
  });
  if (!known) return fail(Fault::invalid, "say to whom of this office: somebody else, who is active", "handover.to");
  const Situation now = TRY(situation(r.store(), from));
  const auto open = std::ranges::count_if(now.incidents, &Incident::open);
  const std::string detail =
      dump(Json::object({{"to", to}, {"from", from}, {"note", note}, {"open", static_cast<std::int64_t>(open)}}));
  TRY(r.store().write([&]() -> Result<> {
    // What somebody else has written meanwhile was not handed over: it stays.
    if (TRY(note_of(r.store())) == note) TRY(r.store().set_meta(kNote, {}));
    return r.store().journal(r.officer.name, "handover", kAction, detail, r.now());
  }));
  Json list = TRY(handovers_json(r, 1));
  return reply(std::move(list.items()->front()));
}

}  // namespace yz::node::api
