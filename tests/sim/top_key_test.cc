// The top office changes its authority key: the root document names another one, and everybody below follows.
#include <doctest/doctest.h>

#include "node/store/audit.h"
#include "node/store/people.h"
#include "node/store/revocation.h"
#include "node/store/root_chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/forest.h"

using namespace yz;
using namespace yz::sim;

namespace {

crypto::SigningKey holder_of(Office& top) {
  return crypto::SigningKey::from_seed(crypto::Key::from(top.store().meta("root_key_seed").value().value()).value());
}

crypto::RootDocument root_of(Office& o) { return o.directory().root().value().value(); }

/// The version after the one at the city, naming this key.
crypto::RootDocument next_root(Office& city, const PublicKey& key) {
  crypto::RootDocument d = root_of(city);
  const crypto::SigningKey holder = holder_of(city);
  d.version += 1;
  d.top_key = key;
  good(d.sign({&holder}));
  return d;
}

/// As the city does it alone: its holder's key lies there.
void rotate_top(Forest& f) {
  const crypto::SigningKey old_key = f.authority(f.city).value();
  crypto::SigningKey next = crypto::SigningKey::random();
  const auto root = next_root(f.city, next.public_key());
  good(f.city.store().write([&] { return node::adopt_top_key(f.city.store(), root, old_key, next, f.now); }));
  f.next_key[&f.city] = std::move(next);
  good(f.settle(f.city));
}

/// As in an exchange.
Result<> bring_root(Office& o, const Bytes& root, Millis now) {
  return o.store().write([&]() -> Result<> {
    sync::Tally tally;
    o.inbox().set_now(now);
    return o.inbox().learn(sync::FrameType::root, root, NodeId{}, tally);
  });
}

void all_verify(Forest& f) {
  for (auto& o : f.tree.offices) {
    const auto audit = node::verify_store(o->store(), o->directory(), std::nullopt, {});
    good(audit);
    for (const auto& p : audit->problems) FAIL_CHECK(p.what << " at " << p.where);
  }
}

}  // namespace

TEST_CASE("the top office changes its authority key by the root document, and three levels follow") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.city);
  const PublicKey old_key = certificate(f.city, id).key;
  good(f.report(f.east));
  good(f.report(f.town, Lane::urgent));
  good(f.talk(4));
  REQUIRE(good_records(f.city) == 1);
  good(f.city.acknowledge(number(f.city, "select row from matter where own = 0"), f.now));  // by an officer under it
  good(f.talk(3));
  f.cut_off = {&f.east};
  good(f.report(f.east));
  good(f.report(f.town));
  rotate_top(f);
  const PublicKey new_key = certificate(f.city, id).key;
  CHECK(new_key != old_key);
  good(f.talk(2));
  f.cut_off = {};
  good(f.talk(6));
  for (auto& o : f.tree.offices) {
    CHECK(root_of(*o).version == 2);
    CHECK(certificate(*o, id).key == new_key);
    CHECK(node::top_key_replaced(o->store(), id, old_key) == true);
    CHECK(accused(*o) == "");
  }
  for (Office* o : {&f.city, &f.east, &f.town}) CHECK(certificate(*o, id_of(f.east)).issuer_key == new_key);
  CHECK(node::reissue_due(f.city.store()) == false);
  CHECK(good_records(f.city) == 2);
  CHECK(good_records(f.east) == 3);
  // What was signed before is good everywhere, with nothing said against it.
  for (auto& o : f.tree.offices) CHECK(number(*o, "select count(*) from record where (flags & 256) != 0") == 0);
  all_verify(f);
  // A third person checks a case of before with the new root alone.
  const std::int64_t matter = number(f.east, "select matter from record where type = 13 and own = 0");
  const auto evidence = node::make_evidence(f.east.store(), f.east.directory(), matter);
  good(evidence);
  const auto checked = node::check_evidence(*evidence);
  good(checked);
  for (const auto& p : checked->audit.problems) FAIL_CHECK(p.what << " at " << p.where);
  CHECK(checked->root_fingerprint == crypto::fingerprint(root_of(f.city).digest));
  f.now += 3 * kHour;
  good(f.report(f.east, Lane::urgent));
  good(f.talk());
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  // And once more; who was away for both follows version by version.
  f.cut_off = {&f.town};
  rotate_top(f);
  good(f.talk(3));
  rotate_top(f);
  good(f.talk(3));
  f.cut_off = {};
  good(f.report(f.town));
  good(f.talk(6));
  CHECK(root_of(f.town).version == 4);
  CHECK(certificate(f.town, id).key == certificate(f.city, id).key);
  CHECK(good_records(f.east) == 4);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  all_verify(f);
}

