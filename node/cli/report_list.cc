#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

constexpr std::string_view kViews = "/api/v1/views";

/// What was named on the command line, by the names of the API.
std::vector<std::pair<std::string_view, std::string>> named(const ReportList& c) {
  const auto yes = [](bool b) { return std::string(b ? "true" : ""); };
  return {{"lane", c.lane},
          {"state", c.state},
          {"office", c.office},
          {"kind", c.kind},
          {"class", c.incident_class},
          {"grade", c.grade},
          {"from", c.from},
          {"until", c.until},
          {"by", c.by},
          {"due", c.due},
          {"search", c.search},
          {"exercise", c.exercise      ? "true"
                       : c.no_exercise ? "false"
                                       : ""},
          {"attachments", yes(c.attachments)},
          {"conflict", yes(c.conflict)}};
}

std::string target_of(std::string path, const ReportList& c,
                      std::initializer_list<std::pair<std::string_view, std::string>> more) {
  auto all = named(c);
  all.emplace_back("view", c.view);
  all.insert(all.end(), more.begin(), more.end());
  char sign = '?';
  for (const auto& [key, value] : all) {
    if (value.empty()) continue;
    path += std::exchange(sign, '&') + std::string(key) + "=" + percent(value);
  }
  return path;
}

int save(Session& s, const ReportList& c) {
  Doc filter;
  if (!c.view.empty()) {
    const Answer known = s.get(std::string(kViews));
    if (!known.good) return s.finish(known, {});
    for (const Doc& v : known.doc.at("views").items())
      if (v.text("name") == c.view) filter = v.at("filter");
  }
  for (const auto& [key, value] : named(c)) filter.set_if(key, value);
  Doc body;
  body.set("filter", filter);
  return s.finish(s.ask("PUT", std::string(kViews) + "/" + percent(c.save), body),
                  [&](const Doc& d) { line(s.say("已保存视图：", "Saved view: ") + plain(d.text("name"))); });
}

int views(Session& s) {
  return s.finish(s.get(std::string(kViews)), [&](const Doc& d) {
    Table table({{s.say("视图", "view")}, {s.say("条件", "what it is narrowed by"), false, 80}});
    for (const Doc& v : d.at("views").items()) {
      std::string all;
      const Doc filter = v.at("filter");
      for (const std::string& key : filter.keys()) all += (all.empty() ? "" : ", ") + key + "=" + filter.text(key);
      table.row({v.text("name"), all});
    }
    if (table.empty()) return line(s.say("还没有保存视图。", "No views are saved."));
    out(table.text(terminal_columns()));
  });
}

int table_to_file(Session& s, const ReportList& c) {
  const Answer a = s.get(target_of("/api/v1/reports/export", c, {}));
  if (!a.good) return s.finish(a, {});
  if (c.csv == "-") {
    out(a.text);
    return 0;
  }
  if (auto written = write_new(c.csv, a.text, s.language()); !written) return s.finish(s.problem(written.error()), {});
  Doc done;
  done.set("path", c.csv);
  done.set("bytes", static_cast<std::int64_t>(a.text.size()));
  Answer said;
  said.text = done.dump();
  said.doc = done;
  return s.finish(said, [&](const Doc&) { line(s.say("已写出：", "Written: ") + plain(c.csv)); });
}

void print(Session& s, const Doc& d) {
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
}

}  // namespace

int run(Session& s, const ReportList& c) {
  if (c.views) return views(s);
  if (!c.save.empty()) return save(s, c);
  if (!c.forget.empty())
    return s.finish(s.ask("DELETE", std::string(kViews) + "/" + percent(c.forget)),
                    [&](const Doc& d) { line(s.say("已删除视图：", "Deleted view: ") + plain(d.text("name"))); });
  if (!c.csv.empty()) return table_to_file(s, c);
  std::string after = c.after;
  // One call looks at a bounded number of cases: none of them may match, and there may be more behind.
  for (;;) {
    const Answer a =
        s.get(target_of("/api/v1/reports", c, {{"limit", c.limit ? std::to_string(*c.limit) : ""}, {"after", after}}));
    const std::string next = a.doc.text("next");
    if (a.good && a.doc.at("reports").items().empty() && !next.empty() && next != after) {
      after = next;
      continue;
    }
    return s.finish(a, [&](const Doc& d) { print(s, d); });
  }
}

}  // namespace yz::node::cli
