#include "node/office/due.h"

#include <algorithm>

#include "sync/instant.h"

namespace yz::node {

IncidentLevel level_of(const Rules& rules, const Report& report) {
  const IncidentLevel by_figures = rules.grade(report.fields.text("incident_type"), report.fields);
  const auto stated = incident_level_from(report.fields.text("level"));
  return std::max(by_figures, stated.value_or(IncidentLevel::ungraded));
}

Due due_of(const Rules& rules, std::string_view hop, const Report& report) {
  if (report.kind != Kind::first_report) return {};
  const auto* type = rules.incident_type(report.fields.text("incident_type"));
  const Deadline* d = rules.deadline(hop, std::max(level_of(rules, report), IncidentLevel::iv),
                                     type ? std::string_view(type->class_code) : std::string_view());
  const auto learned = report.fields.count("learned_at");
  const auto from = learned ? learned : report.occurred_at;
  if (!d || !from) return {};
  Due due{*from + d->written_min * sync::kMinuteMs, {}};
  if (d->phone_min) due.phone = *from + *d->phone_min * sync::kMinuteMs;
  return due;
}

}  // namespace yz::node
