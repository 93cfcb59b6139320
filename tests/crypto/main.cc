#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "crypto/passphrase.h"
#include "tests/crypto/cheap.h"

bool cheap_was_refused_at_first = false;

int main(int argc, char** argv) {
  using namespace yz::crypto;
  start();
  // Only before allow_cheap can this be seen, so it is looked at here; slot tests report it.
  const Slot cheap = lock_slot(SlotKind::recovery, "", yz::view("p"), Key::random().expose(), kCheapCost);
  cheap_was_refused_at_first = !parse_slot(cheap.bytes) && !open_slot(cheap, yz::view("p"));
  allow_cheap();
  return doctest::Context(argc, argv).run();
}
