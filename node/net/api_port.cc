#include "node/net/api_port.h"

#include <algorithm>

#include "crypto/base64.h"

namespace yz::node {
namespace {

constexpr std::size_t kBodyBytes = 64u * 1024 * 1024;  // an import; API.md

HttpResponse note(int status, std::string_view type, std::string_view body) {
  HttpResponse r;
  r.status = status;
  r.content_type = type;
  r.body.assign(body.begin(), body.end());
  r.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return r;
}

/// The bytes of a base64 header, in guarded memory at once.
std::optional<crypto::SecretText> passphrase_of(std::string_view base64) {
  if (base64.empty() || base64.size() > 4096) return std::nullopt;
  auto secret = crypto::secret_from_base64(base64);
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

HttpResponse response(const ApiReply& reply) {
  HttpResponse r = note(reply.status, reply.content_type, reply.body);
  r.headers.emplace_back("X-YZ-Exit", std::to_string(reply.exit_code));
  if (!reply.file_name.empty()) r.headers.emplace_back("Content-Disposition", "attachment");
  return r;
}

}  // namespace

/// On the web port: our own name only (a page elsewhere can point its name at us), and nothing that a browser
/// sends for another origin.
bool ApiPort::may_speak(const HttpRequest& r) const {
  if (p_.hosts.empty()) return true;
  if (std::ranges::find(p_.hosts, std::string(r.header("Host"))) == p_.hosts.end()) return false;
  const std::string_view origin = r.header("Origin"), site = r.header("Sec-Fetch-Site");
  if (!origin.empty() && std::ranges::none_of(p_.hosts, [&](const auto& h) {
        return origin == "http://" + h || origin == "https://" + h;
      }))
    return false;
  return site.empty() || site == "same-origin" || site == "none";
}

Intake ApiPort::handle(std::shared_ptr<Exchange> exchange) {
  const HttpRequest& r = exchange->request();
  if (!may_speak(r)) {
    exchange->respond(note(403, "text/plain; charset=utf-8", "this address answers to its own name only\n"));
    return NoBody{};
  }
  if (r.path == "/healthz") {
    exchange->respond(note(200, "text/plain; charset=utf-8", "ok\n"));
    return NoBody{};
  }
  if (r.path == "/") {
    exchange->respond(
        note(200, "text/plain; charset=utf-8",
             "驿站在运行。接口说明：/api/v1/openapi.json\nYizhan is running. Its API: /api/v1/openapi.json\n"));
    return NoBody{};
  }
  if (!r.path.starts_with("/api/v1/")) {
    exchange->respond(note(404, "text/plain; charset=utf-8", "not here\n"));
    return NoBody{};
  }
  const bool upload = r.method == "PUT" && r.path.find("/attachments/") != std::string::npos;
  const auto run = [this, exchange](Bytes body) {
    p_.on_store([this, exchange, b = std::move(body)]() mutable {
      const HttpRequest& q = exchange->request();
      ApiCall call;
      call.method = q.method;
      call.target = q.query.empty() ? q.path : q.path + "?" + q.query;
      call.body.assign(b.begin(), b.end());
      call.content_type = q.header("Content-Type");
      call.passphrase = passphrase_of(q.header("X-YZ-Passphrase"));
      if (auto name = percent_decode(q.header("X-YZ-Officer"))) call.officer = *name;
      call.language = q.header("Accept-Language").starts_with("en") ? "en" : "zh";
      if (q.header("Accept") != "application/x-ndjson") {
        exchange->respond(response(p_.call(call)));
        return;
      }
      // Long work: progress lines as they come, then the reply as the last line.
      auto stream = exchange->stream("application/x-ndjson");
      call.progress = [&](std::string_view json) {
        stream->send(std::string("{\"progress\":").append(json).append("}\n"));
      };
      const ApiReply reply = p_.call(call);
      stream->send("{\"status\":" + std::to_string(reply.status) + ",\"exit\":" + std::to_string(reply.exit_code) +
                   ",\"body\":" + reply.body + "}\n");
      stream->end();
    });
  };
  if (r.method == "GET" || r.method == "DELETE") {
    run({});
    return NoBody{};
  }
  return Buffered{upload ? p_.attachment_bytes : kBodyBytes, run};
}

}  // namespace yz::node
