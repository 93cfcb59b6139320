// badlink: a bad line between two network namespaces. One TUN device in each; this process is the line: it takes a
// packet out of one, keeps it for as long as the rate and the delay say, and puts it into the other, or loses it.
// Needs root and /dev/net/tun. Options and figures: README.md.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

// All times are nanoseconds of the monotonic clock; kNever is later than any.
using Nanos = std::int64_t;
constexpr Nanos kSecond = 1'000'000'000;
constexpr Nanos kNever = INT64_MAX;

Nanos now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

/// Thrown, so that namespaces made so far are taken away again.
struct Stop {
  int code;
  std::string why;
};
[[noreturn]] void stop(int code, const std::string& why) { throw Stop{code, why}; }
[[noreturn]] void failed(const std::string& what) { stop(1, what + ": " + std::strerror(errno)); }

// ---- a file descriptor that closes itself
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept { return std::swap(fd_, other.fd_), *this; }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// ---- one end: a namespace and the device in it
class End {
 public:
  void open(const std::string& name, const std::string& address, int mtu, const Fd& home) {
    path_ = "/run/netns/" + name;
    enter();
    std::FILE* v6 = std::fopen("/proc/self/net/if_inet6", "r");  // neighbours' chatter would spoil the counts
    if (v6 != nullptr) {
      std::fclose(v6);
      write_text("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    }
    tun_ = Fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!tun_) failed("/dev/net/tun");
    ifreq device{};
    std::snprintf(device.ifr_name, sizeof device.ifr_name, "bad0");
    device.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(tun_.get(), TUNSETIFF, &device) < 0) failed("a device in " + name);
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto tell = [&](unsigned long request, const char* what) {
      if (ioctl(socket.get(), request, &device) < 0) failed(std::string(what) + " in " + name);
    };
    const auto set_address = [&](unsigned long request, const char* text) {
      sockaddr_in a{};
      a.sin_family = AF_INET;
      if (inet_pton(AF_INET, text, &a.sin_addr) != 1) stop(2, std::string("no IPv4 address: ") + text);
      std::memcpy(&device.ifr_addr, &a, sizeof a);
      tell(request, "the address");
    };
    set_address(SIOCSIFADDR, address.c_str());
    set_address(SIOCSIFNETMASK, "255.255.255.0");
    device.ifr_mtu = mtu;
    tell(SIOCSIFMTU, "the MTU");
    device.ifr_flags = IFF_UP | IFF_RUNNING;
    tell(SIOCSIFFLAGS, "bad0 up");
    std::snprintf(device.ifr_name, sizeof device.ifr_name, "lo");
    device.ifr_flags = IFF_UP | IFF_RUNNING;
    tell(SIOCSIFFLAGS, "lo up");
    if (setns(home.get(), CLONE_NEWNET) < 0) failed("the way back from " + name);
  }
  ~End() {
    if (!made_) return;
    umount2(path_.c_str(), MNT_DETACH);
    unlink(path_.c_str());
  }
  int fd() const { return tun_.get(); }

