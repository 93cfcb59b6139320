#pragma once
#include "crypto/certificate.h"
#include "node/store/store.h"

namespace yz::node {

/// An office that is registered here has another superior than before, and that was in order. Its mail goes the new
/// way; a superior that it left lets go of the link and is told, with the certificates that lead to it. Inside a write,
/// after the certificate was kept.
Result<> follow_move(Store&, const crypto::Certificate& before, const crypto::Certificate& after, sync::Millis now);
/// The same of an office that was not registered here before: the superior that it left had told nobody of it yet.
Result<> follow_newcomer(Store&, const crypto::Certificate&);

/// Whether `office`, or one above it, has left `superior` or one below that: what waited between the two still goes.
/// Where nobody here knows `superior` it may be so.
Result<bool> once_below(Store&, const OfficeId& office, const OfficeId& superior);

/// Whether our own mail for an office has a way: it is a neighbour, stands above or below us, or did.
Result<bool> may_write_to(Store&, const OfficeId&);

/// What waits for an office, or for one below it, goes by the neighbours that lead there now. Inside a write.
Result<> send_anew(Store&, const OfficeId&);
/// Links to the nodes of an office end: it is no neighbour any more. What they were to carry waits for a way. Inside a
/// write.
Result<> end_links(Store&, const OfficeId&);

}  // namespace yz::node
