#include <algorithm>

#include "node/cli/args_group.h"
#include "node/office/report.h"

namespace yz::node::cli {
namespace {

class DeskGrammar : GrammarGroup {
 public:
  DeskGrammar(const GrammarParts& g, CLI::App* top, CLI::App* report) : GrammarGroup(g, top, report) {}

  void add() {
    clues();
    exercise();
    zero();
    similar();
    stats();
  }

 private:
  CLI::Option* text(CLI::App* a, const char* name, std::string& to, std::string about) {
    return a->add_option(name, to, std::move(about))->type_name(t("文字", "TEXT"));
  }
  std::function<std::string(const std::string&)> one_of(std::vector<std::string> words) const {
    return [words = std::move(words), l = g_.language](const std::string& given) -> std::string {
      if (std::ranges::find(words, given) != words.end()) return {};
      std::string all;
      for (const std::string& w : words) all += (all.empty() ? "" : ", ") + w;
      return std::string(say(l, "可以是：", "it can be: ")) + all;
    };
  }
  void cases(CLI::App* a, std::vector<std::string>& to) {
    a->add_option(t("编号", "CASE"), to, t("素材编号（前6位以上）", "clues, by 6 or more of their characters"))
        ->required();
  }

  void clues();
  void exercise();
  void zero();
  void similar();
  void stats();
};

void DeskGrammar::clues() {
  CLI::App* g = group("clue", t("素材：随手记下听到看到的，以后转成信息或不用",
                                "clues: what somebody heard or saw, noted at once, a report later or none"));
  {
    auto [a, c] = leaf<ClueAdd>(g, "add", t("记一条素材（本单位的人都可以）", "note one; anybody of the office may"));
    a->add_option(t("文字", "TEXT"), c->text,
                  t("一两句话；写 - 从标准输入读", "a sentence or two; - reads standard input"))
        ->required();
    text(a, "--told-by", c->told_by, t("谁说的", "who told it"));
    text(a, "--place", c->place, t("在哪里", "where"));
    a->add_option("--photo", c->photos, t("照片等文件，可写多次", "a photo or another file; may be given again"))
        ->allow_extra_args(false)
        ->type_name(t("文件", "FILE"));
    g_.done(a);
  }
  {
    auto [a, c] = leaf<ClueList>(g, "list", t("素材一览，新的在前", "list them, newest first"));
    a->add_option("--state", c->state,
                  t("open 未处理（默认），promoted 已转信息，discarded 不用，all 全部",
                    "open (default), promoted, discarded or all"))
        ->type_name(t("状态", "STATE"))
        ->check(one_of({"open", "promoted", "discarded", "all"}));
    text(a, "--search", c->search, t("找文字、地点、来源", "words in text, place or teller"));
    g_.done(a);
  }
  {
    ClueAct initial;
    initial.what = ClueAct::What::promote;
    auto [a, c] =
        leaf<ClueAct>(g, "promote", t("转成一份信息草稿，可以几条合成一份", "begin a report from one or several"),
                      std::move(initial));
    cases(a, c->cases);
    std::vector<std::string> kinds;
    for (const auto& [k, name] : kKinds) kinds.emplace_back(name);
    a->add_option("--kind", c->kind, t("信息种类（默认 dynamic）", "kind of report (default dynamic)"))
        ->type_name(t("种类", "KIND"))
        ->check(one_of(kinds));
    a->add_option("--lane", c->lane, t("通道", "lane"))->type_name(t("通道", "LANE"))->check(g_.lane_check);
    text(a, "--title", c->title, t("标题（默认取第一条的开头）", "title (default: how the first begins)"));
    a->add_flag("--photos", c->photos, t("照片一并放进草稿", "with the photos"));
    g_.done(a);
  }
  {
    ClueAct initial;
    initial.what = ClueAct::What::discard;
    auto [a, c] = leaf<ClueAct>(g, "discard", t("不用，写明原因", "put aside, with the reason"), std::move(initial));
    cases(a, c->cases);
    text(a, "--reason", c->reason, t("原因", "why"))->required();
    g_.done(a);
  }
  {
    ClueAct initial;
    initial.what = ClueAct::What::reopen;
    auto [a, c] = leaf<ClueAct>(g, "reopen", t("重新放回未处理", "open again"), std::move(initial));
    cases(a, c->cases);
    g_.done(a);
  }
}

void DeskGrammar::exercise() {
  CLI::App* g = group("exercise", t("演练：进行中新写的都按演练标明，不计入任何统计",
                                    "exercises: what is begun meanwhile is marked, and counted nowhere"));
  const auto add = [&](const char* name, ExerciseAct::What what, std::string about) {
    ExerciseAct initial;
    initial.what = what;
    auto [a, c] = leaf<ExerciseAct>(g, name, std::move(about), std::move(initial));
    if (what == ExerciseAct::What::begin) text(a, "--name", c->name, t("演练名称", "what it is called"));
    g_.done(a);
  };
  add("on", ExerciseAct::What::begin, t("演练开始（本机）", "an exercise begins on this machine"));
  add("off", ExerciseAct::What::end, t("演练结束（本机）", "it ends"));
  add("show", ExerciseAct::What::show, t("是否在演练", "whether one is going on"));
}

void DeskGrammar::zero() {
  CLI::App* g =
      group("zero", t("零报告：报本时段平安，看下级报了没有", "nil reports: send ours, see who below has sent"));
  {
    auto [a, c] = leaf<ZeroSend>(g, "send", t("报本时段零报告", "send the one that is due"));
    text(a, "--note", c->note, t("正文（默认：本辖区平安）", "text (default: nothing happened)"));
    a->add_flag("--again", c->again, t("本时段已报过，仍再报一次", "although it was sent already"));
    g_.done(a);
  }
  {
    auto [a, c] = leaf<ZeroList>(g, "list", t("本单位和各下级的零报告", "ours, and those of the offices below"));
    a->add_option("--days", c->days, t("看几天（默认7）", "how many days back (default 7)"))->type_name(t("数", "N"));
    g_.done(a);
  }
}

void DeskGrammar::similar() {
  auto [a, c] =
      leaf<ReportSimilar>(report_, "similar", t("与它相似的信息，附理由", "reports that look like it, and why"));
  g_.case_of(a, c->case_id);
  g_.done(a);
}

void DeskGrammar::stats() {
  auto [a, c] = leaf<Stats>(top_, "stats",
                            t("统计考核：各下级一段时间的数字和得分，可导出表格",
                              "figures and points of the offices below, also as a table"));
  const std::string day = t("日期", "DAY");
  a->add_option("--month", c->month, t("月份，如 2026-11（默认本月）", "a month, like 2026-11 (default: this one)"))
      ->type_name(t("月份", "MONTH"));
  a->add_option("--from", c->from, t("从哪天", "from this day on"))->type_name(day);
  a->add_option("--to", c->to, t("到哪天（含）", "to this day, which counts"))->type_name(day);
  a->add_option("--office", c->office, t("只看一个下级", "one office below"))->type_name(t("代码", "CODE"));
  a->add_flag("--own", c->own, t("看上级会怎样统计本单位", "our own, as our superior would see it"));
  a->add_option("--scheme", c->scheme, t("计分办法", "scheme of points"))->type_name(t("办法", "SCHEME"));
  a->add_option("--figure", c->figure, t("列出某项数字是由哪些信息数出来的", "what a figure was counted from"))
      ->type_name(t("数字项", "FIGURE"));
  a->add_option("--csv", c->csv,
                t("另存为表格（UTF-8，Excel 可直接打开）", "write the table to a file, for a spreadsheet"))
      ->type_name(t("文件", "FILE"));
  g_.done(a);
}

}  // namespace

void desk_commands(const GrammarParts& g, CLI::App* top, CLI::App* report) { DeskGrammar(g, top, report).add(); }

}  // namespace yz::node::cli
