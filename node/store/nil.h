#pragma once
// Nil reports (零报告) as they lie in the store.
#include <vector>

#include "node/office/nil.h"
#include "node/store/store.h"

namespace yz::node {

/// An office's, signed in [from, to), without exercises and what was withdrawn. Of another office `received` is when it
/// came here; of ours when `superior` had stored it, by its receipt.
Result<std::vector<NilGiven>> nil_reports(Store&, const OfficeId& of, const OfficeId& superior, sync::Millis from,
                                          sync::Millis to);
/// When a machine of that office was last in contact with this one; 0: never.
Result<sync::Millis> last_contact(Store&, const OfficeId&);
/// Since when the office is known here: nothing was due before.
Result<sync::Millis> known_since(Store&, const OfficeId&);

}  // namespace yz::node
