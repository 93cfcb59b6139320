// What other machines of our office hand us (protocol 8): envelopes that they wrote, the receipts for them, and keys of
// mail that was sealed before this machine was there. A part of StoreInbox.
#include "crypto/hash.h"
#include "node/store/archive_keys.h"
#include "node/store/holdings.h"
#include "node/store/inbox.h"
#include "node/store/records.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/sibling.h"

namespace yz::node {

/// An envelope that another machine of ours wrote, to whomever. It is ours: the office's archive key opens it, and what
/// its destination says of it is true for us too. Only its author cuts it again.
Result<> StoreInbox::take_copy(const sync::Envelope& e, const NodeId& from, sync::Tally& tally) {
  const sync::StreamName& name = e.head.stream;
  if (TRY(side_of(store_, from)) != Side::sibling || name.destination == store_.me().office)
    return fail(Fault::denied, "our office's envelope, by somebody who is no machine of it", "not-permitted");
  Database& db = store_.db();
  bool another = false;
  {
    Query q =
        TRY(db.query("select e.hash, s.row from envelope e join stream s on s.row = e.stream where s.id = ? and"
                     " e.seq = ?",
                     name.id(), e.head.seq.value));
    while (TRY(q.step())) {
      if (TRY(q.id<Hash>(0)) == e.hash) {
        streams_.insert(q.integer(1));  // it did not hear that we have it
        return {};
      }
      another = true;
    }
  }
  // Before anything is stored: what is refused leaves nothing behind.
  TRY(store_.room_for(name.lane));
  const std::int64_t stream = TRY(received_stream(name, 1));
  if (another) {
    TRY(db.run("update stream set forked = 1 where row = ?", stream));
    TRY(store_.alarm("stream.forked", "one number of a stream carries two envelopes", hex(name.author.view()), now_));
  }
  std::int64_t row = 0;
  {
    // No neighbour of its own: what is sent on stands in `carry`.
    Query q = TRY(db.query(
        "insert into envelope(stream, seq, hash, own, bytes, size, peer, at_ms, copy) values(?, ?, ?, 1, ?, ?, ?, ?, 1)"
        " returning row",
        stream, e.head.seq.value, e.hash, ByteView(e.bytes), e.bytes.size(), NodeId{}, now_));
    TRY(q.step());
    row = q.integer(0);
    TRY(q.run());
  }
  TRY(advance(stream));
  TRY(hand_to_siblings(store_, row, name.node, from));
  // A flash goes every way at once; and those below know perhaps only this machine.
  const auto hop = TRY(next_hop(store_, name.destination));
  if (name.lane == sync::Lane::flash || (hop && TRY(side_of(store_, *hop)) == Side::below))
    TRY(relay_copy(store_, row, name.destination, name.lane));
  streams_.insert(stream);
  ++tally.envelopes;
  ++tally.carried;
  tally.carried_flash = tally.carried_flash || name.lane == sync::Lane::flash;
  return {};
}

/// Says what we have of it, and looks at what its destination had said before it came.
Result<> StoreInbox::settle_copies(std::int64_t stream, sync::Millis now) {
  TRY(receipt(stream, sync::ReceiptKind::custody, now));
  std::vector<sync::Statement> said;
  {
    Query q =
        TRY(store_.db().query("select t.bytes from statement t join stream s on s.id = t.stream where s.row = ? and"
                              " t.kind = 1 and t.office = s.destination order by t.hlc",
                              stream));
    while (TRY(q.step())) {
      auto s = sync::decode_statement(q.blob(0));
      if (!s) return fail(Fault::corrupt, "a stored statement is damaged", "store.statement");
      said.push_back(std::move(*s));
    }
  }
  for (const sync::Statement& s : said) TRY(sibling_receipt(s, TRY(sync::decode_receipt(s.body)), false));
  return {};
}

/// A receipt for a stream of another machine of ours: its records are delivered, opened or refused for us too.
Result<> StoreInbox::sibling_receipt(const sync::Statement& s, const sync::Receipt& r, bool anew) {
  if (r.kind == sync::ReceiptKind::custody) return {};
  if (s.office != r.stream.destination)
    return fail(Fault::forged, "a receipt by somebody who is not the destination", "receipt.issuer");
  std::int64_t stream = 0;
  {
    Query q = TRY(store_.db().query("select row from stream where id = ? and own = 1", r.stream.id()));
    if (!TRY(q.step())) return {};  // looked at again when something of it comes
    stream = q.integer(0);
  }
  if (!TRY(same_history(store_, stream, r))) return {};
  std::vector<std::int64_t> records;
  if (anew) TRY(reopen(stream, r, TRY(others_hold(s, r)), records));
  const sync::Receipt sure = TRY(proven(store_, stream, r));
  sync::Tally elsewhere;  // the other machine sent it
  if (r.kind == sync::ReceiptKind::stored) TRY(stored(stream, sure, s.unix_ms, elsewhere, records));
  if (r.kind == sync::ReceiptKind::opened) TRY(opened(stream, sure, r, s.unix_ms, records));
  // What is to be cut again its author cuts.
  sync::Receipt lasting = r;
  std::erase_if(lasting.refused, [](const auto& f) {
    return f.why == sync::Refusal::key_gone || f.why == sync::Refusal::wrong_node_list;
  });
  TRY(refusals(stream, lasting, records));
  std::ranges::sort(records);
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return refresh_states(store_, records, now_);
}

/// What is said about our office's own mail and machines is for all of them.
Result<> StoreInbox::pass_to_siblings(const sync::Statement& s, const NodeId& from) {
  if (s.office == store_.me().office) return {};
  bool ours = s.kind == sync::StatementKind::confirmation;
  if (s.kind == sync::StatementKind::receipt) {
    const auto r = TRY(sync::decode_receipt(s.body));
    ours = r.stream.author == store_.me().office && r.kind != sync::ReceiptKind::custody;
  }
  if (!ours) return {};
  const Hash key = TRY(sync::statement_key(s));
  for (const NodeId& n : TRY(siblings(store_)))
    if (n != from)
      TRY(store_.tell(crypto::hash(crypto::purpose::statement, {key.view(), n.view()}), n, sync::FrameType::statement,
                      s.bytes));
  return {};
}

Result<> StoreInbox::take_wrap(const sync::Statement& s) {
  if (s.office != store_.me().office || TRY(side_of(store_, s.node)) != Side::sibling)
    return fail(Fault::denied, "a key of our mail by somebody who is no machine of our office", "not-permitted");
  const sync::FurtherWrap w = TRY(sync::decode_further_wrap(s.body));
  if (is_archive_key(w)) return take_archive_key(store_, w, s.node, now_);
  TRY(
      store_.db().run("insert into further_wrap(envelope, wrap) values(?, ?) on conflict(envelope) do update set wrap ="
                      " excluded.wrap",
                      w.envelope, ByteView(w.wrap)));
  return store_.db().run("update envelope set state = 0 where own = 0 and state = 5 and hash = ?", w.envelope);
}

/// The newest word of the same kind of the destination's other machines.
Result<std::vector<sync::Receipt>> StoreInbox::others_hold(const sync::Statement& s, const sync::Receipt& r) {
  std::vector<sync::Receipt> out;
  Query q = TRY(store_.db().query(
      "select bytes from statement where stream = ? and kind = 1 and office = ? and node <> ? and node"
      " not in (select id from node where state = 9)",
      r.stream.id(), s.office, s.node));
  while (TRY(q.step())) {
    const auto other = sync::decode_statement(q.blob(0));
    if (!other) return fail(Fault::corrupt, "a stored statement is damaged", "store.statement");
    auto says = TRY(sync::decode_receipt(other->body));
    if (says.kind == r.kind) out.push_back(std::move(says));
  }
  return out;
}

}  // namespace yz::node
