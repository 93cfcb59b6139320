#pragma once
// A class that adds commands to the grammar: how it makes a group of them, and one that asks for a C.
#include <CLI/CLI.hpp>
#include <memory>

#include "node/cli/args_parts.h"

namespace yz::node::cli {

class GrammarGroup {
 protected:
  GrammarGroup(const GrammarParts& g, CLI::App* top, CLI::App* report) : g_(g), top_(top), report_(report) {}

  std::string t(std::string_view zh, std::string_view en) const { return g_.t(zh, en); }

  CLI::App* group(const char* name, std::string about) {
    CLI::App* a = g_.command(top_, name, std::move(about));
    a->require_subcommand(0, 1);
    g_.done(a);
    return a;
  }
  template <class C>
  std::pair<CLI::App*, std::shared_ptr<C>> leaf(CLI::App* under, const char* name, std::string about, C initial = {}) {
    CLI::App* a = g_.command(under, name, std::move(about));
    auto of = std::make_shared<C>(std::move(initial));
    a->callback([chosen = g_.chosen, of] { chosen(*of); });
    return {a, of};
  }

  const GrammarParts& g_;
  CLI::App *top_, *report_;
};

}  // namespace yz::node::cli
