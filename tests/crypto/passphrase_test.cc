#include "crypto/passphrase.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "tests/crypto/cheap.h"
#include "tests/crypto/cut.h"

using namespace yz;
using namespace yz::crypto;

namespace {

Slot cheap(SlotKind kind, std::string_view name, std::string_view passphrase, ByteView secret) {
  return lock_slot(kind, name, view(passphrase), secret, kCheapCost);
}
/// A slot of real shape and a cost of one's choice; its ciphertext opens with nothing.
Bytes with_cost(std::uint32_t memory_kib, std::uint32_t passes) {
  Writer w;
  w.raw(view("YZK1")).u8(1).u8(1).str16("n").u8(1).u32(memory_kib).u32(passes).zeros(16 + 24).u16(80).zeros(80);
  return w.take();
}
Bytes with(std::uint8_t suite, std::uint8_t kind, std::string_view name, std::uint8_t kdf, std::uint32_t cost,
           std::uint8_t salt, std::uint16_t length) {
  Writer w;
  w.raw(view("YZK1")).u8(suite).u8(kind).str16(name).u8(kdf).u32(cost).u32(cost == 0 ? 0 : 3);
  w.raw(Bytes(16, salt)).zeros(24).u16(length).zeros(length);
  return w.take();
}

}  // namespace

TEST_CASE("a slot opens with its own passphrase only") {
  const Bytes secret(64, 7);
  const Slot slot = cheap(SlotKind::officer, "张三", "correct horse", secret);
  CHECK(slot.kind == SlotKind::officer);
  CHECK(slot.name == "张三");
  const Slot back = parse_slot(slot.bytes).value();
  CHECK(back.kind == slot.kind);
  CHECK(back.name == slot.name);
  CHECK(back.bytes == slot.bytes);
  CHECK(same(open_slot(back, view("correct horse")).value().expose(), secret));
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"})
    CHECK(open_slot(back, view(wrong)).error().fault == Fault::denied);
  CHECK(cheap(SlotKind::officer, "张三", "correct horse", secret).bytes != slot.bytes);
}

TEST_CASE("a slot carries secrets of 32 to 96 bytes and an empty passphrase is one like any other") {
  for (const std::size_t n : {32u, 64u, 96u}) {
    const Bytes secret(n, 9);
    const Slot slot = cheap(SlotKind::key_file, "", "", secret);
    CHECK(same(open_slot(slot, {}).value().expose(), secret));
    CHECK(open_slot(slot, view("x")).error().fault == Fault::denied);
  }
}

TEST_CASE("a slot at the floor opens, and one below it or above the ceiling is refused unread") {
  const Bytes secret(32, 1);
  const Slot real = lock_slot(SlotKind::recovery, "", view("p"), secret, kCostFloor);
  CHECK(same(open_slot(parse_slot(real.bytes).value(), view("p")).value().expose(), secret));
  CHECK(parse_slot(with_cost(64 * 1024, 3)));
  CHECK(parse_slot(with_cost(128 * 1024, 3)));
  CHECK(parse_slot(with_cost(512 * 1024, 6)));
  const std::pair<std::uint32_t, std::uint32_t> bad[] = {{64 * 1024 - 1, 3},
                                                         {64 * 1024, 2},
                                                         {64 * 1024, 0},
                                                         {0, 0},
                                                         {8, 3},
                                                         {9, 1},
                                                         {512 * 1024 + 1, 3},
                                                         {512 * 1024, 7},
                                                         {UINT32_MAX, 3},
                                                         {UINT32_MAX, UINT32_MAX},
                                                         {64 * 1024, UINT32_MAX}};
  for (const auto& [memory, passes] : bad) {
    CAPTURE(memory);
    CAPTURE(passes);
    const Bytes b = with_cost(memory, passes);
    CHECK(parse_slot(b).error().fault == Fault::corrupt);
    CHECK(open_slot(Slot{SlotKind::officer, "n", b}, view("p")).error().fault == Fault::corrupt);
  }
}

TEST_CASE("a slot of the cheap cost is refused until allow_cheap is called") { CHECK(cheap_was_refused_at_first); }

