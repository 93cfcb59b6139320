// Commissions (约稿): asking, replying, and how it stands with everybody who was asked.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/store/above.h"
#include "node/store/commissions.h"
#include "node/store/routes.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kCommissionsMost = 500;
namespace role = crypto::role;
constexpr std::uint16_t kWrites = role::drafter | role::duty | role::signer;

std::optional<sync::Millis> told(sync::Millis at) { return at > 0 ? std::optional(at) : std::nullopt; }

Json codes_json(const Request& r, const std::vector<OfficeId>& all) {
  Json list = Json::array();
  for (const OfficeId& id : all) list.add(r.code_of(id));
  return list;
}

Json below_json(const Request& r, const std::vector<Below>& all) {
  Json list = Json::array();
  for (const Below& b : all) {
    list.add(Json::object({{"office", r.code_of(b.asked.office)},
                           {"name", r.office_name(b.asked.office)},
                           {"state", name_of(b.asked.state)},
                           {"stage", name_of(b.asked.stage)},
                           {"due_at", r.time(told(b.asked.due_ms))},
                           {"since", r.time(told(b.asked.since_ms))},
                           {"reason", b.asked.reason},
                           {"until", r.time(b.asked.until)},
                           {"late", b.asked.late},
                           {"heard", b.heard}}));
    const Json further = below_json(r, b.below);
    for (const Json& one : *further.items()) list.add(one);
  }
  return list;
}

Json answer_json(const Request& r, const GivenAnswer& g, sync::Millis due) {
  return Json::object(
      {{"case", base32(g.ref.id.view())},
       {"record", g.ref.record.zero() ? std::string() : hex(g.ref.record.view())},
       {"number", g.number},
       {"title", g.title},
       {"state", g.known ? name_of(g.state) : std::string_view()},
       {"signed_at", r.time(told(g.signed_ms))},
       {"signed_until", r.time(g.signed_until > g.signed_ms ? std::optional(g.signed_until) : std::nullopt)},
       {"received_at", r.time(g.received)},
       {"late", g.signed_ms > due}});
}

Result<Json> asked_json(Request& r, const Asked& a) {
  const auto below = TRY(passed_below(r.store(), r.host.directory(), a, r.now()));
  Json answers = Json::array();
  for (const GivenAnswer& g : a.answers) answers.add(answer_json(r, g, a.due_ms));
  return Json::object({{"office", r.code_of(a.office)},
                       {"name", r.office_name(a.office)},
                       {"state", name_of(a.state)},
                       {"stage", name_of(a.stage)},
                       {"due_at", r.time(told(a.due_ms))},
                       {"late", a.late},
                       {"unsure", a.unsure},
                       {"since", r.time(told(a.since_ms))},
                       {"reason", a.reason},
                       {"until", r.time(a.until)},
                       {"chased", a.chased},
                       {"chased_at", r.time(told(a.chased_ms))},
                       {"answers", std::move(answers)},
                       {"below", below_json(r, below)},
                       {"holds_up", codes_json(r, holds_up(a, below))},
                       {"child", a.child ? Json(base32(a.child->view())) : Json()}});
}

Json event_json(const Request& r, const CommissionEvent& e) {
  const sync::Millis until = e.word ? e.word->due_ms : e.reply->until_ms;
  return Json::object({{"at", r.time(e.at.ms())},
                       {"office", r.code_of(e.by)},
                       {"office_name", r.office_name(e.by)},
                       {"by", e.officer},
                       {"act", e.word ? name_of(e.word->act) : name_of(e.reply->act)},
                       {"text", e.text},
                       {"until", r.time(told(until))},
                       {"record", hex(e.record.view())},
                       {"to", codes_json(r, e.word ? e.to : e.reply->to)}});
}

Json parent_json(const Request& r, const std::optional<CommissionWord::Parent>& p) {
  if (!p) return {};
  return Json::object({{"case", base32(p->ref.id.view())},
                       {"record", hex(p->ref.record.view())},
                       {"office", r.code_of(p->ref.office)},
                       {"title", p->title},
                       {"due_at", r.time(told(p->due_ms))}});
}

/// What offices below us would get, so that there is time left to put their answers together.
sync::Millis suggested(const Request& r, sync::Millis due) {
  const sync::Millis slack = commission_slack(r);
  // A due time that is near already is shared, half and half.
  return due - slack > r.now() + slack ? due - slack : r.now() + std::max<sync::Millis>(0, (due - r.now()) / 2);
}

