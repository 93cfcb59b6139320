// Versions of a case that stand side by side: the list, the comparison, and a person's decision.
#include <algorithm>
#include <charconv>

#include "node/net/api_request.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kMissingShown = 64;
constexpr std::int64_t kConflictsMost = 1000;  // each row compares bodies

/// A case with what its versions say.
struct Opened {
  MatterRow m;
  std::vector<CaseRecord> records;
  CaseGraph graph;
  std::map<RecordId, const CaseRecord*> by_id;
  const CaseGraph::Standpoint* point = nullptr;  ///< the one to be looked at
  CaseView view;
};

/// Ours when it has several versions, else the first that has; else ours, else the first.
const CaseGraph::Standpoint* point_of(const CaseGraph& graph, const OfficeId& us) {
  const auto* ours = graph.of(us);
  if (ours && ours->heads.size() > 1) return ours;
  for (const auto& s : graph.standpoints())
    if (s.heads.size() > 1) return &s;
  return ours ? ours : graph.standpoints().empty() ? nullptr : &graph.standpoints().front();
}

Result<void> open_case(Request& r, const MatterRow& m, Opened& o) {
  o.m = m;
  o.records = TRY(case_records(r.store(), m.row));
  o.graph = graph_of(m.office, o.records);
  for (const CaseRecord& c : o.records) o.by_id.emplace(c.released.id, &c);
  o.point = point_of(o.graph, r.store().me().office);
  if (!o.point) return fail(Fault::missing, "this case has nothing that was signed", "case.empty");
  o.view = case_view(r, o.graph, *o.point);
  return {};
}

std::string id_of(const Opened& o, std::size_t version) { return hex(o.graph.at(version).id.view()); }
std::string id_of(const Opened& o, const CaseGraph::Head& h) { return id_of(o, h.newest()); }

Json texts(const std::vector<std::string>& all) {
  Json list = Json::array();
  for (const auto& s : all) list.add(s);
  return list;
}

bool may_resolve(const Request& r, const Opened& o) {
  return o.point->heads.size() > 1 && o.m.own && o.point->author == r.store().me().office;
}

/// What the version, and those that say the same, brought along. Joining versions takes none of it away.
Json attachments_json(const Opened& o, const CaseGraph::Head& h) {
  std::map<sync::AttachmentId, Json> named;
  for (const std::size_t i : h.same)
    if (const auto body = decode_body(o.by_id.at(o.graph.at(i).id)->released.record.body))
      for (const Manifest& a : body->extras.attachments)
        named.emplace(a.id, Json::object({{"name", a.name}, {"bytes", a.bytes}}));
  Json list = Json::array();
  for (auto& [id, attachment] : named) list.add(std::move(attachment));
  return list;
}

Json version_json(const Request& r, const Opened& o, const CaseGraph::Head& h) {
  const Version& v = o.graph.at(h.newest());
  const CaseRecord& c = *o.by_id.at(v.id);
  Json same = Json::array(), signers = Json::array();
  for (std::size_t i = 0; i + 1 < h.same.size() && i < kJoinedAtOnce; ++i) same.add(id_of(o, h.same[i]));
  for (const auto& s : c.released.record.signatures)
    signers.add(Json::object({{"officer", r.officer_name(s.officer)}, {"role", name_of(s.role)}}));
  Json j = Json::object({{"record", hex(v.id.view())},
                         {"type", name_of(c.released.record.type)},
                         {"office", r.code_of(v.author)},
                         {"at", r.time(v.at.ms())},
                         {"stored_at", r.time(c.at_ms)},
                         {"lane", name_of(v.lane)},
                         {"verified", c.verified},
                         {"unreadable", v.unreadable()},
                         {"signatures", std::move(signers)},
                         {"attachments", attachments_json(o, h)},
                         {"same", std::move(same)}});
  if (v.content) {
    j.set("title", v.content->title);
    j.set("body", v.content->body);
    j.set("fields", fields_json(r, v.content->fields));
    j.set("occurred_at", r.time(v.content->occurred_at));
  }
  if (const auto body = decode_body(c.released.record.body)) j.set("reason", body->extras.reason);
  return j;
}

Json difference_json(const Request& r, const Opened& o, const Difference& d) {
  const auto shown = [&](const std::optional<Value>& v) { return v ? value_json(r, d.name, *v) : Json(); };
  const bool taken = d.how == Difference::How::taken;
  Json values = Json::object();
  for (std::size_t h = 0; h < d.sides.size(); ++h)
    if (d.name == kWithdrawn || o.graph.at(o.view.heads[h].newest()).content)
      values.set(id_of(o, o.view.heads[h]), shown(d.sides[h]));
  return Json::object({{"field", d.name},
                       {"label", label_of(r, d.name)},
                       {"state", taken ? "taken" : "disputed"},
                       {"person_decides", d.guarded},
                       {"base_known", d.has_base},
                       {"base", shown(d.base)},
                       {"values", std::move(values)},
                       {"taken", taken ? Json(id_of(o, o.view.heads[d.from])) : Json()}});
}

