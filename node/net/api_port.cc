#include "node/net/api_port.h"

#include <charconv>

#include "crypto/base64.h"
#include "node/net/api.h"

namespace yz::node {
namespace {

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

Intake body_for(const std::shared_ptr<Exchange>& exchange, std::size_t attachment_bytes, const HttpHeaders& headers,
                std::function<void(Bytes)> run) {
  const HttpRequest& r = exchange->request();
  const bool attachment = r.method == "PUT" && r.path.find("/attachments/") != std::string::npos;
  const std::size_t most = attachment ? attachment_bytes : Api::most_body(r.method, r.path);
  const std::string_view declared = r.header("Content-Length");
  std::uint64_t bytes = 0;
  std::from_chars(declared.data(), declared.data() + declared.size(), bytes);
  if (bytes <= most) return Buffered{most, std::move(run)};
  HttpResponse said = response_of(
      problem_reply({Fault::full, "the request is larger than " + std::to_string(most) + " bytes", "request.size"},
                    r.header("Accept-Language").starts_with("en") ? "en" : "zh"),
      headers);
  said.close = true;
  exchange->respond(std::move(said));
  return NoBody{};
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

namespace {

struct Pieces {
  std::shared_ptr<EventStream> stream;
  std::function<Result<std::optional<std::string>>()> more;
  OnStore on_store;
};

/// The next piece; on the store's thread.
void send_next(const std::shared_ptr<Pieces>& p) {
  if (p->stream->closed()) return;
  auto piece = p->more();
  if (!piece) p->stream->send("\r\n# " + piece.error().what + "\r\n");  // a file that ends here has to say so
  if (!piece || !*piece) return p->stream->end();
  if (!(*piece)->empty() && !p->stream->send(**piece)) return;
  p->stream->when_taken([p] { p->on_store([p] { send_next(p); }); });
}

}  // namespace

void answer_call(Exchange& exchange, const std::function<ApiReply(const ApiCall&)>& make, ApiCall call,
                 const HttpHeaders& headers, const OnStore& on_store) {
  if (exchange.request().header("Accept") != "application/x-ndjson") {
    ApiReply reply = make(call);
    if (!reply.more) return exchange.respond(response_of(reply, headers));
    const HttpResponse begin = response_of(reply, headers);
    const auto p = std::make_shared<Pieces>(exchange.stream(begin.content_type, begin.headers), reply.more, on_store);
    if (!p->stream->send(reply.body)) return;
    p->stream->when_taken([p] { p->on_store([p] { send_next(p); }); });
    return;
  }
  auto stream = exchange.stream("application/x-ndjson", headers);
  call.progress = [&](std::string_view json) {
    stream->send(std::string("{\"progress\":").append(json).append("}\n"));
  };
  const ApiReply reply = make(call);  // what comes in pieces has no progress
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
                  {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, p_.on_store);
    });
  };
  if (r.method == "GET" || r.method == "DELETE") {
    run({});
    return NoBody{};
  }
  return body_for(exchange, p_.attachment_bytes, {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
                  run);
}

}  // namespace yz::node
