// What a policy may say of forms, addressing and timetables, and when by it something is due.
#include "node/office/policy.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "node/net/rules_json.h"
#include "node/office/escalation.h"
#include "node/office/timetable.h"
#include "tests/node/times.h"

using namespace yz;
using namespace yz::node;
using test::kDay;
using test::kHour;
using test::kMinute;

namespace {

constexpr int kEast = 8 * 60;

RuleSet built_in() { return load_rules().value(); }

std::vector<std::string> codes(std::string_view document, const RuleSet* superior = nullptr) {
  std::vector<std::string> out;
  for (const PolicyProblem& p : check_policy(document, built_in(), superior)) out.push_back(p.code);
  return out;
}
using Codes = std::vector<std::string>;

RuleSet ruled(std::string_view document, RuleSet rules = built_in(), bool stricter = false) {
  apply_policy(document, stricter, rules);
  return rules;
}
Need need(const RuleSet& rules, Stage stage, std::string_view key) {
  return std::ranges::find(rules.templates.fields, key, &FieldSpec::key)->need[static_cast<std::size_t>(stage)];
}
std::string form(const std::string& stage, const std::string& word, const std::string& field,
                 const std::string& cls = "*") {
  return R"({"stage":")" + stage + R"(","class":")" + cls + R"(","need":")" + word + R"(","fields":[")" + field +
         "\"]}";
}
std::string forms(const std::string& entries) { return R"({"v":1,"forms":[)" + entries + "]}"; }

std::vector<std::string> missing(const RuleSet& set, const Report& report) {
  std::vector<std::string> out;
  for (const Finding& f : Rules::make(set).value().check(report, {}))
    if (f.rule == "R01") out.push_back(f.field);
  return out;
}
/// The wall clock of an office, eight hours ahead.
std::int64_t local(const char* day, const char* minute) {
  return *day_from(day) * kDay + (*minute_from(minute) - kEast) * kMinute;
}
PolicyTerms terms(const std::string& zero, const std::string& watch = "[]") {
  return ruled(R"({"v":1,"zero_report":)" + zero + R"(,"watch":)" + watch + "}").terms;
}

}  // namespace

TEST_CASE("the shortest form asks for six things by hand, and no policy for a seventh") {
  const RuleSet rules = built_in();
  CHECK(std::ranges::count_if(rules.templates.fields, [](const FieldSpec& f) {
          return by_hand(f) && f.need[static_cast<std::size_t>(Stage::flash)] == Need::required;
        }) == static_cast<std::ptrdiff_t>(kFlashRequiredMost));
  CHECK(codes(forms(form("flash", "required", "trend"))) == Codes{"policy.flash"});
  CHECK(codes(forms(form("flash", "required", "case_count", "PH"))) == Codes{"policy.flash"});
  CHECK(need(ruled(forms(form("flash", "required", "trend"))), Stage::flash, "trend") == Need::optional);
  // One for another, in whatever order it is written.
  const std::string swap = forms(form("flash", "required", "trend") + "," + form("flash", "optional", "incident_type"));
  CHECK(codes(swap).empty());
  CHECK(need(ruled(swap), Stage::flash, "trend") == Need::required);
}

TEST_CASE("a first flash is judged by the shortest form, the same in another lane by the long one") {
  Report r;
  r.kind = Kind::first_report;
  r.lane = sync::Lane::flash;
  r.title = "t";
  r.body = "b";
  r.occurred_at = 1;
  const auto lacks = [&](std::string_view key) { return std::ranges::count(missing(built_in(), r), key) == 1; };
  CHECK(lacks("place"));
  CHECK_FALSE(lacks("trend"));
  r.lane = sync::Lane::urgent;
  CHECK(lacks("place"));
  CHECK(lacks("trend"));
}

