#include "node/store/outbox.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "node/store/chunk_copies.h"
#include "node/store/floor.h"
#include "node/store/handed.h"
#include "node/store/moves.h"
#include "node/store/records.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "node/store/told.h"
#include "sync/forward.h"
#include "sync/limits.h"
#include "sync/record.h"

namespace yz::node {

using sync::Lane;
namespace limit = sync::limit;

struct StoreOutbox::Load {
  std::vector<sync::Item> introductions, records;
  std::vector<std::int64_t> deliveries;
  std::vector<CertDigest> officers;
  std::vector<Hash> anchors, introduced;
  bool pad = false;
};

struct StoreOutbox::Cut {
  std::int64_t stream = 0;
  sync::EnvelopeHead head;
};

namespace {

/// What a neighbour gets back of its own comes after what is ours to say, within its lane.
constexpr std::int64_t kBackRows = std::int64_t{1} << 40;
/// And what goes by way of it to others comes last: rows of one envelope for one neighbour never change their order.
constexpr std::int64_t kCarryRows = std::int64_t{1} << 41;
/// Chunks that another machine of ours asked for come after those that go on by way of it.
constexpr std::int64_t kCopyRows = std::int64_t{1} << 40;

Result<> collect(Query q, Lane lane, std::int64_t base, std::vector<sync::Queued>& out) {
  while (TRY(q.step())) {
    sync::Queued e;
    e.row = base + q.integer(0);
    e.stream = TRY(q.id<sync::StreamId>(1));
    e.lane = lane;
    e.seq.value = static_cast<std::uint64_t>(q.integer(2));
    e.bytes = static_cast<std::uint32_t>(q.integer(3));
    out.push_back(e);
  }
  return {};
}

}  // namespace

Result<std::vector<sync::Queued>> StoreOutbox::waiting(Lane lane, std::int64_t after, std::size_t most) {
  std::vector<sync::Queued> out;
  Database& db = store_.db();
  if (after < kBackRows)
    TRY(collect(TRY(db.query("select e.row, s.id, e.seq, e.size from envelope e join stream s on s.row = e.stream"
                             " where e.own = 1 and e.state = 0 and e.peer = ? and e.row > ? and s.lane = ?"
                             " order by e.row limit ?",
                             peer_, after, static_cast<int>(lane), most)),
                lane, 0, out));
  if (out.size() < most)
    TRY(collect(
        TRY(db.query("select e.row, s.id, e.seq, e.size from envelope e join stream s on s.row = e.stream"
                     " where e.back = 1 and e.peer = ? and e.row > ? and s.lane = ? order by e.row limit ?",
                     peer_, std::max<std::int64_t>(0, after - kBackRows), static_cast<int>(lane), most - out.size())),
        lane, kBackRows, out));
  if (out.size() < most && !planted(Bug::carried_held_back))
    TRY(collect(
        TRY(db.query("select e.row, s.id, e.seq, e.size from carry c join envelope e on e.row = c.envelope join"
                     " stream s on s.row = e.stream where c.peer = ? and c.state = 0 and c.envelope > ? and"
                     " s.lane = ? order by c.envelope limit ?",
                     peer_, std::max<std::int64_t>(0, after - kCarryRows), static_cast<int>(lane), most - out.size())),
        lane, kCarryRows, out));
  return out;
}

/// Before admission, and without a list of keys to seal to, records wait as they are.
Result<bool> StoreOutbox::may_cut(const OfficeId& office) {
  Query q = TRY(store_.db().query("select (select certificate is not null from office where id = ?),"
                                  " (select count(*) from node_list where office = ?)"))
                .bind(store_.me().office)
                .bind(office);
  return TRY(q.step()) && q.integer(0) != 0 && q.integer(1) != 0;
}

Result<bool> StoreOutbox::anything_for(const OfficeId& office, Lane lane) {
  Query q = TRY(store_.db().query(
      "select 1 from delivery where destination = ?1 and lane = ?2 and envelope is null and"
      " state = 0 and held_until <= ?3 union all select 1 from envelope e join stream s on s.row = e.stream"
      " where e.own = 1 and e.state = 1 and s.destination = ?1 and s.lane = ?2 limit 1",
      office, static_cast<int>(lane), now_()));
  if (!TRY(q.step())) return false;
  return may_cut(office);
}

/// The neighbour itself first, then who is reached by way of it.
Result<std::optional<OfficeId>> StoreOutbox::for_whom(Lane lane) {
  const bool sibling = TRY(side_of(store_, peer_)) == Side::sibling;  // it gets a copy of all that we write
  const auto goes_by = [&](const OfficeId& office) -> Result<bool> {
    if (sibling) return true;
    const auto hops = TRY(next_hops(store_, office, lane));
    return std::ranges::find(hops, peer_) != hops.end() && TRY(may_write_to(store_, office));
  };
  if (TRY(anything_for(office_, lane)) && TRY(goes_by(office_))) return office_;
  std::vector<OfficeId> others;
  for (std::string_view sql : {"select destination from delivery where envelope is null and destination > ?"
                               " order by destination limit 1",
                               "select min(s.destination) from envelope e join stream s on s.row = e.stream"
                               " where e.own = 1 and e.state = 1 and s.destination > ? having count(*) > 0"}) {
    OfficeId after{};
    for (;;) {
      Query q = TRY(store_.db().query(sql, after));
      if (!TRY(q.step())) break;
      after = TRY(q.id<OfficeId>(0));
      if (after != office_) others.push_back(after);
    }
  }
  for (const OfficeId& o : others)
    if (TRY(anything_for(o, lane)) && TRY(goes_by(o))) return o;
  return std::nullopt;
}

Result<bool> StoreOutbox::uncut(Lane lane) { return TRY(for_whom(lane)).has_value(); }

/// What was cut in an earlier life and got no stored receipt until now is cut again. The first cut after a restore
/// comes after the neighbour told what it has (sync::Courier), so this is only what it really lacks.
Result<> StoreOutbox::take_back_unreceipted(const OfficeId& office, Lane lane) {
  std::vector<std::int64_t> envelopes;
  {
    Query q =
        TRY(store_.db().query("select e.row from envelope e join stream s on s.row = e.stream"
                              " where e.own = 1 and e.state = 1 and s.destination = ? and s.lane = ?",
                              office, static_cast<int>(lane)));
    while (TRY(q.step())) envelopes.push_back(q.integer(0));
  }
  for (const std::int64_t e : envelopes) {
    TRY(store_.db().run("update delivery set envelope = null, state = 0, refusal = 0 where envelope = ? and state < 2",
                        e));
    TRY(store_.db().run("update envelope set state = 9 where row = ?", e));
    TRY(store_.db().run("delete from carry where envelope = ?", e));
  }
  return {};
}

Result<std::vector<BoxPublic>> StoreOutbox::readers(const OfficeId& office) {
  Query q = TRY(store_.db().query("select bytes from node_list where office = ?")).bind(office);
  if (!TRY(q.step())) return fail(Fault::missing, "no node list of the destination");
  const auto statement = sync::decode_statement(q.blob(0));
  if (!statement) return fail(Fault::corrupt, "a stored node list is damaged");
  const sync::NodeList list = TRY(sync::decode_node_list(statement->body));
  std::vector<BoxPublic> out;
  for (const auto& n : list.nodes)
    if (!TRY(node_is_revoked(store_, n.node))) out.push_back(n.box);
  // Where every one is revoked its mail waits for it all the same: the office has nothing newer to say.
  if (out.empty())
    for (const auto& n : list.nodes) out.push_back(n.box);
  return out;
}

/// Oldest first, within the limits of the lane; one larger record alone is allowed. A record that nests another
/// office's text shares an envelope only with records of its own case.
Result<StoreOutbox::Load> StoreOutbox::choose(const OfficeId& office, Lane lane, std::uint64_t link_bps,
                                              std::size_t most_records) {
  std::size_t most_bytes = limit::cut_plain_bytes;
  if (lane == Lane::flash) {
    Query n = TRY(store_.db().query("select count(*) from (select 1 from delivery where destination = ? and lane = ?"
                                    " and envelope is null and state = 0 and held_until <= ? limit ?)"))
                  .bind(office)
                  .bind(static_cast<int>(lane))
                  .bind(now_())
                  .bind(limit::flash_crowd + 1);
    TRY(n.step());
    most_bytes = static_cast<std::size_t>(n.integer(0)) > limit::flash_crowd ? limit::flash_crowd_plain_bytes
                                                                             : limit::flash_plain_bytes;
  } else if (link_bps > 0) {
    // Chinese text compresses to about 40 %.
    const sync::Millis most_ms = lane == Lane::routine ? limit::cut_link_routine_ms : limit::cut_link_ms;
    const std::uint64_t sealed = link_bps / 8 * static_cast<std::uint64_t>(most_ms) / 1000;
    most_bytes = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(sealed * 5 / 2, limit::cut_plain_least_bytes, limit::cut_plain_bytes));
  }
  Query q = TRY(store_.db().query("select d.row, r.bytes, r.type, r.matter from delivery d join record r on"
                                  " r.row = d.record where d.destination = ? and d.lane = ? and d.envelope is null"
                                  " and d.state = 0 and d.held_until <= ? order by d.row limit ?"))
                .bind(office)
                .bind(static_cast<int>(lane))
                .bind(now_())
                .bind(most_records);
  Load load;
  std::size_t bytes = 0;
  std::int64_t matter = 0;
  bool nested = false;
  while (TRY(q.step())) {
    Bytes record = q.blob(1);
    const auto decoded = sync::decode_record(record);
    if (!decoded) return fail(Fault::corrupt, "a stored record is damaged", "store.record");
    const bool nests = decoded->record.type == sync::RecordType::forward || sync::is_handed_on(decoded->record);
    if (!load.records.empty()) {
      if (bytes + record.size() > most_bytes && planted(Bug::delivery_skipped)) load.deliveries.push_back(q.integer(0));
      if (bytes + record.size() > most_bytes) break;
      if ((nests || nested) && q.integer(3) != matter) break;
    }
    bytes += record.size();
    matter = q.integer(3);
    nested = nested || nests;
    load.pad = load.pad || lane == Lane::flash || q.integer(2) == static_cast<int>(sync::RecordType::zero_report);
    for (const auto& s : decoded->record.signatures) load.officers.push_back(s.officer);
    if (!decoded->record.anchor.zero()) load.anchors.push_back(decoded->record.anchor);
    load.deliveries.push_back(q.integer(0));
    load.records.push_back({sync::Item::Kind::record, std::move(record)});
  }
  return load;
}

