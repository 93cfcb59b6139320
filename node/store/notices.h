#pragma once
// Flash reports that came as a typed code, before they came themselves.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/store/directory.h"
#include "sync/notice.h"

namespace yz::node {

struct NoticeRow {
  std::int64_t row = 0;
  sync::Notice notice;
  OfficeId office;  ///< whose node signed it
  std::string taken_by;
  sync::Millis at_ms = 0;
  std::optional<CaseId> matched;  ///< the case of the full report, once that is here
};

/// Finds the neighbour that signed the notice for us and keeps it; the same one again changes nothing. Inside a write.
/// Fault::forged "notice.form" or "notice.signature"; invalid "notice.stranger".
Result<NoticeRow> keep_notice(Store&, ByteView, std::string_view taken_by, sync::Millis now);
/// Newest first.
Result<std::vector<NoticeRow>> notices(Store&, std::size_t most);
/// How many still wait for their full report.
Result<std::int64_t> unmatched_notices(Store&);

}  // namespace yz::node
