// The desk, fourth part: a case of another office is passed on, with an edition of our own or unchanged.
#include <algorithm>

#include "crypto/random.h"
#include "node/office/desk.h"
#include "node/office/desk_attachments.h"
#include "node/office/embargo.h"
#include "node/office/layers.h"
#include "node/office/outcome.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::RecordType;

/// The most urgent that anybody asked for in this case.
sync::Lane lane_of(const CaseFile& file, const Original& o) {
  sync::Lane lane = o.record.record.lane;
  for (std::size_t i = 0; i < file.graph.size(); ++i) lane = std::min(lane, file.graph.at(i).lane);
  return lane;
}

Result<> may_go(const sync::ReleasedRecord& r, sync::Millis now) {
  if (auto stop = forbids(embargo_of(r), Further::pass_on, now)) return std::unexpected(std::move(*stop));
  return {};
}

/// The text that our edition starts from: what the office below made of it, else the original.
std::optional<Report> text_below(const Original& o) {
  const auto layers = text_layers(o.record);
  return layers ? layers->back().report : std::nullopt;
}

/// Whether an edition may take the place of the draft that is there: one that was kept or given back, and that whoever
/// writes now has seen.
Result<> may_replace(const Person& by, const Draft& d, const std::optional<Seen>& seen) {
  const bool open = d.extras.type == RecordType::forward && d.content.empty();
  if (!open || (!seen && d.drafter != by.id))
    return fail(Fault::conflict, "the case has a draft already; finish or delete that one", "draft.exists");
  if (seen && *seen != d.seen)
    return fail(Fault::conflict, "somebody has saved this draft since: look at that text, then save again",
                "draft.changed");
  return {};
}

/// What our edition says otherwise than the text below; nothing where it is passed on unchanged.
Bytes edition_of(const Draft& d, const Original& o) {
  const auto below = text_below(o);
  return below && !changes(*below, d.report).empty() ? edition_to_sign(d.report, d.extras) : Bytes();
}

}  // namespace

Result<sync::Record> Desk::forward_of(const Draft& d, const CaseFile& file, const Original& o, const Bytes& edit) {
  auto attachments = TRY(passed_attachments(d, file.matter, o.record.id));
  auto body = sync::encode_forward({d.extras.reason, edit, o.record, o.certificates, std::move(attachments)});
  if (!body) return fail(Fault::invalid, body.error().what, body.error().code);
  const sync::Record& below = o.record.record;
  sync::Record r;
  r.type = RecordType::forward;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = home_.id;
  r.at = TRY(books_.tick(now_));
  r.event_ms = d.report.occurred_at.value_or(below.event_ms);
  r.anchor = home_.anchor;
  r.case_office = file.office;
  r.case_id = file.case_id;
  // What lies inside is never handled less strictly than its own office asked for.
  r.sensitivity = std::max(below.sensitivity, static_cast<sync::Sensitivity>(d.report.sensitivity));
  r.lane = d.report.lane;
  r.flags = below.flags & sync::record_flag::exercise;
  r.parents = {o.record.id};
  r.addressees = d.extras.to;
  r.body = std::move(*body);
  if (auto fits = sync::unfold({r, {}, 0, {}}); !fits)
    return fail(Fault::invalid, "this was passed on too often, or by us before", "forward.depth");
  return r;
}

/// The office below hears what became of its report; the forward itself is not for it.
Result<> Desk::tell_passed_on(const SigningPerson& by, const CaseFile& file, const sync::Record& forward,
                              sync::SignRole role) {
  const sync::Forward f = TRY(sync::decode_forward(forward.body));
  sync::Record r = note_record(file, RecordType::annotation, TRY(books_.tick(now_)), {f.nested.record.origin}, {});
  r.parents = {f.nested.id};
  auto body = TRY(decode_body(r.body));
  body.extras.became = name_of(ReportState::forwarded);
  r.body = encode_body(body.report, body.extras);
  r.signatures = {signature(by, role, r.content())};
  TRY(books_.release(sync::release(r), 0, now_));
  return {};
}

