#pragma once
// What has waited too long, and who is asked next: the deputy, the principal leader, the superior's duty officer. By
// the times that people signed, so that every machine says the same whenever it looks. Pure.
#include <optional>
#include <string_view>

#include "node/office/rules.h"
#include "sync/instant.h"

namespace yz::node {

/// What somebody waits for.
enum class Awaited : std::uint8_t {
  sign_off,         ///< a text that was submitted; nobody has signed it
  progress,         ///< an instruction of which nothing was heard
  acknowledgement,  ///< a flash report that nobody has acknowledged (签收)
};
inline constexpr std::size_t kAwaitedCount = 3;
std::string_view name_of(Awaited);
std::optional<Awaited> awaited_from(std::string_view);

/// Its row of the policy's times. A lane without reports has those of the routine one.
auto& escalation_min_of(auto& terms, Awaited what, sync::Lane lane) {
  const std::size_t row = lane == sync::Lane::flash ? 0 : lane == sync::Lane::urgent ? 1 : 2;
  return terms.escalation_min[static_cast<std::size_t>(what)][row];
}
/// Whether anything of this lane is ever waited for so: only a flash report's acknowledgement is.
constexpr bool is_escalated(Awaited what, sync::Lane lane) {
  return what != Awaited::acknowledgement || lane == sync::Lane::flash;
}

/// Who is asked at which step; each goes on being asked.
enum class Rung : std::uint8_t { none = 0, deputy = 1, leader = 2, superior = 3 };
std::string_view name_of(Rung);

struct Escalation {
  Rung rung = Rung::none;
  std::optional<sync::Millis> next;  ///< when the next one is asked; none at the top
};
/// By the times that the policy in force gives. `since`: when it was signed. `due`: of an instruction by when it is to
/// be done; the steps then lie at half of that time, at its end, and half of it later.
Escalation escalation_of(const PolicyTerms&, Awaited, sync::Lane, sync::Millis since, std::optional<sync::Millis> due,
                         sync::Millis now);

}  // namespace yz::node
