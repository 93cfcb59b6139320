#pragma once
#include "crypto/certificate.h"
#include "sync/instant.h"

namespace yz::sync {

/// The values are the bytes on the wire: never renumber.
enum class RevokedTarget : std::uint8_t { office = 1, node = 2, officer = 3 };
enum class RevokedWhy : std::uint8_t {
  retired = 1,      ///< what was signed before `since` stays good, and is flagged
  compromised = 2,  ///< only what somebody had recorded before is good: the thief dates as he likes
};
std::string_view name_of(RevokedTarget);
std::string_view name_of(RevokedWhy);

/// An authority takes back what it, or an office below it, certified. Body of a statement; byte table in PROTOCOL.md
/// 4.6. Whoever carries it vouches for nothing: the signature inside counts. For ever, nothing takes it back.
struct Revocation {
  RevokedTarget target{};
  RevokedWhy why{};
  crypto::SubjectId subject;  ///< office, node or person
  CertDigest certificate;     ///< zeros: every one of the subject
  Millis since = 0;
  Hash last_seen;       ///< newest statement of the subject that the issuer held; zeros = none
  PublicKey authority;  ///< whose word this is

  bool whole() const { return certificate.zero(); }
};
/// Fills `authority`.
Bytes sign_revocation(Revocation, const crypto::SigningKey& authority);
/// Fault::forged "revoke.form" unless exactly one revocation, "revoke.signature" unless the authority it names signed.
/// Whether that authority stands above the subject is for who knows the offices.
Result<Revocation> decode_revocation(ByteView body);

}  // namespace yz::sync
