#pragma once
// Commissions (约稿) in the database: what a record makes of its case's row, and how one stands by all that was signed.
#include "node/office/commission.h"
#include "node/store/cases.h"
#include "node/store/directory.h"

namespace yz::node {

/// The row of a commission's or policy's case follows its record. Inside Store::write().
Result<> project_task(Store&, std::int64_t matter, const sync::ReleasedRecord&, const std::optional<DecodedBody>&,
                      const RecordFacts&);
/// A report that names a commission is found by it. Inside Store::write().
Result<> project_answer(Store&, std::int64_t matter, const sync::Record&, const std::optional<DecodedBody>&);

/// Fault::missing "commission.missing" when the case has no commission that was signed.
Result<CommissionFile> commission_file(Store&, Directory&, std::int64_t matter, sync::Millis now);

/// One at the end of a chain, as far as its own replies came here.
struct Below {
  Asked asked;
  bool heard = false;  ///< a reply of it is here
  std::vector<Below> below;
};
/// Whom an office passed a commission on to, by its own signed word.
Result<std::vector<Below>> passed_below(Store&, Directory&, const Asked&, sync::Millis now, std::size_t depth = 0);
/// Those at the end of the chain for whom it still waits; itself when it did not pass it on.
std::vector<OfficeId> holds_up(const Asked&, const std::vector<Below>&);

/// Commissions of ours that pass this one on.
Result<std::vector<CaseId>> children_of(Store&, const CaseId& parent);

/// Rows of matter, newest first: ours and asked of us, drafts too.
Result<std::vector<MatterRow>> commission_rows(Store&, std::size_t most);

}  // namespace yz::node
