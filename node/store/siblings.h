#pragma once
#include <vector>

#include "crypto/certificate.h"
#include "node/store/store.h"
#include "sync/envelope.h"
#include "sync/statement.h"

namespace yz::node {

// Several machines of one office (protocol 8, sync/PROTOCOL.md 8.3). They hand each other every envelope for their
// office as it came, and every envelope that one of them wrote; so each shows all of it, and each is a way on for the
// others.

/// The other machines of our office that we have a link with.
Result<std::vector<NodeId>> siblings(Store&);
Result<bool> node_is_revoked(Store&, const NodeId&);
/// The number of this machine in its office, from 1; it stands in the numbers that it gives to reports. 0 = none yet.
Result<int> machine_number(Store&);
/// The next one: numbers of machines are never given again.
Result<int> next_machine_number(Store&);

/// An envelope for our office, or that we wrote, goes to the other machines, but not to its author nor to who brought
/// it. Inside a write.
Result<> hand_to_siblings(Store&, std::int64_t envelope, const NodeId& author, const NodeId& from);
/// What another machine of ours wrote goes on by our own ways too. Inside a write.
Result<> relay_copy(Store&, std::int64_t envelope, const OfficeId& destination, sync::Lane);
/// Wraps the key of an envelope to our office for machines that it was not sealed for. Inside a write.
Result<> wrap_for_siblings(Store&, const sync::Envelope&, sync::Millis now);
/// The wrap that another machine of ours made for us, or nothing.
Result<Bytes> further_wrap(Store&, const Hash& envelope);

/// From time to time: machines that joined later get what there was before, a bounded lot at a time; and what another
/// machine wrote and its receipt has not come for goes by our own line: its line may be down. Inside a write.
Result<> help_siblings(Store&, sync::Millis now);
/// The rate of the line that an office is reached by, in bit/s; 0 = not known.
Result<std::uint64_t> rate_towards(Store&, const OfficeId&);

/// Everything that is known of offices, for a machine that has just been taken in. Inside a write.
Result<> tell_siblings_everything(Store&);
/// Our node list with one machine more, or without those that were revoked, under the next version. Fault::full beyond
/// seven. Inside a write.
Result<> list_machine(Store&, const NodeId&, const CertDigest&, const BoxPublic&, sync::Millis now);
/// A machine of ours was revoked: nothing goes there any more. Inside a write.
Result<> part_from(Store&, const NodeId&, sync::Millis now);
/// A newer list by another machine that does not name our present keys is said anew. Inside a write.
Result<> mend_own_list(Store&, sync::Millis now);

/// The superior's side. A node that is news, of an office that has others: nobody knows yet whether it is really
/// theirs.
Result<> meet_machine(Store&, const crypto::Certificate&, sync::Millis now);
Result<bool> unconfirmed(Store&, const NodeId&);
/// An officer compared the fingerprint. Fault::missing, conflict when it was confirmed before. Inside a write.
Result<> confirm_machine(Store&, const NodeId&, sync::Millis now);
/// Our superior's word that it confirmed one of our machines. Inside a write.
Result<> take_confirmation(Store&, const sync::Statement&, sync::Millis now);
/// What people compare by telephone: it stands for the machine's signing key.
std::string node_fingerprint(const PublicKey&);

}  // namespace yz::node
