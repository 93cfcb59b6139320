#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "node/net/http_server.h"

namespace yz::node {

/// What changed in the store, as open pages are told it.
struct WebChange {
  bool any = false;                ///< something did
  bool all = false;                ///< more cases than are named
  std::vector<std::string> cases;  ///< ids in base32
};

/// Collects rows of the store that changed, a few by name. The store's thread.
class ChangedCases {
 public:
  static constexpr std::size_t kMost = 64;
  void note(std::string_view table, std::int64_t row);
  /// True: something changed since the last call. `rows`: the cases' rows; `all` when there were more than kMost.
  bool take(std::set<std::int64_t>& rows, bool& all);

 private:
  std::set<std::int64_t> rows_;
  bool any_ = false, all_ = false;
};

/// Open pages that want to hear of changes (server-sent events). A few at a time, each with a bounded queue; a page
/// that is too many is told so and asks by itself now and then. Any thread.
class WebEvents {
 public:
  static constexpr std::size_t kOfSession = 4;
  static constexpr std::size_t kInAll = 32;

  void open(Exchange&, const Hash& session, HttpHeaders headers);
  void tell(const WebChange&);
  /// Ends the streams of sessions that are not among the living, and keeps the others warm. Call it about once a
  /// second.
  void look_after(const std::vector<Hash>& living);
  std::size_t listening();

 private:
  struct Open {
    std::shared_ptr<EventStream> stream;
    Hash session;
  };
  void send(std::string_view text);
  static void end(Open&, std::string_view event);

  std::mutex mutex_;
  std::vector<Open> open_;  // oldest first
  int beats_ = 0;
};

}  // namespace yz::node
