#include "crypto/seal.h"

#include <doctest/doctest.h>

#include "tests/crypto/cut.h"

using namespace yz;
using namespace yz::crypto;

namespace {

bool equal(const Key& a, const Key& b) { return same(a.expose(), b.expose()); }
const Hash kHeader = hash(purpose::header, {view("header")});

}  // namespace

TEST_CASE("a wrap opens for its reader and header only") {
  const BoxKey reader = BoxKey::random(), stranger = BoxKey::random();
  const Key cek = Key::random();
  const Bytes w = wrap(cek, kHeader, reader.public_key());
  CHECK(w.size() == kWrapSize);
  CHECK(equal(unwrap(w, kHeader, reader).value(), cek));
  CHECK(equal(unwrap(w, kHeader, reader.clone()).value(), cek));
  CHECK(unwrap(w, kHeader, stranger).error().fault == Fault::missing);
  CHECK(unwrap(w, hash(purpose::header, {view("another")}), reader).error().fault == Fault::forged);
  CHECK(w != wrap(cek, kHeader, reader.public_key()));
}

TEST_CASE("a wrap of any other length, or with any bit flipped, is refused") {
  const BoxKey reader = BoxKey::random();
  const Bytes w = wrap(Key::random(), kHeader, reader.public_key());
  for (std::size_t n = 0; n < 2 * kWrapSize; ++n) {
    if (n == kWrapSize) continue;
    Bytes other = w;
    other.resize(n);
    CHECK(unwrap(other, kHeader, reader).error().fault == Fault::forged);
  }
  for (std::size_t bit = 0; bit < kWrapSize * 8; ++bit) {
    CAPTURE(bit);
    // X25519 ignores the top bit of the ephemeral key, but the nonce covers it.
    Bytes changed = w;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1 << bit % 8);
    CHECK(unwrap(changed, kHeader, reader).error().fault == Fault::missing);
  }
}

TEST_CASE("a wrap for a key of small order opens for nobody") {
  const Bytes w = wrap(Key::random(), kHeader, BoxPublic{});
  CHECK(w.size() == kWrapSize);
  CHECK_FALSE(unwrap(w, kHeader, BoxKey::random()));
}

TEST_CASE("sealed bytes open under the same key and associated data, and no others") {
  const Key key = Key::random();
  for (const std::size_t n : {0u, 1u, 15u, 64u, 5000u}) {
    const Bytes plain(n, 0x5a);
    const Bytes sealed = aead_seal(key, plain, view("head"));
    CHECK(sealed.size() == kNonceSize + n + kTagSize);
    CHECK(aead_open(key, sealed, view("head")).value() == plain);
    CHECK(aead_open(key, sealed, view("heat")).error().fault == Fault::forged);
    CHECK(aead_open(key, sealed, {}).error().fault == Fault::forged);
    CHECK(aead_open(Key::random(), sealed, view("head")).error().fault == Fault::forged);
    CHECK(sealed != aead_seal(key, plain, view("head")));
  }
}

TEST_CASE("sealed bytes cut, lengthened or flipped anywhere are refused") {
  const Key key = Key::random();
  refuses_every_change(aead_seal(key, view("a short report"), view("head")), Fault::forged,
                       [&](ByteView b) { return aead_open(key, b, view("head")); });
  const Bytes nonce(kNonceSize);
  CHECK_FALSE(aead_open_with(key, ByteView(nonce).first(23), Bytes(16), {}));
  CHECK_FALSE(aead_open_with(key, nonce, Bytes(15), {}));
}

TEST_CASE("padding costs at most 3.2 percent from 4 KiB on, 256 bytes below, and never shrinks") {
  std::size_t before = 0;
  for (std::size_t content = 0; content < 70000; ++content) {
    const std::size_t n = content + 1, size = padded_size(content, 0);
    REQUIRE(size >= n);
    REQUIRE(size >= before);
    if (n < 4096) {
      REQUIRE(size % 256 == 0);
      REQUIRE(size - n < 256);
    } else {
      REQUIRE(static_cast<double>(size - n) / static_cast<double>(n) < 0.032);
    }
    before = size;
  }
  for (std::size_t content = 70000; content < (std::size_t{1} << 40); content = content * 3 / 2 + 7) {
    const std::size_t size = padded_size(content, 0);
    CHECK(size > content);
    CHECK(static_cast<double>(size - content - 1) / static_cast<double>(content) < 0.032);
    CHECK(padded_size(size - 1, 0) == size);  // a bucket's last content stays in the bucket
  }
}

TEST_CASE("padding reaches the least size that is asked for") {
  for (std::size_t content = 0; content < 3000; content += 13)
    for (const std::size_t least : {0u, 1u, 1000u, 1024u, 2048u, 5000u}) {
      CHECK(padded_size(content, least) >= least);
      CHECK(padded_size(content, least) >= padded_size(content, 0));
    }
  CHECK(padded_size(0, 1024) == 1024);
  CHECK(padded_size(1023, 1024) == 1024);
  CHECK(padded_size(1024, 1024) == 1280);
}

TEST_CASE("what was padded is unpadded to the same bytes, even when it ends like padding") {
  for (std::size_t n = 0; n < 600; ++n)
    for (const int last : {0x00, 0x80, 0x01}) {
      Bytes b(n, static_cast<std::uint8_t>(last));
      const Bytes content = b;
      pad(b, 0);
      REQUIRE(b.size() == padded_size(n, 0));
      const ByteView back = unpad(b).value();
      REQUIRE(std::equal(back.begin(), back.end(), content.begin(), content.end()));
    }
}

TEST_CASE("bytes without a proper end mark are not unpadded") {
  for (const Bytes& b :
       {Bytes{}, Bytes{0}, Bytes(4096), Bytes{1}, Bytes{0x80, 1}, Bytes{0x80, 0, 0, 1, 0}, Bytes{0x81, 0}})
    CHECK(unpad(b).error().fault == Fault::forged);
  CHECK(unpad(Bytes{0x80}).value().empty());
  const Bytes nested{0x80, 0x80, 0, 0};
  CHECK(unpad(nested).value().size() == 1);
}

TEST_CASE("derived keys differ by parent, number and context, and come out the same each time") {
  const Key a = Key::random(), b = Key::random();
  CHECK(equal(derive(a, 1, "YZtest__"), derive(a, 1, "YZtest__")));
  CHECK_FALSE(equal(derive(a, 1, "YZtest__"), derive(a, 2, "YZtest__")));
  CHECK_FALSE(equal(derive(a, 1, "YZtest__"), derive(a, 1, "YZother_")));
  CHECK_FALSE(equal(derive(a, 1, "YZtest__"), derive(b, 1, "YZtest__")));
}
