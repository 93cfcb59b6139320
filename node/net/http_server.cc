#include "node/net/http_server.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

#include "node/net/http_link.h"
#include "node/net/http_listen.h"

namespace yz::node {
namespace {

using Clock = std::chrono::steady_clock;

/// A body that nobody wants is still read up to here, so that the client hears the
/// answer instead of a reset and the connection stays usable.
constexpr std::uint64_t kDiscardMax = 64 * 1024;
/// How often slow and vanished clients are looked for.
constexpr std::chrono::milliseconds kReapEvery{500};
/// How long stop() waits for the last answers to leave.
constexpr std::chrono::milliseconds kStopWait{1000};

/// Bytes the kernel has received on a TCP connection since it began.
std::uint64_t received_bytes(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

std::string peer_name(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr || info->client_addr == nullptr) return "unix";
  const sockaddr* address = info->client_addr;
  char buffer[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, buffer, sizeof buffer);
  else if (address->sa_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, buffer, sizeof buffer);
  return buffer[0] != '\0' ? buffer : "unix";
}

std::shared_ptr<HttpLink> link_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return *static_cast<std::shared_ptr<HttpLink>*>(info->socket_context);
}

// --- requests ------------------------------------------------------------------

/// A request inside the library, from its headers to its end. Only the library's thread touches it.
struct Ongoing {
  std::shared_ptr<Exchange::State> exchange;
  std::shared_ptr<HttpLink> link;
  Intake intake;
  Bytes buffer;
  std::uint64_t got = 0;
  std::uint64_t max = 0;
  bool too_long = false;
  bool ended = false;
};

/// What the headers say of the body.
struct Declared {
  bool bad = false;
  bool chunked = false;
  std::uint64_t bytes = 0;
  bool any() const { return chunked || bytes > 0; }
};

Declared declared_body(const HttpRequest& request) {
  Declared d;
  int lengths = 0, encodings = 0, hosts = 0;
  for (const auto& [name, value] : request.headers) {
    if (same_header_name(name, "Host")) ++hosts;
    if (same_header_name(name, "Transfer-Encoding")) {
      ++encodings;
      d.chunked = same_header_name(value, "chunked");
      if (!d.chunked) d.bad = true;
    }
    if (same_header_name(name, "Content-Length")) {
      ++lengths;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), d.bytes);
      if (error != std::errc{} || end != value.data() + value.size() || value.empty()) d.bad = true;
    }
  }
  if (lengths > 1 || encodings > 1 || hosts > 1 || (lengths > 0 && encodings > 0)) d.bad = true;
  const bool needs_length = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (needs_length && lengths + encodings == 0) d.bad = true;
  return d;
}

MHD_Result collect_header(void* cls, MHD_ValueKind, const char* key, const char* value) {
  static_cast<HttpHeaders*>(cls)->emplace_back(key, value == nullptr ? "" : value);
  return MHD_YES;
}

}  // namespace

struct HttpServer::Impl {
  ServerOptions options;
  Handler& handler;
  Listening listening{.fd = -1};
  MHD_Daemon* daemon = nullptr;
  std::atomic<bool> stopping{false};

  std::mutex mu;  ///< links, quit. Before HttpLink::mu.
  std::condition_variable changed;
  std::unordered_set<std::shared_ptr<HttpLink>> links;
  bool quit = false;
  std::thread reaper;

  Impl(ServerOptions o, Handler& h) : options(std::move(o)), handler(h) {}

  std::vector<std::shared_ptr<HttpLink>> all_links() {
    const std::lock_guard lock(mu);
    return {links.begin(), links.end()};
  }

