// The web port over a real connection: who is let in, what is refused and at which step, how sessions end.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "crypto/base64.h"
#include "node/lockout.h"
#include "node/net/web_port.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::test;

namespace {

constexpr sync::Millis kMinutes = 60'000;
constexpr std::array<std::uint8_t, 4> kSqueezed{0x1f, 0x8b, 8, 0};
const std::array<WebAsset, 2> kPage{
    {{"/", "text/html; charset=utf-8", kSqueezed, false}, {"/assets/a-1.js", "text/javascript", kSqueezed, true}}};

/// An office whose officers may sign in.
struct WebWorld : World {
  using World::World;
  WebSessions sessions;
  std::atomic<sync::Millis> clock{1'000'000};

  Result<OfficerRow> authenticate_session(std::string_view token) override {
    const auto who = TRY(sessions.look(token, false, clock));
    return find(who.officer)->row;
  }
  Result<Signer> unlock_session(std::string_view token, bool to_sign) override {
    OfficerRow row = TRY(authenticate_session(token));
    return Signer{std::move(row), TRY(sessions.key(token, to_sign, clock))};
  }
  void passphrase_changed(std::string_view officer, std::string_view but) override {
    sessions.close_others(officer, but);
  }
};

struct PageAnswer {
  int status = 0;
  std::string head, body;
  bool has(std::string_view header) const { return head.find(header) != std::string::npos; }
  std::string code() const {
    const auto j = parse_json(body);
    return j ? std::string(j->text("code")) : "";
  }
};

struct Site {
  WebWorld w;
  std::unique_ptr<WebPort> port;
  std::unique_ptr<HttpServer> server;
  std::string host, origin, cookie, csrf;

  explicit Site(std::vector<std::string> names = {"王芳"}) : w(names.size() == 1, true, names) {
    struct Nobody : Handler {
      Intake handle(std::shared_ptr<Exchange>) override { return NoBody{}; }
    } nobody;
    auto probe = HttpServer::start({.listen = ListenTcp{"127.0.0.1:0"}, .threads = 1}, nobody);
    REQUIRE(probe);
    const std::string at = std::to_string((*probe)->port());
    (*probe)->stop();
    host = "127.0.0.1:" + at;
    origin = "http://" + host;
    port = std::make_unique<WebPort>(WebPort::Parts{
        .on_store = [](std::function<void()> job) { job(); },  // one HTTP thread: one after another
        .call = [this](const ApiCall& c) { return Api(w).call(c); },
        .sign_in = [this](std::string_view name, ByteView passphrase, std::string_view) -> Result<WebSessions::Opened> {
          const Signer s = TRY(w.unlock(name, passphrase));
          return w.sessions.open(s.officer.name, s.key, w.clock);
        },
        .confirm = [this](std::string_view token, ByteView passphrase, std::string_view) -> Result<> {
          const auto who = TRY(w.sessions.look(token, true, w.clock));
          TRY(w.unlock(who.officer, passphrase));
          w.sessions.prove(token, w.clock);
          return {};
        },
        .place =
            [] {
              return Json::object({{"office_name", "柳河镇"}, {"machine", "1"}});
            },
        .sessions = w.sessions,
        .clock = [this] { return w.clock.load(); },
        .hosts = {host, "localhost:" + at},
        .cookie = "yz",
        .page = kPage,
        .attachment_bytes = 1 << 20});
    auto started = HttpServer::start({.listen = ListenTcp{host}, .threads = 1}, *port);
    REQUIRE(started);
    server = std::move(*started);
  }
  ~Site() { server->stop(); }

