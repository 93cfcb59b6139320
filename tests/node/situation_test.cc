// What is going on, and the handover of the watch.
#include "node/store/situation.h"

#include <doctest/doctest.h>

#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kHour;
using test::kNow;
using test::World;

namespace {

const Json* incident(const Json& situation, std::string_view id) {
  for (const Json& i : *situation.find("incidents")->items())
    if (i.text("case") == id) return &i;
  return nullptr;
}

/// A flash report, signed and on its way.
std::string flash(World& w, bool exercise = false, const std::string& as = {}) {
  const auto made =
      w.call("POST", "/api/v1/reports",
             std::string(R"({"kind":"first_report","lane":"flash","title":"铁匠沟村山体滑坡","send":true,)") +
                 R"("occurred_at":"2026-06-08T13:00:00+08:00","fields":{"incident_type":"ND-GEO"},)" +
                 (exercise ? R"("exercise":true,)" : "") + R"("body":")" + World::kBody + "\"}",
             as);
  REQUIRE_MESSAGE(made.reply.status == 200, made.reply.body);
  return std::string(made.json.text("case"));
}

Json now(World& w, const std::string& from = {}, const std::string& as = {}) {
  const auto a = w.call("GET", "/api/v1/situation" + (from.empty() ? from : "?from=" + from), {}, as);
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  return a.json;
}

}  // namespace

TEST_CASE("an emergency is open until its final report, its withdrawal or its end; a routine report is none") {
  World w;
  const std::string going = flash(w), ended = flash(w), taken_back = flash(w), drill = flash(w, true);
  const std::string routine = w.write(true), draft = w.write(false, {}, "flash", "first_report");
  REQUIRE(w.call("POST", "/api/v1/reports/" + ended + "/follow-up",
                 std::string(R"({"final":true,"send":true,"body":")") + World::kBody + "处置完毕。\"}")
              .reply.status == 200);
  REQUIRE(w.call("POST", "/api/v1/reports/" + taken_back + "/withdraw", R"({"reason":"误报"})").reply.status == 200);
  const Json s = now(w);
  REQUIRE(incident(s, going));
  CHECK(incident(s, going)->flag("open"));
  CHECK(incident(s, going)->text("incident_type") == "ND-GEO");
  CHECK(incident(s, going)->find("next")->is_null());
  REQUIRE(incident(s, drill));
  CHECK(dump(*incident(s, drill)->find("flags")).find("\"exercise\"") != std::string::npos);
  // What ended in this shift is of the shift, and not open.
  for (const std::string& over : {ended, taken_back}) {
    REQUIRE(incident(s, over));
    CHECK_FALSE(incident(s, over)->flag("open"));
    CHECK(incident(s, over)->flag("in_shift"));
  }
  CHECK_FALSE(incident(s, routine));
  CHECK_FALSE(incident(s, draft));
  // Two days on a shift of an hour has nothing of it but what is still open.
  w.now_ms += 48 * kHour;
  const auto later = situation(w.store(), w.now_ms - kHour);
  REQUIRE(later);
  CHECK(later->incidents.size() == 2);
  for (const Incident& i : later->incidents) CHECK_FALSE(i.in_shift);
}

TEST_CASE("a shift begins with the last handover, which the journal keeps with its note") {
  World w(false, true, {"王芳", "李刚"});
  const std::string me = "王芳";
  CHECK(w.call("PUT", "/api/v1/handover", R"({"note":"渡口加派两人","seen":""})", me).json.text("note") ==
        "渡口加派两人");
  CHECK(now(w, {}, me).text("note") == "渡口加派两人");
  flash(w, false, me);
  for (const std::string& to : {std::string(), me, std::string("没有这个人")}) {
    CAPTURE(to);
    CHECK(w.call("POST", "/api/v1/handover", R"({"note":"","to":")" + to + "\"}", me).json.text("code") ==
          "handover.to");
  }
  CHECK(w.call("POST", "/api/v1/handover", R"({"to":"李刚","note":"","from":"2030-01-01T00:00:00+08:00"})", me)
            .reply.status == 422);
  CHECK(w.call("PUT", "/api/v1/handover", R"({"note":")" + std::string(6001, 'x') + R"(","seen":""})", me)
            .json.text("code") == "handover.note");
  CHECK(now(w, {}, me).text("note") == "渡口加派两人");
  const std::string whole = R"({"note":"渡口加派两人，水位每时报","seen":"渡口加派两人"})";
  CHECK(w.call("PUT", "/api/v1/handover", whole, me).reply.status == 200);
  const auto done = w.call("POST", "/api/v1/handover", R"({"to":"李刚","note":"渡口加派两人，水位每时报"})", me);
  REQUIRE_MESSAGE(done.reply.status == 200, done.reply.body);
  CHECK(done.json.text("by") == me);
  CHECK(done.json.count("open") == 1);
  w.now_ms += kHour;
  const Json s = now(w, {}, me);
  CHECK(s.text("note").empty());
  CHECK(s.text("from") == done.json.text("at"));
  REQUIRE(s.find("handovers")->items()->size() == 1);
  CHECK(s.find("handovers")->items()->front().text("note") == "渡口加派两人，水位每时报");
  CHECK(w.count("select count(*) from journal where action = 'handover'") == 1);
}

TEST_CASE("a handover note is never written over, nor handed away, by somebody who has not seen it") {
  World w(false, true, {"王芳", "李刚"});
  const auto put = [&](const std::string& body, const char* who) {
    return w.call("PUT", "/api/v1/handover", body, who);
  };
  REQUIRE(put(R"({"note":"渡口加派两人","seen":""})", "王芳").reply.status == 200);
  const auto other = put(R"({"note":"车钥匙在门卫","seen":""})", "李刚");
  CHECK(other.reply.status == 409);
  CHECK(other.json.text("code") == "handover.changed");
  CHECK(now(w, {}, "李刚").text("note") == "渡口加派两人");
  // The same save once more, as after an answer that was lost, is no conflict.
  CHECK(put(R"({"note":"渡口加派两人","seen":""})", "王芳").reply.status == 200);
  CHECK(put(R"({"note":"渡口加派两人\n车钥匙在门卫","seen":"渡口加派两人"})", "李刚").reply.status == 200);
  for (const char* bad :
       {"{}", R"({"seen":""})", R"({"note":"x"})", R"({"note":5,"seen":""})", R"({"note":null,"seen":""})"}) {
    CAPTURE(bad);
    CHECK(put(bad, "王芳").json.text("code") == "invalid.type");
  }
  REQUIRE(w.call("POST", "/api/v1/handover", R"({"to":"李刚","note":"渡口加派两人"})", "王芳").reply.status == 200);
  CHECK(now(w, {}, "王芳").text("note") == "渡口加派两人\n车钥匙在门卫");
}
