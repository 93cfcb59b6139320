#include "node/office/clue.h"

#include <doctest/doctest.h>

#include "node/office/draft_versions.h"
#include "node/store/books.h"
#include "node/store/clues.h"
#include "node/store/drafts.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kNow;
using test::World;

namespace {

std::string note(World& w, const std::string& text, const std::string& more = {}, const std::string& as = {}) {
  const auto a = w.call("POST", "/api/v1/clues", R"({"text":")" + text + "\"" + more + "}", as);
  CAPTURE(a.reply.body);
  REQUIRE(a.reply.status == 200);
  return std::string(a.json.text("case"));
}

Json listed(World& w, const std::string& query = {}) { return w.call("GET", "/api/v1/clues" + query).json; }

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  for (const Json& c : *list.find("clues")->items()) out.emplace_back(c.text("text"));
  return out;
}

bool flagged(const Json& report, std::string_view flag) {
  for (const Json& f : *report.find("flags")->items())
    if (*f.string() == flag) return true;
  return false;
}

Draft draft_of(World& w, const std::string& id) {
  StoreBooks books(w.store(), w.directory(), 480, true);
  const auto m = find_case(w.store(), id);
  REQUIRE(m);
  const auto d = books.draft(m->row);
  REQUIRE(d);
  REQUIRE(*d);
  return **d;
}

std::int64_t flags_of(World& w, const std::string& id) { return find_case(w.store(), id)->flags; }

}  // namespace

TEST_CASE("a clue is noted by anybody, found by its words, and no list of reports shows it") {
  World w;
  const std::string a = note(w, "东村水库坝脚渗水", R"(,"told_by":"村支书老赵","place":"东村水库")");
  note(w, "集市上有人卖假种子");
  CHECK(texts(listed(w)) == std::vector<std::string>{"集市上有人卖假种子", "东村水库坝脚渗水"});
  CHECK(texts(listed(w, "?search=%E6%B0%B4%E5%BA%93")).size() == 1);                       // 水库
  CHECK(texts(listed(w, "?search=%E8%80%81%E8%B5%B5%20%E6%B8%97%E6%B0%B4")).size() == 1);  // 老赵 渗水
  CHECK(texts(listed(w, "?search=%E5%9C%B0%E9%9C%87")).empty());
  CHECK(texts(listed(w, "?limit=1")).size() == 1);
  CHECK(listed(w, "?limit=1").find("next")->string() != nullptr);
  CHECK(texts(listed(w, "?limit=1&after=" + *listed(w, "?limit=1").find("next")->string())) ==
        std::vector<std::string>{"东村水库坝脚渗水"});
  CHECK(w.call("GET", "/api/v1/reports").json.find("reports")->items()->empty());
  CHECK(w.call("GET", "/api/v1/reports?search=%E6%B0%B4%E5%BA%93").json.find("reports")->items()->empty());
  CHECK(w.call("GET", "/api/v1/work").json.find("items")->items()->empty());
  const Json status = w.call("GET", "/api/v1/status").json;
  CHECK(status.count("clues") == 2);
  CHECK(status.count("drafts") == 0);
}

TEST_CASE("an open clue is written anew by anybody of the office; a settled one is not") {
  World w(false, true, {"王芳", "李明"});
  const std::string id = note(w, "东村水库坝脚渗水", R"(,"told_by":"老赵")", "王芳");
  const auto put = [&](const std::string& body) { return w.call("PUT", "/api/v1/clues/" + id, body, "李明"); };
  CHECK(put(R"({"text":"东村水库坝脚渗水，长约两米","told_by":"村支书老赵","place":"东村"})").reply.status == 200);
  const Json all = w.call("GET", "/api/v1/clues", {}, "王芳").json;
  const Json& c = all.find("clues")->items()->front();
  CHECK(c.text("text") == "东村水库坝脚渗水，长约两米");
  CHECK(c.text("told_by") == "村支书老赵");
  CHECK(c.text("place") == "东村");
  CHECK(c.text("by") == "王芳");
  CHECK(put(R"({"text":" "})").json.text("code") == "clue.text");
  REQUIRE(w.call("POST", "/api/v1/clues/" + id + "/discard", R"({"reason":"无此事"})", "王芳").reply.status == 200);
  CHECK(put(R"({"text":"x"})").json.text("code") == "clue.settled");
}

