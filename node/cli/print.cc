#include "node/cli/print.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>

namespace yz::node::cli {
namespace {

/// One character of UTF-8 at the beginning of `s`: its code point and length; none when the bytes are not UTF-8.
struct Character {
  char32_t code;
  std::size_t bytes;
};
std::optional<Character> first_of(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  std::size_t n = 0;
  char32_t code = 0;
  char32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    n = 2, code = lead & 0x1Fu, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    n = 3, code = lead & 0x0Fu, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    n = 4, code = lead & 0x07u, least = 0x10000;
  } else {
    return std::nullopt;
  }
  if (s.size() < n) return std::nullopt;
  for (std::size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  return Character{code, n};
}

struct Range {
  char32_t first, last;
};
bool within(char32_t c, std::initializer_list<Range> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

// wcwidth() would follow the locale, which on a fresh PC is often "C". Ambiguous ones (Greek, "—", "①") count 1.
std::size_t columns_of(char32_t c) {
  if (within(c, {{0x300, 0x36F},
                 {0x200B, 0x200F},
                 {0x2060, 0x2064},
                 {0xFE00, 0xFE0F},
                 {0xFEFF, 0xFEFF},
                 {0x20D0, 0x20FF},
                 {0xE0100, 0xE01EF}}))
    return 0;
  if (within(c, {{0x1100, 0x115F},
                 {0x231A, 0x231B},
                 {0x2E80, 0x303E},
                 {0x3041, 0x33FF},
                 {0x3400, 0x4DBF},
                 {0x4E00, 0x9FFF},
                 {0xA000, 0xA4CF},
                 {0xA960, 0xA97F},
                 {0xAC00, 0xD7A3},
                 {0xF900, 0xFAFF},
                 {0xFE30, 0xFE6F},
                 {0xFF01, 0xFF60},
                 {0xFFE0, 0xFFE6},
                 {0x1F300, 0x1F64F},
                 {0x1F680, 0x1F6FF},
                 {0x1F900, 0x1F9FF},
                 {0x20000, 0x3FFFD}}))
    return 2;
  return 1;
}

/// Calls f(bytes, columns, code) for each character; a bad byte stands for itself, with code U+FFFD.
template <class F>
void each(std::string_view s, F f) {
  while (!s.empty()) {
    const auto c = first_of(s);
    const std::size_t n = c ? c->bytes : 1;
    if (!f(s.substr(0, n), c ? columns_of(c->code) : 1, c ? c->code : U'\uFFFD')) return;
    s.remove_prefix(n);
  }
}

// No line begins with a closing mark (避头尾).
bool closes(char32_t c) {
  return within(c, {{0x3001, 0x3002},
                    {0xFF0C, 0xFF0C},
                    {0xFF1A, 0xFF1B},
                    {0xFF1F, 0xFF1F},
                    {0xFF01, 0xFF01},
                    {0xFF09, 0xFF09},
                    {0x300B, 0x300B},
                    {0x300D, 0x300D},
                    {0x3015, 0x3015},
                    {0x201D, 0x201D}});
}

using Words = std::initializer_list<std::array<std::string_view, 3>>;
std::string word(std::string_view id, Language l, Words words) {
  for (const auto& [name, zh, en] : words)
    if (name == id) return std::string(say(l, zh, en));
  return plain(id);
}

}  // namespace

bool is_utf8(std::string_view s) {
  while (!s.empty()) {
    const auto c = first_of(s);
    if (!c) return false;
    s.remove_prefix(c->bytes);
  }
  return true;
}

std::size_t width(std::string_view s) {
  std::size_t columns = 0;
  each(s, [&](std::string_view, std::size_t w, char32_t) {
    columns += w;
    return true;
  });
  return columns;
}

std::string cut(std::string_view s, std::size_t columns) {
  if (width(s) <= columns) return std::string(s);
  std::string out;
  std::size_t used = 0;
  each(s, [&](std::string_view bytes, std::size_t w, char32_t) {
    if (used + w + 1 > columns) return false;
    out += bytes;
    used += w;
    return true;
  });
  return columns == 0 ? std::string() : out + "…";
}

std::string pad(std::string_view s, std::size_t columns, bool right) {
  const std::size_t w = width(s);
  const std::string blanks(w < columns ? columns - w : 0, ' ');
  return right ? blanks + std::string(s) : std::string(s) + blanks;
}

std::string plain(std::string_view s, bool lines) {
  std::string out;
  each(s, [&](std::string_view bytes, std::size_t, char32_t c) {
    // C0, DEL, C1, and the marks that turn the writing direction: they could forge what a terminal shows.
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || within(c, {{0x202A, 0x202E}, {0x2066, 0x2069}});
    if (c == U'\n' && lines)
      out += '\n';
    else if (c == U'\t' || c == U'\n')
      out += ' ';
    else if (c == U'\r' && lines)
      return true;
    else if (control || c == U'\uFFFD')
      out += "\uFFFD";
    else
      out += bytes;
    return true;
  });
  return out;
}

std::string wrap(std::string_view s, std::size_t columns, std::size_t indent) {
  const std::string margin(indent, ' ');
  const std::size_t room = columns > indent + 10 ? columns - indent : 10;
  std::string out;
  std::string line;   // what is sure to stand on this line
  std::string token;  // a run without a place to break
  std::size_t line_columns = 0;
  std::size_t token_columns = 0;
  const auto end_line = [&] {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += (line.empty() ? std::string() : margin + line) + "\n";
    line.clear();
    line_columns = 0;
  };
  const auto place = [&] {
    if (line_columns > 0 && line_columns + token_columns > room) end_line();
    line += token;
    line_columns += token_columns;
    token.clear();
    token_columns = 0;
  };
  each(s, [&](std::string_view bytes, std::size_t w, char32_t c) {
    if (c == U'\n') {
      place();
      end_line();
    } else if (c == U' ') {
      place();
      if (line_columns > 0 || out.empty() || out.back() == '\n') line += ' ', ++line_columns;
    } else {
      if (w == 2 && !closes(c)) place();
      token += bytes;
      token_columns += w;
    }
    return true;
  });
  place();
  if (!line.empty()) end_line();
  return out;
}

bool colours() {
  static const bool on = [] {
    const char* term = std::getenv("TERM");
    const char* no = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no && *no) && !(term && std::string_view(term) == "dumb");
  }();
  return on;
}

std::string paint(Colour colour, std::string_view text) {
  static constexpr std::array<std::string_view, 6> kCodes{"", "1", "2", "31", "32", "33"};
  if (colour == Colour::none || !colours()) return std::string(text);
  return "\033[" + std::string(kCodes[static_cast<std::size_t>(colour)]) + "m" + std::string(text) + "\033[0m";
}

void Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size(), Cell(""));
  for (Cell& cell : cells) cell.text = plain(cell.text);
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t columns) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t w = width(columns_[i].heading);
    for (const auto& cells : rows_) w = std::max(w, width(cells[i].text));
    widths.push_back(columns_[i].max ? std::min(w, std::max(columns_[i].max, width(columns_[i].heading))) : w);
  }
  // Too wide for the terminal: the widest column gives way, and again, until it fits or nothing is left to give.
  constexpr std::size_t kGap = 2;
  constexpr std::size_t kLeast = 8;
  const auto total = [&] {
    std::size_t sum = kGap * (widths.size() - 1);
    for (std::size_t w : widths) sum += w;
    return sum;
  };
  while (columns > 0 && total() > columns) {
    auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kLeast) break;
    *widest -= std::min(*widest - kLeast, total() - columns);
  }
  std::string out;
  const auto line = [&](auto cell_at) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Cell& cell = cell_at(i);
      const bool last = i + 1 == columns_.size();
      const std::string shown = cut(cell.text, widths[i]);
      out += paint(cell.colour, last && !columns_[i].right ? shown : pad(shown, widths[i], columns_[i].right));
      if (!last) out += std::string(kGap, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  };
  std::vector<Cell> headings;
  for (const Column& c : columns_) headings.emplace_back(c.heading, Colour::bold);
  line([&](std::size_t i) -> const Cell& { return headings[i]; });
  for (const auto& cells : rows_) line([&](std::size_t i) -> const Cell& { return cells[i]; });
  return out;
}

