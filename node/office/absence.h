#pragma once
// Who is away (外出报备), and who signs in their place meanwhile (代签). The office says what is in such a record; the
// bytes are written and read by node/net/absence_json.cc (sync/PROTOCOL.md 2.6). Pure: no clock, no store.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/instant.h"
#include "sync/record.h"

namespace yz::node {

inline constexpr std::size_t kAbsenceLineBytesMax = 300;
inline constexpr sync::Millis kAbsenceLongestMs = 366LL * 24 * 3600 * 1000;

/// The body of a record of type delegation.
struct AbsenceWord {
  enum class Act : std::uint8_t {
    unknown = 0,  ///< of a newer program: kept, without effect
    away = 1,
    back = 2,  ///< back before the time: its parents are the records that said away
  };
  Act act = Act::away;
  // Of away:
  PersonId absent;
  std::string absent_name;
  std::optional<PersonId> deputy;  ///< none: nobody signs in their place
  std::string deputy_name;
  sync::Millis from_ms = 0, until_ms = 0;
  std::string reason, place, contact;  ///< for superiors; left out of what goes to offices below
  bool operator==(const AbsenceWord&) const = default;
};
std::string_view name_of(AbsenceWord::Act);

/// The same word always gives the same bytes.
Bytes encode_absence(const AbsenceWord&);
/// Fault::forged unless it is one body of the form that encode_absence writes: a span of at most 366 days that is not
/// empty, lines that are lines, a deputy who is somebody else. Members it does not know are passed over.
Result<AbsenceWord> decode_absence(ByteView);

/// One good record of an absence.
struct AbsenceFact {
  RecordId id;
  sync::Hlc at;
  std::vector<RecordId> parents;  ///< ascending
  AbsenceWord word;
};

/// How an absence stands by all that was said of it.
struct Absence {
  AbsenceWord word;
  /// When the deputy's authority runs, half-open: nothing is made good that was signed before the word was, and nothing
  /// ends before somebody said so.
  sync::Millis begins = 0, ends = 0;
  bool ended_early = false;
  bool running(sync::Millis now) const { return begins <= now && now < ends; }
};
/// The same facts give the same answer in whatever order they came. None while nobody has said away.
std::optional<Absence> standing_of(std::span<const AbsenceFact>);

}  // namespace yz::node
