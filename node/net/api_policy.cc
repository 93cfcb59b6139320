// Rules that travel down: what holds, what differs, and publishing.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/net/policy_parts.h"
#include "node/net/rules_json.h"
#include "node/office/desk_task.h"
#include "node/office/timetable.h"
#include "node/store/policies.h"
#include "node/store/routes.h"

namespace yz::node::api {
namespace {

std::string state_of(const Request& r, const std::vector<StoredPolicy>& in_force, const StoredPolicy& p) {
  const auto is = [&](const StoredPolicy& o) { return o.record == p.record; };
  if (p.superseded) return "superseded_twin";
  if (std::ranges::any_of(in_force, is)) return "in_force";
  return p.effective_ms > r.now() ? "coming" : "replaced";
}

/// How far one of ours got with every office below.
Result<Json> reached(Request& r, const StoredPolicy& p) {
  Json list = Json::array();
  if (!p.own) return list;
  Query q = TRY(r.store().db().query(
      "select d.destination, d.state, case when d.state = 3 and d.opened_ms > 0 then d.opened_ms when d.state in (2, 3)"
      " then d.stored_ms else d.done_ms end from delivery d join record rec on"
      " rec.row = d.record where rec.matter = ? and rec.type = 16 order by d.row",
      p.matter));
  static constexpr std::string_view kStates[] = {"waiting", "sent", "delivered", "opened"};
  while (TRY(q.step())) {
    const OfficeId id = TRY(q.id<OfficeId>(0));
    const std::int64_t state = q.integer(1), at = q.integer(2);
    list.add(Json::object({{"office", r.code_of(id)},
                           {"name", r.office_name(id)},
                           {"state", state < 4    ? kStates[state]
                                     : state == 8 ? "refused"
                                                  : "set_aside"},
                           {"at", r.time(at > 0 ? std::optional(at) : std::nullopt)}}));
  }
  return list;
}

Result<Json> policy_json(Request& r, const StoredPolicy& p, std::string_view state) {
  Json deliveries = TRY(reached(r, p));
  return Json::object({{"office", r.code_of(p.office)},
                       {"office_name", r.office_name(p.office)},
                       {"version", p.version},
                       {"effective_at", r.time(p.effective_ms)},
                       {"published_at", r.time(p.published_ms)},
                       {"case", base32(p.case_id.view())},
                       {"record", hex(p.record.view())},
                       {"state", state},
                       {"signer", p.signer.zero() ? std::string() : r.officer_name(p.signer)},
                       {"verified", p.verified},
                       {"deliveries", std::move(deliveries)}});
}

/// Versions of ours that wait for another's signature.
Result<Json> drafts_json(Request& r) {
  Json list = Json::array();
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(r.store().db().query("select m.row from matter m join draft d on d.matter = m.row where m.sort = 2"));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows) {
    const MatterRow m = TRY(matter_at(r.store(), row));
    const auto draft = TRY(books_of(r).draft(row));
    std::optional<PolicyBody> body;
    if (draft && !draft->content.empty()) body = TRY(decode_policy(TRY(fixed_body(*draft))));
    Json document;
    if (body) document = TRY(parse_json(body->document));
    list.add(Json::object({{"case", base32(m.id.view())},
                           {"title", m.title},
                           {"state", name_of(m.state)},
                           {"drafter", draft ? draft->extras.drafter : std::string()},
                           {"version", body ? Json(body->version) : Json()},
                           {"effective_at", r.time(body ? std::optional(body->effective_ms) : std::nullopt)},
                           {"document", std::move(document)}}));
  }
  return list;
}

Result<StoredPolicy> version_named(Request& r, std::string_view office, std::int64_t version) {
  const auto row = TRY(r.host.directory().office_by_code(office));
  if (!row) return fail(Fault::missing, "no such version of a policy is here", "policy.missing");
  return policy_version(r.store(), row->id, version);
}

Result<std::vector<StoredPolicy>> in_force_here(Request& r) {
  return policies_in_force(r.store(), r.store().me().office, r.now());
}

/// All that held here at a time: what is built in, and what every office had ruled.
Result<Json> held_at(Request& r, sync::Millis at) {
  const auto all = TRY(policies_in_force(r.store(), r.store().me().office, at));
  return parse_json(document_of(TRY(ruled_by(r.store(), TRY(load_rules()), all, {}))));
}

Result<std::string> document_from(const Json& holder) {
  const Json* d = holder.find("document");
  if (!d || !d->members()) return fail(Fault::invalid, "document has to be an object", "policy.form");
  return dump(*d);
}

/// What the offices above have ruled, without our own word; none when nobody has.
Result<std::optional<RuleSet>> above_us(Request& r) {
  auto all = TRY(in_force_here(r));
  std::erase_if(all, [](const StoredPolicy& p) { return p.own; });
  if (all.empty()) return std::nullopt;
  return TRY(ruled_by(r.store(), TRY(load_rules()), all, {}));
}

Result<std::vector<PolicyProblem>> problems_of(Request& r, const std::string& document) {
  const auto above = TRY(above_us(r));
  return check_policy(document, TRY(load_rules()), above ? &*above : nullptr);
}

/// What no policy may go beyond.
Json law_json() {
  Json deadlines = Json::array(), forms = Json::array();
  for (const LegalLimit& l : legal_limits())
    deadlines.add(
        Json::object({{"hop", l.hop}, {"class", l.class_code}, {"written_min", l.written_min}, {"src", l.src}}));
  for (const auto& l : policy_parts::legal_forms()) {
    Json stages = Json::array(), fields = Json::array();
    for (const auto& s : l.stages) stages.add(s);
    for (const auto& f : l.fields) fields.add(f);
    forms.add(Json::object({{"stages", std::move(stages)}, {"fields", std::move(fields)}, {"src", l.src}}));
  }
  return Json::object(
      {{"deadlines", std::move(deadlines)}, {"forms", std::move(forms)}, {"flash_required_most", kFlashRequiredMost}});
}

/// The rules about texts by name: `fixed` ones hold always.
Json quality_json(const RuleSet& rules) {
  Json list = Json::array();
  for (const Rule& q : rules.quality)
    list.add(Json::object({{"id", q.id}, {"zh", q.zh}, {"en", q.en}, {"fixed", q.blocks != Blocks::routine}}));
  return list;
}

const std::string& said(const PolicySaid& s, Language l) { return l == Language::zh ? s.zh : s.en; }

Json problems_json(const std::vector<PolicyProblem>& all, Language l) {
  Json list = Json::array();
  for (const PolicyProblem& p : all)
    list.add(Json::object({{"code", p.code}, {"where", p.where}, {"message", said(p.message, l)}}));
  return list;
}

}  // namespace

