#include "node/office/rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_map>
#include <utility>

namespace yz::node {
namespace {

// ---- text -----------------------------------------------------------------

/// Length of the strict UTF-8 sequence at the start of s, 0 when there is none.
std::size_t sequence_at(std::string_view s) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char a = byte(0);
  if (a < 0x80) return a == 0 ? 0 : 1;
  if (a < 0xC2) return 0;  // a tail byte, or overlong
  if (a < 0xE0) return tail(1) ? 2 : 0;
  if (a < 0xF0) {
    if (!tail(1) || !tail(2)) return 0;
    if (a == 0xE0 && byte(1) < 0xA0) return 0;   // overlong
    if (a == 0xED && byte(1) >= 0xA0) return 0;  // surrogates
    return 3;
  }
  if (a > 0xF4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (a == 0xF0 && byte(1) < 0x90) return 0;   // overlong
  if (a == 0xF4 && byte(1) >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

/// Calls f(code point, first byte, byte count) for each character of a valid text.
template <class F>
void each_character(std::string_view valid, F f) {
  for (std::size_t i = 0; i < valid.size();) {
    auto byte = [&](std::size_t k) { return static_cast<char32_t>(static_cast<unsigned char>(valid[i + k])); };
    char32_t c = byte(0);
    // The text is valid, so its first byte tells the length; sequence_at would check it all again.
    const std::size_t n = std::min<std::size_t>(c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, valid.size() - i);
    if (n == 2) c = (c & 0x1F) << 6 | (byte(1) & 0x3F);
    if (n == 3) c = (c & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (n == 4) c = (c & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    f(c, i, n);
    i += n;
  }
}

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 ||
         c == 0xFEFF;
}
/// Characters that reorder what is read, or that a terminal obeys: they can make a text look like another.
bool is_hidden_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F || (c >= 0x80 && c < 0xA0 && c != 0x85) ||
         c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
bool is_han(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x323AF);
}
bool is_word(char32_t c) {
  return is_han(c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view trimmed(std::string_view valid) {
  std::size_t first = valid.size(), end = 0;
  each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
    if (is_space(c)) return;
    first = std::min(first, at);
    end = at + n;
  });
  return first < end ? valid.substr(first, end - first) : std::string_view();
}

/// Digits, letters and punctuation of the full-width block as ASCII: what an input method types by mistake.
std::string half_width(std::string_view valid) {
  std::string out;
  each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
    if (c >= 0xFF01 && c <= 0xFF5E)
      out.push_back(static_cast<char>(c - 0xFEE0));
    else
      out.append(valid.substr(at, n));
  });
  return out;
}

/// 12, １２, 十二, 一百零三, 两万三千: none when it is no number below 10^9.
std::optional<std::int64_t> number_in(std::string_view valid) {
  static constexpr std::string_view kDigits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  const std::string s = half_width(valid);
  std::int64_t plain = 0;
  if (auto [p, e] = std::from_chars(s.data(), s.data() + s.size(), plain); e == std::errc() && p == s.data() + s.size())
    return plain;
  std::int64_t total = 0, section = 0, digit = -1;
  bool good = !s.empty();
  each_character(s, [&](char32_t, std::size_t at, std::size_t n) {
    const std::string_view c = std::string_view(s).substr(at, n);
    auto unit = [&](std::int64_t u) { section += (digit < 0 ? 1 : digit) * u, digit = -1; };
    if (c == "十") return unit(10);
    if (c == "百") return unit(100);
    if (c == "千") return unit(1000);
    if (c == "万") {
      total = (section + std::max<std::int64_t>(digit, 0)) * 10000;
      section = 0, digit = -1;
      return;
    }
    for (std::int64_t d = 0; d < 10; ++d)
      if (c == kDigits[d] || (d == 2 && c == "两") || (d == 0 && c == "〇")) {
        good = good && digit <= 0;  // 三五人 is "three to five", not a number
        digit = d;
        return;
      }
    good = false;
  });
  total += section + std::max<std::int64_t>(digit, 0);
  return good && total < 1'000'000'000 ? std::optional(total) : std::nullopt;
}

/// Hashes of all runs of 8 characters without white space, each once, sorted.
std::vector<std::size_t> shingles(std::string_view valid) {
  std::string packed;
  std::vector<std::size_t> starts;
  each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
    if (is_space(c)) return;
    starts.push_back(packed.size());
    packed.append(valid.substr(at, n));
  });
  starts.push_back(packed.size());
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i + 8 < starts.size(); ++i)
    out.push_back(std::hash<std::string_view>()(std::string_view(packed).substr(starts[i], starts[i + 8] - starts[i])));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

double shared(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
  if (a.empty() || b.empty()) return 0;
  std::size_t both = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x < *y)
      ++x;
    else if (*y < *x)
      ++y;
    else
      ++both, ++x, ++y;
  }
  return static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

/// Days since 1970 of a Gregorian date (Howard Hinnant's days_from_civil).
std::int64_t days_from(std::int64_t y, std::int64_t m, std::int64_t d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
  const std::int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}
bool is_date(std::int64_t y, std::int64_t m, std::int64_t d) {
  if (m < 1 || m > 12 || d < 1) return false;
  const std::int64_t next = m == 12 ? days_from(y + 1, 1, 1) : days_from(y, m + 1, 1);
  return d <= next - days_from(y, m, 1);
}

