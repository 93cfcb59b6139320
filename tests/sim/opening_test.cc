// What was stored and cannot be opened yet: it waits, and is tried again.
#include <doctest/doctest.h>

#include "node/net/sync_port.h"
#include "node/store/life.h"
#include "node/store/revocation.h"
#include "sync/limits.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

constexpr std::string_view kWaits = "select count(*) from record where quarantine = 16";
constexpr std::string_view kWaitsThere = "select count(*) from delivery where state = 2 and refusal = 16";

/// A new officer signs in the township, and his certificate does not travel with what he signs.
crypto::SigningKey stranger_signs(Scene& s) {
  good(s.report(Lane::routine, 50));
  good(s.talk());
  Office& t = s.township();
  crypto::SigningKey key = crypto::SigningKey::random();
  good(t.add_officer("新人", key, s.now));
  good(t.store().write([&]() -> Result<> {
    return t.store().db().run(
        "insert into introduced(destination, digest, envelope) select (select office from link), o.digest,"
        " (select max(row) from envelope where own = 1) from officer o where o.key = ?",
        key.public_key());
  }));
  return key;
}

}  // namespace

TEST_CASE("what a full disk kept from being opened is opened when there is room, without anything new coming") {
  Scene s;
  good(s.start());
  good(s.talk());
  good(s.report(Lane::urgent, 100));
  Office& county = s.county();
  for (int i = 0; i < 20 && county.number("select count(*) from envelope where own = 0") == 0; ++i)
    good(s.round(false));
  REQUIRE(county.number("select count(*) from envelope where own = 0 and state = 0") == 1);

  std::vector<std::function<void()>> jobs;
  const auto run = [&] {
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]();
    jobs.clear();
  };
  node::SyncPort port({.store = county.store(),
                       .directory = county.directory(),
                       .inbox = county.inbox(),
                       .opener = county.opener(),
                       .on_store = {},
                       .open_later = [&](std::function<void()> job) { jobs.push_back(std::move(job)); },
                       .authority = {},
                       .arrived = {},
                       .now = [&s] { return s.now; }});
  county.disk().set_space(county.disk().used());
  port.begin_opening();
  run();
  CHECK(county.number("select count(*) from record where own = 0") == 0);
  port.look_at_waiting();
  CHECK(jobs.empty());  // not in a tight circle
  county.disk().set_space(std::numeric_limits<std::uint64_t>::max());
  s.now += 10'000;
  port.look_at_waiting();
  run();
  CHECK(county.number("select count(*) from record where own = 0") == 1);
  s.now += 10'000;
  port.look_at_waiting();
  CHECK(jobs.empty());  // and there is nothing to try any more
}

TEST_CASE("a record whose signer is unknown waits, is asked about, and is opened when the certificate comes") {
  Scene s;
  good(s.start());
  stranger_signs(s);
  good(s.report(Lane::urgent, 100));
  good(s.rounds_until(s.township(), kWaitsThere, 1));
  // It is stored and receipted, nobody was alarmed, and nobody calls it opened.
  CHECK(s.county().number(kWaits) == 1);
  CHECK(s.township().number("select count(*) from alarm") == 0);
  CHECK(s.township().number("select count(*) from delivery where state = 8") == 0);
  good(s.talk());
  CHECK(s.county().number(kWaits) == 0);
  CHECK(s.county().number("select count(*) from refused") == 0);
  CHECK(s.township().number("select count(*) from delivery where state <> 3 or refusal <> 0") == 0);
  CHECK(s.county().number("select count(*) from record where verified = 0") == 0);
}

TEST_CASE("one certificate frees all that wait for it, in every lane, and what is signed meanwhile is not held up") {
  Scene s;
  good(s.start());
  stranger_signs(s);
  for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine, Lane::flash}) good(s.report(l, 100));
  good(s.talk());
  CHECK(s.county().number("select count(*) from record where own = 0") == 5);
  CHECK(s.county().number("select count(*) from record where quarantine <> 0 or verified = 0") == 0);
  CHECK(s.township().number("select count(*) from delivery where state <> 3") == 0);
}

