#pragma once
#include <optional>

#include "node/store/store.h"
#include "sync/marks.h"

namespace yz::node {

/// The next number for a control item, entered with all that was told before it. Inside a write.
Result<std::uint64_t> next_told(Store&, sync::FrameType, ByteView item);
/// What stands for all items up to a number; zeros for 0. Nothing when the number was never given, or so long ago that
/// it was thrown away.
Result<std::optional<sync::Told>> told_up_to(Store&, std::uint64_t number);
/// The newest number given, 0 before the first.
Result<std::uint64_t> newest_told(Store&);

}  // namespace yz::node
