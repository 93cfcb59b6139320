#include <doctest/doctest.h>

#include "crypto/certificate.h"
#include "crypto/hash.h"
#include "crypto/root_proposal.h"
#include "tests/crypto/cut.h"

using namespace yz;
using namespace yz::crypto;

namespace {

SigningKey key(std::uint8_t n) { return SigningKey::from_seed(Key::from(Bytes(32, n)).value()); }

RootDocument draft(std::uint32_t version, std::uint8_t threshold, std::initializer_list<std::uint8_t> holders) {
  RootDocument d;
  d.version = version;
  d.threshold = threshold;
  d.issued_ms = 1000;
  d.top_key = key(1).public_key();
  d.top = office_id_of(d.top_key);
  for (const std::uint8_t n : holders) d.keys.push_back(key(n).public_key());
  return d;
}
Result<> sign(RootDocument& d, std::initializer_list<std::uint8_t> holders) {
  std::vector<SigningKey> keys;
  for (const std::uint8_t n : holders) keys.push_back(key(n));
  std::vector<const SigningKey*> pointers;
  for (const SigningKey& k : keys) pointers.push_back(&k);
  return d.sign(pointers);
}
RootDocument made(std::uint32_t version, std::uint8_t threshold, std::initializer_list<std::uint8_t> holders,
                  std::initializer_list<std::uint8_t> signers) {
  RootDocument d = draft(version, threshold, holders);
  REQUIRE(sign(d, signers));
  return d;
}

/// The byte table once more: writes keys and signatures in the order given, whatever it is.
Bytes raw_root(const RootDocument& d, const std::vector<std::uint8_t>& signers, std::uint8_t suite = 1,
               int key_count = -1, int sig_count = -1) {
  Writer w;
  w.raw(view("YZT1")).u8(suite).u8(d.threshold);
  w.u8(static_cast<std::uint8_t>(key_count < 0 ? static_cast<int>(d.keys.size()) : key_count)).u8(0);
  w.u32(d.version).u64(d.issued_ms).id(d.top).id(d.top_key);
  for (const PublicKey& k : d.keys) w.id(k);
  const Hash digest = hash(purpose::root, {w.view()});
  for (const std::uint8_t n : signers) w.id(key(n).public_key()).id(key(n).sign(context::root, {digest.view()}));
  Bytes b = w.take();
  b[7] = static_cast<std::uint8_t>(sig_count < 0 ? static_cast<int>(signers.size()) : sig_count);
  return b;
}
std::vector<std::uint8_t> ascending(std::vector<std::uint8_t> seeds) {
  std::sort(seeds.begin(), seeds.end(), [](auto a, auto b) { return key(a).public_key() < key(b).public_key(); });
  return seeds;
}

}  // namespace

TEST_CASE("a root document decodes to what was signed") {
  const RootDocument d = made(1, 2, {10, 11, 12}, {12, 10});
  const RootDocument e = RootDocument::decode(d.bytes).value();
  CHECK(e.version == 1);
  CHECK(e.threshold == 2);
  CHECK(e.issued_ms == 1000);
  CHECK(e.top == d.top);
  CHECK(e.top_key == d.top_key);
  CHECK(e.keys == d.keys);
  CHECK(e.signatures.size() == 2);
  CHECK(e.bytes == d.bytes);
  CHECK(e.digest == d.digest);
  CHECK(std::is_sorted(e.keys.begin(), e.keys.end()));
}

TEST_CASE("the telephone compares what is decided, whoever signed it") {
  CHECK(made(1, 2, {10, 11, 12}, {10, 11}).digest == made(1, 2, {12, 11, 10}, {11, 12}).digest);
  CHECK(made(1, 2, {10, 11, 12}, {10, 11}).digest != made(1, 1, {10, 11, 12}, {10, 11}).digest);
}

TEST_CASE("a root document cut, lengthened or flipped anywhere is refused") {
  refuses_every_change(made(1, 2, {10, 11, 12}, {10, 11}).bytes, Fault::forged, RootDocument::decode);
}

