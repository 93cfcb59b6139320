// What people must know and may do before a report is signed: why it was returned, what has changed, who may what.
#include <doctest/doctest.h>

#include <algorithm>

#include "node/office/file_kind.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

namespace {

std::vector<std::string> may(World& w, const std::string& path, const std::string& who) {
  std::vector<std::string> out;
  const Json shown = w.call("GET", path, {}, who).json;
  for (const Json& s : *shown.find("may")->items()) out.push_back(*s.string());
  return out;
}
bool has(const std::vector<std::string>& all, const char* one) { return std::ranges::find(all, one) != all.end(); }

const Json* item(const Json& work, std::string_view group) {
  for (const Json& i : *work.find("items")->items())
    if (i.text("group") == group) return &i;
  return nullptr;
}

}  // namespace

TEST_CASE("who signs what was returned before sees his reason and the text as it was") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳"), path = "/api/v1/reports/" + id;
  REQUIRE(w.call("POST", path + "/return", R"({"note":"缺数字"})", "李明").reply.status == 200);
  const Json writer = w.call("GET", path, {}, "王芳").json;
  CHECK(writer.find("draft")->find("returned")->text("by") == "李明");
  REQUIRE(w.call("PUT", path, R"({"title":"柳河镇防汛物资清点完毕"})", "王芳").reply.status == 200);
  REQUIRE(w.call("POST", path + "/submit", "{}", "王芳").reply.status == 200);
  const Json again = w.call("GET", path, {}, "李明").json;
  const Json& returned = *again.find("draft")->find("returned");
  CHECK(returned.text("note") == "缺数字");
  CHECK(returned.text("title") == "柳河镇防汛物资清点情况");
  CHECK(returned.text("body") == World::kBody);
  CHECK(again.find("draft")->find("submitted")->text("by") == "王芳");
  REQUIRE(w.call("POST", path + "/sign", "{}", "李明").reply.status == 200);
  std::vector<std::string> events;
  const Json done = w.call("GET", path, {}, "王芳").json;
  for (const Json& e : *done.find("timeline")->items()) events.push_back(std::string(e.text("event")));
  CHECK(std::ranges::count(events, "submitted") == 2);
  CHECK(std::ranges::count(events, "sent_back") == 1);
  // Nothing of it is in what left.
  const auto& records = *done.find("records")->items();
  CHECK(records.front().text("body") == World::kBody);
  auto q = w.store().db().query("select count(*) from record where instr(bytes, cast('缺数字' as blob)) > 0");
  REQUIRE(q);
  REQUIRE(q->step());
  CHECK(q->integer(0) == 0);
}

TEST_CASE("nobody is offered what the node would refuse") {
  World w(true, true, {"王芳", "李明"});
  const std::string path = "/api/v1/reports/" + w.write(true, "王芳");
  CHECK_FALSE(has(may(w, path, "王芳"), "sign"));
  CHECK(has(may(w, path, "王芳"), "return"));
  CHECK_FALSE(has(may(w, path, "王芳"), "ask_cosign"));  // what was submitted is fixed
  CHECK(has(may(w, path, "李明"), "sign"));
  REQUIRE(w.call("POST", path + "/sign", "{}", "李明").reply.status == 200);
  for (const char* who : {"王芳", "李明"}) {
    CAPTURE(who);
    const bool offered = has(may(w, path, who), "withdraw");
    CHECK(offered == ((w.find(who)->row.roles & crypto::role::signer) != 0));
  }
}

TEST_CASE("what waits for a signature says where it goes, who submitted it and when") {
  World w(true, true, {"王芳", "李明"});
  w.write(true, "王芳");
  const Json work = w.call("GET", "/api/v1/work", {}, "李明").json;
  const Json* waits = item(work, "to_sign");
  REQUIRE(waits);
  CHECK(waits->find("to")->items()->size() == 1);
  CHECK(waits->find("submitted")->text("by") == "王芳");
}

TEST_CASE("an empty file is no attachment, and one that is not what its name says is marked") {
  World w;
  const std::string path = "/api/v1/reports/" + w.write();
  const auto empty = w.call("PUT", path + "/attachments/a.jpg", "");
  CHECK(empty.reply.status == 422);
  CHECK(empty.json.text("code") == "attachment.empty");
  REQUIRE(w.call("PUT", path + "/attachments/a.jpg", std::string("MZ\x90\0program", 11)).reply.status == 200);
  REQUIRE(w.call("PUT", path + "/attachments/b.jpg", "\xFF\xD8\xFF\xE0 a photo").reply.status == 200);
  const Json shown = w.call("GET", path).json;
  for (const Json& a : *shown.find("attachments")->items()) {
    CAPTURE(a.text("name"));
    CHECK(a.flag("differs") == (a.text("name") == "a.jpg"));
  }
}

TEST_CASE("a file is held against its name where the name promises something") {
  const auto differs = [](std::string_view name, std::string_view head) {
    return differs_from_name(name, ByteView(reinterpret_cast<const std::uint8_t*>(head.data()), head.size()));
  };
  CHECK_FALSE(differs("a.JPG", "\xFF\xD8\xFF"));
  CHECK_FALSE(differs("a.m4a", std::string_view("\0\0\0\x18"
                                                "ftypM4A ",
                                                12)));
  CHECK_FALSE(differs("a.pdf", "%PDF-1.7"));
  CHECK(differs("a.pdf", "PK\x03\x04"));
  CHECK(differs("a.jpg", "MZ"));
  CHECK(differs("会议纪要.docx", "MZ"));
  CHECK_FALSE(differs("setup.exe", "MZ"));
  CHECK_FALSE(differs("会议纪要.docx", "PK\x03\x04"));
  CHECK_FALSE(differs("a.txt", "MM"));
}