bool has_below(const Request& r) {
  const auto all = r.host.directory().offices();
  return all && std::ranges::any_of(*all, [&](const OfficeRow& o) {
           return o.state == OfficeState::below && o.superior == r.store().me().office;
         });
}

Json may_json(const Request& r, const CommissionFile* f, const std::optional<Draft>& draft) {
  Json list = Json::array();
  const std::uint16_t roles = r.officer.roles;
  const bool writes = roles & kWrites, signs = roles & role::signer;
  if (draft) {
    if (signs && draft->state == ReportState::in_review) list.add("sign");
    if (writes && draft->state == ReportState::in_review) list.add("return");
    if (writes)
      for (const char* act : {"edit", "delete"}) list.add(act);
  }
  if (!f || f->closed) return list;
  if (f->own && writes && !draft) list.add("amend");
  const auto any = [&](auto is) { return std::ranges::any_of(f->asked, is); };
  if (f->own) {
    const bool asked =
        any([](const Asked& a) { return a.stage == AskedState::extension_asked || a.stage == AskedState::declined; });
    if (signs && asked)
      for (const char* act : {"grant", "refuse"}) list.add(act);
    if (writes && any([](const Asked& a) { return owes(a.stage) && a.stage != AskedState::declined; }))
      list.add("chase");
    if (signs) list.add("close");
    return list;
  }
  if (!any([](const Asked& a) { return owes(a.stage); })) return list;
  if (writes) {
    if (any([](const Asked& a) { return a.stage < AskedState::accepted; })) list.add("accept");
    for (const char* act : {"extend", "answer"}) list.add(act);
    if (has_below(r)) list.add("pass");
  }
  if (signs) list.add("decline");
  return list;
}

/// What waits for a signature: of a correction its text, which is not what is asked yet.
Json unsigned_json(const Request& r, const Draft& d) {
  return Json::object({{"to", codes_json(r, d.extras.commission.value_or(CommissionWord()).to)},
                       {"note", d.note},
                       {"corrects", !d.first},
                       {"state", d.state == ReportState::in_review ? "in_review" : "draft"},
                       {"title", d.report.title},
                       {"body", d.report.body},
                       {"reason", d.extras.reason},
                       {"drafter", d.extras.drafter}});
}

/// The text as it was issued and every correction, the oldest first.
Json texts_json(const Request& r, const CommissionFile& f) {
  Json list = Json::array();
  for (const CommissionText& t : f.texts)
    list.add(Json::object({{"at", r.time(t.at.ms())},
                           {"record", hex(t.record.view())},
                           {"by", t.officer},
                           {"reason", t.reason},
                           {"title", t.title},
                           {"body", t.body}}));
  return list;
}

/// A draft that nobody signed off yet is shown as what it will be.
Json draft_view(const Request& r, const MatterRow& m, const Draft& d) {
  const CommissionWord terms = d.extras.commission.value_or(CommissionWord());
  return Json::object({{"case", base32(m.id.view())},
                       {"number", d.extras.number},
                       {"side", "issued"},
                       {"state", d.state == ReportState::in_review ? "in_review" : "draft"},
                       {"office", r.code_of(m.office)},
                       {"office_name", r.office_name(m.office)},
                       {"title", d.report.title},
                       {"body", d.report.body},
                       {"kind", to_string(d.report.kind)},
                       {"lane", name_of(d.report.lane)},
                       {"issued_at", Json()},
                       {"due_at", r.time(told(terms.due_ms))},
                       {"record", ""},
                       {"drafter", d.extras.drafter},
                       {"signer", ""},
                       {"verified", true},
                       {"flags", Json::array()},
                       {"parent", parent_json(r, terms.parent)},
                       {"children", Json::array()},
                       {"mine", Json()},
                       {"addressees", Json::array()},
                       {"counts", Json::object()},
                       {"draft", unsigned_json(r, d)},
                       {"texts", Json::array()},
                       {"suggested_due_at", Json()},
                       {"may", may_json(r, nullptr, d)},
                       {"history", Json::array()}});
}

