#pragma once
// Results in tests: what has to be good is, or the test says why not.
#include <doctest/doctest.h>

#include <string>

#include "crypto/result.h"

namespace yz::sim {

template <class T>
void good(const Result<T>& r) {
  REQUIRE_MESSAGE(r, (r ? std::string() : r.error().what + " (" + r.error().code + ")"));
}
template <class T>
T must(Result<T> r) {
  good(r);
  return std::move(*r);
}

}  // namespace yz::sim
