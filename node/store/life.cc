#include "node/store/life.h"

#include <algorithm>

#include "crypto/plant.h"
#include "crypto/random.h"
#include "node/log.h"
#include "node/store/lost_chunks.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

namespace limit = sync::limit;

/// Where the streams of the incarnation that ends stand, as far as this store knows.
Result<sync::Opened> ending(Store& store) {
  sync::Opened o;
  o.now = crypto::random_fixed<sync::Incarnation>();
  o.previous = store.me().incarnation;
  if (planted(Bug::one_life_for_two)) o.now.bytes = {o.previous.bytes[0], 1};
  Query q =
      TRY(store.db().query("select destination, lane, tip, chain from stream where own = 1 and incarnation = ?"
                           " and tip > 0 order by destination, lane limit ?",
                           o.previous, limit::opened_streams));
  while (TRY(q.step())) {
    sync::Opened::Stream s;
    s.destination = TRY(q.id<OfficeId>(0));
    s.lane = static_cast<sync::Lane>(q.integer(1));
    s.last.value = static_cast<std::uint64_t>(q.integer(2));
    s.chain = TRY(q.id<Hash>(3));
    o.streams.push_back(s);
  }
  return o;
}

/// Our statements carry the old epoch; the node list is signed anew so that neighbours hear of this store.
Result<> renew_node_list(Store& store, sync::Millis now) {
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", store.me().office));
  if (!TRY(q.step())) return {};
  const auto old = TRY(sync::decode_statement(q.blob(0)));
  sync::NodeList list = TRY(sync::decode_node_list(old.body));
  list.version = std::max(list.version + 1, static_cast<std::uint64_t>(now));
  return store.state(sync::StatementKind::node_list, sync::encode(list), std::nullopt, now);
}

Result<> flag_many(Store& store, sync::Millis now) {
  Query q = TRY(
      store.db().query("select count(*) from journal where action = 'incarnation' and at_ms > ?", now - sync::kDayMs));
  TRY(q.step());
  if (q.integer(0) <= static_cast<std::int64_t>(limit::incarnations_a_day)) return {};
  return store.alarm("incarnation.many", "this machine began anew more than four times in a day", "", now);
}

}  // namespace

Result<> tell_keys_anew(Store& store, sync::Millis now) {
  constexpr std::string_view kLast = "keys_told_anew";
  const sync::Millis last = TRY(store.meta_number(kLast));
  if (last != 0 && std::abs(now - last) < sync::kHourMs) return {};  // either way: clocks jump
  TRY(store.set_meta_number(kLast, now));
  log().warn("keys.told_anew", {});
  return renew_node_list(store, now);
}

Result<> begin_life(Store& store, sync::Millis now) {
  Database& db = store.db();
  const sync::Opened opened = TRY(ending(store));
  TRY(store.renew(planted(Bug::incarnation_kept) ? opened.previous : opened.now, crypto::random_fixed<sync::Epoch>()));
  TRY(db.exec("update envelope set state = 1 where own = 1 and state = 0 and copy = 0"));
  // Numbers of what we tell, and nonces, may have been used by whoever we were after this copy was made.
  TRY(
      db.exec("update link set nonces = x'', heard_marks = x'', peer_heard = 0, nonce_next = nonce_next + 1048576,"
              " nonce_base = nonce_next + 1048576, nonce_used = x'0000000000000000'"));
  TRY(db.exec("delete from part"));
  TRY(store.state(sync::StatementKind::incarnation, sync::encode(opened), std::nullopt, now));
  TRY(renew_node_list(store, now));
  TRY(tell_chunks_we_have(store, now));
  TRY(store.journal("node", "incarnation", hex(opened.now.view()), hex(opened.previous.view()), now));
  return flag_many(store, now);
}

}  // namespace yz::node
