#include "node/net/api.h"

#include <doctest/doctest.h>

#include "node/store/compared.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

TEST_CASE("JSON that is none, or says one thing twice, is refused") {
  const std::string deep(100'000, '[');
  const std::string seventeen = std::string(17, '[') + std::string(17, ']');
  const std::string sixteen = std::string(16, '[') + std::string(16, ']');
  for (const std::string& bad : {std::string(),
                                 std::string("not json"),
                                 deep,
                                 seventeen,
                                 std::string("{\"a\":1,\"a\":2}"),
                                 std::string("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}"),
                                 std::string("[1,]"),
                                 std::string("{} {}"),
                                 std::string("[1"),
                                 std::string("\"\\ud800\""),
                                 std::string("\"\xFF\""),
                                 std::string("\"\xC0\xAF\""),
                                 std::string("\"\xED\xA0\x80\""),
                                 std::string("\"\\u0000\""),
                                 std::string("{\"\\u0000\":1}"),
                                 std::string("18446744073709551616"),
                                 std::string("9223372036854775808"),
                                 std::string("1e999"),
                                 std::string("NaN"),
                                 std::string("01"),
                                 std::string("'a'"),
                                 std::string("[1 2]"),
                                 std::string("\"a\nb\"")}) {
    CAPTURE(bad.substr(0, 40));
    const auto r = parse_json(bad);
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == Fault::invalid);
    CHECK(r.error().code == "malformed.json");
  }
  CHECK(parse_json(sixteen));
  CHECK_FALSE(parse_json("[1,2,3]", {.bytes = 6}));
  CHECK(parse_json("[1,2,3]", {.bytes = 7}));
}

TEST_CASE("JSON comes out as it went in") {
  for (const char* s : {"null", "true", "-7", "1.5", "3.0", "\"柳河\\\"\\\\\\n\"", "[]", "{}", "[1,[2,{}]]",
                        "{\"z\":1,\"a\":{\"b\":[null,false]}}", "9223372036854775807", "-9223372036854775808"}) {
    const auto j = parse_json(s);
    REQUIRE(j);
    CHECK(dump(*j) == s);
  }
  CHECK(dump(Json("a\xFF"
                  "b")) ==
        "\"a\xEF\xBF\xBD"
        "b\"");
  CHECK(dump(Json("\x01\x7F")) == "\"\\u0001\\u007f\"");
}

TEST_CASE("nobody sees anything without the right passphrase, not even whether a route exists") {
  World w;
  w.write(true);
  for (const char* target : {"/api/v1/reports", "/api/v1/status", "/api/v1/nothing", "/api/v1/reports/aaaaaa"}) {
    ApiCall c;
    c.target = target;
    c.passphrase.emplace(view("wrong"));
    const ApiReply r = Api(w).call(c);
    CAPTURE(target);
    CHECK(r.status == 401);
    CHECK(r.exit_code == 77);
    CHECK(r.content_type == "application/problem+json");
    CHECK(r.body.find("柳河") == std::string::npos);
  }
}

TEST_CASE("with several officers somebody has to be named") {
  World w(true, true, {"王芳", "李明"});
  ApiCall nobody;
  nobody.target = "/api/v1/status";
  nobody.passphrase.emplace(view("王芳"));
  CHECK(Api(w).call(nobody).exit_code == 2);
  CHECK(w.call("GET", "/api/v1/status", {}, "李明").reply.exit_code == 0);
}

TEST_CASE("who may not add people invites no machine for somebody who is not there") {
  World w(true, true, {"王芳", "李明"});
  w.officers[0].row.roles = crypto::role::admin_keys;
  const auto asked = [&](const char* officer) {
    return w.call("POST", "/api/v1/node/invitations", dump(Json::object({{"officer", officer}})), "王芳");
  };
  CHECK(asked("李明").reply.status == 200);
  const auto stranger = asked("李鸣");
  CHECK(stranger.reply.status == 403);
  CHECK(stranger.json.text("code") == "invite.stranger");
  w.officers[0].row.roles |= crypto::role::admin_people;
  const auto added = asked("李鸣");
  CHECK(added.reply.status == 200);
  CHECK_FALSE(added.json.flag("exists"));
}

TEST_CASE("an office's key is compared once, by all of its digits, and its alarm is over then") {
  World w;
  const PublicKey key = crypto::SigningKey::random().public_key();
  const OfficeId office = crypto::office_id_of(key);
  REQUIRE(w.store().write([&]() -> Result<> {
    TRY(w.store().alarm("office.admitted", "joined: 1", "370783105101", test::kNow));
    CHECK_FALSE(TRY(office_compared(w.store(), office, key)));
    TRY(set_office_compared(w.store(), office, "370783105101", key, test::kNow));
    CHECK(TRY(office_compared(w.store(), office, key)));
    // Another key of that office is another matter.
    CHECK_FALSE(TRY(office_compared(w.store(), office, crypto::SigningKey::random().public_key())));
    return {};
  }));
  const Json status = w.call("GET", "/api/v1/status").json;
  for (const Json& a : *status.find("alarms")->items()) CHECK(a.text("code") != "office.admitted");
}

TEST_CASE("a problem says what, why and what to do, in the caller's language") {
  World w;
  ApiCall c;
  c.target = "/api/v1/reports/aaaaaaaa";
  c.passphrase.emplace(view("王芳"));
  const auto zh = parse_json(Api(w).call(c).body);
  REQUIRE(zh);
  CHECK(zh->count("status") == 404);
  CHECK(zh->count("exit") == 66);
  CHECK(zh->text("code") == "case.missing");
  CHECK(zh->text("fault") == "missing");
  CHECK(zh->text("detail") == "没有这个事项");
  c.language = "en";
  CHECK(parse_json(Api(w).call(c).body)->text("detail") == "there is no such case");
}

TEST_CASE("bad requests are refused one by one") {
  World w;
  struct Row {
    const char *method, *target, *body;
    int status;
  };
  const Row rows[] = {
      {"GET", "/api/v1/none", "", 404},
      {"POST", "/api/v1/status", "{}", 405},
      {"GET", "/api/v1/reports/%zz", "", 400},
      {"GET", "/api/v1/reports/%ff%fe", "", 400},
      {"GET", "/api/v1/reports?lane=bulk", "", 422},
      {"GET", "/api/v1/reports?lane=x", "", 422},
      {"GET", "/api/v1/reports?state=x", "", 422},
      {"GET", "/api/v1/reports?limit=0", "", 422},
      {"GET", "/api/v1/reports?limit=100001", "", 422},
      {"GET", "/api/v1/reports?limit=1x", "", 422},
      {"GET", "/api/v1/reports?after=zz", "", 422},
      {"GET", "/api/v1/reports?office=999999", "", 404},
      {"POST", "/api/v1/reports", "[]", 400},
      {"POST", "/api/v1/reports", "{", 400},
      {"POST", "/api/v1/reports", "{}", 422},
      {"POST", "/api/v1/reports", R"({"kind":"nope","title":"t"})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","lane":"bulk"})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","title":7})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","titel":"t"})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","title":"t","fields":{"no_such_field":"1"}})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","title":"t","fields":[1]})", 422},
      {"POST", "/api/v1/reports", R"({"kind":"brief","title":"t","occurred_at":"gestern"})", 422},
      {"POST", "/api/v1/reports/import", R"({"lines":1})", 422},
      {"POST", "/api/v1/backup", R"({"path":"relative"})", 422},
      {"PUT", "/api/v1/reports/aaaaaaaa", "{}", 404},
  };
  for (const Row& r : rows) {
    CAPTURE(r.target);
    CAPTURE(r.body);
    const auto a = w.call(r.method, r.target, r.body);
    CHECK(a.reply.status == r.status);
    CHECK(a.reply.exit_code != 0);
    CHECK_FALSE(a.json.text("code").empty());
  }
  CHECK(w.count("select count(*) from matter") == 0);
}

