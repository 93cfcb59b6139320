#pragma once
#include "node/store/store.h"
#include "sync/statement.h"

namespace yz::node {

/// The newest signed word of any machine of that office: who said it, in which life of its store, when by its own
/// clock. What is cut now can only be receipted after it. Empty when nothing was heard. 32 bytes: node 16, epoch 8,
/// HLC 8.
Result<Bytes> newest_word_of(Store&, const OfficeId&);

/// Whether this receipt is dated before an earlier word of the same machine that we held when we cut what it speaks of:
/// two signatures of one office that cannot both be true. Raises "receipt.backdated". The receipt counts all the same.
/// Not of a machine that has said since that it was put back from a copy. Inside a write, before the envelopes are
/// marked as stored.
Result<> look_for_backdating(Store&, std::int64_t stream, const sync::Receipt&, const sync::Statement&,
                             sync::Millis now);
/// The machine was put back from a copy: what it dated back before it found out is explained, and "node.restored"
/// stands in its place. The journal keeps both. Inside a write.
Result<> excuse_backdating(Store&, const NodeId& machine);

}  // namespace yz::node
