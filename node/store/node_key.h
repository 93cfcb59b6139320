#pragma once
#include <string>
#include <vector>

#include "node/store/store.h"

namespace yz::node {

/// Begins another signing key for this node, under the same node id: its certificate is told to every neighbour, and
/// the node signs with the old key until all of them have heard it. Fault::conflict "node.rotating" while one is on its
/// way. Inside a write.
Result<> begin_node_key(Store&, const crypto::SigningKey& authority, sync::Millis now);
/// Whether a new key waits for neighbours that have not heard of it.
Result<bool> node_key_waits(Store&);
/// Signs with the new key from now on when every neighbour that is not revoked has heard of it, or `unheard_too`: those
/// who have not then refuse what this node says, until they were told by a bundle or joined anew. Inside a write.
Result<> finish_node_key(Store&, sync::Millis now, bool unheard_too = false);
/// Neighbour offices that have not heard of the new key yet.
Result<std::vector<OfficeId>> node_key_unheard(Store&);

/// The node's key stands under another certificate from now on. Inside a write.
Result<> use_node_certificate(Store&, const CertDigest&, sync::Millis now);

/// Where subordinates reach us, signed in our node list and told to all. Fault::invalid "address.url" for what is no
/// http address or too many. Inside a write.
Result<> state_addresses(Store&, const std::vector<std::string>& urls, sync::Millis now);
/// Those that were told last.
Result<std::vector<std::string>> stated_addresses(Store&);
bool good_address(std::string_view url);

}  // namespace yz::node