/// RFC 3339 with its offset, as ms since 1970.
std::optional<std::int64_t> instant(std::string_view s) {
  bool good = true;
  auto digits = [&](std::size_t at, std::size_t n) -> std::int64_t {
    std::int64_t v = 0;
    for (std::size_t i = at; i < at + n; ++i) {
      if (i >= s.size() || s[i] < '0' || s[i] > '9') return good = false, 0;
      v = v * 10 + (s[i] - '0');
    }
    return v;
  };
  auto mark = [&](std::size_t at, std::string_view any) {
    if (at >= s.size() || any.find(s[at]) == any.npos) good = false;
  };
  const std::int64_t y = digits(0, 4), mo = digits(5, 2), d = digits(8, 2);
  const std::int64_t h = digits(11, 2), mi = digits(14, 2), sec = digits(17, 2);
  mark(4, "-"), mark(7, "-"), mark(10, "Tt "), mark(13, ":"), mark(16, ":");
  if (!good || y < 1900 || !is_date(y, mo, d) || h > 23 || mi > 59 || sec > 60) return std::nullopt;
  std::size_t at = 19;
  std::int64_t ms = 0;
  if (at < s.size() && s[at] == '.') {
    std::int64_t unit = 100;
    const std::size_t first = ++at;
    for (; at < s.size() && s[at] >= '0' && s[at] <= '9'; ++at, unit /= 10) ms += (s[at] - '0') * unit;
    if (at == first) return std::nullopt;
  }
  std::int64_t offset_min = 0;
  if (at + 1 == s.size() && (s[at] == 'Z' || s[at] == 'z')) {
  } else if (at + 6 == s.size() && (s[at] == '+' || s[at] == '-')) {
    const std::int64_t oh = digits(at + 1, 2), om = digits(at + 4, 2);
    mark(at + 3, ":");
    if (!good || oh > 23 || om > 59) return std::nullopt;
    offset_min = (oh * 60 + om) * (s[at] == '-' ? -1 : 1);
  } else {
    return std::nullopt;
  }
  return (((days_from(y, mo, d) * 24 + h) * 60 + mi - offset_min) * 60 + sec) * 1000 + ms;
}

/// GB 11643: a real date and the check character.
bool is_id_number(std::string_view s) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (s.size() != 18) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    if (s[i] < '0' || s[i] > '9') return false;
    sum += (s[i] - '0') * kWeights[i];
  }
  auto num = [&](std::size_t at, std::size_t n) {
    std::int64_t v = 0;
    for (std::size_t i = at; i < at + n; ++i) v = v * 10 + (s[i] - '0');
    return v;
  };
  const char want = "10X98765432"[sum % 11];
  return is_date(num(6, 4), num(10, 2), num(12, 2)) && (s[17] == want || (want == 'X' && s[17] == 'x'));
}

/// Edits that turn a into b.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

struct Named {
  std::string_view code, zh, en;
};
/// " (did you mean a, b?)" from up to five near names, or nothing.
std::string near(std::string_view typed, const std::vector<Named>& names) {
  if (typed.size() > 100) return {};  // no name is that long, and the distance takes the product of the lengths
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const Named& n : names) {
    const std::size_t d = distance(typed, n.code);
    const bool inside = typed.size() >= 3 && (n.code.find(typed) != n.code.npos || typed.find(n.code) != typed.npos ||
                                              n.zh.find(typed) != n.zh.npos || typed == n.en);
    if (inside || d <= std::max<std::size_t>(1, typed.size() / 3)) found.emplace_back(inside ? 0 : d, n.code);
  }
  std::sort(found.begin(), found.end());
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, found.size()); ++i)
    out += (i ? ", " : "") + std::string(found[i].second);
  return out.empty() ? out : " (did you mean " + out + "?)";
}

// ---- patterns: the only owner of PCRE2 ----------------------------------------

template <auto Close>
struct Closer {
  void operator()(auto* p) const noexcept { Close(p); }
};
template <class T, auto Close>
using Handle = std::unique_ptr<T, Closer<Close>>;

/// Steps of backtracking from one place of the text. Our patterns need some
/// dozens; a text made to explode them is stopped in about a millisecond.
constexpr std::uint32_t kMatchSteps = 20'000;
constexpr std::uint32_t kMatchHeapKiB = 16 * 1024;
constexpr std::size_t kJitStackBytes = 256 * 1024;

struct Hit {
  std::size_t begin = 0, end = 0;
  std::size_t group_begin = 0, group_end = 0;  ///< of the first group; empty when it took no part
};
enum class Found : std::uint8_t { no, yes, gave_up };

/// What matching needs to write to: one for each check(), so that Rules stay constant.
class Scratch {
 public:
  Scratch()
      : context_(pcre2_match_context_create(nullptr)),
        data_(pcre2_match_data_create(8, nullptr)),
        stack_(pcre2_jit_stack_create(32 * 1024, kJitStackBytes, nullptr)) {
    if (!context_ || !data_) throw std::bad_alloc();
    pcre2_set_match_limit(context_.get(), kMatchSteps);
    pcre2_set_heap_limit(context_.get(), kMatchHeapKiB);
    // Without a stack of its own (none, where there is no JIT) compiled code uses 32 KiB of ours.
    if (stack_) pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
  }
  pcre2_match_context* context() { return context_.get(); }
  pcre2_match_data* data() { return data_.get(); }

