#include "node/office/nil.h"

#include <doctest/doctest.h>

#include "node/net/csv.h"
#include "node/net/desk_rules.h"
#include "node/office/policy.h"
#include "node/store/assess.h"
#include "node/store/nil.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kDay;
using test::kHour;
using test::kNow;
using test::World;

namespace {

/// An answer of the API as a county would see it that has the township `town` below it.
sync::ReleasedRecord nil_of(World& w, const test::Keys& from, std::uint8_t n, sync::Millis signed_ms,
                            bool exercise = false) {
  CaseId id;
  id.bytes[0] = n;
  sync::ReleasedRecord r = w.foreign(from, id, {}, "零报告", sync::RecordType::zero_report, signed_ms);
  Report report;
  report.kind = Kind::zero_report;
  report.title = "零报告";
  report.body = "平安";
  BodyExtras x;
  x.type = sync::RecordType::zero_report;
  r.record.body = encode_body(report, x);
  if (exercise) r.record.flags |= sync::record_flag::exercise;
  return sync::release(r.record);
}

void put_at(World& w, const sync::ReleasedRecord& r, sync::Millis received) {
  REQUIRE(w.store().write([&]() -> Result<> {
    RecordFacts facts;
    facts.at_ms = received;
    TRY(put_record(w.store(), r, facts));
    return {};
  }));
}

/// The county rules when nil reports are due.
void rule(World& w, std::int64_t version, sync::Millis since, const std::string& at = R"(["16:30"])") {
  CaseId id;
  id.bytes[0] = 200;
  id.bytes[1] = static_cast<std::uint8_t>(version);
  sync::ReleasedRecord r = w.foreign(w.county, id, {}, "", sync::RecordType::policy, since);
  r.record.body = encode_policy(
      {version, since, R"({"v":1,"zero_report":[{"name":"日报","levels":["township","unit"],"at":)" + at + "}]}"});
  put_at(w, sync::release(r.record), since);
}

/// A village directly below our township.
void admit(World& w, const test::Keys& village, sync::Millis since) {
  REQUIRE(w.store().write([&]() -> Result<> {
    TRY(
        w.store().db().run("insert into office(id, code, name, level, superior, state, at_ms) values(?, "
                           "'370783105201', '甲村', 5, ?, 1, ?)",
                           village.office(), w.store().me().office, since));
    return w.store().db().run(
        "insert into link(peer, office, upward, peer_key, peer_epoch, last_contact_ms)"
        " values(?, ?, 0, x'', x'', ?)",
        village.node_id(), village.office(), kNow);
  }));
}

std::size_t figure(const std::vector<Fact>& facts, Figure f) {
  return static_cast<std::size_t>(std::ranges::count(facts, f, &Fact::figure));
}

}  // namespace

TEST_CASE("a nil report counts for the time that it is nearest to from below, half a day at most") {
  const sync::Millis times[] = {kNow, kNow + 6 * kHour, kNow + 30 * kHour};
  const auto slots = nil_slots(times);
  REQUIRE(slots.size() == 3);
  CHECK(slots[0].opens == kNow - 12 * kHour);
  CHECK(slots[0].closes == kNow + 3 * kHour);
  CHECK(slots[1].opens == slots[0].closes);
  CHECK(slots[2].opens == kNow + 18 * kHour);
  CHECK(slots[2].closes == slots[2].due + 12 * kHour);
  CHECK(nil_slots({}).empty());
}

TEST_CASE("nobody owes a nil report that no policy asked for, and a timetable asks for nothing from before it held") {
  World w;
  REQUIRE(w.store().write([&] { return w.store().db().run("update office set at_ms = ?", kNow - 100 * kDay); }));
  const OfficeRow town = *w.directory().office(w.store().me().office).value();
  const auto owed = [&](sync::Millis from, sync::Millis to) {
    auto all = nil_slots_of(w.store(), town, w.county.office(), from, to, 480);
    REQUIRE(all);
    return *all;
  };
  CHECK(owed(kNow - 60 * kDay, kNow + kDay).empty());
  CHECK(w.call("GET", "/api/v1/work").json.find("zero")->is_null());
  CHECK(w.call("GET", "/api/v1/zero?days=7").json.find("own")->items()->empty());
  rule(w, 1, kNow - 40 * kDay, R"(["08:00","16:30"])");
  rule(w, 2, kNow - 2 * kDay, R"(["16:30"])");
  // 2026-06-08 06:26:40Z is 14:26:40 there.
  const auto today = owed(kNow, kNow + kDay);
  REQUIRE(today.size() == 1);
  CHECK(today[0].due == kNow + 7400 * 1000);
  CHECK(owed(kNow - 60 * kDay, kNow - 40 * kDay).empty());
  CHECK(owed(kNow - 40 * kDay, kNow - 2 * kDay).size() == 76);
  CHECK(owed(kNow - 2 * kDay, kNow).size() == 2);
  CHECK(owed(std::numeric_limits<sync::Millis>::min() / 2, kNow).size() == 78);
}

