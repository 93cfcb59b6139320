// GET /api/v1/openapi.json: the server's table of routes and the rows of docs_*.cc, put together.
#include "node/net/openapi.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "node/net/api_request.h"

namespace yz::node::api {
namespace {

constexpr std::string_view kJson = "application/json", kOctets = "application/octet-stream",
                           kProblem = "application/problem+json", kText = "text/plain";

const std::array<DocTable, 5>& tables() {
  static const std::array<DocTable, 5> all{docs_reports(), docs_case(), docs_tasks(), docs_office(), docs_machine()};
  return all;
}

std::unexpected<Error> broken(std::string_view what, std::string_view where) {
  return fail(Fault::invalid, std::string(what) + ": " + std::string(where), "doc.row");
}

std::vector<std::string_view> split(std::string_view s, char by) {
  std::vector<std::string_view> out;
  while (!s.empty()) {
    const auto at = s.find(by);
    if (const auto piece = s.substr(0, at); !piece.empty()) out.push_back(piece);
    s.remove_prefix(at == std::string_view::npos ? s.size() : at + 1);
  }
  return out;
}

using Codes = std::map<int, std::set<std::string, std::less<>>>;

/// "409 draft.exists @send; 422 invalid.kind"
Result<> read_problems(std::string_view text, Codes& out, int depth = 0) {
  if (depth > 4) return broken("groups of problems go round in a circle", text);
  for (const std::string_view part : split(text, ';')) {
    int status = 0;
    for (const std::string_view word : split(part, ' ')) {
      if (word[0] == '@') {
        const ProblemDoc* found = nullptr;
        for (const DocTable& t : tables())
          for (const ProblemDoc& p : t.problems)
            if (p.name == word.substr(1)) found = &p;
        if (!found) return broken("no such group of problems", word);
        TRY(read_problems(found->problems, out, depth + 1));
      } else if (word[0] >= '1' && word[0] <= '9') {
        status = (word[0] - '0') * 100 + (word.size() == 3 ? (word[1] - '0') * 10 + (word[2] - '0') : 0);
      } else {
        if (status < 400) return broken("a code without its status", word);
        out[status].insert(std::string(word));
      }
    }
  }
  return {};
}

/// What every route of its sort answers beside its own.
void add_common(const Route& r, const RouteDoc& doc, Codes& codes) {
  const auto add = [&](int status, std::initializer_list<const char*> all) {
    for (const char* c : all) codes[status].insert(c);
  };
  const bool has_part = r.path.find('{') != std::string_view::npos;
  if (r.login) {
    add(401, {"login.denied", "login.session", "login.state"});
    add(429, {"login.wait"});
    add(422, {"officer.which"});
  }
  if (has_part || !doc.query.empty()) add(400, {"malformed.target"});
  if (r.method != "GET") add(403, {"web.origin", "web.csrf", "denied.auditor"});
  if (r.method == "POST" || r.method == "PUT") {
    add(413, {"request.size"});
    add(415, {"web.content"});
    if (!r.raw) {
      add(400, {"malformed.json"});
      add(422, {"invalid.member", "invalid.type"});
    }
  }
  if (r.path.find("{case}") != std::string_view::npos) {
    add(404, {"case.missing"});
    add(422, {"case.prefix"});
  }
}

Json content_of(std::string_view type, Json schema) {
  return Json::object({{type == kJson ? std::string(kJson) : std::string(type),
                        schema.members() ? Json::object({{"schema", std::move(schema)}}) : Json::object()}});
}

Result<Json> answer_of(std::string_view answer) {
  Json out = Json::object({{"description", "done"}});
  const Json octets = Json::object({{"type", "string"}, {"contentMediaType", std::string(kOctets)}});
  if (answer == "octets")
    out.set("content", content_of(kOctets, octets));
  else if (answer == "csv")
    out.set("content", content_of("text/csv", Json::object({{"type", "string"}})));
  else if (answer == "events")
    out.set("content", content_of("text/event-stream", Json::object({{"type", "string"}})));
  else
    out.set("content", content_of(kJson, TRY(schema_from(answer))));
  return out;
}

Json problem_of(int status, const std::set<std::string, std::less<>>& codes) {
  Json words = Json::array();
  std::string said;
  for (const std::string& c : codes) {
    words.add(c);
    said += (said.empty() ? "" : ", ") + c;
  }
  Json all = Json::array();
  all.add(Json::object({{"$ref", "#/components/schemas/Problem"}}));
  all.add(Json::object({{"properties", Json::object({{"code", Json::object({{"enum", std::move(words)}})}})}}));
  Json content = content_of(kProblem, Json::object({{"allOf", std::move(all)}}));
  // Another name than ours, or another site's page: said before anything is looked at, and in plain text.
  if (status == 403) content.set(kText, Json::object({{"schema", Json::object({{"type", "string"}})}}));
  return Json::object({{"description", said}, {"content", std::move(content)}});
}

Result<Json> parameters_of(const Route& r, const RouteDoc& doc) {
  Json out = Json::array();
  for (std::string_view rest = r.path; rest.find('{') != std::string_view::npos;) {
    rest.remove_prefix(rest.find('{') + 1);
    const std::string_view name = rest.substr(0, rest.find('}'));
    out.add(Json::object(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", Json::object({{"type", "string"}})}}));
  }
  if (!doc.query.empty()) {
    const Json query = TRY(schema_from("{" + std::string(doc.query) + "}"));
    for (const auto& m : *query.find("properties")->members())
      out.add(Json::object({{"name", m.key}, {"in", "query"}, {"schema", m.value}}));
  }
  if (r.method != "GET") out.add(Json::object({{"$ref", "#/components/parameters/Csrf"}}));
  return out;
}

Result<Json> operation_of(const Route& r, const RouteDoc& doc) {
  Json op = Json::object({{"summary", r.summary}});
  if (Json parameters = TRY(parameters_of(r, doc)); !parameters.items()->empty())
    op.set("parameters", std::move(parameters));
  if (r.method == "POST" || r.method == "PUT") {
    Json body = r.raw ? Json::object({{"type", "string"}, {"contentMediaType", std::string(kOctets)}})
                      : TRY(schema_from(doc.body.empty() ? "{}" : doc.body));
    op.set("requestBody", Json::object({{"content", content_of(r.raw ? kOctets : kJson, std::move(body))},
                                        {"x-bytes-max", static_cast<std::int64_t>(r.body_max)}}));
  }
  Codes codes;
  add_common(r, doc, codes);
  TRY(read_problems(doc.problems, codes));
  // Of every route: an unknown name or a foreign site.
  if (!codes.contains(403)) codes[403] = {};
  Json responses = Json::object({{"200", TRY(answer_of(doc.answer))}});
  for (const auto& [status, all] : codes) responses.set(std::to_string(status), problem_of(status, all));
  responses.set("default", Json::object({{"$ref", "#/components/responses/Machine"}}));
  op.set("responses", std::move(responses));
  if (!r.login) op.set("security", Json::array());
  return op;
}

/// Puts the members of `...Name` where they are named.
Result<> with_bases(Json& j, const Json& shapes, int depth = 0) {
  if (depth > 40) return broken("shapes go round in a circle", "...");
  if (auto* items = j.items())
    for (Json& i : *items) TRY(with_bases(i, shapes, depth + 1));
  if (!j.members()) return {};
  if (const Json* bases = j.find("bases"); bases && bases->items()) {
    Json members = Json::object(), needed = Json::array();
    for (const Json& name : *bases->items()) {
      const Json* base = shapes.find(*name.string());
      if (!base || !base->find("properties")) return broken("no such shape", *name.string());
      Json whole = *base;
      TRY(with_bases(whole, shapes, depth + 1));
      for (const auto& m : *whole.find("properties")->members()) members.set(m.key, m.value);
      if (const Json* all = whole.find("required"))
        for (const Json& n : *all->items()) needed.add(n);
    }
    for (const auto& m : *j.find("properties")->members()) members.set(m.key, m.value);
    if (const Json* all = j.find("required"))
      for (const Json& n : *all->items()) needed.add(n);
    std::erase_if(*j.members(), [](const auto& m) { return m.key == "bases" || m.key == "required"; });
    j.set("properties", std::move(members));
    if (!needed.items()->empty()) j.set("required", std::move(needed));
  }
  for (auto& m : *j.members()) TRY(with_bases(m.value, shapes, depth + 1));
  return {};
}

Result<Json> all_shapes() {
  Json out = Json::object();
  for (const DocTable& t : tables())
    for (const ShapeDoc& s : t.shapes) {
      if (out.find(s.name)) return broken("two shapes of one name", s.name);
      auto shape = schema_from(s.shape);
      if (!shape) return broken(shape.error().what, s.name);
      out.set(s.name, std::move(*shape));
    }
  return out;
}

/// Every "$ref" names a shape that there is.
Result<> refs_hold(const Json& j, const Json& shapes) {
  constexpr std::string_view kWhere = "#/components/schemas/";
  if (const auto* items = j.items())
    for (const Json& i : *items) TRY(refs_hold(i, shapes));
  if (const auto* members = j.members())
    for (const auto& m : *members) {
      const std::string* to = m.key == "$ref" ? m.value.string() : nullptr;
      if (to && to->starts_with(kWhere) && !shapes.find(std::string_view(*to).substr(kWhere.size())))
        return broken("no such shape", *to);
      TRY(refs_hold(m.value, shapes));
    }
  return {};
}

Json security_schemes() {
  const auto key = [](const char* in, const char* name, const char* what) {
    return Json::object({{"type", "apiKey"}, {"in", in}, {"name", name}, {"description", what}});
  };
  return Json::object(
      {{"session", key("cookie", "yzPORT", "the page's session; with TLS __Host-yz. A change needs X-YZ-CSRF too")},
       {"passphrase", key("header", "X-YZ-Passphrase", "base64 of the passphrase, with X-YZ-Officer the name")}});
}

}  // namespace

const RouteDoc* doc_of(std::string_view method, std::string_view path) {
  static const auto all = [] {
    std::map<std::string, const RouteDoc*, std::less<>> out;
    for (const DocTable& t : tables())
      for (const RouteDoc& d : t.routes) out.emplace(d.route, &d);
    return out;
  }();
  const auto at = all.find(std::string(method) + " " + std::string(path));
  return at == all.end() ? nullptr : at->second;
}

Result<Json> openapi_document(const std::string& version) {
  Json shapes = TRY(all_shapes());
  {
    const Json before = shapes;
    TRY(with_bases(shapes, before));
  }
  Json paths = Json::object();
  for (const Route& r : routes()) {
    const RouteDoc none, *doc = doc_of(r.method, r.path);
    auto operation = operation_of(r, doc ? *doc : none);
    if (!operation) return broken(operation.error().what, std::string(r.method) + " " + std::string(r.path));
    TRY(with_bases(*operation, shapes));
    std::string method(r.method);
    for (char& c : method) c = static_cast<char>(c + 32);
    const Json* known = paths.find(r.path);
    Json path = known ? *known : Json::object();
    path.set(method, std::move(*operation));
    paths.set(r.path, std::move(path));
  }
  Json csrf = Json::object({{"name", "X-YZ-CSRF"},
                            {"in", "header"},
                            {"description", "the session's csrf; with a session and for all but GET"},
                            {"schema", Json::object({{"type", "string"}})}});
  Json machine = Json::object(
      {{"description", "this machine: 500 its data is damaged, 503 busy or without a line, 507 its disk is full"},
       {"content", content_of(kProblem, Json::object({{"$ref", "#/components/schemas/Problem"}}))}});
  Json security = Json::array();
  security.add(Json::object({{"session", Json::array()}}));
  security.add(Json::object({{"passphrase", Json::array()}}));
  Json out = Json::object(
      {{"openapi", "3.1.0"},
       {"info", Json::object({{"title", "Yizhan"},
                              {"version", version},
                              {"description",
                               "Another method of an address that there is: 405 route.missing. An address that "
                               "there is not: 404 route.missing. Errors are problem documents (RFC 9457)."}})},
       {"security", std::move(security)},
       {"paths", std::move(paths)},
       {"components", Json::object({{"schemas", shapes},
                                    {"securitySchemes", security_schemes()},
                                    {"parameters", Json::object({{"Csrf", std::move(csrf)}})},
                                    {"responses", Json::object({{"Machine", std::move(machine)}})}})}});
  TRY(refs_hold(out, shapes));
  return out;
}

Result<ApiReply> get_openapi(Request& r) { return reply(TRY(openapi_document(r.host.software_version()))); }

}  // namespace yz::node::api
