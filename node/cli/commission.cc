// Commissions (约稿) for people.
#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::string asked_text(const Session& s, const std::string& state) {
  struct Row {
    const char *word, *zh, *en;
  };
  static constexpr Row kRows[] = {{"waiting", "未送达", "not there yet"},
                                  {"delivered", "已送达", "delivered"},
                                  {"opened", "对方已核验", "verified there"},
                                  {"accepted", "已接稿", "accepted"},
                                  {"declined", "不能承担", "declined"},
                                  {"extension_asked", "申请延期", "asks for more time"},
                                  {"answered", "已报", "answered"},
                                  {"returned", "退回补充", "sent back"},
                                  {"overdue", "逾期", "overdue"},
                                  {"excused", "免报", "excused"},
                                  {"open", "未完成", "open"},
                                  {"closed", "已办结", "closed"},
                                  {"in_review", "待签发", "waits for a signer"},
                                  {"draft", "草稿", "draft"}};
  for (const Row& r : kRows)
    if (state == r.word) return s.say(r.zh, r.en);
  return plain(state);
}

Colour asked_colour(const std::string& state) {
  if (state == "overdue" || state == "declined") return Colour::red;
  if (state == "answered" || state == "excused") return Colour::green;
  return state == "extension_asked" || state == "returned" ? Colour::yellow : Colour::none;
}

std::string act_text(const Session& s, const std::string& act) {
  struct Row {
    const char *word, *zh, *en;
  };
  static constexpr Row kRows[] = {{"issue", "约稿", "asked"},          {"accept", "接稿", "accepted"},
                                  {"decline", "不能承担", "declined"}, {"extend", "申请延期", "asked for more time"},
                                  {"answer", "报稿", "answered"},      {"pass", "转给下级", "passed on"},
                                  {"grant", "同意", "granted"},        {"refuse", "不同意", "refused"},
                                  {"chase", "催办", "reminded"},       {"amend", "更正", "corrected"},
                                  {"close", "办结", "closed"}};
  for (const Row& r : kRows)
    if (act == r.word) return s.say(r.zh, r.en);
  return plain(act);
}

std::string named(const Doc& d) { return plain(d.text("name").empty() ? d.text("office") : d.text("name")); }

void tell_asked(const Session& s, const Doc& a, const std::string& indent) {
  const std::string state = a.text("state");
  std::string l =
      indent + named(a) + " (" + plain(a.text("office")) + ")  " + paint(asked_colour(state), asked_text(s, state));
  if (state == "overdue") l += s.say("（", " (") + asked_text(s, a.text("stage")) + s.say("）", ")");
  if (!a.text("until").empty()) l += s.say("，延到 ", ", until ") + time_text(a.text("until"));
  if (a.flag("late")) l += paint(Colour::red, s.say("，迟报", ", late"));
  if (a.has("heard") && !a.flag("heard")) l += s.say("（没有消息）", " (nothing heard)");
  if (a.number("chased") > 0) l += s.say("，催办 ", ", reminded ") + a.text("chased") + s.say(" 次", "x");
  if (!a.text("reason").empty()) l += "  " + plain(a.text("reason"));
  line(l);
  for (const Doc& g : a.at("answers").items())
    line(indent + "  " + s.say("报稿：", "answer: ") +
         plain(g.text("title").empty() ? g.text("case") : g.text("title")) + "  " + plain(g.text("number")) + "  " +
         time_text(g.text("signed_at")));
  for (const Doc& b : a.at("below").items()) tell_asked(s, b, indent + "    ");
  std::string up;
  for (const Doc& o : a.at("holds_up").items()) up += (up.empty() ? "" : ", ") + plain(o.text());
  if (!up.empty() && !a.at("below").items().empty())
    line(indent + "  " + paint(Colour::yellow, s.say("还在等：", "waits for: ") + up));
}

