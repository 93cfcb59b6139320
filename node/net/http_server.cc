#include "node/net/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

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
/// Piece in which an open answer is handed to the library.
constexpr std::size_t kStreamBlock = 4096;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

struct FdOwner {
  int fd = -1;
  explicit FdOwner(int f) : fd(f) {}
  FdOwner(FdOwner&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  FdOwner& operator=(FdOwner&&) = delete;
  ~FdOwner() {
    if (fd >= 0) ::close(fd);
  }
  int release() { return std::exchange(fd, -1); }
};

std::string reason() { return std::strerror(errno); }

/// What a client is doing, for the reaper.
enum class Phase : std::uint8_t {
  resting,    ///< Between requests, or its headers are on their way.
  sending,    ///< Its body is on its way.
  waiting,    ///< Suspended until somebody answers.
  receiving,  ///< The answer is on its way.
};

/// One connection. Shared by the library's thread, the reaper and whoever answers.
struct Link {
  std::mutex mu;
  int fd = -1;  ///< -1 once the library is about to close it.
  bool tcp = false;
  Phase phase = Phase::resting;
  Clock::time_point since{};
  bool headers_begun = false;
  std::uint64_t counted = 0;       ///< resting: bytes received by the kernel when the last request ended.
  std::uint64_t body_bytes = 0;    ///< sending: so far.
  std::uint64_t answer_bytes = 0;  ///< receiving: size of the answer.
  bool open_ended = false;         ///< receiving: a stream, no size.
  std::shared_ptr<Exchange::State> exchange;
  std::string uri;  ///< Only for the library's thread of this connection.

  void enter(Phase next) {
    const std::lock_guard lock(mu);
    phase = next;
    since = Clock::now();
  }
  /// Ends the connection from outside; the library notices at once.
  void cut() {
    const std::lock_guard lock(mu);
    if (fd >= 0) ::shutdown(fd, SHUT_RDWR);
  }
};

/// Bytes the kernel has received on a TCP connection since it began.
std::uint64_t received_bytes(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace

/// Lock order: Exchange::State::mu, EventStream::State::mu, then the library's own locks; Link::mu is always innermost.
struct Exchange::State {
  std::mutex mu;
  MHD_Connection* connection = nullptr;  ///< Null once the library is done with the request.
  std::shared_ptr<Link> link;
  bool suspended = false;
  bool answered = false;
  bool gone = false;
  HttpResponse answer;
  std::shared_ptr<EventStream::State> stream;

  /// Call with mu held. The library may free the connection right behind this.
  void wake() {
    if (!suspended || connection == nullptr) return;
    suspended = false;
    MHD_resume_connection(connection);
  }
  bool finish(HttpResponse response) {
    const std::lock_guard lock(mu);
    if (answered) return false;
    answered = true;
    answer = std::move(response);
    wake();
    return true;
  }
};

struct EventStream::State {
  std::mutex mu;
  MHD_Connection* connection = nullptr;
  std::shared_ptr<Link> link;
  std::size_t limit = 0;
  std::string queue;
  std::size_t at = 0;  ///< Bytes of `queue` already taken.
  bool suspended = false;
  bool ended = false;          ///< No more send().
  bool dropped = false;        ///< Ended by overflow or by the client: do not finish politely.
  std::function<void()> next;  ///< Whoever gives the next piece; may hold the stream itself.

  /// Call with mu held.
  void wake() {
    if (!suspended || connection == nullptr) return;
    suspended = false;
    MHD_resume_connection(connection);
  }
  void finish() {
    const std::lock_guard lock(mu);
    ended = true;
    wake();
  }
  void drop() {
    {
      const std::lock_guard lock(mu);
      ended = dropped = true;
      queue = {};
      at = 0;
      if (suspended) {
        wake();
        return;
      }
    }
    link->cut();  // the library is stuck in a write
  }
};

bool EventStream::send(std::string_view text) {
  {
    const std::lock_guard lock(state_->mu);
    if (state_->ended) return false;
    if (state_->queue.size() - state_->at + text.size() <= state_->limit) {
      state_->queue.append(text);
      state_->wake();
      return true;
    }
  }
  state_->drop();
  return false;
}

void EventStream::end() { state_->finish(); }

void EventStream::when_taken(std::function<void()> next) {
  const std::lock_guard lock(state_->mu);
  if (state_->ended) return;  // `next` goes with the caller
  state_->next = std::move(next);
  state_->wake();
}

bool EventStream::closed() const {
  const std::lock_guard lock(state_->mu);
  return state_->ended;
}

Exchange::~Exchange() { state_->finish({.status = 500}); }

void Exchange::respond(HttpResponse response) { state_->finish(std::move(response)); }

bool Exchange::gone() const {
  const std::lock_guard lock(state_->mu);
  return state_->gone;
}

std::shared_ptr<EventStream> Exchange::stream(std::string content_type, HttpHeaders headers) {
  const std::lock_guard lock(state_->mu);
  if (state_->answered || state_->connection == nullptr) {
    auto closed = std::make_shared<EventStream::State>();
    closed->ended = true;
    return std::make_shared<EventStream>(std::move(closed));
  }
  state_->answered = true;
  state_->answer = {.status = 200, .content_type = std::move(content_type), .headers = std::move(headers)};
  state_->stream->connection = state_->connection;
  auto writer = std::make_shared<EventStream>(state_->stream);
  state_->answer.close = true;
  state_->wake();
  return writer;
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

bool HttpRequest::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& h) { return same_name(h.first, name); });
}

