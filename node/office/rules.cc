#include "node/office/rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "node/office/rules_compiled.h"

namespace yz::node {
namespace {

bool needs_regex(Check c) {
  return c == Check::forbid_regex || c == Check::forbid_regex_unless || c == Check::require_regex ||
         c == Check::count_regex || c == Check::unknown_needs_note || c == Check::title_has_casualties ||
         c == Check::decrease_needs_reason || c == Check::forbid_id_number;
}
bool needs_parts(Check c) {
  return c == Check::length || c == Check::forbid_regex || c == Check::forbid_regex_unless ||
         c == Check::require_regex || c == Check::count_regex || c == Check::sentence_length ||
         c == Check::forbid_id_number;
}

}  // namespace

Result<Rules> Rules::make(RuleSet set) {
  auto c = std::make_shared<Compiled>();
  c->data = std::move(set);
  auto wrong = [](const std::string& what) { return fail(Fault::corrupt, "the rules contradict themselves: " + what); };

  for (const FieldSpec& f : c->data.templates.fields)
    if (f.key.empty() || !c->fields.emplace(f.key, &f).second) return wrong("field " + f.key + " twice");
  for (const IncidentTypes::Type& t : c->data.incidents.types) {
    if (!c->types.emplace(t.code, &t).second) return wrong("type " + t.code + " twice");
    if (!c->data.incidents.gradings.contains(t.grading)) return wrong("no grading " + t.grading);
  }
  for (const auto& [name, g] : c->data.incidents.gradings)
    for (const auto& alternatives : g.levels)
      for (const auto& together : alternatives)
        for (const Condition& k : together) {
          auto m = c->data.incidents.metrics.find(k.metric);
          if (m == c->data.incidents.metrics.end()) return wrong("no metric " + k.metric);
          if (!c->fields.contains(k.metric) && m->second.sum.empty()) return wrong("no field for " + k.metric);
          for (const std::string& part : m->second.sum)
            if (!c->fields.contains(part)) return wrong("no field " + part);
        }
  c->stages.fill(Stage::routine);
  for (const KindInfo& k : c->data.kinds) c->stages[static_cast<std::size_t>(k.kind)] = k.stage;

  std::set<std::string> ids;
  for (const Rule& r : c->data.quality) {
    if (!ids.insert(r.id).second) return wrong("rule " + r.id + " twice");
    if (needs_regex(r.check) && r.regex.empty()) return wrong(r.id + " has no pattern");
    if (needs_parts(r.check) && r.in.empty()) return wrong(r.id + " looks at nothing");
    for (const std::string& part : r.in)
      if (part != "title" && part != "body" && part != "body_last_sentence" && part != "fields" &&
          part != "attachments")
        return wrong(r.id + " looks at " + part);
    for (const std::string& key : r.fields)
      if (!c->fields.contains(key) && !(r.check == Check::time_order && key == "now"))
        return wrong(r.id + " names the field " + key);
    CompiledRule& to = c->rules.emplace_back();
    to.rule = r;
    if (!r.regex.empty()) to.regex = TRY(Pattern::make(r.regex));
    if (!r.unless.empty()) to.unless = TRY(Pattern::make(r.unless));
    for (const auto& [key, sources] : r.patterns) {
      if (!c->fields.contains(key)) return wrong(r.id + " names the field " + key);
      for (const std::string& source : sources) {
        Pattern p = TRY(Pattern::make(source));
        to.numbers.emplace_back(key, std::move(p));
      }
    }
  }
  return Rules(std::move(c));
}

std::vector<Finding> Rules::check(const Report& report, const Context& context) const {
  const std::size_t kind = static_cast<std::size_t>(report.kind);
  Stage stage = kind < compiled_->stages.size() ? compiled_->stages[kind] : Stage::routine;
  if (stage == Stage::first && report.lane == sync::Lane::flash) stage = Stage::flash;
  return find_amiss(*this, compiled_->rules, compiled_->fields, stage, report, context);
}

IncidentLevel Rules::grade(std::string_view type, const Fields& fields) const {
  const IncidentTypes::Type* t = incident_type(type);
  if (!t) return IncidentLevel::ungraded;
  const IncidentTypes::Grading& g = compiled_->data.incidents.gradings.find(t->grading)->second;
  if (g.by_person) return IncidentLevel::ungraded;
  auto holds = [&](const Condition& c) {
    const auto v = compiled_->metric(c.metric, fields);
    return v && *v >= c.gte;
  };
  for (IncidentLevel l : {IncidentLevel::i, IncidentLevel::ii, IncidentLevel::iii, IncidentLevel::iv})
    for (const auto& together : g.levels[static_cast<std::size_t>(l)])
      if (std::all_of(together.begin(), together.end(), holds)) return l;
  return g.levels[static_cast<std::size_t>(IncidentLevel::iv)].empty() ? IncidentLevel::iv : IncidentLevel::ungraded;
}

const FieldSpec* Rules::field(std::string_view key) const {
  auto at = compiled_->fields.find(key);
  return at == compiled_->fields.end() ? nullptr : at->second;
}
const IncidentTypes::Type* Rules::incident_type(std::string_view code) const {
  auto at = compiled_->types.find(code);
  return at == compiled_->types.end() ? nullptr : at->second;
}
const Deadline* Rules::deadline(std::string_view hop, IncidentLevel level, std::string_view class_code) const {
  const Deadline* of_all = nullptr;
  for (const Deadline& d : compiled_->data.deadlines) {
    if (d.hop != hop || d.level != level) continue;
    if (d.class_code.empty()) of_all = &d;
    if (!class_code.empty() && d.class_code == class_code) return &d;
  }
  return of_all;
}
const RuleSet& Rules::data() const { return compiled_->data; }

Verdict judge(const Report& report, std::vector<Finding> findings) {
  // Nobody may block the report of an emergency (突发事件应对法 2024, art. 61).
  const bool emergency = is_emergency(report.kind, report.lane);
  Verdict verdict;
  for (Finding& f : findings) {
    if (f.severity != Severity::error) continue;
    if (f.blocks == Blocks::routine && emergency) {
      f.severity = Severity::warning;
      continue;
    }
    verdict.may_send = false;
    if (f.blocks == Blocks::drafts_too) verdict.may_keep = false;
  }
  verdict.findings = std::move(findings);
  return verdict;
}

}  // namespace yz::node
