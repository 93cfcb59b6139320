#pragma once
#include <optional>
#include <vector>

#include "crypto/certificate.h"
#include "node/store/store.h"
#include "sync/consent.h"

namespace yz::node {

/// Who says so: our own office, or a neighbour on one side.
enum class ConsentBy : std::uint8_t { us, below, above };
/// Takes an office's consent to another key or superior of its own, whoever brought it, and passes it on when it is
/// news: our own to everybody, others' up to the top, down to who lies below that office, and to the superior that it
/// leaves. Of two different consents by one key the first that came here counts. Faults: forged "consent.form",
/// "consent.signature", "office.disputed" (another one of that key was recorded before; an alarm too); missing
/// "consent.key" (nobody here knows that key as the office's), "consent.root" (of the top office, whose key the root
/// document names: that one says otherwise); denied "consent.many". Inside a write.
Result<> take_consent(Store&, ByteView body, ConsentBy, sync::Millis now);
Result<> take_consent(Store&, ByteView body, const NodeId& from, sync::Millis now);

/// Whether `next` says nothing that the office itself has not consented to since `known`: its key and its superior.
Result<bool> consents_to(Store&, const crypto::Certificate& known, const crypto::Certificate& next);
/// Fault::denied "certificate.superseded" when it was made with a key that its issuer has replaced, and is not among
/// those that the issuer honours: whoever has the old key makes no new ones.
Result<> refuse_superseded(Store&, const crypto::Certificate&);
/// The office has replaced this key, and the certificate of the new one is here; of the top office, the root document
/// that names the new one.
Result<bool> superseded(Store&, const OfficeId&, const PublicKey&);

/// Consents of an office to another key by this one, as they were signed; nothing while there is none.
Result<std::optional<Bytes>> rotation_from(Store&, const OfficeId&, const PublicKey& old_key);
/// Everything that an office ever consented to, oldest first: for who has to follow it from its first key.
Result<std::vector<Bytes>> consents_of(Store&, const OfficeId&);
/// The changes of key of one office, or of all.
Result<std::vector<sync::Consent>> changes_of_key(Store&, const std::optional<OfficeId>& of = {});
/// Superiors that an office, or one above it, has left: what waited for them still goes there.
Result<std::vector<OfficeId>> superiors_before(Store&, const OfficeId&);

/// A serial above that of every consent of an office that is recorded here.
Result<std::uint64_t> next_consent_serial(Store&, const OfficeId&, sync::Millis now);
/// The certificates that our office made with this key and stands by, the newest first where there are too many.
Result<std::vector<CertDigest>> made_with(Store&, const PublicKey&);

}  // namespace yz::node
