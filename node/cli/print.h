#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/fault.h"

namespace yz::node::cli {

/// The sentence in the language asked for.
inline std::string_view say(Language l, std::string_view zh, std::string_view en) {
  return l == Language::zh ? zh : en;
}

/// Columns that a text takes on a terminal: 2 for East Asian wide characters, 0 for what combines. Bad UTF-8 is 1 a
/// byte.
std::size_t width(std::string_view utf8);
/// The text cut to at most `columns`, the cut marked by "…".
std::string cut(std::string_view utf8, std::size_t columns);
/// The text with blanks behind it (or before it) to fill `columns`.
std::string pad(std::string_view utf8, std::size_t columns, bool right = false);
/// Safe to show: control characters (a peer's escape sequences too) become "�"; with `lines`, line ends stay.
std::string plain(std::string_view utf8, bool lines = false);
/// Broken at blanks and between wide characters, so that no line is wider; every line begins with `indent` blanks.
std::string wrap(std::string_view utf8, std::size_t columns, std::size_t indent = 0);
/// Whether these bytes are UTF-8 as RFC 3629 has it, without surrogates or overlong forms.
bool is_utf8(std::string_view bytes);

enum class Colour : std::uint8_t { none, bold, dim, red, green, yellow };
/// Colours only when stdout is a terminal, NO_COLOR is not set and TERM is not "dumb".
bool colours();
std::string paint(Colour, std::string_view text);

/// Rows under headings, aligned by width; a column that would pass the terminal's edge is cut.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;   ///< numbers
    std::size_t max = 0;  ///< 0: as wide as it needs
  };
  struct Cell {
    std::string text;
    Colour colour = Colour::none;
    Cell(std::string t, Colour c = Colour::none) : text(std::move(t)), colour(c) {}
    Cell(const char* t) : text(t) {}
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void row(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }
  /// `columns` is the terminal's width; 0: no limit, nothing is cut but by Column::max.
  std::string text(std::size_t columns) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// The terminal's width; 0 when stdout is none, so that what a script reads is never cut.
std::size_t terminal_columns();

/// A bar on stderr, only when that is a terminal and --json or not: drawn over itself, gone at the end.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  /// `total` 0: only a count is known. `note` stands behind the bar. Draws at most ten times a second.
  void at(std::uint64_t done, std::uint64_t total, std::string_view note = {});

 private:
  std::string what_;
  bool on_;
  bool drawn_ = false;
  std::int64_t drawn_ms_ = 0;
};

/// "1.2 MiB".
std::string size_text(std::uint64_t bytes);
/// "2026-11-22 08:30" of an RFC 3339 time, in the offset it was given in; anything else as it is.
std::string time_text(std::string_view rfc3339);

// The trade's words for the API's (glossary.json); a word nobody knows stays as it is.
std::string lane_text(std::string_view lane, Language);
std::string kind_text(std::string_view kind, Language);
std::string state_text(std::string_view state, Language);
std::string receipt_text(std::string_view kind, Language);
std::string level_text(std::string_view level, Language);
std::string role_text(std::string_view role, Language);
std::string record_text(std::string_view type, Language);
Colour lane_colour(std::string_view lane);

}  // namespace yz::node::cli
