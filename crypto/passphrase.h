#pragma once
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace yz::crypto {

/// Cost of Argon2id. Floor and ceiling are enforced when a slot is read: below is a
/// downgrade, above is a memory bomb.
struct HashCost {
  std::uint32_t memory_kib = 128 * 1024;
  std::uint32_t passes = 3;
};
inline constexpr HashCost kCostFloor{64 * 1024, 3};
inline constexpr HashCost kCostCeiling{512 * 1024, 6};
/// Tests and simulations only: a slot made with exactly it is refused unless `allow_cheap` was called in this process.
inline constexpr HashCost kCheapCost{8, 1};
void allow_cheap();

enum class SlotKind : std::uint8_t {
  officer = 1,    ///< secret = store key (32) ‖ officer signing seed (32)
  recovery = 2,   ///< secret = store key (32); opened with the code on the paper sheet
  key_file = 3,   ///< secret = store key (32); opened with the bytes of a file, for an unattended node
  authority = 4,  ///< secret = authority signing seed (32); opened with a key derived from the store key
};

/// A secret locked by a passphrase (or by a key for `authority`), as it lies on the disk. Byte table in FORMATS.md,
/// "Slot".
struct Slot {
  SlotKind kind{};
  std::string name;  ///< who opens it: an officer's name; shown before unlocking, so not secret
  Bytes bytes;       ///< the whole encoded slot
};

/// Locks `secret` (32 to 96 bytes) for any kind but authority; `name` is one line of at most 200 bytes: both the
/// caller's duty (asserted). Takes 0.2 to 1 s for the default cost. One hash runs at a time in a process. Throws
/// std::bad_alloc when the memory for the hash is not there.
Slot lock_slot(SlotKind, std::string_view name, ByteView passphrase, ByteView secret, HashCost = {});
/// Fault::corrupt when the bytes are not one slot or its cost is out of bounds. Checks no passphrase.
Result<Slot> parse_slot(ByteView);
/// Fault::denied when the passphrase is wrong (or the slot was changed: they cannot be told apart); Fault::full when
/// there is no memory for the hash.
Result<SecretText> open_slot(const Slot&, ByteView passphrase);
/// The same locked by a random key instead of a passphrase (kind authority): no Argon2id.
Slot lock_slot_with_key(SlotKind, std::string_view name, const Key&, ByteView secret);
Result<SecretText> open_slot_with_key(const Slot&, const Key&);

}  // namespace yz::crypto
