#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/keyring.h"
#include "node/store/database.h"
#include "sync/inbox.h"
#include "sync/statement.h"

namespace yz::node {

/// Who this node is. Fixed for the life of a home, but for incarnation and epoch after a restore.
struct Identity {
  OfficeId office;
  NodeId node;
  sync::Incarnation incarnation;
  sync::Epoch epoch;
  CertDigest node_certificate;
};

struct StoreOptions {
  std::string folder;                     ///< holds yizhan.db and attachments.db
  std::span<const std::uint8_t, 32> key;  ///< the store key
  std::span<const std::uint8_t, 16> id;
  bool create = false;
  std::string base_vfs = {};        ///< for tests
  std::uint64_t reserve_bytes = 0;  ///< below this much free disk only flash is still taken; 0 in tests
};

/// The main database under another name, without its log: to look how old it is.
Result<std::unique_ptr<Database>> open_main_alone(const StoreOptions&, const std::string& path);

/// The two databases of a home, and what every part of the store needs of them. One thread at a time.
class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const StoreOptions&);
  ~Store();

  Database& db() { return *db_; }
  Database& blobs() { return *blobs_; }

  /// Runs `work` in one transaction over both databases: attachments are committed first, so that a receipt in
  /// the main database never speaks of a chunk that is not there. Rolled back when work gives an error.
  /// May be called inside another write(): then it simply runs.
  template <class F>
  auto write(F work) -> decltype(work()) {
    if (writing_) return work();
    auto both = begin();
    if (!both) return std::unexpected(both.error());
    auto result = work();
    if (!result) {
      roll_back();
      notice(result.error());
      return result;
    }
    if (auto done = commit(); !done) {
      notice(done.error());
      return std::unexpected(done.error());
    }
    run_after_commit();
    return result;
  }

  /// Fault::full when the disk is down to its reserve and the lane is not flash: one flash report must still fit.
  Result<> room_for(sync::Lane) const;
  /// Our disk contradicted itself, or could not save: the process should end and be started anew, never go on.
  bool broken() const { return broken_ || db_->failed() || blobs_->failed(); }

  Result<std::optional<Bytes>> meta(std::string_view key);
  Result<> set_meta(std::string_view key, ByteView value);
  Result<std::int64_t> meta_number(std::string_view key);  ///< 0 when absent
  Result<> set_meta_number(std::string_view key, std::int64_t);

  /// Loaded once by load_identity(), or set by the first start.
  const Identity& me() const { return me_; }
  const crypto::Keyring& keys() const { return *keys_; }
  const crypto::Key& nonce_key() const { return *nonce_key_; }
  /// Writes identity and node keys of a new home. Inside a transaction.
  Result<> found(const Identity&, crypto::Keyring, crypto::Key nonce_key);
  Result<> load_identity();
  /// A new incarnation and a new epoch, from now on in everything that is signed. Inside a write; a roll-back takes it
  /// back. Only begin_life() calls it.
  Result<> renew(const sync::Incarnation&, const sync::Epoch&);

  /// Reads the node's signing key anew: another one stands in its place. Inside a write; a roll-back takes it back.
  /// Only use_node_certificate() calls it.
  Result<> use_node_key(const CertDigest& certificate);

  /// Makes a new box key when the newest is due, and tells neighbours; mail sealed to an old one opens for 400 days.
  /// Inside a write. True when it did.
  Result<bool> rotate_box(sync::Millis now);

  /// Our clock's next value, kept durably with the transaction it is used in.
  Result<sync::Hlc> tick(sync::Millis now);
  Result<> heard(sync::Hlc, sync::Millis now);
  /// The newest moment that this store has seen, for what happens without the owner's clock at hand.
  sync::Millis last_moment() const { return clock_ ? clock_->last().ms() : 0; }

  /// Puts or replaces what we tell in the clear: gives it the next number. `peer` empty = everybody.
  Result<> tell(const Hash& key, const std::optional<NodeId>& peer, sync::FrameType, ByteView bytes);
  /// The same for all neighbours on one side (routes.h).
  Result<> tell_all(const Hash& key, std::uint8_t side, sync::FrameType, ByteView bytes);
  /// Under which key a neighbour is told what certificates we want of it.
  Result<Hash> want_key(const NodeId& peer);
  /// Signs a statement and tells it.
  Result<> state(sync::StatementKind, Bytes body, const std::optional<NodeId>& peer, sync::Millis now);
  /// The same to several neighbours; to nobody when there is none.
  Result<> state_to(sync::StatementKind, Bytes body, std::span<const NodeId> peers, sync::Millis now);

  /// What was counted in memory must not count when the transaction does not: runs if it is rolled back, and never
  /// otherwise. Inside a write.
  void if_rolled_back(std::function<void()> undo);
  /// Runs once the transaction is on the disk; in a transaction of its own, so it may fail without harm. Inside a
  /// write.
  void after_commit(std::function<void()> then);

  /// Adds a text to the search index, or takes it out again (with exactly the text that was put in), when the
  /// transaction commits: FTS5 writes its buffers out at every statement that opens a savepoint, which made each
  /// report of an import a segment of its own.
  void index(std::int64_t row, std::string_view title, std::string_view body);
  void unindex(std::int64_t row, std::string_view title, std::string_view body);

  /// Who did what, hash-chained. Never a report's text.
  Result<> journal(std::string_view actor, std::string_view action, std::string_view subject, std::string_view detail,
                   sync::Millis now);
  /// Shown on the status page until the cause is gone; equal ones once.
  Result<> alarm(std::string_view code, std::string_view message, std::string_view office, sync::Millis now);

 private:
  Store() = default;
  Result<> tell_to(const Hash& key, ByteView peer, sync::FrameType, ByteView bytes);
  Result<> begin();
  Result<> commit();
  void roll_back();
  void end();
  void run_after_commit();
  Result<> write_words();
  void notice(const Error& e) {
    if (e.fault == Fault::corrupt && e.code.starts_with("store.")) broken_ = true;
  }

  std::string folder_;
  std::uint64_t reserve_bytes_ = 0;
  std::atomic<bool> broken_ = false;

  std::unique_ptr<Database> db_, blobs_;
  std::optional<Transaction> main_, blob_;
  bool writing_ = false;
  Identity me_, me_kept_;  // kept: as committed
  std::optional<crypto::Keyring> keys_;
  std::optional<crypto::Key> nonce_key_;
  std::optional<sync::HlcClock> clock_;
  sync::Hlc clock_kept_;
  struct Words {
    bool remove = false;
    std::int64_t row = 0;
    std::string title, body;
  };
  std::vector<Words> words_;  // in the order of the calls, until the transaction ends
  std::vector<std::function<void()>> undo_, after_commit_;
};

}  // namespace yz::node
