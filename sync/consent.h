#pragma once
#include <vector>

#include "crypto/certificate.h"
#include "sync/instant.h"

namespace yz::sync {

/// An office's own word that another authority key takes the place of its key, or another superior that of its
/// superior. Body of a statement; byte table in PROTOCOL.md 4.7. Whoever carries it vouches for nothing: the signatures
/// inside count. It changes nothing alone: the superior's certificate does, and nobody takes that without this.
struct Consent {
  OfficeId office;
  PublicKey old_key, new_key;  ///< the same twice: the key stays
  OfficeId before, after;      ///< superior until now and from now on; the same twice: it stays
  Millis time = 0;
  std::uint64_t serial = 0;  ///< above that of every consent by the same key
  /// Which certificates under the old key are the office's, of those that not everybody may have seen: a thief of that
  /// key makes no others. Only when the key changes; the new key says so, and may say it again with a greater serial.
  std::uint64_t list_serial = 0;
  std::vector<CertDigest> honoured;  ///< strictly ascending, at most kHonouredMost

  bool rotates() const { return old_key != new_key; }
  bool moves() const { return before != after; }
};
inline constexpr std::size_t kHonouredMost = 192;

/// Both keys sign; they may be one. The caller keeps the rules: something changes, the list is in order.
Bytes sign_consent(const Consent&, const crypto::SigningKey& old_key, const crypto::SigningKey& new_key);
/// The same consent with another list. `body` comes from sign_consent or was decoded.
Bytes with_honoured(ByteView body, std::uint64_t list_serial, const std::vector<CertDigest>&,
                    const crypto::SigningKey& new_key);
/// Fault::forged "consent.form" unless exactly one consent to something, "consent.signature" unless both keys signed.
/// Whether the old key is the office's is for who knows the offices.
Result<Consent> decode_consent(ByteView body);
/// What two copies with different lists have in common: one consent has one core.
Hash core_of_consent(ByteView body);

}  // namespace yz::sync
