#pragma once
// What is going on: emergencies that nobody has ended, and those of a shift, for the handover sheet and the board.
#include <vector>

#include "node/store/cases.h"

namespace yz::node {

struct Incident {
  MatterRow row;
  bool open = false;      ///< no final report, not settled, not withdrawn
  bool in_shift = false;  ///< something of it was signed or came in the time that was asked about
  sync::Millis last = 0;  ///< when a record of it was last stored here
  struct Next {
    sync::Millis due = 0;
    int duty = 0;  ///< `Duty` of the act that is due first
  };
  std::optional<Next> next;
};
struct Situation {
  std::vector<Incident> incidents;  ///< flash first, in each lane the newest case first
  bool more = false;                ///< a lane has more cases than one call looks at: older ones are not here
};
/// Flash and urgent reports, signed, that are open or of the time since `from`; exercises among them, marked by their
/// flags. The newest kIncidentsLooked of each lane are looked at.
inline constexpr std::size_t kIncidentsLooked = 2'000;
Result<Situation> situation(Store&, sync::Millis from);

}  // namespace yz::node
