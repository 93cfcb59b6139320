#include "node/cli/args.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "node/cli/args_grammar.h"
#include "node/cli/print.h"

namespace yz::node::cli {
namespace {

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

}  // namespace

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
