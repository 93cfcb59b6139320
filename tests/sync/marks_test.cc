#include "sync/marks.h"

#include <doctest/doctest.h>

using namespace yz;
using namespace yz::sync;

namespace {

Mark mark(std::uint64_t number, std::uint8_t told = 1) {
  Mark m;
  m.number = number;
  m.told.bytes.fill(told);
  return m;
}

}  // namespace

TEST_CASE("only what was heard is built on: one of the last few marks, under the words that it stood for") {
  Heard h;
  h.take(mark(3), mark(4));
  CHECK(h.now() == Mark{});
  h.take({}, mark(3));
  h.take(mark(3), mark(5));
  CHECK(h.now() == mark(5));
  h.take(mark(3), mark(7));  // whoever missed our last answer
  CHECK(h.now() == mark(7));
  h.take(mark(3), mark(6));  // overtaken
  CHECK(h.now() == mark(7));
  h.take(mark(4), mark(9));  // a number that was never a mark
  h.take(mark(7, 2), mark(9, 2));
  h.take(mark(7), mark(7));
  CHECK(h.now() == mark(7));
  h.take({}, mark(2, 2));  // the whole tale of an older store
  CHECK(h.now() == mark(2, 2));
  h.take(mark(3), mark(8));
  CHECK(h.now() == mark(2, 2));
  h.forget();
  CHECK(h.now() == Mark{});
}

TEST_CASE("a whole tale that was heard before keeps the marks before it, and one of nothing says nothing") {
  Heard h;
  h.take({}, mark(3));
  h.take(mark(3), mark(5));
  h.take({}, mark(5));
  h.take({}, {});
  h.take(mark(3), mark(6));
  CHECK(h.now() == mark(6));
}

TEST_CASE("who builds on an older mark is shown the newest, until it builds on that") {
  Heard h;
  h.take({}, mark(3));
  h.take(mark(3), mark(5));
  h.take(mark(3), mark(7, 2));  // another history since 3, or a neighbour that missed one answer
  CHECK(h.now() == mark(7, 2));
  CHECK(h.shown() == mark(5));
  h.take(mark(7, 2), mark(8, 2));  // sent before it saw that
  CHECK(h.shown() == mark(5));
  h.take(mark(5), mark(9, 2));
  CHECK(h.shown() == mark(9, 2));
}

TEST_CASE("who says everything again is shown what was heard before, until it builds on that") {
  Heard h;
  h.take({}, mark(3));
  CHECK(h.shown() == mark(3));
  h.take(mark(3), mark(5));
  h.take({}, mark(4, 2));  // another history, or a neighbour that missed every answer
  CHECK(h.now() == mark(4, 2));
  CHECK(h.shown() == mark(5));
  CHECK(Heard::decode(h.encode())->shown() == mark(5));
  SUBCASE("it had said it: it goes on from there") {
    h.take(mark(5), mark(6));
    CHECK(h.shown() == mark(6));
    CHECK(h.now() == mark(6));
  }
  SUBCASE("nor has it anything to add") {
    h.take(mark(5), mark(5));
    CHECK(h.shown() == h.now());
  }
  SUBCASE("it is another store, and says so") {
    h.forget();
    CHECK(h.shown() == Mark{});
  }
  SUBCASE("it cannot say what it was: not for ever") {
    for (std::uint64_t i = 0; i < Heard::kDoubts; ++i) {
      CHECK(h.shown() == mark(5));
      h.take({}, mark(10 + i, 2));
      CHECK(Heard::decode(h.encode())->encode() == h.encode());
    }
    CHECK(h.shown() == mark(9 + Heard::kDoubts, 2));
  }
}

TEST_CASE("the oldest marks go, and what is kept comes back as it was") {
  Heard h;
  h.take({}, mark(1));
  for (std::uint64_t n = 1; n < 20; ++n) h.take(mark(n), mark(n + 1));
  const Bytes kept = h.encode();
  CHECK(kept.size() == 16 * Heard::kKept);
  auto again = Heard::decode(kept);
  REQUIRE(again);
  CHECK(again->now() == mark(20));
  again->take(mark(12), mark(30));  // gone
  CHECK(again->now() == mark(20));
  again->take(mark(13), mark(30));
  CHECK(again->now() == mark(30));
  CHECK(Heard::decode({})->now() == Mark{});
}

TEST_CASE("stored marks that are cut, doubled, too many or out of order are damage") {
  Heard h;
  h.take({}, mark(1));
  h.take(mark(1), mark(2));
  const Bytes good = h.encode();
  for (std::size_t n = 1; n < good.size(); ++n)
    if (n % 16 != 0) CHECK_FALSE(Heard::decode(ByteView(good).first(n)));
  Bytes doubled = good;
  doubled.insert(doubled.end(), good.begin(), good.end());
  CHECK_FALSE(Heard::decode(doubled));
  Bytes many;
  for (std::uint64_t i = 1; i <= Heard::kKept + 1; ++i) {
    Writer w;
    w.u64(i).zeros(8);
    many.insert(many.end(), w.view().begin(), w.view().end());
  }
  CHECK_FALSE(Heard::decode(many));
  CHECK(Heard::decode(ByteView(many).first(16 * Heard::kKept)));
}
