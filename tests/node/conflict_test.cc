// Versions side by side, from the store's receiving path to the signed decision.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "node/store/schema.h"
#include "tests/node/desk_world.h"
#include "tests/support/slow.h"

using namespace yz;
using namespace yz::node;
using test::kNow;
using test::World;

namespace {

/// A township whose other machine writes too: its records come in by put(), as they would by a link between the two.
struct Town : World {
  using World::World;

  std::string id, path, conflict;
  RecordId first;

  void begin(std::string lane = "routine") {
    id = write(true, {}, std::move(lane));
    path = "/api/v1/reports/" + id;
    conflict = "/api/v1/conflicts/" + id;
    first = heads().front();
  }
  Json shown() { return call("GET", path).json; }
  Json compared() { return call("GET", conflict).json; }
  std::vector<RecordId> heads() {
    std::vector<RecordId> out;
    const Json now = shown();
    for (const Json& h : *now.find("heads")->items())
      out.push_back(RecordId::from(from_hex(*h.string()).value()).value());
    return out;
  }
  CaseId case_id() { return CaseId::from(from_base32(id).value()).value(); }

  /// What the other machine of the office signs.
  sync::ReleasedRecord sibling(std::vector<RecordId> parents, const std::function<void(Report&)>& change,
                               sync::RecordType type = sync::RecordType::correction,
                               sync::Lane lane = sync::Lane::routine, sync::Millis at = kNow + 5000,
                               std::vector<Manifest> attachments = {}) {
    Report r;
    r.kind = Kind::brief;
    r.lane = lane;
    r.title = "柳河镇防汛物资清点情况";
    r.body = kBody;
    change(r);
    sync::Record rec = foreign(town, case_id(), parents, "x", type, at).record;
    rec.lane = lane;
    BodyExtras x;
    x.type = type;
    x.attachments = std::move(attachments);
    rec.body = encode_body(r, x);
    rec.signatures = {{sync::SignRole::signer, officers.front().row.digest,
                       sync::sign_record(sync::record_id(rec.content()), sync::SignRole::signer,
                                         officers.front().row.digest, officers.front().key)}};
    return sync::release(rec);
  }
  RecordId come(const sync::ReleasedRecord& r) {
    put(r);
    return r.id;
  }
  void correct(const std::string& members) {
    const auto a = call("POST", path + "/correct", "{" + members + R"(,"reason":"核实","send":true})");
    REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  }
  std::string short_id(const RecordId& r) { return hex(r.view()).substr(0, 12); }
};

const auto kNothing = [](Report&) {};
auto body(const char* s) {
  return [s](Report& r) { r.body += s; };
}
auto deaths(std::int64_t n) {
  return [n](Report& r) { r.fields.set("deaths", n); };
}

}  // namespace

TEST_CASE("a correction here and one from the office's other machine are a conflict, counted and shown") {
  Town w;
  w.begin();
  w.correct(R"("title":"柳河镇防汛物资复核情况")");
  CHECK_FALSE(w.shown().flag("conflict"));
  w.come(w.sibling({w.first}, body("另有帐篷五十顶。")));
  const Json shown = w.shown();
  CHECK(shown.flag("conflict"));
  CHECK(shown.find("heads")->items()->size() == 2);
  CHECK(shown.find("disputed")->items()->empty());
  // Each side changed another text: the view has both changes.
  CHECK(shown.text("title") == "柳河镇防汛物资复核情况");
  CHECK(shown.text("body").ends_with("另有帐篷五十顶。"));
  CHECK(shown.text("state") == "signed");
  CHECK(w.call("GET", "/api/v1/status").json.count("conflicts") == 1);
  CHECK(w.call("GET", "/api/v1/reports?conflict=true").json.find("reports")->items()->front().flag("conflict"));
  const Json list = w.call("GET", "/api/v1/conflicts").json;
  REQUIRE(list.find("conflicts")->items()->size() == 1);
  CHECK(list.find("conflicts")->items()->front().flag("may_resolve"));
  const Json c = w.compared();
  CHECK(c.find("versions")->items()->size() == 2);
  CHECK(c.find("base")->items()->front().string()->starts_with(w.short_id(w.first)));
  CHECK(c.find("fields")->items()->size() == 2);
}

