// Passing a case on, as the page and the command line do it; and how two texts are compared.
#include <doctest/doctest.h>

#include "node/office/layers.h"
#include "node/store/attachments.h"
#include "node/store/forwards.h"
#include "node/store/schema.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kNow;
using test::World;

namespace {

/// A village below the township has reported.
struct Village : World {
  explicit Village(bool one_person = true, std::vector<std::string> names = {"王芳"})
      : World(one_person, true, std::move(names)) {
    case_id.bytes[0] = 9;
    first = foreign(village, case_id);
    put(first);
    id = base32(case_id.view());
    path = "/api/v1/reports/" + id;
  }
  Answer forward(const std::string& body, std::string as = {}) {
    return call("POST", path + "/forward", body, as.empty() ? officers.front().name : as);
  }
  Json shown() { return call("GET", path, {}, officers.front().name).json; }
  Json layer(std::size_t i) {
    const Json now = shown();
    REQUIRE(now.find("layers")->items()->size() > i);
    return (*now.find("layers")->items())[i];
  }
  std::vector<RecordId> parents_of_newest() {
    auto q = store().db().query("select bytes from record where type = 6 order by row desc limit 1");
    REQUIRE(q);
    REQUIRE(q->step());
    return sync::decode_record(q->blob(0))->record.parents;
  }

  test::Keys village;
  CaseId case_id;
  sync::ReleasedRecord first;
  std::string id, path;
};

std::string code(const World::Answer& a) { return std::string(a.json.text("code")); }

}  // namespace

TEST_CASE("a case is passed on unchanged: the original inside, and its office is told") {
  Village w;
  const auto a = w.forward(R"({"note":"请阅"})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(a.json.text("state") == "forwarded");
  CHECK(w.shown().text("state") == "forwarded");
  CHECK(w.layer(0).text("record") == hex(w.first.id.view()));
  CHECK(w.layer(1).flag("unchanged"));
  CHECK(w.layer(1).text("note") == "请阅");
  CHECK(w.layer(1).text("by") == "王芳");
  CHECK(w.layer(1).text("body") == w.layer(0).text("body"));
  CHECK(w.parents_of_newest() == std::vector{w.first.id});
  // The forward to the county, the word to the village and not the other way round.
  CHECK(w.count("select count(*) from delivery") == 2);
  CHECK(w.count("select count(*) from delivery d join record r on r.row = d.record join office o on o.id ="
                " d.destination where r.type = 6 and o.code = '370783'") == 1);
  CHECK(w.count("select count(*) from delivery d join record r on r.row = d.record where r.type = 7") == 1);
  CHECK(w.woken == std::vector{sync::Lane::routine});
}

TEST_CASE("an edition is a layer of its own, and says field by field what it changed") {
  Village w;
  const auto a =
      w.forward(R"({"edit":{"title":"镇里的标题","body":")" + std::string(World::kBody) + R"(\n镇里已核实。"}})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  const Json l = w.layer(1);
  CHECK_FALSE(l.flag("unchanged"));
  CHECK(l.count("places") == 2);
  const auto& changed = *l.find("changed")->items();
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].text("before") == "乙村报告");
  CHECK(changed[0].text("after") == "镇里的标题");
  const auto& passages = *changed[1].find("passages")->items();
  REQUIRE(passages.size() == 1);
  CHECK(passages[0].count("paragraph") == 2);
  CHECK(passages[0].text("after") == "镇里已核实。");
  CHECK(w.shown().text("title") == "乙村报告");  // the case's own text is its own office's
  // What was put in is found by a search.
  CHECK(w.call("GET", "/api/v1/reports?search=%E9%95%87%E9%87%8C%E5%B7%B2%E6%A0%B8%E5%AE%9E")
            .json.find("reports")
            ->items()
            ->size() == 1);
}

TEST_CASE("an edition that changes nothing is no edition") {
  Village w;
  REQUIRE(w.forward(R"({"edit":{"title":"乙村报告"}})").reply.status == 200);
  CHECK(w.layer(1).flag("unchanged"));
}

