// The list narrowed by all that it can be narrowed by, bounded in what one call looks at; saved views; the table.
#include <doctest/doctest.h>

#include <set>

#include "node/store/case_row.h"
#include "node/store/facets.h"
#include "node/store/views.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

namespace {

/// Rows of `matter` as the store would have them; nothing else of a case is looked at by a list without search.
void fill(World& w, int n) {
  REQUIRE(w.store().write([&]() -> Result<> {
    return w.store().db().exec(
        "with recursive c(i) as (select 1 union all select i + 1 from c where i < " + std::to_string(n) +
        ") insert into matter(case_id, office, own, kind, lane, state, title, occurred_ms, signed_ms, changed_ms, "
        "attachments, flags) select randomblob(16), (select id from office where state = 3), 1, 7, 3, 3, 'n' || i, "
        "1000 * i, 1000 * i, 0, i % 100 = 0, case when i % 500 = 0 then 32 else 0 end from c");
  }));
}

std::size_t count(World& w, ListFilter f, std::size_t* calls = nullptr) {
  std::set<std::int64_t> seen;
  std::size_t n = 0;
  for (;;) {
    const auto page = list_cases(w.store(), f);
    REQUIRE(page);
    ++n;
    for (const MatterRow& m : page->rows) CHECK(seen.insert(m.row).second);
    if (page->next.empty()) break;
    f.after = page->next;
  }
  if (calls) *calls = n;
  return seen.size();
}

}  // namespace

