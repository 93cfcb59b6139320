#include "crypto/keyring.h"

#include <doctest/doctest.h>

using namespace yz;
using namespace yz::crypto;

TEST_CASE("a keyring finds the key that a hint names, the archive key included, and no other") {
  Keyring ring{SigningKey::random(), BoxKey::random(), {}};
  ring.boxes.push_back(BoxKey::random());
  ring.boxes.push_back(BoxKey::random());
  for (const BoxKey& key : ring.boxes) CHECK(ring.find(hint_of(key.public_key())) == &key);
  CHECK(ring.find(hint_of(ring.archive.public_key())) == &ring.archive);
  CHECK(ring.find(hint_of(BoxKey::random().public_key())) == nullptr);
  CHECK(ring.find(KeyHint{}) == nullptr);
}
