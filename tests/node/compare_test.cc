#include "node/office/compare.h"

#include <doctest/doctest.h>

#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;

namespace {

using How = Difference::How;

struct Built {
  CaseGraph graph;
  CaseView view;
};

RecordId id(std::uint8_t n) {
  RecordId r;
  r.bytes[0] = n;
  return r;
}

Report report(std::function<void(Report&)> change = [](Report&) {}) {
  Report r;
  r.kind = Kind::first_report;
  r.lane = sync::Lane::urgent;
  r.title = "铁匠沟发生山体滑坡";
  r.body = "十一月二十二日六时。";
  r.occurred_at = 1'000;
  r.fields.set("deaths", std::int64_t{0});
  r.fields.set("missing", std::int64_t{3});
  r.fields.set("place", std::string("铁匠沟"));
  r.fields.set("trend", std::string("稳定"));
  r.fields.set("measures_taken", std::string("搜救"));
  change(r);
  return r;
}

node::Version version(std::uint8_t n, std::vector<std::uint8_t> parents, std::optional<Report> content) {
  node::Version v;
  v.id = id(n);
  v.at = sync::Hlc{n};
  for (const auto p : parents) v.parents.push_back(id(p));
  v.content = std::move(content);
  if (v.content) v.lane = v.content->lane;
  return v;
}

Built build(std::vector<node::Version> versions) {
  Built b;
  b.graph = CaseGraph(OfficeId{}, std::move(versions));
  b.view = view_of(b.graph, b.graph.standpoints().front(),
                   [](std::string_view name) { return person_decides(test::the_rules(), name); });
  return b;
}
/// Two versions of one base.
CaseView sides(std::function<void(Report&)> a, std::function<void(Report&)> b) {
  return build({version(1, {}, report()), version(2, {1}, report(a)), version(3, {1}, report(b))}).view;
}
void set(Report& r, const char* key, std::int64_t n) { r.fields.set(key, n); }
void set(Report& r, const char* key, const char* s) { r.fields.set(key, std::string(s)); }

}  // namespace

TEST_CASE("which fields a person decides on") {
  for (const char* name : {"deaths", "missing", "magnitude", "occurred_at", "learned_at", "place", "contact",
                           "on_site_commander", "level", "incident_type", "sensitive", "no_such_field"})
    CHECK_MESSAGE(person_decides(test::the_rules(), name), name);
  for (const char* name : {"title", "body", "trend", "measures_taken", "kind", "sensitivity"})
    CHECK_MESSAGE(!person_decides(test::the_rules(), name), name);
}

