#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::string state_of(const Session& s, const Doc& slot) {
  const std::string state = slot.text("state");
  if (state == "sent" && !slot.flag("certain")) return s.say("已报，到达较晚", "sent in time, arrived later");
  if (state == "sent") return s.say("已报", "sent");
  if (state == "late") return s.say("迟报", "late");
  if (state == "overdue") return s.say("逾期未报", "overdue");
  if (state == "missed") return s.say("漏报", "missed");
  if (state == "unheard") return s.say("失联，无法判断", "no contact since: cannot tell");
  return s.say("未到时间", "not due yet");
}

Colour colour_of(const std::string& state) {
  if (state == "sent") return Colour::green;
  if (state == "pending") return Colour::none;
  return state == "unheard" ? Colour::yellow : Colour::red;
}

}  // namespace

int run(Session& s, const ExerciseAct& c) {
  using What = ExerciseAct::What;
  Answer a;
  if (c.what == What::show) {
    a = s.get("/api/v1/exercise");
  } else {
    Doc body;
    body.set("on", c.what == What::begin).set_if("name", c.name);
    a = s.ask("POST", "/api/v1/exercise", body);
  }
  return s.finish(a, [&](const Doc& d) {
    const Doc e = d.at("exercise");
    if (c.what == What::end) return line(s.say("演练已结束。", "The exercise is over."));
    if (e.empty()) return line(s.say("没有演练在进行。", "No exercise is going on."));
    line(paint(Colour::red, s.say("【演练进行中】", "EXERCISE GOING ON ") + plain(e.text("name"))));
    line(s.say("自 ", "since ") + time_text(e.text("since")) + "  " + plain(e.text("by")));
    line(s.say("新写的信息都按演练标明；真实情况请加 --real。",
               "What is begun now is marked as an exercise; use --real for what really happens."));
  });
}

int run(Session& s, const ZeroSend& c) {
  Doc body;
  body.set_if("note", c.note);
  if (c.again) body.set("again", true);
  return s.finish(s.ask("POST", "/api/v1/zero", body), [&](const Doc& d) {
    tell_warnings(s, d);
    if (d.text("state") == "in_review")
      return line(s.say("已提交，等待另一位同志签发：", "Submitted; another officer signs it: ") +
                  plain(d.text("case")));
    line(s.say("零报告已签发，排队待发：", "Signed and queued: ") + plain(d.text("case")) + "  " +
         plain(d.text("number")));
  });
}

int run(Session& s, const ZeroList& c) {
  const std::string days = c.days ? std::to_string(*c.days) : "";
  return s.finish(s.get("/api/v1/zero" + query({{"days", days}})), [&](const Doc& d) {
    Table table({{s.say("单位", "office"), false, 20},
                 {s.say("应报时间", "due")},
                 {s.say("情况", "state"), false, 30},
                 {s.say("签发", "signed")},
                 {s.say("收到", "received")}});
    const auto rows = [&](const std::string& name, const Doc& slots) {
      for (const Doc& slot : slots.items())
        table.row({name,
                   time_text(slot.text("due_at")),
                   {state_of(s, slot), colour_of(slot.text("state"))},
                   time_text(slot.at("report").text("signed_at")),
                   time_text(slot.at("report").text("received_at"))});
    };
    rows(s.say("本单位", "ours"), d.at("own"));
    for (const Doc& o : d.at("below").items()) rows(plain(o.text("name")), o.at("slots"));
    if (table.empty()) return line(s.say("没有要报的零报告。", "No nil reports are due."));
    out(table.text(terminal_columns()));
  });
}

}  // namespace yz::node::cli
