// Keys that end and begin, between a county and its township: revocations, certificates made anew, root documents.
#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "node/store/node_key.h"
#include "node/store/people.h"
#include "node/store/registry.h"
#include "node/store/revocation.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;
using node::RevokeWish;
using sync::RevokedTarget;
using sync::RevokedWhy;

namespace {

template <class T>
std::string code(const Result<T>& r) {
  return r ? std::string("done") : r.error().code;
}

template <class Id>
crypto::SubjectId subject(const Id& id) {
  crypto::SubjectId s;
  s.bytes = id.bytes;
  return s;
}

OfficeId office(Office& o) { return o.store().me().office; }
NodeId node_of(Office& o) { return o.store().me().node; }

sync::Revocation against_office(Office& o, RevokedWhy why, Millis since) {
  sync::Revocation r;
  r.target = RevokedTarget::office;
  r.why = why;
  r.subject = subject(office(o));
  r.since = since;
  return r;
}

Result<> revoke(Scene& s, RevokedTarget target, crypto::SubjectId whom, RevokedWhy why, Millis since) {
  const RevokeWish wish{target, whom, why, since, "test"};
  const crypto::SigningKey authority = s.county().authority();
  return s.county().store().write([&] { return node::revoke(s.county().store(), wish, authority, "县长", s.now); });
}

/// As if another neighbour had brought it.
Result<> bring(Office& to, const Bytes& body, Millis now) {
  return to.store().write([&] { return node::take_revocation(to.store(), body, now); });
}

/// The township's next envelope, cut but kept from leaving.
Result<sync::Envelope> cut(Scene& s, Lane lane) {
  TRY(s.report(lane, 20));
  return s.township().store().write([&]() -> Result<sync::Envelope> {
    const auto queued = TRY(s.outbox->cut(lane, 0));
    if (!queued) return fail(Fault::missing, "nothing was cut");
    return sync::decode_envelope(TRY(s.outbox->envelope(queued->row)));
  });
}

Result<> accept(Scene& s, const sync::Envelope& e) {
  TRY(s.county().store().write([&] {
    sync::Tally tally;
    s.county().inbox().set_now(s.now);
    return s.county().inbox().accept(e, e.head.stream.node, tally);
  }));
  return s.county().open_received(s.now);
}

std::int64_t held(Office& o) { return o.number("select count(*) from record where quarantine = 38").value(); }
std::int64_t good_records(Office& o) {
  return o.number("select count(*) from record where own = 0 and quarantine = 0").value();
}

crypto::Certificate certificate_of(Office& o, const char* sql, ByteView id) {
  node::Query q = o.store().db().query(sql, id).value();
  REQUIRE(q.step().value());
  return crypto::Certificate::decode(q.blob(0)).value();
}
crypto::Certificate node_certificate(Office& o) {
  return certificate_of(o, "select certificate from node where id = ?", node_of(o).view());
}
crypto::Certificate office_certificate(Office& o) {
  return certificate_of(o, "select certificate from office where id = ?", office(o).view());
}
crypto::Certificate officer_certificate(Office& o) {
  return certificate_of(o, "select certificate from officer where office = ? and state = 0", office(o).view());
}

Result<> learn(Office& o, const crypto::Certificate& c, Millis now) {
  return o.store().write([&] { return o.directory().learn(c, now); });
}

constexpr Millis kYear = 365LL * 24 * kHour;

}  // namespace

