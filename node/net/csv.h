#pragma once
#include <span>
#include <string>

namespace yz::node::csv {

/// What a file begins with: by it Excel knows that it is UTF-8.
inline constexpr const char* kBom = "\xEF\xBB\xBF";
/// One line of RFC 4180, with its CR LF. A cell that a spreadsheet would take for a formula (it begins with = + - @, a
/// tab or a carriage return) gets an apostrophe before it: what a peer wrote is text and never runs. A number does not.
std::string row(std::span<const std::string> cells);

}  // namespace yz::node::csv
