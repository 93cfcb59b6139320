// Work that is asked for, and rules that travel down: what is pure, and what a hostile body may not do.
#include <doctest/doctest.h>

#include "node/net/rules_json.h"
#include "node/office/body.h"
#include "node/office/policy.h"
#include "tests/node/times.h"

using namespace yz;
using namespace yz::node;
using test::kHour;
using test::kNow;

namespace {

using Word = CommissionWord::Act;
using Reply = CommissionReply::Act;
constexpr sync::Millis kDue = kNow + 10 * kHour;

struct Said {
  OfficeId issuer, town;
  std::vector<CommissionEvent> events;
  std::vector<GivenAnswer> answers;
  bool closed = false;
  Said() {
    issuer.bytes[0] = 1;
    town.bytes[0] = 2;
  }
  CommissionEvent& next() {
    CommissionEvent& e = events.emplace_back();
    e.at = sync::Hlc::at(kNow + static_cast<sync::Millis>(events.size()) * kHour);
    e.record.bytes[0] = static_cast<std::uint8_t>(events.size());
    return e;
  }
  Said& town_says(Reply act, sync::Millis until = 0) {
    CommissionEvent& e = next();
    e.by = town;
    e.reply.emplace().act = act;
    e.reply->until_ms = until;
    return *this;
  }
  Said& issuer_says(Word act, sync::Millis due = 0) {
    CommissionEvent& e = next();
    e.by = issuer;
    e.to = {town};
    e.word.emplace().act = act;
    e.word->due_ms = due;
    return *this;
  }
  Said& answered(sync::Millis at, ReportState state = ReportState::received) {
    GivenAnswer& g = answers.emplace_back();
    g.known = true;
    g.signed_ms = at;
    g.state = state;
    return *this;
  }
  Asked at(sync::Millis now) const {
    return follow(town, AskedState::delivered, kNow, kDue, events, answers, closed, now);
  }
  std::string_view state(sync::Millis now = kNow + 9 * kHour) const { return name_of(at(now).state); }
};

RuleSet built_in() { return load_rules().value(); }

std::vector<std::string> codes(std::string_view document, const RuleSet* superior = nullptr) {
  std::vector<std::string> out;
  for (const PolicyProblem& p : check_policy(document, built_in(), superior)) out.push_back(p.code);
  return out;
}

Result<DecodedBody> with(const std::string& member) {
  const std::string body =
      R"({"v":1,"type":9,"kind":"research","lane":"routine","sensitivity":"internal","title":"t","body":"b",)" +
      member + "}";
  return decode_body(view(body));
}
const std::string kId16(32, 'a'), kId32(64, 'b');

}  // namespace

TEST_CASE("how it stands with an office follows from what was signed") {
  CHECK(Said().state() == "delivered");
  CHECK(Said().state(kDue + 1) == "overdue");
  CHECK(Said().town_says(Reply::accept).state() == "accepted");
  CHECK(Said().town_says(Reply::decline).state() == "declined");
  CHECK(Said().town_says(Reply::decline).state(kDue + 1) == "declined");
  CHECK(Said().town_says(Reply::decline).issuer_says(Word::grant).state(kDue + 1) == "excused");
  CHECK(Said().town_says(Reply::decline).issuer_says(Word::refuse).state() == "opened");
  CHECK(Said().town_says(Reply::extend, kDue + kHour).state() == "extension_asked");
  CHECK(Said().town_says(Reply::extend, kDue + kHour).state(kDue + 1) == "overdue");
  CHECK(Said().town_says(Reply::extend, kDue + kHour).issuer_says(Word::grant, kDue + kHour).state(kDue + 1) ==
        "accepted");
  CHECK(Said().town_says(Reply::extend, kDue + kHour).issuer_says(Word::refuse).state(kDue + 1) == "overdue");
  CHECK(Said().answered(kDue - 1).state(kDue + kHour) == "answered");
  CHECK(Said().answered(kDue - 1, ReportState::withdrawn).state(kDue + kHour) == "overdue");
  CHECK(Said().answered(kDue - 1, ReportState::returned).state() == "returned");
  CHECK(Said().answered(kDue - 1, ReportState::returned).answered(kDue + 1).at(kDue + kHour).late);
  CHECK_FALSE(Said().answered(kDue - 1).answered(kDue + 1).at(kDue + kHour).late);
  CHECK(Said().issuer_says(Word::chase).issuer_says(Word::chase).at(kNow).chased == 2);
  CHECK(Said().issuer_says(Word::refuse).town_says(Reply::accept).state() == "accepted");
  Said closed;
  closed.closed = true;
  CHECK(closed.state(kDue + 1) == "delivered");
}