/// Certificates and anchors that the destination has not receipted yet travel with what they vouch for.
Result<> StoreOutbox::introduce(const OfficeId& office, Load& load) {
  const auto wanted = [&](ByteView digest) -> Result<bool> {
    // Opened, not only stored: a flash without the certificate would be opened before the routine mail that has it.
    Query q = TRY(store_.db().query("select 1 from introduced i join envelope e on e.row = i.envelope join stream s on"
                                    " s.row = e.stream where i.destination = ? and i.digest = ? and e.state = 2"
                                    " and e.seq <= s.opened limit 1"))
                  .bind(office)
                  .bind(digest);
    return !TRY(q.step());
  };
  std::ranges::sort(load.officers);
  load.officers.erase(std::unique(load.officers.begin(), load.officers.end()), load.officers.end());
  for (const CertDigest& d : load.officers) {
    if (!TRY(wanted(d.view()))) continue;
    Query q = TRY(store_.db().query("select certificate from officer where digest = ?")).bind(d);
    if (!TRY(q.step())) return fail(Fault::corrupt, "a signer's certificate is missing", "store.certificate");
    load.introductions.push_back({sync::Item::Kind::certificate, q.blob(0)});
    load.introduced.push_back(Hash{d.bytes});
  }
  std::ranges::sort(load.anchors);
  load.anchors.erase(std::unique(load.anchors.begin(), load.anchors.end()), load.anchors.end());
  for (const Hash& a : load.anchors) {
    if (!TRY(wanted(a.view()))) continue;
    // Older anchors may have been replaced by newer statements; then the destination, who issued it, knows it itself.
    Query q = TRY(store_.db().query("select bytes from statement where digest = ?")).bind(a);
    if (!TRY(q.step())) continue;
    load.introductions.push_back({sync::Item::Kind::anchor, q.blob(0)});
    load.introduced.push_back(a);
  }
  return {};
}

