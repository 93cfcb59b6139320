#include "node/store/siblings.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/archive_keys.h"
#include "node/store/chunk_copies.h"
#include "node/store/directory.h"
#include "node/store/drafts.h"
#include "node/store/records.h"
#include "node/store/routes.h"
#include "sync/sibling.h"

namespace yz::node {
namespace {

constexpr std::int64_t kLot = 1024;       // older envelopes given at a time
constexpr std::size_t kMostMachines = 7;  // of one office: a node list has room for so many
constexpr sync::Millis kRotateMs = 30LL * 24 * 3'600'000;
constexpr sync::Millis kUrgentWaits = 30'000, kRoutineWaits = 120'000;
constexpr sync::Millis kCopyWaits = 26LL * 3'600'000;  // for a key or a certificate, before it is shown

Result<std::optional<sync::NodeList>> own_list(Store& store) {
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", store.me().office));
  if (!TRY(q.step())) return std::nullopt;
  const auto s = sync::decode_statement(q.blob(0));
  if (!s) return fail(Fault::corrupt, "a stored node list is damaged");
  return TRY(sync::decode_node_list(s->body));
}

Result<> say_list(Store& store, sync::NodeList list, sync::Millis now) {
  std::ranges::sort(list.nodes, {}, &sync::NodeList::Node::node);
  list.version = std::max(list.version + 1, static_cast<std::uint64_t>(now));
  const Identity& me = store.me();
  const sync::Statement s = sync::issue(sync::StatementKind::node_list, {me.office, me.node, me.epoch},
                                        TRY(store.tick(now)), now, sync::encode(list), store.keys().node);
  TRY(store.tell(TRY(sync::statement_key(s)), std::nullopt, sync::FrameType::statement, s.bytes));
  return store.db().run("update node_list set version = ?, bytes = ? where office = ?", list.version, ByteView(s.bytes),
                        me.office);
}

Hash for_one(const Hash& key, const NodeId& machine) {
  return crypto::hash(crypto::purpose::statement, {key.view(), machine.view()});
}

/// Told under a key for the one machine that it is for.
Result<> wrap_for_one(Store& store, const sync::Envelope& e, const NodeId& machine, const BoxPublic& box,
                      sync::Millis now) {
  if (sync::sealed_for(e, box)) return {};
  auto wrap = sync::wrap_for(e, store.keys(), box);
  if (!wrap) return wrap.error().fault == Fault::missing ? Result<>() : std::unexpected(wrap.error());
  const Identity& me = store.me();
  const sync::Statement s =
      sync::issue(sync::StatementKind::wrap, {me.office, me.node, me.epoch}, TRY(store.tick(now)), now,
                  sync::encode(sync::FurtherWrap{e.hash, std::move(*wrap)}), store.keys().node);
  return store.tell(for_one(TRY(sync::statement_key(s)), machine), machine, sync::FrameType::statement, s.bytes);
}

int leading_number(std::string_view name) {
  int n = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || n > 9999) break;
    n = n * 10 + (c - '0');
  }
  return n;
}

struct Machine {
  NodeId node;
  std::int64_t copied = 0;
};

/// What was there before a machine joined: handed over in the order in which it came here.
Result<> give_older(Store& store, const Machine& m, const BoxPublic& box, sync::Millis now) {
  Database& db = store.db();
  {
    Query q = TRY(db.query("select count(*) from carry where peer = ? and state = 0", m.node));
    TRY(q.step());
    if (q.integer(0) >= kLot) return {};
  }
  struct Row {
    std::int64_t row;
    bool received;
  };
  std::vector<Row> rows;
  {
    Query q = TRY(db.query(
        "select e.row, e.own = 0 from envelope e join stream s on s.row = e.stream where e.row > ? and"
        " e.size > 0 and s.node <> ? and ((e.own = 0 and e.state in (0, 2)) or (e.own = 1 and e.state in (0, 2)))"
        " order by e.row limit ?",
        m.copied, m.node, kLot));
    while (TRY(q.step())) rows.push_back({q.integer(0), q.integer(1) != 0});
  }
  if (rows.empty()) return {};
  for (const Row& r : rows) {
    TRY(db.run("insert into carry(envelope, peer) values(?, ?) on conflict do nothing", r.row, m.node));
    if (!r.received) continue;
    Query q = TRY(db.query("select bytes from envelope where row = ?", r.row));
    TRY(q.step());
    const auto e = sync::decode_envelope(q.blob(0));
    if (!e) return fail(Fault::corrupt, "a stored envelope is damaged", "store.envelope");
    TRY(wrap_for_one(store, *e, m.node, box, now));
  }
  return db.run("update machine set copied = ? where node = ?", rows.back().row, m.node);
}

