#include "node/store/holdings.h"

#include <algorithm>
#include <limits>

#include "crypto/plant.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

namespace limit = sync::limit;

Result<sync::StreamName> name_of_stream(Store& store, std::int64_t stream, sync::Receipt& r) {
  Query q =
      TRY(store.db().query("select author, node, incarnation, destination, lane, tip, chain from stream where"
                           " row = ?",
                           stream));
  TRY(q.step());
  sync::StreamName n;
  n.author = TRY(q.id<OfficeId>(0));
  n.node = TRY(q.id<NodeId>(1));
  n.incarnation = TRY(q.id<sync::Incarnation>(2));
  n.destination = TRY(q.id<OfficeId>(3));
  n.lane = static_cast<sync::Lane>(q.integer(4));
  r.upto.value = static_cast<std::uint64_t>(q.integer(5));
  r.chain = TRY(q.id<Hash>(6));
  return n;
}

Result<bool> told_already(Store& store, const sync::Statement& s, const Hash& key) {
  Query q = TRY(store.db().query("select bytes from control where key = ?", key));
  if (!TRY(q.step())) return false;
  const auto before = sync::decode_statement(q.blob(0));
  return before && before->epoch == s.epoch && before->body == s.body;
}

}  // namespace

Result<std::optional<std::int64_t>> own_stream(Store& store, const sync::StreamName& name, sync::Millis now) {
  Database& db = store.db();
  Query q = TRY(db.query("select row from stream where id = ? and own = 1", name.id()));
  if (TRY(q.step())) return q.integer(0);
  Query n = TRY(db.query("select count(*) from stream where own = 1 and tip = 0"));
  TRY(n.step());
  if (n.integer(0) >= static_cast<std::int64_t>(limit::empty_streams)) {
    TRY(store.alarm("stream.unknown", "a receipt names more streams of ours than we can have lost",
                    hex(name.destination.view()), now));
    return std::nullopt;
  }
  Query i = TRY(db.query(
      "insert into stream(id, author, node, incarnation, destination, lane, own, chain)"
      " values(?, ?, ?, ?, ?, ?, 1, ?) returning row",
      name.id(), name.author, name.node, name.incarnation, name.destination, static_cast<int>(name.lane), Hash{}));
  TRY(i.step());
  const std::int64_t row = i.integer(0);
  TRY(i.run());
  return row;
}

Result<> state_holdings(Store& store, std::int64_t stream, const NodeId& peer, sync::Millis now, bool anew) {
  sync::Receipt r;
  r.kind = sync::ReceiptKind::custody;
  r.stream = TRY(name_of_stream(store, stream, r));
  const std::uint64_t tip = r.upto.value;
  {
    Query q = TRY(
        store.db().query("select distinct seq from envelope where stream = ? and seq > ? order by seq", stream, tip));
    while (TRY(q.step())) {
      const sync::Seq s{static_cast<std::uint64_t>(q.integer(0))};
      // What follows at once is of another branch, or it would be behind the tip; here it counts: we have it.
      if (r.ranges.empty() && r.upto.next() == s)
        r.upto = s;
      else if (!r.ranges.empty() && r.ranges.back().second.next() == s)
        r.ranges.back().second = s;
      else if (r.ranges.size() == limit::receipt_ranges)
        break;
      else
        r.ranges.emplace_back(s, s);
    }
  }
  if (r.upto.value > tip) {
    Query q = TRY(store.db().query("select bytes from envelope where stream = ? and seq = ? order by row limit 1",
                                   stream, r.upto.value));
    TRY(q.step());
    r.chain = TRY(sync::decode_envelope(q.blob(0))).chain();
  }
  const sync::Statement s =
      sync::issue(sync::StatementKind::receipt, {store.me().office, store.me().node, store.me().epoch},
                  TRY(store.tick(now)), now, sync::encode(r), store.keys().node);
  const Hash key = TRY(sync::statement_key(s));
  // Each side answers the other's statements: only news keeps the two from talking for ever.
  if (!anew && TRY(told_already(store, s, key))) return {};
  return store.tell(key, peer, sync::FrameType::statement, s.bytes);
}

Result<> state_all_holdings(Store& store, const OfficeId& destination, const NodeId& peer, sync::Millis now) {
  std::vector<std::int64_t> streams;
  {
    Query q = TRY(store.db().query("select row from stream where own = 1 and destination = ? and node = ? order by row",
                                   destination, store.me().node));
    while (TRY(q.step())) streams.push_back(q.integer(0));
  }
  for (const std::int64_t s : streams) TRY(state_holdings(store, s, peer, now, true));
  return {};
}

