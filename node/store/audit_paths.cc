#include "node/store/audit_paths.h"

#include <algorithm>

namespace yz::node {

using crypto::Certificate;

/// The newest certificate of the issuer that the consents lead to, when the first of them names the leaf.
const Certificate* CertificatePaths::stands_under(const Certificate& leaf) const {
  if (leaf.type == crypto::CertType::office) return nullptr;
  const Certificate* found = nullptr;
  PublicKey key = leaf.issuer_key;
  for (std::size_t steps = 0; steps <= changes_.size(); ++steps) {
    const auto change = std::ranges::find_if(
        changes_, [&](const sync::Consent& c) { return c.office == leaf.issuer && c.old_key == key && c.rotates(); });
    if (change == changes_.end()) return found;
    if (steps == 0 && !std::ranges::binary_search(change->honoured, leaf.digest)) return nullptr;
    key = change->new_key;
    for (const Certificate& o : offices_)
      if (o.office == leaf.issuer && o.key == key && o.level == leaf.level) found = &o;
  }
  return found;
}

Result<crypto::Path> CertificatePaths::path(const Certificate& leaf) const {
  if (roots_.empty()) return fail(Fault::missing, "there is no root document");
  auto straight = path_to_root(leaf, offices_, roots_);
  if (straight) return straight;
  const Certificate* under = stands_under(leaf);
  if (under == nullptr) return straight;
  auto path = path_to_root(*under, offices_, roots_);
  if (!path) return straight;
  path->leaf = &leaf;
  return path;
}

std::string CertificatePaths::problem(const Certificate& leaf) const {
  if (unadmitted_ && leaf.office == *unadmitted_) return {};
  const auto found = path(leaf);
  return found ? std::string() : found.error().what;
}

std::vector<const Certificate*> CertificatePaths::above(const Certificate& leaf) const {
  const auto found = path(leaf);
  return found ? found->offices : std::vector<const Certificate*>();
}

}  // namespace yz::node
