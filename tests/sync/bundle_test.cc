#include "sync/bundle.h"

#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/sync/hostile.h"
#include "tests/sync/ring.h"

using namespace yz;
using namespace yz::sync;

namespace {

struct Stick {
  crypto::SigningKey writer = crypto::SigningKey::random();
  crypto::Keyring reader = ring();
  BundleHead head;
  std::vector<std::pair<FrameType, Bytes>> frames;
  Bytes file;

  explicit Stick(std::vector<std::size_t> sizes) {
    head.from.bytes.fill(1);
    head.office.bytes.fill(2);
    head.to.bytes.fill(3);
    head.id.bytes.fill(4);
    head.at.value = 77;
    head.unix_ms = 1'780'900'000'000;
    head.epoch.bytes.fill(5);
    head.base = 3;
    head.mark = 9;
    head.heard = 4;
    for (std::size_t i = 0; i < sizes.size(); ++i)
      frames.emplace_back(static_cast<FrameType>(1 + i % 7), Bytes(sizes[i], static_cast<std::uint8_t>(i)));
    write();
  }
  void write() {
    file.clear();
    const std::vector<BoxPublic> to{reader.boxes[0].public_key(), crypto::BoxKey::random().public_key()};
    BundleWriter w(head, to, writer, file);
    for (const auto& [type, bytes] : frames) w.add(type, bytes, file);
    w.finish(file);
  }
  std::size_t head_size() const { return bundle_head_size(file).value(); }
};

struct Taken {
  std::vector<std::pair<FrameType, Bytes>> frames;
  bool whole = false;
  std::optional<Error> error;
};

/// As an import does: whole blocks only.
Taken take(ByteView file, std::size_t head_size, const crypto::Keyring& keys) {
  Taken t;
  auto r = BundleReader::open(file.first(head_size), keys);
  REQUIRE(r);
  for (ByteView rest = file.subspan(head_size); rest.size() >= kBundleBlock; rest = rest.subspan(kBundleBlock)) {
    if (auto added = r->add(rest.first(kBundleBlock)); !added) {
      t.error = added.error();
      break;
    }
    for (;;) {
      auto f = r->next();
      if (!f) t.error = f.error();
      if (!f || !*f) break;
      t.frames.emplace_back((*f)->type, Bytes((*f)->bytes.begin(), (*f)->bytes.end()));
    }
    if (t.error) break;
  }
  t.whole = r->whole();
  return t;
}

}  // namespace

TEST_CASE("every frame of a bundle comes out as it went in, in its order, whatever the sizes") {
  const std::size_t text = kBundleBlock - crypto::kPieceOverhead;
  for (const auto& sizes : std::vector<std::vector<std::size_t>>{{},
                                                                 {0},
                                                                 {text - 5},
                                                                 {text - 6},
                                                                 {text - 4},
                                                                 {1, 2, 3, 40'000, 0, 7},
                                                                 {limit::frame_bytes, limit::frame_bytes}}) {
    const Stick s(sizes);
    const Taken t = take(s.file, s.head_size(), s.reader);
    CHECK_FALSE(t.error);
    CHECK(t.whole);
    CHECK(t.frames == s.frames);
    CHECK((s.file.size() - s.head_size()) % kBundleBlock == 0);
  }
}

TEST_CASE("a bundle's head has one encoding, and is refused when it is cut or longer") {
  const Stick s({10});
  const Bytes head(s.file.begin(), s.file.begin() + static_cast<std::ptrdiff_t>(s.head_size()));
  const auto decoded = decode_bundle_head(head);
  REQUIRE(decoded);
  CHECK(decoded->head.from == s.head.from);
  CHECK(decoded->head.office == s.head.office);
  CHECK(decoded->head.to == s.head.to);
  CHECK(decoded->head.mark == 9);
  CHECK(verify_bundle_head(head, s.writer.public_key()));
  for (std::size_t n = 0; n < head.size(); ++n) CHECK_FALSE(decode_bundle_head(ByteView(head).first(n)));
  Bytes longer = head;
  longer.push_back(0);
  CHECK_FALSE(decode_bundle_head(longer));
  for (std::size_t n = 0; n < head.size(); ++n) {
    Bytes changed = head;
    changed[n] ^= 1;
    const auto again = decode_bundle_head(changed);
    const bool accepted = again && verify_bundle_head(changed, s.writer.public_key());
    if (accepted) CAPTURE(n);
    CHECK_FALSE(accepted);
  }
}

TEST_CASE("a bundle cut at any byte keeps the frames before the cut and never counts as whole") {
  const Stick s({100, 20'000, 30, 40});
  const std::size_t head = s.head_size();
  std::size_t most = 0;
  for (std::size_t n = head; n < s.file.size(); ++n) {
    if ((n - head) % kBundleBlock > 3 && (n - head) % kBundleBlock < kBundleBlock - 3) continue;  // whole blocks count
    const Taken t = take(ByteView(s.file).first(n), head, s.reader);
    CHECK_FALSE(t.whole);
    CHECK_FALSE(t.error);
    REQUIRE(t.frames.size() <= s.frames.size());
    CHECK(t.frames.size() >= most);
    most = t.frames.size();
    CHECK(std::equal(t.frames.begin(), t.frames.end(), s.frames.begin()));
  }
  CHECK(most == 1);
}

TEST_CASE("a changed byte is noticed in its block, and what stood before it is kept") {
  const Stick s({100, 40'000, 30});
  const std::size_t head = s.head_size();
  for (std::size_t n = head; n < s.file.size(); n += 101) {
    Bytes changed = s.file;
    changed[n] ^= 0x10;
    const Taken t = take(changed, head, s.reader);
    REQUIRE(t.error);
    CHECK(t.error->fault == Fault::forged);
    CHECK(t.error->code == "bundle.changed");
    CHECK_FALSE(t.whole);
    CHECK(t.frames.size() == (n < head + kBundleBlock ? 0 : 1));
  }
}

TEST_CASE("blocks that change places, are left out or follow the last are refused") {
  const Stick s({60'000});
  const std::size_t head = s.head_size();
  REQUIRE(s.file.size() > head + 3 * kBundleBlock);
  const auto at = [&](std::size_t block) {
    return s.file.begin() + static_cast<std::ptrdiff_t>(head + block * kBundleBlock);
  };
  Bytes swapped = s.file;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(head),
                   swapped.begin() + static_cast<std::ptrdiff_t>(head + kBundleBlock),
                   swapped.begin() + static_cast<std::ptrdiff_t>(head + kBundleBlock));
  CHECK(take(swapped, head, s.reader).error);
  Bytes without(s.file.begin(), at(1));
  without.insert(without.end(), at(2), s.file.end());
  CHECK(take(without, head, s.reader).error);
  Bytes more = s.file;
  more.insert(more.end(), at(0), at(1));
  const Taken t = take(more, head, s.reader);
  CHECK(t.frames == s.frames);
  CHECK(t.error);
}

TEST_CASE("only the reader's keys open a bundle, and wraps serve no other head") {
  Stick s({10});
  const Stick other({10});
  const std::size_t head = s.head_size();
  const auto none = BundleReader::open(ByteView(s.file).first(head), other.reader);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == "bundle.key-gone");
  // Another writer puts his own head before the wraps of this one.
  Bytes forged(s.file.begin(), s.file.begin() + static_cast<std::ptrdiff_t>(head));
  forged[60] ^= 1;
  CHECK(BundleReader::open(forged, s.reader).error().fault == Fault::forged);
}
