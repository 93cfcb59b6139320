#pragma once
#include "crypto/keyring.h"

/// Keys of a node that has changed its box key once.
inline yz::crypto::Keyring ring() {
  yz::crypto::Keyring k{yz::crypto::SigningKey::random(), yz::crypto::BoxKey::random(), {}};
  k.boxes.push_back(yz::crypto::BoxKey::random());
  return k;
}
