#include "node/net/csv.h"

#include <algorithm>
#include <array>

namespace yz::node::csv {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

/// "-3", "+12.5": no program runs them, and a table of figures needs them as they are.
bool plain_number(std::string_view s) {
  if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
  if (s.empty() || !digit(s.front()) || !digit(s.back())) return false;
  return std::ranges::all_of(s, [](char c) { return digit(c) || c == '.'; }) && std::ranges::count(s, '.') <= 1;
}

/// What spreadsheets skip before they look whether a cell is a formula.
std::string_view without_blanks(std::string_view s) {
  static constexpr std::array<std::string_view, 5> kBlanks{" ", "\n", "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view b : kBlanks)
      if (s.starts_with(b)) {
        s.remove_prefix(b.size());
        again = true;
      }
  }
  return s;
}

bool formula(std::string_view cell) {
  static constexpr std::array<std::string_view, 10> kBegins{
      "=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  const std::string_view seen = without_blanks(cell);
  return std::ranges::any_of(kBegins, [&](std::string_view b) { return seen.starts_with(b); }) && !plain_number(cell);
}

}  // namespace

std::string row(std::span<const std::string> cells) {
  std::string out;
  bool first = true;
  for (const std::string& cell : cells) {
    if (!first) out += ',';
    first = false;
    const bool guarded = formula(cell);
    const bool quoted = guarded || cell.find_first_of(",\"\r\n") != std::string::npos;
    if (quoted) out += '"';
    if (guarded) out += '\'';
    for (const char c : cell) {
      const auto u = static_cast<unsigned char>(c);
      if (c == '"')
        out += "\"\"";
      else
        out += (u < 0x20 && c != '\n') || u == 0x7F ? ' ' : c;
    }
    if (quoted) out += '"';
  }
  return out += "\r\n";
}

}  // namespace yz::node::csv
