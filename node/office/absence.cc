#include "node/office/absence.h"

#include <algorithm>

namespace yz::node {

std::string_view name_of(AbsenceWord::Act a) {
  return a == AbsenceWord::Act::away ? "away" : a == AbsenceWord::Act::back ? "back" : "unknown";
}

std::optional<Absence> standing_of(std::span<const AbsenceFact> facts) {
  const auto first = [](const AbsenceFact* a, const AbsenceFact& b) {
    return !a || std::pair(b.at, b.id) < std::pair(a->at, a->id);
  };
  // Superiors and offices below get it in records of their own: the earliest counts, the reason of whichever has it.
  const AbsenceFact* away = nullptr;
  for (const AbsenceFact& f : facts)
    if (f.word.act == AbsenceWord::Act::away && first(away, f)) away = &f;
  if (!away) return std::nullopt;
  Absence out{away->word, std::max(away->word.from_ms, away->at.ms()), away->word.until_ms};
  for (const AbsenceFact& f : facts) {
    if (f.word.act == AbsenceWord::Act::back && !f.parents.empty() && f.at > away->at && f.at.ms() < out.ends) {
      out.ends = f.at.ms();
      out.ended_early = true;
    }
    if (f.word.act == AbsenceWord::Act::away && f.word.absent == away->word.absent && out.word.reason.empty()) {
      out.word.reason = f.word.reason;
      out.word.place = f.word.place;
      out.word.contact = f.word.contact;
    }
  }
  out.ends = std::max(out.ends, out.begins);
  return out;
}

}  // namespace yz::node
