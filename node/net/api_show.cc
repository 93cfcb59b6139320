// Reading: the list and one case in full.
#include <algorithm>
#include <map>
#include <set>

#include "node/net/api_desk.h"
#include "node/net/api_names.h"
#include "node/net/api_request.h"
#include "node/office/acts.h"
#include "node/office/due.h"
#include "node/office/file_kind.h"
#include "node/store/absences.h"
#include "node/store/acts.h"
#include "node/store/attachments.h"
#include "node/store/completion.h"
#include "node/store/enclosures.h"
#include "node/store/forwards.h"

namespace yz::node::api {
namespace {

/// In whose place somebody signed (代签); empty for their own.
std::string in_place_of(const Request& r, const OfficerRow& officer, const sync::RecordSignature& s,
                        const SignedWhen& when) {
  if (s.role != sync::SignRole::signer && s.role != sync::SignRole::cosigner) return {};
  const auto absent = stands_in_for(r.store(), officer.office, officer.person, when);
  if (!absent || absent->empty()) return {};
  return absent_name(r.store(), officer.office, absent->front(), when).value_or(std::string());
}

/// part_of(), and of an act of two persons who signed after the leader. The leader signs last what was typed for them;
/// what a leader wrote, somebody else signs last. Where that is not known here, nobody is said to have typed it.
std::string_view part_in_case(const sync::ReleasedRecord& r, sync::SignRole role, const std::vector<CaseRecord>& all) {
  const std::string_view part = part_of(r.record, role);
  if (part != "recorder") return part;
  const CaseRecord* last = completion_of(r, all);
  const auto leader = std::ranges::find(r.record.signatures, sync::SignRole::signer, &sync::RecordSignature::role);
  if (!last || leader == r.record.signatures.end()) return "second";
  const auto& signed_last = last->released.record.signatures;
  const bool typed =
      std::ranges::find(signed_last, leader->officer, &sync::RecordSignature::officer) != signed_last.end();
  return typed ? part : "second";
}

Json signatures_json(const Request& r, const CaseRecord& c, const std::vector<CaseRecord>& all) {
  Json list = Json::array();
  for (const auto& s : c.released.record.signatures) {
    const auto officer = r.host.directory().officer(s.officer);
    const bool known = officer && *officer;
    list.add(Json::object({{"officer", r.officer_name(s.officer)},
                           {"role", name_of(s.role)},
                           {"part", part_in_case(c.released, s.role, all)},
                           {"valid", known && sync::verify_record(c.released.id, s, (*officer)->key)},
                           {"for", known ? in_place_of(r, **officer, s, c.when) : std::string()}}));
  }
  return list;
}

/// A decision or an instruction: complete with the second's word, where two persons sign (ActDesk::tell_completed()).
bool is_act_of_two(const sync::Record& r) {
  return r.type == sync::RecordType::decision || r.type == sync::RecordType::instruction;
}

/// When it was signed. Of an act the completing signature says so at every end.
SignedShown shown_when(const CaseRecord& c, const std::vector<CaseRecord>& all) {
  SignedShown when = signed_shown(c.released.record, c.when);
  if (!is_act_of_two(c.released.record) || c.quarantine != sync::Refusal::none) return when;
  if (const CaseRecord* done = completion_of(c.released, all)) {
    when.at = std::max(c.released.record.at.ms(), done->released.record.at.ms());
    when.until.reset();
  }
  return when;
}

/// When it was submitted and signed: `signed_until` only of what two persons signed elsewhere.
void set_signed(const Request& r, Json& j, const SignedShown& when) {
  j.set("signed_at", r.time(when.at));
  j.set("signed_until", r.time(when.until));
  j.set("submitted_at", r.time(when.submitted));
}

/// What was passed on or decided on a version that was replaced by then: shown beside it, with what had replaced it.
void mark_older(Json& j, const CaseGraph& graph, const sync::ReleasedRecord& rec, const std::vector<CaseRecord>& all) {
  using enum sync::RecordType;
  const sync::RecordType type = rec.record.type;
  if (type != forward && type != decision && type != instruction) return;
  Json newer = Json::array();
  for (const std::size_t i : newer_when_complete(graph, rec, all)) newer.add(hex(graph.at(i).id.view()));
  j.set("on_older_version", !newer.items()->empty());
  j.set("newer", std::move(newer));
}

Json record_json(const Request& r, Names& names, const CaseGraph& graph, const CaseRecord& c,
                 const std::vector<CaseRecord>& all) {
  const sync::Record& rec = c.released.record;
  Json parents = Json::array();
  for (const RecordId& p : rec.parents) parents.add(hex(p.view()));
  Json j = Json::object({{"record", hex(c.released.id.view())},
                         {"type", name_of(rec.type)},
                         {"office", names.of(rec.origin).first},
                         {"at", r.time(rec.at.ms())},
                         {"stored_at", r.time(c.at_ms)},
                         {"lane", name_of(rec.lane)},
                         {"flags", flags_json(c.flags)},
                         {"verified", c.verified},
                         {"quarantine", name_of(c.quarantine)},
                         {"signatures", signatures_json(r, c, all)},
                         {"parents", std::move(parents)}});
  j.set("office_name", names.of(rec.origin).second);
  set_signed(r, j, shown_when(c, all));
  if (rec.type == sync::RecordType::manifest)
    if (const auto m = decode_manifest(rec.body)) j.set("title", m->name);
  if (const auto act = act_of(rec); act && *act) {
    j.set("act", name_of((*act)->kind));
    j.set("title", (*act)->title);
    j.set("body", (*act)->text);
    j.set("reason", (*act)->reason);
    if ((*act)->kind == ActKind::merged) j.set("became", "merged");
  } else if (rec.type != sync::RecordType::manifest && rec.type != sync::RecordType::forward)
    if (const auto body = decode_body(rec.body)) {
      j.set("title", body->report.title);
      j.set("body", body->report.body);
      j.set("fields", fields_json(r, body->report.fields));
      j.set("reason", body->extras.reason);
      if (!body->extras.became.empty()) j.set("became", body->extras.became);
    }
  mark_older(j, graph, c.released, all);
  return j;
}

/// Whether the bytes are what the name says; said of what is here.
Result<bool> differs(const Request& r, const Manifest& m) {
  if (m.bytes == 0) return true;
  Bytes head;
  const auto read = read_attachment(r.store(), m, [&](ByteView piece) -> Result<> {
    head.assign(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(std::min(piece.size(), kHeadBytes)));
    return fail(Fault::busy, "enough was read");
  });
  if (head.empty()) return read ? Result<bool>(false) : std::unexpected(read.error());
  return differs_from_name(m.name, head);
}

Json attachment_json(const Request& r, Names& names, const Enclosure& e) {
  Json j = Json::object({{"name", e.manifest.name},
                         {"bytes", e.manifest.bytes},
                         {"complete", e.state == Enclosure::State::whole},
                         {"id", hex(e.manifest.id.view())},
                         {"state", name_of(e.state)},
                         {"office", names.of(e.office).first},
                         {"office_name", names.of(e.office).second}});
  if (e.state == Enclosure::State::whole) {
    // One that can't be opened says so where it is fetched.
    const auto other = differs(r, e.manifest);
    j.set("differs", other && *other);
  }
  if (e.handed_on_by) {
    j.set("handed_on_by", names.of(*e.handed_on_by).first);
    j.set("handed_on_by_name", names.of(*e.handed_on_by).second);
  }
  if (e.passed_on) j.set("passed_on", true);
  if (e.by) {
    j.set("by", names.of(*e.by).first);
    j.set("by_name", names.of(*e.by).second);
  }
  return j;
}

/// Who signed as what, for the heads of a printed report: the body's words where the signatures say nothing.
std::string signed_as(const Request& r, const sync::Record& rec, std::initializer_list<sync::SignRole> roles,
                      const std::string& otherwise) {
  for (const auto& s : rec.signatures)
    if (std::find(roles.begin(), roles.end(), s.role) != roles.end()) return r.officer_name(s.officer);
  return otherwise;
}

struct Event {
  sync::Millis at = 0;
  std::string event, by, name, text;
  const CaseRecord* record = nullptr;
  SignedShown when = {};
};

/// What people sent or said, not what goes with it.
bool is_told(const sync::Record& r) {
  return r.type != sync::RecordType::manifest && r.type != sync::RecordType::cosignature;
}

/// Files that were sent together are one event, by their names.
bool joins(const Event& before, const Event& e) {
  using enum sync::RecordType;
  if (!before.record || !e.record) return false;
  const sync::Record &a = before.record->released.record, &b = e.record->released.record;
  return a.type == manifest && b.type == manifest && a.origin == b.origin && a.parents == b.parents &&
         before.event == e.event;
}

/// What stands in the timeline already: that an act was completed gives the act its time, and that a case was passed on
/// is told to those below in a note beside the forward itself.
bool said_by_another(const CaseRecord& c, const std::vector<CaseRecord>& all) {
  const sync::Record& rec = c.released.record;
  if (c.quarantine != sync::Refusal::none) return false;
  const auto completes = [&](const CaseRecord& x) {
    return is_act_of_two(x.released.record) && completion_of(x.released, all) == &c;
  };
  if (rec.type == sync::RecordType::cosignature) return std::ranges::any_of(all, completes);
  if (rec.type != sync::RecordType::annotation || event_of(rec) != name_of(ActKind::forwarded)) return false;
  return std::ranges::any_of(all, [&](const CaseRecord& x) {
    const sync::Record& f = x.released.record;
    return f.type == sync::RecordType::forward && f.origin == rec.origin && f.parents == rec.parents &&
           x.quarantine == sync::Refusal::none;
  });
}

Event event_of_record(const Request& r, Names& names, const CaseRecord& c, const std::vector<CaseRecord>& all) {
  const sync::Record& rec = c.released.record;
  const auto& [code, name] = names.of(rec.origin);
  // What did not pass its check has done nothing.
  const bool good = c.quarantine == sync::Refusal::none;
  Event e{rec.at.ms(),
          good ? event_of(rec) : std::string(name_of(rec.type)),
          code,
          name,
          good ? act_line(r, rec) : std::string(name_of(c.quarantine)),
          &c,
          shown_when(c, all)};
  e.at = e.when.at;
  if (rec.type == sync::RecordType::manifest && good)
    if (const auto m = decode_manifest(rec.body)) e.text = m->name;
  return e;
}

Json persons_json(const Request& r, const sync::ReleasedRecord& released, bool submitted,
                  const std::vector<CaseRecord>& all) {
  const sync::Record& rec = released.record;
  Json list = Json::array();
  for (const auto& s : rec.signatures)
    if (!submitted || s.role == sync::SignRole::drafter)
      list.add(Json::object({{"name", r.officer_name(s.officer)}, {"part", part_in_case(released, s.role, all)}}));
  return list;
}

/// What people here did before it was signed: of our own cases alone, and told to nobody else.
Result<> add_own_steps(const Request& r, const MatterRow& m, const std::pair<std::string, std::string>& ours,
                       std::vector<Event>& all) {
  if (!m.own) return {};
  Query q = TRY(r.store().db().query(
      "select at_ms, actor, action from journal where subject = ? and subject <> '' and action in ('submit', 'review', "
      "'return') order by row desc limit 100",
      base32(m.id.view())));
  while (TRY(q.step())) {
    const std::string action = q.text(2);
    all.push_back({q.integer(0),
                   action == "submit"   ? "submitted"
                   : action == "review" ? "reviewed"
                                        : "sent_back",
                   ours.first, ours.second, q.text(1)});
  }
  return {};
}

Result<Json> timeline(const Request& r, Names& names, const MatterRow& m, const std::vector<CaseRecord>& records,
                      const std::vector<CaseReceipt>& receipts) {
  const bool zh = r.language == Language::zh;
  std::vector<Event> all;
  const auto ours = names.of(r.store().me().office);
  std::map<RecordId, bool> told;
  TRY(add_own_steps(r, m, ours, all));
  const bool steps = std::ranges::find(all, "submitted", &Event::event) != all.end();
  for (const CaseRecord& c : records) {
    told[c.released.id] = is_told(c.released.record);
    if (said_by_another(c, records)) continue;
    Event e = event_of_record(r, names, c, records);
    const auto same = std::ranges::find_if(all, [&](const Event& before) { return joins(before, e); });
    if (same != all.end()) {
      same->text += (zh ? "、" : ", ") + e.text;
      continue;
    }
    // What waited for its signature was submitted before.
    if (!steps && e.when.submitted && is_version(c.released.record.type) &&
        e.when.at > *e.when.submitted + sync::kMinuteMs)
      all.push_back({*e.when.submitted, "submitted", e.by, e.name, {}, &c, {}});
    all.push_back(e);
    if (!c.own && told[c.released.id]) all.push_back({c.at_ms, "received", ours.first, ours.second, {}});
  }
  for (const CaseReceipt& x : receipts)
    if (told[x.record] || x.kind == CaseReceipt::Kind::refused)
      all.push_back({x.at_ms, std::string(name_of(x.kind)), names.of(x.by).first, names.of(x.by).second,
                     x.why == sync::Refusal::none ? std::string() : std::string(name_of(x.why))});
  std::ranges::stable_sort(all, {}, &Event::at);
  Json list = Json::array();
  std::set<std::tuple<std::string, std::string, sync::Millis>> said;  // one receipt covers all that came with it
  for (const Event& e : all) {
    if (!e.record && e.text.empty() && !said.emplace(e.event, e.by, e.at / sync::kMinuteMs).second) continue;
    const bool submitted = e.event == "submitted";
    list.add(
        Json::object({{"at", r.time(e.at)},
                      {"until", r.time(e.when.until)},
                      {"event", e.event},
                      {"by", e.by},
                      {"by_name", e.name},
                      {"record", e.record ? Json(hex(e.record->released.id.view())) : Json()},
                      {"persons", e.record ? persons_json(r, e.record->released, submitted, records) : Json::array()},
                      {"text", e.text}}));
  }
  return list;
}

/// As what kind of record the newest version of a case was signed; of a case that has none "report".
Result<std::string> version_of(const Request& r, const MatterRow& m) {
  Query q = TRY(r.store().db().query(
      "select type from record where matter = ? and office = ? and replaced = 0 and quarantine = 0 and type in"
      " (1, 2, 3, 4, 5, 10, 14) order by hlc desc, id desc limit 1",
      m.row, m.office));
  return std::string(
      sync::name_of(TRY(q.step()) ? static_cast<sync::RecordType>(q.integer(0)) : sync::RecordType::report));
}

}  // namespace

Result<bool> forward_waits(const Request& r, const MatterRow& m) {
  if (m.own || m.state != ReportState::forwarded) return false;
  Query q = TRY(r.store().db().query(
      "select 1 from delivery where state in (0, 1) and record = (select row from record where matter = ? and own = 1"
      " and type = ? and quarantine = 0 order by row desc limit 1)",
      m.row, static_cast<int>(sync::RecordType::forward)));
  return q.step();
}

Json summary_json(const Request& r, const MatterRow& m, const std::string& office, const std::string& name) {
  return Json::object({{"case", base32(m.id.view())},
                       {"number", m.number},
                       {"title", m.title},
                       {"kind", to_string(m.kind)},
                       {"lane", name_of(m.lane)},
                       {"state", name_of(m.state)},
                       {"office", office},
                       {"office_name", name},
                       {"occurred_at", r.time(m.occurred)},
                       {"signed_at", r.time(m.signed_at)},
                       {"signed_until", r.time(m.signed_until)},
                       {"submitted_at", r.time(m.submitted)},
                       {"received_at", r.time(m.received)},
                       {"verified", m.verified},
                       {"flags", flags_json(m.flags)},
                       {"conflict", m.conflict},
                       {"attachments", m.attachments}});
}

Result<Json> row_json(const Request& r, const MatterRow& m, const std::string& office, const std::string& name) {
  Json j = summary_json(r, m, office, name);
  j.set("version", TRY(version_of(r, m)));
  j.set("forward_waits", TRY(forward_waits(r, m)));
  return j;
}

Result<ApiReply> get_report(Request& r) {
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto records = TRY(case_records(r.store(), m.row));
  const auto receipts = TRY(case_receipts(r.store(), records));
  const auto draft = TRY(books_of(r).draft(m.row));
  Names names(r);

  const CaseGraph graph = graph_of(m.office, records);
  const CaseRecord* shown = current(graph, records);
  std::optional<DecodedBody> body;
  if (shown) {
    if (auto decoded = decode_body(shown->released.record.body)) body = std::move(*decoded);
  } else if (draft) {
    body = DecodedBody{draft->report, draft->extras};
  }
  Report report = body ? body->report : Report();
  if (!body) report.title = m.title;  // of a case that never came here itself
  Json disputed = Json::array();
  if (const auto* lead = graph.of(m.office); lead && lead->heads.size() > 1) {
    const CaseView v = case_view(r, graph, *lead);
    if (v.report) report = *v.report;
    for (const std::string& name : v.disputed()) disputed.add(name);
  }
  const BodyExtras extras = body ? body->extras : BodyExtras();
  using enum sync::SignRole;
  const sync::Record none;
  const sync::Record& rec = shown ? shown->released.record : none;

  Json heads_list = Json::array(), record_list = Json::array(), receipt_list = Json::array(),
       attachment_list = Json::array(), findings = Json::array();
  for (const CaseRecord* c : heads(graph, records)) heads_list.add(hex(c->released.id.view()));
  for (const CaseRecord& c : records) record_list.add(record_json(r, names, graph, c, records));
  for (const CaseReceipt& x : receipts) {
    Json j = Json::object({{"kind", name_of(x.kind)},
                           {"by", names.of(x.by).first},
                           {"by_name", names.of(x.by).second},
                           {"at", r.time(x.at_ms)},
                           {"latest_at", r.time(std::max(x.at_ms, x.latest_ms))},
                           {"record", hex(x.record.view())}});
    if (x.why != sync::Refusal::none) j.set("reason", name_of(x.why));
    receipt_list.add(std::move(j));
  }
  for (const Enclosure& e : TRY(enclosures(r.store(), records))) attachment_list.add(attachment_json(r, names, e));
  if (draft)
    for (const Manifest& a : draft->extras.attachments) {
      // Of a forward they are the case's already.
      if (a.from && !draft->first) continue;
      Enclosure e;
      e.manifest = a;
      e.office = r.store().me().office;
      e.state = Enclosure::State::coming;
      if (TRY(attachment_complete(r.store(), a))) e.state = Enclosure::State::whole;
      attachment_list.add(attachment_json(r, names, e));
    }
  for (const auto& f : extras.findings) findings.add(f);

  Json deliveries = TRY(deliveries_json(r, m.row));
  Json j = Json::object({{"case", base32(m.id.view())},
                         {"number", m.number},
                         {"kind", to_string(m.kind)},
                         {"lane", name_of(m.lane)},
                         {"state", name_of(m.state)},
                         {"title", report.title},
                         {"body", report.body},
                         {"fields", fields_json(r, report.fields)},
                         {"sensitivity", to_string(report.sensitivity)},
                         {"office", names.of(m.office).first},
                         {"office_name", names.of(m.office).second},
                         {"occurred_at", r.time(m.occurred)},
                         {"received_at", r.time(m.received)},
                         {"verified", m.verified},
                         {"flags", flags_json(m.flags)},
                         {"conflict", m.conflict},
                         {"version", TRY(version_of(r, m))},
                         {"forward_waits", TRY(forward_waits(r, m))}});
  if (shown)
    set_signed(r, j, signed_shown(rec, shown->when));
  else
    for (const char* key : {"signed_at", "signed_until", "submitted_at"}) j.set(key, Json());
  j.set("heads", std::move(heads_list));
  j.set("disputed", std::move(disputed));
  j.set("drafter", signed_as(r, rec, {drafter}, extras.drafter));
  j.set("reviewer", signed_as(r, rec, {reviewer}, extras.reviewer));
  j.set("signer", signed_as(r, rec, {signer, duty}, extras.signer));
  std::string signed_for;
  for (const auto& s : rec.signatures)
    if (const auto officer = TRY(r.host.directory().officer(s.officer)); officer && s.role == signer)
      signed_for = in_place_of(r, *officer, s, shown->when);
  j.set("signed_for", signed_for);
  j.set("contact", extras.contact);
  j.set("grade", is_emergency(report.kind, report.lane) ? to_string(level_of(r.host.rules(), report)) : "");
  j.set("answers", answers_json(r, extras.answers));
  j.set("policy", extras.policy);
  j.set("findings", std::move(findings));
  j.set("draft", draft ? TRY(draft_json(r, *draft)) : Json());
  j.set("records", std::move(record_list));
  TRY(add_layers(r, records, graph, j));
  TRY(add_acts(r, m, records, draft, j));
  TRY(add_roles(r, m, records, graph, draft, j));
  j.set("may", TRY(may_json(r, m, draft, !records.empty())));
  j.set("receipts", std::move(receipt_list));
  j.set("deliveries", std::move(deliveries));
  j.set("attachments", std::move(attachment_list));
  Json clues = Json::array();
  if (m.own) clues = TRY(clue_sources_json(r, m.id));
  j.set("clues", std::move(clues));
  j.set("timeline", TRY(timeline(r, names, m, records, receipts)));
  return reply(j);
}

}  // namespace yz::node::api
