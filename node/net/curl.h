#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace yz::node {

// --- the command line asks its own node -----------------------------------------

struct SocketCall {
  std::string socket_path;  ///< May be longer than 107 bytes; its last part up to 80.
  std::string method = "GET";
  std::string target = "/";  ///< Path and query, already encoded.
  std::vector<std::pair<std::string, std::string>> headers = {};
  Bytes body = {};
  std::chrono::milliseconds timeout{30'000};  ///< For the whole call; 0: as long as it takes.
  std::size_t max_answer_bytes = 64 * 1024 * 1024;
};

struct HttpReply {
  int status = 0;
  std::string content_type;
  Bytes body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Asks the program that listens on a unix socket and waits for the answer. Any
/// HTTP status is a reply. Fault::offline when nobody listens or the answer is cut,
/// denied when the file may not be opened, busy when the time is up, full when the answer is too long.
Result<HttpReply> http_over_socket(const SocketCall& call);

/// The same, but hands over each line (without its line end) as it comes when the
/// status is 2xx; the reply's body is then empty. `on_line` returns false to hang up: that is
/// a good end. A line longer than 1 MiB is Fault::full.
Result<HttpReply> http_lines_over_socket(const SocketCall& call, const std::function<bool(std::string_view)>& on_line);

// --- a node asks its superior over a bad line ------------------------------------

using RequestId = std::uint64_t;
enum class Channel : std::uint8_t { main = 0, flash = 1 };
constexpr std::size_t kChannels = 2;

struct LineOptions {
  /// "sha256//<base64>" of the server's public key (several: separated by ";"). With
  /// a pin the certificate chain, its dates and its name are not looked at.
  std::string pinned_key = {};
  std::string congestion_control = {};  ///< "bbr", "cubic"; empty or unknown to the kernel: its default.
  std::size_t max_answer_bytes = 2 * 1024 * 1024;
  std::size_t max_header_bytes = 16 * 1024;
  long connections_per_channel = 5;
  std::chrono::seconds keep_warm{3600};  ///< An idle connection older than this is not used again.
};

struct LineRequest {
  RequestId id;
  Channel channel = Channel::main;
  std::string url;  ///< http or https.
  bool post = true;
  Bytes body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::uint32_t connect_timeout_ms = 10'000;
};

/// What the kernel knew of the request's connection when the answer was complete.
struct LineHints {
  std::uint32_t rtt_ms = 0;         ///< Smoothed; 0 when unknown.
  std::uint32_t unacked_bytes = 0;  ///< Sent or queued, not yet acknowledged.
  std::uint32_t retransmits = 0;    ///< Segments, since the connection began.
};

/// A complete answer with a 2xx status. Says nothing of who gave it.
struct Answer {
  RequestId id;
  int status;
  Bytes body;
  bool connect_was_new;    ///< A connection was dialled for it.
  std::uint64_t bytes_up;  ///< HTTP bytes of this request, headers and body, without TCP and TLS.
  std::uint64_t bytes_down;
  LineHints hints;
};

enum class LineFault : std::uint8_t {
  dial,     ///< No connection: name, route, refusal, time-out.
  tls,      ///< No TLS, or not the pinned key.
  cut,      ///< The connection ended before the answer did.
  garbage,  ///< Not HTTP.
  too_big,  ///< The answer passes a limit.
  status,   ///< A complete answer with another status than 2xx.
  reset,    ///< By our own reset().
  invalid,  ///< The request itself: URL, repeated id.
};

struct Failed {
  RequestId id;
  LineFault reason;
  int status = 0;                   ///< 0 when no status line came.
  std::uint32_t retry_after_s = 0;  ///< What the server asked for, 0 if nothing.
  Bytes body = {};                  ///< For LineFault::status, within the same limit as an answer.
  std::string what = {};            ///< For the log.
};

using LineEvent = std::variant<Answer, Failed>;

/// One channel right now, over all of its open connections.
struct ChannelState {
  std::uint32_t connections = 0;
  std::uint32_t requests = 0;        ///< Started and not yet reported.
  std::uint32_t rtt_ms = 0;          ///< The smallest known smoothed round trip, 0 when unknown.
  std::uint32_t unacked_bytes = 0;   ///< Sent or queued in the kernel, not yet acknowledged by the peer's.
  std::uint64_t unsent_bytes = 0;    ///< Of the requests' bodies, not yet given to the kernel.
  std::uint64_t acked_bytes = 0;     ///< Of the open connections, TCP payload.
  std::uint64_t received_bytes = 0;  ///< Likewise.
  std::uint32_t silent_ms = 0;  ///< Since anything at all, even a bare ACK, came from the peer; 0 without connections.
};

/// Requests over a line that breaks. Owned and stepped by one thread; only wakeup()
/// may be called by others. Has no patience of its own beyond dialling: the owner
/// looks at state() and calls reset().
class HttpLine {
 public:
  static Result<std::unique_ptr<HttpLine>> open(LineOptions options);
  ~HttpLine();
  HttpLine(const HttpLine&) = delete;
  HttpLine& operator=(const HttpLine&) = delete;

  /// Never waits. What is wrong with the request comes back as an event.
  void start(LineRequest request);
  /// Works on the line until something happened, wakeup() was called or the time is up.
  std::vector<LineEvent> poll(int timeout_ms);
  void wakeup();
  /// Closes every connection of the channel with RST and fails its requests; the
  /// failures come from the next poll(). The next request dials anew.
  void reset(Channel channel);
  /// Gives up one request and closes its connection; the others go on. No event comes of it. Unknown ids are ignored.
  void cancel(RequestId id);
  ChannelState state(Channel channel) const;

  struct Impl;

 private:
  explicit HttpLine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yz::node