TEST_CASE("where two persons are needed, one writes the edition and another signs it") {
  Village w(false, {"王芳", "李明"});
  const auto a = w.forward(R"({"edit":{"title":"镇里的标题"},"note":"已核"})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(a.json.text("state") == "in_review");
  CHECK(w.count("select count(*) from record where type = 6") == 0);
  CHECK(code(w.forward("{}")) == "draft.exists");
  CHECK(w.call("POST", w.path + "/sign", "{}", "王芳").reply.status == 403);
  // Returned and written anew, it is still a forward of the same record.
  REQUIRE(w.call("POST", w.path + "/return", R"({"note":"再核"})", "李明").reply.status == 200);
  REQUIRE(w.call("PUT", w.path, R"({"title":"镇里核过的标题"})", "王芳").reply.status == 200);
  REQUIRE(w.call("POST", w.path + "/send", "{}", "王芳").json.text("state") == "in_review");
  const auto signed_off = w.call("POST", w.path + "/sign", "{}", "李明");
  REQUIRE_MESSAGE(signed_off.reply.status == 200, signed_off.reply.body);
  CHECK(signed_off.json.text("state") == "forwarded");
  CHECK(w.layer(1).text("title") == "镇里核过的标题");
  CHECK(w.layer(1).text("note") == "已核");
  CHECK(w.layer(1).find("signatures")->items()->size() == 2);
  CHECK(w.count("select count(*) from record where type = 7") == 1);
  // Unchanged there is nothing that two could look at.
  CHECK(w.forward("{}", "李明").json.text("state") == "forwarded");
}

namespace {

/// Of the caller's work: the item of this group, or null.
Json work_item(Village& w, std::string_view group, const std::string& as) {
  const Json work = w.call("GET", "/api/v1/work", {}, as).json;
  for (const Json& item : *work.find("items")->items())
    if (item.text("group") == group && item.text("case") == w.id) return item;
  return {};
}
void only(Village& w, std::size_t officer, std::uint16_t roles) { w.officers[officer].row.roles = roles; }

}  // namespace

TEST_CASE("an edition that was given back is its writer's work again, and what is passed on next takes its place") {
  Village w(false, {"王芳", "李明"});
  REQUIRE(w.forward(R"({"edit":{"title":"镇里的标题"},"note":"已核"})").json.text("state") == "in_review");
  CHECK(work_item(w, "returned", "王芳").is_null());
  REQUIRE(w.call("POST", w.path + "/return", R"({"note":"数字再核"})", "李明").reply.status == 200);
  const Json mine = work_item(w, "returned", "王芳");
  CHECK(mine.text("note") == "数字再核");
  CHECK(mine.text("writes") == "forward");
  CHECK(work_item(w, "returned", "李明").is_null());
  const Json draft = *w.shown().find("draft");
  CHECK(draft.text("title") == "镇里的标题");
  CHECK(draft.text("reason") == "已核");
  CHECK(draft.text("note") == "数字再核");
  // Another person takes it up only by what they have seen of it.
  CHECK(code(w.forward(R"({"edit":{"title":"别的"}})", "李明")) == "draft.exists");
  const auto again =
      w.forward(R"({"edit":{"title":"核过的标题"},"note":"已核","seen":")" + std::string(draft.text("seen")) + R"("})");
  REQUIRE_MESSAGE(again.reply.status == 200, again.reply.body);
  CHECK(again.json.text("state") == "in_review");
  CHECK(work_item(w, "returned", "王芳").is_null());
  REQUIRE(w.call("POST", w.path + "/sign", "{}", "李明").reply.status == 200);
  CHECK(w.layer(1).text("title") == "核过的标题");
}

TEST_CASE("an edition is kept while it is written, and nobody's is written over unseen") {
  Village w(false, {"王芳", "李明"});
  const auto first = w.forward(R"({"edit":{"title":"写到一半"},"send":false})");
  REQUIRE_MESSAGE(first.reply.status == 200, first.reply.body);
  CHECK(first.json.text("state") == "draft");
  CHECK(work_item(w, "draft", "王芳").text("writes") == "forward");
  const std::string seen(first.json.text("seen"));
  REQUIRE_FALSE(seen.empty());
  const auto second = w.forward(R"({"edit":{"title":"写完了"},"note":"请阅","send":false,"seen":")" + seen + R"("})");
  REQUIRE_MESSAGE(second.reply.status == 200, second.reply.body);
  CHECK(code(w.forward(R"({"edit":{"title":"旧窗口"},"send":false,"seen":")" + seen + R"("})")) == "draft.changed");
  CHECK(w.shown().find("draft")->text("title") == "写完了");
  CHECK(w.count("select count(*) from record where type = 6") == 0);
  CHECK(w.forward(R"({"edit":{"title":"写完了"},"seen":")" + std::string(second.json.text("seen")) + R"("})")
            .json.text("state") == "in_review");
}

TEST_CASE("what somebody has only begun to write hides a newer version from nobody; what waits for a signature does") {
  Village w(false, {"王芳", "李明"});
  REQUIRE(w.forward("{}").reply.status == 200);
  w.put(w.foreign(w.village, w.case_id, {w.first.id}, "乙村续报", sync::RecordType::followup, kNow + 3'600'000));
  w.now_ms = kNow + 3'700'000;
  const auto begun = w.forward(R"({"edit":{"title":"写到一半"},"send":false})");
  REQUIRE_MESSAGE(begun.reply.status == 200, begun.reply.body);
  for (const char* who : {"王芳", "李明"}) CHECK(work_item(w, "newer", who).text("note").starts_with("王芳"));
  REQUIRE(w.forward(R"({"edit":{"title":"写完了"},"seen":")" + std::string(begun.json.text("seen")) + R"("})")
              .json.text("state") == "in_review");
  CHECK(work_item(w, "newer", "李明").is_null());
}

TEST_CASE("who does not sign has it passed on unchanged by a signer") {
  Village w(false, {"王芳", "李明"});
  only(w, 0, crypto::role::drafter | crypto::role::reviewer);
  const auto a = w.forward("{}");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(a.json.text("state") == "in_review");
  REQUIRE(w.call("POST", w.path + "/sign", "{}", "李明").reply.status == 200);
  CHECK(w.layer(1).flag("unchanged"));
}

TEST_CASE("what was passed on says how far it got, and a newer version is somebody's work") {
  Village w;
  REQUIRE(w.forward("{}").reply.status == 200);
  const Json shown = w.shown();
  const auto& sent = *shown.find("forwards")->items()->front().find("deliveries")->items();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].text("state") == "waiting");
  CHECK(work_item(w, "newer", "王芳").is_null());
  w.put(w.foreign(w.village, w.case_id, {w.first.id}, "乙村续报", sync::RecordType::followup, kNow + 3'600'000));
  w.now_ms = kNow + 3'700'000;
  CHECK_FALSE(work_item(w, "newer", "王芳").is_null());
  REQUIRE(w.forward("{}").reply.status == 200);
  CHECK(work_item(w, "newer", "王芳").is_null());
}

