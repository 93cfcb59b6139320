#include "node/office/desk.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/office/outcome.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

std::string contact_of(const Person& p) { return p.phone.empty() ? std::string() : p.name + " " + p.phone; }

sync::RecordType type_of(Kind k) {
  switch (k) {
    case Kind::followup_report:
      return sync::RecordType::followup;
    case Kind::final_report:
      return sync::RecordType::final_report;
    case Kind::zero_report:
      return sync::RecordType::zero_report;
    default:
      return sync::RecordType::report;
  }
}

}  // namespace

Result<Desk> Desk::open(Books& books, const Rules& rules, sync::Millis now, std::size_t compare) {
  HomeOffice home = TRY(books.home());
  return Desk(books, rules, std::move(home), now, compare);
}

/// Who may let this draft go: its drafter alone, its drafter as duty officer, or only another person.
Desk::Way Desk::way(const Person& by, const Draft& d) const {
  if (home_.one_person && (by.roles & crypto::role::signer)) return Way::alone;
  // 先报后签 is for the hours of a flash: its first report, its follow-ups, and the figures that have to be put right.
  // The final report has time for a second person.
  using enum sync::RecordType;
  const bool in_haste = d.report.kind == Kind::first_report || d.report.kind == Kind::followup_report;
  const bool of_type = d.extras.type == report || d.extras.type == followup || d.extras.type == correction;
  if (in_haste && of_type && d.report.lane == sync::Lane::flash && (by.roles & crypto::role::duty)) return Way::duty;
  return Way::review;
}

Verdict Desk::judged(const Draft& d, const Person& by, Way way, const CaseFile* file) const {
  Context c;
  c.drafter = d.extras.drafter.empty() ? by.name : d.extras.drafter;
  c.reporting_office = home_.name;
  c.contact = d.extras.contact.empty() ? contact_of(by) : d.extras.contact;
  c.now_ms = now_;
  if (way == Way::alone) {
    c.reviewer = c.signer = by.name;
    c.one_person = true;
    c.signed_at_ms = now_;
  } else if (way == Way::review) {
    // Nobody has signed when the content is fixed; that somebody will is the workflow's rule, not this check's.
    c.reviewer = c.signer = "?";
  } else {
    c.sent_at_ms = now_;
  }
  if (file && file->current) {
    c.first_report_present = file->has_first;
    c.last_sequence = file->last_sequence;
    c.previous = file->current->report.fields;
  }
  if (d.extras.answers)
    if (const auto asked = books_.matter_of(d.extras.answers->id); asked && *asked)
      if (const auto f = books_.commission(**asked, now_); f && f->of(home_.id)) c.due_at_ms = f->of(home_.id)->due_ms;
  for (const Manifest& m : d.extras.attachments) c.attachments.push_back(m.name);
  if (compare_ > 0 && d.first)
    c.each_own = [this](std::int64_t days, const std::function<bool(std::string_view)>& visit) {
      std::size_t left = compare_;
      // A comparison that can't be made is a warning less, and no reason to refuse a report.
      (void)books_.each_own(now_ - days * sync::kDayMs,
                            [&](std::string_view body) { return left-- > 0 && visit(body); });
    };
  return judge(d.report, rules_.check(d.report, c));
}

/// Why this draft cannot leave; none when it can.
std::optional<Error> Desk::obstacle(const Draft& d, const CaseFile* file, const Verdict& v) const {
  if (!v.may_send) {
    for (const Finding& f : v.findings)
      if (f.severity == Severity::error) return Error{Fault::invalid, f.rule + ": " + f.en, "report.rules"};
    return Error{Fault::invalid, "the rules do not allow sending this", "report.rules"};
  }
  if (!file && !d.extras.written_from.empty())
    return Error{Fault::conflict, "what it was written from has not come from the other machine yet; the draft is kept",
                 "draft.waits"};
  const std::size_t to = addressees(d, file).size();
  if (to == 0)
    return Error{Fault::invalid, "this office has no superior to report to; the draft is kept", "report.no_superior"};
  if (to > sync::limit::addressees)
    return Error{Fault::invalid, "a report goes to at most 16 offices; the draft is kept", "report.addressees"};
  if (body_to_sign(d.report, d.extras).size() + 1024 > sync::limit::body_bytes)
    return Error{Fault::invalid, "text and fields together are longer than one record holds", "report.too_long"};
  return std::nullopt;
}