TEST_CASE("an import keeps the good lines and names the bad ones") {
  World w;
  const std::string good =
      std::string(R"({\"kind\":\"brief\",\"lane\":\"routine\",\"title\":\"柳河镇防汛物资清点情况\",\"body\":\")") +
      World::kBody + R"(\"})";
  const std::string body =
      R"({"send":true,"lines":[{"line":1,"text":")" + good +
      R"("},{"line":2,"text":"not json"},{"line":3,"text":"{\"kind\":\"no_such_kind\"}"},)" +
      R"({"line":4,"text":"{\"kind\":\"brief\",\"title\":\"短\",\"body\":\"x\"}"},{"line":9,"text":")" + good +
      R"("}]})";
  const auto a = w.call("POST", "/api/v1/reports/import", body);
  CAPTURE(a.reply.body);
  CHECK(a.reply.exit_code == 65);
  CHECK(a.json.count("imported") == 3);
  CHECK(a.json.count("queued") == 2);
  CHECK(a.json.count("rejected") == 2);
  CHECK(a.json.find("cases")->items()->size() == 3);
  std::vector<std::int64_t> lines;
  for (const Json& e : *a.json.find("errors")->items()) lines.push_back(e.count("line"));
  CHECK(lines == std::vector<std::int64_t>{2, 3, 4});
  CHECK(w.count("select count(*) from record") == 2);
  CHECK(w.count("select count(*) from draft") == 1);
  CHECK(w.woken.size() == 1);
}

