#include "node/store/consents.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/directory.h"
#include "node/store/root_chain.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

using crypto::Certificate;
using sync::Consent;

/// Of one office so many are kept: more often nobody changes keys, and a peer must not fill our disk.
constexpr std::int64_t kMostOfOne = 64;
/// Of offices that nobody here has a certificate of, in all.
constexpr std::int64_t kMostUnknown = 256;
/// Moves under one key: the newest counts, those before say where mail still waits.
constexpr int kMovesKept = 8;

/// A key that the office has, had, or will have as soon as its superior certifies it.
Result<bool> key_of(Store& store, const OfficeId& office, const PublicKey& key) {
  if (crypto::office_id_of(key) == office) return true;
  Query q =
      TRY(store.db().query("select 1 from office where id = ?1 and substr(certificate, 121, 32) = ?2 union all"
                           " select 1 from past_certificate where office = ?1 and substr(bytes, 121, 32) = ?2 union all"
                           " select 1 from consent where office = ?1 and new_key = ?2 limit 1",
                           office, key));
  return q.step();
}

struct Held {
  std::int64_t row = 0;
  Consent consent;
};
/// The change of key that was recorded for an old key.
Result<std::optional<Held>> rotation(Store& store, const OfficeId& office, const PublicKey& old_key) {
  Query q = TRY(store.db().query(
      "select row, body from consent where office = ? and old_key = ? and old_key <> new_key", office, old_key));
  if (!TRY(q.step())) return std::nullopt;
  return Held{q.integer(0), TRY(sync::decode_consent(q.blob(1)))};
}

Result<> check_room(Store& store, const Consent& c) {
  Query q =
      TRY(store.db().query("select (select count(*) from consent where office = ?1), (select count(*) from consent"
                           " where office not in (select id from office where certificate is not null)),"
                           " exists(select 1 from office where id = ?1 and certificate is not null)",
                           c.office));
  TRY(q.step());
  if (q.integer(0) >= kMostOfOne || (q.integer(2) == 0 && q.integer(1) >= kMostUnknown))
    return fail(Fault::denied, "too many consents of one office, or of offices that nobody here knows", "consent.many");
  return {};
}

/// Signed by our own node, for the neighbour may not know the one that told us; what counts is inside.
Result<> pass(Store& store, const Consent& c, ByteView body, ConsentBy by, sync::Millis now) {
  const Identity& me = store.me();
  Bytes copy(body.begin(), body.end());
  if (by == ConsentBy::us) return store.state(sync::StatementKind::consent, std::move(copy), std::nullopt, now);
  const sync::Statement s = sync::issue(sync::StatementKind::consent, {me.office, me.node, me.epoch},
                                        TRY(store.tick(now)), now, std::move(copy), store.keys().node);
  const Hash key = TRY(sync::statement_key(s));
  const auto tell_side = [&](std::uint8_t side) {
    return store.tell_all(told_to_side(key, side), side, sync::FrameType::statement, s.bytes);
  };
  if (by == ConsentBy::below) TRY(tell_side(kTellUp));
  // Those below us know that office when it stands above us.
  if (by == ConsentBy::above && TRY(lies_below(store, me.office, c.office))) return tell_side(kTellDown);
  if (c.before == me.office || !TRY(lies_below(store, c.before, me.office))) return {};
  for (const NodeId& hop : TRY(next_hops(store, c.before, sync::Lane::routine)))
    TRY(store.tell(crypto::hash(crypto::purpose::statement, {key.view(), hop.view()}), hop, sync::FrameType::statement,
                   s.bytes));
  return {};
}

/// The same consent once more: the office may have added to its list. True when there is nothing else to do.
Result<bool> known_already(Store& store, const Consent& c, ByteView body, const Hash& core, ConsentBy by,
                           sync::Millis now) {
  {
    Query q = TRY(store.db().query("select list_serial from consent where core = ?", core));
    if (!TRY(q.step())) return false;
    if (c.list_serial <= static_cast<std::uint64_t>(q.integer(0))) return true;
  }
  TRY(store.db().run("update consent set list_serial = ?, body = ? where core = ?", c.list_serial, body, core));
  TRY(pass(store, c, body, by, now));
  return true;
}

}  // namespace

Result<> take_consent(Store& store, ByteView body, const NodeId& from, sync::Millis now) {
  const auto side = TRY(side_of(store, from));
  return take_consent(store, body, side && *side == Side::below ? ConsentBy::below : ConsentBy::above, now);
}

