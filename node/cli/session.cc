#include "node/cli/session.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "node/cli/passphrase.h"
#include "node/fault.h"
#include "node/net/curl.h"
#include "node/net/sentences.h"

namespace yz::node::cli {
namespace {

/// Long enough for a flash report on a busy county node; sync, backup and the like may take what they need.
constexpr std::chrono::milliseconds kCallPatience{120'000};
constexpr std::size_t kAnswerMax =
    1024ull * 1024 * 1024;  // an attachment of the largest permitted size and a list of 100,000

std::string base64(ByteView b) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string s;
  s.reserve((b.size() + 2) / 3 * 4);  // no growth: a buffer left behind would hold the secret
  for (std::size_t i = 0; i < b.size(); i += 3) {
    const std::uint32_t v = static_cast<std::uint32_t>(b[i]) << 16 |
                            (i + 1 < b.size() ? static_cast<std::uint32_t>(b[i + 1]) << 8 : 0u) |
                            (i + 2 < b.size() ? static_cast<std::uint32_t>(b[i + 2]) : 0u);
    s += kDigits[v >> 18];
    s += kDigits[v >> 12 & 63];
    s += i + 1 < b.size() ? kDigits[v >> 6 & 63] : '=';
    s += i + 2 < b.size() ? kDigits[v & 63] : '=';
  }
  return s;
}

/// Work whose length depends on the line or on how much there is.
bool takes_long(const ApiCall& call) {
  for (std::string_view part :
       {"/sync", "/verify", "/backup", "/import", "/evidence", "/doctor", "/attachments/", "/bundles/"})
    if (call.target.find(part) != std::string::npos) return true;
  return false;
}

std::string reason(int error) { return std::strerror(error); }

}  // namespace

void out(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
void line(std::string_view text) {
  out(text);
  out("\n");
}

std::string absolute_path(const std::string& file) {
  std::error_code error;
  const auto full = std::filesystem::absolute(file, error);
  return error ? file : full.lexically_normal().string();
}

std::string percent(std::string_view s) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string o;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '_' || c == '~' || c == '.';
    if (unreserved)
      o += c;
    else
      (o += '%') += {kHex[u >> 4], kHex[u & 15]};
  }
  return o;
}

std::string query(std::initializer_list<std::pair<std::string_view, std::string>> pairs) {
  std::string o;
  for (const auto& [key, value] : pairs)
    if (!value.empty()) o += (o.empty() ? "?" : "&") + std::string(key) + "=" + percent(value);
  return o;
}

Result<std::string> read_input(const std::string& path, std::size_t max, Language l) {
  const auto unreadable = [&](int error) {
    return fail(Fault::missing, std::string(say(l, "读不到 ", "Can't read ")) + plain(path) + ": " + reason(error),
                "cli.file_unreadable");
  };
  const int fd = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return unreadable(errno);
  std::string bytes;
  std::array<char, 65536> piece;
  int error = 0;
  for (;;) {
    const ssize_t n = read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) error = errno;
    if (n <= 0) break;
    bytes.append(piece.data(), static_cast<std::size_t>(n));
    if (bytes.size() > max) break;
  }
  if (fd != STDIN_FILENO) close(fd);
  if (error) return unreadable(error);
  if (bytes.size() > max)
    return fail(Fault::invalid,
                plain(path) + std::string(say(l, " 太大，上限 ", " is too large; the limit is ")) + size_text(max),
                "cli.file_large");
  return bytes;
}

Result<> write_new(const std::string& path, std::string_view bytes, Language l) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd < 0 && errno == EEXIST)
    return fail(Fault::invalid,
                plain(path) + std::string(say(l, " 已经存在，没有覆盖。请换一个文件名。",
                                              " exists already and was not overwritten. Name another file.")),
                "cli.file_exists");
  int error = fd < 0 ? errno : 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) error = errno;
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (error == 0 && fsync(fd) != 0 && errno != EINVAL) error = errno;  // EINVAL: a pipe or a device has nothing to sync
  if (fd >= 0 && close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return {};
  if (fd >= 0) unlink(path.c_str());  // half a file would be taken for a whole one
  return fail(Fault::full, std::string(say(l, "写不了 ", "Can't write ")) + plain(path) + ": " + reason(error),
              "cli.file_unwritable");
}

