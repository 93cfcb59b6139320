#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <malloc.h>

#include "crypto/secret.h"

int main(int argc, char** argv) {
  // Disks live in memory here, thousands of them one after the other: what one gave back to the kernel the next one
  // would ask it for again, page by page. Half the time in the kernel goes.
  mallopt(M_MMAP_THRESHOLD, 1 << 28);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 1 << 24);
  yz::crypto::start();
  return doctest::Context(argc, argv).run();
}
