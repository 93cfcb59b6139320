#pragma once
#include <optional>

#include "crypto/certificate.h"
#include "node/store/store.h"

namespace yz::node {

/// Our office changes its authority key (sync/PROTOCOL.md 4.7). Three steps, each one transaction: the office consents
/// under its old key; the superior, when somebody there has compared the new one, certifies it; the office certifies
/// anew what stood under the old. The office certificate in the store says which key is in use, so that a power cut
/// between two steps leaves one of them, whole.

/// The office's word, told to every neighbour. Fault::conflict "office.rotating" while another change waits for the
/// superior; denied "office.not-admitted", "office.top" (the root document names that office's key). Inside a write.
Result<> begin_authority_key(Store&, const crypto::SigningKey& old_key, const crypto::SigningKey& next,
                             sync::Millis now);
/// The top office has no superior: the root document names its key. Takes a version, signed by enough holders, that
/// names `next`; the office's consent follows from it, and its own certificate; all told. reissue() comes after, as for
/// every office. Faults: those of Directory::learn_root; invalid "root.top-key" unless the document is about our office
/// and this key. Inside a write.
Result<> adopt_top_key(Store&, const crypto::RootDocument&, const crypto::SigningKey& old_key,
                       const crypto::SigningKey& next, sync::Millis now);

/// The key that our office has consented to and its superior has not certified yet.
Result<std::optional<PublicKey>> authority_key_waits(Store&);

/// Of an office directly below us: the key it has consented to and that we have not certified.
Result<std::optional<PublicKey>> key_to_certify(Store&, const OfficeId&);
/// Its new certificate. The caller has compared the key by another channel: the old one may be in other hands. Faults:
/// missing "office.no-key"; denied "office.issuer". Inside a write.
Result<> certify_key(Store&, const OfficeId&, const crypto::SigningKey& authority, sync::Millis now);

/// Whether anything of ours stands under another key or code than our office has now.
Result<bool> reissue_due(Store&);
/// Certifies anew, with the key that our office has now, its nodes, its people, and the offices directly below it,
/// these under codes below its own; signs its revocations anew, and tells which certificates of the key before are its
/// own. Inside a write.
Result<> reissue(Store&, const crypto::SigningKey& authority, sync::Millis now);

}  // namespace yz::node
