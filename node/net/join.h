#pragma once
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "node/net/api_host.h"
#include "sync/statement.h"

namespace yz::node {

/// What a superior hands out on paper, as QR or by file: one line "YZ1-..." (base32). Byte table in net/API.md,
/// "Invitation".
struct Invitation {
  Fixed<16, struct InviteCodeTag> code;  ///< one use, 128 random bits: it authenticates both sides of the join
  bool one_person = false;
  bool line_only = false;  ///< good for registering with a further superior (条) and nothing else
  bool moves = false;      ///< for an office that leaves its superior for this one, with its id and its keys
  bool machine = false;    ///< for a further machine of the inviting office itself, and nothing else (machine_join.h)
  crypto::Level level{};   ///< of the invited office
  sync::Millis until_ms = 0;
  OfficeId superior;
  CertDigest superior_node;  ///< certificate of the node that answers
  Hash root;                 ///< digest of the root document
  std::string superior_code, superior_name, code_of_office, name;
  std::string pin;  ///< of the superior's TLS key; empty without TLS
  std::vector<std::string> urls;
};
using InvitationId = Fixed<16, struct InviteIdTag>;
InvitationId id_of(const Invitation&);
std::string encode(const Invitation&);
/// Fault::invalid when mistyped or malformed.
Result<Invitation> decode_invitation(std::string_view line);

/// What the new office sends: its public keys, signed by itself and authenticated by the code.
struct JoinRequestMessage {
  InvitationId invitation;
  PublicKey authority;
  Bytes node_certificate, node_list;
  std::vector<Bytes> officers;  ///< certificates, at most 16
  /// An office that has its certificate already asks a further superior to register it: its own office certificate,
  /// then upwards to the top, at most 8. Empty when it asks for a certificate.
  std::vector<Bytes> offices = {};
  /// An office that comes over from another superior: its consents from its first key on, at most 8, that to this move
  /// the last; and certificates of the nodes of the superior that it leaves, at most 4, whose mail is still to pass.
  std::vector<Bytes> consents = {}, nodes_before = {};
};
Bytes encode(const JoinRequestMessage&, const crypto::SigningKey& authority,
             const Fixed<16, struct InviteCodeTag>& code);
/// Checks form and the office's own signature; the MAC is for who knows the code: see check_mac.
Result<JoinRequestMessage> decode_join_request(ByteView);

/// What the superior answers: the new office's certificate and everything up to the root.
struct JoinAnswerMessage {
  InvitationId invitation;
  Hash request;
  Bytes root, node_certificate, node_list;
  std::vector<Bytes> offices;  ///< certificates: the new office's first, then the superior's, up to the top
  bool registered = false;     ///< nothing was issued: `offices` begins with the superior's own
};
Bytes encode(const JoinAnswerMessage&, const Fixed<16, struct InviteCodeTag>& code);
Result<JoinAnswerMessage> decode_join_answer(ByteView);
/// The last 32 bytes of both messages are a MAC by the code over what is before them.
bool check_mac(ByteView message, const Fixed<16, struct InviteCodeTag>& code);
Hash join_hash(ByteView message);
/// What the superior and the new office compare by telephone: it stands for the office's authority key on both sides.
std::string office_fingerprint(const PublicKey& authority);

/// The superior's side. `authority` signs the new office's certificate; one that has its certificate from another
/// superior under the same root is registered with it and keeps it. Five wrong tries kill an invitation; the
/// same request a second time gets the same kind of answer. Faults: forged with codes join.unknown, join.expired,
/// join.used, join.dead, join.mac. Inside a write.
Result<Bytes> admit(Store&, Directory&, ByteView request, const crypto::SigningKey& authority, sync::Millis now);
/// After admit() failed with join.mac, in a write of its own: the failure rolled the first one back.
Result<> count_wrong_try(Store&, ByteView request);
/// Makes and stores an invitation. Inside a write.
Result<Invitation> make_invitation(Store&, Directory&, const Invite&, std::string_view pin, sync::Millis now);

/// The new office's side: the request that is sent again until it is answered. Inside a write.
Result<Bytes> make_join_request(Store&, Directory&, const Invitation&, const crypto::SigningKey& authority);
/// The same by an office that has its certificate, to a further superior.
Result<Bytes> make_registration_request(Store&, Directory&, const Invitation&, const crypto::SigningKey& authority);
/// Checks the answer and makes this office a member: certificates, root, node list, link. Inside a write.
Result<> accept_join_answer(Store&, Directory&, const Invitation&, ByteView request, ByteView answer, sync::Millis now);

/// Checks a further superior's answer against the root that we have: its certificates, node list, link. Inside a write.
Result<> accept_registration(Store&, Directory&, const Invitation&, ByteView request, ByteView answer,
                             sync::Millis now);

}  // namespace yz::node
