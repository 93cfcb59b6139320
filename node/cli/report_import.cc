#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kLineMax = 1024 * 1024;  // one report; longer is an error of that line only
constexpr std::size_t kBatchLines = 500;  // one transaction's worth: progress moves, a flash report gets in between
constexpr std::size_t kBatchBytes = 8u * 1024 * 1024;  // well below the API's 64 MiB even when every byte is escaped

/// Lines of a file of any size, one at a time; never holds more than one line.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}
  enum class Got { line, too_long, end, failed };

  Got next(std::string& text) {
    text.clear();
    bool too_long = false;
    bool any = false;
    for (;;) {
      if (at_ == size_ && !fill()) {
        if (error != 0) return Got::failed;
        return !any ? Got::end : too_long ? Got::too_long : Got::line;
      }
      any = true;
      const char* begin = buffer_.data() + at_;
      const auto* nl = static_cast<const char*>(std::memchr(begin, '\n', size_ - at_));
      const std::size_t n = nl ? static_cast<std::size_t>(nl - begin) : size_ - at_;
      if (text.size() + n > kLineMax) too_long = true;
      if (!too_long) text.append(begin, n);
      at_ += n + (nl ? 1 : 0);
      if (nl) return too_long ? Got::too_long : Got::line;
    }
  }

  std::uint64_t bytes = 0;  ///< read so far
  int error = 0;

 private:
  bool fill() {
    ssize_t n = 0;
    do n = read(fd_, buffer_.data(), buffer_.size());
    while (n < 0 && errno == EINTR);
    if (n < 0) error = errno;
    at_ = 0;
    size_ = n > 0 ? static_cast<std::size_t>(n) : 0;
    bytes += size_;
    return n > 0;
  }
  int fd_;
  std::array<char, 65536> buffer_;
  std::size_t at_ = 0, size_ = 0;
};

/// What the batches gave together, in the shape of one answer.
class Import {
 public:
  Import(Session& s, const ReportImport& c) : s_(s), send_(c.send), to_(c.to) {}

  void take(std::int64_t number, const std::string& text) {
    if (!is_utf8(text)) return reject(number, s_.say("不是 UTF-8 文字", "not UTF-8 text"));
    Doc l;
    l.set("line", number).set("text", std::string_view(text));
    lines_.push(l);
    ++count_;
    bytes_ += text.size();
  }
  void reject(std::int64_t number, const std::string& message) {
    Doc e;
    e.set("line", number).set("message", std::string_view(message));
    errors_.push_back(e);
    ++rejected_;
  }
  bool full() const { return count_ >= kBatchLines || bytes_ >= kBatchBytes; }

  /// Hands over what was taken. False: it makes no sense to go on.
  bool flush() {
    if (count_ == 0) return true;
    Doc body;
    body.set("lines", lines_).set("send", send_);
    if (!to_.empty()) {
      Doc to = Doc::array();
      for (const std::string& code : to_) to.push(Doc::of(code));
      body.set("to", to);
    }
    lines_ = Doc::array();
    count_ = bytes_ = 0;
    const Answer a = s_.ask("POST", "/api/v1/reports/import", body);
    if (a.good) {
      imported_ += a.doc.number("imported");
      queued_ += a.doc.number("queued");
      rejected_ += a.doc.number("rejected");
      for (const Doc& c : a.doc.at("cases").items()) cases_.push(c);
      for (const Doc& e : a.doc.at("errors").items()) errors_.push_back(e);
    }
    if (a.good && (a.exit_code == 0 || a.exit_code == exit_code({Fault::invalid, {}}))) return true;
    stopped_ = a;
    return false;
  }
  void stop(const Answer& why) { stopped_ = why; }

