#include "node/net/api_port.h"

#include "crypto/base64.h"

namespace yz::node {
namespace {

constexpr std::size_t kBodyBytes = 64u * 1024 * 1024;  // an import; API.md

/// The bytes of a base64 header, in guarded memory at once.
std::optional<crypto::SecretText> passphrase_of(std::string_view base64) {
  if (base64.empty() || base64.size() > 4096) return std::nullopt;
  auto secret = crypto::secret_from_base64(base64);
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

HttpResponse note(int status, std::string_view body) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = Bytes(body.begin(), body.end()),
          .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

std::size_t most_body(const HttpRequest& r, std::size_t attachment_bytes) {
  const bool upload = r.method == "PUT" && r.path.find("/attachments/") != std::string::npos;
  return upload ? attachment_bytes : kBodyBytes;
}

ApiCall api_call_of(const HttpRequest& q, const Bytes& body) {
  ApiCall call;
  call.method = q.method;
  call.target = q.query.empty() ? q.path : q.path + "?" + q.query;
  call.body.assign(body.begin(), body.end());
  call.content_type = q.header("Content-Type");
  call.passphrase = passphrase_of(q.header("X-YZ-Passphrase"));
  if (auto name = percent_decode(q.header("X-YZ-Officer"))) call.officer = *name;
  call.language = q.header("Accept-Language").starts_with("en") ? "en" : "zh";
  return call;
}

HttpResponse response_of(const ApiReply& reply, const HttpHeaders& headers) {
  HttpResponse r;
  r.status = reply.status;
  r.content_type = reply.content_type;
  r.body.assign(reply.body.begin(), reply.body.end());
  r.headers = headers;
  r.headers.emplace_back("X-YZ-Exit", std::to_string(reply.exit_code));
  if (!reply.file_name.empty()) r.headers.emplace_back("Content-Disposition", "attachment");
  return r;
}

void answer_call(Exchange& exchange, const std::function<ApiReply(const ApiCall&)>& make, ApiCall call,
                 const HttpHeaders& headers) {
  if (exchange.request().header("Accept") != "application/x-ndjson") {
    exchange.respond(response_of(make(call), headers));
    return;
  }
  auto stream = exchange.stream("application/x-ndjson", headers);
  call.progress = [&](std::string_view json) {
    stream->send(std::string("{\"progress\":").append(json).append("}\n"));
  };
  const ApiReply reply = make(call);
  stream->send("{\"status\":" + std::to_string(reply.status) + ",\"exit\":" + std::to_string(reply.exit_code) +
               ",\"body\":" + reply.body + "}\n");
  stream->end();
}

Intake ApiPort::handle(std::shared_ptr<Exchange> exchange) {
  const HttpRequest& r = exchange->request();
  if (r.path == "/healthz") {
    exchange->respond(note(200, "ok\n"));
    return NoBody{};
  }
  if (!r.path.starts_with("/api/v1/")) {
    exchange->respond(note(404, "not here\n"));
    return NoBody{};
  }
  const auto run = [this, exchange](Bytes body) {
    p_.on_store([this, exchange, b = std::move(body)] {
      answer_call(*exchange, p_.call, api_call_of(exchange->request(), b),
                  {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}});
    });
  };
  if (r.method == "GET" || r.method == "DELETE") {
    run({});
    return NoBody{};
  }
  return Buffered{most_body(r, p_.attachment_bytes), run};
}

}  // namespace yz::node
