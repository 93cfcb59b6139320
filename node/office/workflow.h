#pragma once
// The steps of a report's life as data: from where to where, and who may. Pure: no clock, no store.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto/certificate.h"

namespace yz::node {

/// Where a case stands. Stored in matter.state: never renumber.
enum class ReportState : std::uint8_t {
  // With its author
  draft = 0,
  in_review = 1,
  returned = 2,    ///< sent back, inside the office or by the superior
  signed_off = 3,  ///< "signed": waits to leave
  sent = 4,
  delivered = 5,  ///< every addressee's `stored` receipt is there
  opened = 6,
  acknowledged = 7,  ///< 签收
  withdrawn = 8,
  rejected = 9,  ///< the destination's node refused a record: a person has to look
  // With its receiver
  received = 20,
  // What the superior made of it; shown at both ends
  adopted = 30,
  not_adopted = 31,
  filed = 32,
  instructed = 33,
  forwarded = 34,
  in_follow_through = 35,
  feedback_given = 36,
  closed = 37,
  archived = 38,
};

std::string_view name_of(ReportState);
std::optional<ReportState> report_state_from(std::string_view name);
/// For a number read from a table.
std::optional<ReportState> report_state_from(std::int64_t number);

/// What somebody does to a report, or what happens to it.
enum class Step : std::uint8_t {
  edit,
  submit,
  review,     ///< the reviewer's signature; it stays in review
  send_back,  ///< 退回
  sign,
  cut,    ///< the node put it into an envelope
  store,  ///< `stored` receipt
  open,
  refuse,
  follow,  ///< follow-up or correction
  withdraw,
  acknowledge,
  adopt,
  decline,
  file,
  instruct,
  forward,
  oversee,
  answer,  ///< the office that was told to act reports back
  close,
  archive,
};
std::string_view name_of(Step);

enum class Who : std::uint8_t { officer, node, peer };

struct Transition {
  ReportState from;
  Step step;
  ReportState to;
  Who who;
  std::uint16_t roles;  ///< any of them is enough; 0 when no officer of this node takes the step
};

/// All of them, by `from`.
std::span<const Transition> transitions();
/// The state after a step; none when the step is not for that state.
std::optional<ReportState> after(ReportState, Step);
/// Whether an officer with these roles may take the step in that state.
bool may(std::uint16_t roles, ReportState, Step);

/// Delivery receipts move a case among these; they never undo what people did later.
constexpr bool follows_receipts(ReportState s) {
  return s == ReportState::signed_off || s == ReportState::sent || s == ReportState::delivered ||
         s == ReportState::opened || s == ReportState::rejected;
}
/// Still in the office: there is a draft and nothing was signed off.
constexpr bool is_draft(ReportState s) {
  return s == ReportState::draft || s == ReportState::in_review || s == ReportState::returned;
}

}  // namespace yz::node
