// Passing on (转报), and what became of a text on its way up: layer by layer.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/store/enclosures.h"
#include "node/store/forwards.h"
#include "sync/limits.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kForwardsShown = 16;
Json change_json(const Request& r, const Change& c) {
  const auto shown = [&](const std::optional<Value>& v) { return v ? value_json(r, c.name, *v) : Json(); };
  Json j = Json::object(
      {{"field", c.name}, {"label", label_of(r, c.name)}, {"before", shown(c.before)}, {"after", shown(c.after)}});
  if (c.name != "body") return j;
  Json list = Json::array();
  for (const Passage& p : c.passages)
    list.add(Json::object({{"paragraph", p.paragraph}, {"before", p.before}, {"after", p.after}}));
  j.set("passages", std::move(list));
  return j;
}

Json changes_json(const Request& r, const std::vector<Change>& all) {
  Json list = Json::array();
  for (const Change& c : all) list.add(change_json(r, c));
  return list;
}

Json signers_json(const Request& r, const sync::ReleasedRecord& rec) {
  Json list = Json::array();
  for (const auto& s : rec.record.signatures) {
    const auto officer = r.host.directory().officer(s.officer);
    const bool known = officer && *officer;
    list.add(Json::object({{"officer", r.officer_name(s.officer)},
                           {"role", name_of(s.role)},
                           {"valid", known && sync::verify_record(rec.id, s, (*officer)->key)}}));
  }
  return list;
}

/// Who signed it off.
std::string by(const Request& r, const sync::Record& rec) {
  using enum sync::SignRole;
  for (const auto role : {signer, duty, drafter})
    for (const auto& s : rec.signatures)
      if (s.role == role) return r.officer_name(s.officer);
  return {};
}

Json layer_json(const Request& r, const TextLayer& l) {
  const sync::Record& rec = l.record.record;
  Json j = Json::object({{"record", hex(l.record.id.view())},
                         {"type", name_of(rec.type)},
                         {"office", r.code_of(rec.origin)},
                         {"office_name", r.office_name(rec.origin)},
                         {"by", by(r, rec)},
                         {"at", r.time(rec.at.ms())},
                         {"lane", name_of(rec.lane)},
                         {"signatures", signers_json(r, l.record)},
                         {"readable", l.report.has_value()}});
  if (l.report) {
    j.set("title", l.report->title);
    j.set("body", l.report->body);
    j.set("fields", fields_json(r, l.report->fields));
    j.set("occurred_at", r.time(l.report->occurred_at));
  }
  j.set("note", l.note);
  j.set("unchanged", !l.original && l.report && l.changed.empty());
  j.set("places", places(l.changed));
  j.set("changed", changes_json(r, l.changed));
  j.set("places_in_all", places(l.in_all));
  return j;
}

/// What a forward says of the original's attachments.
Json passed_json(const sync::Layer& forward, const sync::ReleasedRecord& innermost,
                 const std::vector<CaseRecord>& records) {
  const PassedCount n = passed_count(forward, innermost, records);
  return Json::object({{"named", n.named}, {"left_out", n.left_out}});
}

/// The text that has come to stand where the one that was passed on stood.
Json newest_json(const Request& r, const CaseGraph& graph, const RecordId& on, const std::optional<Report>& was) {
  const auto at = graph.find(on);
  if (!at) return {};
  const auto* point = graph.of(graph.at(*at).author);
  if (!point || point->heads.empty()) return {};
  const auto same = [&](const CaseGraph::Head& h) {
    return std::ranges::any_of(h.same, [&](std::size_t i) { return graph.at(i).id == on; });
  };
  if (std::ranges::any_of(point->heads, same)) return {};
  const Version& v = graph.at(point->heads.back().newest());
  Json j = Json::object({{"record", hex(v.id.view())},
                         {"office", r.code_of(v.author)},
                         {"at", r.time(v.at.ms())},
                         {"withdrawn", v.withdrawal}});
  if (!v.content) return j;
  j.set("title", v.content->title);
  j.set("body", v.content->body);
  j.set("fields", fields_json(r, v.content->fields));
  if (was) j.set("difference", changes_json(r, changes(*was, *v.content)));
  return j;
}

Result<Json> forward_json(const Request& r, const std::vector<CaseRecord>& records, const CaseGraph& graph,
                          const CaseRecord& c, const std::vector<TextLayer>& layers) {
  const sync::Record& rec = c.released.record;
  Json to = Json::array(), newer = Json::array(), list = Json::array();
  for (const OfficeId& id : rec.addressees) to.add(r.code_of(id));
  for (const std::size_t i : newer_by_then(graph, c.released)) newer.add(hex(graph.at(i).id.view()));
  for (const TextLayer& l : layers) list.add(layer_json(r, l));
  // The outermost is the last of the texts and the first of what is unfolded.
  if (const auto all = sync::unfold(c.released))
    for (std::size_t i = 0; i + 1 < all->size(); ++i)
      (*list.items())[all->size() - 1 - i].set("attachments", passed_json((*all)[i], all->back().record, records));
  Json j = Json::object({{"record", hex(c.released.id.view())},
                         {"office", r.code_of(rec.origin)},
                         {"at", r.time(rec.at.ms())},
                         {"to", std::move(to)},
                         {"on_older_version", !newer.items()->empty()}});
  j.set("deliveries", TRY(record_deliveries_json(r, c.released.id)));
  j.set("newer", std::move(newer));
  j.set("newest", newest_json(r, graph, layers.front().record.id, layers.front().report));
  j.set("layers", std::move(list));
  return j;
}

