#include "sync/envelope.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "sync/codec.h"
#include "sync/limits.h"
#include "tests/support/sync_fakes.h"
#include "tests/sync/hostile.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::Person;

namespace {

constexpr std::size_t kHead = 156, kWrap = 120;

const Person& a() {
  static const Person p(0x10);
  return p;
}
const Person& b() {
  static const Person p(0x20);
  return p;
}
const Person& c() {
  static const Person p(0x30);
  return p;
}

EnvelopeHead head(const Person& from, const Person& to, std::uint64_t seq = 1, Lane lane = Lane::urgent) {
  EnvelopeHead h;
  h.stream = {from.office, from.node, from.incarnation, to.office, lane};
  h.seq.value = seq;
  if (seq > 1) h.previous.bytes.fill(9);
  h.at = Hlc::at(1'700'000'000'000);
  return h;
}

std::vector<Item> items(Dice& d, std::size_t n, std::size_t bytes) {
  std::vector<Item> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back({static_cast<Item::Kind>(1 + d.below(3)), d.bytes(d.below(bytes + 1))});
  return out;
}

Envelope sealed(std::span<const Item> content, int level = 1, bool flash = false) {
  const BoxPublic reader = b().keys.boxes[0].public_key();
  return seal(head(a(), b()), content, std::span(&reader, 1), a().keys, level, flash).value();
}

bool same(const std::vector<Item>& x, const std::vector<Item>& y) {
  return std::ranges::equal(x, y, [](const Item& p, const Item& q) { return p.kind == q.kind && p.bytes == q.bytes; });
}

/// Signs changed bytes again with the node key of `p`, as only `p` itself could.
Envelope resigned(Bytes bytes, const Person& p) {
  bytes.resize(bytes.size() - 64);
  const Hash h = crypto::hash(crypto::purpose::envelope, {bytes});
  const Signature s = p.keys.node.sign(crypto::context::envelope, {h.view()});
  bytes.insert(bytes.end(), s.bytes.begin(), s.bytes.end());
  return decode_envelope(bytes).value();
}

}  // namespace

TEST_CASE("a reader and the author's archive open an envelope, and nobody else") {
  Dice d(1);
  const auto content = items(d, 5, 900);
  const Envelope sent = sealed(content, 9);
  const auto got = decode_envelope(sent.bytes);
  REQUIRE(got);
  CHECK(got->hash == sent.hash);
  CHECK(got->chain() == sent.chain());
  CHECK(got->head.stream == sent.head.stream);
  CHECK(got->head.seq == sent.head.seq);
  CHECK(got->head.at == sent.head.at);
  CHECK(got->head.commitment == sent.head.commitment);
  CHECK(verify_envelope(*got, a().keys.node.public_key()));
  CHECK_FALSE(verify_envelope(*got, b().keys.node.public_key()));
  CHECK(same(open(*got, b().keys).value(), content));
  CHECK(same(open(*got, a().keys).value(), content));
  const auto stranger = open(*got, c().keys);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().fault == Fault::missing);
  CHECK(stranger.error().code == "key-gone");
}

TEST_CASE("whatever is sealed opens to the same items") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    const auto content = items(d, 1 + d.below(20), 2000);
    const Envelope e = sealed(content, d.chance(50) ? 1 : 9, d.chance(30));
    CHECK(same(open(decode_envelope(e.bytes).value(), b().keys).value(), content));
  }
}

TEST_CASE("any bit of an envelope that changes is noticed") {
  Dice d(2);
  const Envelope whole = sealed(items(d, 1, 40));
  for (std::size_t n = 0; n < whole.bytes.size(); ++n) {
    CAPTURE(n);
    Bytes changed = whole.bytes;
    changed[n] = static_cast<std::uint8_t>(changed[n] ^ (1 << (n % 8)));
    const auto e = decode_envelope(changed);
    if (!e)
      CHECK(e.error().fault == Fault::forged);
    else
      CHECK_FALSE(verify_envelope(*e, a().keys.node.public_key()));
  }
  one_encoding(whole.bytes, decode_envelope, [](const Envelope& e) { return e.bytes; });
}

