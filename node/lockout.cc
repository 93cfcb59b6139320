#include "node/lockout.h"

#include <algorithm>

namespace yz::node {
namespace {

constexpr int kFreeTries = 3;
constexpr sync::Millis kFirstMs = 1000;
constexpr sync::Millis kMostMs = 15 * 60 * 1000;

}  // namespace

std::unexpected<Error> must_wait(sync::Millis wait) {
  const auto s = wait / 1000 + 1, minutes = (s + 59) / 60;
  const bool short_wait = s < 100;
  return std::unexpected(Error{Fault::denied,
                               "too many wrong passphrases: try again in " +
                                   (short_wait ? std::to_string(s) + " s" : std::to_string(minutes) + " min"),
                               "login.wait",
                               "口令错误次数较多，请等 " +
                                   (short_wait ? std::to_string(s) + " 秒" : std::to_string(minutes) + " 分钟") +
                                   "再试；等待期间再试也不接受"});
}

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
