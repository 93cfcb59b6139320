#include "node/store/received.h"

#include <algorithm>

namespace yz::node {

Result<sync::Millis> Received::of(Store& store, std::int64_t envelope) {
  if (!at_) {
    Query q = TRY(store.db().query("select at_ms from envelope where row = ?", envelope));
    if (!TRY(q.step())) return fail(Fault::corrupt, "an envelope is missing", "store.envelope");
    at_ = q.integer(0);
  }
  return *at_;
}

Result<sync::Millis> Received::valid_until(Directory& directory, const CertDigest& officer) {
  if (const auto known = until_.find(officer); known != until_.end()) return known->second;
  return until_[officer] = TRY(directory.valid_until(officer));
}

}  // namespace yz::node
