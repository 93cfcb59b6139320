#include "node/cli/args_tasks.h"

#include <memory>

#include "node/cli/print.h"
#include "node/office/report.h"

namespace yz::node::cli {
namespace {

class Tasks {
 public:
  explicit Tasks(const Corner& c) : c_(c) {}
  void commissions();
  void policies();

 private:
  std::string t(std::string_view zh, std::string_view en) const { return std::string(say(c_.language, zh, en)); }

  CLI::App* group(const char* name, std::string about) {
    CLI::App* a = c_.app->add_subcommand(name, std::move(about));
    a->require_subcommand(0, 1);
    a->footer("");
    c_.globals(a);
    return a;
  }
  template <class C>
  std::pair<CLI::App*, std::shared_ptr<C>> leaf(CLI::App* under, const char* name, std::string about, C initial = {}) {
    CLI::App* a = under->add_subcommand(name, std::move(about));
    a->footer("");
    auto of = std::make_shared<C>(std::move(initial));
    a->callback([chosen = c_.chosen, of] { chosen(*of); });
    return {a, of};
  }
  std::function<std::string(const std::string&)> one_of(std::vector<std::string> words) const {
    return [words = std::move(words), l = c_.language](const std::string& given) -> std::string {
      std::string all;
      for (const std::string& w : words) {
        if (w == given) return {};
        all += (all.empty() ? "" : ", ") + w;
      }
      return std::string(say(l, "没有“", "no \"")) + plain(given) +
             std::string(say(l, "”，可以是：", "\"; it can be: ")) + all;
    };
  }
  void case_of(CLI::App* a, std::string& to) {
    a->add_option(
         t("编号", "CASE"), to,
         t("约稿编号（前 6 位以上即可，或文号）", "the commission's case id (6 characters or more), or its number"))
        ->required();
  }
  CLI::Option* codes(CLI::App* a, const char* name, std::vector<std::string>& to, std::string about) {
    return a->add_option(name, to, std::move(about))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("代码,...", "CODE,..."));
  }
  CLI::Option* words(CLI::App* a, const char* name, std::string& to, std::string about) {
    return a->add_option(name, to, std::move(about))->type_name(t("文字", "TEXT"));
  }
  void text(CLI::App* a, CommissionNew& c) {
    a->add_option("--title", c.title, t("标题", "what is asked for, in one line"))->type_name(t("标题", "TEXT"));
    a->add_option(
         "--body-file", c.body_file,
         t("要求，UTF-8 文件；写 - 从标准输入读", "file with what is asked for, UTF-8; - reads standard input"))
        ->type_name(t("文件|-", "FILE|-"));
  }
  void asking(CLI::App* a, CommissionNew& c) {
    text(a, c);
    a->add_option("--due", c.due,
                  t("截止时间，如 2026-11-25T17:00:00+08:00", "when it is due, like 2026-11-25T17:00:00+08:00"))
        ->type_name(t("时间", "TIME"));
    codes(a, "--to", c.to,
          t("向哪些下级单位约稿（代码，逗号分开）", "which offices below are asked (codes, with commas between)"))
        ->required();
    std::vector<std::string> kinds;
    for (const auto& [k, name] : kKinds)
      if (!is_emergency(k)) kinds.emplace_back(name);
    a->add_option("--kind", c.kind,
                  t("要哪一类信息（默认 commissioned）", "what sort of report is wanted (default commissioned)"))
        ->type_name(t("类别", "KIND"))
        ->check(one_of(kinds));
    a->add_option("--lane", c.lane, t("urgent 加急或 routine 平件（默认）", "urgent, or routine (default)"))
        ->type_name(t("等级", "LANE"))
        ->check(one_of({"urgent", "routine"}));
  }
  std::pair<CLI::App*, std::shared_ptr<CommissionAct>> act(CLI::App* under, const char* name, CommissionAct::What what,
                                                           std::string about) {
    CommissionAct initial;
    initial.what = what;
    auto made = leaf<CommissionAct>(under, name, std::move(about), std::move(initial));
    case_of(made.first, made.second->case_id);
    return made;
  }