TEST_CASE("a list narrowed by what an index knows gives all of it, page by page, each once") {
  World w;
  fill(w, 3000);
  CHECK(count(w, {.limit = 100}) == 3000);
  CHECK(count(w, {.limit = 7, .attachments = true}) == 30);
  CHECK(count(w, {.attachments = false}) == 2970);
  CHECK(count(w, {.exercise = true}) == 6);
  CHECK(count(w, {.limit = 2, .attachments = true, .exercise = true}) == 6);
  CHECK(count(w, {.exercise = false}) == 2994);
  CHECK(count(w, {.from = 1'000'000, .until = 1'100'000}) == 100);
  CHECK(count(w, {.limit = 9, .by = TimeOf::occurred, .from = 1'000'000, .until = 1'100'000}) == 100);
  CHECK(count(w, {.by = TimeOf::received, .from = 0}) == 0);
  CHECK(count(w, {.from = 2'999'000}) == 2);
  CHECK(count(w, {.until = 3'000}) == 2);
  CHECK(count(w, {.state = ReportState::draft}) == 0);
  CHECK(count(w, {.state = ReportState::signed_off, .kind = static_cast<Kind>(7)}) == 3000);
  CHECK(count(w, {.due_until = sync::Millis{1} << 60}) == 0);
}

TEST_CASE("one call looks at a bounded number of cases, and says where to go on") {
  World w;
  fill(w, 25'000);
  std::size_t calls = 0;
  // Nothing but a look at each case says that it is no exercise.
  const auto page = list_cases(w.store(), {.limit = 20'000, .exercise = false});
  REQUIRE(page);
  CHECK(page->rows.size() < 20'001);
  CHECK_FALSE(page->next.empty());
  CHECK(count(w, {.attachments = false, .exercise = false}, &calls) == 24'750);
  REQUIRE(w.store().write([&]() -> Result<> { return w.store().db().exec("update matter set flags = 32"); }));
  CHECK(count(w, {.exercise = false}, &calls) == 0);
  CHECK(calls == 3);
  ListFilter f{.limit = 50};
  f.kind = static_cast<Kind>(7);
  f.from = 25'000'001;  // after the newest
  CHECK(count(w, f, &calls) == 0);
  CHECK(calls == 1);
}

TEST_CASE("a common word in few cases is found by asking the cases, a rare one by asking the index") {
  World w;
  const std::string draft = w.write();
  for (int i = 0; i < 30; ++i) w.write(true);
  CHECK(count(w, {.search = "防汛"}) == 31);
  CHECK(count(w, {.state = ReportState::draft, .search = "防汛"}) == 1);
  CHECK(count(w, {.state = ReportState::signed_off, .search = "防汛 物资", .limit = 4}) == 30);
  // As a cursor of such a search goes on.
  ListFilter f{.state = ReportState::signed_off, .search = "防汛"};
  f.limit = 10;
  f.after = "s9999999";
  const auto page = list_cases(w.store(), f);
  REQUIRE(page);
  CHECK(page->rows.size() == 10);
  CHECK(page->next.starts_with("s"));
  CHECK(count(w, {.search = "防汛", .after = "s9999999"}) == 31);
  CHECK_FALSE(list_cases(w.store(), {.search = "防汛", .after = "r5"}));
  CHECK_FALSE(list_cases(w.store(), {.after = "s5"}));
}

TEST_CASE("class and grade narrow the list, of drafts and of what was signed, and follow the text") {
  World w;
  const auto made = w.call(
      "POST", "/api/v1/reports",
      R"({"kind":"first_report","lane":"urgent","title":"山体滑坡","fields":{"incident_type":"ND-GEO","level":"III"}})");
  REQUIRE(made.reply.status == 200);
  const std::string id(made.json.text("case"));
  const auto listed = [&](const char* query) {
    const auto a = w.call("GET", std::string("/api/v1/reports?") + query);
    CAPTURE(a.reply.body);
    REQUIRE(a.reply.status == 200);
    return a.json.find("reports")->items()->size();
  };
  CHECK(listed("class=ND") == 1);
  CHECK(listed("class=AD") == 0);
  CHECK(listed("grade=III") == 1);
  CHECK(listed("grade=I") == 0);
  CHECK(listed("class=ND&grade=III&state=draft&kind=first_report&lane=urgent") == 1);
  REQUIRE(w.call("PUT", "/api/v1/reports/" + id, R"({"fields":{"level":"II"}})").reply.status == 200);
  CHECK(listed("grade=III") == 0);
  CHECK(listed("grade=II") == 1);
  CHECK(w.call("GET", "/api/v1/reports?class=XX").reply.status == 422);
  CHECK(w.call("GET", "/api/v1/reports?clas=ND").json.text("code") == "invalid.member");
  // As an older program left it.
  REQUIRE(w.store().write([&]() -> Result<> {
    TRY(w.store().db().exec("update matter set incident = '', grade = ''"));
    return fill_facets(w.store());
  }));
  CHECK(listed("class=ND&grade=II") == 1);
}

TEST_CASE("a saved view is its officer's own, narrows the list, and is bounded in number") {
  World w(true, true, {"王芳", "李明"});
  w.write(false, "王芳");
  REQUIRE(w.call("PUT", "/api/v1/views/%E8%8D%89%E7%A8%BF", R"({"filter":{"state":"draft","lane":""}})", "王芳")
              .reply.status == 200);
  CHECK(w.call("GET", "/api/v1/reports?view=%E8%8D%89%E7%A8%BF", {}, "王芳").json.find("reports")->items()->size() ==
        1);
  CHECK(w.call("GET", "/api/v1/reports?view=%E8%8D%89%E7%A8%BF", {}, "李明").reply.status == 404);
  CHECK(w.call("GET", "/api/v1/views", {}, "李明").json.find("views")->items()->empty());
  CHECK(w.call("DELETE", "/api/v1/views/%E8%8D%89%E7%A8%BF", {}, "李明").reply.status == 404);
  for (const char* bad : {R"({})", R"({"filter":[]})", R"({"filter":{"state":1}})", R"({"filter":{"state":"x"}})",
                          R"({"filter":{"limit":"5"}})", R"({"filter":{"view":"x"}})"})
    CHECK_MESSAGE(w.call("PUT", "/api/v1/views/x", bad, "王芳").reply.status == 422, bad);
  for (int i = 0; i < 49; ++i)
    CHECK(w.call("PUT", "/api/v1/views/v" + std::to_string(i), R"({"filter":{}})", "王芳").reply.status == 200);
  CHECK(w.call("PUT", "/api/v1/views/more", R"({"filter":{}})", "王芳").json.text("code") == "view.many");
  CHECK(w.call("PUT", "/api/v1/views/v1", R"({"filter":{"lane":"flash"}})", "王芳").reply.status == 200);
  CHECK(w.call("DELETE", "/api/v1/views/v1", {}, "王芳").reply.status == 200);
  CHECK(w.call("PUT", "/api/v1/views/more", R"({"filter":{}})", "王芳").reply.status == 200);
}

TEST_CASE("the table comes in small pieces, whole, and is written down before it goes") {
  World w;
  fill(w, 5000);
  ApiCall c;
  c.target = "/api/v1/reports/export?attachments=false";
  c.passphrase.emplace(view("王芳"));
  ApiReply r = Api(w).call(c);
  REQUIRE(r.status == 200);
  REQUIRE(r.more);
  CHECK(r.content_type.starts_with("text/csv"));
  CHECK(w.count("select count(*) from journal where action = 'reports.export'") == 1);
  std::string all = r.body;
  std::size_t pieces = 0;
  for (;;) {
    auto piece = r.more();
    REQUIRE(piece);
    if (!*piece) break;
    CHECK((*piece)->size() < 200 * 1024);
    all += **piece;
    REQUIRE(++pieces < 1000);
  }
  CHECK(pieces > 10);
  CHECK(std::count(all.begin(), all.end(), '\n') == 4950 + 1);
  CHECK(all.starts_with("\xEF\xBB\xBF"));
  CHECK(all.find(",n1,") != std::string::npos);
  CHECK(all.find(",状态,单位,单位代码,") != std::string::npos);
  CHECK(all.find(",附件数,事项\r\n") != std::string::npos);  // what only programs read stands last
  CHECK(all.find(",n100,") == std::string::npos);
}

namespace {

/// Cases as rows, each with its lane, state, number and when it came.
void add_case(World& w, int lane, int state, std::string_view number, std::int64_t at) {
  REQUIRE(w.store().write([&] {
    return w.store().db().run(
        "insert into matter(case_id, office, own, kind, lane, state, title, signed_ms, changed_ms, number)"
        " select randomblob(16), id, 1, 7, ?, ?, ?, ?, 0, ? from office where state = 3",
        lane, state, number, at, number);
  }));
}

std::string in_order(World& w, std::string_view query) {
  std::string out;
  std::string after;
  do {
    const auto a = w.call("GET", "/api/v1/reports?limit=2" + std::string(query) + after);
    REQUIRE(a.reply.status == 200);
    for (const Json& r : *a.json.find("reports")->items()) {
      std::string n(r.text("number"));
      out += (out.empty() ? "" : " ") +
             n.substr(n.find("\xE3\x80\x95") + 3, n.rfind("\xE5\x8F\xB7") - n.find("\xE3\x80\x95") - 3);
    }
    after = a.json.find("next")->string() ? "&after=" + *a.json.find("next")->string() : std::string();
  } while (!after.empty());
  return out;
}

}  // namespace

TEST_CASE("a number is found by what a person types of it, and by no other number") {
  World w;
  for (const int n : {9, 19, 119}) add_case(w, 1, 3, "柳河镇〔2026〕" + std::to_string(n) + "号", n);
  add_case(w, 1, 3, "青山县〔2026〕19号", 50);
  const auto found = [&](const std::string& typed) {
    const auto list = list_cases(w.store(), {.search = typed});
    REQUIRE(list);
    return list->rows.size();
  };
  CHECK(found("19号") == 2);
  CHECK(found("2026〕19号") == 2);
  CHECK(found("柳河镇〔2026〕19号") == 1);
  CHECK(found("7号") == 0);  // nor does any text have it
}

TEST_CASE("a list is in the order of the column that was asked for, page by page, each once") {
  World w;
  const struct {
    int lane, state, number;
    std::int64_t at;
  } rows[] = {{3, 4, 9, 500}, {1, 5, 10, 100}, {3, 3, 100, 300}, {2, 4, 2, 400}, {1, 3, 11, 200}};
  for (const auto& r : rows) add_case(w, r.lane, r.state, "柳河镇〔2026〕" + std::to_string(r.number) + "号", r.at);
  const struct {
    std::string_view query, want;
  } cases[] = {
      {"", "11 2 100 10 9"},  // as they came, the newest first
      {"&sort=number&order=asc", "2 9 10 11 100"},
      {"&sort=number", "100 11 10 9 2"},
      {"&sort=time", "9 2 100 11 10"},
      {"&sort=time&order=asc", "10 11 100 2 9"},
      {"&sort=lane&order=asc", "11 10 2 9 100"},  // within a lane the newest first
      {"&sort=lane&order=desc", "9 100 2 11 10"},
      {"&sort=state&order=asc", "100 11 9 2 10"},
      {"&sort=office", "9 2 100 11 10"},
      {"&sort=time&lane=flash", "11 10"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.query);
    CHECK(in_order(w, c.query) == c.want);
  }
  for (const std::string_view bad : {"sort=title", "sort=time&order=up", "sort=time&after=r3", "sort=time&after=o",
                                     "sort=time&after=o999", "sort=time&after=o00", "sort=time&after=ozz"}) {
    CAPTURE(bad);
    CHECK(w.call("GET", "/api/v1/reports?" + std::string(bad)).reply.status == 422);
  }
}

TEST_CASE("the next page of an ordered list begins where the last one ended, though its last case moved or is gone") {
  for (const std::string_view change :
       {"update matter set lane = 4 where title = '3'", "update matter set lane = 1 where title = '3'",
        "update matter set sort = 9 where title = '3'"}) {
    CAPTURE(change);
    World w;
    for (const int n : {1, 2, 3, 4, 5}) add_case(w, n <= 3 ? 2 : 3, 4, std::to_string(n), 100 - n);
    REQUIRE(w.store().write([&] { return w.store().db().run("update matter set title = number"); }));
    ListFilter f{.limit = 3, .order = OrderBy::lane, .ascending = true};
    const auto first = list_cases(w.store(), f);
    REQUIRE(first);
    REQUIRE(first->rows.back().title == "3");
    REQUIRE(w.store().write([&] { return w.store().db().run(std::string(change)); }));
    f.after = first->next;
    const auto next = list_cases(w.store(), f);
    REQUIRE(next);
    REQUIRE(next->rows.size() >= 2);
    CHECK(next->rows[0].title == "4");
    CHECK(next->rows[1].title == "5");
    f.ascending = false;  // of another list
    CHECK(list_cases(w.store(), f).error().code == "invalid.after");
  }
}

TEST_CASE("an ordered list has the few that fit, though more cases must be looked at than one call may") {
  World w;
  fill(w, static_cast<int>(kOrderedMost) + 20);
  REQUIRE(w.store().write([&] { return w.store().db().run("update matter set grade = 'I' where row <= 5"); }));
  const auto found = list_cases(w.store(), {.limit = 10, .grade = "I", .order = OrderBy::time});
  REQUIRE(found);
  CHECK(found->rows.size() == 5);
  CHECK_FALSE(found->among);
}

TEST_CASE("of more than one call may look at, only the newest are put in order, and the list says so") {
  World w;
  fill(w, static_cast<int>(kOrderedMost) + 20);
  const auto page = list_cases(w.store(), {.limit = 3, .order = OrderBy::time, .ascending = true});
  REQUIRE(page);
  CHECK(page->among == kOrderedMost);
  CHECK(page->rows.front().title == "n21");
  const auto few = list_cases(w.store(), {.limit = 3, .exercise = true, .order = OrderBy::time, .ascending = true});
  REQUIRE(few);
  CHECK_FALSE(few->among);
  CHECK(few->rows.front().title == "n500");
}
