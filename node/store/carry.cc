// What passes through this office on its way between others (protocol 8): envelopes, chunks and statements are taken
// from one neighbour and handed to the next, sealed as they are. A part of StoreInbox.
#include <algorithm>

#include "crypto/hash.h"
#include "node/store/inbox.h"
#include "node/store/moves.h"
#include "node/store/revocation.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/limits.h"

namespace yz::node {

namespace limit = sync::limit;

namespace {

Hash passed_key(const Hash& key, const NodeId& peer) {
  return crypto::hash(crypto::purpose::statement, {key.view(), peer.view()});
}

/// Under which key a statement is passed on. Each `opened` stands for itself, and a machine could make up any number of
/// them: of one machine so many are passed on at a time.
Result<Hash> kept_under(const sync::Statement& s) {
  if (s.kind != sync::StatementKind::incarnation) return sync::statement_key(s);
  const auto slot = static_cast<std::uint8_t>(s.digest.bytes[0] % limit::statements_kept);
  return crypto::hash(crypto::purpose::statement, {s.node.view(), ByteView(&slot, 1)});
}

/// Whom it goes on to. The neighbour that brought it never gets it back.
Result<std::vector<NodeId>> ways_on(Store& store, const OfficeId& to, sync::Lane lane, const NodeId& from) {
  auto hops = TRY(next_hops(store, to, lane));
  std::erase(hops, from);
  return hops;
}

Result<> send_by(Store& store, std::int64_t envelope, const std::vector<NodeId>& hops) {
  for (const NodeId& hop : hops)
    TRY(
        store.db().run("insert into carry(envelope, peer) values(?, ?) on conflict(envelope, peer) do update set"
                       " state = 0",
                       envelope, hop));
  return {};
}

}  // namespace

/// Between which offices we carry: an office writes to those above and below it.
Result<OfficeId> StoreInbox::carried_towards(const sync::StreamName& name, const NodeId& from) {
  const bool related = TRY(lies_below(store_, name.author, name.destination)) ||
                       TRY(lies_below(store_, name.destination, name.author)) ||
                       TRY(once_below(store_, name.author, name.destination)) ||
                       TRY(once_below(store_, name.destination, name.author));
  if (!related) return fail(Fault::denied, "an office writes only to those above and below it", "not-addressed");
  if (TRY(may_bring(store_, from, name.author))) return name.destination;
  // The destination gives back what its author has lost (protocol 9).
  if (TRY(may_bring(store_, from, name.destination))) return name.author;
  return fail(Fault::denied, "envelope brought by somebody who is not on its way", "not-permitted");
}

Result<> StoreInbox::carry(const sync::Envelope& e, const NodeId& from, sync::Tally& tally) {
  const sync::StreamName& name = e.head.stream;
  const OfficeId to = TRY(carried_towards(name, from));
  // Before anything is stored: a refusal rolls nothing back, and must leave nothing that a receipt would speak of.
  const auto hops = TRY(ways_on(store_, to, name.lane, from));
  if (hops.empty()) return fail(Fault::denied, "no way on from here", "no-way");
  Database& db = store_.db();
  std::optional<std::pair<std::int64_t, std::int64_t>> held;
  {
    Query q =
        TRY(db.query("select e.row, s.row from envelope e join stream s on s.row = e.stream where s.id = ? and"
                     " e.seq = ? and e.hash = ?",
                     name.id(), e.head.seq.value, e.hash));
    if (TRY(q.step())) held = {q.integer(0), q.integer(1)};
  }
  if (held) {
    if (to == name.destination) streams_.insert(held->second);
    // Given back by who had stored it: that goes on, though it passed here before.
    if (to == name.author) TRY(send_by(store_, held->first, hops));
    return {};
  }
  const bool limbo = TRY(taken_back(store_, name.node));
  if (limbo)
    TRY(store_.alarm("revoked.carried", "sealed mail of a machine whose keys were taken back comes by here",
                     hex(name.author.view()), now_));
  TRY(count_against_quota(name.node, name.lane, e.bytes.size(), from, limbo));
  const std::int64_t stream = TRY(received_stream(name, 2));
  if (to == name.destination) streams_.insert(stream);
  std::int64_t row = 0;
  {
    Query q = TRY(
        db.query("insert into envelope(stream, seq, hash, own, bytes, size, peer, at_ms) values(?, ?, ?, 2, ?, ?, ?, ?)"
                 " returning row",
                 stream, e.head.seq.value, e.hash, ByteView(e.bytes), e.bytes.size(), from, now_));
    TRY(q.step());
    row = q.integer(0);
    TRY(q.run());
  }
  TRY(send_by(store_, row, hops));
  TRY(advance(stream));
  ++tally.carried;
  tally.carried_flash = tally.carried_flash || name.lane == sync::Lane::flash;
  return {};
}

Result<bool> StoreInbox::chunk_is_carried(const sync::Chunk& c, const NodeId& from) {
  const auto author = TRY(directory_.node(c.author));
  if (!author || !TRY(may_bring(store_, from, author->office)))
    return fail(Fault::denied, "chunk brought by somebody who is not on its way", "not-permitted");
  if (c.destination == store_.me().office) return false;
  sync::StreamName way;
  way.author = author->office;
  way.destination = c.destination;
  const OfficeId to = TRY(carried_towards(way, from));
  const auto hop = TRY(next_hop(store_, to));
  if (!hop || *hop == from) return fail(Fault::denied, "no way on from here", "no-way");
  return true;
}

/// A neighbour that took an envelope into custody need not be offered it again; what its newest word leaves out is
/// offered again, for it may have been put back from a copy. Numbers prove nothing to the author: only the
/// destination's receipt ends an envelope's wait.
Result<> StoreInbox::in_custody(const sync::Statement& s, const sync::Receipt& r) {
  Database& db = store_.db();
  {
    // Said before it was put back from a copy: what it had then it may have lost.
    Query now_there = TRY(db.query("select peer_epoch from link where peer = ?", s.node));
    if (TRY(now_there.step()) && TRY(now_there.id<sync::Epoch>(0)) != s.epoch) return {};
  }
  std::vector<std::pair<std::int64_t, bool>> changed;
  {
    Query q =
        TRY(db.query("select e.row, e.seq, c.state from carry c join envelope e on e.row = c.envelope join stream t on"
                     " t.row = e.stream where t.id = ? and c.peer = ?",
                     r.stream.id(), s.node));
    const bool whole = r.ranges.size() < limit::receipt_ranges;
    while (TRY(q.step())) {
      const sync::Seq seq{static_cast<std::uint64_t>(q.integer(1))};
      const bool has = r.covers(seq), had = q.integer(2) != 0;
      if (!has && !whole && seq.value > r.ranges.back().second.value) continue;
      if (has != had) changed.emplace_back(q.integer(0), has);
    }
  }
  const bool sibling = s.office == store_.me().office;  // a copy there is no step on the way
  if (!changed.empty() && !sibling) custody_at_ = now_;
  // Whoever has it in custody says so to the destination too: what it does not hand on then shows there.
  if (!changed.empty() && !sibling && r.stream.author == store_.me().office)
    TRY(pass_on(s, r.stream.destination, NodeId{}));
  // What is its own, given back, is at its end there: no other receipt will come for it.
  const bool at_its_end = s.office == r.stream.author && !sibling;
  for (const auto& [row, has] : changed)
    TRY(has && at_its_end ? db.run("delete from carry where envelope = ? and peer = ?", row, s.node)
                          : db.run("update carry set state = ? where envelope = ? and peer = ?",
                                   !has      ? 0
                                   : sibling ? 2
                                             : 1,
                                   row, s.node));
  return {};
}

/// The destination's word passes by: what it has stored is carried no further, and kept 30 days more; what a store that
/// was put back from a copy has no longer is handed on once more.
Result<> StoreInbox::carried_arrived(const sync::Statement& s, const sync::Receipt& r, std::int64_t stream) {
  Database& db = store_.db();
  const auto others = TRY(others_hold(s, r));
  std::uint64_t upto = r.upto.value;
  for (const sync::Receipt& o : others) upto = std::max(upto, o.upto.value);
  std::vector<std::pair<std::int64_t, bool>> changed;
  {
    // Up to what it said before and says again nothing has changed, but for what came by since.
    Query q = TRY(
        db.query("select e.row, e.seq, e.state from envelope e join stream s on s.row = e.stream where e.stream = ?1"
                 " and e.seq > min(s.stored, ?2) and e.own = 2 and e.size > 0"
                 " union select row, seq, state from envelope where own = 2 and state = 0 and stream = ?1 and size > 0",
                 stream, upto));
    while (TRY(q.step())) {
      const sync::Seq seq{static_cast<std::uint64_t>(q.integer(1))};
      // What any machine of that office has is there.
      const bool there =
          r.covers(seq) || std::ranges::any_of(others, [&](const sync::Receipt& o) { return o.covers(seq); });
      if (there != (q.integer(2) == 2)) changed.emplace_back(q.integer(0), there);
    }
  }
  for (const auto& [row, there] : changed) {
    TRY(db.run("update envelope set state = ?, done_ms = ? where row = ?", there ? 2 : 0, now_, row));
    if (there)
      TRY(db.run("delete from carry where envelope = ?", row));
    else
      TRY(send_by(store_, row, TRY(next_hops(store_, r.stream.destination, r.stream.lane))));
  }
  return db.run("update stream set stored = ? where row = ?", upto, stream);
}

Result<> StoreInbox::pass_receipt(const sync::Statement& s, const sync::Receipt& r, const NodeId& from) {
  std::optional<std::int64_t> stream;
  {
    Query q = TRY(store_.db().query("select row from stream where id = ? and own = 2", r.stream.id()));
    if (TRY(q.step())) stream = q.integer(0);
  }
  if (!stream) return {};  // it never came by here: those who carried it will tell
  if (r.kind == sync::ReceiptKind::stored) {
    if (s.office != r.stream.destination)
      return fail(Fault::forged, "a receipt by somebody who is not the destination", "receipt.issuer");
    TRY(carried_arrived(s, r, *stream));
  }
  if (r.kind != sync::ReceiptKind::custody) return pass_on(s, r.stream.author, from);
  TRY(in_custody(s, r));
  // From the author's side comes what it holds of its own stream (protocol 9), and who told it that he has it in hand:
  // both are for the destination.
  const bool upstream = TRY(may_bring(store_, from, r.stream.author));
  return pass_on(s, upstream ? r.stream.destination : r.stream.author, from);
}

Result<> StoreInbox::pass_chunk_receipt(const sync::Statement& s, const sync::ChunkReceipt& r, const NodeId& from) {
  const auto author = TRY(directory_.node(r.author));
  return author ? pass_on(s, author->office, from) : Result<>();
}

Result<> StoreInbox::pass_on(const sync::Statement& s, const OfficeId& to, const NodeId& from) {
  Query known = TRY(store_.db().query("select 1 from office where id = ?", to));
  if (to == store_.me().office || !TRY(known.step())) return {};
  const Hash key = TRY(kept_under(s));
  const auto hops = TRY(next_hops(store_, to, sync::Lane::flash));
  for (const NodeId& hop : hops)
    if (hop != from) TRY(store_.tell(passed_key(key, hop), hop, sync::FrameType::statement, s.bytes));
  return {};
}

/// What everybody on the other side is to know: node lists and certificates from above go down, those from below go up,
/// both to the other machines of this office, and what those say to both sides.
Result<> StoreInbox::spread(sync::FrameType type, ByteView bytes, const Hash& key, const NodeId& from) {
  const auto side = TRY(side_of(store_, from));
  if (!side) return {};
  std::vector<std::uint8_t> to;
  if (*side == Side::below || *side == Side::sibling) to.push_back(kTellUp);
  if (*side != Side::below) to.push_back(kTellDown);
  if (!TRY(siblings(store_)).empty()) to.push_back(kTellSiblings);
  for (const std::uint8_t t : to) TRY(store_.tell_all(told_to_side(key, t), t, type, bytes));
  return {};
}

/// Officers are registered with those above; down go offices and machines alone, for their keys are sealed to.
Result<> StoreInbox::spread_certificate(const crypto::Certificate& c, const NodeId& from) {
  if (c.type != crypto::CertType::officer)
    return spread(sync::FrameType::certificate, c.bytes, Hash{c.digest.bytes}, from);
  const auto side = TRY(side_of(store_, from));
  const Hash key{c.digest.bytes};
  if (side == Side::below || side == Side::sibling)
    TRY(store_.tell_all(told_to_side(key, kTellUp), kTellUp, sync::FrameType::certificate, c.bytes));
  if (TRY(siblings(store_)).empty()) return {};
  return store_.tell_all(told_to_side(key, kTellSiblings), kTellSiblings, sync::FrameType::certificate, c.bytes);
}

Result<> StoreInbox::relay(const sync::Statement& s, const NodeId& from) {
  switch (s.kind) {
    case sync::StatementKind::node_list:
      return spread(sync::FrameType::statement, s.bytes, TRY(sync::statement_key(s)), from);
    case sync::StatementKind::head:
      return pass_on(s, TRY(sync::decode_head(s.body)).destination, from);
    case sync::StatementKind::incarnation: {
      const sync::Opened o = TRY(sync::decode_opened(s.body));
      std::vector<OfficeId> told;
      for (const auto& stream : o.streams) {
        if (std::ranges::find(told, stream.destination) != told.end()) continue;
        told.push_back(stream.destination);
        TRY(pass_on(s, stream.destination, from));
      }
      return {};
    }
    default:
      return {};
  }
}

}  // namespace yz::node