  const Corner& c_;
};

void Tasks::commissions() {
  using What = CommissionAct::What;
  CLI::App* g = group(
      "commission", t("约稿：向下级要信息，接稿、答复、催办", "work asked of offices below, and what they say to it"));
  {
    auto [a, c] = leaf<CommissionNew>(g, "new", t("向下级单位约稿", "ask offices below for a report"));
    asking(a, *c);
    a->get_option("--title")->required();
    a->footer(t("示例：\n", "Examples:\n") +
              "  yizhan commission new --title 秋冬防火情况 --body-file 要求.txt --due 2026-11-25T17:00:00+08:00 \\\n"
              "      --to 370783101,370783105\n");
    c_.globals(a);
  }
  {
    auto [a, c] = leaf<CommissionNew>(
        g, "edit", t("修改还没有签发的约稿，重新送签", "change one that nobody signed yet; it is submitted anew"));
    c->how = CommissionNew::How::edit;
    case_of(a, c->parent);
    asking(a, *c);
    a->get_option("--to")->required(false);
    c_.globals(a);
  }
  {
    auto [a, c] = leaf<CommissionNew>(
        g, "amend",
        t("更正或补充已下发的约稿，通知全部约请单位", "correct one that was issued; all who were asked hear it"));
    c->how = CommissionNew::How::amend;
    case_of(a, c->parent);
    text(a, *c);
    words(a, "--reason", c->reason, t("原因", "why"))->required();
    c_.globals(a);
  }
  {
    auto [a, c] = leaf<CommissionNew>(
        g, "pass", t("把上级的约稿转给本单位的下级", "pass a superior's commission on to offices below"));
    c->how = CommissionNew::How::pass;
    case_of(a, c->parent);
    asking(a, *c);
    c_.globals(a);
  }
  {
    auto [a, c] = leaf<CommissionList>(g, "list", t("约稿一览", "list them"));
    a->add_flag("--open", c->open, t("只列未完成的", "only those where something is owed"));
    a->add_flag("--overdue", c->overdue, t("只列逾期的", "only those that are overdue"));
    a->add_option("--side", c->side, t("issued 本单位约的，asked 上级约的", "issued by us, or asked of us"))
        ->type_name("issued|asked")
        ->check(one_of({"issued", "asked"}));
    c_.globals(a);
  }
  {
    auto [a, c] =
        leaf<CommissionShow>(g, "show", t("一件约稿的全部情况", "one in full: who has answered, who holds it up"));
    case_of(a, c->case_id);
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "accept", What::accept, t("接稿", "take it on"));
    words(a, "--note", c->text, t("附言", "a note"));
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "decline", What::decline, t("不能承担（签发人）", "say no (by a signer)"));
    words(a, "--reason", c->text, t("原因", "why"))->required();
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "extend", What::extend, t("申请延期", "ask for more time"));
    a->add_option("--until", c->until, t("延到何时", "until when"))->type_name(t("时间", "TIME"))->required();
    words(a, "--reason", c->text, t("原因", "why"))->required();
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "answer", What::answer, t("用本单位的一件信息答复", "answer with a report of ours"));
    a->add_option(
         "--report", c->report,
         t("信息编号：草稿（随即发出）或已发出的", "the report: a draft, which is then sent, or one that left"))
        ->type_name(t("编号", "CASE"))
        ->required();
    c_.globals(a);
  }
  {
    auto [a, c] =
        act(g, "grant", What::grant, t("同意延期，或准予免报", "grant more time, or excuse one that declined"));
    a->add_option("--office", c->office, t("哪个单位", "which office"))->type_name(t("代码", "CODE"))->required();
    a->add_option("--until", c->until, t("改为何时（默认按申请）", "until when (default: as asked)"))
        ->type_name(t("时间", "TIME"));
    words(a, "--note", c->text, t("附言", "a note"));
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "refuse", What::refuse, t("不同意延期或免报", "refuse what an office asked for"));
    a->add_option("--office", c->office, t("哪个单位", "which office"))->type_name(t("代码", "CODE"))->required();
    words(a, "--reason", c->text, t("原因", "why"))->required();
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "chase", What::chase, t("催办", "remind those that owe an answer"));
    codes(a, "--office", c->offices, t("只催这些单位", "only these"));
    words(a, "--note", c->text, t("附言", "a note"));
    c_.globals(a);
  }
  {
    auto [a, c] = act(g, "close", What::close, t("办结", "no more answers are owed"));
    words(a, "--note", c->text, t("附言", "a note"));
    c_.globals(a);
  }
  c_.globals(act(g, "sign", What::sign, t("签发一件拟好的约稿", "sign one that another drafted")).first);
  {
    auto [a, c] = act(g, "return", What::send_back, t("退回拟稿人", "return a draft to its drafter"));
    words(a, "--note", c->text, t("原因", "why"))->required();
    c_.globals(a);
  }
  c_.globals(act(g, "delete", What::remove, t("删除草稿", "delete a draft")).first);
}