TEST_CASE("whoever has the top key that was replaced certifies, revokes and changes nothing any more") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const crypto::SigningKey thief = f.city.authority(), mine = crypto::SigningKey::random();
  const OfficeId id = id_of(f.city);
  const auto own_before = certificate(f.city, id);
  rotate_top(f);
  good(f.talk(4));
  const auto everybody = {&f.city, &f.east, &f.town};
  crypto::Certificate person;
  person.type = crypto::CertType::officer;
  person.office = person.issuer = id;
  person.subject.bytes = crypto::person_id_of(mine.public_key()).bytes;
  person.issuer_key = thief.public_key();
  person.not_before_ms = static_cast<std::uint64_t>(f.now - 400 * kHour);
  person.not_after_ms = static_cast<std::uint64_t>(f.now + 400 * kHour);
  person.level = crypto::Level::city;
  person.roles = crypto::role::all;
  person.key = mine.public_key();
  person.name = "贼";
  good(person.sign(thief));
  auto county = certificate(f.city, id_of(f.east));
  county.issuer_key = thief.public_key();
  county.serial += 100000;
  good(county.sign(thief));
  auto top = own_before;
  top.serial += 1'000'000'000;
  top.name = "另一个市";
  good(top.sign(thief));
  for (Office* o : everybody) {
    CHECK(why(learn(*o, person, f.now)) == "certificate.superseded");
    CHECK(why(learn(*o, county, f.now)) == "certificate.superseded");
    CHECK(why(learn(*o, top, f.now)) == "certificate.superseded");
  }
  sync::Revocation r;
  r.target = sync::RevokedTarget::office;
  r.why = sync::RevokedWhy::compromised;
  r.subject.bytes = id_of(f.east).bytes;
  const Bytes revocation = sync::sign_revocation(r, thief);
  sync::Consent c;
  c.office = id;
  c.old_key = thief.public_key();
  c.new_key = mine.public_key();
  c.serial = static_cast<std::uint64_t>(f.now + 1000);
  const Bytes consent = sync::sign_consent(c, thief, mine);
  for (Office* o : everybody) {
    CHECK(why(o->store().write([&] { return node::take_revocation(o->store(), revocation, f.now); })) ==
          "revoke.superseded");
    CHECK(why(o->store().write([&] {
            return node::take_consent(o->store(), consent, node::ConsentBy::above, f.now);
          })) == "consent.root");
  }
  // What it had made before is good, shown by whomever, and changes nothing.
  for (Office* o : everybody) {
    good(learn(*o, own_before, f.now));
    CHECK(certificate(*o, id).key == certificate(f.city, id).key);
  }
}

