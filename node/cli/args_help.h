#pragma once
#include <CLI/CLI.hpp>
#include <memory>

#include "node/fault.h"

namespace yz::node::cli {

/// Help for people who read Chinese, of a fixed width: CLI11's own counts bytes and does not align.
std::shared_ptr<CLI::FormatterBase> help_in(Language l);

}  // namespace yz::node::cli