void Desk::fill(Draft& d, const Person& by, Way way, const Verdict& v) const {
  BodyExtras& x = d.extras;
  x.office = home_.name;
  x.policy = rules_.data().terms.name;
  if (x.drafter.empty()) x.drafter = by.name;
  if (x.contact.empty()) x.contact = contact_of(by);
  if (way == Way::alone) x.reviewer = x.signer = by.name;
  if (way == Way::duty) x.signer = by.name;
  x.findings.clear();
  for (const Finding& f : v.findings)
    if (std::find(x.findings.begin(), x.findings.end(), f.rule) == x.findings.end()) x.findings.push_back(f.rule);
}

sync::Record Desk::record_of(const Draft& d, const CaseFile* file, sync::Hlc at, Way way) {
  sync::Record r;
  r.type = d.extras.type;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = r.case_office = home_.id;
  r.at = at;
  r.event_ms = d.report.occurred_at.value_or(0);
  r.anchor = home_.anchor;
  r.case_id = d.case_id;
  r.sensitivity = static_cast<sync::Sensitivity>(d.report.sensitivity);
  r.lane = d.report.lane;
  if (way == Way::duty) r.flags |= sync::record_flag::provisional;
  // Never all that is there now: what came in since the draft was begun, its writer has not seen.
  if (file) r.parents = d.extras.written_from.empty() ? file->shown : d.extras.written_from;
  r.addressees = addressees(d, file);
  r.body = body_to_sign(d.report, d.extras);  // the keys of attachments travel in their manifests
  return r;
}

sync::Record Desk::note_record(const CaseFile& file, sync::RecordType type, sync::Hlc at, std::vector<OfficeId> to,
                               std::string_view reason) {
  sync::Record r;
  r.type = type;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = home_.id;
  r.at = at;
  r.anchor = home_.anchor;
  r.case_office = file.office;
  r.case_id = file.case_id;
  r.parents = file.heads;
  r.addressees = std::move(to);
  if (file.exercise) r.flags |= sync::record_flag::exercise;
  Report report;
  if (file.current) {
    report.kind = file.current->report.kind;
    report.lane = file.current->report.lane;
    report.title = file.current->report.title;
    report.sensitivity = file.current->report.sensitivity;
  }
  r.lane = report.lane;
  r.sensitivity = static_cast<sync::Sensitivity>(report.sensitivity);
  BodyExtras x;
  x.type = type;
  x.office = home_.name;
  if (file.own) x.number = file.number;
  x.reason = reason;
  r.body = encode_body(report, x);
  return r;
}

/// Stores and queues a record that was signed by all, its attachments' manifests with it, and forgets the draft.
Result<Outcome> Desk::put_away(const SigningPerson& by, Draft& d, const sync::ReleasedRecord& released,
                               sync::SignRole role) {
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    if (d.matter != 0) TRY(books_.drop(d, released.id, now_));
    const std::int64_t notes = home_.one_person ? kNoteOnePerson : 0;
    d.matter = TRY(books_.release(released, notes, now_));
    TRY(release_manifests(by, released, d.extras.attachments, role));
    if (!d.extras.sources.empty() && d.first) TRY(tell_merged(by, d, released, role));
    if (released.record.type == sync::RecordType::forward)
      TRY(tell_passed_on(by, TRY(books_.case_file(d.matter)), released.record, role));
    if (d.extras.answers && d.first) TRY(tell_answered(by, d, released, role));
    if (!d.extras.cosign.empty()) TRY(tell_cosigners(by, d, released, role));
    o = outcome_of(d);
    o.number = d.extras.number;
    return books_.journal(by.person, name_of(Step::sign), d.case_id, name_of(d.extras.type), now_);
  }));
  o.state = d.extras.type == sync::RecordType::withdrawal ? ReportState::withdrawn
            : d.extras.type == sync::RecordType::forward  ? ReportState::forwarded
                                                          : ReportState::signed_off;
  o.addressees = shown_order(released.record.addressees);
  o.queued = released.record.lane;
  return o;
}