TEST_CASE("what was passed on is on its way until the superior's receipt is there, in the list as on its page") {
  Village w;
  const auto listed = [&] { return w.call("GET", "/api/v1/reports").json.find("reports")->items()->front(); };
  CHECK_FALSE(listed().flag("forward_waits"));
  REQUIRE(w.forward("{}").reply.status == 200);
  CHECK(listed().text("state") == "forwarded");
  CHECK(listed().flag("forward_waits"));
  CHECK(w.shown().flag("forward_waits"));
  REQUIRE(w.store().db().run("update delivery set state = 1"));  // cut, and not receipted
  CHECK(listed().flag("forward_waits"));
  REQUIRE(w.store().db().run("update delivery set state = 2, stored_ms = ?", w.now_ms));
  CHECK_FALSE(listed().flag("forward_waits"));
  CHECK_FALSE(w.shown().flag("forward_waits"));
}

TEST_CASE("a list says as what its newest version was signed") {
  World w;
  const std::string id = w.write(true);
  const auto listed = [&] {
    return std::string(w.call("GET", "/api/v1/reports").json.find("reports")->items()->front().text("version"));
  };
  CHECK(listed() == "report");
  REQUIRE(w.call("POST", "/api/v1/reports/" + id + "/correct",
                 R"({"title":"柳河镇防汛物资清点情况（更正）","reason":"数字有误","send":true})")
              .reply.status == 200);
  CHECK(listed() == "correction");
}

