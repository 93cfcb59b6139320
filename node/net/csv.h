#pragma once
// Tables for a spreadsheet (RFC 4180), written so that a cell never becomes a formula: what others wrote stands in it.
#include <span>
#include <string>
#include <string_view>

namespace yz::node::csv {

/// A file begins with it, so that Excel takes the file for UTF-8.
inline constexpr std::string_view kBom = "\xEF\xBB\xBF";

/// One line with its CRLF. A cell that begins with = + - @, a tab or a CR (also in full width, and behind blanks) gets
/// an apostrophe before it; plain numbers stay. NUL and other control characters become blanks, line feeds stay inside
/// quotes.
std::string row(std::span<const std::string> cells);

}  // namespace yz::node::csv