TEST_CASE("an import onto a full disk says what is durable, and that is there") {
  World w;
  std::string body = R"({"send":true,"lines":[)";
  for (int i = 1; i <= 1500; ++i) {
    if (i > 1) body += ',';
    body += R"({"line":)" + std::to_string(i) +
            R"(,"text":"{\"kind\":\"first_report\",\"lane\":\"urgent\",\"title\":\"柳河镇发生山体滑坡)" +
            std::to_string(i) + R"(\",\"body\":\")" + World::kBody + R"(\"}"})";
  }
  body += "]}";
  w.disk.set_space(w.disk.used() + 2'600'000);
  const auto a = w.call("POST", "/api/v1/reports/import", body);
  CHECK(a.reply.exit_code == 73);
  CHECK(a.json.text("fault") == "full");
  CHECK(a.json.count("imported") > 0);
  CHECK(a.json.count("imported") < 1500);
  CHECK(w.count("select count(*) from record") == a.json.count("imported"));
  CHECK(w.call("POST", "/api/v1/verify", "{}").json.flag("ok"));
  CHECK(w.call("GET", "/api/v1/reports?limit=5").reply.exit_code == 0);
}

TEST_CASE("the status counts what waits, is cut and is acknowledged") {
  World w;
  w.write(true);
  w.write(true);
  w.write(true, {}, "flash", "first_report");
  w.write();
  REQUIRE(w.store().db().run("update delivery set state = 2 where row = 1"));
  REQUIRE(w.store().db().run("update delivery set state = 1 where row = 2"));
  w.now_ms += 11 * 60 * 1000;
  const auto j = w.call("GET", "/api/v1/status").json;
  CHECK(j.text("office") == "370783105");
  CHECK(j.text("level") == "township");
  CHECK(j.text("state") == "ready");
  const Json& routine = *j.find("lanes")->find("routine");
  CHECK(routine.count("waiting") == 1);
  CHECK(routine.count("sent") == 1);
  CHECK(routine.count("acknowledged") == 1);
  CHECK(j.find("lanes")->find("flash")->count("waiting") == 1);
  CHECK(j.find("lanes")->find("bulk") != nullptr);
  CHECK(j.count("drafts") == 1);
  CHECK(j.count("overdue") == 1);
  CHECK(j.find("superiors")->items()->front().text("office") == "370783");
  CHECK_FALSE(j.find("superiors")->items()->front().flag("reachable"));
  bool overdue = false;
  for (const Json& alarm : *j.find("alarms")->items()) overdue |= alarm.text("code") == "receipt.overdue";
  CHECK(overdue);
}