TEST_CASE("a text that is put together names its sources before it is signed, and they are no news to it") {
  Village w;
  CaseId other = w.case_id;
  other.bytes[0] = 10;
  w.put(w.foreign(w.village, other));
  const auto a = w.call("POST", "/api/v1/reports/merge",
                        R"({"sources":[")" + w.id + R"(",")" + base32(other.view()) + R"("],"kind":"brief","title":")" +
                            std::string(w.shown().text("title")) + R"(","body":")" +
                            std::string(w.shown().text("body")) + R"("})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  const std::string made(a.json.text("case"));
  CHECK(w.call("GET", "/api/v1/reports/" + made).json.find("sources")->items()->size() == 2);
  const std::string same = R"({"kind":"brief","title":")" + std::string(w.shown().text("title")) + R"(","body":")" +
                           std::string(w.shown().text("body")) + R"("})";
  CHECK_FALSE(w.call("POST", "/api/v1/similar", same).json.find("similar")->items()->empty());
  CHECK(w.call("POST", "/api/v1/similar", R"({"case":")" + made + R"("})").json.find("similar")->items()->empty());
}

TEST_CASE("what cannot be passed on is refused, and nothing is kept of it") {
  Village w;
  const std::string own = w.write(true);
  CHECK(code(w.call("POST", "/api/v1/reports/" + own + "/forward", "{}")) == "denied.own");
  CHECK(code(w.forward(R"({"to":["370783105"]})")) == "addressee.missing");
  CHECK(code(w.forward(R"({"to":["999999"]})")) == "addressee.missing");
  CHECK(code(w.forward(R"({"lane":"slow"})")) == "invalid.lane");
  CHECK(code(w.forward(R"({"record":"ffffffff"})")) == "conflict.version");
  CHECK(code(w.forward(R"({"edit":{"kind":"brief"}})")) == "invalid.member");
  CHECK(code(w.forward(R"({"note":")" + std::string(5000, 'x') + R"("})")) == "forward.too_long");
  // A record that was for somebody else.
  CaseId other;
  other.bytes[0] = 10;
  sync::Record r = w.foreign(w.village, other).record;
  r.addressees = {w.village.office()};
  w.put(sync::release(r));
  CHECK(code(w.call("POST", "/api/v1/reports/" + base32(other.view()) + "/forward", "{}")) == "forward.not_addressed");
  CHECK(w.count("select count(*) from record where type in (6, 7)") == 0);
  CHECK(w.count("select count(*) from draft") == 0);
}

TEST_CASE("only a signer signs what is passed on unchanged; a flash the duty officer too") {
  for (const auto lane : {sync::Lane::urgent, sync::Lane::flash}) {
    CAPTURE(name_of(lane));
    Village w;
    CaseId other;
    other.bytes[0] = 11;
    sync::Record r = w.foreign(w.village, other).record;
    r.lane = lane;
    w.put(sync::release(r));
    auto done = w.store().write(
        [&] { return w.store().db().run("update officer set roles = ?", crypto::role::duty | crypto::role::drafter); });
    REQUIRE(done);
    w.officers.front().row.roles = crypto::role::duty | crypto::role::drafter;
    const auto a = w.call("POST", "/api/v1/reports/" + base32(other.view()) + "/forward", "{}");
    REQUIRE(a.reply.status == 200);
    CHECK(a.json.text("state") == (lane == sync::Lane::flash ? "forwarded" : "in_review"));
  }
}

TEST_CASE("a forward made on a version that was replaced by then is marked, with the newer text") {
  Village w;
  w.now_ms = kNow + 60'000;
  REQUIRE(w.forward("{}").reply.status == 200);
  const auto forward = [&] { return w.shown().find("forwards")->items()->front(); };
  CHECK_FALSE(forward().flag("on_older_version"));
  CHECK(forward().find("newest")->is_null());
  // It had been signed before the forward, and comes in after it.
  w.put(w.foreign(w.village, w.case_id, {w.first.id}, "乙村更正", sync::RecordType::correction, kNow + 1000));
  CHECK(forward().flag("on_older_version"));
  CHECK(forward().find("newest")->text("title") == "乙村更正");
  REQUIRE(forward().find("newest")->find("difference")->items()->size() == 1);
  CHECK(forward().find("newest")->find("difference")->items()->front().text("before") == "乙村报告");
  const Json list = w.call("GET", "/api/v1/reports").json;
  CHECK(list.find("reports")->items()->front().find("flags")->items()->back().string()->compare("older_version") == 0);
  // Passed on again: what goes up now is the newer one.
  REQUIRE(w.forward("{}").reply.status == 200);
  CHECK(w.layer(0).text("title") == "乙村更正");
}

