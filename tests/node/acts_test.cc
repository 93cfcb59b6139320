// Acts of superiors: the form of their bodies, where they stand in whatever order they came, and the desk's rules.
#include "node/office/acts.h"

#include <doctest/doctest.h>

#include <set>

#include "node/office/act_states.h"
#include "node/store/acts.h"
#include "tests/node/desk_world.h"
#include "tests/support/slow.h"

using namespace yz;
using namespace yz::node;
using test::kNow;
using test::World;

namespace {

OfficeId office(std::uint8_t n) {
  OfficeId id;
  id.bytes[0] = n;
  return id;
}
RecordId record(std::uint8_t n) {
  RecordId id;
  id.bytes[0] = n;
  return id;
}
const OfficeId town = office(1), county = office(2), city = office(3);

ActFact fact(std::uint8_t n, ActKind kind, const OfficeId& by, std::vector<OfficeId> to,
             std::optional<RecordId> on = {}) {
  ActFact f;
  f.id = record(n);
  f.kind = kind;
  f.office = by;
  f.at = sync::Hlc::at(kNow + n);
  f.to = std::move(to);
  f.on = on;
  f.stands = true;
  return f;
}
ActFact decided(std::uint8_t n, const OfficeId& by, Disposal d, bool stands = true) {
  ActFact f = fact(n, ActKind::decision, by, {town});
  f.disposal = d;
  f.stands = stands;
  return f;
}
ActFact instructed(std::uint8_t n, const OfficeId& by, std::vector<OfficeId> assignees) {
  ActFact f = fact(n, ActKind::instruction, by, by == city ? std::vector{town, county} : std::vector{town});
  f.assignees = std::move(assignees);
  return f;
}
ActFact done(std::uint8_t n, const OfficeId& by, std::uint8_t on, bool finished = true) {
  ActFact f = fact(n, ActKind::progress, by, {county, city}, record(on));
  f.done = finished;
  return f;
}
ReportState stage(const std::vector<ActFact>& facts, const OfficeId& us = town) {
  return standing_of(facts, us, town, {}).stage;
}

Act whole() {
  Act a;
  a.kind = ActKind::decision;
  a.disposal = Disposal::adopted;
  a.text = "很好\n请继续";
  a.reason = "要素齐全";
  a.publication = "要情快报";
  a.issue = 31;
  a.rating.marks = {4, 0, 3, 5, 0};
  a.title = "柳河镇防汛";
  return a;
}

Result<Act> decoded(std::string_view json) { return decode_act(view(json)); }

}  // namespace

TEST_CASE("an act comes back as it was written, and the same act gives the same bytes") {
  Act i;
  i.kind = ActKind::instruction;
  i.text = "请查明";
  i.due_ms = kNow;
  i.assignees = {town, county};
  Act m;
  m.kind = ActKind::merged;
  m.merged = MergedInto{county, {}, record(7), "综合"};
  for (const Act& a : {whole(), i, m}) {
    const Bytes bytes = encode_act(a);
    const auto back = decode_act(bytes);
    REQUIRE_MESSAGE(back, (back ? "" : back.error().what));
    CHECK(*back == a);
    CHECK(encode_act(*back) == bytes);
  }
}

TEST_CASE("hostile bodies of acts are refused, newer ones are not") {
  const std::string id(32, 'a');
  const std::string bad[] = {
      "",
      "[]",
      "{}",
      R"({"v":2,"act":"decision","outcome":"filed"})",
      R"({"v":1})",
      R"({"v":1,"act":"decision"})",
      R"({"v":1,"act":"instruction"})",
      R"({"v":1,"act":"progress","text":"x","outcome":"adopted"})",
      R"({"v":1,"act":"answer","text":"x","done":true})",
      R"({"v":1,"act":"question","text":"x","assignees":[")" + id + R"("]})",
      R"({"v":1,"act":"instruction","text":"x","assignees":["ab"]})",
      R"({"v":1,"act":"instruction","text":"x","assignees":[")" + id + R"(",")" + id + R"("]})",
      R"({"v":1,"act":"instruction","text":"x","due_at":"soon"})",
      R"({"v":1,"act":"decision","outcome":"adopted","rating":{"accuracy":6}})",
      R"({"v":1,"act":"decision","outcome":"adopted","issue":-1})",
      R"({"v":1,"act":"decision","outcome":"adopted","publication":"a\nb"})",
      R"({"v":1,"act":"answer","text":")" + std::string(kActTextBytesMax + 1, 'x') + R"("})",
      R"({"v":1,"act":"merged"})",
      R"({"v":1,"act":"merged","into":{"office":"","case":"","record":""}})",
  };
  for (const std::string& json : bad) {
    CAPTURE(json.substr(0, 80));
    const auto a = decoded(json);
    REQUIRE_FALSE(a);
    CHECK(a.error().fault == Fault::forged);
  }
  CHECK(decoded(R"({"v":1,"act":"decision","outcome":"filed","later":[1]})")->disposal == Disposal::filed);
  CHECK(decoded(R"({"v":1,"act":"decision","outcome":"praised"})")->disposal == Disposal::unknown);
  CHECK(decoded(R"({"v":1,"act":"hand_over","whatever":{}})")->kind == ActKind::unknown);
}

