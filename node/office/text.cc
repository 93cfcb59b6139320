#include "node/office/text.h"

#include <charconv>
#include <functional>

namespace yz::node {
namespace {

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

}  // namespace

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

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 ||
         c == 0xFEFF;
}
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

}  // namespace yz::node
