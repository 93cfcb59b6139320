#pragma once
// Steps that joining, registering and moving have in common; for join.cc, join_message.cc, rehome.cc and
// machine_join.cc alone.
#include "node/net/join.h"

namespace yz::node::join_parts {

// invitation.flags
inline constexpr std::int64_t kOnePerson = 1, kLineOnly = 2, kMoves = 4, kForMachine = 8, kTakenBack = 16;
/// So many wrong tries kill an invitation.
inline constexpr int kMostTries = 5;

using Code = Fixed<16, struct InviteCodeTag>;
inline constexpr std::size_t kMacBytes = 32, kMostMessage = 64 * 1024;
inline constexpr std::size_t kMostOfficers = 16, kMostOffices = 8, kMostConsents = 8, kMostNodesBefore = 4;
inline constexpr std::size_t kMostUrls = 4, kMostUrlBytes = 256, kMostNameBytes = 200;

/// A length in two bytes, then so many.
void put_block(Writer&, ByteView);
Bytes block(Reader&);
/// How many in one byte, then each.
void put_blocks(Writer&, const std::vector<Bytes>&);
/// What was written, and behind it the keyed hash of it under the invitation's code.
Bytes with_mac(Writer&, const Code&);
/// Fault::forged.
std::unexpected<Error> refused(const char* what, const char* code);

struct Invited {
  Code code;
  std::string office_code, name;
  std::int64_t flags = 0;
  crypto::Level level{};
};

/// An answer that was checked as far as all kinds of it are alike.
struct Checked {
  std::vector<crypto::Certificate> offices;
  crypto::RootDocument root;
  crypto::Certificate node;
  std::uint64_t list_version = 0;
};

/// "invite.code": of a code that does not lie below our own.
Error code_elsewhere(std::string_view own);
/// Fault::invalid "invite.urls" unless they are at most four addresses, each with a host and a port that can be.
Result<> reachable(const std::vector<std::string>& urls);
/// Who we are, as every superior is told.
Result<JoinRequestMessage> introduction(Store&, const Invitation&, const crypto::SigningKey& authority);
/// The office certificates from one office up to the top.
Result<std::vector<Bytes>> chain_of(Directory&, const OfficeId& from);
/// From the top down. What we know of offices in between stays: a path may be shown with an older certificate.
Result<> learn_offices(Directory&, const std::vector<crypto::Certificate>&, const OfficeId& whose, sync::Millis now);
/// Its node, its officers, its keys, and the link to it. Inside a write.
Result<> take_in(Store&, Directory&, const JoinRequestMessage&, const OfficeId&, std::string_view code,
                 sync::Millis now);
Result<Checked> checked(const Invitation&, ByteView request, ByteView answer, const JoinAnswerMessage&);
/// Inside a write.
Result<> link_up(Store&, Directory&, const Invitation&, const Checked&, const JoinAnswerMessage&, sync::Millis now);

}  // namespace yz::node::join_parts