 private:
  Handle<pcre2_match_context, pcre2_match_context_free> context_;
  Handle<pcre2_match_data, pcre2_match_data_free> data_;
  Handle<pcre2_jit_stack, pcre2_jit_stack_free> stack_;
};

class Pattern {
 public:
  static Result<Pattern> make(const std::string& source) {
    int code = 0;
    PCRE2_SIZE at = 0;
    Pattern p;
    p.code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(), PCRE2_UTF | PCRE2_UCP,
                                &code, &at, nullptr));
    if (!p.code_) {
      PCRE2_UCHAR text[200] = {};
      pcre2_get_error_message(code, text, sizeof text);
      return fail(Fault::corrupt, "bad pattern at " + std::to_string(at) + ": " + reinterpret_cast<const char*>(text));
    }
    // Refused where the system forbids writable code (systemd's MemoryDenyWriteExecute):
    // pcre2_match then interprets, with the same result.
    (void)pcre2_jit_compile(p.code_.get(), PCRE2_JIT_COMPLETE);
    return p;
  }

  /// The first match at or after `from`. The text is valid UTF-8 and `from` the start of a character.
  Found find(Scratch& scratch, std::string_view valid, std::size_t from, Hit& hit) const {
    if (from > valid.size()) return Found::no;
    const int n = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(valid.data()), valid.size(), from,
                              PCRE2_NO_UTF_CHECK, scratch.data(), scratch.context());
    if (n == PCRE2_ERROR_NOMATCH) return Found::no;
    if (n < 0) return Found::gave_up;
    const PCRE2_SIZE* o = pcre2_get_ovector_pointer(scratch.data());
    // \K in a lookahead could put the start behind the end.
    hit = {std::min(o[0], o[1]), o[1], 0, 0};
    if (n > 1 && o[2] != PCRE2_UNSET) hit.group_begin = o[2], hit.group_end = o[3];
    return Found::yes;
  }

 private:
  Handle<pcre2_code, pcre2_code_free> code_;
};

struct CompiledRule {
  Rule rule;
  std::optional<Pattern> regex, unless;
  std::vector<std::pair<std::string, Pattern>> numbers;  ///< field key, pattern
};

}  // namespace

std::optional<std::size_t> bad_utf8_at(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t n = sequence_at(s.substr(i));
    if (n == 0) return i;
    i += n;
  }
  return std::nullopt;
}
std::size_t characters(std::string_view valid) {
  std::size_t n = 0;
  for (char c : valid) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}
std::size_t characters_without_space(std::string_view valid) {
  std::size_t n = 0;
  each_character(valid, [&](char32_t c, std::size_t, std::size_t) { n += !is_space(c); });
  return n;
}
double similarity(std::string_view a, std::string_view b) { return shared(shingles(a), shingles(b)); }

struct Rules::Compiled {
  RuleSet data;
  std::vector<CompiledRule> rules;
  std::map<std::string_view, const FieldSpec*> fields;  ///< into data
  std::map<std::string_view, const IncidentTypes::Type*> types;
  std::array<Stage, 16> stages{};  ///< [Kind]

  std::optional<double> metric(std::string_view name, const Fields& fields_given) const {
    if (auto v = fields_given.measure(name)) return v;
    auto m = data.incidents.metrics.find(name);
    std::optional<double> sum;
    if (m != data.incidents.metrics.end())
      for (const std::string& part : m->second.sum)
        if (auto v = fields_given.measure(part)) sum = sum.value_or(0) + *v;
    return sum;
  }
};

namespace {

// ---- one check of one report -----------------------------------------------------

/// A text that a rule looks at, and the whole one that it is a piece of: offsets count in that.
struct Part {
  std::string_view key, text, whole;
};

class Run {
 public:
  Run(const std::map<std::string_view, const FieldSpec*>& specs, const Report& report, const Context& context)
      : specs_(specs), report_(report), context_(context) {
    title_ = valid_utf8(report.title) ? std::string_view(report.title) : std::string_view();
    body_ = valid_utf8(report.body) ? std::string_view(report.body) : std::string_view();
  }

  std::vector<Finding> take() { return std::move(out_); }

  /// What no data can change: sizes, UTF-8, hidden characters.
  void limits() {
    auto text = [&](std::string_view key, std::string_view s) {
      if (auto at = bad_utf8_at(s)) {
        hard("L03", "文字不是有效的UTF-8编码", "the text is not valid UTF-8", key);
        out_.back().zh += ": " + std::string(key) + ", 第" + std::to_string(*at) + "字节";
        out_.back().en += ": " + std::string(key) + ", byte " + std::to_string(*at);
        return;
      }
      std::size_t at = 0, first = 0, count = 0;
      each_character(s, [&](char32_t c, std::size_t, std::size_t) {
        // A title is one line, wherever it is listed.
        const bool breaks = key == "title" && (c == '\n' || c == '\r' || c == '\t');
        if ((breaks || is_hidden_control(c)) && count++ == 0) first = at;
        ++at;
      });
      if (count > 0)
        out_.push_back({"U01", Severity::warning, Blocks::routine, "含看不见的控制字符, 显示顺序可能被改变",
                        "invisible control characters can change how the text reads", std::string(key), first, 1});
    };
    text("title", report_.title);
    text("body", report_.body);
    for (const auto& [key, value] : report_.fields.values) {
      if (!valid_utf8(key))
        hard("L03", "字段名不是有效的UTF-8编码", "a field's name is not valid UTF-8", "");
      else if (const auto* s = std::get_if<std::string>(&value)) {
        text(key, *s);
        if (s->size() > kFieldBytesMax) hard("L04", "字段文字过长", "a field's text is too long", key);
      }
    }
    for (const std::string& name : context_.attachments) text("attachments", name);
    if (characters(report_.title) > kTitleCharactersMax)
      hard("L01", "标题超过200字", "the title is longer than 200 characters", "title");
    if (report_.body.size() > kBodyBytesMax) hard("L02", "正文超过200KiB", "the body is larger than 200 KiB", "body");
  }

