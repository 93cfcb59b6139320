#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace yz::sync {

/// A set of byte positions as half-open ranges [from, to), merged.
class Intervals {
 public:
  using Range = std::pair<std::uint32_t, std::uint32_t>;
  void add(std::uint32_t from, std::uint32_t to) {
    if (from >= to) return;
    auto it = at_.upper_bound(from);
    if (it != at_.begin() && std::prev(it)->second >= from) --it;
    while (it != at_.end() && it->first <= to) {
      from = std::min(from, it->first);
      to = std::max(to, it->second);
      it = at_.erase(it);
    }
    at_[from] = to;
  }
  void add(const Intervals& other) {
    for (const auto& [a, b] : other.at_) add(a, b);
  }
  void remove(std::uint32_t from, std::uint32_t to) {
    if (from >= to) return;
    auto it = at_.upper_bound(from);
    if (it != at_.begin() && std::prev(it)->second > from) --it;
    while (it != at_.end() && it->first < to) {
      const auto [a, b] = *it;
      it = at_.erase(it);
      if (a < from) at_[a] = from;
      if (b > to) it = std::next(at_.emplace(to, b).first);
    }
  }
  void clear() { at_.clear(); }
  bool empty() const { return at_.empty(); }
  bool covers(std::uint32_t from, std::uint32_t to) const {
    auto it = at_.upper_bound(from);
    return from >= to || (it != at_.begin() && std::prev(it)->second >= to);
  }
  /// The first range inside [0, total) that is not in the set, at most `most` long.
  std::optional<Range> first_gap(std::uint32_t total, std::uint32_t most) const {
    std::uint32_t at = 0;
    for (const auto& [a, b] : at_) {
      if (at >= total) return std::nullopt;
      if (a > at) return Range{at, std::min({a, at + most, total})};
      at = std::max(at, b);
    }
    if (at >= total) return std::nullopt;
    return Range{at, std::min(total, at + most)};
  }
  std::vector<Range> ranges(std::size_t most) const {
    std::vector<Range> out;
    for (const auto& r : at_) {
      if (out.size() == most) break;
      out.push_back(r);
    }
    return out;
  }

 private:
  std::map<std::uint32_t, std::uint32_t> at_;
};

}  // namespace yz::sync