TEST_CASE("an answer submitted in time and signed perhaps after it is late for nobody, and sure for nobody") {
  struct Row {
    sync::Millis from, until;              ///< signed not before, not after; from the due time
    std::optional<sync::Millis> received;  ///< from the due time
    bool late, unsure;
  };
  const Row rows[] = {
      {-kHour, -kHour, {}, false, false},  // one person: the very moment
      {-kHour, 0, {}, false, false},       // signed by the due time whenever it was
      {-kHour, 1, {}, false, true},        // perhaps a moment after
      {-kHour, kHour, {}, false, true},
      {0, kHour, {}, false, true},
      {-kHour, kHour, -1, false, false},  // but it had arrived by then
      {-kHour, kHour, 0, false, false},
      {-kHour, kHour, 1, false, true},
      {1, 1, {}, true, false},  // submitted after it: late for certain
      {1, kHour, 2, true, false},
  };
  for (const Row& r : rows) {
    CAPTURE(r.from);
    CAPTURE(r.until);
    Said s;
    s.answered(kDue + r.from);
    s.answers.back().signed_until = kDue + r.until;
    if (r.received) s.answers.back().received = kDue + *r.received;
    const Asked a = s.at(kDue + 2 * kHour);
    CHECK(a.state == AskedState::answered);
    CHECK(a.late == r.late);
    CHECK(a.unsure == r.unsure);
  }
  // One that was sent back says nothing: the next one counts, with its own interval.
  Said again;
  again.answered(kDue - kHour, ReportState::returned).answered(kDue - 1);
  again.answers.back().signed_until = kDue + kHour;
  CHECK(again.at(kDue + kHour).unsure);
}

TEST_CASE("another office's words change nothing for this one") {
  Said s;
  s.town_says(Reply::accept).events.back().by.bytes[0] = 7;
  s.issuer_says(Word::grant, kDue + kHour).events.back().to = {s.issuer};
  CHECK(s.state() == "delivered");
  CHECK(s.at(kNow).due_ms == kDue);
}

TEST_CASE("a commission's members are read back as they were written") {
  BodyExtras x;
  x.type = sync::RecordType::commission;
  x.commission.emplace().due_ms = kDue;
  x.commission->parent = CommissionWord::Parent{{}, "上级的标题", kDue + kHour};
  x.commission->chain.resize(2);
  x.reply.emplace().act = Reply::pass;
  x.reply->child.emplace();
  x.reply->to.resize(1);
  x.answers.emplace();
  x.policy = "370700#3";
  const auto back = decode_body(encode_body(Report(), x));
  REQUIRE(back);
  CHECK(back->extras == x);
}

TEST_CASE("a hostile commission is refused") {
  CHECK(with(R"("commission":{"act":"issue","due_at":1780900000000,"more":[1]})"));
  for (const std::string bad :
       {R"("commission":[])", R"("commission":{})", R"("commission":{"act":"issue"})",
        R"("commission":{"act":"issue","due_at":-5})", R"("commission":{"act":"issue","due_at":1e12})",
        R"("commission":{"act":"issue","due_at":99999999999999999})", R"("commission":{"act":"rule","due_at":5})",
        R"("commission":{"act":"issue","due_at":5,"chain":["zz"]})",
        R"("commission":{"act":"issue","due_at":5,"chain":7})",
        R"("commission":{"act":"issue","due_at":5,"parent":{"office":"aa"}})", R"("reply":{"act":"accept"})",
        R"("answers":"x")", R"("answers":{})"}) {
    CAPTURE(bad);
    CHECK_FALSE(with(bad));
  }
  const std::string reply = R"("reply":{"commission":")" + kId32 + "\",";
  CHECK(with(reply + R"("act":"accept"})"));
  CHECK_FALSE(with(reply + R"("act":"extend"})"));
  CHECK_FALSE(with(reply + R"("act":"answer"})"));
  CHECK_FALSE(with(reply + R"("act":"pass"})"));
  CHECK_FALSE(with(reply + R"("act":"accept","to":[")" + kId16 + "\",\"" + kId16 + "\"]}"));
  std::string chain;
  for (std::size_t i = 0; i <= kCommissionDeepest; ++i) chain += (i ? ",\"" : "\"") + kId16 + "\"";
  CHECK_FALSE(with(R"("commission":{"act":"issue","due_at":5,"chain":[)" + chain + "]}"));
}

