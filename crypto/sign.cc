#include "crypto/sign.h"

#include <cassert>

#include "crypto/suite.h"

namespace yz::crypto {
namespace {

constexpr std::size_t kContextSize = 32;

/// context, zeros up to 32 ‖ suite ‖ parts
Bytes message(Context context, std::initializer_list<ByteView> parts) {
  assert(context.name.size() <= kContextSize);
  Writer w;
  w.raw(view(context.name)).zeros(kContextSize - context.name.size()).u8(kSuite);
  for (const ByteView part : parts) w.raw(part);
  return w.take();
}

}  // namespace

SigningKey SigningKey::random() { return from_seed(Key::random()); }

SigningKey SigningKey::from_seed(const Key& seed) {
  PublicKey pub;
  auto secret = Secret<64>::made_by([&](std::span<std::uint8_t, 64> out) {
    crypto_sign_seed_keypair(pub.bytes.data(), out.data(), seed.expose().data());
  });
  return {seed.clone(), std::move(secret), pub};
}

Signature SigningKey::sign(Context context, std::initializer_list<ByteView> parts) const {
  const Bytes m = message(context, parts);
  Signature s;
  crypto_sign_detached(s.bytes.data(), nullptr, m.data(), m.size(), secret_.expose().data());
  return s;
}

SigningKey SigningKey::clone() const { return {seed_.clone(), secret_.clone(), public_}; }

bool verify(const PublicKey& key, const Signature& signature, Context context, std::initializer_list<ByteView> parts) {
  const Bytes m = message(context, parts);
  return crypto_sign_verify_detached(signature.bytes.data(), m.data(), m.size(), key.bytes.data()) == 0;
}

}  // namespace yz::crypto
