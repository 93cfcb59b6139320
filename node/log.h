#pragma once
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "sync/lane.h"

namespace yz::node {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
std::string_view name_of(LogLevel);
std::optional<LogLevel> log_level_from(std::string_view name);

/// A word that stands in the program's own text: it can't carry what somebody wrote.
struct LogWord {
  std::string_view text;
  consteval LogWord(const char* literal) : text(literal) {}
};

/// What may stand in the log: numbers, ids, lanes, faults, words of the program. Never a report's text, a person's
/// name or a key, and the type sees to it: a std::string has no way in but ident(), which lets no sentence through.
class LogValue {
 public:
  /// Longest value; an id has 64 hexadecimal digits, an Error's sentence is cut here.
  static constexpr std::size_t kMax = 160;

  consteval LogValue(const char* literal) { put(std::string_view(literal)); }
  template <std::same_as<bool> B>
  constexpr LogValue(B yes) : quoted_(false) {
    put(yes ? "true" : "false");
  }
  template <std::integral N>
  requires(!std::same_as<N, bool> && !std::same_as<N, char>) LogValue(N n) : quoted_(false) { put(std::to_string(n)); }
  /// Milliseconds: let the key end in _ms.
  template <class Rep, class Period>
  LogValue(std::chrono::duration<Rep, Period> d) : LogValue(std::chrono::milliseconds(d).count()) {}
  LogValue(sync::Lane lane) { put(sync::name_of(lane)); }
  LogValue(Fault);
  /// "fault: sentence". By its contract the sentence has no report's text; what is not ASCII becomes '?' all the same.
  LogValue(const Error&);
  template <std::size_t N, class Tag>
  LogValue(const Fixed<N, Tag>& id) {
    static_assert(2 * N <= kMax);
    for (std::uint8_t b : id.bytes) {
      put("0123456789abcdef"[b >> 4U]);
      put("0123456789abcdef"[b & 15U]);
    }
  }
  bool quoted() const { return quoted_; }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  friend LogValue ident(std::string_view);
  constexpr LogValue() = default;
  constexpr void put(char c) {
    if (size_ < kMax) text_[size_++] = c;
  }
  constexpr void put(std::string_view s) {
    for (char c : s) put(c);
  }
  std::array<char, kMax> text_{};
  std::size_t size_ = 0;
  bool quoted_ = true;
};

/// A short name made by a machine: an address, an office code, an error code, a file's base name. Letters, digits and
/// . : _ / @ [ ] - stay, anything else becomes '?'; cut at 64.
LogValue ident(std::string_view);

struct LogField {
  LogWord key;
  LogValue value;
};

/// Writes what the machine did as lines of JSON, one write(2) a line, for those who look after it:
///   {"t":"2026-11-22T08:00:00.123Z","level":"info","event":"sync.done","lane":"flash","sent":3}
/// Who did what to which report belongs in the journal, not here. All members may be called from any thread; none
/// fails: a line that can't be written is counted, and the next one that can says how many were lost.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;
  using Time = std::chrono::system_clock::time_point;
  struct Options {
    LogLevel level = LogLevel::info;
    /// At this size the file becomes yizhan.1.log and a new one begins: two files, 8 MiB at most, some weeks of work.
    std::size_t file_bytes = std::size_t{4} << 20U;
    /// Lines of one event in one minute; a peer that knocks without end must not push the rest out of the files.
    std::uint32_t event_lines_a_minute = 30;
    Time (*now)() = std::chrono::system_clock::now;
  };

  /// To stderr until to_folder() is called.
  Log() : Log(Options{}) {}
  explicit Log(const Options& options) : options_(options) {}
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// From now on into DIR/yizhan.log (made if need be, mode 0600 in a folder 0700). Fault::full if that can't be.
  Result<> to_folder(const std::string& folder);
  void level(LogLevel);

  void debug(LogWord event, Fields fields = {}) { write(LogLevel::debug, event, fields); }
  void info(LogWord event, Fields fields = {}) { write(LogLevel::info, event, fields); }
  void warn(LogWord event, Fields fields = {}) { write(LogLevel::warn, event, fields); }
  void error(LogWord event, Fields fields = {}) { write(LogLevel::error, event, fields); }

 private:
  struct Window {
    Time begin{};
    std::uint32_t lines = 0;
    std::uint64_t suppressed = 0;
  };
  void write(LogLevel, LogWord event, Fields);
  std::optional<std::uint64_t> admit(std::string_view event, Time now);
  bool reopen();
  void rotate();

  std::mutex mutex_;
  Options options_;
  std::string path_;
  int file_ = 2;
  std::size_t written_ = 0;
  std::uint64_t lost_ = 0;
  std::map<std::string_view, Window> windows_;  // keys are literals, so the program's text bounds it
};

/// The program's log. Lives as long as the process, so that threads may still write while it ends.
Log& log();

}  // namespace yz::node
