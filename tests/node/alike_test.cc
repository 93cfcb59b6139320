#include "node/store/alike.h"

#include <doctest/doctest.h>

#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kHour;
using test::kNow;
using test::World;

namespace {

constexpr const char* kSlide =
    "六月八日下午三时许，柳河镇铁匠沟村北坡发生山体滑坡，约两千方土石下泄，掩埋民房三间，两人受伤已送县医院，"
    "镇村干部转移群众四十一人，县道中断，抢险队伍正在清理。";

Report report(std::string body, std::string title = "铁匠沟山体滑坡", Kind kind = Kind::first_report) {
  Report r;
  r.kind = kind;
  r.title = std::move(title);
  r.body = std::move(body);
  return r;
}
Report event(std::string type, std::string place, sync::Millis at, std::string body) {
  Report r = report(std::move(body), "险情");
  r.fields.set("incident_type", std::move(type));
  r.fields.set("place", std::move(place));
  r.occurred_at = at;
  return r;
}

std::string put(World& w, const test::Keys& from, std::uint8_t n, const Report& text, bool exercise = false) {
  CaseId id;
  id.bytes[0] = n;
  sync::ReleasedRecord r = w.foreign(from, id);
  r.record.body = encode_body(text, BodyExtras());
  r.record.event_ms = text.occurred_at.value_or(0);
  if (exercise) r.record.flags |= sync::record_flag::exercise;
  w.put(sync::release(r.record));
  return base32(id.view());
}

std::vector<std::string> cases(const Json& answer) {
  std::vector<std::string> out;
  for (const Json& s : *answer.find("similar")->items()) out.emplace_back(s.text("case"));
  return out;
}

std::string reasons(const Json& answer) {
  std::string out;
  for (const Json& r : *answer.find("similar")->items()->front().find("reasons")->items())
    out += std::string(r.text("why")) + " ";
  return out;
}

}  // namespace

TEST_CASE("two reports are alike by what they say, or by what happened where and when") {
  const auto is = [](const Report& a, const Report& b) { return alike(likeness_of(a, kNow), likeness_of(b, kNow)); };
  const std::string other =
      "六月上旬全镇小麦收割过半，出动收割机六十二台，日均收割四千亩，农技人员驻村指导，预计本周内收割完毕，单产与上年持"
      "平。";
  CHECK(is(report(kSlide), report(kSlide)).same);
  CHECK(is(report(kSlide), report(std::string("据报：") + kSlide + "后续情况续报。")).same);
  CHECK(is(report(kSlide), report(std::string(kSlide).substr(0, 150))).same);
  CHECK_FALSE(is(report(kSlide), report(other, "小麦收割")).same);
  // Full-width figures, punctuation and blanks make no other text.
  CHECK(is(report("柳河镇２０２６年清点 物资，编织袋6000条，救生衣200件入库登记"),
           report("柳河镇2026年清点物资编织袋６０００条救生衣200件，入库登记"))
            .text == doctest::Approx(1));
  CHECK_FALSE(is(report("今日无事", "一"), report("今日无事", "一")).same);  // too short to say anything

  struct Row {
    const char* what;
    Report a, b;
    bool same;
  };
  const Row rows[] = {
      {"one event in two offices' words", event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide),
       event("ND-GEO", "青山县柳河镇铁匠沟村", kNow + kHour, other), true},
      {"another place", event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide), event("ND-GEO", "石桥乡白家湾", kNow, other),
       false},
      {"another day", event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide),
       event("ND-GEO", "柳河镇铁匠沟", kNow + 30 * kHour, other), false},
      {"another type", event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide), event("AD-TRA", "柳河镇铁匠沟", kNow, other),
       false},
      {"no place said", event("ND-GEO", "", kNow, kSlide), event("ND-GEO", "", kNow, other), false},
  };
  for (const Row& r : rows) {
    CAPTURE(r.what);
    CHECK(is(r.a, r.b).same == r.same);
    CHECK(is(r.b, r.a).same == r.same);
  }
  CHECK(likeness_of(report("\xFF\xFE"), kNow).runs.size() < 12);
}

TEST_CASE("the numbers that lie in the database never change") {
  const auto l = likeness_of(report(kSlide), kNow);
  CHECK(l.pieces().size() == kPieces);
  CHECK(std::ranges::is_sorted(l.pieces()));
  // Of the run 一二三四五六 alone.
  const auto one = likeness_of(report("一二三四五六", ""), kNow);
  REQUIRE(one.runs.size() == 1);
  CHECK(one.runs[0] == 0x55bba0df729f81bULL);
}

