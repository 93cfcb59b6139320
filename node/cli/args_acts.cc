// The words of a superior's acts, and of the replies to them.
#include <algorithm>

#include "node/cli/args_group.h"
#include "node/office/acts.h"
#include "node/office/report.h"

namespace yz::node::cli {
namespace {

constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
    {"高", "significance"}, {"新", "freshness"}, {"全", "completeness"}, {"实", "accuracy"}, {"精", "conciseness"}};

/// "高=4" or "significance=4".
std::optional<std::pair<std::string, std::int64_t>> mark_from(const std::string& given) {
  const auto at = given.find('=');
  if (at == std::string::npos || given.size() != at + 2 || given[at + 1] < '1' || given[at + 1] > '5')
    return std::nullopt;
  const std::string_view name = std::string_view(given).substr(0, at);
  for (const auto& [zh, en] : kMarks)
    if (name == zh || name == en) return std::pair(std::string(en), std::int64_t{given[at + 1] - '0'});
  return std::nullopt;
}

class ActGrammar : GrammarGroup {
 public:
  ActGrammar(const GrammarParts& g, CLI::App* top, CLI::App* report) : GrammarGroup(g, top, report) {}

  void add() {
    decide();
    instruct();
    ask();
    merge();
    reply("progress", ActReply::What::progress, t("报告批示的办理情况", "report what was done about an instruction"));
    reply("close", ActReply::What::close, t("批示办结（由作出批示的单位）", "settle an instruction of this office"));
    reply("answer", ActReply::What::answer, t("答复追问、核报、催报", "answer a question or a demand to verify"));
    reply("seen", ActReply::What::seen, t("已阅：把反馈从待办中消去", "read: takes feedback off the work list"));
  }

 private:
  CLI::Option* text(CLI::App* a, const char* name, std::string& to, std::string about) {
    return a->add_option(name, to, std::move(about))->type_name(t("文字", "TEXT"));
  }
  void due(CLI::App* a, std::string& to) {
    a->add_option("--due", to, t("时限，如 2026-11-22T18:00:00+08:00", "by when, like 2026-11-22T18:00:00+08:00"))
        ->type_name(t("时间", "TIME"));
  }
  void dictated(CLI::App* a, bool& to, std::string& leader) {
    a->add_flag("--dictated", to,
                t("代录：替领导录入，须领导再签", "typed for a leader, who has to sign it before it leaves"));
    a->add_option("--leader", leader,
                  t("代录哪位领导的话；只由其本人签", "whose words were typed; nobody else signs them"))
        ->type_name(t("姓名", "NAME"));
  }
  CLI::Option* record(CLI::App* a, const char* name, std::string& to, std::string about) {
    return a->add_option(name, to, std::move(about))->type_name(t("编号", "RECORD"));
  }
  void codes(CLI::App* a, const char* name, std::vector<std::string>& to, std::string about) {
    a->add_option(name, to, std::move(about))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("代码,...", "CODE,..."));
  }
  std::function<std::string(const std::string&)> one_of(std::vector<std::string> words) const {
    return [words = std::move(words), l = g_.language](const std::string& given) -> std::string {
      if (std::ranges::find(words, given) != words.end()) return {};
      std::string all;
      for (const std::string& w : words) all += (all.empty() ? "" : ", ") + w;
      return std::string(say(l, "可以是：", "it can be: ")) + all;
    };
  }

