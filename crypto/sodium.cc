#include <cstdlib>

#include "crypto/secret.h"

namespace yz::crypto {

void start() {
  // 0 the first time, 1 after that. Without it the guarded pages have no canary: there is no going on.
  if (sodium_init() < 0) std::abort();
}

}  // namespace yz::crypto
