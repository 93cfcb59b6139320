#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const ReportList& c) {
  const std::string target = "/api/v1/reports" + query({{"lane", c.lane},
                                                        {"state", c.state},
                                                        {"office", c.office},
                                                        {"search", c.search},
                                                        {"limit", c.limit ? std::to_string(*c.limit) : ""},
                                                        {"after", c.after}});
  return s.finish(s.get(target), [&](const Doc& d) {
    const Language l = s.language();
    Table table({{s.say("编号", "case")},
                 {s.say("通道", "lane")},
                 {s.say("种类", "kind")},
                 {s.say("状态", "state")},
                 {s.say("单位", "office"), false, 16},
                 {s.say("时间", "time")},
                 {s.say("标题", "title"), false, 60},
                 {""}});
    for (const Doc& r : d.at("reports").items()) {
      std::string marks;
      for (const Doc& flag : r.at("flags").items())
        if (flag.text() == "exercise") marks += s.say("【演练】", "EXERCISE ");
      if (r.flag("conflict")) marks += s.say("有冲突 ", "conflict ");
      if (r.has("verified") && !r.flag("verified") && r.text("state") != "draft")
        marks += s.say("未通过核验", "not verified");
      const std::string office = r.text("office_name").empty() ? r.text("office") : r.text("office_name");
      const std::string at = !r.text("received_at").empty() ? r.text("received_at")
                             : !r.text("signed_at").empty() ? r.text("signed_at")
                                                            : r.text("occurred_at");
      table.row({r.text("case").substr(0, 8),
                 {lane_text(r.text("lane"), l), lane_colour(r.text("lane"))},
                 kind_text(r.text("kind"), l),
                 state_text(r.text("state"), l),
                 office,
                 time_text(at),
                 r.text("title"),
                 {marks, Colour::red}});
    }
    if (table.empty()) return line(s.say("没有符合条件的报告。", "No reports match."));
    out(table.text(terminal_columns()));
    if (const std::string next = d.text("next"); !next.empty())
      line(s.say("后面还有，接着看：--after ", "There are more: --after ") + plain(next));
  });
}

}  // namespace yz::node::cli
