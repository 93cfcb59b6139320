#pragma once
// Going away and coming back: who may say it, and to whom it goes. One transaction each.
#include "node/office/absence.h"
#include "node/office/books.h"

namespace yz::node {

/// Who is to hear of an absence.
struct AbsenceReaders {
  std::vector<OfficeId> above;  ///< superiors: the whole of it (外出报备)
  std::vector<OfficeId> below;  ///< who may get something that the deputy signs: that alone
};
/// A record that said away, and whom it went to.
struct AbsenceCopy {
  RecordId id;
  std::vector<OfficeId> to;
};
struct AbsenceOutcome {
  CaseId case_id;
  sync::Lane queued = sync::Lane::urgent;
};

class AbsenceDesk {
 public:
  static Result<AbsenceDesk> open(Books&, sync::Millis now);

  /// By somebody with a signer's role of their own, of themselves or of a colleague. Fault::invalid "absence.*" for a
  /// span or a deputy that cannot be; Fault::denied for who only deputises.
  Result<AbsenceOutcome> away(const SigningPerson&, AbsenceWord, const AbsenceReaders&);
  /// Back before the time: by the same persons. `copies`: every record that said away.
  Result<AbsenceOutcome> back(const SigningPerson&, const CaseId&, std::span<const AbsenceCopy> copies);

 private:
  AbsenceDesk(Books& books, HomeOffice home, sync::Millis now) : books_(books), home_(std::move(home)), now_(now) {}
  Result<> say(const SigningPerson&, const CaseId&, sync::Hlc, const AbsenceWord&, std::vector<RecordId> parents,
               std::vector<OfficeId> to);

  Books& books_;
  HomeOffice home_;
  sync::Millis now_;
};

}  // namespace yz::node
