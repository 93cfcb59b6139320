#pragma once
#include "node/net/join_parts.h"

namespace yz::node {

/// An office leaves its superior for another one (sync/PROTOCOL.md 4.7): it keeps its id, its keys and its history, and
/// gets a code below the new superior. The new superior invites it, it consents with its authority key, the new
/// superior certifies it; whoever knows the office takes that because of the consent. Mail goes to the office that it
/// names.

/// The office's side: the request that is sent again until it is answered. Faults: denied "office.not-admitted",
/// "office.top"; conflict "office.rotating"; invalid "move.superior" (it is our superior already, or below us),
/// "move.level"; forged "join.expired", "join.root". Inside a write.
Result<Bytes> make_move_request(Store&, Directory&, const Invitation&, const crypto::SigningKey& authority,
                                sync::Millis now);
/// The office has moved: link, certificates, ways. What waits for the superior before goes by the new one. Inside a
/// write.
Result<> accept_move(Store&, Directory&, const Invitation&, ByteView request, ByteView answer, sync::Millis now);

/// The new superior's side, for admit(): `offices` is the way up that the office shows, its own certificate first.
Result<> take_over(Store&, Directory&, const JoinRequestMessage&, const join_parts::Invited&,
                   const std::vector<crypto::Certificate>& offices, const crypto::SigningKey& authority,
                   sync::Millis now);

}  // namespace yz::node
