#include "node/cli/args_help.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "node/cli/print.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kHelpColumns = 100;  // a fixed width, so that help is the same in a pipe and in the manual

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

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_in(Language l) { return std::make_shared<Help>(l); }

}  // namespace yz::node::cli