Result<Json> signed_view(Request& r, const MatterRow& m, const CommissionFile& f, const std::optional<Draft>& draft) {
  Json addressees = Json::array(), counts = Json::object(), history = Json::array(), children = Json::array(), mine;
  for (const Asked& a : f.asked) {
    Json one = TRY(asked_json(r, a));
    if (f.own) {
      counts.set(name_of(a.state), counts.count(name_of(a.state)) + 1);
      addressees.add(std::move(one));
    } else {
      mine = std::move(one);
    }
  }
  for (const CommissionEvent& e : f.events) history.add(event_json(r, e));
  for (const CaseId& id : TRY(children_of(r.store(), m.id))) children.add(base32(id.view()));
  const auto issued = std::ranges::find_if(f.events, [&](const CommissionEvent& e) { return e.record == f.record; });
  const Asked* ours = f.own ? nullptr : f.of(r.store().me().office);
  return Json::object({{"case", base32(m.id.view())},
                       {"number", m.number},
                       {"side", f.own ? "issued" : "asked"},
                       {"state", f.closed ? "closed" : "open"},
                       {"office", r.code_of(m.office)},
                       {"office_name", r.office_name(m.office)},
                       {"title", f.text.title},
                       {"body", f.text.body},
                       {"kind", to_string(f.text.kind)},
                       {"lane", name_of(f.text.lane)},
                       {"issued_at", r.time(m.signed_at)},
                       {"due_at", r.time(told(ours ? ours->due_ms : f.terms.due_ms))},
                       {"record", hex(f.record.view())},
                       {"drafter", f.drafter},
                       {"signer", issued == f.events.end() ? std::string() : issued->officer},
                       {"verified", m.verified},
                       {"flags", flags_json(m.flags)},
                       {"parent", parent_json(r, f.terms.parent)},
                       {"children", std::move(children)},
                       {"mine", std::move(mine)},
                       {"addressees", std::move(addressees)},
                       {"counts", std::move(counts)},
                       {"draft", draft ? unsigned_json(r, *draft) : Json()},
                       {"texts", texts_json(r, f)},
                       {"suggested_due_at", ours ? r.time(suggested(r, ours->due_ms)) : Json()},
                       {"may", may_json(r, &f, draft)},
                       {"history", std::move(history)}});
}

Result<Json> view_of(Request& r, const MatterRow& m) {
  StoreBooks books = books_of(r);
  auto draft = TRY(books.draft(m.row));
  if (draft && draft->extras.type != sync::RecordType::commission) draft.reset();
  if (draft && draft->first) return draft_view(r, m, *draft);
  return signed_view(r, m, TRY(books.commission(m.row, r.now())), draft);
}

Result<MatterRow> named(Request& r) {
  TRY(r.host.open_received());
  MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  if (m.sort != Sort::commission) return fail(Fault::missing, "this case is no commission", "commission.missing");
  return m;
}

Result<std::optional<sync::Millis>> time_member(const Request& r, const char* key) {
  const Json* t = r.body.find(key);
  if (!t || t->is_null()) return std::nullopt;
  const auto at = t->string() ? instant(*t->string()) : std::nullopt;
  if (!at)
    return fail(Fault::invalid, std::string(key) + " is a time such as 2026-11-22T17:00:00+08:00", "invalid.time");
  return at;
}

