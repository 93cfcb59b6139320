#pragma once
#include <map>
#include <vector>

#include "node/store/store.h"
#include "sync/line_superiors.h"

namespace yz::node {

// An office registers with a line superior (条) by itself; the superior that certified it hears of it in the office's
// own signed words (sync/PROTOCOL.md 4.12), and so does a line superior that it leaves.

/// Our superior hears which others we are registered with, when that is news to it. Cheap otherwise. Inside a write.
Result<> tell_line_superiors(Store&, sync::Millis now);
/// A line superior hears that it is none any more, while its link is still there. Inside a write.
Result<> tell_parting(Store&, const OfficeId& line_superior, sync::Millis now);
/// It is one again: what it was to hear of our leaving, and perhaps never did, is not said any more. Inside a write.
Result<> forget_parting(Store&, const OfficeId& line_superior);
/// What an office below says of itself; `news` when it says something else than before. Inside a write.
Result<> take_line_superiors(Store&, const sync::Statement&, bool news, sync::Millis now);

/// Links of those that left; not from within an exchange of theirs. Inside a write.
Result<> end_parted_links(Store&);

/// What offices directly below us have said, by office; those that said nothing, or have none, are not in it.
Result<std::map<OfficeId, std::vector<sync::LineSuperior>>> line_superiors_below(Store&);

}  // namespace yz::node