  int dial() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(server->port());
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
    return fd;
  }
  static std::string receive(int fd, std::string_view until) {
    std::string out;
    char buffer[4096];
    while (until.empty() || out.find(until) == std::string::npos) {
      pollfd p{fd, POLLIN, 0};
      if (::poll(&p, 1, 5000) != 1) break;
      const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      out.append(buffer, static_cast<std::size_t>(n));
    }
    return out;
  }
  /// Header lines exactly as given, each ending in CRLF.
  PageAnswer raw(const std::string& method, const std::string& target, const std::string& lines,
                 const std::string& body = {}) const {
    const int fd = dial();
    std::string all = method + " " + target + " HTTP/1.1\r\n" + lines + "Connection: close\r\n";
    if (method == "POST" || method == "PUT" || !body.empty())
      all += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    all += "\r\n" + body;
    REQUIRE(::send(fd, all.data(), all.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(all.size()));
    const std::string got = receive(fd, {});
    ::close(fd);
    PageAnswer r;
    const auto gap = got.find("\r\n\r\n");
    if (got.size() > 12 && gap != std::string::npos) {
      r.status = std::stoi(got.substr(9, 3));
      r.head = got.substr(0, gap + 2);
      r.body = got.substr(gap + 4);
    }
    return r;
  }
  std::string hosted() const { return "Host: " + host + "\r\n"; }
  /// All that our own page sends.
  std::string ours() const {
    return hosted() + "Origin: " + origin + "\r\nSec-Fetch-Site: same-origin\r\nCookie: " + cookie +
           "\r\nX-YZ-CSRF: " + csrf + "\r\n";
  }
  PageAnswer json(const std::string& method, const std::string& target, const std::string& body = "{}") const {
    return raw(method, target, ours() + "Content-Type: application/json\r\n",
               method == "GET" || method == "DELETE" ? "" : body);
  }
  PageAnswer get(const std::string& target, const std::string& more = {}) const {
    return raw("GET", target, ours() + more);
  }
  PageAnswer sign_in(const std::string& officer = "王芳") {
    PageAnswer r =
        raw("POST", "/api/v1/session", hosted() + "Origin: " + origin + "\r\nContent-Type: application/json\r\n",
            R"({"officer":")" + officer + R"(","passphrase":")" + officer + "\"}");
    REQUIRE(r.status == 200);
    const auto at = r.head.find("Set-Cookie: ") + 12;
    cookie = r.head.substr(at, r.head.find(';', at) - at);
    csrf = std::string(parse_json(r.body)->text("csrf"));
    return r;
  }
  std::string token() const { return cookie.substr(3); }
};

const std::string kDraft =
    std::string(R"({"kind":"brief","lane":"routine","title":"柳河镇防汛物资清点情况","body":")") + World::kBody + "\"}";
const std::string kSent = kDraft.substr(0, kDraft.size() - 1) + R"(,"send":true})";

}  // namespace

TEST_CASE("another name than our own is refused before anything else, also for the page and with a session") {
  Site s;
  s.sign_in();
  const std::string at = s.host.substr(s.host.find(':'));
  for (const std::string& name : {std::string("evil.example") + at, std::string("127.0.0.1"),
                                  "127.0.0.1.evil.example" + at, "127.0.0.1" + at + "0", std::string("localhost"),
                                  "LOCALHOST.evil" + at, "0.0.0.0" + at, "127.0.0.1" + at + " ", std::string()})
    for (const char* target :
         {"/", "/assets/a-1.js", "/healthz", "/api/v1/status", "/api/v1/openapi.json", "/api/v1/session"}) {
      CAPTURE(name);
      CAPTURE(target);
      const PageAnswer r =
          s.raw("GET", target, (name.empty() ? "" : "Host: " + name + "\r\n") + "Cookie: " + s.cookie + "\r\n");
      CHECK((r.status == 403 || r.status == 400));
      CHECK_FALSE(r.has("Access-Control"));
    }
  CHECK(s.raw("GET", "/healthz", "Host: localhost" + at + "\r\n").status == 200);
}