  void opened(MHD_Connection* connection, void** context) {
    auto link = std::make_shared<HttpLink>();
    link->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    int family = 0;
    socklen_t size = sizeof family;
    ::getsockopt(link->fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    link->tcp = family == AF_INET || family == AF_INET6;
    link->since = Clock::now();
    *context = new std::shared_ptr<HttpLink>(link);
    const std::lock_guard lock(mu);
    links.insert(std::move(link));
    if (links.size() == 1) changed.notify_all();
  }

  void closing(void** context) {
    auto* holder = static_cast<std::shared_ptr<HttpLink>*>(*context);
    if (holder == nullptr) return;
    {
      const std::lock_guard lock((*holder)->mu);
      (*holder)->fd = -1;  // from here on the number may belong to another socket
    }
    {
      const std::lock_guard lock(mu);
      links.erase(*holder);
    }
    delete holder;
    *context = nullptr;
  }

  MHD_Result refuse(MHD_Connection* connection, HttpLink& link, int status) {
    HttpResponse answer{.status = status, .close = true};
    return queue_answer(connection, link, answer, nullptr);
  }

  MHD_Result begin(MHD_Connection* connection, const char* method, void** context) {
    const std::shared_ptr<HttpLink> link = link_of(connection);
    if (stopping) return refuse(connection, *link, 503);
    HttpRequest request;
    request.method = method;
    const std::size_t mark = std::min(link->uri.find('?'), link->uri.size());
    request.path = link->uri.substr(0, mark);
    request.query = link->uri.substr(std::min(link->uri.size(), mark + 1));
    request.peer = peer_name(connection);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_header, &request.headers);
    const Declared body = declared_body(request);
    // Only POST and PUT can be answered without the body: for others the library would read it all first.
    const bool refusable = request.method == "POST" || request.method == "PUT";
    if (body.bad) return refusable || !body.any() ? refuse(connection, *link, 400) : MHD_NO;

    auto state = std::make_shared<Exchange::State>();
    state->connection = connection;
    state->link = link;
    state->stream = std::make_shared<EventStream::State>();
    state->stream->link = link;
    state->stream->limit = options.stream_queue_bytes;

    auto ongoing = std::make_unique<Ongoing>();
    ongoing->exchange = state;
    ongoing->link = link;
    ongoing->intake = handler.handle(std::make_shared<Exchange>(std::move(request), state));
    if (const auto* b = std::get_if<Buffered>(&ongoing->intake))
      ongoing->max = b->max_bytes;
    else if (const auto* s = std::get_if<Streamed>(&ongoing->intake))
      ongoing->max = s->max_bytes;
    else
      ongoing->max = kDiscardMax;

    if (body.bytes > ongoing->max) {
      // Unread by anyone: the exchange is over, its own answer (if it has one) goes first.
      std::unique_lock lock(state->mu);
      const bool answered = std::exchange(state->answered, true);
      HttpResponse answer = answered ? std::move(state->answer) : HttpResponse{.status = 413};
      state->connection = nullptr;
      state->gone = !answered;
      lock.unlock();
      state->stream->finish();
      if (auto* s = std::get_if<Streamed>(&ongoing->intake)) s->sink->on_abort();
      answer.close = true;
      return refusable ? queue_answer(connection, *link, answer, nullptr) : MHD_NO;
    }
    {
      const std::lock_guard lock(link->mu);
      link->exchange = state;
      link->phase = HttpPhase::sending;
      link->since = Clock::now();
      link->body_bytes = 0;
    }
    *context = ongoing.release();
    return MHD_YES;
  }

  MHD_Result piece(Ongoing& o, ByteView data) {
    o.got += data.size();
    {
      const std::lock_guard lock(o.link->mu);
      o.link->body_bytes = o.got;
    }
    if (!o.too_long && o.got > o.max) {
      o.too_long = true;
      o.exchange->finish({.status = 413, .close = true});  // first: losing the intake would answer 500
      drop_intake(o, true);
    }
    // An answer in mid-body is not possible in this library: the rest is read, up to a point, and thrown away.
    if (o.too_long) return o.got > o.max + kDiscardMax ? MHD_NO : MHD_YES;
    if (answered(o)) {
      drop_intake(o, false);
      return MHD_YES;
    }
    if (std::holds_alternative<Buffered>(o.intake))
      o.buffer.insert(o.buffer.end(), data.begin(), data.end());
    else if (auto* s = std::get_if<Streamed>(&o.intake))
      s->sink->on_data(data);
    return MHD_YES;
  }

  static bool answered(Ongoing& o) {
    const std::lock_guard lock(o.exchange->mu);
    return o.exchange->answered;
  }

  /// Forgets the handler's part of the request; its exchange may be answered 500 by that.
  static void drop_intake(Ongoing& o, bool abort) {
    Intake intake = std::exchange(o.intake, NoBody{});
    o.buffer = {};
    if (auto* s = std::get_if<Streamed>(&intake); s != nullptr && abort) s->sink->on_abort();
  }

