#include "node/log.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <type_traits>
#include <vector>

using namespace yz;
using namespace yz::node;
namespace fs = std::filesystem;

// The door that keeps a report's text out of the log is the type itself.
static_assert(!std::is_constructible_v<LogValue, std::string>);
static_assert(!std::is_constructible_v<LogValue, std::string_view>);
static_assert(!std::is_constructible_v<LogValue, char>);
static_assert(!std::is_constructible_v<LogWord, std::string>);

namespace {

Log::Time noon{std::chrono::milliseconds(1'795'262'400'123)};  // 2026-11-21T12:00:00.123Z
Log::Time at_noon() { return noon; }

class LogFolder {
 public:
  LogFolder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~LogFolder() { fs::remove_all(path_); }
  std::string log() const { return path_ + "/log"; }
  std::string text(const std::string& name = "yizhan.log") const {
    std::ifstream in(log() + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<std::string> lines(const std::string& name = "yizhan.log") const {
    std::vector<std::string> all;
    std::ifstream in(log() + "/" + name);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

 private:
  std::string path_ = "/tmp/yz-log-XXXXXX";
};

Log::Options plain() {
  Log::Options o;
  o.now = at_noon;
  o.event_lines_a_minute = 1'000'000;
  return o;
}

}  // namespace

TEST_CASE("a line is one JSON object with the time, the level, the event and its fields") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  NodeId node;
  node.bytes[0] = 0xab;
  log.info("sync.done", {{"lane", sync::Lane::flash}, {"sent", 3}, {"node", node}, {"whole", true}});
  log.warn("sync.failed",
           {{"fault", Fault::offline}, {"peer", ident("127.0.0.1:8701")}, {"waited_ms", std::chrono::seconds(2)}});
  log.error("plain");
  CHECK(folder.text() ==
        R"({"t":"2026-11-21T12:00:00.123Z","level":"info","event":"sync.done","lane":"flash","sent":3,)"
        R"("node":"ab000000000000000000000000000000","whole":true})"
        "\n"
        R"({"t":"2026-11-21T12:00:00.123Z","level":"warn","event":"sync.failed","fault":"offline",)"
        R"("peer":"127.0.0.1:8701","waited_ms":2000})"
        "\n"
        R"({"t":"2026-11-21T12:00:00.123Z","level":"error","event":"plain"})"
        "\n");
}

TEST_CASE("what is below the level is not written") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  log.debug("quiet");
  log.level(LogLevel::error);
  log.warn("quiet");
  CHECK(folder.text().empty());
  log.level(LogLevel::debug);
  log.debug("said");
  CHECK(folder.lines().size() == 1);
  for (LogLevel l : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
    CHECK(log_level_from(name_of(l)) == l);
  CHECK_FALSE(log_level_from("loud"));
}

TEST_CASE("neither a sentence nor a control character gets into a line") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  log.info("a", {{"who", ident("铁匠沟滑坡 \"x\"\n{}")}});
  log.info("b", {{"why", Error{Fault::invalid, "铁匠沟 \"said\" \\ \n\x1b[31m red"}}});
  log.info("c", {{"long", ident(std::string(500, 'x'))}, {"why", Error{Fault::invalid, std::string(500, 'y')}}});
  const auto lines = folder.lines();
  REQUIRE(lines.size() == 3);
  for (const std::string& line : lines) CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
  CHECK(lines[0].find("\"who\":\"????????????????x????\"") == std::string::npos);  // 15 bytes of Chinese, then the rest
  CHECK(lines[0].find('x') != std::string::npos);
  CHECK(lines[1].find(R"(\"said\" \\ ??[31m red"})") != std::string::npos);
  CHECK(lines[2].size() < 64 + LogValue::kMax + 120);
}

TEST_CASE("two files hold the newest lines, whole, and never more than their size") {
  LogFolder folder;
  Log::Options o = plain();
  o.file_bytes = 4'096;
  {
    Log log(o);
    REQUIRE(log.to_folder(folder.log()));
    for (int i = 0; i < 500; ++i) log.info("tick", {{"i", i}});
  }
  Log again(o);  // and a second start goes on in the same file
  REQUIRE(again.to_folder(folder.log()));
  again.info("tick", {{"i", 500}});
  auto lines = folder.lines("yizhan.1.log");
  CHECK(fs::file_size(folder.log() + "/yizhan.1.log") <= 4'096);
  CHECK(fs::file_size(folder.log() + "/yizhan.log") <= 4'096);
  CHECK(std::distance(fs::directory_iterator(folder.log()), {}) == 2);
  std::ranges::copy(folder.lines(), std::back_inserter(lines));
  int i = 501 - static_cast<int>(lines.size());
  CHECK(i < 500 - 40);
  for (const std::string& line : lines) {
    CHECK(line.ends_with("\"i\":" + std::to_string(i) + "}"));
    ++i;
  }
}

TEST_CASE("an event that repeats is cut off for the rest of its minute, counted, and holds back no other") {
  LogFolder folder;
  Log::Options o = plain();
  o.event_lines_a_minute = 5;
  Log log(o);
  REQUIRE(log.to_folder(folder.log()));
  const auto before = noon;
  for (int i = 0; i < 100; ++i) log.warn("knock");
  log.info("other");
  CHECK(folder.lines().size() == 6);
  noon += std::chrono::seconds(61);
  log.warn("knock");
  log.warn("knock");
  const auto lines = folder.lines();
  noon = before;
  REQUIRE(lines.size() == 8);
  CHECK(lines[6].ends_with(",\"suppressed\":95}"));
  CHECK(lines[7].ends_with("\"knock\"}"));
}

TEST_CASE("lines lost on a full disk are counted in the next one that can be written") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit none = before;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_FSIZE, &none);
  log.info("lost");
  log.info("lost");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  log.info("back");
  log.info("back");
  const auto lines = folder.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with("\"back\",\"lost\":2}"));
  CHECK(lines[1].ends_with("\"back\"}"));
}

TEST_CASE("a folder that can't be written is Fault::full, and a link in the file's place is not followed") {
  Log log(plain());
  CHECK(log.to_folder("/proc/nowhere/log").error().fault == Fault::full);
  LogFolder folder;
  fs::create_directory(folder.log());
  fs::create_symlink("/tmp/yz-log-elsewhere", folder.log() + "/yizhan.log");
  CHECK_FALSE(log.to_folder(folder.log()));
  CHECK_FALSE(fs::exists("/tmp/yz-log-elsewhere"));
}

TEST_CASE("the log is for its owner's eyes only") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  CHECK(fs::status(folder.log()).permissions() == fs::perms::owner_all);
  CHECK(fs::status(folder.log() + "/yizhan.log").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("lines of many threads are whole, none lost, each thread's in order") {
  LogFolder folder;
  Log log(plain());
  REQUIRE(log.to_folder(folder.log()));
  constexpr int kThreads = 4, kLines = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&log, t] {
      for (int i = 0; i < kLines; ++i) log.info("tick", {{"thread", t}, {"i", i}});
    });
  for (std::thread& t : threads) t.join();
  const auto lines = folder.lines();
  CHECK(lines.size() == kThreads * kLines);
  std::vector<int> next(kThreads, 0);
  for (const std::string& line : lines) {
    const auto thread = static_cast<std::size_t>(line.at(line.find("\"thread\":") + 9) - '0');
    REQUIRE(thread < next.size());
    CHECK(line.ends_with("\"i\":" + std::to_string(next[thread]++) + "}"));
  }
}
