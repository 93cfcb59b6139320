#pragma once
#include <vector>

#include "crypto/certificate.h"
#include "node/store/directory.h"

namespace yz::node {

/// A certificate for a person of our office, valid from this moment. The caller fills in nothing more.
Result<crypto::Certificate> officer_certificate(Store&, const PersonId&, std::string_view name, std::uint16_t roles,
                                                const PublicKey& key, const crypto::SigningKey& authority,
                                                sync::Millis now);
/// Fault::denied "roles.admin" when one person would hold two of the three administrators' roles although the office
/// has three active officers; conflict "officer.last" when nobody would be left who administers people.
Result<> check_roles(Store&, const PersonId&, std::uint16_t roles);
/// Who holds two administrators' roles in an office of three and more: from before it grew. Names.
Result<std::vector<std::string>> crowded_administrators(Store&);

/// A new certificate for the same person and key; the one before ends. No role = suspended: nothing that is signed
/// from now on is taken by anybody. The superior hears of it as of every certificate. Inside a write.
Result<OfficerRow> change_roles(Store&, std::string_view name, std::uint16_t roles, const crypto::SigningKey& authority,
                                sync::Millis now);
/// The roles that a suspended officer had.
Result<std::uint16_t> roles_before(Store&, const PersonId&);
/// Another key for the same person; the certificate before ends. Inside a write.
Result<OfficerRow> change_officer_key(Store&, const OfficerRow&, const PublicKey& key,
                                      const crypto::SigningKey& authority, sync::Millis now);

/// The certificate of an office directly below us, made anew: for ten more years. Inside a write.
Result<> renew_office(Store&, const OfficeId&, const crypto::SigningKey& authority, sync::Millis now);

struct Expiring {
  std::string name;
  crypto::CertType type{};
  sync::Millis until = 0;
};
/// Certificates in use at our office that end within 60 days, or have ended.
Result<std::vector<Expiring>> expiring(Store&, sync::Millis now);

}  // namespace yz::node