/// Corrections that hold, and one that waits for its signature.
void tell_texts(const Session& s, const Doc& d) {
  const auto texts = d.at("texts").items();
  for (std::size_t i = 1; i < texts.size(); ++i)
    line(paint(Colour::yellow, s.say("更正 ", "corrected ") + time_text(texts[i].text("at"))) + "  " +
         plain(texts[i].text("by")) + "  " + plain(texts[i].text("reason")));
  const Doc draft = d.at("draft");
  if (!draft.flag("corrects")) return;
  line(paint(Colour::yellow, s.say("更正待签发：", "A correction waits for its signature: ")) +
       plain(draft.text("title")) + "  " + plain(draft.text("reason")));
  if (!draft.text("body").empty()) line(plain(draft.text("body"), true));
}

void tell(const Session& s, const Doc& d) {
  line(paint(Colour::bold, plain(d.text("title"))) + "  " +
       paint(asked_colour(d.text("state")), asked_text(s, d.text("state"))));
  line(plain(d.text("office_name")) + " (" + plain(d.text("office")) + ")  " + plain(d.text("number")) + "  " +
       plain(d.text("case")));
  line(s.say("截止 ", "due ") + time_text(d.text("due_at")) + "  " + kind_text(d.text("kind"), s.language()) + "  " +
       lane_text(d.text("lane"), s.language()));
  if (!d.at("parent").empty())
    line(s.say("上级约稿：", "passes on: ") + plain(d.at("parent").text("title")) + "  " +
         plain(d.at("parent").text("office")) + "  " + plain(d.at("parent").text("case")));
  if (!d.text("body").empty()) line("\n" + plain(d.text("body"), true));
  tell_texts(s, d);
  for (const Doc& c : d.at("children").items()) line(s.say("已转给下级：", "passed on as: ") + plain(c.text()));
  line();
  if (!d.at("mine").empty()) tell_asked(s, d.at("mine"), "  ");
  for (const Doc& a : d.at("addressees").items()) tell_asked(s, a, "  ");
  const auto history = d.at("history").items();
  if (!history.empty()) line("\n" + paint(Colour::bold, s.say("经过", "What was said")));
  for (const Doc& e : history) {
    std::string l = "  " + time_text(e.text("at")) + "  " +
                    plain(e.text("office_name").empty() ? e.text("office") : e.text("office_name")) + " " +
                    plain(e.text("by")) + "  " + act_text(s, e.text("act"));
    if (!e.text("until").empty() && e.text("act") != "issue") l += "  → " + time_text(e.text("until"));
    if (!e.text("text").empty()) l += "  " + plain(e.text("text"));
    line(l);
  }
}

}  // namespace

int run(Session& s, const CommissionNew& c) {
  Doc body;
  if (c.body_file) {
    auto text = read_input(*c.body_file, kBodyBytesMost, s.language());
    if (!text) return s.finish(s.problem(text.error()), {});
    if (!is_utf8(*text))
      return s.finish(s.problem({Fault::invalid,
                                 plain(*c.body_file) + s.say(" 不是 UTF-8 文字。请另存为 UTF-8 编码后再试。",
                                                             " is not UTF-8 text. Save it in UTF-8 and try again."),
                                 "cli.not_utf8"}),
                      {});
    if (text->ends_with('\n')) text->pop_back();
    body.set("body", std::string_view(*text));
  }
  if (c.title) body.set("title", std::string_view(*c.title));
  if (c.due) body.set("due_at", std::string_view(*c.due));
  if (c.kind) body.set("kind", std::string_view(*c.kind));
  body.set_if("lane", c.lane);
  using How = CommissionNew::How;
  if (!c.to.empty()) {
    Doc to = Doc::array();
    for (const std::string& code : c.to) to.push(Doc::of(code));
    body.set("to", to);
  }
  body.set_if("reason", c.reason);
  std::string target = "/api/v1/commissions";
  if (c.how != How::issue) target += "/" + percent(c.parent);
  if (c.how == How::pass) target += "/pass";
  if (c.how == How::amend) target += "/amend";
  return s.finish(s.ask(c.how == How::edit ? "PUT" : "POST", target, body), [&](const Doc& d) {
    if (d.has("history")) return tell(s, d);
    if (d.text("state") == "in_review") {
      line(s.say("已拟好，等待签发人签发：", "Drafted; it waits for a signer: ") + plain(d.text("case")));
      return line(
          s.say("下一步：另一位同志执行 yizhan commission sign ", "Next, another person: yizhan commission sign ") +
          plain(d.text("case")));
    }
    line(s.say("约稿已签发，排队下发：", "Signed and queued: ") + plain(d.text("case")) + "  " +
         plain(d.text("number")));
    for (const Doc& a : d.at("addressees").items()) line("  " + named(a) + " (" + plain(a.text("office")) + ")");
  });
}