 private:
  static void write_text(const char* path, const char* text) {
    if (std::FILE* f = std::fopen(path, "w")) {
      std::fputs(text, f);
      std::fclose(f);
    }
  }
  /// Into the namespace of that name; made as `ip netns add` makes it when there is none.
  void enter() {
    const Fd there(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (there) {
      if (setns(there.get(), CLONE_NEWNET) < 0) failed("namespace " + path_);
      return;
    }
    mkdir("/run/netns", 0755);
    const Fd mark(::open(path_.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
    if (!mark) failed("namespace " + path_);
    made_ = true;
    if (unshare(CLONE_NEWNET) < 0) failed("a new namespace");
    if (mount("/proc/thread-self/ns/net", path_.c_str(), "none", MS_BIND, nullptr) < 0) failed("namespace " + path_);
  }

  std::string path_;
  bool made_ = false;
  Fd tun_;
};

// ---- one direction of the line
struct Way {
  // As asked for.
  double rate = 0;  ///< bit/s; 0: no bound
  Nanos delay = 0, jitter = 0;
  double loss = 0, burst = 1;  ///< share; mean length of a run of losses
  double room = 0;             ///< bytes that may wait; 0: by the rate
  int from = -1, to = -1;
  std::mt19937_64 dice;  ///< one for each way, so that acknowledgements do not shift the other's losses

  // What happened, in packets and IP bytes. Offered = carried + what the queue and the outages dropped + what waits.
  std::uint64_t offered_pkts = 0, offered_bytes = 0;      ///< the sender gave
  std::uint64_t carried_pkts = 0, carried_bytes = 0;      ///< took air time, delivered or lost
  std::uint64_t delivered_pkts = 0, delivered_bytes = 0;  ///< reached the other end
  std::uint64_t tcp_payload_bytes = 0;                    ///< of the carried, repeats included
  std::uint64_t lost = 0, queue_drops = 0, outage_drops = 0, peak_queue_bytes = 0;

  double chance() { return std::uniform_real_distribution<double>(0, 1)(dice); }

  void take(const std::uint8_t* bytes, std::size_t size, Nanos at, bool open) {
    offered_pkts += 1;
    offered_bytes += size;
    if (!open) {
      outage_drops += 1;
      return;
    }
    air_free_ = std::max(air_free_, at);
    if (rate > 0) {
      const double waiting = static_cast<double>(air_free_ - at) / 1e9 * rate / 8 + static_cast<double>(size);
      if (waiting > room) {
        queue_drops += 1;
        return;
      }
      peak_queue_bytes = std::max(peak_queue_bytes, static_cast<std::uint64_t>(waiting));
      air_free_ += static_cast<Nanos>(static_cast<double>(size) * 8e9 / rate);
    }
    const Nanos shake = jitter == 0 ? 0 : std::uniform_int_distribution<Nanos>(-jitter, jitter)(dice);
    last_ = std::max(last_, air_free_ + std::max<Nanos>(0, delay + shake));  // a line does not overtake itself
    waiting_.push_back({last_, unlucky(), {bytes, bytes + size}});
  }

  /// Gives out what has arrived by `at`.
  void give(Nanos at) {
    while (!waiting_.empty() && waiting_.front().due <= at) {
      const Packet& p = waiting_.front();
      carried_pkts += 1;
      carried_bytes += p.bytes.size();
      tcp_payload_bytes += tcp_payload(p.bytes);
      if (p.lost || write(to, p.bytes.data(), p.bytes.size()) < 0) {
        lost += 1;
      } else {
        delivered_pkts += 1;
        delivered_bytes += p.bytes.size();
      }
      waiting_.pop_front();
    }
  }

  /// The line goes dead: what waits and what is on its way is gone.
  void cut() {
    outage_drops += waiting_.size();
    waiting_.clear();
    air_free_ = last_ = 0;
  }
  Nanos next() const { return waiting_.empty() ? kNever : waiting_.front().due; }

  std::string json() const {
    std::string out;
    const auto add = [&](const char* name, std::uint64_t n) {
      out += std::string(out.empty() ? "{\"" : ",\"") + name + "\":" + std::to_string(n);
    };
    add("offered_pkts", offered_pkts);
    add("offered_bytes", offered_bytes);
    add("carried_pkts", carried_pkts);
    add("carried_bytes", carried_bytes);
    add("delivered_pkts", delivered_pkts);
    add("delivered_bytes", delivered_bytes);
    add("tcp_payload_bytes", tcp_payload_bytes);
    add("lost", lost);
    add("queue_drops", queue_drops);
    add("outage_drops", outage_drops);
    add("peak_queue_bytes", peak_queue_bytes);
    return out + "}";
  }

 private:
  struct Packet {
    Nanos due;
    bool lost;
    std::vector<std::uint8_t> bytes;
  };

  /// Two states, good and bad: bad ones last `burst` packets on average and make up the share `loss` in the long run.
  bool unlucky() {
    if (loss <= 0) return false;
    if (burst <= 1 || loss >= 1) return chance() < loss;
    const double to_good = 1 / burst, to_bad = std::min(1.0, loss * to_good / (1 - loss));
    bad_ = bad_ ? chance() >= to_good : chance() < to_bad;
    return bad_;
  }
  static std::uint64_t tcp_payload(const std::vector<std::uint8_t>& p) {
    if (p.size() < 20 || p[0] >> 4 != 4 || p[9] != IPPROTO_TCP) return 0;
    const std::size_t tcp = (p[0] & 15U) * 4U;
    if (p.size() < tcp + 20) return 0;
    const std::size_t head = tcp + (p[tcp + 12] >> 4U) * 4U;
    return p.size() > head ? p.size() - head : 0;
  }

  std::deque<Packet> waiting_;
  Nanos air_free_ = 0, last_ = 0;
  bool bad_ = false;
};

// ---- the command line
constexpr const char* kHelp = R"(usage: badlink [OPTION VALUE]... [-- COMMAND ARGUMENT...]

  --a NAME, --b NAME              the two namespaces; made where missing     township, county
  --a-addr IP, --b-addr IP        their addresses on the line                10.77.0.1, 10.77.0.2
  --rate R[/R]                    bit/s, a to b / b to a; 0: no bound        0
  --delay D[/D]                   one way                                    0
  --jitter D                      on the delay, plus or minus, in order      0
  --loss P[/P], --burst N         share lost; mean run of losses             0, 1
  --queue B[/B]                   bytes that may wait to be sent             0.5 s of the rate, at least 16k
  --up D, --down D                up so long, down so long, and again        always up
  --start-down                    begin with the down period
  --cut-after B                   also down once B bytes went over in one up period
  --mtu N, --seed N               1500; the same dice again                  random
  --stats FILE                    where counters go, as JSON                 standard output

Rates, bytes and counts: k, M, G. Times: us, ms, s, m; a bare number is seconds. Shares: 5% or 0.05.
SIGUSR1 writes the counters, SIGUSR2 pulls the plug or puts it back, SIGINT and SIGTERM end.
)";

double scaled(const std::string& text, const std::map<std::string, double>& units) {
  std::size_t digits = 0;
  while (digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) || text[digits] == '.'))
    ++digits;
  const auto unit = units.find(text.substr(digits));
  if (digits == 0 || unit == units.end()) stop(2, "not understood: '" + text + "'; see --help");
  return std::strtod(text.substr(0, digits).c_str(), nullptr) * unit->second;
}
double count_from(const std::string& t) {
  return scaled(t,
                {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"kbit", 1e3}, {"M", 1e6}, {"Mbit", 1e6}, {"G", 1e9}, {"Gbit", 1e9}});
}
Nanos time_from(const std::string& t) {
  return static_cast<Nanos>(scaled(t, {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"m", 60e9}}));
}
double share_from(const std::string& t) { return std::min(1.0, scaled(t, {{"", 1}, {"%", 0.01}})); }

