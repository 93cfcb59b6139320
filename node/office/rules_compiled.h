#pragma once
#include "node/office/pattern.h"
#include "node/office/rules.h"

/// What the files of Rules share.
namespace yz::node {

struct CompiledRule {
  Rule rule;
  std::optional<Pattern> regex, unless;
  std::vector<std::pair<std::string, Pattern>> numbers;  ///< field key, pattern
};

struct Rules::Compiled {
  RuleSet data;
  std::vector<CompiledRule> rules;
  std::map<std::string_view, const FieldSpec*> fields;  ///< into data
  std::map<std::string_view, const IncidentTypes::Type*> types;
  std::array<Stage, 16> stages{};  ///< [Kind]; of a first report in flash it is Stage::flash

  std::optional<double> metric(std::string_view name, const Fields& fields_given) const {
    if (auto v = fields_given.measure(name)) return v;
    auto m = data.incidents.metrics.find(name);
    std::optional<double> sum;
    if (m != data.incidents.metrics.end())
      for (const std::string& part : m->second.sum)
        if (auto v = fields_given.measure(part)) sum = sum.value_or(0) + *v;
    return sum;
  }
};

/// All that is amiss with one report, in the order of the rules (rules_check.cc).
std::vector<Finding> find_amiss(const Rules&, const std::vector<CompiledRule>&,
                                const std::map<std::string_view, const FieldSpec*>& specs, Stage, const Report&,
                                const Context&);

}  // namespace yz::node
