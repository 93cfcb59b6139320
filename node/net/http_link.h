#pragma once
// What the parts of the HTTP server share: a connection, a request that waits for its answer, an answer that stays
// open.
#include <microhttpd.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "node/net/http_server.h"

namespace yz::node {

/// What a client is doing, for the reaper.
enum class HttpPhase : std::uint8_t {
  resting,    ///< Between requests, or its headers are on their way.
  sending,    ///< Its body is on its way.
  waiting,    ///< Suspended until somebody answers.
  receiving,  ///< The answer is on its way.
};

/// One connection. Shared by the library's thread, the reaper and whoever answers.
struct HttpLink {
  std::mutex mu;
  int fd = -1;  ///< -1 once the library is about to close it.
  bool tcp = false;
  HttpPhase phase = HttpPhase::resting;
  std::chrono::steady_clock::time_point since{};
  bool headers_begun = false;
  std::uint64_t counted = 0;       ///< resting: bytes received by the kernel when the last request ended.
  std::uint64_t body_bytes = 0;    ///< sending: so far.
  std::uint64_t answer_bytes = 0;  ///< receiving: size of the answer.
  bool open_ended = false;         ///< receiving: a stream, no size.
  std::shared_ptr<Exchange::State> exchange;
  std::string uri;  ///< Only for the library's thread of this connection.

  void enter(HttpPhase next) {
    const std::lock_guard lock(mu);
    phase = next;
    since = std::chrono::steady_clock::now();
  }
  /// Ends the connection from outside; the library notices at once.
  void cut() {
    const std::lock_guard lock(mu);
    if (fd >= 0) ::shutdown(fd, SHUT_RDWR);
  }
};

/// Lock order: Exchange::State::mu, EventStream::State::mu, then the library's own locks; HttpLink::mu is always
/// innermost.
struct Exchange::State {
  std::mutex mu;
  MHD_Connection* connection = nullptr;  ///< Null once the library is done with the request.
  std::shared_ptr<HttpLink> link;
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
  std::shared_ptr<HttpLink> link;
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

/// Hands the answer to the library, or a 500 when it cannot be one; `open`: a stream, whose pieces follow.
MHD_Result queue_answer(MHD_Connection*, HttpLink&, HttpResponse&, const std::shared_ptr<EventStream::State>& open);

}  // namespace yz::node
