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

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request whose headers are in. The path and the query are as they came: no
/// percent sign is decoded, nothing is normalised.
struct HttpRequest {
  std::string method;
  std::string path;   ///< Without the query.
  std::string query;  ///< Behind the "?", may be empty.
  std::string peer;   ///< "192.0.2.1", "2001:db8::1", or "unix".
  HttpHeaders headers;

  /// The first header of that name in any case, or an empty view.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  /// A query argument, percent-decoded, "+" as a space. Fault::missing when it is
  /// absent; Fault::invalid when it is there twice, cut short ("%4"), or holds a NUL.
  /// Does not check that the bytes are UTF-8.
  Result<std::string> argument(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = {};  ///< Empty: no Content-Type header.
  Bytes body = {};
  HttpHeaders headers = {};
  /// Bytes that outlive the server, for compiled-in files; used when `body` is empty.
  ByteView fixed_body = {};
  bool close = false;  ///< Close the connection behind this answer.
};

/// The sending end of an answer that is produced over time (server-sent events).
/// Any thread. Going out of scope ends the answer.
class EventStream {
 public:
  struct State;
  explicit EventStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~EventStream() { end(); }
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// Queues bytes; never waits. False when the client has gone or was dropped
  /// because more than ServerOptions::stream_queue_bytes waited for it.
  bool send(std::string_view text);
  void end();
  bool closed() const;
  /// Calls it once, on an HTTP thread, when all that was sent has been taken: for answers longer than memory should
  /// hold. It must not block. Never called when the client leaves before: then it is only destroyed.
  void when_taken(std::function<void()> next);

 private:
  std::shared_ptr<State> state_;
};

/// One request and its one answer. The answer may be given later, by any thread;
/// meanwhile the connection costs no thread. The first of respond() and stream()
/// counts, later calls do nothing. When the last reference goes unanswered, the
/// client gets 500. Answering a client that has gone does nothing.
class Exchange {
 public:
  struct State;
  Exchange(HttpRequest request, std::shared_ptr<State> state)
      : request_(std::move(request)), state_(std::move(state)) {}
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const HttpRequest& request() const { return request_; }
  void respond(HttpResponse response);
  /// Answers 200 and leaves the body open. Never null; already closed if the exchange was answered.
  std::shared_ptr<EventStream> stream(std::string content_type, HttpHeaders headers = {});
  /// The client is known to have left (looked at about once a second while it waits).
  bool gone() const;

 private:
  const HttpRequest request_;
  std::shared_ptr<State> state_;
};

/// Takes a body piece by piece on an HTTP thread; must never block. Gets exactly one
/// on_end() or on_abort(), except that after the exchange is answered it is destroyed
/// without another call and the rest of the body is read and thrown away.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void on_data(ByteView piece) = 0;
  virtual void on_end() = 0;    ///< The body is complete.
  virtual void on_abort() = 0;  ///< Cut: nothing more comes, nobody hears an answer.
};

/// What a handler wants done with the body.
struct NoBody {};  ///< A body up to 64 KiB is thrown away, a longer one gets 413.
struct Buffered {
  std::size_t max_bytes;               ///< More gets 413, before any allocation.
  std::function<void(Bytes)> on_body;  ///< On an HTTP thread; must not block. Not called when cut.
};
struct Streamed {
  std::size_t max_bytes;  ///< More declared gets 413; more sent in chunks is on_abort().
  std::unique_ptr<BodySink> sink;
};
using Intake = std::variant<NoBody, Buffered, Streamed>;

class Handler {
 public:
  virtual ~Handler() = default;
  /// Called on an HTTP thread when the headers are in; must not block. Keep the
  /// exchange in whatever will answer it (the body function, the sink, a queue).
  virtual Intake handle(std::shared_ptr<Exchange> exchange) = 0;
};

/// "127.0.0.1:8443" or "[::1]:8443"; literals only. Port 0: the system picks one.
struct ListenTcp {
  std::string address;
};
/// A socket file of mode 0600; a stale one is replaced, a live one is Fault::busy. The
/// path may be longer than the 107 bytes of sockaddr_un; its last part may have 80.
struct ListenUnix {
  std::string path;
};
/// A bound and listening socket; the server owns it from now on.
struct ListenFd {
  int fd;
};
using ListenOn = std::variant<ListenTcp, ListenUnix, ListenFd>;

struct ServerOptions {
  ListenOn listen;
  std::string tls_cert_pem = {};  ///< Both or neither: the texts, not file names.
  std::string tls_key_pem = {};
  bool bare = false;  ///< No Date header: on the sync port every byte counts.
  unsigned threads = 2;
  unsigned max_connections = 4096;
  unsigned max_connections_per_ip = 2000;         ///< A county may sit behind one address.
  std::size_t header_bytes = 16 * 1024;           ///< Request line and headers of one request.
  std::chrono::seconds idle{30};                  ///< Nothing moves for so long: closed.
  std::chrono::milliseconds header_time{15'000};  ///< From a request's first byte to its last header.
  /// Bodies and answers slower than this, averaged and looked at after the grace, are cut.
  unsigned min_bytes_per_second = 100;
  std::chrono::milliseconds min_rate_grace{20'000};
  std::size_t stream_queue_bytes = 256 * 1024;
};

/// Serves HTTP/1.1 until stop(). The handler must live until stop() has returned;
/// exchanges may live longer.
class HttpServer {
 public:
  /// Fault::invalid for an address or certificate that does not work, Fault::busy when the place is taken.
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, Handler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The bound TCP port; 0 for a unix socket.
  std::uint16_t port() const;
  /// Waiting exchanges get 503, streams end, bodies on their way are aborted. May be
  /// called twice, but not from the handler. Takes at most about a second.
  void stop();

  struct Impl;

 private:
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Names of headers and codings are ASCII, and their case does not matter (RFC 9110, 5.1).
bool same_header_name(std::string_view, std::string_view);
/// Decodes percent signs and "+". Fault::invalid for a broken escape or a NUL.
Result<std::string> percent_decode(std::string_view text);

}  // namespace yz::node