  void apply(const CompiledRule& compiled, Stage stage, const Rules& rules) {
    c_ = &compiled;
    const Rule& r = compiled.rule;
    switch (r.check) {
      case Check::length:
        return length();
      case Check::forbid_regex:
        return forbid_regex();
      case Check::forbid_regex_unless:
        return forbid_regex();
      case Check::require_regex:
        return require_regex();
      case Check::count_regex:
        return count_regex();
      case Check::required_fields:
        return required_fields(stage);
      case Check::unknown_needs_note:
        return unknown_needs_note(stage);
      case Check::time_order:
        return time_order();
      case Check::title_has_casualties:
        return title_has_casualties();
      case Check::title_in_body:
        return title_in_body();
      case Check::sentence_length:
        return sentence_length();
      case Check::sequence:
        return sequence();
      case Check::decrease_needs_reason:
        return decrease_needs_reason();
      case Check::level_matches_thresholds:
        return level_matches_thresholds(rules);
      case Check::numbers_agree:
        return numbers_agree();
      case Check::forbid_id_number:
        return forbid_id_number();
      case Check::signed_within:
        return signed_within();
      case Check::parent_exists:
        if (!context_.first_report_present) add("parent_report_id");
        return;
      case Check::before_due:
        if (context_.due_at_ms && context_.now_ms > *context_.due_at_ms) add("");
        return;
      case Check::similar_to_own:
        return similar_to_own();
    }
  }

 private:
  // -- findings --

  void hard(std::string_view id, std::string_view zh, std::string_view en, std::string_view field) {
    out_.push_back({std::string(id), Severity::error, Blocks::drafts_too, std::string(zh), std::string(en),
                    std::string(field), 0, 0});
  }
  void add(std::string_view field, std::size_t offset = 0, std::size_t length_chars = 0) {
    const Rule& r = c_->rule;
    out_.push_back({r.id, r.severity, r.blocks, r.zh, r.en, std::string(field), offset, length_chars});
  }
  /// With the field's name behind the message.
  void add_field(std::string_view key) {
    add(key);
    auto spec = specs_.find(key);
    out_.back().zh += ": " + (spec == specs_.end() ? std::string(key) : spec->second->zh);
    out_.back().en += ": " + (spec == specs_.end() ? std::string(key) : spec->second->en);
  }
  void add_hit(const Part& part, std::size_t begin, std::size_t end) {
    const std::size_t shift = static_cast<std::size_t>(part.text.data() - part.whole.data());
    add(part.key, characters(part.whole.substr(0, shift + begin)), characters(part.text.substr(begin, end - begin)));
  }

  // -- patterns --

  bool find(const Pattern& p, std::string_view valid, std::size_t from, Hit& hit) {
    const Found found = p.find(scratch_, valid, from, hit);
    if (found == Found::gave_up) {
      const Rule& r = c_->rule;
      if (gave_up_.insert(r.id).second)
        out_.push_back({r.id, Severity::warning, Blocks::routine, "未能完成检查: " + r.zh,
                        "could not be checked to the end: " + r.en, "", 0, 0});
    }
    return found == Found::yes;
  }
  bool matches(const Pattern& p, std::string_view valid) {
    Hit hit;
    return find(p, valid, 0, hit);
  }
  /// The character after an empty match, the end of any other: so that a loop moves on.
  static std::size_t after(std::string_view valid, const Hit& hit) {
    if (hit.end > hit.begin) return hit.end;
    if (hit.end >= valid.size()) return valid.size() + 1;
    return hit.end + std::max<std::size_t>(1, sequence_at(valid.substr(hit.end)));
  }

  std::vector<Part> parts() const {
    std::vector<Part> out;
    for (const std::string& name : c_->rule.in) {
      if (name == "title") out.push_back({"title", title_, title_});
      if (name == "body") out.push_back({"body", body_, body_});
      if (name == "body_last_sentence") out.push_back({"body", last_sentence(body_), body_});
      if (name == "fields")
        for (const auto& [key, value] : report_.fields.values)
          if (const auto* s = std::get_if<std::string>(&value); s && valid_utf8(*s)) out.push_back({key, *s, *s});
      if (name == "attachments")
        for (const std::string& s : context_.attachments)
          if (valid_utf8(s)) out.push_back({"attachments", s, s});
    }
    return out;
  }

