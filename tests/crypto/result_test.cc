#include "crypto/result.h"

#include <doctest/doctest.h>

#include <memory>

using namespace yz;

namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Fault::invalid, "odd", "half.odd");
  return n / 2;
}
Result<> even(int n) {
  TRY(half(n));
  return {};
}
Result<std::string> quarter(int n, int& got_here) {
  const int h = TRY(half(n));
  ++got_here;
  const int q = TRY(half(h));
  ++got_here;
  TRY(even(2));
  return std::to_string(q);
}
Result<std::unique_ptr<int>> owned(int n) {
  if (n < 0) return fail(Fault::missing, "none");
  return std::make_unique<int>(n);
}
Result<int> through(int n) {
  const std::unique_ptr<int> p = TRY(owned(n));
  return *p;
}

Result<int> nested(int n) {
  const int q = TRY(half(TRY(half(n))));
  return q;
}

struct Counted {
  explicit Counted(int& n) : n_(n) { ++n_; }
  ~Counted() { --n_; }
  Counted(const Counted&) = delete;
  int& n_;
};
Result<> leave(int& alive) {
  const Counted a(alive);
  const Counted b(alive);
  TRY(half(1));
  return {};
}

}  // namespace

TEST_CASE("TRY gives the value, or leaves with the whole error") {
  int steps = 0;
  CHECK(quarter(8, steps).value() == "2");
  CHECK(steps == 2);
  steps = 0;
  const auto failed = quarter(6, steps);
  CHECK(steps == 1);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().fault == Fault::invalid);
  CHECK(failed.error().what == "odd");
  CHECK(failed.error().code == "half.odd");
}

TEST_CASE("one TRY may stand inside another") {
  CHECK(nested(8).value() == 2);
  CHECK(nested(6).error().fault == Fault::invalid);
  CHECK(nested(3).error().fault == Fault::invalid);
}

TEST_CASE("TRY evaluates once, takes what can only be moved, and destroys what was built") {
  int calls = 0;
  const auto once = [&]() -> Result<int> {
    const auto count = [&]() -> Result<int> { return ++calls; };
    const int n = TRY(count());
    return n;
  };
  CHECK(once().value() == 1);
  CHECK(calls == 1);
  CHECK(through(7).value() == 7);
  CHECK(through(-1).error().fault == Fault::missing);
  int alive = 0;
  CHECK_FALSE(leave(alive));
  CHECK(alive == 0);
}
