#pragma once
#include <map>
#include <memory>

#include "node/home.h"
#include "node/lines.h"
#include "node/lockout.h"
#include "node/net/api.h"
#include "node/net/serving.h"
#include "node/net/sync_port.h"
#include "node/net/web_events.h"
#include "node/net/web_session.h"
#include "node/office/rules.h"
#include "node/worker.h"

namespace yz::node {

/// A node on its home: store, business, line. Used by the thread that opened it, until serve() hands it to a
/// worker. Members die in reverse: threads first, the lock last.
class Node : public ApiHost, public Serving {
 public:
  /// Fault::busy when another process keeps the home for `wait_ms`; denied for a wrong passphrase.
  static Result<std::unique_ptr<Node>> open(const std::string& path, int wait_ms, std::string_view officer,
                                            ByteView passphrase);
  ~Node() override;

  ApiReply call(const ApiCall&);

  Store& store() override { return *store_; }
  Directory& directory() override { return *directory_; }
  const Rules& rules() override;
  const Config& config() override { return config_; }
  const std::string& home() const override { return home_.path(); }
  sync::Millis now() const override { return wall_now(); }
  Result<OfficerRow> authenticate(std::string_view officer, ByteView passphrase) override;
  Result<Signer> unlock(std::string_view officer, ByteView passphrase) override;
  Result<OfficerRow> authenticate_session(std::string_view token) override;
  Result<Signer> unlock_session(std::string_view token, bool to_sign) override;
  void passphrase_changed(std::string_view officer, std::string_view but_token) override {
    sessions_.close_others(officer, but_token);
  }
  Result<> key_changed(const Signer&, std::string_view session) override;
  std::vector<std::string> own_addresses() override { return own_addresses_; }
  /// What own_addresses() says from now on.
  void set_own_addresses(std::vector<std::string> urls) { own_addresses_ = std::move(urls); }
  Result<> change_passphrase(std::string_view officer, ByteView old_passphrase, ByteView new_passphrase) override;
  Result<OfficerRow> add_officer(const OfficerRow& by, std::string_view name, std::uint16_t roles,
                                 std::string_view phone, ByteView passphrase) override;
  Result<OfficerRow> renew_officer(std::string_view officer, ByteView passphrase) override;
  Result<std::string> invite(const OfficerRow& by, const Invite&) override;
  void wake(sync::Lane) override;
  Result<> add_superior(const OfficerRow& by, std::string_view invitation, bool line) override;
  void lines_changed() override { lines_->look(true); }
  Result<SyncReport> sync_now(const std::function<void(const SyncReport&)>& progress) override;
  Result<SyncReport> sync_with(const OfficeId& superior) override;
  Result<> open_received() override;
  Result<std::uint64_t> backup(const std::string& path, const std::function<void(double)>& progress) override;
  Result<BundleWritten> write_bundle(const OfficerRow& by, std::string_view code, const std::string& path,
                                     const std::function<void(double)>& progress) override;
  Result<BundleRead> read_bundle(const OfficerRow& by, const std::string& path,
                                 const std::function<void(double)>& progress) override;
  Result<sync::Tally> take_envelopes(const OfficerRow& by, const std::vector<Bytes>&) override;
  std::string software_version() const override;
  CpuMs cpu_ms() override;

  /// A browser signs in. Wrong tries cost a wait, for the officer and for the place they come from, and are written
  /// down; an unknown name and a wrong passphrase are told alike.
  Result<WebSessions::Opened> sign_in(std::string_view officer, ByteView passphrase, std::string_view source);
  /// The passphrase once more, so that the session may sign.
  Result<> confirm(std::string_view token, ByteView passphrase, std::string_view source);
  WebSessions& sessions() { return sessions_; }
  /// What changed since it was asked last.
  Result<WebChange> take_changes();

  Home& home_lock() { return home_; }
  Result<crypto::SigningKey> authority() override;
  Result<PublicKey> rotate_authority(const OfficerRow& by) override;
  Result<crypto::SigningKey> authority_for(const PublicKey&) override;
  void settle_identity() override;
  StoreInbox& inbox() { return *inbox_; }
  Opener& opener() { return *opener_; }
  Lines& lines() { return *lines_; }
  /// From now on the store belongs to this worker's thread.
  void set_worker(Worker* worker) { worker_ = worker; }

 private:
  Node(Home home, Config config, crypto::Key store_key)
      : home_(std::move(home)), config_(std::move(config)), store_key_(std::move(store_key)) {}
  Result<> start();
  Result<bool> put_pending_slot();
  Result<PublicKey> next_top_key(const OfficerRow& by, const PublicKey& in_use);
  Result<std::optional<OfficerRow>> officer_of_key(const std::string& name, const PublicKey& key);
  Result<SyncReport> exchange(const std::function<void(const SyncReport&)>& progress,
                              const std::optional<OfficeId>& only);
  /// Between two pieces of long work: others go first. False when the program is ending.
  bool give_way();
  Result<std::array<std::uint64_t, 5>> open_counted();
  Result<Signer> unlock_from(std::string_view officer, ByteView passphrase, std::string_view source);
  void remember(const std::string& officer, ByteView passphrase, const crypto::SigningKey&);

  /// A passphrase that was right a moment ago: Argon2id need not run for each call of a script. The signing key
  /// lies sealed under a key made of the passphrase, so without it nobody signs, the node included.
  struct Remembered {
    Hash check;
    Bytes sealed_seed;
    sync::Millis until = 0;
  };

  Home home_;
  Config config_;
  crypto::Key store_key_;
  crypto::Key process_key_ = crypto::Key::random();
  std::unique_ptr<Store> store_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<StoreInbox> inbox_;
  std::unique_ptr<Opener> opener_;
  std::optional<Rules> rules_;
  std::map<std::string, Remembered, std::less<>> remembered_;
  Lockout lockout_;         // by officer
  Lockout source_lockout_;  // by where a browser is
  WebSessions sessions_;
  ChangedCases changed_;
  std::vector<std::string> own_addresses_;
  std::unique_ptr<Lines> lines_;
  std::unique_ptr<Api> api_;
  Worker* worker_ = nullptr;
  bool tidy_keys_ = true;  // a power cut may have come before the old key's slot was dropped
};

/// A new passphrase has at least 12 characters or 4 words. Fault::invalid with a sentence otherwise.
Result<> check_new_passphrase(ByteView);

}  // namespace yz::node
