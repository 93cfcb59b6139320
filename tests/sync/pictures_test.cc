#include "sync/pictures.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;

namespace {

Envelope envelope(std::size_t text_bytes, std::uint64_t seed = 1) {
  const fake::ScriptedRandom random(seed);
  crypto::Keyring keys{crypto::SigningKey::random(), crypto::BoxKey::random(), {}};
  EnvelopeHead h;
  h.stream.lane = Lane::flash;
  h.seq.value = 1;
  const std::vector<Item> items{{Item::Kind::record, fake::Dice(seed).bytes(text_bytes)}};
  const std::vector<BoxPublic> readers{crypto::BoxKey::random().public_key()};
  return seal(h, items, readers, keys, 9, true).value();
}

}  // namespace

TEST_CASE("scanned in any order, twice and among others, the pictures give the envelope's bytes") {
  const Envelope a = envelope(3000), b = envelope(900, 2);
  auto lines = pictures_of(a).value();
  for (const auto& l : lines) {
    CHECK(l.size() <= 667);  // what a QR code of version 14, level L, holds
    CHECK(l.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string::npos);
  }
  const auto others = pictures_of(b).value();
  std::ranges::reverse(lines);
  PictureBoard board;
  CHECK(board.add(others[0]));
  for (const auto& l : lines) CHECK(board.add(l));
  for (const auto& l : lines) CHECK(board.add(l));
  REQUIRE(board.whole().size() == 1);
  CHECK(board.whole()[0] == a.bytes);
  REQUIRE(board.missing().size() == 1);
  CHECK(board.missing()[0].pictures.size() == others.size() - 1);
  CHECK(board.missing()[0].pictures[0] == 2);
}

TEST_CASE("a picture's text that was cut or misread is no picture") {
  const auto lines = pictures_of(envelope(500)).value();
  const std::string good = lines.back();
  CHECK(decode_picture(good));
  for (std::size_t n = 0; n < good.size(); ++n) {
    CHECK_FALSE(decode_picture(good.substr(0, n)));
    std::string changed = good;
    changed[n] = changed[n] == 'Q' ? 'R' : 'Q';
    CHECK_FALSE(decode_picture(changed));
  }
  CHECK_FALSE(decode_picture(good + "A"));
  CHECK_FALSE(decode_picture(std::string(100'000, 'A')));
  CHECK_FALSE(decode_picture("YZQ1"));
}

TEST_CASE("pieces that belong to no envelope give none, and groups are bounded") {
  PictureBoard board;
  for (std::uint8_t n = 0; n < 2 * PictureBoard::kGroupsMost; ++n) {
    Envelope e;
    e.bytes = Bytes(300, n);
    e.hash.bytes.fill(n);
    CHECK(board.add(pictures_of(e).value()[0]) == (n < PictureBoard::kGroupsMost));
  }
  CHECK(board.whole().empty());
  CHECK(board.missing().empty());
}

TEST_CASE("an envelope beyond 255 pictures goes another way") {
  Envelope e;
  e.bytes = Bytes(kPictureBytes * kPicturesMost);
  CHECK(pictures_of(e).value().size() == 255);
  e.bytes.push_back(0);
  CHECK(pictures_of(e).error().code == "picture.long");
}
