#pragma once
// What the files of the desk about commissions share.
#include "node/office/desk.h"

namespace yz::node {

/// Who may write what asks others for work.
inline constexpr std::uint16_t kWritesTasks = crypto::role::drafter | crypto::role::duty | crypto::role::signer;

/// Fault::invalid for a text that may not be asked for: no title, marks of secrecy, broken text.
Result<> check_task_text(const Rules&, const Report&);
/// Fault::invalid "commission.nobody", "report.addressees", "commission.due".
Result<> check_terms(const CommissionWord&, sync::Millis now);

/// The body that a submitted task or policy was fixed with: what its signer is going to sign.
Result<Bytes> fixed_body(const Draft&);

}  // namespace yz::node
