// An office that changes its authority key, or its superior, and stays who it is.
#include "node/net/rehome.h"

#include <doctest/doctest.h>

#include <set>

#include "crypto/hash.h"
#include "node/store/people.h"
#include "node/store/registry.h"
#include "node/store/revocation.h"
#include "tests/sim/expect.h"
#include "tests/sim/forest.h"

using namespace yz;
using namespace yz::sim;

namespace {

Result<> bring(Office& o, const Bytes& consent, Millis now) {
  return o.store().write([&]() -> Result<> {
    auto done = node::take_consent(o.store(), consent, node::ConsentBy::below, now);
    // As in an exchange: what is refused rolls nothing back, or the alarm would go too.
    if (!done) return o.store().set_meta("refused", view(done.error().code));
    return o.store().set_meta("refused", view(std::string_view("done")));
  });
}
std::string refused(Office& o) { return std::string(text(o.store().meta("refused").value().value())); }

/// A county's key changes while its townships' mail is on its way. Afterwards everybody has the new one.
void rotate(Forest& f, Office& superior, Office& o) {
  good(f.begin_key(o));
  good(f.talk(2));
  REQUIRE(node::key_to_certify(superior.store(), id_of(o)).value());
  good(f.certify(superior, o));
  good(f.talk(4));
}

}  // namespace

TEST_CASE("a county changes its authority key while mail is on its way, and stays who it is everywhere") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.east);
  const PublicKey old_key = certificate(f.east, id).key;
  f.cut_off = {&f.east};
  good(f.report(f.east));
  good(f.report(f.town, Lane::urgent));
  good(f.talk(2));
  f.cut_off = {};
  rotate(f, f.city, f.east);
  const PublicKey new_key = certificate(f.east, id).key;
  CHECK(new_key != old_key);
  for (Office* o : {&f.city, &f.town, &f.other}) CHECK(certificate(*o, id).key == new_key);
  // What it had certified stands under the new key now, everywhere.
  for (Office* o : {&f.east, &f.city, &f.town}) CHECK(certificate(*o, id_of(f.town)).issuer_key == new_key);
  CHECK(node::reissue_due(f.east.store()) == false);
  for (Office* o : {&f.east, &f.city})
    CHECK(number(*o, "select count(*) from officer where state = 0 and office = x'" + hex(id.view()) + "'") == 1);
  good(f.report(f.town));
  good(f.report(f.east, Lane::urgent));
  good(f.talk());
  CHECK(good_records(f.city) == 2);
  CHECK(good_records(f.east) == 2);
  // No word of what was signed before is marked: the person's key never changed.
  for (Office* o : {&f.city, &f.east}) CHECK(number(*o, "select count(*) from record where (flags & 256) != 0") == 0);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  f.now += 3 * kHour;  // longer than certificates may take to be the same at both ends
  good(f.report(f.east));
  good(f.talk());
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  // And once more, from the new key.
  rotate(f, f.city, f.east);
  CHECK(certificate(f.town, id).key == certificate(f.east, id).key);
  CHECK(certificate(f.town, id).key != new_key);
  good(f.report(f.town));
  good(f.talk());
  CHECK(good_records(f.east) == 3);
}

