#pragma once
// The pieces of policy_json.cc, one a section of the document.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "node/net/json.h"
#include "node/office/policy.h"

namespace yz::node::policy_parts {

inline constexpr std::size_t kEntriesMax = 512;
inline constexpr std::string_view kLevels[] = {"province", "city", "county", "township", "unit"};
inline constexpr std::pair<std::string_view, Stage> kStages[] = {{"flash", Stage::flash},       {"first", Stage::first},
                                                                 {"followup", Stage::followup}, {"final", Stage::final},
                                                                 {"routine", Stage::routine},   {"zero", Stage::zero}};
inline constexpr std::pair<std::string_view, Need> kNeeds[] = {
    {"required", Need::required}, {"if_known", Need::if_known}, {"optional", Need::optional}, {"unused", Need::unused}};

/// Tells of what is wrong, or passes it over when nobody listens.
using Tell = std::function<void(std::string_view code, const std::string& where, PolicySaid message)>;

/// The set of rules that a document is read into.
struct Into {
  RuleSet& rules;
  bool stricter;            ///< only what asks for more counts
  const RuleSet* superior;  ///< to be compared with; null: nobody is asked
  const Tell& tell;
};

/// A list of objects, at most 512; where there is none, nothing happens.
void each_of(const Json&, const char* key, const Tell&,
             const std::function<void(const Json&, const std::string& at)>& take);
/// A class or type of incidents, or "*" for all.
bool knows_class(const RuleSet&, std::string_view code);

/// What a policy may not take from a form, with its source.
struct LegalForm {
  std::vector<std::string> stages, fields;
  std::string src;
};
std::vector<LegalForm> legal_forms();

/// "fields": what this program's forms have not got. "forms" and "required": what a form asks for.
void read_fields(const Json& document, const Into&);
void read_forms(const Json& document, const Into&);
Json fields_json(const RuleSet&);
Json forms_json(const RuleSet&);

/// "zero_report" and "watch".
void read_times(const Json& document, const Into&);
Json times_json(const std::vector<Timetable>&, bool watch);

/// "escalation": when who is asked about what waits.
void read_escalation(const Json& document, const Into&);
Json escalation_json(const PolicyTerms&);

/// "skip_level".
void read_skip(const Json& document, const Into&);
Json skip_json(const RuleSet&);

}  // namespace yz::node::policy_parts
