// Whatever a neighbour's machine may bring: each thing is refused by a stable code, shown and written into the journal,
// and the honest report that comes beside it arrives.
#include <doctest/doctest.h>

#include <map>

#include "node/store/link.h"
#include "sync/gate.h"
#include "sync/revocation.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;
using sync::FrameType;

namespace {

struct Bad {
  std::string what, code;
  FrameType type{};
  Bytes bytes;
};

crypto::Certificate stored(Office& o, const char* sql) {
  node::Query q = o.store().db().query(sql).value();
  REQUIRE(q.step().value());
  return crypto::Certificate::decode(q.blob(0)).value();
}

/// The township's next envelope, cut but kept from leaving.
sync::Envelope cut(Scene& s) {
  good(s.report(Lane::routine, 20));
  auto e = s.township().store().write([&]() -> Result<sync::Envelope> {
    const auto queued = TRY(s.outbox->cut(Lane::routine, 0));
    if (!queued) return fail(Fault::missing, "nothing was cut");
    return sync::decode_envelope(TRY(s.outbox->envelope(queued->row)));
  });
  good(e);
  return std::move(*e);
}

Bytes flipped(Bytes b, std::size_t at) {
  b[at] ^= 1;
  return b;
}

/// With every signature that the township's own keys can make.
std::vector<Bad> all_bad(Scene& s) {
  std::vector<Bad> out;
  const auto& me = s.township().store().me();
  const auto& key = s.township().store().keys().node;
  const auto authority = s.township().authority();
  const sync::Envelope e = cut(s);

  Bytes named = e.bytes;  // as if the county had written it
  std::ranges::copy(s.county().store().me().office.bytes, named.begin() + 12);
  out.push_back({"an envelope under another office's name", "bad-signature", FrameType::envelope, named});
  out.push_back({"an envelope with another signature", "bad-signature", FrameType::envelope,
                 flipped(e.bytes, e.bytes.size() - 1)});
  out.push_back({"an envelope of another length", "", FrameType::envelope, flipped(e.bytes, 11)});
  out.push_back(
      {"a statement under another's name", "bad-signature", FrameType::statement,
       sync::issue(sync::StatementKind::want, {s.county().store().me().office, s.county().store().me().node, me.epoch},
                   sync::Hlc::at(s.now), s.now, sync::encode(sync::Want{}), key)
           .bytes});
  Bytes relabelled = sync::issue(sync::StatementKind::want, {me.office, me.node, me.epoch}, sync::Hlc::at(s.now), s.now,
                                 sync::encode(sync::Want{}), key)
                         .bytes;
  relabelled[5] = static_cast<std::uint8_t>(sync::StatementKind::chunk_receipt);
  out.push_back({"a statement that became one of another kind", "bad-signature", FrameType::statement, relabelled});
  out.push_back({"a chunk with another signature", "bad-signature", FrameType::chunk,
                 flipped(sync::sign_chunk(me.node, s.county().store().me().office, {}, 0, 2, Bytes(40), key), 70)});

  const auto office = stored(s.township(), "select certificate from office where state = 3");
  const auto node =
      stored(s.township(), "select certificate from node where office = (select id from office where state = 3)");
  const auto certificate = [&](const char* what, crypto::Certificate c, const crypto::SigningKey& by,
                               std::string code) {
    c.issuer_key = by.public_key();
    c.serial += 1000;
    good(c.sign(by));
    out.push_back({what, std::move(code), FrameType::certificate, c.bytes});
  };
  const auto stranger = crypto::SigningKey::random();
  // Under a key that nobody here has: it may be an issuer's next one, so it is refused and not shown as an attempt.
  certificate("a certificate by a wrong issuer", office, stranger, "");
  certificate("a certificate of a node by a wrong issuer", node, stranger, "");
  crypto::Certificate below = office;  // an office that the township may not have below it
  const auto fresh = crypto::SigningKey::random();
  below.issuer = me.office;
  below.key = fresh.public_key();
  below.office = crypto::office_id_of(fresh.public_key());
  below.subject.bytes = below.office.bytes;
  below.code = "370799999";
  certificate("a certificate beyond the region code", below, authority, "certificate.path");
  below.code = "370700101001";
  below.level = crypto::Level::county;
  certificate("a certificate of a level above its superior's", below, authority, "certificate.path");
  crypto::Certificate own = office;  // its own superior
  own.issuer = me.office;
  certificate("an office that vouches for itself", own, authority, "certificate.path");
  out.push_back({"a certificate with another signature", "certificate.path", FrameType::certificate,
                 flipped(office.bytes, office.bytes.size() - 1)});

  const auto root = s.county().directory().root().value().value();
  crypto::RootDocument skipped = root;
  skipped.version = root.version + 2;
  const auto mine = crypto::SigningKey::random();
  skipped.keys = {mine.public_key()};
  good(skipped.sign({&mine}));
  out.push_back({"a root that skips a version", "root.version", FrameType::root, skipped.bytes});
  skipped.version = root.version + 1;
  good(skipped.sign({&mine}));
  out.push_back({"a root without the holders before", "root.threshold", FrameType::root, skipped.bytes});

  sync::Revocation r;
  r.target = sync::RevokedTarget::office;
  r.why = sync::RevokedWhy::compromised;
  r.subject.bytes = s.county().store().me().office.bytes;
  out.push_back({"a revocation from below", "revoke.issuer", FrameType::statement,
                 sync::issue(sync::StatementKind::revocation, {me.office, me.node, me.epoch}, sync::Hlc::at(s.now),
                             s.now, sync::sign_revocation(r, authority), key)
                     .bytes});
  return out;
}

}  // namespace