/// Offices below us by their codes, ascending. A list of people's words: the code that is none is named.
Result<std::vector<OfficeId>> below_from(Request& r, const Json& list) {
  if (!list.items()) return fail(Fault::invalid, "to has to be a list of office codes", "invalid.to");
  std::vector<OfficeId> out;
  for (const Json& code : *list.items()) {
    const std::string typed = code.string() ? *code.string() : std::string();
    const auto office = TRY(r.host.directory().office_by_code(typed));
    if (!office || office->id == r.store().me().office || office->state == OfficeState::revoked ||
        !TRY(lies_below(r.store(), office->id, r.store().me().office))) {
      std::string known;
      for (const OfficeRow& o : TRY(r.host.directory().offices()))
        if (o.state == OfficeState::below) known += (known.empty() ? "" : ", ") + o.code + " " + o.name;
      const bool zh = r.language == Language::zh;
      return fail(Fault::missing,
                  (zh ? "下级没有这个单位：" : "no office below has the code ") + typed.substr(0, 40) +
                      (zh ? "；直接下级有：" : "; directly below are: ") +
                      (known.empty() ? (zh ? "（无）" : "(none)") : known),
                  "addressee.missing");
    }
    out.push_back(office->id);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Text and terms over what `text` and `terms` hold already.
Result<> read_terms(Request& r, Report& text, CommissionWord& terms) {
  if (r.body.find("title")) text.title = r.body.text("title");
  if (r.body.find("body")) text.body = r.body.text("body");
  if (!one_line(text.title) || text.title.size() > 4 * kTitleCharactersMax)
    return fail(Fault::invalid, "the title is one line", "commission.title");
  if (r.body.find("kind")) {
    const auto kind = kind_from(r.body.text("kind"));
    if (!kind || is_emergency(*kind)) return fail(Fault::invalid, "such a kind is not asked for", "invalid.kind");
    text.kind = *kind;
  }
  if (r.body.find("lane")) {
    const auto lane = sync::lane_from(r.body.text("lane"));
    if (lane != sync::Lane::urgent && lane != sync::Lane::routine)
      return fail(Fault::invalid, "the lane is urgent or routine", "invalid.lane");
    text.lane = *lane;
  }
  if (const auto due = TRY(time_member(r, "due_at"))) terms.due_ms = *due;
  if (const Json* to = r.body.find("to")) terms.to = TRY(below_from(r, *to));
  return {};
}

template <class F>
Result<Outcome> task_act(Request& r, F f) {
  const Signer signer = TRY(r.signer());
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return f(desk, SigningPerson{who, signer.key});
}

/// Done: how it stands now.
Result<ApiReply> after(Request& r, const MatterRow& m, const Outcome& o) {
  if (o.queued) r.host.wake(*o.queued);
  return reply(TRY(view_of(r, m)));
}

Result<ApiReply> issue(Request& r, Report text, CommissionWord terms) {
  const std::optional<CaseId> parent = terms.parent ? std::optional(terms.parent->ref.id) : std::nullopt;
  const Outcome o = TRY(task_act(
      r, [&](Desk& d, const SigningPerson& by) { return d.commission(by, std::move(text), std::move(terms)); }));
  if (o.queued) r.host.wake(*o.queued);
  Json to = Json::array();
  for (const OfficeId& id : o.addressees)
    to.add(Json::object({{"office", r.code_of(id)}, {"name", r.office_name(id)}}));
  Json j = Json::object({{"case", base32(o.case_id.view())},
                         {"state", o.queued ? "queued" : "in_review"},
                         {"number", o.number},
                         {"addressees", std::move(to)}});
  if (parent) j.set("parent", base32(parent->view()));
  if (o.needs_another)
    j.set("message", r.language == Language::zh ? "已拟好：请签发人签发" : "drafted: a signer has to sign it");
  return reply(j);
}

Result<ApiReply> replied(Request& r, CommissionReply::Act what) {
  const MatterRow m = TRY(named(r));
  CommissionReply said;
  said.act = what;
  if (what == CommissionReply::Act::extend) {
    const auto until = TRY(time_member(r, "until"));
    if (!until) return fail(Fault::invalid, "until when", "invalid.time");
    said.until_ms = *until;
  }
  const std::string text(r.body.text(what == CommissionReply::Act::accept ? "note" : "reason"));
  return after(r, m,
               TRY(task_act(r, [&](Desk& d, const SigningPerson& by) { return d.reply(by, m.row, said, text); })));
}

Result<ApiReply> said(Request& r, CommissionWord::Act what) {
  const MatterRow m = TRY(named(r));
  IssuerWord word;
  word.act = what;
  word.note = r.body.text(what == CommissionWord::Act::refuse ? "reason" : "note");
  if (what == CommissionWord::Act::grant || what == CommissionWord::Act::refuse) {
    Json one = Json::array();
    one.add(r.body.text("office"));
    word.offices = TRY(below_from(r, one));
    word.until = TRY(time_member(r, "until"));
  } else if (const Json* list = r.body.find("offices"); list && !list->is_null()) {
    word.offices = TRY(below_from(r, *list));
  }
  return after(r, m,
               TRY(task_act(r, [&](Desk& d, const SigningPerson& by) { return d.say(by, m.row, std::move(word)); })));
}

}  // namespace

Result<ApiReply> post_commission(Request& r) {
  TRY(only(r.body, {"title", "body", "due_at", "to", "kind", "lane"}));
  TRY(r.host.open_received());
  Report text;
  text.kind = Kind::commissioned;
  CommissionWord terms;
  terms.due_ms = r.now() + commission_days(r) * sync::kDayMs;
  TRY(read_terms(r, text, terms));
  return issue(r, std::move(text), std::move(terms));
}

Result<ApiReply> get_commissions(Request& r) {
  TRY(r.host.open_received());
  const std::string_view side = r.param("side");
  if (!side.empty() && side != "issued" && side != "asked")
    return fail(Fault::invalid, "side is issued or asked", "invalid.side");
  std::vector<std::pair<std::string, Json>> all;
  for (const MatterRow& m : TRY(commission_rows(r.store(), kCommissionsMost))) {
    if (!side.empty() && (side == "issued") != m.own) continue;
    Json j = TRY(view_of(r, m));
    const bool open = j.text("state") == "open";
    const auto state_is = [&](auto is) {
      if (const Json* mine = j.find("mine"); mine->members()) return is(mine->text("state"));
      const auto& list = *j.find("addressees")->items();
      return std::ranges::any_of(list, [&](const Json& a) { return is(a.text("state")); });
    };
    const auto owed = [](std::string_view s) { return s != "answered" && s != "excused"; };
    if (r.param("open") == "true" && !(j.text("state") != "closed" && (!open || state_is(owed)))) continue;
    if (r.param("overdue") == "true" && !(open && state_is([](std::string_view s) { return s == "overdue"; })))
      continue;
    auto& members = *j.members();
    std::erase_if(members,
                  [](const Json::Member& x) { return x.key == "body" || x.key == "history" || x.key == "texts"; });
    std::string due(j.text("due_at"));
    all.emplace_back(std::move(due), std::move(j));
  }
  std::ranges::stable_sort(all, {}, [](const auto& p) { return p.first; });
  Json list = Json::array();
  for (auto& [due, j] : all) list.add(std::move(j));
  return reply(Json::object({{"now", r.time(r.now())}, {"commissions", std::move(list)}}));
}

Result<ApiReply> get_commission(Request& r) { return reply(TRY(view_of(r, TRY(named(r))))); }

Result<ApiReply> post_commission_pass(Request& r) {
  TRY(only(r.body, {"title", "body", "due_at", "to", "kind", "lane"}));
  const MatterRow m = TRY(named(r));
  StoreBooks books = books_of(r);
  const CommissionFile f = TRY(books.commission(m.row, r.now()));
  const Asked* mine = f.own ? nullptr : f.of(r.store().me().office);
  if (!mine) return fail(Fault::denied, "this commission was not asked of us", "denied.office");
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  Report text = f.text;
  CommissionWord terms;
  terms.parent = CommissionWord::Parent{{f.office, f.case_id, f.record}, f.text.title, mine->due_ms};
  terms.chain = f.terms.chain;
  if (terms.chain.size() + 1 > kCommissionDeepest)
    return fail(Fault::invalid, "this was passed on too often", "commission.depth");
  terms.chain.push_back(f.office);
  terms.due_ms = suggested(r, mine->due_ms);
  TRY(read_terms(r, text, terms));
  return issue(r, std::move(text), std::move(terms));
}

Result<ApiReply> put_commission(Request& r) {
  TRY(only(r.body, {"title", "body", "due_at", "to", "kind", "lane"}));
  const MatterRow m = TRY(named(r));
  const auto draft = TRY(books_of(r).draft(m.row));
  if (!draft || !draft->extras.commission)
    return fail(Fault::conflict, "it was issued: correct it instead (amend)", "commission.issued");
  if (!draft->first) TRY(only(r.body, {"title", "body"}));  // a correction: the terms stay
  Report text = draft->report;
  CommissionWord terms = *draft->extras.commission;
  TRY(read_terms(r, text, terms));
  return after(r, m, TRY(task_act(r, [&](Desk& d, const SigningPerson& by) {
                 return d.edit_commission(by, m.row, std::move(text), std::move(terms));
               })));
}

Result<ApiReply> post_commission_amend(Request& r) {
  TRY(only(r.body, {"title", "body", "reason"}));
  const MatterRow m = TRY(named(r));
  StoreBooks books = books_of(r);
  Report text = TRY(books.commission(m.row, r.now())).text;
  CommissionWord terms;
  TRY(read_terms(r, text, terms));
  const std::string reason(r.body.text("reason"));
  return after(
      r, m,
      TRY(task_act(r, [&](Desk& d, const SigningPerson& by) { return d.amend(by, m.row, std::move(text), reason); })));
}

Result<ApiReply> post_commission_answer(Request& r) {
  TRY(only(r.body, {"report"}));
  const MatterRow m = TRY(named(r));
  const MatterRow report = TRY(find_case(r.store(), r.body.text("report")));
  if (report.sort != Sort::report) return fail(Fault::invalid, "only a report answers", "commission.report");
  const Outcome o = TRY(task_act(r, [&](Desk& d, const SigningPerson& by) { return d.answer(by, m.row, report.row); }));
  return o.matter == m.row ? after(r, m, o) : answer_of(r, o);
}

Result<ApiReply> post_commission_accept(Request& r) {
  TRY(only(r.body, {"note"}));
  return replied(r, CommissionReply::Act::accept);
}
Result<ApiReply> post_commission_decline(Request& r) {
  TRY(only(r.body, {"reason"}));
  return replied(r, CommissionReply::Act::decline);
}
Result<ApiReply> post_commission_extend(Request& r) {
  TRY(only(r.body, {"until", "reason"}));
  return replied(r, CommissionReply::Act::extend);
}
Result<ApiReply> post_commission_grant(Request& r) {
  TRY(only(r.body, {"office", "until", "note"}));
  return said(r, CommissionWord::Act::grant);
}
Result<ApiReply> post_commission_refuse(Request& r) {
  TRY(only(r.body, {"office", "reason"}));
  return said(r, CommissionWord::Act::refuse);
}
Result<ApiReply> post_commission_chase(Request& r) {
  TRY(only(r.body, {"offices", "note"}));
  return said(r, CommissionWord::Act::chase);
}
Result<ApiReply> post_commission_close(Request& r) {
  TRY(only(r.body, {"note"}));
  return said(r, CommissionWord::Act::close);
}

Result<> read_answers(Request& r, BodyExtras& x, Report& report) {
  const Json* id = r.body.find("answers");
  if (!id || id->is_null()) return {};
  const MatterRow m = TRY(find_case(r.store(), id->string() ? *id->string() : std::string()));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now(), 0));
  return desk.name_commission(x, report, m.row);
}

