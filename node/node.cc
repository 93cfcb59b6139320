#include "node/node.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/backup.h"
#include "node/guard.h"
#include "node/log.h"
#include "node/net/loopback.h"
#include "node/net/machine_join.h"
#include "node/net/rules_json.h"
#include "node/net/superiors.h"
#include "node/net/tls_pin.h"
#include "node/store/attachments.h"
#include "node/store/direct.h"
#include "node/store/facets.h"
#include "node/store/node_key.h"
#include "node/store/people.h"
#include "node/store/policy_share.h"
#include "node/store/siblings.h"
#include "node/store/sqlite.h"

namespace yz::node {
namespace {

constexpr sync::Millis kRememberMs = 5 * 60 * 1000;

Hash passphrase_hash(const crypto::Key& process, std::string_view use, std::string_view officer, ByteView passphrase) {
  return crypto::keyed_hash(crypto::purpose::passphrase, process.expose(),
                            {view(use), view(officer), view(std::string_view("\0", 1)), passphrase});
}

}  // namespace

Result<> check_new_passphrase(ByteView p) {
  std::size_t characters = 0, words = 0;
  bool in_word = false;
  for (std::uint8_t b : p) {
    if ((b & 0xc0) != 0x80) ++characters;
    const bool gap = b == ' ' || b == '-' || b == '\t';
    if (!gap && !in_word) ++words;
    in_word = !gap;
  }
  if (characters < 12 && words < 4)
    return fail(Fault::invalid, "a passphrase needs at least 12 characters or 4 words", "passphrase.weak");
  return {};
}

Result<std::unique_ptr<Node>> Node::open(const std::string& path, int wait_ms, std::string_view officer,
                                         ByteView passphrase) {
  Home home = TRY(Home::open(path, wait_ms));
  Config config = TRY(load_config(path));
  log().level(config.log.level);
  const Home::Keys keys = TRY(home.keys());
  Unlocked unlocked = TRY(node::unlock(keys, officer, passphrase));
  std::unique_ptr<Node> node(new Node(std::move(home), std::move(config), std::move(unlocked.store_key)));
  StoreOptions options{.folder = path, .key = node->store_key_.expose(), .id = keys.store_id.bytes};
  options.reserve_bytes = std::uint64_t{node->config_.limits.disk_reserve_mib} << 20U;
  TRY(set_foreign_log_aside(node->home_, options));
  node->store_ = TRY(Store::open(options));
  TRY(node->store_->load_identity());
  node->remember(unlocked.officer, passphrase, unlocked.signing);
  TRY(node->start());
  return node;
}

Node::~Node() = default;

Result<> Node::start() {
  directory_ = std::make_unique<Directory>(*store_);
  inbox_ = std::make_unique<StoreInbox>(*store_);
  inbox_->set_quota(config_.limits.daily_envelopes, std::uint64_t{config_.limits.daily_mib} << 20U);
  opener_ = std::make_unique<Opener>(*store_, *inbox_);
  rules_ = TRY(Rules::make(TRY(load_rules())));
  if (!TRY(guard_knows(home_, *store_))) {
    log().warn("home.copied", {});
    TRY(begin_new_life(*store_));
    TRY(store_->write([&] {
      return store_->alarm("home.copied", "this home was put back from a copy: it goes on under new numbers", "",
                           wall_now());
    }));
  }
  // On a full disk the guard of the start before still holds.
  if (auto kept = renew_guard(home_, *store_); !kept) log().warn("guard.failed", {{"why", kept.error()}});
  lines_ = std::make_unique<Lines>(Carrier::Parts{
      .store = *store_,
      .directory = *directory_,
      .inbox = *inbox_,
      .opener = *opener_,
      .on_store =
          [this](const std::function<void()>& job) {
            if (worker_ == nullptr)
              job();
            else
              worker_->run(Worker::Turn::sync, job);
          },
      .authority = [this] { return authority(); },
      .congestion_control = config_.sync.congestion_control,
      .poll_ms = std::chrono::milliseconds(config_.sync.poll_seconds).count(),
      .patience = patience_of(config_),
      .new_life =
          [this] {
            if (auto kept = renew_guard(home_, *store_); !kept) log().warn("guard.failed", {{"why", kept.error()}});
          },
      .settle = [this] { settle_identity(); },
  });
  api_ = std::make_unique<Api>(*this);
  on_change(store_->db(), [this](std::string_view table, std::int64_t row) { changed_.note(table, row); });
  // A crash between the commits of the two databases leaves chunks that nothing names. On a full disk they stay a
  // while.
  if (auto swept = store_->write([&] { return sweep_attachments(*store_); }); !swept)
    log().warn("attachment.sweep", {{"why", swept.error()}});
  // On a full disk lists are narrowed by class and level another day.
  if (auto filled = store_->write([&] { return fill_facets(*store_); }); !filled)
    log().warn("facets", {{"why", filled.error()}});
  // On a full disk neighbours hear of a new address later.
  if (auto told = store_->write([&] { return tell_addresses(*store_, config_.sync.addresses, wall_now()); }); !told)
    log().warn("addresses", {{"why", told.error()}});
  // On a full disk the old key serves another day.
  if (auto rotated = store_->write([&] { return store_->rotate_box(wall_now()); }); !rotated)
    log().warn("box.rotation", {{"why", rotated.error()}});
  // Offices that joined when the disk was full, or before this program did it.
  if (auto shared = store_->write([&] { return share_policies(*store_, wall_now()); }); !shared)
    log().warn("policy.share", {{"why", shared.error()}});
  TRY(put_pending_slot());
  settle_identity();
  lines_->look();
  return open_received();  // what was stored before a crash and not opened yet
}

ApiReply Node::call(const ApiCall& c) { return api_->call(c); }

std::string Node::software_version() const { return "0.1.0"; }

CpuMs Node::cpu_ms() {
  if (worker_ == nullptr) return {};
  const auto ms = [&](Worker::Turn t) {
    return std::chrono::floor<std::chrono::milliseconds>(worker_->cpu(t)).count();
  };
  using enum Worker::Turn;
  return {.sync = ms(sync), .opening = ms(opening), .person = ms(person), .idle = ms(idle)};
}

Result<crypto::SigningKey> Node::authority() {
  const Home::Keys keys = TRY(home_.keys());
  const auto own = TRY(directory_->office_certificate(store_->me().office));
  auto key = own ? open_authority(keys, own->key, store_key_) : open_authority(keys, kAuthority, store_key_);
  if (!key && key.error().fault == Fault::missing && TRY(machine_number(*store_)) > 1)
    return fail(Fault::denied, "the authority key of this office lies on its first machine: do it there",
                "authority.elsewhere");
  return key;
}

void Node::remember(const std::string& officer, ByteView passphrase, const crypto::SigningKey& key) {
  const Hash seal_key = passphrase_hash(process_key_, "seal", officer, passphrase);
  const auto k = crypto::Key::from(seal_key.view());
  remembered_[officer] = {passphrase_hash(process_key_, "check", officer, passphrase),
                          crypto::aead_seal(*k, key.seed().expose(), {}), wall_now() + kRememberMs};
}

Result<Signer> Node::unlock(std::string_view officer, ByteView passphrase) {
  const Home::Keys keys = TRY(home_.keys());
  std::string name(officer);
  if (name.empty()) {
    for (const auto& s : keys.slots) {
      if (s.kind != crypto::SlotKind::officer) continue;
      if (!name.empty())
        return fail(Fault::invalid, "several officers have a key here: say which one with --as NAME", "officer.which");
      name = s.name;
    }
  }
  std::optional<crypto::SigningKey> key;
  // A try during the wait costs no hash: guessing must not keep the node from its work.
  if (const sync::Millis wait = lockout_.wait(name, wall_now()); wait > 0) return must_wait(wait);
  const auto it = remembered_.find(name);
  if (it != remembered_.end() && it->second.until > wall_now() &&
      crypto::same(it->second.check.view(), passphrase_hash(process_key_, "check", name, passphrase).view())) {
    const auto k = TRY(crypto::Key::from(passphrase_hash(process_key_, "seal", name, passphrase).view()));
    Bytes seed = TRY(crypto::aead_open(k, it->second.sealed_seed, {}));
    key = crypto::SigningKey::from_seed(TRY(crypto::Key::from(seed)));
    sodium_memzero(seed.data(), seed.size());
  } else {
    auto opened = node::unlock(keys, name, passphrase);
    if (!opened) {
      // A name without a slot is `missing` and leaves no trace here.
      if (opened.error().fault == Fault::denied) lockout_.wrong(name, wall_now());
      return std::unexpected(opened.error());
    }
    lockout_.right(name);
    Unlocked u = std::move(*opened);
    remember(u.officer, passphrase, u.signing);
    key = std::move(u.signing);
  }
  const auto row = TRY(officer_of_key(name, key->public_key()));
  if ((!row || row->state != OfficerState::active) && TRY(put_pending_slot())) return unlock(officer, passphrase);
  if (!row) return fail(Fault::denied, "this officer has no valid certificate", "login.certificate");
  if (row->state != OfficerState::active) return fail(Fault::denied, "this officer is not active", "login.state");
  return Signer{*row, std::move(*key)};
}

/// A person may have a key on each machine.
Result<std::optional<OfficerRow>> Node::officer_of_key(const std::string& name, const PublicKey& key) {
  std::optional<OfficerRow> best;
  for (OfficerRow& o : TRY(directory_->officers(store_->me().office)))
    if (o.name == name && o.key == key && (!best || best->state != OfficerState::active)) best = std::move(o);
  // Before the first machine's answer nobody here has a certificate: one may look and exchange, and nothing else.
  if (!best && TRY(joins_as_machine(*store_))) {
    best.emplace();
    best->office = store_->me().office;
    best->name = name;
    best->key = key;
  }
  return best;
}

Result<OfficerRow> Node::authenticate(std::string_view officer, ByteView passphrase) {
  auto signer = unlock(officer, passphrase);
  if (!signer) return std::unexpected(signer.error());
  return signer->officer;
}

Result<> Node::change_passphrase(std::string_view officer, ByteView old_passphrase, ByteView new_passphrase) {
  TRY(check_new_passphrase(new_passphrase));
  const Signer signer = TRY(unlock(officer, old_passphrase));
  Home::Keys keys = TRY(home_.keys());
  for (auto& s : keys.slots)
    if (s.kind == crypto::SlotKind::officer && s.name == signer.officer.name)
      s = officer_slot(s.name, store_key_, signer.key, new_passphrase);
  TRY(home_.save_keys(keys));
  remembered_.erase(signer.officer.name);
  return store_->write(
      [&] { return store_->journal(signer.officer.name, "passphrase", signer.officer.name, "", wall_now()); });
}

Result<OfficerRow> Node::add_officer(const OfficerRow& by, std::string_view name, std::uint16_t roles,
                                     std::string_view phone, ByteView passphrase) {
  if (!(by.roles & crypto::role::admin_people))
    return fail(Fault::denied, "only an administrator of people may add officers", "role.admin-people");
  if (name.empty() || name.size() > 200 || roles == 0 || (roles & ~crypto::role::all))
    return fail(Fault::invalid, "an officer needs a name and at least one role", "officer.form");
  TRY(check_new_passphrase(passphrase));
  if (TRY(directory_->officer_by_name(store_->me().office, name)))
    return fail(Fault::conflict, "there is an officer of that name already", "officer.exists");
  const sync::Millis now = wall_now();
  const crypto::SigningKey key = crypto::SigningKey::random();
  const PersonId person = crypto::person_id_of(key.public_key());
  TRY(check_roles(*store_, person, roles));
  const crypto::Certificate c =
      TRY(officer_certificate(*store_, person, name, roles, key.public_key(), TRY(authority()), now));
  // The slot first: a certificate without a key could sign nothing, a slot without one is only unused.
  Home::Keys keys = TRY(home_.keys());
  // One of that name is left from a try that a power cut ended here: two of one name would let nobody in.
  std::erase_if(keys.slots,
                [&](const crypto::Slot& x) { return x.kind == crypto::SlotKind::officer && x.name == name; });
  keys.slots.push_back(officer_slot(name, store_key_, key, passphrase));
  TRY(home_.save_keys(keys));
  TRY(store_->write([&]() -> Result<> {
    TRY(directory_->learn(c, now));
    TRY(directory_->set_phone(c.digest, phone));
    // The superior registers our officers: it learns of a new one before his first signature.
    TRY(store_->tell(Hash{c.digest.bytes}, std::nullopt, sync::FrameType::certificate, c.bytes));
    return store_->journal(by.name, "officer.add", std::string(name), std::to_string(roles), now);
  }));
  return TRY(directory_->officer(c.digest)).value();
}

Result<std::string> Node::invite(const OfficerRow& by, const Invite& wish) {
  if (!(by.roles & crypto::role::admin_keys))
    return fail(Fault::denied, "only an administrator of keys may invite offices", "role.admin-keys");
  // Whoever takes the invitation up is certified here.
  if (auto key = authority(); !key) return std::unexpected(key.error());
  // With TLS the invitation names the key that the new office will accept, and no other.
  std::string pin;
  if (!config_.sync.tls_cert.empty()) {
    const Bytes pem = TRY(read_file(config_.sync.tls_cert, 256 * 1024));
    pin = TRY(pin_of(text(ByteView(pem))));
  }
  return store_->write([&]() -> Result<std::string> {
    Invite told = wish;
    // What was typed goes in as it is; of what this machine knows, what leads others to it.
    if (told.urls.empty()) told.urls = for_others(config_.sync.addresses);
    if (told.urls.empty()) told.urls = for_others(TRY(stated_addresses(*store_)));
    if (told.urls.empty()) told.urls = for_others(own_addresses_);
    const Invitation i = TRY(wish.machine ? invite_machine(*store_, *directory_, told, pin, wall_now())
                                          : make_invitation(*store_, *directory_, told, pin, wall_now()));
    TRY(store_->journal(by.name, wish.machine ? "node.invite" : "invite", wish.machine ? wish.officer : wish.code, "",
                        wall_now()));
    return encode(i);
  });
}

Result<> Node::add_superior(const OfficerRow& by, std::string_view typed, bool line) {
  if (!(by.roles & crypto::role::admin_keys))
    return fail(Fault::denied, "only an administrator of keys may add a superior", "role.admin-keys");
  const Invitation invitation = TRY(decode_invitation(typed));
  const crypto::SigningKey key = TRY(authority());
  TRY(store_->write([&]() -> Result<> {
    TRY(ask_superior(*store_, *directory_, invitation, typed, line, key, wall_now()));
    return store_->journal(by.name, "superior.add", invitation.superior_code, "", wall_now());
  }));
  return {};
}

void Node::wake(sync::Lane lane) { lines_->wake(lane); }

Result<SyncReport> Node::sync_now(const std::function<void(const SyncReport&)>& progress) {
  return exchange(progress, std::nullopt);
}

Result<SyncReport> Node::sync_with(const OfficeId& superior) { return exchange({}, superior); }

Result<SyncReport> Node::exchange(const std::function<void(const SyncReport&)>& progress,
                                  const std::optional<OfficeId>& only) {
  const auto session = lines_->begin(
      [this] {
        if (worker_ != nullptr) worker_->nudge();
      },
      only);
  sync::Millis told = 0;
  const auto tell = [&] {
    if (!progress || wall_now() - told < 200) return;
    told = wall_now();
    progress(session->report());
  };
  if (worker_ != nullptr) {
    worker_->pump_until([&] {
      tell();
      return session->done();
    });
    if (!session->done()) return fail(Fault::busy, "the node is stopping; everything is kept", "node.stopping");
  } else {
    while (!session->done()) {
      lines_->step(*session, 50);
      tell();
    }
  }
  SyncReport report = session->report();
  // Counted once more at the end: one line may have been done while another still sent.
  report.waiting = TRY(waiting_above(*store_));
  report.carried = TRY(carried_on(*store_));
  if (report.superiors.empty()) {
    report.reason = "this office has no superior";
    report.in_sync = report.waiting == 0;
  }
  return report;
}

Result<std::uint64_t> Node::backup(const std::string& path, const std::function<void(double)>& progress) {
  return write_backup(*store_, TRY(home_.keys()), store_key_, path, progress);
}

Result<> Node::open_received() {
  for (;;) {
    const auto done = opener_->open_some(8, wall_now());
    if (!done) return std::unexpected(done.error());
    if (!done->more) return {};
  }
}

bool Node::give_way() { return worker_ == nullptr || worker_->give_way(); }

}  // namespace yz::node
