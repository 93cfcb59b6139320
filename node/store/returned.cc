// Both ends of a stream after one of them was put back from a copy, or was copied (protocol 9): what a receipt shows,
// what is asked and given back, what is offered again. A part of StoreInbox.
#include <algorithm>

#include "crypto/plant.h"
#include "node/log.h"
#include "node/store/floor.h"
#include "node/store/holdings.h"
#include "node/store/inbox.h"
#include "node/store/life.h"
#include "node/store/lost_chunks.h"
#include "node/store/records.h"
#include "node/store/routes.h"
#include "sync/limits.h"

namespace yz::node {

namespace limit = sync::limit;

/// The destination has more of us than we have: we are older than what was sent under our name.
Result<> StoreInbox::own_receipt(const sync::Receipt& r, std::int64_t stream, const NodeId& from, bool news) {
  if (!TRY(lacks(store_, stream, r))) return {};
  if (r.stream.incarnation == store_.me().incarnation) {
    TRY(store_.alarm("stream.ahead", "a receipt covers envelopes that this store never wrote: it goes on anew",
                     hex(r.stream.destination.view()), now_));
    TRY(begin_life(store_, now_));
  }
  // Asked once for each thing that it says: a neighbour that says it has what it does not give cannot keep us talking.
  return state_holdings(store_, stream, from, now_, news);
}

/// Under one number the destination has another envelope than ours: two machines have used our name. Whatever no
/// receipt of our own history covered is cut again, in an incarnation of our own. The other branch stays where it is.
Result<> StoreInbox::another_history(const sync::Receipt& r, std::int64_t stream) {
  Database& db = store_.db();
  TRY(store_.alarm("stream.forked", "a receipt names another history of our stream: two machines send under one name",
                   hex(r.stream.destination.view()), now_));
  TRY(db.run("update stream set forked = 1 where row = ?", stream));
  if (r.stream.incarnation == store_.me().incarnation) TRY(begin_life(store_, now_));
  std::vector<std::int64_t> envelopes, records;
  {
    Query q =
        TRY(db.query("select e.row from envelope e join stream s on s.row = e.stream where e.stream = ? and"
                     " e.own = 1 and e.back = 0 and e.seq > s.stored and e.state in (0, 1, 2)",
                     stream));
    while (TRY(q.step())) envelopes.push_back(q.integer(0));
  }
  for (const std::int64_t e : envelopes) {
    Query q = TRY(db.query("select record from delivery where envelope = ? and state in (1, 2, 3)", e));
    while (TRY(q.step())) records.push_back(q.integer(0));
    TRY(db.run("update delivery set state = 1 where envelope = ? and state in (2, 3)", e));
    TRY(db.run("update envelope set state = 1 where row = ?", e));
  }
  return refresh_states(store_, records, now_);
}

/// The first receipt of a store that was put back from a copy: what it no longer covers is not delivered any more and
/// is offered again, byte for byte.
Result<> StoreInbox::reopen(std::int64_t stream, const sync::Receipt& r, const std::vector<sync::Receipt>& others,
                            std::vector<std::int64_t>& records) {
  if (planted(Bug::lost_not_offered_again)) return {};
  Database& db = store_.db();
  // What any machine of that office has is there.
  std::uint64_t upto = r.upto.value;
  for (const sync::Receipt& o : others) upto = std::max(upto, o.upto.value);
  const auto there = [&](sync::Seq seq) {
    return r.covers(seq) || std::ranges::any_of(others, [&](const sync::Receipt& o) { return o.covers(seq); });
  };
  if (r.kind == sync::ReceiptKind::opened) {
    Query q =
        TRY(db.query("select d.row, d.record from delivery d join envelope e on e.row = d.envelope"
                     " where e.stream = ? and e.own = 1 and e.seq > ? and d.state = 3",
                     stream, upto));
    std::vector<std::int64_t> deliveries;
    while (TRY(q.step())) {
      deliveries.push_back(q.integer(0));
      records.push_back(q.integer(1));
    }
    for (const std::int64_t d : deliveries) TRY(db.run("update delivery set state = 2 where row = ?", d));
    return db.run("update stream set opened = min(opened, ?) where row = ?", upto, stream);
  }
  std::vector<std::int64_t> envelopes;
  {
    Query q = TRY(
        db.query("select row, seq from envelope where stream = ? and own = 1 and state = 2 and seq > ?", stream, upto));
    while (TRY(q.step()))
      if (!there(sync::Seq{static_cast<std::uint64_t>(q.integer(1))})) envelopes.push_back(q.integer(0));
  }
  for (const std::int64_t e : envelopes) {
    Query q = TRY(db.query("select record from delivery where envelope = ? and state in (2, 3)", e));
    while (TRY(q.step())) records.push_back(q.integer(0));
    TRY(db.run("update delivery set state = 1 where envelope = ? and state in (2, 3)", e));
    // What came back from there may be of a history that no receipt will prove to us: its records are cut again.
    TRY(db.run("update envelope set state = case back when 2 then 1 else 0 end where row = ?", e));
  }
  if (!envelopes.empty()) TRY(find_ways(store_));
  TRY(offer_chunks_again(store_, records));
  return db.run("update stream set stored = min(stored, ?1), opened = min(opened, ?1) where row = ?2", upto, stream);
}

/// A neighbour says what it holds of a stream that it wrote to us: it gets back what it lacks, and hears what we have.
Result<> StoreInbox::author_holds(const sync::Statement& s, const sync::Receipt& r, const NodeId& from) {
  if (r.kind != sync::ReceiptKind::custody || s.node != r.stream.node || s.office != r.stream.author ||
      !TRY(may_bring(store_, from, s.office)))
    return {};
  Database& db = store_.db();
  std::optional<std::int64_t> stream;
  {
    Query q = TRY(db.query("select row from stream where id = ? and own = 0", r.stream.id()));
    if (TRY(q.step())) stream = q.integer(0);
  }
  if (!stream) {
    // Of what we lost we say that we have nothing; but who claims too many streams is not heard.
    Query n = TRY(db.query("select count(*) from stream where own = 0 and tip = 0 and node = ?", s.node));
    TRY(n.step());
    if (n.integer(0) >= static_cast<std::int64_t>(limit::empty_streams))
      return fail(Fault::denied, "this node names too many streams", "stream.unknown");
    stream = TRY(received_stream(r.stream));
  }
  TRY(offer_back(store_, *stream, r));
  streams_.insert(*stream);
  asked_.insert(*stream);
  return {};
}

Result<> StoreInbox::opened_anew(const sync::Statement& s) {
  Database& db = store_.db();
  Query today = TRY(db.query("select count(*) from statement where kind = ? and node = ? and unix_ms > ?",
                             static_cast<int>(s.kind), s.node, now_ - 24LL * 3'600'000));
  TRY(today.step());
  TRY(store_.alarm("node.restored", "a machine was put back from a copy, or a second one runs under its name",
                   hex(s.office.view()), now_));
  if (today.integer(0) > static_cast<std::int64_t>(limit::incarnations_a_day))
    TRY(store_.alarm("incarnation.many", "a machine began anew more than four times in a day", hex(s.office.view()),
                     now_));
  return excuse_backdating(store_, s.node);
}

Result<> StoreInbox::take_back(const sync::Envelope& e, const NodeId& from, sync::Tally& tally) {
  const sync::StreamName& name = e.head.stream;
  if (!TRY(may_bring(store_, from, name.destination)))
    return fail(Fault::denied, "our own envelope, by somebody it did not go to", "not-permitted");
  Database& db = store_.db();
  const auto known = TRY(own_stream(store_, name, now_));
  if (!known) return fail(Fault::denied, "too many streams of ours that are not here", "stream.unknown");
  const std::int64_t stream = *known;
  returned_by_[stream] = from;
  streams_.insert(stream);
  bool another = false, beyond = false;
  {
    Query q = TRY(db.query("select hash from envelope where stream = ? and seq = ?", stream, e.head.seq.value));
    while (TRY(q.step())) {
      if (TRY(q.id<Hash>(0)) == e.hash) {
        again_.insert(stream);  // it did not hear that we have it
        return {};
      }
      another = true;
    }
    Query t = TRY(db.query("select tip from stream where row = ?", stream));
    TRY(t.step());
    beyond = e.head.seq.value > static_cast<std::uint64_t>(t.integer(0));
  }
  if (name.incarnation == store_.me().incarnation && (another || beyond)) {
    TRY(store_.alarm("stream.forked", "an envelope came back that we never wrote: two machines send under one name",
                     hex(name.destination.view()), now_));
    TRY(begin_life(store_, now_));
  }
  if (another) TRY(db.run("update stream set forked = 1 where row = ?", stream));
  TRY(
      db.run("insert into envelope(stream, seq, hash, own, bytes, size, state, back, peer, at_ms)"
             " values(?, ?, ?, 1, ?, ?, 4, 2, ?, ?)",
             stream, e.head.seq.value, e.hash, e.bytes, e.bytes.size(), from, now_));
  TRY(advance(stream));
  ++tally.envelopes;
  return {};
}

}  // namespace yz::node
