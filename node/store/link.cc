#include "node/store/link.h"

#include <algorithm>

#include "node/store/holdings.h"
#include "node/store/life.h"
#include "node/store/lost_chunks.h"
#include "node/store/node_key.h"

namespace yz::node {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& l : lines) out.append(out.empty() ? "" : "\n").append(l);
  return out;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// link.upward: 0 below us, 1 our superior, 2 direct: to an office higher up when there is an address to dial, else from
// one further down that dials us; 3 another machine of our office, to dial when there is an address.
int kind_of(bool upward, bool direct, bool sibling = false) { return sibling ? 3 : direct ? 2 : upward ? 1 : 0; }

constexpr std::string_view kLinkColumns = "select peer, office, upward, urls, pin, last_contact_ms from link ";

Result<LinkRow> link_row(Query& q) {
  LinkRow l;
  l.peer = TRY(q.id<NodeId>(0));
  l.office = TRY(q.id<OfficeId>(1));
  l.urls = lines(q.text(3));
  l.direct = q.integer(2) == 2;
  l.sibling = q.integer(2) == 3;
  l.upward = q.integer(2) == 1 || ((l.direct || l.sibling) && !l.urls.empty());
  l.pin = q.text(4);
  l.last_contact = q.integer(5);
  return l;
}

}  // namespace

Result<sync::LinkState> StoreLink::load() {
  Query q =
      TRY(store_.db().query("select peer_key, peer_epoch, heard_marks, peer_heard, nonces, nonce_next, nonce_base,"
                            " nonce_used, rate_bps, last_contact_ms, peer_key_before from link where peer = ?"))
          .bind(peer_);
  if (!TRY(q.step())) return fail(Fault::denied, "no link to this node", "link.unknown");
  sync::LinkState s;
  s.peer = peer_;
  s.peer_key = TRY(q.id<PublicKey>(0));
  s.peer_epoch = TRY(q.id<sync::Epoch>(1));
  s.heard = TRY(sync::Heard::decode(q.blob(2)));
  s.peer_heard = static_cast<std::uint64_t>(q.integer(3));
  const Bytes nonces = q.blob(4);
  Reader r(nonces);
  while (r.left() >= sync::Nonce::kSize) s.nonces.push_back(r.id<sync::Nonce>());
  s.nonce_next = static_cast<std::uint64_t>(q.integer(5));
  s.nonce_base = static_cast<std::uint64_t>(q.integer(6));
  const Bytes used = q.blob(7);
  s.nonce_used = Reader(used).u64();
  s.rate_bps = static_cast<std::uint64_t>(q.integer(8));
  s.last_contact = q.integer(9);
  if (!q.null(10)) s.peer_key_before = TRY(q.id<PublicKey>(10));
  return s;
}

Result<> StoreLink::save(const sync::LinkState& s) {
  if (s.forgotten) {
    const sync::Millis now = store_.last_moment();
    TRY(store_.alarm("home.copied", "this home was put back from a copy: it goes on under new numbers", "", now));
    return begin_life(store_, now);
  }
  {
    // Another store of the neighbour than the one we knew: it was put back from a copy. It hears what we hold of our
    // streams, and answers with receipts of what is left there.
    Query q = TRY(store_.db().query("select office, peer_epoch from link where peer = ?", peer_));
    if (TRY(q.step()) && text(q.blob(1)) != text(s.peer_epoch.view())) {
      const auto office = TRY(q.id<OfficeId>(0));
      if (TRY(q.id<sync::Epoch>(1)) != sync::Epoch{}) {
        TRY(state_all_holdings(store_, office, peer_, store_.last_moment()));
        // What it carried for us it may have lost.
        TRY(store_.db().run("update carry set state = 0 where peer = ?", peer_));
      }
      // So also at its first word: what chunks count as is committed before the rest, and a first answer whose commit
      // failed half-way leaves them at the destination and no word of which store of it had them.
      TRY(store_.blobs().run("update chunk set state = 0 where state = 1"));
      TRY(offer_chunks_underway(store_, office));
    }
  }
  const Bytes heard = s.heard.encode();
  Writer nonces, used;
  for (const auto& n : s.nonces) nonces.id(n);
  used.u64(s.nonce_used);
  TRY(TRY(store_.db().query(
              "update link set peer_epoch = ?, heard_marks = ?, peer_heard = ?, nonces = ?, nonce_next = ?,"
              " nonce_base = ?, nonce_used = ?, rate_bps = ?, contact_since_ms = case when"
              " contact_since_ms = 0 or abs(? - last_contact_ms) > ? then ? else contact_since_ms end,"
              " last_contact_ms = ? where peer = ?"))
          .bind(s.peer_epoch)
          .bind(ByteView(heard))
          .bind(s.peer_heard)
          .bind(nonces.view())
          .bind(s.nonce_next)
          .bind(s.nonce_base)
          .bind(used.view())
          .bind(s.rate_bps)
          .bind(s.last_contact)
          .bind(kContactGapMs)
          .bind(s.last_contact)
          .bind(s.last_contact)
          .bind(peer_)
          .run());
  return finish_node_key(store_, store_.last_moment());
}

