#include "sync/record.h"

#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/support/sync_fakes.h"
#include "tests/sync/hostile.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;

namespace {

constexpr std::size_t kFixed = 148;

/// Any record within the limits.
Record some_record(Dice& d, std::size_t body) {
  Record r;
  r.type = static_cast<RecordType>(1 + d.below(17));
  r.schema = static_cast<std::uint16_t>(1 + d.below(3));
  r.salt = d.id<decltype(r.salt)>();
  r.origin = d.id<OfficeId>();
  r.at.value = d.next();
  r.event_ms = static_cast<std::int64_t>(d.next() >> 20);
  r.anchor = d.id<Hash>();
  r.case_office = d.id<OfficeId>();
  r.case_id = d.id<CaseId>();
  r.sensitivity = static_cast<Sensitivity>(d.below(3));
  r.lane = static_cast<Lane>(1 + d.below(3));
  r.flags = static_cast<std::uint16_t>(d.below(8));
  for (std::uint64_t n = d.below(limit::parents + 1); n > 0; --n) r.parents.push_back(d.id<RecordId>());
  for (std::uint64_t n = 1 + d.below(limit::addressees); n > 0; --n) r.addressees.push_back(d.id<OfficeId>());
  std::sort(r.parents.begin(), r.parents.end());
  std::sort(r.addressees.begin(), r.addressees.end());
  r.body = d.bytes(body);
  for (std::uint64_t n = 1 + d.below(limit::signatures); n > 0; --n)
    r.signatures.push_back({static_cast<SignRole>(1 + d.below(5)), d.id<CertDigest>(), d.id<Signature>()});
  return r;
}

Record small() {
  Dice d(7);
  Record r = some_record(d, 12);
  r.type = RecordType::report;
  r.parents = {d.id<RecordId>(), d.id<RecordId>()};
  r.addressees = {d.id<OfficeId>(), d.id<OfficeId>()};
  std::sort(r.parents.begin(), r.parents.end());
  std::sort(r.addressees.begin(), r.addressees.end());
  r.signatures = {{SignRole::drafter, d.id<CertDigest>(), d.id<Signature>()},
                  {SignRole::signer, d.id<CertDigest>(), d.id<Signature>()}};
  return r;
}

Bytes with(Bytes b, std::size_t at, std::initializer_list<int> bytes) {
  for (int x : bytes) b[at++] = static_cast<std::uint8_t>(x);
  return b;
}

}  // namespace

TEST_CASE("a record comes back as it went, whatever it holds") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    const Record r = some_record(d, d.below(3000));
    const ReleasedRecord out = release(r);
    const auto in = decode_record(out.bytes);
    REQUIRE(in);
    CHECK(in->id == out.id);
    CHECK(in->content_size == out.content_size);
    CHECK(in->bytes == out.bytes);
    CHECK(in->record.content() == r.content());
    CHECK(in->record.body == r.body);
    CHECK(in->record.parents == r.parents);
    CHECK(in->record.addressees == r.addressees);
    CHECK(in->record.at == r.at);
    CHECK(in->record.event_ms == r.event_ms);
    CHECK(in->record.flags == r.flags);
    CHECK(release(in->record).bytes == out.bytes);
  }
}

TEST_CASE("a record has one encoding, and every cut or addition is refused") {
  one_encoding(release(small()).bytes, decode_record, [](const ReleasedRecord& r) { return release(r.record).bytes; });
}

TEST_CASE("every byte of a record's content is under its id, and its signatures are not") {
  const ReleasedRecord whole = release(small());
  for (std::size_t n = 0; n < whole.content_size; ++n) {
    Bytes b(whole.content().begin(), whole.content().end());
    b[n] ^= 1;
    CHECK(record_id(b) != whole.id);
  }
  Record other = small();
  other.signatures[0].signature.bytes[5] ^= 1;
  CHECK(release(other).id == whole.id);
}

TEST_CASE("a record with absurd counts, lengths or values is refused") {
  const Bytes good = release(small()).bytes;
  const auto refused = [](const Bytes& b) {
    const auto r = decode_record(b);
    return !r && r.error().fault == Fault::forged;
  };
  CHECK(refused(with(good, 4, {2})));  // suite 2
  CHECK(refused(with(good, 4, {0})));
  CHECK(refused(with(good, 5, {0})));     // no type
  CHECK(refused(with(good, 6, {0, 0})));  // no schema
  CHECK(refused(with(good, 136, {3})));   // 秘密
  CHECK(refused(with(good, 137, {0})));   // control and bulk are no lanes of records
  CHECK(refused(with(good, 137, {4})));
  CHECK(refused(with(good, 138, {9})));
  CHECK(refused(with(good, 138, {255})));
  CHECK(refused(with(good, 139, {0})));
  CHECK(refused(with(good, 139, {17})));
  CHECK(refused(with(good, 140, {0, 8})));  // unknown flag
  CHECK(refused(with(good, 142, {0, 1})));
  CHECK(refused(with(good, 144, {0xff, 0xff, 0xff, 0xff})));
  CHECK(refused(with(good, 144, {0, 4, 0, 1})));  // 256 KiB and one
  CHECK(refused({}));
}

