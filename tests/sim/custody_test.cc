// What comes in an office's own name from outside one machine, by its second machine or given back after a restore, is
// judged as another office's record is: what two persons had to sign, and who might, at the time of its signing.
#include <doctest/doctest.h>

#include "crypto/random.h"
#include "node/office/policy.h"
#include "node/store/cases.h"
#include "node/store/life.h"
#include "node/store/people.h"
#include "node/store/policies.h"
#include "node/store/revocation.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

using node::CommissionWord;
using sync::RecordType;
using sync::Refusal;
using sync::SignRole;

Bytes policy(std::int64_t version, const char* document, Millis effective = kBegin) {
  return node::encode_policy({version, effective, document});
}
Bytes asks(Millis due) {
  node::BodyExtras x;
  x.type = RecordType::commission;
  x.commission.emplace().due_ms = due;
  node::Report text;
  text.title = "防火巡查";
  return encode_body(text, x);
}

struct Signing {
  const crypto::SigningKey* key;
  CertDigest certificate;
  SignRole role = SignRole::signer;
};

/// The county has a second machine; the township is asked and ruled by it.
struct Twins : Machines {
  std::unique_ptr<Office> second;
  std::optional<Hop> across;
  std::vector<std::pair<crypto::SigningKey, CertDigest>> people;  // of the county, beside those of the machines

  Twins() {
    good(start());
    good(talk(3));
    second = second_machine(county, now);
    across.emplace(*second, county, now);
    good(talk_all(6));
  }
  Result<> talk_all(int rounds) {
    while (rounds-- > 0) {
      TRY(talk(1));
      if (!second->is_open() || !county.is_open()) continue;
      TRY(second->store().write([&] { return node::tell_and_watch(second->store(), second->directory(), now); }));
      TRY(across->dial());
      if (!across->ready()) continue;
      across->poll();
      for (int i = 0; i < 20 && TRY(across->exchange()); ++i) now += 20;
    }
    return {};
  }
  static crypto::SigningKey key_of(Office& o) {
    return crypto::SigningKey::from_seed(*crypto::Key::from(o.secrets().officer_seed));
  }
  static Signing signer_of(Office& o, const crypto::SigningKey& key, SignRole role = SignRole::signer) {
    const auto officers = o.directory().officers(o.store().me().office).value();
    for (const auto& row : officers)
      if (row.key == key.public_key()) return {&key, row.digest, role};
    FAIL("no such officer");
    return {};
  }
  /// Another person at the county.
  void hire(const std::string& name, std::uint16_t roles) {
    const auto key = crypto::SigningKey::random();
    crypto::Certificate c;
    good(county.store().write([&]() -> Result<> {
      const PersonId person = crypto::person_id_of(key.public_key());
      c = TRY(
          node::officer_certificate(county.store(), person, name, roles, key.public_key(), county.authority(), now));
      TRY(county.directory().learn(c, now));
      return county.store().tell(Hash{c.digest.bytes}, std::nullopt, sync::FrameType::certificate, c.bytes);
    }));
    people.emplace_back(key.clone(), c.digest);
    good(talk_all(4));
  }
  /// As a program without rules would write it: to the township, in a case of the county's own.
  RecordId writes(Office& o, RecordType type, const Bytes& body, std::vector<Signing> by,
                  std::optional<Millis> at = std::nullopt) {
    sync::Record r;
    r.type = type;
    r.salt = crypto::random_fixed<decltype(r.salt)>();
    r.origin = r.case_office = o.store().me().office;
    r.case_id = crypto::random_fixed<CaseId>();
    r.at = at ? sync::Hlc::at(*at) : o.store().write([&] { return o.store().tick(now); }).value();
    r.addressees = {one.store().me().office};
    r.body = body;
    const RecordId id = sync::record_id(r.content());
    for (const Signing& s : by)
      r.signatures.push_back({s.role, s.certificate, sync::sign_record(id, s.role, s.certificate, *s.key)});
    std::ranges::sort(r.signatures, {}, &sync::RecordSignature::key);
    good(o.store().write([&]() -> Result<> {
      node::RecordFacts facts;
      facts.own = true;
      facts.at_ms = now;
      const std::int64_t row = TRY(node::put_record(o.store(), sync::release(r), facts));
      return node::queue_record(o.store(), row, r.addressees, r.lane, now);
    }));
    return id;
  }
  std::optional<Refusal> at(Office& o, const RecordId& id) {
    const auto n = o.number("select coalesce(max(quarantine), -1) from record where id = x'" + hex(id.view()) + "'");
    return *n < 0 ? std::nullopt : std::optional(static_cast<Refusal>(*n));
  }
};

}  // namespace

