#pragma once
#include "node/api.h"
#include "node/net/api_host.h"

namespace yz::node {

/// The JSON API of a node: routes and shapes in API.md. On the node's worker thread only; never throws for what a
/// caller can send.
class Api {
 public:
  explicit Api(ApiHost& host) : host_(host) {}
  ApiReply call(const ApiCall&);
  /// The longest body that the route of this address reads. Any thread.
  static std::size_t most_body(std::string_view method, std::string_view path);

 private:
  ApiHost& host_;
};

/// A problem document for an error that arose outside the API (no home, busy, no passphrase given).
ApiReply problem_reply(const Error&, std::string_view language);

}  // namespace yz::node
