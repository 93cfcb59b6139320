#include "node/office/versions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "node/office/compare.h"

using namespace yz;
using namespace yz::node;

namespace {

OfficeId office(std::uint8_t n) {
  OfficeId id;
  id.bytes.fill(n);
  return id;
}
const OfficeId kLead = office(1);

RecordId id(std::uint32_t n) {
  RecordId r;
  for (std::size_t i = 0; i < 4; ++i) r.bytes[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  return r;
}

Report text(std::string title) {
  Report r;
  r.title = std::move(title);
  return r;
}

/// Version n of an office; what it says is its number unless told otherwise.
Version v(std::uint32_t n, std::vector<std::uint32_t> parents = {}, std::string title = {}, OfficeId author = kLead) {
  Version out;
  out.id = id(n);
  out.author = author;
  out.at = sync::Hlc{1000 + n};
  for (const auto p : parents) out.parents.push_back(id(p));
  out.content = text(title.empty() ? std::to_string(n) : title);
  return out;
}

std::vector<std::set<RecordId>> heads_of(const CaseGraph& g, const OfficeId& author = kLead) {
  std::vector<std::set<RecordId>> out;
  if (const auto* s = g.of(author))
    for (const auto& h : s->heads) {
      out.emplace_back();
      for (const std::size_t i : h.same) out.back().insert(g.at(i).id);
    }
  return out;
}
using Heads = std::vector<std::set<RecordId>>;

}  // namespace

TEST_CASE("what nothing has replaced is a head, and two of one office are a conflict") {
  struct Row {
    const char* name;
    std::vector<Version> versions;
    Heads heads;
  };
  const Row rows[] = {
      {"one", {v(1)}, {{id(1)}}},
      {"a chain", {v(1), v(2, {1}), v(3, {2})}, {{id(3)}}},
      {"a fork", {v(1), v(2, {1}), v(3, {1})}, {{id(2)}, {id(3)}}},
      {"a fork that was joined", {v(1), v(2, {1}), v(3, {1}), v(4, {2, 3})}, {{id(4)}}},
      {"three, two of them joined", {v(1), v(2, {1}), v(3, {1}), v(4, {1}), v(5, {2, 3})}, {{id(4)}, {id(5)}}},
      {"two beginnings", {v(1), v(2)}, {{id(1)}, {id(2)}}},
      {"two beginnings that say the same", {v(1, {}, "x"), v(2, {}, "x")}, {{id(1)}, {id(2)}}},
      {"a parent that is missing", {v(2, {1}), v(3, {2})}, {{id(3)}}},
      {"its own parent", {v(1, {1})}, {{id(1)}}},
      {"a circle", {v(1, {2}), v(2, {1})}, {{id(1)}, {id(2)}}},
      {"a circle behind a good version", {v(1), v(2, {1, 3}), v(3, {2})}, {{id(2)}, {id(3)}}},
      {"a version named twice", {v(1), v(2, {1, 1})}, {{id(2)}}},
  };
  for (const Row& r : rows) {
    CAPTURE(r.name);
    const CaseGraph g(kLead, r.versions);
    CHECK(heads_of(g) == r.heads);
    CHECK(g.conflict() == (r.heads.size() > 1));
  }
  CHECK(CaseGraph(kLead, {}).standpoints().empty());
  CHECK(CaseGraph(kLead, {v(5, {9}), v(6, {9, 8})}).missing() == std::vector{id(8), id(9)});
}

TEST_CASE("equal resolutions made at two places leave no conflict, and whatever follows one follows both") {
  const std::vector<Version> fork{v(1), v(2, {1}), v(3, {1})};
  auto with = [&](std::vector<Version> more) {
    auto all = fork;
    all.insert(all.end(), more.begin(), more.end());
    return CaseGraph(kLead, all);
  };
  const CaseGraph equal = with({v(4, {2, 3}, "same"), v(5, {2, 3}, "same")});
  CHECK(heads_of(equal) == Heads{{id(4), id(5)}});
  CHECK_FALSE(equal.conflict());
  CHECK(with({v(4, {2, 3}, "same"), v(5, {2, 3}, "other")}).conflict());
  CHECK(with({v(4, {2, 3}, "same"), v(5, {2}, "same")}).conflict());  // not the same parents
  // A third follows one of the two; the other was the same decision.
  CHECK(heads_of(with({v(4, {2, 3}, "same"), v(5, {2, 3}, "same"), v(6, {4})})) == Heads{{id(6)}});
  // And equal followers of equal ones are equal again.
  CHECK(heads_of(with({v(4, {2, 3}, "s"), v(5, {2, 3}, "s"), v(6, {4}, "t"), v(7, {5}, "t")})) ==
        Heads{{id(6), id(7)}});
  CHECK(with({v(4, {2, 3}, "s"), v(5, {2, 3}, "s"), v(6, {4}, "t"), v(7, {5}, "u")}).conflict());
  auto gone = v(4, {1}), gone_too = v(5, {1});
  for (Version* w : {&gone, &gone_too}) w->withdrawal = true, w->content.reset();
  CHECK_FALSE(CaseGraph(kLead, {v(1), gone, gone_too}).conflict());
  // What cannot be read is equal to nothing.
  for (Version* w : {&gone, &gone_too}) w->withdrawal = false;
  CHECK(CaseGraph(kLead, {v(1), gone, gone_too}).conflict());
}

TEST_CASE("offices stand side by side, and only the lead office replaces what another says") {
  const OfficeId a = office(2), b = office(3);
  const CaseGraph side(kLead, {v(1), v(2, {1}, "a", a), v(3, {1}, "b", b), v(4, {1, 2, 3}, "b2", b)});
  CHECK_FALSE(side.conflict());
  CHECK(heads_of(side) == Heads{{id(1)}});     // an answer does not replace what was asked
  CHECK(heads_of(side, a) == Heads{{id(2)}});  // nor does a neighbour
  CHECK(heads_of(side, b) == Heads{{id(4)}});  // its own it does
  CHECK(side.standpoints().front().author == kLead);
  const CaseGraph agreed(kLead, {v(1), v(2, {1}, "a", a), v(3, {1}, "b", b), v(4, {1, 2, 3}, "agreed")});
  CHECK(agreed.standpoints().size() == 1);
  CHECK(heads_of(agreed) == Heads{{id(4)}});
  CHECK(CaseGraph(kLead, {v(1), v(2, {1}, "a", a), v(3, {1}, "a2", a)}).conflict());
}

TEST_CASE("the lowest common ancestors, one or several, and none where they cannot be known") {
  struct Row {
    const char* name;
    std::vector<Version> versions;
    std::vector<RecordId> common;
    bool known;
  };
  const Row rows[] = {
      {"a fork", {v(1), v(2, {1}), v(3, {1})}, {id(1)}, true},
      {"lower than the first", {v(1), v(2, {1}), v(3, {2}), v(4, {2})}, {id(2)}, true},
      {"behind long sides", {v(1), v(2, {1}), v(3, {2}), v(4, {1}), v(5, {4})}, {id(1)}, true},
      {"crossed", {v(1), v(2, {1}), v(3, {1}), v(4, {2, 3}), v(5, {2, 3})}, {id(2), id(3)}, true},
      {"three heads", {v(1), v(2, {1}), v(3, {2}), v(4, {2}), v(5, {1})}, {id(1)}, true},
      {"two beginnings", {v(1), v(2)}, {}, false},
      {"the common one is missing", {v(2, {1}), v(3, {1})}, {}, false},
      {"missing below the common one", {v(2, {1}), v(3, {2}), v(4, {2})}, {id(2)}, true},
      {"missing on one side", {v(1), v(3, {1, 2}), v(4, {1})}, {id(1)}, true},
      {"missing on both sides", {v(1), v(4, {1, 2}), v(5, {1, 3})}, {id(1)}, false},
      {"a circle", {v(1, {2}), v(2, {1})}, {}, false},
  };
  for (const Row& r : rows) {
    CAPTURE(r.name);
    const CaseGraph g(kLead, r.versions);
    const auto common = g.common(g.of(kLead)->heads);
    std::vector<RecordId> found;
    for (const std::size_t i : common.versions) found.push_back(g.at(i).id);
    CHECK(found == r.common);
    CHECK(common.known == r.known);
  }
}

TEST_CASE("a decision made on what was replaced by then is told from one that was answered") {
  const CaseGraph g(kLead, {v(1), v(2, {1}), v(5, {2}), v(6, {1}, "side")});
  const auto newer = [&](std::vector<RecordId> on, std::uint32_t at) {
    std::vector<RecordId> out;
    for (const std::size_t i : g.newer_than(on, sync::Hlc{1000 + at})) out.push_back(g.at(i).id);
    return out;
  };
  CHECK(newer({id(1)}, 1).empty());                // nothing was there yet
  CHECK(newer({id(1)}, 3) == std::vector{id(2)});  // a correction was on its way
  CHECK(newer({id(1)}, 9) == std::vector{id(2), id(5), id(6)});
  CHECK(newer({id(2)}, 3).empty());
  CHECK(newer({id(1), id(2)}, 3).empty());  // it knew of the newer one too
  CHECK(newer({id(5), id(6)}, 9).empty());
  CHECK(newer({id(77)}, 9).empty());  // of a version that is not here nothing is said
  CHECK(CaseGraph(kLead, {v(1), v(2, {1}, "a", office(2))}).newer_than(std::vector{id(1)}, sync::Hlc{9999}).empty());
  CHECK(CaseGraph(kLead, {v(1, {2}), v(2, {1})}).newer_than(std::vector{id(1)}, sync::Hlc{9999}).empty());
}

TEST_CASE("the view is the same in whatever order the versions came, however strange they are") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    std::vector<Version> all;
    const std::uint32_t n = 1 + below(14);
    for (std::uint32_t i = 1; i <= n; ++i) {
      std::vector<std::uint32_t> parents;
      for (std::uint32_t p = below(4); p > 0; --p) parents.push_back(1 + below(seed % 3 == 0 ? n + 2 : i));
      Version one = v(i, parents, std::to_string(below(3)), below(5) == 0 ? office(2) : kLead);
      one.at = sync::Hlc{1000 + below(6)};
      one.content->fields.set("deaths", std::int64_t{below(3)});
      one.content->body = std::to_string(below(3));
      if (below(8) == 0) one.withdrawal = true, one.content.reset();
      if (below(12) == 0) one.content.reset();
      all.push_back(std::move(one));
    }
    const auto guarded = [](std::string_view name) { return name == "deaths"; };
    const auto told = [&](const std::vector<Version>& versions) {
      const CaseGraph g(kLead, versions);
      std::string out;
      std::size_t heads = 0;
      for (const auto& s : g.standpoints()) {
        REQUIRE_FALSE(s.heads.empty());
        heads += s.heads.size();
        const CaseView view = view_of(g, s, guarded);
        for (const auto& h : s.heads) out += hex(g.at(h.newest()).id.view()) + std::to_string(h.same.size()) + " ";
        for (const auto& d : view.differences)
          out += d.name + std::to_string(d.from) + (d.how == Difference::How::taken ? "t" : "d");
        out += view.withdrawn ? "w" : "-";
        if (view.report)
          out += view.report->title + "|" + view.report->body + "|" +
                 std::to_string(view.report->fields.count("deaths").value_or(-1));
      }
      CHECK(heads > 0);  // nothing is ever out of sight altogether
      return out;
    };
    const std::string first = told(all);
    for (int i = 0; i < 4; ++i) {
      std::shuffle(all.begin(), all.end(), random);
      CHECK(told(all) == first);
    }
    const std::vector<Version> again = all;
    all.insert(all.end(), again.begin(), again.end());  // and each of them twice
    CHECK(told(all) == first);
  }
}

TEST_CASE("thousands of heads are counted, and eight of them compared") {
  std::vector<Version> all{v(0)};
  for (std::uint32_t i = 1; i <= 20'000; ++i) all.push_back(v(i, {0}));
  const CaseGraph g(kLead, all);
  REQUIRE(g.of(kLead)->heads.size() == 20'000);
  const CaseView view = view_of(g, *g.of(kLead), [](std::string_view) { return false; });
  CHECK(view.heads.size() == kJoinedAtOnce);
  CHECK(view.more == 20'000 - kJoinedAtOnce);
  CHECK(view.disputed() == std::vector<std::string>{"title"});
}
