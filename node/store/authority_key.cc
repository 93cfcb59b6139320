#include "node/store/authority_key.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/consents.h"
#include "node/store/directory.h"
#include "node/store/node_key.h"
#include "node/store/registry.h"
#include "node/store/revocation.h"
#include "node/store/root_chain.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

using crypto::Certificate;
using crypto::SigningKey;

constexpr sync::Millis kOfficeMs = 10 * 365 * sync::kDayMs;

Result<Certificate> own_certificate(Store& store) {
  auto c = TRY(Directory(store).office_certificate(store.me().office));
  if (!c) return fail(Fault::denied, "this office has not been admitted by its superior yet", "office.not-admitted");
  return std::move(*c);
}

Result<std::vector<Certificate>> certificates(Query q) {
  std::vector<Certificate> out;
  while (TRY(q.step())) {
    auto c = Certificate::decode(q.blob(0));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    out.push_back(std::move(*c));
  }
  return out;
}

/// Digits that every code below this one begins with.
std::string_view stem(std::string_view code) {
  if (code.size() == 6)
    while (code.size() > 2 && code.ends_with("00")) code.remove_suffix(2);
  return code;
}

/// With our new code in the place of the one that it stood under: 370783105 of 370783 is 370884105 under 370884.
Result<std::string> code_below(Store& store, const Certificate& own, const std::string& code) {
  if (crypto::code_under(own.code, code)) return code;
  const auto past = TRY(certificates(TRY(store.db().query(
      "select bytes from past_certificate where office = ? order by substr(bytes, 109, 8) desc", own.office))));
  const auto under = std::ranges::find_if(past, [&](const Certificate& c) { return crypto::code_under(c.code, code); });
  const std::size_t cut = under == past.end() ? 0 : stem(under->code).size();
  std::string out(stem(own.code));
  out += code.substr(cut);
  return out.size() <= 12 ? out : code;
}

/// Offices directly below us that need another certificate; people and machines too, but for theirs the key alone
/// matters. ?1 our office, ?2 its key, ?3 the stem of its code.
constexpr std::string_view kPeopleAndMachines =
    "select certificate from node where office = ?1 and state = 0 and substr(certificate, 61, 32) <> ?2 union all"
    " select certificate from officer where office = ?1 and state in (0, 1) and substr(certificate, 61, 32) <> ?2";
constexpr std::string_view kBelow =
    "select certificate from office where superior = ?1 and id <> ?1 and state <> 9 and certificate is not null"
    " and (substr(certificate, 61, 32) <> ?2 or substr(code, 1, length(?3)) <> ?3)";

Result<> keep_and_tell(Store& store, const Certificate& c, sync::Millis now) {
  TRY(Directory(store).learn(c, now));
  return tell_certificate(store, c);
}

/// Everybody may know by now what our office made with the key before this one; a thief of that key makes no more.
Result<> tell_honoured(Store& store, const Certificate& own, const SigningKey& authority, sync::Millis now) {
  std::optional<Bytes> body;
  {
    Query q = TRY(store.db().query("select body from consent where office = ? and new_key = ? and old_key <> new_key",
                                   own.office, own.key));
    if (TRY(q.step())) body = q.blob(0);
  }
  if (!body) return {};
  const sync::Consent c = TRY(sync::decode_consent(*body));
  const auto list = TRY(made_with(store, c.old_key));
  if (std::ranges::includes(c.honoured, list)) return {};
  return take_consent(
      store, sync::with_honoured(*body, std::max(c.list_serial + 1, static_cast<std::uint64_t>(now)), list, authority),
      ConsentBy::us, now);
}

/// What the office took back under keys that it has replaced counts for nobody who has not heard it yet.
Result<> repeat_revocations(Store& store, const SigningKey& authority, sync::Millis now) {
  struct Said {
    Bytes body;
    std::string reason;
  };
  std::vector<Said> all;
  {
    Query q = TRY(store.db().query(
        "select body, reason from revocation r where authority in (select old_key from consent where office = ?1 and"
        " old_key <> new_key) and not exists(select 1 from revocation x where x.authority = ?2 and x.target = r.target"
        " and x.subject = r.subject and x.certificate = r.certificate and x.why = r.why)",
        store.me().office, authority.public_key()));
    while (TRY(q.step())) all.push_back({q.blob(0), q.text(1)});
  }
  for (const Said& s : all)
    TRY(take_revocation(store, sync::sign_revocation(TRY(sync::decode_revocation(s.body)), authority), now, s.reason));
  return {};
}

Result<> reissue_one(Store& store, Certificate c, const SigningKey& authority, sync::Millis now) {
  c.issuer_key = authority.public_key();
  c.serial = TRY(next_serial(store, c.subject, now));
  TRY(c.sign(authority));
  TRY(keep_and_tell(store, c, now));
  if (c.type == crypto::CertType::officer) {
    // The number to call belongs to the person, not to the certificate.
    return store.db().run(
        "update officer set phone = coalesce((select phone from officer where person = ?1 and phone <> '' order by"
        " at_ms desc limit 1), '') where digest = ?2",
        c.subject, c.digest);
  }
  return c.subject.bytes == store.me().node.bytes ? use_node_certificate(store, c.digest, now) : Result<>();
}

}  // namespace

