#include "node/store/routes.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/moves.h"
#include "node/store/siblings.h"
#include "sync/exchange.h"

namespace yz::node {
namespace {

constexpr sync::Millis kCarriedKeptMs = 30LL * 24 * 3'600'000;
constexpr std::size_t kForgottenAtOnce = 64;
constexpr std::size_t kDeepest = 8;  // offices on one way; certificates allow six levels

struct Neighbour {
  NodeId node;
  OfficeId office;
  Side side{};
};

Result<std::vector<Neighbour>> neighbours(Store& store, std::string_view where, const OfficeId& office) {
  Query q = TRY(store.db().query(
      std::string("select peer, office, upward from link where ").append(where).append(" order by upward, peer"),
      office));
  std::vector<Neighbour> out;
  while (TRY(q.step())) {
    Neighbour n;
    n.node = TRY(q.id<NodeId>(0));
    n.office = TRY(q.id<OfficeId>(1));
    n.side = static_cast<Side>(q.integer(2));
    out.push_back(n);
  }
  return out;
}

void append(std::vector<NodeId>& to, const NodeId& n) {
  if (std::ranges::find(to, n) == to.end()) to.push_back(n);
}

}  // namespace

Result<std::vector<OfficeId>> way_up(Store& store, const OfficeId& office) {
  std::vector<OfficeId> way{office};
  while (way.size() < kDeepest) {
    Query q = TRY(store.db().query("select superior from office where id = ?", way.back()));
    if (!TRY(q.step())) break;
    const auto up = TRY(q.id<OfficeId>(0));
    if (up.zero() || std::ranges::find(way, up) != way.end()) break;  // a root names itself
    way.push_back(up);
  }
  return way;
}

Result<bool> lies_below(Store& store, const OfficeId& office, const OfficeId& ancestor) {
  const auto way = TRY(way_up(store, office));
  return std::ranges::find(way, ancestor) != way.end();
}

Result<std::vector<NodeId>> next_hops(Store& store, const OfficeId& destination, sync::Lane lane) {
  if (destination == store.me().office) return siblings(store);
  const bool flash = lane == sync::Lane::flash;
  std::vector<NodeId> hops;
  const auto direct = TRY(neighbours(store, "office = ?", destination));
  for (const auto& n : direct)
    if (n.side != Side::direct) append(hops, n.node);
  if (!hops.empty() && !flash) return hops;
  const auto way = TRY(way_up(store, destination));
  const auto us = std::ranges::find(way, store.me().office);
  if (us != way.end()) {
    // Down: by the child that the destination lies below.
    for (auto at = us; at != way.begin();) {
      --at;
      for (const auto& n : TRY(neighbours(store, "upward = 0 and office = ?", *at))) append(hops, n.node);
      if (!hops.empty()) break;
    }
  } else {
    Query mine = TRY(store.db().query("select superior from office where id = ?", store.me().office));
    const OfficeId superior = TRY(mine.step()) ? TRY(mine.id<OfficeId>(0)) : OfficeId{};
    auto up = TRY(neighbours(store, "upward = 1 and office <> ?", store.me().office));
    std::ranges::stable_partition(up, [&](const Neighbour& n) { return n.office == superior; });
    for (const auto& n : up) append(hops, n.node);
  }
  for (const auto& n : direct) append(hops, n.node);
  if (!flash && hops.size() > 1) hops.resize(1);
  // Another machine of ours is a way on where there is no other, and one more for what cannot wait.
  if (flash || hops.empty())
    for (const NodeId& n : TRY(siblings(store))) append(hops, n);
  return hops;
}

Result<std::optional<NodeId>> next_hop(Store& store, const OfficeId& destination) {
  const auto hops = TRY(next_hops(store, destination, sync::Lane::routine));
  if (hops.empty()) return std::nullopt;
  return hops.front();
}

Result<std::optional<Side>> side_of(Store& store, const NodeId& peer) {
  Query q = TRY(store.db().query("select upward from link where peer = ?", peer));
  if (!TRY(q.step())) return std::nullopt;
  return static_cast<Side>(q.integer(0));
}

Result<bool> may_bring(Store& store, const NodeId& from, const OfficeId& author) {
  Query q = TRY(store.db().query("select office, upward from link where peer = ?", from));
  if (!TRY(q.step())) return false;
  const auto office = TRY(q.id<OfficeId>(0));
  if (office == author || static_cast<Side>(q.integer(1)) == Side::sibling) return true;
  if (static_cast<Side>(q.integer(1)) == Side::below) return lies_below(store, author, office);
  // From above comes what does not lie below us.
  return !TRY(lies_below(store, author, store.me().office));
}

Result<> find_ways(Store& store) {
  struct Stray {
    std::int64_t row;
    OfficeId destination;
    sync::Lane lane;
    bool own = false;
  };
  std::vector<Stray> strays;
  // What another machine of ours wrote it sends itself, unless nothing is heard of that (siblings.h).
  for (std::string_view whose : {"own = 1 and e.copy = 0", "own = 2"}) {
    Query q = TRY(store.db().query(
        std::string("select e.row, s.destination, s.lane from envelope e join stream s on s.row = e.stream where e.")
            .append(whose)
            .append(" and e.state = 0 and e.peer not in (select peer from link where upward < 2 and office ="
                    " s.destination) and not exists(select 1 from carry c join link l on l.peer = c.peer"
                    " where c.envelope = e.row)")));
    while (TRY(q.step()))
      strays.push_back(
          {q.integer(0), TRY(q.id<OfficeId>(1)), static_cast<sync::Lane>(q.integer(2)), whose == "own = 1"});
  }
  for (const auto& s : strays) {
    if (s.own && !TRY(may_write_to(store, s.destination))) continue;  // nobody would take it
    for (const auto& hop : TRY(next_hops(store, s.destination, s.lane)))
      TRY(store.db().run("insert into carry(envelope, peer) values(?, ?) on conflict do nothing", s.row, hop));
  }
  return {};
}

Result<> tell_of_office(Store& store, const OfficeId& office, std::uint8_t side) {
  struct Item {
    sync::FrameType type;
    Bytes bytes;
    Hash key;
  };
  std::vector<Item> items;
  {
    Query q =
        TRY(store.db().query("select certificate from office where id = ?1 and certificate is not null union all"
                             " select certificate from node where office = ?1 and state <> 9 union all"
                             " select certificate from officer where office = ?1 and ?2",
                             office, side == kTellDown ? 0 : 1));
    while (TRY(q.step())) {
      auto c = TRY(crypto::Certificate::decode(q.blob(0)));
      items.push_back({sync::FrameType::certificate, std::move(c.bytes), Hash{c.digest.bytes}});
    }
  }
  {
    Query q = TRY(store.db().query("select bytes from node_list where office = ?", office));
    if (TRY(q.step())) {
      auto s = TRY(sync::decode_statement(q.blob(0)));
      items.push_back({sync::FrameType::statement, std::move(s.bytes), TRY(sync::statement_key(s))});
    }
  }
  for (const auto& i : items) TRY(store.tell_all(told_to_side(i.key, side), side, i.type, i.bytes));
  return {};
}

Result<bool> forget_carried(Store& store, sync::Millis now) {
  const sync::Millis before = now - kCarriedKeptMs;
  std::vector<std::int64_t> rows, attachments;
  {
    Query q =
        TRY(store.db().query("select row from envelope where own = 2 and state = 2 and size > 0 and done_ms < ?"
                             " limit ?",
                             before, kForgottenAtOnce));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const auto row : rows) TRY(store.db().run("update envelope set bytes = x'', size = 0 where row = ?", row));
  {
    Query q =
        TRY(store.blobs().query("select row from attachment where own = 2 and done = 1 and at_ms < ? limit 1", before));
    while (TRY(q.step())) attachments.push_back(q.integer(0));
  }
  for (const auto row : attachments) {
    TRY(store.blobs().run("delete from chunk where attachment = ?", row));
    TRY(store.blobs().run("delete from attachment where row = ?", row));
  }
  return rows.size() == kForgottenAtOnce || !attachments.empty();
}

Hash told_to_side(const Hash& key, std::uint8_t side) {
  return crypto::hash(crypto::purpose::statement, {key.view(), ByteView(&side, 1)});
}

}  // namespace yz::node
