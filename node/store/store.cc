#include "node/store/store.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "node/store/migrate.h"
#include "node/store/policies.h"
#include "node/store/schema.h"
#include "node/store/sqlite.h"
#include "node/store/told.h"

namespace yz::node {
namespace {

Result<std::unique_ptr<Database>> open_file(const StoreOptions& o, const char* name, std::string_view use) {
  // Each file has a key of its own, so that pages of one never open in the other.
  const crypto::Key store_key = TRY(crypto::Key::from(o.key));
  const crypto::Key key = crypto::derive(store_key, use == "main" ? 1 : 2, "YZstore_");
  SqliteOptions s{
      .path = o.folder + "/" + name, .key = key.expose(), .id = o.id, .create = o.create, .cache_kib = 8192};
  s.base_vfs = o.base_vfs;
  return open_sqlite(s);
}

Result<crypto::Key> secret(Database& db, std::string_view name, std::int64_t number) {
  Query q = TRY(db.query("select value from secret where name = ? and number = ?")).bind(name).bind(number);
  if (!TRY(q.step())) return fail(Fault::corrupt, "a key of this node is not in its store", "store.key");
  Bytes raw = q.blob(0);
  auto key = crypto::Key::from(raw);
  sodium_memzero(raw.data(), raw.size());
  return key;
}

Result<> put_secret(Database& db, std::string_view name, std::int64_t number, const crypto::Key& key,
                    sync::Millis until) {
  return TRY(db.query("insert into secret(name, number, value, until_ms) values(?, ?, ?, ?)"))
      .bind(name)
      .bind(number)
      .bind(ByteView(key.expose()))
      .bind(until)
      .run();
}

}  // namespace

Result<std::unique_ptr<Database>> open_main_alone(const StoreOptions& o, const std::string& path) {
  const crypto::Key key = crypto::derive(TRY(crypto::Key::from(o.key)), 1, "YZstore_");
  SqliteOptions s{.path = path, .key = key.expose(), .id = o.id, .create = false};
  s.base_vfs = o.base_vfs;
  return open_sqlite(s);
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& o) {
  std::unique_ptr<Store> store(new Store);
  store->folder_ = o.folder;
  store->reserve_bytes_ = o.base_vfs.empty() ? o.reserve_bytes : 0;
  store->db_ = TRY(open_file(o, "yizhan.db", "main"));
  store->blobs_ = TRY(open_file(o, "attachments.db", "blob"));
  TRY(migrate(*store->db_, main_migrations()));
  TRY(migrate(*store->blobs_, blob_migrations()));
  Transaction tx = TRY(Transaction::begin(*store->db_));
  TRY(keep_policies_of_before(*store->db_));
  TRY(tx.commit());
  return store;
}

Result<> Store::room_for(sync::Lane lane) const {
  if (reserve_bytes_ == 0 || lane == sync::Lane::flash || lane == sync::Lane::control) return {};
  if (TRY(free_bytes(folder_)) >= reserve_bytes_) return {};
  return fail(Fault::full, "the disk is down to its reserve: only flash reports are still taken", "disk.reserve");
}

Result<> Store::begin() {
  main_.emplace(TRY(Transaction::begin(*db_)));
  auto blob = Transaction::begin(*blobs_);
  if (!blob) {
    main_.reset();
    return std::unexpected(blob.error());
  }
  blob_.emplace(std::move(*blob));
  writing_ = true;
  return {};
}

Result<> Store::commit() {
  auto done = [&]() -> Result<> {
    // The clock is written with whatever used it; a transaction that used none stays without a write.
    if (clock_ && clock_->last() != clock_kept_ && !planted(Bug::clock_not_kept)) {
      TRY(set_meta_number("hlc", static_cast<std::int64_t>(clock_->last().value)));
      clock_kept_ = clock_->last();
    }
    TRY(write_words());
    if (planted(Bug::attachments_committed_last)) TRY(main_->commit());
    TRY(blob_->commit());
    return planted(Bug::attachments_committed_last) ? Result<>() : main_->commit();
  }();
  if (!done) {
    clock_kept_ = {};
    roll_back();
    if (planted(Bug::receipt_before_commit)) return {};
  } else {
    me_kept_ = me_;
    end();
  }
  return done;
}

void Store::if_rolled_back(std::function<void()> undo) {
  assert(writing_);
  undo_.push_back(std::move(undo));
}

void Store::after_commit(std::function<void()> then) {
  assert(writing_);
  after_commit_.push_back(std::move(then));
}

void Store::run_after_commit() {
  // Taken out first: each of them may write, and what it writes may ask for more.
  for (const auto& then : std::exchange(after_commit_, {})) then();
}

void Store::index(std::int64_t row, std::string_view title, std::string_view body) {
  assert(writing_);
  words_.push_back({false, row, std::string(title), std::string(body)});
}

void Store::unindex(std::int64_t row, std::string_view title, std::string_view body) {
  assert(writing_);
  // A draft that was written and released in one transaction never reaches the index.
  const auto pending = std::ranges::find_if(words_, [&](const Words& w) { return !w.remove && w.row == row; });
  if (pending != words_.end())
    words_.erase(pending);
  else
    words_.push_back({true, row, std::string(title), std::string(body)});
}

Result<> Store::write_words() {
  for (const Words& w : words_) {
    Query q = TRY(db_->query(w.remove ? "insert into words(words, rowid, title, body) values('delete', ?, ?, ?)"
                                      : "insert into words(rowid, title, body) values(?, ?, ?)"));
    TRY(q.bind(w.row).bind(w.title).bind(w.body).run());
  }
  return {};
}

void Store::roll_back() {
  // Backwards: each undoes what was done after those before it.
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) (*undo)();
  after_commit_.clear();
  me_ = me_kept_;
  end();
}

