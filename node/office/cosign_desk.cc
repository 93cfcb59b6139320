#include "node/office/cosign_desk.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

namespace role = crypto::role;
constexpr std::uint16_t kWritesCosign = role::drafter | role::duty | role::signer;

Outcome outcome_of(const CaseFile& f) {
  Outcome o;
  o.matter = f.matter;
  o.case_id = f.case_id;
  o.state = f.state;
  o.number = f.number;
  return o;
}

sync::Lane lane_of(const CaseFile& f) {
  sync::Lane lane = sync::Lane::routine;
  for (std::size_t i = 0; i < f.graph.size(); ++i) lane = std::min(lane, f.graph.at(i).lane);
  return lane;
}

Act asking(const CosignWish& w) {
  Act a;
  a.kind = ActKind::cosign;
  a.text = w.text;
  a.assignees = w.offices;
  a.persons = w.persons;
  return a;
}

}  // namespace

Result<sync::Record> cosign_record(const HomeOffice& home, const CaseFile& file, const Act& act, sync::Hlc at,
                                   std::vector<OfficeId> to, std::vector<RecordId> parents) {
  sync::Record r;
  r.type = record_type_of(act.kind);
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = home.id;
  r.at = at;
  r.anchor = home.anchor;
  r.case_office = file.office;
  r.case_id = file.case_id;
  r.lane = lane_of(file);
  if (file.current) r.sensitivity = static_cast<sync::Sensitivity>(file.current->report.sensitivity);
  if (file.exercise) r.flags |= sync::record_flag::exercise;
  std::ranges::sort(parents);
  r.parents = std::move(parents);
  std::erase(to, home.id);
  r.addressees = as_signed(std::move(to));
  if (r.addressees.empty()) r.addressees = {home.id};
  if (r.addressees.size() > sync::limit::addressees)
    return fail(Fault::invalid, "with all who have the report these are more than 16 offices", "report.addressees");
  r.body = encode_act(act);
  return r;
}

Result<CosignDesk> CosignDesk::open(Books& books, sync::Millis now) {
  HomeOffice home = TRY(books.home());
  return CosignDesk(books, std::move(home), now);
}

Result<Outcome> CosignDesk::release(const SigningPerson& by, const CaseFile& file, const Act& act, sync::SignRole role,
                                    std::vector<OfficeId> to) {
  if (file.shown.empty()) return fail(Fault::conflict, "there is no version to sign here", "report.state");
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r = TRY(cosign_record(home_, file, act, TRY(books_.tick(now_)), std::move(to), file.shown));
    r.signatures = {signature(by, role, r.content())};
    const sync::ReleasedRecord released = sync::release(r);
    TRY(books_.release(released, 0, now_));
    o = outcome_of(file);
    o.queued = r.lane;
    o.record = released.id;
    o.act = true;
    return books_.journal(by.person, name_of(act.kind), file.case_id, hex(released.id.view()), now_);
  }));
  return o;
}