TEST_CASE("whoever has the key that was replaced can do nothing with it any more") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const crypto::SigningKey thief = f.east.authority(), mine = crypto::SigningKey::random();
  const OfficeId id = id_of(f.east);
  rotate(f, f.city, f.east);
  // Another person for the office.
  crypto::Certificate person;
  person.type = crypto::CertType::officer;
  person.office = person.issuer = id;
  person.subject.bytes = crypto::person_id_of(mine.public_key()).bytes;
  person.issuer_key = thief.public_key();
  person.not_before_ms = static_cast<std::uint64_t>(f.now - 400 * kHour);
  person.not_after_ms = static_cast<std::uint64_t>(f.now + 400 * kHour);
  person.level = crypto::Level::county;
  person.roles = crypto::role::all;
  person.key = mine.public_key();
  person.name = "贼";
  good(person.sign(thief));
  for (Office* o : {&f.city, &f.east, &f.town}) CHECK(why(learn(*o, person, f.now)) == "certificate.superseded");
  // Another office below it, and its own township under another name.
  auto office = certificate(f.east, id_of(f.town));
  office.issuer_key = thief.public_key();
  office.serial += 100000;
  good(office.sign(thief));
  for (Office* o : {&f.city, &f.east, &f.town}) CHECK(why(learn(*o, office, f.now)) == "certificate.superseded");
  // A revocation.
  sync::Revocation r;
  r.target = sync::RevokedTarget::office;
  r.why = sync::RevokedWhy::compromised;
  r.subject.bytes = id_of(f.town).bytes;
  const Bytes revocation = sync::sign_revocation(r, thief);
  CHECK(why(f.city.store().write([&] { return node::take_revocation(f.city.store(), revocation, f.now); })) ==
        "revoke.superseded");
  // Another key, another superior.
  sync::Consent c;
  c.office = id;
  c.old_key = thief.public_key();
  c.new_key = mine.public_key();
  c.before = c.after = id_of(f.city);
  c.serial = static_cast<std::uint64_t>(f.now + 1000);
  CHECK(accused(f.city) == "");
  good(bring(f.city, sync::sign_consent(c, thief, mine), f.now));
  CHECK(refused(f.city) == "office.disputed");
  CHECK(number(f.city, "select count(*) from alarm where code = 'office.disputed'") == 1);
  c.new_key = c.old_key;
  c.after = id_of(f.west);
  good(bring(f.city, sync::sign_consent(c, thief, thief), f.now));
  CHECK(refused(f.city) == "office.disputed");
  // Its certificates of before are good, shown by whomever.
  good(learn(f.city, certificate(f.east, id_of(f.town)), f.now));
  CHECK(certificate(f.city, id).key == certificate(f.east, id).key);
}

TEST_CASE("the superior alone puts no other key in an office's place, and the office alone neither") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const crypto::SigningKey mine = crypto::SigningKey::random();
  auto c = certificate(f.city, id_of(f.east));
  c.key = mine.public_key();
  c.serial += 1000;
  good(c.sign(f.city.authority()));
  CHECK(why(learn(f.city, c, f.now)) == "office.disputed");
  // A consent is not a certificate.
  good(f.begin_key(f.east));
  CHECK(why(f.begin_key(f.east)) == "office.rotating");
  good(f.talk(3));
  CHECK(certificate(f.city, id_of(f.east)).key == f.east.authority().public_key());
  // Nor does it help to another key than the one that it names.
  CHECK(why(learn(f.city, c, f.now)) == "office.disputed");
  CHECK(why(f.begin_key(f.city)) == "office.top");
  for (auto& o : f.tree.offices) CHECK(node::reissue_due(o->store()) == false);
}

TEST_CASE("of two words of one key the first counts where it came, and the second is an alarm") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const crypto::SigningKey old_key = f.town.authority(), a = crypto::SigningKey::random();
  const crypto::SigningKey b = crypto::SigningKey::random();
  const auto consent = [&](const crypto::SigningKey& to, std::uint64_t serial) {
    sync::Consent c;
    c.office = id_of(f.town);
    c.old_key = old_key.public_key();
    c.new_key = to.public_key();
    c.before = c.after = id_of(f.east);
    c.serial = serial;
    return sync::sign_consent(c, old_key, to);
  };
  good(bring(f.east, consent(a, 10), f.now));
  CHECK(refused(f.east) == "done");
  good(bring(f.east, consent(a, 10), f.now));  // the same again
  CHECK(refused(f.east) == "done");
  good(bring(f.east, consent(b, 99), f.now));
  CHECK(refused(f.east) == "office.disputed");
  good(bring(f.east, consent(b, 1), f.now));
  CHECK(refused(f.east) == "office.disputed");
  CHECK(node::key_to_certify(f.east.store(), id_of(f.town)).value() == a.public_key());
  // A stranger's is not heard at all.
  sync::Consent c;
  c.office = id_of(f.town);
  c.old_key = b.public_key();
  c.new_key = a.public_key();
  good(bring(f.east, sync::sign_consent(c, b, a), f.now));
  CHECK(refused(f.east) == "consent.key");
}

