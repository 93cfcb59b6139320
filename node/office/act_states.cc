#include "node/office/act_states.h"

#include <algorithm>
#include <map>

namespace yz::node {
namespace {

using enum ActKind;

bool among(const std::vector<OfficeId>& ascending, const OfficeId& id) {
  return std::ranges::binary_search(ascending, id);
}

bool is_question(ActKind k) { return k == question || k == verify || k == urge; }

/// What was said to one act. A record about an act counts only when its office had a say in that.
struct Replies {
  std::vector<const ActFact*> progress, answers;
  bool closed = false;
};

Replies replies_to(std::span<const ActFact> facts, const ActFact& a) {
  Replies r;
  for (const ActFact& f : facts) {
    if (f.on != a.id) continue;
    if (f.kind == progress && among(a.to, f.office)) r.progress.push_back(&f);
    if (f.kind == answer && among(a.to, f.office)) r.answers.push_back(&f);
    if (f.kind == close && f.office == a.office) r.closed = true;
  }
  return r;
}

AssigneeState state_of(const Replies& r, const OfficeId& office) {
  AssigneeState s{office, ActState::open, {}};
  for (const ActFact* p : r.progress)
    if (p->office == office) {
      s.state = p->done || s.state == ActState::answered ? ActState::answered : ActState::in_follow_through;
      s.at = p->at;
    }
  return s;
}

ActState instruction_state(std::span<const ActFact> facts, const ActFact& a, const Replies& r) {
  if (r.closed) return ActState::closed;
  // Nobody named: whoever says done has done it.
  const auto done_by = [&](const OfficeId& o) { return state_of(r, o).state == ActState::answered; };
  const bool done = a.assignees.empty() ? std::ranges::any_of(r.progress, [](const ActFact* p) { return p->done; })
                                        : std::ranges::all_of(a.assignees, done_by);
  if (done) return ActState::feedback_given;
  const bool urged = std::ranges::any_of(
      facts, [&](const ActFact& f) { return f.kind == urge && f.on == a.id && f.office == a.office; });
  return urged || !r.progress.empty() ? ActState::in_follow_through : ActState::open;
}

ActStanding of_instruction(std::span<const ActFact> facts, const ActFact& a, const OfficeId& us) {
  const Replies r = replies_to(facts, a);
  ActStanding s{instruction_state(facts, a, r), Duty::none};
  if (s.state == ActState::closed) return s;
  if (a.office == us)
    s.duty = s.state == ActState::feedback_given ? Duty::to_close : Duty::awaited;
  else if (among(a.assignees, us) && state_of(r, us).state != ActState::answered)
    s.duty = Duty::carry_out;
  return s;
}

/// An urge of a report is answered by the report; one of an instruction by what is said to that since.
bool answered_by(std::span<const ActFact> facts, const ActFact& q, const Replies& r, const OfficeId& office,
                 const OfficeId& lead, sync::Hlc newest) {
  if (std::ranges::any_of(r.answers, [&](const ActFact* f) { return f->office == office; })) return true;
  if (q.kind != urge) return false;
  if (!q.on) return office == lead && newest.value > 0 && !q.stands;
  return std::ranges::any_of(
      facts, [&](const ActFact& f) { return f.kind == progress && f.on == q.on && f.office == office && f.at > q.at; });
}

/// Each office that was asked says something after it was; persons of the asking office are no matter between offices.
ActStanding of_cosign(std::span<const ActFact> facts, const ActFact& q, const OfficeId& us, const OfficeId& lead) {
  ActStanding s{ActState::open, Duty::none};
  if (q.office != lead) return s;
  const auto has = [&](const OfficeId& o) {
    return std::ranges::any_of(facts, [&](const ActFact& f) {
      return (f.kind == cosigned || f.kind == cosign_declined) && f.office == o && f.at > q.at;
    });
  };
  if (!q.assignees.empty() && std::ranges::all_of(q.assignees, has)) s.state = ActState::answered;
  if (among(q.assignees, us) && !has(us)) s.duty = Duty::cosign;
  return s;
}

ActStanding of_question(std::span<const ActFact> facts, const ActFact& q, const OfficeId& us, const OfficeId& lead,
                        sync::Hlc newest) {
  const Replies r = replies_to(facts, q);
  const auto has = [&](const OfficeId& o) { return answered_by(facts, q, r, o, lead, newest); };
  const bool all = std::ranges::all_of(q.to, has);
  ActStanding s{all ? ActState::answered : ActState::open, Duty::none};
  // A newer version answers whoever asked for it by way of another office too.
  if (q.kind == urge && !q.on && newest.value > 0 && !q.stands) s.state = ActState::answered;
  if (s.state == ActState::answered) return s;
  if (q.office == us)
    s.duty = Duty::awaited;
  else if (among(q.to, us) && !has(us))
    s.duty = Duty::answer;
  return s;
}

/// The further, the more was made of it. Instructions stand above.
int rank(ReportState s) {
  constexpr std::array order{ReportState::acknowledged, ReportState::not_adopted,       ReportState::filed,
                             ReportState::forwarded,    ReportState::returned,          ReportState::adopted,
                             ReportState::instructed,   ReportState::in_follow_through, ReportState::feedback_given,
                             ReportState::closed};
  return static_cast<int>(std::ranges::find(order, s) - order.begin());
}

ReportState stage_of(Disposal d) {
  switch (d) {
    case Disposal::adopted:
      return ReportState::adopted;
    case Disposal::not_adopted:
      return ReportState::not_adopted;
    case Disposal::returned:
      return ReportState::returned;
    case Disposal::filed:
      return ReportState::filed;
    default:
      return ReportState::acknowledged;
  }
}

ReportState stage_of(ActState s) {
  switch (s) {
    case ActState::in_follow_through:
      return ReportState::in_follow_through;
    case ActState::feedback_given:
      return ReportState::feedback_given;
    case ActState::closed:
      return ReportState::closed;
    default:
      return ReportState::instructed;
  }
}

/// Only the newest decision of an office counts; what it passed on since is no longer given back.
bool given_back_still(std::span<const ActFact> facts, const ActFact& d) {
  return std::ranges::none_of(facts, [&](const ActFact& f) {
    return (f.kind == forwarded || f.kind == merged) && f.office == d.office && f.stands && f.at > d.at;
  });
}

}  // namespace

std::string_view name_of(ActState s) {
  static constexpr std::array<std::string_view, 7> names{"none",     "open",   "in_follow_through", "feedback_given",
                                                         "answered", "closed", "superseded"};
  return names[static_cast<std::size_t>(s)];
}

std::vector<AssigneeState> assignees_of(std::span<const ActFact> facts, const ActFact& instruction) {
  const Replies r = replies_to(facts, instruction);
  std::vector<AssigneeState> out;
  for (const OfficeId& id : instruction.assignees) out.push_back(state_of(r, id));
  return out;
}

CaseActs standing_of(std::span<const ActFact> facts, const OfficeId& us, const OfficeId& lead, sync::Hlc newest) {
  CaseActs out;
  std::map<OfficeId, std::size_t> decided;  // the newest of each office
  for (std::size_t i = 0; i < facts.size(); ++i)
    if (facts[i].kind == decision) decided[facts[i].office] = i;
  const auto further = [&](ReportState s) {
    if (rank(s) > rank(out.stage)) out.stage = s;
  };
  std::optional<ReportState> going_on;  // of instructions that are not closed, the furthest
  bool closed_one = false;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const ActFact& f = facts[i];
    ActStanding s;
    if (f.kind == instruction) {
      s = of_instruction(facts, f, us);
      const ReportState stage = stage_of(s.state);
      if (s.state == ActState::closed)
        closed_one = true;
      else if (!going_on || rank(stage) > rank(*going_on))
        going_on = stage;
      out.to_us |= s.state != ActState::closed && f.office != us && among(f.to, us);
    } else if (f.kind == cosign) {
      s = of_cosign(facts, f, us, lead);
    } else if (is_question(f.kind)) {
      s = of_question(facts, f, us, lead, newest);
    } else if (f.kind == decision) {
      if (decided[f.office] != i) s.state = ActState::superseded;
      // A publication stays one whatever comes after; the rest is about the version it was said of.
      const bool holds = f.disposal == Disposal::adopted || f.stands;
      if (s.state == ActState::none && holds && (f.disposal != Disposal::returned || given_back_still(facts, f)))
        further(stage_of(f.disposal));
    } else if ((f.kind == forwarded || f.kind == merged) && f.stands) {
      further(ReportState::forwarded);
    }
    out.of.push_back(s);
  }
  if (going_on)
    out.stage = *going_on;
  else if (closed_one)
    out.stage = ReportState::closed;
  return out;
}

}  // namespace yz::node
