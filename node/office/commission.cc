#include "node/office/commission.h"

#include <algorithm>
#include <array>

#include "node/office/said.h"

namespace yz::node {
namespace {

using Word = CommissionWord::Act;
using Reply = CommissionReply::Act;

constexpr std::array<std::string_view, 7> kWords{"", "issue", "grant", "refuse", "chase", "close", "amend"};
constexpr std::array<std::string_view, 6> kReplies{"", "accept", "decline", "extend", "answer", "pass"};
constexpr std::array<std::string_view, 10> kStates{"waiting",         "delivered", "opened",   "accepted", "declined",
                                                   "extension_asked", "answered",  "returned", "excused",  "overdue"};

template <class Act, std::size_t N>
std::optional<Act> act_from(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Act>(i);
  return std::nullopt;
}

void take_word(Asked& a, const CommissionEvent& e) {
  const bool asked = a.stage == AskedState::extension_asked || a.stage == AskedState::declined;
  switch (e.word->act) {
    case Word::issue:
    case Word::close:
    case Word::amend:
      return;
    case Word::chase:
      ++a.chased;
      a.chased_ms = e.at.ms();
      return;
    case Word::grant:
      if (a.stage == AskedState::declined) {
        a.stage = AskedState::excused;
      } else {
        // Also when nothing was asked: the issuer may give more time by itself.
        if (a.stage == AskedState::extension_asked) a.stage = AskedState::accepted;
        if (e.word->due_ms > 0) a.due_ms = e.word->due_ms;
      }
      break;
    case Word::refuse:
      if (!asked) return;
      a.stage = a.stage == AskedState::declined ? AskedState::opened : AskedState::accepted;
      break;
  }
  a.until.reset();
  a.reason = e.text;
  a.since_ms = e.at.ms();
}

void take_reply(Asked& a, const CommissionEvent& e) {
  const CommissionReply& r = *e.reply;
  if (r.act == Reply::answer) return;  // `answers` has it
  if (a.stage == AskedState::excused && r.act != Reply::accept) return;
  a.until.reset();
  switch (r.act) {
    case Reply::decline:
      a.stage = AskedState::declined;
      break;
    case Reply::extend:
      a.stage = AskedState::extension_asked;
      a.until = r.until_ms;
      break;
    case Reply::pass:
      a.child = r.child;
      a.passed_to = r.to;
      [[fallthrough]];
    default:
      a.stage = AskedState::accepted;
  }
  a.reason = e.text;
  a.since_ms = e.at.ms();
}

/// The first that stands says when it was answered; one that was sent back answers nothing.
void take_answers(Asked& a) {
  std::ranges::sort(a.answers, {}, &GivenAnswer::signed_ms);
  const GivenAnswer* sent_back = nullptr;
  for (const GivenAnswer& g : a.answers) {
    if (g.known && g.state == ReportState::withdrawn) continue;
    if (g.known && g.state == ReportState::returned) {
      sent_back = &g;
      continue;
    }
    a.stage = AskedState::answered;
    a.since_ms = g.signed_ms;
    a.late = g.signed_ms > a.due_ms;
    a.unsure = !a.late && g.signed_until > a.due_ms && !(g.received && *g.received <= a.due_ms);
    a.until.reset();
    return;
  }
  if (!sent_back) return;
  a.stage = AskedState::returned;
  a.since_ms = sent_back->signed_ms;
}

}  // namespace

std::string_view name_of(Word a) { return kWords[static_cast<std::size_t>(a)]; }
std::string_view name_of(Reply a) { return kReplies[static_cast<std::size_t>(a)]; }
std::optional<Word> commission_act_from(std::string_view name) { return act_from<Word>(kWords, name); }
std::optional<Reply> reply_act_from(std::string_view name) { return act_from<Reply>(kReplies, name); }
std::string_view name_of(AskedState s) { return kStates[static_cast<std::size_t>(s)]; }

SaidByOffice::SaidByOffice(const std::vector<CommissionEvent>& events) {
  for (const CommissionEvent& e : events) {
    if (e.reply)
      of_[e.by].push_back(&e);
    else if (e.word)
      for (const OfficeId& office : e.to) of_[office].push_back(&e);
  }
  for (auto& [office, list] : of_) std::ranges::stable_sort(list, {}, [](const CommissionEvent* e) { return e->at; });
}

const SaidByOffice::List& SaidByOffice::of(const OfficeId& office) const {
  static const List nothing;
  const auto at = of_.find(office);
  return at == of_.end() ? nothing : at->second;
}

Asked follow(const OfficeId& office, AskedState arrived, sync::Millis began, sync::Millis due_ms,
             const std::vector<CommissionEvent>& events, std::vector<GivenAnswer> answers, bool closed,
             sync::Millis now) {
  return follow_said(office, arrived, began, due_ms, SaidByOffice(events).of(office), std::move(answers), closed, now);
}

Asked follow_said(const OfficeId& office, AskedState arrived, sync::Millis began, sync::Millis due_ms,
                  const SaidByOffice::List& said, std::vector<GivenAnswer> answers, bool closed, sync::Millis now) {
  Asked a;
  a.office = office;
  a.stage = arrived;
  a.since_ms = began;
  a.due_ms = due_ms;
  a.answers = std::move(answers);
  for (const CommissionEvent* e : said) e->reply ? take_reply(a, *e) : take_word(a, *e);
  if (a.stage != AskedState::excused) take_answers(a);
  a.state = a.stage;
  if (!closed && owes(a.stage) && a.stage != AskedState::declined && now > a.due_ms) a.state = AskedState::overdue;
  return a;
}

}  // namespace yz::node
