// Policy documents. Of what comes from others only what this program knows, within bounds, is looked at.
#include <algorithm>
#include <functional>

#include "node/net/policy_parts.h"
#include "node/rules/embedded.h"

namespace yz::node {
namespace {

constexpr std::int64_t kVersionMax = 1'000'000;
constexpr std::int64_t kLatestMs = 1LL << 44;
constexpr std::int64_t kMinutesMax = 30 * 24 * 60;
constexpr std::string_view kMembers[] = {"v",           "name",  "deadlines", "fields",     "forms",
                                         "required",    "rules", "signoff",   "skip_level", "commission",
                                         "zero_report", "watch", "escalation"};

const JsonLimits kLimits{.bytes = kPolicyBytesMax, .depth = 8};

using policy_parts::kEntriesMax;
using policy_parts::kLevels;
using policy_parts::Tell;

const Deadline* deadline_in(const RuleSet& rules, std::string_view hop, IncidentLevel level, std::string_view cls) {
  const Deadline* of_all = nullptr;
  for (const Deadline& d : rules.deadlines) {
    if (d.hop != hop || d.level != level) continue;
    if (d.class_code.empty()) of_all = &d;
    if (!cls.empty() && d.class_code == cls) return &d;
  }
  return of_all;
}

std::int64_t steps_of(const RuleSet& rules, const std::optional<Kind>& kind) {
  std::int64_t steps = 2;
  for (const auto& s : rules.terms.signoff)
    if (!s.kind || s.kind == kind) steps = s.steps;
  return steps;
}

/// Reads one document into a set of rules.
class Reading {
 public:
  Reading(RuleSet& to, bool stricter, const RuleSet* superior, Tell tell)
      : to_(to), stricter_(stricter), superior_(superior), tell_(std::move(tell)) {}

  void read(std::string_view document) {
    if (document.size() > kPolicyBytesMax)
      return tell_("policy.size", "", {"the document is larger than 200 KiB", "规则超过 200 KiB"});
    const auto j = parse_json(document, kLimits);
    if (!j || !j->members())
      return tell_("policy.form", "",
                   {"the document is no JSON object, or nested too deep", "不是一个 JSON 对象，或嵌套太深"});
    if (j->count("v", 1) != 1)
      return tell_("policy.form", "v", {"this program reads version 1", "本程序只读第 1 版格式"});
    for (const auto& m : *j->members())
      if (std::ranges::find(kMembers, m.key) == std::end(kMembers))
        tell_("policy.unknown", m.key.substr(0, 64), {"this program does not know it", "本程序没有这一项"});
    each(*j, "deadlines", [&](const Json& e, const std::string& at) { deadline(e, at); });
    const policy_parts::Into into{to_, stricter_, superior_, tell_};
    policy_parts::read_fields(*j, into);
    policy_parts::read_forms(*j, into);
    each(*j, "rules", [&](const Json& e, const std::string& at) { rule(e, at); });
    each(*j, "signoff", [&](const Json& e, const std::string& at) { signoff(e, at); });
    policy_parts::read_skip(*j, into);
    policy_parts::read_times(*j, into);
    policy_parts::read_escalation(*j, into);
    if (const Json* c = j->find("commission")) commission(*c);
    check_law();
  }

 private:
  void each(const Json& j, const char* key, const std::function<void(const Json&, const std::string&)>& take) {
    policy_parts::each_of(j, key, tell_, take);
  }

  std::optional<std::int64_t> number(const Json& e, const char* key, std::int64_t least, std::int64_t most,
                                     const std::string& at) {
    const Json* n = e.find(key);
    if (!n || n->is_null()) return std::nullopt;
    if (n->integer() && *n->integer() >= least && *n->integer() <= most) return *n->integer();
    tell_("policy.form", at,
          {std::string(key) + " is a whole number from " + std::to_string(least) + " to " + std::to_string(most),
           std::string(key) + " 要写 " + std::to_string(least) + " 到 " + std::to_string(most) + " 的整数"});
    return std::nullopt;
  }

