#pragma once
// 会签: who was asked to sign a report too, and what each said. Pure: the same records give the same answer in whatever
// order they came, so both ends say the same.
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "node/office/acts.h"
#include "sync/instant.h"

namespace yz::node {

/// One act of kind cosign, cosigned or cosign_declined.
struct CosignFact {
  RecordId id;
  ActKind kind{};
  OfficeId office;
  sync::Hlc at;
  std::vector<OfficeId> offices;     ///< of cosign
  std::vector<AskedPerson> persons;  ///< of cosign
  std::set<PersonId> signers;        ///< of an answer
  std::string text;                  ///< what is asked; why it is declined
  bool stands = true;                ///< a version it was made on has not been replaced
};

enum class CosignState : std::uint8_t { waiting, signed_too, declined };
std::string_view name_of(CosignState);

struct Cosigner {
  OfficeId office;
  std::optional<PersonId> person;  ///< none: any signer of that office
  std::string name;                ///< of the person
  CosignState state{};
  sync::Hlc asked_at, at;  ///< `at`: of the answer
  RecordId ask;
  std::optional<RecordId> answer;
  std::string text;
  bool older = false;  ///< it signed a version that has been replaced since
};
/// Asked by the case's own office `lead` alone; of several words of one who was asked the newest since they were asked.
std::vector<Cosigner> cosigners_of(const OfficeId& lead, std::span<const CosignFact>);
/// Somebody was asked, and all have signed.
bool all_signed(std::span<const Cosigner>);

}  // namespace yz::node
