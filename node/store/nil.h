#pragma once
// Nil reports (零报告) as they lie in the store.
#include <vector>

#include "node/office/nil.h"
#include "node/store/directory.h"

namespace yz::node {

/// When `of` owes nil reports in [from, to), ascending, the newest kNilSlotsMost: by the timetables that `ruler`, the
/// office above it, and those above that one had in force at each time. Nothing is owed by any other rule.
Result<std::vector<NilSlot>> nil_slots_of(Store&, const OfficeRow& of, const OfficeId& ruler, sync::Millis from,
                                          sync::Millis to, int utc_offset_minutes);
/// An office's, signed in [from, to), without exercises and what was withdrawn. Of another office `received` is when it
/// came here; of ours when `superior` had stored it, by its receipt.
Result<std::vector<NilGiven>> nil_reports(Store&, const OfficeId& of, const OfficeId& superior, sync::Millis from,
                                          sync::Millis to);
/// When a machine of that office was last in contact with this one; 0: never.
Result<sync::Millis> last_contact(Store&, const OfficeId&);
/// Since when the office is known here: nothing was due before.
Result<sync::Millis> known_since(Store&, const OfficeId&);

}  // namespace yz::node
