// From a case's records to the graph of its versions.
#include <algorithm>

#include "node/store/cases.h"

namespace yz::node {
namespace {

bool good_version(const CaseRecord& c) {
  return c.quarantine == sync::Refusal::none && is_version(c.released.record.type);
}

Version version_of(const CaseRecord& c) {
  const sync::Record& r = c.released.record;
  Version v;
  v.id = c.released.id;
  v.author = r.origin;
  v.at = r.at;
  v.lane = r.lane;
  v.withdrawal = r.type == sync::RecordType::withdrawal;
  v.parents = r.parents;
  if (v.withdrawal || r.schema != 1) return v;
  if (auto body = decode_body(r.body)) {
    v.content = std::move(body->report);
    v.sequence = body->extras.sequence;
  }
  return v;
}

bool has_text(const CaseRecord& c) { return good_version(c) && c.released.record.type != sync::RecordType::withdrawal; }

}  // namespace

CaseGraph graph_of(const OfficeId& lead, const std::vector<CaseRecord>& records) {
  std::vector<Version> versions;
  for (const CaseRecord& c : records)
    if (good_version(c)) versions.push_back(version_of(c));
  return CaseGraph(lead, std::move(versions));
}

std::vector<const CaseRecord*> heads(const CaseGraph& graph, const std::vector<CaseRecord>& records) {
  std::map<RecordId, const CaseRecord*> by_id;
  for (const CaseRecord& c : records) by_id.emplace(c.released.id, &c);
  std::vector<std::size_t> all;
  for (const auto& point : graph.standpoints())
    for (const auto& head : point.heads) all.insert(all.end(), head.same.begin(), head.same.end());
  std::ranges::sort(all);  // indices follow the clock
  std::vector<const CaseRecord*> out;
  for (const std::size_t i : all) out.push_back(by_id.at(graph.at(i).id));
  return out;
}

const CaseRecord* current(const CaseGraph& graph, const std::vector<CaseRecord>& records) {
  const auto tips = heads(graph, records);
  const auto lead = [](const CaseRecord& c) { return c.released.record.origin == c.released.record.case_office; };
  for (const bool any : {false, true})
    for (auto it = tips.rbegin(); it != tips.rend(); ++it)
      if (has_text(**it) && (any || lead(**it))) return *it;
  const CaseRecord* newest = nullptr;
  for (const CaseRecord& c : records)
    if (has_text(c) && (!newest || std::tie(newest->released.record.at, newest->released.id) <
                                       std::tie(c.released.record.at, c.released.id)))
      newest = &c;
  return newest;
}

}  // namespace yz::node
