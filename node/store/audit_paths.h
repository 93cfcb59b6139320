#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/certificate.h"
#include "node/store/root_chain.h"
#include "sync/consent.h"

namespace yz::node {

/// Certificate paths up to the root, over versions of the root document and over changes of authority keys.
class CertificatePaths {
 public:
  /// `roots`: versions of the root document that are trusted each for itself, the newest first. `changes`: offices'
  /// words that another key took the place of theirs. `unadmitted`: an office whose own certificate is not there yet
  /// and is not asked for.
  CertificatePaths(std::vector<crypto::RootDocument> roots, std::vector<crypto::Certificate> offices,
                   std::vector<sync::Consent> changes, std::optional<OfficeId> unadmitted = {})
      : roots_(std::move(roots)), offices_(std::move(offices)), changes_(std::move(changes)), unadmitted_(unadmitted) {}

  /// The office certificates between the leaf and the root. A machine or person certified under a key that the office
  /// has replaced since is good by the present key's word for that very certificate, and stands under the present one.
  /// The result points into this object and `leaf`.
  Result<crypto::Path> path(const crypto::Certificate& leaf) const;
  /// One sentence; empty when the path is good. Expiry is no problem: it is judged when a record comes in.
  std::string problem(const crypto::Certificate& leaf) const;
  /// The office certificates between a good leaf and the root.
  std::vector<const crypto::Certificate*> above(const crypto::Certificate& leaf) const;

 private:
  const crypto::Certificate* stands_under(const crypto::Certificate& leaf) const;

  std::vector<crypto::RootDocument> roots_;
  std::vector<crypto::Certificate> offices_;
  std::vector<sync::Consent> changes_;
  std::optional<OfficeId> unadmitted_;
};

}  // namespace yz::node
