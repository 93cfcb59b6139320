#pragma once
#include <functional>
#include <memory>
#include <string>

#include "node/api.h"
#include "node/net/http_server.h"

namespace yz::node {

/// The face of the JSON API on the home's local socket, for the command line: the officer's passphrase in each call.
/// The web port is WebPort.
class ApiPort : public Handler {
 public:
  struct Parts {
    std::function<void(std::function<void()>)> on_store;
    std::function<ApiReply(const ApiCall&)> call;  ///< on the store's thread
    std::size_t attachment_bytes = 0;
  };
  explicit ApiPort(Parts p) : p_(std::move(p)) {}
  Intake handle(std::shared_ptr<Exchange>) override;

 private:
  Parts p_;
};

/// What is to be read of a request's body: up to what its route takes. One that declares more is answered at once, with
/// a problem document, and not read.
Intake body_for(const std::shared_ptr<Exchange>&, std::size_t attachment_bytes, const HttpHeaders& headers,
                std::function<void(Bytes)> run);
/// The call that a request is: officer, passphrase and language from its headers.
ApiCall api_call_of(const HttpRequest&, const Bytes& body);
/// Makes the call and answers it; with `Accept: application/x-ndjson` in progress lines, the reply as the last one.
/// On the store's thread. `headers` go with every answer. An answer in pieces goes on by `on_store`, no faster than it
/// is taken.
using OnStore = std::function<void(std::function<void()>)>;
void answer_call(Exchange&, const std::function<ApiReply(const ApiCall&)>&, ApiCall, const HttpHeaders& headers,
                 const OnStore& on_store);
HttpResponse response_of(const ApiReply&, const HttpHeaders& headers);

}  // namespace yz::node