TEST_CASE("a root document that breaks a rule is refused, whoever signed it") {
  const RootDocument good = made(1, 2, {10, 11, 12}, {10, 11});
  const auto signers = ascending({10, 11});
  REQUIRE(raw_root(good, signers) == good.bytes);
  const auto refused = [](const Bytes& b) {
    const auto r = RootDocument::decode(b);
    return !r && r.error().fault == Fault::forged;
  };
  CHECK(refused(raw_root(good, signers, 2)));
  CHECK(refused(raw_root(good, signers, 0)));
  CHECK(refused(raw_root(good, {})));
  CHECK(refused(raw_root(good, {10})));                      // below the threshold
  CHECK(refused(raw_root(good, {10, 10})));                  // one key twice
  CHECK(refused(raw_root(good, {signers[1], signers[0]})));  // not ascending
  CHECK(refused(raw_root(good, ascending({10, 77, 78}))));   // strangers do not count
  CHECK(refused(raw_root(good, signers, 1, 255)));
  CHECK(refused(raw_root(good, signers, 1, 2)));
  CHECK(refused(raw_root(good, signers, 1, -1, 255)));
  CHECK(refused(raw_root(good, signers, 1, -1, 1)));
  CHECK(RootDocument::decode(raw_root(good, ascending({10, 11, 77}))));  // but may be there
  const auto changed = [&](auto change) {
    RootDocument d = good;
    change(d);
    return raw_root(d, signers);
  };
  CHECK(refused(changed([](RootDocument& d) { d.threshold = 0; })));
  CHECK(refused(changed([](RootDocument& d) { d.threshold = 4; })));
  CHECK(refused(changed([](RootDocument& d) { d.version = 0; })));
  CHECK(refused(changed([](RootDocument& d) { d.keys.clear(); })));
  CHECK(refused(changed([](RootDocument& d) { std::swap(d.keys[0], d.keys[1]); })));
  CHECK(refused(changed([](RootDocument& d) { d.keys[1] = d.keys[0]; })));  // the threshold by one key twice
  CHECK(refused(changed([](RootDocument& d) { d.top_key = d.keys[2]; })));  // one key, two purposes
  // Ten keys.
  RootDocument many = draft(1, 1, {});
  std::vector<std::uint8_t> ten;
  for (std::uint8_t n = 100; n < 110; ++n) ten.push_back(n);
  for (const std::uint8_t n : ascending(ten)) many.keys.push_back(key(n).public_key());
  CHECK(refused(raw_root(many, {ascending(ten)[0]})));
  many.keys.pop_back();
  CHECK(RootDocument::decode(raw_root(many, {ascending(ten)[0]})));
}

TEST_CASE("a root document is signed only when it would be accepted") {
  const auto fault = [](RootDocument d, std::initializer_list<std::uint8_t> holders) {
    return sign(d, holders).error().fault;
  };
  CHECK(fault(draft(1, 2, {10, 11}), {10}) == Fault::invalid);
  CHECK(fault(draft(1, 2, {10, 11}), {10, 10}) == Fault::invalid);
  CHECK(fault(draft(1, 2, {10, 11}), {10, 77}) == Fault::invalid);
  CHECK(fault(draft(1, 0, {10, 11}), {10}) == Fault::invalid);
  CHECK(fault(draft(1, 3, {10, 11}), {10, 11}) == Fault::invalid);
  CHECK(fault(draft(0, 1, {10}), {10}) == Fault::invalid);
  CHECK(fault(draft(1, 1, {}), {10}) == Fault::invalid);
  CHECK(fault(draft(1, 1, {10, 10}), {10}) == Fault::invalid);
  CHECK(fault(draft(1, 1, {1}), {1}) == Fault::invalid);  // the top office's own key
  CHECK(fault(draft(1, 1, {10, 11, 12, 13, 14, 15, 16, 17, 18, 19}), {10}) == Fault::invalid);
}