Result<std::string> percent_decode(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 1 < text.size() ? digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) return fail(Fault::invalid, "a broken percent escape in the address");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

Result<std::string> HttpRequest::argument(std::string_view name) const {
  std::optional<std::string_view> found;
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto key = percent_decode(pair.substr(0, equals));
    if (!key || *key != name) continue;
    if (found) return fail(Fault::invalid, "the argument " + std::string(name) + " is given twice");
    found = pair.substr(std::min(pair.size(), equals + 1));
  }
  if (!found) return fail(Fault::missing, "the argument " + std::string(name) + " is missing");
  return percent_decode(*found);
}

// --- listening -----------------------------------------------------------------

namespace {

struct Listening {
  int fd;
  std::uint16_t port = 0;
  std::string unlink_path = {};  ///< A socket file of ours, removed at the end if it is still the same one.
  dev_t device = 0;
  ino_t inode = 0;
};

Result<Listening> listen_tcp(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return fail(Fault::invalid, "an address needs a port: " + address);
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return fail(Fault::invalid, "write an IPv6 address as [address]:port");
  unsigned number = 0;
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (host.empty() || bad != std::errc{} || end != port.data() + port.size() || number > 65535)
    return fail(Fault::invalid, "not an address with a port: " + address);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &list) != 0 || list == nullptr)
    return fail(Fault::invalid, "not an IPv4 or IPv6 address: " + host);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> holder(list, ::freeaddrinfo);
  FdOwner fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.fd < 0) return fail(Fault::full, "no socket: " + reason());
  const int on = 1;
  ::setsockopt(fd.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (list->ai_family == AF_INET6) ::setsockopt(fd.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.fd, list->ai_addr, list->ai_addrlen) != 0 || ::listen(fd.fd, 1024) != 0)
    return fail(errno == EADDRINUSE ? Fault::busy : Fault::invalid, "cannot listen on " + address + ": " + reason());
  return Listening{.fd = fd.release()};
}

Result<Listening> listen_unix(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name.size() > 80) return fail(Fault::invalid, "not a usable socket name: " + path);
  const FdOwner dir(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (dir.fd < 0) return fail(Fault::invalid, "no folder for the socket " + path + ": " + reason());
  // The folder by its descriptor: sockaddr_un has room for 107 bytes only.
  const std::string reachable = "/proc/self/fd/" + std::to_string(dir.fd) + "/" + name;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, reachable.c_str(), reachable.size() + 1);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);

  struct stat before {};
  if (::fstatat(dir.fd, name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0) {
    if (!S_ISSOCK(before.st_mode)) return fail(Fault::conflict, "something that is no socket stands at " + path);
    const FdOwner probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(probe.fd, generic, sizeof address) == 0 || errno == EAGAIN)
      return fail(Fault::busy, "somebody already listens on " + path);
    ::unlinkat(dir.fd, name.c_str(), 0);
  }
  FdOwner fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.fd < 0) return fail(Fault::full, "no socket: " + reason());
  // On Linux bind() gives the file the socket's own mode: there is no moment with a wider one.
  if (::fchmod(fd.fd, 0600) != 0 || ::bind(fd.fd, generic, sizeof address) != 0)
    return fail(errno == EADDRINUSE ? Fault::busy : Fault::invalid, "cannot listen on " + path + ": " + reason());
  struct stat made {};
  if (::fstatat(dir.fd, name.c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0 || (made.st_mode & 0777) != 0600 ||
      ::listen(fd.fd, 256) != 0) {
    const std::string why = reason();
    ::unlinkat(dir.fd, name.c_str(), 0);
    return fail(Fault::invalid, "cannot listen on " + path + ": " + why);
  }
  return Listening{.fd = fd.release(), .unlink_path = path, .device = made.st_dev, .inode = made.st_ino};
}

