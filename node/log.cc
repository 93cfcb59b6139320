#include "node/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "node/fault.h"

namespace yz::node {
namespace {

std::string stamp(Log::Time now) {
  using namespace std::chrono;
  const auto ms = floor<milliseconds>(now);
  const auto s = floor<seconds>(ms);
  const std::time_t t = system_clock::to_time_t(s);
  std::tm utc{};
  gmtime_r(&t, &utc);
  std::array<char, 32> day{};
  const std::size_t n = std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> rest{};
  std::snprintf(rest.data(), rest.size(), ".%03dZ", static_cast<int>((ms - s).count()));
  return std::string(day.data(), n) + rest.data();
}

/// Printable ASCII only, so that no line is cut in two and no terminal is fooled by what is in it.
void append_quoted(std::string& line, std::string_view s) {
  line += '"';
  for (char c : s) {
    if (c == '"' || c == '\\') line += '\\';
    line += c >= ' ' && c <= '~' ? c : '?';
  }
  line += '"';
}

void append_field(std::string& line, std::string_view key, const LogValue& value) {
  line += ',';
  append_quoted(line, key);
  line += ':';
  if (value.quoted())
    append_quoted(line, value.text());
  else
    line += value.text();
}

}  // namespace

std::string_view name_of(LogLevel l) {
  switch (l) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

std::optional<LogLevel> log_level_from(std::string_view name) {
  for (LogLevel l : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
    if (name_of(l) == name) return l;
  return std::nullopt;
}

LogValue::LogValue(Fault f) { put(name_of(f)); }

LogValue::LogValue(const Error& e) {
  put(name_of(e.fault));
  put(": ");
  put(e.what);
}

LogValue ident(std::string_view s) {
  LogValue v;
  for (char c : s.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view(".:_/@[]-").find(c) != std::string_view::npos;
    v.put(plain ? c : '?');
  }
  return v;
}

Log::~Log() {
  if (file_ > 2) close(file_);
}

Result<> Log::to_folder(const std::string& folder) {
  std::lock_guard lock(mutex_);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Fault::full, "can't make the folder of the log", "log.folder");
  path_ = folder + "/yizhan.log";
  if (!reopen()) return fail(Fault::full, "can't write the log file", "log.file");
  return {};
}

void Log::level(LogLevel l) {
  std::lock_guard lock(mutex_);
  options_.level = l;
}

/// On failure the old file goes on, or stderr.
bool Log::reopen() {
  const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return false;
  struct stat st {};
  written_ = fstat(file, &st) == 0 ? static_cast<std::size_t>(st.st_size) : 0;
  if (file_ > 2) close(file_);
  file_ = file;
  return true;
}

void Log::rotate() {
  const std::string old = path_.substr(0, path_.size() - 4) + ".1.log";
  // Where neither a rename nor a new file can be had, the size still has to stay bounded: begin the file again.
  if (rename(path_.c_str(), old.c_str()) != 0 || !reopen()) {
    if (ftruncate(file_, 0) == 0) written_ = 0;
  }
}

/// Nothing if the event has had its lines for this minute, else how many were left out since its last line.
std::optional<std::uint64_t> Log::admit(std::string_view event, Time now) {
  Window& w = windows_[event];
  if (now < w.begin || now - w.begin >= std::chrono::minutes(1)) {  // a clock set back opens a new window, too
    w.begin = now;
    w.lines = 0;
  }
  if (w.lines >= options_.event_lines_a_minute) {
    ++w.suppressed;
    return std::nullopt;
  }
  ++w.lines;
  return std::exchange(w.suppressed, 0);
}

void Log::write(LogLevel level, LogWord event, Fields fields) {
  std::lock_guard lock(mutex_);
  if (level < options_.level) return;
  const Time now = options_.now();
  const auto suppressed = admit(event.text, now);
  if (!suppressed) return;
  std::string line = "{\"t\":\"" + stamp(now) + "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"event\":";
  append_quoted(line, event.text);
  for (const LogField& f : fields) append_field(line, f.key.text, f.value);
  if (*suppressed > 0) append_field(line, "suppressed", *suppressed);
  if (lost_ > 0) append_field(line, "lost", lost_);
  line += "}\n";
  if (!path_.empty() && written_ > 0 && written_ + line.size() > options_.file_bytes) rotate();
  ssize_t n = 0;
  do n = ::write(file_, line.data(), line.size());
  while (n < 0 && errno == EINTR);
  if (n > 0) written_ += static_cast<std::size_t>(n);
  if (n == static_cast<ssize_t>(line.size()))
    lost_ = 0;
  else
    ++lost_;  // a full disk must not stop the node, and there is nobody to tell but the next line
}

Log& log() {
  static Log* const instance = new Log;  // never deleted, on purpose
  return *instance;
}

}  // namespace yz::node
