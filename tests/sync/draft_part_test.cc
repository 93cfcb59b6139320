#include "sync/draft_part.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/random.h"
#include "sync/limits.h"
#include "tests/sync/ring.h"

using namespace yz;
using namespace yz::sync;

namespace {

DraftWay a_way() {
  return {crypto::random_fixed<OfficeId>(), crypto::random_fixed<NodeId>(), crypto::random_fixed<NodeId>(),
          crypto::random_fixed<CaseId>(), crypto::random_fixed<DraftTag>()};
}
Bytes noise(std::size_t n) {
  Bytes b(n);
  randombytes_buf(b.data(), b.size());
  return b;
}

}  // namespace

TEST_CASE("a draft of any length arrives whole in pieces, and is read by its reader alone") {
  const crypto::Keyring reader = ring(), other = ring();
  for (const std::size_t n : {1u, 300u, 7'000u, 100'000u, 400'000u}) {
    CAPTURE(n);
    const DraftWay way = a_way();
    const Bytes plain = noise(n);
    const Bytes sealed = seal_draft(way, plain, reader.boxes.front().public_key()).value();
    Bytes joined;
    std::size_t index = 0;
    const auto parts = split_draft(way, sealed);
    for (const DraftPart& p : parts) {
      const auto back = decode_draft_part(encode(p)).value();
      CHECK(back.index == index++);
      CHECK(back.count == parts.size());
      joined.insert(joined.end(), back.piece.begin(), back.piece.end());
    }
    CHECK(open_draft(way, joined, reader).value() == plain);
    const auto wrong = open_draft(way, joined, other);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().fault == Fault::missing);
  }
}

TEST_CASE("a draft that is too long to be told is refused before anything leaves") {
  const crypto::Keyring reader = ring();
  for (const std::size_t n : {DraftPart::kSealedMost, limit::plaintext_bytes + 1}) {
    const auto sealed = seal_draft(a_way(), noise(n), reader.boxes.front().public_key());
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().fault == Fault::full);
  }
}

TEST_CASE("a sealed draft fits no other draft, machine, office or telling, and no bit of it may change") {
  const crypto::Keyring reader = ring();
  const DraftWay way = a_way();
  const Bytes sealed = seal_draft(way, noise(200), reader.boxes.front().public_key()).value();
  std::vector<DraftWay> others(5, way);
  others[0].office.bytes[0] ^= 1;
  others[1].from.bytes[0] ^= 1;
  others[2].to.bytes[0] ^= 1;
  others[3].draft.bytes[0] ^= 1;
  others[4].tag.bytes[0] ^= 1;
  for (const DraftWay& w : others) CHECK_FALSE(open_draft(w, sealed, reader));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x10;
    CHECK_FALSE(open_draft(way, changed, reader));
    CHECK_FALSE(open_draft(way, ByteView(sealed).first(i), reader));
  }
}

TEST_CASE("a piece out of form is refused") {
  DraftPart p{crypto::random_fixed<CaseId>(), crypto::random_fixed<DraftTag>(), 0, 2, Bytes(DraftPart::kPieceBytes, 1)};
  const Bytes good = encode(p);
  REQUIRE(decode_draft_part(good));
  for (std::size_t n = 0; n < good.size(); n += n < 40 ? 1 : 500)
    CHECK_FALSE(decode_draft_part(ByteView(good).first(n)));
  Bytes longer = good;
  longer.push_back(0);
  CHECK_FALSE(decode_draft_part(longer));
  for (const auto& [index, count] : {std::pair(2, 2), std::pair(0, 0), std::pair(0, 65)}) {
    Bytes wrong = good;
    wrong[32] = static_cast<std::uint8_t>(index);
    wrong[33] = static_cast<std::uint8_t>(count);
    CHECK_FALSE(decode_draft_part(wrong));
  }
}
