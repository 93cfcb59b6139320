#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/certificate.h"

namespace yz::node {

/// Certificate paths up to one root, for the checks of audit.cc and evidence.cc.
class CertificatePaths {
 public:
  /// `unadmitted`: an office whose own certificate is not there yet and is not asked for.
  CertificatePaths(std::optional<crypto::RootDocument> root, std::vector<crypto::Certificate> offices,
                   std::optional<OfficeId> unadmitted = {})
      : root_(std::move(root)), offices_(std::move(offices)), unadmitted_(unadmitted) {}

  /// One sentence; empty when the path is good. Expiry is no problem: it is judged when a record comes in.
  std::string problem(const crypto::Certificate& leaf) const {
    if (unadmitted_ && leaf.office == *unadmitted_) return {};
    if (!root_) return "there is no root document";
    const auto path = crypto::check_path(leaf, offices_, *root_);
    return path ? std::string() : path.error().what;
  }
  /// The office certificates between a good leaf and the root.
  std::vector<const crypto::Certificate*> above(const crypto::Certificate& leaf) const {
    if (!root_) return {};
    const auto path = crypto::check_path(leaf, offices_, *root_);
    return path ? path->offices : std::vector<const crypto::Certificate*>();
  }
  const std::optional<crypto::RootDocument>& root() const { return root_; }

 private:
  std::optional<crypto::RootDocument> root_;
  std::vector<crypto::Certificate> offices_;
  std::optional<OfficeId> unadmitted_;
};

}  // namespace yz::node