struct Settings {
  std::array<std::string, 2> name{"township", "county"}, address{"10.77.0.1", "10.77.0.2"};
  std::array<Way, 2> way;  ///< a to b, b to a
  Nanos up = 0, down = 0;
  double cut_after = 0;
  bool start_down = false;
  int mtu = 1500;
  std::uint64_t seed = std::random_device{}();
  std::string stats;
  char** command = nullptr;
};

Settings settings_from(char** word) {
  Settings s;
  const auto both = [&s](const std::string& v, const std::function<void(Way&, const std::string&)>& set) {
    const std::size_t slash = v.find('/');
    set(s.way[0], v.substr(0, slash));
    set(s.way[1], slash == std::string::npos ? v : v.substr(slash + 1));
  };
  const std::map<std::string, std::function<void(const std::string&)>> options = {
      {"--a", [&](const std::string& v) { s.name[0] = v; }},
      {"--b", [&](const std::string& v) { s.name[1] = v; }},
      {"--a-addr", [&](const std::string& v) { s.address[0] = v; }},
      {"--b-addr", [&](const std::string& v) { s.address[1] = v; }},
      {"--rate", [&](const std::string& v) { both(v, [](Way& w, const std::string& t) { w.rate = count_from(t); }); }},
      {"--delay", [&](const std::string& v) { both(v, [](Way& w, const std::string& t) { w.delay = time_from(t); }); }},
      {"--jitter", [&](const std::string& v) { s.way[0].jitter = s.way[1].jitter = time_from(v); }},
      {"--loss", [&](const std::string& v) { both(v, [](Way& w, const std::string& t) { w.loss = share_from(t); }); }},
      {"--burst", [&](const std::string& v) { s.way[0].burst = s.way[1].burst = count_from(v); }},
      {"--queue", [&](const std::string& v) { both(v, [](Way& w, const std::string& t) { w.room = count_from(t); }); }},
      {"--up", [&](const std::string& v) { s.up = time_from(v); }},
      {"--down", [&](const std::string& v) { s.down = time_from(v); }},
      {"--cut-after", [&](const std::string& v) { s.cut_after = count_from(v); }},
      {"--mtu", [&](const std::string& v) { s.mtu = static_cast<int>(count_from(v)); }},
      {"--seed", [&](const std::string& v) { s.seed = static_cast<std::uint64_t>(count_from(v)); }},
      {"--stats", [&](const std::string& v) { s.stats = v; }},
  };
  for (++word; *word != nullptr; ++word) {
    const std::string option = *word;
    if (option == "--help" || option == "-h") std::exit(std::fputs(kHelp, stdout) < 0 ? 1 : 0);
    if (option == "--start-down") {
      s.start_down = true;
      continue;
    }
    if (option == "--") {
      if (word[1] == nullptr) stop(2, "a command is missing after --");
      s.command = word + 1;
      break;
    }
    const auto known = options.find(option);
    if (known == options.end()) stop(2, "unknown option '" + option + "'; see --help");
    if (*++word == nullptr) stop(2, option + " needs a value");
    known->second(*word);
  }
  if (s.name[0] == s.name[1]) stop(2, "the two ends need two namespaces");
  for (std::size_t i = 0; i < 2; ++i) {
    Way& w = s.way[i];
    if (w.room <= 0) w.room = std::max(16e3, w.rate / 16);
    std::seed_seq seeds{static_cast<std::uint32_t>(s.seed), static_cast<std::uint32_t>(s.seed >> 32U),
                        static_cast<std::uint32_t>(i)};
    w.dice.seed(seeds);
  }
  return s;
}

