// The desk, fifth part: work that is asked of offices below (约稿), and what an office says to it.
#include <algorithm>

#include "crypto/random.h"
#include "node/office/desk_task.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::RecordType;
using Word = CommissionWord::Act;
using Reply = CommissionReply::Act;
namespace role = crypto::role;

std::uint16_t signers_of(RecordType t) {
  return t == RecordType::policy ? role::signer | role::admin_policy : role::signer;
}

/// Rules for everybody below are no matter for who only stands in for a signer.
Result<> in_own_right(const Person& p, RecordType t) {
  if (t != RecordType::policy || p.stands_for.empty() || (p.roles & role::admin_policy)) return {};
  return std::unexpected(lacks_role("publishing rules"));
}

/// In what capacity somebody speaks who needs nobody else for it.
sync::SignRole capacity(const SigningPerson& by) {
  if (by.person.roles & role::signer) return sync::SignRole::signer;
  return by.person.roles & role::duty ? sync::SignRole::duty : sync::SignRole::drafter;
}

/// More than sixteen offices are asked in several records that say the same: their contents lie one behind the other in
/// the draft, and so do the signatures.
Bytes pack(const std::vector<Bytes>& contents) {
  Writer w;
  w.u16(static_cast<std::uint16_t>(contents.size()));
  for (const Bytes& c : contents) w.u32(static_cast<std::uint32_t>(c.size())).raw(c);
  return w.take();
}

Result<std::vector<Bytes>> unpack(ByteView packed) {
  Reader r(packed);
  std::vector<Bytes> out(r.u16());
  for (Bytes& c : out) {
    const ByteView bytes = r.raw(r.u32());
    c.assign(bytes.begin(), bytes.end());
  }
  if (!r.done() || out.empty()) return fail(Fault::corrupt, "a draft's fixed content is damaged", "draft.content");
  return out;
}

std::vector<std::vector<OfficeId>> groups_of(const std::vector<OfficeId>& all) {
  std::vector<std::vector<OfficeId>> out;
  for (std::size_t i = 0; i < all.size(); i += sync::limit::addressees)
    out.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(i),
                     all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), i + sync::limit::addressees)));
  return out;
}

Outcome outcome_of(const CommissionFile& f) {
  Outcome o;
  o.matter = f.matter;
  o.case_id = f.case_id;
  o.state = ReportState::signed_off;
  o.number = f.number;
  return o;
}

}  // namespace

Result<> check_task_text(const Rules& rules, const Report& text) {
  if (text.title.empty()) return fail(Fault::invalid, "a commission needs a title", "commission.title");
  // What may not even be kept, or never sent, may not be asked for either: marks of secrecy, broken text.
  for (const Finding& f : rules.check(text, Context{}))
    if (f.severity == Severity::error && f.blocks != Blocks::routine)
      return fail(Fault::invalid, f.rule + ": " + f.en, "report.rules");
  return {};
}

Result<> check_terms(const CommissionWord& terms, sync::Millis now) {
  if (terms.to.empty()) return fail(Fault::invalid, "say which offices below are asked", "commission.nobody");
  if (terms.to.size() > kAskedMost)
    return fail(Fault::invalid, "one commission asks at most " + std::to_string(kAskedMost) + " offices",
                "report.addressees");
  if (terms.due_ms <= now)
    return std::unexpected(Error{Fault::invalid, "the due time has passed already", "commission.due",
                                 "时限已经过了，请改选晚于现在的时间"});
  return {};
}

sync::Record Desk::task_record(const Draft& d, sync::Hlc at) const {
  sync::Record r;
  r.type = d.extras.type;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = r.case_office = home_.id;
  r.at = at;
  r.anchor = home_.anchor;
  r.case_id = d.case_id;
  r.sensitivity = static_cast<sync::Sensitivity>(d.report.sensitivity);
  r.lane = d.report.lane;
  BodyExtras named = d.extras;
  if (named.commission) named.commission->to.clear();
  named.to.clear();
  named.written_from.clear();
  r.parents = d.extras.written_from;
  r.body = encode_body(d.report, named);
  return r;
}