Result<> Session::need_home() const {
  std::error_code error;
  const std::filesystem::path path(globals_.home);
  if (std::filesystem::is_directory(path, error) && !std::filesystem::is_empty(path, error)) return {};
  if (error && error.value() == EACCES)
    return fail(Fault::denied, say("没有权限读取 ", "No permission to read ") + plain(globals_.home),
                "cli.home_denied");
  return fail(Fault::missing,
              say("这里还没有单位：", "No office lives here yet: ") + plain(globals_.home) +
                  say("。新建用 yizhan init，受邀加入用 yizhan join；数据在别处请用 --home 指明。",
                      ". Make one with `yizhan init`, or `yizhan join` with an invitation; if it is elsewhere, say "
                      "--home DIR."),
              "cli.home_none");
}

Result<const crypto::SecretText*> Session::passphrase() {
  if (!passphrase_) passphrase_ = TRY(ask_passphrase(globals_.passphrase_file, globals_.officer, globals_.language));
  return &*passphrase_;
}

Answer Session::problem(const Error& e) const {
  Answer a;
  a.good = false;
  // Several officers and no --as: the command line was incomplete.
  a.exit_code = e.code == "officer.which" ? kExitUsage : exit_code(e);
  a.doc.set("type", "about:blank")
      .set("title", advice(e.fault, globals_.language))
      .set("status", http_status(e))
      .set("detail", api::sentence(e, globals_.language))
      .set("code", e.code)
      .set("fault", name_of(e.fault))
      .set("exit", a.exit_code);
  a.text = a.doc.dump();
  return a;
}

Answer Session::answer(Result<std::string> document) const {
  if (!document) return problem(document.error());
  auto doc = Doc::parse(*document);
  if (!doc) return problem(doc.error());
  return {0, true, *std::move(document), *std::move(doc)};
}

Result<ApiReply> Session::over_socket(const ApiCall& call) {
  SocketCall ask;
  ask.socket_path = *socket_;
  ask.method = call.method;
  ask.target = call.target;
  ask.timeout = takes_long(call) ? std::chrono::milliseconds(0) : kCallPatience;
  ask.max_answer_bytes = kAnswerMax;
  ask.body.assign(call.body.begin(), call.body.end());
  ask.headers = {{"Accept-Language", call.language}};
  if (call.method != "GET") ask.headers.emplace_back("Content-Type", call.content_type);
  if (!call.officer.empty()) ask.headers.emplace_back("X-YZ-Officer", percent(call.officer));
  if (call.passphrase) ask.headers.emplace_back("X-YZ-Passphrase", base64(call.passphrase->expose()));
  std::string last;  // with progress: the reply itself, behind the lines that tell how far it is
  if (call.progress) ask.headers.emplace_back("Accept", "application/x-ndjson");
  auto got = !call.progress ? http_over_socket(ask) : http_lines_over_socket(ask, [&](std::string_view text) {
    auto d = Doc::parse(text);
    if (d && d->has("progress"))
      call.progress(d->at("progress").dump());
    else
      last = text;
    return true;
  });
  for (auto& [name, value] : ask.headers) explicit_bzero(value.data(), value.size());
  explicit_bzero(ask.body.data(), ask.body.size());
  HttpReply reply = TRY(std::move(got));
  if (!last.empty()) {
    const Doc d = TRY(Doc::parse(last));
    const int status = static_cast<int>(d.number("status"));
    return ApiReply{.status = status,
                    .exit_code = static_cast<int>(d.number("exit")),
                    .content_type = status < 400 ? "application/json" : "application/problem+json",
                    .body = d.at("body").dump()};
  }
  ApiReply r;
  r.status = reply.status;
  r.content_type = reply.content_type;
  r.body.assign(reply.body.begin(), reply.body.end());
  bool said = false;
  for (const auto& [name, value] : reply.headers)
    if (strcasecmp(name.c_str(), "X-YZ-Exit") == 0) {
      r.exit_code = std::atoi(value.c_str());
      said = true;
    }
  if (!said) {  // refused before the API, by the HTTP server itself
    if (r.status >= 400)
      return fail(Fault::forged, "the node answered with HTTP status " + std::to_string(r.status), "cli.node_refused");
    return fail(Fault::forged, "what listens on the node's socket is no node", "cli.node_strange");
  }
  return r;
}

