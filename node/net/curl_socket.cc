// HTTP over the unix socket of the node that runs here.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "node/net/curl.h"
#include "node/net/curl_request.h"

namespace yz::node {
namespace {

/// One line of newline-delimited JSON.
constexpr std::size_t kLineMax = 1024 * 1024;
constexpr std::size_t kSocketHeaderMax = 64 * 1024;

struct SocketReply {
  CURL* easy = nullptr;
  HttpReply reply;
  const std::function<bool(std::string_view)>* on_line = nullptr;
  std::string line;
  std::size_t max_bytes = 0;
  std::size_t header_bytes = 0;
  bool too_long = false;
  bool hung_up = false;
};

std::size_t socket_header(char* data, std::size_t, std::size_t n, void* to) {
  auto& r = *static_cast<SocketReply*>(to);
  r.header_bytes += n;
  if (r.header_bytes > kSocketHeaderMax) {
    r.too_long = true;
    return 0;
  }
  const std::string_view line(data, n);
  if (line.starts_with("HTTP/")) r.reply.headers.clear();  // behind a 100 Continue
  if (auto header = split_header_line(line)) r.reply.headers.push_back(std::move(*header));
  return n;
}

std::size_t socket_body(char* data, std::size_t, std::size_t n, void* to) {
  auto& r = *static_cast<SocketReply*>(to);
  if (r.on_line == nullptr || status_of_request(r.easy) / 100 != 2) {
    if (r.reply.body.size() + n > r.max_bytes) {
      r.too_long = true;
      return 0;
    }
    r.reply.body.insert(r.reply.body.end(), data, data + n);
    return n;
  }
  std::string_view rest(data, n);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    r.line.append(rest.substr(0, end));
    if (r.line.size() > kLineMax) {
      r.too_long = true;
      return 0;
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    if (!r.line.empty() && r.line.back() == '\r') r.line.pop_back();
    const std::string line = std::exchange(r.line, {});
    if (!(*r.on_line)(line)) {
      r.hung_up = true;
      return 0;
    }
  }
  return n;
}

Result<HttpReply> ask_socket(const SocketCall& call, const std::function<bool(std::string_view)>* on_line) {
  if (!libcurl_ready()) return fail(Fault::full, "libcurl does not start");
  const std::size_t slash = call.socket_path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : call.socket_path.substr(0, slash);
  const std::string name = slash == std::string::npos ? call.socket_path : call.socket_path.substr(slash + 1);
  if (name.empty() || name.size() > 80) return fail(Fault::invalid, "not a usable socket name: " + call.socket_path);
  struct Folder {
    int fd;
    ~Folder() {
      if (fd >= 0) ::close(fd);
    }
  } const folder{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd < 0)
    return fail(errno == EACCES ? Fault::denied : Fault::offline,
                "nobody listens on " + call.socket_path + ": " + std::strerror(errno));

  const CurlEasy easy(curl_easy_init());
  if (!easy) return fail(Fault::full, "no memory for a request");
  SocketReply reply;
  reply.easy = easy.get();
  reply.on_line = on_line;
  reply.max_bytes = call.max_answer_bytes;
  set_up_request(easy.get());
  CurlHeaders headers;
  if (!set_request_headers(easy.get(), headers, call.headers))
    return fail(Fault::invalid, "a header that cannot be sent");
  // The folder by its descriptor: sockaddr_un has room for 107 bytes only.
  const std::string reachable = "/proc/self/fd/" + std::to_string(folder.fd) + "/" + name;
  curl_easy_setopt(easy.get(), CURLOPT_UNIX_SOCKET_PATH, reachable.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PATH_AS_IS, 1L);
  const std::string url = "http://localhost" + call.target;
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  if (!call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH") {
    curl_easy_setopt(easy.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS,
                     call.body.empty() ? "" : reinterpret_cast<const char*>(call.body.data()));
  }
  if (call.method == "HEAD")
    curl_easy_setopt(easy.get(), CURLOPT_NOBODY, 1L);
  else
    curl_easy_setopt(easy.get(), CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, socket_header);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &reply);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, socket_body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reply);

  const CURLcode code = curl_easy_perform(easy.get());
  reply.reply.status = status_of_request(easy.get());
  if (const char* type = nullptr;
      curl_easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr)
    reply.reply.content_type = type;
  if (reply.hung_up) return std::move(reply.reply);
  if (reply.too_long) return fail(Fault::full, "the node's answer is too long");
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(Fault::busy, "the node did not answer in time");
  if (code == CURLE_URL_MALFORMAT) return fail(Fault::invalid, "not an address: " + call.target);
  if (code == CURLE_COULDNT_CONNECT) {
    long number = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &number);
    if (number == EACCES || number == EPERM) return fail(Fault::denied, "no right to open " + call.socket_path);
    return fail(Fault::offline, "nobody listens on " + call.socket_path);
  }
  if (code != CURLE_OK)
    return fail(Fault::offline, std::string("the node's answer was cut: ") + curl_easy_strerror(code));
  if (!reply.line.empty() && on_line != nullptr) (*on_line)(reply.line);
  return std::move(reply.reply);
}

}  // namespace

Result<HttpReply> http_over_socket(const SocketCall& call) { return ask_socket(call, nullptr); }

Result<HttpReply> http_lines_over_socket(const SocketCall& call, const std::function<bool(std::string_view)>& on_line) {
  return ask_socket(call, &on_line);
}

}  // namespace yz::node
