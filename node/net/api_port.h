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

/// The longest body of a call: an import, or an attachment.
std::size_t most_body(const HttpRequest&, std::size_t attachment_bytes);
/// The call that a request is: officer, passphrase and language from its headers.
ApiCall api_call_of(const HttpRequest&, const Bytes& body);
/// Makes the call and answers it; with `Accept: application/x-ndjson` in progress lines, the reply as the last one.
/// On the store's thread. `headers` go with every answer.
void answer_call(Exchange&, const std::function<ApiReply(const ApiCall&)>&, ApiCall, const HttpHeaders& headers);
HttpResponse response_of(const ApiReply&, const HttpHeaders& headers);

}  // namespace yz::node
