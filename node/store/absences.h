#pragma once
// Who is away and who signs in their place, here and in the offices whose word came here.
#include <set>

#include "node/office/absence.h"
#include "node/store/cases.h"
#include "node/store/directory.h"
#include "node/store/records.h"
#include "node/store/signed_when.h"

namespace yz::node {

/// The row of an absence follows the good records of its case. Inside Store::write().
Result<> project_absence(Store&, std::int64_t matter, const OfficeId& office);

struct AbsenceRow {
  std::int64_t matter = 0;
  CaseId id;
  OfficeId office;
  Absence absence;
};
/// Newest first; `all`: those that are over too.
Result<std::vector<AbsenceRow>> absences(Store&, sync::Millis now, bool all, std::size_t most);
/// The records of an absence of ours that said away, to say back to.
Result<std::vector<std::pair<RecordId, std::vector<OfficeId>>>> words_of_absence(Store&, std::int64_t matter);
/// In whose place this person of that office may sign at that moment; or might have at some moment of the time given.
Result<std::vector<PersonId>> stands_in_for(Store&, const OfficeId&, const PersonId&, const SignedWhen&);
Result<std::vector<PersonId>> stands_in_for(Store&, const OfficeId&, const PersonId&, sync::Millis at);
/// Names for lists; empty when nobody here knows it.
Result<std::string> absent_name(Store&, const OfficeId&, const PersonId& absent, const SignedWhen&);

/// By whom a record is signed off. A deputy counts for one who is away and has not drafted it: one person is never both
/// halves of a pair, nor is one person's authority.
struct SignOff {
  std::set<PersonId> persons;         ///< all who signed
  bool tried = false;                 ///< there is a signature in the capacity of signer
  bool own_right = false;             ///< by one who is a signer
  std::vector<PersonId> in_place_of;  ///< of the deputies who count
  bool edited = false;                ///< a reviewer or signer is among them
  bool good() const { return own_right || !in_place_of.empty(); }
};
Result<SignOff> sign_off_of(Store&, Directory&, const sync::Record&, const SignedWhen&);
/// record_note::deputy or unentitled, for what is signed off by nature; else 0.
Result<std::int64_t> sign_off_notes(Store&, Directory&, const sync::Record&, const SignedWhen&);

/// A word about a deputy came: what they signed before it came is looked at once more. Inside Store::write().
Result<> heed_deputy(Store&, Directory&, std::int64_t matter, const OfficeId&);

}  // namespace yz::node