Json merged_json(const Request& r, const CaseView& v) {
  if (!v.report) return {};
  return Json::object({{"kind", to_string(v.report->kind)},
                       {"lane", name_of(v.lane)},
                       {"title", v.report->title},
                       {"body", v.report->body},
                       {"fields", fields_json(r, v.report->fields)},
                       {"occurred_at", r.time(v.report->occurred_at)},
                       {"sensitivity", to_string(v.report->sensitivity)}});
}

/// What other offices say in this case: beside it, never in it.
Json others_json(const Request& r, const Opened& o) {
  Json list = Json::array();
  for (const auto& point : o.graph.standpoints()) {
    if (&point == o.point) continue;
    Json versions = Json::array();
    for (std::size_t i = 0; i < point.heads.size() && i < kJoinedAtOnce; ++i)
      versions.add(version_json(r, o, point.heads[i]));
    list.add(Json::object({{"office", r.code_of(point.author)},
                           {"office_name", r.office_name(point.author)},
                           {"heads", point.heads.size()},
                           {"versions", std::move(versions)}}));
    if (list.items()->size() == kJoinedAtOnce) break;
  }
  return list;
}

/// As the form calls them.
Json labels_of(const Request& r, const std::vector<std::string>& names) {
  Json list = Json::array();
  for (const std::string& name : names) list.add(label_of(r, name));
  return list;
}

Json summary(const Request& r, const Opened& o) {
  return Json::object({{"case", base32(o.m.id.view())},
                       {"number", o.m.number},
                       {"title", o.m.title},
                       {"kind", to_string(o.m.kind)},
                       {"lane", name_of(o.view.lane)},
                       {"state", name_of(o.m.state)},
                       {"office", r.code_of(o.m.office)},
                       {"office_name", r.office_name(o.m.office)},
                       {"conflict", o.graph.conflict()},
                       {"heads", o.point->heads.size()},
                       {"disputed", texts(o.view.disputed())},
                       {"labels", labels_of(r, o.view.disputed())},
                       {"may_resolve", may_resolve(r, o)}});
}

/// The compared head that a person means by the first characters of its id.
Result<std::size_t> head_named(const Opened& o, const Json* typed) {
  const std::string* s = typed ? typed->string() : nullptr;
  std::optional<std::size_t> found;
  for (std::size_t h = 0; s && s->size() >= kIdPrefixLeast && h < o.view.heads.size(); ++h)
    for (const std::size_t i : o.view.heads[h].same) {
      if (!id_of(o, i).starts_with(*s)) continue;
      if (found && *found != h) return fail(Fault::invalid, "several versions begin so", "conflict.version");
      found = h;
    }
  if (!found) return fail(Fault::invalid, "none of the versions has this id", "conflict.version");
  return *found;
}

class Choosing {
 public:
  Choosing(Request& r, const Opened& o) : r_(r), o_(o) {
    if (o.view.report) out_.report = *o.view.report;
    out_.reason = r.body.text("reason");
  }

  Result<Resolution> choose() {
    TRY(unchanged());
    if (const Json* take = r_.body.find("take")) TRY(take_whole(*take));
    if (const Json* report = r_.body.find("report")) TRY(whole(*report));
    if (const Json* fields = r_.body.find("take_fields")) TRY(take_fields(*fields));
    if (const Json* set = r_.body.find("set")) TRY(set_fields(*set));
    return std::move(out_);
  }

 private:
  Result<> unchanged() const {
    const Json* seen = r_.body.find("heads");
    if (!seen || seen->is_null()) return {};
    std::vector<std::string> theirs, ours;
    if (seen->items())
      for (const Json& j : *seen->items()) theirs.push_back(j.string() ? *j.string() : std::string());
    for (const auto& h : o_.view.heads) ours.push_back(id_of(o_, h));
    std::ranges::sort(theirs);
    std::ranges::sort(ours);
    if (theirs == ours) return {};
    return fail(Fault::conflict, "another version came in meanwhile: compare again", "conflict.moved");
  }

  void decide_all() {
    for (const auto& d : o_.view.differences) out_.decided.insert(d.name);
  }

  Result<> take_whole(const Json& id) {
    const Version& v = o_.graph.at(o_.view.heads[TRY(head_named(o_, &id))].newest());
    decide_all();
    out_.withdraw = v.withdrawal;
    if (v.content) out_.report = *v.content;
    out_.report.fields.values.erase("change_reason");
    return {};
  }

