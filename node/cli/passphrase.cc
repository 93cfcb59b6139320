#include "node/cli/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "node/cli/print.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kPassphraseMax = 1024;  // bytes; a whole page of words is surely a wrong file

/// Bytes that are wiped when they go.
struct Typed {
  std::array<char, kPassphraseMax + 2> bytes{};
  std::size_t size = 0;
  Typed() = default;
  Typed(const Typed&) = delete;
  Typed& operator=(const Typed&) = delete;
  ~Typed() { explicit_bzero(bytes.data(), bytes.size()); }
  std::string_view view() const { return {bytes.data(), size}; }
};

struct File {
  int fd;
  explicit File(int f) : fd(f) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) close(fd);
  }
};

Result<crypto::SecretText> secret_of(std::string_view typed, Language l) {
  if (typed.empty())
    return fail(Fault::invalid, std::string(say(l, "口令是空的。", "The passphrase is empty.")),
                "cli.passphrase_empty");
  if (typed.size() > kPassphraseMax)
    return fail(Fault::invalid,
                std::string(say(l, "口令超过 1024 字节，是不是指错了文件？",
                                "The passphrase is longer than 1024 bytes; is that the right file?")),
                "cli.passphrase_long");
  return crypto::SecretText(ByteView(reinterpret_cast<const std::uint8_t*>(typed.data()), typed.size()));
}

Result<crypto::SecretText> read_file(const std::string& path, Language l) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.fd < 0)
    return fail(Fault::missing,
                std::string(say(l, "读不到口令文件 ", "Can't read the passphrase file ")) + plain(path) + ": " +
                    std::strerror(errno),
                "cli.passphrase_file");
  struct stat about {};
  if (fstat(file.fd, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & 077) != 0)
    std::fprintf(stderr, "%s\n",
                 (std::string(say(l, "提醒：别人也读得到口令文件，请执行 chmod 600 ",
                                  "Note: others can read the passphrase file; run chmod 600 ")) +
                  plain(path))
                     .c_str());
  Typed typed;
  while (typed.size < typed.bytes.size()) {
    const ssize_t n = read(file.fd, typed.bytes.data() + typed.size, typed.bytes.size() - typed.size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return fail(Fault::missing,
                  std::string(say(l, "读不到口令文件 ", "Can't read the passphrase file ")) + plain(path) + ": " +
                      std::strerror(errno),
                  "cli.passphrase_file");
    if (n == 0) break;
    typed.size += static_cast<std::size_t>(n);
  }
  std::string_view text = typed.view();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);  // a file made on Windows
  return secret_of(text, l);
}

/// The terminal, silent until it goes. Keys come one by one and Ctrl-C is a byte, so that nothing can leave it silent.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd), on_(tcgetattr(fd, &before_) == 0) {
    if (!on_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG | IEXTEN);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    on_ = tcsetattr(fd, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (on_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  bool on() const { return on_; }

 private:
  int fd_;
  termios before_{};
  bool on_;
};

void write_out(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n <= 0) return;  // a terminal that has gone shows in the read that follows
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

Result<crypto::SecretText> read_terminal(std::string_view question, Language l) {
  const File tty(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  const auto none = [&] {
    return fail(
        Fault::denied,
        std::string(say(l, "需要口令，但这里没有终端。请用 --passphrase-file 文件，或设 YIZHAN_PASSPHRASE_FILE。",
                        "A passphrase is needed and there is no terminal to ask on. Use --passphrase-file FILE or "
                        "YIZHAN_PASSPHRASE_FILE.")),
        "cli.passphrase_none");
  };
  if (tty.fd < 0) return none();
  const SilentTerminal silent(tty.fd);
  if (!silent.on()) return none();
  write_out(tty.fd, question);
  Typed typed;
  for (;;) {
    char c = 0;
    const ssize_t n = read(tty.fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    const bool cancel = n <= 0 || c == 3 || (c == 4 && typed.size == 0);
    if (cancel || c == '\n' || c == '\r' || c == 4) {
      write_out(tty.fd, "\n");
      if (cancel) return fail(Fault::denied, std::string(say(l, "已取消。", "Cancelled.")), "cli.passphrase_cancelled");
      return secret_of(typed.view(), l);
    }
    if (c == 127 || c == 8) {  // back over one character, not one byte
      while (typed.size > 0 && (static_cast<unsigned char>(typed.bytes[typed.size - 1]) & 0xC0) == 0x80) --typed.size;
      if (typed.size > 0) --typed.size;
    } else if (c == 21) {
      typed.size = 0;
    } else if (typed.size < typed.bytes.size()) {
      typed.bytes[typed.size++] = c;
    }
  }
}

}  // namespace

std::string new_passphrase_fault(std::string_view p, Language l) {
  if (!is_utf8(p)) return std::string(say(l, "口令不是 UTF-8 文字。", "The passphrase is not UTF-8 text."));
  std::size_t characters = 0;
  std::size_t words = 0;
  std::size_t in_word = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if ((static_cast<unsigned char>(p[i]) & 0xC0) == 0x80) continue;  // the rest of a character
    ++characters;
    if (p[i] == ' ' || p[i] == '-') {
      in_word = 0;
    } else if (p.substr(i).starts_with("\u3000")) {  // the blank of Chinese input methods
      in_word = 0;
    } else if (++in_word == 2) {
      ++words;
    }
  }
  if (characters >= 12 || words >= 4) return {};
  return std::string(
      say(l, "新口令太短：至少 12 个字符，或者 4 个词（用空格或连字符隔开），例如几个不相干的地名。",
          "The new passphrase is too short: at least 12 characters, or 4 words with blanks or hyphens between them."));
}

Result<crypto::SecretText> ask_passphrase(const std::string& file, std::string_view whose, Language l) {
  if (!file.empty()) return read_file(file, l);
  const std::string name = whose.empty() ? "" : l == Language::zh ? "（" + plain(whose) + "）" : " of " + plain(whose);
  return read_terminal(std::string(say(l, "口令", "Passphrase")) + name + std::string(say(l, "：", ": ")), l);
}

Result<crypto::SecretText> ask_new_passphrase(const std::string& file, std::string_view whose, Language l) {
  const std::string name = whose.empty() ? "" : l == Language::zh ? "（" + plain(whose) + "）" : " of " + plain(whose);
  const std::string question =
      std::string(say(l, "新口令", "New passphrase")) + name + std::string(say(l, "（不显示）：", " (not shown): "));
  auto typed = file.empty() ? read_terminal(question, l) : read_file(file, l);
  crypto::SecretText first = TRY(std::move(typed));
  if (auto fault = new_passphrase_fault(text(first.expose()), l); !fault.empty())
    return fail(Fault::invalid, fault, "cli.passphrase_short");
  if (file.empty()) {
    const crypto::SecretText again = TRY(read_terminal(std::string(say(l, "再输入一遍：", "Once more: ")), l));
    // Both were typed by the same person a moment ago: nothing is learned from how long this takes.
    if (text(first.expose()) != text(again.expose()))
      return fail(Fault::invalid, std::string(say(l, "两次输入不一样。", "The two do not match.")),
                  "cli.passphrase_differs");
  }
  return first;
}

}  // namespace yz::node::cli