TEST_CASE("two persons are needed for what binds and for what is not understood") {
  Act a = whole();
  CHECK(needs_two(a));
  for (const Disposal d : {Disposal::not_adopted, Disposal::returned, Disposal::filed}) {
    a.disposal = d;
    CHECK_FALSE(needs_two(a));
  }
  a.disposal = Disposal::unknown;
  CHECK(needs_two(a));
  a.kind = ActKind::instruction;
  CHECK(needs_two(a));
  a.kind = ActKind::answer;
  CHECK_FALSE(needs_two(a));
}

TEST_CASE("the furthest of what offices say is the case's state") {
  using enum Disposal;
  CHECK(stage({}) == ReportState::acknowledged);
  CHECK(stage({decided(1, county, filed)}) == ReportState::filed);
  CHECK(stage({decided(1, county, filed), decided(2, city, adopted)}) == ReportState::adopted);
  // A later decision of the same office takes the earlier one's place, of another it does not.
  CHECK(stage({decided(1, county, adopted), decided(2, county, filed)}) == ReportState::filed);
  CHECK(stage({decided(1, city, adopted), decided(2, county, returned)}) == ReportState::adopted);
  // What was said of a version that is replaced holds no more, but a publication stays one.
  CHECK(stage({decided(1, county, returned, false)}) == ReportState::acknowledged);
  CHECK(stage({decided(1, county, adopted, false)}) == ReportState::adopted);
  // Passed on after it was given back.
  CHECK(stage({decided(1, county, returned), fact(2, ActKind::forwarded, county, {})}) == ReportState::forwarded);
  CHECK(stage({decided(2, county, returned), fact(1, ActKind::forwarded, county, {})}) == ReportState::returned);
}

TEST_CASE("an instruction goes from open to closed, and only by those who have a say in it") {
  std::vector<ActFact> all{instructed(1, city, {town, county})};
  CHECK(stage(all) == ReportState::instructed);
  all.push_back(done(2, office(9), 1));  // nobody's business
  CHECK(stage(all) == ReportState::instructed);
  all.push_back(done(3, town, 1));
  CHECK(stage(all) == ReportState::in_follow_through);
  CHECK(standing_of(all, town, town, {}).of[0].duty == Duty::none);
  CHECK(standing_of(all, county, town, {}).of[0].duty == Duty::carry_out);
  CHECK(standing_of(all, city, town, {}).of[0].duty == Duty::awaited);
  all.push_back(fact(4, ActKind::close, county, {town, county}, record(1)));
  CHECK(stage(all) == ReportState::in_follow_through);
  all.push_back(done(5, county, 1));
  CHECK(stage(all) == ReportState::feedback_given);
  CHECK(standing_of(all, city, town, {}).of[0].duty == Duty::to_close);
  all.push_back(instructed(6, county, {town}));
  CHECK(stage(all) == ReportState::feedback_given);
  all.push_back(fact(7, ActKind::close, city, {town, county}, record(1)));
  CHECK(stage(all) == ReportState::instructed);
  all.push_back(fact(8, ActKind::close, county, {town}, record(6)));
  CHECK(stage(all) == ReportState::closed);
}