TEST_CASE("a record that waited and turns out bad is refused then, with the reason that is true") {
  Scene s;
  good(s.start());
  const crypto::SigningKey key = stranger_signs(s);
  good(s.report(Lane::urgent, 100));
  good(s.rounds_until(s.township(), kWaitsThere, 1));
  Office& county = s.county();
  node::Query q = s.township()
                      .store()
                      .db()
                      .query("select certificate, digest from officer where key = ?", key.public_key())
                      .value();
  REQUIRE(q.step().value());
  const auto certificate = crypto::Certificate::decode(q.blob(0));
  REQUIRE(certificate);
  good(county.store().write([&]() -> Result<> {
    TRY(county.directory().learn(*certificate, s.now));
    sync::Revocation r;  // before anything was signed
    r.target = sync::RevokedTarget::officer;
    r.why = sync::RevokedWhy::retired;
    r.subject = certificate->subject;
    return node::take_revocation(county.store(), sync::sign_revocation(r, s.township().authority()), s.now);
  }));
  good(county.open_received(s.now));
  CHECK(county.number("select quarantine from record where quarantine <> 0") == 38);
  CHECK(county.number("select why from refused") == 38);
  good(s.rounds_until(s.township(), "select count(*) from delivery where state = 8 and refusal = 38", 1));
}

TEST_CASE("what one neighbour is asked for does not take the place of what another is asked") {
  Scene s;
  good(s.start());
  node::Store& store = s.county().store();
  for (const std::uint8_t peer : {std::uint8_t{1}, std::uint8_t{2}}) {
    NodeId id;
    id.bytes[0] = peer;
    good(store.write([&] { return store.state(sync::StatementKind::want, sync::encode(sync::Want{}), id, s.now); }));
  }
  CHECK(s.county().number("select count(distinct peer) from control where substr(bytes, 6, 1) = x'06'") == 2);
}

TEST_CASE("a certificate that one neighbour asks for is still told to all the others") {
  Scene s;
  good(s.start());
  node::Store& store = s.township().store();
  node::Query q = store.db().query("select digest, certificate from officer").value();
  REQUIRE(q.step().value());
  const Bytes certificate = q.blob(1);
  const auto digest = q.id<CertDigest>(0).value();
  good(store.write([&]() -> Result<> {
    TRY(store.tell(Hash{digest.bytes}, std::nullopt, sync::FrameType::certificate, certificate));
    sync::Tally tally;
    const auto county = TRY(node::links(store, true)).at(0);
    const sync::Statement want =
        sync::issue(sync::StatementKind::want, {county.office, county.peer, {}}, sync::Hlc::at(s.now), s.now,
                    sync::encode(sync::Want{{digest}}), s.county().store().keys().node);
    return s.township().inbox().apply(want, county.peer, tally);
  }));
  CHECK(s.township().number("select count(*) from control where type = 2 and peer = x''") == 1);
  CHECK(s.township().number("select count(*) from control where type = 2 and length(peer) = 16") == 1);
}

TEST_CASE(
    "an envelope of a node whose certificate is missing is kept by its author and arrives after the certificate") {
  Scene s;
  good(s.start());
  good(s.talk());
  Office &county = s.county(), &township = s.township();
  const NodeId node = township.store().me().node;
  good(county.store().write([&] { return county.store().db().run("delete from node where id = ?", node); }));
  good(s.report(Lane::urgent, 100));
  for (int i = 0; i < 20; ++i) {
    good(s.round());
    s.now += 3000;
  }
  CHECK(county.number("select count(*) from envelope where own = 0") == 0);
  CHECK(township.number("select count(*) from delivery where state = 1") == 1);  // offered, never receipted
  good(township.store().write([&]() -> Result<> {
    node::Query q = TRY(township.store().db().query("select certificate from node where id = ?", node));
    TRY(q.step());
    return township.store().tell(Hash{{1}}, std::nullopt, sync::FrameType::certificate, q.blob(0));
  }));
  good(s.talk());
  CHECK(county.number("select count(*) from record where own = 0 and quarantine = 0") == 1);
}