TEST_CASE("a revocation is refused unless an authority above its subject signed it") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const auto r = against_office(township, RevokedWhy::compromised, s.now);
  const crypto::SigningKey stranger = crypto::SigningKey::random();
  CHECK(code(bring(county, sync::sign_revocation(r, stranger), s.now)) == "revoke.authority");
  // The office itself, and it its superior.
  CHECK(code(bring(county, sync::sign_revocation(r, township.authority()), s.now)) == "revoke.issuer");
  CHECK(code(bring(township,
                   sync::sign_revocation(against_office(county, RevokedWhy::retired, s.now), township.authority()),
                   s.now)) == "revoke.issuer");
  auto node_above = against_office(county, RevokedWhy::compromised, s.now);
  node_above.target = RevokedTarget::node;
  node_above.subject = subject(node_of(county));
  CHECK(code(bring(township, sync::sign_revocation(node_above, township.authority()), s.now)) == "revoke.issuer");
  // Every byte is under the signature.
  const Bytes whole = sync::sign_revocation(r, county.authority());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    Bytes bent = whole;
    bent[i] ^= 1;
    CHECK_FALSE(bring(county, bent, s.now));
  }
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK_FALSE(sync::decode_revocation(ByteView(whole).first(n)));
  CHECK(county.number("select count(*) from revocation") == 0);
  CHECK(township.number("select count(*) from revocation") == 0);
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(good_records(county) == 1);
}

TEST_CASE("a statement that carries a bad revocation is refused and shown, and the exchange goes on") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const auto r = against_office(county, RevokedWhy::compromised, s.now);
  good(township.store().write([&] {
    return township.store().state(sync::StatementKind::revocation, sync::sign_revocation(r, township.authority()),
                                  std::nullopt, s.now);
  }));
  good(s.report(Lane::routine, 20));
  good(s.talk());
  CHECK(good_records(county) == 1);
  CHECK(county.number("select count(*) from revocation") == 0);
  CHECK(county.number("select count(*) from alarm where code = 'identity.refused' and message like '%revoke.issuer'") ==
        1);
}

TEST_CASE("a revoked office gets no answer, what it sent before stays good, and its neighbours are told") {
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 20));
  good(s.talk());
  Office& county = s.county();
  good(revoke(s, RevokedTarget::office, subject(office(s.township())), RevokedWhy::compromised, s.now));
  CHECK(code(node::may_exchange(county.store(), node_of(s.township()))) == "exchange.revoked");
  CHECK(code(node::may_exchange(s.township().store(), node_of(county))) == "done");
  CHECK(good_records(county) == 1);
  CHECK(county.number("select verified from matter where own = 0") == 1);
  CHECK(county.number("select count(*) from control where type = 1 and peer = x'' and substr(bytes, 6, 1) = x'04'") ==
        1);
  // Twice, and by another hand: nothing changes.
  node::Query q = county.store().db().query("select body from revocation").value();
  REQUIRE(q.step().value());
  good(bring(county, q.blob(0), s.now + kHour));
  CHECK(county.number("select count(*) from revocation") == 1);
}

TEST_CASE("what a stolen node sends by others is held, and a person releases it") {
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 20));
  good(s.talk());
  Office& county = s.county();
  const auto e = cut(s, Lane::routine);
  good(e);
  good(revoke(s, RevokedTarget::node, subject(node_of(s.township())), RevokedWhy::compromised, s.now));
  good(accept(s, *e));
  CHECK(held(county) == 1);
  CHECK(county.number("select count(*) from refused where why = 38") == 1);
  CHECK(good_records(county) == 1);
  // A statement of it is not heard at all.
  sync::NodeList list;
  list.version = 1ULL << 60;
  list.nodes.push_back({node_of(s.township()), CertDigest{}, BoxPublic{}, 0});
  const auto& me = s.township().store().me();
  const auto st = sync::issue(sync::StatementKind::node_list, {me.office, me.node, me.epoch}, sync::Hlc::at(s.now),
                              s.now, sync::encode(list), s.township().store().keys().node);
  sync::Tally tally;
  CHECK(code(county.store().write([&] { return county.inbox().apply(st, me.node, tally); })) == "exchange.revoked");

  const std::int64_t matter = county.number("select matter from record where quarantine = 38").value();
  good(county.store().write([&] { return node::release_held(county.store(), matter, "县长", s.now); }));
  good(county.open_received(s.now));
  CHECK(held(county) == 0);
  CHECK(good_records(county) == 2);
  CHECK(county.number("select count(*) from refused where why = 38") == 0);
  CHECK(county.number("select count(*) from record where own = 0 and (flags & 256) != 0") == 1);
}

