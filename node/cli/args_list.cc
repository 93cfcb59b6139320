// The words of a list: what narrows it, the names it is kept by, and the table it becomes.
#include <CLI/CLI.hpp>

#include "node/cli/args_parts.h"

namespace yz::node::cli {

void list_options(const GrammarParts& g, CLI::App* a, ReportList& c) {
  const auto text = [&](const char* name, std::string& to, std::string about, std::string type) {
    return a->add_option(name, to, std::move(about))->type_name(std::move(type));
  };
  text("--kind", c.kind, g.t("种类，如 dynamic、first_report", "kind, like dynamic, first_report"),
       g.t("种类", "KIND"));
  text("--class", c.incident_class,
       g.t("事件大类：ND 自然灾害、AD 事故灾难、PH 公共卫生、SS 社会安全", "class of incident, like ND, AD, PH, SS"),
       g.t("大类", "CLASS"));
  text("--grade", c.grade, g.t("等级：I、II、III、IV", "grade: I, II, III, IV"), g.t("等级", "GRADE"));
  text("--from", c.from, g.t("从这一天（或时间）起，如 2026-11-01", "from this day or time on, like 2026-11-01"),
       g.t("日期", "DAY"));
  text("--until", c.until, g.t("到这一天为止（含当天）", "up to this day, which is in it"), g.t("日期", "DAY"));
  text("--by", c.by,
       g.t("按哪个时间：signed（默认）、occurred、received", "which time: signed (default), occurred, received"),
       g.t("时间", "TIME"))
      ->check(CLI::IsMember({"signed", "occurred", "received"}));
  text("--due", c.due, g.t("有时限的：overdue 已超时、today 今天到期、any 全部", "what is due: overdue, today, any"),
       g.t("时限", "DUE"))
      ->check(CLI::IsMember({"overdue", "today", "any"}));
  CLI::Option* only = a->add_flag("--exercise", c.exercise, g.t("只看演练", "exercises only"));
  a->add_flag("--no-exercise", c.no_exercise, g.t("不看演练", "no exercises"))->excludes(only);
  a->add_flag("--attachments", c.attachments, g.t("只看有附件的", "with attachments only"));
  a->add_flag("--conflict", c.conflict, g.t("只看有冲突的", "in conflict only"));
  text("--view", c.view, g.t("用保存过的视图；另写的条件在它之上", "a saved view; what is named besides goes over it"),
       g.t("名称", "NAME"));
  CLI::Option* save =
      text("--save", c.save,
           g.t("把这些条件存为视图（存在节点里，只归本人）", "keep this list by a name, in the node, for you alone"),
           g.t("名称", "NAME"));
  CLI::Option* forget = text("--forget", c.forget, g.t("删除这个视图", "delete this saved view"), g.t("名称", "NAME"));
  CLI::Option* views = a->add_flag("--views", c.views, g.t("有哪些视图", "which saved views there are"));
  CLI::Option* csv = text("--csv", c.csv,
                          g.t("把整个列表写成表格（CSV，Excel 可直接打开）；- 写到标准输出",
                              "write all of the list as a table (CSV, for Excel) to a new file; - is standard output"),
                          g.t("文件", "FILE"));
  save->excludes(forget)->excludes(views)->excludes(csv);
  forget->excludes(views)->excludes(csv);
  views->excludes(csv);
}

}  // namespace yz::node::cli