TEST_CASE("the comparison names what each version brought along, and of equal ones what any of them did") {
  Town w;
  w.begin();
  w.correct(R"("fields":{"deaths":2})");
  const auto with = [&](std::string name, std::uint8_t tag) {
    Manifest m{std::move(name), 1200, {}, {}, 1, {}};
    m.id.bytes.fill(tag);
    w.come(w.sibling({w.first}, deaths(1), sync::RecordType::correction, sync::Lane::routine, kNow + tag, {m}));
  };
  with("帐篷清单.pdf", 1);
  with("仓库.jpg", 2);
  const Json c = w.compared();
  const auto& versions = *c.find("versions")->items();
  REQUIRE(versions.size() == 2);
  std::vector<std::string> named;
  for (const Json& v : versions)
    for (const Json& a : *v.find("attachments")->items()) {
      named.emplace_back(a.text("name"));
      CHECK(a.count("bytes") == 1200);
      CHECK(v.find("same")->items()->size() == 1);
    }
  CHECK(named == std::vector<std::string>{"帐篷清单.pdf", "仓库.jpg"});
}

TEST_CASE("a draft stands on what its writer saw: what came in since is not joined by sending it") {
  Town w;
  w.begin();
  REQUIRE(w.call("POST", w.path + "/correct", R"({"title":"柳河镇防汛物资复核情况","reason":"核实"})").reply.status ==
          200);
  w.come(w.sibling({w.first}, body("另有帐篷五十顶。")));
  REQUIRE(w.call("POST", w.path + "/send").reply.status == 200);
  CHECK(w.shown().flag("conflict"));
  const Json record = w.shown().find("records")->items()->back();
  REQUIRE(record.find("parents")->items()->size() == 1);
  CHECK(*record.find("parents")->items()->front().string() == hex(w.first.view()));
  auto bytes = w.store().db().query("select bytes from record where type = 4 and own = 1");
  REQUIRE(bytes);
  REQUIRE(bytes->step());
  CHECK(text(bytes->blob(0)).find("written_from") == std::string_view::npos);
}

