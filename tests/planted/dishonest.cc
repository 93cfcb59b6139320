// A county that takes what is for the city, says so, and sits on it: see crypto/plant.h and tools/demo.
#include "crypto/plant.h"

namespace yz {

bool planted(Bug bug) { return bug == Bug::carried_held_back; }

}  // namespace yz
