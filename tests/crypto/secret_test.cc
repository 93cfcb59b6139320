#include "crypto/secret.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace yz;
using namespace yz::crypto;

namespace {

template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};
template <class T>
concept Printable = requires(std::ostream& out, const T& a) {
  out << a;
};

static_assert(!std::is_copy_constructible_v<Key> && !std::is_copy_assignable_v<Key>);
static_assert(std::is_nothrow_move_constructible_v<Key> && std::is_nothrow_move_assignable_v<Key>);
static_assert(!std::is_default_constructible_v<Key>);
static_assert(!Comparable<Key> && !Printable<Key>);
static_assert(!std::is_convertible_v<Key, ByteView>);
static_assert(!std::is_copy_constructible_v<SecretText> && !std::is_copy_assignable_v<SecretText>);
static_assert(!Comparable<SecretText> && !Printable<SecretText>);

}  // namespace

TEST_CASE("a secret is made from exactly its length") {
  CHECK(Key::from(Bytes(32)));
  for (const std::size_t n : {0u, 31u, 33u}) CHECK(Key::from(Bytes(n)).error().fault == Fault::corrupt);
}

TEST_CASE("a clone is the same bytes on another page, and two random secrets differ") {
  const Key a = Key::random(), b = a.clone(), c = Key::random();
  CHECK(a.expose().data() != b.expose().data());
  CHECK(std::equal(a.expose().begin(), a.expose().end(), b.expose().begin()));
  CHECK_FALSE(std::equal(a.expose().begin(), a.expose().end(), c.expose().begin()));
}

TEST_CASE("a secret text keeps its bytes, and is empty after a move") {
  SecretText a(view("correct horse"));
  CHECK(text(a.expose()) == "correct horse");
  SecretText b = std::move(a);
  CHECK(a.expose().empty());  // NOLINT: that is the promise
  CHECK(text(b.expose()) == "correct horse");
  CHECK(text(b.clone().expose()) == "correct horse");
  SecretText empty{ByteView{}};
  CHECK(empty.expose().empty());
  empty = std::move(b);
  CHECK(text(empty.expose()) == "correct horse");
  CHECK(b.expose().empty());  // NOLINT
}

TEST_CASE("start may be called again") {
  start();
  start();
}