  static bool ends_sentence(char32_t c) {
    return c == U'。' || c == U'！' || c == U'？' || c == U'；' || c == '!' || c == '?' || c == '\n';
  }
  /// Calls f(first byte, end byte, characters without space) for each sentence with something in it.
  template <class F>
  static void each_sentence(std::string_view valid, F f) {
    std::size_t begin = 0, count = 0;
    each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
      if (ends_sentence(c)) {
        if (count > 0) f(begin, at, count);
        begin = at + n, count = 0;
      } else if (!is_space(c)) {
        ++count;
      }
    });
    if (count > 0) f(begin, valid.size(), count);
  }
  static std::string_view last_sentence(std::string_view valid) {
    std::string_view last = valid.substr(valid.size());
    each_sentence(valid, [&](std::size_t b, std::size_t e, std::size_t) { last = valid.substr(b, e - b); });
    return last;
  }

  // -- the checks --

  void length() {
    for (const Part& p : parts()) {
      const auto n = static_cast<std::int64_t>(characters_without_space(p.text));
      if (n < c_->rule.min || n > c_->rule.max) add(p.key);
    }
  }
  void forbid_regex() {
    for (const Part& p : parts()) {
      Hit hit;
      if (!find(*c_->regex, p.text, 0, hit)) continue;
      if (c_->unless && matches(*c_->unless, p.text)) continue;
      add_hit(p, hit.begin, hit.end);
    }
  }
  void require_regex() {
    for (const Part& p : parts())
      if (!matches(*c_->regex, p.text)) add(p.key);
  }
  void count_regex() {
    for (const Part& p : parts()) {
      std::int64_t n = 0;
      Hit hit;
      for (std::size_t from = 0; find(*c_->regex, p.text, from, hit); from = after(p.text, hit))
        if (++n > c_->rule.max) {
          add_hit(p, hit.begin, hit.end);
          break;
        }
    }
  }

  /// Filled in by a person, or known to the node. "unknown" counts: that it is said is what matters (R02 looks at it).
  bool present(std::string_view key) const {
    if (const Value* v = report_.fields.find(key)) {
      const auto* s = std::get_if<std::string>(v);
      if (!s || (valid_utf8(*s) && !trimmed(*s).empty())) return true;
    }
    auto spec = specs_.find(key);
    const Context& c = context_;
    switch (spec == specs_.end() ? FieldSource::person : spec->second->source) {
      case FieldSource::person:
        return false;
      case FieldSource::title:
        return characters_without_space(title_) > 0;
      case FieldSource::body:
        return characters_without_space(body_) > 0;
      case FieldSource::kind:
      case FieldSource::lane:
      case FieldSource::grade:
      case FieldSource::sensitivity:
        return true;
      case FieldSource::occurred_at:
        return report_.occurred_at.has_value();
      case FieldSource::office:
        return !c.reporting_office.empty();
      case FieldSource::drafter:
        return !c.drafter.empty();
      case FieldSource::reviewer:
        return !c.reviewer.empty() || (c.one_person && !c.drafter.empty());
      case FieldSource::signer:
        return signer_known();
      case FieldSource::contact:
        return !c.contact.empty();
      case FieldSource::sequence:
      case FieldSource::parent:
        return c.first_report_present;
      case FieldSource::attachments:
        return !c.attachments.empty();
    }
    return false;
  }
  bool signer_known() const { return !context_.signer.empty() || (context_.one_person && !context_.drafter.empty()); }
  bool unknown(std::string_view key) const { return report_.fields.text(key) == kUnknown; }

  template <class F>
  void each_needed(Stage stage, Need need, F f) const {
    for (const auto& [key, spec] : specs_)
      if (spec->classes.empty() && spec->need[static_cast<std::size_t>(stage)] == need) f(key);
  }

  void required_fields(Stage stage) {
    // A field that several rules ask for is named once, by the first.
    auto want = [&](std::string_view key) {
      if (!present(key) && missing_.insert(std::string(key)).second) add_field(key);
    };
    if (!c_->rule.by_template.empty()) each_needed(stage, Need::required, want);
    for (const std::string& key : c_->rule.fields) want(key);
  }
  void unknown_needs_note(Stage stage) {
    if (matches(*c_->regex, body_)) return;
    each_needed(stage, Need::if_known, [&](std::string_view key) {
      if (!present(key) || unknown(key)) add_field(key);
    });
    each_needed(stage, Need::required, [&](std::string_view key) {
      if (unknown(key)) add_field(key);
    });
  }

  void time_order() {
    std::optional<std::int64_t> before;
    std::string_view before_key;
    for (const std::string& key : c_->rule.fields) {
      std::optional<std::int64_t> at = key == "now" ? (context_.now_ms ? std::optional(context_.now_ms) : std::nullopt)
                                       : key == "occurred_at" ? report_.occurred_at
                                                              : report_.fields.count(key);
      if (!at) continue;
      // Offices' clocks differ by minutes; two times written down by one person do not.
      const std::int64_t slack = key == "now" ? c_->rule.minutes * 60'000 : 0;
      if (before && *before - slack > *at) add_field(before_key);
      before = at, before_key = key;
    }
  }

  void title_has_casualties() {
    for (const std::string& key : c_->rule.fields)
      if (report_.fields.count(key).value_or(0) > 0) {
        if (!matches(*c_->regex, title_)) add("title");
        return;
      }
  }

  void title_in_body() {
    auto each_pair = [](std::string_view valid, auto f) {
      char32_t last = 0;
      each_character(valid, [&](char32_t c, std::size_t, std::size_t) {
        const bool word = is_word(c);
        if (word && last) f(static_cast<std::uint64_t>(last) << 32 | c);
        last = word ? c : 0;
      });
    };
    std::unordered_map<std::uint64_t, std::size_t> left;  // pairs of the title not found yet, and how often it has each
    std::size_t all = 0, both = 0;
    each_pair(title_, [&](std::uint64_t pair) { ++left[pair], ++all; });
    if (all == 0 || body_.empty()) return;
    each_pair(body_, [&](std::uint64_t pair) {
      const auto at = left.find(pair);
      if (at == left.end()) return;
      both += at->second;
      left.erase(at);
    });
    if (static_cast<double>(both) < c_->rule.share * static_cast<double>(all)) add("title");
  }

  void sentence_length() {
    for (const Part& p : parts()) {
      std::size_t begin = 0, end = 0;
      each_sentence(p.text, [&](std::size_t b, std::size_t e, std::size_t n) {
        if (end == 0 && static_cast<std::int64_t>(n) > c_->rule.max) begin = b, end = e;
      });
      if (end > 0) add_hit(p, begin, end);
    }
  }

  void sequence() {
    if (auto n = report_.fields.count("sequence_no"); n && *n != context_.last_sequence + 1) add("sequence_no");
  }

  void decrease_needs_reason() {
    const std::string_view reason = report_.fields.text(c_->rule.reason_field);
    if (!reason.empty() && reason != kUnknown) return;
    for (const std::string& key : c_->rule.fields) {
      const auto was = context_.previous.measure(key), is = report_.fields.measure(key);
      if (was && is && *is < *was && !matches(*c_->regex, body_)) add_field(key);
    }
  }

  void level_matches_thresholds(const Rules& rules) {
    const auto stated = incident_level_from(report_.fields.text("level"));
    if (!stated) return;
    const IncidentLevel graded = rules.grade(report_.fields.text("incident_type"), report_.fields);
    if (*stated >= graded) return;
    add("level");
    out_.back().zh += ": 应为" + std::string(to_string(graded));
    out_.back().en += ": should be " + std::string(to_string(graded));
  }

  void numbers_agree() {
    struct Seen {
      bool agrees = false;
      std::optional<Hit> other;
    };
    std::map<std::string_view, Seen> seen;
    const Part body{"body", body_, body_};
    for (const auto& [key, pattern] : c_->numbers) {
      const auto field = report_.fields.count(key);
      if (!field) continue;
      Seen& s = seen[key];
      Hit hit;
      for (std::size_t from = 0; !s.agrees && find(pattern, body_, from, hit); from = after(body_, hit)) {
        const auto n = number_in(body_.substr(hit.group_begin, hit.group_end - hit.group_begin));
        if (!n) continue;
        if (*n == *field)
          s.agrees = true;
        else if (!s.other)
          s.other = hit;
      }
    }
    for (const auto& [key, s] : seen)
      if (!s.agrees && s.other) {
        add_hit(body, s.other->begin, s.other->end);
        out_.back().zh += ": " + (specs_.contains(key) ? specs_.at(key)->zh : std::string(key));
        out_.back().en += ": " + (specs_.contains(key) ? specs_.at(key)->en : std::string(key));
      }
  }

  void forbid_id_number() {
    for (const Part& p : parts()) {
      Hit hit;
      for (std::size_t from = 0; find(*c_->regex, p.text, from, hit); from = after(p.text, hit))
        if (is_id_number(p.text.substr(hit.begin, hit.end - hit.begin))) {
          add_hit(p, hit.begin, hit.end);
          break;
        }
    }
  }

  void signed_within() {
    const Context& c = context_;
    if (c.signed_at_ms) {
      if (c.sent_at_ms && *c.signed_at_ms - *c.sent_at_ms > c_->rule.minutes * 60'000) add("signer");
    } else if (!signer_known()) {
      add("signer");
    }
  }

  void similar_to_own() {
    if (!context_.each_own || body_.empty()) return;
    const auto mine = shingles(body_);
    bool same = false;
    context_.each_own(c_->rule.days, [&](std::string_view other) {
      same = valid_utf8(other) && shared(mine, shingles(other)) >= c_->rule.share;
      return !same;
    });
    if (same) add("body");
  }

  const std::map<std::string_view, const FieldSpec*>& specs_;
  const Report& report_;
  const Context& context_;
  std::string_view title_, body_;  ///< empty when they are no UTF-8
  const CompiledRule* c_ = nullptr;
  Scratch scratch_;
  std::set<std::string> missing_, gave_up_;
  std::vector<Finding> out_;
};

