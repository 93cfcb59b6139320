#include "sync/revocation.h"

#include "crypto/hash.h"

namespace yz::sync {
namespace {

constexpr std::size_t kSignedBytes = 122, kBytes = kSignedBytes + Signature::kSize;

Hash signed_part(ByteView bytes) { return crypto::hash(crypto::purpose::statement, {bytes}); }

}  // namespace

std::string_view name_of(RevokedTarget t) {
  switch (t) {
    case RevokedTarget::office:
      return "office";
    case RevokedTarget::node:
      return "node";
    case RevokedTarget::officer:
      return "officer";
  }
  return "unknown";
}

std::string_view name_of(RevokedWhy w) {
  switch (w) {
    case RevokedWhy::retired:
      return "retired";
    case RevokedWhy::compromised:
      return "compromised";
  }
  return "unknown";
}

Bytes sign_revocation(Revocation r, const crypto::SigningKey& authority) {
  Writer w;
  w.u8(static_cast<std::uint8_t>(r.target)).u8(static_cast<std::uint8_t>(r.why)).id(r.subject).id(r.certificate);
  w.u64(static_cast<std::uint64_t>(r.since)).id(r.last_seen).id(authority.public_key());
  w.id(authority.sign(crypto::context::statement, {signed_part(w.view()).view()}));
  return w.take();
}

Result<Revocation> decode_revocation(ByteView body) {
  if (body.size() != kBytes) return fail(Fault::forged, "a revocation of another length", "revoke.form");
  Reader r(body);
  Revocation x;
  const std::uint8_t target = r.u8(), why = r.u8();
  if (target < 1 || target > 3 || why < 1 || why > 2)
    return fail(Fault::forged, "a revocation of an unknown kind", "revoke.form");
  x.target = static_cast<RevokedTarget>(target);
  x.why = static_cast<RevokedWhy>(why);
  x.subject = r.id<crypto::SubjectId>();
  x.certificate = r.id<CertDigest>();
  x.since = static_cast<Millis>(r.u64());
  x.last_seen = r.id<Hash>();
  x.authority = r.id<PublicKey>();
  const auto signature = r.id<Signature>();
  if (!r.done() || x.since < 0) return fail(Fault::forged, "a malformed revocation", "revoke.form");
  if (!crypto::verify(x.authority, signature, crypto::context::statement,
                      {signed_part(body.first(kSignedBytes)).view()}))
    return fail(Fault::forged, "a revocation with a false signature", "revoke.signature");
  return x;
}

}  // namespace yz::sync
