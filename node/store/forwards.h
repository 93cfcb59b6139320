#pragma once
// Records that were passed on (转报), as the store keeps them.
#include "node/office/books.h"
#include "node/office/layers.h"
#include "node/store/cases.h"
#include "node/store/directory.h"

namespace yz::node {

/// Our own or another office's, good, and not nested in a newer one of the case: by the clock, newest last.
std::vector<const CaseRecord*> outermost_forwards(const std::vector<CaseRecord>&);

/// Others who addressed a version or a forward of the case to us themselves, ascending; else its own office.
std::vector<OfficeId> brought_by(const std::vector<CaseRecord>&, const OfficeId& lead, const OfficeId& us);

/// See Books::original.
Result<Original> original_of(Store&, const std::vector<CaseRecord>&, const OfficeId& lead,
                             const std::optional<RecordId>&);

/// Versions that had replaced the one that was passed on, or decided on, by then. By the clock, newest last.
std::vector<std::size_t> newer_by_then(const CaseGraph&, const sync::ReleasedRecord&);
/// Flags the case (record_note::older_version) while something of it stands on a version that had been replaced by
/// then. Inside Store::write().
Result<> mark_older_version(Store&, std::int64_t matter);

/// Certificates of a record's signers and of its office: whoever reads what nests it knows the offices above already.
Result<std::vector<crypto::Certificate>> vouching_for(Store&, const sync::Record&);

/// Everybody who signed the record, or one that it nests.
std::vector<CertDigest> signers_of(const sync::ReleasedRecord&);

}  // namespace yz::node