  /// A text in full, as in a line of an import; kind, time and handling mark stay when they are not named.
  Result<> whole(const Json& j) {
    if (!j.members()) return fail(Fault::invalid, "report has to be an object", "invalid.type");
    TRY(only(j, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity"}));
    out_.report.title.clear();
    out_.report.body.clear();
    out_.report.fields.values.clear();
    TRY(read_report(r_.host.rules(), j, out_.report));
    for (const auto& d : o_.view.differences)
      if (j.find(d.name) || (d.name != "kind" && d.name != "occurred_at" && d.name != "sensitivity"))
        out_.decided.insert(d.name);
    return {};
  }

  Result<> take_fields(const Json& j) {
    if (!j.members()) return fail(Fault::invalid, "take_fields has to be an object", "invalid.type");
    for (const auto& m : *j.members()) {
      const Difference* d = o_.view.difference(m.key);
      if (!d) return fail(Fault::invalid, "the versions do not differ in " + m.key.substr(0, 40), "conflict.field");
      const std::size_t h = TRY(head_named(o_, &m.value));
      out_.decided.insert(d->name);
      if (d->name == kWithdrawn)
        out_.withdraw = d->sides[h] == Value(true);
      else if (!o_.graph.at(o_.view.heads[h].newest()).content)
        return fail(Fault::invalid, "that version says nothing of " + m.key.substr(0, 40), "conflict.field");
      else
        put_flat(out_.report, d->name, d->sides[h] ? &*d->sides[h] : nullptr);
    }
    return {};
  }

  Result<> set_fields(const Json& j) {
    if (!j.members()) return fail(Fault::invalid, "set has to be an object", "invalid.type");
    Json report = Json::object(), fields = Json::object();
    for (const auto& m : *j.members()) {
      out_.decided.insert(m.key);
      if (m.key == kWithdrawn)
        out_.withdraw = m.value.string() ? *m.value.string() == "true" : m.value.boolean() && *m.value.boolean();
      else if (m.key == "title" || m.key == "body" || m.key == "kind" || m.key == "occurred_at" ||
               m.key == "sensitivity")
        report.set(m.key, m.value);
      else
        fields.set(m.key, m.value);
    }
    report.set("fields", std::move(fields));
    return read_report(r_.host.rules(), report, out_.report);
  }

  Request& r_;
  const Opened& o_;
  Resolution out_;
};

}  // namespace

Result<ApiReply> get_conflicts(Request& r) {
  TRY(r.host.open_received());
  ListFilter f;
  f.conflict = true;
  f.after = r.param("after");
  if (const auto limit = r.param("limit"); !limit.empty()) {
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), f.limit);
    if (error != std::errc() || end != limit.data() + limit.size() || f.limit < 1 || f.limit > kConflictsMost)
      return fail(Fault::invalid, "limit is a number from 1 to " + std::to_string(kConflictsMost), "invalid.limit");
  }
  const CaseList list = TRY(list_cases(r.store(), f));
  Json cases = Json::array();
  for (const MatterRow& m : list.rows) {
    Opened o;
    TRY(open_case(r, m, o));
    cases.add(summary(r, o));
  }
  return reply(Json::object({{"conflicts", std::move(cases)}, {"next", list.next.empty() ? Json() : Json(list.next)}}));
}

Result<ApiReply> get_conflict(Request& r) {
  TRY(r.host.open_received());
  Opened o;
  TRY(open_case(r, TRY(find_case(r.store(), r.parts[0])), o));
  Json versions = Json::array(), base = Json::array(), missing = Json::array(), fields = Json::array();
  for (const auto& h : o.view.heads) versions.add(version_json(r, o, h));
  for (const std::size_t i : o.view.common) base.add(id_of(o, i));
  for (const RecordId& id : o.graph.missing()) {
    if (missing.items()->size() == kMissingShown) break;
    missing.add(hex(id.view()));
  }
  for (const Difference& d : o.view.differences) fields.add(difference_json(r, o, d));
  Json j = summary(r, o);
  j.set("by", r.code_of(o.point->author));
  j.set("more", o.view.more);
  j.set("base", std::move(base));
  j.set("base_known", o.view.has_base);
  j.set("missing", std::move(missing));
  j.set("versions", std::move(versions));
  j.set("fields", std::move(fields));
  j.set("merged", merged_json(r, o.view));
  j.set("others", others_json(r, o));
  return reply(j);
}

Result<ApiReply> post_resolve(Request& r) {
  TRY(only(r.body, {"take", "take_fields", "set", "report", "reason", "heads"}));
  TRY(r.host.open_received());
  Opened o;
  TRY(open_case(r, TRY(find_case(r.store(), r.parts[0])), o));
  Resolution chosen;
  // Before our own side is known to be in conflict there is nothing to choose from: the desk says why.
  if (may_resolve(r, o)) chosen = TRY(Choosing(r, o).choose());
  std::vector<std::string> undecided;
  for (const std::string& name : o.view.disputed())
    if (!chosen.withdraw && !chosen.decided.contains(name)) undecided.push_back(name);

  const Signer signer = TRY(r.signer());
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const Person who = TRY(acting(r, signer.officer));
  auto done = desk.resolve({who, signer.key}, o.m.row, std::move(chosen));
  if (!done) {
    if (done.error().code != "conflict.undecided") return std::unexpected(done.error());
    return problem(done.error(), r.language,
                   Json::object({{"case", base32(o.m.id.view())}, {"undecided", texts(undecided)}}));
  }
  ApiReply out = answer_of(r, *done);
  if (out.status != 200) return out;
  Json j = TRY(parse_json(out.body));
  j.set("joined", o.view.heads.size());
  j.set("more", o.view.more);
  out.body = dump(j);
  return out;
}

}  // namespace yz::node::api
