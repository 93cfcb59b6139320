#include <cmath>

#include "node/net/commission_json.h"
#include "node/net/json.h"
#include "node/office/body.h"
#include "node/office/rules.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

// Drafts lie in the database only and carry keys of attachments; a body on the wire stays below this.
constexpr std::size_t kBodyJsonMax = sync::limit::body_bytes;
constexpr std::size_t kNumberBytesMax = 300;
constexpr std::size_t kPolicyNameMax = 300;

Json json_of(const Value& v) {
  return std::visit([](const auto& x) { return Json(x); }, v);
}

Json json_of(const Manifest& m) {
  Json j = Json::object({{"name", m.name},
                         {"bytes", m.bytes},
                         {"id", hex(m.id.view())},
                         {"chunks", m.chunks},
                         {"content", hex(m.content.view())}});
  if (!m.key.empty()) j.set("key", hex(m.key));
  if (m.from) j.set("from", hex(m.from->view()));
  return j;
}

auto bad_body(const char* why) { return fail(Fault::forged, std::string("body: ") + why, "body.form"); }

template <class F>
Result<F> id_of(const Json& j, std::string_view key) {
  const Bytes raw = TRY(from_hex(j.text(key)));
  return F::from(raw);
}

Result<Manifest> manifest_of(const Json& j) {
  Manifest m;
  m.name = j.text("name");
  const std::int64_t bytes = j.count("bytes", -1), chunks = j.count("chunks", -1);
  if (m.name.empty() || safe_name(m.name) != m.name) return bad_body("name of an attachment");
  if (bytes < 0 || chunks < 1 || chunks > sync::limit::chunks_max) return bad_body("size of an attachment");
  m.bytes = static_cast<std::uint64_t>(bytes);
  m.chunks = static_cast<std::uint32_t>(chunks);
  m.id = TRY(id_of<sync::AttachmentId>(j, "id"));
  m.content = TRY(id_of<Hash>(j, "content"));
  m.key = TRY(from_hex(j.text("key")));
  if (!m.key.empty() && m.key.size() != 32) return bad_body("key of an attachment");
  if (j.find("from")) m.from = TRY(id_of<RecordId>(j, "from"));
  return m;
}

Result<Source> source_of(const Json& j) {
  Source o;
  const std::string_view title = j.text("title");
  if (title.size() > kNumberBytesMax || !one_line(title)) return bad_body("title of a source");
  o.office = TRY(id_of<OfficeId>(j, "office"));
  o.case_id = TRY(id_of<CaseId>(j, "case"));
  o.record = TRY(id_of<RecordId>(j, "record"));
  o.title = title;
  return o;
}

Json json_of(const CosignWish& w) {
  Json offices = Json::array(), persons = Json::array();
  for (const OfficeId& id : w.offices) offices.add(hex(id.view()));
  for (const AskedPerson& p : w.persons) persons.add(Json::object({{"person", hex(p.id.view())}, {"name", p.name}}));
  return Json::object(
      {{"offices", std::move(offices)}, {"persons", std::move(persons)}, {"text", w.text}, {"hold", w.hold_until_ms}});
}

Result<CosignWish> cosign_of(const Json& j) {
  CosignWish w;
  if (const Json* list = j.find("offices"); list && list->items()) {
    if (list->items()->size() > kAssigneesMax) return bad_body("too many who sign too");
    for (const Json& id : *list->items()) {
      const Bytes raw = TRY(from_hex(id.string() ? *id.string() : std::string()));
      w.offices.push_back(TRY(OfficeId::from(raw)));
    }
  }
  if (const Json* list = j.find("persons"); list && list->items()) {
    if (list->items()->size() > kAskedPersonsMax) return bad_body("too many who sign too");
    for (const Json& p : *list->items()) {
      AskedPerson one;
      one.id = TRY(id_of<PersonId>(p, "person"));
      one.name = p.text("name");
      w.persons.push_back(std::move(one));
    }
  }
  w.text = j.text("text");
  w.hold_until_ms = j.count("hold");
  return w;
}

Json json_of(const ClueNote& c) {
  Json j = Json::object({{"state", name_of(c.state)}, {"by", c.by}, {"noted", c.noted_ms}});
  const auto text = [&](const char* key, const std::string& s) {
    if (!s.empty()) j.set(key, s);
  };
  text("told_by", c.told_by);
  text("place", c.place);
  text("reason", c.reason);
  if (c.report) j.set("report", hex(c.report->view()));
  return j;
}

