// A further machine of an office is confirmed by the office above it, whose people compared its fingerprint by
// telephone.
#include "node/store/confirmations.h"

#include "crypto/hash.h"
#include "node/store/records.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/sibling.h"

namespace yz::node {
namespace {

/// Told under a key for the one machine that it is for.
Hash for_one(const Hash& key, const NodeId& machine) {
  return crypto::hash(crypto::purpose::statement, {key.view(), machine.view()});
}

/// What one machine of ours compared by telephone, the others need not ask for again. Under a key for each of them.
Result<> tell_siblings_confirmed(Store& store, const NodeId& node, const CertDigest& certificate, sync::Millis now) {
  const Identity& me = store.me();
  for (const NodeId& n : TRY(siblings(store))) {
    const sync::Statement s =
        sync::issue(sync::StatementKind::confirmation, {me.office, me.node, me.epoch}, TRY(store.tick(now)), now,
                    sync::encode(sync::Confirmation{node, certificate}), store.keys().node);
    TRY(store.tell(for_one(TRY(sync::statement_key(s)), n), n, sync::FrameType::statement, s.bytes));
  }
  return {};
}

/// What was marked as coming from a machine that nobody had confirmed is so no more.
Result<> note_confirmed(Store& store, const NodeId& node) {
  Database& db = store.db();
  TRY(db.run("update node set confirmed = 1 where id = ?", node));
  TRY(db.run("delete from alarm where code = 'node.unconfirmed' and instr(message, ?) > 0", hex(node.view())));
  constexpr std::int64_t flag = record_note::unconfirmed_node;
  TRY(
      db.run("update record set flags = flags & ~?1 where flags & ?1 and envelope in (select e.row from envelope e join"
             " stream s on s.row = e.stream where s.node = ?2)",
             flag, node));
  return db.run(
      "update matter set flags = flags & ~?1 where flags & ?1 and not exists(select 1 from record r where"
      " r.matter = matter.row and r.flags & ?1)",
      flag);
}

}  // namespace

Result<> tell_siblings_what_is_confirmed(Store& store, sync::Millis now) {
  std::vector<std::pair<NodeId, CertDigest>> all;
  {
    Query q = TRY(store.db().query(
        "select n.id, n.digest from node n join office o on o.id = n.office where n.confirmed = 1 and n.state <> 9"
        " and o.state = 1 and (select count(*) from node m where m.office = n.office) > 1"));
    while (TRY(q.step())) all.emplace_back(TRY(q.id<NodeId>(0)), TRY(q.id<CertDigest>(1)));
  }
  for (const auto& [node, certificate] : all) TRY(tell_siblings_confirmed(store, node, certificate, now));
  return {};
}

Result<> confirm_machine(Store& store, const NodeId& node, sync::Millis now) {
  Database& db = store.db();
  OfficeId office;
  CertDigest certificate;
  {
    Query q = TRY(db.query("select office, digest, confirmed, state from node where id = ?", node));
    if (!TRY(q.step())) return fail(Fault::missing, "no machine of that id is known here", "node.unknown");
    if (q.integer(3) == 9) return fail(Fault::conflict, "this machine was revoked", "node.revoked");
    if (q.integer(2) != 0) return fail(Fault::conflict, "this machine has been confirmed already", "node.confirmed");
    office = TRY(q.id<OfficeId>(0));
    certificate = TRY(q.id<CertDigest>(1));
  }
  if (office == store.me().office)
    return fail(Fault::denied, "a machine of this office is confirmed by its superior", "node.own");
  TRY(note_confirmed(store, node));
  TRY(store.state_to(sync::StatementKind::confirmation, sync::encode(sync::Confirmation{node, certificate}),
                     TRY(next_hops(store, office, sync::Lane::flash)), now));
  return tell_siblings_confirmed(store, node, certificate, now);
}

Result<> take_confirmation(Store& store, const sync::Statement& s, sync::Millis now) {
  const sync::Confirmation c = TRY(sync::decode_confirmation(s.body));
  // Of another machine of ours: it compared one below.
  if (s.office == store.me().office) {
    {
      Query q = TRY(store.db().query(
          "select 1 from node n join office o on o.id = n.office where n.id = ? and n.digest = ? and n.confirmed = 0"
          " and n.state <> 9 and o.state = 1",
          c.node, c.certificate));
      if (!TRY(q.step())) return {};
    }
    TRY(note_confirmed(store, c.node));
    return store.journal("node", "machine.confirmed", hex(c.node.view()), "", now);
  }
  const auto self = TRY(Directory(store).office(store.me().office));
  if (!self || s.office != self->superior) return {};
  TRY(store.db().run("update node set confirmed = 1 where id = ? and office = ? and digest = ?", c.node,
                     store.me().office, c.certificate));
  if (store.db().changes() == 0) return {};
  return store.journal("node", "machine.confirmed", hex(c.node.view()), "", now);
}

}  // namespace yz::node
