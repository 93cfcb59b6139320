#pragma once
#include "node/office/policy.h"
#include "node/store/cases.h"

namespace yz::node {

/// How many versions a history shows.
inline constexpr std::size_t kPoliciesShown = 1000;

/// One version that an office published, as it is stored here.
struct StoredPolicy {
  OfficeId office;
  std::int64_t version = 0;
  sync::Millis effective_ms = 0;
  std::int64_t row = 0;  ///< of its record
  RecordId record;
  CaseId case_id;
  std::int64_t matter = 0;
  sync::Millis published_ms = 0;
  bool own = false, verified = true;
  bool superseded =
      false;  ///< another machine of that office gave another content the same number, and that one counts
  CertDigest signer;
};
/// Each content of each version of each office once, the newest to arrive first; at most kPoliciesShown. Reads no
/// document.
Result<std::vector<StoredPolicy>> policies(Store&);
/// The version of that number which counts. Fault::missing "policy.missing".
Result<StoredPolicy> policy_version(Store&, const OfficeId&, std::int64_t version);
/// The greatest number that our office gave; 0 = none.
Result<std::int64_t> last_version(Store&);
/// Of every office above that one and of itself the newest that holds at that time, the topmost first.
Result<std::vector<StoredPolicy>> policies_in_force(Store&, const OfficeId&, sync::Millis at);
/// "370700#3,370783#1".
Result<std::string> policy_name(Store&, const std::vector<StoredPolicy>&);
/// What it says, from its record.
Result<std::string> document_of(Store&, const StoredPolicy&);
/// The built-in rules as these change them.
Result<RuleSet> ruled_by(Store&, RuleSet built_in, const std::vector<StoredPolicy>&, std::string name);

/// A good record of type policy gets its row; what says the same as one that is here gets none. Two contents under one
/// number: the later by (clock, content) counts, at every office alike, and of our own people are told. Inside
/// Store::write().
Result<> keep_policy(Store&, std::int64_t record_row, const sync::ReleasedRecord&, sync::Millis now);
/// People are told, once, of each version that holds from now on and did not when it was published. Inside a write.
Result<> tell_policies_that_begin(Store&, sync::Millis now);
/// Rows for what was stored before there was a table. Once, when the store is opened. Inside a transaction.
Result<> keep_policies_of_before(Database&);

}  // namespace yz::node
