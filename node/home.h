#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crypto/passphrase.h"
#include "crypto/sign.h"

namespace yz::node {

/// A home directory: its lock, its key slots, its guard. Owned by one process at a time.
///
///   keys      who can unlock the store (byte table in store/SCHEMA.md, "Key file")
///   guard     outside every backup: a restored or copied home shows by it (guard.h)
///   lock      flock'ed by the owner
///   sock      the running node's local socket
class Home {
 public:
  /// Makes the folder (0700) where needed. Fault::invalid when something is in it already.
  static Result<Home> create(const std::string& path);
  /// Fault::missing when there is no home there; busy when another process keeps it for longer than `wait_ms`.
  /// Takes away a home that this program made in an empty folder a moment ago and that came to nothing: whoever tries
  /// again finds the folder as it was before.
  static void discard(const std::string& path);
  static Result<Home> open(const std::string& path, int wait_ms);
  Home(Home&&) noexcept;
  Home& operator=(Home&&) = delete;
  ~Home();

  const std::string& path() const { return path_; }
  std::string socket() const { return path_ + "/sock"; }

  struct Keys {
    Fixed<16, struct StoreTag> store_id;
    std::vector<crypto::Slot> slots;
  };
  Result<Keys> keys() const;
  /// Whole or not at all: written beside, synced, renamed.
  Result<> save_keys(const Keys&) const;
  Result<std::optional<Bytes>> guard() const;

 private:
  Home(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_ = -1;
};

/// What a passphrase gave: the store key, and the officer's own signing key.
struct Unlocked {
  std::string officer;
  crypto::Key store_key;
  crypto::SigningKey signing;
};
/// "" = the only officer slot. Fault::denied for a wrong passphrase; invalid, code "officer.which", when several
/// could be meant; missing for an unknown name.
Result<Unlocked> unlock(const Home::Keys&, std::string_view officer, ByteView passphrase);
crypto::Slot officer_slot(std::string_view name, const crypto::Key& store_key, const crypto::SigningKey&,
                          ByteView passphrase);
/// The authority key (or the root key, by name) behind the store key.
crypto::Slot authority_slot(std::string_view name, const crypto::Key& store_key, const crypto::SigningKey&);
Result<crypto::SigningKey> open_authority(const Home::Keys&, std::string_view name, const crypto::Key& store_key);
/// The one with this public key. While an office changes its key there are two: which of them is in use the office
/// certificate in the store says, and nothing here has to be written at the moment when it changes.
Result<crypto::SigningKey> open_authority(const Home::Keys&, const PublicKey&, const crypto::Key& store_key);
/// The slot of a key that the superior has not certified yet.
inline constexpr std::string_view kAuthority = "authority", kNextAuthority = "authority.next";

/// Reads a file of at most `most` bytes. Writes one whole or not at all (mode 0600).
Result<Bytes> read_file(const std::string& path, std::size_t most);
Result<> write_file(const std::string& path, ByteView);
/// Over the bytes of a file that is there, and synced.
Result<> fill_file(const std::string& path, ByteView);

}  // namespace yz::node
