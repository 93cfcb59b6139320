#pragma once
#include "node/store/store.h"

namespace yz::node {

/// To a machine of ours that has just joined: the machines below that stand confirmed here. Behind the certificates,
/// for one that nobody knows yet cannot be confirmed; only a further machine of an office ever waits for it. What is
/// confirmed later confirm_machine() (siblings.h) tells. Inside a write.
Result<> tell_siblings_what_is_confirmed(Store&, sync::Millis now);

}  // namespace yz::node