Result<ApiReply> get_policy(Request& r) {
  TRY(r.host.open_received());
  const auto in_force = TRY(in_force_here(r));
  if (!r.param("version").empty() || !r.param("office").empty()) {
    const std::int64_t version = std::atoll(std::string(r.param("version")).c_str());
    const StoredPolicy p = TRY(version_named(r, r.param("office"), version));
    Json shown = TRY(policy_json(r, p, state_of(r, in_force, p)));
    Json document = TRY(parse_json(TRY(document_of(r.store(), p))));
    Json before = TRY(held_at(r, p.effective_ms - 1)), after = TRY(held_at(r, p.effective_ms));
    return reply(Json::object({{"policy", std::move(shown)},
                               {"document", std::move(document)},
                               {"before", std::move(before)},
                               {"after", std::move(after)}}));
  }
  Json sources = Json::array(), coming = Json::array();
  for (const StoredPolicy& p : in_force) sources.add(TRY(policy_json(r, p, "in_force")));
  const std::vector<StoredPolicy> all = TRY(policies(r.store()));
  for (const StoredPolicy& p : all)
    if (p.effective_ms > r.now() && !p.superseded) coming.add(TRY(policy_json(r, p, "coming")));
  const RuleSet& rules = r.host.rules().data();
  Json document = TRY(parse_json(document_of(rules))), drafts = TRY(drafts_json(r));
  const auto above = TRY(above_us(r));
  const RuleSet built_in = TRY(load_rules());
  // What the next version of ours is edited from: the newest one, also when its time has not come.
  Json own;
  const auto ours = std::ranges::find_if(all, [](const StoredPolicy& p) { return p.own && !p.superseded; });
  if (ours != all.end()) {
    Json text = TRY(parse_json(TRY(document_of(r.store(), *ours))));
    own = Json::object(
        {{"version", ours->version}, {"effective_at", r.time(ours->effective_ms)}, {"document", std::move(text)}});
  }
  Json base = TRY(parse_json(document_of(above ? *above : built_in)));
  return reply(Json::object({{"text", rules.terms.name},
                             {"in_force", std::move(document)},
                             {"base", std::move(base)},
                             {"bound", above.has_value()},
                             {"own", std::move(own)},
                             {"law", law_json()},
                             {"quality", quality_json(built_in)},
                             {"sources", std::move(sources)},
                             {"coming", std::move(coming)},
                             {"drafts", std::move(drafts)}}));
}

