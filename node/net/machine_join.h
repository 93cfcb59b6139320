#pragma once
#include <string>
#include <vector>

#include "node/net/join.h"

namespace yz::node {

// A further machine of an office joins it: keys of its own, certified by the office's authority, which stays where it
// is. Byte tables in sync/PROTOCOL.md 8.

/// What the new machine sends, signed by both of its keys and authenticated by the invitation's code.
struct MachineRequest {
  InvitationId invitation;
  PublicKey node, officer;
  BoxPublic box;
  std::string name;  ///< of the officer
};
Bytes encode(const MachineRequest&, const crypto::SigningKey& node, const crypto::SigningKey& officer,
             const Fixed<16, struct InviteCodeTag>& code);
bool is_machine_request(ByteView);
Result<MachineRequest> decode_machine_request(ByteView);

/// Whom the office reports to, for a machine that has never spoken with them.
struct KnownSuperior {
  Bytes node_certificate, node_list;
  std::vector<Bytes> offices;  ///< certificates from its own up to the top
  std::vector<std::string> urls;
  std::string pin;
};
struct MachineAnswer {
  InvitationId invitation;
  Hash request;
  Bytes root;
  std::vector<Bytes> offices;            ///< the office's own certificate, then upwards to the top
  std::vector<Bytes> nodes;              ///< of the office: the answering machine's first, the new one's last
  std::vector<Bytes> officers;           ///< the new machine's officer's first
  Bytes node_list;                       ///< with both in it
  Bytes archive;                         ///< the office's archive key, sealed to the new machine's box key
  std::vector<KnownSuperior> superiors;  ///< at most 8
};
Bytes encode(const MachineAnswer&, const Fixed<16, struct InviteCodeTag>& code);
Result<MachineAnswer> decode_machine_answer(ByteView);

/// Makes and stores an invitation for a further machine of our own office. `wish.name` names the machine,
/// `wish.officer` whom it is for: an officer of ours gets a further key, anybody else becomes an officer with
/// `wish.roles`. Inside a write.
Result<Invitation> invite_machine(Store&, Directory&, const Invite& wish, std::string_view pin, sync::Millis now);
/// The first machine's side. Faults as of admit(), and forged "join.officer" when the invitation is for another person.
/// Inside a write.
Result<Bytes> admit_machine(Store&, Directory&, ByteView request, const crypto::SigningKey& authority,
                            sync::Millis now);
/// The new machine's side: checks the answer and becomes a machine of the office. Inside a write.
Result<> accept_machine_answer(Store&, Directory&, const Invitation&, ByteView request, ByteView answer,
                               sync::Millis now);
/// This home waits for the first machine's answer.
Result<bool> joins_as_machine(Store&);

}  // namespace yz::node