Result<bool> lacks(Store& store, std::int64_t stream, const sync::Receipt& r) {
  Query t = TRY(store.db().query("select tip from stream where row = ?", stream));
  TRY(t.step());
  const auto tip = static_cast<std::uint64_t>(t.integer(0));  // all up to here is here
  if (r.upto.value > tip) return true;
  for (const auto& [from, to] : r.ranges) {
    const std::uint64_t first = std::max(from.value, tip + 1);
    if (first > to.value) continue;
    Query q = TRY(store.db().query("select count(distinct seq) from envelope where stream = ? and seq between ? and ?",
                                   stream, first, to.value));
    TRY(q.step());
    if (static_cast<std::uint64_t>(q.integer(0)) != to.value - first + 1) return true;
  }
  return false;
}

Result<bool> opened_there(Store& store, std::int64_t stream, sync::Seq seq) {
  Query t = TRY(store.db().query("select opened, id, destination from stream where row = ?", stream));
  TRY(t.step());
  if (seq.value <= static_cast<std::uint64_t>(t.integer(0))) return true;
  Query q = TRY(store.db().query("select bytes from statement where stream = ? and office = ?", t.blob(1), t.blob(2)));
  while (TRY(q.step())) {
    const auto r = sync::decode_receipt(TRY(sync::decode_statement(q.blob(0))).body);
    if (r && r->kind == sync::ReceiptKind::opened && r->covers(seq)) return true;
  }
  return false;
}

Result<> offer_back(Store& store, std::int64_t stream, const sync::Receipt& held) {
  Database& db = store.db();
  TRY(db.run("update envelope set back = 0 where back = 1 and stream = ?", stream));
  std::uint64_t after = held.upto.value;
  std::size_t left = limit::offered_back;
  const auto offer = [&](std::uint64_t before) -> Result<> {
    if (before <= after + 1 || left == 0) return {};
    TRY(
        db.run("update envelope set back = 1 where row in (select row from envelope where stream = ? and seq > ? and"
               " seq < ? and own = 0 order by seq limit ?)",
               stream, after, before, left));
    left -= std::min(left, static_cast<std::size_t>(db.changes()));
    return {};
  };
  for (const auto& [from, to] : held.ranges) {
    TRY(offer(from.value));
    after = to.value;
  }
  // A full list of ranges says nothing of what lies behind it.
  if (held.ranges.size() < limit::receipt_ranges) TRY(offer(std::numeric_limits<std::int64_t>::max()));
  return {};
}

Result<sync::Receipt> proven(Store& store, std::int64_t stream, sync::Receipt r) {
  Query q = TRY(store.db().query("select tip, stored, forked from stream where row = ?", stream));
  TRY(q.step());
  if (planted(Bug::ranges_as_proof) && !r.ranges.empty()) {
    r.upto = r.ranges.back().second;
    return r;
  }
  r.ranges.clear();
  if (q.integer(2) == 0 && r.upto.value <= static_cast<std::uint64_t>(q.integer(0))) return r;
  // Two histories have in common what was receipted before they parted.
  r.upto.value = std::min(r.upto.value, static_cast<std::uint64_t>(q.integer(1)));
  r.chain = Hash{};
  return r;
}

Result<bool> same_history(Store& store, std::int64_t stream, const sync::Receipt& r) {
  if (r.upto.value == 0) return true;
  Database& db = store.db();
  bool any = false;
  {
    Query q = TRY(db.query("select chain from stream where row = ? and tip = ?", stream, r.upto.value));
    if (TRY(q.step())) {
      if (TRY(q.id<Hash>(0)) == r.chain) return true;
      any = true;
    }
  }
  // The chain value behind a number is what its successor names, or what follows from the envelope itself.
  for (const bool next : {false, true}) {
    Query q = TRY(db.query("select bytes from envelope where stream = ? and seq = ? and size > 0", stream,
                           r.upto.value + (next ? 1 : 0)));
    while (TRY(q.step())) {
      const auto e = sync::decode_envelope(q.blob(0));
      if (!e) return fail(Fault::corrupt, "a stored envelope is damaged", "store.envelope");
      if ((next ? e->head.previous : e->chain()) == r.chain) return true;
      any = true;
    }
  }
  return !any;
}

}  // namespace yz::node
