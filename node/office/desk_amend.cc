// The desk, tenth part: a commission's text is changed, before it is signed off and after (更正).
#include <algorithm>

#include "node/office/desk.h"
#include "node/office/desk_task.h"
#include "node/office/signing.h"

namespace yz::node {

Result<Outcome> Desk::edit_commission(const SigningPerson& by, std::int64_t matter, Report text, CommissionWord terms) {
  if (!(by.person.roles & kWritesTasks)) return std::unexpected(lacks_role("asking for work"));
  auto kept = TRY(books_.draft(matter));
  if (!kept || kept->extras.type != sync::RecordType::commission)
    return fail(Fault::conflict, "it was issued: correct it instead", "commission.issued");
  TRY(still_ours(*kept));
  Draft& d = *kept;
  const bool corrects = !d.first;
  TRY(check_task_text(rules_, text));
  if (corrects) {
    // A correction that waits for its signature: to the same offices, in the same terms.
    d.report.title = std::move(text.title);
    d.report.body = std::move(text.body);
  } else {
    TRY(check_terms(terms, now_));
    terms.parent = d.extras.commission->parent;
    terms.chain = d.extras.commission->chain;
    if (terms.parent && terms.due_ms > terms.parent->due_ms)
      return std::unexpected(Error{Fault::invalid, "it would be due later than what was asked of us", "commission.due",
                                   "时限不能晚于上级给本单位的时限"});
    d.report = std::move(text);
    d.extras.commission = std::move(terms);
  }
  d.drafter = by.person.id;
  d.extras.contact = by.person.phone.empty() ? std::string() : by.person.name + " " + by.person.phone;
  return pass_task(by, d, true);
}

Result<Outcome> Desk::amend(const SigningPerson& by, std::int64_t matter, Report text, std::string_view reason) {
  if (!(by.person.roles & kWritesTasks)) return std::unexpected(lacks_role("asking for work"));
  if (reason.empty()) return fail(Fault::invalid, "say why it is corrected", "invalid.reason");
  if (const auto kept = TRY(books_.draft(matter)))
    return fail(Fault::conflict, "a text of it waits for its signature already: change or delete that one",
                "draft.exists");
  const CommissionFile f = TRY(books_.commission(matter, now_));
  if (!f.own) return fail(Fault::denied, "only the office that asked says this", "denied.office");
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  if (text.title == f.text.title && text.body == f.text.body)
    return fail(Fault::invalid, "the text is as it was", "commission.same");
  Draft d;
  d.matter = f.matter;
  d.case_id = f.case_id;
  d.first = false;
  d.drafter = by.person.id;
  d.report = f.text;
  d.report.title = std::move(text.title);
  d.report.body = std::move(text.body);
  TRY(check_task_text(rules_, d.report));
  d.extras.type = sync::RecordType::commission;
  d.extras.number = f.number;
  d.extras.reason = reason;
  d.extras.contact = by.person.phone.empty() ? std::string() : by.person.name + " " + by.person.phone;
  d.extras.written_from = {f.record};
  CommissionWord& word = d.extras.commission.emplace();
  word.act = CommissionWord::Act::amend;
  word.to = f.to;
  return pass_task(by, d, true);
}

}  // namespace yz::node
