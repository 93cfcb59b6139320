// A superior's acts, the replies to them, and how people read them.
#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::string path_of(const std::string& id, const char* verb) { return "/api/v1/reports/" + percent(id) + "/" + verb; }

/// What both acts of two persons say.
void tell_act(const Session& s, const Doc& d, std::string_view zh, std::string_view en) {
  const std::string id = plain(d.text("case"));
  if (d.flag("waiting_for_signature")) {
    line(s.say("已提交，等另一人签：", "It waits for the other person's signature: ") + id);
    return line(s.say("另一人执行 yizhan report sign，签了才下达；或 yizhan report return 退回。",
                      "The other runs `yizhan report sign`, which sends it, or `yizhan report return`."));
  }
  line(s.say(zh, en) + id + "  " + state_text(d.text("state"), s.language()));
  line(s.say("编号 ", "record ") + plain(d.text("record")).substr(0, 12) +
       s.say("；有关单位下次联系时收到。", "; the offices concerned get it at their next contact."));
}

class Acts {
 public:
  Acts(const Session& s, const Doc& report) : s_(s), d_(report), zh_(s.language() == Language::zh) {}

  void print() const {
    const auto sources = d_.at("sources").items();
    if (!sources.empty()) heading("综合自", "Put together from");
    for (const Doc& o : sources)
      line("  " + office(o, "office_name") + "  " + plain(o.text("title")) + "  " + plain(o.text("case")).substr(0, 8) +
           (o.flag("here") ? "" : s_.say("  （本机没有）", "  (not here)")));
    auto all = d_.at("acts").items();
    std::erase_if(all, [](const Doc& a) { return a.text("act") == "forwarded"; });  // layers and time line have it
    if (!all.empty()) heading("处理、批示与往来", "Decisions, instructions, questions");
    for (const Doc& a : all) act(a);
    if (const Doc owed = d_.at("owed"); !owed.empty())
      line(paint(Colour::yellow, s_.say("已送达、上级尚未签收，自 ", "delivered and not acknowledged yet, since ") +
                                     time_text(owed.text("since"))));
  }

 private:
  void heading(std::string_view zh, std::string_view en) const { line("\n" + paint(Colour::bold, s_.say(zh, en))); }

  static std::string office(const Doc& o, const char* name) {
    return plain(o.text(name).empty() ? o.text("office") : o.text(name));
  }

  std::string word(const Doc& a) const {
    const std::string kind = a.text("act");
    if (kind == "decision") return state_text(a.text("outcome"), s_.language());
    if (kind == "instruction") return s_.say("批示", "instruction");
    if (kind == "progress") return a.flag("done") ? s_.say("办理完毕", "done") : s_.say("办理进展", "progress");
    if (kind == "close") return s_.say("办结", "closed");
    if (kind == "question") return s_.say("追问", "question");
    if (kind == "verify") return s_.say("核报", "to be verified");
    if (kind == "urge") return s_.say("催报", "urged");
    if (kind == "answer") return s_.say("答复", "answer");
    if (kind == "cosign") return s_.say("请会签", "asked to co-sign");
    if (kind == "cosigned") return s_.say("会签", "co-signed");
    if (kind == "cosign_declined") return s_.say("不同意会签", "declined to co-sign");
    if (kind == "merged") return s_.say("综合", "merged");
    return plain(kind);
  }

  std::string standing(const Doc& a) const {
    const std::string state = a.text("state");
    if (a.flag("waiting_for_signature"))
      return paint(Colour::yellow, a.text("waits_for") == "signer"
                                       ? s_.say("  代录，待领导签", "  waits for the leader")
                                       : s_.say("  待另一人签发", "  waits to be sent"));
    if (state == "open") return s_.say("  未办", "  open");
    if (state == "in_follow_through") return s_.say("  督办中", "  in follow-through");
    if (state == "feedback_given") return s_.say("  已反馈", "  feedback given");
    if (state == "answered") return s_.say("  已答复", "  answered");
    if (state == "closed") return s_.say("  已办结", "  closed");
    if (state == "overdue") return paint(Colour::red, s_.say("  已超时", "  overdue"));
    if (state == "superseded") return s_.say("  已另作处理", "  decided anew since");
    return {};
  }

