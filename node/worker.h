#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace yz::node {

/// The one thread that touches the store. Jobs run whole, one after another; an urgent one overtakes those that
/// wait, never one that runs.
class Worker {
 public:
  enum class Turn : unsigned { sync = 0, opening = 1, person = 2, idle = 3 };
  using Job = std::function<void()>;

  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Any thread. Dropped, unrun, once stop() was called.
  void post(Turn, Job);
  /// Any other thread: runs the job on the worker and waits for it. False when the worker has stopped.
  bool run(Turn, const Job&);
  /// On the worker's own thread, inside a job: runs other jobs until `done` says so. For calls that wait for the line.
  void pump_until(const std::function<bool()>& done);
  /// On the worker's own thread, inside a long job: a few of the jobs that wait go first. False when the worker is to
  /// stop.
  bool give_way();
  /// Wakes a pump to look at its condition.
  void nudge() {
    post(Turn::sync, [] {});
  }
  bool on_worker() const { return std::this_thread::get_id() == thread_.get_id(); }
  /// CPU that the jobs of one turn have used, the running one included. On the worker's own thread.
  std::chrono::nanoseconds cpu(Turn);
  /// Finishes the running job, drops the rest, joins.
  void stop();

 private:
  void loop();
  bool run_next(std::unique_lock<std::mutex>&);
  void charge();
  std::mutex mutex_;
  std::condition_variable more_;
  std::array<std::deque<Job>, 4> queues_;
  bool stopping_ = false;
  // The worker's own, without the lock.
  std::array<std::chrono::nanoseconds, 4> cpu_{};
  std::chrono::nanoseconds charged_{};
  Turn turn_ = Turn::idle;
  std::thread thread_;  // last: it uses everything above
};

}  // namespace yz::node
