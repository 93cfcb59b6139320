// The rules by which drafts of several machines are joined: pure, without a store.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "crypto/random.h"
#include "node/net/json.h"
#include "node/office/draft_view.h"

using namespace yz;
using namespace yz::node;

namespace {

DraftAuthor machine(std::uint8_t n, std::uint8_t life = 1) {
  DraftAuthor a;
  a.node.bytes.fill(n);
  a.incarnation.bytes.fill(life);
  return a;
}

/// One draft and the machines that write on it, each with its own state.
struct Paper {
  CaseId id = crypto::random_fixed<CaseId>();
  OfficeId office = crypto::random_fixed<OfficeId>();
  std::uint64_t clock = 1;

  DraftState empty() const { return {id, office, {}, {}}; }
  DraftVersion version(const DraftState& s, const DraftAuthor& by, DraftVersion::Kind kind = DraftVersion::Kind::text) {
    DraftVersion v;
    v.kind = kind;
    v.by = by;
    v.seen = s.seen();
    v.seen.set(by, s.seen().of(by) + 1);
    v.at.value = clock++;
    if (kind != DraftVersion::Kind::text) return v;
    if (const DraftView now = view_of(s); !now.texts.empty()) {
      v.report = now.shown.report;
      v.extras = now.shown.extras;
      v.content = now.shown.content;
      v.signatures = now.shown.signatures;
    }
    return v;
  }
  template <class F>
  void write(DraftState& s, const DraftAuthor& by, F change) {
    DraftVersion v = version(s, by);
    change(v);
    fix(v);
    save(s, std::move(v));
  }
  void remove(DraftState& s, const DraftAuthor& by) {
    DraftVersion v = version(s, by, DraftVersion::Kind::deleted);
    fix(v);
    save(s, std::move(v));
  }
};

auto title(const char* t) {
  return [t](DraftVersion& v) { v.report.title = t; };
}

/// Both have heard each other: they must be alike.
void meet(DraftState& a, DraftState& b) {
  const DraftState x = joined(a, b), y = joined(b, a);
  CHECK(x.name() == y.name());
  a = x;
  b = y;
}

const DraftAuthor one = machine(1), two = machine(2), three = machine(3);

}  // namespace

TEST_CASE("what a later save has seen is replaced, and nothing else") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState b = joined(p.empty(), a);
  p.write(b, two, title("乙"));
  meet(a, b);
  REQUIRE(a.heads.size() == 1);
  CHECK(view_of(a).shown.report.title == "乙");
  p.write(a, one, title("丙"));
  p.write(b, two, title("丁"));
  meet(a, b);
  CHECK(a.heads.size() == 2);
  CHECK(view_of(a).disputed == std::vector<std::string>{"title"});
}

TEST_CASE("figures that come together from two machines are never put together by the program") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, [](auto& v) { v.report.fields.set("deaths", std::int64_t{1}); });
  DraftState b = joined(p.empty(), a);
  p.write(a, one, [](auto& v) { v.report.fields.set("deaths", std::int64_t{2}); });
  p.write(b, two, [](auto& v) { v.report.fields.set("missing", std::int64_t{3}); });
  meet(a, b);
  CHECK(view_of(a).disputed == std::vector<std::string>{"deaths", "missing"});
  // Prose on one side and a figure on the other stand beside each other.
  Paper q;
  DraftState c = q.empty();
  q.write(c, one, [](auto& v) { v.report.fields.set("deaths", std::int64_t{1}); });
  DraftState d = joined(q.empty(), c);
  q.write(c, one, [](auto& v) { v.report.fields.set("deaths", std::int64_t{2}); });
  q.write(d, two, [](auto& v) { v.report.body = "另一段"; });
  meet(c, d);
  CHECK(view_of(c).disputed.empty());
  CHECK(view_of(c).shown.report.fields.count("deaths") == 2);
  CHECK(view_of(c).shown.report.body == "另一段");
}