TEST_CASE("what a head had announced before the theft is good when it comes, and what it had not is held") {
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 20));
  good(s.talk());
  Office &county = s.county(), &township = s.township();
  const auto e2 = cut(s, Lane::routine), e3 = cut(s, Lane::routine);
  good(e2);
  good(e3);
  // A head that names both, heard while the machine was its owner's.
  sync::Head h;
  h.destination = office(county);
  h.incarnation = township.store().me().incarnation;
  h.lanes[2] = {e3->head.seq, e3->chain(), 0, 0};
  const auto& me = township.store().me();
  const auto head = sync::issue(sync::StatementKind::head, {me.office, me.node, me.epoch}, sync::Hlc::at(s.now), s.now,
                                sync::encode(h), township.store().keys().node);
  sync::Tally tally;
  good(county.store().write([&] { return county.inbox().apply(head, me.node, tally); }));
  good(revoke(s, RevokedTarget::node, subject(me.node), RevokedWhy::compromised, s.now));
  const auto e4 = cut(s, Lane::routine);
  good(e4);
  good(accept(s, *e2));
  CHECK(held(county) == 1);  // nothing shows yet that it is the announced one
  good(accept(s, *e3));
  CHECK(held(county) == 0);
  CHECK(good_records(county) == 3);
  good(accept(s, *e4));
  CHECK(held(county) == 1);
}

TEST_CASE("of a retired officer counts what was signed before, and it is flagged") {
  Scene s;
  good(s.start());
  Office& county = s.county();
  const auto before = cut(s, Lane::routine);
  good(before);
  const Millis since = s.now + 1;
  s.now += kHour;
  const auto after = cut(s, Lane::routine);
  good(after);
  const auto person = officer_certificate(s.township()).subject;
  good(revoke(s, RevokedTarget::officer, person, RevokedWhy::retired, since));
  good(accept(s, *before));
  CHECK(good_records(county) == 1);
  CHECK(county.number("select count(*) from record where (flags & 256) != 0") == 1);
  good(accept(s, *after));
  CHECK(good_records(county) == 1);
  CHECK(held(county) == 1);
}

TEST_CASE("a revocation that comes before its subject's certificate holds when that comes") {
  Scene s;
  good(s.start());
  Office& county = s.county();
  const crypto::SigningKey key = crypto::SigningKey::random();
  const auto person = crypto::person_id_of(key.public_key());
  sync::Revocation r;
  r.target = RevokedTarget::officer;
  r.why = RevokedWhy::compromised;
  r.subject = subject(person);
  good(bring(county, sync::sign_revocation(r, s.township().authority()), s.now));
  CHECK(county.number("select applied from revocation") == 0);
  const auto c = s.township().store().write([&] {
    return node::officer_certificate(s.township().store(), person, "赵敏", crypto::role::drafter, key.public_key(),
                                     s.township().authority(), s.now);
  });
  good(c);
  CHECK(code(learn(county, *c, s.now)) == "done");
  CHECK(county.number("select applied from revocation") == 1);
  CHECK(county.number("select count(*) from officer where state = 9") == 1);
  // One by an office that has nothing to do with the person goes when the certificate shows it.
  Scene t;
  good(t.start());
  r.target = RevokedTarget::node;
  r.subject = subject(NodeId{});
  for (int i = 0; i < 300; ++i) {
    r.subject.bytes[0] = static_cast<std::uint8_t>(i);
    r.subject.bytes[1] = static_cast<std::uint8_t>(i / 256 + 1);
    const auto done = bring(t.county(), sync::sign_revocation(r, t.township().authority()), t.now);
    if (i < 256) good(done);
    if (i >= 256) CHECK(code(done) == "revoke.many");
  }
}