// ---- the line itself
class Line {
 public:
  explicit Line(Settings s) : s_(std::move(s)), open_(!s_.start_down) {
    for (int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD}) sigaddset(&ours_, signal);
    sigprocmask(SIG_BLOCK, &ours_, &before_);
    signals_ = Fd(signalfd(-1, &ours_, SFD_NONBLOCK | SFD_CLOEXEC));
    const Fd home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    for (std::size_t i = 0; i < 2; ++i) ends_[i].open(s_.name[i], s_.address[i], s_.mtu, home);
    for (std::size_t i = 0; i < 2; ++i) {
      s_.way[i].from = ends_[i].fd();
      s_.way[i].to = ends_[1 - i].fd();
    }
  }

  int run() {
    began_ = now();
    turn(open_, began_);
    if (s_.command != nullptr) {
      child_ = fork();
      if (child_ < 0) failed("fork");
      if (child_ == 0) {
        sigprocmask(SIG_SETMASK, &before_, nullptr);
        execvp(s_.command[0], s_.command);
        std::fprintf(stderr, "badlink: %s: %s\n", s_.command[0], std::strerror(errno));
        _exit(127);
      }
    } else {
      std::printf("ready %s=%s %s=%s pid=%d\n", s_.name[0].c_str(), s_.address[0].c_str(), s_.name[1].c_str(),
                  s_.address[1].c_str(), getpid());
      std::fflush(stdout);
    }
    while (!ended_) {
      wait();
      take_all();
      heed_signals();
    }
    report();
    return code_;
  }

 private:
  std::uint64_t carried() const { return s_.way[0].carried_bytes + s_.way[1].carried_bytes; }

  /// The schedule's state from now on.
  void turn(bool open, Nanos at) {
    if (open_ && !open) {
      outages_ += 1;
      for (Way& w : s_.way) w.cut();
    }
    open_ = open;
    carried_at_turn_ = carried();
    const Nanos length = open ? s_.up : s_.down;
    next_turn_ = length > 0 ? at + length : kNever;
  }

  /// Hands out what is due, then sleeps until something is due or happens.
  void wait() {
    const Nanos at = now();
    if (at >= next_turn_) turn(!open_, at);
    for (Way& w : s_.way) w.give(at);
    if (open_ && s_.cut_after > 0 && static_cast<double>(carried() - carried_at_turn_) >= s_.cut_after) turn(false, at);
    const Nanos wake = std::min({next_turn_, s_.way[0].next(), s_.way[1].next()});
    const Nanos left = wake == kNever ? 0 : std::max<Nanos>(0, wake - now());
    const timespec sleep{left / kSecond, left % kSecond};
    std::array<pollfd, 3> watch{{{ends_[0].fd(), POLLIN, 0}, {ends_[1].fd(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    if (ppoll(watch.data(), watch.size(), wake == kNever ? nullptr : &sleep, nullptr) < 0 && errno != EINTR)
      failed("poll");
  }

  void take_all() {
    static std::array<std::uint8_t, 65536> packet;
    const Nanos at = now();
    for (Way& w : s_.way) {
      for (int i = 0; i < 64; ++i) {  // then the other way gets its turn
        const ssize_t size = read(w.from, packet.data(), packet.size());
        if (size <= 0) break;
        w.take(packet.data(), static_cast<std::size_t>(size), at, open_ && plugged_);
      }
    }
  }

  void heed_signals() {
    signalfd_siginfo info{};
    while (read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      switch (info.ssi_signo) {
        case SIGUSR1:
          report();
          break;
        case SIGUSR2:
          plugged_ = !plugged_;
          for (Way& w : s_.way) w.cut();
          break;
        case SIGCHLD: {
          int status = 0;
          if (child_ > 0 && waitpid(child_, &status, WNOHANG) == child_) {
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            child_ = -1;
            ended_ = true;
          }
          break;
        }
        default:  // whoever ends us ends the command too
          if (child_ > 0) kill(child_, SIGTERM);
          code_ = child_ > 0 ? 128 + static_cast<int>(info.ssi_signo) : 0;
          ended_ = true;
      }
    }
  }

  void report() {
    const std::string fresh = s_.stats + ".new";
    std::FILE* f = s_.stats.empty() ? stdout : std::fopen(fresh.c_str(), "w");
    if (f == nullptr) return std::perror("badlink: the counters");
    std::fprintf(f,
                 "{\"seq\":%llu,\"seconds\":%.3f,\"up\":%s,\"outages\":%llu,\"seed\":%llu,\"a\":\"%s\",\"b\":\"%s\","
                 "\"a_to_b\":%s,\"b_to_a\":%s}\n",
                 ++reports_, static_cast<double>(now() - began_) / 1e9, open_ && plugged_ ? "true" : "false", outages_,
                 static_cast<unsigned long long>(s_.seed), s_.name[0].c_str(), s_.name[1].c_str(),
                 s_.way[0].json().c_str(), s_.way[1].json().c_str());
    std::fflush(f);
    if (f == stdout) return;
    std::fclose(f);
    if (std::rename(fresh.c_str(), s_.stats.c_str()) != 0) std::perror("badlink: the counters");
  }

  Settings s_;
  std::array<End, 2> ends_;
  Fd signals_;
  sigset_t ours_{}, before_{};
  Nanos began_ = 0, next_turn_ = kNever;
  bool open_, plugged_ = true, ended_ = false;
  std::uint64_t carried_at_turn_ = 0;
  unsigned long long outages_ = 0, reports_ = 0;
  pid_t child_ = -1;
  int code_ = 0;
};

}  // namespace

int main(int, char** argv) {
  try {
    Line line(settings_from(argv));
    return line.run();
  } catch (const Stop& s) {
    std::fprintf(stderr, "badlink: %s\n", s.why.c_str());
    return s.code;
  }
}