  /// The whole outcome. A batch that failed ends the import; what the batches before it counted is kept and told.
  Answer answer() {
    if (stopped_ && !stopped_->good && imported_ == 0 && errors_.empty()) return *stopped_;
    std::sort(errors_.begin(), errors_.end(),
              [](const Doc& a, const Doc& b) { return a.number("line") < b.number("line"); });
    Doc errors = Doc::array();
    for (const Doc& e : errors_) errors.push(e);
    Answer a;
    a.doc.set("imported", imported_)
        .set("queued", queued_)
        .set("rejected", rejected_)
        .set("cases", cases_)
        .set("errors", errors);
    a.exit_code = rejected_ > 0 || !errors_.empty() ? exit_code({Fault::invalid, {}}) : 0;
    if (stopped_) {
      a.exit_code = stopped_->exit_code;
      a.doc.set("fault", stopped_->doc.text("fault")).set("detail", stopped_->doc.text("detail"));
    }
    a.text = a.doc.dump();
    return a;
  }
  std::int64_t imported() const { return imported_; }

 private:
  Session& s_;
  bool send_;
  const std::vector<std::string>& to_;
  Doc lines_ = Doc::array();
  std::size_t count_ = 0, bytes_ = 0;
  std::int64_t imported_ = 0, queued_ = 0, rejected_ = 0;
  Doc cases_ = Doc::array();
  std::vector<Doc> errors_;
  std::optional<Answer> stopped_;
};

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

int run(Session& s, const ReportImport& c) {
  const int fd = c.file == "-" ? STDIN_FILENO : open(c.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat about {};
  if (fd < 0 || fstat(fd, &about) != 0 || S_ISDIR(about.st_mode))
    return s.finish(
        s.problem({Fault::missing,
                   s.say("读不到 ", "Can't read ") + plain(c.file) + ": " + std::strerror(fd < 0 ? errno : EISDIR),
                   "cli.file_unreadable"}),
        {});
  const auto total = S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0;

  Import import(s, c);
  std::optional<ProgressBar> bar(s.say("导入", "import"));
  const auto reader = std::make_unique<LineReader>(fd);
  std::string text;
  bool on = true;
  for (std::int64_t number = 1; on; ++number) {
    const auto got = reader->next(text);
    if (got == LineReader::Got::end) break;
    if (got == LineReader::Got::failed) {
      import.flush();
      import.stop(s.problem({Fault::missing,
                             s.say("读到一半出错：", "Reading failed half-way: ") + std::strerror(reader->error),
                             "cli.file_unreadable"}));
      on = false;
    } else if (got == LineReader::Got::too_long) {
      import.reject(number, s.say("这一行超过 1 MiB", "the line is longer than 1 MiB"));
    } else if (!blank(text)) {
      import.take(number, text);
    }
    if (on && import.full()) {
      on = import.flush();
      bar->at(total ? reader->bytes : static_cast<std::uint64_t>(import.imported()), total,
              std::to_string(import.imported()));
    }
  }
  if (on) import.flush();
  bar.reset();
  if (fd != STDIN_FILENO) close(fd);

  return s.finish(import.answer(), [&](const Doc& d) {
    line(s.say("导入 ", "Imported ") + d.text("imported") +
         s.say(" 份，其中排队发送 ", ", of these queued to be sent ") + d.text("queued") +
         s.say(" 份，未收 ", ", refused ") + d.text("rejected") + s.say(" 行。", "."));
    for (const Doc& e : d.at("errors").items())
      std::fprintf(stderr, "%s\n",
                   (s.say("第 ", "line ") + e.text("line") + s.say(" 行：", ": ") + plain(e.text("message"))).c_str());
    if (d.has("detail"))
      std::fprintf(stderr, "%s\n",
                   (s.say("中途停下：", "Stopped: ") + plain(d.text("detail")) +
                    s.say("；以上计数的都已保存。", "; all that is counted above is kept."))
                       .c_str());
    if (d.number("rejected") > 0 || !d.at("errors").empty())
      line(s.say("请改好上面列出的行，只把这些行再导入一次。",
                 "Correct the lines named above and import only those again."));
    if (!c.send && d.number("imported") > 0)
      line(
          s.say("都存为草稿；要直接签发发送请加 --send。", "They are drafts; with --send they are signed and queued."));
  });
}

}  // namespace yz::node::cli