TEST_CASE("absurd lengths and counts are refused before anything is made of them") {
  Dice d(3);
  const Bytes good = sealed(items(d, 1, 40)).bytes;
  const auto with = [&](std::size_t at, std::initializer_list<int> bytes) {
    Bytes x = good;
    for (int v : bytes) x[at++] = static_cast<std::uint8_t>(v);
    return decode_envelope(x).has_value();
  };
  CHECK_FALSE(with(4, {2}));                       // suite
  CHECK_FALSE(with(5, {0}));                       // control is no stream
  CHECK_FALSE(with(5, {4}));                       // nor is bulk
  CHECK_FALSE(with(6, {0x80, 0}));                 // unknown flag
  CHECK_FALSE(with(8, {0xff, 0xff, 0xff, 0xff}));  // length
  CHECK_FALSE(with(8, {0, 0, 0, 0}));
  CHECK_FALSE(with(68, {0, 0, 0, 0, 0, 0, 0, 0}));  // seq 0
  CHECK_FALSE(with(68, {0, 0, 0, 0, 0, 0, 0, 2}));  // the second without a predecessor
  CHECK_FALSE(with(76, {1}));                       // the first with one
  for (int wraps : {0, 1, 3, 9, 255}) CHECK_FALSE(with(148, {wraps}));
  CHECK_FALSE(with(149, {1}));
  CHECK_FALSE(with(152, {0xff, 0xff, 0xff, 0xff}));
  CHECK_FALSE(with(152, {0, 0, 0, 15}));
  CHECK(envelope_size(ByteView(good).first(12)) == good.size());
  CHECK_FALSE(envelope_size(ByteView(good).first(11)));
  Bytes huge(12);
  std::copy_n("YZE1", 4, huge.begin());
  std::copy_n("\0\x10\0\x01", 4, huge.begin() + 8);  // 1 MiB and one
  CHECK_FALSE(envelope_size(huge));
}

TEST_CASE("an envelope of A under B's name opens for nobody") {
  Dice d(4);
  const Envelope e = sealed(items(d, 1, 40));
  Bytes stolen = e.bytes;
  std::copy_n(c().office.bytes.begin(), 16, stolen.begin() + 12);
  std::copy_n(c().node.bytes.begin(), 16, stolen.begin() + 28);
  const Envelope mine = resigned(stolen, c());
  CHECK(verify_envelope(mine, c().keys.node.public_key()));
  CHECK_FALSE(verify_envelope(mine, a().keys.node.public_key()));
  const auto opened = open(mine, b().keys);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().fault == Fault::forged);
}

TEST_CASE("wraps of another envelope do not open this one") {
  Dice d(5);
  const Envelope one = sealed(items(d, 1, 40)), two = sealed(items(d, 1, 40));
  Bytes mixed = one.bytes;
  std::copy_n(two.bytes.begin() + kHead, 2 * kWrap, mixed.begin() + kHead);
  const auto opened = open(resigned(mixed, a()), b().keys);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().fault == Fault::forged);
}

TEST_CASE("wraps out of order, or two for one key, are refused") {
  Dice d(6);
  const Envelope e = sealed(items(d, 1, 40));
  Bytes swapped = e.bytes;
  std::swap_ranges(swapped.begin() + kHead, swapped.begin() + kHead + kWrap, swapped.begin() + kHead + kWrap);
  CHECK_FALSE(decode_envelope(swapped));
  Bytes doubled = e.bytes;
  std::copy_n(doubled.begin() + kHead, kWrap, doubled.begin() + kHead + kWrap);
  CHECK_FALSE(decode_envelope(doubled));
}

TEST_CASE("a content key that the commitment does not name is refused") {
  Dice d(7);
  Bytes bytes = sealed(items(d, 1, 40)).bytes;
  // The author himself lies: another commitment, wraps that name the changed header, everything signed.
  bytes[116] ^= 1;
  const Hash header = crypto::hash(crypto::purpose::header, {ByteView(bytes).first(kHead)});
  const crypto::Key cek = crypto::Key::random();
  for (std::size_t w = 0; w < 2; ++w) {
    const std::size_t at = kHead + w * kWrap;
    const KeyHint hint = KeyHint::from(ByteView(bytes).subspan(at, 8)).value();
    const auto& to = hint == crypto::hint_of(b().keys.boxes[0].public_key()) ? b().keys.boxes[0] : a().keys.archive;
    const Bytes wrapped = crypto::wrap(cek, header, to.public_key());
    std::copy(wrapped.begin(), wrapped.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at) + 8);
  }
  const auto opened = open(resigned(bytes, a()), b().keys);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().fault == Fault::forged);
  CHECK(opened.error().what == "envelope: key commitment");
}

TEST_CASE("the same reader named twice gets one wrap") {
  Dice d(8);
  const auto content = items(d, 2, 100);
  const std::vector<BoxPublic> readers{b().keys.boxes[0].public_key(), b().keys.boxes[0].public_key(),
                                       a().keys.archive.public_key()};
  const Envelope e = seal(head(a(), b()), content, readers, a().keys, 1, false).value();
  const auto got = decode_envelope(e.bytes);
  REQUIRE(got);
  CHECK(got->bytes[148] == 2);
  CHECK(same(open(*got, b().keys).value(), content));
}

