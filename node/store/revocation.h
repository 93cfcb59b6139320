#pragma once
#include <optional>

#include "node/store/directory.h"
#include "sync/record.h"
#include "sync/revocation.h"

namespace yz::node {

/// Takes a revocation, whoever brought it, and tells every neighbour when it is news. One that names a subject nobody
/// here has heard of waits for its certificate. Faults: forged "revoke.form", "revoke.signature", "revoke.issuer" (the
/// authority does not stand above the subject); missing "revoke.authority" (no office here has that key); full
/// "revoke.many". Inside a write.
Result<> take_revocation(Store&, ByteView body, sync::Millis now, std::string_view reason = {});

struct RevokeWish {
  sync::RevokedTarget target{};
  crypto::SubjectId subject;
  sync::RevokedWhy why{};
  sync::Millis since = 0;
  std::string reason;  ///< stays here, in the journal
};
/// Signs a revocation with our authority key and begins to tell it. Faults: missing "revoke.unknown"; denied
/// "revoke.issuer"; invalid "revoke.self", "revoke.since". Inside a write.
Result<> revoke(Store&, const RevokeWish&, const crypto::SigningKey& authority, std::string_view officer,
                sync::Millis now);

/// A certificate came: revocations of its subject that waited for it hold from now on. Inside a write.
Result<> apply_waiting_revocations(Store&, const crypto::Certificate&, sync::Millis now);
/// Fault::denied "certificate.revoked" when it, or an office on its path, was taken back for good, or retired before
/// the certificate was made: an old one that is shown again, or a new one by a thief.
Result<> refuse_revoked(Store&, const crypto::Path&);

/// Fault::denied "exchange.revoked" for a node that was taken back, with its office or alone; "exchange.suspended" for
/// one whose office, or one above it, has to wait until a person of ours lets it go on.
Result<> may_exchange(Store&, const NodeId&);

/// Whether a node, its office or an office above it was taken back, as far as it is known here.
Result<bool> taken_back(Store&, const NodeId&);

enum class Standing : std::uint8_t {
  good,
  noted,  ///< accepted, and shown: signed before the key's end, or recorded here before it was known to be stolen
  held,   ///< in quarantine until somebody releases it
};
/// Where a received record came from.
struct Arrival {
  NodeId node;
  OfficeId office;
  std::int64_t envelope = 0;  ///< row
};
/// What revocations and newer certificates make of a record whose signatures are good.
Result<Standing> standing_of(Store&, const Arrival&, const sync::ReleasedRecord&);
/// What heads and receipts that we had before a revocation say of the stream's envelopes, as far as those are here.
/// Envelopes that they cover and whose records are held are to be opened once more. Inside a write.
Result<> follow_witnesses(Store&, std::int64_t stream);

/// Records of a case that are held because of a revocation.
Result<std::vector<RecordId>> held_records(Store&, std::int64_t matter);
/// A person vouches for them: they are judged again, without their keys' end. Inside a write.
Result<> release_held(Store&, std::int64_t matter, std::string_view officer, sync::Millis now);

}  // namespace yz::node