TEST_CASE("a change is refused unless it comes from our own page with the session's token") {
  Site s;
  s.sign_in();
  const std::string mine = s.csrf, other(mine.size(), 'a'), json = "Content-Type: application/json\r\n";
  const std::string cookie = "Cookie: " + s.cookie + "\r\n", token = "X-YZ-CSRF: " + mine + "\r\n",
                    own = "Origin: " + s.origin + "\r\n";
  struct Row {
    const char* what;
    std::string lines;
    int status;
    const char* code;
  };
  const Row rows[] = {
      {"all of it right", cookie + token + own + json, 200, ""},
      {"an old browser without Origin that says where it is", cookie + token + json + "Sec-Fetch-Site: same-origin\r\n",
       200, ""},
      {"no Origin at all", cookie + token + json, 403, "web.origin"},
      {"typed into the address line", cookie + token + json + "Sec-Fetch-Site: none\r\n", 403, "web.origin"},
      {"another origin", cookie + token + json + "Origin: http://evil.example\r\n", 403, ""},
      {"another port of this machine", cookie + token + json + "Origin: http://127.0.0.1:1\r\n", 403, ""},
      {"our other name", cookie + token + json + "Origin: http://localhost" + s.host.substr(9) + "\r\n", 403, ""},
      {"https", cookie + token + json + "Origin: https://" + s.host + "\r\n", 403, ""},
      {"a page without an origin", cookie + token + json + "Origin: null\r\n", 403, ""},
      {"an empty origin", cookie + token + json + "Origin: \r\n", 403, ""},
      {"our origin from another site", cookie + token + own + json + "Sec-Fetch-Site: cross-site\r\n", 403, ""},
      {"our origin from another port", cookie + token + own + json + "Sec-Fetch-Site: same-site\r\n", 403, ""},
      {"no token", cookie + own + json, 403, "web.csrf"},
      {"another token", cookie + own + json + "X-YZ-CSRF: " + other + "\r\n", 403, "web.csrf"},
      {"half a token", cookie + own + json + "X-YZ-CSRF: " + mine.substr(0, 32) + "\r\n", 403, "web.csrf"},
      {"a form", cookie + token + own + "Content-Type: application/x-www-form-urlencoded\r\n", 415, "web.content"},
      {"plain text", cookie + token + own + "Content-Type: text/plain\r\n", 415, "web.content"},
      {"no type", cookie + token + own, 415, "web.content"},
      {"no cookie", token + own + json, 401, "login.session"},
      {"another's cookie", "Cookie: yz=" + std::string(64, 'a') + "\r\n" + token + own + json, 401, "login.session"},
      {"a cut cookie", "Cookie: " + s.cookie.substr(0, 40) + "\r\n" + token + own + json, 401, "login.session"},
      {"a cookie of another name", "Cookie: x" + s.cookie + "\r\n" + token + own + json, 401, "login.session"},
  };
  int drafts = 0;
  for (const Row& r : rows) {
    CAPTURE(r.what);
    const PageAnswer got = s.raw("POST", "/api/v1/reports", s.hosted() + r.lines, kDraft);
    CHECK(got.status == r.status);
    CHECK(got.code() == r.code);
    CHECK_FALSE(got.has("Access-Control"));
    drafts += r.status == 200 ? 1 : 0;
    CHECK(s.w.count("select count(*) from matter") == drafts);
  }
  // An evidence file is octets, here and nowhere else; what is no such file is refused by what it is.
  const std::string octets = "Content-Type: application/octet-stream\r\n";
  CHECK(s.raw("POST", "/api/v1/evidence/check", s.hosted() + cookie + token + own + octets, "x").code() ==
        "evidence.form");
  CHECK(s.raw("POST", "/api/v1/evidence/check", s.hosted() + cookie + token + own + json, "{}").code() ==
        "web.content");
  CHECK(s.raw("POST", "/api/v1/verify", s.hosted() + cookie + token + own + octets, "x").code() == "web.content");
  // The same door for every way to change something.
  for (const char* method : {"PUT", "DELETE", "PATCH"})
    CHECK(s.raw(method, "/api/v1/reports/aaaaaaaa", s.hosted() + cookie + own + json,
                method == std::string("DELETE") ? "" : "{}")
              .status == 403);
  CHECK(s.raw("OPTIONS", "/api/v1/reports",
              s.hosted() + "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n")
            .status == 403);
}