TEST_CASE("the mail to each office is counted by lane, with what waits longest and whether that is too long") {
  World w;
  w.write(true);
  w.now_ms += 60 * 1000;
  w.write(true);
  w.write(true, {}, "flash", "first_report");
  REQUIRE(w.store().db().run("update delivery set state = 2 where row = 2"));
  w.now_ms += 11 * 60 * 1000;
  const auto j = w.call("GET", "/api/v1/lines").json;
  REQUIRE(j.find("lines")->items()->size() == 1);
  const Json& line = j.find("lines")->items()->front();
  CHECK(line.text("office") == "370783");
  const Json& routine = *line.find("lanes")->find("routine");
  CHECK(routine.count("waiting") == 1);
  CHECK(routine.count("sent") == 0);
  CHECK(routine.count("acknowledged") == 1);
  CHECK(routine.text("oldest").substr(0, 10) == "2026-06-08");
  CHECK_FALSE(routine.flag("overdue"));
  CHECK(line.find("lanes")->find("flash")->flag("overdue"));
  CHECK(line.find("lanes")->find("urgent")->find("oldest")->is_null());
  // A superior to whom nothing was written is there all the same.
  World empty;
  CHECK(empty.call("GET", "/api/v1/lines").json.find("lines")->items()->size() == 1);
}

TEST_CASE("a QR code is square, has its three corners, and is refused where it would be too long") {
  World w;
  const auto j = w.call("POST", "/api/v1/qr", "{\"text\":\"YZ1-ABCDEF\"}").json;
  const auto size = static_cast<std::size_t>(j.count("size"));
  const auto& rows = *j.find("rows")->items();
  REQUIRE(size >= 21);
  REQUIRE(rows.size() == size);
  for (const Json& r : rows) CHECK(r.string()->size() == size);
  CHECK(rows[0].string()->starts_with("1111111"));
  CHECK(rows[0].string()->ends_with("1111111"));
  CHECK(rows[size - 1].string()->starts_with("1111111"));
  CHECK_FALSE(rows[size - 1].string()->ends_with("1111111"));
  CHECK(w.call("POST", "/api/v1/qr", "{\"text\":\"\"}").reply.exit_code == 65);
  CHECK(w.call("POST", "/api/v1/qr", "{\"text\":\"" + std::string(2801, 'A') + "\"}").json.text("code") == "qr.long");
}

TEST_CASE("the list of offices says which of them are suspended, and who lies above whom") {
  World w;
  REQUIRE(w.store().db().run("update office set suspended = 1 where code = '370783'"));
  int seen = 0;
  const auto j = w.call("GET", "/api/v1/offices").json;
  for (const Json& o : *j.find("offices")->items()) {
    const bool self = o.text("state") == "self";
    seen += self ? 1 : 2;
    CHECK(o.flag("suspended") == !self);
    CHECK_FALSE(o.flag("key_waits"));
    CHECK(o.text("new_key").empty());
    if (self) CHECK(o.text("superior") == "370783");
  }
  CHECK(seen == 3);
}

TEST_CASE("the receiver acknowledges once, and not what is its own") {
  World w;
  test::Keys other;
  CaseId id;
  id.bytes.fill(1);
  w.put(w.foreign(other, id));
  const std::string path = "/api/v1/reports/" + base32(id.view());
  CHECK(w.call("POST", path + "/acknowledge", "{}").json.text("state") == "acknowledged");
  CHECK(w.state(base32(id.view())) == "acknowledged");
  CHECK(w.count("select count(*) from delivery") == 1);
  CHECK(w.call("POST", path + "/acknowledge", "{}").reply.exit_code == 65);
  CHECK(w.call("POST", "/api/v1/reports/" + w.write(true) + "/acknowledge", "{}").reply.exit_code == 77);
}

TEST_CASE("openapi.json names every route and needs no login") {
  World w;
  ApiCall c;
  c.target = "/api/v1/openapi.json";
  const ApiReply r = Api(w).call(c);
  CHECK(r.status == 200);
  const auto j = parse_json(r.body, {.depth = 64});
  REQUIRE(j);
  CHECK(j->find("paths")->members()->size() >= 20);
  CHECK(j->find("paths")->find("/api/v1/reports/{case}")->find("delete") != nullptr);
}
