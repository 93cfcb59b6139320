#include "node/store/cases.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kNow;
using test::World;

namespace {

CaseId case_of(std::uint8_t n) {
  CaseId id;
  id.bytes.fill(n);
  return id;
}

MatterRow get(World& w, const CaseId& id) {
  const auto m = matter(w.store(), id);
  REQUIRE(m);
  REQUIRE(*m);
  return **m;
}

std::vector<std::string> titles(World& w, ListFilter f) {
  const auto list = list_cases(w.store(), f);
  REQUIRE(list);
  std::vector<std::string> out;
  for (const auto& m : list->rows) out.push_back(m.title);
  return out;
}

}  // namespace

TEST_CASE("a record stored twice is there once") {
  World w;
  test::Keys other;
  const auto r = w.foreign(other, case_of(1));
  const auto row = w.put(r);
  CHECK(w.put(r) == row);
  CHECK(w.count("select count(*) from record") == 1);
  CHECK(w.count("select count(*) from matter") == 1);
  const MatterRow m = get(w, case_of(1));
  CHECK(m.state == ReportState::received);
  CHECK(m.title == "乙村报告");
  CHECK(m.received == kNow);
  CHECK_FALSE(m.own);
}

TEST_CASE("whatever the order in which versions come, the case ends the same") {
  test::Keys other;
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    World w;
    const auto first = w.foreign(other, case_of(2), {}, "首报");
    const auto second = w.foreign(other, case_of(2), {first.id}, "续报一", sync::RecordType::followup, kNow + 1000);
    const auto third = w.foreign(other, case_of(2), {second.id}, "续报二", sync::RecordType::followup, kNow + 2000);
    const sync::ReleasedRecord* all[] = {&first, &second, &third};
    for (const std::size_t i : order) w.put(*all[i]);
    const MatterRow m = get(w, case_of(2));
    CHECK_FALSE(m.conflict);
    CHECK(m.title == "续报二");
    CHECK(m.signed_at == kNow + 2000);
    const auto records = case_records(w.store(), m.row);
    REQUIRE(records);
    const auto tips = heads(graph_of(m.office, *records), *records);
    REQUIRE(tips.size() == 1);
    CHECK(tips[0]->released.id == third.id);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("two versions of one parent are a conflict until a third names both") {
  World w;
  test::Keys other;
  const auto first = w.foreign(other, case_of(3));
  const auto a = w.foreign(other, case_of(3), {first.id}, "甲", sync::RecordType::correction, kNow + 1);
  const auto b = w.foreign(other, case_of(3), {first.id}, "乙", sync::RecordType::correction, kNow + 2);
  w.put(first);
  w.put(a);
  CHECK_FALSE(get(w, case_of(3)).conflict);
  w.put(b);
  CHECK(get(w, case_of(3)).conflict);
  w.put(w.foreign(other, case_of(3), {a.id, b.id}, "合", sync::RecordType::correction, kNow + 3));
  CHECK_FALSE(get(w, case_of(3)).conflict);
  CHECK(get(w, case_of(3)).title == "合");
}

TEST_CASE("a second record without parents is a conflict") {
  World w;
  test::Keys other;
  w.put(w.foreign(other, case_of(4)));
  w.put(w.foreign(other, case_of(4)));
  CHECK(get(w, case_of(4)).conflict);
}

TEST_CASE("a case id that another office copied changes nothing of the case") {
  World w;
  test::Keys other, thief;
  w.put(w.foreign(other, case_of(5), {}, "真"));
  w.put(w.foreign(thief, case_of(5), {}, "假"));
  const MatterRow m = get(w, case_of(5));
  CHECK(m.title == "真");
  CHECK_FALSE(m.conflict);
  CHECK(w.count("select count(*) from record where quarantine != 0") == 1);
}

TEST_CASE("what is in quarantine is not listed or found until it is released") {
  World w;
  test::Keys other;
  const auto r = w.foreign(other, case_of(6));
  w.put(r, sync::Refusal::unknown_certificate);
  CHECK(titles(w, {}).empty());
  CHECK(titles(w, {.search = "乙村"}).empty());
  w.put(r);
  CHECK(titles(w, {}) == std::vector<std::string>{"乙村报告"});
  CHECK(titles(w, {.search = "乙村"}).size() == 1);
  CHECK(get(w, case_of(6)).verified);
}

TEST_CASE("what leaves quarantine is what was judged, with the signatures that were checked") {
  World w;
  const auto good = w.foreign(w.county, CaseId{{9}});
  sync::Record other = good.record;
  other.signatures[0].signature.bytes[0] ^= 1;
  const auto first = sync::release(other);
  REQUIRE(first.id == good.id);
  w.put(first, sync::Refusal::unknown_certificate);
  w.put(good);
  const auto rows = case_records(w.store(), find_case(w.store(), base32(CaseId{{9}}.view())).value().row);
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  CHECK((*rows)[0].released.bytes == good.bytes);
}

TEST_CASE("pages of a list hold every case once, newest first") {
  World w;
  test::Keys other;
  for (std::uint8_t i = 1; i <= 25; ++i) w.put(w.foreign(other, case_of(i), {}, "报告" + std::to_string(i)));
  for (const char* search : {"", "报告"}) {
    CAPTURE(search);
    ListFilter f;
    f.search = search;
    f.limit = 10;
    std::vector<std::string> all;
    int pages = 0;
    do {
      const auto list = list_cases(w.store(), f);
      REQUIRE(list);
      for (const auto& m : list->rows) all.push_back(m.title);
      f.after = list->next;
      ++pages;
    } while (!f.after.empty() && pages < 9);
    CHECK(pages == 3);
    CHECK(all.size() == 25);
    CHECK(std::set(all.begin(), all.end()).size() == 25);
    CHECK(all.front() == "报告25");
  }
  CHECK_FALSE(list_cases(w.store(), {.after = "x7"}));
  CHECK_FALSE(list_cases(w.store(), {.after = "r"}));
  CHECK_FALSE(list_cases(w.store(), {.search = " ，"}));
}

TEST_CASE("a list is filtered by lane, state and office together") {
  World w;
  test::Keys other;
  w.put(w.foreign(other, case_of(1)));
  w.write(true);
  w.write();
  CHECK(titles(w, {}).size() == 3);
  CHECK(titles(w, {.state = ReportState::received}).size() == 1);
  CHECK(titles(w, {.state = ReportState::draft, .office = w.town.office()}).size() == 1);
  CHECK(titles(w, {.lane = sync::Lane::routine, .state = ReportState::signed_off}).size() == 1);
  CHECK(titles(w, {.lane = sync::Lane::flash}).empty());
  CHECK(titles(w, {.office = other.office(), .search = "乙村"}).size() == 1);
  CHECK(titles(w, {.office = w.town.office(), .search = "乙村"}).empty());
}

TEST_CASE("a draft's words are found while it lasts, and only its newest") {
  World w;
  const std::string id = w.write(), path = "/api/v1/reports/" + id;
  CHECK(titles(w, {.search = "冲锋舟"}).size() == 1);
  w.call("PUT", path, R"({"body":"种子到位九成"})");
  CHECK(titles(w, {.search = "冲锋舟"}).empty());
  CHECK(titles(w, {.search = "种子"}).size() == 1);
  w.call("DELETE", path);
  CHECK(titles(w, {.search = "种子"}).empty());
}

TEST_CASE("a case is named by its id, by six characters of it, or by its number") {
  World w;
  const std::string id = w.write(true);
  const auto name = [&](std::string_view typed) {
    const auto m = find_case(w.store(), typed);
    return m ? base32(m->id.view()) : m.error().code;
  };
  CHECK(name(id) == id);
  CHECK(name(id.substr(0, 6)) == id);
  CHECK(name(id.substr(0, 25)) == id);
  CHECK(name(id.substr(0, 5)) == "case.prefix");
  CHECK(name("柳河镇〔2026〕1号") == id);
  CHECK(name("柳河镇〔2026〕2号") == "case.missing");
  CHECK(name("no-such-case") == "case.missing");
  CHECK(name(std::string(27, 'a')) == "case.missing");
  test::Keys other;
  CaseId a = case_of(9), b = case_of(9);
  b.bytes[15] = 10;
  w.put(w.foreign(other, a));
  w.put(w.foreign(other, b));
  CHECK(name(base32(a.view()).substr(0, 10)) == "case.prefix");
  CHECK(name(base32(b.view())) == base32(b.view()));
}

TEST_CASE("the author's state follows the deliveries, and waits for the last addressee") {
  World w;
  const std::string id = w.write(true);
  const std::int64_t rows[] = {w.count("select row from record")};
  OfficeId second;
  second.bytes[0] = 9;
  REQUIRE(w.store().write(
      [&] { return queue_record(w.store(), rows[0], std::vector{second}, sync::Lane::routine, kNow); }));
  const auto refreshed = [&](const char* sql) {
    REQUIRE(w.store().write([&]() -> Result<> {
      TRY(w.store().db().exec(sql));
      return refresh_states(w.store(), rows, kNow);
    }));
    return w.state(id);
  };
  CHECK(refreshed("update delivery set state = 1 where row = 1") == "signed");
  CHECK(refreshed("update delivery set state = 1") == "sent");
  CHECK(refreshed("update delivery set state = 2 where row = 1") == "sent");
  CHECK(refreshed("update delivery set state = 2") == "delivered");
  CHECK(refreshed("update delivery set state = 3") == "opened");
  CHECK(refreshed("update delivery set state = 8 where row = 2") == "rejected");
}
