#include "crypto/seal.h"

#include <bit>
#include <cassert>
#include <limits>

namespace yz::crypto {

static_assert(kNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kWrapSize == 64 + crypto_box_SEALBYTES);

BoxKey BoxKey::random() { return from_secret(Key::random()); }

BoxKey BoxKey::from_secret(const Key& secret) {
  BoxPublic pub;
  crypto_scalarmult_base(pub.bytes.data(), secret.expose().data());
  return {secret.clone(), pub};
}

KeyHint hint_of(const BoxPublic& key) {
  const Hash h = hash(purpose::key_hint, {key.view()});
  KeyHint hint;
  std::copy_n(h.bytes.begin(), KeyHint::kSize, hint.bytes.begin());
  return hint;
}

Bytes wrap(const Key& cek, const Hash& header, const BoxPublic& reader) {
  const auto plain = Secret<64>::made_by([&](std::span<std::uint8_t, 64> out) {
    const auto rest = std::copy_n(cek.expose().begin(), 32, out.begin());
    std::copy_n(header.bytes.begin(), 32, rest);
  });
  Bytes sealed(kWrapSize);
  // Fails for a small-order public key only. Then random bytes stand there: that reader cannot open them, as he
  // could not have opened a proper wrap, and everybody could have.
  if (crypto_box_seal(sealed.data(), plain.expose().data(), 64, reader.bytes.data()) != 0)
    randombytes_buf(sealed.data(), sealed.size());
  return sealed;
}

Result<Key> unwrap(ByteView wrap, const Hash& header, const BoxKey& reader) {
  if (wrap.size() != kWrapSize) return fail(Fault::forged, "a key wrap of the wrong length");
  bool opened = false;
  const auto plain = Secret<64>::made_by([&](std::span<std::uint8_t, 64> out) {
    opened = crypto_box_seal_open(out.data(), wrap.data(), wrap.size(), reader.public_key().bytes.data(),
                                  reader.secret().expose().data()) == 0;
  });
  if (!opened) return fail(Fault::missing, "this key does not open the wrap");
  if (!same(ByteView(plain.expose()).subspan(32), header.view()))
    return fail(Fault::forged, "the wrap belongs to another header");
  return Key::from(ByteView(plain.expose()).first(32));
}

Bytes aead_seal_with(const Key& key, ByteView nonce24, ByteView plain, ByteView associated) {
  assert(nonce24.size() == kNonceSize);
  Bytes out(plain.size() + kTagSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(), associated.data(),
                                             associated.size(), nullptr, nonce24.data(), key.expose().data());
  return out;
}

Result<Bytes> aead_open_with(const Key& key, ByteView nonce24, ByteView ciphertext, ByteView associated) {
  if (nonce24.size() != kNonceSize || ciphertext.size() < kTagSize)
    return fail(Fault::forged, "a ciphertext that is too short");
  Bytes out(ciphertext.size() - kTagSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
                                                 associated.data(), associated.size(), nonce24.data(),
                                                 key.expose().data()) != 0)
    return fail(Fault::forged, "a ciphertext does not match its key and header");
  return out;
}

Bytes aead_seal(const Key& key, ByteView plain, ByteView associated) {
  Bytes out(kNonceSize);
  randombytes_buf(out.data(), kNonceSize);
  const Bytes sealed = aead_seal_with(key, out, plain, associated);
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

Result<Bytes> aead_open(const Key& key, ByteView nonce_and_ciphertext, ByteView associated) {
  if (nonce_and_ciphertext.size() < kNonceSize + kTagSize) return fail(Fault::forged, "a ciphertext that is too short");
  return aead_open_with(key, nonce_and_ciphertext.first(kNonceSize), nonce_and_ciphertext.subspan(kNonceSize),
                        associated);
}

std::size_t padded_size(std::size_t content, std::size_t least) {
  assert(content < std::numeric_limits<std::size_t>::max() / 2 && least < std::numeric_limits<std::size_t>::max() / 2);
  const std::size_t n = std::max(content + 1, least);
  const std::size_t step = n < 4096 ? 256 : std::size_t{1} << (std::bit_width(n) - 1 - 5);
  return (n + step - 1) / step * step;
}

void pad(Bytes& b, std::size_t least) {
  const std::size_t size = padded_size(b.size(), least);
  b.reserve(size);
  b.push_back(0x80);
  b.resize(size);
}

Result<ByteView> unpad(ByteView b) {
  std::size_t n = b.size();
  while (n > 0 && b[n - 1] == 0) --n;
  if (n == 0 || b[n - 1] != 0x80) return fail(Fault::forged, "padding without its end mark");
  return b.first(n - 1);
}

Key derive(const Key& parent, std::uint64_t number, std::string_view context) {
  static_assert(crypto_kdf_CONTEXTBYTES == 8 && crypto_kdf_KEYBYTES == 32);
  assert(context.size() == crypto_kdf_CONTEXTBYTES);
  return Key::made_by([&](std::span<std::uint8_t, 32> out) {
    crypto_kdf_derive_from_key(out.data(), out.size(), number, context.data(), parent.expose().data());
  });
}

}  // namespace yz::crypto