Result<StoreOutbox::Cut> StoreOutbox::next_in(const OfficeId& office, Lane lane) {
  Database& db = store_.db();
  const Identity& me = store_.me();
  Cut c;
  c.head.stream = {me.office, me.node, me.incarnation, office, lane};
  const sync::StreamId id = c.head.stream.id();
  TRY(
      db.run("insert into stream(id, author, node, incarnation, destination, lane, own, chain)"
             " values(?, ?, ?, ?, ?, ?, 1, ?) on conflict(id) do nothing",
             id, me.office, me.node, me.incarnation, office, static_cast<int>(lane), Hash{}));
  Query q = TRY(db.query("select row, tip, chain from stream where id = ?", id));
  TRY(q.step());
  c.stream = q.integer(0);
  c.head.seq = sync::Seq{static_cast<std::uint64_t>(q.integer(1))}.next();
  c.head.previous = TRY(q.id<Hash>(2));
  return c;
}

/// The envelope in its place, and what it carries marked as cut.
Result<sync::Queued> StoreOutbox::keep(const Cut& c, const Load& load, const sync::Envelope& e) {
  Database& db = store_.db();
  const sync::StreamName& name = c.head.stream;
  // To a neighbour it goes by its own link; to others, and by further ways, `carry` says by whom.
  const NodeId peer = name.destination == office_ ? peer_ : NodeId{};
  const Bytes floor = TRY(newest_word_of(store_, name.destination));
  sync::Queued out{0, name.id(), name.lane, c.head.seq, static_cast<std::uint32_t>(e.bytes.size())};
  {
    Query q =
        TRY(db.query("insert into envelope(stream, seq, hash, own, bytes, size, records, peer, at_ms, floor)"
                     " values(?, ?, ?, 1, ?, ?, ?, ?, ?, ?) returning row",
                     c.stream, c.head.seq.value, e.hash, ByteView(e.bytes), e.bytes.size(), load.deliveries.size(),
                     peer, now_(), ByteView(floor)));
    TRY(q.step());
    out.row = q.integer(0);
    TRY(q.run());
  }
  if (!planted(Bug::number_used_twice) || c.head.seq.value != 2)
    TRY(db.run("update stream set tip = ?, chain = ? where row = ?", c.head.seq.value, e.chain(), c.stream));
  std::vector<std::int64_t> records;
  for (std::int64_t d : load.deliveries) {
    Query q = TRY(db.query("update delivery set envelope = ?, state = 1 where row = ? returning record", out.row, d));
    if (TRY(q.step())) records.push_back(q.integer(0));
    TRY(q.run());
  }
  TRY(refresh_states(store_, records, now_()));  // the case says sent when its delivery does
  for (const Hash& d : load.introduced)
    TRY(db.run("insert into introduced(destination, digest, envelope) values(?, ?, ?) on conflict do nothing",
               name.destination, d, out.row));
  for (const NodeId& hop : TRY(next_hops(store_, name.destination, name.lane)))
    if (hop != peer) TRY(db.run("insert into carry(envelope, peer) values(?, ?)", out.row, hop));
  TRY(hand_to_siblings(store_, out.row, store_.me().node, NodeId{}));
  if (peer.zero()) out.row += kCarryRows;
  return out;
}

