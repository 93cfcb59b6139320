#include "node/worker.h"

#include <time.h>

#include <future>
#include <memory>
#include <utility>

namespace yz::node {

Worker::Worker() : thread_([this] { loop(); }) {}
Worker::~Worker() { stop(); }

void Worker::post(Turn turn, Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queues_[static_cast<unsigned>(turn)].push_back(std::move(job));
  }
  more_.notify_all();
}

bool Worker::run(Turn turn, const Job& job) {
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> wait = done->get_future();
  // The job alone holds the promise: when the worker stops and drops it, the wait ends with an error.
  post(turn, [done = std::move(done), &job] {
    job();
    done->set_value();
  });
  try {
    wait.get();
    return true;
  } catch (const std::future_error&) {
    return false;
  }
}

/// What was used since the last call belongs to the turn that ran until now: jobs run inside jobs (pump_until).
void Worker::charge() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  const auto now = std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  cpu_[static_cast<unsigned>(turn_)] += now - charged_;
  charged_ = now;
}

std::chrono::nanoseconds Worker::cpu(Turn turn) {
  charge();
  return cpu_[static_cast<unsigned>(turn)];
}

bool Worker::run_next(std::unique_lock<std::mutex>& lock) {
  for (unsigned turn = 0; turn < queues_.size(); ++turn) {
    auto& q = queues_[turn];
    if (q.empty()) continue;
    Job job = std::move(q.front());
    q.pop_front();
    lock.unlock();
    charge();
    const Turn outer = std::exchange(turn_, static_cast<Turn>(turn));
    job();
    job = nullptr;  // what it held dies outside the lock
    charge();
    turn_ = outer;
    lock.lock();
    return true;
  }
  return false;
}

void Worker::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!run_next(lock)) more_.wait(lock);
  }
}

void Worker::pump_until(const std::function<bool()>& done) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool enough = done();
    lock.lock();
    if (enough) return;
    if (!run_next(lock)) more_.wait_for(lock, std::chrono::milliseconds(100));
  }
}

bool Worker::give_way() {
  constexpr int kAtOnce = 16;  // whoever lets others go first must get on too
  std::unique_lock lock(mutex_);
  for (int i = 0; i < kAtOnce && !stopping_ && run_next(lock); ++i) continue;
  return !stopping_;
}

void Worker::stop() {
  std::array<std::deque<Job>, 4> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(queues_);
  }
  more_.notify_all();
  if (thread_.joinable() && !on_worker()) thread_.join();
}

}  // namespace yz::node