TEST_CASE("a question is answered by whom it went to, an urge by a newer version too") {
  std::vector<ActFact> all{fact(1, ActKind::verify, county, {town}), fact(2, ActKind::urge, county, {town})};
  CHECK(standing_of(all, town, town, {}).of[0].duty == Duty::answer);
  CHECK(standing_of(all, county, town, {}).of[0].duty == Duty::awaited);
  all.push_back(fact(3, ActKind::answer, city, {county}, record(1)));
  CHECK(standing_of(all, town, town, {}).of[0].state == ActState::open);
  all.push_back(fact(4, ActKind::answer, town, {county}, record(1)));
  CHECK(standing_of(all, town, town, {}).of[0].state == ActState::answered);
  CHECK(standing_of(all, town, town, {}).of[1].state == ActState::open);
  // By what it says and by no clock: a version that its author knew, however it is dated, answers nothing.
  const auto known = standing_of(all, town, town, sync::Hlc::at(kNow + 60));
  CHECK(known.of[1].state == ActState::open);
  all[1].stands = false;
  const auto later = standing_of(all, town, town, sync::Hlc::at(kNow + 1));
  CHECK(later.of[1].state == ActState::answered);
  CHECK(later.of[1].duty == Duty::none);
}

namespace {

/// A village below the township has reported; here sit a leader, and an editor who does not sign.
struct Village : World {
  explicit Village(bool one_person = false, std::vector<std::string> names = {"王芳", "李明"})
      : World(one_person, true, std::move(names)) {
    case_id.bytes[0] = 9;
    put(foreign(village, case_id));
    path = "/api/v1/reports/" + base32(case_id.view());
  }
  Answer post(const char* verb, const std::string& body, std::string as = "王芳") {
    return call("POST", path + "/" + verb, body, as);
  }
  Json shown() { return call("GET", path, {}, officers.front().name).json; }
  Json newest() { return shown().find("acts")->items()->back(); }
  test::Keys village;
  CaseId case_id;
  std::string path;
};

std::string code(const World::Answer& a) { return std::string(a.json.text("code")); }

}  // namespace