bool needs_regex(Check c) {
  return c == Check::forbid_regex || c == Check::forbid_regex_unless || c == Check::require_regex ||
         c == Check::count_regex || c == Check::unknown_needs_note || c == Check::title_has_casualties ||
         c == Check::decrease_needs_reason || c == Check::forbid_id_number;
}
bool needs_parts(Check c) {
  return c == Check::length || c == Check::forbid_regex || c == Check::forbid_regex_unless ||
         c == Check::require_regex || c == Check::count_regex || c == Check::sentence_length ||
         c == Check::forbid_id_number;
}

}  // namespace

// ---- Rules ----------------------------------------------------------------------------

Result<Rules> Rules::make(RuleSet set) {
  auto c = std::make_shared<Compiled>();
  c->data = std::move(set);
  auto wrong = [](const std::string& what) { return fail(Fault::corrupt, "the rules contradict themselves: " + what); };

  for (const FieldSpec& f : c->data.templates.fields)
    if (f.key.empty() || !c->fields.emplace(f.key, &f).second) return wrong("field " + f.key + " twice");
  for (const IncidentTypes::Type& t : c->data.incidents.types) {
    if (!c->types.emplace(t.code, &t).second) return wrong("type " + t.code + " twice");
    if (!c->data.incidents.gradings.contains(t.grading)) return wrong("no grading " + t.grading);
  }
  for (const auto& [name, g] : c->data.incidents.gradings)
    for (const auto& alternatives : g.levels)
      for (const auto& together : alternatives)
        for (const Condition& k : together) {
          auto m = c->data.incidents.metrics.find(k.metric);
          if (m == c->data.incidents.metrics.end()) return wrong("no metric " + k.metric);
          if (!c->fields.contains(k.metric) && m->second.sum.empty()) return wrong("no field for " + k.metric);
          for (const std::string& part : m->second.sum)
            if (!c->fields.contains(part)) return wrong("no field " + part);
        }
  c->stages.fill(Stage::routine);
  for (const KindInfo& k : c->data.kinds) c->stages[static_cast<std::size_t>(k.kind)] = k.stage;

  std::set<std::string> ids;
  for (const Rule& r : c->data.quality) {
    if (!ids.insert(r.id).second) return wrong("rule " + r.id + " twice");
    if (needs_regex(r.check) && r.regex.empty()) return wrong(r.id + " has no pattern");
    if (needs_parts(r.check) && r.in.empty()) return wrong(r.id + " looks at nothing");
    for (const std::string& part : r.in)
      if (part != "title" && part != "body" && part != "body_last_sentence" && part != "fields" &&
          part != "attachments")
        return wrong(r.id + " looks at " + part);
    for (const std::string& key : r.fields)
      if (!c->fields.contains(key) && !(r.check == Check::time_order && key == "now"))
        return wrong(r.id + " names the field " + key);
    CompiledRule& to = c->rules.emplace_back();
    to.rule = r;
    if (!r.regex.empty()) to.regex = TRY(Pattern::make(r.regex));
    if (!r.unless.empty()) to.unless = TRY(Pattern::make(r.unless));
    for (const auto& [key, sources] : r.patterns) {
      if (!c->fields.contains(key)) return wrong(r.id + " names the field " + key);
      for (const std::string& source : sources) {
        Pattern p = TRY(Pattern::make(source));
        to.numbers.emplace_back(key, std::move(p));
      }
    }
  }
  return Rules(std::move(c));
}