void Store::end() {
  undo_.clear();
  words_.clear();
  blob_.reset();
  main_.reset();
  writing_ = false;
}

Result<std::optional<Bytes>> Store::meta(std::string_view key) {
  Query q = TRY(db_->query("select value from meta where key = ?")).bind(key);
  if (!TRY(q.step())) return std::nullopt;
  return q.blob(0);
}

Result<> Store::set_meta(std::string_view key, ByteView value) {
  return TRY(db_->query(
                 "insert into meta(key, value) values(?, ?) on conflict(key) do update set value = excluded.value"))
      .bind(key)
      .bind(value)
      .run();
}

Result<std::int64_t> Store::meta_number(std::string_view key) {
  const auto raw = TRY(meta(key));
  if (!raw) return 0;
  Reader r(*raw);
  const auto n = static_cast<std::int64_t>(r.u64());
  if (!r.done()) return fail(Fault::corrupt, "a number in the store is malformed");
  return n;
}

Result<> Store::set_meta_number(std::string_view key, std::int64_t value) {
  Writer w;
  w.u64(static_cast<std::uint64_t>(value));
  return set_meta(key, w.view());
}

Result<> Store::found(const Identity& me, crypto::Keyring keys, crypto::Key nonce_key) {
  TRY(set_meta("office", me.office.view()));
  TRY(set_meta("node", me.node.view()));
  TRY(set_meta("incarnation", me.incarnation.view()));
  TRY(set_meta("epoch", me.epoch.view()));
  TRY(set_meta("node_certificate", me.node_certificate.view()));
  TRY(put_secret(*db_, "node", 0, keys.node.seed(), 0));
  TRY(put_secret(*db_, "archive", 0, keys.archive.secret(), 0));
  for (std::size_t i = 0; i < keys.boxes.size(); ++i)
    TRY(put_secret(*db_, "box", static_cast<std::int64_t>(keys.boxes.size() - i), keys.boxes[i].secret(), 0));
  TRY(put_secret(*db_, "nonce", 0, nonce_key, 0));
  me_ = me;
  keys_.emplace(std::move(keys));
  nonce_key_.emplace(std::move(nonce_key));
  clock_.emplace(sync::Hlc{});
  return {};
}