Result<ClueNote> clue_from(const Json& j) {
  ClueNote c;
  const auto state = clue_state_from(j.text("state"));
  if (!state) return bad_body("state of a clue");
  c.state = *state;
  c.by = j.text("by");
  c.told_by = j.text("told_by");
  c.place = j.text("place");
  c.reason = j.text("reason");
  c.noted_ms = j.count("noted");
  for (const std::string* s : {&c.by, &c.told_by, &c.place})
    if (s->size() > kClueLineBytesMax || !one_line(*s)) return bad_body("line of a clue");
  if (c.reason.size() > kClueTextBytesMax) return bad_body("reason of a clue");
  if (j.find("report")) c.report = TRY(id_of<CaseId>(j, "report"));
  return c;
}

Json json_of(const Round& x) {
  Json j = Json::object({{"by", x.by}, {"at", x.at_ms}});
  if (x.returned) j.set("note", x.note);
  return j;
}

Result<std::vector<Round>> rounds_from(const Json& list) {
  if (!list.items() || list.items()->size() > kRoundsMost) return bad_body("rounds of a draft");
  std::vector<Round> out;
  for (const Json& j : *list.items())
    out.push_back({j.find("note") != nullptr, std::string(j.text("by")), j.count("at"), std::string(j.text("note"))});
  return out;
}

Result<Value> value_of(const Json& j) {
  if (const auto* b = j.boolean()) return Value(*b);
  if (const auto* n = j.integer()) return Value(*n);
  if (const auto* d = j.number()) return std::isfinite(*d) ? Result<Value>(Value(*d)) : bad_body("a measure");
  if (const auto* s = j.string(); s && s->size() <= kFieldBytesMax) return Value(*s);
  return bad_body("a field");
}

}  // namespace

Bytes encode_body(const Report& r, const BodyExtras& x) {
  Json j = Json::object({{"v", 1},
                         {"type", static_cast<int>(x.type)},
                         {"kind", to_string(r.kind)},
                         {"lane", name_of(r.lane)},
                         {"sensitivity", to_string(r.sensitivity)},
                         {"title", r.title},
                         {"body", r.body}});
  if (r.occurred_at) j.set("occurred_at", *r.occurred_at);
  if (!r.fields.empty()) {
    Json fields = Json::object();
    for (const auto& [key, value] : r.fields.values) fields.members()->push_back({key, json_of(value)});
    j.set("fields", std::move(fields));
  }
  const auto text = [&](const char* key, const std::string& s) {
    if (!s.empty()) j.set(key, s);
  };
  text("office", x.office);
  text("drafter", x.drafter);
  text("reviewer", x.reviewer);
  text("signer", x.signer);
  text("contact", x.contact);
  text("number", x.number);
  text("reason", x.reason);
  if (x.sequence != 0) j.set("sequence", x.sequence);
  if (!x.findings.empty()) {
    Json list = Json::array();
    for (const auto& f : x.findings) list.add(f);
    j.set("findings", std::move(list));
  }
  if (!x.attachments.empty()) {
    Json list = Json::array();
    for (const auto& m : x.attachments) list.add(json_of(m));
    j.set("attachments", std::move(list));
  }
  if (!x.written_from.empty()) {
    Json list = Json::array();
    for (const auto& id : x.written_from) list.add(hex(id.view()));
    j.set("written_from", std::move(list));
  }
  if (!x.to.empty()) {
    Json list = Json::array();
    for (const auto& id : x.to) list.add(hex(id.view()));
    j.set("to", std::move(list));
  }
  if (!x.left_out.empty()) {
    Json list = Json::array();
    for (const auto& id : x.left_out) list.add(hex(id.view()));
    j.set("left_out", std::move(list));
  }
  text("became", x.became);
  if (!x.sources.empty()) {
    Json list = Json::array();
    for (const Source& o : x.sources)
      list.add(Json::object({{"office", hex(o.office.view())},
                             {"case", hex(o.case_id.view())},
                             {"record", hex(o.record.view())},
                             {"title", o.title}}));
    j.set("sources", std::move(list));
  }
  if (!x.act.empty()) j.set("act_body", yz::text(x.act));
  if (x.commission) j.set("commission", json_of(*x.commission));
  if (x.reply) j.set("reply", json_of(*x.reply));
  if (x.answers) j.set("answers", json_of(*x.answers));
  text("policy", x.policy);
  if (!x.cosign.empty()) j.set("cosign", json_of(x.cosign));
  if (x.exercise) j.set("exercise", true);
  if (x.clue) j.set("clue", json_of(*x.clue));
  if (!x.rounds.empty()) {
    Json list = Json::array();
    for (const Round& one : x.rounds) list.add(json_of(one));
    j.set("rounds", std::move(list));
  }
  if (!x.returned_text.empty()) j.set("returned_text", yz::text(x.returned_text));
  const std::string out = dump(j);
  return Bytes(out.begin(), out.end());
}