TEST_CASE("field by field: one side's change holds, two changes are a person's") {
  struct Row {
    const char* name;
    std::function<void(Report&)> a, b;
    std::vector<std::pair<std::string, How>> found;
  };
  const auto nothing = [](Report&) {};
  const Row rows[] = {
      {"nothing", nothing, nothing, {}},
      {"a text on one side", [](auto& r) { r.body = "新"; }, nothing, {{"body", How::taken}}},
      {"texts on two sides, different fields",
       [](auto& r) { r.body = "新"; },
       [](auto& r) { set(r, "trend", "加剧"); },
       {{"body", How::taken}, {"trend", How::taken}}},
      {"one text on both sides",
       [](auto& r) { r.body = "新"; },
       [](auto& r) { r.body = "别的"; },
       {{"body", How::disputed}}},
      {"one text on both sides, to the same", [](auto& r) { r.body = "新"; }, [](auto& r) { r.body = "新"; }, {}},
      {"a figure on one side", [](auto& r) { set(r, "deaths", 1); }, nothing, {{"deaths", How::taken}}},
      {"a figure and a text",
       [](auto& r) { set(r, "deaths", 1); },
       [](auto& r) { set(r, "trend", "加剧"); },
       {{"deaths", How::taken}, {"trend", How::taken}}},
      {"one figure on both sides",
       [](auto& r) { set(r, "deaths", 1); },
       [](auto& r) { set(r, "deaths", 2); },
       {{"deaths", How::disputed}}},
      {"two figures of one side",
       [](auto& r) { set(r, "deaths", 1), set(r, "missing", 2); },
       nothing,
       {{"deaths", How::taken}, {"missing", How::taken}}},
      // One dead, two missing: on neither side; nobody has said it.
      {"figures of two sides",
       [](auto& r) { set(r, "deaths", 1); },
       [](auto& r) { set(r, "missing", 2); },
       {{"deaths", How::disputed}, {"missing", How::disputed}}},
      {"a figure here, a place there",
       [](auto& r) { set(r, "deaths", 1); },
       [](auto& r) { set(r, "place", "北山"); },
       {{"deaths", How::disputed}, {"place", How::disputed}}},
      {"a figure that both have, and another",
       [](auto& r) { set(r, "deaths", 1); },
       [](auto& r) { set(r, "deaths", 1), set(r, "missing", 2); },
       {{"missing", How::taken}}},
      {"the time on both sides",
       [](auto& r) { r.occurred_at = 2; },
       [](auto& r) { r.occurred_at = 3; },
       {{"occurred_at", How::disputed}}},
      {"a figure taken out", [](auto& r) { r.fields.values.erase("deaths"); }, nothing, {{"deaths", How::taken}}},
      {"a figure put in", [](auto& r) { set(r, "injured", 4); }, nothing, {{"injured", How::taken}}},
      {"a figure that nobody knows",
       [](auto& r) { set(r, "deaths", "unknown"); },
       [](auto& r) { set(r, "deaths", 1); },
       {{"deaths", How::disputed}}},
      {"the kind, by a follow-up", [](auto& r) { r.kind = Kind::followup_report; }, nothing, {{"kind", How::taken}}},
      {"figures in a text here, a figure there",
       [](auto& r) { r.body = "转移45人"; },
       [](auto& r) { set(r, "deaths", 1); },
       {{"body", How::disputed}, {"deaths", How::disputed}}},
      {"figures in a text, of full width, on one side",
       [](auto& r) { r.body = "转移４５人"; },
       nothing,
       {{"body", How::taken}}},
      {"figures in two texts",
       [](auto& r) { set(r, "trend", "扩大到3村"); },
       [](auto& r) { set(r, "measures_taken", "转移46人"); },
       {{"measures_taken", How::disputed}, {"trend", How::disputed}}},
      {"what belongs to one version",
       [](auto& r) { set(r, "sequence_no", 1), set(r, "change_reason", "核实"); },
       [](auto& r) { set(r, "sequence_no", 2); },
       {}},
  };
  for (const Row& r : rows) {
    CAPTURE(r.name);
    for (const bool turned : {false, true}) {
      const CaseView v = turned ? sides(r.b, r.a) : sides(r.a, r.b);
      std::vector<std::pair<std::string, How>> found;
      for (const auto& d : v.differences) found.emplace_back(d.name, d.how);
      CHECK(found == r.found);
      CHECK(v.has_base);
    }
  }
}

TEST_CASE("the view holds every change of one side, and the newest head's word where a person decides") {
  const CaseView v = sides([](auto& r) { r.body = "新", set(r, "deaths", 1); },
                           [](auto& r) { set(r, "trend", "加剧"), set(r, "deaths", 2); });
  REQUIRE(v.report);
  CHECK(v.report->body == "新");
  CHECK(v.report->fields.text("trend") == "加剧");
  CHECK(v.report->fields.count("deaths") == 2);
  CHECK(v.report->fields.count("missing") == 3);
  CHECK(v.disputed() == std::vector<std::string>{"deaths"});
  CHECK(v.difference("deaths")->base == Value(std::int64_t{0}));
}

