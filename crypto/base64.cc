#include "crypto/base64.h"

namespace yz::crypto {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;

/// Bytes written into `out`, which has room for the text's length.
Result<std::size_t> decode(std::string_view text, std::uint8_t* out) {
  std::size_t n = 0;
  if (text.empty()) return n;  // an empty vector has no place to write to
  if (sodium_base642bin(out, text.size(), text.data(), text.size(), "\r\n ", &n, nullptr, kVariant) != 0)
    return fail(Fault::invalid, "not base64", "malformed.base64");
  return n;
}

}  // namespace

std::string base64(ByteView b) {
  if (b.empty()) return {};
  std::string out(sodium_base64_encoded_len(b.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), b.data(), b.size(), kVariant);
  out.resize(out.size() - 1);  // its final NUL
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes out(text.size());
  out.resize(TRY(decode(text, out.data())));
  return out;
}

Result<SecretText> secret_from_base64(std::string_view text) {
  Bytes raw(text.size());
  const auto n = decode(text, raw.data());
  auto secret = n ? Result<SecretText>(SecretText(ByteView(raw).first(*n))) : std::unexpected(n.error());
  sodium_memzero(raw.data(), raw.size());
  return secret;
}

std::array<std::uint8_t, 32> sha256(ByteView b) {
  static_assert(crypto_hash_sha256_BYTES == 32);
  std::array<std::uint8_t, 32> out;
  crypto_hash_sha256(out.data(), b.data(), b.size());
  return out;
}

}  // namespace yz::crypto
