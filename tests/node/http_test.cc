#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "node/net/curl.h"
#include "node/net/http_server.h"

using namespace yz;
using namespace yz::node;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Bytes bytes(std::string_view s) { return {s.begin(), s.end()}; }
std::string str(const Bytes& b) { return {b.begin(), b.end()}; }

bool eventually(const std::function<bool()>& true_at_last, std::chrono::milliseconds patience = 5s) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!true_at_last()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

/// A folder that goes away.
struct SocketFolder {
  fs::path path;
  SocketFolder() {
    std::string name = (fs::temp_directory_path() / "yz-http-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~SocketFolder() { fs::remove_all(path); }
};

/// What a streamed body went through.
struct Arrived {
  std::mutex mu;
  std::string got;
  int pieces = 0;
  bool end = false;
  bool abort = false;
  template <class F>
  auto with(F f) {
    const std::lock_guard lock(mu);
    return f(*this);
  }
};

struct Site : Handler {
  Arrived seen;
  std::mutex mu;
  std::vector<std::shared_ptr<Exchange>> held;
  std::vector<std::shared_ptr<EventStream>> streams;
  std::vector<std::thread> helpers;
  std::atomic<int> handled{0};
  HttpRequest last;

  ~Site() override { join(); }
  void join() {
    for (auto& t : helpers) t.join();
    helpers.clear();
  }
  std::size_t held_count() {
    const std::lock_guard lock(mu);
    return held.size();
  }
  std::size_t stream_count() {
    const std::lock_guard lock(mu);
    return streams.size();
  }

  struct Sink : BodySink {
    Arrived& seen;
    std::shared_ptr<Exchange> exchange;
    Sink(Arrived& s, std::shared_ptr<Exchange> e) : seen(s), exchange(std::move(e)) {}
    void on_data(ByteView piece) override {
      const std::lock_guard lock(seen.mu);
      seen.got += text(piece);
      ++seen.pieces;
    }
    void on_end() override {
      seen.with([](Arrived& s) { s.end = true; });
      exchange->respond({.body = bytes("streamed")});
    }
    void on_abort() override {
      seen.with([](Arrived& s) { s.abort = true; });
    }
  };

  /// Knows at the first bytes that it wants none of it.
  struct Refusing : BodySink {
    std::shared_ptr<Exchange> exchange;
    int calls = 0;
    explicit Refusing(std::shared_ptr<Exchange> e) : exchange(std::move(e)) {}
    void on_data(ByteView) override {
      CHECK(++calls == 1);
      exchange->respond({.status = 400, .body = bytes("forged")});
    }
    void on_end() override { exchange->respond({.status = 400, .body = bytes("empty")}); }
    void on_abort() override {}
  };

  Intake handle(std::shared_ptr<Exchange> e) override {
    ++handled;
    const HttpRequest& r = e->request();
    {
      const std::lock_guard lock(mu);
      last = r;
    }
    if (r.path == "/echo")
      return Buffered{1 << 20, [e](Bytes body) {
                        e->respond({.content_type = "application/octet-stream", .body = std::move(body)});
                      }};
    if (r.path == "/later")
      return Buffered{1 << 20, [this, e](Bytes body) {
                        const std::lock_guard lock(mu);
                        helpers.emplace_back([e, b = std::move(body)]() mutable {
                          std::this_thread::sleep_for(20ms);
                          e->respond({.body = std::move(b)});
                        });
                      }};
    if (r.path == "/stream") return Streamed{1 << 20, std::make_unique<Sink>(seen, e)};
    if (r.path == "/refuse") return Streamed{1 << 20, std::make_unique<Refusing>(e)};
    if (r.path == "/huge") {
      e->respond({.body = Bytes(64'000'000, 'x')});
      return NoBody{};
    }
    if (r.path == "/small") return Buffered{1000, [e](Bytes) { e->respond({}); }};
    if (r.path == "/hold") {
      const std::lock_guard lock(mu);
      held.push_back(std::move(e));
      return NoBody{};
    }
    if (r.path == "/forget") return NoBody{};
    if (r.path == "/throw") throw std::runtime_error("a mistake");
    if (r.path == "/break") {
      e->respond({.headers = {{"X-Bad", "a\r\nSet-Cookie: b"}}});
      return NoBody{};
    }
    if (r.path == "/events") {
      auto s = e->stream("text/event-stream", {{"Cache-Control", "no-store"}});
      const std::lock_guard lock(mu);
      streams.push_back(std::move(s));
      return NoBody{};
    }
    if (r.path == "/busy") {
      e->respond({.status = 503, .body = bytes("later"), .headers = {{"Retry-After", "7"}}});
      return NoBody{};
    }
    if (r.path == "/big") {
      e->respond({.body = Bytes(300'000, 'x')});
      return NoBody{};
    }
    if (r.path == "/empty") {
      e->respond({});
      return NoBody{};
    }
    e->respond({.status = 404, .content_type = "text/plain", .body = bytes("no")});
    return NoBody{};
  }
};

struct Served {
  Site site;
  std::unique_ptr<HttpServer> server;
  explicit Served(ServerOptions o = {.listen = ListenTcp{"127.0.0.1:0"}}) {
    auto started = HttpServer::start(std::move(o), site);
    REQUIRE_MESSAGE(started, (started ? "" : started.error().what));
    server = std::move(*started);
  }
  ~Served() {
    server->stop();
    const std::lock_guard lock(site.mu);
    site.held.clear();
    site.streams.clear();
  }
  std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + target;
  }
};

/// A bare client.
struct Raw {
  int fd;
  explicit Raw(std::uint16_t port) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
  }
  explicit Raw(int connected, std::nullptr_t) : fd(connected) {}
  ~Raw() { close(); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  bool send(std::string_view s) const {
    while (!s.empty()) {
      const ssize_t n = ::send(fd, s.data(), s.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      s.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Reads until `mark` is there, the end, or the time is up.
  std::string read(std::string_view mark = {}, int patience_ms = 5000, bool* ended = nullptr) const {
    std::string out;
    char buffer[4096];
    while (mark.empty() || out.find(mark) == std::string::npos) {
      pollfd p{fd, POLLIN, 0};
      if (::poll(&p, 1, patience_ms) != 1) break;
      const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) {
        if (ended != nullptr) *ended = true;
        break;
      }
      out.append(buffer, static_cast<std::size_t>(n));
    }
    return out;
  }
};

/// A listening socket for servers that misbehave.
struct BadServer {
  int fd;
  std::uint16_t port = 0;
  BadServer() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
    REQUIRE(::listen(fd, 16) == 0);
    socklen_t n = sizeof a;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n);
    port = ntohs(a.sin_port);
  }
  ~BadServer() { ::close(fd); }
  int accept() const {
    pollfd p{fd, POLLIN, 0};
    return ::poll(&p, 1, 5000) == 1 ? ::accept(fd, nullptr, nullptr) : -1;
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port) + "/x"; }
};

std::unique_ptr<HttpLine> open_line(LineOptions o = {}) {
  auto line = HttpLine::open(std::move(o));
  REQUIRE(line);
  return std::move(*line);
}

/// Polls until `n` events are there.
std::map<RequestId, LineEvent> gather(HttpLine& line, std::size_t n, std::chrono::milliseconds patience = 10s) {
  std::map<RequestId, LineEvent> all;
  const auto until = std::chrono::steady_clock::now() + patience;
  while (all.size() < n && std::chrono::steady_clock::now() < until)
    for (auto& e : line.poll(100)) all.emplace(std::visit([](const auto& x) { return x.id; }, e), e);
  return all;
}

Answer one_answer(HttpLine& line, LineRequest r) {
  const RequestId id = r.id;
  line.start(std::move(r));
  auto all = gather(line, 1);
  REQUIRE(all.contains(id));
  const auto* failed = std::get_if<Failed>(&all.at(id));
  REQUIRE_MESSAGE(failed == nullptr, (failed == nullptr ? "" : failed->what));
  return std::get<Answer>(all.at(id));
}

Failed one_failure(HttpLine& line, LineRequest r) {
  const RequestId id = r.id;
  line.start(std::move(r));
  auto all = gather(line, 1);
  REQUIRE(all.contains(id));
  REQUIRE(std::holds_alternative<Failed>(all.at(id)));
  return std::get<Failed>(all.at(id));
}

std::string slurp(const fs::path& p) {
  std::ifstream f(p);
  std::stringstream s;
  s << f.rdbuf();
  return s.str();
}

}  // namespace

TEST_CASE("a body comes back as it went, at once or later, over one warm connection") {
  Served s;
  auto line = open_line();
  std::string body;
  for (int i = 0; i < 200'000; ++i) body.push_back(static_cast<char>(i * 7));
  const Answer first = one_answer(*line, {.id = 1, .url = s.url("/echo?wait=25"), .body = bytes(body)});
  CHECK(first.status == 200);
  CHECK(str(first.body) == body);
  CHECK(first.connect_was_new);
  CHECK(first.hints.rtt_ms > 0);
  const Answer second = one_answer(*line, {.id = 2, .url = s.url("/later"), .body = bytes("x")});
  CHECK(str(second.body) == "x");
  CHECK_FALSE(second.connect_was_new);
  const Answer empty = one_answer(*line, {.id = 3, .url = s.url("/echo")});
  CHECK(empty.body.empty());
  const Answer get =
      one_answer(*line, {.id = 4, .url = s.url("/empty"), .post = false, .headers = {{"X-Head", "abc"}}});
  CHECK(get.body.empty());
  CHECK(s.site.last.method == "GET");
  CHECK(s.site.last.header("x-head") == "abc");
  CHECK(s.site.last.peer == "127.0.0.1");
  const ChannelState state = line->state(Channel::main);
  CHECK(state.connections == 1);
  CHECK(state.requests == 0);
  CHECK(state.acked_bytes > 200'000);
  CHECK(line->state(Channel::flash).connections == 0);
}

TEST_CASE("the smallest exchange costs few bytes") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .bare = true});
  auto line = open_line();
  const Answer a = one_answer(*line, {.id = 1, .url = s.url("/echo"), .body = bytes("1234567890")});
  const std::string request = "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(s.server->port()) +
                              "\r\nContent-Length: 10\r\n\r\n1234567890";
  MESSAGE("exchange of 10 bytes each way: up " << a.bytes_up << ", down " << a.bytes_down);
  CHECK(a.bytes_up == request.size());
  CHECK(a.bytes_down == 89);
  const ChannelState before = line->state(Channel::main);
  const Answer b =
      one_answer(*line, {.id = 2, .url = s.url("/echo"), .body = Bytes(100'000), .headers = {{"Host", ""}}});
  const ChannelState after = line->state(Channel::main);
  CHECK(after.connections == 1);
  CHECK(b.bytes_up == after.acked_bytes + after.unacked_bytes - before.acked_bytes);
  CHECK(b.bytes_down == after.received_bytes - before.received_bytes);
  MESSAGE("without a host name: up " << b.bytes_up - 100'000 << " and the body");
  Raw c(s.server->port());
  REQUIRE(c.send("POST /echo HTTP/1.1\r\nHost:\r\nContent-Length: 2\r\n\r\nhi"));
  const std::string reply = c.read("hi");
  CHECK(reply == "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\nhi");
  REQUIRE(c.send("GET /empty HTTP/1.1\r\nHost:\r\n\r\n"));
  CHECK(c.read("\r\n\r\n") == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("query arguments are decoded strictly") {
  HttpRequest r;
  r.query = "a=1&b=%E5%8E%BF+x&c=%4&d=%00&e&f=1&f=2&%67=y&h=%zz";
  CHECK(r.argument("a") == "1");
  CHECK(r.argument("b") == "县 x");
  CHECK(r.argument("c").error().fault == Fault::invalid);
  CHECK(r.argument("d").error().fault == Fault::invalid);
  CHECK(r.argument("e") == "");
  CHECK(r.argument("f").error().fault == Fault::invalid);
  CHECK(r.argument("g") == "y");
  CHECK(r.argument("h").error().fault == Fault::invalid);
  CHECK(r.argument("nothing").error().fault == Fault::missing);
}

TEST_CASE("the path stays as it came") {
  Served s;
  Raw c(s.server->port());
  REQUIRE(c.send("GET /sync/../a%2e%41?x=%31&y HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(c.read("no").starts_with("HTTP/1.1 404"));
  CHECK(s.site.last.path == "/sync/../a%2e%41");
  CHECK(s.site.last.query == "x=%31&y");
}

TEST_CASE("a streamed body is handed on while it comes, and a cut one is told") {
  Served s;
  const std::string head = "POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
  SUBCASE("whole") {
    Raw c(s.server->port());
    REQUIRE(c.send(head + std::string(400, 'a')));
    CHECK(eventually([&] { return s.site.seen.with([](Arrived& x) { return x.got.size() == 400; }); }));
    REQUIRE(c.send(std::string(600, 'b')));
    CHECK(c.read("streamed").starts_with("HTTP/1.1 200"));
    CHECK(s.site.seen.got == std::string(400, 'a') + std::string(600, 'b'));
    CHECK(s.site.seen.pieces >= 2);
    CHECK(s.site.seen.end);
    CHECK_FALSE(s.site.seen.abort);
  }
  for (const bool hard : {false, true}) {
    SUBCASE(hard ? "cut by RST" : "cut by FIN") {
      Raw c(s.server->port());
      REQUIRE(c.send(head + std::string(400, 'a')));
      CHECK(eventually([&] { return s.site.seen.with([](Arrived& x) { return x.got.size() == 400; }); }));
      if (hard)
        c.reset();
      else
        c.close();
      CHECK(eventually([&] { return s.site.seen.with([](Arrived& x) { return x.abort; }); }));
      CHECK(s.site.seen.got.size() == 400);
      CHECK_FALSE(s.site.seen.end);
    }
  }
  SUBCASE("chunked, and too long") {
    Raw c(s.server->port());
    REQUIRE(c.send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 400; ++i)
      if (!c.send("1000\r\n" + std::string(4096, 'c') + "\r\n")) break;
    CHECK(eventually([&] { return s.site.seen.with([](Arrived& x) { return x.abort; }); }));
    CHECK(s.site.seen.got.size() <= 1 << 20);
    bool ended = false;
    c.read("", 5000, &ended);
    CHECK(ended);
  }
}

TEST_CASE("a body past the limit is refused with 413") {
  Served s;
  auto line = open_line();
  const Failed f = one_failure(*line, {.id = 1, .url = s.url("/small"), .body = Bytes(1001)});
  CHECK(f.reason == LineFault::status);
  CHECK(f.status == 413);
  CHECK(one_answer(*line, {.id = 2, .url = s.url("/small"), .body = Bytes(1000)}).status == 200);
  Raw c(s.server->port());
  REQUIRE(c.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\nabc"));
  bool ended = false;
  CHECK(c.read("", 5000, &ended).starts_with("HTTP/1.1 413"));
  CHECK(ended);
  Raw d(s.server->port());
  REQUIRE(d.send("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n600\r\n" +
                 std::string(1536, 'c') + "\r\n0\r\n\r\n"));
  CHECK(d.read("\r\n\r\n").starts_with("HTTP/1.1 413"));
}

TEST_CASE("wrong lengths are refused, and garbage hurts nobody") {
  Served s;
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& raw : std::vector<std::string>{
           post + "\r\n",
           post + "Content-Length: -1\r\n\r\n",
           post + "Content-Length: 1x\r\n\r\na",
           post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: gzip\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
           "GET /empty HTTP/1.1\r\n\r\n",
       }) {
    CAPTURE(raw);
    Raw c(s.server->port());
    REQUIRE(c.send(raw));
    CHECK(c.read("\r\n\r\n").substr(0, 12) == "HTTP/1.1 400");
  }
  std::string endless = "GET /empty HTTP/1.1\r\n";
  for (int i = 0; i < 20'000; ++i) endless += "X: y\r\n";
  for (const std::string& raw : std::vector<std::string>{
           std::string(1000, '\0'),
           "GET / HTTP/9.9\r\n\r\n",
           "GET /empty HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n",
           "DELETE /empty HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
           post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
           post + "Content-Length: 99999999999999999999999\r\n\r\n",
           endless,
           endless + "\r\n",
       }) {
    CAPTURE(raw.substr(0, 100));
    Raw c(s.server->port());
    c.send(raw);
    const std::string reply = c.read("\r\n\r\n", 1000);
    CHECK(reply.find(" 200 ") == std::string::npos);
  }
  auto line = open_line();
  CHECK(one_answer(*line, {.id = 1, .url = s.url("/echo"), .body = bytes("ok")}).status == 200);
}

TEST_CASE("a handler that forgets, throws or writes a broken header does no harm") {
  Served s;
  auto line = open_line();
  CHECK(one_failure(*line, {.id = 1, .url = s.url("/forget")}).status == 500);
  CHECK(one_failure(*line, {.id = 2, .url = s.url("/throw")}).reason == LineFault::cut);
  CHECK(one_failure(*line, {.id = 3, .url = s.url("/break")}).status == 500);
  const Failed f = one_failure(*line, {.id = 4, .url = s.url("/busy"), .body = Bytes(50'000)});
  CHECK(f.status == 503);
  CHECK(f.retry_after_s == 7);
  CHECK(str(f.body) == "later");
  CHECK(one_failure(*line, {.id = 5, .url = s.url("/busy"), .body = Bytes(500'000)}).status == 503);
}

TEST_CASE("an answer to a client that has gone is harmless, and its leaving is noticed") {
  Served s;
  auto c = std::make_unique<Raw>(s.server->port());
  REQUIRE(c->send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(eventually([&] { return s.site.held_count() == 1; }));
  const auto e = s.site.held[0];
  CHECK_FALSE(e->gone());
  c.reset();
  CHECK(eventually([&] { return e->gone(); }));
  e->respond({.body = bytes("too late")});
  CHECK(e->stream("text/plain")->closed());
}

TEST_CASE("slow clients do not delay a healthy one, and are cut") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .header_time = 1500ms, .min_rate_grace = 1500ms});
  std::vector<std::unique_ptr<Raw>> headers, bodies;
  for (int i = 0; i < 400; ++i) {
    headers.push_back(std::make_unique<Raw>(s.server->port()));
    REQUIRE(headers.back()->send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Le"));
    bodies.push_back(std::make_unique<Raw>(s.server->port()));
    REQUIRE(bodies.back()->send("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc"));
  }
  auto line = open_line();
  const auto begin = std::chrono::steady_clock::now();
  for (RequestId id = 1; id <= 20; ++id)
    CHECK(one_answer(*line, {.id = id, .url = s.url("/later"), .body = Bytes(10'000)}).status == 200);
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  // A byte now and then does not help them.
  const auto dead = [](Raw& c) { return !c.send("x") || !c.send("x"); };
  CHECK(eventually([&] { return dead(*headers[7]) && dead(*bodies[7]); }, 8s));
  CHECK(eventually([&] { return std::all_of(bodies.begin(), bodies.end(), [&](auto& c) { return dead(*c); }); }, 8s));
  CHECK(s.site.seen.with([](Arrived& x) { return x.abort; }));
  // A warm connection that rests is not slow, and a second request on it has its own time.
  std::this_thread::sleep_for(2s);
  CHECK_FALSE(one_answer(*line, {.id = 99, .url = s.url("/echo")}).connect_was_new);
}

TEST_CASE("a quick body that takes longer than the grace is not cut") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .min_rate_grace = 300ms});
  Raw c(s.server->port());
  REQUIRE(c.send("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
  for (int i = 0; i < 10; ++i) {
    REQUIRE(c.send(std::string(100, 'q')));
    std::this_thread::sleep_for(200ms);
  }
  CHECK(c.read("streamed").starts_with("HTTP/1.1 200"));
}

TEST_CASE("garbage posts are answered, whenever it is known to be garbage") {
  Served s;
  auto line = open_line();
  RequestId id = 0;
  for (const std::size_t n : {0, 1, 300, 5000, 70'000, 1'000'000}) {
    CAPTURE(n);
    const Failed f = one_failure(*line, {.id = ++id, .url = s.url("/refuse"), .body = Bytes(n)});
    CHECK(f.status == 400);
    CHECK(str(f.body) == (n == 0 ? "empty" : "forged"));
  }
  CHECK_FALSE(one_answer(*line, {.id = ++id, .url = s.url("/echo")}).connect_was_new);
}

TEST_CASE("an answer that is not read is cut") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .min_bytes_per_second = 100'000'000, .min_rate_grace = 500ms});
  Raw c(s.server->port());
  REQUIRE(c.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::this_thread::sleep_for(2500ms);
  bool ended = false;
  CHECK(c.read("", 5000, &ended).size() < 64'000'000);
  CHECK(ended);
}

TEST_CASE("an idle connection is closed; one that waits for an answer is not") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .idle = 1s, .header_time = 1s, .min_rate_grace = 500ms});
  Raw idle(s.server->port()), poll(s.server->port()), events(s.server->port());
  REQUIRE(poll.send("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
  REQUIRE(events.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(eventually([&] { return s.site.held_count() == 1 && s.site.stream_count() == 1; }));
  bool ended = false;
  idle.read("", 6000, &ended);
  CHECK(ended);
  std::this_thread::sleep_for(1500ms);
  s.site.held[0]->respond({.body = bytes("news")});
  CHECK(poll.read("news").starts_with("HTTP/1.1 200"));
  CHECK(s.site.streams[0]->send("data: 1\n\n"));
  CHECK(events.read("data: 1").find("data: 1") != std::string::npos);
}

TEST_CASE("one address may hold only so many connections") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .max_connections_per_ip = 5});
  std::vector<std::unique_ptr<Raw>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<Raw>(s.server->port()));
    REQUIRE(all.back()->send("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(all.back()->read("\r\n\r\n").starts_with("HTTP/1.1 200"));
  }
  Raw more(s.server->port());
  more.send("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(more.read("\r\n\r\n").empty());
  all.clear();
  CHECK(eventually([&] {
    Raw again(s.server->port());
    return again.send("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n") && !again.read("\r\n\r\n").empty();
  }));
}

TEST_CASE("an endless or broken answer is a failure") {
  BadServer bad;
  auto line = open_line({.max_answer_bytes = 100'000});
  std::string head = "HTTP/1.1 200 OK\r\n", filler;
  LineFault expected = LineFault::too_big;
  SUBCASE("endless body") {
    head += "\r\n";
    filler = std::string(4096, 'x');
  }
  SUBCASE("endless chunks") {
    head += "Transfer-Encoding: chunked\r\n\r\n";
    filler = "1000\r\n" + std::string(4096, 'x') + "\r\n";
  }
  SUBCASE("a length past the limit") { head += "Content-Length: 100001\r\n\r\n"; }
  SUBCASE("endless headers") { filler = "X: y\r\n"; }
  SUBCASE("one endless header") { filler = std::string(4096, 'x'); }
  SUBCASE("endless 100 Continue") {
    head.clear();
    filler = "HTTP/1.1 100 Continue\r\n\r\n";
  }
  SUBCASE("a cut body") {
    head += "Content-Length: 1000\r\n\r\nabc";
    expected = LineFault::cut;
  }
  SUBCASE("nothing") {
    head.clear();
    expected = LineFault::cut;
  }
  SUBCASE("no HTTP") {
    head = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
    expected = LineFault::garbage;
  }
  SUBCASE("a redirect is not followed") {
    head = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    expected = LineFault::status;
  }
  std::thread server([&] {
    Raw c(bad.accept(), nullptr);
    c.read("\r\n\r\n");
    if (!c.send(head) || filler.empty()) return;
    for (int i = 0; i < 1'000'000 && c.send(filler); ++i) {
    }
  });
  const Failed f = one_failure(*line, {.id = 1, .url = bad.url(), .body = bytes("x")});
  CAPTURE(f.what);
  CHECK(f.reason == expected);
  line->reset(Channel::main);
  server.join();
}

TEST_CASE("reset closes with RST, fails what was asked, and the next request dials anew") {
  BadServer bad;
  auto line = open_line();
  line->start({.id = 1, .url = bad.url(), .body = Bytes(3'000'000)});
  line->start({.id = 2, .url = bad.url(), .body = bytes("x")});
  for (int i = 0; i < 20; ++i) CHECK(line->poll(10).empty());
  Raw a(bad.accept(), nullptr), b(bad.accept(), nullptr);
  CHECK(line->state(Channel::main).connections == 2);
  CHECK(line->state(Channel::main).unacked_bytes > 0);
  line->reset(Channel::main);
  CHECK(line->state(Channel::main).connections == 0);
  const auto all = gather(*line, 2);
  REQUIRE(all.size() == 2);
  for (const auto& [id, e] : all) CHECK(std::get<Failed>(e).reason == LineFault::reset);
  for (const Raw* c : {&a, &b}) {
    ssize_t n = 0;
    char buffer[65536];
    while ((n = ::recv(c->fd, buffer, sizeof buffer, 0)) > 0) {
    }
    CHECK(n == -1);
    CHECK(errno == ECONNRESET);
  }
  Served s;
  CHECK(one_answer(*line, {.id = 3, .url = s.url("/echo")}).connect_was_new);
  CHECK_FALSE(one_answer(*line, {.id = 4, .url = s.url("/echo")}).connect_was_new);
  line->reset(Channel::main);
  CHECK(one_answer(*line, {.id = 5, .url = s.url("/echo")}).connect_was_new);
}

TEST_CASE("flash has its own connection, and main uses at most five") {
  Served s;
  auto line = open_line();
  for (RequestId id = 1; id <= 12; ++id) line->start({.id = id, .url = s.url("/later"), .body = Bytes(100)});
  line->start({.id = 100, .channel = Channel::flash, .url = s.url("/echo")});
  std::uint32_t most = 0;
  std::size_t seen = 0;
  for (int i = 0; i < 500 && seen < 13; ++i) {
    seen += line->poll(20).size();
    most = std::max(most, line->state(Channel::main).connections);
  }
  CHECK(seen == 13);
  CHECK(most == 5);
  CHECK(line->state(Channel::flash).connections == 1);
  line->reset(Channel::main);
  CHECK_FALSE(one_answer(*line, {.id = 101, .channel = Channel::flash, .url = s.url("/echo")}).connect_was_new);
}

TEST_CASE("what cannot be asked fails at once, and nobody waits") {
  auto line = open_line({.congestion_control = "no-such-thing"});
  CHECK(one_failure(*line, {.id = 1, .url = "ftp://127.0.0.1/x"}).reason == LineFault::invalid);
  CHECK(one_failure(*line, {.id = 2, .url = "http://"}).reason == LineFault::invalid);
  CHECK(one_failure(*line, {.id = 3, .url = "http://127.0.0.1:1/x"}).reason == LineFault::dial);
  CHECK(one_failure(*line, {.id = 4, .url = "http://127.0.0.1:1/x", .headers = {{"A", "b\r\nC: d"}}}).reason ==
        LineFault::invalid);
  std::thread other([&] {
    std::this_thread::sleep_for(50ms);
    line->wakeup();
  });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(line->poll(10'000).empty());
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  other.join();
  // A dial that nobody answers: a full backlog drops the SYN.
  BadServer deaf;
  ::listen(deaf.fd, 0);
  std::vector<std::unique_ptr<Raw>> fill;
  for (int i = 0; i < 1; ++i) fill.push_back(std::make_unique<Raw>(deaf.port));
  line->start({.id = 5, .url = deaf.url(), .connect_timeout_ms = 300});
  line->start({.id = 6, .url = deaf.url(), .connect_timeout_ms = 300});
  const auto some = gather(*line, 1, 2s);
  REQUIRE(some.size() >= 1);
  CHECK(std::get<Failed>(some.begin()->second).reason == LineFault::dial);
}

TEST_CASE("a dial that failed leaves nothing behind that could touch another's descriptor") {
  auto line = open_line();
  BadServer deaf;  // a full backlog drops the SYN
  ::listen(deaf.fd, 0);
  const Raw fill(deaf.port);
  for (RequestId id = 1; id <= 3; ++id) line->start({.id = id, .url = deaf.url(), .connect_timeout_ms = 200});
  REQUIRE(gather(*line, 3, 5s).size() == 3);
  CHECK(line->state(Channel::main).connections == 0);
  // These take the numbers that have come free; one of them is what the failed dial had.
  std::vector<int> others;
  for (int i = 0; i < 8; ++i) others.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(line->state(Channel::main).connections == 0);
  line->reset(Channel::main);
  for (const int other : others) {
    linger got{};
    socklen_t size = sizeof got;
    CHECK(::getsockopt(other, SOL_SOCKET, SO_LINGER, &got, &size) == 0);
    CHECK(got.l_onoff == 0);
    ::close(other);
  }
}

TEST_CASE("a server that closed the warm connection costs a dial, not a failure") {
  Served s({.listen = ListenTcp{"127.0.0.1:0"}, .idle = 1s});
  auto line = open_line();
  CHECK(one_answer(*line, {.id = 1, .url = s.url("/echo")}).connect_was_new);
  std::this_thread::sleep_for(2500ms);
  CHECK(one_answer(*line, {.id = 2, .url = s.url("/echo"), .body = bytes("again")}).connect_was_new);
}

TEST_CASE("a unix socket with a long path: private, replaced when stale, gone at the end") {
  const SocketFolder folder;
  const fs::path deep = folder.path / std::string(75, 'd') / std::string(75, 'e');
  fs::create_directories(deep);
  const std::string path = (deep / "node.sock").string();
  REQUIRE(path.size() > 150);
  CHECK(http_over_socket({.socket_path = path}).error().fault == Fault::offline);
  CHECK(http_over_socket({.socket_path = "/no/such/folder/x"}).error().fault == Fault::offline);
  {
    Served s({.listen = ListenUnix{path}});
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(s.server->port() == 0);
    const auto reply = http_over_socket({.socket_path = path,
                                         .method = "POST",
                                         .target = "/echo?a=1",
                                         .headers = {{"Content-Type", "application/json"}},
                                         .body = bytes("{}")});
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(str(reply->body) == "{}");
    CHECK(reply->content_type == "application/octet-stream");
    CHECK(s.site.last.header("content-type") == "application/json");
    CHECK(s.site.last.peer == "unix");
    CHECK(http_over_socket({.socket_path = path, .target = "/nothing"})->status == 404);
    CHECK(http_over_socket({.socket_path = path, .method = "DELETE", .target = "/empty"})->status == 200);
    CHECK(s.site.last.method == "DELETE");
    CHECK(http_over_socket({.socket_path = path, .method = "HEAD", .target = "/big"})->status == 200);
    CHECK(http_over_socket({.socket_path = path, .target = "/big"})->body.size() == 300'000);
    CHECK(http_over_socket({.socket_path = path, .target = "/big", .max_answer_bytes = 1000}).error().fault ==
          Fault::full);
    CHECK(http_over_socket({.socket_path = path, .target = "/hold", .timeout = 200ms}).error().fault == Fault::busy);
    Site other;
    CHECK(HttpServer::start({.listen = ListenUnix{path}}, other).error().fault == Fault::busy);
  }
  CHECK_FALSE(fs::exists(path));
  // What a kill -9 leaves behind.
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  const std::string shorter = (folder.path / "s").string();
  std::strncpy(a.sun_path, shorter.c_str(), sizeof a.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
  ::close(fd);
  {
    Served s({.listen = ListenUnix{shorter}});
    CHECK(http_over_socket({.socket_path = shorter, .target = "/empty"})->status == 200);
  }
  std::ofstream(folder.path / "plain") << "x";
  Site site;
  CHECK(HttpServer::start({.listen = ListenUnix{(folder.path / "plain").string()}}, site).error().fault ==
        Fault::conflict);
  CHECK(HttpServer::start({.listen = ListenUnix{"/no/such/folder/x"}}, site).error().fault == Fault::invalid);
}

TEST_CASE("lines come while the answer is still being made") {
  const SocketFolder folder;
  const std::string path = (folder.path / "s").string();
  Served s({.listen = ListenUnix{path}});
  std::atomic<int> lines{0};
  std::thread maker([&] {
    if (!eventually([&] { return s.site.stream_count() == 1; })) return;
    const auto stream = s.site.streams[0];
    stream->send("{\"n\":1}\n{\"n\"");
    eventually([&] { return lines == 1; });
    stream->send(":2}\n{\"n\":3}");
    stream->end();
  });
  std::vector<std::string> got;
  const auto reply = http_lines_over_socket({.socket_path = path, .target = "/events"}, [&](std::string_view l) {
    got.emplace_back(l);
    ++lines;
    return true;
  });
  maker.join();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(got == std::vector<std::string>{"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"});
  const auto refused =
      http_lines_over_socket({.socket_path = path, .target = "/nothing"}, [](std::string_view) { return true; });
  CHECK(str(refused->body) == "no");
}

TEST_CASE("listening takes literals, either family, any port, and a ready socket") {
  Site site;
  for (const char* address :
       {"localhost:0", "127.0.0.1", "127.0.0.1:70000", "::1:0", ":0", "127.0.0.1:", "127.0.0.1:8x"}) {
    CAPTURE(address);
    const auto r = HttpServer::start({.listen = ListenTcp{address}}, site);
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == Fault::invalid);
  }
  auto six = HttpServer::start({.listen = ListenTcp{"[::1]:0"}}, site);
  if (six) {
    auto line = open_line();
    CHECK(one_answer(*line, {.id = 1, .url = "http://[::1]:" + std::to_string((*six)->port()) + "/echo"}).status ==
          200);
    CHECK(site.last.peer == "::1");
  } else {
    MESSAGE("no IPv6 here: " << six.error().what);
  }
  BadServer ready;
  {
    auto server = HttpServer::start({.listen = ListenFd{::dup(ready.fd)}}, site);
    REQUIRE(server);
    CHECK((*server)->port() == ready.port);
    auto line = open_line();
    CHECK(one_answer(*line, {.id = 1, .url = ready.url().substr(0, ready.url().size() - 1) + "empty"}).status == 200);
  }
  Served taken;
  CHECK(HttpServer::start({.listen = ListenTcp{"127.0.0.1:" + std::to_string(taken.server->port())}}, site)
            .error()
            .fault == Fault::busy);
}

TEST_CASE("TLS: the pinned key opens, another does not") {
  const SocketFolder folder;
  const std::string d = folder.path.string();
  const std::string make =
      "cd " + d +
      " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem "
      "-days 2 -subj /CN=nobody >/dev/null 2>&1 && openssl pkey -in key.pem -pubout -outform der | "
      "openssl dgst -sha256 -binary | openssl base64 -A > pin";
  if (std::system(make.c_str()) != 0) {
    MESSAGE("no openssl program: TLS is not tested");
    return;
  }
  Served s({.listen = ListenTcp{"127.0.0.1:0"},
            .tls_cert_pem = slurp(folder.path / "cert.pem"),
            .tls_key_pem = slurp(folder.path / "key.pem"),
            .bare = true});
  const std::string url = "https://127.0.0.1:" + std::to_string(s.server->port()) + "/later";
  auto line = open_line({.pinned_key = "sha256//" + slurp(folder.path / "pin")});
  CHECK(one_answer(*line, {.id = 1, .url = url, .body = Bytes(100'000, 7)}).body == Bytes(100'000, 7));
  CHECK_FALSE(one_answer(*line, {.id = 2, .url = url, .body = bytes("x")}).connect_was_new);
  line->reset(Channel::main);
  CHECK(one_answer(*line, {.id = 3, .url = url, .body = bytes("x")}).connect_was_new);
  const int before = s.site.handled;
  auto wrong = open_line({.pinned_key = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
  CHECK(one_failure(*wrong, {.id = 1, .url = url}).reason == LineFault::tls);
  auto unpinned = open_line();
  CHECK(one_failure(*unpinned, {.id = 1, .url = url}).reason == LineFault::tls);
  CHECK(s.site.handled == before);
  Site site;
  CHECK(HttpServer::start({.listen = ListenTcp{"127.0.0.1:0"}, .tls_cert_pem = "x", .tls_key_pem = "y"}, site)
            .error()
            .fault == Fault::invalid);
  CHECK(HttpServer::start({.listen = ListenTcp{"127.0.0.1:0"}, .tls_cert_pem = "x"}, site).error().fault ==
        Fault::invalid);
}

TEST_CASE("events reach every listener; one that does not read is dropped") {
  Served s;
  std::vector<std::unique_ptr<Raw>> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(std::make_unique<Raw>(s.server->port()));
    REQUIRE(all.back()->send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  REQUIRE(eventually([&] { return s.site.stream_count() == 50; }));
  for (auto& c : all) CHECK(c->read("\r\n\r\n").find("text/event-stream") != std::string::npos);
  for (int n = 1; n <= 3; ++n)
    for (auto& w : s.site.streams) CHECK(w->send("data: " + std::to_string(n) + "\n\n"));
  for (auto& c : all) {
    const std::string got = c->read("data: 3");
    CHECK(got.find("data: 1") < got.find("data: 2"));
    CHECK(got.find("data: 2") < got.find("data: 3"));
  }
  // One leaves, and is noticed although nothing is sent.
  const auto alive = [&] {
    return std::count_if(s.site.streams.begin(), s.site.streams.end(), [](auto& w) { return !w->closed(); });
  };
  all[0]->close();
  CHECK(eventually([&] { return alive() == 49; }));
  // One does not read.
  std::shared_ptr<EventStream> lazy;
  for (auto& w : s.site.streams)
    if (!w->closed()) lazy = w;
  const std::string lump(100'000, 'x');
  bool dropped = false;
  for (int i = 0; i < 2000 && !dropped; ++i) {
    dropped = !lazy->send(lump);
    std::this_thread::sleep_for(1ms);
  }
  CHECK(dropped);
  CHECK(lazy->closed());
  CHECK(eventually([&] { return alive() == 48; }));
  // One is ended politely.
  std::shared_ptr<EventStream> last;
  for (auto& w : s.site.streams)
    if (!w->closed()) last = w;
  last->end();
  CHECK_FALSE(last->send("x"));
  CHECK(alive() == 47);
}

TEST_CASE("stop answers who waits, aborts bodies, ends streams, and forgets nobody") {
  Served s;
  std::vector<std::unique_ptr<Raw>> waiting;
  for (int i = 0; i < 30; ++i) {
    waiting.push_back(std::make_unique<Raw>(s.server->port()));
    REQUIRE(waiting.back()->send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  Raw idle(s.server->port()), headers(s.server->port()), body(s.server->port()), events(s.server->port());
  REQUIRE(headers.send("GET /ho"));
  REQUIRE(body.send("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"));
  REQUIRE(events.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(eventually([&] {
    return s.site.held_count() == 30 && s.site.stream_count() == 1 &&
           s.site.seen.with([](Arrived& x) { return x.got == "abc"; });
  }));
  const std::uint16_t port = s.server->port();
  const auto begin = std::chrono::steady_clock::now();
  s.server->stop();
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  s.server->stop();
  for (auto& c : waiting) CHECK(c->read().starts_with("HTTP/1.1 503"));
  CHECK(s.site.seen.abort);
  CHECK(s.site.streams[0]->closed());
  bool ended = false;
  events.read("", 1000, &ended);
  CHECK(ended);
  for (auto& e : s.site.held) e->respond({.body = bytes("late")});
  auto line = open_line();
  CHECK(one_failure(*line, {.id = 1, .url = "http://127.0.0.1:" + std::to_string(port) + "/"}).reason ==
        LineFault::dial);
}

TEST_CASE("starting, asking, answering and stopping at the same time") {
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    Served s;
    std::atomic<bool> done{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i)
      clients.emplace_back([&, i] {
        auto line = open_line();
        RequestId id = 0;
        while (!done) {
          for (const char* target : {"/later", "/hold", "/events", "/echo", "/stream"})
            line->start({.id = ++id, .url = s.url(target), .body = Bytes(static_cast<std::size_t>(100 * i))});
          line->poll(5);
          if (id % 3 == 0) line->reset(Channel::main);
        }
      });
    std::thread answerer([&] {
      while (!done) {
        std::vector<std::shared_ptr<Exchange>> some;
        std::vector<std::shared_ptr<EventStream>> streams;
        {
          const std::lock_guard lock(s.site.mu);
          some.swap(s.site.held);
          streams = s.site.streams;
        }
        for (auto& e : some) e->respond({});
        for (auto& w : streams) w->send("data: x\n\n");
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + round * 5));
    s.server->stop();
    done = true;
    for (auto& t : clients) t.join();
    answerer.join();
  }
}
