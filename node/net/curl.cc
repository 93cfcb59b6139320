#include "node/net/curl.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "node/net/curl_request.h"

namespace yz::node {
namespace {

using Clock = std::chrono::steady_clock;

/// Unsent bytes stay with us and not in the kernel: a flash report passes what is
/// queued here, and a reset loses little.
constexpr int kNotSentLowat = 4096;

/// One request inside libcurl.
struct Job {
  RequestId id = 0;
  CurlHeaders headers;
  Bytes body;
  CurlEasy easy;  // goes before what it points at
  Bytes answer;
  const LineOptions* options = nullptr;
  std::size_t header_bytes = 0;
  std::uint64_t sent_bytes = 0;
  bool too_big = false;
};

/// A channel has a libcurl of its own, so that its warm connections are its own.
struct Lane {
  HttpLine::Impl* line = nullptr;
  std::uint32_t index = 0;
  CurlMulti multi;
  // Descriptor -> who_is() of what it was. libcurl (7.88 at least) closes a socket that never connected without a
  // word: its number may be another's by the time we look, so a number alone is never trusted.
  std::map<int, std::uint64_t> sockets;
  std::map<int, std::uint64_t> watched;  ///< In the epoll set; also the name resolver's.
  std::map<RequestId, std::unique_ptr<Job>> jobs;
  std::optional<Clock::time_point> due;  ///< When libcurl wants to be called.
};

constexpr std::uint64_t kWakeup = ~0ULL;

std::size_t line_header(char*, std::size_t, std::size_t n, void* to) {
  Job& job = *static_cast<Job*>(to);
  job.header_bytes += n;
  if (job.header_bytes <= job.options->max_header_bytes) return n;
  job.too_big = true;
  return 0;
}

/// Counts what leaves. CURLINFO_REQUEST_SIZE holds a body that went out with the headers, or part of it, or none.
int line_sent(CURL*, curl_infotype type, char*, std::size_t n, void* to) {
  if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) static_cast<Job*>(to)->sent_bytes += n;
  return 0;
}

std::size_t line_body(char* data, std::size_t, std::size_t n, void* to) {
  Job& job = *static_cast<Job*>(to);
  if (job.answer.size() + n > job.options->max_answer_bytes) {
    job.too_big = true;
    return 0;
  }
  job.answer.insert(job.answer.end(), data, data + n);
  return n;
}

LineFault sort_code(CURLcode code, const Job& job) {
  if (job.too_big) return LineFault::too_big;
  switch (code) {
    case CURLE_OUT_OF_MEMORY:  // also what it says of a header line above 100 KB
    case CURLE_FILESIZE_EXCEEDED:
      return LineFault::too_big;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return LineFault::dial;  // the only time-out set is the dialling one
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return LineFault::tls;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // the answer's: start() has looked at the URL's
    case CURLE_BAD_CONTENT_ENCODING:
      return LineFault::garbage;
    case CURLE_URL_MALFORMAT:
      return LineFault::invalid;
    default:
      return LineFault::cut;
  }
}

std::uint64_t counted(CURL* easy, CURLINFO what) {
  curl_off_t n = 0;
  curl_easy_getinfo(easy, what, &n);
  return n > 0 ? static_cast<std::uint64_t>(n) : 0;
}

std::uint64_t counted_long(CURL* easy, CURLINFO what) {
  long n = 0;
  curl_easy_getinfo(easy, what, &n);
  return n > 0 ? static_cast<std::uint64_t>(n) : 0;
}

/// The kernel's number of a socket, never used twice (SO_COOKIE, socket(7)); 0 for what is no open socket.
std::uint64_t who_is(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return ::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

void forget_closed(std::map<int, std::uint64_t>& sockets) {
  std::erase_if(sockets, [](const auto& s) { return who_is(s.first) != s.second; });
}

std::optional<tcp_info> tcp_state(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return info;
}

std::uint32_t queued_bytes(int fd) {
  int n = 0;
  return ::ioctl(fd, SIOCOUTQ, &n) == 0 && n > 0 ? static_cast<std::uint32_t>(n) : 0;
}

}  // namespace

struct HttpLine::Impl {
  LineOptions options;
  int epoll = -1;
  int woken = -1;
  CurlShare share;  ///< Names and TLS sessions, which outlive a reset. Before the lanes: goes after them.
  std::array<Lane, kChannels> lanes;
  std::vector<LineEvent> events;