/// A record that fits no envelope would end every later try too, and all behind it would wait for ever.
Result<> StoreOutbox::set_aside(const OfficeId& office, const Load& load) {
  for (std::int64_t d : load.deliveries) {
    std::int64_t record = 0;
    {
      Query q = TRY(store_.db().query("update delivery set state = 9 where row = ? returning record", d));
      TRY(q.step());
      record = q.integer(0);
      TRY(q.run());
    }
    TRY(refresh_states(store_, std::span(&record, 1), now_()));
  }
  TRY(store_.journal("node", "set-aside", hex(office.view()), "too large for an envelope", now_()));
  return store_.alarm("record.too-large", "a report fits no envelope and was set aside: shorten it and send it again",
                      hex(office.view()), now_());
}

Result<std::optional<sync::Queued>> StoreOutbox::cut(Lane lane, std::uint64_t link_bps) {
  std::size_t most_records = limit::cut_records;
  while (const auto whom = TRY(for_whom(lane))) {
    const OfficeId& office = *whom;
    TRY(take_back_unreceipted(office, lane));
    // Whoever asks first has it cut, for the line that it has to pass.
    if (TRY(side_of(store_, peer_)) == Side::sibling) link_bps = TRY(rate_towards(store_, office));
    Load load = TRY(choose(office, lane, link_bps, most_records));
    if (load.records.empty()) break;
    TRY(introduce(office, load));
    std::vector<sync::Item> items = std::move(load.introductions);
    std::ranges::move(load.records, std::back_inserter(items));
    Cut c = TRY(next_in(office, lane));
    c.head.at = TRY(store_.tick(now_()));
    const int level = link_bps > 0 && link_bps < limit::slow_bps ? 19 : 9;
    const auto e = sync::seal(c.head, items, TRY(readers(office)), store_.keys(), level, load.pad);
    if (e) return TRY(keep(c, load, *e));
    if (e.error().fault != Fault::full) return std::unexpected(e.error());
    // What vouches for many records may be too much together; they go with fewer companions.
    most_records = load.deliveries.size() / 2;
    if (most_records > 0) continue;
    TRY(set_aside(office, load));
    most_records = limit::cut_records;
  }
  return std::nullopt;
}

