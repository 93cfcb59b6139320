// The words of absence, co-signature and escalation.

#include "node/cli/args_group.h"

namespace yz::node::cli {
namespace {

class RoleGrammar : GrammarGroup {
 public:
  RoleGrammar(const GrammarParts& g, CLI::App* top, CLI::App* report) : GrammarGroup(g, top, report) {}

  void add() {
    absence();
    cosign();
    escalation();
  }

 private:
  CLI::Option* word(CLI::App* a, const char* name, std::string& to, std::string about, std::string type) {
    return a->add_option(name, to, std::move(about))->type_name(std::move(type));
  }
  std::string time() const { return t("时间", "TIME"); }
  std::string text() const { return t("文字", "TEXT"); }
  std::string name() const { return t("姓名", "NAME"); }

  static AbsenceAct absence_act(AbsenceAct::What what) {
    AbsenceAct c;
    c.what = what;
    return c;
  }

  void absence() {
    using What = AbsenceAct::What;
    CLI::App* under = group("absence", t("外出报备和代签（A/B岗）", "who is away, and who signs in their place"));
    {
      auto [a, c] = leaf(under, "away", t("报备外出，可指定代签人", "register an absence and who stands in"),
                         absence_act(What::away));
      word(a, "--until", c->until, t("几时返回，到时自动结束", "when it ends, by itself"), time())->required();
      word(a, "--from", c->from, t("几时离开（默认现在）", "when it begins (default: now)"), time());
      word(a, "--deputy", c->deputy, t("代签人（B岗）", "who signs meanwhile"), name());
      word(a, "--officer", c->officer, t("谁外出（默认本人）", "who is away (default: yourself)"), name());
      word(a, "--reason", c->reason, t("事由（只报上级）", "why (for superiors alone)"), text());
      word(a, "--place", c->place, t("去向（只报上级）", "where (for superiors alone)"), text());
      word(a, "--contact", c->contact, t("联系电话（只报上级）", "telephone (for superiors alone)"), text());
      a->footer(t("示例：\n", "Examples:\n") +
                "  yizhan absence away --until 2026-11-25T18:00:00+08:00 --deputy 赵敏 --place 潍安市 --reason 开会\n");
      g_.done(a);
    }
    {
      auto [a, c] = leaf(under, "back", t("提前返回，代签随即结束", "back before the time: the deputy's right ends"),
                         absence_act(What::back));
      a->add_option(t("编号", "ABSENCE"), c->absence, t("报备编号前6位以上", "its id, 6 characters or more"))
          ->required();
      g_.done(a);
    }
    auto [a, c] = leaf(under, "list", t("谁外出、谁代签，本单位和有关单位", "who is away, here and in offices around"),
                       absence_act(What::list));
    a->add_flag("--all", c->all, t("连已结束的", "those that are over too"));
    g_.done(a);
  }

  void cosign() {
    using What = CosignAct::What;
    auto [a, c] = leaf(report_, "cosign",
                       t("会签：签署；或 --decline 不同意；或 --ask 请他人会签",
                         "co-sign; --decline with a reason; --ask others to co-sign"),
                       CosignAct{});
    g_.case_of(a, c->case_id);
    auto decline = std::make_shared<bool>(false), ask = std::make_shared<bool>(false),
         go = std::make_shared<bool>(false);
    CLI::Option* d = a->add_flag("--decline", *decline, t("不同意会签，须写 --text", "decline: --text says why"));
    CLI::Option* k =
        a->add_flag("--ask", *ask, t("请会签：用 --office、--officer 指定", "ask: --office and --officer say whom"));
    a->add_flag("--go", *go, t("不再等会签，现在就报", "wait no longer: send it now"))->excludes(d)->excludes(k);
    k->excludes(d);
    const auto list = [&](const char* option, std::vector<std::string>& to, std::string about) {
      a->add_option(option, to, std::move(about))
          ->delimiter(',')
          ->allow_extra_args(false)
          ->type_name(t("名单,...", "LIST,..."));
    };
    list("--office", c->offices, t("请哪些单位（代码）", "which offices (codes)"));
    list("--officer", c->officers, t("请本单位哪些人", "which officers of this office"));
    word(a, "--text", c->text, t("说明；不同意的理由", "a word with it; why it is declined"), text());
    word(a, "--hold-until", c->hold_until,
         t("草稿用：会签齐了才报，最迟到这时（72小时内；紧急信息不可）",
           "of a draft: it leaves when all have signed, or then (72 h at most; not for emergencies)"),
         time());
    CosignAct* to = c.get();
    a->parse_complete_callback([to, decline, ask, go] {
      to->what = *decline ? What::decline : *ask ? What::ask : *go ? What::go : What::sign;
    });
    a->footer(t("示例：\n", "Examples:\n") +
              "  yizhan report cosign k3v7qd --ask --office 370783105001\n  yizhan report cosign k3v7qd\n"
              "  yizhan report cosign k3v7qd --decline --text 人数与我所掌握不符\n");
    g_.done(a);
  }

  void escalation() {
    CLI::App* under = group("escalation", t("超时未办的事项，依次请谁处理", "what has waited too long"));
    g_.done(leaf(under, "list", t("列出", "list them"), EscalationAct{}).first);
    auto [a, c] =
        leaf(under, "seen", t("已知晓：这一级不再响铃", "taken note of: this step is quiet"), EscalationAct{});
    a->add_option(t("事项", "ITEM"), c->item, t("列表里的事项", "as the list names it"))->required();
    a->add_option(t("级别", "STEP"), c->step, t("级别 1 到 3", "its step, 1 to 3"))
        ->required()
        ->check(CLI::Range(1, 3));
    g_.done(a);
  }
};

}  // namespace

void role_commands(const GrammarParts& g, CLI::App* top, CLI::App* report) { RoleGrammar(g, top, report).add(); }

}  // namespace yz::node::cli
