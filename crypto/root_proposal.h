#pragma once
#include "crypto/certificate.h"

namespace yz::crypto {

/// A root document on its way round its holders, as a file: the same bytes as a root document, with any number of good
/// signatures, none among them. Whoever signs adds his own; nobody takes it for a root before enough have signed.

/// Sorts `keys` and fills bytes and digest, without a signature. Fault::invalid when a field breaks a rule.
Result<> propose(RootDocument&);
/// Adds one holder's signature, or leaves it when it is there. Fault::invalid "root.signatures" beyond 18 of them. The
/// document comes from propose() or decode_proposal().
Result<> add_signature(RootDocument&, const SigningKey& holder);
/// Fault::forged unless exactly one document; each signature that is there is good. Enough of them or not: see
/// RootDocument::decode and allows().
Result<RootDocument> decode_proposal(ByteView);
/// How many of `holders` have signed.
std::size_t signatures_of(const std::vector<PublicKey>& holders, const RootDocument&);
/// For people, to tell one holder from another.
std::string fingerprint_of_holder(const PublicKey&);

}  // namespace yz::crypto
