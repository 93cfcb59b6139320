#pragma once
// The grammar of one command line. Its commands are in args_home.cc, args_report.cc, args_people.cc and args_keys.cc,
// and, through GrammarParts, in the other args_*.cc.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "node/cli/args.h"
#include "node/cli/args_parts.h"
#include "node/cli/print.h"

namespace yz::node::cli {

/// Everything that the parse of one command line needs; the app's options point into `asked`.
class Grammar {
 public:
  explicit Grammar(Language);

  std::variant<Asked, Told> parse(std::vector<std::string> arguments);

 private:
  std::string t(std::string_view zh, std::string_view en) const { return std::string(say(l_, zh, en)); }
  std::string example(std::string_view lines) const { return t("示例：\n", "Examples:\n") + std::string(lines); }

  void globals_of(CLI::App*);
  using Check = std::function<std::string(const std::string&)>;
  Check one_of(std::vector<std::string> words) const;
  Check level_check() const { return one_of({"province", "city", "county", "township", "unit"}); }
  Check lane_check() const { return one_of({"flash", "urgent", "routine"}); }

  CLI::App* group(const char* name, std::string about);

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

  CLI::Option* case_of(CLI::App*, std::string& to);
  /// A number from 1 to `most`.
  Check limit_check(int most) const;
  /// "key=value" words; `may_be_bare`: or one word without a key.
  Check pair_check(bool may_be_bare) const;
  static std::pair<std::string, std::string> pair_of(const std::string& f) {
    return {f.substr(0, f.find('=')), f.substr(f.find('=') + 1)};
  }
  void content_of(CLI::App*, Content&);
  void to_of(CLI::App*, std::vector<std::string>& to);
  void send_of(CLI::App*, bool& send);

  /// For the files that add commands of their own.
  const GrammarParts& parts();

  void home_commands();
  void report_commands();
  void forward_command();
  void conflict_commands();
  void bundle_commands();
  void care_commands();
  void people_commands();
  void key_commands(CLI::App* officer, CLI::App* office, const std::vector<std::string>& roles);
  Leaf<KeyAct> act(CLI::App* under, const char* name, KeyAct::What, std::string about);
  void root_commands(CLI::App* root);
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
  /// How long an invitation holds; `minutes` keeps what it has when nothing is given.
  void valid_for(CLI::App*, std::int64_t& minutes);
  void revoke_of(CLI::App*, KeyAct&);
  CLI::Option* code_of(CLI::App*, std::string& to);
  std::string sentence(const CLI::ParseError&) const;
  std::optional<Told> unknown_command(const std::vector<std::string>& arguments, std::vector<std::string>& words) const;

  Language l_;
  std::string language_;
  Asked asked_;
  bool chosen_ = false;
  GrammarParts parts_;
  CLI::App app_;
};

}  // namespace yz::node::cli
