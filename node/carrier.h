#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "node/clock.h"
#include "node/lane_limit.h"
#include "node/net/api_host.h"
#include "node/net/curl.h"
#include "node/net/join.h"
#include "node/store/inbox.h"
#include "node/store/link.h"
#include "node/store/opener.h"
#include "node/store/outbox.h"
#include "node/store/watch.h"
#include "sync/courier.h"

namespace yz::node {

/// Which superior a Carrier drives the link to.
struct LineGoal {
  OfficeId office;
  std::optional<NodeId> peer = {};  ///< none: we have not joined there yet
  bool direct = false;              ///< an office above our superior, for what cannot wait
  bool operator==(const LineGoal&) const = default;
};
/// On the store's thread: every link upward, and every superior that has not answered our wish to join yet.
Result<std::vector<LineGoal>> line_goals(Store&);

/// On the store's thread: records and chunks of ours without a stored receipt.
Result<std::uint64_t> waiting_above(Store&);
/// Records that a neighbour has in custody: out of our hands, and not delivered.
Result<std::uint64_t> carried_on(Store&);

/// Drives the link to one superior: joins when we have not joined yet, then lets the Courier decide and carries
/// its requests over HTTP. step() belongs to one thread (the line thread of a running node, or the caller's);
/// what touches the store goes through `on_store`, which runs a function on the store's thread and waits.
class Carrier {
 public:
  struct Parts {
    Store& store;
    Directory& directory;
    StoreInbox& inbox;
    Opener& opener;
    std::function<void(const std::function<void()>&)> on_store;
    std::function<Result<crypto::SigningKey>()> authority;  ///< our office's authority key, to join
    std::string congestion_control;
    sync::Millis poll_ms = 25'000;
    Patience patience = {};
    std::function<void()> new_life = {};  ///< the store began a new incarnation by itself; on the store's thread
    std::function<void()> settle = {};    ///< something was heard: our own office's certificate, perhaps; there too
  };

  /// One person's wish to exchange now, until nothing is left or the limits of interface.md 7 pass.
  struct Session {
    std::mutex mutex;
    SyncReport report;  ///< under the mutex
    std::atomic<bool> done = false;
    std::function<void()> on_done;  ///< called on the line thread
    sync::Millis started = 0;
    bool asked = false;
    bool idle = false;                     ///< done without a try: a direct line that had nothing to carry
    std::array<std::uint64_t, 3> moved{};  ///< what was moved, waits and is carried, to see whether anything changes
    sync::Millis moved_at = 0;
  };

  Carrier(Parts, LineGoal);
  ~Carrier();

  /// Any thread.
  std::shared_ptr<Session> begin(std::function<void()> on_done);
  void wake(sync::Lane);
  /// One round: asks the courier, carries, hands back. Waits at most `most_ms` for something to happen.
  void step(int most_ms);

  /// On the store's thread, as is what follows: where this line leads now.
  const LineGoal& goal() const { return goal_; }
  /// The link that it drove is no more: nothing will come of it.
  bool gone() const { return gone_; }
  /// The link's row changed: another address, or no link any more.
  void look_again() { stale_ = true; }

 private:
  Result<> prepare();
  Result<> find_link();
  Result<> find_invitation();
  Result<> start_link();
  Result<bool> has_work();
  void collect();
  void join();
  void hand_back(const std::vector<LineEvent>&);
  Result<> answer(const Answer&);
  void note_refusal(const Failed&);
  void note_failure();
  bool flash_waits();
  Result<> open_received();
  bool joined(const Bytes& answer);
  void check_sessions();
  /// How a session ends that has nothing more to wait for; nothing while it goes on.
  struct Ending {
    bool reached = false, in_sync = false;
    std::string reason;
  };
  std::optional<Ending> ending(const Session&, bool in_sync, sync::Millis now) const;
  void finish(Session&, const Ending&);
  void rest(int most_ms);
  std::string url(std::string_view path) const;
  int wait_ms(int most_ms) const;
  sync::Millis poll_after() const;

  Parts p_;
  LineGoal goal_;
  bool gone_ = false, idle_ = false, stale_ = false;
  EvenClock clock_;
  std::unique_ptr<HttpLine> line_;
  std::optional<LinkRow> link_;
  std::optional<StoreLink> store_link_;
  std::optional<StoreOutbox> outbox_;
  std::optional<LaneLimit> limited_;  // what a direct line sees of it
  std::unique_ptr<sync::Inbox> stamped_;
  std::unique_ptr<sync::Courier> courier_;
  sync::Epoch epoch_;        // of the store, as the courier knows it
  bool reset_line_ = false;  // what is in flight belongs to the courier before
  std::optional<Invitation> invitation_;
  bool registers_ = false;  // a further superior, who only registers us
  Bytes join_request_;
  RequestId join_id_ = 0;
  sync::Millis join_next_ = 0;
  std::vector<LineRequest> outgoing_;
  std::size_t url_ = 0;
  int dial_failures_ = 0;
  sync::Millis first_failure_ = 0, last_answer_ = 0, last_poll_ = 0, last_head_ = 0;
  sync::Millis last_heard_ = 0;  // the last answer that was to our question: a hello is to nobody's
  sync::Millis last_try_ = 0;    // when a request last left
  std::string last_error_, refusal_;
  bool broken_ = false;

  std::mutex mutex_;
  std::condition_variable woken_up_;                // for a step without a line to wait on
  std::vector<std::shared_ptr<Session>> sessions_;  // under the mutex
  std::atomic<bool> hurry_ = false, woken_ = false;
  bool unopened_ = false;     // something was stored and its opening has not succeeded yet
  sync::Millis counted_ = 0;  // when the sessions' waiting records were last counted
};

}  // namespace yz::node