TEST_CASE("parents, addressees and signatures must ascend without doubles") {
  const Bytes good = release(small()).bytes;
  const auto swapped = [&](std::size_t at, std::size_t size) {
    Bytes b = good;
    std::swap_ranges(b.begin() + static_cast<std::ptrdiff_t>(at), b.begin() + static_cast<std::ptrdiff_t>(at + size),
                     b.begin() + static_cast<std::ptrdiff_t>(at + size));
    return b;
  };
  const auto doubled = [&](std::size_t at, std::size_t size) {
    Bytes b = good;
    std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(at), size, b.begin() + static_cast<std::ptrdiff_t>(at + size));
    return b;
  };
  const std::size_t sigs = kFixed + 2 * 32 + 2 * 16 + 12 + 1;
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{kFixed, 32}, {kFixed + 64, 16}, {sigs, 97}}) {
    CAPTURE(at);
    CHECK_FALSE(decode_record(swapped(at, size)));
    CHECK_FALSE(decode_record(doubled(at, size)));
  }
}

TEST_CASE("a record has one to eight signatures") {
  Record r = small();
  const Bytes good = release(r).bytes;
  const std::size_t count_at = good.size() - 2 * 97 - 1;
  for (int n : {0, 1, 3, 9, 255}) {
    CAPTURE(n);
    CHECK_FALSE(decode_record(with(good, count_at, {n})));
  }
  Dice d(3);
  r.signatures.clear();
  for (std::size_t i = 0; i < limit::signatures; ++i)
    r.signatures.push_back({SignRole::cosigner, d.id<CertDigest>(), d.id<Signature>()});
  CHECK(decode_record(release(r).bytes));
}

TEST_CASE("only a forward may be longer than 256 KiB, and never than 768") {
  Dice d(9);
  Record r = small();
  r.body = d.bytes(limit::body_bytes);
  CHECK(decode_record(release(r).bytes));
  r.type = RecordType::forward;
  r.body = d.bytes(limit::nested_body_bytes);
  Bytes b = release(r).bytes;
  CHECK(decode_record(b));
  b[5] = static_cast<std::uint8_t>(RecordType::report);
  CHECK_FALSE(decode_record(b));
}

TEST_CASE("a record of a type that this version does not know is kept and read as far as its header") {
  Bytes b = release(small()).bytes;
  b[5] = 200;
  const auto r = decode_record(b);
  REQUIRE(r);
  CHECK(name_of(r->record.type) == "unknown");
  CHECK(r->bytes == b);
}

TEST_CASE("a signature holds only for its role, its certificate, its record and its key") {
  const auto key = crypto::SigningKey::from_seed(fake::key_of(1)),
             stranger = crypto::SigningKey::from_seed(fake::key_of(2));
  Dice d(4);
  const RecordId id = d.id<RecordId>();
  const CertDigest officer = d.id<CertDigest>();
  RecordSignature s{SignRole::drafter, officer, sign_record(id, SignRole::drafter, officer, key)};
  CHECK(verify_record(id, s, key.public_key()));
  CHECK_FALSE(verify_record(id, s, stranger.public_key()));
  CHECK_FALSE(verify_record(d.id<RecordId>(), s, key.public_key()));
  RecordSignature relabelled = s;
  relabelled.role = SignRole::signer;
  CHECK_FALSE(verify_record(id, relabelled, key.public_key()));
  RecordSignature moved = s;
  moved.officer = d.id<CertDigest>();
  CHECK_FALSE(verify_record(id, moved, key.public_key()));
  for (std::size_t i = 0; i < 64; ++i) {
    RecordSignature bent = s;
    bent.signature.bytes[i] ^= 0x10;
    CHECK_FALSE(verify_record(id, bent, key.public_key()));
  }
}

TEST_CASE("every record type and role has a name of its own") {
  std::set<std::string_view> names;
  for (int t = 1; t <= 17; ++t) names.insert(name_of(static_cast<RecordType>(t)));
  CHECK(names.size() == 17);
  CHECK_FALSE(names.contains("unknown"));
  std::set<std::string_view> roles;
  for (int r = 1; r <= 5; ++r) roles.insert(name_of(static_cast<SignRole>(r)));
  CHECK(roles.size() == 5);
}
