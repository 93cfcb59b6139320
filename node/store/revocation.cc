// Who may take back what, and what follows at once. What follows for records stands in standing.cc.
#include "node/store/revocation.h"

#include "crypto/hash.h"
#include "node/store/consents.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

using sync::Revocation;
using sync::RevokedTarget;
using sync::RevokedWhy;

/// So many of one authority may wait for subjects that nobody knows: a peer must not fill our disk.
constexpr std::int64_t kWaitMost = 256;

struct Subject {
  OfficeId office;  ///< the office itself, or the one it belongs to
};

std::string_view table_of(RevokedTarget t) {
  switch (t) {
    case RevokedTarget::office:
      return "select id from office where id = ?";
    case RevokedTarget::node:
      return "select office from node where id = ?";
    case RevokedTarget::officer:
      return "select office from officer where person = ? limit 1";
  }
  return {};
}

Result<std::optional<OfficeId>> office_of(Store& store, const Revocation& r) {
  Query q = TRY(store.db().query(table_of(r.target), r.subject));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(q.id<OfficeId>(0));
}

/// The office that has, or had, this authority key.
Result<std::optional<OfficeId>> holder_of(Store& store, const PublicKey& key) {
  Query q =
      TRY(store.db().query("select id from office where certificate is not null and substr(certificate, 121, 32) = ?1"
                           " union all select office from past_certificate where substr(bytes, 121, 32) = ?1 limit 1",
                           key));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(q.id<OfficeId>(0));
}

/// An office answers for its own people and machines; for itself only those above it do.
bool may_revoke(const std::vector<OfficeId>& upwards, const OfficeId& issuer, RevokedTarget target) {
  const std::size_t from = target == RevokedTarget::office ? 1 : 0;
  for (std::size_t i = from; i < upwards.size(); ++i)
    if (upwards[i] == issuer) return true;
  return false;
}

/// What is known at this moment of the streams that the subject's machines write: afterwards a thief could say so too.
/// Only what carries a chain value: it fixes every byte below it.
Result<> keep_witnesses(Store& store, const Revocation& r, const OfficeId& office, sync::Millis now) {
  std::vector<std::pair<sync::StreamId, std::pair<std::uint64_t, Hash>>> seen;
  {
    Query q =
        TRY(store.db().query("select s.bytes from statement s where s.kind in (1, 2) and (?1 or s.node = ?2)"
                             " and s.office in (select id from office)",
                             r.target == RevokedTarget::node ? 0 : 1, r.subject));
    while (TRY(q.step())) {
      const auto s = sync::decode_statement(q.blob(0));
      if (!s) continue;
      if (s->kind == sync::StatementKind::head && s->office == office) {
        const auto h = sync::decode_head(s->body);
        if (!h || h->destination != store.me().office) continue;
        for (int lane = 0; lane < 3; ++lane) {
          const auto& at = h->lanes[lane];
          const sync::StreamName name{s->office, s->node, h->incarnation, h->destination,
                                      static_cast<sync::Lane>(lane + 1)};
          if (at.seq.value > 0) seen.push_back({name.id(), {at.seq.value, at.chain}});
        }
      } else if (s->kind == sync::StatementKind::receipt && s->office != office) {
        const auto x = sync::decode_receipt(s->body);
        if (x && x->stream.author == office && x->upto.value > 0)
          seen.push_back({x->stream.id(), {x->upto.value, x->chain}});
      }
    }
  }
  for (const auto& [stream, at] : seen)
    TRY(store.db().run("insert into witness(stream, seq, chain, at_ms) values(?, ?, ?, ?) on conflict do nothing",
                       stream, at.first, at.second, now));
  return {};
}

/// A key that the node had before, alone: nothing sealed with that one is taken any more.
Result<> forget_past_key(Store& store, const Revocation& r) {
  std::vector<Bytes> keys;
  {
    Query q = TRY(store.db().query("select key, certificate from past_node where node = ?", r.subject));
    while (TRY(q.step()))
      if (TRY(CertDigest::from(crypto::hash(crypto::purpose::cert, {q.blob(1)}).view())) == r.certificate)
        keys.push_back(q.blob(0));
  }
  for (const Bytes& key : keys) {
    TRY(store.db().run("delete from past_node where node = ? and key = ?", r.subject, ByteView(key)));
    TRY(store.db().run("update link set peer_key_before = null where peer = ? and peer_key_before = ?", r.subject,
                       ByteView(key)));
  }
  return {};
}

