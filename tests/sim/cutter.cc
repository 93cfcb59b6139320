#include "tests/sim/cutter.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <thread>

#include "tests/support/slow.h"

namespace yz::sim {
namespace {

struct Child {
  std::uint64_t k = 0;
  int pipe = -1;
};

std::string said_by(int pipe) {
  std::string out;
  char piece[512];
  for (ssize_t n; (n = ::read(pipe, piece, sizeof piece)) > 0;) out.append(piece, static_cast<std::size_t>(n));
  ::close(pipe);
  return out;
}

Cutter::Found found_in(const std::string& said, int status) {
  Cutter::Found f;
  unsigned long long cuts = 0, operations = 0;
  int at = 0;
  if (std::sscanf(said.c_str(), "%llu %llu\n%n", &cuts, &operations, &at) < 2 || at == 0)
    f.wrong = WIFSIGNALED(status) ? "the program stopped itself: signal " + std::to_string(WTERMSIG(status))
                                  : "the child said nothing, status " + std::to_string(status);
  else
    f = {cuts, operations, said.substr(static_cast<std::size_t>(at))};
  return f;
}

/// Starts a child that tells what it found and is gone, without the clean-up of what it shares with us.
Child start(std::uint64_t k, const std::function<Cutter::Found(std::uint64_t)>& cut) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) std::abort();
  if (pid > 0) {
    ::close(ends[1]);
    return {static_cast<std::uint64_t>(pid), ends[0]};
  }
  ::close(ends[0]);
  const Cutter::Found f = cut(k);
  const std::string text = std::to_string(f.cuts) + " " + std::to_string(f.operations) + "\n" + f.wrong.substr(0, 4000);
  const bool told = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::_exit(told ? 0 : 1);
}

/// Under the sanitizers every 24th operation is cut, from another beginning for each kind; the plain build cuts all.
std::uint64_t step() { return test::slow() ? 24 : 1; }

}  // namespace

std::vector<std::uint64_t> survivals(std::uint64_t k) {
  if (const char* text = std::getenv("YZ_CRASH_SURVIVALS"); text != nullptr && k > 0) {
    std::vector<std::uint64_t> all(std::strtoull(text, nullptr, 10));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  if (k == 0 || test::slow()) return {0};
  return {0, k % 2 == 0 ? 1 : 2 + k / 2 % 6};
}

bool Cutter::enough() const { return wrong_ > 0 && std::getenv("YZ_CRASH_STOP") != nullptr; }

void Cutter::run(const std::string& kind, const std::function<Found(std::uint64_t k)>& cut) {
  ++kinds_;
  const std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::map<pid_t, Child> running;
  std::uint64_t operations = 0;
  const auto fault = [&](std::uint64_t k, const std::string& what) {
    ++wrong_;
    std::printf("cut %llu of \"%s\": %s\n", static_cast<unsigned long long>(k), kind.c_str(), what.c_str());
    std::fflush(stdout);
  };
  const auto reap = [&] {
    int status = 0;
    const pid_t pid = ::wait(&status);
    const auto at = running.find(pid);
    if (at == running.end()) return;
    const std::uint64_t k = at->second.k;
    const Found f = found_in(said_by(at->second.pipe), status);
    running.erase(at);
    cuts_ += f.cuts;
    operations = std::max(operations, f.operations);
    if (!f.wrong.empty()) fault(k, f.wrong);
  };
  for (std::uint64_t k = 0; (k == 0 || k <= operations) && !enough(); k += k == 0 ? 1 + kinds_ % step() : step()) {
    while (running.size() >= jobs) reap();
    const Child c = start(k, cut);
    running[static_cast<pid_t>(c.k)] = {k, c.pipe};
    if (k == 0) reap();
  }
  while (!running.empty()) reap();
  if (operations == 0 && !enough()) fault(0, "nothing was written");
  std::printf("%s: %llu operations\n", kind.c_str(), static_cast<unsigned long long>(operations));
  std::fflush(stdout);
}

}  // namespace yz::sim
