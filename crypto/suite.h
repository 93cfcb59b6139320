#pragma once
#include <cstdint>

namespace yz::crypto {

/// Which set of algorithms a signed thing uses. Every format carries this byte
/// under its signature, and the certificate of the signer must name the same.
/// Suite 2 (SM2, SM3, SM4) is reserved: see FORMATS.md.
enum class Suite : std::uint8_t {
  one = 1,  ///< Ed25519, X25519 sealed box, XChaCha20-Poly1305, BLAKE2b
};
constexpr bool known(std::uint8_t byte) { return byte == static_cast<std::uint8_t>(Suite::one); }
constexpr std::uint8_t kSuite = static_cast<std::uint8_t>(Suite::one);

}  // namespace yz::crypto
