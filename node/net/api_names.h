#pragma once
#include <map>
#include <string>
#include <utility>

#include "node/net/api_request.h"

namespace yz::node::api {

/// Codes and names of offices, looked up once a list.
class Names {
 public:
  explicit Names(const Request& r) : r_(r) {}
  const std::pair<std::string, std::string>& of(const OfficeId& id) {
    auto at = known_.find(id);
    if (at == known_.end()) at = known_.emplace(id, std::pair(r_.code_of(id), r_.office_name(id))).first;
    return at->second;
  }

 private:
  const Request& r_;
  std::map<OfficeId, std::pair<std::string, std::string>> known_;
};

}  // namespace yz::node::api
