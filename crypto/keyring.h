#pragma once
#include <vector>

#include "crypto/seal.h"
#include "crypto/sign.h"

namespace yz::crypto {

/// The secret keys that a running node holds. Officers' keys are not here.
struct Keyring {
  SigningKey node;            ///< signs envelopes, statements, exchanges
  BoxKey archive;             ///< the office's long-lived box key: every envelope we write is sealed to it too
  std::vector<BoxKey> boxes;  ///< newest first; older ones open mail that was sealed before a rotation

  /// The key a wrap names by its hint, or null.
  const BoxKey* find(const KeyHint&) const;
};

}  // namespace yz::crypto
