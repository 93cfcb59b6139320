#pragma once
// Work that is asked for from above (约稿): what is said about it, and how it stands by what was said. Pure: no clock,
// no store.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/report.h"
#include "node/office/workflow.h"
#include "sync/record.h"

namespace yz::node {

inline constexpr std::size_t kAskedMost = 256;        ///< offices of one commission
inline constexpr std::size_t kCommissionDeepest = 6;  ///< commissions one below the other: as many as there are levels

/// What asks or rules, and is no report: drafted by one, signed by another, for offices below.
constexpr bool is_task(sync::RecordType t) {
  return t == sync::RecordType::commission || t == sync::RecordType::policy;
}

/// One record of a case.
struct CaseRef {
  OfficeId office;  ///< the case's
  CaseId id;
  RecordId record;
  bool operator==(const CaseRef&) const = default;
};

/// What a record of type commission says: the commission itself, or a later word of its issuer.
struct CommissionWord {
  enum class Act : std::uint8_t { issue = 1, grant = 2, refuse = 3, chase = 4, close = 5, amend = 6 };
  struct Parent {
    CaseRef ref;
    std::string title;
    sync::Millis due_ms = 0;
    bool operator==(const Parent&) const = default;
  };
  Act act = Act::issue;
  sync::Millis due_ms = 0;       ///< of issue and grant
  std::optional<Parent> parent;  ///< the commission that this one passes on
  std::vector<OfficeId> chain;   ///< who asked the issuer, the topmost first; they hear the replies too
  std::vector<OfficeId> to;      ///< of drafts only: all who are asked, ascending
  bool operator==(const CommissionWord&) const = default;
};
/// What a record of type reply says: an office that was asked, to all up the chain.
struct CommissionReply {
  enum class Act : std::uint8_t { accept = 1, decline = 2, extend = 3, answer = 4, pass = 5 };
  Act act = Act::accept;
  RecordId commission;            ///< the record that asked
  sync::Millis until_ms = 0;      ///< of extend: the time asked for; of pass: when those below have to answer
  std::optional<CaseRef> report;  ///< of answer
  std::optional<CaseId> child;    ///< of pass: the case of the commission of our own
  std::vector<OfficeId> to;       ///< of pass, ascending
  bool operator==(const CommissionReply&) const = default;
};

std::string_view name_of(CommissionWord::Act);
std::string_view name_of(CommissionReply::Act);
std::optional<CommissionWord::Act> commission_act_from(std::string_view);
std::optional<CommissionReply::Act> reply_act_from(std::string_view);

/// How it stands with one office that was asked.
enum class AskedState : std::uint8_t {
  waiting,  ///< not there yet, by the receipts
  delivered,
  opened,
  accepted,
  declined,
  extension_asked,
  answered,
  returned,  ///< the answer was sent back
  excused,
  overdue,
};
std::string_view name_of(AskedState);
/// Still owes something.
constexpr bool owes(AskedState s) { return s != AskedState::answered && s != AskedState::excused; }

/// What was asked, as it stood after one word of the issuer: the first, or a correction (更正).
struct CommissionText {
  sync::Hlc at;
  RecordId record;
  std::string title, body;
  std::string officer, reason;  ///< who signed it, and why it was changed
};

/// One signed word in a commission's case.
struct CommissionEvent {
  sync::Hlc at;
  RecordId record;
  OfficeId by;
  std::string officer;  ///< who signed it off
  std::vector<OfficeId> to;
  std::optional<CommissionWord> word;    ///< of the issuer
  std::optional<CommissionReply> reply;  ///< of an office that was asked
  std::string text;                      ///< reason or note
};

/// A report that names the commission, as far as it is known here.
struct GivenAnswer {
  CaseRef ref;
  bool known = false;  ///< the report itself is here
  std::string number, title;
  ReportState state{};
  sync::Millis signed_ms = 0, signed_until = 0;  ///< not before and not after
  std::optional<sync::Millis> received;
};

struct Asked {
  OfficeId office;
  AskedState state = AskedState::waiting;  ///< overdue stands over what is still owed
  AskedState stage = AskedState::waiting;  ///< without that
  sync::Millis due_ms = 0, since_ms = 0;
  bool late = false;    ///< answered after the due time
  bool unsure = false;  ///< submitted before it; signed perhaps after, and not known to have arrived by then
  std::string reason;
  std::optional<sync::Millis> until;  ///< asked for and not decided
  std::size_t chased = 0;
  sync::Millis chased_ms = 0;
  std::optional<CaseId> child;
  std::vector<OfficeId> passed_to;
  std::vector<GivenAnswer> answers;
};

/// What was said by one office, and to it, in the order of the clocks. `arrived`: how far the commission got by the
/// receipts; `began` when.
Asked follow(const OfficeId&, AskedState arrived, sync::Millis began, sync::Millis due_ms,
             const std::vector<CommissionEvent>&, std::vector<GivenAnswer> answers, bool closed, sync::Millis now);

/// What the desk must know of a commission that was signed.
struct CommissionFile {
  std::int64_t matter = 0;
  CaseId case_id;
  OfficeId office;  ///< the issuer
  bool own = false;
  RecordId record;  ///< the one that asks: addressed to us, or our first
  std::string number, drafter;
  Report text;                        ///< as it stands now; kind: of what is wanted
  std::vector<CommissionText> texts;  ///< the first, then every correction, in the order of the clocks
  CommissionWord terms;
  std::vector<OfficeId> to;  ///< who was asked, as far as it was addressed to us; ascending
  std::vector<CommissionEvent> events;
  std::vector<Asked> asked;           ///< of our own all; else ours
  std::vector<RecordId> our_replies;  ///< those that nothing of ours has replaced, ascending
  bool closed = false;

  const Asked* of(const OfficeId& office_asked) const {
    for (const Asked& a : asked)
      if (a.office == office_asked) return &a;
    return nullptr;
  }
};

}  // namespace yz::node
