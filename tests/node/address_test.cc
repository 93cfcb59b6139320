// Where a report goes, and how far it got with each.
#include <doctest/doctest.h>

#include "node/store/schema.h"
#include "node/store/sqlite.h"
#include "sync/exchange.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using namespace yz::test;

namespace {

/// A world with a line superior, and a city above the county whose keys are known when `reached`.
struct Lines : World {
  explicit Lines(bool reached = true) {
    REQUIRE(store().write([&]() -> Result<> {
      Database& db = store().db();
      const auto office = [&](const Keys& k, const char* code, const char* name, int state) {
        return db.run(
            "insert into office(id, code, name, level, superior, certificate, state, at_ms)"
            " values(?, ?, ?, 2, ?, x'00', ?, 0)",
            k.office(), code, name, city.office(), state);
      };
      TRY(office(bureau, "370799", "市应急局", 2));
      TRY(office(city, "3707", "潍安市", 0));
      TRY(db.run("update office set superior = ? where id = ?", city.office(), county.office()));
      if (reached) TRY(db.run("insert into node_list(office, version, bytes) values(?, 1, x'00')", city.office()));
      return {};
    }));
  }
  std::vector<std::string> to(const Json& answer) {
    std::vector<std::string> out;
    if (const Json* list = answer.find("addressees"))
      for (const Json& a : *list->items()) out.emplace_back(a.text("office"));
    return out;
  }
  Answer post(const std::string& more, const std::string& lane = "routine", const std::string& kind = "brief") {
    return call("POST", "/api/v1/reports",
                R"({"kind":")" + kind + R"(","lane":")" + lane + R"(","title":"柳河镇防汛物资清点情况","body":")" +
                    kBody + R"(")" + more + "}");
  }
  Keys bureau, city;
};

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a report goes to our superior, or to whom its writer names") {
  Lines w;
  CHECK(w.to(w.post(R"(,"send":true)").json) == Codes{"370783"});
  const auto both = w.post(R"(,"send":true,"to":["370799","370783"])");
  CHECK(w.to(both.json) == Codes{"370783", "370799"});
  CHECK(w.count("select count(*) from delivery where record = 2") == 2);
  CHECK(w.to(w.post(R"(,"to":["3707"])").json) == Codes{"3707"});
  const auto deliveries = w.call("GET", "/api/v1/reports/" + std::string(both.json.text("case"))).json;
  REQUIRE(deliveries.find("deliveries")->items()->size() == 2);
  CHECK(deliveries.find("deliveries")->items()->front().text("state") == "waiting");
}

TEST_CASE("an addressee that is none is refused by name, and nothing is kept") {
  Lines w;
  const auto a = w.post(R"(,"send":true,"to":["370784"])");
  CHECK(a.reply.exit_code == 66);
  CHECK(a.json.text("code") == "addressee.missing");
  for (const char* code : {"370783", "370799", "3707"})
    CHECK(a.json.text("detail").find(code) != std::string_view::npos);
  CHECK(w.count("select count(*) from matter") == 0);
  CHECK(w.post(R"(,"to":"370783")").reply.exit_code == 65);
}

TEST_CASE("what follows in a case goes to all whom it went to, and to those named now") {
  Lines w;
  const std::string id(w.post(R"(,"send":true,"to":["370799"])").json.text("case"));
  const std::string path = "/api/v1/reports/" + id;
  const std::string body =
      R"({"send":true,"reason":"数字有误","body":")" + std::string(World::kBody) + "又清点一次。\"";
  CHECK(w.to(w.call("POST", path + "/correct", body + "}").json) == Codes{"370799"});
  CHECK(w.to(w.call("POST", path + "/correct", body + R"(,"to":["370783"]})").json) == Codes{"370783", "370799"});
  REQUIRE(w.call("POST", path + "/withdraw", R"({"reason":"重复"})").reply.status == 200);
  CHECK(w.count("select count(*) from delivery d join record r on r.row = d.record where r.type = 5") == 2);
}

