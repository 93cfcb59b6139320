// The body of an act: what is in it says node/office/acts.h, how it is written sync/PROTOCOL.md 2.2.
#include <algorithm>

#include "node/net/json.h"
#include "node/office/acts.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

constexpr std::int64_t kIssueMost = 999'999;
constexpr std::size_t kActDepth = 4;

auto bad_act(const char* why) { return fail(Fault::forged, std::string("act: ") + why, "act.form"); }

template <class F>
Result<F> id_of(std::string_view typed) {
  const auto raw = from_hex(typed);
  if (!raw) return bad_act("an id");
  const auto id = F::from(*raw);
  return id ? Result<F>(*id) : bad_act("an id");
}

Result<std::string> act_line(const Json& j, std::string_view key) {
  std::string s(j.text(key));
  if (s.size() > kActLineBytesMax || !one_line(s)) return bad_act("a line is too long, or not one line");
  return s;
}

Result<Rating> rating_of(const Json& j) {
  if (!j.members()) return bad_act("rating");
  Rating r;
  for (std::size_t i = 0; i < r.marks.size(); ++i) {
    const std::int64_t n = j.count(Rating::kNames[i]);
    if (n < 0 || n > 5) return bad_act("a mark");
    r.marks[i] = static_cast<std::uint8_t>(n);
  }
  return r;
}

Result<std::vector<OfficeId>> offices_of(const Json& list) {
  if (!list.items() || list.items()->size() > kAssigneesMax) return bad_act("assignees");
  std::vector<OfficeId> out;
  for (const Json& id : *list.items()) {
    out.push_back(TRY(id_of<OfficeId>(id.string() ? std::string_view(*id.string()) : std::string_view())));
    if (out.size() > 1 && !(out[out.size() - 2] < out.back())) return bad_act("order of assignees");
  }
  return out;
}

Result<MergedInto> merged_of(const Json& j) {
  if (!j.members()) return bad_act("what it was merged into");
  MergedInto m;
  m.office = TRY(id_of<OfficeId>(j.text("office")));
  m.case_id = TRY(id_of<CaseId>(j.text("case")));
  m.record = TRY(id_of<RecordId>(j.text("record")));
  m.title = TRY(act_line(j, "title"));
  return m;
}