Result<> Store::load_identity() {
  const auto id = [&]<class F>(std::string_view key, F& out) -> Result<> {
    const auto raw = TRY(meta(key));
    if (!raw) return fail(Fault::corrupt, "the store has no identity", "store.identity");
    out = TRY(F::from(*raw));
    return {};
  };
  TRY(id("office", me_.office));
  TRY(id("node", me_.node));
  TRY(id("incarnation", me_.incarnation));
  TRY(id("epoch", me_.epoch));
  TRY(id("node_certificate", me_.node_certificate));
  std::vector<crypto::BoxKey> boxes;
  {
    Query q = TRY(db_->query("select number from secret where name = 'box' order by number desc"));
    while (TRY(q.step())) boxes.push_back(crypto::BoxKey::from_secret(TRY(secret(*db_, "box", q.integer(0)))));
  }
  {
    // Archive keys that ended, and other machines': for reading.
    Query q = TRY(db_->query("select number from secret where name = 'archive' and number > 0 order by number desc"));
    while (TRY(q.step())) boxes.push_back(crypto::BoxKey::from_secret(TRY(secret(*db_, "archive", q.integer(0)))));
  }
  crypto::SigningKey node = crypto::SigningKey::from_seed(TRY(secret(*db_, "node", 0)));
  crypto::BoxKey archive = crypto::BoxKey::from_secret(TRY(secret(*db_, "archive", 0)));
  keys_.emplace(crypto::Keyring{std::move(node), std::move(archive), std::move(boxes)});
  nonce_key_.emplace(TRY(secret(*db_, "nonce", 0)));
  clock_.emplace(sync::Hlc{static_cast<std::uint64_t>(TRY(meta_number("hlc")))});
  me_kept_ = me_;
  return {};
}

Result<> Store::renew(const sync::Incarnation& incarnation, const sync::Epoch& epoch) {
  assert(writing_);
  TRY(set_meta("incarnation", incarnation.view()));
  TRY(set_meta("epoch", epoch.view()));
  me_.incarnation = incarnation;
  me_.epoch = epoch;
  return {};
}

Result<> Store::use_node_key(const CertDigest& certificate) {
  assert(writing_);
  crypto::SigningKey next = crypto::SigningKey::from_seed(TRY(secret(*db_, "node", 0)));
  auto before = std::make_shared<crypto::SigningKey>(std::exchange(keys_->node, std::move(next)));
  if_rolled_back([this, before] { keys_->node = std::move(*before); });
  TRY(set_meta("node_certificate", certificate.view()));
  me_.node_certificate = certificate;
  return {};
}

namespace {
constexpr sync::Millis kBoxEveryMs = 30LL * 24 * 3'600'000, kBoxKeptMs = 400LL * 24 * 3'600'000;
}

Result<bool> Store::rotate_box(sync::Millis now) {
  sync::NodeList list;
  {
    Query q = TRY(db_->query("select bytes from node_list where office = ?")).bind(me_.office);
    if (!TRY(q.step())) return false;
    list = TRY(sync::decode_node_list(TRY(sync::decode_statement(q.blob(0))).body));
  }
  const auto mine = std::ranges::find_if(list.nodes, [&](const auto& n) { return n.node == me_.node; });
  if (mine == list.nodes.end() || now < mine->box_until_ms) return false;
  crypto::BoxKey box = crypto::BoxKey::random();
  std::int64_t number = 0;
  {
    Query q = TRY(db_->query("select coalesce(max(number), 0) + 1 from secret where name = 'box'"));
    TRY(q.step());
    number = q.integer(0);
  }
  if (!planted(Bug::box_key_not_kept)) TRY(put_secret(*db_, "box", number, box.secret(), now + kBoxKeptMs));
  TRY(db_->run("delete from secret where name = 'box' and until_ms > 0 and until_ms < ?", now));
  mine->box = box.public_key();
  mine->box_until_ms = now + kBoxEveryMs;
  list.version = std::max(list.version + 1, static_cast<std::uint64_t>(now));
  const sync::Statement s = sync::issue(sync::StatementKind::node_list, {me_.office, me_.node, me_.epoch},
                                        TRY(tick(now)), now, sync::encode(list), keys_->node);
  TRY(tell(TRY(sync::statement_key(s)), std::nullopt, sync::FrameType::statement, s.bytes));
  TRY(db_->run("update node_list set version = ?, bytes = ? where office = ?", list.version, ByteView(s.bytes),
               me_.office));
  keys_->boxes.insert(keys_->boxes.begin(), std::move(box));
  return true;
}

Result<sync::Hlc> Store::tick(sync::Millis now) {
  assert(writing_ && clock_);
  return clock_->tick(now);
}

Result<> Store::heard(sync::Hlc remote, sync::Millis now) {
  if (!clock_->heard(remote, now))
    return fail(Fault::invalid, "a clock is more than 10 minutes ahead of ours", "clock");
  return {};
}

