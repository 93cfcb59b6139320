#pragma once
#include <initializer_list>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace yz::crypto {

/// What a signature is for. Signed bytes are always context (ASCII, padded with
/// zeros to 32) ‖ suite ‖ parts, so that no signature can be used as another.
struct Context {
  std::string_view name;
};
namespace context {
inline constexpr Context root{"yizhan/v1/root"};
inline constexpr Context cert{"yizhan/v1/cert"};
inline constexpr Context record{"yizhan/v1/record"};
inline constexpr Context envelope{"yizhan/v1/envelope"};
inline constexpr Context statement{"yizhan/v1/statement"};
inline constexpr Context exchange{"yizhan/v1/exchange"};
inline constexpr Context answer{"yizhan/v1/answer"};
inline constexpr Context chunk{"yizhan/v1/chunk"};
inline constexpr Context join{"yizhan/v1/join"};
inline constexpr Context bundle{"yizhan/v1/bundle"};
inline constexpr Context notice{"yizhan/v1/notice"};
inline constexpr Context consent{"yizhan/v1/consent"};
inline constexpr Context evidence{"yizhan/v1/evidence"};
}  // namespace context

/// An Ed25519 key pair for one purpose (root, authority, node or officer).
class SigningKey {
 public:
  static SigningKey random();
  /// From the 32-byte seed, as stored.
  static SigningKey from_seed(const Key& seed);
  const PublicKey& public_key() const { return public_; }
  const Key& seed() const { return seed_; }
  Signature sign(Context, std::initializer_list<ByteView> parts) const;
  SigningKey clone() const;

 private:
  SigningKey(Key seed, Secret<64> secret, PublicKey pub)
      : seed_(std::move(seed)), secret_(std::move(secret)), public_(pub) {}
  Key seed_;
  Secret<64> secret_;
  PublicKey public_;
};

/// True only for a good signature; refuses small-order and non-canonical keys (libsodium does).
bool verify(const PublicKey&, const Signature&, Context, std::initializer_list<ByteView> parts);

}  // namespace yz::crypto