TEST_CASE("what lies beside the report is taken from the side that changed it, or disputed") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState b = joined(p.empty(), a);
  p.write(a, one, [](auto& v) { v.report.lane = sync::Lane::urgent; });
  p.write(b, two, [](auto& v) { v.extras.to = {OfficeId{}}; });
  meet(a, b);
  CHECK(view_of(a).disputed.empty());
  CHECK(view_of(a).shown.report.lane == sync::Lane::urgent);
  CHECK(view_of(a).shown.extras.to.size() == 1);
  p.write(a, one, [](auto& v) { v.report.lane = sync::Lane::flash; });
  p.write(b, two, [](auto& v) { v.report.lane = sync::Lane::routine; });
  meet(a, b);
  CHECK(view_of(a).disputed == std::vector<std::string>{"lane"});
}

TEST_CASE("without what was before every difference is disputed") {
  Paper p;
  DraftState a = p.empty(), b = p.empty();
  p.write(a, one, title("甲"));
  p.write(b, two, [](auto& v) { v.report.body = "乙"; });
  meet(a, b);
  CHECK(view_of(a).disputed == std::vector<std::string>{"body", "title"});
}

TEST_CASE("however often one machine saves, what the other started from stays known") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState b = joined(p.empty(), a);
  // Of letters: figures of two machines are never put together.
  for (std::size_t i = 1; i <= 50; ++i) p.write(a, one, [&](auto& v) { v.report.title = std::string(i, 't'); });
  for (std::size_t i = 1; i <= 50; ++i) p.write(b, two, [&](auto& v) { v.report.body = std::string(i, 'b'); });
  meet(a, b);
  CHECK(view_of(a).disputed.empty());
  CHECK(view_of(a).shown.report.title == std::string(50, 't'));
  CHECK(view_of(a).shown.report.body == std::string(50, 'b'));
}

TEST_CASE("three machines end alike in whatever order they hear of each other") {
  for (int order = 0; order < 6; ++order) {
    CAPTURE(order);
    Paper p;
    DraftState a = p.empty();
    p.write(a, one, title("甲"));
    DraftState b = joined(p.empty(), a), c = joined(p.empty(), a);
    p.write(a, one, title("一"));
    p.write(b, two, title("二"));
    p.remove(c, three);
    std::vector<DraftState*> all{&a, &b, &c};
    for (int i = 0; i < order; ++i) std::next_permutation(all.begin(), all.end());
    for (int round = 0; round < 2; ++round)
      for (std::size_t i = 0; i < 3; ++i) {
        DraftState& x = *all[i];
        DraftState& y = *all[(i + 1) % 3];
        const DraftState heard = joined(y, x);
        y = heard;
      }
    CHECK(a.name() == b.name());
    CHECK(b.name() == c.name());
    CHECK(view_of(a).disputed == std::vector<std::string>{"title"});
    p.write(b, two, title("定"));
    a = joined(a, b);
    c = joined(c, b);
    CHECK(view_of(a).shown.report.title == "定");
    CHECK(view_of(a).disputed.empty());
    CHECK(a.heads.size() == 1);
    CHECK(c.name() == b.name());
  }
}

TEST_CASE("what was deleted unseen stays, and what was seen goes") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState b = joined(p.empty(), a);
  p.remove(a, one);
  DraftState gone = b;
  meet(a, gone);
  CHECK(view_of(gone).texts.empty());
  p.write(b, two, title("还要"));
  meet(a, b);
  CHECK(view_of(a).texts.size() == 1);
  CHECK(view_of(a).disputed.empty());
}

TEST_CASE("a life of a machine that was put back counts anew: neither life replaces the other unseen") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState backup = a;
  p.write(a, one, title("备份以后"));
  p.write(backup, machine(1, 9), title("恢复以后"));
  meet(a, backup);
  CHECK(a.heads.size() == 2);
  CHECK(view_of(a).disputed == std::vector<std::string>{"title"});
}

