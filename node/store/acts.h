#pragma once
// Decisions, instructions, questions and what is said to them, as the store keeps them: the record itself, and a row
// of `act` with what lists and states need.
#include <span>

#include "node/office/books.h"
#include "node/store/cases.h"

namespace yz::node {

/// What looks at all acts of a case looks at its newest so many.
inline constexpr std::size_t kActsLookedAt = 256;

/// Keeps a row for a good record that is an act. Inside Store::write().
Result<> keep_act(Store&, std::int64_t matter, std::int64_t record_row, const sync::ReleasedRecord&, bool exercise);

/// When the second of two persons signed, by the cosignature that says so (sync/PROTOCOL.md 2.2). After the act's
/// record or such a cosignature came. Inside Store::write().
Result<> keep_completion(Store&, const RecordId& act);

/// As newer_by_then() of forwards.h; what two persons decided counts from the second's signature. `all`: the case's.
std::vector<std::size_t> newer_when_complete(const CaseGraph&, const sync::ReleasedRecord&,
                                             std::span<const CaseRecord> all);

/// Works out anew where the acts of a case stand, and with them the case: `base` is what versions, receipts and
/// acknowledgements make of it. Inside Store::write().
Result<ReportState> state_with_acts(Store&, std::int64_t matter, const OfficeId& lead, ReportState base);

/// See Books::acts.
Result<std::vector<ActEntry>> acts_of(Store&, std::int64_t matter);

/// Somebody here has looked at what others did in this case. Gives how many were new. Inside Store::write().
Result<std::int64_t> mark_seen(Store&, std::int64_t matter);
/// Somebody has answered this one, so has read it. Inside Store::write().
Result<> mark_read(Store&, const RecordId&);

/// An act that somebody here has to do something about, or to read.
struct ActDue {
  std::int64_t matter = 0;
  RecordId record;
  ActKind kind{};
  OfficeId office;
  Duty duty{};
  std::optional<sync::Millis> due;
  bool exercise = false;
};
/// Acts with that duty, what is due first before.
Result<std::vector<ActDue>> acts_due(Store&, Duty, std::size_t most);
/// Acts of others that nobody here has looked at and that ask nothing of us, the newest first.
Result<std::vector<ActDue>> acts_unseen(Store&, std::size_t most);

/// Without exercises. `overdue`: duties and awaited ones past their time.
struct ActCounts {
  std::int64_t carry_out = 0, answer = 0, awaited = 0, to_close = 0, overdue = 0, unseen = 0;
};
Result<ActCounts> count_acts(Store&, sync::Millis now);

/// Our own cases that were delivered and that nobody up there has acknowledged or done anything about.
Result<std::vector<std::int64_t>> cases_owed(Store&, std::size_t most);

}  // namespace yz::node