TEST_CASE("a version signed after the forward is offered, and no reproach") {
  Village w;
  REQUIRE(w.forward("{}").reply.status == 200);
  w.put(w.foreign(w.village, w.case_id, {w.first.id}, "乙村续报", sync::RecordType::followup, kNow + 3'600'000));
  const Json f = w.shown().find("forwards")->items()->front();
  CHECK_FALSE(f.flag("on_older_version"));
  CHECK(f.find("newest")->text("title") == "乙村续报");
  CHECK(w.shown().text("state") == "received");
}

TEST_CASE("passages: what was put in, taken out and written anew, by paragraph") {
  CHECK(passages("a\nb\nc", "a\nb\nc").empty());
  CHECK(passages("a\nb\nc", "a\nx\nc") == std::vector<Passage>{{2, "b", "x"}});
  CHECK(passages("a\nc", "a\nb\nc") == std::vector<Passage>{{2, "", "b"}});
  CHECK(passages("a\nb\nc", "a\nc") == std::vector<Passage>{{2, "b", ""}});
  CHECK(passages("a\nb\nc\nd\ne", "a\nB\nc\nd\nE\nF") == std::vector<Passage>{{2, "b", "B"}, {5, "e", "E\nF"}});
  CHECK(passages("", "a\nb") == std::vector<Passage>{{1, "", "a\nb"}});
  CHECK(passages("a\nb", "") == std::vector<Passage>{{1, "a\nb", ""}});
  CHECK(passages("x\n\ny", "x\n\nz") == std::vector<Passage>{{3, "y", "z"}});
}

TEST_CASE("a crowd of different paragraphs is one passage, and costs no square") {
  std::string before, after;
  for (int i = 0; i < 20'000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  CHECK(passages(before, after).size() == 1);
}

TEST_CASE("changes are told of every field, and what is the same is not") {
  Report a;
  a.title = "题";
  a.body = "文";
  a.fields.set("deaths", std::int64_t{2});
  a.fields.set("place", std::string("铁匠沟"));
  Report b = a;
  CHECK(changes(a, b).empty());
  b.fields.set("deaths", std::int64_t{3});
  b.fields.values.erase("place");
  b.occurred_at = kNow;
  const auto all = changes(a, b);
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "deaths");
  CHECK(all[0].before == Value(std::int64_t{2}));
  CHECK(all[1].name == "occurred_at");
  CHECK_FALSE(all[1].before);
  CHECK(all[2].name == "place");
  CHECK_FALSE(all[2].after);
  CHECK(places(all) == 3);
}

namespace {

/// What the village attached: its manifest is here, its bytes are not.
Manifest attached(Village& w, const sync::ReleasedRecord& report, const std::string& name, std::uint8_t n) {
  Manifest m;
  m.name = name;
  m.bytes = 10;
  m.id.bytes.fill(n);
  m.key = Bytes(32, n);
  m.chunks = 1;
  m.content.bytes.fill(n);
  sync::Record r = report.record;
  r.type = sync::RecordType::manifest;
  r.salt.bytes[1] = n;
  r.parents = {report.id};
  r.body = encode_manifest(m);
  w.put(sync::release(r));
  return m;
}
std::vector<std::string> attachment_states(const Json& shown) {
  std::vector<std::string> out;
  for (const Json& a : *shown.find("attachments")->items())
    out.push_back(std::string(a.text("name")) + " " + std::string(a.text("state")) +
                  (a.flag("passed_on") ? " on" : ""));
  return out;
}

}  // namespace

TEST_CASE("attachments of a received case go along, those chosen or all, and the forward says which") {
  for (const std::string chosen : {"", R"("attachments":["b.jpg"])", R"("attachments":[])"}) {
    CAPTURE(chosen);
    Village w;
    attached(w, w.first, "a.jpg", 1);
    attached(w, w.first, "b.jpg", 2);
    REQUIRE(w.forward("{" + chosen + "}").reply.status == 200);
    const std::int64_t going = chosen.empty() ? 2 : chosen.find("b.jpg") != std::string::npos ? 1 : 0;
    CHECK(w.count("select count(*) from record where type = 15 and own = 1") == going);
    CHECK(w.count("select attachments from matter") == 2);
    const Json passed = *w.layer(1).find("attachments");
    CHECK(passed.count("named") == 2);
    CHECK(passed.count("left_out") == 2 - going);
    auto q = w.store().blobs().query("select count(*), sum(ready) from attachment where handed = 1");
    REQUIRE(q->step());
    CHECK(q->integer(0) == going);  // they wait for their bytes
    CHECK(q->integer(1) == 0);
    CHECK(w.count("select count(*) from delivery d join record r on r.row = d.record where r.type = 15") == going);
  }
}