  void deadline(const Json& e, const std::string& at) {
    const std::string hop(e.text("hop"));
    const auto level = incident_level_from(e.text("level"));
    const bool known = std::ranges::any_of(to_.deadlines, [&](const Deadline& d) { return d.hop == hop; });
    if (!known)
      return tell_("policy.unknown", at,
                   {"there is no hop " + hop.substr(0, 64), "没有这样的上报层级：" + hop.substr(0, 64)});
    if (!level || *level == IncidentLevel::ungraded)
      return tell_("policy.unknown", at, {"the level is I, II, III or IV", "级别只能是 I、II、III、IV"});
    std::string cls(e.text("class"));
    if (cls == "*") cls.clear();
    const auto is = [&](const IncidentTypes::Class& c) { return c.code == cls; };
    if (!cls.empty() && std::ranges::none_of(to_.incidents.classes, is))
      return tell_("policy.unknown", at,
                   {"there is no class " + cls.substr(0, 64), "没有这个类别：" + cls.substr(0, 64)});
    const auto written = number(e, "written_min", 1, kMinutesMax, at);
    if (!written) return tell_("policy.form", at, {"written_min is missing", "没有写书面时限（written_min）"});
    const auto phone = number(e, "phone_min", 0, kMinutesMax, at);
    if (phone && *phone > *written)
      return tell_("policy.form", at, {"the telephone comes before the writing", "电话报告要早于书面报告"});
    if (superior_)
      if (const Deadline* above = deadline_in(*superior_, hop, *level, cls); above && *written > above->written_min)
        tell_("policy.laxer", at,
              {"the superior wants it within " + std::to_string(above->written_min) + " min",
               "上级要求 " + std::to_string(above->written_min) + " 分钟以内"});
    Deadline d{hop, *level, phone, *written, cls};
    if (stricter_)
      if (const Deadline* before = deadline_in(to_, hop, *level, cls)) {
        d.written_min = std::min(d.written_min, before->written_min);
        if (before->phone_min) d.phone_min = std::min(phone.value_or(*before->phone_min), *before->phone_min);
      }
    std::erase_if(to_.deadlines,
                  [&](const Deadline& o) { return o.hop == hop && o.level == *level && o.class_code == cls; });
    to_.deadlines.push_back(std::move(d));
    touched_.emplace_back(hop, *level, at);
  }

  /// What the law allows no longer: told at the entry that brought it, and cut to what it allows.
  void check_law() {
    for (const LegalLimit& l : legal_limits())
      for (const auto& [hop, level, at] : touched_) {
        if (l.hop != "*" && l.hop != hop) continue;
        const Deadline* d = deadline_in(to_, hop, level, l.class_code);
        if (!d || d->written_min <= l.written_min) continue;
        tell_("policy.legal", at,
              {l.class_code + ": at most " + std::to_string(l.written_min) + " min, " + l.src,
               class_zh(l.class_code) + "不得超过 " + std::to_string(l.written_min) + " 分钟（" + l.src + "）"});
        Deadline cut = *d;
        cut.class_code = l.class_code;
        cut.written_min = l.written_min;
        std::erase_if(to_.deadlines, [&](const Deadline& o) {
          return o.hop == cut.hop && o.level == cut.level && o.class_code == cut.class_code;
        });
        to_.deadlines.push_back(std::move(cut));
      }
  }

  void rule(const Json& e, const std::string& at) {
    const std::string id(e.text("id"));
    const auto same = std::ranges::find(to_.quality, id, &Rule::id);
    if (same == to_.quality.end())
      return tell_("policy.unknown", at,
                   {"there is no rule " + id.substr(0, 64), "没有这条质量规则：" + id.substr(0, 64)});
    const std::string_view word = e.text("severity");
    if (word != "error" && word != "warning")
      return tell_("policy.form", at, {"severity is error or warning", "只能是 error（错误）或 warning（提示）"});
    const Severity severity = word == "error" ? Severity::error : Severity::warning;
    if (severity == Severity::warning && same->severity == Severity::error) {
      if (same->blocks != Blocks::routine)
        return tell_("policy.legal", at, {"this rule always holds", "这条规则不能放宽"});
      if (superior_) {
        const auto above = std::ranges::find(superior_->quality, id, &Rule::id);
        if (above != superior_->quality.end() && above->severity == Severity::error)
          tell_("policy.laxer", at, {"for the superior it is an error", "上级定为错误，不能改为提示"});
      }
      if (stricter_) return;
    }
    same->severity = severity;
  }