TEST_CASE("an old certificate that is shown again changes nothing, before and after a revocation") {
  Scene s;
  good(s.start());
  good(s.talk());
  Office &county = s.county(), &township = s.township();
  const auto old_node = node_certificate(township), old_officer = officer_certificate(township);
  const auto old_office = office_certificate(township);
  const crypto::SigningKey authority = township.authority(), above = county.authority();
  good(county.store().write([&] { return node::renew_office(county.store(), office(township), above, s.now); }));
  good(township.store().write([&] { return node::begin_node_key(township.store(), authority, s.now); }));
  good(township.store().write([&] {
    return node::change_roles(township.store(), "王芳", crypto::role::all & ~crypto::role::duty, authority, s.now);
  }));
  good(s.report(Lane::routine, 20));
  good(s.talk());
  const auto registered = [&] { return county.directory().registry(office(township)).value(); };
  const Hash before = registered();
  for (const auto* c : {&old_node, &old_officer, &old_office}) good(learn(county, *c, s.now));
  CHECK(registered() == before);
  CHECK(county.number("select count(*) from officer where state = 2") == 1);
  good(revoke(s, RevokedTarget::office, subject(office(township)), RevokedWhy::compromised, s.now));
  for (const auto* c : {&old_node, &old_officer, &old_office})
    CHECK(code(learn(county, *c, s.now)) == "certificate.revoked");
  CHECK(registered() == before);
  CHECK(county.number("select state from office where code = '370700101'") == 9);
}

TEST_CASE("nobody takes another's node, person or office by a certificate of his own") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const crypto::SigningKey mine = crypto::SigningKey::random();
  auto node = node_certificate(county);
  node.office = node.issuer = office(township);
  node.level = crypto::Level::township;
  node.issuer_key = township.authority().public_key();
  node.key = mine.public_key();
  node.serial += 1000;
  good(node.sign(township.authority()));
  CHECK(code(learn(county, node, s.now)) == "node.foreign");
  auto person = officer_certificate(county);
  person.office = person.issuer = office(township);
  person.level = crypto::Level::township;
  person.issuer_key = township.authority().public_key();
  person.key = mine.public_key();
  good(person.sign(township.authority()));
  CHECK(code(learn(county, person, s.now)) == "officer.foreign");
  // The superior alone may not put another key in an office's place: the office would not know.
  auto stolen = office_certificate(township);
  stolen.key = mine.public_key();
  stolen.serial += 1000;
  good(stolen.sign(county.authority()));
  good(county.store().write([&]() -> Result<> {  // as in an exchange: the frame is refused, the rest is kept
    CHECK(code(county.directory().learn(stolen, s.now)) == "office.disputed");
    return {};
  }));
  CHECK(county.number("select count(*) from alarm where code = 'office.disputed'") == 1);
  // Wrong level, wrong prefix, a circle.
  auto level = office_certificate(township);
  level.level = crypto::Level::county;
  level.serial += 1000;
  good(level.sign(county.authority()));
  CHECK(code(learn(county, level, s.now)) == "certificate.path");
  auto prefix = office_certificate(township);
  prefix.code = "370800101";
  prefix.serial += 1000;
  good(prefix.sign(county.authority()));
  CHECK(code(learn(county, prefix, s.now)) == "certificate.path");
  auto circle = office_certificate(county);
  circle.issuer = office(township);
  circle.issuer_key = township.authority().public_key();
  circle.serial += 1000;
  good(circle.sign(township.authority()));
  CHECK(code(learn(county, circle, s.now)) == "certificate.path");
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(good_records(county) == 1);
}