TEST_CASE("a report that began as a clue has its place, and a title that ends where a clause ends") {
  World w;
  const auto promoted = [&](const std::string& text) {
    const std::string id = note(w, text, R"(,"told_by":"县气象局","place":"东村水库")");
    const auto made = w.call("POST", "/api/v1/clues/promote", R"({"clues":[")" + id + R"("]})");
    return w.call("GET", "/api/v1/reports/" + std::string(made.json.text("case"))).json;
  };
  const Json one = promoted("东村水库坝脚渗水。村支书已到场");
  CHECK(one.text("title") == "东村水库坝脚渗水");
  // Who told it is named in no report unless somebody writes it there.
  CHECK(one.find("draft")->find("fields")->text("source_units").empty());
  CHECK(one.find("draft")->find("fields")->text("place") == "东村水库");
  const std::string clause = "柳河镇铁匠沟村北坡的一处老滑坡体今天早上又开始向下移动";  // 26 characters
  CHECK(promoted(clause + "，村里已组织下方十一户居民全部转移到村小学").text("title") == clause);
  CHECK(promoted(clause + clause).text("title").empty());
}

TEST_CASE("what is no clue is refused") {
  World w;
  const std::string long_line(301, 'a'), long_text(kClueTextBytesMax + 1, 'a');
  for (const std::string& bad :
       {std::string("{}"), std::string(R"({"text":"  \n "})"), R"({"text":"a","told_by":")" + long_line + "\"}",
        std::string(R"({"text":"a","place":"x\ny"})"), R"({"text":")" + long_text + "\"}"}) {
    CAPTURE(bad.substr(0, 40));
    const auto a = w.call("POST", "/api/v1/clues", bad);
    CHECK(a.reply.status == 422);
    CHECK(a.json.text("code") == "clue.text");
  }
  CHECK(w.count("select count(*) from clue") == 0);
  CHECK(w.call("GET", "/api/v1/clues?state=x").reply.status == 422);
  CHECK(w.call("POST", "/api/v1/clues/promote", R"({"clues":[]})").json.text("code") == "clue.which");
  const std::string report = w.write();
  CHECK(w.call("POST", "/api/v1/clues/" + report + "/discard", R"({"reason":"x"})").json.text("code") ==
        "clue.missing");
  CHECK(w.call("POST", "/api/v1/clues/promote", R"({"clues":[")" + report + "\"]}").json.text("code") ==
        "clue.missing");
}

TEST_CASE("a clue cannot be sent, signed or written over as if it were a report") {
  World w;
  const std::string id = note(w, "东村水库坝脚渗水");
  for (const char* step : {"send", "submit", "sign"}) {
    CAPTURE(step);
    const auto a = w.call("POST", "/api/v1/reports/" + id + "/" + step, "{}");
    CHECK(a.reply.exit_code == 65);
    CHECK(a.json.text("code") == "draft.clue");
  }
  CHECK(w.call("PUT", "/api/v1/reports/" + id, R"({"title":"x"})").json.text("code") == "draft.clue");
  CHECK(w.count("select count(*) from record") == 0);
  CHECK(texts(listed(w)) == std::vector<std::string>{"东村水库坝脚渗水"});
}

TEST_CASE("of several clues the places go along, and no title that tells of the first alone") {
  World w;
  const std::string a = note(w, "东村水库坝脚渗水", R"(,"place":"东村","told_by":"村支书老赵")");
  const std::string b = note(w, "西村桥面塌陷", R"(,"place":"西村")"),
                    c = note(w, "东村已转移12户", R"(,"place":"东村")");
  const auto made = w.call("POST", "/api/v1/clues/promote",
                           R"({"clues":[")" + a + "\",\"" + b + "\",\"" + c + R"("],"kind":"first_report"})");
  REQUIRE(made.reply.status == 200);
  const Json shown = w.call("GET", "/api/v1/reports/" + std::string(made.json.text("case"))).json;
  CHECK(shown.text("title").empty());
  CHECK(shown.find("draft")->find("fields")->text("place") == "东村、西村");
  CHECK(dump(*shown.find("draft")).find("老赵") == std::string::npos);
}

