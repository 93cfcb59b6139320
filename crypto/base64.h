#pragma once
#include <array>
#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace yz::crypto {

/// RFC 4648 base64 with padding, as HTTP headers and PEM files carry it.
std::string base64(ByteView);
/// Line ends and blanks are skipped. Fault::invalid for anything else that is not base64.
Result<Bytes> from_base64(std::string_view);
/// The same into guarded memory, for a passphrase in a header; nothing of it stays elsewhere.
Result<SecretText> secret_from_base64(std::string_view);
/// SHA-256, for public-key pins only (RFC 7469); everything of ours is BLAKE2b.
std::array<std::uint8_t, 32> sha256(ByteView);

}  // namespace yz::crypto