Result<> take_consent(Store& store, ByteView body, ConsentBy by, sync::Millis now) {
  const Consent c = TRY(sync::decode_consent(body));
  const Hash core = sync::core_of_consent(body);
  if (TRY(known_already(store, c, body, core, by, now))) return {};
  if (!TRY(key_of(store, c.office, c.old_key)))
    return fail(Fault::missing, "a consent by a key that nobody here knows as the office's", "consent.key");
  // The top office's key is not its own to change, nor a thief's.
  if (c.rotates() && !TRY(root_lets_follow(store, c.office, c.old_key, c.new_key)))
    return fail(Fault::missing, "another key for the top office than the root document names", "consent.root");
  if (const auto before = TRY(rotation(store, c.office, c.old_key))) {
    if (!c.rotates() && c.serial < before->consent.serial) return {};  // an older one came late
    const auto office = TRY(Directory(store).office(c.office));
    TRY(store.alarm("office.disputed", "a second, different word by a key that was replaced: somebody else has it",
                    office ? office->code : hex(c.office.view()), now));
    return fail(Fault::forged, "another consent of this key was recorded before", "office.disputed");
  }
  if (!c.rotates()) {
    Query q =
        TRY(store.db().query("select max(serial) from consent where office = ? and old_key = ?", c.office, c.old_key));
    if (TRY(q.step()) && !q.null(0) && c.serial <= static_cast<std::uint64_t>(q.integer(0))) return {};
  }
  TRY(check_room(store, c));
  TRY(
      store.db().run("insert into consent(office, old_key, new_key, before, after, serial, list_serial, core, body,"
                     " known_ms) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     c.office, c.old_key, c.new_key, c.before, c.after, c.serial, c.list_serial, core, body, now));
  TRY(
      store.db().run("delete from consent where office = ?1 and old_key = new_key and row not in (select row from"
                     " consent where office = ?1 and old_key = new_key order by serial desc limit ?2)",
                     c.office, kMovesKept));
  TRY(store.journal("node", c.rotates() ? "consent.key" : "consent.superior", hex(c.office.view()), hex(core.view()),
                    now));
  return pass(store, c, body, by, now);
}

Result<bool> consents_to(Store& store, const Certificate& known, const Certificate& next) {
  PublicKey key = known.key;
  std::vector<OfficeId> superiors{known.issuer};
  for (std::int64_t i = 0; i < kMostOfOne; ++i) {
    Query q = TRY(store.db().query(
        "select new_key, after from consent where office = ? and old_key = ? order by old_key <> new_key, serial",
        known.office, key));
    std::optional<PublicKey> on;
    while (TRY(q.step())) {
      const PublicKey to = TRY(q.id<PublicKey>(0));
      if (to != key && key == next.key) break;  // it consented to go further; the certificate does not
      superiors.push_back(TRY(q.id<OfficeId>(1)));
      if (to != key) on = to;
    }
    if (key == next.key) return std::ranges::find(superiors, next.issuer) != superiors.end();
    if (!on) return false;
    key = *on;
  }
  return false;
}

Result<bool> superseded(Store& store, const OfficeId& office, const PublicKey& key) {
  if (TRY(top_key_replaced(store, office, key))) return true;
  if (!TRY(rotation(store, office, key))) return false;
  const auto now = TRY(Directory(store).office_certificate(office));
  return now && now->key != key;
}

Result<> refuse_superseded(Store& store, const Certificate& c) {
  if (!TRY(superseded(store, c.issuer, c.issuer_key))) return {};
  if (TRY(Directory(store).knows(c))) return {};
  if (const auto ended = TRY(rotation(store, c.issuer, c.issuer_key)))
    if (std::ranges::binary_search(ended->consent.honoured, c.digest)) return {};
  Query q =
      TRY(store.db().query("select 1 from past_certificate where bytes = ?1 union all"
                           " select 1 from past_node where node = ?2 and certificate = ?1 limit 1",
                           ByteView(c.bytes), c.subject));
  if (TRY(q.step())) return {};
  return fail(Fault::denied, "a certificate made with a key that its issuer has replaced", "certificate.superseded");
}

Result<std::optional<Bytes>> rotation_from(Store& store, const OfficeId& office, const PublicKey& old_key) {
  Query q = TRY(store.db().query("select body from consent where office = ? and old_key = ? and old_key <> new_key",
                                 office, old_key));
  if (!TRY(q.step())) return std::nullopt;
  return q.blob(0);
}

Result<std::vector<Bytes>> consents_of(Store& store, const OfficeId& office) {
  std::vector<Bytes> out;
  Query q = TRY(store.db().query("select body from consent where office = ? order by serial", office));
  while (TRY(q.step())) out.push_back(q.blob(0));
  return out;
}

Result<std::vector<sync::Consent>> changes_of_key(Store& store, const std::optional<OfficeId>& of) {
  std::vector<Consent> out;
  Query q = TRY(store.db().query(of ? "select body from consent where old_key <> new_key and office = ?"
                                    : "select body from consent where old_key <> new_key"));
  if (of) q.bind(*of);
  while (TRY(q.step())) out.push_back(TRY(sync::decode_consent(q.blob(0))));
  return out;
}

Result<std::vector<OfficeId>> superiors_before(Store& store, const OfficeId& office) {
  std::vector<OfficeId> out;
  for (const OfficeId& o : TRY(way_up(store, office))) {
    Query q = TRY(store.db().query("select before from consent where office = ? and before <> after", o));
    while (TRY(q.step())) out.push_back(TRY(q.id<OfficeId>(0)));
  }
  return out;
}

Result<std::uint64_t> next_consent_serial(Store& store, const OfficeId& office, sync::Millis now) {
  Query q = TRY(store.db().query("select coalesce(max(serial), 0) from consent where office = ?", office));
  TRY(q.step());
  return std::max(static_cast<std::uint64_t>(now), static_cast<std::uint64_t>(q.integer(0)) + 1);
}

Result<std::vector<CertDigest>> made_with(Store& store, const PublicKey& key) {
  // Serials are compared as the bytes that they are.
  Query q = TRY(store.db().query(
      "select bytes from (select certificate as bytes from node where office = ?1 union select p.certificate from"
      " past_node p join node n on n.id = p.node where n.office = ?1 union select certificate from officer where office"
      " = ?1 union select certificate from office where superior = ?1 and certificate is not null union select bytes"
      " from past_certificate) where substr(bytes, 45, 16) = ?1 and substr(bytes, 61, 32) = ?2"
      " order by substr(bytes, 109, 8) desc limit ?3",
      store.me().office, key, sync::kHonouredMost));
  std::vector<CertDigest> out;
  while (TRY(q.step())) out.push_back(TRY(CertDigest::from(crypto::hash(crypto::purpose::cert, {q.blob(0)}).view())));
  std::ranges::sort(out);
  return out;
}

}  // namespace yz::node