  void signoff(const Json& e, const std::string& at) {
    PolicyTerms::SignOff s;
    if (e.text("kind") != "*") {
      s.kind = kind_from(e.text("kind"));
      if (!s.kind) return tell_("policy.unknown", at, {"there is no such kind", "没有这种信息类别"});
    }
    const auto steps = number(e, "steps", 2, 3, at);
    if (!steps) return tell_("policy.form", at, {"steps is 2 or 3", "签批只能是 2 步或 3 步"});
    if (s.kind && is_emergency(*s.kind))
      return tell_(
          "policy.legal", at,
          {"nobody waits with an emergency: 突发事件应对法 第六十一条", "紧急信息不等签批：突发事件应对法 第六十一条"});
    if (superior_ && *steps < steps_of(*superior_, s.kind))
      tell_("policy.laxer", at, {"the superior wants more signatures", "上级要求的签批步骤更多"});
    s.steps = stricter_ ? std::max(*steps, steps_of(to_, s.kind)) : *steps;
    if (to_.terms.signoff.size() < kEntriesMax) to_.terms.signoff.push_back(s);
  }

  void commission(const Json& e) {
    if (const auto days = number(e, "default_days", 1, 365, "commission")) to_.terms.commission_days = *days;
    each(e, "slack", [&](const Json& s, const std::string& at) {
      const std::string level(s.text("level"));
      if (std::ranges::find(kLevels, level) == std::end(kLevels))
        return tell_("policy.unknown", "commission." + at, {"there is no such level", "没有这个层级"});
      if (const auto minutes = number(s, "minutes", 0, kMinutesMax, "commission." + at))
        to_.terms.slack_min[level] = *minutes;
    });
  }

  std::string class_zh(const std::string& code) const {
    const auto c = std::ranges::find(to_.incidents.classes, code, &IncidentTypes::Class::code);
    return c == to_.incidents.classes.end() ? code : c->zh;
  }

