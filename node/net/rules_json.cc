#include "node/net/rules_json.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "node/office/escalation.h"
#include "node/office/timetable.h"
#include "node/rules/embedded.h"

namespace yz::node {
namespace {

using Data = nlohmann::json;

/// A word of the data files and what it means.
template <class E>
using Word = std::pair<std::string_view, E>;

/// Thrown inside this file only; load_rules() turns it into a Fault.
struct BadData {
  std::string what;
};

template <class E, std::size_t N>
E word(const Data& j, const Word<E> (&words)[N]) {
  const auto& s = j.get_ref<const std::string&>();
  for (const auto& [name, value] : words)
    if (name == s) return value;
  throw BadData{"unknown word " + s};
}

std::string str(const Data& j, const char* key) { return j.value(key, std::string()); }
std::vector<std::string> list(const Data& j, const char* key) { return j.value(key, std::vector<std::string>()); }

/// The data is ours, small and flat, so the parser's known traps (deep nesting) are out of reach.
Data file(std::string_view name) {
  const std::string_view bytes = embedded(name);
  if (bytes.empty()) throw BadData{"missing " + std::string(name)};
  return Data::parse(bytes.begin(), bytes.end());
}

IncidentLevel level(const Data& j) {
  if (auto l = incident_level_from(j.get_ref<const std::string&>())) return *l;
  throw BadData{"unknown level"};
}
Kind kind(const std::string& name) {
  if (auto k = kind_from(std::string_view(name))) return *k;
  throw BadData{"unknown kind " + name};
}

constexpr Word<Check> kChecks[] = {
    {"length", Check::length},
    {"forbid_regex", Check::forbid_regex},
    {"forbid_regex_unless", Check::forbid_regex_unless},
    {"require_regex", Check::require_regex},
    {"count_regex", Check::count_regex},
    {"required_fields", Check::required_fields},
    {"unknown_needs_note", Check::unknown_needs_note},
    {"time_order", Check::time_order},
    {"title_has_casualties", Check::title_has_casualties},
    {"title_in_body", Check::title_in_body},
    {"sentence_length", Check::sentence_length},
    {"sequence", Check::sequence},
    {"decrease_needs_reason", Check::decrease_needs_reason},
    {"level_matches_thresholds", Check::level_matches_thresholds},
    {"numbers_agree", Check::numbers_agree},
    {"forbid_id_number", Check::forbid_id_number},
    {"signed_within", Check::signed_within},
    {"parent_exists", Check::parent_exists},
    {"before_due", Check::before_due},
    {"similar_to_own", Check::similar_to_own},
};

/// A misspelt member would silently weaken a rule, so every name has to be known.
void only(const Data& j, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : j.items())
    if (std::find(known.begin(), known.end(), key) == known.end()) throw BadData{"unknown member " + key};
}

Rule rule(const Data& j) {
  only(j, {"id",   "severity",  "blocks",    "kinds",         "check",    "in",          "fields",       "when",
           "min",  "max",       "order",     "regex",         "unless",   "by_template", "reason_field", "minutes",
           "days", "min_share", "max_share", "tolerance_min", "patterns", "zh",          "en",           "src"});
  Rule r;
  r.id = j.at("id");
  r.severity = word<Severity>(j.at("severity"), {{"error", Severity::error}, {"warning", Severity::warning}});
  if (j.contains("blocks"))
    r.blocks = word<Blocks>(j["blocks"], {{"routine", Blocks::routine}, {"always", Blocks::always}});
  for (const std::string name : j.at("kinds"))
    if (name == "*")
      r.kinds.set();
    else
      r.kinds.set(static_cast<std::size_t>(kind(name)));
  r.check = word<Check>(j.at("check"), kChecks);
  r.zh = j.at("zh");
  r.en = j.at("en");
  r.in = list(j, "in");
  for (const char* key : {"fields", "when", "order"})
    if (j.contains(key)) r.fields = list(j, key);
  r.regex = str(j, "regex");
  r.unless = str(j, "unless");
  r.by_template = str(j, "by_template");
  r.reason_field = str(j, "reason_field");
  r.min = j.value("min", r.min);
  r.max = j.value("max", r.max);
  r.minutes = j.value("minutes", j.value("tolerance_min", std::int64_t{0}));
  r.days = j.value("days", std::int64_t{0});
  r.share = j.value("min_share", j.value("max_share", 0.0));
  if (j.contains("patterns")) r.patterns = j["patterns"].get<decltype(r.patterns)>();
  return r;
}

IncidentTypes incidents(const Data& j) {
  IncidentTypes out;
  for (const Data& c : j.at("classes")) {
    out.classes.push_back({c.at("code"), c.at("zh"), c.at("en")});
    for (const Data& t : c.at("types"))
      out.types.push_back({t.at("code"), t.at("zh"), t.at("en"), c.at("code"), t.at("grading"), list(t, "words")});
  }
  for (const auto& [name, g] : j.at("grading").items()) {
    IncidentTypes::Grading grading;
    grading.by_person = g.at("by_person");
    for (const auto& [l, alternatives] : g.at("levels").items()) {
      auto& here = grading.levels[static_cast<std::size_t>(level(l))];
      for (const Data& together : alternatives) {
        auto& conditions = here.emplace_back();
        for (const Data& c : together) conditions.push_back({c.at("metric"), c.at("gte")});
      }
    }
    out.gradings.emplace(name, std::move(grading));
  }
  for (const auto& [name, m] : j.at("metrics").items())
    out.metrics.emplace(name, IncidentTypes::Metric{m.at("zh"), m.at("en"), list(m, "sum")});
  return out;
}

constexpr Word<Need> kNeeds[] = {{"R", Need::required}, {"C", Need::if_known}, {"O", Need::optional}};
constexpr Word<Stage> kStages[] = {{"first", Stage::first},     {"followup", Stage::followup}, {"final", Stage::final},
                                   {"routine", Stage::routine}, {"zero", Stage::zero},         {"flash", Stage::flash}};

FieldSpec field(const Data& j) {
  only(j, {"key", "zh", "en", "type", "from", "by_node", "min", "max", "choices", "need", "classes", "note", "src"});
  FieldSpec f;
  f.key = j.at("key");
  f.zh = j.at("zh");
  f.en = j.at("en");
  f.type = word<FieldType>(j.at("type"), {{"text", FieldType::text},
                                          {"int", FieldType::integer},
                                          {"number", FieldType::number},
                                          {"bool", FieldType::boolean},
                                          {"datetime", FieldType::datetime},
                                          {"choice", FieldType::choice},
                                          {"incident_type", FieldType::incident_type}});
  if (j.contains("from"))
    f.source = word<FieldSource>(j["from"], {{"title", FieldSource::title},
                                             {"kind", FieldSource::kind},
                                             {"lane", FieldSource::lane},
                                             {"body", FieldSource::body},
                                             {"occurred_at", FieldSource::occurred_at},
                                             {"grade", FieldSource::grade},
                                             {"sensitivity", FieldSource::sensitivity},
                                             {"office", FieldSource::office},
                                             {"drafter", FieldSource::drafter},
                                             {"reviewer", FieldSource::reviewer},
                                             {"signer", FieldSource::signer},
                                             {"contact", FieldSource::contact},
                                             {"sequence", FieldSource::sequence},
                                             {"parent", FieldSource::parent},
                                             {"attachments", FieldSource::attachments}});
  f.by_node = j.value("by_node", false);
  f.min = j.value("min", f.min);
  f.max = j.value("max", f.max);
  if (j.contains("choices"))
    for (const Data& c : j["choices"]) f.choices.push_back({c.at("code"), c.at("zh"), c.at("en")});
  if (j.contains("need"))
    for (const auto& [stage, need] : j["need"].items())
      f.need[static_cast<std::size_t>(word<Stage>(Data(stage), kStages))] = word<Need>(need, kNeeds);
  f.classes = list(j, "classes");
  return f;
}

Timetable timetable(const Data& j) {
  Timetable t;
  t.name = j.at("name");
  t.levels = list(j, "levels");
  t.offices = list(j, "offices");
  for (const std::string at : j.at("at")) {
    const auto minute = minute_from(at);
    if (!minute) throw BadData{"unknown time " + at};
    t.at_min.push_back(*minute);
  }
  t.persons = j.value("persons", std::int64_t{0});
  return t;
}

RuleSet all() {
  // Named, because a range-for does not keep a temporary's owner alive in g++ 12.
  const Data quality = file("quality-rules"), types = file("incident-types"), templates = file("report-templates"),
             kinds = file("kinds"), deadlines = file("deadlines");
  RuleSet set;
  for (const Data& j : quality.at("rules")) set.quality.push_back(rule(j));
  set.incidents = incidents(types);
  for (const Data& j : templates.at("fields")) set.templates.fields.push_back(field(j));
  for (const Data& j : templates.at("class_needs"))
    set.templates.class_needs.push_back(
        {j.at("class"), word<Stage>(j.at("stage"), kStages), j.at("field"), word<Need>(j.at("need"), kNeeds)});
  for (const Data& j : kinds.at("kinds")) {
    const Kind k = kind(j.at("id"));
    if (j.at("emergency").get<bool>() != is_emergency(k))
      throw BadData{"kinds.json and report.h differ on emergencies"};
    set.kinds.push_back({k, j.at("zh"), j.at("en"), word<Stage>(j.at("stage"), kStages)});
  }
  for (const Data& j : deadlines.at("defaults")) {
    Deadline d{j.at("hop"), level(j.at("level")), std::nullopt, j.at("written_min")};
    if (!j.at("phone_min").is_null()) d.phone_min = j["phone_min"].get<std::int64_t>();
    d.class_code = str(j, "class");
    set.deadlines.push_back(std::move(d));
  }
  const Data policy = file("policy");
  set.terms.commission_days = policy.at("commission").at("default_days");
  for (const Data& j : policy.at("commission").at("slack")) set.terms.slack_min[j.at("level")] = j.at("minutes");
  set.terms.skip_from = IncidentLevel::i;
  for (const Data& j : policy.at("skip_level").at("levels"))
    set.terms.skip_from = std::min(set.terms.skip_from, level(j));
  for (const Data& j : policy.at("skip_level").at("classes"))
    set.terms.skip.push_back({j.at("class"), str(j, "from"), level(j.at("lowest"))});
  for (const Data& j : policy.at("escalation")) {
    const auto what = awaited_from(j.at("what").get_ref<const std::string&>());
    const auto lane = sync::lane_from(j.at("lane").get_ref<const std::string&>());
    if (!what || !lane || !sync::is_stream_lane(*lane)) throw BadData{"what is escalated, and in which lane"};
    escalation_min_of(set.terms, *what, *lane) = {j.at("deputy_min"), j.at("leader_min"), j.at("superior_min")};
  }
  for (const Data& j : policy.at("zero_report")) set.terms.zero_reports.push_back(timetable(j));
  for (const Data& j : policy.at("watch")) set.terms.watches.push_back(timetable(j));
  return set;
}

}  // namespace

Result<RuleSet> load_rules() {
  try {
    return all();
  } catch (const Data::exception& e) {
    return fail(Fault::corrupt, std::string("the built-in rules are damaged: ") + e.what());
  } catch (const BadData& e) {
    return fail(Fault::corrupt, "the built-in rules are damaged: " + e.what);
  }
}

}  // namespace yz::node
