#pragma once
#include <map>
#include <optional>

#include "node/store/directory.h"

namespace yz::node {

/// When an envelope came, beside the end of the certificates that its records were signed under. Remembers both while
/// the envelope is opened.
class Received {
 public:
  /// When it was first stored here: the earliest receipt that this node can vouch for (protocol 6).
  Result<sync::Millis> of(Store&, std::int64_t envelope);
  /// When the first certificate ends, from the officer's own up to the top office's.
  Result<sync::Millis> valid_until(Directory&, const CertDigest& officer);

 private:
  std::optional<sync::Millis> at_;
  std::map<CertDigest, sync::Millis> until_;
};

}  // namespace yz::node