TEST_CASE("what a suspended officer signs all the same is held, and what was signed before is good") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const auto before = cut(s, Lane::routine);
  good(before);
  const Millis suspended = s.now + kMinute;
  s.now += kHour;
  const auto after = cut(s, Lane::routine);  // by one who still holds the key, under the certificate before
  good(after);
  auto c = officer_certificate(township);
  c.roles = 0;
  c.serial += 1000;
  c.not_before_ms = static_cast<std::uint64_t>(suspended);
  good(c.sign(township.authority()));
  good(learn(county, c, s.now));
  good(accept(s, *before));
  CHECK(good_records(county) == 1);
  CHECK(county.number("select count(*) from record where (flags & 256) != 0") == 1);
  good(accept(s, *after));
  CHECK(good_records(county) == 1);
  CHECK(held(county) == 1);
}

TEST_CASE("an office of three keeps its administrators apart") {
  Scene s;
  good(s.start());
  Office& t = s.township();
  const crypto::SigningKey authority = t.authority();
  namespace role = crypto::role;
  const auto add = [&](const char* name, std::uint16_t roles) {
    return t.store().write([&]() -> Result<> {
      const crypto::SigningKey key = crypto::SigningKey::random();
      const auto person = crypto::person_id_of(key.public_key());
      TRY(node::check_roles(t.store(), person, roles));
      return t.directory().learn(
          TRY(node::officer_certificate(t.store(), person, name, roles, key.public_key(), authority, s.now)), s.now);
    });
  };
  good(add("赵敏", role::signer | role::admin_keys | role::admin_policy));
  CHECK(code(add("孙立", role::admin_keys | role::admin_policy)) == "roles.admin");
  good(add("孙立", role::drafter | role::admin_policy));
  CHECK(node::crowded_administrators(t.store()).value().size() == 2);
  const auto change = [&](const char* name, std::uint16_t roles) {
    s.now += kMinute;
    return t.store().write([&] { return node::change_roles(t.store(), name, roles, authority, s.now); });
  };
  CHECK(code(change("王芳", role::admin_keys | role::admin_people)) == "roles.admin");
  CHECK(code(change("王芳", role::signer)) == "officer.last");
  CHECK(code(change("王芳", 0)) == "officer.last");
  good(change("王芳", role::signer | role::admin_people));
  good(change("赵敏", role::signer | role::admin_keys));
  CHECK(node::crowded_administrators(t.store()).value().empty());
}

TEST_CASE("a node changes its key while mail is on its way, at both ends, and nothing is lost") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  good(s.report(Lane::routine, 20));
  const auto under_old = cut(s, Lane::urgent);
  good(under_old);
  const crypto::SigningKey authority = township.authority(), above = county.authority();
  good(township.store().write([&] { return node::begin_node_key(township.store(), authority, s.now); }));
  CHECK(code(township.store().write([&] { return node::begin_node_key(township.store(), authority, s.now); })) ==
        "node.rotating");
  const PublicKey old_key = township.store().keys().node.public_key();
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(township.store().keys().node.public_key() != old_key);
  CHECK_FALSE(node::node_key_waits(township.store()).value());
  CHECK(good_records(county) == 3);
  good(county.store().write([&] { return node::begin_node_key(county.store(), above, s.now); }));
  good(s.report(Lane::routine, 20));
  good(s.talk());
  CHECK_FALSE(node::node_key_waits(county.store()).value());
  good(s.report(Lane::routine, 20));
  good(s.talk());
  CHECK(good_records(county) == 5);
  // After a start too.
  s.hang_up(township);
  s.hang_up(county);
  good(s.start());
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(good_records(county) == 6);
}

TEST_CASE("serials grow though a clock was 50 years ahead, and certificates end 50 years off cost reports nothing") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const crypto::SigningKey authority = township.authority();
  const auto change = [&](Millis at, std::uint16_t roles) {
    return township.store().write([&] { return node::change_roles(township.store(), "王芳", roles, authority, at); });
  };
  good(change(s.now + 50 * kYear, crypto::role::all));
  good(change(s.now, crypto::role::all & ~crypto::role::auditor));
  CHECK(township.number("select roles from officer where state = 0") == 255 - crypto::role::auditor);
  CHECK(township.number("select count(*) from officer where state = 0") == 1);
  good(s.report(Lane::flash, 20));
  good(s.talk());
  CHECK(good_records(county) == 1);
}

