#pragma once
#include <vector>

#include "crypto/certificate.h"
#include "node/store/store.h"

namespace yz::node {

/// The versions of the root document that this store has followed. A later version may name another authority key of
/// the top office: what was certified under the one before keeps its path, to the version that named it; whether
/// anything new is taken under that key stands in consents.h.

/// The newest first; empty before the office has joined.
Result<std::vector<crypto::RootDocument>> roots_followed(Store&);
/// check_path() to the newest version, or else to an earlier one with another top key. `roots`: the newest first, not
/// empty. The fault is that of the newest.
Result<crypto::Path> path_to_root(const crypto::Certificate& leaf, const std::vector<crypto::Certificate>& offices,
                                  const std::vector<crypto::RootDocument>& roots);

/// Everybody below us, and the other machines of our office, hear of a version. Inside a write.
Result<> tell_root(Store&, const crypto::RootDocument&);

/// The key is one that the root document named for the top office before, and does not now.
Result<bool> top_key_replaced(Store&, const OfficeId&, const PublicKey&);
/// The newest root document names this certificate's office, as its own issuer, and its key.
Result<bool> named_by_root(Store&, const crypto::Certificate&);
/// Whether the root documents let `next` follow `before` as the top office's key. Whoever joined later has not followed
/// the versions before: then any key may come before the first that is known here. True for every other office.
Result<bool> root_lets_follow(Store&, const OfficeId&, const PublicKey& before, const PublicKey& next);

}  // namespace yz::node