/// An edition on its way: submitted, or signed and gone.
Result<Outcome> Desk::pass_edition(const SigningPerson& by, Draft& d, const CaseFile& file, bool may_sign) {
  const bool alone = may_sign && home_.one_person && (by.person.roles & crypto::role::signer);
  const Way way = alone ? Way::alone : Way::review;
  const Verdict verdict = judged(d, by.person, way, nullptr);
  const auto which = d.extras.written_from.empty() ? std::nullopt : std::optional(d.extras.written_from.front());
  const Original o = TRY(books_.original(file.matter, which));
  if (!verdict.may_keep && !edition_of(d, o).empty())
    return fail(Fault::invalid, "the text can't be kept", "invalid.text");
  d.report.lane = std::min(d.report.lane, lane_of(file, o));
  TRY(add_late(d, file.matter, o.record.id));
  fill(d, by.person, way, verdict);
  Outcome out;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r = TRY(forward_of(d, file, o, edition_of(d, o)));
    if (alone) {
      r.signatures = {signature(by, sync::SignRole::signer, r.content())};
      out = TRY(put_away(by, d, sync::release(r), sync::SignRole::signer));
      return {};
    }
    d.content = r.content();
    d.signatures = {signature(by, sync::SignRole::drafter, d.content)};
    d.state = ReportState::in_review;
    d.note.clear();
    TRY(books_.keep(d, now_));
    TRY(books_.journal(by.person, name_of(Step::submit), d.case_id, name_of(d.extras.type), now_));
    out.matter = d.matter;
    out.case_id = d.case_id;
    out.state = d.state;
    out.needs_another = may_sign;
    return {};
  }));
  out.findings = verdict.findings;
  return out;
}

/// An edition that somebody is still at.
Result<Outcome> Desk::keep_edition(const Person& by, Draft& d) {
  const Verdict verdict = judged(d, by, Way::review, nullptr);
  if (!verdict.may_keep) return fail(Fault::invalid, "the text can't be kept", "invalid.text");
  TRY(books_.write([&] { return books_.keep(d, now_); }));
  Outcome out = outcome_of(d);
  out.findings = verdict.findings;
  return out;
}

Result<Outcome> Desk::forward(const SigningPerson& by, std::int64_t matter, Forwarding f) {
  const CaseFile file = TRY(books_.case_file(matter));
  if (file.own) return fail(Fault::denied, "an office does not pass on its own reports", "denied.own");
  if (!after(file.state, Step::forward))
    return fail(Fault::conflict, "a report in this state is not passed on", "report.state");
  if (!may(by.person.roles, file.state, Step::forward)) return std::unexpected(lacks_role("passing reports on"));
  const auto kept = TRY(books_.draft(matter));
  if (kept) {
    TRY(still_ours(*kept));
    TRY(undisputed(*kept));
    TRY(may_replace(by.person, *kept, f.seen));
  }
  if (f.note.size() > sync::limit::forward_note_bytes)
    return fail(Fault::invalid, "the note is longer than 4 KiB", "forward.too_long");
  const Original o = TRY(books_.original(matter, f.record));
  TRY(may_go(o.record, now_));
  const sync::Lane lane = lane_of(file, o);
  if (f.lane && *f.lane > lane)
    return fail(Fault::invalid, "a report is never passed on less urgently than it came", "forward.lane");

  Draft d;
  d.matter = matter;
  d.case_id = file.case_id;
  d.first = false;
  d.drafter = by.person.id;
  if (kept) {
    d.seen = kept->seen;
    d.note = kept->note;  // until it is submitted again
    d.state = kept->state;
  }
  d.extras.type = RecordType::forward;
  d.extras.drafter = by.person.name;
  d.extras.reason = std::move(f.note);
  d.extras.written_from = {o.record.id};
  d.extras.to = std::move(f.to);
  // By itself it goes to our superior, never along with what a report of our own would take.
  if (d.extras.to.empty() && !home_.above.empty() && home_.above.front().rank != Above::Rank::higher)
    d.extras.to = {home_.above.front().id};
  if (d.extras.to.empty()) return fail(Fault::invalid, "this office has no superior to report to", "forward.nowhere");
  TRY(choose(d, TRY(books_.enclosed(matter, o.record.id)), f.attachments));
  const auto below = text_below(o);
  if (below) d.report = *below;
  const bool edited = f.edit && !(below && changes(*below, *f.edit).empty());
  if (edited) d.report = std::move(*f.edit);
  d.report.lane = f.lane.value_or(lane);
  if (!f.send) return keep_edition(by.person, d);
  // Of what nobody has written a signer is one enough, and nobody waits with a flash for one; others need one.
  const bool signer = by.person.roles & crypto::role::signer;
  const bool duty = (by.person.roles & crypto::role::duty) && lane == sync::Lane::flash;
  if (edited || (!signer && !duty)) return pass_edition(by, d, file, true);

  const auto role = signer ? sync::SignRole::signer : sync::SignRole::duty;
  Outcome out;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r = TRY(forward_of(d, file, o, {}));
    r.signatures = {signature(by, role, r.content())};
    out = TRY(put_away(by, d, sync::release(r), role));
    return {};
  }));
  return out;
}

}  // namespace yz::node
