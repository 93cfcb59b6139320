#include "crypto/hash.h"

#include <cassert>

namespace yz::crypto {
namespace {

using State = crypto_generichash_blake2b_state;

void begin(State& state, Purpose purpose, ByteView key, std::size_t size) {
  std::uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = {};
  assert(purpose.personal.size() <= sizeof personal);
  std::copy(purpose.personal.begin(), purpose.personal.end(), personal);
  // Fails only for sizes out of range, which every caller here has excluded.
  const int failed = crypto_generichash_blake2b_init_salt_personal(&state, key.empty() ? nullptr : key.data(),
                                                                   key.size(), size, nullptr, personal);
  assert(!failed);
}

void hash_all(std::span<std::uint8_t> out, Purpose purpose, ByteView key, std::initializer_list<ByteView> parts) {
  State state;
  begin(state, purpose, key, out.size());
  for (const ByteView part : parts) crypto_generichash_blake2b_update(&state, part.data(), part.size());
  crypto_generichash_blake2b_final(&state, out.data(), out.size());
  // Of a keyed hash the first block of the state is the key itself.
  if (!key.empty()) sodium_memzero(&state, sizeof state);
}

}  // namespace

Hash hash(Purpose purpose, std::initializer_list<ByteView> parts) {
  Hash h;
  hash_all(h.bytes, purpose, {}, parts);
  return h;
}

Hash keyed_hash(Purpose purpose, ByteView key, std::initializer_list<ByteView> parts) {
  assert(key.size() >= crypto_generichash_blake2b_KEYBYTES_MIN &&
         key.size() <= crypto_generichash_blake2b_KEYBYTES_MAX);
  Hash h;
  hash_all(h.bytes, purpose, key, parts);
  return h;
}

void hash_into(std::span<std::uint8_t> out, Purpose purpose, std::initializer_list<ByteView> parts) {
  assert(out.size() >= crypto_generichash_blake2b_BYTES_MIN && out.size() <= crypto_generichash_blake2b_BYTES_MAX);
  hash_all(out, purpose, {}, parts);
}

Hasher::Hasher(Purpose purpose) { begin(state_, purpose, {}, Hash::kSize); }

Hasher& Hasher::add(ByteView b) {
  crypto_generichash_blake2b_update(&state_, b.data(), b.size());
  return *this;
}

Hash Hasher::done() {
  Hash h;
  crypto_generichash_blake2b_final(&state_, h.bytes.data(), h.bytes.size());
  return h;
}

bool same(ByteView a, ByteView b) { return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace yz::crypto
