#pragma once
#include <vector>

#include "node/store/directory.h"
#include "sync/lane.h"

namespace yz::node {

/// Told under these instead of a node's id: everybody above us, everybody below us, the other machines of our office.
inline constexpr std::uint8_t kTellUp = 'u', kTellDown = 'd', kTellSiblings = 's';

/// Where a neighbour stands.
enum class Side : std::uint8_t { below = 0, above = 1, direct = 2, sibling = 3 };

/// The way of offices up from `office`, itself first, as far as certificates are known here; at most eight.
Result<std::vector<OfficeId>> way_up(Store&, const OfficeId& office);
/// `office` is `ancestor`, or lies below it.
Result<bool> lies_below(Store&, const OfficeId& office, const OfficeId& ancestor);

/// Which neighbours what is for this office is handed to; the usual one first, others only for flash, which goes by
/// every way at once. Empty: no way is known.
Result<std::vector<NodeId>> next_hops(Store&, const OfficeId& destination, sync::Lane);
/// The usual one.
Result<std::optional<NodeId>> next_hop(Store&, const OfficeId& destination);

/// Where the neighbour stands; nothing when it is none.
Result<std::optional<Side>> side_of(Store&, const NodeId& peer);
/// Whether `from` may hand us what `author` wrote: it comes from the side where the author is.
Result<bool> may_bring(Store&, const NodeId& from, const OfficeId& author);

/// Tells one side who an office is: its certificates and its node list. Officers are registered upwards only. Inside a
/// write.
Result<> tell_of_office(Store&, const OfficeId&, std::uint8_t side);
/// Under which key an item is told to a whole side.
Hash told_to_side(const Hash& key, std::uint8_t side);

/// What was carried for others and has been at its destination for 30 days: its bytes go, header and hash stay. A few
/// at a time; true when there is more. Inside a write.
Result<bool> forget_carried(Store&, sync::Millis now);

/// After links or certificates changed: what waits for an office without a neighbour on the way gets one.
Result<> find_ways(Store&);

}  // namespace yz::node