TEST_CASE("several clues become one report; they are kept with it here, and nothing of them is in what is signed") {
  World w;
  const std::string a = note(w, "东村水库坝脚渗水", R"(,"told_by":"村支书老赵")");
  const std::string b = note(w, "西村桥面塌陷", R"(,"told_by":"邮递员")");
  const auto made = w.call("POST", "/api/v1/clues/promote",
                           R"({"clues":[")" + a + "\",\"" + b + R"("],"kind":"brief","title":"两处险情","body":""})");
  CHECK(made.reply.status == 422);  // the text is that of the clues
  const auto good =
      w.call("POST", "/api/v1/clues/promote",
             R"({"clues":[")" + a + "\",\"" + b + "\",\"" + a + R"("],"kind":"brief","title":"两处险情"})");
  CAPTURE(good.reply.body);
  REQUIRE(good.reply.status == 200);
  const std::string report(good.json.text("case"));
  const Json shown = w.call("GET", "/api/v1/reports/" + report).json;
  CHECK(shown.text("body") == "东村水库坝脚渗水\n西村桥面塌陷");
  REQUIRE(shown.find("clues")->items()->size() == 2);
  CHECK(shown.find("clues")->items()->front().text("told_by") == "村支书老赵");
  CHECK(texts(listed(w)).empty());
  CHECK(texts(listed(w, "?state=promoted")).size() == 2);
  CHECK(w.call("POST", "/api/v1/clues/" + a + "/discard", R"({"reason":"x"})").json.text("code") == "clue.settled");

  REQUIRE(w.call("PUT", "/api/v1/reports/" + report, std::string(R"({"body":")") + World::kBody + "\"}").reply.status ==
          200);
  REQUIRE(w.call("POST", "/api/v1/reports/" + report + "/send", "{}").reply.status == 200);
  auto q = w.store().db().query("select bytes from record");
  REQUIRE(q);
  REQUIRE(q->step());
  const std::string signed_text(text(q->blob(0)));
  CHECK(signed_text.find("老赵") == std::string::npos);
  CHECK(signed_text.find("clue") == std::string::npos);
  CHECK(w.call("GET", "/api/v1/reports/" + report).json.find("clues")->items()->size() == 2);
}

TEST_CASE("a clue is put aside with a reason only, and opened again") {
  World w;
  const std::string id = note(w, "有人说东村要办庙会");
  CHECK(w.call("POST", "/api/v1/clues/" + id + "/discard", R"({"reason":" "})").json.text("code") == "invalid.reason");
  CHECK(w.call("POST", "/api/v1/clues/" + id + "/reopen", "{}").json.text("code") == "clue.settled");
  CHECK(w.call("POST", "/api/v1/clues/" + id + "/discard", R"({"reason":"已核实，无此事"})").reply.status == 200);
  CHECK(texts(listed(w)).empty());
  CHECK(listed(w, "?state=discarded").find("clues")->items()->front().text("reason") == "已核实，无此事");
  CHECK(w.call("POST", "/api/v1/clues/" + id + "/reopen", "{}").reply.status == 200);
  CHECK(texts(listed(w)).size() == 1);
  CHECK(w.call("DELETE", "/api/v1/reports/" + id).reply.status == 200);
  CHECK(w.count("select count(*) from clue") == 0);
  CHECK(w.count("select count(*) from matter") == 0);
}

TEST_CASE("a photo of a clue goes into its report only when somebody wants it to") {
  World w;
  const std::string id = note(w, "东村水库坝脚渗水");
  REQUIRE(w.call("PUT", "/api/v1/reports/" + id + "/attachments/p.jpg", "octets of a photo").reply.status == 200);
  CHECK(listed(w).find("clues")->items()->front().find("photos")->items()->front().text("name") == "p.jpg");
  const auto without = w.call("POST", "/api/v1/clues/promote", R"({"clues":[")" + id + "\"]}");
  REQUIRE(without.reply.status == 200);
  CHECK(w.call("GET", "/api/v1/reports/" + std::string(without.json.text("case")))
            .json.find("attachments")
            ->items()
            ->empty());
  const auto with = w.call("POST", "/api/v1/clues/promote", R"({"clues":[")" + id + R"("],"photos":true})");
  REQUIRE(with.reply.status == 200);
  const std::string report(with.json.text("case"));
  CHECK(w.call("GET", "/api/v1/reports/" + report + "/attachments/p.jpg").reply.body == "octets of a photo");
  // The clue keeps its own: dropping the report's takes nothing from it.
  REQUIRE(w.call("DELETE", "/api/v1/reports/" + report).reply.status == 200);
  CHECK(w.call("GET", "/api/v1/reports/" + id + "/attachments/p.jpg").reply.body == "octets of a photo");
}

