#pragma once
// Where every act of a case stands, and the case with them, from the signed records alone. Pure: the same records give
// the same answer in whatever order they came, so both ends say the same.
#include <span>
#include <vector>

#include "node/office/acts.h"
#include "node/office/workflow.h"
#include "sync/instant.h"

namespace yz::node {

/// As much of an act as its state depends on.
struct ActFact {
  RecordId id;
  ActKind kind{};
  OfficeId office;  ///< whose
  sync::Hlc at;     ///< by which it is put in order: node/store/acts.cc says how far the signed one is believed
  std::vector<OfficeId> to;  ///< addressees, ascending
  std::optional<RecordId>
      on;  ///< the act that this one answers: of progress, close, answer, and an urge of an instruction
  Disposal disposal{};
  bool done = false;
  bool stands = false;  ///< a version it was made on is not replaced; of an urge: no news since
  std::vector<OfficeId> assignees;
};

/// Kept in the table `act`: never renumber.
enum class ActState : std::uint8_t {
  none = 0,
  open = 1,
  in_follow_through = 2,
  feedback_given = 3,
  answered = 4,
  closed = 5,
  superseded = 6,
};
std::string_view name_of(ActState);

/// What an act asks of us. Kept in the table `act`: never renumber.
enum class Duty : std::uint8_t {
  none = 0,
  carry_out = 1,  ///< an instruction to us
  answer = 2,     ///< a question to us
  awaited = 3,    ///< ours; others have not done or answered it
  to_close = 4,   ///< our instruction, and all have said done
  cosign = 5,     ///< our office is asked to sign too
};

struct ActStanding {
  ActState state{};
  Duty duty{};
};
struct CaseActs {
  std::vector<ActStanding> of;  ///< of each fact, in the order given
  /// The furthest of what the offices say; `acknowledged` when they say nothing that still holds.
  ReportState stage = ReportState::acknowledged;
  bool to_us = false;  ///< an instruction to us is not closed
};

/// `facts` ascending by (at, id). `lead`: whose case it is; `newest`: of its newest version; 0: it has none here.
CaseActs standing_of(std::span<const ActFact> facts, const OfficeId& us, const OfficeId& lead, sync::Hlc newest);

/// How one of the assignees of an instruction stands: open, in_follow_through or answered (done).
struct AssigneeState {
  OfficeId office;
  ActState state = ActState::open;
  sync::Hlc at;  ///< of the newest word
};
std::vector<AssigneeState> assignees_of(std::span<const ActFact> facts, const ActFact& instruction);

}  // namespace yz::node
