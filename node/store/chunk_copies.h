#pragma once
#include <vector>

#include "node/store/store.h"
#include "sync/outbox.h"
#include "sync/statement.h"

namespace yz::node {

// Bytes of attachments between the machines of one office (sync/PROTOCOL.md 8.3). Who holds a manifest and lacks chunks
// asks the others by a chunk receipt, be it empty; who has what that leaves out hands it over.

/// From time to time: manifests that came since, and those that became whole. Inside a write.
Result<> ask_for_chunks(Store&, sync::Millis now);
/// Another machine of ours says what it has, and so asks for the rest. Inside a write.
Result<> sibling_has_chunks(Store&, const sync::Statement&, const sync::ChunkReceipt&);
/// Chunks that a machine asked for and we have, in the order of their rows here, beyond `after`.
Result<std::vector<sync::QueuedChunk>> chunks_asked_for(Store&, const NodeId& machine, std::int64_t after,
                                                        std::size_t most);
/// One of them as it is handed over: what came to us as it came; of our own the same ciphertext, signed for our office.
Result<Bytes> chunk_for_sibling(Store&, std::int64_t row);

}  // namespace yz::node