/// What will be signed, for all who are asked.
Result<> Desk::fix_task(Draft& d) {
  d.extras.office = home_.name;
  if (d.extras.number.empty()) d.extras.number = TRY(books_.next_number(home_.name, false, now_));
  std::vector<Bytes> contents;
  const sync::Hlc at = TRY(books_.tick(now_));
  for (const auto& to : groups_of(d.extras.commission->to)) {
    sync::Record r = task_record(d, at);
    r.addressees = to;
    contents.push_back(r.content());
  }
  if (sync::limit::body_bytes < encode_body(d.report, d.extras).size())
    return fail(Fault::invalid, "the text is longer than one record holds", "report.too_long");
  d.content = pack(contents);
  d.signatures.clear();
  return {};
}

/// Everything that was signed goes; and who asked us hears that we passed it on.
Result<> Desk::release_task(const SigningPerson& by, Draft& d) {
  const auto contents = TRY(unpack(d.content));
  std::vector<sync::ReleasedRecord> all;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    std::vector<sync::RecordSignature> signatures;
    for (std::size_t j = i; j < d.signatures.size(); j += contents.size()) signatures.push_back(d.signatures[j]);
    all.push_back(TRY(close(contents[i], std::move(signatures))));
  }
  if (d.matter != 0) TRY(books_.drop(d, all.front().id, now_));
  for (const auto& r : all) d.matter = TRY(books_.release(r, home_.one_person ? 1 : 0, now_));
  TRY(tell_asked(by, d));
  return books_.journal(by.person, name_of(Step::sign), d.case_id, name_of(d.extras.type), now_);
}

Result<Bytes> fixed_body(const Draft& d) {
  const std::vector<Bytes> contents = TRY(unpack(d.content));
  // The signatures of all groups lie one behind the other; whose they are does not matter here.
  if (d.signatures.empty()) return fail(Fault::corrupt, "a draft was fixed without a signature", "draft.content");
  return TRY(close(contents.front(), {d.signatures.front()})).record.body;
}

Result<Outcome> Desk::pass_task(const SigningPerson& by, Draft& d, bool may_sign) {
  if (!d.extras.commission) return fail(Fault::conflict, "delete it and publish it anew", "draft.fixed");
  const bool alone = may_sign && home_.one_person && (by.person.roles & signers_of(d.extras.type));
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    d.extras.drafter = by.person.name;
    if (alone) d.extras.signer = by.person.name;
    TRY(fix_task(d));
    for (const Bytes& c : TRY(unpack(d.content)))
      d.signatures.push_back(signature(by, alone ? sync::SignRole::signer : sync::SignRole::drafter, c));
    if (alone) {
      TRY(release_task(by, d));
      o.state = ReportState::signed_off;
      o.queued = d.report.lane;
      o.number = d.extras.number;
    } else {
      d.state = o.state = ReportState::in_review;
      d.note.clear();
      TRY(books_.keep(d, now_));
      TRY(books_.journal(by.person, name_of(Step::submit), d.case_id, name_of(d.extras.type), now_));
      o.needs_another = true;
    }
    return {};
  }));
  o.matter = d.matter;
  o.case_id = d.case_id;
  o.addressees = d.extras.commission->to;
  return o;
}

Result<Outcome> Desk::sign_task(const SigningPerson& by, Draft& d) {
  if (d.state != ReportState::in_review)
    return fail(Fault::conflict, "send it anew before it is signed", "draft.state");
  if (!(by.person.roles & signers_of(d.extras.type))) return std::unexpected(lacks_role("signing"));
  TRY(in_own_right(by.person, d.extras.type));
  TRY(may_stand_in(by.person, std::span(&d.drafter, 1)));
  if (by.person.id == d.drafter && !home_.one_person)
    return fail(Fault::denied, "drafter and signer must be two persons", "denied.same_person");
  if (by.person.id == d.drafter) d.signatures.clear();  // an office that shrank to one person
  for (const Bytes& c : TRY(unpack(d.content))) d.signatures.push_back(signature(by, sync::SignRole::signer, c));
  Outcome o;
  TRY(books_.write([&] { return release_task(by, d); }));
  o.matter = d.matter;
  o.case_id = d.case_id;
  o.state = ReportState::signed_off;
  o.number = d.extras.number;
  o.queued = d.report.lane;
  if (d.extras.commission) o.addressees = d.extras.commission->to;
  return o;
}

