#include "node/store/root_chain.h"

#include <algorithm>

#include "node/store/routes.h"

namespace yz::node {
namespace {

using crypto::RootDocument;

/// Keys of one top office in the order of the versions, each change once, the oldest first. Read where they stand in
/// the bytes: each was checked before it was kept.
Result<std::vector<PublicKey>> top_keys(Store& store, const OfficeId& office) {
  std::vector<PublicKey> out;
  Query q = TRY(store.db().query(
      "select substr(bytes, 37, 32) from root where substr(bytes, 21, 16) = ? order by version", office));
  while (TRY(q.step())) {
    const auto key = TRY(q.id<PublicKey>(0));
    if (out.empty() || out.back() != key) out.push_back(key);
  }
  return out;
}

}  // namespace

Result<std::vector<RootDocument>> roots_followed(Store& store) {
  std::vector<RootDocument> out;
  Query q = TRY(store.db().query("select bytes from root order by version desc"));
  while (TRY(q.step())) {
    auto root = RootDocument::decode(q.blob(0));
    if (!root) return fail(Fault::corrupt, "a stored root document is damaged", "store.root");
    out.push_back(std::move(*root));
  }
  return out;
}

Result<crypto::Path> path_to_root(const crypto::Certificate& leaf, const std::vector<crypto::Certificate>& offices,
                                  const std::vector<RootDocument>& roots) {
  auto newest = crypto::check_path(leaf, offices, roots.front());
  if (newest) return newest;
  std::vector<std::pair<OfficeId, PublicKey>> tried{{roots.front().top, roots.front().top_key}};
  for (const RootDocument& root : roots) {
    const std::pair named{root.top, root.top_key};
    if (std::ranges::find(tried, named) != tried.end()) continue;
    tried.push_back(named);
    if (auto path = crypto::check_path(leaf, offices, root)) return path;
  }
  return newest;
}

Result<> tell_root(Store& store, const RootDocument& root) {
  for (const std::uint8_t side : {kTellDown, kTellSiblings})
    TRY(store.tell_all(told_to_side(root.digest, side), side, sync::FrameType::root, root.bytes));
  return {};
}

Result<bool> top_key_replaced(Store& store, const OfficeId& office, const PublicKey& key) {
  const auto keys = TRY(top_keys(store, office));
  return std::ranges::find(keys, key) != keys.end() && keys.back() != key;
}

Result<bool> named_by_root(Store& store, const crypto::Certificate& c) {
  if (c.type != crypto::CertType::office || c.issuer != c.office) return false;
  Query q = TRY(store.db().query("select substr(bytes, 21, 48) from root order by version desc limit 1"));
  if (!TRY(q.step())) return false;
  return q.blob(0) == Writer().id(c.office).id(c.key).take();
}

Result<bool> root_lets_follow(Store& store, const OfficeId& office, const PublicKey& before, const PublicKey& next) {
  const auto keys = TRY(top_keys(store, office));
  if (keys.empty()) return true;
  const auto at = std::ranges::find(keys, next);
  if (at == keys.end()) return false;
  if (at == keys.begin()) return std::ranges::find(keys, before) == keys.end();
  return *(at - 1) == before;
}

}  // namespace yz::node
