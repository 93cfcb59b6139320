#include "sync/codec.h"

#include <doctest/doctest.h>

#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;

TEST_CASE("what was squeezed expands to itself, at every level and length") {
  Dice d(1);
  for (const std::size_t n : {0u, 1u, 5u, 100u, 4096u, 70'000u})
    for (const int level : {1, 9, 19}) {
      Bytes random = d.bytes(n), text(n, 'a');
      for (const Bytes& plain : {random, text}) {
        const Bytes packed = squeeze(plain, level);
        const auto back = expand(packed, n);
        REQUIRE(back);
        CHECK(*back == plain);
        CHECK(packed.size() <= plain.size() + 5);  // never longer than the bytes themselves
        if (n > 0) CHECK_FALSE(expand(packed, n - 1));
      }
      if (n >= 100) CHECK(squeeze(text, level)[0] == 1);
      CHECK(squeeze(random, level)[0] == 0);
    }
}

TEST_CASE(
    "squeezed bytes that are cut, changed or followed by more are refused or give something of the stated length") {
  Bytes plain;
  Dice d(2);
  for (int i = 0; i < 40; ++i) {
    const Bytes word(view("应急值班 ").begin(), view("应急值班 ").end());
    plain.insert(plain.end(), word.begin(), word.end());
    plain.push_back(static_cast<std::uint8_t>(d.next()));
  }
  for (const Bytes& packed : {squeeze(plain, 9), squeeze(d.bytes(80), 9)}) {
    for (std::size_t n = 0; n < packed.size(); ++n) {
      const Bytes cut(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK_FALSE(expand(cut, 100'000));
    }
    for (std::size_t n = 0; n < packed.size(); ++n)
      for (const int mask : {1, 0x80, 0xff}) {
        Bytes changed = packed;
        changed[n] = static_cast<std::uint8_t>(changed[n] ^ mask);
        const auto r = expand(changed, 100'000);
        if (r) CHECK(r->size() == Reader(ByteView(changed).subspan(1)).u32());
      }
    Bytes longer = packed;
    longer.push_back(0);
    CHECK_FALSE(expand(longer, 100'000));
  }
}

TEST_CASE("a bomb is refused by its stated length, and a lie about the length too") {
  const Bytes bomb = squeeze(Bytes(1 << 20, 0), 19);
  CHECK(bomb.size() < 2000);
  CHECK_FALSE(expand(bomb, (1 << 20) - 1));
  Bytes liar = bomb;
  std::copy_n("\0\0\x10\0", 4, liar.begin() + 1);  // says 4096
  CHECK_FALSE(expand(liar, 1 << 20));
  std::copy_n("\xff\xff\xff\xff", 4, liar.begin() + 1);
  CHECK_FALSE(expand(liar, 1 << 20));
  Bytes unknown = bomb;
  unknown[0] = 2;
  CHECK_FALSE(expand(unknown, 1 << 20));
}

TEST_CASE("only one frame is content: frames one after the other, and frames that decoders skip, are refused") {
  const Bytes half = squeeze(Bytes(300, 'x'), 9);
  Bytes twice = half;
  twice.insert(twice.end(), half.begin() + 5, half.end());
  std::copy_n("\0\0\x02\x58", 4, twice.begin() + 1);  // 600
  CHECK_FALSE(expand(twice, 1000));
  Bytes hidden = half;
  const Bytes skippable = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 'h', 'i', 'd', 'e'};
  hidden.insert(hidden.end(), skippable.begin(), skippable.end());
  CHECK_FALSE(expand(hidden, 1000));
}
