#include "node/store/inbox.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "node/log.h"
#include "node/store/handed.h"
#include "node/store/holdings.h"
#include "node/store/link.h"
#include "node/store/policy_share.h"
#include "node/store/records.h"
#include "node/store/revocation.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/intervals.h"
#include "sync/limits.h"

namespace yz::node {

namespace limit = sync::limit;

/// A revoked one too: what it sealed is kept in quarantine and shown, nothing else of it is heard.
Result<std::optional<sync::KnownNode>> StoreInbox::node(const NodeId& id) { return directory_.any_node(id); }

void StoreInbox::refused(const NodeId& from, const Error& e) {
  log().warn("sync.refused", {{"node", from}, {"why", e}});
  // Once for each code and office, so that nobody fills the disk with them. What is merely not known yet is no fault,
  // and nobody is blamed for passing on what only offices elsewhere can judge, or what an office said while its key
  // changed.
  if (e.code == "revoke.authority" || e.code == "revoke.superseded" || e.code == "consent.key") return;
  const bool identity = e.code.starts_with("revoke.") || e.code.starts_with("consent.") ||
                        e.code.starts_with("root.") || e.code == "node.foreign" || e.code == "officer.foreign" ||
                        e.code == "certificate.revoked" || e.code == "certificate.path";
  // Suspended, revoked, disputed: an alarm of its own stands.
  const bool told = e.code.starts_with("exchange.") || e.code.starts_with("office.");
  if (!identity && (told || (e.fault != Fault::forged && e.fault != Fault::denied))) return;
  OfficeId office;
  if (const auto n = directory_.any_node(from); n && *n) office = (*n)->office;
  // Another machine of ours hands on all certificates that stood once; what ended in the meantime is no news here.
  if (e.code == "certificate.revoked" && office == store_.me().office) return;
  const std::string brought_by = hex(office.view());
  (void)(identity ? store_.alarm("identity.refused", "a key or a revocation was refused: " + e.code, brought_by, now_)
                  : store_.alarm("frame.refused", "something that came did not pass its check: " + e.code, brought_by,
                                 now_));
  if (store_.db().changes() > 0) (void)store_.journal("node", "refuse", brought_by, e.code, now_);
}

void StoreInbox::forget() {
  streams_.clear();
  asked_.clear();
  returned_by_.clear();
  again_.clear();
  attachments_.clear();
}

Result<> StoreInbox::count_against_quota(const NodeId& author, sync::Lane lane, std::size_t bytes, const NodeId& from,
                                         bool limbo) {
  TRY(store_.room_for(lane));
  if (quota_.envelopes == 0 && !limbo) return {};
  Today& t = today_[author];
  const std::int64_t day = now_ / (24LL * 3'600'000);
  if (t.day != day) t = {day, {}, {}};
  const bool flash = lane == sync::Lane::flash;
  Quota& used = flash ? t.flash : t.used;
  const std::uint64_t times = flash && !limbo ? 10 : 1;
  const Quota most = limbo ? Quota{limit::limbo_envelopes, limit::limbo_bytes} : quota_;
  if (used.envelopes >= most.envelopes * times || used.bytes + bytes > most.bytes * times)
    return fail(author == from ? Fault::full : Fault::denied, "this node has sent enough for today", "quota");
  ++used.envelopes;
  used.bytes += bytes;
  // A full disk must not use up the day of whoever sends it all again.
  if (planted(Bug::quota_not_given_back)) return {};
  store_.if_rolled_back([&used, bytes] {
    --used.envelopes;
    used.bytes -= bytes;
  });
  return {};
}

Result<std::int64_t> StoreInbox::received_stream(const sync::StreamName& name, int own) {
  Database& db = store_.db();
  TRY(db.run(
      "insert into stream(id, author, node, incarnation, destination, lane, own, chain)"
      " values(?, ?, ?, ?, ?, ?, ?, ?) on conflict(id) do nothing",
      name.id(), name.author, name.node, name.incarnation, name.destination, static_cast<int>(name.lane), own, Hash{}));
  Query q = TRY(db.query("select row from stream where id = ?", name.id()));
  TRY(q.step());
  return q.integer(0);
}

Result<> StoreInbox::accept(const sync::Envelope& e, const NodeId& from, sync::Tally& tally) {
  const sync::StreamName& name = e.head.stream;
  if (name.node == store_.me().node && name.author == store_.me().office) return take_back(e, from, tally);
  if (name.author == store_.me().office) return take_copy(e, from, tally);
  if (name.destination != store_.me().office) return carry(e, from, tally);
  if (!TRY(may_bring(store_, from, name.author)))
    return fail(Fault::denied, "envelope brought by somebody who is not on its way", "not-permitted");
  Database& db = store_.db();
  std::int64_t tip = 0;
  {
    Query q = TRY(db.query("select tip from stream where id = ?", name.id()));
    if (TRY(q.step())) tip = q.integer(0);
  }
  const auto seq = static_cast<std::int64_t>(e.head.seq.value);
  if (seq <= 0 || seq > tip + static_cast<std::int64_t>(limit::ahead))
    return fail(Fault::denied, "envelope too far beyond a gap", "too-far-ahead");
  bool another = false;
  {
    Query q =
        TRY(db.query("select e.hash, s.row from envelope e join stream s on s.row = e.stream where s.id = ? and"
                     " e.seq = ?",
                     name.id(), seq));
    while (TRY(q.step())) {
      if (TRY(q.id<Hash>(0)) == e.hash) {
        streams_.insert(q.integer(1));  // the receipt did not arrive: it is told again
        return {};
      }
      another = true;
    }
  }
  // What another machine of ours hands on was counted there.
  const bool sibling = TRY(side_of(store_, from)) == Side::sibling;
  if (!sibling) TRY(count_against_quota(name.node, name.lane, e.bytes.size(), from));
  const std::int64_t stream = TRY(received_stream(name));
  if (another) {
    // Two envelopes under one number: a clone, a restore, or worse. Both are kept and opened; people decide.
    TRY(TRY(db.query("update stream set forked = 1 where row = ?")).bind(stream).run());
    TRY(store_.alarm("stream.forked", "one number of a stream carries two envelopes", hex(name.author.view()), now_));
  }
  std::int64_t row = 0;
  {
    Query q = TRY(
        db.query("insert into envelope(stream, seq, hash, own, bytes, size, peer, at_ms) values(?, ?, ?, 0, ?, ?, ?, ?)"
                 " returning row",
                 stream, seq, e.hash, ByteView(e.bytes), e.bytes.size(), from, now_));
    TRY(q.step());
    row = q.integer(0);
    TRY(q.run());
  }
  TRY(hand_to_siblings(store_, row, name.node, from));
  TRY(advance(stream));
  streams_.insert(stream);
  ++tally.envelopes;
  tally.flash = tally.flash || name.lane == sync::Lane::flash;
  return {};
}

/// Moves the end of what came without a gap, along one history: what a receipt says with its chain value has to be here
/// as a whole. An envelope of another history is kept, opened and shown, never refused: acceptance is by signature.
Result<> StoreInbox::advance(std::int64_t stream) {
  Database& db = store_.db();
  Query s = TRY(db.query("select tip, chain, author, own = 2 from stream where row = ?")).bind(stream);
  TRY(s.step());
  std::int64_t tip = s.integer(0);
  Hash chain = TRY(s.id<Hash>(1));
  const OfficeId author = TRY(s.id<OfficeId>(2));
  const bool carried = s.integer(3) != 0;  // whose histories differ, its two ends will say
  const std::int64_t before = tip;
  for (bool moved = true; moved;) {
    moved = false;
    bool any = false;
    Query q =
        TRY(db.query("select hash, bytes from envelope where stream = ? and seq = ? order by row", stream, tip + 1));
    while (!moved && TRY(q.step())) {
      any = true;
      const Hash hash = TRY(q.id<Hash>(0));
      const auto e = sync::decode_envelope(q.blob(1));
      if (!e) return fail(Fault::corrupt, "a stored envelope is damaged", "store.envelope");
      if (e->head.previous != chain && !planted(Bug::chain_not_checked)) continue;
      chain = sync::chain_value(chain, hash);
      ++tip;
      moved = true;
    }
    if (any && !moved && !carried)
      TRY(store_.alarm("stream.chain", "an envelope names another predecessor than the one we have", hex(author.view()),
                       now_));
  }
  if (planted(Bug::tip_over_gap)) {
    Query last = TRY(db.query("select max(seq) from envelope where stream = ?", stream));
    if (TRY(last.step())) tip = last.integer(0);
  }
  if (tip == before) return {};
  return TRY(db.query("update stream set tip = ?, chain = ? where row = ?")).bind(tip).bind(chain).bind(stream).run();
}

Result<std::optional<Bytes>> StoreInbox::keep_part(const sync::Part& part, const NodeId& from, sync::Millis now) {
  Database& db = store_.db();
  {
    Query q = TRY(db.query("select s.row, s.own, e.bytes from stream s join envelope e on e.stream = s.row where"
                           " s.id = ? and e.seq = ? limit 1"))
                  .bind(part.stream)
                  .bind(part.seq.value);
    if (TRY(q.step())) {  // it is here already: only the receipt got lost
      const std::int64_t stream = q.integer(0);
      streams_.insert(stream);
      if (q.integer(1) == 1) {  // ours, and given back: who does so did not hear that we have it
        returned_by_[stream] = from;
        again_.insert(stream);
      } else if (const Bytes held = q.blob(2); q.integer(1) == 2 && !held.empty()) {
        // Carried before, and perhaps given back to its author by way of us.
        sync::Tally known;
        TRY(carry(TRY(sync::decode_envelope(held)), from, known));
      }
      return std::nullopt;
    }
  }
  TRY(TRY(db.query("delete from part where at_ms < ?")).bind(now - limit::unfinished_ms).run());
  // A sender has few unfinished at a time; whoever begins more gives up his oldest.
  Query q = TRY(db.query("select stream, seq, max(total), max(at_ms) from part where peer = ? and lane = ?"
                         " group by stream, seq order by 4"))
                .bind(from)
                .bind(static_cast<int>(part.lane));
  struct Unfinished {
    Bytes stream;
    std::int64_t seq, total;
  };
  std::vector<Unfinished> all;
  bool known = false;
  while (TRY(q.step())) {
    all.push_back({q.blob(0), q.integer(1), q.integer(2)});
    if (text(all.back().stream) == text(part.stream.view()) &&
        all.back().seq == static_cast<std::int64_t>(part.seq.value)) {
      known = all.back().total == part.total;
      if (!known) TRY(drop_parts(part.stream, part.seq, from));
    }
  }
  if (!known && all.size() >= limit::unfinished_per_lane)
    TRY(drop_parts(TRY(sync::StreamId::from(all[0].stream)), sync::Seq{static_cast<std::uint64_t>(all[0].seq)}, from));
  TRY(TRY(db.query(
              "insert into part(peer, stream, seq, lane, total, offset, bytes, at_ms) values(?, ?, ?, ?, ?, ?, ?, ?)"
              " on conflict(peer, stream, seq, offset) do update set bytes = excluded.bytes, at_ms = excluded.at_ms"
              " where length(excluded.bytes) > length(part.bytes)"))
          .bind(from)
          .bind(part.stream)
          .bind(part.seq.value)
          .bind(static_cast<int>(part.lane))
          .bind(part.total)
          .bind(part.offset)
          .bind(part.bytes)
          .bind(now)
          .run());
  sync::Intervals have;
  {
    Query p = TRY(db.query("select offset, length(bytes) from part where peer = ? and stream = ? and seq = ?"))
                  .bind(from)
                  .bind(part.stream)
                  .bind(part.seq.value);
    while (TRY(p.step())) {
      const auto at = static_cast<std::uint32_t>(p.integer(0));
      have.add(at, at + static_cast<std::uint32_t>(p.integer(1)));
    }
  }
  if (!have.covers(0, part.total) && !(planted(Bug::parts_by_length) && have.covers(part.offset, part.total)))
    return std::nullopt;
  Bytes whole(part.total);
  Query p = TRY(db.query("select offset, bytes from part where peer = ? and stream = ? and seq = ? order by offset"))
                .bind(from)
                .bind(part.stream)
                .bind(part.seq.value);
  while (TRY(p.step())) {
    const Bytes piece = p.blob(1);
    std::ranges::copy(piece, whole.begin() + p.integer(0));
  }
  return whole;
}

Result<> StoreInbox::drop_parts(const sync::StreamId& stream, sync::Seq seq, const NodeId& from) {
  return TRY(store_.db().query("delete from part where peer = ? and stream = ? and seq = ?"))
      .bind(from)
      .bind(stream)
      .bind(seq.value)
      .run();
}

Result<std::vector<sync::Have>> StoreInbox::unfinished(const NodeId& from) {
  Query q = TRY(store_.db().query("select stream, seq, total, offset, length(bytes) from part where peer = ?"
                                  " order by stream, seq, offset"))
                .bind(from);
  std::vector<sync::Have> out;
  std::vector<sync::Intervals> sets;
  while (TRY(q.step())) {
    const auto stream = TRY(q.id<sync::StreamId>(0));
    const sync::Seq seq{static_cast<std::uint64_t>(q.integer(1))};
    if (out.empty() || out.back().stream != stream || out.back().seq != seq) {
      out.push_back({stream, seq, static_cast<std::uint32_t>(q.integer(2)), {}});
      sets.emplace_back();
    }
    const auto at = static_cast<std::uint32_t>(q.integer(3));
    sets.back().add(at, at + static_cast<std::uint32_t>(q.integer(4)));
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].ranges = sets[i].ranges(128);
  return out;
}

Result<> StoreInbox::learn(sync::FrameType type, ByteView bytes, const NodeId& from, sync::Tally& tally) {
  if (type == sync::FrameType::root) {
    const auto root = TRY(crypto::RootDocument::decode(bytes));
    const auto known = TRY(directory_.root());
    if (known && root.version <= known->version) return directory_.learn_root(root, false);  // an old one, or refused
    TRY(directory_.learn_root(root, false));
    TRY(store_.journal("node", "root.rotated", std::to_string(root.version), crypto::fingerprint(root.digest), now_));
    // On to those below: each version, so that nobody has to skip one.
    return spread(type, bytes, root.digest, from);
  }
  const auto certificate = TRY(crypto::Certificate::decode(bytes));
  const bool known = TRY(directory_.knows(certificate));
  TRY(directory_.learn(certificate, now_));
  if (!known && certificate.type == crypto::CertType::office && certificate.issuer == store_.me().office &&
      TRY(side_of(store_, from)) == Side::sibling)
    TRY(store_.db().run("update office set state = 1 where id = ? and state = 0", certificate.office));
  // One that a newer has replaced stays here: shown again and again it would be told again and again.
  if (!known && TRY(directory_.knows(certificate))) TRY(spread_certificate(certificate, from));
  // An office that joined far below, or moved there.
  if (!known && certificate.type == crypto::CertType::office) TRY(share_policies(store_, now_));
  ++tally.received[0];
  // Something may have waited for it.
  Query q =
      TRY(store_.db().query("select 1 from envelope where own = 0 and state = 0"
                            " union all select 1 from envelope where own = 1 and state = 4 and refusal = 0 limit 1"));
  if (TRY(q.step())) ++tally.envelopes;
  return {};
}

Result<> StoreInbox::keep_chunk(const sync::Chunk& c, const NodeId& from, sync::Tally& tally) {
  TRY(may_exchange(store_, c.author));
  const bool carried = TRY(chunk_is_carried(c, from));
  Database& db = store_.blobs();
  const auto held = [&]() -> Result<std::optional<std::int64_t>> {
    Query q =
        TRY(db.query("select row, count from attachment where id = ? and own <> 1 and destination = ? and author = ?",
                     c.attachment, c.destination, c.author));
    if (!TRY(q.step())) return std::nullopt;
    if (q.integer(1) != c.count) return fail(Fault::forged, "chunk disagrees with its attachment", "chunk.foreign");
    return q.integer(0);
  };
  if (const auto there = TRY(held())) {
    Query q = TRY(db.query("select state from chunk where attachment = ? and position = ?", *there, c.index));
    if (TRY(q.step())) {
      attachments_.insert(*there);
      return carried && q.integer(0) == 2 ? carry_again(*there, c.index, tally) : Result<>();
    }
  }
  // From another office it is here already, and is what was signed: this one need not send it too.
  if (!carried && TRY(known_whole(store_, c.attachment)))
    return say_chunks({c.author, c.destination, c.attachment, c.count, {{0, c.count - 1}}}, now_);
  // What another machine of ours hands on was counted there.
  if (TRY(side_of(store_, from)) == Side::sibling && !carried)
    TRY(store_.room_for(sync::Lane::bulk));
  else
    TRY(count_against_quota(c.author, sync::Lane::bulk, c.bytes.size(), from));
  TRY(
      db.run("insert into attachment(id, own, author, destination, count, ready, done, at_ms) values(?, ?, ?, ?, ?, ?,"
             " ?, ?) on conflict(id, destination, author) do nothing",
             c.attachment, carried ? 2 : 0, c.author, c.destination, c.count, carried ? 1 : 0, carried ? 0 : 1, now_));
  const auto found = TRY(held());
  if (!found) return fail(Fault::forged, "chunk of an attachment of ours", "chunk.foreign");
  const std::int64_t row = *found;
  attachments_.insert(row);
  TRY(
      db.run("insert into chunk(attachment, position, bytes, size, state) values(?, ?, ?, ?, ?)"
             " on conflict(attachment, position) do nothing",
             row, c.index, ByteView(c.bytes), c.bytes.size(), carried ? 0 : 2));
  if (db.changes() == 0) return {};
  ++(carried ? tally.carried : tally.received[4]);
  return TRY(db.query("update attachment set have = have + 1, complete = (have + 1 >= count) where row = ?"))
      .bind(row)
      .run();
}

/// Its author offers a chunk again that had arrived: the destination, put back from a copy, has lost it.
Result<> StoreInbox::carry_again(std::int64_t attachment, std::uint32_t position, sync::Tally& tally) {
  TRY(store_.blobs().run("update chunk set state = 0 where attachment = ? and position = ?", attachment, position));
  ++tally.carried;
  return store_.blobs().run("update attachment set done = 0 where row = ?", attachment);
}

Result<> StoreInbox::settle(sync::Millis now) {
  now_ = now;
  for (std::int64_t s : streams_) {
    Query own = TRY(store_.db().query("select own, destination, node from stream where row = ?", s));
    TRY(own.step());
    if (own.integer(0) == 2) {
      TRY(receipt(s, sync::ReceiptKind::custody, now));
    } else if (own.integer(0) == 0) {
      TRY(receipt(s, sync::ReceiptKind::stored, now));
      if (asked_.contains(s) || planted(Bug::opened_before_opening)) TRY(receipt(s, sync::ReceiptKind::opened, now));
    } else if (TRY(own.id<NodeId>(2)) != store_.me().node) {
      TRY(settle_copies(s, now));
    } else if (const auto it = returned_by_.find(s); it != returned_by_.end()) {
      TRY(state_holdings(store_, s, it->second, now, again_.contains(s)));
    }
  }
  for (std::int64_t a : attachments_) {
    sync::ChunkReceipt r;
    {
      Query q =
          TRY(store_.blobs().query("select author, destination, id, count from attachment where row = ?")).bind(a);
      TRY(q.step());
      r.author = TRY(q.id<NodeId>(0));
      r.destination = TRY(q.id<OfficeId>(1));
      r.attachment = TRY(q.id<sync::AttachmentId>(2));
      r.count = static_cast<std::uint32_t>(q.integer(3));
    }
    sync::Intervals have;
    Query q = TRY(store_.blobs().query("select position from chunk where attachment = ?")).bind(a);
    while (TRY(q.step())) {
      const auto at = static_cast<std::uint32_t>(q.integer(0));
      have.add(at, at + 1);
    }
    for (const auto& [from, to] : have.ranges(limit::receipt_ranges)) r.ranges.emplace_back(from, to - 1);
    TRY(say_chunks(r, now));
    TRY(attachment_arrived(store_, a, now));
  }
  forget();
  return {};
}

/// To its author's office, and to the other machines of ours.
Result<> StoreInbox::say_chunks(const sync::ChunkReceipt& r, sync::Millis now) {
  const auto author = TRY(directory_.node(r.author));
  const auto hop = author ? TRY(next_hop(store_, author->office)) : std::nullopt;
  std::vector<NodeId> told;
  if (hop) told.push_back(*hop);
  // The other machines of this office hear what they need not hand us.
  if (r.destination == store_.me().office)
    for (const NodeId& n : TRY(siblings(store_)))
      if (n != hop) told.push_back(n);
  return store_.state_to(sync::StatementKind::chunk_receipt, sync::encode(r), told, now);
}

Result<bool> StoreInbox::more_waits_than_told(std::int64_t row) {
  Query q = TRY(store_.db().query("select count(*) from refused where stream = ? and why in (16, 17, 18)", row));
  TRY(q.step());
  return static_cast<std::size_t>(q.integer(0)) > limit::refused_per_receipt;
}

Result<> StoreInbox::receipt(std::int64_t row, sync::ReceiptKind kind, sync::Millis now) {
  Database& db = store_.db();
  sync::Receipt r;
  r.kind = kind;
  {
    Query q = TRY(db.query("select author, node, incarnation, destination, lane, tip, chain, opened from stream"
                           " where row = ?"))
                  .bind(row);
    TRY(q.step());
    r.stream.author = TRY(q.id<OfficeId>(0));
    r.stream.node = TRY(q.id<NodeId>(1));
    r.stream.incarnation = TRY(q.id<sync::Incarnation>(2));
    r.stream.destination = TRY(q.id<OfficeId>(3));
    r.stream.lane = static_cast<sync::Lane>(q.integer(4));
    const std::int64_t tip = q.integer(5), opened = q.integer(7);
    const bool at_once = planted(Bug::opened_before_opening);
    r.upto.value = static_cast<std::uint64_t>(kind == sync::ReceiptKind::opened && !at_once ? opened : tip);
    if (r.upto.value == static_cast<std::uint64_t>(tip)) {
      r.chain = TRY(q.id<Hash>(6));
    } else if (r.upto.value > 0) {
      // The chain value behind `upto` is what its successor names.
      Query n = TRY(db.query("select bytes from envelope where stream = ? and seq = ? order by row limit 1"))
                    .bind(row)
                    .bind(r.upto.value + 1);
      TRY(n.step());
      const auto e = sync::decode_envelope(n.blob(0));
      if (!e) return fail(Fault::corrupt, "a stored envelope is damaged", "store.envelope");
      r.chain = e->head.previous;
    }
  }
  const bool copy = kind == sync::ReceiptKind::custody && r.stream.author == store_.me().office;
  if (copy || kind == sync::ReceiptKind::stored ||
      (kind == sync::ReceiptKind::opened && !TRY(more_waits_than_told(row)))) {
    // Of an earlier incarnation a gap can stay for good: what lies behind it is told all the same.
    // The one behind `upto` is not here, not opened, or of another history.
    Query q = TRY(db.query(
        kind == sync::ReceiptKind::opened
            ? "select distinct seq from envelope where stream = ? and seq > ? and state not in (0, 5) order by seq"
            : "select distinct seq from envelope where stream = ? and seq > ? order by seq",
        row, r.upto.value + 1));
    while (TRY(q.step())) {
      const sync::Seq s{static_cast<std::uint64_t>(q.integer(0))};
      if (!r.ranges.empty() && r.ranges.back().second.next() == s)
        r.ranges.back().second = s;
      else if (r.ranges.size() < limit::receipt_ranges)
        r.ranges.emplace_back(s, s);
    }
  }
  {
    // What waits comes first, and the oldest of it: who is not named there counts as opened.
    Query q =
        TRY(db.query("select record, seq, why from refused where stream = ? order by why not in (16, 17, 18),"
                     " case when why in (16, 17, 18) then seq else -seq end, record limit ?",
                     row, limit::refused_per_receipt));
    while (TRY(q.step()))
      r.refused.push_back({TRY(q.id<RecordId>(0)), sync::Seq{static_cast<std::uint64_t>(q.integer(1))},
                           static_cast<sync::Refusal>(q.integer(2))});
    std::ranges::stable_sort(r.refused, {}, &sync::Receipt::Refused::seq);
  }
  r.registry = TRY(directory_.registry(r.stream.author));
  return store_.state_to(sync::StatementKind::receipt, sync::encode(r), TRY(ways_back(row, r.stream)), now);
}

/// Receipts go the usual way, and the way by which the newest envelope came: either may be down for a week.
Result<std::vector<NodeId>> StoreInbox::ways_back(std::int64_t stream, const sync::StreamName& name) {
  if (name.author == store_.me().office) return siblings(store_);
  std::vector<NodeId> ways;
  if (const auto hop = TRY(next_hop(store_, name.author))) ways.push_back(*hop);
  Query q = TRY(store_.db().query("select peer from envelope where stream = ? order by row desc limit 1", stream));
  if (TRY(q.step())) {
    const auto bringer = TRY(q.id<NodeId>(0));
    if (TRY(side_of(store_, bringer)) && std::ranges::find(ways, bringer) == ways.end()) ways.push_back(bringer);
  }
  // The other machines of this office hear what need not be handed to us.
  if (name.destination == store_.me().office)
    for (const NodeId& n : TRY(siblings(store_)))
      if (std::ranges::find(ways, n) == ways.end()) ways.push_back(n);
  return ways;
}

}  // namespace yz::node
