#include "tests/support/documented.h"

#include "node/net/api_request.h"
#include "node/net/openapi.h"
#include "tests/support/schema_check.h"

namespace yz::test {
namespace {

using node::Json;

const Json& document() {
  static const Json d = [] {
    auto made = node::api::openapi_document("test");
    return made ? std::move(*made) : Json();
  }();
  return d;
}

bool same_path(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const auto p = pattern.find('/', 1), q = path.find('/', 1);
    if (!pattern.starts_with("/{") && pattern.substr(0, p) != path.substr(0, q)) return false;
    pattern.remove_prefix(std::min(pattern.size(), p));
    path.remove_prefix(std::min(path.size(), q));
  }
  return pattern.empty() && path.empty();
}

const node::api::Route* route_of(const node::ApiCall& c) {
  const std::string_view path = std::string_view(c.target).substr(0, c.target.find('?'));
  for (const auto& r : node::api::routes())
    if (r.method == c.method && same_path(r.path, path)) return &r;
  return nullptr;
}

}  // namespace

std::string undocumented(const node::ApiCall& call, const node::ApiReply& reply) {
  const auto* route = route_of(call);
  if (!route || !node::api::doc_of(route->method, route->path)) return {};
  std::string method(route->method);
  for (char& c : method) c = static_cast<char>(c + 32);
  const std::string what = std::string(route->method) + " " + std::string(route->path) + " ";
  if (!document().find("paths")) return "the document can't be made";
  const Json* op = document().find("paths")->find(route->path)->find(method);
  const Json* answer = op->find("responses")->find(std::to_string(reply.status));
  if (!answer && (reply.status == 500 || reply.status == 503 || reply.status == 507)) return {};
  const auto body = node::parse_json(reply.body, {.bytes = reply.body.size() + 1, .depth = 64});
  const std::string said = reply.body.substr(0, 300);
  if (!answer) return what + std::to_string(reply.status) + " is not documented: " + said;
  // What a list is sent as may bear its character set.
  const std::string type = reply.content_type.substr(0, reply.content_type.find(';'));
  const Json* content = answer->find("content")->find(type);
  if (!content) return what + reply.content_type + " is not documented";
  if (reply.content_type.find("json") == std::string::npos) return {};
  if (!body) return what + "answers no JSON: " + said;
  if (auto bad = misfit(document(), *content->find("schema"), *body); !bad.empty()) return what + bad + " in " + said;
  // A request that was taken has to be one that the document allows.
  if (reply.status != 200 || route->raw || call.body.empty()) return {};
  const Json* asked = op->find("requestBody");
  const auto sent = node::parse_json(call.body, {.bytes = call.body.size() + 1});
  if (!asked || !sent) return {};
  const auto bad = misfit(document(), *asked->find("content")->find("application/json")->find("schema"), *sent);
  return bad.empty() ? bad : what + "took " + bad;
}

}  // namespace yz::test
