// Whether an act may stand where it came: its form, its persons, and whether that office has a say in the case. A part
// of Opener.
#include <algorithm>

#include "node/office/acts.h"
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
  if (is_reply(act.kind)) return may_reply(store, rec, act);
  if (ours) return true;
  return act.kind == ActKind::instruction ? above_the_case(store, rec) : takes_part(store, rec);
}

}  // namespace

/// By the roles in the certificates that the signatures name. People come and go: what one person of ours signed while
/// the office had one stays good.
Result<Opener::Signers> Opener::signers_with_roles(const sync::Record& r) {
  Signers out;
  for (const auto& s : r.signatures) {
    const auto officer = TRY(directory_.officer(s.officer));
    if (!officer) continue;
    out.persons.insert(officer->person);
    out.signed_off |= s.role == sync::SignRole::signer && (officer->roles & role::signer);
    out.edited |= (officer->roles & kEdits) != 0;
  }
  if (r.origin == store_.me().office) {
    out.alone = TRY(worked_alone(store_, r.origin, r.at.ms()));
  } else {
    const auto office = TRY(directory_.office(r.origin));
    out.alone = office && office->one_person && TRY(directory_.active_officers(r.origin)) <= 1;
  }
  return out;
}

Result<Refusal> Opener::judge_act(const sync::ReleasedRecord& r, std::int64_t& notes) {
  const sync::Record& rec = r.record;
  const bool binding = rec.type == sync::RecordType::decision || rec.type == sync::RecordType::instruction;
  if (!binding && rec.type != sync::RecordType::annotation) return Refusal::none;
  const auto act = act_of(rec);
  if (!act) return Refusal::malformed;
  if (binding) {
    const Signers by = TRY(signers_with_roles(rec));
    const bool two = !*act || needs_two(**act);  // of what this program cannot read, the stricter
    const bool enough = two ? by.signed_off && (by.persons.size() > 1 || by.alone) : by.edited;
    if (!enough) return Refusal::not_permitted;
    if (by.persons.size() == 1 && two) notes |= record_note::one_person;
  }
  if (!*act) return Refusal::none;
  if ((*act)->kind == ActKind::unknown) {
    notes |= record_note::unreadable;
    return Refusal::none;
  }
  if (!well_formed(rec, **act)) return Refusal::malformed;
  if (!binding && !(TRY(roles_of(directory_, rec)) & roles_for((*act)->kind))) return Refusal::not_permitted;
  return TRY(has_a_say(store_, rec, **act)) ? Refusal::none : Refusal::not_permitted;
}

}  // namespace yz::node