Result<std::vector<AskedPerson>> persons_of(const Json& list) {
  if (!list.items() || list.items()->size() > kAskedPersonsMax) return bad_act("persons");
  std::vector<AskedPerson> out;
  for (const Json& p : *list.items()) {
    if (!p.members()) return bad_act("a person");
    AskedPerson one;
    one.id = TRY(id_of<PersonId>(p.text("person")));
    one.name = TRY(act_line(p, "name"));
    for (const AskedPerson& other : out)
      if (other.id == one.id) return bad_act("a person twice");
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<std::string>> names_of(const Json& list) {
  if (!list.items() || list.items()->size() > kAssigneesMax) return bad_act("names");
  std::vector<std::string> out;
  for (const Json& name : *list.items()) {
    if (!name.string() || name.string()->size() > kActLineBytesMax || !one_line(*name.string()))
      return bad_act("a name");
    out.push_back(*name.string());
  }
  return out;
}

/// What one act must have, and no other may.
bool whole(const Act& a) {
  const bool decision = a.kind == ActKind::decision, instruction = a.kind == ActKind::instruction;
  if (decision != (a.disposal != Disposal::none)) return false;
  const bool asks = a.kind == ActKind::cosign;
  if (!instruction && !asks && !a.assignees.empty()) return false;
  if (asks ? a.assignees.empty() && a.persons.empty() : !a.persons.empty()) return false;
  if (a.kind == ActKind::cosign_declined && a.reason.empty()) return false;
  if ((a.kind == ActKind::merged) != a.merged.has_value()) return false;
  if (!a.assignee_names.empty() && a.assignee_names.size() != a.assignees.size()) return false;
  if (a.done && a.kind != ActKind::progress) return false;
  if (!decision && (!a.rating.empty() || a.issue != 0 || !a.publication.empty())) return false;
  const bool speaks = instruction || a.kind == ActKind::progress || a.kind == ActKind::question ||
                      a.kind == ActKind::verify || a.kind == ActKind::answer;
  return !speaks || !a.text.empty();
}

}  // namespace

Bytes encode_act(const Act& a) {
  Json j = Json::object({{"v", 1}, {"act", name_of(a.kind)}});
  const auto text = [&](const char* key, const std::string& s) {
    if (!s.empty()) j.set(key, s);
  };
  if (a.disposal != Disposal::none) j.set("outcome", name_of(a.disposal));
  text("text", a.text);
  text("reason", a.reason);
  text("publication", a.publication);
  if (a.issue != 0) j.set("issue", a.issue);
  if (!a.rating.empty()) {
    Json marks = Json::object();
    for (std::size_t i = 0; i < a.rating.marks.size(); ++i)
      if (a.rating.marks[i] != 0) marks.set(Rating::kNames[i], a.rating.marks[i]);
    j.set("rating", std::move(marks));
  }
  if (a.due_ms) j.set("due_at", *a.due_ms);
  if (a.done) j.set("done", true);
  if (!a.assignees.empty()) {
    Json list = Json::array();
    for (const OfficeId& id : a.assignees) list.add(hex(id.view()));
    j.set("assignees", std::move(list));
  }
  if (!a.assignee_names.empty()) {
    Json list = Json::array();
    for (const std::string& name : a.assignee_names) list.add(name);
    j.set("names", std::move(list));
  }
  if (!a.persons.empty()) {
    Json list = Json::array();
    for (const AskedPerson& p : a.persons) list.add(Json::object({{"person", hex(p.id.view())}, {"name", p.name}}));
    j.set("persons", std::move(list));
  }
  text("title", a.title);
  if (a.merged)
    j.set("into", Json::object({{"office", hex(a.merged->office.view())},
                                {"case", hex(a.merged->case_id.view())},
                                {"record", hex(a.merged->record.view())},
                                {"title", a.merged->title}}));
  const std::string out = dump(j);
  return Bytes(out.begin(), out.end());
}

Result<Act> decode_act(ByteView bytes) {
  const auto parsed = parse_json(text(bytes), {.bytes = sync::limit::body_bytes, .depth = kActDepth});
  if (!parsed || !parsed->members()) return bad_act("not one JSON object");
  const Json& j = *parsed;
  if (j.count("v") != 1) return bad_act("version");
  Act a;
  const std::string_view kind = j.text("act");
  if (kind.empty() || kind.size() > kActLineBytesMax) return bad_act("which");
  a.kind = act_kind_from(kind);
  if (a.kind == ActKind::unknown) return a;
  if (j.find("outcome")) a.disposal = disposal_from(j.text("outcome"));
  a.text = j.text("text");
  a.reason = j.text("reason");
  if (a.text.size() > kActTextBytesMax || a.reason.size() > kActReasonBytesMax) return bad_act("text too long");
  a.publication = TRY(act_line(j, "publication"));
  a.title = TRY(act_line(j, "title"));
  a.issue = j.count("issue");
  if (a.issue < 0 || a.issue > kIssueMost) return bad_act("issue");
  if (const Json* marks = j.find("rating")) a.rating = TRY(rating_of(*marks));
  if (const Json* due = j.find("due_at")) {
    if (!due->integer()) return bad_act("time");
    a.due_ms = *due->integer();
  }
  a.done = j.flag("done");
  if (const Json* list = j.find("assignees")) a.assignees = TRY(offices_of(*list));
  if (const Json* list = j.find("names")) a.assignee_names = TRY(names_of(*list));
  if (const Json* list = j.find("persons")) a.persons = TRY(persons_of(*list));
  if (const Json* into = j.find("into")) a.merged = TRY(merged_of(*into));
  if (!whole(a)) return bad_act("members that do not belong together");
  return a;
}

}  // namespace yz::node
