// A draft that several machines of the office may be working on: shown, saved and settled.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/draft_view.h"
#include "node/store/drafts.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kLeastDigits = 6;

std::string machine_of(Request const& r, const DraftAuthor& a) {
  auto q = r.store().db().query("select name from node where id = ?", a.node);
  if (!q) return {};
  const auto found = q->step();
  return found && *found ? q->text(0) : std::string();
}

std::string_view state_of(const DraftVersion& v) {
  return name_of(!v.content.empty() ? ReportState::in_review
                 : !v.note.empty()  ? ReportState::returned
                                    : ReportState::draft);
}

Json version_json(const Request& r, const DraftVersion& v) {
  return Json::object({{"version", hex(v.id.view())},
                       {"machine", machine_of(r, v.by)},
                       {"drafter", v.extras.drafter},
                       {"at", r.time(v.at.ms())},
                       {"state", state_of(v)},
                       {"lane", name_of(v.report.lane)},
                       {"title", v.report.title},
                       {"body", v.report.body},
                       {"fields", fields_json(r, v.report.fields)},
                       {"occurred_at", r.time(v.report.occurred_at)},
                       {"note", v.note}});
}

/// The last time that it was returned, with the text as it was then; null when it never was.
Json returned_json(const Request& r, const Draft& d) {
  const auto& all = d.extras.rounds;
  const auto last = std::find_if(all.rbegin(), all.rend(), [](const Round& x) { return x.returned; });
  if (last == all.rend()) return {};
  Json j = Json::object({{"by", last->by}, {"at", r.time(last->at_ms)}, {"note", last->note}});
  if (const auto text = decode_body(d.extras.returned_text)) {
    j.set("title", text->report.title);
    j.set("body", text->report.body);
    j.set("fields", fields_json(r, text->report.fields));
  }
  return j;
}

Json submitted_json(const Request& r, const Draft& d) {
  if (d.extras.rounds.empty() || d.extras.rounds.back().returned) return {};
  const Round& last = d.extras.rounds.back();
  return Json::object({{"by", last.by}, {"at", r.time(last.at_ms)}});
}

/// The disputed fields that a body says nothing of. Those that are no part of a report are decided by taking a version.
std::vector<std::string> undecided(const Json& body, const Draft& d) {
  std::vector<std::string> out;
  const Json* fields = body.find("fields");
  for (const std::string& name : d.disputed)
    if (name != "signed" && !body.find(name) && !(fields && fields->find(name))) out.push_back(name);
  return out;
}

/// What its writer was shown. Without a word of it: what is there now, if that leaves nothing undecided. A save of this
/// very machine that they were not shown is another window's: it would be replaced, not kept beside theirs.
Result<std::optional<Seen>> seen_in(const Request& r, const Json& body, const Draft& d) {
  if (const std::string_view token = body.text("seen"); !token.empty()) {
    const Seen seen = TRY(Seen::from_token(token));
    const DraftAuthor us{r.store().me().node, r.store().me().incarnation};
    if (d.seen.covers(seen) && seen.of(us) < d.seen.of(us))
      return fail(Fault::conflict, "another window has saved this draft since: look at that text, then save again",
                  "draft.changed");
    return seen;
  }
  if (d.disputed.empty()) return std::nullopt;
  const auto open = undecided(body, d);
  if (open.empty()) return d.seen;
  std::string names;
  for (const std::string& n : open) names += (names.empty() ? "" : ", ") + n;
  return fail(Fault::conflict, "two machines of this office have different texts of it: decide on " + names,
              "draft.disputed");
}

Result<DraftVersion> version_named(Request& r, const CaseId& id, std::string_view typed) {
  const DraftState s = TRY(draft_state(r.store(), id));
  const DraftVersion* found = nullptr;
  for (const DraftVersion& v : s.heads) {
    if (v.kind != DraftVersion::Kind::text || !hex(v.id.view()).starts_with(typed)) continue;
    if (found) return fail(Fault::invalid, "several versions begin so", "draft.version");
    found = &v;
  }
  if (!found || typed.size() < kLeastDigits)
    return fail(Fault::invalid, "the draft has no version of that name", "draft.version");
  return *found;
}

}  // namespace

Result<Json> draft_json(const Request& r, const Draft& d) {
  Json signatures = Json::array(), disputed = Json::array(), versions = Json::array(), to = Json::array();
  for (const OfficeId& id : d.extras.to) to.add(r.code_of(id));
  for (const auto& s : d.signatures)
    signatures.add(Json::object({{"officer", r.officer_name(s.officer)}, {"role", name_of(s.role)}}));
  for (const std::string& name : d.disputed) disputed.add(name);
  if (!d.disputed.empty())
    for (const DraftVersion& v : TRY(draft_state(r.store(), d.case_id)).heads)
      if (v.kind == DraftVersion::Kind::text) versions.add(version_json(r, v));
  Json left_out = Json::array(), from = Json::array();
  for (const auto& id : d.extras.left_out) left_out.add(hex(id.view()));
  for (const RecordId& id : d.extras.written_from) from.add(hex(id.view()));
  return Json::object({{"state", name_of(d.state)},
                       {"type", name_of(d.extras.type)},
                       {"kind", to_string(d.report.kind)},
                       {"lane", name_of(d.report.lane)},
                       {"title", d.report.title},
                       {"body", d.report.body},
                       {"fields", fields_json(r, d.report.fields)},
                       {"occurred_at", r.time(d.report.occurred_at)},
                       {"drafter", d.extras.drafter},
                       {"note", d.note},
                       {"reason", d.extras.reason},
                       {"returned", returned_json(r, d)},
                       {"submitted", submitted_json(r, d)},
                       {"left_out", std::move(left_out)},
                       {"from", std::move(from)},
                       {"to", std::move(to)},
                       {"signatures", std::move(signatures)},
                       {"seen", d.seen.empty() ? std::string() : d.seen.token()},
                       {"signed_elsewhere", d.record.has_value()},
                       {"disputed", std::move(disputed)},
                       {"versions", std::move(versions)}});
}

Result<ApiReply> put_report(Request& r) {
  TRY(only(r.body, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "to", "seen", "take"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  StoreBooks books = books_of(r);
  auto draft = TRY(books.draft(m.row));
  if (!draft) return fail(Fault::missing, "this case has no draft", "draft.missing");
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const Person by = person_of(r.officer);
  if (const std::string_view take = r.body.text("take"); !take.empty()) {
    TRY(only(r.body, {"take"}));
    return answer_of(r, TRY(desk.take(by, m.row, TRY(version_named(r, m.id, take)))));
  }
  const auto seen = TRY(seen_in(r, r.body, *draft));
  TRY(read_report(r.host.rules(), r.body, draft->report));
  auto to = TRY(named_addressees(r));
  return answer_of(r, TRY(desk.edit(by, m.row, std::move(draft->report), std::move(to), seen)));
}

}  // namespace yz::node::api