TEST_CASE("a follow-up and a correction go on during a conflict, and do not end it") {
  Town w;
  w.begin();
  w.correct(R"("title":"柳河镇防汛物资复核情况")");
  w.come(w.sibling({w.first}, body("另有帐篷五十顶。")));
  const auto before = w.heads();
  const auto a =
      w.call("POST", w.path + "/follow-up", std::string(R"({"body":")") + World::kBody + R"(续报。","send":true})");
  REQUIRE_MESSAGE(a.reply.status == 200, a.reply.body);
  CHECK(w.heads().size() == 2);
  CHECK(w.shown().flag("conflict"));
  CHECK(w.shown().find("records")->items()->back().find("parents")->items()->size() == 1);
}

TEST_CASE("a person decides field by field; the signed decision names all heads and ends the conflict") {
  Town w;
  w.begin();
  w.correct(R"("fields":{"deaths":1},"title":"柳河镇防汛物资复核情况")");
  const RecordId other = w.come(w.sibling({w.first}, deaths(2), sync::RecordType::correction, sync::Lane::urgent));
  const auto heads = w.heads();
  Json c = w.compared();
  CHECK(c.find("disputed")->items()->size() == 1);
  CHECK(c.text("lane") == "urgent");

  const auto undecided = w.call("POST", w.conflict + "/resolve", "{}");
  CHECK(undecided.reply.exit_code == 65);
  CHECK(undecided.json.text("code") == "conflict.undecided");
  CHECK(undecided.json.find("undecided")->items()->front().string()->starts_with("deaths"));
  CHECK(w.count("select count(*) from record") == 3);

  const std::size_t queued = static_cast<std::size_t>(w.count("select count(*) from delivery where lane = 2"));
  const auto done = w.call("POST", w.conflict + "/resolve",
                           R"({"take_fields":{"deaths":")" + w.short_id(other) +
                               R"("},"set":{"title":"柳河镇防汛物资核实情况"},"reason":"医院核实"})");
  CAPTURE(done.reply.body);
  REQUIRE(done.reply.status == 200);
  CHECK(done.json.text("state") == "queued");
  CHECK(done.json.count("joined") == 2);
  const Json shown = w.shown();
  CHECK_FALSE(shown.flag("conflict"));
  CHECK(shown.find("fields")->count("deaths") == 2);
  CHECK(shown.text("title") == "柳河镇防汛物资核实情况");
  CHECK(shown.find("heads")->items()->size() == 1);
  const Json record = shown.find("records")->items()->back();
  CHECK(record.text("type") == "correction");
  CHECK(record.text("reason") == "医院核实");
  CHECK(record.text("lane") == "urgent");
  std::vector<RecordId> parents;
  for (const Json& p : *record.find("parents")->items())
    parents.push_back(RecordId::from(from_hex(*p.string()).value()).value());
  CHECK(std::ranges::is_permutation(parents, heads));
  CHECK(w.count("select count(*) from delivery where lane = 2") == static_cast<std::int64_t>(queued) + 1);
  CHECK(w.woken.back() == sync::Lane::urgent);
  CHECK(w.call("GET", "/api/v1/status").json.count("conflicts") == 0);
  CHECK(w.call("POST", w.conflict + "/resolve", "{}").json.text("code") == "conflict.none");
  CHECK(w.call("POST", "/api/v1/verify", R"({"case":null})").reply.exit_code == 0);
}

TEST_CASE("a whole version can be taken, and a whole text be written") {
  for (const bool whole : {false, true}) {
    Town w;
    w.begin();
    w.correct(R"("fields":{"deaths":1,"missing":2})");
    const RecordId other = w.come(w.sibling({w.first}, deaths(5)));
    const auto done = w.call("POST", w.conflict + "/resolve",
                             whole ? std::string(R"({"report":{"title":"柳河镇防汛物资最后清点情况","body":")") +
                                         World::kBody + R"(","fields":{"deaths":3}}})"
                                   : R"({"take":")" + hex(other.view()) + R"("})");
    REQUIRE_MESSAGE(done.reply.status == 200, done.reply.body);
    const Json shown = w.shown();
    CHECK_FALSE(shown.flag("conflict"));
    CHECK(shown.find("fields")->count("deaths") == (whole ? 3 : 5));
    CHECK(shown.find("fields")->find("missing") == nullptr);
    CHECK(shown.text("title") == (whole ? "柳河镇防汛物资最后清点情况" : "柳河镇防汛物资清点情况"));
  }
}

TEST_CASE("what is no choice is refused, and nothing is signed") {
  Town w;
  w.begin();
  w.correct(R"("fields":{"deaths":1})");
  w.come(w.sibling({w.first}, deaths(2)));
  const std::string good = hex(w.heads().front().view());
  struct Row {
    std::string body;
    const char* code;
  };
  const Row rows[] = {
      {R"({"take":"zzzzzz"})", "conflict.version"},
      {R"({"take":")" + good.substr(0, 5) + R"("})", "conflict.version"},
      {R"({"take":7})", "conflict.version"},
      {R"({"take_fields":{"deaths":"000000"}})", "conflict.version"},
      {R"({"take_fields":{"missing":")" + good + R"("}})", "conflict.field"},
      {R"({"take_fields":[1]})", "invalid.type"},
      {R"({"set":{"deaths":"many"}})", nullptr},
      {R"({"set":{"no_such_field":"1"}})", nullptr},
      {R"({"set":1})", "invalid.type"},
      {R"({"report":[]})", "invalid.type"},
      {R"({"report":{"lane":"bulk"}})", "invalid.lane"},
      {R"({"nothing":1})", "invalid.member"},
      {R"({"take":")" + good + R"(","heads":["aa"]})", "conflict.moved"},
  };
  for (const Row& r : rows) {
    CAPTURE(r.body);
    const auto a = w.call("POST", w.conflict + "/resolve", r.body);
    CHECK(a.reply.exit_code == 65);
    if (r.code) CHECK(a.json.text("code") == r.code);
  }
  CHECK(w.count("select count(*) from record") == 3);
  CHECK(w.count("select count(*) from draft") == 0);
  CHECK(w.call("GET", "/api/v1/conflicts/aaaaaaaaaaaa").reply.exit_code == 66);
  CHECK(w.call("GET", "/api/v1/conflicts/" + w.write()).json.text("code") == "case.empty");
}