Result<DecodedBody> decode_body(ByteView bytes) {
  auto parsed = parse_json(text(bytes), {.bytes = kBodyJsonMax, .depth = 16});
  if (!parsed || !parsed->members()) return bad_body("not one JSON object");
  const Json& j = *parsed;
  DecodedBody out;
  Report& r = out.report;
  BodyExtras& x = out.extras;
  if (j.count("v") != 1) return bad_body("version");
  const auto kind = kind_from(j.text("kind"));
  const auto lane = sync::lane_from(j.text("lane"));
  const auto sensitivity = sensitivity_from(j.text("sensitivity"));
  if (!kind || !lane || !sync::is_stream_lane(*lane) || !sensitivity) return bad_body("kind, lane or sensitivity");
  r.kind = *kind;
  r.lane = *lane;
  r.sensitivity = *sensitivity;
  const std::int64_t type = j.count("type", 1);
  if (type < 1 || type > 255) return bad_body("type");
  x.type = static_cast<sync::RecordType>(type);
  r.title = j.text("title");
  r.body = j.text("body");
  if (r.body.size() > kBodyBytesMax) return bad_body("text too long");
  if (const Json* t = j.find("occurred_at")) {
    if (!t->integer()) return bad_body("time");
    r.occurred_at = *t->integer();
  }
  if (const Json* fields = j.find("fields")) {
    if (!fields->members()) return bad_body("fields");
    for (const auto& m : *fields->members()) r.fields.set(m.key, TRY(value_of(m.value)));
  }
  x.office = j.text("office");
  x.drafter = j.text("drafter");
  x.reviewer = j.text("reviewer");
  x.signer = j.text("signer");
  x.contact = j.text("contact");
  x.number = j.text("number");
  if (x.number.size() > kNumberBytesMax || !one_line(x.number)) return bad_body("number");
  x.reason = j.text("reason");
  x.sequence = j.count("sequence");
  if (const Json* list = j.find("findings"); list && list->items())
    for (const Json& f : *list->items())
      if (f.string()) x.findings.push_back(*f.string());
  if (const Json* list = j.find("attachments"); list && list->items()) {
    if (list->items()->size() > kAttachmentsMax) return bad_body("too many attachments");
    for (const Json& m : *list->items()) x.attachments.push_back(TRY(manifest_of(m)));
  }
  if (const Json* list = j.find("written_from"); list && list->items()) {
    if (list->items()->size() > sync::limit::parents) return bad_body("too many versions written from");
    for (const Json& id : *list->items()) {
      const Bytes raw = TRY(from_hex(id.string() ? *id.string() : std::string()));
      x.written_from.push_back(TRY(RecordId::from(raw)));
    }
  }
  if (const Json* list = j.find("to"); list && list->items()) {
    if (list->items()->size() > sync::limit::addressees) return bad_body("too many addressees");
    for (const Json& id : *list->items()) {
      const Bytes raw = TRY(from_hex(id.string() ? *id.string() : std::string()));
      x.to.push_back(TRY(OfficeId::from(raw)));
    }
  }
  if (const Json* list = j.find("left_out"); list && list->items()) {
    if (list->items()->size() > sync::limit::forward_attachments) return bad_body("too many attachments left out");
    for (const Json& id : *list->items()) {
      const Bytes raw = TRY(from_hex(id.string() ? *id.string() : std::string()));
      x.left_out.push_back(TRY(sync::AttachmentId::from(raw)));
    }
  }
  x.became = j.text("became");
  if (const Json* list = j.find("sources"); list && list->items()) {
    if (list->items()->size() > kSourcesMax) return bad_body("too many sources");
    for (const Json& o : *list->items()) x.sources.push_back(TRY(source_of(o)));
  }
  const std::string_view act = j.text("act_body");
  x.act.assign(act.begin(), act.end());
  if (const Json* c = j.find("commission")) x.commission = TRY(commission_from(*c));
  if (const Json* c = j.find("reply")) x.reply = TRY(reply_from(*c));
  if (const Json* c = j.find("answers")) x.answers = TRY(case_ref_from(*c));
  x.policy = j.text("policy");
  if (const Json* w = j.find("cosign"); w && w->members()) x.cosign = TRY(cosign_of(*w));
  if (x.policy.size() > kPolicyNameMax || !one_line(x.policy)) return bad_body("policy");
  x.exercise = j.flag("exercise");
  if (const Json* c = j.find("clue")) x.clue = TRY(clue_from(*c));
  if (const Json* list = j.find("rounds")) x.rounds = TRY(rounds_from(*list));
  const std::string_view returned = j.text("returned_text");
  x.returned_text.assign(returned.begin(), returned.end());
  return out;
}

}  // namespace yz::node