Result<Outcome> Desk::publish(const SigningPerson& by, std::string title, const Bytes& body, std::vector<OfficeId> to) {
  const std::uint16_t roles = signers_of(RecordType::policy);
  if (!(by.person.roles & roles)) return std::unexpected(lacks_role("publishing rules"));
  TRY(in_own_right(by.person, RecordType::policy));
  // An office without any below keeps it for itself.
  if (to.empty()) to = {home_.id};
  Draft d;
  d.case_id = new_case();
  d.drafter = by.person.id;
  d.report.title = std::move(title);
  d.report.lane = sync::Lane::urgent;
  d.extras.type = RecordType::policy;
  d.extras.drafter = by.person.name;
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    std::vector<Bytes> contents;
    const sync::Hlc at = TRY(books_.tick(now_));
    for (const auto& group : groups_of(to)) {
      sync::Record r = task_record(d, at);
      r.body = body;
      r.addressees = group;
      contents.push_back(r.content());
      d.signatures.push_back(
          signature(by, home_.one_person ? sync::SignRole::signer : sync::SignRole::drafter, contents.back()));
    }
    d.content = pack(contents);
    if (home_.one_person) {
      o.queued = d.report.lane;
      o.state = ReportState::signed_off;
      return release_task(by, d);
    }
    o.state = ReportState::in_review;
    o.needs_another = true;
    TRY(books_.keep(d, now_));
    return books_.journal(by.person, name_of(Step::submit), d.case_id, name_of(d.extras.type), now_);
  }));
  o.matter = d.matter;
  o.case_id = d.case_id;
  o.addressees = std::move(to);
  return o;
}

Result<Outcome> Desk::commission(const SigningPerson& by, Report text, CommissionWord terms) {
  if (!(by.person.roles & kWritesTasks)) return std::unexpected(lacks_role("asking for work"));
  TRY(check_task_text(rules_, text));
  TRY(check_terms(terms, now_));
  if (terms.parent && terms.due_ms > terms.parent->due_ms)
    return std::unexpected(Error{Fault::invalid, "it would be due later than what was asked of us", "commission.due",
                                 "时限不能晚于上级给本单位的时限"});
  Draft d;
  d.case_id = new_case();
  d.drafter = by.person.id;
  d.report = std::move(text);
  d.extras.type = RecordType::commission;
  d.extras.contact = by.person.phone.empty() ? std::string() : by.person.name + " " + by.person.phone;
  d.extras.commission = std::move(terms);
  return pass_task(by, d, true);
}

sync::Record Desk::reply_record(const CommissionFile& f, sync::Hlc at, CommissionReply reply,
                                std::string_view reason) const {
  sync::Record r;
  r.type = RecordType::reply;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = home_.id;
  r.at = at;
  r.anchor = home_.anchor;
  r.case_office = f.office;
  r.case_id = f.case_id;
  r.sensitivity = static_cast<sync::Sensitivity>(f.text.sensitivity);
  r.lane = f.text.lane;
  r.parents = f.our_replies.empty() ? std::vector{f.record} : f.our_replies;
  if (r.parents.size() > sync::limit::parents) r.parents.resize(sync::limit::parents);
  r.addressees = {f.office};
  // The issuer's word alone sends our mail to nobody: only those hear it who stand above us.
  for (const OfficeId& up : f.terms.chain)
    if (std::ranges::find(home_.above, up, &Above::id) != home_.above.end()) r.addressees.push_back(up);
  std::ranges::sort(r.addressees);
  r.addressees.erase(std::unique(r.addressees.begin(), r.addressees.end()), r.addressees.end());
  Report text;
  text.kind = Kind::commissioned;
  text.lane = f.text.lane;
  text.sensitivity = f.text.sensitivity;
  text.title = f.text.title;
  reply.commission = f.record;
  BodyExtras x;
  x.type = r.type;
  x.office = home_.name;
  x.reason = reason;
  x.reply = std::move(reply);
  r.body = encode_body(text, x);
  return r;
}

