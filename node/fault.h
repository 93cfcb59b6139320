#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/result.h"

namespace yz::node {

enum class Language : std::uint8_t { zh, en };
constexpr std::string_view name_of(Language l) { return l == Language::zh ? "zh" : "en"; }
constexpr std::optional<Language> language_from(std::string_view name) {
  if (name == "zh") return Language::zh;
  if (name == "en") return Language::en;
  return std::nullopt;
}

/// Exit codes that no Fault stands for. The others are sysexits.h's.
constexpr int kExitUsage = 2;      ///< the command line itself is wrong
constexpr int kExitInternal = 70;  ///< an exception that nobody expected

/// The one place that turns a Fault into what a shell, a browser and a person see.
///
///   fault     exit  status
///   offline   69    503
///   busy      75    503
///   invalid   65    422   400 when the code begins with "malformed": could not be read at all; 415 web.content
///   denied    77    403   401 when the code begins with "login": no session, or no right passphrase; 429 login.wait
///   missing   66    404
///   conflict  65    409
///   forged    76    400   it is the peer's fault, whichever side asked
///   corrupt   76    500
///   full      73    507   413 when the code ends with ".size" or ".too_long": what was sent is larger than it may be
struct FaultView {
  std::string_view name;  ///< the enumerator, for logs and for "fault" in JSON
  int exit_code;
  int http_status;
  std::string_view zh;  ///< what happened in general and what to do next; Error::what says it in particular
  std::string_view en;
};

const FaultView& view_of(Fault);
inline std::string_view name_of(Fault f) { return view_of(f).name; }
inline int exit_code(const Error& e) { return view_of(e.fault).exit_code; }
/// The status of the table, refined by the error's code as said there.
int http_status(const Error&);
inline std::string_view advice(Fault f, Language l) { return l == Language::zh ? view_of(f).zh : view_of(f).en; }

}  // namespace yz::node
