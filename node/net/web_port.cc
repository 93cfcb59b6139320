#include "node/net/web_port.h"

#include <algorithm>

#include "node/net/api.h"
#include "node/net/api_port.h"

namespace yz::node {
namespace {

constexpr std::size_t kSessionBodyBytes = 8 * 1024;
constexpr std::string_view kApi = "/api/v1/";

/// Scripts, styles and pictures of our own and nothing else; nobody frames the page. Element Plus sets styles through
/// the DOM's own objects, which this allows, and writes none into the page's text.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src "
    "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::string_view kDataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

bool changes(const HttpRequest& r) { return r.method != "GET" && r.method != "HEAD"; }

std::string language_of(const HttpRequest& r) { return r.header("Accept-Language").starts_with("en") ? "en" : "zh"; }

bool same_token(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view media_type(const HttpRequest& r) {
  std::string_view type = r.header("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

/// A JSON object of a few short texts, with nothing else in it.
Result<Json> small_object(const Bytes& body, std::initializer_list<std::string_view> known) {
  Json j = TRY(parse_json(text(ByteView(body)), {.bytes = kSessionBodyBytes, .depth = 2}));
  if (!j.members()) return fail(Fault::invalid, "the request has to be one JSON object", "malformed.json");
  for (const auto& m : *j.members())
    if (std::ranges::find(known, m.key) == known.end() || !m.value.string())
      return fail(Fault::invalid, "unknown member " + m.key.substr(0, 40), "invalid.member");
  return j;
}

}  // namespace

/// Our own name only (a page elsewhere can point its name at us), and nothing that a browser sends for another origin.
bool WebPort::may_speak(const HttpRequest& r) const {
  if (std::ranges::find(p_.hosts, r.header("Host")) == p_.hosts.end()) return false;
  if (r.has_header("Origin") && r.header("Origin") != (p_.tls ? "https://" : "http://") + std::string(r.header("Host")))
    return false;
  const std::string_view site = r.header("Sec-Fetch-Site");
  return site.empty() || site == "same-origin" || site == "none";
}

/// For what changes something: the request says that it comes from our page, and, with a session, proves it.
Result<> WebPort::from_our_page(const HttpRequest& r, const WebSessions::Who* who) const {
  if (!r.has_header("Origin") && r.header("Sec-Fetch-Site") != "same-origin")
    return fail(Fault::denied, "this request does not come from the page", "web.origin");
  const bool upload =
      (r.method == "PUT" && (r.path.find("/attachments/") != std::string::npos || r.path == "/api/v1/bundles/file")) ||
      (r.method == "POST" && r.path == "/api/v1/evidence/check");
  if (r.method != "DELETE" && media_type(r) != (upload ? "application/octet-stream" : "application/json"))
    return fail(Fault::invalid, "the request has to be application/json", "web.content");
  if (who && !same_token(r.header("X-YZ-CSRF"), who->csrf))
    return fail(Fault::denied, "the session's token is missing or wrong: load the page anew", "web.csrf");
  return {};
}

std::string WebPort::token_of(const HttpRequest& r) const {
  std::string_view rest = r.header("Cookie");
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(p_.cookie) && pair.substr(p_.cookie.size()).starts_with('='))
      return std::string(pair.substr(p_.cookie.size() + 1, 64));
  }
  return {};
}

std::string WebPort::set_cookie(std::string_view token) const {
  return p_.cookie + "=" + std::string(token) + "; Path=/; HttpOnly; SameSite=Strict" + (p_.tls ? "; Secure" : "") +
         (token.empty() ? "; Max-Age=0" : "");
}

HttpHeaders WebPort::headers() const {
  return {{"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"X-Frame-Options", "DENY"},
          {"Cache-Control", "no-store"},
          {"Content-Security-Policy", std::string(kDataPolicy)}};
}

void WebPort::answer(const Shared& exchange, const ApiReply& reply, std::string cookie) const {
  HttpResponse r = response_of(reply, headers());
  if (!cookie.empty()) r.headers.emplace_back("Set-Cookie", std::move(cookie));
  exchange->respond(std::move(r));
}

void WebPort::refuse(const Shared& exchange, const Error& e) const {
  answer(exchange, problem_reply(e, language_of(exchange->request())));
}

Intake WebPort::handle(std::shared_ptr<Exchange> exchange) {
  const HttpRequest& r = exchange->request();
  if (!may_speak(r)) {
    constexpr std::string_view kSaid = "this address answers to its own name and its own page only\n";
    exchange->respond({.status = 403,
                       .content_type = "text/plain; charset=utf-8",
                       .body = Bytes(kSaid.begin(), kSaid.end()),
                       .headers = headers()});
    return NoBody{};
  }
  if (r.path == "/healthz") {
    answer(exchange, {.content_type = "text/plain; charset=utf-8", .body = "ok\n"});
    return NoBody{};
  }
  if (!r.path.starts_with(kApi)) return asset(exchange);
  const std::string token = token_of(r);
  if (r.path == "/api/v1/session" && r.method == "POST") return begin_session(exchange);
  if (!token.empty()) {
    const auto who =
        p_.sessions.look(token, !r.has_header("X-YZ-Background") && r.path != "/api/v1/events", p_.clock());
    if (!who) return turn_away(exchange, who.error());
    if (changes(r))
      if (auto fine = from_our_page(r, &*who); !fine) {
        refuse(exchange, fine.error());
        return NoBody{};
      }
    if (r.path == "/api/v1/session/confirm" && r.method == "POST") return confirm_session(exchange, token);
    if (r.path == "/api/v1/session" && r.method == "DELETE") return end_session(exchange, token);
    if (r.path == "/api/v1/session" && r.method == "GET") return session(exchange, *who);
    if (r.path == "/api/v1/events" && r.method == "GET") return listen(exchange, *who);
    return api(exchange, token);
  }
  if (r.path == "/api/v1/session" || r.path == "/api/v1/events" ||
      (r.header("X-YZ-Passphrase").empty() && r.path != "/api/v1/openapi.json")) {
    return turn_away(exchange, {Fault::denied, "nobody is signed in here", "login.session"});
  }
  return api(exchange, {});
}

/// Nobody is signed in. Who asks for the session is told where they are about to sign in.
Intake WebPort::turn_away(const Shared& exchange, const Error& e) {
  const HttpRequest& r = exchange->request();
  if (r.path != "/api/v1/session" || r.method != "GET" || !p_.place) {
    refuse(exchange, e);
    return NoBody{};
  }
  p_.on_store([this, exchange, e] {
    ApiReply said = problem_reply(e, language_of(exchange->request()));
    auto j = parse_json(said.body);
    const Json place = p_.place();
    if (j && place.members()) {
      for (const auto& m : *place.members()) j->set(m.key, m.value);
      said.body = dump(*j);
    }
    answer(exchange, said);
  });
  return NoBody{};
}

Intake WebPort::asset(Shared exchange) {
  const HttpRequest& r = exchange->request();
  const auto at = std::ranges::find(p_.page, r.path, &WebAsset::path);
  if (r.method != "GET" || at == p_.page.end()) {
    constexpr std::string_view kSaid = "not here\n";
    exchange->respond({.status = r.method == "GET" ? 404 : 405,
                       .content_type = "text/plain; charset=utf-8",
                       .body = Bytes(kSaid.begin(), kSaid.end()),
                       .headers = headers()});
    return NoBody{};
  }
  HttpResponse out{.status = 200,
                   .content_type = std::string(at->type),
                   .headers = {{"Content-Encoding", "gzip"},
                               {"X-Content-Type-Options", "nosniff"},
                               {"Referrer-Policy", "no-referrer"},
                               {"Cross-Origin-Opener-Policy", "same-origin"},
                               {"Cross-Origin-Resource-Policy", "same-origin"},
                               {"X-Frame-Options", "DENY"},
                               {"Cache-Control", at->lasting ? "public, max-age=31536000, immutable" : "no-cache"},
                               {"Content-Security-Policy", std::string(kPagePolicy)}},
                   .fixed_body = at->gzip};
  exchange->respond(std::move(out));
  return NoBody{};
}

Intake WebPort::begin_session(Shared exchange) {
  if (auto fine = from_our_page(exchange->request(), nullptr); !fine) {
    refuse(exchange, fine.error());
    return NoBody{};
  }
  return body_for(exchange, 0, headers(), [this, exchange](Bytes body) {
    p_.on_store([this, exchange, b = std::move(body)] {
      const auto asked = small_object(b, {"officer", "passphrase"});
      if (!asked) return refuse(exchange, asked.error());
      const auto opened = p_.sign_in(asked->text("officer"), view(asked->text("passphrase")), exchange->request().peer);
      if (!opened) return refuse(exchange, opened.error());
      // Whoever signs in anew gets a new token; the one before is worth nothing any more.
      if (const std::string before = token_of(exchange->request()); !before.empty()) p_.sessions.close(before);
      const auto who = p_.sessions.look(opened->token, true, p_.clock());
      if (!who) return refuse(exchange, who.error());
      answer(exchange, {.body = dump(told(*who))}, set_cookie(opened->token));
    });
  });
}

Json WebPort::told(const WebSessions::Who& who) const {
  return Json::object({{"officer", who.officer},
                       {"csrf", who.csrf},
                       {"idle_seconds", p_.sessions.limits().idle / 1000},
                       {"whole_seconds", p_.sessions.limits().whole / 1000}});
}

Intake WebPort::session(Shared exchange, const WebSessions::Who& who) {
  answer(exchange, {.body = dump(told(who))});
  return NoBody{};
}

Intake WebPort::confirm_session(Shared exchange, std::string token) {
  return body_for(exchange, 0, headers(), [this, exchange, token = std::move(token)](Bytes body) {
    p_.on_store([this, exchange, token, b = std::move(body)] {
      const auto asked = small_object(b, {"passphrase"});
      if (!asked) return refuse(exchange, asked.error());
      const auto done = p_.confirm(token, view(asked->text("passphrase")), exchange->request().peer);
      if (!done) return refuse(exchange, done.error());
      answer(exchange, {.body = "{}"});
    });
  });
}

Intake WebPort::end_session(Shared exchange, const std::string& token) {
  p_.sessions.close(token);
  answer(exchange, {.body = "{}"}, set_cookie({}));
  return NoBody{};
}

Intake WebPort::listen(Shared exchange, const WebSessions::Who& who) {
  events_.open(*exchange, who.id, headers());
  return NoBody{};
}

Intake WebPort::api(Shared exchange, std::string token) {
  const auto run = [this, exchange, token = std::move(token)](Bytes body) {
    p_.on_store([this, exchange, token, b = std::move(body)] {
      ApiCall call = api_call_of(exchange->request(), b);
      if (!token.empty()) {
        call.session = token;
        call.officer.clear();  // the session says who it is
      }
      answer_call(*exchange, p_.call, std::move(call), headers(), p_.on_store);
    });
  };
  const HttpRequest& r = exchange->request();
  if (r.method == "GET" || r.method == "DELETE") {
    run({});
    return NoBody{};
  }
  return body_for(exchange, p_.attachment_bytes, headers(), run);
}

}  // namespace yz::node