TEST_CASE("two machines under one name and number are both heard") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState clone = a;
  p.write(a, one, title("一"));
  p.write(clone, one, title("二"));
  meet(a, clone);
  CHECK(a.heads.size() == 2);
}

TEST_CASE("saves that are known are bounded, and what is forgotten counts as not seen") {
  Seen s;
  for (std::uint8_t i = 1; i <= 100; ++i) s.set(machine(i), i);
  CHECK(s.size() == Seen::kMost);
  CHECK(s.of(machine(100)) == 100);
  CHECK(s.of(machine(1)) == 0);
  const auto back = Seen::from_token(s.token());
  REQUIRE(back);
  CHECK(*back == s);
  CHECK_FALSE(Seen::from_token("aa"));
  CHECK_FALSE(Seen::from_token(std::string(5000, 'a')));
}

TEST_CASE("a state is read as it was written, and no part of it may be missing or too many") {
  Paper p;
  DraftState a = p.empty();
  p.write(a, one, title("甲"));
  DraftState b = joined(p.empty(), a);
  p.write(a, one, title("一"));
  p.write(b, two, title("二"));
  meet(a, b);
  const Bytes bytes = encode(a);
  const auto back = decode_draft_state(bytes, p.office);
  REQUIRE(back);
  CHECK(back->name() == a.name());
  CHECK(encode(*back) == bytes);
  CHECK(back->before.size() == 1);
  CHECK(encode(*back, false).size() < bytes.size());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(decode_draft_state(ByteView(bytes).first(n), p.office));
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode_draft_state(longer, p.office));
  // A head that another head has seen is none.
  DraftState wrong = b;
  wrong.heads.insert(wrong.heads.begin(), a.before.front());
  CHECK_FALSE(decode_draft_state(encode(wrong), p.office));
}

TEST_CASE("what is fixed under signatures must be what the draft shows") {
  Paper p;
  DraftVersion v;
  v.by = one;
  v.seen.set(one, 1);
  v.report.title = "标题";
  v.report.body = "正文";
  sync::Record r;
  r.type = sync::RecordType::report;
  r.origin = r.case_office = p.office;
  r.case_id = p.id;
  r.lane = v.report.lane;
  r.sensitivity = sync::Sensitivity::internal;
  r.addressees = {p.office};
  r.body = body_to_sign(v.report, v.extras);
  v.content = r.content();
  v.signatures = {{sync::SignRole::drafter, {}, {}}};
  CHECK(check_content(v, p.office, p.office, p.id));
  DraftVersion other = v;
  other.report.title = "别的标题";
  CHECK_FALSE(check_content(other, p.office, p.office, p.id));
  CHECK_FALSE(check_content(v, OfficeId{}, p.office, p.id));
  CHECK_FALSE(check_content(v, p.office, p.office, CaseId{}));
  DraftState s = p.empty();
  fix(other);
  save(s, other);
  CHECK_FALSE(decode_draft_state(encode(s), p.office));
}

TEST_CASE("the vectors of draft states are read, and written the same") {
  std::ifstream file(YZ_SOURCE_DIR "/tests/vectors/draft.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto all = parse_json(text.str(), {});
  REQUIRE(all);
  int read = 0;
  for (const Json& v : *all->find("vectors")->items()) {
    if (v.text("kind") != "draft_state") continue;
    const Bytes bytes = from_hex(v.find("expect")->text("bytes")).value();
    const auto office = OfficeId::from(from_hex(v.text("case_office")).value()).value();
    const auto s = decode_draft_state(bytes, office);
    REQUIRE(s);
    CHECK(encode(*s) == bytes);
    std::size_t i = 0;
    for (const Json& name : *v.find("expect")->find("versions")->items()) {
      const DraftVersion& one_of = i < s->heads.size() ? s->heads[i] : s->before[i - s->heads.size()];
      CHECK(hex(one_of.id.view()) == *name.string());
      ++i;
    }
    ++read;
  }
  CHECK(read == 2);
}
