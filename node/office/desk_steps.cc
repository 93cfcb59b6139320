// The desk, second part: what is done with a draft that exists, and with a case that has left.
#include <algorithm>

#include "node/office/act_desk.h"
#include "node/office/desk.h"
#include "node/office/outcome.h"
#include "node/office/policy.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

/// How many people a text of this kind passes, by policy; nobody waits with an emergency.
std::int64_t steps_for(const Rules& rules, const Report& r) {
  return is_emergency(r.kind, r.lane) ? 2 : steps_of(rules.data().terms, r.kind);
}

}  // namespace

Result<Outcome> Desk::send(const SigningPerson& by, std::int64_t matter) {
  Draft d = TRY(editable(by.person, matter));
  std::optional<CaseFile> file;
  if (!d.first) file = TRY(books_.case_file(matter));
  d.drafter = by.person.id;
  return pass(by, d, file ? &*file : nullptr, true, true);
}

Result<Outcome> Desk::submit(const SigningPerson& by, std::int64_t matter) {
  Draft d = TRY(editable(by.person, matter));
  std::optional<CaseFile> file;
  if (!d.first) file = TRY(books_.case_file(matter));
  d.drafter = by.person.id;
  return pass(by, d, file ? &*file : nullptr, true, false);
}

Result<Outcome> Desk::review(const SigningPerson& by, std::int64_t matter, std::string_view note) {
  Draft d = TRY(open_draft(matter));
  if (d.state != ReportState::in_review)
    return fail(Fault::conflict, "only what was submitted can be reviewed", "draft.state");
  if (is_task(d.extras.type))
    return fail(Fault::conflict, "this is not reviewed, it is signed or returned", "draft.state");
  if (!may(by.person.roles, d.state, Step::review)) return std::unexpected(lacks_role("reviewing"));
  if (by.person.id == d.drafter && !home_.one_person)
    return fail(Fault::denied, "nobody reviews a text of their own", "denied.same_person");
  std::erase_if(d.signatures, [](const auto& s) { return s.role == sync::SignRole::reviewer; });
  d.signatures.push_back(signature(by, sync::SignRole::reviewer, sync::record_id(d.content)));
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.keep(d, now_));
    return books_.journal(by.person, name_of(Step::review), d.case_id, note.empty() ? "" : "with a note", now_);
  }));
  return outcome_of(d);
}

Result<Outcome> Desk::send_back(const Person& by, std::int64_t matter, std::string_view note) {
  Draft d = TRY(open_draft(matter));
  if (d.state != ReportState::in_review)
    return fail(Fault::conflict, "only what was submitted can be returned", "draft.state");
  // The drafter may take it back too: nobody is to wait for a reviewer to mend a slip.
  if (!may(by.roles, d.state, Step::send_back) && by.id != d.drafter)
    return std::unexpected(lacks_role("returning a draft"));
  if (note.empty()) return fail(Fault::invalid, "say why it is returned", "invalid.note");
  d.note = note;
  if (d.extras.act.empty() && !is_task(d.extras.type)) {
    add_round(d, {true, by.name, now_, std::string(note)});
    d.extras.returned_text = encode_body(d.report, {});
  }
  d.content.clear();
  d.signatures.clear();
  d.state = ReportState::returned;
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.keep(d, now_));
    return books_.journal(by, name_of(Step::send_back), d.case_id, "", now_);
  }));
  return outcome_of(d);
}

/// Whether something of the case left before it was signed off, and this person's signature is the one it waits for.
Result<bool> Desk::waits_for_cosignature(const Person& by, std::int64_t matter) {
  if (!(by.roles & crypto::role::signer)) return false;
  const CaseFile file = TRY(books_.case_file(matter));
  return file.own && std::ranges::any_of(file.provisional, [&](const auto& p) {
           return std::ranges::find(p.signed_by, by.id) == p.signed_by.end();
         });
}

