#include "node/cli/args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "crypto/certificate.h"
#include "node/cli/args_parts.h"
#include "node/cli/args_tasks.h"
#include "node/cli/print.h"
#include "node/office/report.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kHelpColumns = 100;  // a fixed width, so that help is the same in a pipe and in the manual

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string default_home() {
  if (auto home = environment("YIZHAN_HOME"); !home.empty()) return home;
  if (auto data = environment("XDG_DATA_HOME"); !data.empty()) return data + "/yizhan";
  if (auto user = environment("HOME"); !user.empty()) return user + "/.local/share/yizhan";
  return "/var/lib/yizhan";
}

/// Help for people who read Chinese: CLI11's own counts bytes and does not align.
class Help : public CLI::FormatterBase {
 public:
  explicit Help(Language l) : l_(l) {}

  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    std::string out = wrap(app->get_description(), kHelpColumns) + "\n" + usage(app, name);
    const auto subcommands = app->get_subcommands([](const CLI::App* a) { return !a->get_name().empty(); });
    if (!subcommands.empty()) {
      Rows rows;
      for (const CLI::App* a : subcommands) rows.emplace_back(a->get_name(), first_line(a->get_description()));
      out += "\n" + std::string(say(l_, "命令：", "Commands:")) + "\n" + list(rows);
    }
    Rows positionals, options, globals;
    for (const CLI::Option* o : app->get_options()) {
      const std::string text = o->get_description();
      if (o->get_positional())
        positionals.emplace_back(o->get_name(true, false), text);
      else
        (o->get_group() == "globals" ? globals : options)
            .emplace_back(o->get_name(false, true) + (takes_value(o) ? " " + o->get_type_name() : ""),
                          o->get_required() ? std::string(say(l_, "（必填）", "(required) ")) + text : text);
    }
    for (auto& [label, text] : options) label = spaced(label);
    for (auto& [label, text] : globals) label = spaced(label);
    if (!positionals.empty()) out += "\n" + std::string(say(l_, "参数：", "Arguments:")) + "\n" + list(positionals);
    if (!options.empty()) out += "\n" + std::string(say(l_, "选项：", "Options:")) + "\n" + list(options);
    if (!globals.empty())
      out += "\n" +
             std::string(
                 say(l_, "通用选项（命令前后都可以写）：", "Options of every command (before or behind its name):")) +
             "\n" + list(globals);
    if (!app->get_footer().empty()) out += "\n" + app->get_footer();
    return out;
  }

 private:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
  static bool takes_value(const CLI::Option* o) { return o->get_items_expected_max() > 0; }
  static std::string spaced(std::string names) {  // "-h,--help" -> "-h, --help"
    for (auto at = names.find(",-"); at != std::string::npos; at = names.find(",-", at + 2)) names.insert(at + 1, " ");
    return names;
  }
  std::string usage(const CLI::App* app, const std::string& name) const {
    std::string line = std::string(say(l_, "用法：", "Usage: ")) + (name.empty() ? app->get_name() : name);
    if (!app->get_subcommands([](const CLI::App*) { return true; }).empty())
      line += std::string(say(l_, " 命令", " COMMAND"));
    for (const CLI::Option* o : app->get_options()) {
      if (o->get_group() == "globals" || o->get_lnames() == std::vector<std::string>{"help"}) continue;
      if (o->get_positional())
        line += o->get_required() ? " " + o->get_name(true, false) : " [" + o->get_name(true, false) + "]";
      else if (o->get_required())
        line += " --" + o->get_lnames().front() + " " + o->get_type_name();
    }
    return line + std::string(say(l_, " [选项]", " [options]")) + "\n";
  }
  static std::string list(const Rows& rows) {
    constexpr std::size_t kLabelMax = 34;
    std::size_t label_columns = 0;
    for (const auto& [label, text] : rows)
      if (width(label) <= kLabelMax) label_columns = std::max(label_columns, width(label));
    const std::size_t indent = label_columns + 4;
    std::string out;
    for (const auto& [label, text] : rows) {
      std::string body = text.empty() ? std::string("\n") : wrap(text, kHelpColumns, indent);
      if (width(label) > label_columns)
        out += "  " + label + "\n" + body;
      else
        out += "  " + pad(label, label_columns) + "  " + (text.empty() ? body : body.substr(indent));
    }
    return out;
  }

  Language l_;
};

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

/// Everything that the parse of one command line needs; the app's options point into `asked`.
class Grammar {
 public:
  explicit Grammar(Language l) : l_(l), app_(std::string(say(l, kAboutZh, kAboutEn)), "yizhan") {
    app_.formatter(std::make_shared<Help>(l));
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

  std::variant<Asked, Told> parse(std::vector<std::string> arguments);

 private:
  static constexpr std::string_view kAboutZh = "驿站：基层信息报送。断网照写，来网自发；每一级都签名，每一步都有回执。";
  static constexpr std::string_view kAboutEn =
      "Yizhan: reports from grassroots offices. Write without a line, sent by itself when there is one; every level "
      "signs, every step leaves a receipt.";
  static constexpr std::string_view kFootZh = R"(示例：
  yizhan init --code 370783 --name 青山县 --level county --officer 李明 --root
  yizhan join YZ1-... --officer 王芳
  yizhan report new --kind first_report --lane flash --title "铁匠沟发生山体滑坡" --body-file 正文.txt \
      --set incident_type=ND-GEO --set place=铁匠沟 --send
  yizhan sync

每个命令的详细说明：yizhan help 命令，例如 yizhan help report new
退出码：0 成功；2 命令写法不对；65 内容不合要求；66 没有找到；69 连不上上级（内容已排队）；70 程序出错；
        73 写不进去（磁盘满）；75 正忙，稍后再试；76 校验没有通过；77 口令不对或没有权限
)";
  static constexpr std::string_view kFootEn = R"(Examples:
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

  std::string t(std::string_view zh, std::string_view en) const { return std::string(say(l_, zh, en)); }
  std::string example(std::string_view lines) const { return t("示例：\n", "Examples:\n") + std::string(lines); }

