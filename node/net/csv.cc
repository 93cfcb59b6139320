#include "node/net/csv.h"

#include <algorithm>
#include <string_view>

namespace yz::node::csv {
namespace {

/// -12 and +3.5 are figures of ours; anything else that begins so may be a formula.
bool is_number(std::string_view s) {
  if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !s.empty() && digit(s.front()) && digit(s.back()) && std::ranges::count(s, '.') <= 1 &&
         std::ranges::all_of(s, [&](char c) { return digit(c) || c == '.'; });
}

std::string cell(std::string_view s) {
  const bool formula = !s.empty() && std::string_view("=+-@\t\r").find(s.front()) != std::string_view::npos;
  std::string out = formula && !is_number(s) ? "'" : "";
  out += s;
  if (out.find_first_of(",\"\r\n\t") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string row(std::span<const std::string> cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + cell(cells[i]);
  return out + "\r\n";
}

}  // namespace yz::node::csv