TEST_CASE("a nil report is judged by what was signed and received, and silence of the line accuses nobody") {
  const NilSlot slot{kNow - 12 * kHour, kNow, kNow + 12 * kHour};
  using S = NilState;
  struct Row {
    const char* what;
    std::optional<sync::Millis> signed_ms, received, contact;
    sync::Millis now;
    S state;
    bool certain;
  };
  const sync::Millis in = kNow - kHour, after = kNow + kHour;
  const Row rows[] = {
      {"not due yet", {}, {}, in, in, S::pending, true},
      {"there in time", in, in + 1, in, in + 2, S::sent, true},
      {"signed in time, came later", in, after, after, after, S::sent, false},
      {"signed in time, not known to have come", in, {}, after, after, S::sent, false},
      {"its clock is ahead, but it was there in time", after, in, in, after, S::sent, true},
      {"signed late", after, after + 1, after, after + 2, S::late, true},
      {"nothing, and the office was in contact since", {}, {}, after, after, S::overdue, true},
      {"nothing, and no contact since", {}, {}, in, after, S::unheard, true},
      {"nothing, never any contact", {}, {}, 0, kNow + kDay, S::unheard, true},
      {"nothing, and the next one opened", {}, {}, after, kNow + 13 * kHour, S::missed, true},
      {"of ours nobody asks for contact", {}, {}, std::nullopt, kNow + 13 * kHour, S::missed, true},
      {"the one before does not speak for this one", kNow - 13 * kHour, in, after, after, S::overdue, true},
      {"the next one does not either", kNow + 13 * kHour, kNow + 13 * kHour, after, kNow + 14 * kHour, S::missed, true},
  };
  for (const Row& r : rows) {
    CAPTURE(r.what);
    std::vector<NilGiven> given;
    if (r.signed_ms) given.push_back({1, *r.signed_ms, *r.signed_ms, r.received});
    const NilVerdict v = judge_nil(slot, given, r.contact, r.now);
    CHECK(name_of(v.state) == name_of(r.state));
    CHECK(v.certain == r.certain);
  }
}

TEST_CASE("the nil report that is due is shown, sent by one call, and not twice by accident") {
  World w;
  rule(w, 1, kNow - 20 * kDay);
  // Known since ten days; some minutes before it is due.
  REQUIRE(w.store().write([&] { return w.store().db().run("update office set at_ms = ?", kNow - 10 * kDay); }));
  const Json work = w.call("GET", "/api/v1/work").json;
  REQUIRE(work.find("zero")->members());
  CHECK(work.find("zero")->text("state") == "pending");
  const auto sent = w.call("POST", "/api/v1/zero", "{}");
  CAPTURE(sent.reply.body);
  REQUIRE(sent.reply.status == 200);
  CHECK(sent.json.text("state") == "queued");
  const Json report = w.call("GET", "/api/v1/reports/" + std::string(sent.json.text("case"))).json;
  CHECK(report.text("kind") == "zero_report");
  CHECK(report.text("title") == "柳河镇6月8日零报告");
  CHECK(report.find("records")->items()->front().text("type") == "zero_report");
  CHECK(w.call("GET", "/api/v1/work").json.find("zero")->is_null());
  CHECK(w.call("POST", "/api/v1/zero", "{}").json.text("code") == "nil.sent");
  CHECK(w.call("POST", "/api/v1/zero", R"({"again":true})").reply.status == 200);
  w.now_ms = kNow + kHour;
  const Json zero = w.call("GET", "/api/v1/zero?days=3").json;
  const auto& own = *zero.find("own")->items();
  REQUIRE(own.size() >= 3);
  bool here = false;
  for (const Json& s : own)
    if (s.text("state") == "sent") {
      here = true;
      CHECK_FALSE(s.flag("certain"));  // no receipt of the county's is here
    }
  CHECK(here);
  CHECK(own.front().text("state") == "missed");
  CHECK(w.call("GET", "/api/v1/zero?days=0").reply.status == 422);
}

