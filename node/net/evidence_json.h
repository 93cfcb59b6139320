#pragma once
#include <string>

#include "node/store/audit.h"

namespace yz::node {
/// {"ok","records","receipts","case","root_fingerprint","exercise","items":[{"type","title","number","office"}],"problems":[{"what","where"}],"attachments","forged":[..]}
std::string evidence_json(const EvidenceCheck&);
}  // namespace yz::node
