#include "crypto/keyring.h"

namespace yz::crypto {

const BoxKey* Keyring::find(const KeyHint& hint) const {
  for (const BoxKey& key : boxes)
    if (hint_of(key.public_key()) == hint) return &key;
  return hint_of(archive.public_key()) == hint ? &archive : nullptr;
}

}  // namespace yz::crypto