TEST_CASE("signing in takes a passphrase, in JSON, from our page") {
  Site s;
  struct Row {
    const char* what;
    std::string lines, body;
    int status;
  };
  const std::string own = "Origin: " + s.origin + "\r\n", json = "Content-Type: application/json\r\n";
  const std::string good = R"({"officer":"王芳","passphrase":"王芳"})";
  const Row rows[] = {
      {"from nowhere", json, good, 403},
      {"from another page", "Origin: http://evil.example\r\n" + json, good, 403},
      {"as a form", own + "Content-Type: text/plain\r\n", good, 415},
      {"a wrong passphrase", own + json, R"({"officer":"王芳","passphrase":"x"})", 403},
      {"something more", own + json, R"({"officer":"王芳","passphrase":"王芳","admin":"1"})", 422},
      {"no text", own + json, R"({"officer":"王芳","passphrase":[1]})", 422},
      {"no object", own + json, "[]", 400},
      {"no JSON", own + json, "officer=1", 400},
      {"too long", own + json, R"({"passphrase":")" + std::string(9000, 'x') + "\"}", 413},
  };
  for (const Row& r : rows) {
    CAPTURE(r.what);
    const PageAnswer got = s.raw("POST", "/api/v1/session", s.hosted() + r.lines, r.body);
    CHECK(got.status == r.status);
    CHECK_FALSE(got.has("Set-Cookie"));
  }
  const PageAnswer in = s.sign_in();
  CHECK(in.has("; Path=/; HttpOnly; SameSite=Strict"));
  CHECK(s.token().size() == 64);
  CHECK(in.body.find(s.token()) == std::string::npos);
  CHECK(in.body.find("王芳") != std::string::npos);
  CHECK(s.get("/api/v1/status").status == 200);
  CHECK(parse_json(s.get("/api/v1/session").body)->text("csrf") == s.csrf);
}

TEST_CASE("whoever signs in anew has a new token, and the one before is worth nothing") {
  Site s;
  s.sign_in();
  const std::string before = s.cookie;
  const PageAnswer again = s.raw("POST", "/api/v1/session", s.ours() + "Content-Type: application/json\r\n",
                                 R"({"officer":"王芳","passphrase":"王芳"})");
  REQUIRE(again.status == 200);
  CHECK_FALSE(again.has(before));
  CHECK(s.get("/api/v1/status").status == 401);
}

TEST_CASE("without a session only what needs none is answered, and no passphrase is tried") {
  Site s;
  struct Row {
    const char* target;
    int status;
  };
  for (const Row& r :
       {Row{"/", 200}, Row{"/assets/a-1.js", 200}, Row{"/healthz", 200}, Row{"/api/v1/openapi.json", 200},
        Row{"/assets/none.js", 404}, Row{"/assets/../secret", 404}, Row{"/api/v1/status", 401},
        Row{"/api/v1/session", 401}, Row{"/api/v1/events", 401}, Row{"/api/v1/nothing", 401}}) {
    CAPTURE(r.target);
    CHECK(s.raw("GET", r.target, s.hosted()).status == r.status);
  }
  CHECK(s.raw("POST", "/", s.hosted(), "x").status == 405);
  // A program on this machine gives the passphrase with each call, as it ever did.
  const std::string header = "X-YZ-Passphrase: 546L6Iqz\r\n";
  CHECK(s.raw("GET", "/api/v1/status", s.hosted() + header).status == 200);
  CHECK(s.raw("GET", "/api/v1/session", s.hosted() + header).status == 401);
}

