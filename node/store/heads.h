#pragma once
#include "node/store/directory.h"
#include "sync/statement.h"

namespace yz::node {

/// What our node says of its own streams to one destination, as the store stands. Inside a write.
Result<sync::Head> head_for(Store&, Directory&, const OfficeId& destination);

/// Signs and tells heads when they are due, to our superiors and every office that we write to: at least daily, and
/// after each flash, at most one a minute. A head names what the destination must have, so that what is missing
/// there shows (protocol 8). Inside a write; true when one was told.
Result<bool> tell_heads_if_due(Store&, Directory&, sync::Millis now);

}  // namespace yz::node
