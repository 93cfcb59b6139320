#pragma once
#include <optional>
#include <span>

#include "node/office/body.h"
#include "node/store/store.h"

namespace yz::node {

// Attachments by whom their bytes came, and those that go on for their author (sync/PROTOCOL.md 2.5). What is handed on
// has no bytes of its own here: each chunk is signed for its next reader when it leaves.

/// What is here of an attachment.
struct AttachmentBytes {
  std::int64_t row = 0;             ///< of `attachment`: the best of those that it came by; 0: nothing is here
  bool whole = false;               ///< and it is what the manifest names
  std::uint32_t have = 0;           ///< chunks
  std::optional<NodeId> forged_by;  ///< whose node signed chunks that together are not what the manifest names
};
Result<AttachmentBytes> bytes_of(Store&, const Manifest&);

/// The last chunk of this row came: what all of them together are is worked out and kept. Raises `attachment.forged`
/// when the manifest that came from the same office names something else, and lets go what waited for it. Inside a
/// write.
Result<> attachment_arrived(Store&, std::int64_t row, sync::Millis now);
/// The manifest came after its chunks. Inside a write.
Result<> manifest_arrived(Store&, const sync::AttachmentId&, sync::Millis now);
/// Whether it is here whole, and as a good manifest names it: nobody else need send it.
Result<bool> known_whole(Store&, const sync::AttachmentId&);

/// It goes to these offices as soon as all of it is here and is what its author signed; not to those whom the author
/// sends it himself. Inside a write.
Result<> hand_on_attachment(Store&, const Manifest&, std::span<const OfficeId> destinations);
/// The same for whomever: its author's office that lost the bytes, or those it still owes them to. Inside a write.
Result<> owe_attachment(Store&, const Manifest&, std::span<const OfficeId> destinations);
/// One of its chunks, signed for where it goes: the same bytes every time. `row` of `chunk`.
Result<Bytes> handed_chunk(Store&, std::int64_t row);

}  // namespace yz::node