TEST_CASE("the same decision taken at both machines leaves no conflict") {
  Town w;
  w.begin();
  w.correct(R"("fields":{"deaths":1})");
  const RecordId other = w.come(w.sibling({w.first}, deaths(2)));
  const auto heads = w.heads();
  REQUIRE(w.call("POST", w.conflict + "/resolve", R"({"take":")" + hex(other.view()) + R"("})").reply.status == 200);
  w.come(w.sibling(heads, deaths(2), sync::RecordType::correction, sync::Lane::routine, kNow + 9000));
  CHECK_FALSE(w.shown().flag("conflict"));
  CHECK(w.heads().size() == 2);  // both are there, and say one thing
  CHECK(w.compared().find("versions")->items()->size() == 1);
  // Whoever goes on from there goes on from both.
  w.correct(R"("fields":{"deaths":3})");
  CHECK_FALSE(w.shown().flag("conflict"));
  CHECK(w.heads().size() == 1);
  // Another decision on the same heads is a conflict again.
  w.come(w.sibling(heads, deaths(1), sync::RecordType::correction, sync::Lane::routine, kNow + 9500));
  CHECK(w.shown().flag("conflict"));
}

TEST_CASE("withdrawn here and written on there: it stays in sight until a person decides") {
  for (const bool withdraw : {false, true}) {
    Town w;
    w.begin();
    REQUIRE(w.call("POST", w.path + "/withdraw", R"({"reason":"误报"})").json.text("state") == "withdrawn");
    CHECK(w.shown().text("state") == "withdrawn");
    const RecordId gone = w.heads().front();
    const RecordId edit = w.come(w.sibling({w.first}, body("另有帐篷五十顶。")));
    CHECK(w.shown().flag("conflict"));
    CHECK(w.shown().text("state") != "withdrawn");
    CHECK(w.call("POST", w.conflict + "/resolve", "{}").json.text("code") == "conflict.undecided");
    const auto done = w.call("POST", w.conflict + "/resolve",
                             R"({"take_fields":{"withdrawn":")" + hex((withdraw ? gone : edit).view()) + R"("}})");
    REQUIRE_MESSAGE(done.reply.status == 200, done.reply.body);
    const Json shown = w.shown();
    CHECK_FALSE(shown.flag("conflict"));
    CHECK(shown.text("state") == (withdraw ? "withdrawn" : "signed"));
    CHECK(shown.find("records")->items()->back().text("type") == (withdraw ? "withdrawal" : "correction"));
  }
}

TEST_CASE("where two persons are needed the decision waits for the second, and the conflict with it") {
  Town w(false, true, {"王芳", "李明"});
  w.id = w.write(true, "王芳");
  w.path = "/api/v1/reports/" + w.id;
  w.conflict = "/api/v1/conflicts/" + w.id;
  REQUIRE(w.call("POST", w.path + "/sign", "{}", "李明").reply.status == 200);
  const Json shown = w.call("GET", w.path, {}, "王芳").json;
  const RecordId first = RecordId::from(from_hex(*shown.find("heads")->items()->front().string()).value()).value();
  const RecordId a = w.come(w.sibling({first}, deaths(1))), b = w.come(w.sibling({first}, deaths(2)));
  const auto done = w.call("POST", w.conflict + "/resolve", R"({"take":")" + hex(a.view()) + R"("})", "王芳");
  CHECK(done.json.text("state") == "in_review");
  CHECK(w.call("GET", w.path, {}, "王芳").json.flag("conflict"));
  // A third version comes in while it waits: it is not drawn into what was submitted.
  w.come(w.sibling({b}, deaths(4)));
  REQUIRE(w.call("POST", w.path + "/sign", "{}", "李明").reply.status == 200);
  CHECK(w.call("GET", w.path, {}, "王芳").json.find("heads")->items()->size() == 2);
  CHECK(w.call("GET", w.path, {}, "王芳").json.flag("conflict"));
}