/// The record that a person means by the first characters of its id.
Result<std::optional<RecordId>> record_named(Request& r, const MatterRow& m) {
  const std::string_view typed = r.body.text("record");
  if (typed.empty()) return std::nullopt;
  std::optional<RecordId> found;
  if (typed.size() >= kIdPrefixLeast)
    for (const CaseRecord& c : TRY(case_records(r.store(), m.row))) {
      if (!hex(c.released.id.view()).starts_with(typed)) continue;
      if (found) return fail(Fault::invalid, "several records begin so", "conflict.version");
      found = c.released.id;
    }
  if (!found) return fail(Fault::invalid, "no record of the case has this id", "conflict.version");
  return found;
}

/// The text that the edition starts from: what the office below made of it.
Result<std::optional<Report>> edition(Request& r, const MatterRow& m, const std::optional<RecordId>& which) {
  const Json* edit = r.body.find("edit");
  if (!edit || edit->is_null()) return std::nullopt;
  if (!edit->members()) return fail(Fault::invalid, "edit has to be an object", "invalid.type");
  TRY(only(*edit, {"title", "body", "fields", "occurred_at", "sensitivity"}));
  const Original o = TRY(books_of(r).original(m.row, which));
  const auto layers = TRY(text_layers(o.record));
  if (!layers.back().report)
    return fail(Fault::conflict, "this program cannot read the text, it can only be passed on unchanged",
                "conflict.unreadable");
  Report report = *layers.back().report;
  TRY(read_report(r.host.rules(), *edit, report));
  return report;
}

}  // namespace

Result<std::optional<std::vector<std::string>>> attachments_chosen(const Request& r) {
  const Json* list = r.body.find("attachments");
  if (!list || list->is_null()) return std::nullopt;
  if (!list->items() || list->items()->size() > sync::limit::forward_attachments)
    return fail(Fault::invalid, "attachments is a list of names", "invalid.type");
  std::vector<std::string> out;
  for (const Json& name : *list->items()) {
    if (!name.string()) return fail(Fault::invalid, "attachments is a list of names", "invalid.type");
    out.push_back(*name.string());
  }
  return out;
}

std::string label_of(const Request& r, std::string_view name) {
  const bool zh = r.language == Language::zh;
  if (name == "title") return zh ? "标题" : "title";
  if (name == "body") return zh ? "正文" : "body";
  if (name == kWithdrawn) return zh ? "撤回" : "withdrawn";
  if (name == "kind") return zh ? "种类" : "kind";
  if (name == "sensitivity") return zh ? "信息属性" : "handling mark";
  const FieldSpec* spec = r.host.rules().field(name);
  return !spec ? std::string(name) : zh ? spec->zh : spec->en;
}

Result<> add_layers(const Request& r, const std::vector<CaseRecord>& records, const CaseGraph& graph, Json& report) {
  Json forwards = Json::array(), newest = Json::array();
  auto all = outermost_forwards(records);
  if (all.size() > kForwardsShown) all.erase(all.begin(), all.end() - kForwardsShown);
  for (const CaseRecord* c : all) {
    const auto layers = text_layers(c->released);
    if (!layers) continue;  // of a schema that this program does not know
    Json j = TRY(forward_json(r, records, graph, *c, *layers));
    newest = *j.find("layers");
    forwards.add(std::move(j));
  }
  report.set("layers", std::move(newest));
  report.set("forwards", std::move(forwards));
  return {};
}

Result<ApiReply> post_forward(Request& r) {
  TRY(only(r.body, {"to", "note", "edit", "lane", "record", "attachments", "send", "seen"}));
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  Forwarding f;
  f.note = r.body.text("note");
  if (const Json* to = r.body.find("to")) f.to = TRY(addressees_from(r, *to));
  if (r.body.find("lane")) {
    f.lane = sync::lane_from(r.body.text("lane"));
    if (!f.lane || !sync::is_stream_lane(*f.lane))
      return fail(Fault::invalid, "the lane is flash, urgent or routine", "invalid.lane");
  }
  f.record = TRY(record_named(r, m));
  f.attachments = TRY(attachments_chosen(r));
  if (!m.own) f.edit = TRY(edition(r, m, f.record));  // of our own the desk says why not
  f.send = !r.body.find("send") || r.body.flag("send");
  if (const std::string_view seen = r.body.text("seen"); !seen.empty()) f.seen = TRY(Seen::from_token(seen));
  const Signer signer = TRY(r.signer(f.send));
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return answer_of(r, TRY(desk.forward({who, signer.key}, m.row, std::move(f))));
}

Result<ApiReply> post_hand_on(Request& r) {
  TRY(only(r.body, {"attachments"}));
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto chosen = TRY(attachments_chosen(r));
  const Signer signer = TRY(r.signer());
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return answer_of(r, TRY(desk.hand_on({person_of(signer.officer), signer.key}, m.row, chosen)));
}

}  // namespace yz::node::api