TEST_CASE(
    "each bad thing a neighbour brings is refused by its code, shown and journalled, and its honest mail arrives") {
  Scene s;
  good(s.start());
  good(s.talk());
  Office& county = s.county();
  std::vector<std::string> brought;
  for (const Bad& bad : all_bad(s)) {
    CAPTURE(bad.what);
    sync::Tally tally;
    good(county.store().write([&] {
      county.inbox().set_now(s.now);
      sync::Gate gate(county.inbox(), s.township().store().me().node);
      return gate.take({bad.type, bad.bytes}, s.now, tally);
    }));
    CHECK(tally.refused == 1);
    node::Query q = county.store().db().query("select action, detail from journal order by row desc limit 1").value();
    REQUIRE(q.step().value());
    const std::string code = q.text(1);
    if (!bad.code.empty() && std::ranges::find(brought, bad.code) == brought.end()) {
      CHECK(q.text(0) == "refuse");
      CHECK(code == bad.code);
      brought.push_back(bad.code);
    }
    node::Query shown = county.store()
                            .db()
                            .query(
                                "select count(*) from alarm where seen = 0 and code in ('frame.refused',"
                                " 'identity.refused', 'office.disputed') and message like ?",
                                "%" + (bad.code.empty() ? std::string() : bad.code))
                            .value();
    REQUIRE(shown.step().value());
    CHECK(shown.integer(0) >= 1);
    // Once for each code: told again and again it fills nothing.
    const auto before = county.number("select (select count(*) from alarm) + (select count(*) from journal)").value();
    good(county.store().write([&] {
      sync::Gate gate(county.inbox(), s.township().store().me().node);
      return gate.take({bad.type, bad.bytes}, s.now, tally);
    }));
    CHECK(county.number("select (select count(*) from alarm) + (select count(*) from journal)").value() == before);
  }
  CHECK(brought.size() == 5);
  good(s.report(Lane::flash, 50));
  good(s.talk());
  CHECK(county.number("select count(*) from record where own = 0 and quarantine = 0").value() == 2);
  CHECK(county.number("select count(*) from matter where verified = 0").value() == 0);
  CHECK(county.number("select count(*) from revocation").value() == 0);
}

TEST_CASE("an exchange told again to another hub opens nothing there") {
  Scene s;
  good(s.start());
  good(s.talk());
  good(s.report(Lane::routine, 20));
  s.now += 50;
  good(s.ask());
  REQUIRE(s.request);
  REQUIRE_FALSE(s.request->hello);
  Trio trio = founded_trio();
  good(trio.city->open());
  Office& hub = *trio.city;
  const auto l = node::links(hub.store(), false);
  good(l);
  const auto done = hub.store().write([&]() -> Result<bool> {
    node::StoreLink link(hub.store(), l->at(0).peer);
    node::StoreOutbox mail(hub.store(), l->at(0).peer, l->at(0).office, [&] { return s.now; });
    sync::Sender sender(mail);
    const auto& m = hub.store().me();
    sync::Answerer a({m.node, m.office, m.epoch, &hub.store().keys().node, &hub.store().nonce_key()}, hub.inbox(), mail,
                     link, sender);
    return a.open(ByteView(s.request->body).first(sync::kRequestHeadBytes), s.now);
  });
  REQUIRE_FALSE(done);
  CHECK(done.error().code == "exchange.wrong-node");
  CHECK(hub.number("select count(*) from envelope").value() == 0);
}