Result<Outcome> CosignDesk::ask(const SigningPerson& by, std::int64_t matter, CosignWish wish) {
  if (!(by.person.roles & kWritesCosign)) return std::unexpected(lacks_role("asking for co-signatures"));
  wish.offices = as_signed(std::move(wish.offices));
  std::erase(wish.offices, home_.id);
  if (wish.empty()) return fail(Fault::invalid, "say which offices or officers are to sign too", "cosign.nobody");
  if (wish.offices.size() > kAssigneesMax || wish.persons.size() > kAskedPersonsMax)
    return fail(Fault::invalid, "at most 12 offices and 8 officers are asked", "cosign.many");
  if (wish.text.size() > kActReasonBytesMax) return fail(Fault::invalid, "the text is longer than 4 KiB", "act.text");
  if (auto kept = TRY(books_.draft(matter)); kept && kept->first) {
    Draft& d = *kept;
    if (d.state == ReportState::in_review || d.record)
      return fail(Fault::conflict, "what was submitted is fixed: have it returned before changing it",
                  "draft.in_review");
    if (is_task(d.extras.type) || !d.extras.act.empty())
      return fail(Fault::conflict, "only reports are signed by others too", "cosign.report");
    if (wish.hold_until_ms != 0) {
      // Nobody's signature holds up what is urgent.
      if (is_emergency(d.report.kind, d.report.lane))
        return fail(Fault::invalid, "an emergency waits for no co-signature: ask without waiting", "cosign.emergency");
      if (wish.hold_until_ms <= now_ || wish.hold_until_ms > now_ + kHoldLongestMs)
        return fail(Fault::invalid, "a report waits for co-signatures for 72 hours at most", "cosign.hold");
    }
    d.extras.cosign = std::move(wish);
    TRY(books_.write([&]() -> Result<> {
      TRY(books_.keep(d, now_));
      return books_.journal(by.person, "cosign.ask", d.case_id, "when it leaves", now_);
    }));
    Outcome o;
    o.matter = d.matter;
    o.case_id = d.case_id;
    o.state = d.state;
    o.seen = d.seen;
    return o;
  }
  const CaseFile file = TRY(books_.case_file(matter));
  if (!file.own) return fail(Fault::denied, "only its own office asks others to sign a report too", "denied.office");
  if (file.state == ReportState::withdrawn) return fail(Fault::conflict, "the report was withdrawn", "report.state");
  if (wish.hold_until_ms != 0)
    return fail(Fault::invalid, "it has left already: nothing can wait any more", "cosign.hold");
  for (const OfficeId& o : wish.offices)
    if (!std::ranges::binary_search(file.addressees, o))
      return fail(Fault::invalid, "an office that has not got the report can't sign it: correct it and ask it then",
                  "cosign.not-addressed");
  return release(by, file, asking(wish),
                 by.person.roles & role::signer ? sync::SignRole::signer
                 : by.person.roles & role::duty ? sync::SignRole::duty
                                                : sync::SignRole::drafter,
                 file.addressees);
}

Result<Outcome> CosignDesk::answer(const SigningPerson& by, std::int64_t matter, std::span<const Cosigner> asked,
                                   bool agrees, std::string reason, std::vector<OfficeId> readers) {
  const CaseFile file = TRY(books_.case_file(matter));
  if (file.state == ReportState::withdrawn) return fail(Fault::conflict, "the report was withdrawn", "report.state");
  const auto is_me = [&](const Cosigner& c) {
    return c.office == home_.id && (!c.person || *c.person == by.person.id);
  };
  const auto me = std::ranges::find_if(asked, is_me);
  if (me == asked.end()) return fail(Fault::denied, "nobody asked for this signature", "denied.not_asked");
  if (!me->person && !(by.person.roles & role::signer)) return std::unexpected(lacks_role("co-signing for the office"));
  if (me->state == CosignState::signed_too && !me->older)
    return fail(Fault::conflict, "it is signed already", "cosign.done");
  if (!agrees && reason.empty()) return fail(Fault::invalid, "say why it is declined", "invalid.reason");
  if (reason.size() > kActReasonBytesMax) return fail(Fault::invalid, "the reason is longer than 4 KiB", "act.text");
  Act a;
  a.kind = agrees ? ActKind::cosigned : ActKind::cosign_declined;
  a.reason = std::move(reason);
  readers.push_back(file.office);
  return release(by, file, a, sync::SignRole::cosigner, std::move(readers));
}

Result<Outcome> CosignDesk::let_go(const SigningPerson& by, std::int64_t matter) {
  const CaseFile file = TRY(books_.case_file(matter));
  if (!file.own) return fail(Fault::denied, "only its own office sends a report on", "denied.office");
  if (!(by.person.roles & role::signer)) return std::unexpected(lacks_role("sending without the co-signatures"));
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.hold(matter, {}, 0));
    return books_.journal(by.person, "cosign.go", file.case_id, "", now_);
  }));
  Outcome o = outcome_of(file);
  o.queued = lane_of(file);
  return o;
}

/// They hear with the report itself that they are asked; what goes to others may wait for them.
Result<> Desk::tell_cosigners(const SigningPerson& by, const Draft& d, const sync::ReleasedRecord& released,
                              sync::SignRole role) {
  const CosignWish& wish = d.extras.cosign;
  const CaseFile file = TRY(books_.case_file(d.matter));
  sync::Record r =
      TRY(cosign_record(home_, file, asking(wish), TRY(books_.tick(now_)), released.record.addressees, {released.id}));
  r.signatures = {signature(by, role, r.content())};
  TRY(books_.release(sync::release(r), 0, now_));
  if (wish.hold_until_ms > now_ && !is_emergency(d.report.kind, d.report.lane))
    TRY(books_.hold(d.matter, wish.offices, wish.hold_until_ms));
  return {};
}

}  // namespace yz::node