TEST_CASE("the built-in rules may be published as they are") { CHECK(codes(document_of(built_in())).empty()); }

TEST_CASE("a policy says nothing that this program does not know, nothing against the law, nothing laxer than above") {
  const auto deadline = [](const char* more) {
    return std::string(R"({"v":1,"deadlines":[{"hop":"township>county","level":"IV",)") + more + "}]}";
  };
  CHECK(codes(deadline(R"("written_min":45)")).empty());
  CHECK(codes(deadline(R"("written_min":121)")) == std::vector<std::string>{"policy.legal"});
  CHECK(codes(deadline(R"("written_min":0)")).front() == "policy.form");
  CHECK(codes(deadline(R"("written_min":30,"class":"XX")")) == std::vector<std::string>{"policy.unknown"});
  CHECK(codes(deadline(R"("written_min":30,"phone_min":31)")) == std::vector<std::string>{"policy.form"});
  CHECK(codes(R"({"v":1,"rules":[{"id":"S01","severity":"warning"}]})") == std::vector<std::string>{"policy.legal"});
  CHECK(codes(R"({"v":1,"signoff":[{"kind":"first_report","steps":3}]})") == std::vector<std::string>{"policy.legal"});
  CHECK(codes(R"({"v":1,"colour":1})") == std::vector<std::string>{"policy.unknown"});
  CHECK(codes("[1]") == std::vector<std::string>{"policy.form"});
  CHECK(codes(std::string(kPolicyBytesMax + 1, ' ')) == std::vector<std::string>{"policy.size"});
  RuleSet above = built_in();
  apply_policy(deadline(R"("written_min":45)"), false, above);
  CHECK(codes(deadline(R"("written_min":50)"), &above) == std::vector<std::string>{"policy.laxer"});
  CHECK(codes(deadline(R"("written_min":40)"), &above).empty());
}

TEST_CASE("below, a policy counts only where it asks for more") {
  const auto minutes = [](const RuleSet& r) {
    for (const Deadline& d : r.deadlines)
      if (d.hop == "township>county" && d.level == IncidentLevel::iv && d.class_code.empty()) return d.written_min;
    return std::int64_t{0};
  };
  const auto to = [](int n) {
    return R"({"v":1,"deadlines":[{"hop":"township>county","level":"IV","written_min":)" + std::to_string(n) + "}]}";
  };
  RuleSet rules = built_in();
  apply_policy(to(90), false, rules);
  CHECK(minutes(rules) == 90);
  apply_policy(to(100), true, rules);
  CHECK(minutes(rules) == 90);
  apply_policy(to(80), true, rules);
  CHECK(minutes(rules) == 80);
  apply_policy(R"({"deadlines":"x","rules":[7,{"id":"Z"}],"signoff":[{}],"commission":{"slack":[{"level":"moon"}]}})",
               false, rules);
  CHECK(minutes(rules) == 80);
}

TEST_CASE("a policy's body has one form") {
  const PolicyBody b{3, kNow, R"({"v":1})"};
  const auto back = decode_policy(encode_policy(b));
  REQUIRE(back);
  CHECK(back->version == 3);
  CHECK(back->effective_ms == kNow);
  CHECK(back->document == b.document);
  for (const std::string bad : {"", "[]", R"({"v":1})", R"({"v":1,"version":0,"effective_at":1,"document":{}})",
                                R"({"v":1,"version":1,"effective_at":-1,"document":{}})",
                                R"({"v":1,"version":1,"effective_at":1,"document":[]})"})
    CHECK_FALSE(decode_policy(view(bad)));
}

TEST_CASE("what differs between two policies is named by entry, wherever it stands") {
  const auto changes =
      policy_changes(R"({"rules":[{"id":"A","severity":"error"},{"id":"B","severity":"error"}]})",
                     R"({"rules":[{"id":"B","severity":"warning"},{"id":"A","severity":"error"}],"name":"x"})");
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].where == "rules[B].severity");
  CHECK(changes[0].after == "\"warning\"");
  CHECK(changes[1].before.empty());
}