TEST_CASE("a clue goes to the other machines of the office as their drafts do, and joins there") {
  World w;
  const std::string id = note(w, "东村水库坝脚渗水", R"(,"told_by":"老赵")");
  const CaseId c = find_case(w.store(), id)->id;
  DraftState s = draft_state(w.store(), c).value();
  REQUIRE(s.heads.size() == 1);
  const auto again = decode_draft_state(encode(s), w.store().me().office);
  REQUIRE(again);
  CHECK(again->heads[0].extras.clue->told_by == "老赵");
  CHECK(is_shared_draft(again->heads[0].extras));
  // Another machine has put it aside meanwhile.
  DraftVersion v = again->heads[0];
  v.by.node.bytes[0] ^= 1;
  v.seen.set(v.by, 1);
  v.at = sync::Hlc::at(kNow + 1000);
  v.extras.clue->state = ClueNote::State::discarded;
  v.extras.clue->reason = "假的";
  fix(v);
  DraftState theirs = *again;
  save(theirs, v);
  REQUIRE(w.store().write([&] { return keep_draft_state(w.store(), joined(s, theirs), kNow); }));
  CHECK(listed(w, "?state=discarded").find("clues")->items()->front().text("reason") == "假的");
}

TEST_CASE("a draft is an exercise from its first word on, and stays one") {
  World w;
  const auto made =
      w.call("POST", "/api/v1/reports",
             std::string(R"({"kind":"brief","title":"桌面推演","exercise":true,"body":")") + World::kBody + "\"}");
  REQUIRE(made.reply.status == 200);
  const std::string id(made.json.text("case"));
  CHECK(flagged(w.call("GET", "/api/v1/reports/" + id).json, "exercise"));
  CHECK(w.call("PUT", "/api/v1/reports/" + id, R"({"exercise":false})").json.text("code") == "invalid.member");
  REQUIRE(w.call("PUT", "/api/v1/reports/" + id, R"({"title":"桌面推演第二稿"})").reply.status == 200);
  CHECK(flagged(w.call("GET", "/api/v1/reports/" + id).json, "exercise"));
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/send", "{}").reply.status == 200);
  CHECK(flagged(w.call("GET", "/api/v1/reports/" + id).json, "exercise"));
  // Follow-ups, corrections and the withdrawal inherit it.
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/correct",
                 std::string(R"({"reason":"笔误","send":true,"body":")") + World::kBody + "更正。\"}")
              .reply.status == 200);
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/withdraw", R"({"reason":"演练结束"})").reply.status == 200);
  auto q = w.store().db().query("select bytes from record");
  REQUIRE(q);
  std::size_t n = 0;
  while (q->step().value()) {
    ++n;
    CHECK((sync::decode_record(q->blob(0))->record.flags & sync::record_flag::exercise) != 0);
  }
  CHECK(n == 3);
  CHECK(w.call("GET", "/api/v1/reports").json.find("reports")->items()->front().text("state") == "withdrawn");
}

TEST_CASE("while an exercise goes on what is begun is one, unless its writer says that it is real") {
  World w;
  CHECK(w.call("POST", "/api/v1/exercise", R"({"name":"x"})").json.text("code") == "exercise.form");
  REQUIRE(w.call("POST", "/api/v1/exercise", R"({"on":true,"name":"秋季防汛演练"})").reply.status == 200);
  const Json status = w.call("GET", "/api/v1/status").json;
  REQUIRE(status.find("exercise")->members());
  CHECK(status.find("exercise")->text("name") == "秋季防汛演练");
  const std::string drill = w.write();
  CHECK((flags_of(w, drill) & record_note::exercise) != 0);
  const auto real = w.call("POST", "/api/v1/reports", R"({"kind":"brief","title":"真的","exercise":false})");
  CHECK((flags_of(w, std::string(real.json.text("case"))) & record_note::exercise) == 0);
  const std::string clue = note(w, "推演线索");
  const auto promoted = w.call("POST", "/api/v1/clues/promote", R"({"clues":[")" + clue + "\"]}");
  CHECK((flags_of(w, std::string(promoted.json.text("case"))) & record_note::exercise) != 0);
  REQUIRE(w.call("POST", "/api/v1/exercise", R"({"on":false})").reply.status == 200);
  CHECK(w.call("GET", "/api/v1/exercise").json.find("exercise")->is_null());
  CHECK((flags_of(w, w.write()) & record_note::exercise) == 0);
  CHECK((flags_of(w, drill) & record_note::exercise) != 0);
}