TEST_CASE("what an office took back under its old key holds for whoever hears of it later") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  f.cut_off = {&f.other};
  const auto person = f.east.directory().officers(id_of(f.town)).value().at(0).person;
  crypto::SubjectId subject;
  subject.bytes = person.bytes;
  const node::RevokeWish wish{sync::RevokedTarget::officer, subject, sync::RevokedWhy::compromised, 0, "test"};
  good(f.east.store().write([&] { return node::revoke(f.east.store(), wish, f.east.authority(), "县长", f.now); }));
  rotate(f, f.city, f.east);
  CHECK(number(f.east, "select count(*) from revocation") == 2);
  CHECK(number(f.city, "select count(*) from revocation where applied = 1") == 2);
  CHECK(number(f.east, "select count(*) from alarm where code = 'revoked.officer'") == 1);
  f.cut_off = {};
  good(f.talk(4));
  CHECK(number(f.other, "select count(*) from revocation") >= 1);
  for (auto& o : f.tree.offices)
    if (accused(*o).find("refused") != std::string::npos) CHECK(accused(*o) == "");
}

namespace {

node::Invitation invite(Forest& f, Office& by, const std::string& code, const std::string& name, crypto::Level level) {
  node::Invite wish;
  wish.code = code;
  wish.name = name;
  wish.level = level;
  wish.urls = {"http://127.0.0.1:1"};
  wish.moves = true;
  return by.store().write([&] { return node::make_invitation(by.store(), by.directory(), wish, "", f.now); }).value();
}

Result<Bytes> ask(Forest& f, Office& o, const node::Invitation& i) {
  const crypto::SigningKey key = TRY(f.authority(o));
  return o.store().write([&] { return node::make_move_request(o.store(), o.directory(), i, key, f.now); });
}

Result<Bytes> answer(Forest& f, Office& to, const Bytes& request) {
  const crypto::SigningKey key = TRY(f.authority(to));
  return to.store().write([&] { return node::admit(to.store(), to.directory(), request, key, f.now); });
}

/// As the two nodes do it over the line, and the office dials its new superior from then on.
Result<> move(Forest& f, Office& o, Office& to, const std::string& code, const std::string& name) {
  const auto level = TRY(o.directory().office_certificate(id_of(o)))->level;
  const auto i = invite(f, to, code, name, level);
  const Bytes request = TRY(ask(f, o, i));
  const Bytes said = TRY(answer(f, to, request));
  // The answer may be lost and asked for again.
  TRY(answer(f, to, request));
  TRY(o.store().write([&] { return node::accept_registration(o.store(), o.directory(), i, request, said, f.now); }));
  TRY(f.settle(o));
  f.up.erase(&o);
  return f.dial(o, to);
}

}  // namespace

TEST_CASE("a township moves to another county and keeps its id, its key and what was on its way in both directions") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.town);
  const PublicKey key = certificate(f.town, id).key;
  good(f.report(f.town));
  good(f.talk(4));
  CHECK(good_records(f.east) == 1);
  // Written for the county that it leaves, and not arrived; the county's answer too.
  f.cut_off = {&f.town};
  good(f.report(f.town, Lane::urgent));
  good(f.report(f.town));
  const std::int64_t matter = number(f.east, "select row from matter where own = 0");
  good(f.east.acknowledge(matter, f.now));
  good(f.talk(1));
  f.cut_off = {};
  good(move(f, f.town, f.west, "370784105", "柳河镇"));
  CHECK(id_of(f.town) == id);
  good(f.talk(10));
  for (Office* o : {&f.town, &f.west, &f.city, &f.east}) {
    const auto c = certificate(*o, id);
    CHECK(c.code == "370784105");
    CHECK(c.issuer == id_of(f.west));
    CHECK(c.key == key);
  }
  CHECK(good_records(f.east) == 3);
  CHECK(good_records(f.town) == 1);
  CHECK(good_records(f.west) == 0);
  CHECK(number(f.town, "select count(*) from delivery where state <> 3") == 0);
  CHECK(number(f.east, "select count(*) from delivery where state <> 3") == 0);
  CHECK(number(f.east, "select count(*) from office where state = 4 and code = '370784105'") == 1);
  CHECK(number(f.east, "select count(*) from alarm where code = 'office.moved'") == 1);
  // From now on it reports to the new one.
  good(f.report(f.town, Lane::urgent));
  good(f.talk(6));
  CHECK(good_records(f.west) == 1);
  CHECK(number(f.west, "select verified from matter where own = 0") == 1);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  for (int day = 0; day < 3; ++day) {
    f.now += 20 * kHour;
    good(f.talk(3));
  }
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
  // The county that it left has no say over it any more.
  node::RevokeWish wish;
  wish.target = sync::RevokedTarget::office;
  wish.subject.bytes = id.bytes;
  wish.why = sync::RevokedWhy::compromised;
  CHECK(why(f.east.store().write(
            [&] { return node::revoke(f.east.store(), wish, f.east.authority(), "县长", f.now); })) == "revoke.issuer");
  // And back again: nothing that it said before stands in the way.
  good(move(f, f.town, f.east, "370783105", "柳河镇"));
  good(f.talk(8));
  for (Office* o : {&f.town, &f.west, &f.city, &f.east}) CHECK(certificate(*o, id).issuer == id_of(f.east));
  good(f.report(f.town));
  good(f.talk(6));
  CHECK(good_records(f.east) == 4);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
}

