#include "crypto/bytes.h"

#include <doctest/doctest.h>
#include <sodium.h>

using namespace yz;

namespace {

Bytes random_bytes(std::size_t n) {
  Bytes b(n);
  if (n > 0) randombytes_buf(b.data(), n);
  return b;
}

}  // namespace

TEST_CASE("hex and base32 give back what they were given, in either case") {
  for (std::size_t n = 0; n < 300; ++n) {
    CAPTURE(n);
    const Bytes b = random_bytes(n);
    std::string h = hex(b), s = base32(b);
    CHECK(h.size() == 2 * n);
    CHECK(s.size() == (8 * n + 4) / 5);
    CHECK(from_hex(h).value() == b);
    CHECK(from_base32(s).value() == b);
    for (char& c : h) c = static_cast<char>(std::toupper(c));
    for (char& c : s) c = static_cast<char>(std::toupper(c));
    CHECK(from_hex(h).value() == b);
    CHECK(from_base32(s).value() == b);
  }
}

TEST_CASE("hex refuses odd lengths and foreign characters") {
  for (const char* s : {"0", "abc", "0g", "g0", " 00", "0x", "00 ", "0\xc3"}) {
    CAPTURE(s);
    REQUIRE_FALSE(from_hex(s));
    CHECK(from_hex(s).error().fault == Fault::invalid);
  }
  CHECK_FALSE(from_hex(std::string_view("0\0", 2)));
}

TEST_CASE("base32 has one spelling for each value") {
  for (const char* s : {"a", "abc", "abcdef", "ab", "0a", "1a", "8a", "ma=", "my======", "a a", "ae-"}) {
    CAPTURE(s);
    if (std::string_view(s) == "ab") {
      CHECK_FALSE(from_base32(s));  // "aa" is the zero byte, "ab" sets a spare bit
      continue;
    }
    REQUIRE_FALSE(from_base32(s));
    CHECK(from_base32(s).error().fault == Fault::invalid);
  }
  // Of all two-character texts, exactly those that encode a byte are accepted.
  int accepted = 0;
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
  for (const char a : letters)
    for (const char b : letters) {
      const std::string s{a, b};
      if (const auto r = from_base32(s)) {
        ++accepted;
        CHECK(base32(*r) == s);
      }
    }
  CHECK(accepted == 256);
}

TEST_CASE("numbers are written big-endian and read back") {
  Writer w;
  w.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f).zeros(2).str16("xy");
  CHECK(hex(w.view()) == "0102030405060708090a0b0c0d0e0f000000027879");
  w.patch_u32(3, 0xffffffff);
  CHECK(hex(w.view()) == "010203ffffffff08090a0b0c0d0e0f000000027879");
  const Bytes b = w.take();
  Reader r(b);
  CHECK(r.u8() == 1);
  CHECK(r.u16() == 0x0203);
  CHECK(r.u32() == 0xffffffff);
  CHECK(r.u64() == 0x08090a0b0c0d0e0f);
  r.zeros(2);
  CHECK_FALSE(r.done());
  CHECK(r.left() == 4);
  CHECK(r.str16(2) == "xy");
  CHECK(r.done());
  CHECK(r.at() == b.size());
}

TEST_CASE("a reader that went past the end stays bad and gives zeros") {
  const Bytes b{1, 2, 3};
  Reader r(b);
  CHECK(r.u32() == 0);
  CHECK_FALSE(r.ok());
  CHECK(r.u8() == 0);
  CHECK(r.raw(1).empty());
  CHECK(r.id<KeyHint>().zero());
  CHECK(r.left() == 0);
  CHECK_FALSE(r.done());
}

TEST_CASE("a reader survives absurd lengths, texts too long, and dirt where zeros belong") {
  const Bytes b{0xff, 0xff, 1, 2};
  Reader huge(b);
  CHECK(huge.raw(SIZE_MAX).empty());
  CHECK_FALSE(huge.ok());
  Reader text_past_end(b);
  CHECK(text_past_end.str16(0xffff).empty());
  CHECK_FALSE(text_past_end.ok());
  const Bytes s{0, 2, 'a', 'b'};
  Reader over(s);
  over.str16(1);
  CHECK_FALSE(over.ok());
  Reader dirty(b);
  dirty.zeros(4);
  CHECK_FALSE(dirty.ok());
  Reader spoiled(s);
  spoiled.spoil();
  CHECK_FALSE(spoiled.ok());
  Reader nothing(ByteView{});
  CHECK(nothing.done());
}

TEST_CASE("an id takes exactly its length and orders as bytes") {
  CHECK(OfficeId::from(Bytes(16, 1)));
  for (const std::size_t n : {0u, 15u, 17u, 32u}) CHECK(OfficeId::from(Bytes(n)).error().fault == Fault::forged);
  CHECK(OfficeId{}.zero());
  CHECK(OfficeId::from(Bytes(16, 0x7f)).value() < OfficeId::from(Bytes(16, 0x80)).value());
  static_assert(!std::is_convertible_v<OfficeId, NodeId>);
}

TEST_CASE("one line of text is strict UTF-8 that shows all it holds") {
  for (const char* s : {"", "a", "某县委办公室", "é ñ", "\xf0\x9f\x9a\xa8", "\xf4\x8f\xbf\xbd", "\xed\x9f\xbf",
                        "a\xe2\x80\x8d"
                        "b"})
    CHECK_MESSAGE(one_line(s), s);
  for (const char* s : {
           "\n",
           "\t",
           "a\x1b[1m",
           "\x7f",
           "\xc2\x80",
           "\xc2\x9f",  // controls
           "\xe2\x80\xa8",
           "\xe2\x80\xa9",
           "\xe2\x80\xae",
           "\xe2\x81\xa6",  // separators, turned text
           "\xe2\x80\x8f",
           "\xef\xbb\xbf",
           "\xef\xbf\xbf",  // mark, BOM, noncharacter
           "\x80",
           "\xbf",
           "\xc0\xaf",
           "\xc1\x81",
           "\xe0\x80\xaf",
           "\xf0\x80\x80\xaf",  // stray, overlong
           "\xed\xa0\x80",
           "\xf4\x90\x80\x80",
           "\xf8\x88\x80\x80\x80",
           "\xff",  // surrogate, too high
           "\xc3",
           "\xe6\x9f",
           "\xf0\x9f\x9a",
           "\xc3(",
           "\xe6(\x90",  // cut, broken
       })
    CHECK_FALSE_MESSAGE(one_line(s), hex(view(s)));
  CHECK_FALSE(one_line(std::string_view("a\0b", 3)));
}
