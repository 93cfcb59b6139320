#include "node/store/heads.h"

#include <array>
#include <set>
#include <span>

#include "crypto/hash.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

constexpr sync::Millis kDaily = 24LL * 3'600'000;
constexpr sync::Millis kAfterFlash = 60'000;
constexpr int kAnnounced = 16;
constexpr std::array kLanes{sync::Lane::flash, sync::Lane::urgent, sync::Lane::routine};

Result<Hash> newest_hash(Database& db, std::string_view sql) {
  Query q = TRY(db.query(sql));
  if (!TRY(q.step())) return Hash{};
  return q.id<Hash>(0);
}

/// Grows with each flash that went to the destination, or to others: of those it hears in the announcement.
Result<std::int64_t> flash_tip(Store& store) {
  Query q = TRY(store.db().query("select coalesce(sum(tip), 0) from stream where own = 1 and lane = 1"));
  TRY(q.step());
  return q.integer(0);
}

/// What goes to others and not to the destination: of flash the newest by name, of urgent how many and which. Reports
/// and what is passed on of them; answers that travel down, and lists of attachments, are nothing to be missed.
Result<> announce(Store& store, sync::Head& h) {
  static constexpr std::string_view kElsewhere =
      " from delivery d join record r on r.row = d.record where d.lane = ?1 and r.own = 1 and d.destination <> ?2"
      " and r.type in (1, 2, 3, 4, 5, 6, 14)"
      " and not exists(select 1 from delivery x where x.record = d.record and x.destination = ?2)";
  {
    Query q = TRY(store.db().query(
        std::string("select r.id, r.at_ms, d.destination").append(kElsewhere).append(" order by d.row desc limit ?3"),
        static_cast<int>(sync::Lane::flash), h.destination, kAnnounced));
    std::set<RecordId> named;
    while (TRY(q.step())) {
      sync::Head::Announced a{TRY(q.id<RecordId>(0)), q.integer(1), TRY(q.id<OfficeId>(2))};
      if (named.insert(a.record).second) h.flash.push_back(a);
    }
  }
  Query q = TRY(store.db().query(std::string("select distinct r.id").append(kElsewhere).append(" order by r.row"),
                                 static_cast<int>(sync::Lane::urgent), h.destination));
  while (TRY(q.step())) {
    ++h.urgent_count;
    h.urgent_digest = crypto::hash(crypto::purpose::statement, {h.urgent_digest.view(), q.blob(0)});
  }
  return {};
}

}  // namespace

Result<sync::Head> head_for(Store& store, Directory& directory, const OfficeId& destination) {
  Database& db = store.db();
  sync::Head h;
  h.destination = destination;
  h.incarnation = store.me().incarnation;
  for (std::size_t i = 0; i < kLanes.size(); ++i) {
    const sync::StreamName name{store.me().office, store.me().node, h.incarnation, destination, kLanes[i]};
    Query s = TRY(db.query("select tip, chain from stream where id = ?")).bind(name.id());
    if (TRY(s.step())) {
      h.lanes[i].seq.value = static_cast<std::uint64_t>(s.integer(0));
      h.lanes[i].chain = TRY(s.id<Hash>(1));
    }
    Query w = TRY(db.query("select count(*), coalesce(min(at_ms), 0) from delivery where destination = ? and lane = ?"
                           " and envelope is null and state = 0"))
                  .bind(destination)
                  .bind(static_cast<int>(kLanes[i]));
    TRY(w.step());
    h.lanes[i].waiting = static_cast<std::uint32_t>(w.integer(0));
    h.lanes[i].oldest_ms = w.integer(1);
  }
  {
    Query q = TRY(db.query("select bytes from node_list where office = ?")).bind(destination);
    if (TRY(q.step())) {
      const auto list = sync::decode_statement(q.blob(0));
      if (list) h.node_list = list->digest;
    }
  }
  h.registry = TRY(directory.registry(store.me().office));
  TRY(announce(store, h));
  h.journal = TRY(newest_hash(db, "select hash from journal order by row desc limit 1"));
  if (const auto anchor = TRY(store.meta("anchor")); anchor && anchor->size() == Hash::kSize)
    h.anchor = TRY(Hash::from(*anchor));
  return h;
}

namespace {

Result<bool> tell_if_due(Store& store, Directory& directory, const OfficeId& destination, std::span<const NodeId> hops,
                         sync::Millis now) {
  const std::string key = "head:" + hex(destination.view());
  const std::int64_t last = TRY(store.meta_number(key)), flash_then = TRY(store.meta_number(key + ":flash"));
  const std::int64_t flash_now = TRY(flash_tip(store));
  // A clock that was set back must not silence the heads.
  const sync::Millis age = now >= last ? now - last : kDaily;
  if (age < kDaily && !(flash_now != flash_then && age >= kAfterFlash)) return false;
  TRY(store.state_to(sync::StatementKind::head, sync::encode(TRY(head_for(store, directory, destination))), hops, now));
  TRY(store.set_meta_number(key, now));
  TRY(store.set_meta_number(key + ":flash", flash_now));
  return true;
}

}  // namespace

Result<bool> tell_heads_if_due(Store& store, Directory& directory, sync::Millis now) {
  std::set<OfficeId> destinations;
  {
    Query q = TRY(
        store.db().query("select office from link where upward = 1 union select destination from stream where own = 1"
                         " and incarnation = ?",
                         store.me().incarnation));
    while (TRY(q.step())) destinations.insert(TRY(q.id<OfficeId>(0)));
  }
  // The superior's superior, too: what the superior keeps to itself shows there.
  const auto way = TRY(way_up(store, store.me().office));
  if (way.size() > 2) destinations.insert(way[2]);
  bool told = false;
  for (const OfficeId& d : destinations) {
    const auto hops = TRY(next_hops(store, d, sync::Lane::flash));
    if (!hops.empty() && TRY(tell_if_due(store, directory, d, hops, now))) told = true;
  }
  return told;
}

}  // namespace yz::node