TEST_CASE("seven readers and the archive fit, each opens") {
  Dice d(9);
  const auto content = items(d, 2, 100);
  std::vector<BoxPublic> readers;
  std::vector<Person> people;
  for (int i = 0; i < 7; ++i) people.emplace_back(static_cast<std::uint8_t>(0x40 + 8 * i));
  for (const auto& p : people) readers.push_back(p.keys.boxes[0].public_key());
  const Envelope e = seal(head(a(), b()), content, readers, a().keys, 1, false).value();
  const auto got = decode_envelope(e.bytes);
  REQUIRE(got);
  for (const auto& p : people) CHECK(same(open(*got, p.keys).value(), content));
}

TEST_CASE("what the receiver would refuse as too large is not sealed") {
  Dice d(10);
  const BoxPublic reader = b().keys.boxes[0].public_key();
  const auto try_seal = [&](const std::vector<Item>& content) {
    return seal(head(a(), b()), content, std::span(&reader, 1), a().keys, 1, false);
  };
  const auto random = try_seal({{Item::Kind::record, d.bytes(limit::envelope_bytes)}});
  REQUIRE_FALSE(random);
  CHECK(random.error().fault == Fault::full);
  // It compresses to little, but would expand to more than a receiver allows.
  const auto thick = try_seal({{Item::Kind::record, Bytes(limit::plaintext_bytes, 'a')}});
  REQUIRE_FALSE(thick);
  CHECK(thick.error().fault == Fault::full);
  const auto many = try_seal(std::vector<Item>(limit::envelope_items + 1, Item{Item::Kind::certificate, {1}}));
  REQUIRE_FALSE(many);
  CHECK(many.error().fault == Fault::full);
  const auto most = try_seal(std::vector<Item>(limit::envelope_items, Item{Item::Kind::certificate, {1}}));
  REQUIRE(most);
  CHECK(open(*most, b().keys).value().size() == limit::envelope_items);
  const auto thickest = try_seal({{Item::Kind::record, Bytes(limit::plaintext_bytes - 5, 'a')}});
  REQUIRE(thickest);
  CHECK(open(*thickest, b().keys));
}

TEST_CASE("flash envelopes of any small content have one size, others show it in 256-byte steps") {
  Dice d(11);
  std::set<std::size_t> flash, plain;
  for (const std::size_t n : {1u, 100u, 500u, 900u}) {
    flash.insert(sealed(std::vector<Item>{{Item::Kind::record, d.bytes(n)}}, 9, true).bytes.size());
    plain.insert(sealed(std::vector<Item>{{Item::Kind::record, d.bytes(n)}}, 9, false).bytes.size());
  }
  CHECK(flash.size() == 1);
  for (const std::size_t n : plain) CHECK((n - kHead - 2 * kWrap - 24 - 16 - 64) % 256 == 0);
}

TEST_CASE("two seals of one content share nothing but the header") {
  Dice d(12);
  const auto content = items(d, 1, 40);
  const Envelope x = sealed(content), y = sealed(content);
  CHECK(x.hash != y.hash);
  CHECK(x.head.commitment != y.head.commitment);
  CHECK_FALSE(std::equal(x.bytes.begin() + kHead, x.bytes.end(), y.bytes.begin() + kHead));
}

TEST_CASE("a stream's id names node, incarnation, office and lane, and a chain value everything before") {
  StreamName s = head(a(), b()).stream;
  std::set<StreamId> ids{s.id()};
  for (Lane l : {Lane::flash, Lane::routine}) {
    s.lane = l;
    ids.insert(s.id());
  }
  s.incarnation = b().incarnation;
  ids.insert(s.id());
  s.destination = c().office;
  ids.insert(s.id());
  s.node = c().node;
  ids.insert(s.id());
  CHECK(ids.size() == 6);
  Hash zero, one;
  one.bytes[0] = 1;
  CHECK(chain_value(zero, one) != chain_value(one, zero));
}

TEST_CASE("a wrap that comes later opens that envelope for its reader, and no other") {
  Dice d(77);
  const std::vector<Item> content = items(d, 3, 200), other = items(d, 2, 90);
  const Envelope e = sealed(content), f = sealed(other);
  const BoxPublic late = c().keys.boxes[0].public_key();
  CHECK(sealed_for(e, b().keys.boxes[0].public_key()));
  CHECK_FALSE(sealed_for(e, late));
  CHECK(open(e, c().keys).error().fault == Fault::missing);
  CHECK_FALSE(wrap_for(e, c().keys, late));  // who cannot open it has no key to give
  const Bytes wrap = wrap_for(e, b().keys, late).value();
  REQUIRE(wrap.size() == kWrap);
  CHECK(same(open(e, c().keys, wrap).value(), content));
  CHECK_FALSE(open(f, c().keys, wrap));
  for (std::size_t i = 0; i < kWrap; ++i) {
    Bytes changed = wrap;
    changed[i] ^= 1;
    CHECK_FALSE(open(e, c().keys, changed));
  }
}
