#pragma once
#include <string>

#include "crypto/bytes.h"

namespace yz::node {
/// The documents that init, join and admit print (interface.md 6).
std::string founded_json(const std::string& code, const std::string& name, const NodeId&,
                         const std::string& fingerprint, const std::string& state);
std::string admitted_json(const std::string& answer_file);
}  // namespace yz::node