/// A draft on its way: kept, submitted, or signed and gone.
Result<Outcome> Desk::pass(const SigningPerson& by, Draft& d, const CaseFile* file, bool send, bool may_sign) {
  if (is_task(d.extras.type)) return pass_task(by, d, may_sign);
  if (d.extras.type == sync::RecordType::forward && file) return pass_edition(by, d, *file, may_sign);
  // What a case began as, an exercise or not, its later versions are too.
  const bool sources_are = TRY(from_exercises(d));
  d.extras.exercise = file ? file->exercise : d.extras.exercise || sources_are;
  const Way w = may_sign ? way(by.person, d) : Way::review;
  const Verdict verdict = judged(d, by.person, w, file);
  if (!verdict.may_keep) {
    const auto error = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                    [](const Finding& f) { return f.blocks == Blocks::drafts_too; });
    return fail(Fault::invalid,
                error == verdict.findings.end() ? "the text can't be kept" : error->rule + ": " + error->en,
                "invalid.text");
  }
  Outcome o;
  const std::optional<Error> stop = send ? obstacle(d, file, verdict) : std::nullopt;
  if (!send || stop) {
    if (d.extras.drafter.empty()) d.extras.drafter = by.person.name;
    TRY(books_.write([&]() -> Result<> {
      const bool fresh = d.matter == 0;
      TRY(books_.keep(d, now_));
      return fresh ? books_.journal(by.person, "draft", d.case_id, name_of(d.extras.type), now_) : Result<>();
    }));
    o = outcome_of(d);
    o.addressees = shown_order(addressees(d, file));
    o.refused = stop;
    o.findings = verdict.findings;
    return o;
  }
  fill(d, by.person, w, verdict);
  TRY(books_.write([&]() -> Result<> {
    // It travels under the signatures; a draft that was returned keeps the one it has.
    if (file)
      d.extras.number = file->number;
    else if (d.extras.number.empty())
      d.extras.number = TRY(books_.next_number(home_.name, d.extras.exercise, now_));
    sync::Record r = record_of(d, file, TRY(books_.tick(now_)), w);
    if (d.extras.exercise) r.flags |= sync::record_flag::exercise;
    d.content = r.content();
    if (w == Way::review) {
      d.signatures = {signature(by, sync::SignRole::drafter, d.content)};
      d.state = ReportState::in_review;
      d.note.clear();
      add_round(d, {false, by.person.name, now_, {}});
      TRY(books_.keep(d, now_));
      TRY(books_.journal(by.person, name_of(Step::submit), d.case_id, name_of(d.extras.type), now_));
      o = outcome_of(d);
      o.addressees = shown_order(r.addressees);
      o.needs_another = may_sign;
      return {};
    }
    const sync::SignRole role = w == Way::duty ? sync::SignRole::duty : sync::SignRole::signer;
    const sync::ReleasedRecord released = TRY(node::close(d.content, {signature(by, role, d.content)}));
    o = TRY(put_away(by, d, released, role));
    return {};
  }));
  o.findings = verdict.findings;
  return o;
}

Result<Draft> Desk::open_draft(std::int64_t matter) const {
  auto draft = TRY(books_.draft(matter));
  if (!draft) return fail(Fault::missing, "this case has no draft", "draft.missing");
  TRY(still_ours(*draft));
  return *std::move(draft);
}

/// Signed off on another machine of this office it is a draft no more, though its record may still be on its way.
Result<> Desk::still_ours(const Draft& d) const {
  if (d.record)
    return fail(Fault::conflict, "it was signed on another machine of this office", "draft.signed_elsewhere");
  return {};
}

/// Two machines say different things: what goes on from here would leave somebody's words behind.
Result<> Desk::undisputed(const Draft& d) const {
  if (d.disputed.empty()) return {};
  std::string names;
  for (const std::string& n : d.disputed) names += (names.empty() ? "" : ", ") + n;
  return fail(Fault::conflict, "two machines of this office have different texts of it: decide on " + names,
              "draft.disputed");
}

Result<Draft> Desk::editable(const Person& by, std::int64_t matter, bool settles, Form form) const {
  Draft d = TRY(open_draft(matter));
  if (d.extras.clue) {
    if (form == Form::clue_too && d.extras.clue->state == ClueNote::State::open) return d;
    return fail(Fault::conflict, "this is a clue: make a report of it first", "draft.clue");
  }
  if (!settles) TRY(undisputed(d));
  if (d.extras.type == sync::RecordType::decision || d.extras.type == sync::RecordType::instruction)
    return fail(Fault::conflict, "an act is not edited: take it back and say it anew", "draft.state");
  if (!may(by.roles, d.state, Step::edit)) {
    if (d.state == ReportState::in_review)
      return fail(Fault::conflict, "it is in review; have it returned before changing it", "draft.in_review");
    return std::unexpected(lacks_role("writing reports"));
  }
  return d;
}

Result<Outcome> Desk::write(const SigningPerson& by, const CaseId& id, Report report, bool send,
                            std::vector<OfficeId> to, std::optional<CaseRef> answers, bool exercise) {
  if (!may(by.person.roles, ReportState::draft, Step::edit)) return std::unexpected(lacks_role("writing reports"));
  Draft d;
  d.case_id = id;
  d.extras.type = type_of(report.kind);
  d.extras.to = std::move(to);
  d.extras.answers = answers;
  d.extras.exercise = exercise;
  d.report = std::move(report);
  d.drafter = by.person.id;
  return pass(by, d, nullptr, send, true);
}