TEST_CASE("what another machine of the office wrote stands by the roles and persons that signed it") {
  Twins w;
  const auto key = Twins::key_of(*w.second);
  const auto alone = [&](SignRole role) { return std::vector{Twins::signer_of(*w.second, key, role)}; };
  // While the county is one person, that person alone may ask and rule; as a drafter he may not.
  const auto honest = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), alone(SignRole::signer));
  const auto drafted = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), alone(SignRole::drafter));
  const auto ruled = w.writes(*w.second, RecordType::policy, policy(1, "{\"v\":1}"), alone(SignRole::drafter));
  good(w.talk_all(12));
  CHECK(w.at(w.county, honest) == Refusal::none);
  CHECK(w.at(w.county, drafted) == Refusal::not_permitted);
  CHECK(w.at(w.county, ruled) == Refusal::not_permitted);
  // What the township is told of it is what the county's other machine says of itself.
  CHECK(w.at(w.one, honest) == Refusal::none);
  CHECK(w.at(w.one, drafted) == Refusal::not_permitted);
  CHECK(number(w.county, "select count(*) from policy") == 0);
  CHECK(number(w.county, "select count(*) from alarm where code = 'own.refused'") == 2);
  CHECK(number(w.county, "select count(*) from record where own = 1 and quarantine <> 0 and verified = 0") == 2);
  CHECK(number(w.county, "select count(*) from delivery d join record r on r.row = d.record where r.quarantine <> 0") ==
        0);
}

TEST_CASE("where two persons have to sign, another machine's word of one is put aside") {
  Twins w;
  w.hire("李明", crypto::role::all);
  const auto key = Twins::key_of(*w.second);
  const Signing first = Twins::signer_of(*w.second, key), other{&w.people[0].first, w.people[0].second};
  const auto single = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), {first});
  Signing drafts = other;
  drafts.role = SignRole::drafter;
  const auto both = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), {first, drafts});
  good(w.talk_all(12));
  CHECK(w.at(w.county, single) == Refusal::not_permitted);
  CHECK(w.at(w.county, both) == Refusal::none);
  CHECK(w.at(w.one, both) == Refusal::none);
}

TEST_CASE("what comes back after a restore is judged by the persons of its time") {
  Twins w;
  w.across->hang_up(*w.second);
  w.second->close();
  w.county.close();
  auto copy = w.county.disk().clone();
  for (Hop* h : w.hops()) h->hang_up(w.county);
  w.across->hang_up(w.county);
  good(w.county.open());
  const auto key = Twins::key_of(w.county);
  const auto alone = w.writes(w.county, RecordType::commission, asks(w.now + kHour), {Twins::signer_of(w.county, key)});
  const auto forged = w.writes(w.county, RecordType::commission, asks(w.now + kHour),
                               {Twins::signer_of(w.county, key, SignRole::drafter)});
  good(w.talk(8));
  CHECK(w.at(w.one, alone) == Refusal::none);
  w.now += kHour;
  w.hire("李明", crypto::role::all);  // from now on there are two
  const auto one = w.writes(w.county, RecordType::commission, asks(w.now + kHour), {Twins::signer_of(w.county, key)});
  good(w.talk(8));
  CHECK(w.at(w.one, one) == Refusal::not_permitted);
  const Bytes hired = [&] {
    node::Query q =
        w.county.store().db().query("select certificate from officer where digest = ?", w.people[0].second).value();
    REQUIRE(q.step().value());
    return q.blob(0);
  }();
  for (Hop* h : w.hops()) h->hang_up(w.county);
  w.county.close();
  w.county.put_back(std::move(copy));
  good(w.county.open());
  good(w.county.store().write([&]() -> Result<> {
    TRY(node::begin_life(w.county.store(), w.now));
    const auto c = TRY(crypto::Certificate::decode(hired));
    return w.county.directory().learn(c, w.now);
  }));
  REQUIRE_FALSE(w.at(w.county, alone).has_value());
  good(w.talk(25));
  CHECK(w.at(w.county, alone) == Refusal::none);
  CHECK(w.at(w.county, forged) == Refusal::not_permitted);
  CHECK(w.at(w.county, one) == Refusal::not_permitted);
  CHECK(number(w.county, "select count(*) from alarm where code = 'own.refused'") == 2);
  CHECK(number(w.county, "select count(*) from envelope where own = 1 and state = 4") == 0);
}

TEST_CASE("an officer who has ended since does not undo what he signed before, and what he signs after is held") {
  Twins w;
  w.hire("李明", crypto::role::all);
  const auto key = Twins::key_of(*w.second);
  const Signing first = Twins::signer_of(*w.second, key);
  Signing gone{&w.people[0].first, w.people[0].second, SignRole::drafter};
  w.across->hang_up(w.county);
  const Millis ends = w.now + kMinute;
  const auto before = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), {first, gone});
  const auto after = w.writes(*w.second, RecordType::commission, asks(w.now + kHour), {first, gone}, ends + kMinute);
  w.now += 5 * kMinute;
  node::RevokeWish wish;
  wish.target = sync::RevokedTarget::officer;
  wish.subject.bytes = crypto::person_id_of(w.people[0].first.public_key()).bytes;
  wish.why = sync::RevokedWhy::retired;
  wish.since = ends;
  good(w.county.store().write(
      [&] { return node::revoke(w.county.store(), wish, w.county.authority(), "王芳", w.now); }));
  good(w.talk_all(12));
  CHECK(w.at(w.county, before) == Refusal::none);
  CHECK(w.at(w.county, after) == Refusal::revoked);
  // A person vouches for it: it is opened once more from its envelope.
  const auto matter = w.county.number("select matter from record where id = x'" + hex(after.view()) + "'").value();
  REQUIRE(node::held_records(w.county.store(), matter)->size() == 1);
  good(w.county.store().write([&] { return node::release_held(w.county.store(), matter, "王芳", w.now); }));
  good(w.county.open_received(w.now));
  CHECK(w.at(w.county, after) == Refusal::none);
}