TEST_CASE("figures that are shown together come from one version") {
  const CaseView v = sides([](auto& r) { r.body = "转移45人", set(r, "missing", 1); },
                           [](auto& r) { r.body = "转移46人", set(r, "deaths", 2); });
  REQUIRE(v.report);
  CHECK(v.report->body == "转移46人");
  CHECK(v.report->fields.count("deaths") == 2);
  CHECK(v.report->fields.count("missing") == 3);  // not the other version's
}

TEST_CASE("without a common ancestor that can be read every difference is a person's") {
  const auto changed = [](auto& r) { r.body = "新"; };
  for (const auto& versions :
       {std::vector{version(2, {}, report()), version(3, {}, report(changed))},
        std::vector{version(2, {1}, report()), version(3, {1}, report(changed))},
        std::vector{version(1, {}, std::nullopt), version(2, {1}, report()), version(3, {1}, report(changed))}}) {
    const Built b = build(versions);
    CHECK_FALSE(b.view.has_base);
    CHECK(b.view.disputed() == std::vector<std::string>{"body"});
  }
}

TEST_CASE("of several common ancestors only what they agree on counts as before") {
  const auto body = [](const char* s) { return [s](Report& r) { r.body = s; }; };
  const auto both = [](const char* s, const char* t) { return [s, t](Report& r) { r.body = s, set(r, "trend", t); }; };
  // 2 and 3 stand side by side; 4 and 5 each joined them, differently.
  const Built b = build({version(1, {}, report()), version(2, {1}, report(body("二"))), version(3, {1}, report()),
                         version(4, {2, 3}, report(both("二", "四"))), version(5, {2, 3}, report())});
  CHECK(b.view.common.size() == 2);
  CHECK(b.view.difference("body")->how == How::disputed);
  CHECK(b.view.difference("trend")->how == How::taken);
}

TEST_CASE("withdrawn here and written on there is never merged") {
  node::Version gone = version(2, {1}, std::nullopt);
  gone.withdrawal = true;
  const Built b = build({version(1, {}, report()), gone, version(3, {1}, report([](auto& r) { r.body = "新"; }))});
  CHECK(b.view.disputed() == std::vector<std::string>{std::string(kWithdrawn)});
  CHECK_FALSE(b.view.withdrawn);
  REQUIRE(b.view.report);
  CHECK(b.view.report->body == "新");
  node::Version other = version(3, {4}, std::nullopt);
  other.withdrawal = true;
  const Built all = build({version(1, {}, report()), gone, version(4, {1}, report()), other});
  CHECK(all.view.withdrawn);
  CHECK(all.view.heads.size() == 2);
  CHECK_FALSE(all.view.report);
  CHECK(all.view.disputed().empty());
}

TEST_CASE("a head that cannot be read is said to be there") {
  const Built b = build({version(1, {}, report()), version(2, {1}, report()), version(3, {1}, std::nullopt)});
  CHECK(b.view.unreadable);
  CHECK(b.view.heads.size() == 2);
  CHECK(b.view.report);
}

TEST_CASE("the lane is the gravest head's") {
  const CaseView v = sides([](auto& r) { r.lane = sync::Lane::flash; }, [](auto& r) { r.lane = sync::Lane::routine; });
  CHECK(v.lane == sync::Lane::flash);
  CHECK(v.report->lane == sync::Lane::flash);
  CHECK(v.differences.empty());
}

TEST_CASE("a foreign field with a member's name is not taken for it") {
  const Report strange = report([](auto& r) {
    for (const char* key : {"title", "body", "kind", "occurred_at", "sensitivity", "withdrawn"}) set(r, key, "x");
  });
  Report back = report();
  for (const auto& [name, value] : flat(strange)) put_flat(back, name, &value);
  CHECK(back == strange);
  const CaseView v = sides([](auto& r) { set(r, "withdrawn", "x"); }, [](auto&) {});
  CHECK(v.disputed().empty());
  CHECK(v.difference("fields.withdrawn") != nullptr);
}