TEST_CASE("a township moves up to the city itself, and its key may have changed before") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  rotate(f, f.east, f.town);
  const PublicKey key = certificate(f.town, id_of(f.town)).key;
  f.cut_off = {&f.town};
  good(f.report(f.town));
  f.cut_off = {};
  good(move(f, f.town, f.city, "370783105", "柳河镇"));
  good(f.talk(8));
  for (Office* o : {&f.town, &f.city, &f.east}) {
    CHECK(certificate(*o, id_of(f.town)).issuer == id_of(f.city));
    CHECK(certificate(*o, id_of(f.town)).key == key);
  }
  CHECK(good_records(f.east) == 1);
  good(f.report(f.town, Lane::urgent));
  good(f.talk(4));
  CHECK(good_records(f.city) == 1);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
}

TEST_CASE("nobody is moved without his own word, nor by another invitation, level or superior") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.town);
  const auto level = crypto::Level::township;
  const auto code = [](const auto& r) { return r ? std::string("done") : r.error().code; };
  // A certificate of the new superior alone.
  auto c = certificate(f.city, id);
  c.issuer = id_of(f.west);
  c.issuer_key = f.west.authority().public_key();
  c.code = "370784105";
  c.serial += 1000;
  good(c.sign(f.west.authority()));
  CHECK(why(learn(f.city, c, f.now)) == "office.disputed");
  const auto i = invite(f, f.west, "370784105", "柳河镇", level);
  const Bytes request = ask(f, f.town, i).value();
  // The consent names one superior: with another's certificate it is no help.
  auto d = certificate(f.city, id);
  d.issuer = id_of(f.far);
  CHECK(code(answer(f, f.east, request)) == "join.unknown");
  Bytes bent = request;
  bent[bent.size() - 40] ^= 1;
  CHECK(code(answer(f, f.west, bent)) == "join.form");
  // For a level that it does not have; to whom it belongs already; by an invitation of another kind.
  CHECK(code(ask(f, f.town, invite(f, f.west, "370784106", "柳河", crypto::Level::unit))) == "move.level");
  CHECK(code(ask(f, f.town, invite(f, f.east, "370783199", "柳河", level))) == "move.superior");
  auto plain = i;
  plain.moves = false;
  CHECK(code(ask(f, f.town, plain)) == "move.invitation");
  CHECK(code(ask(f, f.city, i)) == "office.top");
  good(f.begin_key(f.town));
  CHECK(code(ask(f, f.town, i)) == "office.rotating");
  // The request that was made before still holds: the same key, the same word.
  good(answer(f, f.west, request));
  CHECK(certificate(f.west, id).issuer == id_of(f.west));
}

TEST_CASE("a county under another code takes those below it along") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  good(f.report(f.town));
  good(f.talk(4));
  // The city gives the county another code by its own hand, as a superior may; what lies below follows.
  auto c = certificate(f.city, id_of(f.east));
  c.code = "370799";
  c.serial += 1000;
  good(c.sign(f.city.authority()));
  good(f.city.store().write([&]() -> Result<> {
    TRY(f.city.directory().learn(c, f.now));
    return node::tell_certificate(f.city.store(), c);
  }));
  good(f.talk(6));
  for (Office* o : {&f.city, &f.east, &f.town}) CHECK(certificate(*o, id_of(f.town)).code == "370799105");
  for (Office* o : {&f.city, &f.east, &f.other}) CHECK(certificate(*o, id_of(f.other)).code == "370799106");
  good(f.report(f.town, Lane::urgent));
  good(f.talk(4));
  CHECK(good_records(f.east) == 2);
  for (auto& o : f.tree.offices) CHECK(accused(*o) == "");
}

