#include "node/office/casualties.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "node/office/text.h"

namespace yz::node {
namespace {

/// What happened, and the word that stands for it. Longer words before those that they begin with.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kKindsOfHarm{{{"死亡", "死亡"},
                                                                                      {"遇难", "死亡"},
                                                                                      {"身亡", "死亡"},
                                                                                      {"丧生", "死亡"},
                                                                                      {"罹难", "死亡"},
                                                                                      {"失联", "失联"},
                                                                                      {"失踪", "失联"},
                                                                                      {"下落不明", "失联"},
                                                                                      {"被困", "被困"},
                                                                                      {"受伤", "受伤"},
                                                                                      {"重伤", "重伤"},
                                                                                      {"轻伤", "轻伤"},
                                                                                      {"获救", "获救"}}};
constexpr std::string_view kNumerals = "零〇一二两三四五六七八九十百千万";
/// So many characters may stand between a number and its word: 3名务工村民已经失联, 死亡人数升至3人.
constexpr int kApart = 7;

/// A number of persons or a word, in a text.
struct Token {
  std::optional<std::int64_t> count;
  std::string_view word;
  std::size_t begin = 0, end = 0;
};

bool numeral(std::string_view character) {
  const char c = character.front();
  if (character.size() == 1) return c >= '0' && c <= '9';
  if (kNumerals.find(character) != std::string_view::npos) return true;
  return character.size() == 3 && character.starts_with("\xEF\xBC") && character[2] >= '\x90' && character[2] <= '\x99';
}

/// "3余人", "３名": the number at `at`, if persons are counted by it.
std::optional<Token> count_at(std::string_view s, std::size_t at) {
  std::size_t end = at;
  while (end < s.size()) {
    const std::size_t n = std::max<std::size_t>(1, sequence_at(s.substr(end)));
    if (!numeral(s.substr(end, n))) break;
    end += n;
  }
  if (end == at) return std::nullopt;
  const auto n = number_in(half_width(s.substr(at, end - at)));
  if (s.substr(end).starts_with("余")) end += std::string_view("余").size();
  for (const std::string_view unit : {"人", "名", "位"})
    if (n && s.substr(end).starts_with(unit)) return Token{n, {}, at, end + unit.size()};
  return std::nullopt;
}

std::vector<Token> tokens_of(std::string_view s) {
  std::vector<Token> out;
  for (std::size_t at = 0; at < s.size();) {
    if (auto n = count_at(s, at)) {
      at = n->end;
      out.push_back(*n);
      continue;
    }
    const auto w = std::ranges::find_if(kKindsOfHarm, [&](const auto& x) { return s.substr(at).starts_with(x.first); });
    if (w != kKindsOfHarm.end()) {
      out.push_back({{}, w->second, at, at + w->first.size()});
      at = out.back().end;
      continue;
    }
    const std::size_t step = std::max<std::size_t>(1, sequence_at(s.substr(at)));
    // A number is looked at from its beginning alone.
    if (numeral(s.substr(at, step)))
      while (at < s.size() && numeral(s.substr(at, std::max<std::size_t>(1, sequence_at(s.substr(at))))))
        at += std::max<std::size_t>(1, sequence_at(s.substr(at)));
    else
      at += step;
  }
  return out;
}

/// One follows the other closely and in one breath.
bool together(std::string_view s, const Token& a, const Token& b) {
  if (a.count.has_value() == b.count.has_value()) return false;
  int apart = 0;
  bool breaks = false;
  each_character(s.substr(a.end, b.begin - a.end), [&](char32_t c, std::size_t, std::size_t) {
    breaks = breaks || !is_word(c);
    ++apart;
  });
  return !breaks && apart <= kApart;
}

std::string said(const std::vector<std::int64_t>& counts) {
  std::string out;
  for (const std::int64_t n : counts) out += (out.empty() ? "" : "、") + std::to_string(n) + "人";
  return out;
}

}  // namespace

std::map<std::string_view, std::vector<std::int64_t>> casualties_in(std::string_view valid) {
  std::map<std::string_view, std::vector<std::int64_t>> out;
  const auto all = tokens_of(valid);
  // From the left, each with the one beside it: in 致2人死亡1人失联 the second number is of the second word.
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    if (together(valid, all[i], all[i + 1])) {
      const Token& number = all[i].count ? all[i] : all[i + 1];
      const Token& word = all[i].count ? all[i + 1] : all[i];
      auto& counts = out[word.word];
      if (std::ranges::find(counts, *number.count) == counts.end()) counts.push_back(*number.count);
      ++i;
    }
  return out;
}

std::string casualties_differ(std::string_view title, std::string_view body) {
  const auto above = casualties_in(title), below = casualties_in(body);
  std::string out;
  for (const auto& [word, counts] : above) {
    const auto at = below.find(word);
    if (at == below.end()) continue;
    const auto& theirs = at->second;
    const auto agrees = [&](std::int64_t n) {
      return std::ranges::find(theirs, n) != theirs.end() ||
             n == std::accumulate(theirs.begin(), theirs.end(), std::int64_t{0});
    };
    if (std::ranges::any_of(counts, agrees)) continue;
    out += (out.empty() ? "" : "；") + std::string(word) + " 标题 " + said(counts) + "，正文 " + said(theirs);
  }
  return out;
}

}  // namespace yz::node
