#pragma once
// 发布时间限制: until when, or that never, a report goes further than to whom it was addressed. It stands in two fields
// of the report's own text, under its signatures, so that every level reads the same. Pure.
#include <optional>

#include "node/office/report.h"
#include "sync/record.h"

namespace yz::node {

inline constexpr std::string_view kEmbargoUntil = "embargo_until", kEmbargoHere = "embargo_here";

struct Embargo {
  std::optional<sync::Millis> until;
  bool here = false;  ///< for the addressees alone
  /// Of what nobody may hold back: it goes up all the same, and only publishing it waits.
  bool emergency = false;
  bool any() const { return until.has_value() || here; }
};
Embargo embargo_of(const Report&);
/// Of a record: of a forward with all that lies inside it, the strictest. What cannot be read forbids nothing.
Embargo embargo_of(const sync::ReleasedRecord&);

enum class Further : std::uint8_t {
  pass_on,  ///< to a superior, the original inside
  publish,  ///< in a publication, or in a report of another office
};
/// Whether it forbids that at this moment. Error codes "embargo.until", "embargo.here".
std::optional<Error> forbids(const Embargo&, Further, sync::Millis now);

}  // namespace yz::node