TEST_CASE("the superior sees the conflict of an office below and does not decide it") {
  World w;
  test::Keys other;
  CaseId id;
  id.bytes.fill(3);
  const auto first = w.foreign(other, id);
  w.put(first);
  const auto one = w.foreign(other, id, {first.id}, "甲", sync::RecordType::correction, kNow + 1);
  const auto two = w.foreign(other, id, {first.id}, "乙", sync::RecordType::correction, kNow + 2);
  w.put(one);
  w.put(two);
  const std::string path = "/api/v1/conflicts/" + base32(id.view());
  const Json c = w.call("GET", path).json;
  CHECK(c.flag("conflict"));
  CHECK_FALSE(c.flag("may_resolve"));
  CHECK(c.find("fields")->items()->front().text("field") == "title");
  const auto a = w.call("POST", path + "/resolve", "{}");
  CHECK(a.reply.exit_code == 77);
  CHECK(a.json.text("code") == "denied.office");
  CHECK(w.call("GET", "/api/v1/status").json.count("conflicts") == 1);
  CHECK(w.call("POST", "/api/v1/reports/" + base32(id.view()) + "/acknowledge", "{}").reply.status == 200);
  // The office's own decision ends it here too.
  w.put(w.foreign(other, id, {one.id, two.id}, "合", sync::RecordType::correction, kNow + 3));
  CHECK_FALSE(w.call("GET", path).json.flag("conflict"));
  CHECK(w.call("GET", "/api/v1/status").json.count("conflicts") == 0);
}

TEST_CASE("more versions than a record names are joined eight at a time") {
  Town w;
  w.begin();
  for (int i = 1; i <= 20; ++i)
    w.come(w.sibling({w.first}, deaths(i), sync::RecordType::correction, sync::Lane::routine, kNow + i));
  CHECK(w.call("POST", w.path + "/withdraw", R"({"reason":"误报"})").json.text("code") == "case.heads");
  std::vector<std::int64_t> left;
  for (int i = 0; i < 4 && w.shown().flag("conflict"); ++i) {
    w.now_ms += 1000;
    const Json c = w.compared();
    const auto done =
        w.call("POST", w.conflict + "/resolve",
               R"({"take":")" + std::string(c.find("versions")->items()->back().text("record")) + R"("})");
    REQUIRE_MESSAGE(done.reply.status == 200, done.reply.body);
    left.push_back(done.json.count("more"));
  }
  CHECK(left == std::vector<std::int64_t>{12, 5, 0});
  CHECK_FALSE(w.shown().flag("conflict"));
}

TEST_CASE("a case with two thousand heads is taken in, listed, shown and acknowledged") {
  World w;
  test::Keys other;
  CaseId id;
  id.bytes.fill(4);
  const auto first = w.foreign(other, id);
  w.put(first);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(w.store().write([&]() -> Result<> {
    for (int i = 0; i < 2000; ++i) {
      RecordFacts facts;
      facts.at_ms = kNow;
      TRY(put_record(w.store(), w.foreign(other, id, {first.id}, std::to_string(i), sync::RecordType::correction, i),
                     facts));
    }
    return {};
  }));
  MESSAGE("taken in within "
          << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count()
          << " ms");
  const std::string path = base32(id.view());
  const Json c = w.call("GET", "/api/v1/conflicts/" + path).json;
  CHECK(c.count("heads") == 2000);
  CHECK(c.count("more") == 1992);
  CHECK(c.find("versions")->items()->size() == 8);
  CHECK(w.call("GET", "/api/v1/reports/" + path).reply.status == 200);
  CHECK(w.call("POST", "/api/v1/reports/" + path + "/acknowledge", "{}").reply.status == 200);
}

