#pragma once
// Who was asked to sign a case's report too, and mail that waits for them.
#include "node/office/cosign.h"
#include "node/store/directory.h"
#include "node/store/records.h"

namespace yz::node {

Result<std::vector<Cosigner>> cosigners_of_case(Store&, std::int64_t matter);

/// What of ours is queued in this case waits until then, but for these; 0: it waits no longer. Inside Store::write().
Result<> hold_deliveries(Store&, std::int64_t matter, std::span<const OfficeId> but, sync::Millis until);
/// When the last of it goes by itself; none: nothing waits.
Result<std::optional<sync::Millis>> held_until(Store&, std::int64_t matter, sync::Millis now);
/// A co-signature came to a case of ours: when all have signed nothing waits any more. Inside Store::write().
Result<> settle_hold(Store&, std::int64_t matter);

/// Cases with an open request to an office (ours) or to anybody of ours.
Result<std::vector<std::int64_t>> cases_to_cosign(Store&, std::size_t most);

}  // namespace yz::node