Result<Listening> listen_on(const ListenOn& where) {
  Listening listening{.fd = -1};
  if (const auto* tcp = std::get_if<ListenTcp>(&where)) {
    listening = TRY(listen_tcp(tcp->address));
  } else if (const auto* local = std::get_if<ListenUnix>(&where)) {
    listening = TRY(listen_unix(local->path));
  } else {
    listening.fd = std::get<ListenFd>(where).fd;
    const int flags = ::fcntl(listening.fd, F_GETFL);
    if (flags < 0) return fail(Fault::invalid, "the listening descriptor is not open");
    ::fcntl(listening.fd, F_SETFL, flags | O_NONBLOCK);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(listening.fd, reinterpret_cast<sockaddr*>(&bound), &size) == 0) {
    if (bound.ss_family == AF_INET) listening.port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
    if (bound.ss_family == AF_INET6) listening.port = ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
  }
  return listening;
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

std::shared_ptr<Link> link_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return *static_cast<std::shared_ptr<Link>*>(info->socket_context);
}

// --- answers -------------------------------------------------------------------

struct ResponseCloser {
  void operator()(MHD_Response* r) const { MHD_destroy_response(r); }
};
using ResponseHandle = std::unique_ptr<MHD_Response, ResponseCloser>;

/// Takes the next bytes of an open answer; parks the connection when there are none.
ssize_t read_stream(void* cls, std::uint64_t, char* out, std::size_t max) {
  EventStream::State& s = **static_cast<std::shared_ptr<EventStream::State>*>(cls);
  std::function<void()> next;
  {
    const std::lock_guard lock(s.mu);
    if (s.queue.size() == s.at) next = std::exchange(s.next, {});
  }
  if (next) next();
  next = {};  // it may hold the stream: gone before the lock is taken again
  const std::lock_guard lock(s.mu);
  if (s.dropped) return MHD_CONTENT_READER_END_WITH_ERROR;
  const std::size_t n = std::min(max, s.queue.size() - s.at);
  if (n > 0) {
    std::memcpy(out, s.queue.data() + s.at, n);
    s.at += n;
    if (s.at == s.queue.size()) {
      s.queue.clear();
      s.at = 0;
    } else if (s.at > kStreamBlock * 4) {
      s.queue.erase(0, s.at);
      s.at = 0;
    }
    return static_cast<ssize_t>(n);
  }
  if (s.ended) return MHD_CONTENT_READER_END_OF_STREAM;
  s.suspended = true;
  MHD_suspend_connection(s.connection);
  return 0;
}

void free_stream(void* cls) {
  auto* s = static_cast<std::shared_ptr<EventStream::State>*>(cls);
  std::function<void()> next;
  {
    const std::lock_guard lock((*s)->mu);
    (*s)->ended = true;
    (*s)->connection = nullptr;
    (*s)->suspended = false;
    next = std::exchange((*s)->next, {});
  }
  delete s;
}

void free_body(void* cls) { delete static_cast<Bytes*>(cls); }

ResponseHandle make_response(HttpResponse& answer, const std::shared_ptr<EventStream::State>& open) {
  ResponseHandle response;
  if (open) {
    response.reset(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kStreamBlock, read_stream,
                                                     new std::shared_ptr<EventStream::State>(open), free_stream));
  } else if (!answer.body.empty()) {
    auto body = std::make_unique<Bytes>(std::move(answer.body));
    const std::size_t size = body->size();
    void* data = body->data();
    response.reset(MHD_create_response_from_buffer_with_free_callback_cls(size, data, free_body, body.get()));
    if (response) body.release();
  } else {
    // The library takes a void*, but only reads a persistent buffer.
    response.reset(MHD_create_response_from_buffer(
        answer.fixed_body.size(), const_cast<std::uint8_t*>(answer.fixed_body.data()), MHD_RESPMEM_PERSISTENT));
  }
  if (!response) return nullptr;
  const auto add = [&](const char* name, const std::string& value) {
    return MHD_add_response_header(response.get(), name, value.c_str()) == MHD_YES;
  };
  bool good = answer.content_type.empty() || add("Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) good = good && add(name.c_str(), value);
  if (answer.close) good = good && add("Connection", "close");
  return good ? std::move(response) : nullptr;
}

MHD_Result queue(MHD_Connection* connection, Link& link, HttpResponse& answer,
                 const std::shared_ptr<EventStream::State>& open) {
  const std::size_t size = answer.body.empty() ? answer.fixed_body.size() : answer.body.size();
  ResponseHandle response = make_response(answer, open);
  int status = answer.status;
  if (!response || status < 200 || status > 599) {  // a header with a line break in it, a status that is none
    if (open) return MHD_NO;
    HttpResponse plain{.status = 500};
    response = make_response(plain, nullptr);
    status = 500;
    if (!response) return MHD_NO;
  }
  {
    const std::lock_guard lock(link.mu);
    link.phase = Phase::receiving;
    link.since = Clock::now();
    link.answer_bytes = size;
    link.open_ended = open != nullptr;
  }
  return MHD_queue_response(connection, static_cast<unsigned>(status), response.get());
}