namespace {

/// Does `work` on a copy of the office once for each place where the power can go, and looks at what survived.
void cut_everywhere(Office& office, const std::function<Result<>(Office&)>& work,
                    const std::function<void(Office&)>& look) {
  office.close();
  std::uint64_t most = 1;
  for (std::uint64_t k = 0; k <= most; ++k) {
    for (const std::uint64_t survival : {0, 1, 7}) {
      CAPTURE(k);
      CAPTURE(survival);
      Office copy(office.disk().clone(), office.secrets());
      good(copy.open());
      const std::uint64_t before = copy.disk().operations();
      if (k > 0) copy.disk().cut_power_at(k);
      const auto done = work(copy);
      if (k == 0) {
        good(done);
        most = copy.disk().operations() - before;
      }
      copy.close();
      copy.disk().power_on(survival);
      good(copy.open());
      look(copy);
      copy.close();
    }
  }
  REQUIRE(most > 4);
  good(office.open());
}

}  // namespace

TEST_CASE("the power goes at any moment of a change of key: the old one or the new one works, whole") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  const OfficeId id = id_of(f.east);
  const crypto::SigningKey old_key = f.east.authority(), next = crypto::SigningKey::random();
  f.up.clear();
  // The office's word: told or not, and the old key is in use either way.
  cut_everywhere(
      f.east,
      [&](Office& o) {
        return o.store().write([&] { return node::begin_authority_key(o.store(), old_key, next, f.now); });
      },
      [&](Office& o) {
        const auto waits = node::authority_key_waits(o.store()).value();
        CHECK(number(o, "select count(*) from consent") == (waits ? 1 : 0));
        CHECK(number(o, "select count(*) from control where type = 1 and substr(bytes, 6, 1) = x'09'") ==
              (waits ? 1 : 0));
        CHECK(certificate(o, id).key == old_key.public_key());
        CHECK(node::reissue_due(o.store()) == false);
        if (!waits) good(o.store().write([&] { return node::begin_authority_key(o.store(), old_key, next, f.now); }));
      });
  good(f.east.store().write([&] { return node::begin_authority_key(f.east.store(), old_key, next, f.now); }));
  const Bytes consent = node::rotation_from(f.east.store(), id, old_key.public_key()).value().value();
  good(bring(f.city, consent, f.now));
  good(f.certify(f.city, f.east));
  good(learn(f.east, certificate(f.city, id), f.now));
  // What stood under the old key: all of it, or nothing yet, and then it is done at the next start.
  cut_everywhere(
      f.east, [&](Office& o) { return o.store().write([&] { return node::reissue(o.store(), next, f.now); }); },
      [&](Office& o) {
        CHECK(certificate(o, id).key == next.public_key());
        const bool due = node::reissue_due(o.store()).value();
        const auto under = [&](const PublicKey& key) {
          return number(o, "select (select count(*) from node where office = x'" + hex(id.view()) +
                               "' and substr(certificate, 61, 32) = x'" + hex(key.view()) +
                               "') + (select count(*) from officer where state = 0 and office = x'" + hex(id.view()) +
                               "' and substr(certificate, 61, 32) = x'" + hex(key.view()) +
                               "') + (select count(*) from office where superior = x'" + hex(id.view()) +
                               "' and substr(certificate, 61, 32) = x'" + hex(key.view()) + "')");
        };
        CHECK(under(due ? old_key.public_key() : next.public_key()) == 4);
        CHECK(under(due ? next.public_key() : old_key.public_key()) == 0);
        if (due) good(o.store().write([&] { return node::reissue(o.store(), next, f.now); }));
        CHECK(node::reissue_due(o.store()) == false);
        const auto me =
            crypto::Certificate::decode([&] {
              node::Query q =
                  o.store().db().query("select certificate from node where id = ?", o.store().me().node).value();
              REQUIRE(q.step().value());
              return q.blob(0);
            }())
                .value();
        CHECK(me.digest == o.store().me().node_certificate);
      });
}
