#pragma once
#include <functional>
#include <optional>
#include <string>

#include "crypto/result.h"
#include "crypto/secret.h"

namespace yz::node {

/// One call of the JSON API, whichever face it came by (page, socket, command line in-process).
struct ApiCall {
  std::string method = "GET";
  std::string target;     ///< "/api/v1/reports?lane=flash", percent-encoded
  std::string body = {};  ///< JSON text, or raw octets for attachments
  std::string content_type = "application/json";
  std::string officer = {};  ///< who asks, from --as or the session; empty: the only active one
  std::optional<crypto::SecretText> passphrase = {};  ///< given with the call; or with `session` for what needs it anew
  std::string session = {};                           ///< the token of a web session; it vouches and signs
  std::string language = "zh";
  /// Progress of long work as small JSON objects; may be empty. Called on the node's worker thread.
  std::function<void(std::string_view json)> progress = {};
};

struct ApiReply {
  int status = 200;
  int exit_code = 0;  ///< what the command line ends with (interface.md 3)
  std::string content_type = "application/json";
  std::string body = {};
  std::string file_name = {};  ///< for downloads
  /// What follows `body`, piece by piece (of at most 200 KiB, some empty), until there is none; not set: `body` is all.
  /// Called on the node's worker thread, with other work between the pieces.
  std::function<Result<std::optional<std::string>>()> more = {};
};

}  // namespace yz::node