TEST_CASE("the page may load its own files, nobody may frame it, and nothing is guessed or told") {
  Site s;
  const PageAnswer page = s.raw("GET", "/", s.hosted());
  for (const char* h : {"default-src 'none'; script-src 'self'; style-src 'self';", "frame-ancestors 'none'",
                        "base-uri 'none'", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
                        "X-Frame-Options: DENY", "Cross-Origin-Opener-Policy: same-origin", "Content-Encoding: gzip",
                        "Cache-Control: no-cache", "Content-Type: text/html; charset=utf-8"}) {
    CAPTURE(h);
    CHECK(page.has(h));
  }
  CHECK_FALSE(page.has("unsafe"));
  CHECK(page.body == std::string(kSqueezed.begin(), kSqueezed.end()));
  CHECK(s.raw("GET", "/assets/a-1.js", s.hosted()).has("immutable"));
  s.sign_in();
  for (const char* target : {"/api/v1/status", "/api/v1/none", "/api/v1/session"}) {
    const PageAnswer r = s.get(target);
    CAPTURE(target);
    for (const char* h : {"Content-Security-Policy: default-src 'none'", "Cache-Control: no-store",
                          "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer"})
      CHECK(r.has(h));
  }
}

TEST_CASE("a session ends when it is left, when nobody uses it, and after ten hours whatever is done") {
  Site s;
  s.sign_in();
  s.w.clock += 14 * kMinutes;
  CHECK(s.get("/api/v1/status").status == 200);
  s.w.clock += 14 * kMinutes;
  CHECK(s.get("/api/v1/status").status == 200);  // used in between
  for (int i = 0; i < 4; ++i) {                  // what the page asks by itself is no use
    s.w.clock += 5 * kMinutes;
    const int status = s.get("/api/v1/status", "X-YZ-Background: 1\r\n").status;
    CHECK(status == (i < 3 ? 200 : 401));
  }
  CHECK(s.get("/api/v1/status").code() == "login.session");

  s.sign_in();
  int status = 200;
  int tens = 0;
  for (; status == 200 && tens < 100; ++tens) {
    s.w.clock += 10 * kMinutes;
    status = s.get("/api/v1/status").status;
  }
  CHECK(tens == 61);

  s.sign_in();
  const PageAnswer out = s.json("DELETE", "/api/v1/session");
  CHECK(out.status == 200);
  CHECK(out.has("Max-Age=0"));
  CHECK(s.get("/api/v1/status").status == 401);
}

TEST_CASE("drafts are kept by the session; to sign, the passphrase must have been given lately") {
  Site s;
  s.sign_in();
  CHECK(s.json("POST", "/api/v1/reports", kSent).status == 200);
  s.w.clock += 6 * kMinutes;
  const PageAnswer draft = s.json("POST", "/api/v1/reports", kDraft);
  CHECK(draft.status == 200);
  const std::string id(parse_json(draft.body)->text("case"));
  const PageAnswer refused = s.json("POST", "/api/v1/reports/" + id + "/send");
  CHECK(refused.status == 401);
  CHECK(refused.code() == "login.confirm");
  CHECK(s.w.state(id) == "draft");
  CHECK(s.json("POST", "/api/v1/session/confirm", R"({"passphrase":"wrong"})").status == 403);
  CHECK(s.json("POST", "/api/v1/reports/" + id + "/send").code() == "login.confirm");
  CHECK(s.json("POST", "/api/v1/session/confirm", R"({"passphrase":"王芳"})").status == 200);
  CHECK(s.json("POST", "/api/v1/reports/" + id + "/send").status == 200);
  CHECK(s.w.state(id) == "signed");
}

