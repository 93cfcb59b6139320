// What the page asks besides the reports themselves: the rules to fill a form in by, a check while somebody types, and
// the list of what waits.
#include <algorithm>
#include <array>
#include <limits>

#include "node/net/api_desk.h"
#include "node/net/api_names.h"
#include "node/office/act_desk.h"
#include "node/office/due.h"

namespace yz::node::api {
namespace {

constexpr sync::Millis kCosignMs = 60 * sync::kMinuteMs;
/// Of each sort of work; an office with more than that has other worries than the order of a list.
constexpr std::size_t kWorkMost = 200;

std::string_view name_of(Stage s) {
  static constexpr std::array<std::string_view, kStageCount> names{"first",   "followup", "final",
                                                                   "routine", "zero",     "flash"};
  return names[static_cast<std::size_t>(s)];
}
std::string_view name_of(Need n) {
  static constexpr std::array<std::string_view, 4> names{"unused", "required", "if_known", "optional"};
  return names[static_cast<std::size_t>(n)];
}
std::string_view name_of(FieldType t) {
  static constexpr std::array<std::string_view, 7> names{"text",     "integer", "number",       "boolean",
                                                         "datetime", "choice",  "incident_type"};
  return names[static_cast<std::size_t>(t)];
}

std::string_view name_of(SignOffWay w) {
  static constexpr std::array<std::string_view, 3> names{"alone", "provisional", "second"};
  return names[static_cast<std::size_t>(w)];
}

Json json_of(const FieldSpec& f) {
  Json need = Json::object(), choices = Json::array(), classes = Json::array();
  for (std::size_t s = 0; s < f.need.size(); ++s)
    if (f.need[s] != Need::unused) need.set(name_of(static_cast<Stage>(s)), name_of(f.need[s]));
  for (const auto& c : f.choices) choices.add(Json::object({{"code", c.code}, {"zh", c.zh}, {"en", c.en}}));
  for (const auto& c : f.classes) classes.add(c);
  return Json::object({{"key", f.key},
                       {"zh", f.zh},
                       {"en", f.en},
                       {"type", name_of(f.type)},
                       {"by_person", f.source == FieldSource::person && !f.by_node},
                       {"by_hand", by_hand(f)},
                       {"min", f.min},
                       {"max", f.max},
                       {"choices", std::move(choices)},
                       {"need", std::move(need)},
                       {"classes", std::move(classes)}});
}

/// "township>county": from us to the office that our reports go to first.
Result<std::string> our_hop(const Request& r) {
  const auto self = TRY(r.host.directory().office(r.store().me().office));
  const auto above = TRY(r.host.directory().superiors());
  if (!self || above.empty()) return std::string();
  return std::string(crypto::name_of(self->level)) + ">" + std::string(crypto::name_of(above.front().level));
}

/// `own`: of our own cases, or only of others'.
Result<> add_state(Request& r, ReportState state, std::vector<Work>& out, std::string_view group,
                   std::optional<bool> own = {}) {
  ListFilter f;
  f.state = state;
  f.limit = kWorkMost;
  const CaseList list = TRY(list_cases(r.store(), f));
  for (const MatterRow& m : list.rows)
    if (!own || m.own == *own) out.push_back({.row = m, .group = group});
  return {};
}

/// What is written in a case that has left, a decision on one, or an edition: it waits for a signature all the same,
/// and given back, or only begun, for who wrote it. Commissions have a list of their own.
Result<> add_waiting_drafts(Request& r, std::vector<Work>& out) {
  Query q = TRY(r.store().db().query(
      "select d.matter, d.content is not null, d.note <> '', d.drafter = ? from draft d where exists(select 1 from"
      " record r where r.matter = d.matter and r.quarantine = 0) order by d.matter desc limit ?",
      r.officer.person, kWorkMost));
  while (TRY(q.step())) {
    const bool submitted = q.integer(1) != 0;
    if (!submitted && q.integer(3) == 0) continue;
    Work w{.row = TRY(matter_at(r.store(), q.integer(0))),
           .group = submitted           ? "in_review"
                    : q.integer(2) != 0 ? "returned"
                                        : "draft"};
    if (w.row.sort != Sort::report) continue;
    // What a superior gave back is there already, and its draft with it.
    const bool listed = std::ranges::any_of(out, [&](const Work& o) { return o.row.row == w.row.row; });
    if (submitted || !listed) out.push_back(std::move(w));
  }
  return {};
}

/// Rules that somebody of ours submitted: a signer is asked, whoever drafted them waits.
Result<> add_policy_drafts(Request& r, std::vector<Work>& out) {
  std::vector<std::pair<std::int64_t, bool>> rows;
  {
    Query q = TRY(
        r.store().db().query("select m.row, d.drafter = ? from matter m join draft d on d.matter = m.row where m.sort ="
                             " ? and d.content is not null",
                             r.officer.person, static_cast<int>(Sort::policy)));
    while (TRY(q.step())) rows.emplace_back(q.integer(0), q.integer(1) != 0);
  }
  for (const auto& [row, own] : rows) {
    const bool signs = !own && (r.officer.roles & crypto::role::signer);
    std::erase_if(out, [&](const Work& o) { return o.row.row == row; });
    if (signs || own) out.push_back({.row = TRY(matter_at(r.store(), row)), .group = signs ? "to_sign" : "in_review"});
  }
  return {};
}

/// Passed on by us, and written on since: the superior has the old text until somebody passes on the new one, or
/// decides on it otherwise. What somebody has only begun to write hides it from nobody: it says who is at it. Looks at
/// our newest 2000 forwards.
Result<> add_newer(Request& r, std::vector<Work>& out) {
  Query q = TRY(r.store().db().query(
      "select p.matter from (select matter, max(record) as forward from (select matter, record from act where kind = 10"
      " and office = ? order by record desc limit 2000) group by matter) p where exists(select 1 from record v where"
      " v.matter = p.matter and v.replaced = 0 and v.quarantine = 0 and v.type in (1, 2, 3, 4, 5, 10, 14) and v.own = 0"
      " and v.row > p.forward and not exists(select 1 from record x where x.matter = p.matter and x.own = 1 and x.type "
      "="
      " 11 and x.row > v.row)) and not exists(select 1 from draft d where d.matter = p.matter and d.content is not "
      "null) order by"
      " p.forward desc"
      " limit ?",
      r.store().me().office, kWorkMost));
  while (TRY(q.step())) {
    Work w{.row = TRY(matter_at(r.store(), q.integer(0))), .group = "newer"};
    if (w.row.own || w.row.state == ReportState::withdrawn) continue;
    std::erase_if(out, [&](const Work& o) { return o.row.row == w.row.row && o.group == "decide"; });
    if (const auto begun = TRY(books_of(r).draft(w.row.row)); begun && !begun->extras.drafter.empty())
      w.note = begun->extras.drafter + (r.language == Language::zh ? " 正在编辑" : " is editing it");
    out.push_back(std::move(w));
  }
  return {};
}

/// Whom the text that was submitted goes to: it is fixed with it.
std::vector<OfficeId> goes_to(const Draft& d) {
  Writer w;
  w.raw(d.content).u8(static_cast<std::uint8_t>(d.signatures.size()));
  for (const auto& s : d.signatures) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  const auto fixed = sync::decode_record(w.view());
  return fixed ? fixed->record.addressees : std::vector<OfficeId>();
}

/// Until when a draft has to be signed: by the rules, or because somebody asked for it by a time.
Result<std::optional<sync::Millis>> due_of_draft(Request& r, const std::string& hop, const Draft& d) {
  if (d.extras.commission) return d.extras.commission->due_ms;
  std::optional<sync::Millis> due = due_of(r.host.rules(), hop, d.report).written;
  if (!d.extras.answers) return due;
  StoreBooks books = books_of(r);
  const auto asked = TRY(books.matter_of(d.extras.answers->id));
  if (!asked) return due;
  const auto file = books.commission(*asked, r.now());
  const Asked* ours = file ? file->of(r.store().me().office) : nullptr;
  if (ours && (!due || ours->due_ms < *due)) due = ours->due_ms;
  return due;
}

/// What somebody has to know before he signs it: who submitted it, when, and where it will go.
Result<> look_into_submitted(Request& r, Work& w) {
  const auto draft = TRY(books_of(r).draft(w.row.row));
  if (!draft || draft->state != ReportState::in_review) return {};
  if (!draft->extras.rounds.empty() && !draft->extras.rounds.back().returned) w.submitted = draft->extras.rounds.back();
  w.to = draft->extras.commission ? draft->extras.commission->to : goes_to(*draft);
  return {};
}

/// Drafts know their text, so they know when they are due; who may not sign one is not asked to.
Result<> look_into_draft(Request& r, const std::string& hop, Work& w) {
  const auto draft = TRY(books_of(r).draft(w.row.row));
  if (!draft) return {};
  w.due = TRY(due_of_draft(r, hop, *draft));
  w.note = draft->note;
  w.writes = name_of(draft->extras.type);
  // Of a further version somebody signs the text that waits: its title, not that of the one before.
  using sync::RecordType;
  const RecordType type = draft->extras.type;
  if ((type == RecordType::followup || type == RecordType::final_report || type == RecordType::correction) &&
      !draft->report.title.empty())
    w.row.title = draft->report.title;
  const Json act = TRY(act_of_draft(*draft));
  w.act = act.text("act");
  if (draft->state != ReportState::in_review) return {};
  // Who typed what a leader said waits for a leader; what a leader signed anybody else may send.
  const Person who = TRY(acting(r, r.officer));
  const bool theirs = std::ranges::find(who.stands_for, draft->drafter) != who.stands_for.end();
  const bool enough = act.text("waits_for") == "second" ||
                      ((who.roles & crypto::role::signer) && !theirs && speaks_for(who, dictated_by(*draft)));
  if (enough && draft->drafter != r.officer.person) w.group = "to_sign";
  return {};
}

/// When an act was signed: a row that asks something shows that, and not when the report came.
Result<std::optional<sync::Millis>> signed_at(Store& store, const RecordId& id) {
  Query q = TRY(store.db().query("select hlc from record where id = ?", id));
  if (!TRY(q.step())) return std::nullopt;
  return sync::Hlc{static_cast<std::uint64_t>(q.integer(0))}.ms();
}

Result<> add_provisional(Request& r, std::vector<Work>& out) {
  static_assert(record_note::provisional == 16);
  Query q = TRY(
      r.store().db().query("select row from matter indexed by matter_provisional where (flags & 16) <> 0 and own = 1"
                           " order by row desc limit ?",
                           kWorkMost));
  while (TRY(q.step())) {
    Work w{.row = TRY(matter_at(r.store(), q.integer(0))), .group = "cosign"};
    // From the first that left without its signature: what is sent after that gives it no more time.
    if (const auto file = books_of(r).case_file(w.row.row)) {
      for (const auto& p : file->provisional)
        if (const auto at = TRY(signed_at(r.store(), p.record)); at && (!w.due || *at + kCosignMs < *w.due))
          w.due = *at + kCosignMs;
    }
    out.push_back(std::move(w));
  }
  return {};
}

}  // namespace

Result<ApiReply> get_rules(Request& r) {
  const RuleSet& rules = r.host.rules().data();
  Json kinds = Json::array(), fields = Json::array(), classes = Json::array(), types = Json::array();
  for (const KindInfo& k : rules.kinds)
    kinds.add(Json::object({{"id", to_string(k.kind)},
                            {"zh", k.zh},
                            {"en", k.en},
                            {"stage", name_of(k.stage)},
                            {"emergency", is_emergency(k.kind)}}));
  for (const FieldSpec& f : rules.templates.fields) fields.add(json_of(f));
  Json class_needs = Json::array();
  for (const ClassNeed& n : rules.templates.class_needs)
    class_needs.add(Json::object(
        {{"class", n.class_code}, {"stage", name_of(n.stage)}, {"field", n.field}, {"need", name_of(n.need)}}));
  for (const auto& c : rules.incidents.classes)
    classes.add(Json::object({{"code", c.code}, {"zh", c.zh}, {"en", c.en}}));
  for (const auto& t : rules.incidents.types) {
    Json words = Json::array();
    for (const auto& w : t.words) words.add(w);
    types.add(Json::object(
        {{"code", t.code}, {"zh", t.zh}, {"en", t.en}, {"class", t.class_code}, {"words", std::move(words)}}));
  }
  Json checks = Json::array();
  for (const Rule& c : rules.quality) checks.add(Json::object({{"id", c.id}, {"zh", c.zh}, {"en", c.en}}));
  return reply(Json::object({{"kinds", std::move(kinds)},
                             {"checks", std::move(checks)},
                             {"fields", std::move(fields)},
                             {"class_needs", std::move(class_needs)},
                             {"incident_classes", std::move(classes)},
                             {"incident_types", std::move(types)},
                             {"title_characters_max", kTitleCharactersMax},
                             {"body_bytes_max", kBodyBytesMax}}));
}

Result<ApiReply> post_check(Request& r) {
  TRY(only(r.body, {"case", "kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity"}));
  std::int64_t matter = 0;
  Report report;
  if (const std::string_view id = r.body.text("case"); !id.empty()) {
    matter = TRY(find_case(r.store(), id)).row;
    if (const auto draft = TRY(books_of(r).draft(matter))) report = draft->report;
  }
  TRY(read_report(r.host.rules(), r.body, report));
  StoreBooks books = books_of(r);
  // Not compared with what was written before: this is asked at every pause of somebody who types.
  const Desk desk = TRY(Desk::open(books, r.host.rules(), r.now(), 0));
  const Looked looked = TRY(desk.check(person_of(r.officer), report, matter));
  const Verdict& v = looked.verdict;
  const Due due = due_of(r.host.rules(), TRY(our_hop(r)), report);
  return reply(Json::object({{"may_keep", v.may_keep},
                             {"may_send", v.may_send},
                             {"warnings", json_of(v.findings, r.language)},
                             {"skips", desk.skips(report)},
                             {"sign_off", name_of(looked.way)},
                             {"grade", to_string(level_of(r.host.rules(), report))},
                             {"due_at", r.time(due.written)},
                             {"phone_due_at", r.time(due.phone)}}));
}

Result<ApiReply> get_work(Request& r) {
  TRY(r.host.open_received());
  std::vector<Work> all;
  TRY(add_state(r, ReportState::returned, all, "returned", true));
  TRY(add_state(r, ReportState::in_review, all, "in_review"));
  TRY(add_waiting_drafts(r, all));
  TRY(add_policy_drafts(r, all));
  TRY(add_state(r, ReportState::received, all, "new"));
  TRY(add_state(r, ReportState::signed_off, all, "waiting"));
  TRY(add_state(r, ReportState::sent, all, "waiting"));
  TRY(add_state(r, ReportState::draft, all, "draft"));
  TRY(add_provisional(r, all));
  TRY(add_state(r, ReportState::acknowledged, all, "decide", false));
  TRY(add_newer(r, all));
  for (CommissionWork& w : TRY(commission_work(r))) all.push_back({w.row, w.group, w.due, std::move(w.note)});
  const std::string hop = TRY(our_hop(r));
  for (Work& w : all) {
    if (w.group == "waiting") w.due = TRY(receipt_due(r, w.row));
    if (w.row.sort == Sort::report &&
        (is_draft(w.row.state) || w.group == "in_review" || w.group == "draft" || w.group == "returned"))
      TRY(look_into_draft(r, hop, w));
    if (w.group == "to_sign" || w.group == "in_review") TRY(look_into_submitted(r, w));
  }
  TRY(add_act_work(r, all, kWorkMost));
  TRY(add_cosign_work(r, all, kWorkMost));
  const auto began = [](const Work& w) { return w.row.received.value_or(w.row.signed_at.value_or(0)); };
  std::ranges::stable_sort(all, [&](const Work& a, const Work& b) {
    constexpr sync::Millis kNever = std::numeric_limits<sync::Millis>::max();
    return std::tuple(a.row.lane, a.due.value_or(kNever), began(a)) <
           std::tuple(b.row.lane, b.due.value_or(kNever), began(b));
  });
  const Json escalations = TRY(escalations_json(r, true));
  Json items = Json::array();
  Names names(r);
  for (const Work& w : all) {
    const auto& [code, name] = names.of(w.row.office);
    Json j = TRY(row_json(r, w.row, code, name));
    j.set("sort", name_of(w.row.sort));
    j.set("group", w.group);
    j.set("due_at", r.time(w.due));
    j.set("note", w.note);
    j.set("act", w.act);
    j.set("writes", w.writes);
    j.set("record", w.record ? Json(hex(w.record->view())) : Json());
    j.set("at", r.time(w.record ? TRY(signed_at(r.store(), *w.record)) : std::nullopt));
    j.set("from", w.from ? Json::object({{"office", r.code_of(*w.from)}, {"name", r.office_name(*w.from)}}) : Json());
    Json to = Json::array();
    for (const OfficeId& id : w.to) to.add(Json::object({{"office", r.code_of(id)}, {"name", r.office_name(id)}}));
    j.set("to", std::move(to));
    j.set("submitted",
          w.submitted ? Json::object({{"by", w.submitted->by}, {"at", r.time(w.submitted->at_ms)}}) : Json());
    j.set("overdue", w.due && *w.due < r.now());
    j.set("escalated", escalation_in(escalations, w));
    items.add(std::move(j));
  }
  Json zero = TRY(nil_due_json(r)), missed = TRY(nil_missed_json(r));
  return reply(Json::object({{"now", r.time(r.now())},
                             {"zero", std::move(zero)},
                             {"zero_missed", std::move(missed)},
                             {"items", std::move(items)}}));
}

Result<ApiReply> only_on_the_page(Request&) {
  return fail(Fault::missing, "sessions and events are on the web port only", "session.web");
}

}  // namespace yz::node::api
