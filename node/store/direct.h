#pragma once
// Links beside the usual way, for what cannot wait (sync/PROTOCOL.md 8.2): an office above our superior whose
// addresses its node list tells is dialled directly, without an invitation.
#include "node/store/directory.h"
#include "node/store/link.h"

namespace yz::node {

/// Makes and renews direct links to offices above our superior that told us where they are, forgets those that may be
/// no more, and takes the addresses over that superiors tell of themselves. Inside a write. True when a link changed.
Result<bool> renew_links(Store&, Directory&, sync::Millis now);
/// Whether urgent mail may go by direct links too: nothing was heard of any superior for the lane's limit.
Result<bool> urgent_may_go_direct(Store&, sync::Millis now);
/// A node that has no link here and whose office lies below us, by good certificates: makes the link. Nothing for
/// every other node. Inside a write; whoever calls has not proved yet to be that node.
Result<std::optional<LinkRow>> direct_from_below(Store&, Directory&, const NodeId&);
/// A further machine of an office that was admitted here: it has a link like the first one. Nothing for every other
/// node. Inside a write; whoever calls has not proved yet to be that node.
Result<std::optional<LinkRow>> further_machine_below(Store&, Directory&, const NodeId&);
/// Tells in our node list where we are reached. Nothing happens when it says so already. Inside a write.
Result<> tell_addresses(Store&, const std::vector<std::string>& urls, sync::Millis now);

}  // namespace yz::node