TEST_CASE("a nil report that waits for its signature is not submitted a second time by accident") {
  World w(true, true, {"王芳", "李明"});
  rule(w, 1, kNow - 20 * kDay);
  REQUIRE(w.store().write([&] { return w.store().db().run("update office set at_ms = ?", kNow - 10 * kDay); }));
  const auto first = w.call("POST", "/api/v1/zero", "{}", "王芳");
  CAPTURE(first.reply.body);
  REQUIRE(first.json.text("state") == "in_review");
  CHECK(w.call("POST", "/api/v1/zero", "{}", "王芳").json.text("code") == "nil.waiting");
  CHECK(w.call("POST", "/api/v1/zero", R"({"again":true})", "王芳").json.text("state") == "in_review");
  // Given back it waits no longer.
  const Json work = w.call("GET", "/api/v1/work", {}, "李明").json;
  for (const Json& i : *work.find("items")->items())
    if (i.text("kind") == "zero_report")
      CHECK(w.call("POST", "/api/v1/reports/" + std::string(i.text("case")) + "/return", R"({"note":"有事"})", "李明")
                .reply.status == 200);
  CHECK(w.call("POST", "/api/v1/zero", "{}", "王芳").json.text("state") == "in_review");
}

TEST_CASE("who below has sent, is late or missed is seen, and exercises say nothing") {
  World w;
  const test::Keys village;
  admit(w, village, kNow - 10 * kDay);
  rule(w, 1, kNow - 20 * kDay);
  const OfficeRow of = *w.directory().office(village.office()).value();
  const sync::Millis due =
      nil_slots_of(w.store(), of, w.store().me().office, kNow - 5 * kDay, kNow, 480).value().front().due;
  put_at(w, nil_of(w, village, 1, due - kHour), due - kHour + 1);                          // in time
  put_at(w, nil_of(w, village, 2, due + kDay - kHour), due + kDay + kHour);                // came later
  put_at(w, nil_of(w, village, 3, due + 2 * kDay + kHour), due + 2 * kDay + 2 * kHour);    // late
  put_at(w, nil_of(w, village, 4, due + 3 * kDay - kHour, true), due + 3 * kDay - kHour);  // an exercise
  const Json zero = w.call("GET", "/api/v1/zero?days=5").json;
  REQUIRE(zero.find("below")->items()->size() == 1);
  std::vector<std::string> states;
  for (const Json& s : *zero.find("below")->items()->front().find("slots")->items())
    states.push_back(std::string(s.text("state")) + (s.flag("certain") ? "" : "?"));
  CHECK(states == std::vector<std::string>{"sent", "sent?", "late", "missed", "missed", "pending"});
}

