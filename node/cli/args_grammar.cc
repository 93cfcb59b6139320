#include "node/cli/args_grammar.h"

#include <algorithm>

#include "node/cli/args_help.h"
#include "node/cli/args_tasks.h"

namespace yz::node::cli {
namespace {

constexpr std::string_view kAboutZh = "驿站：基层信息报送。断网照写，来网自发；每一级都签名，每一步都有回执。";
constexpr std::string_view kAboutEn =
    "Yizhan: reports from grassroots offices. Write without a line, sent by itself when there is one; every level "
    "signs, every step leaves a receipt.";
constexpr std::string_view kFootZh = R"(示例：
  yizhan init --code 370783 --name 青山县 --level county --officer 李明 --root
  yizhan join YZ1-... --officer 王芳
  yizhan report new --kind first_report --lane flash --title "铁匠沟发生山体滑坡" --body-file 正文.txt \
      --set incident_type=ND-GEO --set place=铁匠沟 --send
  yizhan sync

每个命令的详细说明：yizhan help 命令，例如 yizhan help report new
退出码：0 成功；2 命令写法不对；65 内容不合要求；66 没有找到；69 连不上上级（内容已排队）；70 程序出错；
        73 写不进去（磁盘满）；75 正忙，稍后再试；76 校验没有通过；77 口令不对或没有权限
)";
constexpr std::string_view kFootEn = R"(Examples:
  yizhan init --code 370783 --name 青山县 --level county --officer 李明 --root
  yizhan join YZ1-... --officer 王芳
  yizhan report new --kind first_report --lane flash --title "Landslide at Tiejianggou" --body-file body.txt \
      --set incident_type=ND-GEO --set place=铁匠沟 --send
  yizhan sync

More about a command: yizhan help COMMAND, for example yizhan help report new
Exit codes: 0 done; 2 usage; 65 bad input; 66 not found; 69 the superior can't be reached (all is queued);
            70 internal error; 73 can't write (disk full); 75 busy, try again; 76 a check failed; 77 wrong
            passphrase or not permitted
)";

/// "72h", "3d", "30m" or "48" (hours).
std::optional<std::int64_t> minutes_from(std::string_view text) {
  std::int64_t factor = 60;
  if (text.ends_with('d')) factor = 24 * 60;
  if (text.ends_with('m')) factor = 1;
  if (text.ends_with('d') || text.ends_with('h') || text.ends_with('m')) text.remove_suffix(1);
  if (text.empty() || text.size() > 5 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const std::int64_t minutes = std::stoll(std::string(text)) * factor;
  return minutes > 0 ? std::optional(minutes) : std::nullopt;
}

}  // namespace

Grammar::Grammar(Language l) : l_(l), app_(std::string(say(l, kAboutZh, kAboutEn)), "yizhan") {
  app_.formatter(help_in(l));
  app_.require_subcommand(0, 1);
  app_.footer(t(kFootZh, kFootEn));
  globals_of(&app_);
  home_commands();
  report_commands();
  forward_command();
  task_commands({l_, &app_, [this](CLI::App* a) { globals_of(a); },
                 [this](Command c) {
                   asked_.command = std::move(c);
                   chosen_ = true;
                 }});
  conflict_commands();
  bundle_commands();
  care_commands();
  people_commands();
}

void Grammar::globals_of(CLI::App* a) {
  Globals& g = asked_.globals;
  const auto add = [&](const char* name, std::string& to, std::string type, std::string text) {
    a->add_option(name, to, std::move(text))->group("globals")->type_name(std::move(type));
  };
  add("--home", g.home, t("目录", "DIR"),
      t("本单位的数据目录（或 YIZHAN_HOME；默认 ~/.local/share/yizhan）",
        "the office's home directory (or YIZHAN_HOME; default ~/.local/share/yizhan)"));
  a->add_flag("--json", g.json,
              t("在标准输出打印一个 JSON 文档，供程序读取", "print one JSON document on stdout, for programs"))
      ->group("globals");
  a->add_option("--lang", language_,
                t("语言：zh 中文，en 英文（或 YIZHAN_LANG）", "language: zh or en (or YIZHAN_LANG)"))
      ->group("globals")
      ->type_name("zh|en")
      ->check(one_of({"zh", "en"}));
  add("--passphrase-file", g.passphrase_file, t("文件", "FILE"),
      t("从文件读口令（或 YIZHAN_PASSPHRASE_FILE）；不写则在终端询问",
        "read the passphrase from a file (or YIZHAN_PASSPHRASE_FILE); otherwise it is asked on the terminal"));
  add("--as", g.officer, t("姓名", "NAME"),
      t("以哪位人员的身份操作（只有一位时可以不写）", "the officer who acts (not needed while there is only one)"));
  a->set_help_flag("-h,--help", t("显示帮助", "show this help"))->group("globals");
}

Grammar::Check Grammar::one_of(std::vector<std::string> words) const {
  return [words = std::move(words), l = l_](const std::string& given) -> std::string {
    if (std::find(words.begin(), words.end(), given) != words.end()) return {};
    std::string all;
    for (const std::string& w : words) all += (all.empty() ? "" : ", ") + w;
    return std::string(say(l, "没有“", "no \"")) + plain(given) +
           std::string(say(l, "”，可以是：", "\"; it can be: ")) + all;
  };
}

CLI::App* Grammar::group(const char* name, std::string about) {
  CLI::App* a = app_.add_subcommand(name, std::move(about));
  a->require_subcommand(0, 1);
  a->footer("");  // not the parent's examples
  globals_of(a);
  return a;
}