Result<> add_link(Store& store, const LinkRow& l, const PublicKey& key) {
  return TRY(store.db().query("insert into link(peer, office, upward, urls, pin, peer_key, peer_epoch)"
                              " values(?, ?, ?, ?, ?, ?, ?) on conflict(peer) do update set urls = excluded.urls,"
                              " upward = excluded.upward, pin = excluded.pin, peer_key = excluded.peer_key"))
      .bind(l.peer)
      .bind(l.office)
      .bind(kind_of(l.upward, l.direct, l.sibling))
      .bind(joined(l.urls))
      .bind(l.pin)
      .bind(key)
      .bind(sync::Epoch{})
      .run();
}

Result<std::vector<LinkRow>> links(Store& store, bool upward) {
  Query q =
      TRY(store.db().query(std::string(kLinkColumns) + "where upward = ? order by peer")).bind(kind_of(upward, false));
  std::vector<LinkRow> out;
  while (TRY(q.step())) out.push_back(TRY(link_row(q)));
  return out;
}

Result<std::vector<LinkRow>> uplinks(Store& store) {
  Query q = TRY(store.db().query(std::string(kLinkColumns) +
                                 "where upward = 1 or (upward > 1 and urls <> '') order by upward, peer"));
  std::vector<LinkRow> out;
  while (TRY(q.step())) out.push_back(TRY(link_row(q)));
  return out;
}

Result<std::size_t> direct_links_below(Store& store) {
  Query q = TRY(store.db().query("select count(*) from link where upward = 2 and urls = ''"));
  TRY(q.step());
  return static_cast<std::size_t>(q.integer(0));
}

Result<std::optional<LinkRow>> link_of(Store& store, const NodeId& peer) {
  Query q = TRY(store.db().query(std::string(kLinkColumns) + "where peer = ?")).bind(peer);
  if (!TRY(q.step())) return std::nullopt;
  return TRY(link_row(q));
}

Result<> set_link_refusal(Store& store, const NodeId& peer, std::string_view code) {
  return store.db().run("update link set refusal = ? where peer = ?", code, peer);
}

Result<std::string> link_refusal(Store& store, const NodeId& peer) {
  Query q = TRY(store.db().query("select refusal from link where peer = ?", peer));
  return TRY(q.step()) ? q.text(0) : std::string();
}

Result<> follow_addresses(Store& store, const OfficeId& office, const std::vector<std::string>& said) {
  constexpr std::size_t kMostKept = 8;
  for (LinkRow l : TRY(links(store, true))) {
    if (l.office != office) continue;
    std::vector<std::string> urls;
    const auto add = [&](const std::string& u) {
      if (urls.size() < kMostKept && good_address(u) && std::ranges::find(urls, u) == urls.end()) urls.push_back(u);
    };
    for (const auto& u : said) add(u);
    for (const auto& u : l.urls) add(u);
    if (!said.empty() && urls != l.urls) TRY(set_link_urls(store, l.peer, urls));
  }
  return {};
}

Result<> set_link_urls(Store& store, const NodeId& peer, const std::vector<std::string>& urls) {
  return TRY(store.db().query("update link set urls = ? where peer = ?")).bind(joined(urls)).bind(peer).run();
}

}  // namespace yz::node
