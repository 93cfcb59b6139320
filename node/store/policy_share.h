#pragma once
#include "node/store/store.h"

namespace yz::node {

/// Every version of our policy goes to offices below that it was not written for, because they joined later: the same
/// signed record, the oldest version first, once to each. Gives how many were queued. Inside a write.
Result<std::size_t> share_policies(Store&, sync::Millis now);

}  // namespace yz::node