TEST_CASE(
    "the case's row is the same in whatever order its versions came, a withdrawal and a doubtful clock among them") {
  test::Keys other;
  CaseId id;
  id.bytes.fill(5);
  World maker;
  const auto at = [&](std::vector<RecordId> parents, const char* title, sync::Millis ms,
                      sync::RecordType type = sync::RecordType::correction) {
    return maker.foreign(other, id, std::move(parents), title, type, kNow + ms);
  };
  const auto first = at({}, "首", 0, sync::RecordType::report);
  const auto a = at({first.id}, "甲", 50), b = at({first.id}, "乙", 60);
  const auto after_b = at({b.id}, "丙", 40);  // its clock is behind
  const auto gone = at({first.id}, "撤", 45, sync::RecordType::withdrawal);
  std::vector<const sync::ReleasedRecord*> all{&first, &a, &b, &after_b, &gone};
  std::ranges::sort(all);
  std::set<std::string> rows;
  int nth = 0;
  do {
    if (test::slow() && nth++ % 5 != 0) continue;
    World w;
    for (const auto* r : all) w.put(*r);
    const MatterRow m = **matter(w.store(), id);
    const auto records = case_records(w.store(), m.row);
    REQUIRE(records);
    CHECK(w.count("select count(*) from record where replaced = 0") ==
          static_cast<std::int64_t>(heads(graph_of(m.office, *records), *records).size()));
    rows.insert(m.title + std::to_string(static_cast<int>(m.state)) + std::to_string(m.conflict) +
                std::to_string(m.signed_at.value_or(0) - kNow) + std::string(to_string(m.kind)));
  } while (std::next_permutation(all.begin(), all.end()));
  CHECK(rows.size() == 1);
  CHECK(rows.begin()->starts_with("甲20150"));
}

TEST_CASE("an instruction on a version that was replaced by then is marked so, with what had replaced it") {
  Town w;
  w.begin();
  w.now_ms += 1000;
  w.correct(R"("title":"柳河镇防汛物资复核情况")");
  const RecordId second = w.heads().front();
  const auto instruct = [&](const RecordId& on, sync::Millis at) {
    sync::Record r = w.foreign(w.county, w.case_id(), {on}, "批示", sync::RecordType::instruction, at).record;
    r.case_office = w.town.office();
    r.signatures.front().signature =
        sync::sign_record(sync::record_id(r.content()), sync::SignRole::signer, {}, w.county.node);
    w.put(sync::release(r));
    return w.shown().find("records")->items()->back();
  };
  const Json late = instruct(w.first, kNow + 60'000);
  CHECK(late.flag("on_older_version"));
  CHECK(*late.find("newer")->items()->front().string() == hex(second.view()));
  CHECK_FALSE(instruct(second, kNow + 60'000).flag("on_older_version"));
  CHECK_FALSE(instruct(w.first, kNow - 60'000).flag("on_older_version"));  // answered by the correction
}

TEST_CASE("a store from before the mark of what was replaced gets it once, as if it had always been there") {
  Town w;
  w.begin();
  w.correct(R"("title":"柳河镇防汛物资复核情况")");
  w.come(w.sibling({w.first}, body("另有帐篷五十顶。")));
  w.write(true);
  Database& db = w.store().db();
  const char* marks = "select sum(replaced << row) from record";
  const std::int64_t before = w.count(marks);
  CHECK(before != 0);
  REQUIRE(db.exec("drop index record_head; alter table record drop column replaced;"));
  REQUIRE(db.exec(main_migrations()[1].sql));
  CHECK(w.count(marks) == before);
}