  void globals_of(CLI::App* a) {
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

  std::function<std::string(const std::string&)> one_of(std::vector<std::string> words) const {
    return [words = std::move(words), l = l_](const std::string& given) -> std::string {
      if (std::find(words.begin(), words.end(), given) != words.end()) return {};
      std::string all;
      for (const std::string& w : words) all += (all.empty() ? "" : ", ") + w;
      return std::string(say(l, "没有“", "no \"")) + plain(given) +
             std::string(say(l, "”，可以是：", "\"; it can be: ")) + all;
    };
  }
  std::function<std::string(const std::string&)> level_check() const {
    return one_of({"province", "city", "county", "township", "unit"});
  }
  std::function<std::string(const std::string&)> lane_check() const { return one_of({"flash", "urgent", "routine"}); }

  CLI::App* group(const char* name, std::string about) {
    CLI::App* a = app_.add_subcommand(name, std::move(about));
    a->require_subcommand(0, 1);
    a->footer("");  // not the parent's examples
    globals_of(a);
    return a;
  }

  /// A command whose options fill a C; when the whole line is right, that C is what was asked for.
  template <class C>
  struct Leaf {
    CLI::App* app;
    std::shared_ptr<C> of;
  };
  template <class C>
  Leaf<C> leaf(CLI::App* under, const char* name, std::string about, C initial = {}) {
    CLI::App* a = under->add_subcommand(name, std::move(about));
    a->footer("");
    auto of = std::make_shared<C>(std::move(initial));
    a->callback([this, of] {
      asked_.command = *of;
      chosen_ = true;
    });
    return {a, of};
  }
  void done(CLI::App* a) { globals_of(a); }  // last, so that help names the command's own options first

  CLI::Option* case_of(CLI::App* a, std::string& to) {
    return a
        ->add_option(t("编号", "CASE"), to,
                     t("报告编号（前 6 位以上即可，或文号如 柳河镇〔2026〕12号）",
                       "case id (6 characters or more of it, or a number like 柳河镇〔2026〕12号)"))
        ->required();
  }
  std::function<std::string(const std::string&)> limit_check(int most) const {
    return [l = l_, most](const std::string& given) -> std::string {
      const bool digits =
          !given.empty() && given.size() <= 6 && given.find_first_not_of("0123456789") == std::string::npos;
      if (digits && std::stoi(given) >= 1 && std::stoi(given) <= most) return {};
      return std::string(say(l, "要写成 1 到 ", "is a number from 1 to ")) + std::to_string(most) +
             std::string(say(l, " 的数", ""));
    };
  }
  /// "key=value" words; `may_be_bare`: or one word without a key.
  std::function<std::string(const std::string&)> pair_check(bool may_be_bare) const {
    return [l = l_, may_be_bare](const std::string& given) -> std::string {
      const auto at = given.find('=');
      if (at == std::string::npos ? may_be_bare && !given.empty() : at > 0) return {};
      return std::string(say(l, "要写成 要素=值，收到的是：", "has the form key=value, got: ")) + plain(given);
    };
  }
  static std::pair<std::string, std::string> pair_of(const std::string& f) {
    return {f.substr(0, f.find('=')), f.substr(f.find('=') + 1)};
  }
  void content_of(CLI::App* a, Content& c) {
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
  void to_of(CLI::App* a, std::vector<std::string>& to) {
    a->add_option("--to", to,
                  t("报送哪些单位（代码，逗号分开；不写则报主管上级，最重两级特急同时报各上级）",
                    "which offices it goes to (codes, with commas between); else the superior, and the gravest flash "
                    "emergencies to all superiors"))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("代码,...", "CODE,..."));
  }
  void send_of(CLI::App* a, bool& send) {
    a->add_flag("--send", send,
                t("检查、签发并排队发送（不写则只存草稿）", "check, sign and queue it (otherwise it stays a draft)"));
  }

  /// For the files that add commands of their own.
  const GrammarParts& parts() {
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

  void home_commands();
  void report_commands();
  void forward_command();
  void conflict_commands();
  void bundle_commands();
  void care_commands();
  void people_commands();
  void key_commands(CLI::App* officer, CLI::App* office, const std::vector<std::string>& roles);
  Leaf<KeyAct> act(CLI::App* under, const char* name, KeyAct::What what, std::string about) {
    KeyAct initial;
    initial.what = what;
    return leaf<KeyAct>(under, name, std::move(about), std::move(initial));
  }
  void root_commands(CLI::App* root);
  /// How long an invitation holds; `minutes` keeps what it has when nothing is given.
  /// Without a line: the request goes to a file, the answer comes from one; else an invitation is needed.
  template <class C>
  void by_file(CLI::App* a, CLI::Option* invitation, C& c) {
    CLI::Option* request =
        a->add_option("--request", c.request_file,
                      t("没有线路时：把申请写到文件，带给对方执行 yizhan admit",
                        "without a line: write the request to a file, for yizhan admit at the superior"))
            ->type_name(t("文件", "FILE"));
    CLI::Option* answer = a->add_option("--answer", c.answer_file,
                                        t("没有线路时：读对方带回的答复", "without a line: read the superior's answer"))
                              ->type_name(t("文件", "FILE"))
                              ->excludes(request);
    a->parse_complete_callback([invitation, answer, this] {
      if (answer->count() == 0 && invitation->count() == 0)
        throw CLI::RequiredError(t("邀请（YZ1-...）", "the invitation (YZ1-...)"));
    });
  }
  void valid_for(CLI::App* a, std::int64_t& minutes) {
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

  void revoke_of(CLI::App* a, KeyAct& c) {
    a->add_option("--why", c.why,
                  t("retired 正常停用，compromised 失密（被盗、丢失）", "retired, or compromised (stolen, lost)"))
        ->required()
        ->type_name("retired|compromised")
        ->check(one_of({"retired", "compromised"}));
    a->add_option("--since", c.since, t("从何时起（默认现在）", "from when on (default now)"))
        ->type_name(t("时间", "TIME"));
    a->add_option("--reason", c.reason, t("原因", "why"))->required()->type_name(t("原因", "TEXT"));
  }
  CLI::Option* code_of(CLI::App* a, std::string& to) {
    return a->add_option(t("代码", "CODE"), to, t("单位代码", "the office's code"));
  }
  std::string sentence(const CLI::ParseError&) const;
  std::optional<Told> unknown_command(const std::vector<std::string>& arguments, std::vector<std::string>& words) const;

  Language l_;
  std::string language_;
  Asked asked_;
  bool chosen_ = false;
  GrammarParts parts_;
  CLI::App app_;
};

void Grammar::home_commands() {
  {
    auto [a, c] = leaf<Init>(&app_, "init",
                             t("新建本单位的数据目录，第一位人员拥有全部角色",
                               "make a new home for an office; the first officer gets all roles"));
    a->add_option("--code", c->code, t("单位代码", "the office's code"))->required()->type_name(t("代码", "CODE"));
    a->add_option("--name", c->name, t("单位名称", "its name"))->required()->type_name(t("名称", "NAME"));
    a->add_option("--level", c->level,
                  t("层级：province、city、county、township、unit", "province, city, county, township or unit"))
        ->required()
        ->type_name(t("层级", "LEVEL"))
        ->check(level_check());
    a->add_option("--officer", c->officer, t("第一位人员的姓名", "the first officer's name"))
        ->required()
        ->type_name(t("姓名", "NAME"));
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_flag("--root", c->root,
                t("本单位就是信任的根（最高一级）", "this office is its own root of trust (the highest level)"));
    a->add_flag("--two-person", c->two_person,
                t("任何时候拟稿人与签发人都不得为同一人", "drafter and signer are never one person"));
    a->add_option(
         "--recovery-sheet", c->recovery_sheet,
         t("把恢复单写到这个文件（打印后删除）", "write the recovery sheet to this file (print it, then delete it)"))
        ->type_name(t("文件", "FILE"));
    a->footer(example("  yizhan init --code 370783 --name 青山县 --level county --officer 李明 --root\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Invite>(
        &app_, "invite", t("给下级单位开一张邀请（一行 YZ1-...）", "invite a subordinate office (one line, YZ1-...)"));
    a->add_option("--code", c->code, t("下级单位代码", "the office's code"))->required()->type_name(t("代码", "CODE"));
    a->add_option("--name", c->name, t("下级单位名称", "its name"))->required()->type_name(t("名称", "NAME"));
    a->add_option("--level", c->level,
                  t("层级：province、city、county、township、unit", "province, city, county, township or unit"))
        ->required()
        ->type_name(t("层级", "LEVEL"))
        ->check(level_check());
    a->add_option("--url", c->urls, t("下级用来连接本单位的地址，可重复", "where it reaches us; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
    valid_for(a, c->valid_minutes);
    a->add_flag("--two-person", c->two_person,
                t("该单位拟稿人与签发人不得为同一人", "drafter and signer there are never one person"));
    a->add_flag("--line", c->line,
                t("条线登记：对方已有主管上级，只在本单位登记",
                  "to register as a line superior (条): the office has joined its own superior already"));
    a->add_flag("--move", c->move,
                t("该单位从别的上级整体迁来，编号和密钥不变；代码写新代码",
                  "for an office that comes over from another superior with its id and keys; --code is its new code"));
    a->add_flag("--qr", c->qr, t("在终端画出二维码", "draw it as a QR code"));
    a->footer(example("  yizhan invite --code 370783105 --name 柳河镇 --level township --url http://10.77.0.2:8701\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Join>(&app_, "join", t("用上级的邀请加入", "join with a superior's invitation"));
    CLI::Option* invitation = a->add_option(t("邀请", "INVITATION"), c->invitation,
                                            t("上级给的一行 YZ1-...", "the line YZ1-... of the superior"));
    CLI::Option* officer = a->add_option("--officer", c->officer, t("第一位人员的姓名", "the first officer's name"))
                               ->type_name(t("姓名", "NAME"));
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_option(
         "--request", c->request_file,
         t("没有线路时：把加入申请写到文件，带给上级", "without a line: write the request to a file for the superior"))
        ->type_name(t("文件", "FILE"));
    CLI::Option* answer = a->add_option("--answer", c->answer_file,
                                        t("没有线路时：读上级带回的答复", "without a line: read the superior's answer"))
                              ->type_name(t("文件", "FILE"));
    a->add_option(
         "--recovery-sheet", c->recovery_sheet,
         t("把恢复单写到这个文件（打印后删除）", "write the recovery sheet to this file (print it, then delete it)"))
        ->type_name(t("文件", "FILE"));
    a->parse_complete_callback([invitation, officer, answer, this] {
      if (answer->count() == 0 && invitation->count() == 0)
        throw CLI::RequiredError(t("邀请（YZ1-...）", "the invitation (YZ1-...)"));
      if (answer->count() == 0 && officer->count() == 0) throw CLI::RequiredError("--officer");
    });
    a->footer(
        example("  yizhan join YZ1-... --officer 王芳\n  yizhan join YZ1-... --officer 王芳 --request 申请.yzjoin\n  "
                "yizhan join --answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Admit>(
        &app_, "admit", t("读下级带来的加入申请，写出答复", "read a subordinate's request to join, write the answer"));
    a->add_option(t("申请文件", "REQUEST"), c->request_file, t("下级的申请文件", "the subordinate's file"))->required();
    a->add_option("--answer", c->answer_file,
                  t("答复写到这里（默认：申请文件名加 .answer）", "write the answer here (default: REQUEST.answer)"))
        ->type_name(t("文件", "FILE"));
    Admit* to = c.get();
    a->parse_complete_callback([to] {
      if (to->answer_file.empty()) to->answer_file = to->request_file + ".answer";
    });
    a->footer(example("  yizhan admit 申请.yzjoin --answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Serve>(&app_, "serve",
                              t("运行节点：网页、同步端口、后台收发；SIGTERM 正常结束",
                                "run the node: page, sync port, background sync; SIGTERM ends it cleanly"));
    a->add_option("--web", c->web, t("网页端口（默认 127.0.0.1:8700）", "the page (default 127.0.0.1:8700)"))
        ->type_name("HOST:PORT");
    a->add_option("--sync", c->sync,
                  t("供下级连接的同步端口（没有下级则不写）", "the port for subordinates (not needed without any)"))
        ->type_name("HOST:PORT");
    a->footer(example("  yizhan serve --web 127.0.0.1:8700 --sync 0.0.0.0:8701\n"));
    done(a);
  }
  CLI::App* invitations =
      group("invitation", t("开出的邀请：名单，撤回没有用过的", "invitations that were written, and taking one back"));
  {
    auto [a, c] = leaf<InvitationList>(invitations, "list", t("还能用的邀请", "those that can still be used"));
    a->add_flag("--all", c->all, t("连用过、过期、撤回的", "used, expired and withdrawn ones too"));
    done(a);
  }
  {
    auto [a, c] = leaf<InvitationWithdraw>(invitations, "withdraw",
                                           t("撤回一份没有用过的邀请", "nobody can join with it from now on"));
    a->add_option(t("编号", "ID"), c->id, t("邀请编号，至少前 6 位", "its id, six digits of it or more"))->required();
    a->footer(example("  yizhan invitation withdraw 3f9c21\n"));
    done(a);
  }
  CLI::App* superior = group("superior", t("上级：主管上级以外再加条线上级，改地址",
                                           "superiors: line superiors beside our own, and their addresses"));
  {
    auto [a, c] = leaf<SuperiorAdd>(superior, "add",
                                    t("用邀请在另一个上级（条线主管部门）登记，本单位编号和密钥不变",
                                      "register with a further superior; the office keeps its id and its keys"));
    CLI::Option* invitation = a->add_option(t("邀请", "INVITATION"), c->invitation,
                                            t("对方给的一行 YZ1-...", "the line YZ1-... of the superior"));
    by_file(a, invitation, *c);
    a->add_flag("--line", c->line, t("对方是条线上级", "it is a line superior (条)"));
    a->footer(example("  yizhan superior add YZ1-... --line\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<SuperiorRemove>(superior, "remove", t("撤掉一个条线上级", "a line superior is none any more"));
    a->add_option(t("代码", "CODE"), c->code, t("上级的单位代码", "the superior's code"))->required();
    done(a);
  }
  done(leaf<SuperiorList>(superior, "list", t("上级名单和线路", "list them, and whether they are reached")).app);
  {
    auto [a, c] = leaf<SuperiorUrl>(superior, "url", t("改上级的地址", "where a superior is reached from now on"));
    a->add_option(t("代码", "CODE"), c->code, t("上级的单位代码", "the superior's code"))->required();
    a->add_option("URL", c->urls, t("地址，最多四个", "addresses, at most four"))->required();
    a->footer(example("  yizhan superior url 370783 http://10.77.0.2:8701\n"));
    done(a);
  }
  done(leaf<Sync>(&app_, "sync",
                  t("现在与上级收发一次，直到发完", "exchange with the superior now, until nothing is left to send"))
           .app);
  done(leaf<Status>(&app_, "status",
                    t("线路、各通道待发与已送达、提醒", "link, what waits and what arrived in each lane, alarms"))
           .app);
}

void Grammar::report_commands() {
  CLI::App* report = group("report", t("写、改、签、发、查报告", "write, change, sign, send and look at reports"));
  std::vector<std::string> kinds;
  std::string kinds_text;
  for (const auto& [kind, name] : kKinds) {
    kinds.emplace_back(name);
    kinds_text += (kinds_text.empty() ? "" : l_ == Language::zh ? "、" : ", ") + std::string(name);
    if (l_ == Language::zh) kinds_text += " " + kind_text(name, l_);
  }
  const std::string lanes = t("通道：flash 特急，urgent 加急，routine 平件", "lane: flash, urgent or routine");
  {
    auto [a, c] = leaf<ReportNew>(report, "new", t("写一份新报告", "write a new report"));
    a->add_option("--kind", c->kind, t("种类：", "kind: ") + kinds_text)
        ->required()
        ->type_name(t("种类", "KIND"))
        ->check(one_of(kinds));
    a->add_option("--lane", c->lane, lanes)->required()->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--title", c->content.title, t("标题", "title"))->required()->type_name(t("标题", "TEXT"));
    content_of(a, c->content);
    a->get_option("--body-file")->required();
    send_of(a, c->content.send);
    auto* drill =
        a->add_flag("--exercise", c->exercise, t("演练：不是真实情况，以后也不能改", "an exercise, for ever"));
    a->add_flag("--real", c->real, t("演练进行中也按真实情况报", "real, although an exercise is going on"))
        ->excludes(drill);
    a->footer(example(
        "  yizhan report new --kind first_report --lane flash --title \"铁匠沟发生山体滑坡\" --body-file 正文.txt \\\n"
        "      --set incident_type=ND-GEO --set place=铁匠沟 --attach 现场.jpg --send\n"
        "  echo \"……\" | yizhan report new --kind dynamic --lane routine --title \"春耕备耕进展\" --body-file -\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportImport>(report, "import",
                                     t("批量导入，一行一份报告（JSON）", "import many, one report a line (JSON)"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("JSONL 文件；- 从标准输入读。坏行会报出行号，好行照收",
                    "a JSONL file; - reads standard input. Bad lines are named with their number, good ones are kept"))
        ->required();
    to_of(a, c->to);
    send_of(a, c->send);
    a->footer(
        example("  yizhan report import 本周.jsonl --send\n\n") + t("每行：", "A line: ") +
        "{\"kind\":\"first_report\",\"lane\":\"urgent\",\"title\":\"...\",\"body\":\"...\",\n"
        "  "
        "\"occurred_at\":\"2008-04-04T13:00:00+08:00\",\"fields\":{\"incident_type\":\"AD-TRA\",\"place\":\"...\"}}\n");
    done(a);
  }
  {
    auto [a, c] = leaf<ReportList>(report, "list", t("报告列表，新的在前", "list reports, newest first"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--state", c->state,
                  t("状态，如 draft、signed、delivered、received", "state, like draft, signed, delivered, received"))
        ->type_name(t("状态", "STATE"));
    a->add_option("--office", c->office, t("来自哪个单位（代码）", "from which office (its code)"))
        ->type_name(t("代码", "CODE"));
    a->add_option("--search", c->search, t("查找标题和正文里的词", "words in title and text"))
        ->type_name(t("词", "TEXT"));
    a->add_option("--limit", c->limit, t("最多几份（默认 100）", "how many at most (default 100)"))
        ->type_name("N")
        ->check(limit_check(100000));
    a->add_option("--after", c->after, t("从上一页给出的位置继续", "go on where the last page ended"))
        ->type_name(t("位置", "CURSOR"));
    list_options(parts(), a, *c);
    a->footer(
        example("  yizhan report list --lane flash --state received\n  yizhan report list --search 山体滑坡 --json\n"
                "  yizhan report list --class ND --from 2026-11-01 --save 本月灾害\n"
                "  yizhan report list --view 本月灾害 --csv 本月灾害.csv\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportShow>(
        report, "show",
        t("一份报告的正文、要素、签名、回执和经过", "a report's text, fields, signatures, receipts and timeline"));
    case_of(a, c->case_id);
    CLI::Option* attachment =
        a->add_option("--attachment", c->attachment, t("取出这个附件", "take out this attachment"))
            ->type_name(t("名称", "NAME"));
    CLI::Option* out =
        a->add_option("--out", c->out, t("附件写到这个文件", "the file to write it to"))->type_name(t("文件", "FILE"));
    attachment->needs(out);
    out->needs(attachment);
    a->footer(example(
        "  yizhan report show k3v7qd\n  yizhan report show k3v7qd --attachment 现场.jpg --out /tmp/现场.jpg\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportEdit>(report, "edit",
                                   t("改草稿（只改写到的各项；--set 要素= 清除该要素）",
                                     "change a draft (only what is named; --set key= clears a field)"));
    case_of(a, c->case_id);
    a->add_option("--title", c->content.title, t("标题", "title"))->type_name(t("标题", "TEXT"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--take", c->take,
                  t("两台机器上的文字不同时：以这个版本为准（report show 列出）",
                    "where two machines have different texts: this version stands (report show lists them)"))
        ->type_name(t("版本", "VERSION"));
    content_of(a, c->content);
    done(a);
  }
  {
    auto [a, c] = leaf<ReportFollowUp>(report, "follow-up",
                                       t("续报；加 --final 为终报", "follow up; with --final, the final report"));
    case_of(a, c->case_id);
    a->add_flag("--final", c->final, t("终报：事件已处置完毕", "the final report: the incident is over"));
    a->add_option("--title", c->content.title, t("标题（不写则沿用）", "title (as before when left out)"))
        ->type_name(t("标题", "TEXT"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    content_of(a, c->content);
    send_of(a, c->content.send);
    a->footer(example("  yizhan report follow-up k3v7qd --body-file 续报.txt --set deaths=2 --send\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCorrect>(report, "correct",
                                      t("更正已发出的报告（原件保留）", "correct what was sent (the original stays)"));
    case_of(a, c->case_id);
    a->add_option("--reason", c->reason, t("为什么更正", "why"))->required()->type_name(t("原因", "TEXT"));
    a->add_option("--title", c->content.title, t("标题", "title"))->type_name(t("标题", "TEXT"));
    content_of(a, c->content);
    send_of(a, c->content.send);
    a->footer(example("  yizhan report correct k3v7qd --set missing=2 --reason \"一人已找到\" --send\n"));
    done(a);
  }
  {
    auto [a, c] =
        leaf<ReportWithdraw>(report, "withdraw", t("撤回（原件和原因都保留）", "withdraw (original and reason stay)"));
    case_of(a, c->case_id);
    a->add_option("--reason", c->reason, t("为什么撤回", "why"))->required()->type_name(t("原因", "TEXT"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportQr>(report, "qr",
                                 t("没有线路时：把已签发的报告画成一组二维码（内容已加密）",
                                   "without a line: a signed report as QR codes (sealed)"));
    case_of(a, c->case_id);
    a->add_option("--out", c->out,
                  t("写成图片放进这个目录；- 画在终端（默认）",
                    "write pictures into this folder; - draws on the terminal (default)"))
        ->type_name(t("目录|-", "DIR|-"));
    a->footer(example("  yizhan report qr k3v7qd --out /tmp/二维码\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCode>(report, "code",
                                   t("没有线路时：把要点编成约 200 个字符的短码，传真、短信或电话念都行",
                                     "without a line: what matters in some 200 characters, to be faxed or read out"));
    case_of(a, c->case_id);
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCodeIn>(
        report, "code-in", t("录入对方的短码（打错时指出哪一行）", "type in such a code (errors are named by line)"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("短码的文本文件；- 从标准输入读", "a text file; - reads standard input"))
        ->required();
    done(a);
  }
  done(leaf<ReportCodeList>(report, "code-list", t("以短码报来的信息", "what was told by code")).app);
  const auto step = [&](const char* name, ReportStep::What what, std::string about, bool note_needed = false) {
    auto [a, c] = leaf<ReportStep>(report, name, std::move(about), ReportStep{what, {}, {}});
    case_of(a, c->case_id);
    if (what != ReportStep::What::submit && what != ReportStep::What::send) {
      CLI::Option* note =
          a->add_option("--note", c->note,
                        note_needed ? t("要补充或修改什么", "what is to be changed") : t("说明", "a note"))
              ->type_name(t("说明", "TEXT"));
      if (note_needed) note->required();
    }
    done(a);
  };
  step("send", ReportStep::What::send,
       t("把草稿检查、签发并排队发送（拟稿签发须两人时转为提交审核）",
         "check, sign and queue a draft (where two persons are needed: submit it)"));
  step("submit", ReportStep::What::submit, t("拟稿人提交审核", "the drafter submits it for review"));
  step("review", ReportStep::What::review, t("审核人审核通过", "the reviewer agrees"));
  step("sign", ReportStep::What::sign, t("签发人签发，排队发送", "the signer signs; it is queued"));
  step("return", ReportStep::What::send_back, t("退回修改", "send it back to be changed"), true);
  {
    auto [a, c] =
        act(report, "release", KeyAct::What::release,
            t("担保因密钥失效而隔离的内容，解除隔离", "vouch for what is held because a key of it had ended"));
    case_of(a, c->name);
    a->add_option("--note", c->reason, t("如何核实的", "how it was verified"))
        ->required()
        ->type_name(t("说明", "TEXT"));
    done(a);
  }
  step("acknowledge", ReportStep::What::acknowledge, t("签收下级来的报告", "acknowledge a report from below"));
  act_commands(parts(), &app_, report);
  role_commands(parts(), &app_, report);
  desk_commands(parts(), &app_, report);
}

void Grammar::forward_command() {
  auto [a, c] = leaf<Forward>(&app_, "forward",
                              t("转报下级的报告：原件原样附在其中，改稿另成一层",
                                "pass a report on: the original unchanged inside, an edition as a layer of its own"));
  case_of(a, c->case_id);
  auto codes = std::make_shared<std::vector<std::string>>();
  auto sets = std::make_shared<std::vector<std::string>>();
  a->add_option("--edit-file", c->edit_file,
                t("改稿：正文，或含 title、body、fields 的 JSON；不写则原样转报（- 从标准输入读）",
                  "our edition: the text, or JSON with title, body, fields; without it unchanged (- reads stdin)"))
      ->type_name(t("文件", "FILE"));
  a->add_option("--title", c->title, t("改标题", "another title"))->type_name(t("标题", "TEXT"));
  a->add_option("--set", *sets, t("改一项要素，可重复，如 --set deaths=2", "change a field; may be repeated"))
      ->allow_extra_args(false)
      ->type_name(t("要素=值", "KEY=VALUE"))
      ->check(pair_check(false));
  a->add_option("--note", c->note, t("给上级的说明", "a note for the superior"))->type_name(t("说明", "TEXT"));
  a->add_option("--to", *codes, t("转报给哪些上级（代码，默认本级上级）", "to which superiors (codes; default: ours)"))
      ->delimiter(',')
      ->type_name(t("代码", "CODE,..."));
  a->add_option("--lane", c->lane, t("更急的通道（只能比来件更急）", "a more urgent lane (never a less urgent one)"))
      ->type_name(t("通道", "LANE"))
      ->check(lane_check());
  a->add_option("--record", c->record, t("转报哪一个版本（默认最新）", "which version (default: the newest)"))
      ->type_name(t("版本", "RECORD"));
  CLI::Option* none = a->add_flag("--without-attachments", c->attachments.none,
                                  t("不带原件的附件", "without the original's attachments"));
  CLI::Option* chosen = a->add_option("--attachment", c->attachments.chosen,
                                      t("只带这个附件（名称或编号），可重复；默认全部",
                                        "only this attachment (name or id); may be repeated; default: all"))
                            ->allow_extra_args(false)
                            ->type_name(t("附件", "NAME"));
  chosen->excludes(none);
  a->add_flag("--attachments-only", c->attachments.only,
              t("补转附件：先前已转报，这次只转没带的附件", "only attachments, after what was passed on before"))
      ->excludes(none);
  Forward* to = c.get();
  a->parse_complete_callback([to, codes, sets] {
    to->to = *codes;
    for (const std::string& f : *sets) to->fields.push_back(pair_of(f));
  });
  a->footer(
      example("  yizhan forward k3v7qd\n"
              "  yizhan forward k3v7qd --edit-file 改稿.txt --note 已派人核实\n"
              "  yizhan forward k3v7qd --attachment 现场.jpg\n"));
  done(a);
}

void Grammar::conflict_commands() {
  CLI::App* conflict = group("conflict", t("同一事项有几个并存的版本时：对照，由人决定",
                                           "versions of one case side by side: compare, and let a person decide"));
  {
    auto [a, c] =
        leaf<ConflictList>(conflict, "list", t("哪些事项有并存的版本", "the cases that have several versions"));
    a->add_option("--limit", c->limit, t("最多几行（默认 100）", "at most so many rows (default 100)"))
        ->type_name("N")
        ->check(limit_check(1000));
    a->add_option("--after", c->after, t("从上一页给出的位置继续", "go on where the last page ended"))
        ->type_name(t("位置", "CURSOR"));
    done(a);
  }
  {
    auto [a, c] = leaf<ConflictShow>(conflict, "show",
                                     t("各版本逐项对照，并标出要由人决定的项目",
                                       "the versions field by field, and which of them a person has to decide"));
    case_of(a, c->case_id);
    a->footer(example("  yizhan conflict show k3v7qd\n"));
    done(a);
  }
  auto [a, c] = leaf<ConflictResolve>(
      conflict, "resolve",
      t("选定各项，签发一个合并的版本（原来的版本都保留）", "decide, and sign one version that joins them (all stay)"));
  case_of(a, c->case_id);
  auto takes = std::make_shared<std::vector<std::string>>();
  auto sets = std::make_shared<std::vector<std::string>>();
  a->add_option("--take", *takes,
                t("采用哪个版本：--take 版本，或单独一项 --take deaths=版本，可重复",
                  "which version holds: --take VERSION, or for one field --take deaths=VERSION; may be repeated"))
      ->allow_extra_args(false)
      ->type_name(t("[要素=]版本", "[KEY=]VERSION"))
      ->check(pair_check(true));
  a->add_option("--set,--field", *sets,
                t("另写一项的值，可重复，如 --set deaths=2；title、body、withdrawn 也可以",
                  "write a field anew; may be repeated, like --set deaths=2; title, body and withdrawn too"))
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->check(pair_check(false));
  a->add_option("--body-file", c->body_file,
                t("正文文件，UTF-8；写 - 从标准输入读", "file with the text, UTF-8; - reads standard input"))
      ->type_name(t("文件|-", "FILE|-"));
  a->add_option("--from", c->from,
                t("整份另写：一个 JSON 对象的文件，写法同 report import 的一行",
                  "write all of it anew: a file with one JSON object like a line of report import"))
      ->type_name(t("文件|-", "FILE|-"));
  a->add_option("--reason", c->reason, t("说明", "why"))->type_name(t("原因", "TEXT"));
  ConflictResolve* to = c.get();
  a->parse_complete_callback([takes, sets, to, this] {
    for (const std::string& word : *takes) {
      if (word.find('=') != std::string::npos)
        to->take_fields.push_back(pair_of(word));
      else if (to->take.empty())
        to->take = word;
      else
        throw CLI::ValidationError("--take", t("只能整个采用一个版本", "only one version can be taken as a whole"));
    }
    for (const std::string& word : *sets) to->fields.push_back(pair_of(word));
  });
  a->footer(
      example("  yizhan conflict resolve k3v7qd --take 5f02c1aa\n"
              "  yizhan conflict resolve k3v7qd --take deaths=5f02c1aa --set missing=1 --reason 医院核实\n"));
  done(a);
}

void Grammar::bundle_commands() {
  CLI::App* bundle = group("bundle", t("没有线路时：用U盘或邮件附件捎带",
                                       "without a line: carried on a stick, or sent as an e-mail attachment"));
  {
    auto [a, c] = leaf<BundleExport>(
        bundle, "export",
        t("把待发给一个上级或下级的全部内容写进一个加密文件", "write all that waits for a neighbour to a sealed file"));
    a->add_option("--to", c->to, t("对方单位代码（上级或下级）", "the neighbour's code (a superior or a subordinate)"))
        ->required()
        ->type_name(t("代码", "CODE"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("写到这里；已有的捎带文件会被替换，别的文件不会",
                    "where to; an older bundle there is replaced, nothing else"))
        ->required();
    a->footer(example("  yizhan bundle export --to 370783 /media/usb/柳河镇.yzbundle\n\n") +
              t("文件只有对方打得开，也可以当邮件附件发送。写出不算送达：对方的回执回来之前（下次联网，或对方也用\n"
                "bundle export 写回来），内容仍在本机排队，重复捎带不会重复入库。\n",
                "Only that office can open it; it may as well be an attachment of an e-mail. Writing is not "
                "delivering: until\n"
                "their receipts come back (at the next contact, or in a bundle that they write), all of it still waits "
                "here.\n"
                "Carrying it twice does no harm.\n"));
    done(a);
  }
  {
    auto words = std::make_shared<std::pair<std::string, bool>>();
    CLI::App* a = bundle->add_subcommand("import", t("读入上级或下级写的文件，或扫描下来的二维码",
                                                     "take in a file that a neighbour wrote, or scanned QR codes"));
    a->add_option(t("文件", "FILE"), words->first,
                  t("U盘上的文件，或存下来的邮件附件", "the file, or the saved attachment"))
        ->required();
    a->add_flag("--qr", words->second,
                t("文件是扫描枪扫下来的文字，一行一张二维码", "it is a text file with one scanned QR code a line"));
    a->callback([this, words] {
      chosen_ = true;
      if (words->second)
        asked_.command = BundlePictures{words->first};
      else
        asked_.command = BundleImport{words->first};
    });
    a->footer(example("  yizhan bundle import /media/usb/柳河镇.yzbundle\n  yizhan bundle import --qr 扫描.txt\n"));
    done(a);
  }
}

void Grammar::care_commands() {
  {
    auto [a, c] = leaf<Verify>(&app_, "verify",
                               t("重新计算每条链、每个签名、每张回执", "recompute every chain, signature and receipt"));
    CLI::Option* one = a->add_option(t("编号", "CASE"), c->case_id, t("只验这一份", "only this report"));
    CLI::Option* all = a->add_flag("--all", c->all, t("全部（默认）", "everything (default)"));
    one->excludes(all);
    a->footer(example("  yizhan verify --all\n"));
    done(a);
  }
  {
    // One command with two forms; CLI11 would take "check" for a case, so the first word decides.
    auto words = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* a = app_.add_subcommand(
        "evidence", t("写出一份可独立核验的证据文件；check 核验这样的文件（不需要口令）",
                      "write a file that proves a report by itself; `check` checks such a file (needs no passphrase)"));
    a->add_option(t("编号|check", "CASE|check"), words->first, t("报告编号，或 check", "case id, or the word check"))
        ->required();
    a->add_option(t("文件", "FILE"), words->second, t("证据文件", "the evidence file"))->required();
    a->callback([this, words] {
      chosen_ = true;
      if (words->first == "check")
        asked_.command = EvidenceCheck{words->second};
      else
        asked_.command = Evidence{words->first, words->second};
    });
    a->footer(example("  yizhan evidence k3v7qd 证据.yzevidence\n  yizhan evidence check 证据.yzevidence\n"));
    done(a);
  }
  done(leaf<Doctor>(&app_, "doctor",
                    t("体检：数据、密钥、磁盘、时钟、备份", "a check-up: data, keys, disk, clock, backup"))
           .app);
  {
    auto [a, c] =
        leaf<Backup>(&app_, "backup", t("把本单位备份成一个加密文件", "back the office up into one sealed file"));
    a->add_option(t("文件", "FILE"), c->file, t("备份文件", "the backup file"))->required();
    a->footer(example("  yizhan backup /media/usb/柳河镇.yzbackup\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Restore>(&app_, "restore", t("从备份恢复到空目录", "restore a backup into an empty directory"));
    a->add_option(t("文件", "FILE"), c->file, t("备份文件", "the backup file"))->required();
    a->footer(example("  yizhan --home /var/lib/yizhan restore /media/usb/柳河镇.yzbackup --as 王芳\n"));
    done(a);
  }
  done(leaf<Version>(&app_, "version", t("版本", "the version")).app);
}

void Grammar::people_commands() {
  const std::vector<std::string> roles{"drafter", "reviewer",     "signer",     "duty",
                                       "auditor", "admin_people", "admin_keys", "admin_policy"};
  CLI::App* officer = group("officer", t("本单位人员", "people of this office"));
  {
    auto [a, c] = leaf<OfficerAdd>(officer, "add", t("添加人员", "add an officer"));
    a->add_option(t("姓名", "NAME"), c->name, t("姓名", "the name"))->required();
    a->add_option("--role", c->roles,
                  t("角色，逗号分开：", "roles, with commas between: ") +
                      "drafter,reviewer,signer,duty,auditor,admin_people,admin_keys,admin_policy")
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE,..."))
        ->check([check = one_of(roles)](const std::string& given) { return check(given); });
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_option("--passphrase-file-for", c->passphrase_file,
                  t("从文件读新人员的口令", "read the new officer's passphrase from a file"))
        ->type_name(t("文件", "FILE"));
    a->footer(example("  yizhan officer add 赵敏 --role drafter,duty --phone 0536-1234567\n"));
    done(a);
  }
  done(leaf<OfficerList>(officer, "list", t("人员名单", "list them")).app);
  CLI::App* office = group("office", t("知道的单位", "offices known here"));
  done(leaf<OfficeList>(office, "list", t("单位名单", "list them")).app);
  key_commands(officer, office, roles);
  CLI::App* passphrase = group("passphrase", t("口令", "your passphrase"));
  {
    auto [a, c] = leaf<PassphraseChange>(passphrase, "change", t("换口令", "change it"));
    a->add_option("--new-passphrase-file", c->new_passphrase_file, t("从文件读新口令", "read the new one from a file"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<PassphraseRecover>(
        passphrase, "recover",
        t("忘记口令：用保险柜里的恢复单换新口令和新签名密钥",
          "forgotten: a new one, and a new signing key, with the recovery sheet from the safe"));
    a->add_option("--code-file", c->code_file,
                  t("从文件读恢复码（不写则在终端询问）", "read the code from a file (asked otherwise)"))
        ->type_name(t("文件", "FILE"));
    a->add_option("--new-passphrase-file", c->new_passphrase_file, t("从文件读新口令", "read the new one from a file"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  CLI::App* root = group("root", t("信任根", "the root of trust"));
  {
    auto [a, c] = leaf<RootConfirm>(
        root, "confirm",
        t("记下：根指纹已与上级电话核对一致", "record that the root fingerprint was compared by telephone"));
    a->add_option("fingerprint", c->fingerprint,
                  t("上级念出的指纹（40 位数字，空格可省）", "the 40 digits the superior read out"))
        ->required()
        ->type_name(t("指纹", "DIGITS"));
    done(a);
  }
  root_commands(root);
}

void Grammar::root_commands(CLI::App* root) {
  done(leaf<RootShow>(root, "show", t("根文件：版本、持有人、核对用的数字", "version, holders, the digits to compare"))
           .app);
  {
    auto [a, c] = leaf<RootKey>(root, "key", t("给一位持有人生成根密钥文件", "a root holder's key, in a file"));
    a->add_option("--out", c->out, t("写到文件（加锁，放入保险柜）", "the file, locked; for the safe"))
        ->required()
        ->type_name(t("文件", "FILE"));
    a->add_option("--name", c->name, t("持有人", "the holder"))->type_name(t("姓名", "NAME"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootPropose>(root, "propose", t("起草下一版根文件", "draft the next version of the root"));
    a->add_option("--threshold", c->threshold, t("须几人签名", "how many holders have to sign"))
        ->type_name("M")
        ->check(CLI::Range(1, 9));
    a->add_option("--add-key", c->add, t("增加的公钥（64 位十六进制），可重复", "a public key to add; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("KEY");
    a->add_option("--remove-key", c->remove, t("撤下的公钥，可重复", "a public key to remove; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("KEY");
    a->add_option("--out", c->out, t("写到文件", "the file"))->required()->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootSign>(root, "sign", t("持有人在草案上签名", "a holder signs the draft"));
    a->add_option("file", c->file, t("草案文件", "the draft"))->required()->type_name(t("文件", "FILE"));
    a->add_option("--key", c->key,
                  t("持有人的密钥文件（不写则用本机的根密钥）", "the holder's key file (else this home's)"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootAdopt>(root, "adopt", t("签名够了，启用新版根文件", "enough have signed: put it in force"));
    a->add_option("file", c->file, t("草案文件", "the draft"))->required()->type_name(t("文件", "FILE"));
    done(a);
  }
}

void Grammar::key_commands(CLI::App* officer, CLI::App* office, const std::vector<std::string>& roles) {
  using What = KeyAct::What;
  const auto named = [&](CLI::App* a, KeyAct& c) {
    a->add_option(t("姓名", "NAME"), c.name, t("姓名", "the name"))->required();
  };
  {
    auto [a, c] = act(officer, "suspend", What::suspend_officer, t("停用人员", "suspend an officer"));
    named(a, *c);
    a->add_flag("--resume", c->resume, t("恢复原来的角色", "give the roles back"));
    done(a);
  }
  {
    auto [a, c] = act(officer, "role", What::role, t("更换角色", "give other roles"));
    named(a, *c);
    a->add_option("--role", c->words, t("角色，逗号分开", "roles, with commas between"))
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE,..."))
        ->check([check = one_of(roles)](const std::string& given) { return check(given); });
    done(a);
  }
  {
    auto [a, c] =
        act(officer, "revoke", What::revoke_officer, t("吊销人员的密钥", "take an officer's key back for good"));
    named(a, *c);
    a->add_option("--office", c->office, t("下级单位代码（默认本单位）", "a subordinate's code (default: ours)"))
        ->type_name(t("代码", "CODE"));
    revoke_of(a, *c);
    done(a);
  }
  done(act(officer, "renew", What::renew_officer, t("换自己的签名密钥和证书", "a new signing key for yourself")).app);
  {
    auto [a, c] =
        act(office, "revoke", What::revoke_office, t("吊销下级单位的身份", "take a subordinate's identity back"));
    code_of(a, c->office)->required();
    revoke_of(a, *c);
    a->footer(example("  yizhan office revoke 370783105 --why compromised --reason 电脑被盗\n"));
    done(a);
  }
  {
    auto [a, c] = act(office, "suspend", What::suspend_office,
                      t("暂停与下级单位的收发", "hold a subordinate's exchanges; everything stays queued there"));
    code_of(a, c->office)->required();
    a->add_flag("--resume", c->resume, t("恢复收发", "let it go on"));
    a->add_option("--reason", c->reason, t("原因", "why"))->type_name(t("原因", "TEXT"));
    done(a);
  }
  {
    auto [a, c] =
        act(office, "renew", What::renew_office, t("重新签发下级单位的证书", "make a subordinate's certificate anew"));
    code_of(a, c->office)->required();
    done(a);
  }
  {
    auto [a, m] = leaf<OfficeMove>(office, "move",
                                   t("迁到另一上级（单位编号、密钥和往来不变）",
                                     "leave the superior for another one; the office keeps its id, keys and history"));
    CLI::Option* invitation =
        a->add_option(t("邀请", "INVITATION"), m->invitation,
                      t("新上级用 yizhan invite --move 给的一行 YZ1-...", "the line YZ1-... of yizhan invite --move"));
    by_file(a, invitation, *m);
    a->footer(example(
        "  yizhan office move YZ1-...\n  yizhan office move YZ1-... --request 申请.yzjoin\n  yizhan office move "
        "--answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = act(office, "rotate-key", What::rotate_office,
                      t("换本单位的密钥（上级核对后启用；顶级单位由根文件的持有人签名后启用）",
                        "another key for this office; in use when its superior has compared it, or for the top office "
                        "when the root's holders have signed"));
    a->add_option("--out", c->out,
                  t("顶级单位：把指定新密钥的根文件写到这里，由各持有人签名",
                    "top office: write the root that names the new key here, for its holders to sign"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = act(
        office, "confirm-key", What::confirm_key,
        t("电话核对下级的指纹：刚加入的记为已核对，换了密钥的签发新密钥",
          "compare a subordinate's key by telephone: one that joined is noted as compared, a new key is certified"));
    code_of(a, c->office)->required();
    a->add_option("fingerprint", c->name, t("下级念出的指纹（40 位数字）", "the 40 digits that the office read out"))
        ->required()
        ->type_name(t("指纹", "DIGITS"));
    done(a);
  }
  const auto urls = [&](CLI::App* a, KeyAct& c) {
    a->add_option("--url", c.words, t("地址，可重复", "an address; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
  };
  {
    auto [a, c] = act(office, "address", What::address, t("登记下级连接本单位的地址", "where subordinates reach us"));
    urls(a, *c);
    a->footer(example("  yizhan office address --url http://10.77.0.2:8701 --url http://10.77.0.9:8701\n"));
    done(a);
  }
  CLI::App* node = group("node", t("机器", "machines"));
  done(leaf<NodeList>(node, "list", t("知道的机器", "list them")).app);
  {
    auto [a, c] =
        leaf<NodeInvite>(node, "invite", t("给本单位的另一台机器开一张邀请", "take in another machine of this office"));
    a->add_option("--url", c->urls,
                  t("新机器用来连接本机的地址，可重复", "where it reaches this machine; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
    a->add_option("--name", c->name, t("机器名称", "what people call it"))->type_name(t("名称", "NAME"));
    a->add_option("--officer", c->officer, t("给谁用（默认自己）", "whom it is for (default: yourself)"))
        ->type_name(t("姓名", "NAME"));
    a->add_option("--role", c->roles, t("新人员的角色，可重复", "roles of a new officer; may be repeated"))
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE"));
    valid_for(a, c->valid_minutes);
    a->add_flag("--qr", c->qr, t("在终端画出二维码", "draw it as a QR code"));
    a->footer(example("  yizhan node invite --url http://10.77.0.5:8701 --name 办公室二号机\n"));
    done(a);
  }
  {
    auto [a, c] =
        leaf<NodeConfirm>(node, "confirm", t("确认下级新增的一台机器", "confirm a further machine of an office below"));
    a->add_option("NODE", c->node, t("机器编号，至少前 6 位", "its id, six digits of it or more"))->required();
    a->add_option("--fingerprint", c->fingerprint,
                  t("对方在电话里念的指纹", "the fingerprint as read out by telephone"))
        ->required()
        ->type_name(t("数字", "DIGITS"));
    done(a);
  }
  {
    auto [a, c] = act(node, "rotate", What::rotate_node, t("换本机的签名密钥", "another signing key for this machine"));
    a->add_flag("--force", c->resume,
                t("不再等没有联系上的相邻单位：它们从此不认本机，直到另行告知",
                  "wait no longer for neighbours that do not return: they refuse this machine until they are told"));
    done(a);
  }
  {
    auto [a, c] = act(node, "revoke", What::revoke_node, t("吊销一台机器", "take a machine's identity back"));
    a->add_option("NODE", c->name, t("机器编号（32 位十六进制）", "its id, 32 hexadecimal digits"))->required();
    revoke_of(a, *c);
    done(a);
  }
}

/// Names what exists when the first words are no command. Fills `words` with the words that are no options.
std::optional<Told> Grammar::unknown_command(const std::vector<std::string>& arguments,
                                             std::vector<std::string>& words) const {
  const CLI::App* at = &app_;
  for (std::size_t i = 0; i < arguments.size() && words.size() < 2; ++i) {
    const std::string& a = arguments[i];
    if (a == "--home" || a == "--lang" || a == "--passphrase-file" || a == "--as") ++i;
    if (a.starts_with("-")) continue;
    words.push_back(a);
    const auto found = at->get_subcommands([&](const CLI::App* s) { return s->get_name() == a; });
    const auto all = at->get_subcommands([](const CLI::App* s) { return !s->get_name().empty(); });
    if (found.empty()) {
      std::string names;
      for (const CLI::App* s : all) names += " " + s->get_name();
      const std::string before = words.size() == 2 ? words.front() + " " : "";
      return Told{kExitUsage, t("没有这个命令：", "unknown command: ") + plain(before + a) + "\n" +
                                  t("现有命令：", "there are:") + names + "\n" +
                                  t("详细说明：yizhan help\n", "more: yizhan help\n")};
    }
    at = found.front();
    if (at->get_subcommands([](const CLI::App*) { return true; }).empty()) break;
  }
  return std::nullopt;
}

/// CLI11's own sentences are English; these say the same in the language asked for.
std::string Grammar::sentence(const CLI::ParseError& e) const {
  std::string what = e.what();
  const std::string name = e.get_name();
  const auto without = [&](std::string_view part) {
    if (const auto at = what.find(part); at != std::string::npos) what.erase(at, part.size());
    return plain(what);
  };
  if (name == "RequiredError") return t("还缺：", "missing: ") + without(" is required");
  // Of a command's own arguments CLI11 gives the command as the error's name.
  constexpr std::string_view kUnexpected = " not expected: ";
  if (const auto at = what.find(kUnexpected); at != std::string::npos)
    return t("不认识：", "not understood: ") + plain(what.substr(at + kUnexpected.size()));
  if (name == "RequiresError") return l_ == Language::zh ? "要一起写：" + without(" requires") : plain(what);
  if (name == "ExcludesError") return l_ == Language::zh ? "不能一起写：" + without(" excludes") : plain(what);
  if (name == "ConversionError") return t("不是数字或格式不对：", "not a number, or of another form: ") + plain(what);
  if (name == "ArgumentMismatch")
    return t("要有而且只能有一个值：", "takes one value, once: ") + plain(what.substr(0, what.find(':')));
  return plain(what);
}

std::variant<Asked, Told> Grammar::parse(std::vector<std::string> arguments) {
  std::vector<std::string> words;
  // `help report new` is `report new --help`; `--version` is `version`.
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& a = arguments[i];
    if (a == "--home" || a == "--lang" || a == "--passphrase-file" || a == "--as") ++i;
    if (a == "--version") arguments[i] = "version";
    if (a.starts_with("-")) continue;
    if (a == "help") {
      arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i));
      arguments.push_back("--help");
    }
    break;
  }
  if (auto told = unknown_command(arguments, words)) return *std::move(told);
  std::string command = "yizhan";
  for (const std::string& w : words) command += " " + w;
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11's vector form takes them from the back
    app_.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Told{0, app_.help()};
  } catch (const CLI::ParseError& e) {
    return Told{kExitUsage, sentence(e) + "\n" + t("写法见：", "see: ") + command + " --help\n"};
  }
  if (!chosen_) return Told{kExitUsage, app_.help()};
  Globals& g = asked_.globals;
  g.language = l_;
  if (g.home.empty()) g.home = default_home();
  // Absolute, because the path also goes to a running node, whose working directory is another.
  std::error_code ignored;
  if (auto full = std::filesystem::absolute(g.home, ignored).lexically_normal().string(); !full.empty()) g.home = full;
  if (g.home.size() > 1 && g.home.ends_with('/')) g.home.pop_back();
  if (g.passphrase_file.empty()) g.passphrase_file = environment("YIZHAN_PASSPHRASE_FILE");
  return asked_;
}

}  // namespace

Language language_of_environment() {
  if (auto l = language_from(environment("YIZHAN_LANG"))) return *l;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = environment(name);
    if (value.empty() || value == "C" || value == "POSIX" || value.starts_with("C."))
      continue;  // says nothing of the reader
    return value.starts_with("zh") ? Language::zh : Language::en;
  }
  return Language::zh;
}

std::variant<Asked, Told> parse(const std::vector<std::string>& arguments) {
  Language language = language_of_environment();
  for (std::size_t i = 0; i < arguments.size(); ++i) {  // needed before the grammar, whose texts are in it
    const std::string& a = arguments[i];
    if (a == "--lang" && i + 1 < arguments.size()) language = language_from(arguments[i + 1]).value_or(language);
    if (a.starts_with("--lang=")) language = language_from(a.substr(7)).value_or(language);
  }
  return Grammar(language).parse(arguments);
}

}  // namespace yz::node::cli
