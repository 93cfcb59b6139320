#include "node/cli/commands.h"

namespace yz::node::cli {

void tell_problems(const Session& s, const Doc& verdict) {
  for (const Doc& p : verdict.at("problems").items())
    line("  - " + plain(p.is_text() ? p.text() : p.text("what")) +
         (p.text("where").empty() || p.is_text() ? "" : s.say("（", " (") + plain(p.text("where")) + s.say("）", ")")));
}

int run(Session& s, const Verify& c) {
  Doc body;
  if (!c.case_id.empty()) body.set("case", c.case_id);
  std::optional<ProgressBar> bar(s.say("核验", "verify"));
  const Answer a = s.ask("POST", "/api/v1/verify", body, [&](const Doc& d) {
    bar->at(static_cast<std::uint64_t>(d.number("done")), static_cast<std::uint64_t>(d.number("total")));
  });
  bar.reset();
  return s.finish(a, [&](const Doc& d) {
    const std::string counts =
        d.text("records") + s.say(" 条记录，", " records, ") + d.text("streams") + s.say(" 条链", " chains");
    if (d.flag("ok")) return line(paint(Colour::green, s.say("全部成立：", "All hold: ")) + counts);
    line(paint(Colour::red, s.say("发现问题：", "Problems found: ")) + counts);
    tell_problems(s, d);
    line(s.say("请不要改动数据目录，先 yizhan doctor，并保留最近的备份。",
               "Leave the home as it is, run `yizhan doctor`, and keep the last backup."));
  });
}

}  // namespace yz::node::cli