Result<Looked> Desk::check(const Person& by, const Report& report, std::int64_t matter) const {
  Draft d;
  if (matter != 0)
    if (auto kept = TRY(books_.draft(matter))) d = std::move(*kept);
  if (d.first) d.extras.type = type_of(report.kind);
  d.report = report;
  std::optional<CaseFile> file;
  if (!d.first) file = TRY(books_.case_file(matter));
  const Way w = way(by, d);
  const SignOffWay goes = w == Way::alone  ? SignOffWay::alone
                          : w == Way::duty ? SignOffWay::provisional
                                           : SignOffWay::second;
  return Looked{judged(d, by, w, file ? &*file : nullptr), goes};
}

/// A commission's text is fixed when it is drafted: what is wrong with it is deleted and written anew.
static Result<> is_report(const Draft& d) {
  if (!is_task(d.extras.type)) return {};
  return fail(Fault::conflict, "this draft is not changed: delete it and write it anew", "draft.fixed");
}

Result<Outcome> Desk::edit(const Person& by, std::int64_t matter, Report report,
                           std::optional<std::vector<OfficeId>> to, const std::optional<Seen>& seen) {
  Draft d = TRY(editable(by, matter, seen.has_value()));
  TRY(is_report(d));
  if (seen) {
    // Nobody has seen what is not here.
    if (!d.seen.covers(*seen)) return fail(Fault::invalid, "\"seen\" is not what this draft gave", "draft.seen");
    d.seen = *seen;
  }
  if (to) d.extras.to = *std::move(to);
  if (d.first && d.extras.written_from.empty()) d.extras.type = type_of(report.kind);
  d.report = std::move(report);
  d.drafter = by.id;  // whoever wrote last may not sign it alone
  d.extras.drafter = by.name;
  d.extras.contact = contact_of(by);
  const Verdict verdict = judged(d, by, Way::review, nullptr);
  if (!verdict.may_keep) return fail(Fault::invalid, "the text can't be kept", "invalid.text");
  TRY(books_.write([&] { return books_.keep(d, now_); }));
  Outcome o = outcome_of(d);
  o.disputed = d.disputed;
  o.addressees = shown_order(addressees(d, nullptr));
  o.findings = verdict.findings;
  return o;
}

Result<Outcome> Desk::take(const Person& by, std::int64_t matter, const DraftVersion& v) {
  Draft d = TRY(open_draft(matter));
  if (!may(by.roles, ReportState::draft, Step::edit)) return std::unexpected(lacks_role("writing reports"));
  d.report = v.report;
  // Begun on what was signed off meanwhile it stays so.
  const auto from = d.extras.written_from;
  const auto type = d.extras.type;
  const bool exercise = d.extras.exercise;
  d.extras = v.extras;
  d.extras.exercise = exercise;
  if (v.extras.written_from.empty() && !from.empty()) {
    d.extras.written_from = from;
    d.extras.type = type;
  }
  d.drafter = v.drafter;
  d.note = v.note;
  const bool as_it_was = d.extras == v.extras;  // what is fixed stays fixed, with its signatures, or not at all
  d.content = as_it_was ? v.content : Bytes();
  d.signatures = as_it_was ? v.signatures : std::vector<sync::RecordSignature>();
  d.state = !d.content.empty() ? ReportState::in_review : !d.note.empty() ? ReportState::returned : ReportState::draft;
  TRY(books_.write([&] { return books_.keep(d, now_); }));
  return outcome_of(d);
}

Result<Outcome> Desk::attach(const Person& by, std::int64_t matter, const Manifest& m) {
  Draft d = TRY(editable(by, matter, false, Form::clue_too));
  TRY(is_report(d));
  for (const Manifest& old : d.extras.attachments)
    if (old.name == m.name) return fail(Fault::conflict, "the draft has an attachment of this name", "attachment.name");
  d.extras.attachments.push_back(m);
  TRY(books_.write([&] { return books_.keep(d, now_); }));
  return outcome_of(d);
}

Result<Manifest> Desk::detach(const Person& by, std::int64_t matter, std::string_view name) {
  Draft d = TRY(editable(by, matter, false, Form::clue_too));
  auto& all = d.extras.attachments;
  const auto at = std::find_if(all.begin(), all.end(), [&](const Manifest& m) { return m.name == name; });
  if (at == all.end()) return fail(Fault::missing, "the draft has no such attachment", "attachment.missing");
  Manifest gone = *at;
  all.erase(at);
  if (gone.from && d.extras.type == sync::RecordType::forward) {
    d.extras.left_out.push_back(gone.id);
    std::ranges::sort(d.extras.left_out);
  }
  TRY(books_.write([&] { return books_.keep(d, now_); }));
  return gone;
}

}  // namespace yz::node
