#include "node/store/moves.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/consents.h"
#include "node/store/directory.h"
#include "node/store/link.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

/// The certificates between us and the office, the highest first: whoever left it does not know them.
Result<std::vector<crypto::Certificate>> way_down_to(Store& store, const OfficeId& office) {
  std::vector<crypto::Certificate> out;
  for (const OfficeId& o : TRY(way_up(store, office))) {
    if (o == store.me().office) break;
    Query q = TRY(store.db().query("select certificate from office where id = ? and certificate is not null", o));
    if (!TRY(q.step())) break;
    out.push_back(TRY(crypto::Certificate::decode(q.blob(0))));
  }
  std::ranges::reverse(out);
  return out;
}

/// The superior that it left lies below us, and learns of it from nobody else.
Result<> tell_who_was_left(Store& store, const crypto::Certificate& before, const crypto::Certificate& c) {
  if (before.issuer == store.me().office || !TRY(lies_below(store, before.issuer, store.me().office))) return {};
  const auto hops = TRY(next_hops(store, before.issuer, sync::Lane::routine));
  for (const auto& step : TRY(way_down_to(store, c.office)))
    for (const NodeId& hop : hops)
      TRY(store.tell(crypto::hash(crypto::purpose::cert, {step.digest.view(), hop.view()}), hop,
                     sync::FrameType::certificate, step.bytes));
  return {};
}

}  // namespace

Result<bool> once_below(Store& store, const OfficeId& office, const OfficeId& superior) {
  for (const OfficeId& before : TRY(superiors_before(store, office))) {
    if (before == superior || TRY(lies_below(store, before, superior))) return true;
    Query q = TRY(store.db().query("select 1 from office where id = ?", superior));
    if (!TRY(q.step())) return true;
  }
  return false;
}

Result<bool> may_write_to(Store& store, const OfficeId& office) {
  const OfficeId& me = store.me().office;
  {
    Query q = TRY(store.db().query("select 1 from link where office = ? and upward < 2", office));
    if (TRY(q.step())) return true;
  }
  return TRY(lies_below(store, me, office)) || TRY(lies_below(store, office, me)) ||
         TRY(once_below(store, me, office)) || TRY(once_below(store, office, me));
}

Result<> end_links(Store& store, const OfficeId& office) {
  TRY(
      store.db().run("delete from carry where peer in (select peer from link where office = ?1)"
                     " and envelope in (select row from envelope where state = 0)",
                     office));
  return store.db().run("delete from link where office = ?", office);
}

Result<> send_anew(Store& store, const OfficeId& office) {
  struct Waits {
    std::int64_t row = 0;
    OfficeId destination;
    sync::Lane lane{};
    NodeId peer;
  };
  std::vector<Waits> all;
  {
    Query q =
        TRY(store.db().query("select e.row, s.destination, s.lane, e.peer from envelope e join stream s on s.row ="
                             " e.stream where e.own in (1, 2) and e.state = 0"));
    while (TRY(q.step()))
      all.push_back(
          {q.integer(0), TRY(q.id<OfficeId>(1)), static_cast<sync::Lane>(q.integer(2)), TRY(q.id<NodeId>(3))});
  }
  for (const Waits& w : all) {
    if (!TRY(lies_below(store, w.destination, office))) continue;
    const auto hops = TRY(next_hops(store, w.destination, w.lane));
    if (hops.empty()) continue;
    std::vector<NodeId> had;
    {
      Query q = TRY(store.db().query("select peer from carry where envelope = ?", w.row));
      while (TRY(q.step())) had.push_back(TRY(q.id<NodeId>(0)));
    }
    for (const NodeId& n : had)
      if (std::ranges::find(hops, n) == hops.end())
        TRY(store.db().run("delete from carry where envelope = ? and peer = ?", w.row, n));
    for (const NodeId& n : hops)
      if (n != w.peer)
        TRY(store.db().run("insert into carry(envelope, peer) values(?, ?) on conflict do nothing", w.row, n));
  }
  return {};
}

Result<> follow_newcomer(Store& store, const crypto::Certificate& c) {
  if (c.issuer == store.me().office || c.office == store.me().office) return {};
  std::vector<OfficeId> left;
  {
    Query q =
        TRY(store.db().query("select distinct before from consent where office = ? and before <> after and after"
                             " = ?",
                             c.office, c.issuer));
    while (TRY(q.step())) left.push_back(TRY(q.id<OfficeId>(0)));
  }
  for (const OfficeId& superior : left) {
    crypto::Certificate before = c;
    before.issuer = superior;
    TRY(tell_who_was_left(store, before, c));
  }
  return left.empty() ? Result<>() : find_ways(store);
}

Result<> follow_move(Store& store, const crypto::Certificate& before, const crypto::Certificate& c, sync::Millis now) {
  const OfficeId& me = store.me().office;
  if (before.issuer == c.issuer || c.office == me) return {};
  if (before.issuer == me) {
    TRY(end_links(store, c.office));
    TRY(store.db().run("update office set state = ?, suspended = 0 where id = ? and state = ?",
                       static_cast<int>(OfficeState::moved), c.office, static_cast<int>(OfficeState::below)));
    const auto to = TRY(Directory(store).office(c.issuer));
    TRY(store.alarm("office.moved",
                    "an office has another superior now: " + c.name + " -> " + (to ? to->name : std::string()), c.code,
                    now));
  }
  TRY(store.journal("node", "office.moved", before.code, c.code, now));
  TRY(send_anew(store, c.office));
  TRY(find_ways(store));
  return tell_who_was_left(store, before, c);
}

}  // namespace yz::node