CLI::Option* Grammar::case_of(CLI::App* a, std::string& to) {
  return a
      ->add_option(t("编号", "CASE"), to,
                   t("报告编号（前 6 位以上即可，或文号如 柳河镇〔2026〕12号）",
                     "case id (6 characters or more of it, or a number like 柳河镇〔2026〕12号)"))
      ->required();
}

Grammar::Check Grammar::limit_check(int most) const {
  return [l = l_, most](const std::string& given) -> std::string {
    const bool digits =
        !given.empty() && given.size() <= 6 && given.find_first_not_of("0123456789") == std::string::npos;
    if (digits && std::stoi(given) >= 1 && std::stoi(given) <= most) return {};
    return std::string(say(l, "要写成 1 到 ", "is a number from 1 to ")) + std::to_string(most) +
           std::string(say(l, " 的数", ""));
  };
}

Grammar::Check Grammar::pair_check(bool may_be_bare) const {
  return [l = l_, may_be_bare](const std::string& given) -> std::string {
    const auto at = given.find('=');
    if (at == std::string::npos ? may_be_bare && !given.empty() : at > 0) return {};
    return std::string(say(l, "要写成 要素=值，收到的是：", "has the form key=value, got: ")) + plain(given);
  };
}

void Grammar::content_of(CLI::App* a, Content& c) {
  a->add_option("--body-file", c.body_file,
                t("正文文件，UTF-8；写 - 从标准输入读", "file with the text, UTF-8; - reads standard input"))
      ->type_name(t("文件|-", "FILE|-"));
  auto fields = std::make_shared<std::vector<std::string>>();
  a->add_option("--set", *fields,
                t("填一个要素，可重复，如 --set deaths=2", "fill in a field; may be repeated, like --set deaths=2"))
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->check(pair_check(false));
  a->add_option("--attach", c.attachments, t("附件，可重复", "an attachment; may be repeated"))
      ->allow_extra_args(false)
      ->type_name(t("文件", "FILE"));
  a->add_option("--occurred-at", c.occurred_at,
                t("事发时间，如 2026-11-22T08:30:00+08:00", "when it happened, like 2026-11-22T08:30:00+08:00"))
      ->type_name(t("时间", "TIME"));
  to_of(a, c.to);
  a->add_option(
       "--sensitivity", c.sensitivity,
       t("public 公开，internal 内部（默认），work_secret 工作秘密", "public, internal (default) or work_secret"))
      ->type_name(t("级别", "WORD"))
      ->check(one_of({"public", "internal", "work_secret"}));
  a->parse_complete_callback([&c, fields] {
    for (const std::string& f : *fields) c.fields.push_back(pair_of(f));
  });
}

void Grammar::to_of(CLI::App* a, std::vector<std::string>& to) {
  a->add_option("--to", to,
                t("报送哪些单位（代码，逗号分开；不写则报主管上级，最重两级特急同时报各上级）",
                  "which offices it goes to (codes, with commas between); else the superior, and the gravest flash "
                  "emergencies to all superiors"))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name(t("代码,...", "CODE,..."));
}

void Grammar::send_of(CLI::App* a, bool& send) {
  a->add_flag("--send", send,
              t("检查、签发并排队发送（不写则只存草稿）", "check, sign and queue it (otherwise it stays a draft)"));
}

const GrammarParts& Grammar::parts() {
  parts_.language = l_;
  parts_.command = [](CLI::App* under, const char* name, std::string about) {
    CLI::App* a = under->add_subcommand(name, std::move(about));
    a->footer("");
    return a;
  };
  parts_.done = [this](CLI::App* a) { done(a); };
  parts_.chosen = [this](Command c) {
    asked_.command = std::move(c);
    chosen_ = true;
  };
  parts_.case_of = [this](CLI::App* a, std::string& to) { return case_of(a, to); };
  parts_.content_of = [this](CLI::App* a, Content& c) { content_of(a, c); };
  parts_.lane_check = lane_check();
  return parts_;
}

Grammar::Leaf<KeyAct> Grammar::act(CLI::App* under, const char* name, KeyAct::What what, std::string about) {
  KeyAct initial;
  initial.what = what;
  return leaf<KeyAct>(under, name, std::move(about), std::move(initial));
}

void Grammar::valid_for(CLI::App* a, std::int64_t& minutes) {
  auto valid = std::make_shared<std::string>();
  a->add_option("--valid", *valid,
                t("有效期，如 30m、72h 或 3d（默认 72h）", "how long it holds, like 30m, 72h or 3d (default 72h)"))
      ->type_name(t("时长", "TIME"))
      ->check([l = l_](const std::string& given) -> std::string {
        return minutes_from(given) ? std::string()
                                   : std::string(say(l, "有效期写成 30m、72h 或 3d", "has the form 30m, 72h or 3d"));
      });
  a->parse_complete_callback([valid, to = &minutes] {
    if (!valid->empty()) *to = *minutes_from(*valid);
  });
}

void Grammar::revoke_of(CLI::App* a, KeyAct& c) {
  a->add_option("--why", c.why,
                t("retired 正常停用，compromised 失密（被盗、丢失）", "retired, or compromised (stolen, lost)"))
      ->required()
      ->type_name("retired|compromised")
      ->check(one_of({"retired", "compromised"}));
  a->add_option("--since", c.since, t("从何时起（默认现在）", "from when on (default now)"))
      ->type_name(t("时间", "TIME"));
  a->add_option("--reason", c.reason, t("原因", "why"))->required()->type_name(t("原因", "TEXT"));
}

CLI::Option* Grammar::code_of(CLI::App* a, std::string& to) {
  return a->add_option(t("代码", "CODE"), to, t("单位代码", "the office's code"));
}

}  // namespace yz::node::cli
