#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace yz {

/// What went wrong, sorted by what the caller can do about it.
/// Exit codes and HTTP statuses are derived in one place, node/fault.h.
enum class Fault : std::uint8_t {
  offline,   ///< No line to the peer. Everything stays queued; try later.
  busy,      ///< Someone else holds the lock. Try again in a moment.
  invalid,   ///< The person's input breaks a rule. Show `what`.
  denied,    ///< Wrong passphrase, or right person, wrong office or role.
  missing,   ///< No such report, key or file; or a gap: ask for it.
  conflict,  ///< Two versions of one thing. A person decides.
  forged,    ///< A peer's bytes fail a check. Refuse, record, never retry as is.
  corrupt,   ///< Our own disk disagrees with itself. Stop the node.
  full,      ///< A stated limit is reached, or the disk is full. Push back.
};

struct Error {
  Fault fault;
  std::string what;       ///< One English sentence for people; ids and sizes, never a report's text.
  std::string code = {};  ///< Stable machine code such as "join.expired"; may be empty.
  std::string zh =
      {};  ///< `what` in Chinese, where the code's sentence (node/net/api_request.cc) would say too little.
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Fault fault, std::string what, std::string code = {}) {
  return std::unexpected<Error>(Error{fault, std::move(what), std::move(code)});
}

/// Takes the value or returns the error to the caller. Stands alone or right of
/// one `=`, never inside braces: g++ 12 forgets to destroy the members already built.
#define TRY(expression) YZ_TRY_AS(YZ_TRY_NAME(__COUNTER__), expression)
// Each use has a variable of its own, so that one TRY may stand inside another's expression.
#define YZ_TRY_NAME(n) YZ_TRY_JOIN(yz_result_, n)
#define YZ_TRY_JOIN(a, b) a##b
#define YZ_TRY_AS(name, expression)                                 \
  __extension__({                                                   \
    auto name = (expression);                                       \
    if (!name) [[unlikely]]                                         \
      return std::unexpected<::yz::Error>(std::move(name).error()); \
    std::move(name).value();                                        \
  })

}  // namespace yz