Result<> take_effect(Store& store, const Revocation& r, const OfficeId& office, sync::Millis now) {
  Database& db = store.db();
  const bool stolen = r.why == RevokedWhy::compromised;
  const Identity& me = store.me();
  bool ours = false;
  switch (r.target) {
    case RevokedTarget::office:
      ours = office == me.office;
      // One certificate of several: the office lives on with another key.
      if (!ours && r.whole()) TRY(db.run("update office set state = 9 where id = ?", office));
      break;
    case RevokedTarget::node:
      ours = me.node.bytes == r.subject.bytes;
      TRY(db.run("update node set state = 9 where id = ?1 and (?2 or digest = ?3)", r.subject, r.whole() ? 1 : 0,
                 r.certificate));
      TRY(forget_past_key(store, r));
      if (!ours && office == me.office && r.whole()) TRY(part_from(store, TRY(NodeId::from(r.subject.view())), now));
      break;
    case RevokedTarget::officer:
      TRY(
          db.run("update officer set state = ?1, ended_ms = case ended_ms when 0 then ?2 else min(ended_ms, ?2) end"
                 " where person = ?3 and office = ?4 and (?5 or digest = ?6) and state <> 9",
                 stolen ? 9 : 2, r.since, r.subject, office, r.whole() ? 1 : 0, r.certificate));
      break;
  }
  if (stolen) TRY(keep_witnesses(store, r, office, now));
  const std::string subject = hex(r.subject.view());
  TRY(store.journal("node", "revoked", subject, sync::name_of(r.why), now));
  if (ours)
    return store.alarm("self.revoked", "this office or machine was revoked: nobody takes anything from it any more", "",
                       now);
  return store.alarm("revoked." + std::string(sync::name_of(r.target)),
                     std::string(sync::name_of(r.why)) + ": " + subject, hex(office.view()), now);
}

Result<> mark_applied(Store& store, std::int64_t row) {
  return store.db().run("update revocation set applied = 1 where row = ?", row);
}

}  // namespace

Result<> take_revocation(Store& store, ByteView body, sync::Millis now, std::string_view reason) {
  const Revocation r = TRY(sync::decode_revocation(body));
  Database& db = store.db();
  {
    Query q = TRY(db.query("select 1 from revocation where body = ?", body));
    if (TRY(q.step())) return {};
  }
  Directory directory(store);
  const auto issuer = TRY(holder_of(store, r.authority));
  if (!issuer) return fail(Fault::missing, "a revocation by an authority that nobody here knows", "revoke.authority");
  const auto office = TRY(office_of(store, r));
  if (office && !may_revoke(TRY(directory.upwards(*office)), *issuer, r.target))
    return fail(Fault::forged, "a revocation by an office that does not stand above its subject", "revoke.issuer");
  if (TRY(superseded(store, *issuer, r.authority)))
    return fail(Fault::denied, "a revocation with a key that its office has replaced", "revoke.superseded");
  if (!office) {
    Query q = TRY(db.query("select count(*) from revocation where applied = 0 and authority = ?", r.authority));
    TRY(q.step());
    if (q.integer(0) >= kWaitMost)
      return fail(Fault::denied, "too many revocations of what nobody here knows", "revoke.many");
  }
  // An office says again under its new key what it said under the old: what follows has followed, and what the subject
  // signed in between is no witness.
  bool again = false;
  {
    Query q =
        TRY(db.query("select 1 from revocation where applied = 1 and target = ? and subject = ? and certificate ="
                     " ? and why = ? and since_ms <= ?",
                     static_cast<int>(r.target), r.subject, r.certificate, static_cast<int>(r.why), r.since));
    again = TRY(q.step());
  }
  std::int64_t row = 0;
  {
    Query q =
        TRY(db.query("insert into revocation(target, subject, certificate, why, since_ms, authority, body, known_ms,"
                     " reason) values(?, ?, ?, ?, ?, ?, ?, ?, ?) returning row",
                     static_cast<int>(r.target), r.subject, r.certificate, static_cast<int>(r.why), r.since,
                     r.authority, body, now, reason));
    TRY(q.step());
    row = q.integer(0);
    TRY(q.run());
  }
  if (!office) return {};
  TRY(mark_applied(store, row));
  if (!again) TRY(take_effect(store, r, *office, now));
  // Under our own node's name: the neighbour may not know the node that told us, and what counts is inside.
  return store.state(sync::StatementKind::revocation, Bytes(body.begin(), body.end()), std::nullopt, now);
}

