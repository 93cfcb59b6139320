#include "node/net/csv.h"

#include <doctest/doctest.h>

#include <vector>

using namespace yz;

namespace {

std::string of(std::vector<std::string> cells) { return node::csv::row(cells); }

}  // namespace

TEST_CASE("a table's cells are quoted where they have to be, and a line ends as RFC 4180 says") {
  CHECK(of({"a", "b"}) == "a,b\r\n");
  CHECK(of({"", ""}) == ",\r\n");
  CHECK(of({"一,二", "说“好”", "\"q\""}) == "\"一,二\",说“好”,\"\"\"q\"\"\"\r\n");
  CHECK(of({"一\n二"}) == "\"一\n二\"\r\n");
  CHECK(of({}) == "\r\n");
}

TEST_CASE("no cell of a table becomes a formula") {
  for (const std::string bad : {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "　=1",
                                "\n=1", "＝1+1", "＋1+x", "－1-x", "＠x", "--1", "+", "-", "=", "-1.2.3", "+1-800-1"}) {
    CAPTURE(bad);
    CHECK(of({bad}).starts_with("\"'"));
  }
  for (const std::string fine :
       {"柳河镇", "-3", "+3", "-12.5", "3.0", "a=b", "a-b", "2026-11-22 14:05", "370783105", ""}) {
    CAPTURE(fine);
    CHECK(of({fine}) == fine + "\r\n");
  }
}

TEST_CASE("control characters do not come into a table") {
  CHECK(of({std::string("a\0b", 3)}) == "a b\r\n");
  CHECK(of({"a\x1B[31mb\x7F"}) == "a [31mb \r\n");
  CHECK(of({"a\tb"}) == "a b\r\n");
}
