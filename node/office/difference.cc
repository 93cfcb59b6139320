#include "node/office/difference.h"

#include <algorithm>

namespace yz::node {
namespace {

/// The table of a comparison has the square of it: 400 are 160,000 entries, a few milliseconds.
constexpr std::size_t kParagraphsMax = 400;

std::vector<std::string_view> paragraphs(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string joined(std::span<const std::string_view> lines) {
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) (out += i > 0 ? "\n" : "") += lines[i];
  return out;
}

using Lines = std::span<const std::string_view>;

/// length[i][j]: of the longest common subsequence behind i and j.
std::vector<std::vector<std::uint16_t>> common_behind(Lines a, Lines b) {
  std::vector<std::vector<std::uint16_t>> length(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      length[i][j] = a[i] == b[j] ? static_cast<std::uint16_t>(length[i + 1][j + 1] + 1)
                                  : std::max(length[i + 1][j], length[i][j + 1]);
  return length;
}

}  // namespace

std::vector<Passage> passages(std::string_view before, std::string_view after) {
  const auto old_lines = paragraphs(before), new_lines = paragraphs(after);
  Lines a(old_lines), b(new_lines);
  std::size_t first = 0;  // paragraphs of `before` that lie before a and b
  while (!a.empty() && !b.empty() && a.front() == b.front()) {
    a = a.subspan(1), b = b.subspan(1);
    ++first;
  }
  while (!a.empty() && !b.empty() && a.back() == b.back()) a = a.first(a.size() - 1), b = b.first(b.size() - 1);
  std::vector<Passage> out;
  const auto put = [&](std::size_t i, Lines gone, Lines come) {
    if (!gone.empty() || !come.empty()) out.push_back({first + i + 1, joined(gone), joined(come)});
  };
  if (a.empty() || b.empty() || a.size() > kParagraphsMax || b.size() > kParagraphsMax) {
    put(0, a, b);
    return out;
  }
  const auto length = common_behind(a, b);
  std::size_t i = 0, j = 0, from_i = 0, from_j = 0;
  const auto close = [&] { put(from_i, a.subspan(from_i, i - from_i), b.subspan(from_j, j - from_j)); };
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      close();
      from_i = ++i, from_j = ++j;
    } else if (length[i + 1][j] >= length[i][j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  i = a.size(), j = b.size();
  close();
  return out;
}

std::vector<Change> changes(const Report& before, const Report& after) {
  const Flat old_values = flat(before), new_values = flat(after);
  std::set<std::string, std::less<>> names;
  for (const auto& [name, value] : old_values) names.insert(name);
  for (const auto& [name, value] : new_values) names.insert(name);
  std::vector<Change> out;
  const auto compare = [&](const std::string& name) {
    const auto a = old_values.find(name), b = new_values.find(name);
    Change c;
    c.name = name;
    if (a != old_values.end()) c.before = a->second;
    if (b != new_values.end()) c.after = b->second;
    if (c.before == c.after) return;
    if (name == "body") c.passages = passages(before.body, after.body);
    out.push_back(std::move(c));
  };
  for (const char* name : {"title", "body"}) {
    compare(name);
    names.erase(name);
  }
  for (const std::string& name : names) compare(name);
  return out;
}

std::size_t places(const std::vector<Change>& all) {
  std::size_t n = 0;
  for (const Change& c : all) n += std::max<std::size_t>(1, c.passages.size());
  return n;
}

}  // namespace yz::node