Result<> Store::tell(const Hash& key, const std::optional<NodeId>& peer, sync::FrameType type, ByteView bytes) {
  return tell_to(key, peer ? ByteView(peer->view()) : ByteView(), type, bytes);
}

Result<> Store::tell_all(const Hash& key, std::uint8_t side, sync::FrameType type, ByteView bytes) {
  return tell_to(key, ByteView(&side, 1), type, bytes);
}

Result<> Store::tell_to(const Hash& key, ByteView peer, sync::FrameType type, ByteView bytes) {
  assert(writing_);
  const std::uint64_t number = TRY(next_told(*this, type, bytes));
  return TRY(db_->query("insert into control(key, peer, number, type, bytes) values(?, ?, ?, ?, ?)"
                        " on conflict(key) do update set peer = excluded.peer, number = excluded.number,"
                        " type = excluded.type, bytes = excluded.bytes"))
      .bind(key)
      .bind(peer)
      .bind(number)
      .bind(static_cast<int>(type))
      .bind(bytes)
      .run();
}

Result<> Store::state(sync::StatementKind kind, Bytes body, const std::optional<NodeId>& peer, sync::Millis now) {
  const sync::Statement s =
      sync::issue(kind, {me_.office, me_.node, me_.epoch}, TRY(tick(now)), now, std::move(body), keys_->node);
  const Hash key = kind == sync::StatementKind::want && peer ? TRY(want_key(*peer)) : TRY(sync::statement_key(s));
  return tell(key, peer, sync::FrameType::statement, s.bytes);
}

Result<> Store::state_to(sync::StatementKind kind, Bytes body, std::span<const NodeId> peers, sync::Millis now) {
  if (peers.empty()) return {};
  const sync::Statement s =
      sync::issue(kind, {me_.office, me_.node, me_.epoch}, TRY(tick(now)), now, std::move(body), keys_->node);
  const Hash key = TRY(sync::statement_key(s));
  TRY(tell(key, peers.front(), sync::FrameType::statement, s.bytes));
  for (const NodeId& peer : peers.subspan(1))
    TRY(tell(crypto::hash(crypto::purpose::statement, {key.view(), peer.view()}), peer, sync::FrameType::statement,
             s.bytes));
  return {};
}

/// A want is about nothing: what one neighbour is asked for must not take the place of what another is.
Result<Hash> Store::want_key(const NodeId& peer) {
  sync::Statement s;
  s.kind = sync::StatementKind::want;
  s.office = me_.office;
  s.node = me_.node;
  s.body = sync::encode(sync::Want{});
  const Hash key = TRY(sync::statement_key(s));
  return crypto::hash(crypto::purpose::statement, {key.view(), peer.view()});
}

namespace {
/// After these a backup of before lacks a key: a machine put back from it could not go on as this office.
constexpr std::string_view kChangesKeys[] = {"office.rotate-key", "root.adopt", "node.rotate"};
}  // namespace

Result<> Store::journal(std::string_view actor, std::string_view action, std::string_view subject,
                        std::string_view detail, sync::Millis now) {
  if (std::ranges::find(kChangesKeys, action) != std::end(kChangesKeys)) TRY(set_meta_number("keys_ms", now));
  Bytes previous(32);
  {
    Query q = TRY(db_->query("select hash from journal order by row desc limit 1"));
    if (TRY(q.step())) previous = q.blob(0);
  }
  Writer w;
  w.u64(static_cast<std::uint64_t>(now)).str16(actor).str16(action).str16(subject).str16(detail);
  const Hash hash = crypto::hash(crypto::purpose::journal, {previous, w.view()});
  return TRY(db_->query("insert into journal(at_ms, actor, action, subject, detail, hash) values(?, ?, ?, ?, ?, ?)"))
      .bind(now)
      .bind(actor)
      .bind(action)
      .bind(subject)
      .bind(detail)
      .bind(hash)
      .run();
}

Result<> Store::alarm(std::string_view code, std::string_view message, std::string_view office, sync::Millis now) {
  return TRY(db_->query("insert into alarm(code, message, office, at_ms) values(?, ?, ?, ?)"
                        " on conflict(code, message, office) do update set at_ms = excluded.at_ms, seen = 0"
                        " where seen > 0 and excluded.at_ms > seen + 86400000"))
      .bind(code)
      .bind(message)
      .bind(office)
      .bind(now)
      .run();
}

}  // namespace yz::node
