// The desk, third part: versions that stand side by side are joined by a person.
#include <algorithm>

#include "node/office/desk.h"

namespace yz::node {
namespace {

constexpr std::string_view kDefaultReason = "合并并存的版本";

/// The newest of each head first, so that every one of them is named; then those that say the same, while there is
/// room.
std::vector<RecordId> parents_of(const CaseGraph& graph, const std::vector<CaseGraph::Head>& heads) {
  std::vector<RecordId> out;
  for (const auto& h : heads) out.push_back(graph.at(h.newest()).id);
  for (const auto& h : heads)
    for (std::size_t i = h.same.size() - 1; i-- > 0 && out.size() < kJoinedAtOnce;)
      out.push_back(graph.at(h.same[i]).id);
  std::ranges::sort(out);
  return out;
}

}  // namespace

/// What is to be joined; an error when there is nothing, or not by us.
Result<CaseView> Desk::to_join(const CaseFile& file) const {
  const CaseGraph::Standpoint* ours = file.graph.of(home_.id);
  if (!ours || ours->heads.size() < 2) {
    if (file.graph.conflict())
      return fail(Fault::denied, "only the office that wrote these versions decides between them", "denied.office");
    return fail(Fault::conflict, "this case has no versions side by side", "conflict.none");
  }
  if (!file.own) return fail(Fault::denied, "only its own office reports on in this case", "denied.office");
  CaseView v = view_of(file.graph, *ours, [&](std::string_view name) { return person_decides(rules_, name); });
  if (v.unreadable)
    return fail(Fault::conflict, "one of the versions cannot be read by this program: it is too old to decide",
                "conflict.unreadable");
  return v;
}

Result<Outcome> Desk::resolve(const SigningPerson& by, std::int64_t matter, Resolution chosen) {
  const CaseFile file = TRY(books_.case_file(matter));
  const CaseView v = TRY(to_join(file));
  const bool withdraw = chosen.withdraw || v.withdrawn;
  // Not by the state: a case that was withdrawn on one side takes a decision too.
  const std::uint16_t needed = withdraw ? crypto::role::signer : crypto::role::drafter | crypto::role::duty;
  if (!(by.person.roles & needed))
    return fail(Fault::denied, "this officer's roles do not allow deciding between versions", "denied.role");
  if (TRY(books_.draft(matter)))
    return fail(Fault::conflict, "the case has a draft already; finish or delete that one", "draft.exists");
  std::string undecided;
  if (!withdraw)
    for (const std::string& name : v.disputed())
      if (!chosen.decided.contains(name)) undecided += (undecided.empty() ? "" : ", ") + name;
  if (!undecided.empty()) return fail(Fault::conflict, "not decided yet: " + undecided, "conflict.undecided");
  std::string reason = chosen.reason.empty() ? std::string(kDefaultReason) : std::move(chosen.reason);
  std::vector<RecordId> parents = parents_of(file.graph, v.heads);
  if (withdraw) {
    if (case_addressees(file).empty()) return fail(Fault::invalid, "this office has no superior", "report.no_superior");
    return withdraw_all(by, file, std::move(parents), reason);
  }
  Draft d;
  d.extras.type = sync::RecordType::correction;
  d.extras.reason = std::move(reason);
  d.extras.sequence = v.sequence;
  d.extras.written_from = std::move(parents);
  d.report = std::move(chosen.report);
  d.report.lane = v.lane;
  if (d.report.kind == Kind::followup_report && v.sequence > 0) d.report.fields.set("sequence_no", v.sequence);
  return version(by, std::move(d), file, true);
}

}  // namespace yz::node
