// Which fields the forms of reports have, and what they ask for, as a policy says it.
#include <set>

#include "node/net/policy_parts.h"
#include "node/office/text.h"
#include "node/rules/embedded.h"

namespace yz::node::policy_parts {
namespace {

constexpr std::size_t kFieldsMost = 64, kChoicesMost = 32, kNameBytesMost = 120, kRefusedMost = 64;
constexpr std::pair<std::string_view, FieldType> kTypes[] = {
    {"text", FieldType::text},    {"int", FieldType::integer},       {"number", FieldType::number},
    {"bool", FieldType::boolean}, {"datetime", FieldType::datetime}, {"choice", FieldType::choice}};

int rank(Need n) {
  constexpr int kRank[] = {0, 3, 2, 1};  // unused, required, if_known, optional
  return kRank[static_cast<std::size_t>(n)];
}

bool good_key(std::string_view key, std::size_t most) {
  return !key.empty() && key.size() <= most && key[0] >= 'a' && key[0] <= 'z' &&
         std::ranges::all_of(key, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}
bool good_name(std::string_view name) { return !name.empty() && name.size() <= kNameBytesMost && one_line(name); }

const FieldSpec* field_of(const RuleSet& rules, std::string_view key) {
  const auto at = std::ranges::find(rules.templates.fields, key, &FieldSpec::key);
  return at == rules.templates.fields.end() ? nullptr : &*at;
}

/// What the form wants now; of a class, what is said of the class itself.
Need need_of(const RuleSet& rules, Stage stage, std::string_view cls, std::string_view key) {
  if (cls.empty()) {
    const FieldSpec* f = field_of(rules, key);
    return f ? f->need[static_cast<std::size_t>(stage)] : Need::unused;
  }
  for (const ClassNeed& n : rules.templates.class_needs)
    if (n.stage == stage && n.class_code == cls && n.field == key) return n.need;
  return Need::unused;
}

/// By hand required for a first flash of this class, or of none.
std::size_t flash_required(const RuleSet& rules, std::string_view cls) {
  std::set<std::string_view> all;
  for (const FieldSpec& f : rules.templates.fields)
    if (by_hand(f) && f.classes.empty() && f.need[static_cast<std::size_t>(Stage::flash)] == Need::required)
      all.insert(f.key);
  std::string_view above;
  for (const auto& t : rules.incidents.types)
    if (t.code == cls) above = t.class_code;
  if (!cls.empty())
    for (const ClassNeed& n : rules.templates.class_needs)
      if (n.stage == Stage::flash && n.need == Need::required && (n.class_code == cls || n.class_code == above))
        all.insert(n.field);
  return all.size();
}
bool flash_too_long(const RuleSet& rules) {
  if (flash_required(rules, {}) > kFlashRequiredMost) return true;
  for (const auto& c : rules.incidents.classes)
    if (flash_required(rules, c.code) > kFlashRequiredMost) return true;
  return std::ranges::any_of(rules.incidents.types,
                             [&](const auto& t) { return flash_required(rules, t.code) > kFlashRequiredMost; });
}

void set_need(RuleSet& rules, Stage stage, const std::string& cls, const std::string& key, Need need) {
  if (cls.empty()) {
    for (FieldSpec& f : rules.templates.fields)
      if (f.key == key) f.need[static_cast<std::size_t>(stage)] = need;
    return;
  }
  auto& all = rules.templates.class_needs;
  std::erase_if(all, [&](const ClassNeed& n) { return n.stage == stage && n.class_code == cls && n.field == key; });
  if (need != Need::unused && all.size() < 4 * kEntriesMax) all.push_back({cls, stage, key, need});
}

class Forms {
 public:
  /// What is asked no longer is read before what is asked now, wherever it stands: a first flash has room for six.
  Forms(const Into& into, bool raises) : in_(into), legal_(legal_forms()), raises_(raises) {}

  void entry(const Json& e, const std::string& at, std::string_view word) {
    const auto stage = std::ranges::find(kStages, e.text("stage"), &std::pair<std::string_view, Stage>::first);
    if (stage == std::end(kStages))
      return tell_once("policy.unknown", at,
                       {"the stage is flash, first, followup, final, routine or zero",
                        "报告阶段只能是 flash、first、followup、final、routine、zero"});
    const auto need = std::ranges::find(kNeeds, word, &std::pair<std::string_view, Need>::first);
    if (need == std::end(kNeeds))
      return tell_once(
          "policy.unknown", at,
          {"need is required, if_known, optional or unused", "要求只能是 required、if_known、optional、unused"});
    std::string cls(e.text("class"));
    if (cls == "*") cls.clear();
    if (!cls.empty() && !knows_class(in_.rules, cls))
      return tell_once("policy.unknown", at,
                       {"there is no class " + cls.substr(0, 64), "没有这个类别：" + cls.substr(0, 64)});
    const Json* fields = e.find("fields");
    if (!fields || !fields->items() || fields->items()->size() > kEntriesMax)
      return tell_once("policy.form", at, {"fields is a list", "fields 须是列表"});
    for (const Json& f : *fields->items())
      one(stage->second, stage->first, cls, f.string() ? *f.string() : std::string(), need->second, at);
  }

 private:
  void tell_once(std::string_view code, const std::string& at, PolicySaid message) {
    if (!raises_) in_.tell(code, at, std::move(message));
  }

  void one(Stage stage, std::string_view stage_name, const std::string& cls, const std::string& key, Need need,
           const std::string& at) {
    const FieldSpec* spec = field_of(in_.rules, key);
    if (!spec)
      return tell_once("policy.unknown", at,
                       {"there is no field " + key.substr(0, 64), "没有这个要素：" + key.substr(0, 64)});
    const Need before = need_of(in_.rules, stage, cls, key);
    if (before == need || (rank(need) > rank(before)) != raises_) return;
    if (spec->by_node)
      return in_.tell("policy.form", at, {key + ": the program fills it in by itself", key + " 由程序自动填写"});
    if (cls.empty() && !spec->classes.empty())
      return in_.tell("policy.form", at,
                      {key + " belongs to some classes only: name the class", key + " 只属于某些类别，请写明类别"});
    if (rank(need) < rank(before)) {
      if (cls.empty())
        for (const LegalForm& l : legal_)
          if (std::ranges::find(l.stages, stage_name) != l.stages.end() &&
              std::ranges::find(l.fields, key) != l.fields.end() && before == Need::required)
            return in_.tell("policy.legal", at, {key + " is required: " + l.src, key + " 是法定必填：" + l.src});
      if (in_.superior && rank(need) < rank(need_of(*in_.superior, stage, cls, key)))
        return in_.tell("policy.laxer", at, {"the superior wants more of " + key, "上级对 " + key + " 的要求更严"});
      if (in_.stricter) return;
    }
    const bool longer = stage == Stage::flash && need == Need::required;
    if (longer && refused_ >= kRefusedMost) return;  // looking is work: somebody who fills a document with these
    set_need(in_.rules, stage, cls, key, need);
    if (!longer || !flash_too_long(in_.rules)) return;
    set_need(in_.rules, stage, cls, key, before);
    ++refused_;
    in_.tell("policy.flash", at,
             {key + ": a first flash asks for at most " + std::to_string(kFlashRequiredMost) + " fields by hand",
              key + "：特急首报要人填的必填项最多 " + std::to_string(kFlashRequiredMost) + " 个"});
  }

  const Into& in_;
  std::vector<LegalForm> legal_;
  bool raises_;
  std::size_t refused_ = 0;
};

}  // namespace

std::vector<LegalForm> legal_forms() {
  std::vector<LegalForm> out;
  const auto j = parse_json(embedded("policy"));
  const Json* list = j ? j->find("legal_forms") : nullptr;
  if (!list || !list->items()) return out;
  for (const Json& l : *list->items()) {
    LegalForm& f = out.emplace_back();
    f.src = l.text("src");
    for (const auto& [key, to] : {std::pair{"stages", &f.stages}, std::pair{"fields", &f.fields}})
      if (const Json* words = l.find(key); words && words->items())
        for (const Json& w : *words->items())
          if (w.string()) to->push_back(*w.string());
  }
  return out;
}

void read_fields(const Json& document, const Into& in) {
  each_of(document, "fields", in.tell, [&](const Json& e, const std::string& at) {
    FieldSpec f;
    f.key = e.text("key");
    f.zh = e.text("zh");
    f.en = e.text("en").empty() ? f.zh : std::string(e.text("en"));
    f.by_policy = true;
    const auto type = std::ranges::find(kTypes, e.text("type"), &std::pair<std::string_view, FieldType>::first);
    if (!good_key(f.key, 48))
      return in.tell("policy.form", at,
                     {"key is small letters, digits and _, at most 48, a letter first",
                      "代码用小写字母、数字和下划线，字母开头，最多 48 个"});
    if (!good_name(f.zh) || !good_name(f.en))
      return in.tell("policy.form", at, {"zh and en are one short line", "中英文名各写短短一行"});
    if (type == std::end(kTypes))
      return in.tell("policy.form", at,
                     {"type is text, int, number, bool, datetime or choice",
                      "类型只能是 text、int、number、bool、datetime、choice"});
    f.type = type->second;
    if (const Json* classes = e.find("classes")) {
      if (!classes->items() || classes->items()->size() > kChoicesMost)
        return in.tell("policy.form", at, {"classes is a short list", "classes 须是不长的列表"});
      for (const Json& c : *classes->items()) {
        if (!c.string() || !knows_class(in.rules, *c.string()))
          return in.tell("policy.unknown", at, {"there is no such class", "没有这个类别"});
        f.classes.push_back(*c.string());
      }
    }
    if (f.type == FieldType::choice) {
      const Json* choices = e.find("choices");
      if (!choices || !choices->items() || choices->items()->empty() || choices->items()->size() > kChoicesMost)
        return in.tell("policy.form", at, {"choices is a list of at most 32", "选项最多 32 个"});
      for (const Json& c : *choices->items()) {
        const std::string zh(c.text("zh")), en(c.text("en"));
        if (!good_key(c.text("code"), 32) || !good_name(zh) || (!en.empty() && !good_name(en)))
          return in.tell("policy.form", at, {"a choice has code, zh and en", "每个选项要有 code、zh 和 en"});
        f.choices.push_back({std::string(c.text("code")), zh, en.empty() ? zh : en});
      }
    }
    auto& all = in.rules.templates.fields;
    if (const FieldSpec* there = field_of(in.rules, f.key)) {
      // The same once more is no other field: a policy may be published again, or say what its superior says.
      if (!there->by_policy || there->type != f.type)
        in.tell("policy.form", at, {"another field has the key " + f.key, "已有要素用了这个代码：" + f.key});
      return;
    }
    if (std::ranges::count_if(all, &FieldSpec::by_policy) >= static_cast<std::ptrdiff_t>(kFieldsMost))
      return in.tell("policy.form", at, {"policies bring at most 64 fields", "规则最多增加 64 个要素"});
    all.push_back(std::move(f));
  });
}

void read_forms(const Json& document, const Into& in) {
  const Tell nobody = [](std::string_view, const std::string&, PolicySaid) {};
  for (const bool raises : {false, true}) {
    Forms forms(in, raises);
    const Tell& listens = raises ? nobody : in.tell;
    each_of(document, "required", listens,
            [&](const Json& e, const std::string& at) { forms.entry(e, at, "required"); });
    each_of(document, "forms", listens,
            [&](const Json& e, const std::string& at) { forms.entry(e, at, e.text("need")); });
  }
}

Json fields_json(const RuleSet& rules) {
  Json out = Json::array();
  for (const FieldSpec& f : rules.templates.fields) {
    if (!f.by_policy) continue;
    Json one = Json::object({{"key", f.key}, {"zh", f.zh}, {"en", f.en}});
    for (const auto& [name, type] : kTypes)
      if (type == f.type) one.set("type", name);
    if (!f.classes.empty()) {
      Json list = Json::array();
      for (const auto& c : f.classes) list.add(c);
      one.set("classes", std::move(list));
    }
    if (!f.choices.empty()) {
      Json list = Json::array();
      for (const auto& c : f.choices) list.add(Json::object({{"code", c.code}, {"zh", c.zh}, {"en", c.en}}));
      one.set("choices", std::move(list));
    }
    out.add(std::move(one));
  }
  return out;
}

Json forms_json(const RuleSet& rules) {
  Json out = Json::array();
  std::vector<std::string> classes{std::string()};
  for (const ClassNeed& n : rules.templates.class_needs)
    if (std::ranges::find(classes, n.class_code) == classes.end()) classes.push_back(n.class_code);
  for (const std::string& cls : classes)
    for (const auto& [stage_name, stage] : kStages)
      for (const auto& [need_name, need] : kNeeds) {
        if (need == Need::unused) continue;
        Json fields = Json::array();
        if (cls.empty()) {
          for (const FieldSpec& f : rules.templates.fields)
            if (f.classes.empty() && !f.by_node && f.need[static_cast<std::size_t>(stage)] == need) fields.add(f.key);
        } else {
          for (const ClassNeed& n : rules.templates.class_needs)
            if (n.class_code == cls && n.stage == stage && n.need == need) fields.add(n.field);
        }
        if (!fields.items()->empty())
          out.add(Json::object({{"stage", stage_name},
                                {"class", cls.empty() ? "*" : cls},
                                {"need", need_name},
                                {"fields", std::move(fields)}}));
      }
  return out;
}

}  // namespace yz::node::policy_parts
