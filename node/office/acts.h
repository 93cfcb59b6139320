#pragma once
// What flows down on a case and back up: decisions, instructions, questions and what is said to them. The office says
// what is in such a record; node/net/act_json.cc writes and reads the bytes (sync/PROTOCOL.md 2.2).
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.h"

namespace yz::node {

/// The number is kept in the table `act`: never renumber.
enum class ActKind : std::uint8_t {
  unknown = 0,  ///< of a newer program: kept, shown as unreadable, changes nothing
  decision = 1,
  instruction = 2,  ///< 批示
  progress = 3,     ///< 办理情况
  close = 4,        ///< 办结
  question = 5,     ///< 追问
  verify = 6,       ///< 核报
  urge = 7,         ///< 催报、催办
  answer = 8,
  merged = 9,            ///< 综合: used in a report of that office
  forwarded = 10,        ///< 转报: no body of this form; a forward, or the word of one (BodyExtras::became)
  cosign = 11,           ///< 会签: `assignees` and `persons` are asked to sign a version too
  cosigned = 12,         ///< in a record of type cosignature: it is signed too
  cosign_declined = 13,  ///< likewise: it is not, and why
};
std::string_view name_of(ActKind);
ActKind act_kind_from(std::string_view name);

/// What a superior makes of a report. Kept in a table: never renumber.
enum class Disposal : std::uint8_t { none = 0, adopted = 1, not_adopted = 2, returned = 3, filed = 4, unknown = 255 };
std::string_view name_of(Disposal);
Disposal disposal_from(std::string_view name);

/// 高、新、全、实、精: 1 to 5 each, 0 = not given.
struct Rating {
  static constexpr std::array<std::string_view, 5> kNames{"significance", "freshness", "completeness", "accuracy",
                                                          "conciseness"};
  std::array<std::uint8_t, 5> marks{};
  bool empty() const { return marks == std::array<std::uint8_t, 5>{}; }
  bool operator==(const Rating&) const = default;
};

/// The report that several were merged into.
struct MergedInto {
  OfficeId office;
  CaseId case_id;
  RecordId record;
  std::string title;
  bool operator==(const MergedInto&) const = default;
};

inline constexpr std::size_t kActTextBytesMax = 16 * 1024;
inline constexpr std::size_t kActReasonBytesMax = 4096;
inline constexpr std::size_t kActLineBytesMax = 300;  ///< titles, numbers, names of publications
inline constexpr std::size_t kAssigneesMax = 12;      ///< with those who brought the case at most 16 addressees

/// One of the author's own office who is asked.
struct AskedPerson {
  PersonId id;
  std::string name;
  bool operator==(const AskedPerson&) const = default;
};
inline constexpr std::size_t kAskedPersonsMax = 8;

/// The body of an act. Which record it is about stands in the record's parents.
struct Act {
  ActKind kind{};
  Disposal disposal{};
  std::string text;         ///< the leader's words, the question, the answer, what was done
  std::string reason;       ///< of a decision
  std::string publication;  ///< where it was adopted
  std::int64_t issue = 0;   ///< 期号, from 1; 0 = none
  Rating rating;
  std::optional<std::int64_t> due_ms;
  bool done = false;                ///< of progress: what was asked for is done
  std::vector<OfficeId> assignees;  ///< 承办单位, ascending; of an instruction; of cosign who is asked
  /// What the author calls them, in their order, for who has no certificate of theirs; or nothing.
  std::vector<std::string> assignee_names;
  std::vector<AskedPerson> persons;  ///< of cosign: who of the author's office is asked, in no order
  std::string title;                 ///< of the case as it stood: for who has not got it
  std::optional<MergedInto> merged;  ///< of `merged`
  bool operator==(const Act&) const = default;
};

/// The same act always gives the same bytes: compact JSON, members in a fixed order.
Bytes encode_act(const Act&);
/// Fault::forged unless it is one body of the form that encode_act writes, within the bounds above; members it does
/// not know are passed over. An act or an outcome that it has no word for is `unknown`.
Result<Act> decode_act(ByteView);
/// The act in a record of one of the types that carry one. None for other types and schemas, and for an annotation of
/// the other form (BodyExtras::became). Fault::forged also when type and act do not belong together.
Result<std::optional<Act>> act_of(const sync::Record&);

/// Types that an act of this kind travels in.
sync::RecordType record_type_of(ActKind);
/// Whether one person alone may not do this, unless the office is one person. What is not known needs two.
bool needs_two(const Act&);

}  // namespace yz::node