TEST_CASE("a certificate that was taken back and comes inside an envelope stops no mail behind it") {
  Twins w;
  const auto key = crypto::SigningKey::random(), mine = Twins::key_of(w.county);
  const PersonId person = crypto::person_id_of(key.public_key());
  crypto::Certificate c;
  good(w.county.store().write([&]() -> Result<> {
    c = TRY(node::officer_certificate(w.county.store(), person, "李明", crypto::role::all, key.public_key(),
                                      w.county.authority(), w.now));
    return w.county.directory().learn(c, w.now);
  }));
  // The township has heard already that this person's keys are not his alone.
  good(w.one.store().write([&] {
    return w.one.store().db().run(
        "insert into revocation(target, subject, certificate, why, since_ms, authority, body, known_ms, applied)"
        " values(3, ?, ?, 2, 0, x'', x'01', 0, 1)",
        person, CertDigest{});
  }));
  const Signing his{&key, c.digest, SignRole::drafter}, hers = Twins::signer_of(w.county, mine);
  const auto held = w.writes(w.county, RecordType::commission, asks(w.now + kHour), {his, hers});
  good(w.talk(4));
  w.now += kMinute;
  node::BodyExtras x;
  x.type = RecordType::report;
  const auto after = w.writes(w.county, RecordType::report, encode_body(node::Report(), x), {hers});
  good(w.talk(4));
  CHECK(w.at(w.one, held) == Refusal::unknown_certificate);
  CHECK(w.at(w.one, after) == Refusal::none);
}

TEST_CASE("two policies under one version: the later counts on both machines and below, and the office is told") {
  Twins w;
  w.across->hang_up(w.county);
  const auto first = Twins::key_of(w.county), other = Twins::key_of(*w.second);
  const auto early = w.writes(w.county, RecordType::policy, policy(1, R"({"v":1,"commission":{"default_days":4}})"),
                              {Twins::signer_of(w.county, first)}, w.now);
  const auto late = w.writes(*w.second, RecordType::policy, policy(1, R"({"v":1,"commission":{"default_days":5}})"),
                             {Twins::signer_of(*w.second, other)}, w.now + 1000);
  w.now += 2000;
  good(w.talk_all(15));
  const OfficeId county = w.county.store().me().office;
  for (Office* o : {&w.county, w.second.get(), &w.one}) {
    const auto held = node::policies_in_force(o->store(), county, w.now);
    REQUIRE(held.has_value());
    REQUIRE(held->size() == 1);
    CHECK((*held)[0].record == late);
    const auto all = node::policies(o->store());
    REQUIRE(all->size() == 2);
    for (const auto& p : *all) CHECK(p.superseded == (p.record == early));
  }
  for (Office* o : {&w.county, w.second.get()})
    CHECK(number(*o, "select count(*) from alarm where code = 'policy.twin'") == 1);
  CHECK(number(w.one, "select count(*) from alarm where code = 'policy.twin'") == 0);
}

TEST_CASE("a report by one machine that lacks the reviewer its office's policy asks for shows so on the other") {
  Twins w;
  w.hire("李明", crypto::role::all);
  const auto key = Twins::key_of(w.county);
  Signing drafts{&w.people[0].first, w.people[0].second, SignRole::drafter}, reviews = drafts;
  reviews.role = SignRole::reviewer;
  const Signing signs = Twins::signer_of(w.county, key);
  w.writes(w.county, RecordType::policy, policy(1, R"({"v":1,"signoff":[{"kind":"*","steps":3}]})", w.now + kHour),
           {signs, drafts});
  good(w.talk_all(8));
  const auto report = [&](std::vector<Signing> by) {
    node::BodyExtras x;
    x.type = RecordType::report;
    node::Report text;
    text.title = "巡查情况";
    text.kind = node::Kind::brief;
    return w.writes(w.county, RecordType::report, encode_body(text, x), std::move(by));
  };
  const auto flagged = [&](const RecordId& id) {
    return w.second->number("select flags & 16384 from record where id = x'" + hex(id.view()) + "'").value() != 0;
  };
  const auto old = report({signs, drafts});
  good(w.talk_all(8));
  w.now += 2 * kHour;
  const auto bare = report({signs, drafts}), whole = report({signs, drafts, reviews});
  good(w.talk_all(8));
  CHECK_FALSE(flagged(old));  // signed before the policy held
  CHECK(flagged(bare));
  CHECK_FALSE(flagged(whole));
  CHECK(w.at(*w.second, bare) == Refusal::none);
}

}  // namespace yz::sim
