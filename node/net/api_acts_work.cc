// What waits for somebody because of what superiors and subordinates did.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/store/acts.h"

namespace yz::node::api {
namespace {

constexpr std::pair<Duty, std::string_view> kGroups[] = {
    {Duty::carry_out, "carry_out"},
    {Duty::answer, "answer"},
    {Duty::awaited, "awaited"},
    {Duty::to_close, "to_close"},
};

Work work_of(MatterRow m, std::string_view group, const ActDue& a) {
  Work w{.row = std::move(m), .group = group};
  w.due = a.due;
  w.act = name_of(a.kind);
  w.record = a.record;
  w.from = a.office;
  return w;
}

/// Why a superior gave a case back: of the newest decision that did.
Result<> tell_why(Request& r, Work& w) {
  const auto acts = TRY(acts_of(r.store(), w.row.row));
  for (auto a = acts.rbegin(); a != acts.rend(); ++a) {
    if (a->fact.kind != ActKind::decision || a->fact.disposal != Disposal::returned ||
        a->fact.office == r.store().me().office)
      continue;
    w.note = a->act.reason;
    w.act = name_of(a->fact.kind);
    w.record = a->fact.id;
    w.from = a->fact.office;
    w.due = a->act.due_ms;
    return {};
  }
  return {};
}

}  // namespace

Result<Json> act_of_draft(const Draft& d) {
  if (d.extras.act.empty()) return Json::object();
  const Act a = TRY(decode_act(d.extras.act));
  const bool led =
      std::ranges::find(d.signatures, sync::SignRole::signer, &sync::RecordSignature::role) != d.signatures.end();
  return Json::object({{"act", name_of(a.kind)}, {"waits_for", led ? "second" : "signer"}});
}

Result<> add_act_work(Request& r, std::vector<Work>& all, std::size_t most) {
  for (Work& w : all)
    if (w.group == "returned" && w.note.empty()) TRY(tell_why(r, w));
  for (const auto& [duty, group] : kGroups)
    for (const ActDue& a : TRY(acts_due(r.store(), duty, most)))
      all.push_back(work_of(TRY(matter_at(r.store(), a.matter)), group, a));
  for (const ActDue& a : TRY(acts_unseen(r.store(), most)))
    all.push_back(work_of(TRY(matter_at(r.store(), a.matter)), "feedback", a));
  for (const std::int64_t row : TRY(cases_owed(r.store(), most))) {
    Work w{.row = TRY(matter_at(r.store(), row)), .group = "owed"};
    w.due = TRY(receipt_due(r, w.row));
    all.push_back(std::move(w));
  }
  return {};
}

Result<Json> act_counts_json(Request& r) {
  const ActCounts n = TRY(count_acts(r.store(), r.now()));
  Query q = TRY(r.store().db().query(
      "select count(*) from matter indexed by matter_owed where own = 1 and state in (5, 6) and (flags & ?) = 0",
      record_note::exercise));
  TRY(q.step());
  return Json::object({{"carry_out", n.carry_out},
                       {"answer", n.answer},
                       {"awaited", n.awaited},
                       {"to_close", n.to_close},
                       {"overdue", n.overdue},
                       {"feedback", n.unseen},
                       {"owed", q.integer(0)}});
}

}  // namespace yz::node::api