TEST_CASE("received reports of one event are found, with the reason, whoever sent them") {
  World w;
  const test::Keys east, west;
  const std::string a = put(w, east, 1, event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide));
  const std::string b = put(w, west, 2, event("ND-GEO", "铁匠沟", kNow + kHour, std::string(kSlide) + "另有补充。"));
  const std::string c =
      put(w, west, 3, report("全镇小麦收割过半，出动收割机六十二台，日均收割四千亩，农技人员驻村指导。", "麦收"));
  const Json near = w.call("GET", "/api/v1/reports/" + a + "/similar").json;
  CHECK(cases(near) == std::vector<std::string>{b});
  CHECK(reasons(near) == "text type place time ");
  CHECK(near.find("similar")->items()->front().text("offer") == "merge");
  CHECK(cases(w.call("GET", "/api/v1/reports/" + c + "/similar").json).empty());
  // Of what was withdrawn, and of exercises, nobody is told.
  const std::string d = put(w, east, 4, event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide), true);
  CHECK(cases(w.call("GET", "/api/v1/reports/" + a + "/similar").json) == std::vector<std::string>{b});
  CHECK(cases(w.call("GET", "/api/v1/reports/" + d + "/similar").json).empty());
}

TEST_CASE("while somebody writes, what was reported already is offered to be followed up") {
  World w;
  const std::string sent = w.write(true);
  const std::string text =
      std::string(R"("kind":"brief","title":"防汛物资","body":")") + World::kBody + "今日复查无误。\"";
  const Json near = w.call("POST", "/api/v1/similar", "{" + text + "}").json;
  CHECK(cases(near) == std::vector<std::string>{sent});
  CHECK(near.find("similar")->items()->front().text("offer") == "follow_up");
  CHECK(near.find("similar")->items()->front().flag("own"));
  CHECK(cases(w.call("POST", "/api/v1/similar", "{" + text + R"(,"exercise":true})").json).empty());
  // A draft is not compared with itself, and drafts are not compared with each other.
  const auto draft = w.call("POST", "/api/v1/reports", "{" + text + "}");
  const std::string id(draft.json.text("case"));
  CHECK(cases(w.call("POST", "/api/v1/similar", R"({"case":")" + id + "\"}").json) == std::vector<std::string>{sent});
  const auto zero = w.call("POST", "/api/v1/similar",
                           std::string(R"({"kind":"zero_report","title":"零报告","body":")") + World::kBody + "\"}");
  CHECK(cases(zero.json).empty());
}

TEST_CASE("a corrected text is found by what it says now") {
  World w;
  const std::string id = w.write(true);
  const Json before =
      w.call("POST", "/api/v1/similar", std::string(R"({"kind":"brief","body":")") + kSlide + "\"}").json;
  CHECK(cases(before).empty());
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/correct",
                 std::string(R"({"reason":"报错了","send":true,"title":"铁匠沟山体滑坡","body":")") + kSlide + "\"}")
              .reply.status == 200);
  const Json after =
      w.call("POST", "/api/v1/similar", std::string(R"({"kind":"brief","body":")") + kSlide + "\"}").json;
  CHECK(cases(after) == std::vector<std::string>{id});
}

TEST_CASE("among a hundred thousand reports a look reads a few hundred rows, even if all begin alike") {
  World w;
  const test::Keys east;
  const std::string a = put(w, east, 1, event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide));
  REQUIRE(w.store().write([&]() -> Result<> {
    TRY(note_texts(w.store(), 10));
    Database& db = w.store().db();
    const auto l = likeness_of(event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide), kNow);
    TRY(db.run(
        "insert into matter(case_id, office, own, kind, lane, state, title, changed_ms, alike) with recursive n(i)"
        " as (select 1 union all select i + 1 from n where i < 100000) select randomblob(16), ?, 0, 4, 3, 20, 't',"
        " 0, 1 from n",
        east.office()));
    // Every one has the same phrases as ours, and was at the same time and of the same sort.
    for (const std::uint64_t p : l.pieces())
      TRY(db.run("insert into piece(hash, matter) select ?, row from matter where true on conflict do nothing",
                 static_cast<std::int64_t>(p)));
    return db.run(
        "insert into alike(matter, exercise, type, at_ms, place) select row, 0, 'ND-GEO', ?, '' from matter where true "
        "on"
        " conflict do nothing",
        kNow);
  }));
  CHECK(w.count("select count(*) from piece") > 700'000);
  const auto found = near(w.store(), likeness_of(event("ND-GEO", "柳河镇铁匠沟", kNow, kSlide), kNow), false, 0);
  REQUIRE(found);
  CHECK(found->rows_read <= kLookMost);
  // With phrases of its own it is found among all of them, and what is read is what is its own.
  const std::string own_words =
      "石桥乡白家湾渡口一艘载客木船侧翻，船上十一人全部落水，当地渔民救起九人，其余二人正在搜寻，海事所已到现场。";
  const std::string b = put(w, east, 2, report(own_words, "白家湾沉船"));
  REQUIRE(w.store().write([&] { return note_texts(w.store(), 10); }));
  const auto one = near(w.store(), likeness_of(report(own_words, "白家湾沉船"), kNow), false, 0);
  REQUIRE(one);
  REQUIRE(one->near.size() == 1);
  CHECK(base32(one->near[0].row.id.view()) == b);
  CHECK(one->rows_read == kPieces + 1);
  CHECK(a != b);
}
