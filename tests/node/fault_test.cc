#include "node/fault.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "node/net/sentences.h"

using namespace yz;
using namespace yz::node;

namespace {
constexpr std::array kAll = {Fault::offline,  Fault::busy,   Fault::invalid, Fault::denied, Fault::missing,
                             Fault::conflict, Fault::forged, Fault::corrupt, Fault::full};
}

TEST_CASE("beside a code's own sentence the general advice stands only where it is true") {
  CHECK(advice_fits(Fault::missing, ""));
  CHECK(advice_fits(Fault::missing, "missing"));
  CHECK(advice_fits(Fault::corrupt, "store.page"));
  CHECK(advice_fits(Fault::forged, "exchange.form"));
  // "Two versions of one thing", "sync first and look again", "the peer's data failed a check", "our own data
  // disagrees": none of it is so.
  CHECK_FALSE(advice_fits(Fault::conflict, "backup.exists"));
  CHECK_FALSE(advice_fits(Fault::missing, "backup.folder"));
  CHECK_FALSE(advice_fits(Fault::forged, "join.withdrawn"));
  CHECK_FALSE(advice_fits(Fault::corrupt, "backup.mac"));
  for (const Fault f : kAll) CHECK(fault_from(name_of(f)) == f);
  CHECK_FALSE(fault_from("nothing"));
}

TEST_CASE("every fault has the exit code and the status of the contract") {
  struct Row {
    Fault fault;
    const char* name;
    int exit;
    int status;
  };
  const std::array<Row, 9> rows = {{{Fault::offline, "offline", 69, 503},
                                    {Fault::busy, "busy", 75, 503},
                                    {Fault::invalid, "invalid", 65, 422},
                                    {Fault::denied, "denied", 77, 403},
                                    {Fault::missing, "missing", 66, 404},
                                    {Fault::conflict, "conflict", 65, 409},
                                    {Fault::forged, "forged", 76, 400},
                                    {Fault::corrupt, "corrupt", 76, 500},
                                    {Fault::full, "full", 73, 507}}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Error e{row.fault, "x"};
    CHECK(name_of(row.fault) == row.name);
    CHECK(exit_code(e) == row.exit);
    CHECK(http_status(e) == row.status);
  }
}

TEST_CASE("what can't be read is 400 and a missing session 401, and only there") {
  CHECK(http_status({Fault::invalid, "x", "malformed.json"}) == 400);
  CHECK(http_status({Fault::denied, "x", "login.required"}) == 401);
  CHECK(http_status({Fault::denied, "x", "role.needed"}) == 403);
  CHECK(http_status({Fault::missing, "x", "malformed.id"}) == 404);
}

TEST_CASE("every fault tells the person what to do, in both languages and in words of its own") {
  std::set<std::string_view> zh, en, names;
  for (Fault f : kAll) {
    names.insert(name_of(f));
    zh.insert(advice(f, Language::zh));
    en.insert(advice(f, Language::en));
    CHECK(advice(f, Language::zh).ends_with("。"));
    CHECK(advice(f, Language::en).ends_with("."));
  }
  CHECK(names.size() == kAll.size());
  CHECK(zh.size() == kAll.size());
  CHECK(en.size() == kAll.size());
}

TEST_CASE("a language is known by its name and by no other") {
  CHECK(language_from("zh") == Language::zh);
  CHECK(language_from(name_of(Language::en)) == Language::en);
  CHECK_FALSE(language_from("fr"));
  CHECK_FALSE(language_from(""));
}