void Tasks::policies() {
  using What = PolicyAct::What;
  CLI::App* g = group("policy", t("规则：时限、必填、签发、约稿等，签名后逐级下发",
                                  "rules that travel down, signed: times, forms, sign-off, commissions"));
  const auto made = [&](const char* name, What what, std::string about) {
    PolicyAct initial;
    initial.what = what;
    return leaf<PolicyAct>(g, name, std::move(about), std::move(initial));
  };
  const auto file = [&](CLI::App* a, std::string& to, std::string about) {
    a->add_option("file", to, std::move(about))->required()->type_name(t("文件", "FILE"));
  };
  {
    auto [a, c] = made("show", What::show, t("现行规则", "what is in force"));
    a->add_option("--version", c->version, t("某一版，如 370700#3", "one version, like 370700#3"))->type_name("CODE#N");
    c_.globals(a);
  }
  {
    auto [a, c] =
        made("export", What::export_file,
             t("把现行规则写成文件，改好后再发布", "write what is in force to a file, to be edited and published"));
    file(a, c->file, t("写到文件", "the file"));
    a->add_option("--version", c->version, t("某一版，如 370700#3", "one version, like 370700#3"))->type_name("CODE#N");
    c_.globals(a);
  }
  {
    auto [a, c] = made("check", What::check,
                       t("检查规则文件：写法、法定上限、是否宽于上级",
                         "check a file: its form, the limits of the law, nothing laxer than above"));
    file(a, c->file, t("规则文件", "the file"));
    c_.globals(a);
  }
  {
    auto [a, c] = made("diff", What::diff,
                       t("与现行规则（或另一版）比较", "what differs from what is in force, or from another version"));
    a->add_option("file", c->file, t("规则文件，或某一版如 370700#3", "a file, or a version like 370700#3"))
        ->required()
        ->type_name(t("文件|版本", "FILE|CODE#N"));
    a->add_option("--against", c->against, t("与哪一版比较", "compared with this version"))->type_name("CODE#N");
    c_.globals(a);
  }
  {
    auto [a, c] =
        made("publish", What::publish, t("签发规则，下发给全部下级", "sign it; it goes to every office below"));
    file(a, c->file, t("规则文件", "the file"));
    a->add_option("--effective", c->effective, t("何时生效（默认立即）", "from when it holds (default: now)"))
        ->type_name(t("时间", "TIME"));
    a->footer(
        t("示例：\n", "Examples:\n") +
        "  yizhan policy export 规则.json\n  yizhan policy publish 规则.json --effective 2026-12-01T00:00:00+08:00\n");
    c_.globals(a);
  }
  c_.globals(made("times", What::times,
                  t("本单位何时零报告、何时交接班", "when this office owes zero reports and changes the watch"))
                 .first);
  c_.globals(made("history", What::history, t("发布过的各版", "every version that was published")).first);
}

}  // namespace

void task_commands(const Corner& c) {
  Tasks tasks(c);
  tasks.commissions();
  tasks.policies();
}

}  // namespace yz::node::cli