std::vector<Finding> Rules::check(const Report& report, const Context& context) const {
  Run run(compiled_->fields, report, context);
  run.limits();
  const std::size_t kind = static_cast<std::size_t>(report.kind);
  if (kind >= compiled_->stages.size()) return run.take();
  for (const CompiledRule& c : compiled_->rules)
    if (c.rule.kinds.test(kind)) run.apply(c, compiled_->stages[kind], *this);
  return run.take();
}

IncidentLevel Rules::grade(std::string_view type, const Fields& fields) const {
  const IncidentTypes::Type* t = incident_type(type);
  if (!t) return IncidentLevel::ungraded;
  const IncidentTypes::Grading& g = compiled_->data.incidents.gradings.find(t->grading)->second;
  if (g.by_person) return IncidentLevel::ungraded;
  auto holds = [&](const Condition& c) {
    const auto v = compiled_->metric(c.metric, fields);
    return v && *v >= c.gte;
  };
  for (IncidentLevel l : {IncidentLevel::i, IncidentLevel::ii, IncidentLevel::iii, IncidentLevel::iv})
    for (const auto& together : g.levels[static_cast<std::size_t>(l)])
      if (std::all_of(together.begin(), together.end(), holds)) return l;
  return g.levels[static_cast<std::size_t>(IncidentLevel::iv)].empty() ? IncidentLevel::iv : IncidentLevel::ungraded;
}

const FieldSpec* Rules::field(std::string_view key) const {
  auto at = compiled_->fields.find(key);
  return at == compiled_->fields.end() ? nullptr : at->second;
}
const IncidentTypes::Type* Rules::incident_type(std::string_view code) const {
  auto at = compiled_->types.find(code);
  return at == compiled_->types.end() ? nullptr : at->second;
}
const Deadline* Rules::deadline(std::string_view hop, IncidentLevel level) const {
  for (const Deadline& d : compiled_->data.deadlines)
    if (d.hop == hop && d.level == level) return &d;
  return nullptr;
}
const RuleSet& Rules::data() const { return compiled_->data; }

// ---- fields ------------------------------------------------------------------------------

