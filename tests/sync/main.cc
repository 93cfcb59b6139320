#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "crypto/secret.h"

int main(int argc, char** argv) {
  yz::crypto::start();
  return doctest::Context(argc, argv).run();
}
