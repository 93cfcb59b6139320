#pragma once
// What came in our own office's name from outside this machine: written by another machine of ours, or given back after
// a restore. It is judged as another office's record is (opener.cc), at the time of its signing.
#include "node/store/directory.h"
#include "node/store/records.h"

namespace yz::node {

/// Whether an office worked with one person at that time: certified so, and nobody but one held a certificate with a
/// role. By what is known here now.
Result<bool> worked_alone(Store&, const OfficeId&, sync::Millis at);

/// Whether a report lacks the reviewer's signature that the policies in force when it was signed ask for. Shown beside
/// it, as one signer too few is, and no reason to refuse it: a policy may reach its office late.
Result<bool> lacks_review(Store&, Directory&, const sync::Record&);

/// Keeps it without effect, and tells people: nothing in our own name is taken or thrown away in silence. `envelope`:
/// the row of the one it came in. Inside Store::write().
Result<> put_aside(Store&, std::int64_t envelope, const sync::ReleasedRecord&, sync::Refusal why, sync::Millis now);
/// What was put aside is good now. Inside Store::write().
Result<> no_longer_aside(Store&, std::int64_t record_row);
/// A record of that row is a good one.
Result<bool> is_good(Store&, std::int64_t record_row);

}  // namespace yz::node