  ~Impl() {
    for (Lane& lane : lanes) close_lane(lane);
    if (epoll >= 0) ::close(epoll);
    if (woken >= 0) ::close(woken);
  }

  static curl_socket_t open_socket(void* cls, curlsocktype, curl_sockaddr* address) {
    Lane& lane = *static_cast<Lane*>(cls);
    const int fd = new_socket(lane, *address);
    if (fd < 0) return CURL_SOCKET_BAD;
    const int lowat = kNotSentLowat;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat);
    const std::string& control = lane.line->options.congestion_control;
    // A kernel without it keeps its default; slower, but it works.
    if (!control.empty())
      ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, control.data(), static_cast<socklen_t>(control.size()));
    lane.sockets[fd] = who_is(fd);
    return fd;
  }

  /// Never with a number that libcurl believes to be watched still: it would not have the new socket watched.
  static int new_socket(const Lane& lane, const curl_sockaddr& address) {
    int fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
    while (fd >= 0 && lane.watched.contains(fd)) {
      const int other = ::fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
      ::close(fd);
      fd = other;
    }
    return fd;
  }

  static void unwatch(Lane& lane, int fd) {
    const auto it = lane.watched.find(fd);
    if (it == lane.watched.end()) return;
    if (who_is(fd) == it->second) ::epoll_ctl(lane.line->epoll, EPOLL_CTL_DEL, fd, nullptr);
    lane.watched.erase(it);
  }

  static int close_socket(void* cls, curl_socket_t fd) {
    Lane& lane = *static_cast<Lane*>(cls);
    lane.sockets.erase(fd);
    unwatch(lane, fd);  // libcurl says so only after it is closed
    return ::close(fd);
  }

  static int watch(CURL*, curl_socket_t fd, int what, void* cls, void*) {
    Lane& lane = *static_cast<Lane*>(cls);
    if (what == CURL_POLL_REMOVE) {
      unwatch(lane, fd);
      return 0;
    }
    epoll_event e{};
    if ((what & CURL_POLL_IN) != 0) e.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) e.events |= EPOLLOUT;
    e.data.u64 = (static_cast<std::uint64_t>(lane.index) << 32) | static_cast<std::uint32_t>(fd);
    const std::uint64_t who = who_is(fd);
    const bool known = std::exchange(lane.watched[fd], who) == who;
    ::epoll_ctl(lane.line->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
    return 0;
  }

  static int set_timer(CURLM*, long ms, void* cls) {
    Lane& lane = *static_cast<Lane*>(cls);
    if (ms < 0)
      lane.due.reset();
    else
      lane.due = Clock::now() + std::chrono::milliseconds(ms);
    return 0;
  }

  bool open_lane(Lane& lane) {
    lane.multi.reset(curl_multi_init());
    if (!lane.multi) return false;
    CURLM* m = lane.multi.get();
    curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(m, CURLMOPT_SOCKETDATA, &lane);
    curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(m, CURLMOPT_TIMERDATA, &lane);
    curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections_per_channel);
    curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, options.connections_per_channel);
    curl_multi_setopt(m, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return true;
  }

  static void close_lane(Lane& lane) {
    if (!lane.multi) return;
    for (auto& [id, job] : lane.jobs) curl_multi_remove_handle(lane.multi.get(), job->easy.get());
    lane.jobs.clear();
    lane.multi.reset();  // closes the idle connections too
    lane.sockets.clear();
    lane.watched.clear();
    lane.due.reset();
  }

  Result<> open() {
    if (!libcurl_ready()) return fail(Fault::full, "libcurl does not start");
    epoll = ::epoll_create1(EPOLL_CLOEXEC);
    woken = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    share.reset(curl_share_init());
    if (epoll < 0 || woken < 0 || !share) return fail(Fault::full, "no descriptor for the line");
    // One thread uses both lanes: no locks needed.
    curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.u64 = kWakeup;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, woken, &e);
    for (std::uint32_t i = 0; i < kChannels; ++i) {
      lanes[i].line = this;
      lanes[i].index = i;
      if (!open_lane(lanes[i])) return fail(Fault::full, "no memory for the line");
    }
    return {};
  }

  void refuse(RequestId id, std::string what) {
    events.emplace_back(std::in_place_type<Failed>,
                        Failed{.id = id, .reason = LineFault::invalid, .what = std::move(what)});
  }

  void start(LineRequest request) {
    Lane& lane = lanes[static_cast<std::size_t>(request.channel)];
    if (lane.jobs.contains(request.id)) return refuse(request.id, "this request is already on its way");
    if (!request.url.starts_with("http://") && !request.url.starts_with("https://"))
      return refuse(request.id, "not an http or https address");
    auto job = std::make_unique<Job>();
    job->id = request.id;
    job->options = &options;
    job->body = std::move(request.body);
    job->easy.reset(curl_easy_init());
    CURL* easy = job->easy.get();
    if (easy == nullptr || !lane.multi) return refuse(request.id, "no memory for a request");
    set_up_request(easy);
    if (!set_request_headers(easy, job->headers, request.headers))
      return refuse(request.id, "a header that cannot be sent");
    curl_easy_setopt(easy, CURLOPT_PRIVATE, job.get());
    curl_easy_setopt(easy, CURLOPT_SHARE, share.get());
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 3600L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a reset must not wait for the name service
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    if (request.post) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(job->body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                       job->body.empty() ? "" : reinterpret_cast<const char*>(job->body.data()));
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max(1U, request.connect_timeout_ms)));
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(options.keep_warm.count()));
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.max_answer_bytes));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &lane);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &lane);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, line_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, job.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, line_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, job.get());
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, line_sent);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, job.get());
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    if (!options.pinned_key.empty()) {
      // The key named in the invitation is the proof; a chain, a name and dates would add nothing.
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
      curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, options.pinned_key.c_str());
    }
    const RequestId id = job->id;
    lane.jobs.emplace(id, std::move(job));
    if (curl_multi_add_handle(lane.multi.get(), easy) != CURLM_OK) {
      lane.jobs.erase(id);
      refuse(id, "libcurl refuses the request");
    }
  }

  void collect(Lane& lane) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(lane.multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      Job* found = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
      auto job = std::move(lane.jobs.extract(found->id).mapped());
      report(*job, code);
      curl_multi_remove_handle(lane.multi.get(), easy);
    }
  }

  void report(Job& job, CURLcode code) {
    CURL* easy = job.easy.get();
    const int status = status_of_request(easy);
    if (code != CURLE_OK) {
      events.emplace_back(
          std::in_place_type<Failed>,
          Failed{.id = job.id, .reason = sort_code(code, job), .status = status, .what = curl_easy_strerror(code)});
      return;
    }
    if (status / 100 != 2) {
      const std::uint64_t wait = std::min<std::uint64_t>(counted(easy, CURLINFO_RETRY_AFTER), 86'400);
      events.emplace_back(std::in_place_type<Failed>, Failed{.id = job.id,
                                                             .reason = LineFault::status,
                                                             .status = status,
                                                             .retry_after_s = static_cast<std::uint32_t>(wait),
                                                             .body = std::move(job.answer),
                                                             .what = "HTTP status " + std::to_string(status)});
      return;
    }
    LineHints hints;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD) {
      if (const auto info = tcp_state(fd))
        hints = {.rtt_ms = std::max(1U, (info->tcpi_rtt + 500) / 1000), .retransmits = info->tcpi_total_retrans};
      hints.unacked_bytes = queued_bytes(fd);
    }
    events.emplace_back(
        std::in_place_type<Answer>,
        Answer{.id = job.id,
               .status = status,
               .body = std::move(job.answer),
               .connect_was_new = counted_long(easy, CURLINFO_NUM_CONNECTS) > 0,
               .bytes_up = job.sent_bytes,
               .bytes_down = counted_long(easy, CURLINFO_HEADER_SIZE) + counted(easy, CURLINFO_SIZE_DOWNLOAD_T),
               .hints = hints});
  }

  void run_timers() {
    for (Lane& lane : lanes) {
      if (!lane.due || *lane.due > Clock::now()) continue;
      lane.due.reset();
      int running = 0;
      curl_multi_socket_action(lane.multi.get(), CURL_SOCKET_TIMEOUT, 0, &running);
      collect(lane);
    }
  }

  std::vector<LineEvent> poll(int timeout_ms) {
    const auto until = Clock::now() + std::chrono::milliseconds(std::max(0, timeout_ms));
    while (true) {
      run_timers();
      bool was_woken = false;
      auto wait_until = events.empty() ? until : Clock::now();
      for (const Lane& lane : lanes)
        if (lane.due) wait_until = std::min(wait_until, *lane.due);
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(wait_until - Clock::now()).count();
      std::array<epoll_event, 16> ready{};
      const int n =
          ::epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), static_cast<int>(std::max<long>(0, wait)));
      for (int i = 0; i < n; ++i) {
        const epoll_event& e = ready[static_cast<std::size_t>(i)];
        if (e.data.u64 == kWakeup) {
          std::uint64_t drained = 0;
          was_woken = ::read(woken, &drained, sizeof drained) > 0;
          continue;
        }
        Lane& lane = lanes[e.data.u64 >> 32];
        int what = 0;
        if ((e.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
        if ((e.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
        if ((e.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
        int running = 0;
        curl_multi_socket_action(lane.multi.get(), static_cast<curl_socket_t>(e.data.u64 & 0xffffffffU), what,
                                 &running);
        collect(lane);
      }
      if (!events.empty() || was_woken || Clock::now() >= until) return std::exchange(events, {});
    }
  }

  void reset(Lane& lane) {
    const linger hard{.l_onoff = 1, .l_linger = 0};  // close() then sends RST and forgets what is queued
    forget_closed(lane.sockets);
    for (const auto& [fd, who] : lane.sockets) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    for (const auto& [id, job] : lane.jobs)
      events.emplace_back(std::in_place_type<Failed>,
                          Failed{.id = id, .reason = LineFault::reset, .what = "the connection was given up"});
    close_lane(lane);
    open_lane(lane);  // without memory start() refuses
  }

  void cancel(RequestId id) {
    for (Lane& lane : lanes) {
      const auto node = lane.jobs.extract(id);
      // A transfer taken out in the middle takes its connection with it.
      if (node) curl_multi_remove_handle(lane.multi.get(), node.mapped()->easy.get());
    }
  }

  ChannelState state(const Lane& lane) const {
    ChannelState s;
    s.requests = static_cast<std::uint32_t>(lane.jobs.size());
    for (const auto& [fd, who] : lane.sockets) {
      if (who_is(fd) != who) continue;
      const auto info = tcp_state(fd);
      if (!info) continue;
      const std::uint32_t silent = std::min(info->tcpi_last_ack_recv, info->tcpi_last_data_recv);
      const std::uint32_t rtt = (info->tcpi_rtt + 500) / 1000;
      s.silent_ms = s.connections == 0 ? silent : std::min(s.silent_ms, silent);
      if (info->tcpi_rtt != 0) s.rtt_ms = s.rtt_ms == 0 ? std::max(1U, rtt) : std::min(s.rtt_ms, std::max(1U, rtt));
      s.unacked_bytes += queued_bytes(fd);
      s.acked_bytes += info->tcpi_bytes_acked;
      s.received_bytes += info->tcpi_bytes_received;
      ++s.connections;
    }
    for (const auto& [id, job] : lane.jobs) {
      curl_off_t given = 0;
      curl_easy_getinfo(job->easy.get(), CURLINFO_SIZE_UPLOAD_T, &given);
      s.unsent_bytes += job->body.size() - std::min(job->body.size(), static_cast<std::size_t>(given));
    }
    return s;
  }
};

HttpLine::HttpLine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpLine::~HttpLine() = default;

Result<std::unique_ptr<HttpLine>> HttpLine::open(LineOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  TRY(impl->open());
  return std::unique_ptr<HttpLine>(new HttpLine(std::move(impl)));
}

void HttpLine::start(LineRequest request) { impl_->start(std::move(request)); }
std::vector<LineEvent> HttpLine::poll(int timeout_ms) { return impl_->poll(timeout_ms); }
void HttpLine::reset(Channel channel) { impl_->reset(impl_->lanes[static_cast<std::size_t>(channel)]); }
void HttpLine::cancel(RequestId id) { impl_->cancel(id); }
ChannelState HttpLine::state(Channel channel) const {
  return impl_->state(impl_->lanes[static_cast<std::size_t>(channel)]);
}

void HttpLine::wakeup() {
  const std::uint64_t one = 1;
  // Only fails when the counter is full, and then the owner wakes anyway.
  [[maybe_unused]] const ssize_t written = ::write(impl_->woken, &one, sizeof one);
}

}  // namespace yz::node