// --- requests ------------------------------------------------------------------

/// A request inside the library, from its headers to its end. Only the library's thread touches it.
struct Ongoing {
  std::shared_ptr<Exchange::State> exchange;
  std::shared_ptr<Link> link;
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
    if (same_name(name, "Host")) ++hosts;
    if (same_name(name, "Transfer-Encoding")) {
      ++encodings;
      d.chunked = same_name(value, "chunked");
      if (!d.chunked) d.bad = true;
    }
    if (same_name(name, "Content-Length")) {
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

  std::mutex mu;  ///< links, quit. Before Link::mu.
  std::condition_variable changed;
  std::unordered_set<std::shared_ptr<Link>> links;
  bool quit = false;
  std::thread reaper;

  Impl(ServerOptions o, Handler& h) : options(std::move(o)), handler(h) {}

  std::vector<std::shared_ptr<Link>> all_links() {
    const std::lock_guard lock(mu);
    return {links.begin(), links.end()};
  }

  void opened(MHD_Connection* connection, void** context) {
    auto link = std::make_shared<Link>();
    link->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    int family = 0;
    socklen_t size = sizeof family;
    ::getsockopt(link->fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    link->tcp = family == AF_INET || family == AF_INET6;
    link->since = Clock::now();
    *context = new std::shared_ptr<Link>(link);
    const std::lock_guard lock(mu);
    links.insert(std::move(link));
    if (links.size() == 1) changed.notify_all();
  }

  void closing(void** context) {
    auto* holder = static_cast<std::shared_ptr<Link>*>(*context);
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

  MHD_Result refuse(MHD_Connection* connection, Link& link, int status) {
    HttpResponse answer{.status = status, .close = true};
    return queue(connection, link, answer, nullptr);
  }

  MHD_Result begin(MHD_Connection* connection, const char* method, void** context) {
    const std::shared_ptr<Link> link = link_of(connection);
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
      return refusable ? queue(connection, *link, answer, nullptr) : MHD_NO;
    }
    {
      const std::lock_guard lock(link->mu);
      link->exchange = state;
      link->phase = Phase::sending;
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
      o.link->enter(Phase::waiting);
      o.exchange->suspended = true;
      MHD_suspend_connection(connection);
      return MHD_YES;
    }
    const bool open = o.exchange->stream->connection != nullptr;
    if (open && stopping) o.exchange->stream->finish();
    return queue(connection, *o.link, o.exchange->answer, open ? o.exchange->stream : nullptr);
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
    const std::shared_ptr<Link> link = link_of(connection);
    {
      const std::lock_guard lock(link->mu);
      link->phase = Phase::resting;
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
        if (link->phase == Phase::waiting || (link->phase == Phase::receiving && link->open_ended)) {
          pollfd p{link->fd, POLLRDHUP, 0};
          if (::poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) left = link->exchange;
        }
      }
      if (left) abandon(*left);
    }
  }

  bool too_slow(Link& link, Clock::time_point now) const {
    const auto taken = [&] { return now - link.since; };
    const auto due = [&](std::uint64_t bytes) {
      return options.min_rate_grace +
             std::chrono::milliseconds(bytes * 1000 / std::max(1U, options.min_bytes_per_second));
    };
    switch (link.phase) {
      case Phase::resting:
        if (!link.tcp) return false;  // the local socket is ours alone
        if (!link.headers_begun && received_bytes(link.fd) != link.counted) {
          link.headers_begun = true;
          link.since = now;
        }
        return link.headers_begun && taken() > options.header_time;
      case Phase::sending:
        return taken() > options.min_rate_grace && taken() > due(link.body_bytes) - options.min_rate_grace;
      case Phase::receiving:
        return !link.open_ended && taken() > due(link.answer_bytes);
      case Phase::waiting:
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
      Phase phase{};
      {
        const std::lock_guard lock(link->mu);
        e = link->exchange;
        phase = link->phase;
      }
      if (!e || phase == Phase::sending) continue;  // a body on its way is aborted, not answered
      e->finish({.status = 503, .close = true});
      e->stream->finish();
    }
  }

  bool any_busy() {
    for (const auto& link : all_links()) {
      const std::lock_guard lock(link->mu);
      if (link->phase == Phase::waiting || link->phase == Phase::receiving) return true;
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
