#pragma once
#include "node/store/store.h"
#include "sync/sibling.h"

namespace yz::node {

// What a machine of our office writes is sealed to one of the office's archive keys too, so that it opens what it wrote
// after a restore, and the other machines their copies. Each machine seals to one key and knows the others for reading
// (sync/PROTOCOL.md 8.3). A further machine begins with the key of the one that took it in.

/// A machine of ours was taken back, with every key that it knew: what this one writes is sealed to a new one, which
/// the other machines are told. The old one only opens what was. Inside a write.
Result<> renew_archive(Store&, sync::Millis now);
/// Every archive key that is known here, for a machine that has just been taken in: sealed to its box key. Inside a
/// write.
Result<> tell_archives(Store&, const NodeId& machine, const BoxPublic& box, sync::Millis now);

/// A wrap that names no envelope holds an archive key.
bool is_archive_key(const sync::FurtherWrap&);
/// From another machine of our office, which the caller has checked: kept for reading, told to the others, and what
/// waited for it is opened. Faults: missing "archive.key-gone" (sealed to a key that is not here); forged (not sealed
/// by `from` for us); denied "archive.many". Inside a write.
Result<> take_archive_key(Store&, const sync::FurtherWrap&, const NodeId& from, sync::Millis now);

}  // namespace yz::node