std::size_t terminal_columns() {
  winsize size{};
  if (!isatty(STDOUT_FILENO)) return 0;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

ProgressBar::ProgressBar(std::string what) : what_(std::move(what)), on_(isatty(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::at(std::uint64_t done, std::uint64_t total, std::string_view note) {
  if (!on_) return;
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  if (drawn_ && now - drawn_ms_ < 100 && done != total) return;
  drawn_ = true;
  drawn_ms_ = now;
  std::string line = "\r\033[K" + what_ + " ";
  if (total > 0) {
    constexpr std::size_t kCells = 30;
    const std::uint64_t shown = std::min(done, total);
    const auto full = static_cast<std::size_t>(static_cast<double>(shown) / static_cast<double>(total) * kCells);
    for (std::size_t i = 0; i < kCells; ++i) line += i < full ? "█" : "░";
    line += " " + std::to_string(static_cast<int>(static_cast<double>(shown) * 100 / static_cast<double>(total))) + "%";
  } else {
    line += std::to_string(done);
  }
  if (!note.empty()) line += "  " + plain(note);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  double v = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (v >= 1024 && unit + 1 < kUnits.size()) v /= 1024, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", v, kUnits[unit]);
  return text;
}

std::string time_text(std::string_view t) {
  if (t.size() < 16 || t[4] != '-' || t[7] != '-' || (t[10] != 'T' && t[10] != ' ')) return plain(t);
  return plain(t.substr(0, 10)) + " " + plain(t.substr(11, 5));
}

std::string lane_text(std::string_view lane, Language l) {
  return word(lane, l,
              {{"control", "控制", "control"},
               {"flash", "特急", "flash"},
               {"urgent", "加急", "urgent"},
               {"routine", "平件", "routine"},
               {"bulk", "附件", "bulk"}});
}
Colour lane_colour(std::string_view lane) {
  return lane == "flash" ? Colour::red : lane == "urgent" ? Colour::yellow : Colour::none;
}
std::string kind_text(std::string_view kind, Language l) {
  return word(kind, l,
              {{"first_report", "首报", "first report"},
               {"followup_report", "续报", "follow-up"},
               {"final_report", "终报", "final report"},
               {"dynamic", "动态", "activity"},
               {"experience", "经验", "experience"},
               {"problem", "问题", "problem"},
               {"suggestion", "建议", "suggestion"},
               {"research", "调研", "research"},
               {"public_sentiment", "社情民意", "public sentiment"},
               {"commissioned", "约稿", "commissioned"},
               {"brief", "简讯", "brief"},
               {"zero_report", "零报告", "nil report"}});
}
std::string state_text(std::string_view state, Language l) {
  return word(state, l,
              {{"draft", "草稿", "draft"},
               {"in_review", "审核中", "in review"},
               {"returned", "已退回", "returned"},
               {"signed", "待发出", "waiting to leave"},
               {"queued", "待发出", "waiting to leave"},
               {"sent", "已发出", "sent"},
               {"delivered", "已送达", "delivered"},
               {"received", "已收到", "received"},
               {"opened", "对方已核验", "verified there"},
               {"acknowledged", "已签收", "acknowledged"},
               {"adopted", "已采用", "adopted"},
               {"not_adopted", "未采用", "not adopted"},
               {"filed", "备查", "filed"},
               {"instructed", "有批示", "instructed"},
               {"forwarded", "已转报", "forwarded"},
               {"in_follow_through", "督办中", "being followed through"},
               {"feedback_given", "已反馈", "answered"},
               {"closed", "办结", "closed"},
               {"archived", "归档", "archived"},
               {"withdrawn", "已撤回", "withdrawn"}});
}
std::string receipt_text(std::string_view kind, Language l) {
  return word(kind, l,
              {{"custody", "已接收转交", "taken into custody"},
               {"stored", "对方入库（机器回执）", "stored there (by the machine)"},
               {"opened", "对方已核验（机器回执）", "verified there (by the machine)"},
               {"acknowledged", "已签收", "acknowledged"},
               {"refused", "已拒收", "refused"}});
}
std::string level_text(std::string_view level, Language l) {
  return word(level, l,
              {{"province", "省级", "province"},
               {"city", "市级", "city"},
               {"county", "县级", "county"},
               {"township", "乡镇", "township"},
               {"unit", "基层单位", "unit"}});
}
std::string role_text(std::string_view role, Language l) {
  return word(role, l,
              {{"drafter", "拟稿", "drafter"},
               {"reviewer", "审核", "reviewer"},
               {"signer", "签发", "signer"},
               {"duty", "值班", "duty"},
               {"cosigner", "补签", "co-signer"},
               {"handler", "经办", "handled it"},
               {"recorder", "代录", "typed it"},
               {"second", "第二人签名", "signed second"},
               {"auditor", "审计", "auditor"},
               {"admin_people", "人员管理", "people admin"},
               {"admin_keys", "密钥管理", "key admin"},
               {"admin_policy", "规则管理", "policy admin"}});
}
std::string record_text(std::string_view type, Language l) {
  return word(type, l,
              {{"report", "报告", "report"},
               {"submitted", "送签", "submitted"},
               {"progress", "办理情况", "progress"},
               {"close", "办结", "closed"},
               {"question", "追问", "question"},
               {"verify", "核报", "verification query"},
               {"urge", "催报", "urged"},
               {"answer", "答复", "answer"},
               {"merged", "编入综合信息", "merged"},
               {"cosign", "请会签", "asked to co-sign"},
               {"cosigned", "会签", "co-signed"},
               {"cosign_declined", "不同意会签", "declined to co-sign"},
               {"revision", "修订", "revision"},
               {"followup", "续报", "follow-up"},
               {"followup_report", "续报", "follow-up"},
               {"final_report", "终报", "final report"},
               {"correction", "更正", "correction"},
               {"withdrawal", "撤回", "withdrawal"},
               {"acknowledgement", "签收", "acknowledgement"},
               {"acknowledge", "签收", "acknowledgement"},
               {"forward", "转报", "forward"},
               {"annotation", "说明", "annotation"},
               {"final", "终报", "final report"},
               {"zero_report", "零报告", "zero report"},
               {"cosignature", "补签", "cosignature"},
               {"manifest", "附件清单", "attachment"},
               {"decision", "采用情况", "decision"},
               {"instruction", "批示", "instruction"},
               {"note", "说明", "note"}});
}

}  // namespace yz::node::cli