int run(Session& s, const CommissionList& c) {
  const std::string target =
      "/api/v1/commissions" +
      query({{"side", c.side}, {"open", c.open ? "true" : ""}, {"overdue", c.overdue ? "true" : ""}});
  return s.finish(s.get(target), [&](const Doc& d) {
    Table table({{s.say("编号", "case"), false, 10},
                 {s.say("约稿单位", "asked by"), false, 16},
                 {s.say("标题", "title"), false, 40},
                 {s.say("截止", "due")},
                 {s.say("情况", "state"), false, 40}});
    for (const Doc& m : d.at("commissions").items()) {
      std::string how = asked_text(s, m.text("state"));
      if (!m.at("mine").empty()) how = asked_text(s, m.at("mine").text("state"));
      const Doc counts = m.at("counts");
      if (!counts.keys().empty()) how.clear();
      for (const std::string& k : counts.keys())
        how += (how.empty() ? "" : s.say("，", ", ")) + asked_text(s, k) + " " + counts.text(k);
      table.row({cut(m.text("case"), 8), plain(m.text("office_name")), plain(m.text("title")),
                 time_text(m.text("due_at")), how});
    }
    if (table.empty()) return line(s.say("没有约稿。", "There are none."));
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const CommissionShow& c) {
  return s.finish(s.get("/api/v1/commissions/" + percent(c.case_id)), [&](const Doc& d) { tell(s, d); });
}

int run(Session& s, const CommissionAct& c) {
  using What = CommissionAct::What;
  static constexpr const char* kVerbs[] = {"accept", "decline", "extend", "answer", "grant",   "refuse",
                                           "chase",  "close",   "sign",   "return", "withdraw"};
  const bool draft = c.what == What::sign || c.what == What::send_back || c.what == What::remove;
  Doc body;
  switch (c.what) {
    case What::decline:
    case What::refuse:
    case What::extend:
      body.set("reason", std::string_view(c.text));
      break;
    case What::answer:
      body.set("report", std::string_view(c.report));
      break;
    case What::remove:
    case What::sign:
      break;
    default:
      body.set("note", std::string_view(c.text));
  }
  if (c.what == What::extend || !c.until.empty()) body.set("until", std::string_view(c.until));
  body.set_if("office", c.office);
  if (!c.offices.empty()) {
    Doc list = Doc::array();
    for (const std::string& code : c.offices) list.push(Doc::of(code));
    body.set("offices", list);
  }
  const std::string target = std::string("/api/v1/") + (draft ? "reports/" : "commissions/") + percent(c.case_id) +
                             "/" + kVerbs[static_cast<std::size_t>(c.what)];
  return s.finish(s.ask("POST", target, body), [&](const Doc& d) {
    if (d.has("history")) return tell(s, d);
    tell_warnings(s, d);
    const std::string id = plain(d.text("case"));
    if (d.text("state") == "deleted") return line(s.say("草稿已删除：", "Draft deleted: ") + id);
    if (d.text("state") == "returned") return line(s.say("已退回修改：", "Returned: ") + id);
    if (d.text("state") == "in_review")
      return line(s.say("已提交，等待签发：", "Submitted; it waits for the signer: ") + id);
    line(s.say("已签发，排队待发：", "Signed and queued: ") + id + "  " + plain(d.text("number")));
  });
}

}  // namespace yz::node::cli
