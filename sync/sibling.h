#pragma once
#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "sync/envelope.h"

namespace yz::sync {

/// One wrap more for an envelope, from a machine of the destination to another that was not there yet when it was
/// sealed. Body of a statement of kind `wrap`; byte table in PROTOCOL.md 4.8. It opens nothing but that envelope, and
/// only what its author sealed: the envelope stays as its author signed it.
struct FurtherWrap {
  static constexpr std::size_t kSize = 8 + crypto::kWrapSize;
  Hash envelope;
  Bytes wrap;  ///< kSize bytes, as in an envelope
};
Bytes encode(const FurtherWrap&);
Result<FurtherWrap> decode_further_wrap(ByteView body);

/// Body of a statement of kind `confirmation`: a superior's officer has compared the fingerprint of a further machine
/// of an office below. Byte table in PROTOCOL.md 4.9.
struct Confirmation {
  NodeId node;
  CertDigest certificate;
};
Bytes encode(const Confirmation&);
Result<Confirmation> decode_confirmation(ByteView body);

}  // namespace yz::sync