namespace {

bool says_unknown(std::string_view s) {
  for (std::string_view w : {"unknown", "不详", "不明", "未知", "待核实", "正在核实", "核实中"})
    if (s == w) return true;
  return false;
}
std::string plain(double v) { return std::to_string(static_cast<std::int64_t>(v)); }

/// By its code in any case, or by its name in either language.
const Named* choose(std::string_view typed, const std::vector<Named>& names) {
  auto same = [](std::string_view a, std::string_view b) {
    auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return low(x) == low(y); });
  };
  for (const Named& n : names)
    if (same(typed, n.code) || typed == n.zh || same(typed, n.en)) return &n;
  return nullptr;
}

}  // namespace

Result<Value> Rules::parse_field(std::string_view key, std::string_view text) const {
  if (!valid_utf8(key)) return fail(Fault::invalid, "a field's name is not valid UTF-8", "field.unknown");
  const FieldSpec* f = field(key);
  if (!f) {
    std::vector<Named> names;
    for (const FieldSpec& s : compiled_->data.templates.fields)
      if (!s.by_node) names.push_back({s.key, s.zh, s.en});
    std::string shown(key.substr(0, 64));
    while (!valid_utf8(shown)) shown.pop_back();
    return fail(Fault::invalid, "there is no field " + shown + near(key, names), "field.unknown");
  }
  auto bad = [&](const std::string& why) { return fail(Fault::invalid, f->key + ": " + why, "field.invalid"); };
  if (f->by_node)
    return fail(Fault::invalid, f->key + " is not set as a field: the report and its signatures give it",
                "field.by_node");
  if (!valid_utf8(text)) return bad("not valid UTF-8");
  if (text.size() > kFieldBytesMax)
    return fail(Fault::full, f->key + ": longer than " + std::to_string(kFieldBytesMax) + " bytes", "field.too_long");

  const std::string_view t = trimmed(text);
  if (t.empty()) return bad("empty");
  if (f->type == FieldType::text) return Value(says_unknown(t) ? std::string(kUnknown) : std::string(text));

  const std::string s = half_width(t);
  // What the node itself gives is never unknown.
  if (says_unknown(s) && f->source == FieldSource::person && f->type != FieldType::choice &&
      f->type != FieldType::incident_type)
    return Value(std::string(kUnknown));
  auto range = [&] { return "a number from " + plain(f->min) + " to " + plain(f->max) + " is needed"; };
  switch (f->type) {
    case FieldType::text:
      break;
    case FieldType::integer: {
      std::int64_t n = 0;
      auto [end, e] = std::from_chars(s.data(), s.data() + s.size(), n);
      if (s[0] == '-' || e != std::errc() || end != s.data() + s.size()) return bad("whole " + range().substr(2));
      if (static_cast<double>(n) < f->min || static_cast<double>(n) > f->max) return bad(range());
      return Value(n);
    }
    case FieldType::number: {
      double d = 0;
      auto [end, e] = std::from_chars(s.data(), s.data() + s.size(), d, std::chars_format::fixed);
      if (s[0] == '-' || e != std::errc() || end != s.data() + s.size() || !std::isfinite(d)) return bad(range());
      if (d < f->min || d > f->max) return bad(range());
      return Value(d);
    }
    case FieldType::boolean: {
      for (std::string_view yes : {"true", "yes", "1", "是", "有"})
        if (s == yes) return Value(true);
      for (std::string_view no : {"false", "no", "0", "否", "无"})
        if (s == no) return Value(false);
      return bad("true or false is needed");
    }
    case FieldType::datetime: {
      if (auto at = instant(s)) return Value(*at);
      return bad("a time such as 2026-06-08T14:30:00+08:00 is needed");
    }
    case FieldType::choice: {
      std::vector<Named> names;
      for (const auto& c : f->choices) names.push_back({c.code, c.zh, c.en});
      if (const Named* n = choose(s, names)) return Value(std::string(n->code));
      std::string all;
      for (const Named& n : names) all += (all.empty() ? "" : ", ") + std::string(n.code);
      return bad("one of " + all + " is needed");
    }
    case FieldType::incident_type: {
      std::vector<Named> names;
      for (const auto& i : compiled_->data.incidents.types) names.push_back({i.code, i.zh, i.en});
      if (const Named* n = choose(s, names)) return Value(std::string(n->code));
      return bad("no such type of incident" + near(s, names));
    }
  }
  return bad("cannot be set");
}

Result<> Rules::set_field(Report& report, std::string_view key, std::string_view text) const {
  Value value = TRY(parse_field(key, text));
  const FieldSource source = field(key)->source;
  if (source == FieldSource::occurred_at)
    report.occurred_at = std::get<std::int64_t>(value);
  else if (source == FieldSource::sensitivity)
    report.sensitivity = *sensitivity_from(std::get<std::string>(value));
  else
    report.fields.set(key, std::move(value));
  return {};
}

// ---- policy --------------------------------------------------------------------------------

Verdict judge(const Report& report, std::vector<Finding> findings) {
  // Nobody may block the report of an emergency (突发事件应对法 2024, art. 61).
  const bool emergency = is_emergency(report.kind, report.lane);
  Verdict verdict;
  for (Finding& f : findings) {
    if (f.severity != Severity::error) continue;
    if (f.blocks == Blocks::routine && emergency) {
      f.severity = Severity::warning;
      continue;
    }
    verdict.may_send = false;
    if (f.blocks == Blocks::drafts_too) verdict.may_keep = false;
  }
  verdict.findings = std::move(findings);
  return verdict;
}

}  // namespace yz::node
