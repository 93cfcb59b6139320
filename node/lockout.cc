#include "node/lockout.h"

#include <algorithm>

namespace yz::node {
namespace {

constexpr int kFreeTries = 3;
constexpr sync::Millis kFirstMs = 1000;
constexpr sync::Millis kMostMs = 15 * 60 * 1000;

}  // namespace

sync::Millis Lockout::wait(std::string_view who, sync::Millis now) const {
  const auto at = tries_.find(who);
  return at == tries_.end() ? 0 : std::max<sync::Millis>(0, at->second.until - now);
}

void Lockout::wrong(std::string_view who, sync::Millis now) {
  auto at = tries_.find(who);
  if (at == tries_.end()) {
    if (tries_.size() >= kMost)
      tries_.erase(std::ranges::min_element(tries_, {}, [](const auto& t) { return t.second.until; }));
    at = tries_.emplace(std::string(who), Tries()).first;
  }
  Tries& t = at->second;
  if (++t.wrong > kFreeTries) t.until = now + std::min(kMostMs, kFirstMs << std::min(t.wrong - kFreeTries - 1, 20));
}

void Lockout::right(std::string_view who) {
  if (const auto at = tries_.find(who); at != tries_.end()) tries_.erase(at);
}

}  // namespace yz::node
