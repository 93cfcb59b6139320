// The desk, fourth part: where a report goes.
#include <algorithm>

#include "node/office/desk.h"
#include "sync/limits.h"

namespace yz::node {

/// An emergency that goes past our superior at once, as stated or by its figures, whichever is graver: by policy, of
/// any class in flash, of single classes in urgent too.
bool Desk::gravest(const Report& r) const {
  if (r.lane > sync::Lane::urgent || !is_emergency(r.kind)) return false;
  const std::string_view type_code = r.fields.text("incident_type");
  const auto stated = incident_level_from(r.fields.text("level")).value_or(IncidentLevel::ungraded);
  const IncidentLevel level = std::max(stated, rules_.grade(type_code, r.fields));
  if (level == IncidentLevel::ungraded) return false;
  const PolicyTerms& terms = rules_.data().terms;
  if (r.lane == sync::Lane::flash && level >= terms.skip_from) return true;
  const IncidentTypes::Type* type = rules_.incident_type(type_code);
  return type && std::ranges::any_of(terms.skip, [&](const SkipRule& s) {
           return (s.class_code == type->class_code || s.class_code == type->code) &&
                  (s.from.empty() || s.from == home_.level) && level >= s.lowest;
         });
}

bool Desk::skips(const Report& r) const { return home_.gravest_to_all && gravest(r); }

/// Ascending. What was told of a case once, is told further; a person's words go before policy.
std::vector<OfficeId> Desk::addressees(const Draft& d, const CaseFile* file) const {
  std::vector<OfficeId> out = d.extras.to;
  if (file) out.insert(out.end(), file->addressees.begin(), file->addressees.end());
  if (out.empty() && !home_.above.empty() && home_.above.front().rank != Above::Rank::higher)
    out.push_back(home_.above.front().id);
  if (d.extras.to.empty() && home_.gravest_to_all && gravest(d.report)) {
    bool higher = false;  // only the first above our superior
    for (const Above& a : home_.above) {
      if (a.rank != Above::Rank::higher || (!higher && a.reached)) out.push_back(a.id);
      higher = higher || a.rank == Above::Rank::higher;
    }
  }
  out.insert(out.end(), d.extras.cosign.offices.begin(), d.extras.cosign.offices.end());
  std::erase(out, home_.id);  // a case that was told to us goes on to the others
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Of what is no report of its own (a withdrawal, a cosignature): whom the case went to, else our superior.
std::vector<OfficeId> Desk::case_addressees(const CaseFile& file) const { return addressees(Draft(), &file); }

/// As people read it: our superior, line superiors, then upwards.
std::vector<OfficeId> Desk::shown_order(const std::vector<OfficeId>& all) const {
  std::vector<OfficeId> out;
  for (const Above& a : home_.above)
    if (std::ranges::binary_search(all, a.id)) out.push_back(a.id);
  for (const OfficeId& id : all)
    if (std::ranges::find(out, id) == out.end()) out.push_back(id);
  return out;
}

OfficeId Desk::first_addressee(std::int64_t matter) {
  const auto draft = books_.draft(matter);
  if (!draft || !*draft) return home_.id;
  const auto to = shown_order(addressees(**draft, nullptr));
  // Without a superior there is nobody to seal for yet; it stays with the draft.
  return to.empty() ? home_.id : to.front();
}

}  // namespace yz::node
