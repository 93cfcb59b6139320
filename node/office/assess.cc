#include "node/office/assess.h"

#include <algorithm>
#include <set>
#include <utility>

namespace yz::node {
namespace {

struct On {
  std::string_view word;
  Figure figure;
};
constexpr On kOn[] = {
    {"adoption", Figure::adopted},
    {"instruction", Figure::instructed},
    {"forwarded", Figure::forwarded},
    {"return", Figure::returned},
    {"submission", Figure::received},
    {"commission_done", Figure::commission_done},
    {"commission_late", Figure::commission_late},
    {"commission_missed", Figure::commission_missed},
    {"urgent_ok", Figure::timely},
    {"media", Figure::media},
    {"violation", Figure::late},  // the one violation that signed times show by themselves
};

/// The first channel whose name is part of the publication's; else the one that has none.
std::string_view channel_of(std::string_view publication, const Scheme& s) {
  std::string_view rest;
  for (const Scheme::Channel& c : s.channels) {
    if (c.names.empty()) rest = c.id;
    for (const std::string& n : c.names)
      if (publication.find(n) != std::string_view::npos) return c.id;
  }
  return rest;
}

/// What several levels may make of one report: as a figure it is one report, whoever did it; points go by level.
bool once_a_report(Figure f) {
  return f == Figure::adopted || f == Figure::not_adopted || f == Figure::forwarded || f == Figure::merged;
}

}  // namespace

std::string_view name_of(Figure f) { return kFigures[static_cast<std::size_t>(f)].second; }

std::optional<Figure> figure_from(std::string_view name) {
  for (const auto& [f, n] : kFigures)
    if (n == name) return f;
  return std::nullopt;
}

bool counts(const ScoreItem& item, const Fact& f, const Scheme& s) {
  const auto on = std::ranges::find(kOn, std::string_view(item.on), &On::word);
  if (on == std::end(kOn) || on->figure != f.figure || item.central) return false;
  if (item.level && item.level != f.level) return false;
  return item.channel.empty() || item.channel == channel_of(f.note, s);
}

Assessment assess(std::span<const Fact> facts, const Scheme& s) {
  Assessment a;
  sync::Millis took = 0;
  std::set<std::pair<Figure, std::int64_t>> counted;
  for (const Fact& f : facts) {
    if (f.matter != 0 && once_a_report(f.figure) && !counted.emplace(f.figure, f.matter).second) continue;
    ++a.counts[f.figure];
    if (f.figure == Figure::acknowledged) took += f.value;
  }
  if (const auto n = a.counts.find(Figure::acknowledged); n != a.counts.end())
    a.acknowledge_ms = took / static_cast<sync::Millis>(n->second);
  a.score = s.base;
  for (std::size_t i = 0; i < s.items.size(); ++i) {
    Points p{i, 0, 0};
    p.count =
        static_cast<std::size_t>(std::ranges::count_if(facts, [&](const Fact& f) { return counts(s.items[i], f, s); }));
    if (p.count == 0) continue;
    p.points = static_cast<double>(p.count) * s.items[i].points;
    a.score += p.points;
    a.points.push_back(p);
  }
  if (s.floor) a.score = std::max(a.score, *s.floor);
  return a;
}

}  // namespace yz::node
