// What a superior does about a case, and what is said and done about that.
#include "node/net/api_request.h"
#include "node/office/act_desk.h"
#include "node/store/acts.h"

namespace yz::node::api {
namespace {

template <class F>
Result<ApiReply> act(Request& r, F f) {
  const Signer signer = TRY(r.signer());
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  ActDesk desk = TRY(ActDesk::open(books, r.now()));
  return answer_of(r, TRY(f(desk, SigningPerson{who, signer.key})));
}

/// The act that a person means by the first characters of its record's id.
Result<RecordId> act_named(Request& r, const MatterRow& m, std::string_view member) {
  const std::string_view typed = r.body.text(member);
  std::optional<RecordId> found;
  if (typed.size() >= kIdPrefixLeast)
    for (const ActEntry& a : TRY(acts_of(r.store(), m.row))) {
      if (!hex(a.fact.id.view()).starts_with(typed)) continue;
      if (found) return fail(Fault::missing, "several acts begin so; give more characters", "act.missing");
      found = a.fact.id;
    }
  if (!found) return fail(Fault::missing, "no act of this case has this id", "act.missing");
  return *found;
}

Result<std::optional<sync::Millis>> due_of(const Request& r) {
  const Json* due = r.body.find("due_at");
  if (!due || due->is_null()) return std::nullopt;
  // Read as the time of any report is.
  Report scratch;
  const auto read = due->string() ? r.host.rules().set_field(scratch, "occurred_at", *due->string())
                                  : Result<>(fail(Fault::invalid, "", ""));
  if (!read || !scratch.occurred_at)
    return fail(Fault::invalid, "due_at is a time like 2026-11-22T18:00:00+08:00", "invalid.due");
  return scratch.occurred_at;
}

Result<Rating> rating_of(const Request& r) {
  Rating out;
  const Json* marks = r.body.find("rating");
  if (!marks || marks->is_null()) return out;
  const auto bad = [] {
    return fail(Fault::invalid, "each mark of the rating is a number from 1 to 5", "invalid.rating");
  };
  if (!marks->members()) return bad();
  for (const auto& m : *marks->members()) {
    const auto at = std::ranges::find(Rating::kNames, m.key);
    if (at == Rating::kNames.end() || !m.value.integer() || *m.value.integer() < 1 || *m.value.integer() > 5)
      return bad();
    out.marks[static_cast<std::size_t>(at - Rating::kNames.begin())] = static_cast<std::uint8_t>(*m.value.integer());
  }
  return out;
}

/// Offices by their codes, ascending, each once.
Result<std::vector<OfficeId>> offices_of(Request& r, std::string_view member) {
  std::vector<OfficeId> out;
  const Json* list = r.body.find(member);
  if (!list || list->is_null()) return out;
  if (!list->items()) return fail(Fault::invalid, "a list of offices' codes is needed", "invalid.type");
  for (const Json& code : *list->items()) {
    const auto row = TRY(r.host.directory().office_by_code(code.string() ? *code.string() : std::string()));
    if (!row) return fail(Fault::missing, "no office of this code is known here", "act.office");
    out.push_back(row->id);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// For whom it was typed, where the call says so: a signer of this office.
Result<Dictated> dictated_of(Request& r) {
  Dictated d{.on = r.body.flag("dictated")};
  const std::string_view name = r.body.text("leader");
  if (name.empty()) return d;
  const auto row = TRY(r.host.directory().officer_by_name(r.store().me().office, std::string(name)));
  if (!row || row->state != OfficerState::active || !(row->roles & crypto::role::signer))
    return fail(Fault::invalid, "no active signer of that name belongs to this office", "act.leader");
  d.on = true;
  d.leader = AskedPerson{row->person, row->name};
  return d;
}

Result<MatterRow> opened(Request& r) {
  TRY(r.host.open_received());
  return find_case(r.store(), r.parts[0]);
}

/// What the person was shown, where the call says it, is what is decided on: neither another version nor somebody
/// else's decision has come since. An acknowledgement changes nothing in what there is to decide.
Result<> as_shown(Request& r, const MatterRow& m) {
  const auto changed = [] {
    return fail(Fault::conflict, "the case has changed since it was shown: look at it again", "case.changed");
  };
  const std::string_view state = r.body.text("state");
  const auto before_any = [](std::string_view s) { return s == "received" || s == "opened" || s == "acknowledged"; };
  if (!state.empty() && state != name_of(m.state) && !(before_any(state) && before_any(name_of(m.state))))
    return changed();
  const Json* seen = r.body.find("heads");
  if (!seen || !seen->items()) return {};
  const auto records = TRY(case_records(r.store(), m.row));
  const CaseGraph graph = graph_of(m.office, records);
  const auto now = heads(graph, records);
  const auto shown = [&](const CaseRecord* c) {
    return std::ranges::any_of(*seen->items(),
                               [&](const Json& j) { return j.string() && *j.string() == hex(c->released.id.view()); });
  };
  return now.size() == seen->items()->size() && std::ranges::all_of(now, shown) ? Result<>() : changed();
}

}  // namespace

Result<ApiReply> post_decide(Request& r) {
  TRY(only(r.body,
           {"outcome", "publication", "issue", "reason", "rating", "text", "dictated", "leader", "state", "heads"}));
  const MatterRow m = TRY(opened(r));
  TRY(as_shown(r, m));
  Act a;
  a.disposal = disposal_from(r.body.text("outcome"));
  a.publication = r.body.text("publication");
  a.reason = r.body.text("reason");
  a.text = r.body.text("text");
  if (const Json* issue = r.body.find("issue"); issue && !issue->is_null()) {
    if (!issue->integer() || *issue->integer() < 1 || *issue->integer() > 999'999)
      return fail(Fault::invalid, "the issue is a number from 1", "invalid.outcome");
    a.issue = *issue->integer();
  }
  a.rating = TRY(rating_of(r));
  const Dictated dictated = TRY(dictated_of(r));
  return act(r, [&](ActDesk& d, const SigningPerson& by) { return d.decide(by, m.row, std::move(a), dictated); });
}

Result<ApiReply> post_instruct(Request& r) {
  TRY(only(r.body, {"text", "due_at", "assignees", "dictated", "leader", "state", "heads"}));
  const MatterRow m = TRY(opened(r));
  TRY(as_shown(r, m));
  Act a;
  a.text = r.body.text("text");
  a.due_ms = TRY(due_of(r));
  a.assignees = TRY(offices_of(r, "assignees"));
  std::ranges::sort(a.assignees);
  a.assignees.erase(std::unique(a.assignees.begin(), a.assignees.end()), a.assignees.end());
  for (const OfficeId& id : a.assignees) a.assignee_names.push_back(r.office_name(id));
  const Dictated dictated = TRY(dictated_of(r));
  return act(r, [&](ActDesk& d, const SigningPerson& by) { return d.instruct(by, m.row, std::move(a), dictated); });
}

Result<ApiReply> post_progress(Request& r) {
  TRY(only(r.body, {"instruction", "text", "done"}));
  const MatterRow m = TRY(opened(r));
  const RecordId on = TRY(act_named(r, m, "instruction"));
  return act(r, [&](ActDesk& d, const SigningPerson& by) {
    return d.progress(by, m.row, on, std::string(r.body.text("text")), r.body.flag("done"));
  });
}

Result<ApiReply> post_close(Request& r) {
  TRY(only(r.body, {"instruction", "note"}));
  const MatterRow m = TRY(opened(r));
  const RecordId on = TRY(act_named(r, m, "instruction"));
  return act(
      r, [&](ActDesk& d, const SigningPerson& by) { return d.close(by, m.row, on, std::string(r.body.text("note"))); });
}

Result<ApiReply> post_ask(Request& r) {
  TRY(only(r.body, {"text", "kind", "due_at", "to", "on"}));
  const MatterRow m = TRY(opened(r));
  Act a;
  a.kind = r.body.find("kind") ? act_kind_from(r.body.text("kind")) : ActKind::question;
  if (a.kind != ActKind::question && a.kind != ActKind::verify && a.kind != ActKind::urge)
    return fail(Fault::invalid, "the kind is question, verify or urge", "invalid.kind");
  a.text = r.body.text("text");
  a.due_ms = TRY(due_of(r));
  auto to = TRY(offices_of(r, "to"));
  std::optional<RecordId> on;
  if (!r.body.text("on").empty()) on = TRY(act_named(r, m, "on"));
  return act(r, [&](ActDesk& d, const SigningPerson& by) { return d.ask(by, m.row, std::move(a), std::move(to), on); });
}

Result<ApiReply> post_answer(Request& r) {
  TRY(only(r.body, {"to", "text"}));
  const MatterRow m = TRY(opened(r));
  const RecordId to = TRY(act_named(r, m, "to"));
  return act(r, [&](ActDesk& d, const SigningPerson& by) -> Result<Outcome> {
    return r.store().write([&]() -> Result<Outcome> {
      TRY(mark_read(r.store(), to));
      return d.answer(by, m.row, to, std::string(r.body.text("text")));
    });
  });
}

Result<ApiReply> post_seen(Request& r) {
  TRY(only(r.body, {}));
  const MatterRow m = TRY(opened(r));
  std::int64_t n = 0;
  TRY(r.store().write([&]() -> Result<> {
    n = TRY(mark_seen(r.store(), m.row));
    return n == 0 ? Result<>() : r.store().journal(r.officer.name, "seen", base32(m.id.view()), "", r.now());
  }));
  return reply(Json::object({{"case", base32(m.id.view())}, {"seen", n}}));
}

Result<ApiReply> post_merge(Request& r) {
  TRY(only(r.body, {"sources", "kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "to", "send",
                    "attachments"}));
  TRY(r.host.open_received());
  std::vector<std::int64_t> sources;
  if (const Json* list = r.body.find("sources"); list && list->items() && list->items()->size() <= kSourcesMax)
    for (const Json& id : *list->items())
      sources.push_back(
          TRY(find_case(r.store(), id.string() ? std::string_view(*id.string()) : std::string_view())).row);
  Report report;
  TRY(read_report(r.host.rules(), r.body, report));
  std::vector<OfficeId> to;
  if (const Json* codes = r.body.find("to")) to = TRY(addressees_from(r, *codes));
  const bool send = r.body.flag("send");
  const auto attachments = TRY(attachments_chosen(r));
  constexpr std::uint64_t mib = 1024 * 1024;
  const std::uint64_t most_bytes = r.host.config().limits.case_attachments_mib * mib;
  const Signer signer = TRY(r.signer(send));
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return answer_of(r, TRY(desk.merge({who, signer.key}, desk.new_case(), std::move(report), sources, send,
                                     std::move(to), attachments, most_bytes)));
}

}  // namespace yz::node::api