TEST_CASE("forms become stricter, for a class too, never laxer than the law or the superior") {
  CHECK(codes(forms(form("routine", "required", "topics"))).empty());
  CHECK(codes(forms(form("first", "optional", "deaths"))) == Codes{"policy.legal"});
  CHECK(codes(forms(form("first", "required", "drafter"))).empty());  // as it is
  CHECK(codes(forms(form("followup", "required", "attachments"))) == Codes{"policy.form"});
  CHECK(codes(forms(form("final", "required", "case_count"))) == Codes{"policy.form"});
  CHECK(codes(forms(form("nowhere", "required", "trend"))) == Codes{"policy.unknown"});
  CHECK(codes(forms(form("first", "perhaps", "trend"))) == Codes{"policy.unknown"});
  CHECK(codes(forms(form("first", "required", "colour"))) == Codes{"policy.unknown"});
  CHECK(codes(forms(form("first", "required", "trend", "XX"))) == Codes{"policy.unknown"});
  CHECK(codes(R"({"v":1,"forms":[{"stage":"first","need":"required","fields":7}]})") == Codes{"policy.form"});
  const RuleSet above = ruled(forms(form("first", "required", "requests")));
  CHECK(codes(forms(form("first", "optional", "requests")), &above) == Codes{"policy.laxer"});
  CHECK(need(ruled(forms(form("first", "optional", "requests")), above, true), Stage::first, "requests") ==
        Need::required);
  // The older word for the same.
  CHECK(need(ruled(R"({"v":1,"required":[{"stage":"routine","fields":["topics"]}]})"), Stage::routine, "topics") ==
        Need::required);

  Report r;
  r.kind = Kind::followup_report;
  r.lane = sync::Lane::urgent;
  r.fields.set("incident_type", std::string("ND-FLD"));
  const auto lacks = [&](const RuleSet& rules) {
    const auto all = missing(rules, r);
    return std::ranges::count(all, "houses_collapsed") == 1;
  };
  CHECK_FALSE(lacks(built_in()));
  CHECK(lacks(ruled(forms(form("followup", "required", "houses_collapsed", "ND")))));
  CHECK(lacks(ruled(forms(form("followup", "required", "houses_collapsed", "ND-FLD")))));
  CHECK_FALSE(lacks(ruled(forms(form("followup", "required", "houses_collapsed", "AD")))));
}

TEST_CASE("a policy brings fields of its own, as long as nobody has them") {
  const auto field = [](const std::string& members) { return R"({"v":1,"fields":[{)" + members + "}]}"; };
  const std::string good = R"("key":"x_level","zh":"水位","type":"number","classes":["ND"])";
  CHECK(codes(field(good)).empty());
  const RuleSet rules = ruled(field(good));
  const auto made = Rules::make(rules);
  REQUIRE(made);
  REQUIRE(made->field("x_level"));
  CHECK(made->field("x_level")->classes == std::vector<std::string>{"ND"});
  CHECK(made->parse_field("x_level", "31.5").has_value());
  CHECK_FALSE(made->parse_field("x_level", "high").has_value());
  CHECK(ruled(field(good), rules, true).templates.fields.size() == rules.templates.fields.size());
  CHECK(Rules::make(ruled(R"({"v":1,"fields":[{"key":"x_level","zh":"水位","type":"text"}]})", rules, true)));
  for (const std::string bad :
       {R"("key":"deaths","zh":"水位","type":"int")", R"("key":"Level","zh":"水位","type":"int")",
        R"("key":"x","zh":"","type":"int")", R"("key":"x","zh":"a\nb","type":"int")",
        R"("key":"x","zh":"水位","type":"picture")", R"("key":"x","zh":"水位","type":"choice")",
        R"("key":"x","zh":"水位","type":"choice","choices":[{"code":"A"}])"})
    CHECK(codes(field(bad)) == Codes{"policy.form"});
  CHECK(codes(field(R"("key":"x","zh":"水位","type":"int","classes":["XX"])")) == Codes{"policy.unknown"});
  std::string many = R"({"v":1,"fields":[)";
  for (int i = 0; i < 65; ++i)
    many += std::string(i ? "," : "") + R"({"key":"x)" + std::to_string(i) + R"(","zh":"a","type":"int"})";
  CHECK(codes(many + "]}") == Codes{"policy.form"});
}

TEST_CASE("what is published is read back as it was") {
  const std::string document = document_of(ruled(
      R"({"v":1,"fields":[{"key":"x_a","zh":"甲","type":"choice","choices":[{"code":"y","zh":"是"}]}],"forms":[)" +
      form("final", "required", "case_count", "PH-ANI") + "," + form("routine", "required", "x_a") +
      R"(],"skip_level":{"classes":[{"class":"PH","from":"county","lowest":"III"}]},"zero_report":[{"name":"国庆","levels":["county"],"offices":["370783105"],"at":["16:30","08:00"],"from":"2026-10-01","to":"2026-10-07"}]})"));
  CHECK(codes(document).empty());
  CHECK(document_of(ruled(document)) == document);
}

