#pragma once
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "node/carrier.h"

namespace yz::node {

/// All lines upward: one Carrier for each link to a superior, made and dropped as links come and go. `serve` gives each
/// a thread of its own, so that a dead superior never holds another up; without threads step() takes turns.
class Lines {
 public:
  /// One person's wish to exchange now, with every superior or with one of them.
  class Session {
   public:
    bool done() const;
    /// Added up over the lines. `waiting` is the newest count of any.
    SyncReport report() const;

   private:
    friend class Lines;
    struct Part {
      OfficeId office;
      bool direct = false;
      bool sibling = false;  ///< another machine of our office: no superior
      std::shared_ptr<Carrier> carrier;
      std::shared_ptr<Carrier::Session> session;
    };
    std::vector<Part> parts_;
  };

  explicit Lines(Carrier::Parts);
  /// Threads have been stopped.
  ~Lines();
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  /// On the store's thread: brings the lines in line with the links that there are now. Cheap when nothing changed.
  /// `moved`: an address was changed.
  void look(bool moved = false);
  /// On the store's thread, looks first. `only`: with this superior alone.
  std::shared_ptr<Session> begin(std::function<void()> on_done, const std::optional<OfficeId>& only = {});
  /// Any thread.
  void wake(sync::Lane);
  /// Without threads: one round of each line that the session waits for.
  void step(const Session&, int most_ms);

  void start_threads();
  /// Not on the store's thread, which the lines may be waiting for.
  void stop_threads();

 private:
  struct Line;
  void start(const std::shared_ptr<Line>&);
  void reap();

  Carrier::Parts p_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Line>> lines_;    // under the mutex
  std::vector<std::shared_ptr<Line>> leaving_;  // under the mutex: told to end
  bool threads_ = false;                        // under the mutex
};

}  // namespace yz::node
