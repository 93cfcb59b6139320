#include "node/store/registry.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/consents.h"
#include "node/store/directory.h"
#include "node/store/root_chain.h"

namespace yz::node {
namespace {

using crypto::Certificate;
using crypto::CertType;

/// Replaced certificates of one office that are kept for signatures under its earlier keys.
constexpr int kPastMost = 8;

std::uint64_t serial_in(ByteView certificate) { return Reader(certificate.subspan(108)).u64(); }

Result<std::optional<Certificate>> registered(Store& store, std::string_view sql, ByteView id) {
  Query q = TRY(store.db().query(sql, id));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  auto c = Certificate::decode(q.blob(0));
  if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
  return std::move(*c);
}

Result<bool> node_place(Store& store, const Certificate& c, sync::Millis now) {
  const auto known = TRY(registered(store, "select certificate from node where id = ?", c.subject.view()));
  if (!known) return true;
  if (known->office != c.office)
    return fail(Fault::forged, "a certificate for a node that another office has", "node.foreign");
  if (known->digest == c.digest || c.serial <= known->serial) return false;
  if (known->key == c.key) return true;
  TRY(store.db().run("insert into past_node(node, key, certificate, at_ms) values(?, ?, ?, ?) on conflict do nothing",
                     c.subject, known->key, ByteView(known->bytes), now));
  TRY(
      store.db().run("delete from past_node where node = ?1 and key not in (select key from past_node where node = ?1"
                     " order by substr(certificate, 109, 8) desc limit ?2)",
                     c.subject, kPastMost));
  TRY(store.db().run("update link set peer_key_before = peer_key, peer_key = ? where peer = ?", c.key, c.subject));
  return true;
}

Result<bool> officer_place(Store& store, const Certificate& c) {
  Query q = TRY(store.db().query("select office, digest from officer where person = ?", c.subject));
  while (TRY(q.step())) {
    if (TRY(q.id<OfficeId>(0)) != c.office)
      return fail(Fault::forged, "a certificate for a person of another office", "officer.foreign");
    if (TRY(q.id<CertDigest>(1)) == c.digest) return false;
  }
  return true;
}

/// The office's superior and key stay, unless somebody above the one who issued them says otherwise, or it itself does,
/// or of the top office the root document.
Result<bool> entitled(Store& store, const Certificate& known, const Certificate& c) {
  if (known.key == c.key && known.issuer == c.issuer) return true;
  if (TRY(named_by_root(store, c))) return true;
  const auto above = TRY(Directory(store).upwards(known.issuer));
  if (known.key == c.key && std::ranges::find(above, c.issuer) != above.end()) return true;
  return consents_to(store, known, c);
}

Result<bool> office_place(Store& store, const Certificate& c, sync::Millis now) {
  const auto known = TRY(registered(store, "select certificate from office where id = ?", c.office.view()));
  if (!known) return true;
  if (known->digest == c.digest || c.serial <= known->serial) return false;
  if (!TRY(entitled(store, *known, c))) {
    TRY(store.alarm("office.disputed", "somebody certified an office anew who may not: " + known->name, known->code,
                    now));
    return fail(Fault::forged, "another key or superior for an office, and nobody entitled vouches for it",
                "office.disputed");
  }
  TRY(store.db().run("insert into past_certificate(bytes, office, at_ms) values(?, ?, ?) on conflict do nothing",
                     ByteView(known->bytes), c.office, now));
  TRY(
      store.db().run("delete from past_certificate where office = ?1 and bytes not in (select bytes from"
                     " past_certificate where office = ?1 order by substr(bytes, 109, 8) desc limit ?2)",
                     c.office, kPastMost));
  return true;
}

}  // namespace

Result<bool> may_register(Store& store, const Certificate& c, sync::Millis now) {
  switch (c.type) {
    case CertType::node:
      return node_place(store, c, now);
    case CertType::officer:
      return officer_place(store, c);
    case CertType::office:
      return office_place(store, c, now);
  }
  return fail(Fault::forged, "unknown type of certificate");
}

Result<> end_older_certificates(Store& store, const Certificate& c) {
  Database& db = store.db();
  // Its own not-before is when the next one begins; serials are compared as the bytes that they are.
  std::vector<std::pair<CertDigest, sync::Millis>> ended;  // 0: another took its place, and nothing ended
  {
    Query q =
        TRY(db.query("select digest, certificate from officer where person = ? order by substr(certificate, 109, 8)"
                     " desc, digest desc",
                     c.subject));
    struct Newer {
      Certificate certificate;
      sync::Millis end = 0;
    };
    std::vector<Newer> newer;  // the oldest of them last
    while (TRY(q.step())) {
      auto other = Certificate::decode(q.blob(1));
      if (!other) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
      const auto next = [&](const auto& fits) {
        return std::find_if(newer.rbegin(), newer.rend(), [&](const Newer& n) {
          return other->serial < n.certificate.serial && fits(n.certificate);
        });
      };
      // The next one of the same key; else the next that is not for a further machine: that one ends all before it.
      auto after = next([&](const Certificate& n) { return n.key == other->key; });
      if (after == newer.rend())
        after = next([](const Certificate& n) { return !(n.flags & crypto::cert_flag::further); });
      sync::Millis end = 0;
      if (after != newer.rend()) {
        const Certificate& n = after->certificate;
        // Made anew because the office's own key changed: the person signs with the same key, for the same.
        const bool same = other->key == n.key && other->roles == n.roles && other->name == n.name &&
                          other->issuer_key != n.issuer_key;
        end = same ? after->end : static_cast<sync::Millis>(n.not_before_ms);
        ended.emplace_back(other->digest, end);
      }
      newer.push_back({std::move(*other), end});
    }
  }
  for (const auto& [digest, at] : ended)
    TRY(
        db.run("update officer set state = 2, ended_ms = case when ended_ms = 0 then ?1 when ?1 = 0 then ended_ms"
               " else min(ended_ms, ?1) end where digest = ?2 and state in (0, 1, 2)",
               at, digest));
  return {};
}

Result<std::uint64_t> next_serial(Store& store, const crypto::SubjectId& subject, sync::Millis now) {
  std::uint64_t serial = static_cast<std::uint64_t>(now);
  Query q =
      TRY(store.db().query("select certificate from officer where person = ?1 union all select certificate from"
                           " node where id = ?1 union all select certificate from office where id = ?1 and"
                           " certificate is not null",
                           subject));
  while (TRY(q.step())) serial = std::max(serial, serial_in(q.blob(0)) + 1);
  return serial;
}

Result<> tell_certificate(Store& store, const Certificate& c) {
  return store.tell(Hash{c.digest.bytes}, std::nullopt, sync::FrameType::certificate, c.bytes);
}

}  // namespace yz::node