TEST_CASE("skip-level addressing goes by class and level, each level only more of it") {
  const auto skip = [](const std::string& members) { return R"({"v":1,"skip_level":{)" + members + "}}"; };
  const std::string three = skip(R"("classes":[{"class":"PH","from":"county","lowest":"III"}])");
  CHECK(built_in().terms.skip_from == IncidentLevel::ii);
  CHECK(codes(three).empty());
  const RuleSet above = ruled(three);
  REQUIRE(above.terms.skip.size() == 1);
  CHECK(above.terms.skip_from == IncidentLevel::ii);
  CHECK(codes(skip(R"("classes":[{"class":"PH","from":"county","lowest":"II"}])"), &above) == Codes{"policy.laxer"});
  CHECK(codes(skip(R"("levels":["I"])"), &above) == Codes{"policy.laxer"});
  CHECK(ruled(skip(R"("classes":[{"class":"PH","from":"county","lowest":"I"}])"), above, true).terms.skip[0].lowest ==
        IncidentLevel::iii);
  CHECK(ruled(skip(R"("classes":[{"class":"PH","from":"county","lowest":"IV"}])"), above, true).terms.skip[0].lowest ==
        IncidentLevel::iv);
  CHECK(ruled(skip(R"("classes":[{"class":"AD","lowest":"IV"}])"), above, true).terms.skip.size() == 2);
  for (const std::string bad :
       {R"("classes":[{"class":"*","lowest":"I"}])", R"("classes":[{"class":"PH","from":"moon","lowest":"I"}])"})
    CHECK(codes(skip(bad)) == Codes{"policy.unknown"});
  for (const std::string bad : {R"("levels":[])", R"("levels":["V"])", R"("levels":7)", R"("classes":7)",
                                R"("classes":[{"class":"PH","lowest":"ungraded"}])", ""})
    CHECK(codes(skip(bad)) == Codes{"policy.form"});
}

TEST_CASE("timetables have one form, and add up from level to level") {
  const auto zero = [](const std::string& members) { return R"({"v":1,"zero_report":[{)" + members + "}]}"; };
  CHECK(codes(zero(R"("levels":["county"],"at":["16:30"])")).empty());
  for (const std::string bad : {R"("at":["16:30"])", R"("levels":["county"])", R"("levels":["county"],"at":[])",
                                R"("levels":["county"],"at":["24:00"])", R"("levels":["county"],"at":["8:00"])",
                                R"("levels":["moon"],"at":["16:30"])", R"("offices":["a b"],"at":["16:30"])",
                                R"("levels":["county"],"at":["16:30"],"from":"2026-02-30")",
                                R"("levels":["county"],"at":["16:30"],"from":"2026-10-08","to":"2026-10-01")"}) {
    CAPTURE(bad);
    CHECK(codes(zero(bad)) == Codes{"policy.form"});
  }
  CHECK(codes(R"({"v":1,"watch":[{"levels":["county"],"at":["08:30"],"persons":21}]})") == Codes{"policy.form"});
  const RuleSet above = ruled(zero(R"("levels":["county"],"at":["16:30"])"));
  const RuleSet below = ruled(zero(R"("levels":["township"],"at":["17:00"])"), above, true);
  CHECK(below.terms.zero_reports.size() == 2);
  CHECK(ruled(zero(R"("levels":["county"],"at":["16:30"])"), above, true).terms.zero_reports.size() == 1);
  CHECK(ruled(R"({"v":1,"zero_report":[]})", above, true).terms.zero_reports.size() == 1);
  CHECK(ruled(R"({"v":1,"zero_report":[]})", above).terms.zero_reports.empty());
}

TEST_CASE("when who is asked about what waits is the policy's, each level only sooner") {
  const auto asks = [](const std::string& what, const std::string& lane, const std::string& minutes) {
    return R"({"v":1,"escalation":[{"what":")" + what + R"(","lane":")" + lane + "\"," + minutes + "}]}";
  };
  const std::string quick = asks("sign_off", "flash", R"("deputy_min":3,"leader_min":6,"superior_min":9)");
  CHECK(codes(quick).empty());
  const RuleSet above = ruled(quick);
  const auto rung = [](const RuleSet& rules, Awaited what, std::int64_t minutes) {
    return escalation_of(rules.terms, what, sync::Lane::flash, 0, {}, minutes * kMinute).rung;
  };
  CHECK(rung(built_in(), Awaited::sign_off, 4) == Rung::none);
  CHECK(rung(above, Awaited::sign_off, 4) == Rung::deputy);
  CHECK(rung(above, Awaited::sign_off, 9) == Rung::superior);
  CHECK(rung(above, Awaited::acknowledgement, 4) == Rung::none);  // nothing was said of it
  CHECK(codes(asks("sign_off", "flash", R"("deputy_min":2,"leader_min":6,"superior_min":9)"), &above).empty());
  CHECK(codes(asks("sign_off", "flash", R"("deputy_min":3,"leader_min":7,"superior_min":9)"), &above) ==
        Codes{"policy.laxer"});
  // What an office below says holds only where it asks for more.
  const RuleSet below =
      ruled(asks("sign_off", "flash", R"("deputy_min":1,"leader_min":20,"superior_min":30)"), above, true);
  CHECK(escalation_min_of(below.terms, Awaited::sign_off, sync::Lane::flash) == EscalationMin{1, 6, 9});
  for (const auto& [what, lane] : {std::pair{"moon", "flash"},
                                   {"sign_off", "bulk"},
                                   {"sign_off", ""},
                                   {"acknowledgement", "urgent"},
                                   {"acknowledgement", "routine"}})
    CHECK(codes(asks(what, lane, R"("deputy_min":1,"leader_min":2,"superior_min":3)")) == Codes{"policy.unknown"});
  for (const std::string bad :
       {R"("deputy_min":0,"leader_min":2,"superior_min":3)", R"("deputy_min":2,"leader_min":2,"superior_min":3)",
        R"("deputy_min":1,"leader_min":2)", R"("deputy_min":"1","leader_min":2,"superior_min":3)",
        R"("deputy_min":1,"leader_min":2,"superior_min":43201)"}) {
    CAPTURE(bad);
    CHECK(codes(asks("progress", "urgent", bad)) == Codes{"policy.form"});
  }
  // The document of what holds says all of it, and reads back as it is.
  CHECK(ruled(document_of(above)).terms.escalation_min == above.terms.escalation_min);
  CHECK(document_of(above).find(R"("deputy_min":3)") != std::string::npos);
}

