#pragma once
// The command line's words about work that is asked for and rules that travel down, for the grammar in args.cc alone.
#include <CLI/CLI.hpp>
#include <functional>

#include "node/cli/args.h"

namespace yz::node::cli {

/// What the grammar lends to a part of it.
struct Corner {
  Language language{};
  CLI::App* app = nullptr;  ///< the whole program's
  std::function<void(CLI::App*)>
      globals;                          ///< adds the options of every command; last, so that help names its own first
  std::function<void(Command)> chosen;  ///< the line was right, and this was asked for
};

void task_commands(const Corner&);

}  // namespace yz::node::cli
