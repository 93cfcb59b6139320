#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const Status&) {
  return s.finish(s.get("/api/v1/status"), [&](const Doc& d) {
    const Language l = s.language();
    line(paint(Colour::bold, plain(d.text("name")) + " (" + plain(d.text("office")) + ")") + "  " +
         level_text(d.text("level"), l) +
         (d.text("state") == "joining" ? "  " + paint(Colour::yellow, s.say("等待上级接纳", "waiting to be admitted"))
                                       : ""));
    if (const Doc drill = d.at("exercise"); !drill.empty())
      line(paint(Colour::red, s.say("【演练进行中】", "EXERCISE GOING ON ") + plain(drill.text("name")) +
                                  s.say("，自 ", ", since ") + time_text(drill.text("since"))));
    for (const Doc& up : d.at("superiors").items()) {
      const bool reachable = up.flag("reachable");
      const std::string contact = up.text("last_contact");
      line(s.say("上级：", "Superior: ") + plain(up.text("name").empty() ? up.text("office") : up.text("name")) + "  " +
           (reachable ? paint(Colour::green, s.say("在线", "reachable"))
                      : paint(Colour::yellow, s.say("连不上", "not reachable"))) +
           s.say("  最近联系：", "  last contact: ") + (contact.empty() ? s.say("从未", "never") : time_text(contact)));
    }
    line();
    Table table({{s.say("通道", "lane")},
                 {s.say("待送达", "waiting"), true},
                 {s.say("其中已发", "of these sent"), true},
                 {s.say("已送达", "arrived"), true},
                 {s.say("收到", "received"), true}});
    for (const char* lane : {"flash", "urgent", "routine", "bulk"}) {
      const Doc n = d.at("lanes").at(lane);
      table.row({{lane_text(lane, l), lane_colour(lane)},
                 n.text("waiting"),
                 n.text("sent"),
                 n.text("acknowledged"),
                 d.at("received").has(lane) ? d.at("received").text(lane) : "-"});
    }
    out(table.text(terminal_columns()));
    const auto count = [&](const char* key, std::string_view zh, std::string_view en, Colour colour) {
      if (const std::int64_t n = d.number(key); n > 0) line(paint(colour, s.say(zh, en) + ": " + std::to_string(n)));
    };
    line();
    count("drafts", "草稿", "drafts", Colour::none);
    count("in_review", "待审核或签发", "in review", Colour::none);
    count("clues", "未处理的素材", "open clues", Colour::none);
    count("unopened", "未拆阅", "unopened", Colour::yellow);
    count("overdue", "超时", "overdue", Colour::red);
    count("conflicts", "版本冲突", "conflicts", Colour::red);
    count("quarantined", "隔离（没有通过校验）", "quarantined (a check failed)", Colour::red);
    const Doc drills = d.at("exercises");
    std::int64_t apart = drills.number("drafts") + drills.number("in_review") + drills.number("conflicts");
    for (const char* lane : {"flash", "urgent", "routine"}) apart += drills.at("received").number(lane);
    if (apart > 0) line(s.say("演练（不在以上各数中）", "exercises (in none of these)") + ": " + std::to_string(apart));
    const Doc acts = d.at("acts");
    const auto waits = [&](const char* key, std::string_view zh, std::string_view en, Colour colour) {
      if (const std::int64_t n = acts.number(key); n > 0) line(paint(colour, s.say(zh, en) + ": " + std::to_string(n)));
    };
    waits("carry_out", "批示待办", "instructions to carry out", Colour::yellow);
    waits("answer", "待答复", "questions to answer", Colour::yellow);
    waits("overdue", "批示、追问超时", "instructions and questions overdue", Colour::red);
    waits("to_close", "已反馈待办结", "instructions to close", Colour::none);
    waits("awaited", "等下级办理或答复", "awaited from others", Colour::none);
    waits("feedback", "反馈待阅", "feedback to read", Colour::none);
    waits("owed", "已送达、上级未签收", "delivered, not acknowledged by the superior", Colour::none);
    for (const Doc& alarm : d.at("alarms").items())
      line(paint(Colour::red, s.say("提醒：", "Alarm: ")) + plain(alarm.text("message")) +
           (alarm.text("office").empty() ? "" : " (" + plain(alarm.text("office")) + ")") + "  " +
           time_text(alarm.text("at")));
    if (d.has("root_confirmed") && !d.flag("root_confirmed") && !d.text("root_fingerprint").empty())
      line(s.say("根指纹（未核对）：", "Root fingerprint (not confirmed): ") + plain(d.text("root_fingerprint")));
    if (const std::string own = plain(d.text("office_fingerprint")); !own.empty())
      line(s.say("本单位指纹（上级来电话核对时念）：", "This office's fingerprint (for the superior to compare): ") +
           own);
    if (d.has("last_backup")) {
      const std::string at = d.text("last_backup");
      line(s.say("最近备份：", "Last backup: ") +
           (at.empty() ? s.say("从未（yizhan backup 文件）", "never (`yizhan backup FILE`)") : time_text(at)));
    }
  });
}

}  // namespace yz::node::cli