Result<ApiReply> Session::deliver(const ApiCall& call) {
  // A node may begin to serve while we wait for the home, or end before we ask: then the other way is tried once.
  for (int tries = 0;; ++tries) {
    if (!node_ && !socket_) socket_ = serving(globals_.home);
    if (socket_) {
      auto reply = over_socket(call);
      const bool gone = !reply && reply.error().fault == Fault::offline && !serving(globals_.home);
      if (!gone) return reply;
      // Asking may be repeated; doing may have been done before the node ended.
      if (call.method != "GET" || tries > 0)
        return fail(Fault::busy,
                    say("节点在处理时停止了，不知道是否已办成。请先查看，再决定是否重做。",
                        "The node ended while it worked on this; look whether it was done before you do it again."),
                    "cli.node_gone");
      socket_.reset();
      continue;
    }
    if (!node_) {
      const crypto::SecretText* secret = TRY(passphrase());
      auto opened = LocalNode::open(globals_.home, globals_.officer, *secret);
      if (!opened && opened.error().fault == Fault::busy && tries == 0 && serving(globals_.home)) continue;
      node_ = TRY(std::move(opened));
    }
    return node_->call(call);
  }
}

Answer Session::send(ApiCall call) {
  if (auto home = need_home(); !home) return problem(home.error());
  auto secret = passphrase();
  if (!secret) return problem(secret.error());
  call.officer = globals_.officer;
  call.language = std::string(name_of(globals_.language));
  call.passphrase = (*secret)->clone();
  auto reply = deliver(call);
  explicit_bzero(call.body.data(), call.body.size());  // it may hold a new passphrase
  if (!reply) return problem(reply.error());
  while (reply->more) {
    auto piece = reply->more();
    if (!piece) return problem(piece.error());
    if (!*piece) break;
    reply->body += **piece;
  }
  Answer a;
  a.exit_code = reply->exit_code;
  a.good = reply->status >= 200 && reply->status < 300;
  a.text = std::move(reply->body);
  const bool json = reply->content_type.find("json") != std::string::npos;
  if (json) {
    if (auto doc = Doc::parse(a.text)) a.doc = *std::move(doc);
  }
  if (!a.good && a.exit_code == 0) a.exit_code = kExitInternal;
  return a;
}

Answer Session::ask(std::string method, std::string target, const Doc& body, std::function<void(const Doc&)> progress) {
  ApiCall call;
  call.method = std::move(method);
  call.target = std::move(target);
  if (call.method != "GET") {
    if (!body.is_utf8())
      return problem({Fault::invalid,
                      say("内容不是 UTF-8 文字。请把文件另存为 UTF-8 编码后再试。",
                          "This is not UTF-8 text. Save the file in UTF-8 and try again."),
                      "cli.not_utf8"});
    call.body = body.dump();
  }
  if (progress)
    call.progress = [progress = std::move(progress)](std::string_view json) {
      if (auto doc = Doc::parse(json)) progress(*doc);
    };
  return send(std::move(call));
}

Answer Session::upload(std::string target, std::string octets) {
  ApiCall call;
  call.method = "PUT";
  call.target = std::move(target);
  call.body = std::move(octets);
  call.content_type = "application/octet-stream";
  return send(std::move(call));
}

Answer Session::get(std::string target) {
  ApiCall call;
  call.target = std::move(target);
  return send(std::move(call));
}

void Session::tell_problem(const Answer& a) const {
  const auto told = [](const std::string& s) { std::fprintf(stderr, "%s\n", s.c_str()); };
  const std::string detail = plain(a.doc.text("detail"));
  const std::string title = plain(a.doc.text("title"));
  told(say("没有办成：", "Not done: ") + (detail.empty() ? title : detail));
  for (const Doc& e : a.doc.at("errors").items()) {
    const std::string field = plain(e.text("field"));
    told("  - " + (field.empty() ? "" : field + ": ") + plain(e.text("message")));
  }
  if (const std::string kept = plain(a.doc.text("case")); !kept.empty())
    told(say("草稿已保留：", "The draft is kept: ") + kept +
         say("。改好后：yizhan report edit ", ". Change it with: yizhan report edit ") + kept +
         say(" …，再 yizhan report send ", " ..., then yizhan report send ") + kept);
  // A sentence of its own says what to do; the general words stand beside it only where they are true, too.
  const auto fault = fault_from(a.doc.text("fault"));
  if (!detail.empty() && !title.empty() && fault && advice_fits(*fault, a.doc.text("code"))) told(title);
}

int Session::finish(const Answer& a, const std::function<void(const Doc&)>& tell) const {
  if (!a.good) tell_problem(a);
  if (globals_.json) {
    out(a.text);
    if (!a.text.ends_with('\n')) line();
  } else if (a.good) {
    tell(a.doc);
  }
  return a.exit_code;
}

}  // namespace yz::node::cli
