#pragma once
#include "node/store/store.h"

namespace yz::node {

// Who has what of a stream, after one of its ends was put back from a copy (protocol 9). The author says in a `custody`
// receipt of its own stream what it still holds; the destination answers with what it has stored, and gives back what
// the author lacks.

/// The row of a stream of ours, made when it is not known: a later life of this node wrote it before it was lost.
/// Nothing when too many are known by name only: a receipt costs its issuer nothing.
Result<std::optional<std::int64_t>> own_stream(Store&, const sync::StreamName&, sync::Millis now);
/// Says to `peer` what we hold of a stream of ours. Not again when nothing changed since, but for `anew`.
Result<> state_holdings(Store&, std::int64_t stream, const NodeId& peer, sync::Millis now, bool anew);
/// The same of all our streams to that office: the neighbour's store is another one than the one we knew.
Result<> state_all_holdings(Store&, const OfficeId& destination, const NodeId& peer, sync::Millis now);
/// Whether a receipt covers numbers of the stream that are not here.
Result<bool> lacks(Store&, std::int64_t stream, const sync::Receipt&);
/// Whether the destination's receipts say that it opened this number, of whatever history: for what it gave back.
Result<bool> opened_there(Store&, std::int64_t stream, sync::Seq);
/// The author holds this much of what it sent us: the rest is offered back, a bounded lot at a time.
Result<> offer_back(Store&, std::int64_t stream, const sync::Receipt& held);
/// The part of a receipt that speaks of our own envelopes for sure: up to a chain value of ours. Ranges are numbers
/// only, and under the same numbers the destination may have envelopes of another branch, which we know nothing of.
Result<sync::Receipt> proven(Store&, std::int64_t stream, sync::Receipt);
/// Whether the chain value that a receipt names is of the history that we wrote, as far as we can tell.
Result<bool> same_history(Store&, std::int64_t stream, const sync::Receipt&);

}  // namespace yz::node