  MHD_Result end(MHD_Connection* connection, Ongoing& o) {
    if (!o.ended) {
      o.ended = true;
      if (!answered(o)) {
        Intake intake = std::exchange(o.intake, NoBody{});
        if (auto* b = std::get_if<Buffered>(&intake))
          b->on_body(std::exchange(o.buffer, {}));
        else if (auto* s = std::get_if<Streamed>(&intake))
          s->sink->on_end();
      }
      o.intake = NoBody{};
    }
    const std::lock_guard lock(o.exchange->mu);
    if (o.exchange->gone) return MHD_NO;
    if (!o.exchange->answered && stopping) {
      o.exchange->answered = true;
      o.exchange->answer = {.status = 503, .close = true};
    }
    if (!o.exchange->answered) {
      o.link->enter(HttpPhase::waiting);
      o.exchange->suspended = true;
      MHD_suspend_connection(connection);
      return MHD_YES;
    }
    const bool open = o.exchange->stream->connection != nullptr;
    if (open && stopping) o.exchange->stream->finish();
    return queue_answer(connection, *o.link, o.exchange->answer, open ? o.exchange->stream : nullptr);
  }

  MHD_Result request(MHD_Connection* connection, const char* method, const char* data, std::size_t* size,
                     void** context) {
    try {
      if (*context == nullptr) return begin(connection, method, context);
      Ongoing& o = *static_cast<Ongoing*>(*context);
      if (*size == 0) return end(connection, o);
      const ByteView bytes(reinterpret_cast<const std::uint8_t*>(data), *size);
      *size = 0;
      return piece(o, bytes);
    } catch (...) {
      return MHD_NO;  // out of memory, or a mistake in a handler: no exception may cross the C library
    }
  }

  void completed(MHD_Connection* connection, void** context) {
    const std::unique_ptr<Ongoing> o(static_cast<Ongoing*>(*context));
    *context = nullptr;
    const std::shared_ptr<HttpLink> link = link_of(connection);
    {
      const std::lock_guard lock(link->mu);
      link->phase = HttpPhase::resting;
      link->exchange = nullptr;
      link->headers_begun = false;
      link->counted = link->tcp && link->fd >= 0 ? received_bytes(link->fd) : 0;
    }
    if (!o) return;
    {
      const std::lock_guard lock(o->exchange->mu);
      o->exchange->connection = nullptr;
      o->exchange->suspended = false;
      if (!o->exchange->answered) o->exchange->gone = true;
    }
    std::function<void()> next;  // destroyed without the lock: it may hold the stream
    {
      const std::lock_guard lock(o->exchange->stream->mu);
      o->exchange->stream->connection = nullptr;
      o->exchange->stream->suspended = false;
      o->exchange->stream->ended = true;
      next = std::exchange(o->exchange->stream->next, {});
    }
    try {
      if (!o->ended) drop_intake(*o, true);
    } catch (...) {  // as in request()
    }
  }

  /// Ends what is too slow or has left. Called about twice a second.
  void reap() {
    const auto now = Clock::now();
    for (const auto& link : all_links()) {
      std::shared_ptr<Exchange::State> left;
      {
        const std::lock_guard lock(link->mu);
        if (link->fd < 0) continue;
        if (too_slow(*link, now)) ::shutdown(link->fd, SHUT_RDWR);
        // While suspended the library does not look at the socket, so we do.
        if (link->phase == HttpPhase::waiting || (link->phase == HttpPhase::receiving && link->open_ended)) {
          pollfd p{link->fd, POLLRDHUP, 0};
          if (::poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) left = link->exchange;
        }
      }
      if (left) abandon(*left);
    }
  }

  bool too_slow(HttpLink& link, Clock::time_point now) const {
    const auto taken = [&] { return now - link.since; };
    const auto due = [&](std::uint64_t bytes) {
      return options.min_rate_grace +
             std::chrono::milliseconds(bytes * 1000 / std::max(1U, options.min_bytes_per_second));
    };
    switch (link.phase) {
      case HttpPhase::resting:
        if (!link.tcp) return false;  // the local socket is ours alone
        if (!link.headers_begun && received_bytes(link.fd) != link.counted) {
          link.headers_begun = true;
          link.since = now;
        }
        return link.headers_begun && taken() > options.header_time;
      case HttpPhase::sending:
        return taken() > options.min_rate_grace && taken() > due(link.body_bytes) - options.min_rate_grace;
      case HttpPhase::receiving:
        return !link.open_ended && taken() > due(link.answer_bytes);
      case HttpPhase::waiting:
        break;
    }
    return false;
  }

  static void abandon(Exchange::State& e) {
    bool open = false;
    {
      const std::lock_guard lock(e.mu);
      open = e.answered;
      if (!open) {
        e.gone = true;
        e.wake();
      }
    }
    if (open) e.stream->drop();
  }

