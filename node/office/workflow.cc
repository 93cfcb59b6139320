#include "node/office/workflow.h"

#include <array>
#include <utility>
#include <vector>

namespace yz::node {
namespace {

using S = ReportState;
namespace role = crypto::role;

constexpr std::array<std::pair<S, std::string_view>, 20> kStates{{
    {S::draft, "draft"},
    {S::in_review, "in_review"},
    {S::returned, "returned"},
    {S::signed_off, "signed"},
    {S::sent, "sent"},
    {S::delivered, "delivered"},
    {S::opened, "opened"},
    {S::acknowledged, "acknowledged"},
    {S::withdrawn, "withdrawn"},
    {S::rejected, "rejected"},
    {S::received, "received"},
    {S::adopted, "adopted"},
    {S::not_adopted, "not_adopted"},
    {S::filed, "filed"},
    {S::instructed, "instructed"},
    {S::forwarded, "forwarded"},
    {S::in_follow_through, "in_follow_through"},
    {S::feedback_given, "feedback_given"},
    {S::closed, "closed"},
    {S::archived, "archived"},
}};

constexpr std::array<std::string_view, 21> kSteps{"edit",   "submit",  "review", "return",    "sign",     "cut",
                                                  "store",  "open",    "refuse", "follow-up", "withdraw", "acknowledge",
                                                  "adopt",  "decline", "file",   "instruct",  "forward",  "oversee",
                                                  "answer", "close",   "archive"};

constexpr std::uint16_t kWrites = role::drafter | role::duty;
constexpr std::uint16_t kSigns = role::signer;
constexpr std::uint16_t kEdits = role::reviewer | role::signer;

/// rules/workflow.json, with the signing steps of one office told apart from the wire's.
constexpr Transition kFixed[] = {
    {S::draft, Step::edit, S::draft, Who::officer, kWrites},
    {S::draft, Step::submit, S::in_review, Who::officer, kWrites},
    // A signer alone in the office, or the duty officer for a flash; Desk holds the rule of two persons.
    {S::draft, Step::sign, S::signed_off, Who::officer, kSigns | role::duty},
    {S::in_review, Step::review, S::in_review, Who::officer, role::reviewer},
    {S::in_review, Step::send_back, S::returned, Who::officer, kEdits},
    {S::in_review, Step::sign, S::signed_off, Who::officer, kSigns},
    {S::returned, Step::edit, S::returned, Who::officer, kWrites},
    {S::returned, Step::submit, S::in_review, Who::officer, kWrites},
    {S::returned, Step::sign, S::signed_off, Who::officer, kSigns | role::duty},

    {S::signed_off, Step::cut, S::sent, Who::node, 0},
    {S::signed_off, Step::store, S::delivered, Who::peer, 0},
    {S::sent, Step::store, S::delivered, Who::peer, 0},
    {S::delivered, Step::open, S::opened, Who::peer, 0},
    {S::sent, Step::refuse, S::rejected, Who::peer, 0},
    {S::delivered, Step::refuse, S::rejected, Who::peer, 0},

    {S::delivered, Step::acknowledge, S::acknowledged, Who::peer, 0},
    {S::opened, Step::acknowledge, S::acknowledged, Who::peer, 0},
    {S::received, Step::acknowledge, S::acknowledged, Who::officer, role::duty | role::signer},

    {S::instructed, Step::oversee, S::in_follow_through, Who::officer, kEdits},
    {S::in_follow_through, Step::answer, S::feedback_given, Who::peer, 0},
    {S::feedback_given, Step::close, S::closed, Who::officer, kEdits},
};

/// The fixed ones and those that hold for many states alike.
const std::vector<Transition>& table() {
  static const std::vector<Transition> all = [] {
    std::vector<Transition> t(std::begin(kFixed), std::end(kFixed));
    for (const S s : {S::signed_off, S::sent, S::delivered, S::opened, S::acknowledged, S::rejected, S::adopted,
                      S::not_adopted, S::filed, S::instructed, S::forwarded, S::in_follow_through, S::feedback_given,
                      S::closed, S::returned})
      t.push_back({s, Step::follow, s, Who::officer, kWrites});
    for (const S s : {S::signed_off, S::sent, S::delivered, S::opened, S::acknowledged, S::rejected})
      t.push_back({s, Step::withdraw, S::withdrawn, Who::officer, kSigns});
    // Nothing has to be done before a case is passed on, and what came in since may follow. Desk says who of these
    // signs and who only writes.
    for (const S s : {S::received, S::acknowledged, S::returned, S::adopted, S::not_adopted, S::filed, S::instructed,
                      S::forwarded, S::in_follow_through, S::feedback_given, S::closed})
      t.push_back({s, Step::forward, S::forwarded, Who::officer, kWrites | kEdits});
    // A superior's decision takes no other's away, and a later one may differ. Adopting and instructing take a second
    // person, whoever begins; the desk holds that.
    for (const S s : {S::received, S::acknowledged, S::returned, S::adopted, S::not_adopted, S::filed, S::instructed,
                      S::forwarded, S::in_follow_through, S::feedback_given, S::closed}) {
      t.push_back({s, Step::adopt, S::adopted, Who::officer, kWrites | kEdits});
      t.push_back({s, Step::instruct, S::instructed, Who::officer, kWrites | kEdits});
      t.push_back({s, Step::decline, S::not_adopted, Who::officer, kEdits});
      t.push_back({s, Step::file, S::filed, Who::officer, kEdits});
      t.push_back({s, Step::send_back, S::returned, Who::officer, kEdits});
    }
    for (const S s : {S::draft, S::in_review, S::returned})
      t.push_back({s, Step::withdraw, S::withdrawn, Who::officer, kWrites | kSigns});
    for (const auto& [s, name] : kStates)
      if (!is_draft(s) && s != S::archived) t.push_back({s, Step::archive, S::archived, Who::node, 0});
    return t;
  }();
  return all;
}

}  // namespace

std::string_view name_of(ReportState s) {
  for (const auto& [state, name] : kStates)
    if (state == s) return name;
  return "unknown";
}

std::optional<ReportState> report_state_from(std::string_view name) {
  for (const auto& [state, n] : kStates)
    if (n == name) return state;
  return std::nullopt;
}

std::optional<ReportState> report_state_from(std::int64_t number) {
  for (const auto& [state, n] : kStates)
    if (static_cast<std::int64_t>(state) == number) return state;
  return std::nullopt;
}

std::string_view name_of(Step s) { return kSteps[static_cast<std::size_t>(s)]; }

std::span<const Transition> transitions() { return table(); }

std::optional<ReportState> after(ReportState from, Step step) {
  for (const Transition& t : table())
    if (t.from == from && t.step == step) return t.to;
  return std::nullopt;
}

bool may(std::uint16_t roles, ReportState from, Step step) {
  for (const Transition& t : table())
    if (t.from == from && t.step == step) return t.who == Who::officer && (t.roles & roles) != 0;
  return false;
}

}  // namespace yz::node
