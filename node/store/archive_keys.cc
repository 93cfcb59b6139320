#include "node/store/archive_keys.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

/// A key for each machine and each one that was ever taken back is far less; a machine of ours must not fill the disk.
constexpr std::int64_t kMostKeys = 256;

/// Bound into the seal: whose machine tells which. Whoever passes the key on seals it anew.
Hash way(const OfficeId& office, const NodeId& from, const NodeId& to) {
  return crypto::hash(crypto::purpose::join, {office.view(), from.view(), to.view()});
}

Result<> tell_one(Store& store, const crypto::BoxKey& archive, const NodeId& machine, const BoxPublic& box,
                  sync::Millis now) {
  const Identity& me = store.me();
  sync::FurtherWrap w;
  w.wrap = Writer()
               .id(crypto::hint_of(box))
               .raw(crypto::wrap(archive.secret(), way(me.office, me.node, machine), box))
               .take();
  const sync::Statement s = sync::issue(sync::StatementKind::wrap, {me.office, me.node, me.epoch}, TRY(store.tick(now)),
                                        now, sync::encode(w), store.keys().node);
  // Each key to each machine is a thing of its own: one does not take another's place.
  const Hash key = crypto::hash(crypto::purpose::statement,
                                {TRY(sync::statement_key(s)).view(), archive.public_key().view(), machine.view()});
  return store.tell(key, machine, sync::FrameType::statement, s.bytes);
}

/// The box keys that the office's own list names for its other machines.
Result<std::vector<sync::NodeList::Node>> others(Store& store) {
  const auto linked = TRY(siblings(store));
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", store.me().office));
  if (linked.empty() || !TRY(q.step())) return std::vector<sync::NodeList::Node>();
  auto list = TRY(sync::decode_node_list(TRY(sync::decode_statement(q.blob(0))).body));
  std::erase_if(list.nodes, [&](const auto& n) { return std::ranges::find(linked, n.node) == linked.end(); });
  return list.nodes;
}

Result<> tell_others(Store& store, const crypto::BoxKey& archive, const NodeId& but, sync::Millis now) {
  for (const auto& n : TRY(others(store)))
    if (n.node != but) TRY(tell_one(store, archive, n.node, n.box, now));
  return {};
}

/// For reading: behind the one that is in use, which has the number 0.
Result<> keep(Store& store, ByteView secret) {
  TRY(
      store.db().run("insert into secret(name, number, value) select 'archive', coalesce(max(number), 0) + 1, ?1 from"
                     " secret where name = 'archive'",
                     secret));
  store.after_commit([&store] { (void)store.load_identity(); });
  return {};
}

Result<std::vector<crypto::BoxKey>> known(Store& store) {
  std::vector<crypto::BoxKey> out;
  // Homes of before kept archive keys that ended as box keys below the first.
  Query q =
      TRY(store.db().query("select value from secret where name = 'archive' or (name = 'box' and number < 1)"
                           " order by name, number"));
  while (TRY(q.step())) out.push_back(crypto::BoxKey::from_secret(TRY(crypto::Key::from(q.blob(0)))));
  return out;
}

}  // namespace

Result<> renew_archive(Store& store, sync::Millis now) {
  const auto next = crypto::BoxKey::random();
  TRY(keep(store, store.keys().archive.secret().expose()));
  TRY(store.db().run("update secret set value = ? where name = 'archive' and number = 0",
                     ByteView(next.secret().expose())));
  return tell_others(store, next, {}, now);
}

Result<> tell_archives(Store& store, const NodeId& machine, const BoxPublic& box, sync::Millis now) {
  for (const crypto::BoxKey& archive : TRY(known(store))) TRY(tell_one(store, archive, machine, box, now));
  return {};
}

bool is_archive_key(const sync::FurtherWrap& w) { return w.envelope.zero(); }

Result<> take_archive_key(Store& store, const sync::FurtherWrap& w, const NodeId& from, sync::Millis now) {
  Reader r(w.wrap);
  const crypto::BoxKey* mine = store.keys().find(r.id<KeyHint>());
  if (mine == nullptr)
    return fail(Fault::missing, "an archive key sealed to a key that is not here", "archive.key-gone");
  const crypto::Key secret = TRY(crypto::unwrap(r.raw(r.left()), way(store.me().office, from, store.me().node), *mine));
  const auto archive = crypto::BoxKey::from_secret(secret);
  const auto all = TRY(known(store));
  if (std::ranges::find(all, archive.public_key(), &crypto::BoxKey::public_key) != all.end()) return {};
  if (static_cast<std::int64_t>(all.size()) >= kMostKeys)
    return fail(Fault::denied, "too many archive keys of this office", "archive.many");
  TRY(keep(store, secret.expose()));
  TRY(tell_others(store, archive, from, now));
  return store.db().run("update envelope set copy = 1 where copy = 3");
}

}  // namespace yz::node
