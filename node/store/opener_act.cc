// Whether an act may stand where it came: its form, its persons, and whether that office has a say in the case. A part
// of Opener.
#include <algorithm>

#include "node/office/acts.h"
#include "node/store/opener.h"
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
      " and d.destination = ? limit 1",
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

}  // namespace

/// By the roles in the certificates that the signatures name.
Result<Opener::Signers> Opener::signers_with_roles(const sync::Record& r) {
  Signers out;
  for (const auto& s : r.signatures) {
    const auto officer = TRY(directory_.officer(s.officer));
    if (!officer) continue;
    out.persons.insert(officer->person);
    out.signed_off |= s.role == sync::SignRole::signer && (officer->roles & role::signer);
    out.edited |= (officer->roles & (role::reviewer | role::signer)) != 0;
  }
  const auto office = TRY(directory_.office(r.origin));
  out.alone = office && office->one_person && TRY(directory_.active_officers(r.origin)) <= 1;
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
  bool may = true;
  if ((*act)->kind == ActKind::decision || (*act)->kind == ActKind::merged)
    may = rec.origin != rec.case_office && TRY(above_the_case(store_, rec));
  else if ((*act)->kind == ActKind::instruction)
    may = TRY(above_the_case(store_, rec));
  else if (is_reply((*act)->kind))
    may = TRY(may_reply(store_, rec, **act));
  else
    may = TRY(takes_part(store_, rec));
  return may ? Refusal::none : Refusal::not_permitted;
}

}  // namespace yz::node
