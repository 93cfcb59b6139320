// What a search shows of a text: around the first hit, on one line, the hits told apart, nothing that is markup.
#include "node/store/excerpt.h"

#include <doctest/doctest.h>

#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

namespace {

std::string shown(const Excerpt& e) {
  std::string out;
  for (const ExcerptPart& p : e) out += p.hit ? "[" + p.text + "]" : p.text;
  return out;
}

std::string many(std::string_view piece, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("an excerpt has the words as the index finds them") {
  const struct {
    std::string text, searched, want;
  } cases[] = {
      {"铁匠沟村北山发生滑坡", "滑坡", "铁匠沟村北山发生[滑坡]"},
      {"铁匠沟村北山发生滑坡", "滑坡 北山", "铁匠沟村[北山]发生[滑坡]"},
      {"Pump ＡＢ12 failed", "ab12", "Pump [ＡＢ12] failed"},
      {"AB123", "ab12", ""},  // half of a word is no hit
      {"第一行\n滑坡\t后", "滑坡", "第一行 [滑坡] 后"},
      {"<b>滑坡</b>", "滑坡", "<b>[滑坡]</b>"},
      {"滑 坡", "滑坡", "[滑 坡]"},  // a phrase goes over what separates, as in the index
      {"没有", "滑坡", ""},
      {"", "滑坡", ""},
      {"滑坡", "", ""},
      {"滑坡滑坡滑坡", "滑坡", "[滑坡][滑坡][滑坡]"},
      {"上游滑坡", "上游滑 滑坡", "[上游滑坡]"},  // hits that overlap are one
      {"\xFF滑坡", "滑坡", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(shown(excerpt_of(c.text, c.searched)) == c.want);
  }
}

TEST_CASE("an excerpt of a long text begins before the hit, ends in time, and says what is left out") {
  const std::string text = many("前", 200) + "滑坡" + many("后", 200);
  CHECK(shown(excerpt_of(text, "滑坡")) == "…" + many("前", 16) + "[滑坡]" + many("后", 62) + "…");
  CHECK(shown(excerpt_of(many("前", 15) + "滑坡", "滑坡")) == many("前", 15) + "[滑坡]");
  // A hit that the end cuts is shown as far as it goes.
  CHECK(shown(excerpt_of("滑坡" + many("后", 77) + "水库大坝", "滑坡 水库大坝")) ==
        "[滑坡]" + many("后", 77) + "[水]…");
}

TEST_CASE("a search shows where the words stand, of drafts and of what is signed; of a title nothing") {
  World w;
  const std::string draft = w.write(false), sent = w.write(true);
  const auto found = [&](std::string_view search) {
    return w.call("GET", "/api/v1/reports?search=" + std::string(search)).json;
  };
  const Json hits = found("防汛物资清点情况");
  REQUIRE(hits.find("reports")->items()->size() == 2);
  for (const Json& r : *hits.find("reports")->items()) CHECK(r.find("excerpt")->items()->empty());
  const std::string word = std::string(World::kBody).substr(0, 6);
  const Json body = found(word);
  REQUIRE(body.find("reports")->items()->size() == 2);
  for (const Json& r : *body.find("reports")->items()) {
    const auto& parts = *r.find("excerpt")->items();
    REQUIRE_FALSE(parts.empty());
    CHECK(parts.front().flag("hit"));
    CHECK(parts.front().text("text") == word);
  }
  CHECK_FALSE(w.call("GET", "/api/v1/reports").json.find("reports")->items()->front().find("excerpt"));
  (void)draft;
  (void)sent;
}

TEST_CASE("texts are read for the excerpts of one answer as long as there are octets left for it") {
  World w;
  w.write(true);
  const auto rows = list_cases(w.store(), {});
  REQUIRE(rows);
  const MatterRow& m = rows->rows.at(0);
  const std::string word = std::string(World::kBody).substr(0, 6);
  std::size_t left = kExcerptOctets;
  CHECK_FALSE(excerpt_of(w.store(), m, word, left).value().empty());
  const std::size_t used = kExcerptOctets - left;
  CHECK(used > 0);
  left = used;
  CHECK_FALSE(excerpt_of(w.store(), m, word, left).value().empty());
  CHECK(left == 0);
  left = used - 1;
  CHECK(excerpt_of(w.store(), m, word, left).value().empty());
  CHECK(left == 0);
}