TEST_CASE("each figure is as long as the list that it opens, and exercises are in none") {
  World w;
  const test::Keys village;
  admit(w, village, kNow - 10 * kDay);
  const auto put = [&](std::uint8_t n, bool exercise, sync::Millis at) {
    CaseId id;
    id.bytes[0] = n;
    sync::ReleasedRecord r = w.foreign(village, id, {}, "信息", sync::RecordType::report, at);
    if (exercise) r.record.flags |= sync::record_flag::exercise;
    put_at(w, sync::release(r.record), at + 60'000);
    return base32(id.view());
  };
  const std::string a = put(1, false, kNow - kDay), b = put(2, false, kNow - kDay);
  put(3, true, kNow - kDay);
  put(4, false, kNow - 40 * kDay);  // another period
  REQUIRE(w.call("POST", "/api/v1/reports/" + a + "/acknowledge", "{}").reply.status == 200);
  REQUIRE(
      w.call("POST", "/api/v1/reports/" + a + "/decide", R"({"outcome":"adopted","publication":"每日要情","issue":3})")
          .reply.status == 200);
  REQUIRE(
      w.call("POST", "/api/v1/reports/" + b + "/decide", R"({"outcome":"returned","reason":"缺数字"})").reply.status ==
      200);
  const std::string period = "?month=2026-06";
  const Json stats = w.call("GET", "/api/v1/stats" + period).json;
  REQUIRE(stats.find("offices")->items()->size() == 1);
  const Json& office = stats.find("offices")->items()->front();
  const Json& figures = *office.find("figures");
  CHECK(figures.count("received") == 2);
  CHECK(figures.count("adopted") == 1);
  CHECK(figures.count("returned") == 1);
  CHECK(figures.count("acknowledged") == 1);
  CHECK(office.count("acknowledge_minutes") == 24 * 60 - 1);
  for (const Json& f : *stats.find("figures")->items()) {
    CAPTURE(*f.string());
    const Json list = w.call("GET", "/api/v1/stats/list" + period + "&figure=" + *f.string()).json;
    CHECK(static_cast<std::int64_t>(list.find("items")->items()->size()) == figures.count(*f.string()));
  }
  CHECK(w.call("GET", "/api/v1/stats/list" + period + "&figure=x").reply.status == 422);
  CHECK(w.call("GET", "/api/v1/stats?month=2026-13").reply.status == 422);
  CHECK(w.call("GET", "/api/v1/stats?from=2026-06-02&to=2026-06-01").reply.status == 422);
  CHECK(w.call("GET", "/api/v1/stats?scheme=x").reply.status == 404);
  CHECK(w.call("GET", "/api/v1/stats?own=true").json.find("offices")->items()->front().text("office") == "370783105");
  const auto csv = w.call("GET", "/api/v1/stats/csv" + period);
  CHECK(csv.reply.body.starts_with(csv::kBom));
  CHECK(csv.reply.body.find("370783105201,甲村,2,0,0,1,1,0,1,") != std::string::npos);
  CHECK(csv.reply.file_name.ends_with(".csv"));
}

TEST_CASE("a first report is in time, late, or signed in time and arrived later") {
  World w;
  const test::Keys village;
  admit(w, village, kNow - 10 * kDay);
  OfficeRow of = *w.directory().office(village.office()).value();
  OfficeRow by = *w.directory().office(w.store().me().office).value();
  // Between a township and its county there is a time limit; the villages' own hop has none.
  of.level = crypto::Level::township;
  by.level = crypto::Level::county;
  const sync::Millis learned = kNow - 10 * kHour;
  struct Row {
    sync::Millis signed_ms, received;
    Figure figure;
  };
  const Row rows[] = {{10 * 60'000, 20 * 60'000, Figure::timely},
                      {10 * 60'000, 90 * 60'000, Figure::unsure},
                      {80 * 60'000, 90 * 60'000, Figure::late}};
  std::uint8_t n = 0;
  for (const Row& row : rows) {
    CaseId id;
    id.bytes[0] = ++n;
    sync::ReleasedRecord r = w.foreign(village, id, {}, "首报", sync::RecordType::report, learned + row.signed_ms);
    Report report;
    report.kind = Kind::first_report;
    report.lane = sync::Lane::flash;
    report.title = "首报";
    report.occurred_at = learned;
    BodyExtras x;
    r.record.lane = sync::Lane::flash;
    r.record.body = encode_body(report, x);
    put_at(w, sync::release(r.record), learned + row.received);
  }
  const auto facts = facts_of(w.store(), w.directory(), test::the_rules(), of, by, {kNow - kDay, kNow}, 480, kNow);
  REQUIRE(facts);
  for (const Row& row : rows) {
    CAPTURE(name_of(row.figure));
    CHECK(figure(*facts, row.figure) == 1);
  }
  CHECK(figure(*facts, Figure::received) == 3);
  CHECK(figure(*facts, Figure::urgent) == 3);
}

TEST_CASE("points are given as the scheme says, and each can be traced") {
  const auto schemes = load_schemes();
  REQUIRE_MESSAGE(schemes, (schemes ? "" : schemes.error().what));
  const Scheme& s = schemes->front();
  CHECK(s.id == "default");
  const auto fact = [](Figure f, std::string where = {}, std::optional<crypto::Level> level = {}) {
    Fact x;
    x.figure = f;
    x.note = std::move(where);
    x.level = level;
    return x;
  };
  using crypto::Level;
  struct Row {
    Fact fact;
    double points;
  };
  const Row rows[] = {
      {fact(Figure::adopted, "每日要情", Level::county), 5},
      {fact(Figure::adopted, "应急信息专报", Level::county), 10},
      {fact(Figure::adopted, "", Level::county), 2},
      {fact(Figure::adopted, "政务简讯", Level::county), 2},
      {fact(Figure::adopted, "任何刊物", Level::city), 20},
      {fact(Figure::adopted, "", Level::township), 0},
      {fact(Figure::instructed, "", Level::county), 10},
      {fact(Figure::commission_done), 5},
      {fact(Figure::commission_late), -2},
      {fact(Figure::commission_missed), -5},
      {fact(Figure::timely), 5},
      {fact(Figure::unsure), 0},  // nobody loses points, or wins them, by what is not certain
      {fact(Figure::late), -5},
      {fact(Figure::media), 1},
      {fact(Figure::nil_missed), 0},  // to be judged by a person
      {fact(Figure::received), 0},
  };
  std::vector<Fact> all;
  double sum = 0;
  for (const Row& r : rows) {
    CAPTURE(name_of(r.fact.figure));
    CAPTURE(r.fact.note);
    CHECK(assess(std::vector{r.fact}, s).score == doctest::Approx(r.points));
    all.push_back(r.fact);
    sum += r.points;
  }
  const Assessment a = assess(all, s);
  CHECK(a.score == doctest::Approx(sum));
  double traced = 0;
  for (const Points& p : a.points) {
    CHECK(p.count == static_cast<std::size_t>(
                         std::ranges::count_if(all, [&](const Fact& f) { return counts(s.items[p.item], f, s); })));
    traced += p.points;
  }
  CHECK(traced == doctest::Approx(sum));
  const auto baoji = std::ranges::find(*schemes, "baoji", &Scheme::id);
  REQUIRE(baoji != schemes->end());
  CHECK(assess({}, *baoji).score == doctest::Approx(5));
  CHECK(assess(std::vector(9, fact(Figure::late)), *baoji).score == doctest::Approx(0));
}