TEST_CASE("the gravest flash emergencies go to every superior at once, the one above included when it can be reached") {
  const std::string grave = R"(,"send":true,"fields":{"incident_type":"AD-TRA","level":"II","deaths":"12"})";
  {
    Lines w;
    CHECK(w.to(w.post(grave, "flash", "first_report").json) == Codes{"370783", "370799", "3707"});
    CHECK(w.to(w.post(grave, "urgent", "first_report").json) == Codes{"370783"});
    CHECK(w.to(w.post(R"(,"send":true,"fields":{"incident_type":"AD-TRA","level":"IV"})", "flash", "first_report")
                   .json) == Codes{"370783"});
    // By its figures, whatever was stated.
    CHECK(w.to(w.post(R"(,"fields":{"incident_type":"AD-TRA","level":"IV","deaths":"12"})", "flash", "first_report")
                   .json) == Codes{"370783", "370799", "3707"});
    CHECK(w.to(w.post(grave + R"(,"to":["370783"])", "flash", "first_report").json) == Codes{"370783"});
  }
  Lines w(false);
  CHECK(w.to(w.post(grave, "flash", "first_report").json) == Codes{"370783", "370799"});
}

TEST_CASE("an attachment is signed for every addressee, and only for them") {
  Lines w;
  const std::string id(w.post("").json.text("case")), path = "/api/v1/reports/" + id;
  const std::string file(70'000, 'x');
  REQUIRE(w.call("PUT", path + "/attachments/a.bin", file).reply.status == 200);
  REQUIRE(w.call("PUT", path, R"({"to":["370799","3707"]})").reply.status == 200);
  REQUIRE(w.call("POST", path + "/send").json.text("state") == "queued");
  std::map<OfficeId, std::size_t> chunks;
  auto q = w.store().blobs().query(
      "select c.bytes, a.destination from chunk c join attachment a on a.row ="
      " c.attachment where a.ready = 1 and a.own = 1");
  REQUIRE(q);
  while (q->step().value()) {
    const Bytes bytes = q->blob(0);
    const auto chunk = sync::decode_chunk(bytes);
    REQUIRE(chunk);
    CHECK(chunk->destination == q->id<OfficeId>(1).value());
    CHECK(sync::verify_chunk(bytes, w.town.node.public_key()));
    ++chunks[chunk->destination];
  }
  CHECK(chunks == std::map<OfficeId, std::size_t>{{w.bureau.office(), 3}, {w.city.office(), 3}});
  auto all = w.store().blobs().query("select count(*) from attachment");
  REQUIRE(all);
  REQUIRE(all->step());
  CHECK(all->integer(0) == 2);
  CHECK(w.call("GET", path + "/attachments/a.bin").reply.body == file);
  CHECK(w.call("GET", path).json.find("attachments")->items()->front().flag("complete"));
}

TEST_CASE("attachments of an older program keep their chunks") {
  World w;
  const std::string path = "/api/v1/reports/" + w.write();
  REQUIRE(w.call("PUT", path + "/attachments/a.bin", std::string(70'000, 'x')).reply.status == 200);
  Database& db = w.store().blobs();
  auto tx = Transaction::begin(db);
  REQUIRE(tx);
  // Each makes the table anew.
  for (const std::size_t step : {2u, 4u}) REQUIRE(db.exec(blob_migrations()[step].sql));
  REQUIRE(tx->commit());
  CHECK(w.call("GET", path + "/attachments/a.bin").reply.body == std::string(70'000, 'x'));
  CHECK_FALSE(db.run("insert into chunk(attachment, position, bytes, size) values(99, 0, x'00', 1)"));
}

TEST_CASE("a case's number travels with it, and is taken from its own office only") {
  World w;
  const std::string number(w.call("GET", "/api/v1/reports/" + w.write(true)).json.text("number"));
  CHECK(number.starts_with("柳河镇〔2026〕"));
  auto q = w.store().db().query("select bytes from record");
  REQUIRE(q);
  REQUIRE(q->step());
  const auto body = decode_body(sync::decode_record(q->blob(0)).value().record.body);
  REQUIRE(body);
  CHECK(body->extras.number == number);

  const auto received = [&](const char* text) {
    static std::uint8_t n = 0;
    CaseId id;
    id.bytes[0] = ++n;
    sync::ReleasedRecord r = w.foreign(w.county, id);
    Report report;
    report.title = "报告";
    report.body = World::kBody;
    BodyExtras x;
    x.number = text;
    sync::Record changed = r.record;
    changed.body = encode_body(report, x);
    w.put(sync::release(changed));
    return matter(w.store(), id).value()->number;
  };
  CHECK(received("青山县〔2026〕3号") == "青山县〔2026〕3号");
  CHECK(received("柳河镇〔2026〕1号").empty());
  CHECK(received("青山县").empty());
  CHECK_FALSE(decode_body(
      view(R"({"v":1,"kind":"brief","lane":"flash","sensitivity":"internal","number":"青山县〔2026〕\n1号"})")));
}