Result<Outcome> Desk::sign(const SigningPerson& by, std::int64_t matter, std::string_view note) {
  auto kept = TRY(books_.draft(matter));
  if (kept && is_task(kept->extras.type)) return sign_task(by, *kept);
  // What left on duty alone waits for its signature whatever is being written next.
  const bool written_on = kept && !kept->first && kept->state != ReportState::in_review;
  if (kept && !(written_on && TRY(waits_for_cosignature(by.person, matter)))) {
    Draft& d = *kept;
    TRY(still_ours(d));
    TRY(undisputed(d));
    if (d.extras.type == sync::RecordType::decision || d.extras.type == sync::RecordType::instruction)
      return ActDesk(books_, home_, now_).sign(by, std::move(d));
    if (d.state != ReportState::in_review) {
      // Not submitted: fine for who may sign alone; anybody else is told, and nothing changes.
      if (!may(by.person.roles, d.state, Step::sign)) return std::unexpected(lacks_role("signing"));
      if (way(by.person, d) == Way::review)
        return fail(Fault::denied, "drafter and signer must be two persons: submit it, and let another sign",
                    "denied.same_person");
      return send(by, matter);
    }
    if (!may(by.person.roles, d.state, Step::sign)) return std::unexpected(lacks_role("signing"));
    if (by.person.id == d.drafter && !home_.one_person)
      return fail(Fault::denied, "drafter and signer must be two persons", "denied.same_person");
    TRY(may_stand_in(by.person, std::span(&d.drafter, 1)));
    if (!home_.one_person && steps_for(rules_, d.report) > 2 &&
        std::ranges::none_of(d.signatures, [](const auto& s) { return s.role == sync::SignRole::reviewer; }))
      return fail(Fault::conflict, "the rules in force want a reviewer's signature first", "report.steps");
    // An office that shrank to one person: one signature says so, as it would have from the start.
    if (by.person.id == d.drafter) d.signatures.clear();
    d.signatures.push_back(signature(by, sync::SignRole::signer, sync::record_id(d.content)));
    const sync::ReleasedRecord released = TRY(close(d.content, d.signatures));
    return put_away(by, d, released, sync::SignRole::signer);
  }

  const CaseFile file = TRY(books_.case_file(matter));
  if (!file.own || file.provisional.empty())
    return fail(Fault::conflict, "nothing of this case waits for a signature", "draft.state");
  if (!(by.person.roles & crypto::role::signer)) return std::unexpected(lacks_role("signing"));
  std::vector<RecordId> of;
  for (const auto& p : file.provisional) {
    if (std::ranges::find(p.signed_by, by.person.id) != p.signed_by.end() || of.size() == sync::limit::parents)
      continue;
    TRY(may_stand_in(by.person, p.signed_by));
    of.push_back(p.record);
  }
  std::ranges::sort(of);  // as a record names its parents
  if (of.empty()) return fail(Fault::denied, "the cosignature has to be another person's", "denied.same_person");
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r =
        note_record(file, sync::RecordType::cosignature, TRY(books_.tick(now_)), case_addressees(file), note);
    r.parents = std::move(of);
    r.signatures = {signature(by, sync::SignRole::cosigner, sync::record_id(r.content()))};
    TRY(books_.release(sync::release(r), 0, now_));
    o.queued = r.lane;
    return books_.journal(by.person, "cosign", file.case_id, "", now_);
  }));
  o.matter = matter;
  o.case_id = file.case_id;
  o.state = file.state;
  o.number = file.number;
  return o;
}

Result<Outcome> Desk::remove(const Person& by, std::int64_t matter) {
  Draft d = TRY(open_draft(matter));
  if (!may(by.roles, d.state, Step::withdraw)) return std::unexpected(lacks_role("deleting drafts"));
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.drop(d, std::nullopt, now_));
    return books_.journal(by, "delete", d.case_id, "draft", now_);
  }));
  Outcome o = outcome_of(d);
  o.deleted = true;
  return o;
}

Result<Outcome> Desk::withdraw(const SigningPerson& by, std::int64_t matter, std::string_view reason) {
  const auto kept = TRY(books_.draft(matter));
  if (kept && (kept->first || is_task(kept->extras.type))) return remove(by.person, matter);
  const CaseFile file = TRY(books_.case_file(matter));
  if (!file.own) return fail(Fault::denied, "only its own office withdraws a report", "denied.office");
  if (!after(file.state, Step::withdraw))
    return fail(Fault::conflict, "a report in this state is not withdrawn any more", "report.state");
  // What a superior gave back has left once; a draft of ours that was given back has not.
  const bool left = file.state == ReportState::returned;
  if (!may(by.person.roles, file.state, Step::withdraw) || (left && !(by.person.roles & crypto::role::signer)))
    return std::unexpected(lacks_role("withdrawing"));
  if (reason.empty()) return fail(Fault::invalid, "say why it is withdrawn", "invalid.reason");
  if (case_addressees(file).empty()) return fail(Fault::invalid, "this office has no superior", "report.no_superior");
  if (file.crowded) return fail(Fault::conflict, "too many versions stand side by side: join them first", "case.heads");
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    if (kept) TRY(books_.drop(*kept, std::nullopt, now_));
    o = TRY(withdraw_all(by, file, file.heads, reason));
    return {};
  }));
  return o;
}

