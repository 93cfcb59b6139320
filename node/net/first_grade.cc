#include "node/net/first_grade.h"

#include "node/office/due.h"

namespace yz::node::api {

Result<std::string> first_grade(const Request& r, const MatterRow& m) {
  if (!is_emergency(m.kind, m.lane)) return std::string();
  const auto records = TRY(case_records(r.store(), m.row));
  const CaseRecord* shown = current(graph_of(m.office, records), records);
  if (!shown) return std::string();
  const auto body = decode_body(shown->released.record.body);
  if (!body || !is_emergency(body->report.kind, body->report.lane)) return std::string();
  return std::string(to_string(level_of(r.host.rules(), body->report)));
}

}  // namespace yz::node::api