Result<> begin_authority_key(Store& store, const SigningKey& old_key, const SigningKey& next, sync::Millis now) {
  const Certificate own = TRY(own_certificate(store));
  if (own.issuer == own.office)
    return fail(Fault::denied, "the root document names the top office's key: it does not change this way",
                "office.top");
  if (TRY(authority_key_waits(store)))
    return fail(Fault::conflict, "a new key of this office waits for its superior already", "office.rotating");
  sync::Consent c;
  c.office = own.office;
  c.old_key = own.key;
  c.new_key = next.public_key();
  c.before = c.after = own.issuer;
  c.time = now;
  c.serial = TRY(next_consent_serial(store, own.office, now));
  c.list_serial = static_cast<std::uint64_t>(now);
  c.honoured = TRY(made_with(store, own.key));
  return take_consent(store, sync::sign_consent(c, old_key, next), ConsentBy::us, now);
}

Result<> adopt_top_key(Store& store, const crypto::RootDocument& root, const SigningKey& old_key,
                       const SigningKey& next, sync::Millis now) {
  Certificate own = TRY(own_certificate(store));
  if (own.issuer != own.office || root.top != own.office || root.top_key != next.public_key() ||
      own.key != old_key.public_key())
    return fail(Fault::invalid, "the root document names another key, or another office", "root.top-key");
  TRY(Directory(store).learn_root(root, false));
  // In this order on every line: the root first, which lets the others follow.
  TRY(tell_root(store, root));
  sync::Consent c;
  c.office = own.office;
  c.old_key = own.key;
  c.new_key = next.public_key();
  c.time = now;
  c.serial = TRY(next_consent_serial(store, own.office, now));
  c.list_serial = static_cast<std::uint64_t>(now);
  c.honoured = TRY(made_with(store, own.key));
  TRY(take_consent(store, sync::sign_consent(c, old_key, next), ConsentBy::us, now));
  own.key = own.issuer_key = next.public_key();
  own.serial = TRY(next_serial(store, own.subject, now));
  own.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  own.not_after_ms = static_cast<std::uint64_t>(now + 2 * kOfficeMs);
  TRY(own.sign(next));
  return keep_and_tell(store, own, now);
}

Result<std::optional<PublicKey>> authority_key_waits(Store& store) { return key_to_certify(store, store.me().office); }

Result<std::optional<PublicKey>> key_to_certify(Store& store, const OfficeId& office) {
  const auto known = TRY(Directory(store).office_certificate(office));
  if (!known) return std::nullopt;
  const auto body = TRY(rotation_from(store, office, known->key));
  if (!body) return std::nullopt;
  return TRY(sync::decode_consent(*body)).new_key;
}

Result<> certify_key(Store& store, const OfficeId& office, const SigningKey& authority, sync::Millis now) {
  auto c = TRY(Directory(store).office_certificate(office));
  const auto next = TRY(key_to_certify(store, office));
  if (!c || !next) return fail(Fault::missing, "no new key of this office waits here", "office.no-key");
  if (c->issuer != store.me().office)
    return fail(Fault::denied, "this office's certificate is another superior's", "office.issuer");
  c->key = *next;
  c->issuer_key = authority.public_key();
  c->serial = TRY(next_serial(store, c->subject, now));
  c->not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c->not_after_ms = static_cast<std::uint64_t>(now + kOfficeMs);
  TRY(c->sign(authority));
  return keep_and_tell(store, *c, now);
}

Result<bool> reissue_due(Store& store) {
  const OfficeId& me = store.me().office;
  Query own = TRY(store.db().query(
      "select substr(certificate, 121, 32), code from office where id = ? and certificate is not null", me));
  if (!TRY(own.step())) return false;
  const Bytes key = own.blob(0);
  const std::string code = own.text(1);
  Query q = TRY(store.db().query(std::string(kPeopleAndMachines) + " limit 1", me, ByteView(key)));
  if (TRY(q.step())) return true;
  Query below = TRY(store.db().query(std::string(kBelow) + " limit 1", me, ByteView(key), stem(code)));
  return below.step();
}

Result<> reissue(Store& store, const SigningKey& authority, sync::Millis now) {
  const Certificate own = TRY(own_certificate(store));
  if (authority.public_key() != own.key)
    return fail(Fault::missing, "the key that this office has now is not on this machine", "authority.missing");
  // What stands under the old key is named before others take its place.
  TRY(tell_honoured(store, own, authority, now));
  TRY(tell_certificate(store, own));
  for (Certificate& c : TRY(certificates(TRY(store.db().query(kPeopleAndMachines, own.office, own.key)))))
    TRY(reissue_one(store, std::move(c), authority, now));
  for (Certificate& c : TRY(certificates(TRY(store.db().query(kBelow, own.office, own.key, stem(own.code)))))) {
    c.code = TRY(code_below(store, own, c.code));
    c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
    c.not_after_ms = static_cast<std::uint64_t>(now + kOfficeMs);
    TRY(reissue_one(store, std::move(c), authority, now));
  }
  TRY(repeat_revocations(store, authority, now));
  return store.journal("node", "office.reissued", own.code, crypto::fingerprint(own.digest), now);
}

}  // namespace yz::node