TEST_CASE("without the root document no word of the top office's key changes it") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const crypto::SigningKey key = f.city.authority(), mine = crypto::SigningKey::random();
  const OfficeId id = id_of(f.city);
  sync::Consent c;
  c.office = id;
  c.old_key = key.public_key();
  c.new_key = mine.public_key();
  c.serial = 1;
  const Bytes consent = sync::sign_consent(c, key, mine);
  auto own = certificate(f.city, id);
  own.key = own.issuer_key = mine.public_key();
  own.serial += 1000;
  good(own.sign(mine));
  for (Office* o : {&f.city, &f.east, &f.town}) {
    CHECK(why(o->store().write([&] {
            return node::take_consent(o->store(), consent, node::ConsentBy::above, f.now);
          })) == "consent.root");
    CHECK(why(learn(*o, own, f.now)) == "certificate.path");
  }
  // Nor does the office adopt a root that names a key which it has not got.
  const auto root = next_root(f.city, mine.public_key());
  const crypto::SigningKey other = crypto::SigningKey::random();
  CHECK(why(f.city.store().write([&] { return node::adopt_top_key(f.city.store(), root, key, other, f.now); })) ==
        "root.top-key");
  // The true one goes through afterwards: a word that was refused is in nobody's way.
  rotate_top(f);
  good(f.talk(4));
  for (auto& o : f.tree.offices) {
    CHECK(certificate(*o, id).key == certificate(f.city, id).key);
    CHECK(accused(*o) == "");
  }
}

TEST_CASE("a root that skips a version, counts one holder twice, or goes back changes no key") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.city);
  const crypto::SigningKey a = holder_of(f.city), b = crypto::SigningKey::random(), c = crypto::SigningKey::random();
  const crypto::SigningKey mine = crypto::SigningKey::random();
  const auto first = root_of(f.city);
  const auto make = [&](std::uint32_t version, const PublicKey& top_key, std::vector<PublicKey> keys,
                        std::uint8_t threshold, const std::vector<const crypto::SigningKey*>& by) {
    crypto::RootDocument d = first;
    d.version = version;
    d.top_key = top_key;
    d.threshold = threshold;
    d.keys = std::move(keys);
    good(d.sign(by));
    return d;
  };
  // Two of three from now on.
  const std::vector<PublicKey> three{a.public_key(), b.public_key(), c.public_key()};
  const auto second = make(2, first.top_key, three, 2, {&a, &b});
  for (auto& o : f.tree.offices) good(bring_root(*o, second.bytes, f.now));
  Office& town = f.town;
  CHECK(why(bring_root(town, make(4, mine.public_key(), three, 2, {&a, &c}).bytes, f.now)) == "root.version");
  // One holder's signature, twice in the list; and the same with the number of signatures patched.
  auto one = make(3, mine.public_key(), three, 2, {&a, &b});
  one.signatures = {one.signatures[0], one.signatures[0]};
  Bytes twice(one.bytes.begin(), one.bytes.end() - 192);
  for (const auto& s : one.signatures) {
    twice.insert(twice.end(), s.key.bytes.begin(), s.key.bytes.end());
    twice.insert(twice.end(), s.signature.bytes.begin(), s.signature.bytes.end());
  }
  CHECK(bring_root(town, twice, f.now).error().fault == Fault::forged);
  // A holder of the new version who was none of the old does not count for the old.
  const crypto::SigningKey d = crypto::SigningKey::random();
  CHECK(why(bring_root(town, make(3, mine.public_key(), {a.public_key(), d.public_key()}, 2, {&a, &d}).bytes, f.now)) ==
        "root.threshold");
  CHECK(root_of(town).digest == second.digest);
  CHECK(certificate(town, id).key == first.top_key);
  // The true third version; then the second again, the first, and another third: nothing goes back.
  const crypto::SigningKey next = crypto::SigningKey::random();
  const auto third = make(3, next.public_key(), three, 2, {&b, &c});
  good(f.city.store().write(
      [&] { return node::adopt_top_key(f.city.store(), third, f.city.authority(), next, f.now); }));
  f.next_key[&f.city] = next.clone();
  good(f.settle(f.city));
  good(f.talk(4));
  REQUIRE(root_of(town).digest == third.digest);
  for (const auto* old : {&second, &first}) good(bring_root(town, old->bytes, f.now));
  CHECK(why(bring_root(town, make(3, mine.public_key(), three, 2, {&a, &c}).bytes, f.now)) == "root.version");
  CHECK(why(bring_root(town, make(2, first.top_key, three, 2, {&a, &c}).bytes, f.now)) == "done");
  CHECK(root_of(town).digest == third.digest);
  CHECK(certificate(town, id).key == next.public_key());
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
}