/// What another machine of ours wrote and nobody has receipted for a while: its own line may be down.
Result<> relay_copies(Store& store, sync::Millis now) {
  struct Late {
    std::int64_t row;
    OfficeId destination;
    sync::Lane lane;
  };
  std::vector<Late> late;
  {
    Query q = TRY(store.db().query(
        "select e.row, s.destination, s.lane from envelope e join stream s on s.row = e.stream where e.copy > 0 and"
        " e.state = 0 and e.at_ms < ?1 - case s.lane when 1 then 0 when 2 then ?2 else ?3 end and not exists(select 1"
        " from carry c join link l on l.peer = c.peer where c.envelope = e.row and l.upward <> 3) order by e.row limit"
        " ?4",
        now, kUrgentWaits, kRoutineWaits, kLot));
    while (TRY(q.step())) late.push_back({q.integer(0), TRY(q.id<OfficeId>(1)), static_cast<sync::Lane>(q.integer(2))});
  }
  for (const Late& l : late) TRY(relay_copy(store, l.row, l.destination, l.lane));
  return {};
}

}  // namespace

Result<std::vector<NodeId>> siblings(Store& store) {
  Query q = TRY(store.db().query("select peer from link where upward = 3 order by peer"));
  std::vector<NodeId> out;
  while (TRY(q.step())) out.push_back(TRY(q.id<NodeId>(0)));
  return out;
}

Result<bool> node_is_revoked(Store& store, const NodeId& node) {
  Query q = TRY(store.db().query("select 1 from node where id = ? and state = 9", node));
  return q.step();
}

Result<int> machine_number(Store& store) {
  Query q = TRY(store.db().query("select name from node where id = ?", store.me().node));
  return TRY(q.step()) ? leading_number(q.text(0)) : 0;
}

Result<int> next_machine_number(Store& store) {
  Query q = TRY(store.db().query("select name from node where office = ?", store.me().office));
  int most = 1;
  while (TRY(q.step())) most = std::max(most, leading_number(q.text(0)));
  return most + 1;
}

Result<> hand_to_siblings(Store& store, std::int64_t envelope, const NodeId& author, const NodeId& from) {
  return store.db().run(
      "insert into carry(envelope, peer) select ?1, peer from link where upward = 3 and peer <> ?2 and peer <> ?3"
      " on conflict do nothing",
      envelope, author, from);
}

Result<> relay_copy(Store& store, std::int64_t envelope, const OfficeId& destination, sync::Lane lane) {
  const auto ours = TRY(siblings(store));
  for (const NodeId& hop : TRY(next_hops(store, destination, lane)))
    if (std::ranges::find(ours, hop) == ours.end())
      TRY(store.db().run("insert into carry(envelope, peer) values(?, ?) on conflict do nothing", envelope, hop));
  return {};
}

Result<> wrap_for_siblings(Store& store, const sync::Envelope& e, sync::Millis now) {
  if (e.head.stream.destination != store.me().office) return {};
  const auto others = TRY(siblings(store));
  if (others.empty()) return {};
  const auto list = TRY(own_list(store));
  if (!list) return {};
  for (const auto& n : list->nodes)
    if (std::ranges::find(others, n.node) != others.end()) TRY(wrap_for_one(store, e, n.node, n.box, now));
  return {};
}

Result<Bytes> further_wrap(Store& store, const Hash& envelope) {
  Query q = TRY(store.db().query("select wrap from further_wrap where envelope = ?", envelope));
  return TRY(q.step()) ? q.blob(0) : Bytes();
}

Result<> help_siblings(Store& store, sync::Millis now) {
  TRY(help_drafts(store, now));
  TRY(ask_for_chunks(store, now));
  const auto others = TRY(siblings(store));
  if (others.empty()) return {};
  const auto list = TRY(own_list(store));
  if (!list) return {};
  std::vector<Machine> machines;
  {
    Query q = TRY(store.db().query("select m.node, m.copied from machine m join link l on l.peer = m.node"));
    while (TRY(q.step())) machines.push_back({TRY(q.id<NodeId>(0)), q.integer(1)});
  }
  for (const Machine& m : machines)
    for (const auto& n : list->nodes)
      if (n.node == m.node) TRY(give_older(store, m, n.box, now));
  {
    Query q = TRY(store.db().query("select 1 from envelope where copy = 3 and at_ms < ? limit 1", now - kCopyWaits));
    if (TRY(q.step()))
      TRY(store.alarm("copy.failed", "something that another machine of this office wrote cannot be opened here", "",
                      now));
  }
  return relay_copies(store, now);
}

Result<std::uint64_t> rate_towards(Store& store, const OfficeId& office) {
  for (const NodeId& hop : TRY(next_hops(store, office, sync::Lane::routine))) {
    Query q = TRY(store.db().query("select rate_bps from link where peer = ? and upward <> 3", hop));
    if (TRY(q.step())) return static_cast<std::uint64_t>(q.integer(0));
  }
  return 0;
}