Result<Bytes> StoreOutbox::envelope(std::int64_t row) {
  Query q = TRY(store_.db().query("select bytes from envelope where row = ?", row & (kBackRows - 1)));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a queued envelope is missing");
  return q.blob(0);
}

/// Destinations that chunks wait for, of those that this neighbour is the way to.
Result<std::vector<OfficeId>> StoreOutbox::chunk_destinations() {
  std::vector<OfficeId> out;
  for (OfficeId after{};;) {
    Query q =
        TRY(store_.blobs().query("select destination from attachment where done = 0 and ready = 1 and destination > ?"
                                 " order by destination limit 1",
                                 after));
    if (!TRY(q.step())) return out;
    after = TRY(q.id<OfficeId>(0));
    const auto hop = TRY(next_hop(store_, after));
    // A chunk before admission could not be receipted.
    if (hop && *hop == peer_ && TRY(may_cut(after))) out.push_back(after);
  }
}

Result<std::vector<sync::QueuedChunk>> StoreOutbox::chunks(std::int64_t after, std::size_t most) {
  std::vector<sync::QueuedChunk> out;
  if (after < kCopyRows) out = TRY(chunks_on_way(after, most));
  if (out.size() < most && TRY(side_of(store_, peer_)) == Side::sibling)
    for (sync::QueuedChunk c :
         TRY(chunks_asked_for(store_, peer_, std::max<std::int64_t>(0, after - kCopyRows), most - out.size()))) {
      c.row += kCopyRows;
      out.push_back(c);
    }
  return out;
}