TEST_CASE("a session signs for its own officer, whoever is named beside it") {
  Site s({"王芳", "李明"});
  s.sign_in("李明");
  const PageAnswer r =
      s.raw("POST", "/api/v1/reports",
            s.ours() + "Content-Type: application/json\r\nX-YZ-Officer: %E7%8E%8B%E8%8A%B3\r\n", kDraft);
  REQUIRE(r.status == 200);
  const PageAnswer shown = s.get("/api/v1/reports/" + std::string(parse_json(r.body)->text("case")));
  CHECK(parse_json(shown.body)->text("drafter") == "李明");
}

TEST_CASE("what needs the passphrase itself is not done for a session alone, and a new one ends the other sessions") {
  Site s;
  s.sign_in();
  const std::string elsewhere = s.cookie;
  s.sign_in();
  CHECK(s.json("POST", "/api/v1/passphrase", R"({"new_passphrase":"a new one of many words"})").code() ==
        "login.passphrase");
  CHECK(s.raw("POST", "/api/v1/passphrase",
              s.ours() + "Content-Type: application/json\r\nX-YZ-Passphrase: 546L6Iqz\r\n",
              R"({"new_passphrase":"a new one of many words"})")
            .status == 200);
  CHECK(s.get("/api/v1/status").status == 200);
  CHECK(s.raw("GET", "/api/v1/status", s.hosted() + "Cookie: " + elsewhere + "\r\n").status == 401);
}