TEST_CASE("attachments that an older program received are found by their manifests") {
  Village w;
  attached(w, w.first, "a.jpg", 1);
  attached(w, w.first, "一张名字很长很长的照片，" + std::string(150, 'x') + ".jpg", 2);
  Database& db = w.store().db();
  const auto ids = [&] {
    std::vector<std::string> out;
    auto q = db.query("select hex(attachment) from enclosure order by 1");
    REQUIRE(q);
    while (q->step().value()) out.push_back(q->text(0));
    return out;
  };
  const auto before = ids();
  REQUIRE(before.size() == 2);
  auto tx = Transaction::begin(db);
  REQUIRE(tx);
  REQUIRE(db.exec("drop table enclosure"));
  const auto all = main_migrations();
  const auto enclosures = std::ranges::find_if(
      all, [](const Migration& m) { return m.sql.find("create table enclosure") != std::string_view::npos; });
  REQUIRE(enclosures != all.end());
  REQUIRE(db.exec(std::string(enclosures->sql)));
  REQUIRE(tx->commit());
  CHECK(ids() == before);
}

TEST_CASE("attachments can follow what was passed on, once each") {
  Village w;
  attached(w, w.first, "a.jpg", 1);
  CHECK(code(w.call("POST", w.path + "/forward/attachments", "{}")) == "forward.none");
  CHECK(code(w.forward(R"({"attachments":["c.jpg"]})")) == "attachment.missing");
  CHECK(code(w.forward(R"({"attachments":[1]})")) == "invalid.type");
  REQUIRE(w.forward(R"({"attachments":[]})").reply.status == 200);
  CHECK(attachment_states(w.shown()) == std::vector<std::string>{"a.jpg coming"});
  const auto late = attached(w, w.first, "b.jpg", 2);
  REQUIRE(w.call("POST", w.path + "/forward/attachments", R"({"attachments":[")" + hex(late.id.view()) + R"("]})")
              .reply.status == 200);
  CHECK(attachment_states(w.shown()) == std::vector<std::string>{"a.jpg coming", "b.jpg coming on"});
  REQUIRE(w.call("POST", w.path + "/forward/attachments", "{}").reply.status == 200);
  CHECK(attachment_states(w.shown()) == std::vector<std::string>{"a.jpg coming on", "b.jpg coming on"});
  CHECK(code(w.call("POST", w.path + "/forward/attachments", "{}")) == "attachment.missing");
  CHECK(w.layer(1).find("attachments")->count("left_out") == 0);
}

TEST_CASE("an edition that waits for its signer keeps the choice of attachments, and the key leaves in no text") {
  Village w(false, {"王芳", "李明"});
  const auto a = attached(w, w.first, "a.jpg", 1);
  attached(w, w.first, "b.jpg", 2);
  REQUIRE(w.forward(R"({"edit":{"title":"镇里的标题"},"attachments":["a.jpg"]})").json.text("state") == "in_review");
  CHECK(w.count("select count(*) from record where type = 15 and own = 1") == 0);
  REQUIRE(w.call("POST", w.path + "/return", R"({"note":"再核"})", "李明").reply.status == 200);
  attached(w, w.first, "c.jpg", 3);  // comes meanwhile, and was not left out
  REQUIRE(w.call("POST", w.path + "/send", "{}", "王芳").json.text("state") == "in_review");
  REQUIRE(w.call("POST", w.path + "/sign", "{}", "李明").json.text("state") == "forwarded");
  CHECK(attachment_states(w.shown()) == std::vector<std::string>{"a.jpg coming on", "b.jpg coming", "c.jpg coming on"});
  CHECK(w.layer(1).find("attachments")->count("left_out") == 1);
  auto q = w.store().db().query("select bytes from record where type = 6");
  REQUIRE(q->step());
  const Bytes forward = q->blob(0);
  const std::string text(forward.begin(), forward.end());
  CHECK(text.find(hex(a.key)) == std::string::npos);
  CHECK(text.find(std::string(a.key.begin(), a.key.end())) == std::string::npos);
}