TEST_CASE("a superior's signed addresses come first, what was known stays behind them, and nonsense is left out") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  CHECK(code(county.store().write([&] { return node::state_addresses(county.store(), {"ftp://x"}, s.now); })) ==
        "address.url");
  CHECK(code(county.store().write([&] {
          return node::state_addresses(county.store(), std::vector<std::string>(5, "http://x"), s.now);
        })) == "address.url");
  good(county.store().write([&] {
    return node::state_addresses(county.store(), {"http://b:2", "http://c:3"}, s.now);
  }));
  good(s.report(Lane::routine, 20));
  good(s.talk());
  const auto up = node::links(township.store(), true).value().at(0);
  CHECK(up.urls == std::vector<std::string>{"http://b:2", "http://c:3", "http://127.0.0.1:1"});
  good(township.store().write([&] {
    return node::follow_addresses(township.store(), office(county),
                                  {"javascript:x", "http://d:4\nhttp://e", "http://f"});
  }));
  CHECK(node::links(township.store(), true).value().at(0).urls.front() == "http://f");
}

TEST_CASE("a root follows another only version by version, by both thresholds, each holder counted once") {
  Scene s;
  good(s.start());
  Office &county = s.county(), &township = s.township();
  const auto first = county.directory().root().value().value();
  const auto seed = county.store().meta("root_key_seed").value().value();
  const crypto::SigningKey a = crypto::SigningKey::from_seed(crypto::Key::from(seed).value());
  const crypto::SigningKey b = crypto::SigningKey::random(), c = crypto::SigningKey::random();
  const auto next = [&](std::uint32_t version, std::vector<PublicKey> keys, std::uint8_t threshold,
                        const std::vector<const crypto::SigningKey*>& by) {
    crypto::RootDocument d = first;
    d.version = version;
    d.threshold = threshold;
    d.keys = std::move(keys);
    const auto done = d.sign(by);
    REQUIRE(done);
    return d;
  };
  const auto take = [&](Office& o, const crypto::RootDocument& d) {
    return o.store().write([&]() -> Result<> {
      sync::Tally tally;
      o.inbox().set_now(s.now);
      TRY(o.inbox().learn(sync::FrameType::root, d.bytes, NodeId{}, tally));
      // As the top office tells those below: each version.
      return o.store().tell(d.digest, std::nullopt, sync::FrameType::root, d.bytes);
    });
  };
  const std::vector<PublicKey> three{a.public_key(), b.public_key(), c.public_key()};
  CHECK(code(take(county, next(2, {b.public_key()}, 1, {&b}))) == "root.threshold");
  CHECK(code(take(county, next(3, three, 2, {&a, &b}))) == "root.version");
  CHECK(code(take(county, next(1, three, 2, {&b, &c}))) == "root.version");
  const auto second = next(2, three, 2, {&a, &b});
  // One holder twice: the list of signatures is ascending, so the second copy is refused by form.
  Bytes twice = next(2, three, 1, {&a}).bytes;
  twice[5] = 2;
  CHECK_FALSE(crypto::RootDocument::decode(twice));
  good(take(county, second));
  good(take(county, first));  // the old one again: nothing changes
  CHECK(county.directory().root().value()->version == 2);
  CHECK(code(take(county, next(3, {a.public_key()}, 1, {&a}))) == "root.threshold");
  good(take(county, next(3, three, 2, {&b, &c})));
  // Down to the township, each version.
  good(s.report(Lane::routine, 20));
  good(s.talk());
  CHECK(township.directory().root().value()->version == 3);
  CHECK(good_records(county) == 1);
}