Result<> Desk::release_reply(const SigningPerson& by, sync::Record r, sync::SignRole as) {
  r.signatures = {signature(by, as, r.content())};
  TRY(books_.release(sync::release(r), 0, now_));
  return {};
}

/// The child's signer speaks for the office to the one above: it is passed on, to these, by then.
Result<> Desk::tell_asked(const SigningPerson& by, const Draft& d) {
  if (!d.extras.commission || !d.extras.commission->parent) return {};
  const auto above = TRY(books_.matter_of(d.extras.commission->parent->ref.id));
  if (!above) return {};
  const CommissionFile f = TRY(books_.commission(*above, now_));
  CommissionReply reply;
  reply.act = Reply::pass;
  reply.child = d.case_id;
  reply.to = d.extras.commission->to;
  reply.until_ms = d.extras.commission->due_ms;
  return release_reply(by, reply_record(f, TRY(books_.tick(now_)), std::move(reply), {}), sync::SignRole::signer);
}

/// A report that answers goes to the issuer; that it does, everybody up the chain hears.
Result<> Desk::tell_answered(const SigningPerson& by, const Draft& d, const sync::ReleasedRecord& released,
                             sync::SignRole as) {
  const auto asked = TRY(books_.matter_of(d.extras.answers->id));
  if (!asked) return {};
  const CommissionFile f = TRY(books_.commission(*asked, now_));
  CommissionReply reply;
  reply.act = Reply::answer;
  reply.report = CaseRef{home_.id, d.case_id, released.id};
  return release_reply(by, reply_record(f, TRY(books_.tick(now_)), std::move(reply), {}), as);
}

Result<Outcome> Desk::reply(const SigningPerson& by, std::int64_t matter, CommissionReply reply,
                            std::string_view reason) {
  const CommissionFile f = TRY(books_.commission(matter, now_));
  const Asked* mine = f.own ? nullptr : f.of(home_.id);
  if (!mine) return fail(Fault::denied, "this commission was not asked of us", "denied.office");
  const bool declines = reply.act == Reply::decline;
  if (!(by.person.roles & (declines ? role::signer : kWritesTasks))) return std::unexpected(lacks_role("this reply"));
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  if (reply.act != Reply::accept && reason.empty()) return fail(Fault::invalid, "say why", "invalid.reason");
  if (mine->stage == AskedState::answered || mine->stage == AskedState::excused)
    return fail(Fault::conflict, "nothing is owed any more", "commission.nothing");
  if (reply.act == Reply::extend && reply.until_ms <= std::max(now_, mine->due_ms))
    return std::unexpected(Error{Fault::invalid, "ask for a time later than the one that holds", "commission.due",
                                 "延期要晚于现在的时限，请改选更晚的时间"});
  TRY(books_.write([&]() -> Result<> {
    const std::string_view act = name_of(reply.act);
    TRY(release_reply(by, reply_record(f, TRY(books_.tick(now_)), reply, reason),
                      declines ? sync::SignRole::signer : capacity(by)));
    return books_.journal(by.person, act, f.case_id, "commission", now_);
  }));
  Outcome o = outcome_of(f);
  o.queued = f.text.lane;
  return o;
}

Result<> Desk::name_commission(BodyExtras& x, Report& report, std::int64_t matter) {
  const CommissionFile f = TRY(books_.commission(matter, now_));
  if (f.own || !f.of(home_.id)) return fail(Fault::denied, "this commission was not asked of us", "denied.office");
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  if (is_emergency(report.kind))
    return fail(Fault::invalid, "an emergency's report is sent by itself, and named afterwards", "commission.kind");
  report.kind = Kind::commissioned;
  x.answers = CaseRef{f.office, f.case_id, f.record};
  report.fields.set("commission_id", f.number.empty() ? base32(f.case_id.view()) : f.number);
  if (std::ranges::find(x.to, f.office) == x.to.end()) x.to.push_back(f.office);
  std::ranges::sort(x.to);
  return {};
}

