#pragma once
#include <functional>
#include <string>
#include <vector>

#include "node/api.h"
#include "node/net/http_server.h"

namespace yz::node {

/// The face of the JSON API over HTTP: on the home's local socket for the command line, and on the web port for
/// programs on this machine. Both need the officer's passphrase in each call; the web port also answers to its
/// own names only and to nobody a browser sends from elsewhere.
class ApiPort : public Handler {
 public:
  struct Parts {
    std::function<void(std::function<void()>)> on_store;
    std::function<ApiReply(const ApiCall&)> call;  ///< on the store's thread
    std::vector<std::string> hosts;                ///< exact Host values; empty: a unix socket, no check
    std::size_t attachment_bytes = 0;
  };
  explicit ApiPort(Parts p) : p_(std::move(p)) {}
  Intake handle(std::shared_ptr<Exchange>) override;

 private:
  bool may_speak(const HttpRequest&) const;
  Parts p_;
};

}  // namespace yz::node