  void decide() {
    auto [a, c] = leaf<Decide>(top_, "decide",
                               t("处理收到的报告：采用（须两人签）、不采用、退回补充、备查",
                                 "what becomes of a received report: adopted (two persons sign), not adopted, "
                                 "returned, kept on file"));
    g_.case_of(a, c->case_id);
    a->add_option(
         "--outcome", c->outcome,
         t("adopted 采用，not-adopted 不采用，returned 退回，filed 备查", "adopted, not-adopted, returned or filed"))
        ->required()
        ->type_name(t("结果", "WORD"))
        ->check(one_of({"adopted", "not-adopted", "not_adopted", "returned", "filed"}));
    text(a, "--publication", c->publication, t("采用的刊物", "the publication"));
    a->add_option("--issue", c->issue, t("期号", "its number"))->type_name("N")->check(CLI::Range(1, 999'999));
    text(a, "--reason", c->reason, t("原因（退回和不采用必须写）", "why (needed for returned and not-adopted)"));
    text(a, "--text", c->text, t("给报送单位的话", "a word to the reporting office"));
    auto marks = std::make_shared<std::vector<std::string>>();
    a->add_option("--rating", *marks,
                  t("评价，每项1到5：高=4,新=5,全=3,实=5,精=4",
                    "marks of 1 to 5: significance=4,freshness=5,completeness=3,accuracy=5,conciseness=4"))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("项=分,...", "NAME=N,..."))
        ->check([this_t = t("写成 高=4 这样，分数1到5", "has the form significance=4, from 1 to 5")](
                    const std::string& given) { return mark_from(given) ? std::string() : this_t; });
    dictated(a, c->dictated, c->leader);
    Decide* to = c.get();
    a->parse_complete_callback([to, marks] {
      for (const std::string& m : *marks)
        if (auto mark = mark_from(m)) to->rating.push_back(std::move(*mark));
      if (to->outcome == "not-adopted") to->outcome = "not_adopted";
    });
    a->footer(t("示例：\n", "Examples:\n") +
              "  yizhan decide k3v7qd --outcome adopted --publication 要情快报 --issue 31\n"
              "  yizhan decide k3v7qd --outcome returned --reason 请补充伤亡人数\n");
    g_.done(a);
  }

  void instruct() {
    auto [a, c] = leaf<Instruct>(top_, "instruct",
                                 t("领导批示：绑定报告，原文下达，可定承办单位和时限（须两人签）",
                                   "a leader's instruction, bound to the report and passed down word for word (two "
                                   "persons sign)"));
    g_.case_of(a, c->case_id);
    text(a, "--text", c->text, t("批示原文", "its words"))->required();
    due(a, c->due);
    codes(a, "--assignee", c->assignees, t("承办单位（下级的代码）", "who carries it out (codes of offices below)"));
    dictated(a, c->dictated, c->leader);
    a->footer(t("示例：\n", "Examples:\n") +
              "  yizhan instruct k3v7qd --text 请查明原因，妥善安置 --due 2026-11-25T18:00:00+08:00 --assignee "
              "370783105\n");
    g_.done(a);
  }

  void ask() {
    auto [a, c] = leaf<Ask>(
        report_, "ask",
        t("追问；加 --verify 为核报，加 --urge 为催报、催办", "ask about a case; --verify demands, --urge presses"));
    g_.case_of(a, c->case_id);
    text(a, "--text", c->text, t("问什么（催报可以不写）", "what is asked (not needed with --urge)"));
    auto verify = std::make_shared<bool>(false), urge = std::make_shared<bool>(false);
    CLI::Option* v = a->add_flag("--verify", *verify, t("核报：限时核实，须写 --due", "to be verified by --due"));
    a->add_flag("--urge", *urge, t("催报", "to be sent or done"))->excludes(v);
    due(a, c->due);
    codes(a, "--to", c->to,
          t("问哪些单位（默认：报来的单位；自己的事项问上级）",
            "which offices (default: who brought it; of our own, whom it went to)"));
    record(a, "--instruction", c->on, t("催办这件批示", "the instruction that is urged"));
    Ask* to = c.get();
    a->parse_complete_callback([to, verify, urge] { to->kind = *verify ? "verify" : *urge ? "urge" : "question"; });
    g_.done(a);
  }

  void merge() {
    auto [a, c] = leaf<Merge>(report_, "merge",
                              t("综合：把收到的几件合写成本单位的一件，注明来源",
                                "put several received reports together into one of our own that names them"));
    a->add_option(t("编号", "CASE"), c->cases, t("收到的报告，2到16件", "received reports, 2 to 16"))
        ->required()
        ->expected(2, 16);
    a->add_option("--title", c->content.title, t("标题", "title"))->required()->type_name(t("标题", "TEXT"));
    std::vector<std::string> kinds;
    for (const auto& [kind, name] : kKinds) kinds.emplace_back(name);
    a->add_option("--kind", c->kind, t("种类（默认 dynamic 动态）", "kind (default: dynamic)"))
        ->type_name(t("种类", "KIND"))
        ->check(one_of(std::move(kinds)));
    a->add_option("--lane", c->lane,
                  t("通道：flash 特急，urgent 加急，routine 平件（默认）", "lane: flash, urgent or routine (default)"))
        ->type_name(t("通道", "LANE"))
        ->check(g_.lane_check);
    g_.content_of(a, c->content);
    a->add_flag("--send", c->content.send,
                t("检查、签发并排队发送（不写则只存草稿）", "check, sign and queue it (otherwise it stays a draft)"));
    CLI::Option* none = a->add_flag("--without-attachments", c->attachments.none,
                                    t("不带来件的附件", "without the attachments of these reports"));
    a->add_option("--attachment", c->attachments.chosen,
                  t("只带这个附件（名称或编号），可重复；默认全部",
                    "only this attachment (name or id); may be repeated; default: all"))
        ->allow_extra_args(false)
        ->type_name(t("附件", "NAME"))
        ->excludes(none);
    a->footer(t("示例：\n", "Examples:\n") +
              "  yizhan report merge k3v7qd m2x9ab --title 三镇防汛准备情况 --body-file 综合.txt --send\n");
    g_.done(a);
  }

  void reply(const char* name, ActReply::What what, std::string about) {
    using What = ActReply::What;
    auto [a, c] = leaf<ActReply>(report_, name, std::move(about), ActReply{what, {}, {}, {}, false});
    g_.case_of(a, c->case_id);
    if (what == What::progress || what == What::close)
      record(a, "--instruction", c->on, t("哪件批示（编号前6位以上）", "which instruction (6 characters or more)"))
          ->required();
    if (what == What::answer)
      record(a, "--to", c->on, t("答复哪一问（编号前6位以上）", "which question (6 characters or more)"))->required();
    if (what == What::progress || what == What::answer) text(a, "--text", c->text, t("内容", "the words"))->required();
    if (what == What::close) text(a, "--note", c->text, t("说明", "a note"));
    if (what == What::progress) a->add_flag("--done", c->done, t("已办理完毕", "it is done"));
    g_.done(a);
  }
};

}  // namespace

void act_commands(const GrammarParts& g, CLI::App* top, CLI::App* report) { ActGrammar(g, top, report).add(); }

}  // namespace yz::node::cli