Result<Outcome> Desk::answer(const SigningPerson& by, std::int64_t matter, std::int64_t report) {
  if (const auto kept = TRY(books_.draft(report)); kept && kept->first) {
    Draft d = TRY(editable(by.person, report));
    // What was given back was written for something else, and somebody found it wanting: it is no answer unseen.
    if (d.state == ReportState::returned)
      return fail(Fault::conflict, "this report was given back and never sent: mend and send it first", "report.state");
    if (is_task(d.extras.type)) return fail(Fault::invalid, "only a report answers", "commission.report");
    TRY(name_commission(d.extras, d.report, matter));
    d.extras.type = RecordType::report;
    d.drafter = by.person.id;
    return pass(by, d, nullptr, true, true);
  }
  const CommissionFile f = TRY(books_.commission(matter, now_));
  if (f.own || !f.of(home_.id)) return fail(Fault::denied, "this commission was not asked of us", "denied.office");
  if (!(by.person.roles & kWritesTasks)) return std::unexpected(lacks_role("this reply"));
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  const CaseFile file = TRY(books_.case_file(report));
  if (!file.own || file.state == ReportState::withdrawn || file.shown.empty())
    return fail(Fault::invalid, "only a report of our own answers", "commission.report");
  if (!std::ranges::binary_search(file.addressees, f.office))
    return fail(Fault::invalid, "this report did not go to the office that asks", "commission.elsewhere");
  CommissionReply reply;
  reply.act = Reply::answer;
  reply.report = CaseRef{home_.id, file.case_id, file.shown.front()};
  TRY(books_.write([&]() -> Result<> {
    TRY(release_reply(by, reply_record(f, TRY(books_.tick(now_)), std::move(reply), {}), capacity(by)));
    return books_.journal(by.person, "answer", f.case_id, "commission", now_);
  }));
  Outcome o = outcome_of(f);
  o.queued = f.text.lane;
  return o;
}

Result<Outcome> Desk::say(const SigningPerson& by, std::int64_t matter, IssuerWord said) {
  const CommissionFile f = TRY(books_.commission(matter, now_));
  if (!f.own) return fail(Fault::denied, "only the office that asked says this", "denied.office");
  const bool chases = said.act == Word::chase;
  if (!(by.person.roles & (chases ? kWritesTasks : role::signer))) return std::unexpected(lacks_role("this"));
  if (f.closed) return fail(Fault::conflict, "the commission is closed", "commission.closed");
  if (said.act == Word::refuse && said.note.empty()) return fail(Fault::invalid, "say why", "invalid.reason");
  const auto fits = [&](const Asked& a) {
    const bool asked = a.stage == AskedState::extension_asked || a.stage == AskedState::declined;
    if (said.act == Word::close) return true;
    if (chases) return owes(a.stage) && a.stage != AskedState::declined;
    return asked || (said.act == Word::grant && said.until && owes(a.stage));
  };
  CommissionWord word;
  word.act = said.act;
  std::vector<OfficeId> to;
  for (const Asked& a : f.asked) {
    if (!said.offices.empty() && !std::ranges::binary_search(said.offices, a.office)) continue;
    if (!fits(a)) continue;
    to.push_back(a.office);
    if (said.act == Word::grant && a.stage != AskedState::declined)
      word.due_ms = said.until.value_or(a.until.value_or(0));
  }
  if (to.empty()) return fail(Fault::conflict, "there is nothing to say this to", "commission.nothing");
  if (said.act == Word::grant && said.until && word.due_ms <= now_)
    return fail(Fault::invalid, "the due time has passed already", "commission.due");
  Draft d;
  d.case_id = f.case_id;
  d.report = f.text;
  d.report.body.clear();
  d.extras.type = RecordType::commission;
  d.extras.office = home_.name;
  d.extras.reason = std::move(said.note);
  d.extras.commission = word;
  TRY(books_.write([&]() -> Result<> {
    for (const auto& group : groups_of(to)) {
      sync::Record r = task_record(d, TRY(books_.tick(now_)));
      r.parents = {f.record};
      r.addressees = group;
      r.signatures = {signature(by, chases ? capacity(by) : sync::SignRole::signer, r.content())};
      TRY(books_.release(sync::release(r), 0, now_));
    }
    return books_.journal(by.person, name_of(said.act), f.case_id, "commission", now_);
  }));
  Outcome o = outcome_of(f);
  o.addressees = to;
  o.queued = f.text.lane;
  return o;
}

}  // namespace yz::node
