#include "node/store/direct.h"

#include <algorithm>

#include "node/store/siblings.h"
#include "sync/statement.h"

namespace yz::node {
namespace {

constexpr sync::Millis kSilentMs = 60LL * 60 * 1000;  // the urgent lane's limit (protocol 2)
constexpr std::size_t kMostAbove = 5;                 // a path has six certificates at most
constexpr std::size_t kMostDirectUp = 8;
/// Links that nodes below made by dialling; each is a row of a few hundred bytes.
constexpr std::size_t kMostDirectBelow = 20'000;

Result<std::optional<sync::NodeList>> list_of(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", office));
  if (!TRY(q.step())) return std::nullopt;
  const auto s = sync::decode_statement(q.blob(0));
  if (!s) return fail(Fault::corrupt, "a stored node list is damaged");
  return TRY(sync::decode_node_list(s->body));
}

std::vector<std::string> dialable(std::vector<std::string> urls) {
  std::erase_if(urls, [](const std::string& u) {
    return !(u.starts_with("http://") || u.starts_with("https://")) ||
           std::ranges::any_of(u, [](char c) { return c <= ' ' || c >= 0x7f; });
  });
  return urls;
}

/// Offices above our superior, the nearest first. Empty while one on the way is unknown or revoked.
Result<std::vector<OfficeRow>> above_superior(Store& store, Directory& directory) {
  std::vector<OfficeRow> out;
  auto at = TRY(directory.office(store.me().office));
  for (std::size_t i = 0; at && i < kMostAbove; ++i) {
    if (at->superior == at->id) return out;
    at = TRY(directory.office(at->superior));
    if (!at || !at->admitted || at->state == OfficeState::revoked) break;
    if (i > 0) out.push_back(*at);
  }
  return out;
}

}  // namespace

Result<bool> renew_links(Store& store, Directory& directory, sync::Millis) {
  bool changed = false;
  std::vector<LinkRow> direct;
  for (LinkRow& l : TRY(uplinks(store)))
    if (l.direct) direct.push_back(std::move(l));
  const auto normal = TRY(links(store, true));
  std::vector<NodeId> wanted;
  for (const OfficeRow& o : TRY(above_superior(store, directory))) {
    if (std::ranges::any_of(normal, [&](const LinkRow& l) { return l.office == o.id; })) continue;
    const auto list = TRY(list_of(store, o.id));
    if (!list) continue;
    const std::vector<std::string> urls = dialable(list->urls);
    if (urls.empty()) continue;
    for (const auto& n : list->nodes) {
      const auto node = TRY(directory.node(n.node));
      if (!node || node->office != o.id || wanted.size() >= kMostDirectUp) continue;
      wanted.push_back(n.node);
      const auto there = std::ranges::find(direct, n.node, &LinkRow::peer);
      if (there != direct.end() && there->urls == urls) break;
      if (there != direct.end()) {
        TRY(set_link_urls(store, n.node, urls));
      } else {
        LinkRow row{n.node, o.id, true, urls, {}, 0};
        row.direct = true;
        TRY(add_link(store, row, node->key));
      }
      changed = true;
      break;  // one machine of an office is enough: it passes on to its siblings
    }
  }
  for (const LinkRow& l : direct) {
    if (std::ranges::find(wanted, l.peer) != wanted.end()) continue;
    TRY(store.db().run("delete from link where peer = ? and upward = 2 and urls <> ''", l.peer));
    changed = true;
  }
  return changed;
}

Result<bool> urgent_may_go_direct(Store& store, sync::Millis now) {
  sync::Millis heard = 0;
  for (const LinkRow& l : TRY(links(store, true))) heard = std::max(heard, l.last_contact);
  return now < heard || now - heard > kSilentMs;
}

Result<std::optional<LinkRow>> direct_from_below(Store& store, Directory& directory, const NodeId& id) {
  const auto node = TRY(directory.node(id));
  if (!node || TRY(direct_links_below(store)) >= kMostDirectBelow) return std::nullopt;
  auto at = TRY(directory.office(node->office));
  for (std::size_t i = 0; i <= kMostAbove; ++i) {
    if (!at || !at->admitted || at->state == OfficeState::revoked || at->id == store.me().office) return std::nullopt;
    if (at->superior == store.me().office) {
      LinkRow row{id, node->office, false, {}, {}, 0};
      row.direct = true;
      TRY(add_link(store, row, node->key));
      return row;
    }
    if (at->superior == at->id) return std::nullopt;
    at = TRY(directory.office(at->superior));
  }
  return std::nullopt;
}

Result<std::optional<LinkRow>> further_machine_below(Store& store, Directory& directory, const NodeId& id) {
  const auto node = TRY(directory.node(id));
  if (!node) return std::nullopt;
  const auto office = TRY(directory.office(node->office));
  if (!office || office->state != OfficeState::below) return std::nullopt;
  LinkRow row{id, node->office, false, {}, {}, 0};
  TRY(add_link(store, row, node->key));
  return row;
}

Result<> tell_addresses(Store& store, const std::vector<std::string>& urls, sync::Millis now) {
  auto list = TRY(list_of(store, store.me().office));
  if (!list || list->urls == urls) return {};
  // The first machine speaks for the office's addresses; a further one with none of its own must not take them away.
  if (urls.empty() && TRY(machine_number(store)) > 1) return {};
  list->urls = urls;
  list->version = std::max(list->version + 1, static_cast<std::uint64_t>(now));
  const sync::Statement s =
      sync::issue(sync::StatementKind::node_list, {store.me().office, store.me().node, store.me().epoch},
                  TRY(store.tick(now)), now, sync::encode(*list), store.keys().node);
  TRY(store.tell(TRY(sync::statement_key(s)), std::nullopt, sync::FrameType::statement, s.bytes));
  return store.db().run("update node_list set version = ?, bytes = ? where office = ?", list->version,
                        ByteView(s.bytes), store.me().office);
}

}  // namespace yz::node