/// Signs a withdrawal of these versions. Who may has been asked before.
Result<Outcome> Desk::withdraw_all(const SigningPerson& by, const CaseFile& file, std::vector<RecordId> parents,
                                   std::string_view reason) {
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r =
        note_record(file, sync::RecordType::withdrawal, TRY(books_.tick(now_)), case_addressees(file), reason);
    r.parents = std::move(parents);
    for (const RecordId& p : r.parents)
      if (const auto i = file.graph.find(p)) r.lane = std::min(r.lane, file.graph.at(*i).lane);
    r.signatures = {signature(by, sync::SignRole::signer, sync::record_id(r.content()))};
    TRY(books_.release(sync::release(r), 0, now_));
    o.queued = r.lane;
    return books_.journal(by.person, name_of(Step::withdraw), file.case_id, "", now_);
  }));
  o.matter = file.matter;
  o.case_id = file.case_id;
  o.state = ReportState::withdrawn;
  o.number = file.number;
  return o;
}

/// The next version of a case that has left.
Result<Outcome> Desk::version(const SigningPerson& by, Draft d, const CaseFile& file, bool send) {
  if (!file.own) return fail(Fault::denied, "only its own office reports on in this case", "denied.office");
  if (!after(file.state, Step::follow))
    return fail(Fault::conflict, "this case takes no further reports", "report.state");
  if (!may(by.person.roles, file.state, Step::follow)) return std::unexpected(lacks_role("writing reports"));
  if (TRY(books_.draft(file.matter)))
    return fail(Fault::conflict, "the case has a draft already; finish or delete that one", "draft.exists");
  if (d.extras.written_from.empty()) d.extras.written_from = file.shown;
  d.matter = file.matter;
  d.case_id = file.case_id;
  d.first = false;
  d.drafter = by.person.id;
  return pass(by, d, &file, send, true);
}

Result<Outcome> Desk::follow_up(const SigningPerson& by, std::int64_t matter, Report report, bool final, bool send,
                                std::vector<OfficeId> to) {
  const CaseFile file = TRY(books_.case_file(matter));
  Draft d;
  d.extras.to = std::move(to);
  d.extras.type = final ? sync::RecordType::final_report : sync::RecordType::followup;
  if (is_emergency(file.current ? file.current->report.kind : report.kind))
    report.kind = final ? Kind::final_report : Kind::followup_report;
  d.extras.sequence = file.last_sequence + 1;
  if (!final && report.kind == Kind::followup_report) report.fields.set("sequence_no", d.extras.sequence);
  d.report = std::move(report);
  return version(by, std::move(d), file, send);
}

Result<Outcome> Desk::correct(const SigningPerson& by, std::int64_t matter, Report report, std::string_view reason,
                              bool send, std::vector<OfficeId> to) {
  if (reason.empty()) return fail(Fault::invalid, "say why it is corrected", "invalid.reason");
  const CaseFile file = TRY(books_.case_file(matter));
  Draft d;
  d.extras.to = std::move(to);
  d.extras.type = sync::RecordType::correction;
  d.extras.reason = reason;
  if (file.current) {
    report.kind = file.current->report.kind;
    d.extras.sequence = file.current->extras.sequence;
  }
  d.report = std::move(report);
  return version(by, std::move(d), file, send);
}

Result<Outcome> Desk::acknowledge(const SigningPerson& by, std::int64_t matter, std::string_view note) {
  const CaseFile file = TRY(books_.case_file(matter));
  if (file.own) return fail(Fault::denied, "an office does not acknowledge its own reports", "denied.office");
  if (file.state != ReportState::received)
    return fail(Fault::conflict, "this report was acknowledged before", "report.state");
  if (!may(by.person.roles, file.state, Step::acknowledge)) return std::unexpected(lacks_role("acknowledging"));
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r =
        note_record(file, sync::RecordType::acknowledgement, TRY(books_.tick(now_)), file.brought_by, note);
    const auto role = by.person.roles & crypto::role::duty ? sync::SignRole::duty : sync::SignRole::signer;
    r.signatures = {signature(by, role, sync::record_id(r.content()))};
    TRY(books_.release(sync::release(r), 0, now_));
    o.queued = r.lane;
    return books_.journal(by.person, name_of(Step::acknowledge), file.case_id, "", now_);
  }));
  o.matter = matter;
  o.case_id = file.case_id;
  o.state = ReportState::acknowledged;
  o.number = file.number;
  return o;
}

}  // namespace yz::node