TEST_CASE("a new root needs the threshold of the old keys and of its own") {
  const RootDocument one = made(1, 2, {10, 11, 12}, {10, 11});
  CHECK(one.allows(made(2, 2, {12, 13, 14}, {10, 11, 13, 14})));
  CHECK(one.allows(made(2, 2, {11, 12, 13}, {11, 12})));  // two who hold both
  CHECK(one.allows(made(2, 1, {20}, {10, 12, 20})));
  const auto fault = [&](const RootDocument& next) { return one.allows(next).error().fault; };
  CHECK(fault(made(2, 2, {12, 13, 14}, {13, 14})) == Fault::forged);  // nobody of the old
  CHECK(fault(made(2, 2, {12, 13, 14}, {12, 13})) == Fault::forged);  // one of the old
  CHECK(fault(made(2, 1, {20, 21}, {10, 20, 21})) == Fault::forged);  // one of the old, strangers for the rest
  CHECK(fault(made(3, 2, {10, 11, 12}, {10, 11})) == Fault::forged);  // a version left out
  CHECK(fault(made(1, 2, {10, 11, 12}, {10, 11})) == Fault::forged);  // the same version
  const RootDocument last = made(UINT32_MAX, 1, {10}, {10});
  CHECK_FALSE(last.allows(made(1, 1, {10}, {10})));
  RootDocument zero = made(1, 1, {10}, {10});
  zero.version = 0;
  CHECK_FALSE(last.allows(zero));  // version + 1 does not wrap round
}

TEST_CASE("one old key counts once, however often its signature is listed") {
  const RootDocument one = made(1, 2, {10, 11, 12}, {10, 11});
  RootDocument next = made(2, 1, {20}, {10, 20});
  for (const auto& s : std::vector<RootDocument::Sig>(next.signatures))
    if (s.key == key(10).public_key()) next.signatures.push_back(s);
  CHECK_FALSE(one.allows(next));
  // Nor does a false signature under an old key's name.
  next.signatures.push_back({key(11).public_key(), Signature{}});
  CHECK_FALSE(one.allows(next));
}

TEST_CASE("a proposal goes round its holders, and is a root document only when enough have signed") {
  const RootDocument one = made(1, 1, {10}, {10});
  RootDocument next = draft(2, 2, {10, 11, 12});
  REQUIRE(propose(next));
  const Bytes bare = next.bytes;
  CHECK(decode_proposal(bare)->digest == next.digest);
  CHECK_FALSE(RootDocument::decode(bare));
  RootDocument round = decode_proposal(bare).value();
  REQUIRE(add_signature(round, key(12)));
  CHECK_FALSE(RootDocument::decode(round.bytes));
  CHECK(signatures_of(round.keys, round) == 1);
  round = decode_proposal(round.bytes).value();
  REQUIRE(add_signature(round, key(10)));
  REQUIRE(add_signature(round, key(10)));  // once more is once
  CHECK(round.signatures.size() == 2);
  CHECK(round.bytes == made(2, 2, {10, 11, 12}, {10, 12}).bytes);
  const auto whole = RootDocument::decode(round.bytes);
  REQUIRE(whole);
  CHECK(whole->digest == decode_proposal(bare)->digest);  // what people compare does not change while they sign
  CHECK(one.allows(*whole));
  CHECK(signatures_of(one.keys, *whole) == 1);
  // Cut, bent, or signed by a key that does not fit: refused as any root document is.
  for (std::size_t n = 0; n < round.bytes.size(); ++n) CHECK_FALSE(decode_proposal(ByteView(round.bytes).first(n)));
  for (std::size_t i = 0; i < round.bytes.size(); ++i) {
    Bytes bent = round.bytes;
    bent[i] ^= 1;
    CHECK_FALSE(decode_proposal(bent));
  }
  for (std::uint8_t n = 30; n < 46; ++n) REQUIRE(add_signature(round, key(n)));
  CHECK(add_signature(round, key(50)).error().code == "root.signatures");
  RootDocument bad = draft(2, 4, {10, 11, 12});
  CHECK(propose(bad).error().fault == Fault::invalid);
}
