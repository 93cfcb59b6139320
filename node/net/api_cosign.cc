// 会签: asking, signing too or declining, and how it stands; and until when a report may not go further.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/cosign_desk.h"
#include "node/office/embargo.h"
#include "node/office/layers.h"
#include "node/store/above.h"
#include "node/store/acts.h"
#include "node/store/cosigns.h"
#include "node/store/forwards.h"

namespace yz::node::api {
namespace {

Result<bool> sealed_for(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select 1 from node_list where office = ?", office));
  return q.step();
}

Result<std::vector<OfficeId>> offices_named(Request& r) {
  std::vector<OfficeId> out;
  const Json* list = r.body.find("offices");
  if (!list || list->is_null()) return out;
  if (!list->items()) return fail(Fault::invalid, "a list of offices' codes is needed", "invalid.type");
  for (const Json& code : *list->items()) {
    const auto row = TRY(r.host.directory().office_by_code(code.string() ? *code.string() : std::string()));
    if (!row) return fail(Fault::missing, "no office of this code is known here", "act.office");
    // Mail is sealed for its reader: an office that was never heard from has no key here.
    if (row->id != r.store().me().office && !TRY(sealed_for(r.store(), row->id)))
      return fail(Fault::invalid, "nothing can be sent to that office from here", "cosign.unreachable");
    out.push_back(row->id);
  }
  return out;
}

Result<std::vector<AskedPerson>> officers_named(Request& r) {
  std::vector<AskedPerson> out;
  const Json* list = r.body.find("officers");
  if (!list || list->is_null()) return out;
  if (!list->items()) return fail(Fault::invalid, "a list of officers' names is needed", "invalid.type");
  for (const Json& name : *list->items()) {
    const auto row =
        TRY(r.host.directory().officer_by_name(r.store().me().office, name.string() ? *name.string() : std::string()));
    if (!row || row->state != OfficerState::active)
      return fail(Fault::missing, "no active officer of that name belongs to this office", "officer.unknown");
    constexpr std::uint16_t writes =
        crypto::role::drafter | crypto::role::reviewer | crypto::role::duty | crypto::role::signer;
    if (!(row->roles & writes))
      return fail(Fault::invalid, "an auditor or administrator signs no reports", "cosign.auditor");
    if (std::ranges::find(out, row->person, &AskedPerson::id) == out.end()) out.push_back({row->person, row->name});
  }
  return out;
}

/// Whoever has the report and can be written to from here.
Result<std::vector<OfficeId>> readers_of(Request& r, const MatterRow& m) {
  std::vector<OfficeId> out;
  for (const ActEntry& a : TRY(acts_of(r.store(), m.row)))
    if (a.fact.kind == ActKind::cosign)
      for (const OfficeId& o : a.fact.to)
        if (o != r.store().me().office && TRY(sealed_for(r.store(), o))) out.push_back(o);
  return out;
}

Json json_of(const Request& r, const Cosigner& c) {
  return Json::object({{"office", r.code_of(c.office)},
                       {"office_name", r.office_name(c.office)},
                       {"officer", c.name},
                       {"state", name_of(c.state)},
                       {"asked_at", r.time(c.asked_at.ms())},
                       {"at", c.answer ? r.time(c.at.ms()) : Json()},
                       {"record", c.answer ? Json(hex(c.answer->view())) : Json()},
                       {"reason", c.state == CosignState::declined ? c.text : std::string()},
                       {"on_older_version", c.older}});
}

Json wished_json(const Request& r, const CosignWish& w) {
  Json offices = Json::array(), officers = Json::array();
  for (const OfficeId& o : w.offices) offices.add(Json::object({{"office", r.code_of(o)}, {"name", r.office_name(o)}}));
  for (const AskedPerson& p : w.persons) officers.add(p.name);
  return Json::object({{"offices", std::move(offices)},
                       {"officers", std::move(officers)},
                       {"text", w.text},
                       {"hold_until", w.hold_until_ms > 0 ? r.time(w.hold_until_ms) : Json()}});
}

bool asks_me(const Request& r, const Cosigner& c, bool signer) {
  if (c.office != r.store().me().office || c.state == CosignState::declined) return false;
  if (c.state == CosignState::signed_too && !c.older) return false;
  return c.person ? *c.person == r.officer.person : signer;
}

Json embargo_json(const Request& r, const Embargo& e) {
  if (!e.any()) return {};
  const bool closed = e.until && *e.until > r.now();
  return Json::object({{"until", r.time(e.until)},
                       {"here", e.here},
                       {"over", !e.here && !closed},
                       {"passes_up", e.emergency},
                       {"forbids_passing_on", forbids(e, Further::pass_on, r.now()).has_value()},
                       {"forbids_publishing", forbids(e, Further::publish, r.now()).has_value()}});
}

}  // namespace

Result<> add_roles(const Request& r, const MatterRow& m, const std::vector<CaseRecord>& records, const CaseGraph& graph,
                   const std::optional<Draft>& draft, Json& report) {
  Json list = Json::array();
  for (const Cosigner& c : TRY(cosigners_of_case(r.store(), m.row))) list.add(json_of(r, c));
  report.set("cosigners", std::move(list));
  report.set("cosign_wish", draft && draft->extras.act.empty() && !draft->extras.cosign.empty()
                                ? wished_json(r, draft->extras.cosign)
                                : Json());
  report.set("held_until", r.time(TRY(held_until(r.store(), m.row, r.now()))));
  Embargo e;
  // As it came to us, with what an office on the way has set; of our own the newest text.
  const auto came =
      m.own ? Result<Original>(fail(Fault::missing, "", "")) : original_of(r.store(), records, m.office, std::nullopt);
  if (came)
    e = embargo_of(came->record);
  else if (const CaseRecord* c = current(graph, records))
    e = embargo_of(c->released);
  else if (draft)
    e = embargo_of(draft->report);
  report.set("embargo", embargo_json(r, e));
  return {};
}

Result<> add_cosign_work(Request& r, std::vector<Work>& all, std::size_t most) {
  const bool signer = (TRY(acting(r, r.officer)).roles & crypto::role::signer) != 0;
  for (const std::int64_t matter : TRY(cases_to_cosign(r.store(), most)))
    for (const Cosigner& c : TRY(cosigners_of_case(r.store(), matter))) {
      if (!asks_me(r, c, signer)) continue;
      Work w{.row = TRY(matter_at(r.store(), matter)), .group = "cosign_asked"};
      w.act = name_of(ActKind::cosign);
      w.record = c.ask;
      w.from = w.row.office;
      all.push_back(std::move(w));
      break;
    }
  return {};
}

Result<ApiReply> post_cosign_ask(Request& r) {
  TRY(only(r.body, {"offices", "officers", "text", "hold_until"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  CosignWish wish;
  wish.offices = TRY(offices_named(r));
  wish.persons = TRY(officers_named(r));
  wish.text = r.body.text("text");
  if (const Json* t = r.body.find("hold_until"); t && !t->is_null()) {
    Report scratch;
    if (!t->string() || !r.host.rules().set_field(scratch, "occurred_at", *t->string()) || !scratch.occurred_at)
      return fail(Fault::invalid, "hold_until is a time like 2026-11-22T18:00:00+08:00", "invalid.time");
    wish.hold_until_ms = *scratch.occurred_at;
  }
  const Signer signer = TRY(r.signer());
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  CosignDesk desk = TRY(CosignDesk::open(books, r.now()));
  return answer_of(r, TRY(desk.ask({who, signer.key}, m.row, std::move(wish))));
}

Result<ApiReply> post_cosign(Request& r) {
  TRY(only(r.body, {"decline", "reason"}));
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto asked = TRY(cosigners_of_case(r.store(), m.row));
  auto readers = TRY(readers_of(r, m));
  const Signer signer = TRY(r.signer());
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  CosignDesk desk = TRY(CosignDesk::open(books, r.now()));
  return answer_of(r, TRY(desk.answer({who, signer.key}, m.row, asked, !r.body.flag("decline"),
                                      std::string(r.body.text("reason")), std::move(readers))));
}

Result<ApiReply> post_cosign_go(Request& r) {
  TRY(only(r.body, {}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  if (!TRY(held_until(r.store(), m.row, r.now())))
    return fail(Fault::conflict, "nothing of this case waits for a co-signature", "cosign.not-held");
  const Signer signer = TRY(r.signer());
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  CosignDesk desk = TRY(CosignDesk::open(books, r.now()));
  return answer_of(r, TRY(desk.let_go({who, signer.key}, m.row)));
}

}  // namespace yz::node::api
