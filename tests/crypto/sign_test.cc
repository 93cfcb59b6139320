#include "crypto/sign.h"

#include <doctest/doctest.h>

using namespace yz;
using namespace yz::crypto;

namespace {

static_assert(!std::is_copy_constructible_v<SigningKey> && std::is_move_constructible_v<SigningKey>);

const Context kAll[] = {context::root,      context::cert,     context::record,  context::envelope,
                        context::statement, context::exchange, context::answer,  context::chunk,
                        context::join,      context::bundle,   context::evidence};

}  // namespace

TEST_CASE("a signature holds for its own key, context and bytes only") {
  const SigningKey key = SigningKey::random(), other = SigningKey::random();
  for (const Context c : kAll) {
    CHECK(c.name.size() <= 32);
    const Signature s = key.sign(c, {view("abc")});
    CHECK(verify(key.public_key(), s, c, {view("abc")}));
    CHECK(verify(key.public_key(), s, c, {view("a"), view("bc")}));
    CHECK_FALSE(verify(other.public_key(), s, c, {view("abc")}));
    CHECK_FALSE(verify(key.public_key(), s, c, {view("abd")}));
    CHECK_FALSE(verify(key.public_key(), s, c, {}));
    for (const Context d : kAll)
      if (c.name != d.name) CHECK_FALSE(verify(key.public_key(), s, d, {view("abc")}));
  }
}

TEST_CASE("every flipped bit of a signature or key is noticed") {
  const SigningKey key = SigningKey::random();
  const Signature s = key.sign(context::record, {view("abc")});
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature changed = s;
    changed.bytes[bit / 8] = static_cast<std::uint8_t>(changed.bytes[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(verify(key.public_key(), changed, context::record, {view("abc")}));
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    PublicKey changed = key.public_key();
    changed.bytes[bit / 8] = static_cast<std::uint8_t>(changed.bytes[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(verify(changed, s, context::record, {view("abc")}));
  }
}

TEST_CASE("keys of small order verify nothing, not even the signature made to fit") {
  // The neutral element as key and R, S = 0: fits any message for a verifier that does not look.
  PublicKey one;
  one.bytes[0] = 1;
  Signature s;
  s.bytes[0] = 1;
  CHECK_FALSE(verify(one, s, context::record, {view("abc")}));
  CHECK_FALSE(verify(PublicKey{}, Signature{}, context::record, {view("abc")}));
  PublicKey over;  // p itself: zero written in a second way
  over.bytes.fill(0xff);
  over.bytes[0] = 0xed;
  over.bytes[31] = 0x7f;
  CHECK_FALSE(verify(over, s, context::record, {view("abc")}));
}

TEST_CASE("a signature whose S has the group order added is refused") {
  const SigningKey key = SigningKey::random();
  Signature s = key.sign(context::record, {view("abc")});
  const Bytes order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += s.bytes[32 + i] + order[i];
    s.bytes[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  CHECK_FALSE(verify(key.public_key(), s, context::record, {view("abc")}));
}

TEST_CASE("a key comes back from its seed, and a clone signs the same") {
  const SigningKey key = SigningKey::random();
  CHECK(SigningKey::from_seed(key.seed()).public_key() == key.public_key());
  CHECK(key.clone().sign(context::join, {view("x")}) == key.sign(context::join, {view("x")}));
}
