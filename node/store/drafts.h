#pragma once
#include <vector>

#include "node/office/books.h"
#include "node/store/store.h"
#include "sync/statement.h"

namespace yz::node {

// Drafts of one office on several machines (sync/PROTOCOL.md 4.10). The versions of each lie in `draft_version`; the
// row in `draft`, which the desk reads, is made from them. Every machine tells each other one its own state of each
// draft, sealed, and takes in what it is told.

/// Drafts that are kept from other machines, at most; and how many of those that are gone are remembered, how long.
inline constexpr std::int64_t kDraftsMost = 8192, kDraftsGone = 8192;
inline constexpr sync::Millis kDraftsGoneMs = 400LL * 24 * 3'600'000;

/// Texts of reports and editions. What a superior decides, instructs, commissions or orders is signed on the machine
/// where it was written down: its content is no report, so nobody elsewhere could be shown what he signs. It has no
/// versions, and a text of the case from another machine waits until it is gone.
bool is_shared_draft(const BodyExtras&);
/// The desk has saved it: a version more, on top of what its writer saw, told to the others; `seen` and `disputed` are
/// then those of the new one. Inside a write.
Result<> draft_saved(Store&, Draft&, sync::Millis now);
/// The desk has deleted it, or signed it off as `into`. Inside a write, before the row goes.
Result<> draft_gone(Store&, const Draft&, const std::optional<RecordId>& into, sync::Millis now);
/// As they lie in a draft's row.
Result<std::vector<sync::RecordSignature>> signatures_from(ByteView);
/// What is known of a draft; no heads: nothing.
Result<DraftState> draft_state(Store&, const CaseId&);
/// One from before there were versions becomes the first of this machine's. Inside a write.
Result<> begin_draft_version(Store&, std::int64_t matter, sync::Millis now);
/// Keeps a state as the newest and makes the draft's row from it. Inside a write.
Result<> keep_draft_state(Store&, const DraftState&, sync::Millis now);
/// Records came that a draft may have waited for. Inside a write.
Result<> settle_drafts(Store&, const CaseId&, sync::Millis now);

// draft_share.cc
/// Tells every other machine that does not know it what stands of this draft. Inside a write.
Result<> tell_draft(Store&, const CaseId&, const std::optional<NodeId>& but, sync::Millis now);
/// A piece of what another machine tells. Fault::denied from anybody but a machine of our office on its own link;
/// Fault::forged when what it gives when whole is not a draft of ours. Inside a write.
Result<> take_draft_part(Store&, const sync::Statement&, const NodeId& from, sync::Millis now);
/// From time to time: what is not told yet, what waited for a machine's confirmation or a certificate, and what is old
/// enough to be forgotten. Inside a write.
Result<> help_drafts(Store&, sync::Millis now);
/// Nothing goes to it any more, and nothing of it waits here. Inside a write.
Result<> forget_drafts_with(Store&, const NodeId&);

}  // namespace yz::node
