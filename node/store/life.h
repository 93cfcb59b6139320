#pragma once
#include "node/store/store.h"

namespace yz::node {

/// A new incarnation and store epoch (protocol 9): after a restore, or when a neighbour shows that this store is older
/// than what was sent from it, or that another machine sends under our name. Tells neighbours which streams ended
/// where; what has no stored receipt waits to be cut again. Inside a write. Whoever holds a guard writes it after
/// the commit.
Result<> begin_life(Store&, sync::Millis now);

/// Somebody seals to a key of ours that is not here: their list of our keys is of a later time than this store, which
/// then is an old copy that nobody has noticed. Signs our own list anew, newer than any before, at most once an hour:
/// what cannot be opened is cut again for a key that is here. Inside a write.
Result<> tell_keys_anew(Store&, sync::Millis now);

}  // namespace yz::node
