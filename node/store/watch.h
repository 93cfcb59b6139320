#pragma once
#include "node/store/directory.h"

namespace yz::node {

/// How long a neighbour within reach may hold what is in a lane before it is an alarm (protocol 2).
struct Patience {
  sync::Millis flash = 600'000, urgent = 3'600'000, routine = 86'400'000;
  sync::Millis of(sync::Lane) const;
};

/// Looks what is kept from us, or not taken from us, and puts it among the alarms; takes away those whose cause is
/// gone. Only "held.back" names an office that does wrong, and only on that office's own signature; all others say what
/// is known and accuse nobody (protocol 8). Inside a write.
///
///   held.back          R said that it has an envelope for us, was in contact with us, and did not hand it on in time
///   gap                a head names envelopes that have not come
///   not.taken          a neighbour in contact does not take what we have for it, or for others by way of it
///   nothing.heard      no head of an office for 26 h, or no contact with a neighbour below
///   registry.differs   an office's certificates are not the same at its own end and here
///   announced.missing  an office below sent a flash to somebody else, and nothing of it has come here
Result<> watch(Store&, Directory&, sync::Millis now, const Patience& = {});
/// What a node does several times a minute: heads that are due, then watch().
Result<> tell_and_watch(Store&, Directory&, sync::Millis now, const Patience& = {});

}  // namespace yz::node
