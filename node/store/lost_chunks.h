#pragma once
#include <span>

#include "node/office/body.h"
#include "node/store/store.h"
#include "sync/record.h"
#include "sync/statement.h"

namespace yz::node {

// Attachments after a restore. Their chunks are in no stream, so no receipt of a stream speaks for them.

/// Put back from a copy, we say anew which chunks of each attachment that was promised to us we still have.
/// What has not been opened yet says so when it is (`tell_chunks_of`). Inside a write.
Result<> tell_chunks_we_have(Store&, sync::Millis now);
/// The same for one record that has just been found good, if it is a manifest and this store was ever put back: whoever
/// we were may have had its chunks, and nobody gives them again unasked. Inside a write.
Result<> tell_chunks_of(Store&, const sync::ReleasedRecord&, const NodeId& author, sync::Millis now);
/// These records are offered again: if one is a manifest, its chunks are too.
Result<> offer_chunks_again(Store&, std::span<const std::int64_t> record_rows);
/// The office was put back from a copy: of a manifest that it has not receipted, it may have lost chunks that it had.
Result<> offer_chunks_underway(Store&, const OfficeId& destination);

/// A manifest of ours came back, by `brought`, and its bytes did not: the office `holder` that it had been sent to is
/// asked for them, by a chunk receipt for our own office that names a node of theirs as the one to sign them. As soon
/// as they are here they go on to the other addressees. Inside a write.
Result<> ask_back(Store&, const Manifest&, std::span<const OfficeId> addressees, const OfficeId& holder,
                  const NodeId& brought, sync::Millis now);
/// The office that wrote this attachment asks for what we have of it: it goes back, signed by us. False: it is not
/// theirs, or nothing names it here. Inside a write.
Result<bool> give_back(Store&, const OfficeId& author, const sync::ChunkReceipt&);

}  // namespace yz::node
