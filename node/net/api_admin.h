#pragma once
// Inside the API: what the pages of administration ask beside the rest.
#include "node/net/api_request.h"

namespace yz::node::api {

/// Whom a revocation is about ("office", "node", "officer"), for a person: the office, and the machine's or officer's
/// name; empty when nobody here knows.
std::string name_of_revoked(const Request&, std::string_view target, const Bytes& subject);
Result<ApiReply> get_invitations(Request&);
Result<ApiReply> delete_invitation(Request&);

}  // namespace yz::node::api
