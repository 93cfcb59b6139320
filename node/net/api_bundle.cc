// Sneakernet: bundles on a stick.
#include "node/net/api_request.h"

namespace yz::node::api {
namespace {

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
  const BundleRead done = TRY(r.host.read_bundle(r.officer, path, told(r)));
  std::uint64_t acknowledged = 0;
  for (std::size_t lane = 1; lane <= 4; ++lane) acknowledged += done.moved.sent[lane];
  Json said = Json::object({{"from", r.code_of(done.from)},
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

}  // namespace yz::node::api