Json answers_json(Request& r, const std::optional<CaseRef>& answers) {
  if (!answers) return {};
  Json j = Json::object({{"case", base32(answers->id.view())},
                         {"record", hex(answers->record.view())},
                         {"office", r.code_of(answers->office)}});
  const auto m = matter(r.store(), answers->id);
  const bool known = m && *m && (*m)->office == answers->office;
  j.set("title", known ? Json((*m)->title) : Json());
  j.set("due_at", known ? r.time((*m)->occurred) : Json());
  return j;
}

static bool answer_waits(const GivenAnswer& g) { return g.known && g.state == ReportState::in_review; }

Result<std::vector<CommissionWork>> commission_work(Request& r) {
  std::vector<CommissionWork> out;
  StoreBooks books = books_of(r);
  for (const MatterRow& m : TRY(commission_rows(r.store(), kCommissionsMost))) {
    if (const auto draft = TRY(books.draft(m.row))) {
      const bool signs = (r.officer.roles & role::signer) && draft->drafter != r.officer.person;
      const bool returned = draft->state == ReportState::returned;
      out.push_back({m, returned ? "returned" : signs ? "to_sign" : "in_review", m.occurred, draft->note});
      if (draft->first && draft->extras.commission) out.back().due = draft->extras.commission->due_ms;
      if (draft->first) continue;  // a correction waits beside what was issued
    }
    const CommissionFile f = TRY(books.commission(m.row, r.now()));
    if (f.closed) continue;
    for (const Asked& a : f.asked) {
      if (!f.own) {
        if (owes(a.stage) && a.stage != AskedState::declined)
          // What is written and waits for its signature is not to be written once more.
          out.push_back({m, "commission", a.due_ms,
                         std::string(std::ranges::any_of(a.answers, answer_waits) ? "in_review" : name_of(a.state))});
        continue;
      }
      const std::string who = r.office_name(a.office) + " ";
      if (a.stage == AskedState::extension_asked || a.stage == AskedState::declined)
        out.push_back({m, "commission_asked", a.due_ms, who + std::string(name_of(a.stage))});
      else if (a.state == AskedState::overdue)
        out.push_back({m, "commission_late", a.due_ms, who + std::string(name_of(a.stage))});
    }
  }
  return out;
}

}  // namespace yz::node::api