Result<> tell_siblings_everything(Store& store) {
  Query roots = TRY(store.db().query("select bytes, digest from root order by version"));
  while (TRY(roots.step()))
    TRY(store.tell_all(told_to_side(TRY(roots.id<Hash>(1)), kTellSiblings), kTellSiblings, sync::FrameType::root,
                       roots.blob(0)));
  // What was said of our mail and machines: under the keys that newer words will have.
  Query said = TRY(
      store.db().query("select key, bytes from statement where office <> ?1 and (kind = ?2 or (kind = 1 and stream in"
                       " (select id from stream where own = 1)))",
                       store.me().office, static_cast<int>(sync::StatementKind::confirmation)));
  const auto others = TRY(siblings(store));
  while (TRY(said.step()))
    for (const NodeId& n : others)
      TRY(store.tell(for_one(TRY(said.id<Hash>(0)), n), n, sync::FrameType::statement, said.blob(1)));
  // From the top down: each path ends in what came before.
  for (const OfficeRow& o : TRY(Directory(store).offices()))
    if (o.admitted) TRY(tell_of_office(store, o.id, kTellSiblings));
  return {};
}

Result<> list_machine(Store& store, const NodeId& node, const CertDigest& certificate, const BoxPublic& box,
                      sync::Millis now) {
  auto list = TRY(own_list(store));
  if (!list) return fail(Fault::corrupt, "our own node list is missing", "store.nodes");
  if (list->nodes.size() >= kMostMachines)
    return fail(Fault::full, "an office has at most seven machines: revoke one first", "node.many");
  std::erase_if(list->nodes, [&](const auto& n) { return n.node == node; });
  list->nodes.push_back({node, certificate, box, now + kRotateMs});
  return say_list(store, std::move(*list), now);
}

Result<> part_from(Store& store, const NodeId& node, sync::Millis now) {
  Database& db = store.db();
  TRY(db.run("delete from carry where peer = ?", node));
  TRY(db.run("delete from control where peer = ?", node));
  TRY(db.run("delete from link where peer = ? and upward = 3", node));
  TRY(db.run("delete from machine where node = ?", node));
  TRY(forget_drafts_with(store, node));
  TRY(store.blobs().run("delete from chunk_copy where peer = ?", node));
  TRY(renew_archive(store, now));
  auto list = TRY(own_list(store));
  if (!list || std::erase_if(list->nodes, [&](const auto& n) { return n.node == node; }) == 0) return {};
  if (list->nodes.empty()) return {};
  return say_list(store, std::move(*list), now);
}

Result<> mend_own_list(Store& store, sync::Millis now) {
  auto list = TRY(own_list(store));
  if (!list) return {};
  const Identity& me = store.me();
  const BoxPublic& box = store.keys().boxes.front().public_key();
  const auto mine = std::ranges::find(list->nodes, me.node, &sync::NodeList::Node::node);
  if (mine == list->nodes.end()) {
    // Only a revocation takes a machine off the list, and this one is not revoked.
    if (list->nodes.size() >= kMostMachines || TRY(node_is_revoked(store, me.node))) return {};
    list->nodes.push_back({me.node, me.node_certificate, box, now + kRotateMs});
  } else {
    if (mine->box == box && mine->certificate == me.node_certificate) return {};
    mine->box = box;
    mine->certificate = me.node_certificate;
  }
  return say_list(store, std::move(*list), now);
}

Result<> meet_machine(Store& store, const crypto::Certificate& c, sync::Millis now) {
  Database& db = store.db();
  {
    Query q = TRY(db.query("select 1 from node where office = ? and id <> ? limit 1", c.office, c.subject));
    if (!TRY(q.step())) return {};  // its first one: admitted with the office
  }
  const auto office = TRY(Directory(store).office(c.office));
  const bool ours = c.office == store.me().office;
  if (!office || (!ours && office->state != OfficeState::below)) return {};
  if (ours && (office->superior.zero() || office->superior == office->id)) return {};  // nobody stands above it
  TRY(db.run("update node set confirmed = 0 where id = ?", c.subject));
  if (ours) return {};
  TRY(store.journal("node", "machine.met", hex(c.subject.view()), office->code, now));
  return store.alarm("node.unconfirmed",
                     "a further machine that nobody has confirmed; compare its fingerprint by telephone: " +
                         node_fingerprint(c.key) + " (" + hex(c.subject.view()) + ")",
                     office->code, now);
}

Result<bool> unconfirmed(Store& store, const NodeId& node) {
  Query q = TRY(store.db().query("select 1 from node where id = ? and confirmed = 0", node));
  return q.step();
}

std::string node_fingerprint(const PublicKey& key) {
  return crypto::fingerprint(crypto::hash(crypto::purpose::join, {key.view()}));
}

}  // namespace yz::node
