#pragma once
// Rules that travel down: a signed document that changes the built-in ones. What it may say stands in sync/PROTOCOL.md
// 2.4; node/net/policy_json.cc reads and writes it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "node/office/rules.h"

namespace yz::node {

inline constexpr std::size_t kPolicyBytesMax = 200 * 1024;  ///< the document; a record's body holds 256 KiB

/// The body of a record of type policy.
struct PolicyBody {
  std::int64_t version = 0;       ///< of one office strictly rising, from 1
  std::int64_t effective_ms = 0;  ///< from when it holds
  std::string document;           ///< JSON, compact
};
Bytes encode_policy(const PolicyBody&);
/// Fault::forged unless it has this form.
Result<PolicyBody> decode_policy(ByteView);

/// One sentence in both languages of the page.
struct PolicySaid {
  std::string en, zh;
};
struct PolicyProblem {
  std::string code;   ///< policy.form, policy.size, policy.unknown, policy.legal, policy.laxer, policy.flash
  std::string where;  ///< "deadlines[3]"
  PolicySaid message;
};
/// What no policy may go beyond, and where it is written.
struct LegalLimit {
  std::string hop, class_code, src;  ///< "*": every hop
  std::int64_t written_min = 0;
};
std::vector<LegalLimit> legal_limits();
/// What keeps this document from being published; empty when nothing does. `superior`: what holds above; null when
/// nothing does.
std::vector<PolicyProblem> check_policy(std::string_view document, const RuleSet& built_in, const RuleSet* superior);
/// Changes the rules as the document says. `stricter`: only where it asks for more than they do. What this program does
/// not know, or what goes beyond the law, is passed over.
void apply_policy(std::string_view document, bool stricter, RuleSet&);
/// Signatures that a routine text of this kind takes.
inline std::int64_t steps_of(const PolicyTerms& terms, Kind kind) {
  std::int64_t steps = 2;
  for (const auto& s : terms.signoff)
    if (!s.kind || *s.kind == kind) steps = s.steps;
  return steps;
}
/// The rules as a document, to be edited; pretty JSON.
std::string document_of(const RuleSet&);

struct PolicyChange {
  std::string where, before, after;
};
/// Entry by entry; both are documents.
std::vector<PolicyChange> policy_changes(std::string_view before, std::string_view after);

}  // namespace yz::node
