// Sneakernet: bundles on a stick, by a path on this machine or through the browser.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "node/net/api_request.h"

namespace yz::node::api {
namespace {

/// What goes through a browser is in memory as a whole, like an import: a larger one is written to a path.
constexpr std::uint64_t kByBrowserBytes = 64 * 1024 * 1024;

Json lanes(const std::array<std::uint64_t, 5>& n) {
  Json j = Json::object();
  for (int i = 0; i <= 4; ++i) j.set(name_of(static_cast<sync::Lane>(i)), n[static_cast<std::size_t>(i)]);
  return j;
}

std::function<void(double)> told(const Request& r) {
  return [&r](double share) { r.progress(Json::object({{"share", share}})); };
}

Result<std::string> absolute_path(const Request& r) {
  std::string path(r.body.text("path"));
  if (!path.starts_with('/') || path.find('\0') != std::string::npos)
    return fail(Fault::invalid, "the path of a bundle has to be absolute", "invalid.path");
  return path;
}

/// A name in the home for a bundle on its way through the browser, gone with this. Others go between two pieces of a
/// bundle, so each has its own; what a power cut left behind is overwritten, for the numbers begin anew.
class Passing {
 public:
  explicit Passing(const Request& r) {
    static std::atomic<unsigned> made{0};
    path_ = r.host.home() + "/passing-" + std::to_string(made++ % 16) + ".yzbundle";
    ::unlink(path_.c_str());
  }
  Passing(const Passing&) = delete;
  Passing& operator=(const Passing&) = delete;
  ~Passing() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

  Result<> write(std::string_view bytes) const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return fail(Fault::full, "no room in the home for the file", "bundle.disk");
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        ::close(fd);
        return fail(Fault::full, "no room in the home for the file", "bundle.disk");
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    ::close(fd);
    return {};
  }

  Result<std::string> read(std::uint64_t size) const {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fail(Fault::corrupt, "the bundle that was just written is gone", "bundle.missing");
    std::string out(size, '\0');
    std::size_t have = 0;
    while (have < out.size()) {
      const ssize_t n = ::read(fd, out.data() + have, out.size() - have);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      have += static_cast<std::size_t>(n);
    }
    ::close(fd);
    if (have != size) return fail(Fault::corrupt, "the bundle that was just written is shorter", "bundle.missing");
    return out;
  }

 private:
  std::string path_;
};

ApiReply read_reply(const Request& r, const BundleRead& done) {
  std::uint64_t acknowledged = 0;
  for (std::size_t lane = 1; lane <= 4; ++lane) acknowledged += done.moved.sent[lane];
  const Json said = Json::object({{"from", r.code_of(done.from)},
                                  {"name", r.office_name(done.from)},
                                  {"written_at", r.time(done.written_ms)},
                                  {"frames", done.frames},
                                  {"received", lanes(done.moved.received)},
                                  {"sent", lanes(done.moved.sent)},
                                  {"acknowledged", acknowledged},
                                  {"refused", done.moved.refused},
                                  {"whole", done.whole}});
  if (done.stopped) return problem(*done.stopped, r.language, said);
  return reply(said);
}

}  // namespace

Result<ApiReply> post_bundle_export(Request& r) {
  TRY(only(r.body, {"to", "path"}));
  const std::string path = TRY(absolute_path(r));
  const std::string to(r.body.text("to"));
  const BundleWritten done = TRY(r.host.write_bundle(r.officer, to, path, told(r)));
  return reply(Json::object(
      {{"to", to}, {"path", path}, {"bytes", done.bytes}, {"content", done.content}, {"frames", lanes(done.frames)}}));
}

Result<ApiReply> post_bundle_import(Request& r) {
  TRY(only(r.body, {"path"}));
  const std::string path = TRY(absolute_path(r));
  return read_reply(r, TRY(r.host.read_bundle(r.officer, path, told(r))));
}

Result<ApiReply> post_bundle_file(Request& r) {
  TRY(only(r.body, {"to"}));
  const Passing file(r);
  const BundleWritten done = TRY(r.host.write_bundle(r.officer, r.body.text("to"), file.path(), told(r)));
  if (done.bytes > kByBrowserBytes)
    return fail(Fault::full,
                "what waits takes " + std::to_string(done.bytes >> 20U) +
                    " MiB, more than goes through a browser: write it to a path on this machine",
                "bundle.browser");
  ApiReply out;
  out.content_type = "application/octet-stream";
  out.file_name = std::string(r.body.text("to")) + ".yzbundle";
  out.body = TRY(file.read(done.bytes));
  return out;
}

Result<ApiReply> put_bundle_file(Request& r) {
  const Passing file(r);
  TRY(file.write(r.call.body));
  return read_reply(r, TRY(r.host.read_bundle(r.officer, file.path(), told(r))));
}

}  // namespace yz::node::api
