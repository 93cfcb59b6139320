// Whether an act may stand where it came: its form, its persons, and whether that office has a say in the case. A part
// of Opener.
#include <algorithm>

#include "node/office/acts.h"
#include "node/office/embargo.h"
#include "node/store/absences.h"
#include "node/store/opener.h"
#include "node/store/own_records.h"
#include "node/store/routes.h"

namespace yz::node {

using sync::Refusal;

namespace {

namespace role = crypto::role;

bool is_reply(ActKind k) { return k == ActKind::progress || k == ActKind::close || k == ActKind::answer; }

/// The record names what it is about: the versions it was made on, or the one act that it answers.
bool well_formed(const sync::Record& r, const Act& a) {
  if (r.flags & sync::record_flag::provisional) return false;  // only a report may go before it is signed
  if (r.parents.empty() || (is_reply(a.kind) && r.parents.size() != 1)) return false;
  return std::ranges::all_of(a.assignees,
                             [&](const OfficeId& o) { return std::ranges::binary_search(r.addressees, o); });
}

/// An office that the case went up to: it lies above the case's own office or above us, or we sent it the case.
Result<bool> above_the_case(Store& store, const sync::Record& r) {
  if (r.origin != r.case_office && TRY(lies_below(store, r.case_office, r.origin))) return true;
  if (TRY(lies_below(store, store.me().office, r.origin))) return true;
  Query line = TRY(store.db().query("select 1 from link where office = ? and upward = 1", r.origin));
  if (TRY(line.step())) return true;
  Query sent = TRY(store.db().query(
      "select 1 from delivery d join record v on v.row = d.record join matter m on m.row = v.matter where m.case_id = ?"
      " and d.destination = ? and v.type in (1, 2, 3, 4, 5, 6, 10, 14) limit 1",
      r.case_id, r.origin));
  return sent.step();
}

/// One that has the case for another reason: it is its own, or something of it came from there.
Result<bool> takes_part(Store& store, const sync::Record& r) {
  if (r.origin == r.case_office) return true;
  Query q = TRY(store.db().query(
      "select 1 from record v join matter m on m.row = v.matter where m.case_id = ? and v.office = ? and v.quarantine"
      " = 0 limit 1",
      r.case_id, r.origin));
  if (TRY(q.step())) return true;
  return above_the_case(store, r);
}

/// What an answer answers may still be on its way; then it counts once that is here, if it may (act_states.h).
Result<bool> may_reply(Store& store, const sync::Record& r, const Act& a) {
  Query q = TRY(store.db().query("select bytes from record where id = ? and quarantine = 0", r.parents.front()));
  if (!TRY(q.step())) return true;
  const auto on = sync::decode_record(q.blob(0));
  if (!on) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  if (on->record.case_id != r.case_id) return false;
  if (a.kind == ActKind::close) return on->record.origin == r.origin;
  return std::ranges::binary_search(on->record.addressees, r.origin);
}

/// What one person may say who takes part in reporting at all.
constexpr std::uint16_t kSpeaks = role::drafter | role::reviewer | role::signer | role::duty;
constexpr std::uint16_t kEdits = role::reviewer | role::signer;

/// By whom it has to be signed that needs nobody else.
std::uint16_t roles_for(ActKind k) {
  if (k == ActKind::close) return kEdits;
  // Whoever released the report that others went into.
  if (k == ActKind::merged) return role::signer | role::duty;
  return kSpeaks;
}

/// The roles of all who signed, in whatever capacity.
Result<std::uint16_t> roles_of(Directory& directory, const sync::Record& r) {
  std::uint16_t roles = 0;
  for (const auto& s : r.signatures)
    if (const auto officer = TRY(directory.officer(s.officer))) roles |= officer->roles;
  return roles;
}

/// Whether its office may say this in that case. Of our own office only what the case itself says: who stood above whom
/// when it was signed, and what had come to it, this machine may never have known.
Result<bool> has_a_say(Store& store, const sync::Record& rec, const Act& act) {
  const bool ours = rec.origin == store.me().office;
  if (act.kind == ActKind::decision || act.kind == ActKind::merged)
    return rec.origin != rec.case_office && (ours || TRY(above_the_case(store, rec)));
  if (act.kind == ActKind::cosign) return rec.origin == rec.case_office;
  if (is_reply(act.kind)) return may_reply(store, rec, act);
  if (ours) return true;
  return act.kind == ActKind::instruction ? above_the_case(store, rec) : takes_part(store, rec);
}

/// Whether a version that it was made on may not be published yet.
Result<bool> embargoed(Store& store, const sync::Record& r, sync::Millis now) {
  for (const RecordId& p : r.parents) {
    Query q = TRY(store.db().query("select bytes from record where id = ? and quarantine = 0", p));
    if (!TRY(q.step())) continue;
    const auto on = sync::decode_record(q.blob(0));
    if (!on) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (forbids(embargo_of(*on), Further::publish, std::min(r.at.ms(), now))) return true;
  }
  return false;
}

}  // namespace

/// People come and go: what one person of ours signed while the office had one stays good.
Result<bool> Opener::works_alone(const sync::Record& r) {
  if (r.origin == store_.me().office) return worked_alone(store_, r.origin, r.at.ms());
  const auto office = TRY(directory_.office(r.origin));
  return office && office->one_person && TRY(directory_.active_officers(r.origin)) <= 1;
}

Result<Refusal> Opener::judge_act(const sync::ReleasedRecord& r, sync::Millis now, std::int64_t& notes) {
  const sync::Record& rec = r.record;
  const bool binding = rec.type == sync::RecordType::decision || rec.type == sync::RecordType::instruction;
  if (rec.type == sync::RecordType::cosignature) return judge_cosignature(rec);
  if (!binding && rec.type != sync::RecordType::annotation) return Refusal::none;
  const auto act = act_of(rec);
  if (!act) return Refusal::malformed;
  if (binding) {
    const SignOff by = TRY(sign_off_of(store_, directory_, rec, when_of(rec)));
    const bool two = !*act || needs_two(**act);  // of what this program cannot read, the stricter
    if (two && by.persons.size() < 2 && !TRY(works_alone(rec))) return Refusal::not_permitted;
    // The word that somebody stands in for a signer may still be on its way; until then it has no effect.
    if (two ? !by.good() : !by.edited && !by.good())
      return by.tried ? Refusal::unproven_deputy : Refusal::not_permitted;
    if (by.persons.size() == 1 && two) notes |= record_note::one_person;
  }
  if (!*act) return Refusal::none;
  if ((*act)->kind == ActKind::unknown) {
    notes |= record_note::unreadable;
    return Refusal::none;
  }
  if (!well_formed(rec, **act)) return Refusal::malformed;
  const bool publishes = (*act)->kind == ActKind::merged || (*act)->disposal == Disposal::adopted;
  if (publishes && TRY(embargoed(store_, rec, now))) return Refusal::not_permitted;
  if (!binding && !(TRY(roles_of(directory_, rec)) & roles_for((*act)->kind)) &&
      !TRY(sign_off_of(store_, directory_, rec, when_of(rec))).good())
    return Refusal::not_permitted;
  return TRY(has_a_say(store_, rec, **act)) ? Refusal::none : Refusal::not_permitted;
}

/// Of its own office: somebody signs what left before it was signed off, or was asked to sign too, and has not signed
/// it already. Of another office: one of its signers. Vouching for what was held (Desk::vouch) is any addressee's.
Result<Refusal> Opener::judge_cosignature(const sync::Record& rec) {
  if (rec.schema != 1) return Refusal::none;
  const auto act = act_of(rec);
  if (!act) return Refusal::malformed;
  const bool ours = rec.origin == rec.case_office;
  if (!*act && !ours) return Refusal::none;
  if (rec.parents.empty() || (rec.flags & sync::record_flag::provisional)) return Refusal::malformed;
  for (const auto& s : rec.signatures)
    if (s.role != sync::SignRole::cosigner) return Refusal::malformed;
  const SignOff by = TRY(sign_off_of(store_, directory_, rec, when_of(rec)));
  if ((!*act || !ours) && !by.good()) return Refusal::unproven_deputy;
  for (const RecordId& p : rec.parents) {
    Query q = TRY(store_.db().query("select bytes from record where id = ? and quarantine = 0", p));
    if (!TRY(q.step())) continue;
    const auto on = sync::decode_record(q.blob(0));
    if (!on) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (on->record.case_id != rec.case_id) return Refusal::not_permitted;
    // Under what two persons decided it says when the second of them signed (keep_completion).
    using enum sync::RecordType;
    if (on->record.type == decision || on->record.type == instruction) continue;
    const SignOff before = TRY(sign_off_of(store_, directory_, on->record, when_of(on->record)));
    const auto signed_it = [&](const PersonId& id) { return before.persons.contains(id); };
    const bool borrowed = !by.own_right && !by.in_place_of.empty() && std::ranges::all_of(by.in_place_of, signed_it);
    if (std::ranges::any_of(by.persons, signed_it) || borrowed) return Refusal::not_permitted;
  }
  return Refusal::none;
}

}  // namespace yz::node
