#pragma once
#include "node/store/store.h"

namespace yz::node {

/// Whether a certificate, whose path holds, may take the place of what is registered for its subject. False: there is a
/// newer one, or this very one; nothing changes. Faults: forged "node.foreign", "officer.foreign" (another office has
/// the subject), "office.disputed" (another key or superior that nobody entitled vouches for; an alarm too). What it
/// replaces is kept where signatures under it still have to be checked. Inside a write.
Result<bool> may_register(Store&, const crypto::Certificate&, sync::Millis now);
/// Of the certificates of one person only the newest signs: the others ended when it began. Inside a write, after the
/// certificate was kept.
Result<> end_older_certificates(Store&, const crypto::Certificate& officer);

/// A serial above every one that the subject's certificates had, also after a clock was set back by years.
Result<std::uint64_t> next_serial(Store&, const crypto::SubjectId&, sync::Millis now);
/// Tells every neighbour, and replaces what they were told of the subject before. Inside a write.
Result<> tell_certificate(Store&, const crypto::Certificate&);

}  // namespace yz::node
