#pragma once
// Asking others to sign a report too (会签), and what they say. Holds the rules of who may; one transaction each.
#include "node/office/cosign.h"
#include "node/office/desk.h"

namespace yz::node {

/// So long may a report wait for co-signatures at most; it then leaves without them.
inline constexpr sync::Millis kHoldLongestMs = 72LL * 3600 * 1000;

class CosignDesk {
 public:
  static Result<CosignDesk> open(Books&, sync::Millis now);

  /// Of a draft: they are asked when it leaves, and offices among them become addressees. Of a report that has left:
  /// now; offices have to be among its addressees. Fault::invalid "cosign.*".
  Result<Outcome> ask(const SigningPerson&, std::int64_t matter, CosignWish);
  /// By a signer of an office that was asked, or by an officer who was. `reason` is needed to decline.
  Result<Outcome> answer(const SigningPerson&, std::int64_t matter, std::span<const Cosigner>, bool agrees,
                         std::string reason, std::vector<OfficeId> readers);
  /// It waits no longer: by a signer of its own office.
  Result<Outcome> let_go(const SigningPerson&, std::int64_t matter);

 private:
  CosignDesk(Books& books, HomeOffice home, sync::Millis now) : books_(books), home_(std::move(home)), now_(now) {}
  Result<Outcome> release(const SigningPerson&, const CaseFile&, const Act&, sync::SignRole, std::vector<OfficeId> to);

  Books& books_;
  HomeOffice home_;
  sync::Millis now_;
};

/// The record that asks, or answers; unsigned. Addressees ascending, not empty.
Result<sync::Record> cosign_record(const HomeOffice&, const CaseFile&, const Act&, sync::Hlc, std::vector<OfficeId> to,
                                   std::vector<RecordId> parents);

}  // namespace yz::node