Result<> revoke(Store& store, const RevokeWish& wish, const crypto::SigningKey& authority, std::string_view officer,
                sync::Millis now) {
  const Identity& me = store.me();
  Revocation r;
  r.target = wish.target;
  r.why = wish.why;
  r.subject = wish.subject;
  r.since = wish.since;
  if (r.since < 0 || r.since > now + sync::kHlcClampMs)
    return fail(Fault::invalid, "a revocation holds from now or from earlier", "revoke.since");
  if ((r.target == RevokedTarget::office && r.subject.bytes == me.office.bytes) ||
      (r.target == RevokedTarget::node && r.subject.bytes == me.node.bytes))
    return fail(Fault::invalid, "an office or machine does not revoke itself: the superior does, or use node rotate",
                "revoke.self");
  const auto office = TRY(office_of(store, r));
  if (!office) return fail(Fault::missing, "nothing of that name is known here", "revoke.unknown");
  if (!may_revoke(TRY(Directory(store).upwards(*office)), me.office, r.target))
    return fail(Fault::denied, "only an office above it may take that back", "revoke.issuer");
  {
    Query q =
        TRY(store.db().query("select digest from statement where office = ? and (? or node = ?)"
                             " order by hlc desc, digest desc limit 1",
                             *office, r.target == RevokedTarget::node ? 0 : 1, r.subject));
    if (TRY(q.step())) r.last_seen = TRY(q.id<Hash>(0));
  }
  TRY(store.journal(officer, "revoke", hex(r.subject.view()), std::string(sync::name_of(r.why)) + ": " + wish.reason,
                    now));
  return take_revocation(store, sync::sign_revocation(r, authority), now, wish.reason);
}

Result<> apply_waiting_revocations(Store& store, const crypto::Certificate& c, sync::Millis now) {
  Database& db = store.db();
  std::vector<std::pair<std::int64_t, Bytes>> waiting;
  {
    Query q = TRY(db.query("select row, body from revocation where applied = 0 and subject = ? and target = ?",
                           c.subject, static_cast<int>(c.type)));
    while (TRY(q.step())) waiting.emplace_back(q.integer(0), q.blob(1));
  }
  Directory directory(store);
  for (const auto& [row, body] : waiting) {
    const Revocation r = TRY(sync::decode_revocation(body));
    const auto issuer = TRY(holder_of(store, r.authority));
    if (!issuer || !may_revoke(TRY(directory.upwards(c.office)), *issuer, r.target)) {
      TRY(db.run("delete from revocation where row = ?", row));
      continue;
    }
    TRY(mark_applied(store, row));
    TRY(take_effect(store, r, c.office, now));
    TRY(store.state(sync::StatementKind::revocation, body, std::nullopt, now));
  }
  return {};
}

Result<> refuse_revoked(Store& store, const crypto::Path& path) {
  std::vector<const crypto::Certificate*> all = path.offices;
  if (path.leaf->type != crypto::CertType::office) all.push_back(path.leaf);
  for (const crypto::Certificate* c : all) {
    Query q =
        TRY(store.db().query("select why, since_ms from revocation where applied = 1 and target = ?1"
                             " and subject = ?2 and (certificate = ?3 or certificate = ?4)",
                             static_cast<int>(c->type), c->subject, CertDigest{}, c->digest));
    while (TRY(q.step()))
      if (q.integer(0) == static_cast<int>(RevokedWhy::compromised) || c->type == crypto::CertType::node ||
          static_cast<sync::Millis>(path.leaf->not_before_ms) >= q.integer(1))
        return fail(Fault::denied, "a certificate that was revoked, or stands under one", "certificate.revoked");
  }
  return {};
}

Result<> may_exchange(Store& store, const NodeId& node) {
  OfficeId office;
  {
    Query q = TRY(store.db().query("select office, state from node where id = ?", node));
    if (!TRY(q.step())) return {};
    if (q.integer(1) == 9) return fail(Fault::denied, "this node was revoked", "exchange.revoked");
    office = TRY(q.id<OfficeId>(0));
  }
  for (const OfficeId& o : TRY(Directory(store).upwards(office))) {
    Query q = TRY(store.db().query("select state, suspended from office where id = ?", o));
    if (!TRY(q.step())) continue;
    if (q.integer(0) == 9)
      return fail(Fault::denied, "the node's office, or one above it, was revoked", "exchange.revoked");
    if (q.integer(1) != 0)
      return fail(Fault::denied, "the node's office, or one above it, is suspended", "exchange.suspended");
  }
  return {};
}

Result<bool> taken_back(Store& store, const NodeId& node) {
  const auto may = may_exchange(store, node);
  if (may) return false;
  if (may.error().code == "exchange.revoked") return true;
  return may.error().fault == Fault::denied ? Result<bool>(false) : std::unexpected(may.error());
}

}  // namespace yz::node