TEST_CASE("adopting takes two persons; what waits is a draft that the other signs") {
  Village w;
  const auto a = w.post("decide", R"({"outcome":"adopted","publication":"要情","issue":3})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(a.json.flag("waiting_for_signature"));
  CHECK(w.count("select count(*) from record where type = 11") == 0);
  CHECK(w.newest().text("waits_for") == "second");  // a signer signed it as such
  CHECK(w.newest().find("record")->is_null());
  CHECK(code(w.post("sign", "{}")) == "denied.same_person");
  CHECK(code(w.post("decide", R"({"outcome":"adopted"})")) == "draft.exists");
  CHECK(w.call("PUT", w.path, R"({"title":"x"})", "王芳").reply.status == 409);
  // The one that waits has its clock already, and would be the earlier for ever.
  CHECK(code(w.post("decide", R"({"outcome":"filed"})")) == "draft.exists");
  const auto both = w.post("sign", "{}", "李明");
  REQUIRE_MESSAGE(both.reply.status == 200, both.reply.body);
  CHECK(both.json.text("state") == "adopted");
  CHECK(w.newest().find("by")->items()->size() == 2);
  CHECK(w.newest().count("issue") == 3);
  CHECK(w.count("select count(*) from delivery d join record r on r.row = d.record where r.type = 11") == 1);
  CHECK(w.count("select count(*) from draft") == 0);
  // What one person may do needs no draft.
  REQUIRE(w.post("decide", R"({"outcome":"filed"})").reply.status == 200);
  CHECK(w.shown().text("state") == "filed");
}

TEST_CASE("an act that was given back says so and why, is its writer's work, and is replaced by the next") {
  Village w;
  REQUIRE(w.post("decide", R"({"outcome":"adopted","publication":"要情","issue":3})").reply.status == 200);
  CHECK_FALSE(w.newest().flag("returned"));
  REQUIRE(w.call("POST", w.path + "/return", R"({"note":"期数不对"})", "李明").reply.status == 200);
  CHECK(w.newest().flag("returned"));
  CHECK(w.newest().text("note") == "期数不对");
  CHECK(w.newest().find("by")->items()->front().string()->compare("王芳") == 0);
  const auto returned = [&](const std::string& as) {
    const Json work = w.call("GET", "/api/v1/work", {}, as).json;
    for (const Json& item : *work.find("items")->items())
      if (item.text("group") == "returned") return std::string(item.text("note")) + "/" + std::string(item.text("act"));
    return std::string();
  };
  CHECK(returned("王芳") == "期数不对/decision");
  CHECK(returned("李明").empty());
  SUBCASE("said anew") {
    REQUIRE(w.post("decide", R"({"outcome":"adopted","publication":"要情","issue":4})").reply.status == 200);
    REQUIRE(w.post("sign", "{}", "李明").reply.status == 200);
    CHECK(w.newest().count("issue") == 4);
  }
  SUBCASE("decided otherwise") {
    REQUIRE(w.post("decide", R"({"outcome":"filed"})").reply.status == 200);
    CHECK(w.count("select count(*) from draft") == 0);
  }
  SUBCASE("deleted") {
    REQUIRE(w.call("DELETE", w.path, {}, "王芳").reply.status == 200);
    CHECK(w.count("select count(*) from draft") == 0);
  }
  CHECK(returned("王芳").empty());
}

TEST_CASE("nobody decides on what has changed since it was shown to them") {
  Village w;
  const Json shown = w.shown();
  const std::string head(*shown.find("heads")->items()->front().string());
  const auto as_shown = [&](const std::string& state) {
    return R"({"outcome":"filed","state":")" + state + R"(","heads":[")" + head + R"("]})";
  };
  REQUIRE(w.post("decide", as_shown("received")).reply.status == 200);
  CHECK(code(w.post("decide", as_shown("received"), "李明")) == "case.changed");
  REQUIRE(w.post("decide", as_shown("filed"), "李明").reply.status == 200);
  // A new version is a change too.
  CHECK(code(w.post("decide", R"({"outcome":"filed","state":"filed","heads":[]})", "李明")) == "case.changed");
}

TEST_CASE("an adoption counts from its second signature, at both ends") {
  Village w;
  REQUIRE(w.post("decide", R"({"outcome":"adopted"})").reply.status == 200);
  w.now_ms += 60'000;
  // Another machine of the office gave the report back meanwhile.
  Act back;
  back.kind = ActKind::decision;
  back.disposal = Disposal::returned;
  back.reason = "要素不全";
  const auto m = matter(w.store(), w.case_id);
  const auto first = case_records(w.store(), (*m)->row)->front().released;
  sync::Record r = first.record;
  r.type = sync::RecordType::decision;
  r.salt.bytes[5] = 7;
  r.origin = w.town.office();
  r.at = sync::Hlc::at(w.now_ms);
  r.parents = {first.id};
  r.addressees = {w.village.office()};
  r.body = encode_act(back);
  const World::Officer& by = *w.find("李明");
  const RecordId id = sync::record_id(r.content());
  r.signatures = {
      {sync::SignRole::signer, by.row.digest, sync::sign_record(id, sync::SignRole::signer, by.row.digest, by.key)}};
  w.put(sync::release(r));
  CHECK(w.shown().text("state") == "returned");
  w.now_ms += 60'000;
  const auto both = w.post("sign", "{}", "李明");
  REQUIRE_MESSAGE(both.reply.status == 200, both.reply.body);
  CHECK(both.json.text("state") == "adopted");
  CHECK(w.shown().text("state") == "adopted");

  // The village's end, in any order of arrival: the same two decisions, the word of the second signature with them.
  std::vector<sync::ReleasedRecord> all;
  const auto records = case_records(w.store(), (*m)->row).value();
  for (const auto& c : records) all.push_back(c.released);
  REQUIRE(all.size() == 4);
  std::vector<std::size_t> order{0, 1, 2, 3};
  std::set<std::string> seen;
  int nth = 0;
  do {
    if (test::slow() && nth++ % 5 != 0) continue;
    World there;
    for (const std::size_t i : order) there.put(all[i]);
    const auto at = matter(there.store(), w.case_id);
    const auto row = (*at)->row;
    const auto acts = acts_of(there.store(), row).value();
    for (const ActEntry& e : acts)
      seen.insert(std::string(name_of(e.act.disposal)) + " " + std::string(name_of(e.standing.state)));
  } while (std::ranges::next_permutation(order).found);
  CHECK(seen == std::set<std::string>{"adopted none", "returned superseded"});

  // One of them alone does not make it the newest once more.
  back.disposal = Disposal::filed;
  r.body = encode_act(back);
  r.at = sync::Hlc::at(w.now_ms + 1000);
  const RecordId filed = sync::record_id(r.content());
  r.signatures.front().signature = sync::sign_record(filed, sync::SignRole::signer, by.row.digest, by.key);
  w.put(sync::release(r));
  CHECK(w.shown().text("state") == "filed");
  for (const auto& c : all)
    if (c.record.type == sync::RecordType::cosignature) r = c.record;
  r.salt.bytes[5] = 8;
  r.at = sync::Hlc::at(w.now_ms + 2000);
  const RecordId anew = sync::record_id(r.content());
  r.signatures.front().signature = sync::sign_record(anew, sync::SignRole::cosigner, by.row.digest, by.key);
  w.put(sync::release(r));
  CHECK(w.shown().text("state") == "filed");
}

TEST_CASE("what is typed for a leader waits for the leader") {
  Village w;
  REQUIRE(w.post("instruct", R"({"text":"请查","dictated":true})").reply.status == 200);
  CHECK(w.newest().text("waits_for") == "signer");
  const Json work = w.call("GET", "/api/v1/work", {}, "李明").json;
  const auto& items = *work.find("items")->items();
  CHECK(std::ranges::any_of(
      items, [](const Json& i) { return i.text("group") == "to_sign" && i.text("act") == "instruction"; }));
  REQUIRE(w.post("return", R"({"note":"重写"})", "李明").reply.status == 200);
  REQUIRE(w.post("instruct", R"({"text":"请速查"})").reply.status == 200);
  REQUIRE(w.post("sign", "{}", "李明").reply.status == 200);
  CHECK(w.newest().text("text") == "请速查");
  CHECK(w.shown().text("state") == "instructed");
}

TEST_CASE("who signs after the leader has recorded nothing, and the act has its time from that signature") {
  Village w;
  const auto parts = [&] {
    std::string out;
    const Json now = w.shown();
    for (const Json& e : *now.find("timeline")->items()) {
      out += std::string(e.text("event")) + " " + std::string(e.text("at").substr(11, 5));
      if (e.text("event") == "instruction")
        for (const Json& p : *e.find("persons")->items())
          out += " " + std::string(p.text("name")) + "=" + std::string(p.text("part"));
      out += ";";
    }
    return out;
  };
  REQUIRE(w.post("instruct", R"({"text":"请查"})").reply.status == 200);
  w.now_ms += 9 * 60'000;
  REQUIRE(w.post("sign", "{}", "李明").reply.status == 200);
  const std::string led = parts();
  CHECK_MESSAGE(led.find("李明=second") != std::string::npos, led);
  CHECK_MESSAGE(led.find("instruction 14:35") != std::string::npos, led);  // kNow is 14:26:40 there
  CHECK_MESSAGE(led.find("cosignature") == std::string::npos, led);
  Village typed;
  REQUIRE(typed.post("instruct", R"({"text":"请查","dictated":true})").reply.status == 200);
  REQUIRE(typed.post("sign", "{}", "李明").reply.status == 200);
  const Json act = typed.shown();
  bool recorded = false;
  for (const Json& r : *act.find("records")->items())
    for (const Json& s : *r.find("signatures")->items())
      recorded = recorded || (s.text("officer") == "王芳" && s.text("part") == "recorder");
  CHECK(recorded);
}

TEST_CASE("the words of a leader who is named are signed by that leader alone, or by who stands in") {
  Village w(false, {"王芳", "李明", "赵敏"});
  REQUIRE(code(w.post("instruct", R"({"text":"请查","leader":"无此人"})")) == "act.leader");
  REQUIRE(code(w.post("instruct", R"({"text":"请查","leader":"赵敏"})", "赵敏")) == "act.leader");
  REQUIRE(w.post("instruct", R"({"text":"请查","leader":"赵敏"})").reply.status == 200);
  CHECK(w.newest().text("waits_for") == "signer");
  CHECK(w.newest().text("words_of") == "赵敏");
  CHECK(w.shown().find("cosign_wish")->is_null());
  CHECK(code(w.post("sign", "{}", "李明")) == "denied.leader");
  const auto asked_to_sign = [&](const char* who) {
    const Json work = w.call("GET", "/api/v1/work", {}, who).json;
    return std::ranges::any_of(*work.find("items")->items(),
                               [](const Json& i) { return i.text("group") == "to_sign"; });
  };
  CHECK_FALSE(asked_to_sign("李明"));
  CHECK(asked_to_sign("赵敏"));
  CHECK(w.newest().flag("waiting_for_signature"));
  REQUIRE(w.post("sign", "{}", "赵敏").reply.status == 200);
  CHECK(w.newest().text("words_of").empty());
  CHECK(w.shown().text("state") == "instructed");
}

TEST_CASE("one person decides alone where the office is one person") {
  Village w(true, {"王芳"});
  const auto a = w.post("decide", R"({"outcome":"adopted"})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(a.json.text("state") == "adopted");
  CHECK_FALSE(a.json.flag("waiting_for_signature"));
}

TEST_CASE("what is not said rightly, or not here, is refused and nothing is kept") {
  Village w;
  struct Row {
    const char *verb, *body, *code;
  };
  for (const Row& r : {Row{"decide", R"({"outcome":"praised"})", "invalid.outcome"},
                       {"decide", R"({"outcome":"returned"})", "invalid.reason"},
                       {"decide", R"({"outcome":"filed","issue":3})", "invalid.outcome"},
                       {"decide", R"({"outcome":"adopted","issue":0})", "invalid.outcome"},
                       {"decide", R"({"outcome":"adopted","rating":{"accuracy":6}})", "invalid.rating"},
                       {"instruct", R"({"text":""})", "invalid.text"},
                       {"instruct", R"({"text":"x","due_at":"soon"})", "invalid.due"},
                       {"instruct", R"({"text":"x","assignees":["370783"]})", "act.assignees"},
                       {"instruct", R"({"text":"x","assignees":["999999"]})", "act.office"},
                       {"ask", R"({"text":"x","kind":"verify"})", "invalid.due"},
                       {"ask", R"({"text":""})", "invalid.text"},
                       {"ask", R"({"text":"x","to":["370783"]})", "act.office"},
                       {"progress", R"({"instruction":"aabbccdd","text":"x"})", "act.missing"},
                       {"close", R"({"instruction":""})", "act.missing"},
                       {"answer", R"({"to":"aabbccdd","text":"x"})", "act.missing"}}) {
    CAPTURE(r.body);
    CHECK(code(w.post(r.verb, r.body)) == r.code);
  }
  CHECK(w.count("select count(*) from record") == 1);
  CHECK(w.count("select count(*) from draft") == 0);
}

TEST_CASE("on its own case an office does not decide, and merging needs several of others") {
  World w;
  const std::string own = w.write(true);
  CHECK(code(w.call("POST", "/api/v1/reports/" + own + "/decide", R"({"outcome":"filed"})")) == "denied.own");
  CHECK(code(w.call("POST", "/api/v1/reports/merge",
                    R"({"sources":[")" + own + R"(",")" + own + R"("],"title":"综","body":"合"})")) == "merge.sources");
}

TEST_CASE("acts that come in any order leave the same states") {
  test::Keys village;
  CaseId id;
  id.bytes[0] = 9;
  World maker;
  const auto act = [&](const Act& a, std::vector<RecordId> parents, sync::Millis at) {
    sync::Record r = maker.foreign(maker.county, id, std::move(parents), "", record_type_of(a.kind), kNow + at).record;
    r.case_office = village.office();
    r.body = encode_act(a);
    r.signatures.front().signature =
        sync::sign_record(sync::record_id(r.content()), sync::SignRole::signer, {}, maker.county.node);
    return sync::release(r);
  };
  const auto first = maker.foreign(village, id);
  Act decision, order, close;
  decision.kind = ActKind::decision;
  decision.disposal = Disposal::adopted;
  order.kind = ActKind::instruction;
  order.text = "请查";
  close.kind = ActKind::close;
  const auto adopted = act(decision, {first.id}, 10), told = act(order, {first.id}, 20);
  const auto closed = act(close, {told.id}, 30);
  decision.disposal = Disposal::filed;
  const auto filed = act(decision, {first.id}, 15);
  std::vector<const sync::ReleasedRecord*> all{&first, &adopted, &told, &closed, &filed};
  std::ranges::sort(all);
  std::set<std::string> seen;
  int nth = 0;
  do {
    if (test::slow() && nth++ % 5 != 0) continue;
    World w;
    for (const auto* r : all) w.put(*r);
    std::string said;
    const auto m = matter(w.store(), id);
    const auto acts = acts_of(w.store(), (*m)->row);
    REQUIRE(acts);
    for (const ActEntry& e : *acts)
      said += std::string(name_of(e.fact.kind)) + ":" + std::string(name_of(e.standing.state)) + " ";
    seen.insert(said);
  } while (std::next_permutation(all.begin(), all.end()));
  CHECK(seen == std::set<std::string>{"decision:superseded decision:none instruction:closed close:none "});
}
