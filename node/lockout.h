#pragma once
#include <map>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "sync/instant.h"

namespace yz::node {

/// Fault::denied "login.wait", with how long in words.
std::unexpected<Error> must_wait(sync::Millis);

/// How long whoever typed wrong passphrases has to wait: from the fourth on each costs a wait, doubled every time from
/// one second up to fifteen minutes. Never for ever: an office whose duty officer is locked out at night can't report.
/// One thread at a time.
class Lockout {
 public:
  /// What is still to be waited; 0: may try.
  sync::Millis wait(std::string_view who, sync::Millis now) const;
  void wrong(std::string_view who, sync::Millis now);
  void right(std::string_view who);

 private:
  /// Who is remembered at a time. One more, and the one whose wait ends first is forgotten.
  static constexpr std::size_t kMost = 1024;
  struct Tries {
    int wrong = 0;
    sync::Millis until = 0;
  };
  std::map<std::string, Tries, std::less<>> tries_;
};

}  // namespace yz::node
