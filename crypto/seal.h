#pragma once
#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace yz::crypto {

/// An X25519 key pair that envelopes are sealed to. Never converted from a signing key.
class BoxKey {
 public:
  static BoxKey random();
  static BoxKey from_secret(const Key& secret);
  const BoxPublic& public_key() const { return public_; }
  const Key& secret() const { return secret_; }
  BoxKey clone() const { return from_secret(secret_); }

 private:
  BoxKey(Key secret, BoxPublic pub) : secret_(std::move(secret)), public_(pub) {}
  Key secret_;
  BoxPublic public_;
};

/// First 8 bytes of BLAKE2b over the key: says which wrap to try. Not a proof of anything.
KeyHint hint_of(const BoxPublic&);

inline constexpr std::size_t kNonceSize = 24;
inline constexpr std::size_t kTagSize = 16;
/// CEK (32) ‖ hash of the header (32), inside crypto_box_seal (48 more).
inline constexpr std::size_t kWrapSize = 32 + 32 + 48;

/// The content key for one reader, bound to the header that it belongs to: crypto_box_seal has no associated data.
Bytes wrap(const Key& cek, const Hash& header, const BoxPublic& reader);
/// Fault::missing when this key cannot open it; Fault::forged when it opens but names another header.
Result<Key> unwrap(ByteView wrap, const Hash& header, const BoxKey& reader);

/// XChaCha20-Poly1305 with a fresh random nonce: nonce ‖ ciphertext ‖ tag.
Bytes aead_seal(const Key&, ByteView plain, ByteView associated);
/// Fault::forged when the tag is wrong.
Result<Bytes> aead_open(const Key&, ByteView nonce_and_ciphertext, ByteView associated);
/// Same with the nonce apart, as envelopes store it.
Bytes aead_seal_with(const Key&, ByteView nonce24, ByteView plain, ByteView associated);
Result<Bytes> aead_open_with(const Key&, ByteView nonce24, ByteView ciphertext, ByteView associated);

/// Length after padding: to 256 B steps below 4 KiB, above to the next multiple of
/// 2^(floor(log2 n)-5), at most 3.2 % more. n counts the 0x80 that ends the content. At least `least`.
std::size_t padded_size(std::size_t content, std::size_t least);
/// Appends one 0x80, then zeros.
void pad(Bytes&, std::size_t least);
/// Fault::forged unless the padding is exactly of that form (whatever its length).
Result<ByteView> unpad(ByteView);

/// A key for one use, derived from another. `context` is exactly 8 ASCII bytes.
Key derive(const Key& parent, std::uint64_t number, std::string_view context);

}  // namespace yz::crypto