TEST_CASE("when more records wait than a receipt can name, none of them counts as opened") {
  Scene s;
  good(s.start());
  const crypto::SigningKey key = stranger_signs(s);
  constexpr int kEach = 40;
  for (const Lane l : {Lane::urgent, Lane::flash}) good(s.report(l, 50));
  for (int n = 0; n < 3; ++n) {
    for (int i = 0; i < kEach; ++i) good(s.report(Lane::routine, 50));
    const std::int64_t before = s.county().number("select count(*) from envelope where own = 0").value();
    for (int i = 0; i < 40 && s.county().number("select count(*) from envelope where own = 0") == before; ++i)
      good(s.round(false));
  }
  // The certificate is not told: the county's want is answered only after its receipts were heard.
  good(s.county().open_received(s.now));
  REQUIRE(s.county().number(kWaits).value() > static_cast<std::int64_t>(sync::limit::refused_per_receipt));
  good(s.ask());
  REQUIRE(s.request);
  good(s.serve());
  good(s.hear());
  CHECK(s.township().number("select count(*) from delivery where state = 3") == 1);  // what came before the stranger
  good(s.talk(4000));
  CHECK(s.county().number(kWaits) == 0);
  CHECK(s.township().number("select count(*) from delivery where state <> 3 or refusal <> 0") == 0);
}

TEST_CASE("what comes back of ours waits for the certificate of an officer whom the backup does not know") {
  Scene s;
  good(s.start());
  good(s.talk());
  auto backup = s.township().disk().clone();
  const Credentials secrets = s.township().secrets();
  stranger_signs(s);
  for (const Lane l : {Lane::urgent, Lane::routine}) good(s.report(l, 100));
  good(s.talk());
  const auto sent = s.township().own_records().value();
  REQUIRE(sent.size() == 3);
  s.hang_up(s.township());
  s.pair.township = std::make_unique<Office>(std::move(backup), secrets);
  Office& t = s.township();
  good(t.open());
  good(t.store().write([&] { return node::begin_life(t.store(), s.now); }));
  good(s.dial(t));
  good(s.rounds_until(t, "select count(*) from envelope where own = 1 and state = 4 and refusal = 16", 2));
  CHECK(t.number("select count(*) from record where own = 1") == 1);
  good(s.talk());
  CHECK(t.own_records().value() == sent);
  CHECK(t.number("select count(*) from record where verified = 0") == 0);
  CHECK(t.number("select count(*) from envelope where own = 1 and state not in (2, 9)") == 0);
}

TEST_CASE("an old copy that nobody noticed tells its keys anew when mail for a younger key comes") {
  Scene s;
  good(s.start());
  good(s.talk());
  good(s.report(Lane::urgent, 100));
  good(s.talk());
  auto backup = s.township().disk().clone();
  const Credentials secrets = s.township().secrets();
  s.now += 31LL * 24 * kHour;
  REQUIRE(must(s.township().store().write([&] { return s.township().store().rotate_box(s.now); })));
  good(s.talk());
  s.hang_up(s.township());
  s.pair.township = std::make_unique<Office>(std::move(backup), secrets);
  Office& t = s.township();
  good(t.open());
  // As after another copy had spoken in between: nothing that the county shows tells the copy that it is one.
  good(s.county().store().write(
      [&] { return s.county().store().db().run("update link set heard_marks = x'', peer_heard = 0"); }));
  good(s.dial(t));
  good(s.county().acknowledge(1, s.now));
  good(s.talk());
  CHECK(t.number("select count(*) from envelope where own = 0 and state = 8 and refusal = 1") == 1);
  CHECK(t.number("select count(*) from journal where action = 'incarnation'") == 0);
  CHECK(s.county().number("select count(*) from delivery where state <> 3") == 0);
  // Whoever seals to keys that never were makes it say so once an hour, no more.
  const std::int64_t told = t.number("select max(number) from control").value();
  good(t.store().write([&] { return node::tell_keys_anew(t.store(), s.now); }));
  CHECK(t.number("select max(number) from control") == told);
}
