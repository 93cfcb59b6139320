#pragma once
// What the routes take and give, for GET /api/v1/openapi.json. The server's table of routes says which there are; the
// tables in docs_*.cc say, a row each, what belongs to them, in the short notation below. A test fails for a route
// without a row and for a row without a route, and every answer in the tests is held against what its row says.
//
//   text  text<300>  int  int<1,100>  number  bool  any  time  hex  code   and   {case: ...} is text as well
//   =a|b|""          one of these words
//   T?               or null
//   (A/B)            one or the other
//   [T]              a list
//   {a:T, b?:T, ...Name, *:T}   an object of these members and no others: b may be missing, all of Name's, any further
//   Name             a shape of the tables, by its name
//
// An answer can also be `octets`, `csv` or `events`, a body `octets`.
#include <span>
#include <string>
#include <string_view>

#include "node/net/json.h"

namespace yz::node::api {

struct ShapeDoc {
  std::string_view name;  ///< with a capital
  std::string_view shape;
};

struct RouteDoc {
  std::string_view route;        ///< "POST /api/v1/reports"
  std::string_view query = {};   ///< parameters of the address, as members of an object: "a?:text, b?:int<1,9>"
  std::string_view body = {};    ///< empty: none is read
  std::string_view answer = {};  ///< of status 200
  /// "409 draft.exists report.state; 422 invalid.kind @report": codes by status, beside what every route of its sort
  /// has (401, 429, 400 of a body, ...). @name: those of a ProblemDoc.
  std::string_view problems = {};
};

/// Codes that several routes share.
struct ProblemDoc {
  std::string_view name;
  std::string_view problems;
};

struct DocTable {
  std::span<const ShapeDoc> shapes = {};
  std::span<const RouteDoc> routes = {};
  std::span<const ProblemDoc> problems = {};
};

// One for each part of the API; a new one is named here and in openapi.cc.
DocTable docs_reports();
DocTable docs_case();
DocTable docs_tasks();
DocTable docs_office();
DocTable docs_machine();
DocTable docs_desk();

/// A JSON schema from the notation. Fault::invalid names the place where it is none.
Result<Json> schema_from(std::string_view shape);
/// The row of a route; nullptr when there is none.
const RouteDoc* doc_of(std::string_view method, std::string_view path);
/// OpenAPI 3.1 of all routes. Fault::invalid names the row whose notation is broken, or a name that there is not.
Result<Json> openapi_document(const std::string& version);

/// Fault::invalid "invalid.member" for a member that the row does not name, "invalid.type" for one whose JSON type is
/// none that it allows; null stands for a member that is not there. What a member may say is the handler's.
Result<> as_documented(const RouteDoc&, const Json& body);

}  // namespace yz::node::api