TEST_CASE("open pages hear what changed; too many are told so; all end with their session") {
  Site s;
  s.sign_in();
  const auto open = [&] {
    const int fd = s.dial();
    const std::string ask = "GET /api/v1/events HTTP/1.1\r\n" + s.ours() + "\r\n";
    REQUIRE(::send(fd, ask.data(), ask.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(ask.size()));
    CHECK(Site::receive(fd, "event: hello").find("text/event-stream") != std::string::npos);
    return fd;
  };
  std::vector<int> pages;
  for (std::size_t i = 0; i <= WebEvents::kOfSession; ++i) pages.push_back(open());
  CHECK(Site::receive(pages[0], "elsewhere").find("event: elsewhere") != std::string::npos);
  CHECK(s.port->events().listening() == WebEvents::kOfSession);
  s.port->events().tell({.any = true, .cases = {"abc", "def"}});
  CHECK(Site::receive(pages[1], "]}").find(R"(data: {"all":false,"cases":["abc","def"]})") != std::string::npos);
  s.port->events().look_after(s.w.sessions.living(s.w.clock));
  CHECK(s.port->events().listening() == WebEvents::kOfSession);
  CHECK(s.json("DELETE", "/api/v1/session").status == 200);
  s.port->events().look_after(s.w.sessions.living(s.w.clock));
  CHECK(Site::receive(pages[2], "signed-out").find("event: signed-out") != std::string::npos);
  CHECK(s.port->events().listening() == 0);
  for (const int fd : pages) ::close(fd);
}

TEST_CASE("sessions are counted: one too many ends the one that was unused longest") {
  WebSessions all({.of_officer = 3, .in_all = 5});
  const auto key = crypto::SigningKey::random();
  sync::Millis now = 1000;
  std::vector<std::string> mine, others;
  for (int i = 0; i < 4; ++i) mine.push_back(all.open("王芳", key, ++now).token);
  CHECK_FALSE(all.look(mine[0], true, now));
  CHECK(all.look(mine[1], true, ++now));
  for (int i = 0; i < 3; ++i) others.push_back(all.open("李明", key, ++now).token);
  CHECK(all.living(now).size() == 5);
  CHECK_FALSE(all.look(mine[2], true, now));
  CHECK(all.look(mine[1], true, now));
  CHECK(all.key(others[0], true, now)->public_key() == key.public_key());
}

TEST_CASE("a session signs with its own key and with nothing else, also when the clock goes back") {
  WebSessions all;
  const auto a = crypto::SigningKey::random(), b = crypto::SigningKey::random();
  const auto one = all.open("王芳", a, 5000), two = all.open("李明", b, 5000);
  CHECK(one.token != two.token);
  CHECK(one.csrf != two.csrf);
  CHECK(all.key(one.token, true, 5000)->public_key() == a.public_key());
  CHECK(all.key(two.token, true, 5000)->public_key() == b.public_key());
  CHECK_FALSE(all.key("", true, 5000));
  CHECK_FALSE(all.key(one.csrf, true, 5000));
  CHECK_FALSE(all.look(one.token, true, 4000));
}

TEST_CASE("a session goes on with its officer's new key; the others end, and are told why") {
  WebSessions all;
  const auto before = crypto::SigningKey::random(), after = crypto::SigningKey::random();
  const auto here = all.open("王芳", before, 5000), elsewhere = all.open("王芳", before, 5000);
  const auto other = all.open("李明", before, 5000);
  REQUIRE(all.rekey(here.token, after, 6000));
  all.close_others("王芳", here.token, WebSessions::Ended::key);
  CHECK(all.look(here.token, true, 6000)->key == after.public_key());
  CHECK(all.key(here.token, true, 6000)->public_key() == after.public_key());
  CHECK(all.look(other.token, true, 6000));
  const auto told = all.look(elsewhere.token, true, 6000);
  REQUIRE_FALSE(told);
  CHECK(told.error().code == "login.session");
  CHECK(told.error().zh.find("签名密钥") != std::string::npos);
  all.close_others("李明", "");
  CHECK(all.look(other.token, true, 6000).error().zh.find("口令") != std::string::npos);
  CHECK_FALSE(all.rekey(elsewhere.token, after, 6000));
  // Whoever comes with nothing, or after the idle time, hears what it always said.
  CHECK(all.look("", true, 6000).error().zh.empty());
}

TEST_CASE("how long to wait is said in seconds, then in minutes, in both languages") {
  const auto said = [](sync::Millis ms) { return must_wait(ms).error(); };
  CHECK(said(500).zh.find("1 秒") != std::string::npos);
  CHECK(said(63'000).what.find("64 s") != std::string::npos);
  CHECK(said(900'000).zh.find("16 分钟") != std::string::npos);
  CHECK(said(128'000).what.find("3 min") != std::string::npos);
  CHECK(said(1).code == "login.wait");
}

TEST_CASE("whoever is about to sign in is told at which office and machine, and nothing more") {
  Site s;
  const PageAnswer r = s.raw("GET", "/api/v1/session", s.hosted());
  CHECK(r.status == 401);
  CHECK(parse_json(r.body)->text("office_name") == "柳河镇");
  CHECK(parse_json(r.body)->text("machine") == "1");
  CHECK(s.raw("GET", "/api/v1/status", s.hosted()).body.find("柳河镇") == std::string::npos);
}

TEST_CASE("whoever guesses waits: from the fourth try on, longer each time, never more than a quarter of an hour") {
  Lockout p;
  sync::Millis now = 0;
  std::vector<sync::Millis> waits;
  for (int i = 0; i < 16; ++i) {
    p.wrong("王芳", now);
    waits.push_back(p.wait("王芳", now));
    now += waits.back();
  }
  CHECK(waits == std::vector<sync::Millis>{0, 0, 0, 1000, 2000, 4000, 8000, 16'000, 32'000, 64'000, 128'000, 256'000,
                                           512'000, 900'000, 900'000, 900'000});
  CHECK(p.wait("王芳", now) == 0);
  CHECK(p.wait("李明", now) == 0);
  p.right("王芳");
  p.wrong("王芳", now);
  CHECK(p.wait("王芳", now) == 0);
  for (int i = 0; i < 5000; ++i) p.wrong(std::to_string(i), now);  // memory is bounded: this ends
  for (int i = 0; i < 4; ++i) p.wrong("4999", now);
  CHECK(p.wait("4999", now) > 0);
}

TEST_CASE("what changed is told by case while they are few, and as all when they are many") {
  ChangedCases c;
  std::set<std::int64_t> rows;
  bool all = false;
  CHECK_FALSE(c.take(rows, all));
  c.note("meta", 1);  // numbers and clocks concern no page
  CHECK_FALSE(c.take(rows, all));
  c.note("matter", 3);
  c.note("draft", 3);
  c.note("matter", 5);
  CHECK(c.take(rows, all));
  CHECK(rows == std::set<std::int64_t>{3, 5});
  CHECK_FALSE(all);
  CHECK_FALSE(c.take(rows, all));
  c.note("delivery", 9);
  CHECK(c.take(rows, all));
  CHECK(all);
  for (std::int64_t i = 0; i < 100'000; ++i) c.note("matter", i);
  CHECK(c.take(rows, all));
  CHECK(all);
  CHECK(rows.size() <= ChangedCases::kMost);
}

TEST_CASE("the list of work has what waits, flash first, with who is to act and until when") {
  World w(false, true, {"王芳", "李明"});
  const std::string draft = w.write(false, "王芳"), sent = w.write(true, "王芳");
  const auto flash =
      w.call("POST", "/api/v1/reports",
             R"({"kind":"first_report","lane":"flash","title":"铁匠沟村发生山体滑坡","body":"六时十分发生滑坡。",)"
             R"("fields":{"incident_type":"ND-GEO","learned_at":"2026-06-08T06:20:00+08:00"}})",
             "王芳");
  REQUIRE(flash.reply.status == 200);
  const auto work = w.call("GET", "/api/v1/work", {}, "李明");
  REQUIRE(work.reply.status == 200);
  const auto& items = *work.json.find("items")->items();
  REQUIRE(items.size() == 3);
  CHECK(items[0].text("case") == flash.json.text("case"));
  CHECK(items[0].text("group") == "draft");
  CHECK(items[0].text("due_at") == "2026-06-08T07:20:00+08:00");  // township to county, ordinary: 60 minutes
  std::map<std::string, std::string> group;
  for (const Json& i : items) group[std::string(i.text("case"))] = i.text("group");
  CHECK(group[draft] == "draft");
  CHECK(group[sent] == "to_sign");
  const auto own = w.call("GET", "/api/v1/work", {}, "王芳");
  for (const Json& i : *own.json.find("items")->items())
    if (i.text("case") == sent) CHECK(i.text("group") == "in_review");  // who drafted it does not sign it
}

TEST_CASE("a text is checked without being kept, with its grade and the time it is due") {
  World w;
  const auto bad = w.call("POST", "/api/v1/check", R"({"kind":"brief","lane":"routine","title":"短！"})");
  CHECK(bad.reply.status == 200);
  CHECK_FALSE(bad.json.flag("may_send"));
  const auto found = w.call(
      "POST", "/api/v1/check",
      R"({"kind":"first_report","lane":"flash","title":"铁匠沟村发生道路交通事故致3人死亡","body":"事故。","occurred_at":"2026-06-08T06:00:00+08:00",)"
      R"("fields":{"incident_type":"AD-TRA","deaths":"3"}})");
  CHECK(found.json.flag("may_send"));
  CHECK(found.json.text("grade") == "III");
  CHECK(found.json.text("due_at") == "2026-06-08T06:40:00+08:00");
  CHECK(found.json.text("phone_due_at") == "2026-06-08T06:20:00+08:00");
  CHECK(w.count("select count(*) from matter") == 0);
  CHECK(w.call("POST", "/api/v1/check", R"({"kind":"nope"})").reply.status == 422);
  const auto rules = w.call("GET", "/api/v1/rules");
  CHECK(rules.json.find("kinds")->items()->size() == 12);
  CHECK(rules.json.find("incident_types")->items()->size() > 30);
  for (const Json& type : *rules.json.find("incident_types")->items())
    CHECK_FALSE(type.find("words")->items()->empty());
}
