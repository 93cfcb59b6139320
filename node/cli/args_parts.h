#pragma once
// What the grammar of the command line lends to the files that add commands to it.
#include <functional>
#include <string>
#include <string_view>

#include "node/cli/args.h"
#include "node/cli/print.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace yz::node::cli {

struct GrammarParts {
  Language language{};
  /// A command under another one; `done` with it last, so that help names its own options first.
  std::function<CLI::App*(CLI::App* under, const char* name, std::string about)> command;
  std::function<void(CLI::App*)> done;
  /// The whole line is right, and this is what was asked for.
  std::function<void(Command)> chosen;
  std::function<CLI::Option*(CLI::App*, std::string& to)> case_of;
  /// Text, fields, addressees: as `report new` has them.
  std::function<void(CLI::App*, Content&)> content_of;
  std::function<std::string(const std::string&)> lane_check;

  std::string t(std::string_view zh, std::string_view en) const { return std::string(say(language, zh, en)); }
};

/// decide, instruct, report progress|close|ask|answer|seen|merge: args_acts.cc.
void act_commands(const GrammarParts&, CLI::App* top, CLI::App* report);
/// What `report list` narrows its list by, and what it does with it: args_list.cc.
void list_options(const GrammarParts&, CLI::App* list, ReportList&);
/// absence away|back|list, report cosign, escalation list|seen: args_roles.cc.
void role_commands(const GrammarParts&, CLI::App* top, CLI::App* report);

/// clue, exercise, zero, stats, report similar: args_desk.cc.
void desk_commands(const GrammarParts&, CLI::App* top, CLI::App* report);

}  // namespace yz::node::cli
