#include "node/net/evidence_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace yz::node {

std::string evidence_json(const EvidenceCheck& e) {
  nlohmann::ordered_json j;
  j["ok"] = e.audit.ok();
  j["records"] = e.audit.records;
  j["layers"] = e.layers;
  j["attachments"] = e.attachments;
  j["receipts"] = e.audit.receipts;
  j["case"] = base32(e.case_id.view());
  j["root_fingerprint"] = e.root_fingerprint;
  j["exercise"] = std::ranges::any_of(e.items, &EvidenceCheck::Item::exercise);
  j["items"] = nlohmann::ordered_json::array();
  for (const auto& i : e.items)
    j["items"].push_back({{"type", i.type}, {"title", i.title}, {"number", i.number}, {"office", i.office}});
  j["problems"] = nlohmann::ordered_json::array();
  for (const auto& p : e.audit.problems) j["problems"].push_back({{"what", p.what}, {"where", p.where}});
  j["forged"] = nlohmann::ordered_json::array();
  for (const auto& f : e.forged)
    j["forged"].push_back({{"attachment", f.attachment}, {"office", f.office}, {"what", f.what}});
  return j.dump();
}

}  // namespace yz::node