  /// Answers 503 to whoever waits and ends the open answers.
  void halt_waiting() {
    for (const auto& link : all_links()) {
      std::shared_ptr<Exchange::State> e;
      HttpPhase phase{};
      {
        const std::lock_guard lock(link->mu);
        e = link->exchange;
        phase = link->phase;
      }
      if (!e || phase == HttpPhase::sending) continue;  // a body on its way is aborted, not answered
      e->finish({.status = 503, .close = true});
      e->stream->finish();
    }
  }

  bool any_busy() {
    for (const auto& link : all_links()) {
      const std::lock_guard lock(link->mu);
      if (link->phase == HttpPhase::waiting || link->phase == HttpPhase::receiving) return true;
    }
    return false;
  }

  void stop() {
    if (daemon == nullptr) return;
    stopping = true;  // whoever dials from now on is hung up on
    const auto until = Clock::now() + kStopWait;
    halt_waiting();
    while (any_busy() && Clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      halt_waiting();  // a request that was between its end and its suspension
    }
    {
      const std::lock_guard lock(mu);
      quit = true;
      changed.notify_all();
    }
    reaper.join();
    halt_waiting();  // the library gives up the process over a connection still suspended
    MHD_stop_daemon(daemon);
    daemon = nullptr;
    remove_socket_file();
  }

  void remove_socket_file() const {
    struct stat now {};
    if (!listening.unlink_path.empty() && ::lstat(listening.unlink_path.c_str(), &now) == 0 &&
        now.st_dev == listening.device && now.st_ino == listening.inode)
      ::unlink(listening.unlink_path.c_str());
  }

  Result<> start() {
    if (options.tls_cert_pem.empty() != options.tls_key_pem.empty())
      return fail(Fault::invalid, "TLS needs a certificate and its key");
    listening = TRY(listen_on(options.listen));
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (options.bare) flags |= MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    std::vector<MHD_OptionItem> more;
    if (!options.tls_cert_pem.empty()) {
      flags |= MHD_USE_TLS;
      more.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, options.tls_cert_pem.data()});
      more.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, options.tls_key_pem.data()});
    }
    more.push_back({MHD_OPTION_END, 0, nullptr});
    daemon = MHD_start_daemon(
        flags, listening.port,
        // Not MHD_quiesce_daemon(): a thread of the pool that meets it at the wrong moment ends the process (0.9.75).
        +[](void* cls, const sockaddr*, socklen_t) { return static_cast<Impl*>(cls)->stopping ? MHD_NO : MHD_YES; },
        this,
        [](void* cls, MHD_Connection* c, const char*, const char* method, const char*, const char* data,
           std::size_t* size,
           void** context) { return static_cast<Impl*>(cls)->request(c, method, data, size, context); },
        this, MHD_OPTION_LISTEN_SOCKET, listening.fd, MHD_OPTION_THREAD_POOL_SIZE, options.threads,
        MHD_OPTION_CONNECTION_LIMIT, options.max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        options.max_connections_per_ip, MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(options.idle.count()),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options.header_bytes, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_COMPLETED,
        +[](void* cls, MHD_Connection* c, void** context, MHD_RequestTerminationCode) {
          static_cast<Impl*>(cls)->completed(c, context);
        },
        this, MHD_OPTION_NOTIFY_CONNECTION,
        +[](void* cls, MHD_Connection* c, void** context, MHD_ConnectionNotificationCode what) {
          if (what == MHD_CONNECTION_NOTIFY_STARTED)
            static_cast<Impl*>(cls)->opened(c, context);
          else
            static_cast<Impl*>(cls)->closing(context);
        },
        this, MHD_OPTION_URI_LOG_CALLBACK,
        +[](void*, const char* uri, MHD_Connection* c) -> void* {
          link_of(c)->uri = uri;  // as it came: what the library hands on later is decoded and cut
          return nullptr;
        },
        this, MHD_OPTION_ARRAY, more.data(), MHD_OPTION_END);
    if (daemon == nullptr) {
      ::close(listening.fd);
      remove_socket_file();
      return fail(Fault::invalid, options.tls_cert_pem.empty()
                                      ? "the HTTP server does not start"
                                      : "the HTTP server does not start; look at the TLS certificate and key");
    }
    reaper = std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "yz-http-reap");
      std::unique_lock lock(mu);
      while (!quit) {
        if (links.empty()) {
          changed.wait(lock);
          continue;
        }
        changed.wait_for(lock, kReapEvery);
        lock.unlock();
        reap();
        lock.lock();
      }
    });
    return {};
  }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }
std::uint16_t HttpServer::port() const { return impl_->listening.port; }
void HttpServer::stop() { impl_->stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, Handler& handler) {
  auto impl = std::make_unique<Impl>(std::move(options), handler);
  TRY(impl->start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace yz::node
