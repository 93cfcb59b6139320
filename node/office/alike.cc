#include "node/office/alike.h"

#include <algorithm>

#include "node/office/text.h"

namespace yz::node {
namespace {

constexpr std::size_t kRunsLeast = 12;   // shorter texts share as much by chance
constexpr std::size_t kRunsMost = 4096;  // of one text; the rest of a long one says no more
constexpr double kTextAlone = 0.5;       // so much in common needs nothing else
constexpr double kTextWith = 0.2;        // with the same sort of incident at one time
constexpr double kPlace = 0.6;

std::uint64_t mixed(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  return h ^ h >> 33;
}

/// FNV-1a over code points, mixed so that the smallest hashes are a fair sample. Stored: never changed.
std::uint64_t run_hash(const char32_t* at) {
  std::uint64_t h = 14695981039346656037ULL;
  for (std::size_t i = 0; i < kRun; ++i) h = (h ^ at[i]) * 1099511628211ULL;
  // SQLite's integers have a sign.
  return mixed(h) >> 1;
}

std::vector<char32_t> letters(std::string_view text) {
  std::vector<char32_t> out;
  each_character(text, [&](char32_t c, std::size_t, std::size_t) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;  // full-width forms
    if (is_word(c)) out.push_back(c);
  });
  return out;
}

void add_runs(std::string_view text, std::vector<std::uint64_t>& out) {
  if (!valid_utf8(text)) return;
  const auto all = letters(text);
  for (std::size_t i = 0; i + kRun <= all.size() && out.size() < kRunsMost; ++i) out.push_back(run_hash(&all[i]));
}

double of_shorter(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  const std::size_t least = std::min(a.size(), b.size());
  if (least < kRunsLeast) return 0;
  std::vector<std::uint64_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return static_cast<double>(both.size()) / static_cast<double>(least);
}

bool one_place(std::string_view a, std::string_view b) {
  const auto pairs = [](std::string_view s) {
    const auto all = letters(s);
    std::vector<std::pair<char32_t, char32_t>> out;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) out.emplace_back(all[i], all[i + 1]);
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
  };
  const auto x = pairs(a), y = pairs(b);
  const std::size_t least = std::min(x.size(), y.size());
  if (least == 0) return false;
  std::vector<std::pair<char32_t, char32_t>> both;
  std::ranges::set_intersection(x, y, std::back_inserter(both));
  return static_cast<double>(both.size()) >= kPlace * static_cast<double>(least);
}

}  // namespace

std::vector<std::uint64_t> Likeness::pieces() const {
  if (runs.size() < kRunsLeast) return {};
  return {runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(std::min(runs.size(), kPieces))};
}

Likeness likeness_of(const Report& r, std::int64_t signed_ms) {
  Likeness l;
  add_runs(r.title, l.runs);
  add_runs(r.body, l.runs);
  std::ranges::sort(l.runs);
  l.runs.erase(std::ranges::unique(l.runs).begin(), l.runs.end());
  l.type = r.fields.text("incident_type");
  l.place = r.fields.text("place");
  l.at_ms = r.occurred_at.value_or(signed_ms);
  return l;
}

bool is_compared(Kind k) { return k != Kind::zero_report; }

double Alike::score() const { return text + (type ? 0.25 : 0) + (place ? 0.25 : 0) + (apart ? 0.25 : 0); }

Alike alike(const Likeness& a, const Likeness& b) {
  Alike out;
  out.text = of_shorter(a.runs, b.runs);
  out.type = !a.type.empty() && a.type == b.type;
  out.place = one_place(a.place, b.place);
  const std::int64_t apart = a.at_ms < b.at_ms ? b.at_ms - a.at_ms : a.at_ms - b.at_ms;
  if (a.at_ms != 0 && b.at_ms != 0 && apart <= kNearMs) out.apart = apart / 60'000;
  const bool one_event = out.type && out.apart;
  out.same = out.text >= kTextAlone || (one_event && (out.place || out.text >= kTextWith));
  return out;
}

}  // namespace yz::node
