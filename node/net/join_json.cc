#include "node/net/join_json.h"

#include <nlohmann/json.hpp>

namespace yz::node {

std::string founded_json(const std::string& code, const std::string& name, const NodeId& node,
                         const std::string& fingerprint, const std::string& state) {
  nlohmann::ordered_json j;
  j["office"] = code;
  j["name"] = name;
  j["node"] = hex(node.view());
  j["fingerprint"] = fingerprint;
  j["state"] = state;
  return j.dump();
}

std::string admitted_json(const std::string& answer_file) {
  return nlohmann::ordered_json{{"answer", answer_file}}.dump();
}

}  // namespace yz::node
