#include "sync/consent.h"

#include <doctest/doctest.h>

using namespace yz;
using namespace yz::sync;

namespace {

struct Keys {
  crypto::SigningKey old_key = crypto::SigningKey::random(), new_key = crypto::SigningKey::random();
};

template <class F>
F filled(std::uint8_t b) {
  F f;
  f.bytes.fill(b);
  return f;
}

Consent consent(const Keys& k) {
  Consent c;
  c.office = filled<OfficeId>(1);
  c.old_key = k.old_key.public_key();
  c.new_key = k.new_key.public_key();
  c.before = c.after = filled<OfficeId>(2);
  c.time = 5;
  c.serial = 6;
  c.list_serial = 7;
  c.honoured = {filled<CertDigest>(3), filled<CertDigest>(4)};
  return c;
}

std::string code(const Bytes& b) {
  const auto c = decode_consent(b);
  return c ? "good" : c.error().code;
}

}  // namespace

TEST_CASE("a consent says what was signed, and every byte of it is under a signature") {
  const Keys k;
  const Bytes whole = sign_consent(consent(k), k.old_key, k.new_key);
  const auto c = decode_consent(whole);
  REQUIRE(c);
  CHECK(c->rotates());
  CHECK_FALSE(c->moves());
  CHECK(c->honoured == consent(k).honoured);
  CHECK(c->serial == 6);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    Bytes bent = whole;
    bent[i] ^= 1;
    CHECK(code(bent) != "good");
  }
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK(code(Bytes(whole.begin(), whole.begin() + n)) != "good");
  Bytes longer = whole;
  longer.push_back(0);
  CHECK(code(longer) == "consent.form");
}

TEST_CASE("another list of the same consent is the same consent, and only the new key makes one") {
  const Keys k;
  const Bytes whole = sign_consent(consent(k), k.old_key, k.new_key);
  const Bytes more = with_honoured(whole, 9, {filled<CertDigest>(8)}, k.new_key);
  REQUIRE(decode_consent(more));
  CHECK(decode_consent(more)->honoured.size() == 1);
  CHECK(core_of_consent(more) == core_of_consent(whole));
  CHECK(code(with_honoured(whole, 9, {}, k.old_key)) == "consent.signature");
  auto other = consent(k);
  other.serial = 8;
  CHECK(core_of_consent(sign_consent(other, k.old_key, k.new_key)) != core_of_consent(whole));
}

TEST_CASE("a consent to nothing, out of order or out of bounds is refused") {
  const Keys k;
  const auto refused = [&](auto change) {
    Consent c = consent(k);
    change(c);
    return code(sign_consent(c, k.old_key, k.new_key));
  };
  CHECK(refused([](Consent&) {}) == "good");
  CHECK(refused([](Consent& c) { std::swap(c.honoured[0], c.honoured[1]); }) == "consent.form");
  CHECK(refused([](Consent& c) { c.honoured[1] = c.honoured[0]; }) == "consent.form");
  CHECK(refused([](Consent& c) { c.after = c.office; }) == "consent.form");
  CHECK(refused([](Consent& c) { c.serial = 1ULL << 63U; }) == "consent.form");
  CHECK(refused([](Consent& c) { c.time = -1; }) == "consent.form");
  const auto kept = [&](auto change) {
    Consent c = consent(k);
    c.new_key = c.old_key;
    c.list_serial = 0;
    c.honoured.clear();
    change(c);
    return code(sign_consent(c, k.old_key, k.old_key));
  };
  CHECK(kept([](Consent&) {}) == "consent.form");  // nothing changes
  CHECK(kept([](Consent& c) { c.after = filled<OfficeId>(9); }) == "good");
  CHECK(kept([](Consent& c) {
          c.after = filled<OfficeId>(9);
          c.honoured = {filled<CertDigest>(3)};
        }) == "consent.form");
  Consent most = consent(k);
  most.honoured.clear();
  for (std::size_t i = 0; i < kHonouredMost; ++i) {
    auto d = filled<CertDigest>(0);
    d.bytes[0] = static_cast<std::uint8_t>(i);
    most.honoured.push_back(d);
  }
  const Bytes whole = sign_consent(most, k.old_key, k.new_key);
  CHECK(code(whole) == "good");
  Bytes more = whole;
  more[200] = 193;
  CHECK(code(more) == "consent.form");
  // The signature says that whoever asks for the new key has it.
  CHECK(code(sign_consent(consent(k), k.old_key, k.old_key)) == "consent.signature");
}