Result<std::vector<sync::QueuedChunk>> StoreOutbox::chunks_on_way(std::int64_t after, std::size_t most) {
  std::vector<sync::QueuedChunk> out;
  const auto destinations = TRY(chunk_destinations());
  for (const OfficeId& d : destinations) {
    Query q =
        TRY(store_.blobs().query("select c.row, c.size from chunk c join attachment a on a.row = c.attachment"
                                 " where c.state = 0 and c.row > ? and a.own in (1, 2) and a.ready = 1 and a.done = 0"
                                 " and a.destination = ? order by c.row limit ?",
                                 after, d, most));
    while (TRY(q.step())) out.push_back({q.integer(0), static_cast<std::uint32_t>(q.integer(1))});
  }
  if (destinations.size() > 1) {
    std::ranges::sort(out, {}, &sync::QueuedChunk::row);
    out.resize(std::min(out.size(), most));
  }
  return out;
}

Result<Bytes> StoreOutbox::chunk(std::int64_t row) {
  if (row >= kCopyRows) return chunk_for_sibling(store_, row - kCopyRows);
  Query q = TRY(store_.blobs().query("select bytes from chunk where row = ?")).bind(row);
  if (!TRY(q.step())) return fail(Fault::corrupt, "a queued chunk is missing");
  Bytes bytes = q.blob(0);
  return bytes.empty() ? handed_chunk(store_, row) : bytes;
}

Result<sync::ControlItems> StoreOutbox::control(std::uint64_t base, std::size_t most_bytes) {
  sync::ControlItems out;
  out.mark = base;
  const auto stands = TRY(side_of(store_, peer_));
  const std::uint8_t side = stands == Side::below ? kTellDown : stands == Side::sibling ? kTellSiblings : kTellUp;
  std::size_t bytes = 0;
  for (;;) {
    // Short range scans instead of one long one: what is for everybody, for this side, and for this neighbour.
    Query q = TRY(store_.db().query(
        "select number, type, bytes from (select * from (select number, type, bytes from control where peer = x'' and"
        " number > ?1 order by number limit 8) union all select * from (select number, type, bytes from control where"
        " peer = ?2 and number > ?1 order by number limit 8) union all select * from (select number, type, bytes from"
        " control where peer = ?3 and number > ?1 order by number limit 8)) order by number limit 8",
        out.mark, peer_, ByteView(&side, 1)));
    bool any = false;
    while (TRY(q.step())) {
      any = true;
      Bytes b = q.blob(2);
      if (!out.frames.empty() && bytes + b.size() > most_bytes) return out;
      bytes += b.size();
      out.mark = static_cast<std::uint64_t>(q.integer(0));
      out.frames.emplace_back(static_cast<sync::FrameType>(q.integer(1)), std::move(b));
    }
    if (!any) return out;
  }
}

Result<std::optional<sync::Told>> StoreOutbox::told(std::uint64_t number) { return told_up_to(store_, number); }
Result<std::uint64_t> StoreOutbox::newest_told() { return node::newest_told(store_); }

Result<sync::Digest> StoreOutbox::outstanding() {
  Query q = TRY(store_.db().query("select s.id, e.seq, e.hash from envelope e join stream s on s.row = e.stream"
                                  " where e.own = 1 and e.state = 0 and e.peer = ?"))
                .bind(peer_);
  sync::Digest sum;
  while (TRY(q.step())) {
    Writer w;
    w.raw(q.blob(0)).u64(static_cast<std::uint64_t>(q.integer(1))).raw(q.blob(2));
    const Hash h = crypto::hash(crypto::purpose::digest, {w.view()});
    for (std::size_t i = 0; i < sum.bytes.size(); ++i) sum.bytes[i] ^= h.bytes[i];
  }
  return sum;
}

}  // namespace yz::node
