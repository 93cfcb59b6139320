// What statements of others change in our store. The other half of StoreInbox.
#include <algorithm>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "node/log.h"
#include "node/store/chunk_copies.h"
#include "node/store/consents.h"
#include "node/store/drafts.h"
#include "node/store/floor.h"
#include "node/store/holdings.h"
#include "node/store/inbox.h"
#include "node/store/line_superiors.h"
#include "node/store/link.h"
#include "node/store/lost_chunks.h"
#include "node/store/records.h"
#include "node/store/revocation.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/limits.h"

namespace yz::node {

namespace limit = sync::limit;

namespace {

Result<bool> says_less(const sync::Statement& before, const sync::Statement& now) {
  if (now.kind != sync::StatementKind::receipt) return false;
  return TRY(sync::decode_receipt(now.body)).upto < TRY(sync::decode_receipt(before.body)).upto;
}

}  // namespace

Result<> StoreInbox::apply(const sync::Statement& s, const NodeId& from, sync::Tally& tally) {
  TRY(may_exchange(store_, s.node));
  if (s.kind == sync::StatementKind::revocation) return take_revocation(store_, s.body, now_);
  if (s.kind == sync::StatementKind::consent) return take_consent(store_, s.body, from, now_);
  if (s.kind == sync::StatementKind::draft) return take_draft_part(store_, s, from, now_);
  if (s.kind == sync::StatementKind::wrap) {
    ++tally.envelopes;  // something may have waited for it
    return take_wrap(s);
  }
  Database& db = store_.db();
  const Hash key = TRY(sync::statement_key(s));
  bool replaces = false;
  bool anew = false;  // the first word of a store that was put back from a copy: it may say less than before
  bool news = true;   // it says something else than before
  {
    Query q =
        TRY(db.query("select hlc, digest, epoch, (select peer_epoch from link where peer = ?), bytes from statement"
                     " where key = ?",
                     s.node, key));
    replaces = TRY(q.step());
    if (replaces) {
      const auto held = std::pair(static_cast<std::uint64_t>(q.integer(0)), TRY(q.id<Hash>(1)));
      if (held.second == s.digest) return {};
      const bool then = text(q.blob(2)) == text(q.blob(3)), is_now = text(s.epoch.view()) == text(q.blob(3));
      if (then && !is_now) return {};  // of the store before the one that answers now
      anew = is_now && !then;
      // Of an office further away we know no more than its word: a newer one of another store.
      if (q.null(3)) anew = text(q.blob(2)) != text(s.epoch.view()) && held < s.order();
      const bool older = !anew && s.order() < held;
      if (older && !planted(Bug::older_statement_wins)) return {};  // an older self came late
      const auto before = sync::decode_statement(q.blob(4));
      news = !before || before->body != s.body;
      // Nor does an honest store ever say less, but for one that does not know that it is an old copy.
      anew = anew || (before && TRY(says_less(*before, s)));
    }
  }
  Bytes stream;
  if (s.kind == sync::StatementKind::receipt) {
    const auto id = TRY(sync::decode_receipt(s.body)).stream.id();
    stream.assign(id.bytes.begin(), id.bytes.end());
  }
  TRY(TRY(db.query("insert into statement(key, kind, office, node, epoch, hlc, unix_ms, digest, stream, bytes, at_ms)"
                   " values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set epoch = excluded.epoch,"
                   " hlc = excluded.hlc, unix_ms = excluded.unix_ms, digest = excluded.digest, bytes = excluded.bytes,"
                   " at_ms = excluded.at_ms"))
          .bind(key)
          .bind(static_cast<int>(s.kind))
          .bind(s.office)
          .bind(s.node)
          .bind(s.epoch)
          .bind(s.at.value)
          .bind(s.unix_ms)
          .bind(s.digest)
          .bind(ByteView(stream))
          .bind(ByteView(s.bytes))
          .bind(now_)
          .run());
  if (!store_.heard(s.at, now_))
    TRY(store_.alarm("clock.ahead", "a neighbour's clock is more than 10 minutes ahead of ours", hex(s.office.view()),
                     now_));
  TRY(act_on(s, from, anew, news, tally));
  TRY(relay(s, from));
  TRY(pass_to_siblings(s, from));
  return replaces ? Result<>() : thin_out(s);  // afterwards: a receipt can show that a stream is ours
}

Result<> StoreInbox::act_on(const sync::Statement& s, const NodeId& from, bool anew, bool news, sync::Tally& tally) {
  switch (s.kind) {
    case sync::StatementKind::receipt:
      return receipt_arrived(s, from, anew, news, tally);
    case sync::StatementKind::incarnation:
      return opened_anew(s);
    case sync::StatementKind::chunk_receipt:
      return chunks_arrived(s, from, anew, tally);
    case sync::StatementKind::want:
      return wanted(s, from);
    case sync::StatementKind::confirmation:
      return take_confirmation(store_, s, now_);
    case sync::StatementKind::line_superiors:
      return take_line_superiors(store_, s, news, now_);
    case sync::StatementKind::node_list: {
      const sync::NodeList list = TRY(sync::decode_node_list(s.body));
      // Further away somebody was put back from a copy. It hears what we wrote to it, and says what is left of that;
      // of chunks whose manifest it has not receipted it can say nothing.
      if (anew && !TRY(side_of(store_, s.node))) {
        TRY(state_all_holdings(store_, s.office, from, now_));
        TRY(offer_chunks_underway(store_, s.office));
      }
      TRY(follow_addresses(store_, s.office, list.urls));
      TRY(TRY(store_.db().query(
                  "insert into node_list(office, version, bytes) values(?, ?, ?) on conflict(office) do update"
                  " set version = excluded.version, bytes = excluded.bytes where excluded.version > version"))
              .bind(s.office)
              .bind(list.version)
              .bind(ByteView(s.bytes))
              .run());
      return s.office == store_.me().office ? mend_own_list(store_, now_) : Result<>();
    }
    default:
      return {};  // kept as it is: heads and evidence are read when they are needed
  }
}

/// Where each statement stands for itself, or is about whatever its author makes up, only the newest stay. Receipts for
/// streams of ours, and what can only replace itself, need no bound.
Result<> StoreInbox::thin_out(const sync::Statement& s) {
  static constexpr std::string_view kStranger =
      " from statement where node = ?1 and kind = ?2"
      " and not exists(select 1 from stream t where t.id = statement.stream and t.own < 2)";
  static const std::string sql = std::string("delete").append(kStranger) + " and key not in (select key" +
                                 std::string(kStranger) + " order by hlc desc, digest desc limit ?3)";
  return store_.db().run(sql, s.node, static_cast<int>(s.kind), limit::statements_kept);
}

Result<> StoreInbox::receipt_arrived(const sync::Statement& s, const NodeId& from, bool anew, bool news,
                                     sync::Tally& tally) {
  const sync::Receipt r = TRY(sync::decode_receipt(s.body));
  const bool ours = r.stream.node == store_.me().node && r.stream.author == store_.me().office;
  if (!ours && r.stream.author == store_.me().office) return sibling_receipt(s, r, anew);
  // Another machine of ours has what we handed it.
  if (!ours && r.stream.destination == store_.me().office && s.office == store_.me().office) return in_custody(s, r);
  if (!ours) return r.stream.destination == store_.me().office ? author_holds(s, r, from) : pass_receipt(s, r, from);
  if (r.kind == sync::ReceiptKind::custody) return in_custody(s, r);
  if (s.office != r.stream.destination)
    return fail(Fault::forged, "a receipt by somebody who is not the destination", "receipt.issuer");
  const auto known = TRY(own_stream(store_, r.stream, now_));
  if (!known) return {};
  const std::int64_t stream = *known;
  std::vector<std::int64_t> records;
  const bool same = TRY(same_history(store_, stream, r));
  if (!same) {
    TRY(another_history(r, stream));
  } else {
    if (r.kind == sync::ReceiptKind::stored) TRY(own_receipt(r, stream, from, news));
    // Their newest word counts, also where it says less; a full list of ranges says nothing of what lies behind it.
    const bool whole = r.ranges.size() < limit::receipt_ranges;
    if (anew || (r.kind == sync::ReceiptKind::stored && whole)) TRY(reopen(stream, r, TRY(others_hold(s, r)), records));
  }
  const sync::Receipt sure = TRY(proven(store_, stream, r));
  if (r.kind == sync::ReceiptKind::stored && same) {
    TRY(look_for_backdating(store_, stream, sure, s, now_));
    TRY(stored(stream, sure, s.unix_ms, tally, records));
    // The newest signed word of a superior proves "not before" for what is signed from now on.
    TRY(store_.set_meta("anchor", s.digest.view()));
  }
  if (r.kind == sync::ReceiptKind::opened) TRY(opened(stream, sure, r, s.unix_ms, records));
  TRY(refusals(stream, r, records));
  std::ranges::sort(records);
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return refresh_states(store_, records, now_);
}

Result<> StoreInbox::stored(std::int64_t stream, const sync::Receipt& r, sync::Millis said, sync::Tally& tally,
                            std::vector<std::int64_t>& records) {
  Database& db = store_.db();
  std::vector<std::pair<std::int64_t, int>> envelopes;  // row, the deliveries' new state
  {
    // A newer `stored` takes the place of an older one, so that an `opened` receipt may come before it.
    Query q =
        TRY(db.query("select e.row, e.seq <= s.opened from envelope e join stream s on s.row = e.stream"
                     " where e.stream = ? and e.own = 1 and e.state in (0, 1) and e.seq <= ?",
                     stream, r.upto.value));
    while (TRY(q.step())) envelopes.emplace_back(q.integer(0), q.integer(1) != 0 ? 3 : 2);
  }
  for (const auto& [e, state] : envelopes) {
    TRY(db.run("update envelope set state = 2, done_ms = ? where row = ?", now_, e));
    // The other machines of this office get their copy all the same.
    TRY(db.run("delete from carry where envelope = ? and peer not in (select peer from link where upward = 3)", e));
    Query q = TRY(db.query("select record from delivery where envelope = ? and state < 2")).bind(e);
    std::size_t n = 0;
    while (TRY(q.step())) {
      records.push_back(q.integer(0));
      ++n;
    }
    tally.sent[static_cast<std::size_t>(r.stream.lane)] += n;
    TRY(TRY(db.query("update delivery set state = case when refusal in (16, 17, 18) then 2 else ? end, done_ms = ?,"
                     " stored_ms = case stored_ms when 0 then ? else stored_ms end where envelope = ? and state < 2"))
            .bind(state)
            .bind(now_)
            .bind(said)
            .bind(e)
            .run());
  }
  return TRY(db.query("update stream set stored = max(stored, ?) where row = ?")).bind(r.upto.value).bind(stream).run();
}

/// `sure` is what speaks of our own envelopes. What came back from there is there: of that, each number in `r` counts.
Result<> StoreInbox::opened(std::int64_t stream, const sync::Receipt& sure, const sync::Receipt& r, sync::Millis said,
                            std::vector<std::int64_t>& records) {
  Database& db = store_.db();
  std::vector<std::int64_t> envelopes;
  {
    Query q =
        TRY(db.query("select e.row, e.seq, e.back from envelope e join stream s on s.row = e.stream where e.stream = ?"
                     " and e.own = 1 and (e.back = 2 or (e.seq > s.opened and e.seq <= ?))",
                     stream, sure.upto.value));
    while (TRY(q.step()))
      if (q.integer(2) != 2 || r.covers(sync::Seq{static_cast<std::uint64_t>(q.integer(1))}))
        envelopes.push_back(q.integer(0));
  }
  for (std::int64_t e : envelopes) {
    // Also of what no `stored` receipt has covered yet; what waits there for something was not opened (refusals()).
    TRY(db.run("update delivery set opened_ms = ? where envelope = ? and opened_ms = 0 and refusal not in (16, 17, 18)",
               said, e));
    Query q = TRY(db.query("select record from delivery where envelope = ? and state = 2")).bind(e);
    while (TRY(q.step())) records.push_back(q.integer(0));
    TRY(TRY(db.query("update delivery set state = 3, refusal = 0 where envelope = ? and state = 2")).bind(e).run());
  }
  TRY(waited(stream, sure, r, said, records));
  return db.run("update stream set opened = max(opened, ?) where row = ?", sure.upto.value, stream);
}

/// Records that waited there for a certificate count as opened; those that wait on are named in this very receipt.
Result<> StoreInbox::waited(std::int64_t stream, const sync::Receipt& sure, const sync::Receipt& r, sync::Millis said,
                            std::vector<std::int64_t>& records) {
  Database& db = store_.db();
  std::vector<std::int64_t> deliveries;
  {
    Query q = TRY(db.query(
        "select d.row, d.record, e.seq, e.back from delivery d join envelope e on e.row = d.envelope where d.lane"
        " = ? and d.state in (1, 2) and d.refusal in (16, 17, 18) and e.stream = ?",
        static_cast<int>(r.stream.lane), stream));
    while (TRY(q.step())) {
      const sync::Receipt& says = q.integer(3) == 2 ? r : sure;
      if (!says.covers(sync::Seq{static_cast<std::uint64_t>(q.integer(2))})) continue;
      deliveries.push_back(q.integer(0));
      records.push_back(q.integer(1));
    }
  }
  for (std::int64_t d : deliveries)
    TRY(
        db.run("update delivery set state = case state when 2 then 3 else state end, refusal = 0, opened_ms = case"
               " opened_ms when 0 then ? else opened_ms end where row = ?",
               said, d));
  return {};
}

/// What the destination refused. Some reasons mend themselves: the record is cut again, for the newest keys. Others
/// wait there for what is missing; only the newest `opened` receipt says which, an older `stored` may come after it.
Result<> StoreInbox::refusals(std::int64_t stream, const sync::Receipt& r, std::vector<std::int64_t>& records) {
  Database& db = store_.db();
  for (const auto& f : r.refused) {
    const bool waits = sync::waits(f.why);
    if (waits && r.kind != sync::ReceiptKind::opened) continue;
    Query q = TRY(db.query("select d.row, d.record from delivery d join envelope e on e.row = d.envelope"
                           " join record c on c.row = d.record join stream s on s.row = e.stream"
                           " where e.stream = ? and e.seq = ? and e.own = 1 and d.state <> 8"
                           " and ((? = 1 and (s.forked = 0 or e.back = 2 or e.seq <= s.stored)) or c.id = ?)"))
                  .bind(stream)
                  .bind(f.seq.value)
                  .bind(f.record.zero() ? 1 : 0)
                  .bind(f.record);
    const bool again = f.why == sync::Refusal::key_gone || f.why == sync::Refusal::wrong_node_list;
    std::vector<std::int64_t> deliveries;
    while (TRY(q.step())) {
      deliveries.push_back(q.integer(0));
      records.push_back(q.integer(1));
    }
    for (std::int64_t d : deliveries)
      TRY(TRY(db.query(again   ? "update delivery set envelope = null, state = 0, refusal = ? where row = ?"
                       : waits ? "update delivery set state = min(state, 2), refusal = ?, opened_ms = 0 where row = ?"
                               : "update delivery set state = 8, refusal = ? where row = ?"))
              .bind(static_cast<int>(f.why))
              .bind(d)
              .run());
    if (!deliveries.empty() && !again && !waits)
      TRY(store_.alarm("record.refused", std::string("a report was refused: ").append(name_of(f.why)),
                       hex(r.stream.destination.view()), now_));
  }
  return {};
}

/// The destination's word, or that of a neighbour who carries them there.
Result<> StoreInbox::chunks_arrived(const sync::Statement& s, const NodeId& from, bool anew, sync::Tally& tally) {
  const sync::ChunkReceipt r = TRY(sync::decode_chunk_receipt(s.body));
  if (s.office == store_.me().office && s.office == r.destination)
    return TRY(side_of(store_, s.node)) == Side::sibling ? sibling_has_chunks(store_, s, r) : Result<>();
  const bool there = s.office == r.destination;
  if (!there && s.node != from) return fail(Fault::forged, "chunk receipt by a stranger", "receipt.issuer");
  Database& db = store_.blobs();
  const auto row_of = [&]() -> Result<std::optional<std::pair<std::int64_t, bool>>> {
    Query q = TRY(
        db.query("select row, own from attachment where id = ? and own in (1, 2) and destination = ? and author = ?",
                 r.attachment, r.destination, r.author));
    if (!TRY(q.step())) return std::nullopt;
    return std::pair(q.integer(0), q.integer(1) == 1);
  };
  auto found = TRY(row_of());
  if (!found && there && r.author == store_.me().node && TRY(give_back(store_, s.office, r))) found = TRY(row_of());
  if (!found) return there ? pass_ask_back(s, r, from) : Result<>();
  const auto [row, ours] = *found;
  const int state = there ? 2 : 1;
  // Its store was put back from a copy: what it does not name is lost there, and goes again.
  if (anew) TRY(db.run("update chunk set state = 0 where attachment = ? and state in (1, ?)", row, state));
  for (const auto& [a, b] : r.ranges) {
    TRY(db.run("update chunk set state = ? where attachment = ? and position between ? and ? and state < ?", state, row,
               a, b, state));
    if (there && ours) tally.sent[4] += static_cast<std::uint64_t>(db.changes());
  }
  // Of what was asked for and is not whole here yet nothing has left.
  TRY(
      db.run("update attachment set done = ready = 1 and (own = 1 or have = count) and"
             " not exists(select 1 from chunk where attachment = ?1 and state <> 2) where row = ?1",
             row));
  return there && !ours ? pass_chunk_receipt(s, r, from) : Result<>();
}

/// Who wrote an attachment asks for its bytes, past us, the office that it was sent to: only what we once carried.
Result<> StoreInbox::pass_ask_back(const sync::Statement& s, const sync::ChunkReceipt& r, const NodeId& from) {
  Query q = TRY(
      store_.blobs().query("select 1 from attachment where id = ? and own = 2 and count = ?", r.attachment, r.count));
  return TRY(q.step()) ? pass_chunk_receipt(s, r, from) : Result<>();
}

Result<> StoreInbox::wanted(const sync::Statement& s, const NodeId& from) {
  const sync::Want want = TRY(sync::decode_want(s.body));
  for (const CertDigest& d : want.certificates) {
    Query q = TRY(store_.db().query("select certificate from officer where digest = ? union all"
                                    " select certificate from node where digest = ?"))
                  .bind(d)
                  .bind(d);
    if (!TRY(q.step())) continue;
    // Under a key of its own: what everybody is told under the digest must go on to the others.
    TRY(store_.tell(crypto::hash(crypto::purpose::cert, {d.view(), from.view()}), from, sync::FrameType::certificate,
                    q.blob(0)));
  }
  return {};
}

}  // namespace yz::node
