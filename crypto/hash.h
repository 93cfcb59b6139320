#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace yz::crypto {

/// What a hash is for: the 16-byte BLAKE2b personalisation. Two purposes never share one.
/// Every value is listed in FORMATS.md.
struct Purpose {
  std::string_view personal;  ///< at most 16 ASCII bytes, padded with zeros
};
namespace purpose {
inline constexpr Purpose record_id{"yz1:record-id"};
inline constexpr Purpose envelope{"yz1:envelope"};
inline constexpr Purpose stream{"yz1:stream"};  // chain values
inline constexpr Purpose stream_id{"yz1:stream-id"};
inline constexpr Purpose cek_commit{"yz1:cek-commit"};
inline constexpr Purpose header{"yz1:hdr"};
inline constexpr Purpose office_id{"yz1:office-id"};
inline constexpr Purpose node_id{"yz1:node-id"};
inline constexpr Purpose person_id{"yz1:person-id"};
inline constexpr Purpose cert{"yz1:cert"};
inline constexpr Purpose root{"yz1:root"};
inline constexpr Purpose statement{"yz1:statement"};
inline constexpr Purpose exchange{"yz1:exchange"};  // hash of a request head
inline constexpr Purpose frames{"yz1:frames"};      // what follows the head of an exchange
inline constexpr Purpose nonce{"yz1:nonce"};
inline constexpr Purpose digest{"yz1:digest"};  // what was handed over
inline constexpr Purpose told{"yz1:told"};      // what was told in the clear, up to a number
inline constexpr Purpose invite_id{"yz1:invite-id"};
inline constexpr Purpose join{"yz1:join"};  // MAC of join messages
inline constexpr Purpose key_hint{"yz1:key-hint"};
inline constexpr Purpose chunk{"yz1:chunk"};
inline constexpr Purpose journal{"yz1:journal"};
inline constexpr Purpose registry{"yz1:registry"};
inline constexpr Purpose consent{"yz1:consent"};
inline constexpr Purpose draft{"yz1:draft"};      // what machines of one office tell each other of a draft
inline constexpr Purpose picture{"yz1:picture"};  // check of a QR picture
inline constexpr Purpose backup{"yz1:backup"};
inline constexpr Purpose passphrase{"yz1:passphrase"};    // remembered check of a passphrase
inline constexpr Purpose web_session{"yz1:web-session"};  // what is made of a browser's token
}  // namespace purpose

/// BLAKE2b-256 over the concatenation of the parts.
Hash hash(Purpose, std::initializer_list<ByteView> parts);
/// The same with a key of 16 to 64 bytes: a MAC, or a commitment to the key.
Hash keyed_hash(Purpose, ByteView key, std::initializer_list<ByteView> parts);
/// Fills `out` (16 to 64 bytes): BLAKE2b of exactly that length, which is not a cut-off 32-byte hash.
void hash_into(std::span<std::uint8_t> out, Purpose, std::initializer_list<ByteView> parts);
/// BLAKE2b with a shorter output, computed as such, in any id type of 16 to 64 bytes.
template <class F>
F short_hash(Purpose p, std::initializer_list<ByteView> parts) {
  static_assert(F::kSize >= 16 && F::kSize <= 64);
  F f;
  hash_into(f.bytes, p, parts);
  return f;
}

/// Hash of bytes that come in pieces.
class Hasher {
 public:
  explicit Hasher(Purpose);
  Hasher& add(ByteView);
  Hash done();

 private:
  crypto_generichash_blake2b_state state_;
};

/// Equality without a time side channel, for MACs.
bool same(ByteView a, ByteView b);

}  // namespace yz::crypto
