// A draft that another machine of the office has written on, as the API shows it.
#include "node/store/drafts.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using namespace yz::test;

namespace {

/// Another machine's save on top of what stands, as if it had been told to us.
void other_machine_writes(World& w, const std::string& id, const char* title) {
  const auto m = find_case(w.store(), id);
  REQUIRE(m);
  const auto done = w.store().write([&]() -> Result<> {
    const DraftState s = TRY(draft_state(w.store(), m->id));
    DraftVersion v = s.heads.front();
    v.by.node.bytes.fill(9);
    v.seen.set(v.by, 1);
    v.at.value += 1000;
    v.report.title = title;
    fix(v);
    DraftState theirs = s;
    save(theirs, std::move(v));
    return keep_draft_state(w.store(), joined(s, theirs), kNow);
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
}

std::size_t size_of(const Json& list) { return list.items()->size(); }

}  // namespace

TEST_CASE("a page that saves what it was shown stands beside what another machine wrote, and a person takes one") {
  World w;
  const std::string id = w.write();
  const std::string path = "/api/v1/reports/" + id;
  const std::string seen(w.call("GET", path).json.find("draft")->text("seen"));
  REQUIRE_FALSE(seen.empty());
  other_machine_writes(w, id, "二号机的标题");
  CHECK(w.call("GET", path).json.text("title") == "二号机的标题");

  const auto saved = w.call("PUT", path, R"({"title":"一号机的标题","seen":")" + seen + R"("})");
  CHECK(saved.reply.status == 200);
  REQUIRE(saved.json.find("disputed"));
  CHECK(*saved.json.find("disputed")->items()->front().string() == "title");
  const auto shown = w.call("GET", path).json;
  const Json& versions = *shown.find("draft")->find("versions");
  REQUIRE(size_of(versions) == 2);

  CHECK(w.call("POST", path + "/send", "{}").json.text("code") == "draft.disputed");
  CHECK(w.call("PUT", path, R"({"body":"只改正文"})").json.text("code") == "draft.disputed");
  CHECK(w.call("PUT", path, R"({"take":"abcdefabcdef"})").json.text("code") == "draft.version");
  CHECK(w.call("PUT", path, R"({"title":"x","seen":"zzz"})").json.text("code") == "draft.seen");

  std::string version;
  for (const Json& v : *versions.items())
    if (v.text("title") == "二号机的标题") version = v.text("version");
  const auto taken = w.call("PUT", path, R"({"take":")" + version.substr(0, 8) + R"("})");
  CHECK(taken.reply.status == 200);
  const auto after = w.call("GET", path).json;
  CHECK(after.text("title") == "二号机的标题");
  CHECK(size_of(*after.find("draft")->find("disputed")) == 0);
  CHECK(w.call("POST", path + "/send", "{}").reply.status == 200);
}

TEST_CASE("on the command line a save that decides every disputed field settles a draft") {
  World w;
  const std::string id = w.write();
  const std::string path = "/api/v1/reports/" + id;
  const std::string seen(w.call("GET", path).json.find("draft")->text("seen"));
  other_machine_writes(w, id, "二号机的标题");
  REQUIRE(w.call("PUT", path, R"({"title":"一号机的标题","seen":")" + seen + R"("})").reply.status == 200);
  const auto saved = w.call("PUT", path, R"({"title":"商定的标题"})");
  CHECK(saved.reply.status == 200);
  CHECK_FALSE(saved.json.find("disputed"));
  CHECK(w.call("GET", path).json.text("title") == "商定的标题");
  CHECK(w.count("select count(*) from draft_version where head = 1") == 1);
}

TEST_CASE("a deleted draft of one machine leaves its name and nothing of its text") {
  World w;
  const std::string id = w.write();
  REQUIRE(w.call("DELETE", "/api/v1/reports/" + id).reply.status == 200);
  CHECK(w.count("select count(*) from draft") == 0);
  CHECK(w.count("select count(*) from draft_case where live = 0") == 1);
  CHECK(w.count("select max(length(bytes)) < 200 from draft_version") == 1);
}
