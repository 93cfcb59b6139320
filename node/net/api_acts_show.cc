// How acts are shown: each in full, in one line of the timeline, and what waits for somebody because of them.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/act_desk.h"
#include "node/store/acts.h"
#include "node/store/forwards.h"

namespace yz::node::api {
namespace {

Json office_json(const Request& r, const OfficeId& id) {
  return Json::object({{"office", r.code_of(id)}, {"name", r.office_name(id)}});
}

Json offices_json(const Request& r, const std::vector<OfficeId>& ids) {
  Json list = Json::array();
  for (const OfficeId& id : ids) list.add(office_json(r, id));
  return list;
}

Json ids_json(const std::vector<RecordId>& ids) {
  Json list = Json::array();
  for (const RecordId& id : ids) list.add(hex(id.view()));
  return list;
}

/// Who signed, the signer first.
Json names_json(const Request& r, const std::vector<sync::RecordSignature>& all) {
  using enum sync::SignRole;
  Json list = Json::array();
  for (const auto role : {signer, duty, reviewer, drafter, cosigner})
    for (const auto& s : all)
      if (s.role == role) list.add(r.officer_name(s.officer));
  return list;
}

Json rating_json(const Rating& rating) {
  if (rating.empty()) return {};
  Json j = Json::object();
  for (std::size_t i = 0; i < rating.marks.size(); ++i)
    if (rating.marks[i] != 0) j.set(Rating::kNames[i], rating.marks[i]);
  return j;
}

Json body_json(const Request& r, const Act& a) {
  Json j = Json::object({{"text", a.text},
                         {"outcome", name_of(a.disposal)},
                         {"publication", a.publication},
                         {"issue", a.issue > 0 ? Json(a.issue) : Json()},
                         {"reason", a.reason},
                         {"rating", rating_json(a.rating)},
                         {"due_at", r.time(a.due_ms)},
                         {"done", a.done}});
  return j;
}

bool past(const Request& r, std::optional<sync::Millis> due) { return due && *due < r.now(); }

std::string_view state_word(const Request& r, ActState s, std::optional<sync::Millis> due) {
  const bool open = s == ActState::open || s == ActState::in_follow_through;
  return open && past(r, due) ? "overdue" : name_of(s);
}

bool asks_us(Duty d) { return d == Duty::carry_out || d == Duty::answer; }

Result<bool> holds(Store& store, const RecordId& id) {
  Query q = TRY(store.db().query("select 1 from record where id = ? and quarantine = 0", id));
  return q.step();
}

Result<Json> into_json(const Request& r, const std::optional<MergedInto>& m) {
  if (!m) return Json();
  return Json::object({{"case", base32(m->case_id.view())},
                       {"office", r.code_of(m->office)},
                       {"office_name", r.office_name(m->office)},
                       {"title", m->title},
                       {"here", TRY(holds(r.store(), m->record))}});
}

/// As it is known here, else as the author of the act calls it.
std::string name_in(const Request& r, const Act& a, const OfficeId& id) {
  const auto known = r.host.directory().office(id);
  const auto at = std::ranges::find(a.assignees, id);
  const auto i = static_cast<std::size_t>(at - a.assignees.begin());
  const bool named = (!known || !*known || (*known)->name.empty()) && i < a.assignee_names.size();
  return named && !a.assignee_names[i].empty() ? a.assignee_names[i] : r.office_name(id);
}

Json assignees_json(const Request& r, const std::vector<ActFact>& facts, const ActFact& instruction, const Act& act) {
  Json list = Json::array();
  for (const AssigneeState& s : assignees_of(facts, instruction)) {
    Json j = office_json(r, s.office);
    j.set("name", name_in(r, act, s.office));
    j.set("state", s.state == ActState::answered ? "done" : name_of(s.state));
    j.set("at", s.at == sync::Hlc{} ? Json() : r.time(s.at.ms()));
    list.add(std::move(j));
  }
  return list;
}

/// The members that every entry has after those of the body.
void set_standing(const Request& r, Json& j, std::vector<RecordId> on, std::vector<OfficeId> to) {
  j.set("on", ids_json(on));
  j.set("to", offices_json(r, to));
}

Result<Json> entry_json(const Request& r, const CaseGraph& graph, const std::vector<ActFact>& facts, const ActEntry& a,
                        const std::vector<CaseRecord>& records) {
  const auto at = std::ranges::find(records, a.fact.id, [](const CaseRecord& c) { return c.released.id; });
  Json j = Json::object({{"record", hex(a.fact.id.view())},
                         {"act", name_of(a.fact.kind)},
                         {"office", r.code_of(a.fact.office)},
                         {"office_name", r.office_name(a.fact.office)},
                         {"by", at == records.end() ? Json::array() : names_json(r, at->released.record.signatures)},
                         {"at", r.time(a.fact.at.ms())},
                         {"own", a.fact.office == r.store().me().office}});
  const Json body = body_json(r, a.act);
  for (const auto& m : *body.members()) j.set(m.key, m.value);
  j.set("assignees", assignees_json(r, facts, a.fact, a.act));
  set_standing(r, j, a.made_on, a.fact.to);
  Json newer = Json::array();
  if (at != records.end())
    for (const std::size_t i : newer_when_complete(graph, at->released, records)) newer.add(hex(graph.at(i).id.view()));
  j.set("state", state_word(r, a.standing.state, a.act.due_ms));
  j.set("for_us", asks_us(a.standing.duty));
  j.set("seen", a.seen);
  j.set("exercise", a.exercise);
  j.set("on_older_version", !newer.items()->empty());
  j.set("newer", std::move(newer));
  j.set("waiting_for_signature", false);
  j.set("waits_for", "");
  j.set("words_of", "");
  j.set("returned", false);
  j.set("note", "");
  Json deliveries = Json::array();
  if (a.fact.office == r.store().me().office) deliveries = TRY(record_deliveries_json(r, a.fact.id));
  j.set("deliveries", std::move(deliveries));
  j.set("into", TRY(into_json(r, a.act.merged)));
  return j;
}

/// Given back it has no signature, and still a writer.
Json drafter_json(const Draft& d) {
  Json list = Json::array();
  if (!d.extras.drafter.empty()) list.add(d.extras.drafter);
  return list;
}

/// What the second person is to sign, or what was given back.
Result<Json> waiting_json(const Request& r, const Draft& d) {
  const Act a = TRY(decode_act(d.extras.act));
  std::vector<RecordId> on;
  std::vector<OfficeId> to;
  if (!d.content.empty()) {
    Writer w;  // without a signature it is no record yet; one of zeros stands in for the form's sake
    w.raw(d.content).u8(1).u8(1).id(CertDigest{}).id(Signature{});
    const auto shape = sync::decode_record(w.view());
    if (shape) {
      on = shape->record.parents;
      to = shape->record.addressees;
    }
  }
  const bool led =
      std::ranges::find(d.signatures, sync::SignRole::signer, &sync::RecordSignature::role) != d.signatures.end();
  Json assignees = Json::array();
  for (const OfficeId& id : a.assignees) {
    Json o = office_json(r, id);
    o.set("state", "open");
    o.set("at", Json());
    assignees.add(std::move(o));
  }
  Json j = Json::object({{"record", Json()},
                         {"act", name_of(a.kind)},
                         {"office", r.code_of(r.store().me().office)},
                         {"office_name", r.office_name(r.store().me().office)},
                         {"by", d.signatures.empty() ? drafter_json(d) : names_json(r, d.signatures)},
                         {"at", Json()},
                         {"own", true}});
  const Json body = body_json(r, a);
  for (const auto& m : *body.members()) j.set(m.key, m.value);
  j.set("assignees", std::move(assignees));
  set_standing(r, j, std::move(on), std::move(to));
  j.set("state", "none");
  for (const char* key : {"for_us", "exercise", "on_older_version"}) j.set(key, false);
  j.set("seen", true);
  j.set("newer", Json::array());
  j.set("waiting_for_signature", d.state == ReportState::in_review);
  j.set("waits_for", d.state != ReportState::in_review ? "" : led ? "second" : "signer");
  const auto leader = dictated_by(d);
  j.set("words_of", leader ? leader->name : std::string());
  j.set("returned", d.state == ReportState::returned);
  j.set("note", d.note);
  j.set("deliveries", Json::array());
  j.set("into", Json());
  return j;
}

Result<Json> source_json(const Request& r, const Source& s) {
  return Json::object({{"case", base32(s.case_id.view())},
                       {"record", hex(s.record.view())},
                       {"office", r.code_of(s.office)},
                       {"office_name", r.office_name(s.office)},
                       {"title", s.title},
                       {"here", TRY(holds(r.store(), s.record))}});
}

/// Of the newest version that says what it was put together from; before there is one, of the draft, so that who signs
/// it sees them.
Result<Json> sources_json(const Request& r, const std::vector<CaseRecord>& records, const std::optional<Draft>& draft) {
  Json list = Json::array();
  for (const CaseRecord& c : records) {
    if (c.quarantine != sync::Refusal::none || c.released.record.type != sync::RecordType::report) continue;
    const auto body = decode_body(c.released.record.body);
    if (!body) continue;
    for (const Source& s : body->extras.sources) list.add(TRY(source_json(r, s)));
    break;
  }
  if (records.empty() && draft)
    for (const Source& s : draft->extras.sources) list.add(TRY(source_json(r, s)));
  return list;
}

/// Since the first version that nobody has signed for came to somebody.
Result<Json> owed_json(const Request& r, const MatterRow& m) {
  const bool there = m.state == ReportState::delivered || m.state == ReportState::opened;
  if (!m.own || !there) return Json();
  const auto first = TRY(first_unseen(r.store(), m));
  std::vector<OfficeId> to;
  std::optional<sync::Millis> since;
  Query q = TRY(r.store().db().query(
      "select d.destination, d.stored_ms, v.replaced from delivery d join record v on v.row = d.record where v.matter ="
      " ? and v.own = 1 and v.quarantine = 0 and v.type in (1, 2, 3, 4, 5, 10, 14) and d.state in (2, 3) and v.hlc >= "
      "?",
      m.row, first ? first->hlc : 0));
  while (TRY(q.step())) {
    // A version that another has replaced is asked of nobody; how long they have known of the case counts from it.
    if (q.integer(2) == 0) to.push_back(TRY(q.id<OfficeId>(0)));
    since = std::min(since.value_or(q.integer(1)), q.integer(1));
  }
  if (to.empty()) return Json();
  std::ranges::sort(to);
  to.erase(std::unique(to.begin(), to.end()), to.end());
  return Json::object(
      {{"since", r.time(*since)}, {"due_at", r.time(*since + overdue_after(m.lane))}, {"to", offices_json(r, to)}});
}

std::string_view word_of(Disposal d, bool zh) {
  switch (d) {
    case Disposal::adopted:
      return zh ? "采用" : "adopted";
    case Disposal::not_adopted:
      return zh ? "不采用" : "not adopted";
    case Disposal::returned:
      return zh ? "退回补充" : "returned";
    case Disposal::filed:
      return zh ? "备查" : "kept on file";
    default:
      return zh ? "无法解读的处理" : "a decision that this version cannot read";
  }
}

std::string_view word_of(const Act& a, bool zh) {
  switch (a.kind) {
    case ActKind::decision:
      return word_of(a.disposal, zh);
    case ActKind::instruction:
      return zh ? "批示" : "instruction";
    case ActKind::progress:
      return a.done ? (zh ? "办理完毕" : "done") : (zh ? "办理进展" : "progress");
    case ActKind::close:
      return zh ? "办结" : "closed";
    case ActKind::question:
      return zh ? "追问" : "question";
    case ActKind::verify:
      return zh ? "要求核报" : "to be verified";
    case ActKind::urge:
      return zh ? "催报" : "urged";
    case ActKind::answer:
      return zh ? "答复" : "answer";
    case ActKind::merged:
      return zh ? "综合到" : "merged into";
    case ActKind::forwarded:
      return zh ? "转报上级" : "passed on";
    case ActKind::cosign:
      return zh ? "请会签" : "asked to co-sign";
    case ActKind::cosigned:
      return zh ? "会签" : "co-signed";
    case ActKind::cosign_declined:
      return zh ? "不同意会签" : "declined to co-sign";
    default:
      return zh ? "无法解读" : "cannot be read by this version";
  }
}

/// One line of a text.
std::string first_of(std::string_view text) {
  constexpr std::size_t kBytes = 240;
  std::string s(text.substr(0, std::min(text.size(), kBytes)));
  while (!s.empty() && !valid_utf8(s)) s.pop_back();
  std::ranges::replace_if(
      s, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return s.size() < text.size() ? s + "…" : s;
}

}  // namespace

std::string_view part_of(const sync::Record& rec, sync::SignRole role) {
  using enum sync::RecordType;
  const bool typed = role == sync::SignRole::drafter;
  if (rec.type == decision || rec.type == instruction) return typed ? "recorder" : name_of(role);
  const bool alone = rec.type == acknowledgement || rec.type == annotation || rec.type == manifest;
  if (alone || (rec.type == reply && role != sync::SignRole::signer)) return "handler";
  return name_of(role);
}

std::string event_of(const sync::Record& rec) {
  const auto act = act_of(rec);
  if (act && *act && (*act)->kind != ActKind::unknown) return std::string(name_of((*act)->kind));
  if (rec.type == sync::RecordType::annotation && act && !*act) return std::string(name_of(ActKind::forwarded));
  return std::string(name_of(rec.type));
}

std::string act_line(const Request& r, const sync::Record& rec) {
  const bool zh = r.language == Language::zh;
  auto read = act_of(rec);
  if (!read) return {};
  Act a;
  if (*read)
    a = std::move(**read);
  else if (rec.type == sync::RecordType::annotation)
    a.kind = ActKind::forwarded;
  else
    return {};
  std::string out(word_of(a, zh));
  const auto add = [&](const std::string& s) {
    if (!s.empty()) out += (zh ? "：" : ": ") + s;
  };
  if (!a.publication.empty() || a.issue > 0) {
    std::string where = first_of(a.publication);
    if (a.issue > 0) where += zh ? "第" + std::to_string(a.issue) + "期" : " no. " + std::to_string(a.issue);
    add(where);
  }
  add(first_of(a.reason));
  add(first_of(a.text));
  if (a.merged) add(first_of(a.merged->title));
  if (!a.assignees.empty()) {
    std::string who;
    for (const OfficeId& id : a.assignees) {
      who += (who.empty() ? "" : zh ? "、" : ", ") + name_in(r, a, id);
    }
    out += zh ? "（承办：" + who + "）" : " (for: " + who + ")";
  }
  return out;
}

Result<> add_acts(const Request& r, const MatterRow& m, const std::vector<CaseRecord>& records,
                  const std::optional<Draft>& draft, Json& report) {
  const CaseGraph graph = graph_of(m.office, records);
  const auto all = TRY(acts_of(r.store(), m.row));
  std::vector<ActFact> facts;
  for (const ActEntry& a : all) facts.push_back(a.fact);
  Json list = Json::array();
  for (const ActEntry& a : all) list.add(TRY(entry_json(r, graph, facts, a, records)));
  if (draft && !draft->extras.act.empty()) list.add(TRY(waiting_json(r, *draft)));
  report.set("acts", std::move(list));
  report.set("sources", TRY(sources_json(r, records, draft)));
  report.set("owed", TRY(owed_json(r, m)));
  return {};
}

}  // namespace yz::node::api
