#include "node/lane_limit.h"

namespace yz::node {

using sync::Lane;

Result<bool> LaneLimit::anything() {
  for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine})
    if (TRY(uncut(l)) || !TRY(waiting(l, 0, 1)).empty()) return true;
  return false;
}

Result<std::vector<sync::Queued>> LaneLimit::waiting(Lane l, std::int64_t after, std::size_t most) {
  if (!passes(l)) return std::vector<sync::Queued>();
  return whole_.waiting(l, after, most);
}

Result<std::optional<sync::Queued>> LaneLimit::cut(Lane l, std::uint64_t link_bps) {
  if (!cuts_ || !passes(l)) return std::nullopt;
  return whole_.cut(l, link_bps);
}

Result<bool> LaneLimit::uncut(Lane l) {
  if (!cuts_ || !passes(l)) return false;
  return whole_.uncut(l);
}

}  // namespace yz::node
