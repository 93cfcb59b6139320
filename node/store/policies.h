#pragma once
#include "node/office/policy.h"
#include "node/store/cases.h"

namespace yz::node {

/// One version that an office published, as it is stored here.
struct StoredPolicy {
  OfficeId office;
  PolicyBody body;
  RecordId record;
  CaseId case_id;
  std::int64_t matter = 0;
  sync::Millis published_ms = 0;
  bool own = false, verified = true;
  CertDigest signer;
};
/// Each version of each office once, newest first.
Result<std::vector<StoredPolicy>> policies(Store&);
/// Of every office above us and of ours the newest that holds at that time, the topmost first.
Result<std::vector<StoredPolicy>> policies_in_force(Store&, sync::Millis at);
/// "370700#3,370783#1".
Result<std::string> policy_name(Store&, const std::vector<StoredPolicy>&);
/// The built-in rules as these change them.
RuleSet ruled_by(RuleSet built_in, const std::vector<StoredPolicy>&, std::string name);

}  // namespace yz::node
