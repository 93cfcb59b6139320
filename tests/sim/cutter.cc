#include "tests/sim/cutter.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <optional>
#include <thread>

#include "tests/support/slow.h"

namespace yz::sim {
namespace {

std::string said_by(int pipe) {
  std::string out;
  char piece[512];
  for (ssize_t n; (n = ::read(pipe, piece, sizeof piece)) > 0;) out.append(piece, static_cast<std::size_t>(n));
  ::close(pipe);
  return out;
}

Cutter::Found found_in(const std::string& said, int status) {
  Cutter::Found f;
  unsigned long long cuts = 0;
  int at = 0;
  if (std::sscanf(said.c_str(), "%llu\n%n", &cuts, &at) < 1 || at == 0)
    f.wrong = WIFSIGNALED(status) ? "the program stopped itself: signal " + std::to_string(WTERMSIG(status))
                                  : "the child said nothing, status " + std::to_string(status);
  else
    f = {cuts, said.substr(static_cast<std::size_t>(at))};
  return f;
}

/// The child's end: it tells what it found and is gone, without the clean-up of what it shares with its parent.
[[noreturn]] void tell(int pipe, const Cutter::Found& f) {
  const std::string text = std::to_string(f.cuts) + "\n" + f.wrong.substr(0, 4000);
  const bool told = ::write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::_exit(told ? 0 : 1);
}

/// The children of one kind of work.
class Children {
 public:
  using Heard = std::function<void(std::uint64_t k, const Cutter::Found&)>;
  explicit Children(Heard heard) : heard_(std::move(heard)) {}

  /// In the child, where to tell; -1 in the parent. Waits while as many run as there are cores.
  int leave(std::uint64_t k) {
    while (running_.size() >= jobs_) reap();
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) std::abort();
    ::close(ends[pid > 0 ? 1 : 0]);
    if (pid == 0) return ends[1];
    running_[pid] = {k, ends[0]};
    return -1;
  }
  void reap_all() {
    while (!running_.empty()) reap();
  }

 private:
  struct Child {
    std::uint64_t k = 0;
    int pipe = -1;
  };
  void reap() {
    int status = 0;
    const auto at = running_.find(::wait(&status));
    if (at == running_.end()) return;
    const Child c = at->second;
    running_.erase(at);
    heard_(c.k, found_in(said_by(c.pipe), status));
  }
  const std::size_t jobs_ = std::max(1u, std::thread::hardware_concurrency());
  std::map<pid_t, Child> running_;
  Heard heard_;
};

/// Under the sanitizers every 24th operation is cut, from another beginning for each kind; the plain build cuts all.
std::uint64_t step() { return test::slow() ? 24 : 1; }

}  // namespace

std::vector<std::uint64_t> survivals(std::uint64_t k) {
  if (const char* text = std::getenv("YZ_CRASH_SURVIVALS"); text != nullptr) {
    std::vector<std::uint64_t> all(std::strtoull(text, nullptr, 10));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  if (test::slow()) return {0};
  return {0, k % 2 == 0 ? 1 : 2 + k / 2 % 6};
}

bool Cutter::enough() const { return wrong_ > 0 && std::getenv("YZ_CRASH_STOP") != nullptr; }

void Cutter::fault(const std::string& kind, std::uint64_t k, const std::string& what) {
  ++wrong_;
  std::printf("cut %llu of \"%s\": %s\n", static_cast<unsigned long long>(k), kind.c_str(), what.c_str());
  std::fflush(stdout);
}

void Cutter::run(const std::string& kind, test::CrashDisk& disk, const Work& work, const Look& look, bool apart) {
  ++kinds_;
  fresh_ = true;
  const std::uint64_t first = 1 + kinds_ % step();
  bool beyond = false;  // there is no such operation
  const auto heard = [&](std::uint64_t k, const Found& f) {
    cuts_ += f.cuts;
    if (!f.wrong.empty()) fault(kind, k, f.wrong);
    if (k > 0 && f.cuts == 0) beyond = true;
  };
  Children children(heard);
  for (std::uint64_t k = first; apart && !beyond && !enough(); k += step()) {
    const int parent = children.leave(k);
    if (parent < 0) continue;
    std::uint64_t n = 0;
    disk.on_operation([&] { return ++n == k; });
    const auto done = work();
    tell(parent, n < k ? Found{} : look(k, done));
  }
  std::uint64_t operations = 0;
  std::optional<std::uint64_t> before;
  int parent = -1;
  disk.on_operation([&] {
    if (++operations % step() != first % step() || apart || enough()) return false;
    fresh_ = before != disk.durable_changes();
    before = disk.durable_changes();
    parent = children.leave(operations);
    return parent >= 0;
  });
  const auto done = work();
  disk.on_operation({});
  if (parent >= 0) tell(parent, look(operations, done));
  children.reap_all();
  if (enough()) return;
  heard(0, look(0, done));
  if (operations == 0) fault(kind, 0, "nothing was written");
  std::printf("%s: %llu operations\n", kind.c_str(), static_cast<unsigned long long>(operations));
  std::fflush(stdout);
}

}  // namespace yz::sim
