#include "node/cli/words.h"

#include <algorithm>

#include "node/net/rules_json.h"

namespace yz::node::cli {
namespace {

const RuleSet& rules() {
  static const RuleSet all = load_rules().value_or(RuleSet{});  // without them keys stand for names
  return all;
}

const FieldSpec* field(std::string_view key) {
  const auto& all = rules().templates.fields;
  const auto at = std::ranges::find(all, key, &FieldSpec::key);
  return at == all.end() ? nullptr : &*at;
}

template <class Named>
std::string word(const Named& n, Language l) {
  return l == Language::zh ? n.zh : n.en;
}

}  // namespace

std::string field_name(std::string_view key, Language l) {
  const FieldSpec* f = field(key);
  return f == nullptr ? std::string(key) : word(*f, l);
}

std::string field_value(std::string_view key, const std::string& value, Language l) {
  if (value == kUnknown) return l == Language::zh ? "待核实" : "being checked";
  const FieldSpec* f = field(key);
  if (f == nullptr) return value;
  if (f->type == FieldType::boolean && (value == "true" || value == "false"))
    return value == "true" ? (l == Language::zh ? "是" : "yes") : (l == Language::zh ? "否" : "no");
  for (const auto& c : f->choices)
    if (c.code == value) return word(c, l);
  if (f->type == FieldType::incident_type)
    for (const auto& t : rules().incidents.types)
      if (t.code == value) return word(t, l) + " (" + value + ")";
  return value;
}

}  // namespace yz::node::cli