TEST_CASE("lowering the stated cost of a slot does not make it open") {
  const Bytes secret(32, 1);
  const Slot slot = cheap(SlotKind::recovery, "", "p", secret);
  Bytes changed = slot.bytes;
  const std::size_t memory_at = 4 + 1 + 1 + 2 + 1;
  changed[memory_at + 1] = 1;  // 65,544 KiB: within bounds with three passes
  changed[memory_at + 7] = 3;
  REQUIRE(parse_slot(changed));
  CHECK(open_slot(parse_slot(changed).value(), view("p")).error().fault == Fault::denied);
}

TEST_CASE("a slot cut, lengthened or changed anywhere never opens") {
  const Bytes secret(32, 1);
  const Slot slot = lock_slot_with_key(SlotKind::authority, "authority", Key::from(Bytes(32, 3)).value(), secret);
  const Key key = Key::from(Bytes(32, 3)).value();
  for (std::size_t n = 0; n < slot.bytes.size(); ++n)
    CHECK(parse_slot(ByteView(slot.bytes).first(n)).error().fault == Fault::corrupt);
  Bytes longer = slot.bytes;
  longer.push_back(0);
  CHECK(parse_slot(longer).error().fault == Fault::corrupt);
  for (std::size_t bit = 0; bit < slot.bytes.size() * 8; ++bit) {
    Bytes changed = slot.bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    const auto parsed = parse_slot(changed);
    if (!parsed) {
      CHECK(parsed.error().fault == Fault::corrupt);
    } else {
      CHECK(parsed->bytes == changed);
      CHECK_FALSE(open_slot_with_key(*parsed, key));
    }
  }
}

TEST_CASE("a slot that breaks a rule of the table is refused") {
  CHECK(parse_slot(with(1, 1, "n", 1, 65536, 5, 80)));
  CHECK(parse_slot(with(1, 4, "n", 0, 0, 0, 48)));
  const Bytes bad[] = {
      with(2, 1, "n", 1, 65536, 5, 80),                    // suite
      with(0, 1, "n", 1, 65536, 5, 80),                    // suite
      with(1, 0, "n", 1, 65536, 5, 80),                    // kind
      with(1, 5, "n", 1, 65536, 5, 80),                    // kind
      with(1, 1, "a\nb", 1, 65536, 5, 80),                 // control character
      with(1, 1, "\xff", 1, 65536, 5, 80),                 // not UTF-8
      with(1, 1, std::string(201, 'n'), 1, 65536, 5, 80),  // long name
      with(1, 1, "n", 0, 0, 0, 80),                        // officer without a hash
      with(1, 4, "n", 1, 65536, 5, 48),                    // authority with one
      with(1, 1, "n", 2, 65536, 5, 80),                    // unknown hash
      with(1, 4, "n", 0, 65536, 0, 48),                    // a cost where there is none
      with(1, 4, "n", 0, 0, 1, 48),                        // a salt where there is none
      with(1, 1, "n", 1, 65536, 5, 47),                    // secret too short
      with(1, 1, "n", 1, 65536, 5, 113),                   // secret too long
      with(1, 1, "n", 1, 65536, 5, 0),
  };
  for (const Bytes& b : bad) CHECK(parse_slot(b).error().fault == Fault::corrupt);
  CHECK(parse_slot({}).error().fault == Fault::corrupt);
}

TEST_CASE("an authority slot opens with its key only, and never with a passphrase") {
  const Key key = Key::random();
  const Bytes seed(32, 4);
  const Slot slot = lock_slot_with_key(SlotKind::authority, "authority", key, seed);
  CHECK(same(open_slot_with_key(parse_slot(slot.bytes).value(), key).value().expose(), seed));
  CHECK(open_slot_with_key(slot, Key::random()).error().fault == Fault::denied);
  CHECK(open_slot(slot, key.expose()).error().fault == Fault::denied);
  CHECK(open_slot_with_key(cheap(SlotKind::officer, "", "p", seed), key).error().fault == Fault::denied);
}

TEST_CASE("a slot under another name or kind does not open: both are bound to the secret") {
  const Bytes secret(32, 1);
  const Slot slot = cheap(SlotKind::recovery, "ab", "p", secret);
  Bytes kind = slot.bytes, name = slot.bytes;
  kind[5] = static_cast<std::uint8_t>(SlotKind::key_file);
  name[8] = 'x';
  CHECK(open_slot(parse_slot(kind).value(), view("p")).error().fault == Fault::denied);
  CHECK(open_slot(parse_slot(name).value(), view("p")).error().fault == Fault::denied);
}