  void act(const Doc& a) const {
    std::string by;
    for (const Doc& name : a.at("by").items()) by += (by.empty() ? "" : zh_ ? "、" : ", ") + plain(name.text());
    line("  " + (a.text("at").empty() ? s_.say("（未下达）", "(not sent)") : time_text(a.text("at"))) + "  " +
         office(a, "office_name") + " " + by + "  " + paint(Colour::bold, word(a)) + standing(a) + "  " +
         plain(a.text("record")).substr(0, 8));
    const std::size_t columns = terminal_columns() ? terminal_columns() : 100;
    for (const char* key : {"text", "reason"})
      if (const std::string text = a.text(key); !text.empty()) out(wrap(plain(text, true), columns, 5));
    if (!a.text("publication").empty() || a.number("issue") > 0)
      line("     " + plain(a.text("publication")) +
           (a.number("issue") > 0 ? s_.say("第", " no. ") + a.text("issue") + s_.say("期", "") : ""));
    if (const Doc marks = a.at("rating"); !marks.empty()) rating(marks);
    if (!a.text("due_at").empty()) line("     " + s_.say("时限 ", "due ") + time_text(a.text("due_at")));
    for (const Doc& o : a.at("assignees").items())
      line("     " + s_.say("承办 ", "for ") + office(o, "name") + "  " +
           (o.text("state") == "done"                ? s_.say("办理完毕", "done")
            : o.text("state") == "in_follow_through" ? s_.say("办理中", "under way")
                                                     : s_.say("未回音", "nothing heard yet")));
    if (const Doc into = a.at("into"); !into.empty()) line("     → " + plain(into.text("title")));
    if (a.flag("on_older_version"))
      line("     " + paint(Colour::yellow, s_.say("依据的是旧版本", "made on a version replaced by then")));
    if (a.flag("exercise")) line("     " + s_.say("演练", "exercise"));
  }

  void rating(const Doc& marks) const {
    static constexpr std::pair<const char*, std::string_view> kNames[] = {
        {"significance", "高"}, {"freshness", "新"}, {"completeness", "全"}, {"accuracy", "实"}, {"conciseness", "精"}};
    std::string all;
    for (const auto& [name, zh] : kNames)
      if (marks.has(name)) all += (all.empty() ? "" : "  ") + s_.say(zh, name) + " " + marks.text(name);
    line("     " + s_.say("评价 ", "rating ") + all);
  }

  const Session& s_;
  const Doc& d_;
  bool zh_;
};

}  // namespace

void tell_acts(const Session& s, const Doc& report) { Acts(s, report).print(); }

int run(Session& s, const Decide& c) {
  Doc body, rating;
  body.set("outcome", c.outcome).set_if("publication", c.publication).set_if("reason", c.reason).set_if("text", c.text);
  if (c.issue) body.set("issue", *c.issue);
  for (const auto& [name, mark] : c.rating) rating.set(name, mark);
  if (!c.rating.empty()) body.set("rating", rating);
  if (c.dictated) body.set("dictated", true);
  body.set_if("leader", c.leader);
  return s.finish(s.ask("POST", path_of(c.case_id, "decide"), body),
                  [&](const Doc& d) { tell_act(s, d, "已处理：", "Decided: "); });
}

int run(Session& s, const Instruct& c) {
  Doc body;
  body.set("text", c.text).set_if("due_at", c.due);
  if (!c.assignees.empty()) body.set("assignees", Doc::list(c.assignees));
  if (c.dictated) body.set("dictated", true);
  body.set_if("leader", c.leader);
  return s.finish(s.ask("POST", path_of(c.case_id, "instruct"), body),
                  [&](const Doc& d) { tell_act(s, d, "批示已下达：", "The instruction is on its way: "); });
}

int run(Session& s, const Ask& c) {
  Doc body;
  body.set("kind", c.kind).set("text", c.text).set_if("due_at", c.due).set_if("on", c.on);
  if (!c.to.empty()) body.set("to", Doc::list(c.to));
  return s.finish(s.ask("POST", path_of(c.case_id, "ask"), body),
                  [&](const Doc& d) { tell_act(s, d, "已发出：", "Asked: "); });
}

int run(Session& s, const ActReply& c) {
  using What = ActReply::What;
  Doc body;
  switch (c.what) {
    case What::progress:
      body.set("instruction", c.on).set("text", c.text).set("done", c.done);
      return s.finish(s.ask("POST", path_of(c.case_id, "progress"), body),
                      [&](const Doc& d) { tell_act(s, d, "已反馈：", "Reported: "); });
    case What::close:
      body.set("instruction", c.on).set("note", c.text);
      return s.finish(s.ask("POST", path_of(c.case_id, "close"), body),
                      [&](const Doc& d) { tell_act(s, d, "已办结：", "Closed: "); });
    case What::answer:
      body.set("to", c.on).set("text", c.text);
      return s.finish(s.ask("POST", path_of(c.case_id, "answer"), body),
                      [&](const Doc& d) { tell_act(s, d, "已答复：", "Answered: "); });
    case What::seen:
      return s.finish(s.ask("POST", path_of(c.case_id, "seen")),
                      [&](const Doc& d) { line(s.say("已阅 ", "Read: ") + d.text("seen") + s.say(" 条", "")); });
  }
  return 70;
}

}  // namespace yz::node::cli