  RuleSet& to_;
  bool stricter_;
  const RuleSet* superior_;
  Tell tell_;
  std::vector<std::tuple<std::string, IncidentLevel, std::string>> touched_;
};

/// Every entry under a name that stays when others are added before it.
void flatten(const Json& j, const std::string& at, std::vector<std::pair<std::string, std::string>>& out) {
  if (j.members()) {
    for (const auto& m : *j.members()) flatten(m.value, at.empty() ? m.key : at + "." + m.key, out);
  } else if (j.items()) {
    for (const Json& e : *j.items()) {
      std::string name;
      for (const char* key : {"hop", "class", "level", "stage", "need", "kind", "id", "key", "name", "what", "lane"})
        if (!e.text(key).empty()) name += (name.empty() ? "" : " ") + std::string(e.text(key));
      if (!e.members())
        out.emplace_back(at + "[" + dump(e) + "]", dump(e));
      else
        flatten(e, at + "[" + name + "]", out);
    }
  } else {
    out.emplace_back(at, dump(j));
  }
}

}  // namespace

namespace policy_parts {

void each_of(const Json& j, const char* key, const Tell& tell,
             const std::function<void(const Json&, const std::string& at)>& take) {
  const Json* list = j.find(key);
  if (!list) return;
  if (!list->items() || list->items()->size() > kEntriesMax)
    return tell("policy.form", key, {"has to be a list of at most 512 entries", "须是最多 512 条的列表"});
  for (std::size_t i = 0; i < list->items()->size(); ++i) {
    const std::string at = std::string(key) + "[" + std::to_string(i) + "]";
    const Json& e = (*list->items())[i];
    if (!e.members())
      tell("policy.form", at, {"has to be an object", "须是一个对象"});
    else
      take(e, at);
  }
}

bool knows_class(const RuleSet& rules, std::string_view code) {
  return std::ranges::any_of(rules.incidents.classes, [&](const auto& c) { return c.code == code; }) ||
         std::ranges::any_of(rules.incidents.types, [&](const auto& t) { return t.code == code; });
}

}  // namespace policy_parts

std::vector<LegalLimit> legal_limits() {
  std::vector<LegalLimit> out;
  const auto j = parse_json(embedded("policy"));
  if (!j) return out;
  if (const Json* list = j->find("legal"); list && list->items())
    for (const Json& l : *list->items())
      out.push_back({std::string(l.text("hop")), std::string(l.text("class")), std::string(l.text("src")),
                     l.count("written_min")});
  return out;
}

Bytes encode_policy(const PolicyBody& b) {
  Json j = Json::object({{"v", 1}, {"type", 16}, {"version", b.version}, {"effective_at", b.effective_ms}});
  j.set("document", parse_json(b.document, kLimits).value_or(Json::object()));
  const std::string out = dump(j);
  return Bytes(out.begin(), out.end());
}

Result<PolicyBody> decode_policy(ByteView bytes) {
  const auto bad = [] { return fail(Fault::forged, "a policy's body has another form", "body.form"); };
  const auto j = parse_json(text(bytes), {.bytes = kPolicyBytesMax + 1024, .depth = 9});
  if (!j || !j->members() || j->count("v") != 1) return bad();
  PolicyBody b;
  b.version = j->count("version");
  b.effective_ms = j->count("effective_at");
  const Json* document = j->find("document");
  if (b.version < 1 || b.version > kVersionMax || b.effective_ms < 0 || b.effective_ms >= kLatestMs || !document ||
      !document->members())
    return bad();
  b.document = dump(*document);
  return b;
}

std::vector<PolicyProblem> check_policy(std::string_view document, const RuleSet& built_in, const RuleSet* superior) {
  std::vector<PolicyProblem> out;
  RuleSet rules = superior ? *superior : built_in;
  Reading(rules, false, superior, [&](std::string_view code, const std::string& where, PolicySaid message) {
    if (out.size() < 100) out.push_back({std::string(code), where, std::move(message)});
  }).read(document);
  return out;
}

void apply_policy(std::string_view document, bool stricter, RuleSet& rules) {
  Reading(rules, stricter, nullptr, [](std::string_view, const std::string&, PolicySaid) {}).read(document);
}

std::string document_of(const RuleSet& rules) {
  Json deadlines = Json::array(), quality = Json::array(), signoff = Json::array(), slack = Json::array();
  for (const Deadline& d : rules.deadlines)
    deadlines.add(Json::object({{"hop", d.hop},
                                {"class", d.class_code.empty() ? "*" : d.class_code},
                                {"level", to_string(d.level)},
                                {"phone_min", d.phone_min},
                                {"written_min", d.written_min}}));
  for (const Rule& r : rules.quality)
    quality.add(Json::object({{"id", r.id}, {"severity", r.severity == Severity::error ? "error" : "warning"}}));
  for (const auto& s : rules.terms.signoff)
    signoff.add(Json::object({{"kind", s.kind ? to_string(*s.kind) : std::string_view("*")}, {"steps", s.steps}}));
  for (const auto& [level, minutes] : rules.terms.slack_min)
    slack.add(Json::object({{"level", level}, {"minutes", minutes}}));
  Json j = Json::object({{"v", 1}, {"deadlines", std::move(deadlines)}});
  if (Json fields = policy_parts::fields_json(rules); !fields.items()->empty()) j.set("fields", std::move(fields));
  j.set("forms", policy_parts::forms_json(rules));
  j.set("rules", std::move(quality));
  j.set("signoff", std::move(signoff));
  j.set("skip_level", policy_parts::skip_json(rules));
  j.set("commission", Json::object({{"default_days", rules.terms.commission_days}, {"slack", std::move(slack)}}));
  j.set("zero_report", policy_parts::times_json(rules.terms.zero_reports, false));
  j.set("watch", policy_parts::times_json(rules.terms.watches, true));
  j.set("escalation", policy_parts::escalation_json(rules.terms));
  return dump(j);
}

std::vector<PolicyChange> policy_changes(std::string_view before, std::string_view after) {
  const auto listed = [](std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    if (const auto j = parse_json(text, kLimits)) flatten(*j, {}, out);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  };
  const auto a = listed(before), b = listed(after);
  std::vector<PolicyChange> out;
  const auto value = [](const auto& list, const std::string& key) {
    const auto at = std::ranges::lower_bound(list, key, {}, [](const auto& p) { return p.first; });
    return at != list.end() && at->first == key ? at->second : std::string();
  };
  for (const auto& [key, was] : a)
    if (const std::string now = value(b, key); now != was) out.push_back({key, was, now});
  for (const auto& [key, now] : b)
    if (value(a, key).empty()) out.push_back({key, {}, now});
  return out;
}

}  // namespace yz::node
