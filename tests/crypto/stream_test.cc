#include "crypto/stream.h"

#include <doctest/doctest.h>

#include "crypto/random.h"

using namespace yz;
using namespace yz::crypto;

namespace {

struct Pieces {
  Key key = Key::random();
  Bytes header;
  std::vector<Bytes> sealed;
  Pieces() {
    StreamSealer s(key);
    header.assign(s.header().begin(), s.header().end());
    sealed = {s.seal(view("first"), false), s.seal(view("second"), false), s.seal({}, true)};
  }
};

}  // namespace

TEST_CASE("what was sealed piece by piece opens in its order, and the last piece says so") {
  const Pieces p;
  auto o = StreamOpener::open(p.key, p.header).value();
  CHECK(text(o.next(p.sealed[0]).value().plain) == "first");
  const auto second = o.next(p.sealed[1]).value();
  CHECK(text(second.plain) == "second");
  CHECK_FALSE(second.last);
  const auto third = o.next(p.sealed[2]).value();
  CHECK(third.plain.empty());
  CHECK(third.last);
}

TEST_CASE("a piece that was changed, cut, left out or moved does not open") {
  const Pieces p;
  for (std::size_t n = 0; n < p.sealed[0].size(); ++n) {
    Bytes changed = p.sealed[0];
    changed[n] ^= 1;
    auto o = StreamOpener::open(p.key, p.header).value();
    CHECK(o.next(changed).error().fault == Fault::forged);
    o = StreamOpener::open(p.key, p.header).value();
    CHECK(o.next(ByteView(p.sealed[0]).first(n)).error().fault == Fault::forged);
  }
  auto o = StreamOpener::open(p.key, p.header).value();
  CHECK_FALSE(o.next(p.sealed[1]));
  o = StreamOpener::open(p.key, p.header).value();
  REQUIRE(o.next(p.sealed[0]));
  CHECK_FALSE(o.next(p.sealed[0]));
}

TEST_CASE("another key or a header of another length opens nothing") {
  const Pieces p;
  auto o = StreamOpener::open(Key::random(), p.header).value();
  CHECK_FALSE(o.next(p.sealed[0]));
  CHECK_FALSE(StreamOpener::open(p.key, ByteView(p.header).first(23)));
}