TEST_CASE("exercises have numbers of their own, leave no gap among the real ones, and are counted apart") {
  World w;
  const auto begin = [&](bool exercise, bool send) {
    const auto made =
        w.call("POST", "/api/v1/reports",
               std::string(R"({"kind":"brief","title":"渡口巡查","exercise":)") + (exercise ? "true" : "false") +
                   R"(,"send":)" + (send ? "true" : "false") + R"(,"body":")" + World::kBody + "\"}");
    REQUIRE(made.reply.status == 200);
    return std::string(w.call("GET", "/api/v1/reports/" + std::string(made.json.text("case"))).json.text("number"));
  };
  CHECK(begin(false, true) == "柳河镇〔2026〕1号");
  CHECK(begin(true, true) == "柳河镇〔2026〕演练1号");
  CHECK(begin(true, true) == "柳河镇〔2026〕演练2号");
  CHECK(begin(false, true) == "柳河镇〔2026〕2号");
  CHECK(w.call("GET", "/api/v1/reports/柳河镇〔2026〕演练2号").json.text("number") == "柳河镇〔2026〕演练2号");
  begin(true, false);
  begin(false, false);
  begin(false, false);
  const auto asked = w.call("GET", "/api/v1/status");
  REQUIRE_MESSAGE(asked.reply.status == 200, asked.reply.body);
  const Json& status = asked.json;
  CHECK(status.count("drafts") == 2);
  CHECK(status.find("exercises")->count("drafts") == 1);
  CHECK(status.count("overdue") == 0);
  // Two days on nothing of it has a receipt: two real ones are late.
  w.now_ms += 2 * sync::Millis{24} * 3'600'000;
  const Json later = w.call("GET", "/api/v1/status").json;
  CHECK(later.count("overdue") == 2);
  CHECK(later.find("exercises")->count("overdue") == 2);
}

TEST_CASE("nobody makes a received report an exercise afterwards, nor an exercise real") {
  struct Row {
    bool first, second, taken;
  };
  for (const Row row :
       {Row{false, false, true}, Row{true, true, true}, Row{false, true, false}, Row{true, false, false}}) {
    CAPTURE(row.first);
    CAPTURE(row.second);
    World w;
    const test::Keys village;
    CaseId id;
    id.bytes[0] = 7;
    const auto marked = [&](sync::ReleasedRecord r, bool exercise) {
      if (exercise) r.record.flags |= sync::record_flag::exercise;
      return sync::release(r.record);
    };
    const auto first = marked(w.foreign(village, id), row.first);
    w.put(first);
    const auto second =
        marked(w.foreign(village, id, {first.id}, "更正", sync::RecordType::correction, kNow + 1000), row.second);
    w.put(second);
    auto q = w.store().db().query("select quarantine from record where id = ?", second.id);
    REQUIRE(q);
    REQUIRE(q->step());
    CHECK((q->integer(0) == 0) == row.taken);
    CHECK(((matter(w.store(), id).value()->flags & record_note::exercise) != 0) == row.first);
  }
}

TEST_CASE("another machine's draft is signed as the exercise that it is shown as") {
  World w(false, true, {"王芳", "李明"});
  const auto made = w.call(
      "POST", "/api/v1/reports",
      std::string(R"({"kind":"brief","title":"桌面推演","exercise":true,"body":")") + World::kBody + "\"}", "王芳");
  const std::string id(made.json.text("case"));
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/submit", "{}", "王芳").reply.status == 200);
  const DraftState s = draft_state(w.store(), find_case(w.store(), id)->id).value();
  REQUIRE(s.heads.size() == 1);
  CHECK(decode_draft_state(encode(s), w.store().me().office));
  DraftState changed = s;
  changed.heads[0].extras.exercise = false;
  fix(changed.heads[0]);
  CHECK_FALSE(decode_draft_state(encode(changed), w.store().me().office));
  CHECK(draft_of(w, id).extras.exercise);
}