TEST_CASE("a zero report is due at the office's own clock, in the period, by level or by code") {
  const PolicyTerms t = terms(
      R"([{"name":"国庆","levels":["township"],"offices":["370783"],"at":["08:00","16:30"],"from":"2026-10-01","to":"2026-10-02"}])");
  const std::int64_t from = local("2026-09-30", "00:00"), to = local("2026-10-05", "00:00");
  const auto due = zero_reports_due(t, "township", "1", from, to, kEast);
  REQUIRE(due.size() == 4);
  CHECK(due[0].at_ms == local("2026-10-01", "08:00"));
  CHECK(due[0].from_ms == local("2026-09-30", "08:00"));
  CHECK(due[1].from_ms == due[0].at_ms);
  CHECK(due[3].at_ms == local("2026-10-02", "16:30"));
  CHECK(due[0].name == "国庆");
  CHECK(zero_reports_due(t, "county", "370783", from, to, kEast) == due);
  CHECK(zero_reports_due(t, "county", "1", from, to, kEast).empty());
  // The end of the time asked for belongs to it, its beginning does not.
  CHECK(zero_reports_due(t, "township", "1", due[0].at_ms, due[1].at_ms, kEast) == std::vector{due[1]});
  CHECK(zero_reports_due(t, "township", "1", to, from, kEast).empty());
  CHECK(zero_reports_due(t, "township", "1", 0, to, 0).size() == 4);
  CHECK(zero_reports_due(PolicyTerms(), "township", "1", from, to, kEast).empty());
}

TEST_CASE("a shift lasts until the next change of the watch, a day at most") {
  const std::string always = R"({"name":"值班","levels":["county"],"at":["08:30"],"persons":1})";
  const auto now = local("2026-10-01", "07:00");
  const auto shift = shift_at(terms("[]", "[" + always + "]"), "county", "1", now, kEast);
  REQUIRE(shift);
  CHECK(*shift == Shift{local("2026-09-30", "08:30"), local("2026-10-01", "08:30"), 1, "值班"});
  const PolicyTerms two =
      terms("[]", "[" + always + R"(,{"name":"加强","levels":["county"],"at":["08:30","20:30"],"persons":2}])");
  CHECK(*shift_at(two, "county", "1", local("2026-10-01", "08:30"), kEast) ==
        Shift{local("2026-10-01", "08:30"), local("2026-10-01", "20:30"), 2, "值班"});
  CHECK_FALSE(shift_at(two, "township", "1", now, kEast));
  const PolicyTerms over = terms("[]", R"([{"levels":["county"],"at":["08:30"],"to":"2026-09-28"}])");
  CHECK_FALSE(shift_at(over, "county", "1", now, kEast));
  CHECK(shift_at(PolicyTerms(built_in().terms), "township", "1", now, kEast));
}

TEST_CASE("days and minutes are read strictly") {
  for (const char* bad :
       {"", "2026-13-01", "2026-02-29", "26-02-01", "2026/02/01", "2026-2-01", "1969-12-31", "9999-01-01"})
    CHECK_FALSE(day_from(bad));
  for (const char* bad : {"", "24:00", "12:60", "8:00", "0800", "08:0a"}) CHECK_FALSE(minute_from(bad));
  CHECK(day_text(*day_from("2028-02-29")) == "2028-02-29");
  CHECK(minute_text(*minute_from("08:05")) == "08:05");
}
