#include "node/net/openapi.h"

#include <doctest/doctest.h>

#include <set>

#include "node/net/api_request.h"
#include "tests/node/desk_world.h"
#include "tests/support/schema_check.h"

using namespace yz;
using namespace yz::node;
using test::World;

TEST_CASE("every route is documented, and nothing is documented that is no route") {
  std::set<std::string> registered, documented;
  for (const api::Route& r : api::routes()) registered.insert(std::string(r.method) + " " + std::string(r.path));
  for (const api::DocTable& t : {api::docs_reports(), api::docs_case(), api::docs_tasks(), api::docs_office(),
                                 api::docs_machine(), api::docs_desk()})
    for (const api::RouteDoc& d : t.routes) {
      CAPTURE(d.route);
      CHECK(documented.insert(std::string(d.route)).second);
      CHECK(!d.answer.empty());
    }
  for (const std::string& r : registered) {
    CAPTURE(r);
    CHECK_MESSAGE(documented.contains(r), "no row in node/net/docs_*.cc for " << r);
  }
  for (const std::string& r : documented) {
    CAPTURE(r);
    CHECK_MESSAGE(registered.contains(r), "a row in node/net/docs_*.cc for what is no route: " << r);
  }
}

TEST_CASE("every parameter that stands in a path is documented") {
  const auto made = api::openapi_document("1");
  REQUIRE_MESSAGE(made, made.error().what);
  for (const api::Route& r : api::routes()) {
    const Json* path = made->find("paths")->find(r.path);
    REQUIRE(path);
    std::string method(r.method);
    for (char& c : method) c = static_cast<char>(c + 32);
    const Json* op = path->find(method);
    REQUIRE(op);
    std::size_t in_path = 0, listed = 0;
    for (const char c : r.path) in_path += c == '{' ? 1U : 0U;
    if (const Json* all = op->find("parameters"))
      for (const Json& p : *all->items()) listed += p.text("in") == "path" ? 1U : 0U;
    CAPTURE(r.path);
    CHECK(in_path == listed);
    CHECK(op->find("responses")->find("200"));
    CHECK((op->find("requestBody") != nullptr) == (r.method == "POST" || r.method == "PUT"));
  }
}

TEST_CASE("the short notation says what it means, and nothing else is taken") {
  const auto shown = [](std::string_view s) {
    const auto j = api::schema_from(s);
    return j ? dump(*j) : std::string("broken");
  };
  CHECK(shown("text<300>") == R"({"type":"string","maxLength":300})");
  CHECK(shown("int<-1,5>?") == R"({"anyOf":[{"type":"integer","minimum":-1,"maximum":5},{"type":"null"}]})");
  CHECK(shown("=a|b|\"\"") == R"({"type":"string","enum":["a","b",""]})");
  CHECK(shown("[(text/bool)]") == R"({"type":"array","items":{"anyOf":[{"type":"string"},{"type":"boolean"}]}})");
  CHECK(shown("{a:int, b?:Name, *:any}") ==
        R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"$ref":"#/components/schemas/Name"}},)"
        R"("required":["a"],"additionalProperties":{}})");
  for (const char* bad : {"", "tex", "{a}", "{a:}", "{a:text", "[text", "(text", "=", "text text", "int<1>", "text<a>",
                          "{a:text b:text}", "?"})
    CHECK_MESSAGE(shown(bad) == "broken", bad);
  CHECK(shown(std::string(100'000, '[')) == "broken");
}

TEST_CASE("a member of another type than the documented one is refused by its name, whatever the route") {
  World w;
  struct Row {
    const char *target, *body, *member;
  };
  const std::string draft = "/api/v1/reports/" + w.write();
  for (const Row& row :
       {Row{"/api/v1/reports", R"({"kind":"brief","title":7})", "title"},
        Row{"/api/v1/reports", R"({"kind":"brief","title":"t","send":"yes"})", "send"},
        Row{"/api/v1/reports", R"({"kind":"brief","title":"t","to":"370783"})", "to"},
        Row{"/api/v1/qr", R"({"text":["a"]})", "text"},
        Row{"/api/v1/invitations", R"({"code":"1","name":"n","level":"unit","valid_hours":"72"})", "valid_hours"},
        Row{"/api/v1/invitations", R"({"code":"1","name":"n","level":"unit","valid_hours":1.5})", "valid_hours"}}) {
    CAPTURE(row.body);
    const auto a = w.call("POST", row.target, row.body);
    CHECK(a.reply.status == 422);
    CHECK(a.json.text("code") == "invalid.type");
    CHECK(a.json.text("detail").find(row.member) != std::string_view::npos);
  }
  CHECK(w.call("PUT", draft, R"({"title":null,"body":"柳河镇"})").reply.status != 500);
}

TEST_CASE("the checker of the tests sees what does not fit") {
  const auto document = api::openapi_document("1");
  REQUIRE(document);
  const auto fits = [&](const char* shape, const char* value) {
    return test::misfit(*document, *api::schema_from(shape), *parse_json(value)).empty();
  };
  CHECK(fits("{a:int}", R"({"a":1})"));
  CHECK_FALSE(fits("{a:int}", R"({"a":"1"})"));
  CHECK_FALSE(fits("{a:int}", R"({})"));
  CHECK_FALSE(fits("{a:int}", R"({"a":1,"b":2})"));
  CHECK(fits("{*:int}", R"({"a":1,"b":2})"));
  CHECK_FALSE(fits("{*:int}", R"({"a":"x"})"));
  CHECK_FALSE(fits("[=a|b]", R"(["c"])"));
  CHECK_FALSE(fits("time", R"("gestern")"));
  CHECK(fits("time?", "null"));
  CHECK_FALSE(fits("hex", R"("xyz")"));
  CHECK_FALSE(fits("int<1,5>", "6"));
  CHECK_FALSE(fits("Office", R"({"office":"1"})"));
}