Result<ApiReply> get_policy_times(Request& r) {
  constexpr sync::Millis kBack = 24LL * 3'600'000, kOn = 2 * kBack;
  const auto self = TRY(r.host.directory().office(r.store().me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  const PolicyTerms& terms = r.host.rules().data().terms;
  const std::string_view level = crypto::name_of(self->level);
  const int offset = static_cast<int>(r.host.config().office.utc_offset_minutes.count());
  Json zero = Json::array(), watch;
  for (const ZeroDue& z : zero_reports_due(terms, level, self->code, r.now() - kBack, r.now() + kOn, offset))
    zero.add(Json::object({{"from", r.time(z.from_ms)}, {"at", r.time(z.at_ms)}, {"name", z.name}}));
  if (const auto s = shift_at(terms, level, self->code, r.now(), offset))
    watch = Json::object(
        {{"from", r.time(s->from_ms)}, {"to", r.time(s->to_ms)}, {"name", s->name}, {"persons", s->persons}});
  return reply(
      Json::object({{"now", r.time(r.now())}, {"zero_reports", std::move(zero)}, {"watch", std::move(watch)}}));
}

Result<ApiReply> get_policies(Request& r) {
  TRY(r.host.open_received());
  const auto in_force = TRY(in_force_here(r));
  Json list = Json::array();
  for (const StoredPolicy& p : TRY(policies(r.store()))) list.add(TRY(policy_json(r, p, state_of(r, in_force, p))));
  return reply(Json::object({{"policies", std::move(list)}}));
}

Result<ApiReply> post_policy_check(Request& r) {
  TRY(only(r.body, {"document"}));
  const auto problems = TRY(problems_of(r, TRY(document_from(r.body))));
  return reply(Json::object({{"ok", problems.empty()}, {"problems", problems_json(problems, r.language)}}),
               problems.empty() ? 0 : 65);
}

Result<ApiReply> post_policy_diff(Request& r) {
  TRY(only(r.body, {"document", "office", "version", "against"}));
  std::string after, before = document_of(r.host.rules().data());
  if (r.body.find("document"))
    after = TRY(document_from(r.body));
  else
    after = TRY(document_of(r.store(), TRY(version_named(r, r.body.text("office"), r.body.count("version")))));
  if (const Json* a = r.body.find("against"); a && !a->is_null())
    before = TRY(document_of(r.store(), TRY(version_named(r, a->text("office"), a->count("version")))));
  Json list = Json::array();
  for (const PolicyChange& c : policy_changes(before, after))
    list.add(Json::object({{"where", c.where}, {"before", c.before}, {"after", c.after}}));
  return reply(Json::object({{"changes", std::move(list)}}));
}

Result<ApiReply> post_policy(Request& r) {
  TRY(only(r.body, {"document", "effective_at"}));
  TRY(r.host.open_received());
  PolicyBody body;
  body.document = TRY(document_from(r.body));
  body.effective_ms = r.now();
  if (const Json* t = r.body.find("effective_at"); t && !t->is_null()) {
    const auto at = t->string() ? instant(*t->string()) : std::nullopt;
    if (!at) return fail(Fault::invalid, "effective_at is a time such as 2026-12-01T00:00:00+08:00", "invalid.time");
    // What is said about yesterday would change what was done then.
    if (*at < r.now() - 60'000) return fail(Fault::invalid, "a policy does not hold before now", "policy.past");
    body.effective_ms = *at;
  }
  const auto problems = TRY(problems_of(r, body.document));
  if (!problems.empty()) {
    const PolicyProblem& first = problems.front();
    return problem(
        {Fault::invalid, first.where + ": " + first.message.en, first.code, first.where + "：" + first.message.zh},
        r.language, Json::object({{"problems", problems_json(problems, r.language)}}));
  }
  body.version = TRY(last_version(r.store())) + 1;
  const Json drafts = TRY(drafts_json(r));
  if (!drafts.items()->empty())
    return fail(Fault::conflict, "another version waits for its signature: sign or delete that one", "draft.exists");
  std::vector<OfficeId> to;
  for (const OfficeRow& o : TRY(r.host.directory().offices()))
    if (o.id != r.store().me().office && o.admitted && o.state != OfficeState::revoked &&
        o.state != OfficeState::moved && TRY(lies_below(r.store(), o.id, r.store().me().office)))
      to.push_back(o.id);
  std::ranges::sort(to);
  const bool zh = r.language == Language::zh;
  const std::string title = (zh ? "规则 第 " : "policy, version ") + std::to_string(body.version) + (zh ? " 版" : "");
  const Signer signer = TRY(r.signer());
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const Outcome o =
      TRY(desk.publish({person_of(signer.officer), signer.key}, title, encode_policy(body), std::move(to)));
  if (o.queued) r.host.wake(*o.queued);
  Json j = Json::object({{"case", base32(o.case_id.view())},
                         {"state", o.queued ? "queued" : "in_review"},
                         {"version", body.version},
                         {"effective_at", r.time(body.effective_ms)},
                         {"offices", o.addressees.size()}});
  if (o.needs_another) j.set("message", zh ? "已拟好：请另一位签发" : "drafted: another person has to sign it");
  return reply(j);
}

}  // namespace yz::node::api
