#include "sync/consent.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"

namespace yz::sync {
namespace {

constexpr std::size_t kCoreBytes = 128, kListAt = kCoreBytes + Signature::kSize;

Hash signed_part(ByteView bytes) { return crypto::hash(crypto::purpose::consent, {bytes}); }

std::unexpected<Error> bad_consent(const char* what) { return fail(Fault::forged, what, "consent.form"); }

Bytes finish(Writer& w, std::uint64_t list_serial, const std::vector<CertDigest>& honoured,
             const crypto::SigningKey& new_key) {
  assert(honoured.size() <= kHonouredMost);
  w.u64(list_serial).u8(static_cast<std::uint8_t>(honoured.size()));
  for (const CertDigest& d : honoured) w.id(d);
  w.id(new_key.sign(crypto::context::consent, {signed_part(w.view()).view()}));
  return w.take();
}

}  // namespace

Bytes sign_consent(const Consent& c, const crypto::SigningKey& old_key, const crypto::SigningKey& new_key) {
  Writer w;
  w.id(c.office).id(c.old_key).id(c.new_key).id(c.before).id(c.after);
  w.u64(static_cast<std::uint64_t>(c.time)).u64(c.serial);
  w.id(old_key.sign(crypto::context::consent, {signed_part(w.view()).view()}));
  return finish(w, c.list_serial, c.honoured, new_key);
}

Bytes with_honoured(ByteView body, std::uint64_t list_serial, const std::vector<CertDigest>& honoured,
                    const crypto::SigningKey& new_key) {
  Writer w;
  w.raw(body.first(kListAt));
  return finish(w, list_serial, honoured, new_key);
}

Result<Consent> decode_consent(ByteView body) {
  Reader r(body);
  Consent c;
  c.office = r.id<OfficeId>();
  c.old_key = r.id<PublicKey>();
  c.new_key = r.id<PublicKey>();
  c.before = r.id<OfficeId>();
  c.after = r.id<OfficeId>();
  c.time = static_cast<Millis>(r.u64());
  c.serial = r.u64();
  const auto by_old = r.id<Signature>();
  c.list_serial = r.u64();
  const std::size_t n = r.u8();
  if (n > kHonouredMost) return bad_consent("a consent with too long a list");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    c.honoured.push_back(r.id<CertDigest>());
    if (i > 0 && !(c.honoured[i - 1] < c.honoured[i])) return bad_consent("a consent whose list is out of order");
  }
  const std::size_t signed_bytes = r.at();
  const auto by_new = r.id<Signature>();
  if (!r.done() || c.time < 0) return bad_consent("not exactly one consent");
  if (!c.rotates() && !c.moves()) return bad_consent("a consent to nothing");
  if (!c.rotates() && (n > 0 || c.list_serial != 0))
    return bad_consent("a consent with a list of its own key's certificates");
  if (c.after == c.office || c.before == c.office) return bad_consent("an office that is its own superior");
  // SQLite counts in 63 bits.
  if ((c.serial | c.list_serial) >> 63U) return bad_consent("a consent with a number out of bounds");
  if (!crypto::verify(c.old_key, by_old, crypto::context::consent, {signed_part(body.first(kCoreBytes)).view()}) ||
      !crypto::verify(c.new_key, by_new, crypto::context::consent, {signed_part(body.first(signed_bytes)).view()}))
    return fail(Fault::forged, "a consent with a false signature", "consent.signature");
  return c;
}

Hash core_of_consent(ByteView body) { return signed_part(body.first(kCoreBytes)); }

}  // namespace yz::sync
