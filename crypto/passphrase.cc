#include "crypto/passphrase.h"

#include <atomic>
#include <cassert>
#include <mutex>

#include "crypto/seal.h"
#include "crypto/suite.h"

namespace yz::crypto {
namespace {

constexpr std::string_view kSlotMagic = "YZK1";
constexpr std::size_t kSlotNameMax = 200;
constexpr std::size_t kSecretMin = 32, kSecretMax = 96;
constexpr std::size_t kSaltSize = 16;
static_assert(kSaltSize == crypto_pwhash_SALTBYTES);

enum class Kdf : std::uint8_t { none = 0, argon2id13 = 1 };

std::atomic<bool> cheap_allowed = false;

bool in_bounds(const HashCost& cost) {
  if (cost.memory_kib == kCheapCost.memory_kib && cost.passes == kCheapCost.passes) return cheap_allowed;
  return cost.memory_kib >= kCostFloor.memory_kib && cost.passes >= kCostFloor.passes &&
         cost.memory_kib <= kCostCeiling.memory_kib && cost.passes <= kCostCeiling.passes;
}

/// The slot's fields; views into its bytes.
struct Fields {
  SlotKind kind{};
  std::string name;
  Kdf kdf{};
  HashCost cost;
  ByteView salt, head, nonce, ciphertext;  // head: everything before the nonce
};

Result<Fields> read(ByteView bytes) {
  Fields f;
  Reader r(bytes);
  const bool ours = text(r.raw(kSlotMagic.size())) == kSlotMagic;
  const std::uint8_t suite = r.u8(), kind = r.u8();
  f.name = r.str16(kSlotNameMax);
  const std::uint8_t kdf = r.u8();
  f.cost.memory_kib = r.u32();
  f.cost.passes = r.u32();
  f.salt = r.raw(kSaltSize);
  f.head = bytes.first(r.at());
  f.nonce = r.raw(kNonceSize);
  f.ciphertext = r.raw(r.u16());
  if (!r.done() || !ours || !known(suite) || !one_line(f.name)) return fail(Fault::corrupt, "not a key slot");
  if (kind < static_cast<std::uint8_t>(SlotKind::officer) || kind > static_cast<std::uint8_t>(SlotKind::authority))
    return fail(Fault::corrupt, "a key slot of an unknown kind");
  f.kind = static_cast<SlotKind>(kind);
  if (f.ciphertext.size() < kSecretMin + kTagSize || f.ciphertext.size() > kSecretMax + kTagSize)
    return fail(Fault::corrupt, "a key slot with a secret of impossible length");
  const Kdf wanted = f.kind == SlotKind::authority ? Kdf::none : Kdf::argon2id13;
  if (kdf != static_cast<std::uint8_t>(wanted)) return fail(Fault::corrupt, "a key slot locked in the wrong way");
  f.kdf = wanted;
  if (wanted == Kdf::argon2id13) {
    if (!in_bounds(f.cost))
      return fail(Fault::corrupt, "a key slot whose cost (" + std::to_string(f.cost.memory_kib) + " KiB, " +
                                      std::to_string(f.cost.passes) + " passes) is out of bounds");
  } else if (f.cost.memory_kib != 0 || f.cost.passes != 0 ||
             !std::all_of(f.salt.begin(), f.salt.end(), [](auto b) { return b == 0; })) {
    return fail(Fault::corrupt, "a key slot without a hash that states its cost");
  }
  return f;
}

/// Fault::full when there is no memory. One at a time: eight logins at once would take 1 GiB.
Result<Key> slow_hash(ByteView passphrase, ByteView salt, const HashCost& cost) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  // libsodium wants a pointer even to nothing.
  const std::string_view words = passphrase.empty() ? std::string_view("") : text(passphrase);
  bool failed = false;
  Key key = Key::made_by([&](std::span<std::uint8_t, 32> out) {
    failed = crypto_pwhash(out.data(), out.size(), words.data(), words.size(), salt.data(), cost.passes,
                           std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0;
  });
  if (failed) return fail(Fault::full, "not enough memory to check the passphrase");
  return key;
}

/// Everything before the nonce.
Writer head(SlotKind kind, std::string_view name, Kdf kdf, const HashCost& cost, ByteView salt) {
  assert(name.size() <= kSlotNameMax && one_line(name));
  Writer w;
  w.raw(view(kSlotMagic)).u8(kSuite).u8(static_cast<std::uint8_t>(kind)).str16(name).u8(static_cast<std::uint8_t>(kdf));
  w.u32(cost.memory_kib).u32(cost.passes).raw(salt);
  return w;
}

Slot finish(SlotKind kind, std::string_view name, Writer w, const Key& key, ByteView secret) {
  assert(secret.size() >= kSecretMin && secret.size() <= kSecretMax);
  std::array<std::uint8_t, kNonceSize> nonce;
  randombytes_buf(nonce.data(), nonce.size());
  const Bytes sealed = aead_seal_with(key, nonce, secret, w.view());
  w.raw(nonce).u16(static_cast<std::uint16_t>(sealed.size())).raw(sealed);
  return {kind, std::string(name), w.take()};
}

Result<SecretText> open(const Fields& f, const Key& key) {
  bool opened = false;
  const auto plain = Secret<kSecretMax>::made_by([&](std::span<std::uint8_t, kSecretMax> out) {
    opened = crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, f.ciphertext.data(),
                                                        f.ciphertext.size(), f.head.data(), f.head.size(),
                                                        f.nonce.data(), key.expose().data()) == 0;
  });
  if (!opened) return fail(Fault::denied, "the key slot does not open: wrong passphrase, or the slot was changed");
  return SecretText(ByteView(plain.expose()).first(f.ciphertext.size() - kTagSize));
}

}  // namespace

void allow_cheap() { cheap_allowed = true; }

Slot lock_slot(SlotKind kind, std::string_view name, ByteView passphrase, ByteView secret, HashCost cost) {
  assert(kind != SlotKind::authority);
  std::array<std::uint8_t, kSaltSize> salt;
  randombytes_buf(salt.data(), salt.size());
  const auto key = slow_hash(passphrase, salt, cost);
  if (!key) throw std::bad_alloc();
  return finish(kind, name, head(kind, name, Kdf::argon2id13, cost, salt), *key, secret);
}

Result<Slot> parse_slot(ByteView bytes) {
  Fields f = TRY(read(bytes));
  return Slot{f.kind, std::move(f.name), Bytes(bytes.begin(), bytes.end())};
}

Result<SecretText> open_slot(const Slot& slot, ByteView passphrase) {
  const Fields f = TRY(read(slot.bytes));
  if (f.kdf != Kdf::argon2id13) return fail(Fault::denied, "this key slot opens with a key, not with a passphrase");
  const Key key = TRY(slow_hash(passphrase, f.salt, f.cost));
  return open(f, key);
}

Slot lock_slot_with_key(SlotKind kind, std::string_view name, const Key& key, ByteView secret) {
  assert(kind == SlotKind::authority);
  const std::array<std::uint8_t, kSaltSize> no_salt{};
  return finish(kind, name, head(kind, name, Kdf::none, {0, 0}, no_salt), key, secret);
}

Result<SecretText> open_slot_with_key(const Slot& slot, const Key& key) {
  const Fields f = TRY(read(slot.bytes));
  if (f.kdf != Kdf::none) return fail(Fault::denied, "this key slot opens with a passphrase, not with a key");
  return open(f, key);
}

}  // namespace yz::crypto
