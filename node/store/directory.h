#pragma once
#include <optional>
#include <vector>

#include "crypto/certificate.h"
#include "node/store/store.h"

namespace yz::node {

enum class OfficeState : std::uint8_t { known = 0, below = 1, superior = 2, self = 3, moved = 4, revoked = 9 };
enum class OfficerState : std::uint8_t { active = 0, suspended = 1, retired = 2, revoked = 9 };

struct OfficeRow {
  OfficeId id;
  std::string code, name;
  crypto::Level level{};
  OfficeId superior;
  bool one_person = false;
  bool admitted = false;  ///< has a certificate
  OfficeState state{};
};
struct OfficerRow {
  CertDigest digest;
  PersonId person;
  OfficeId office;
  std::string name, phone;
  std::uint16_t roles = 0;
  PublicKey key;
  OfficerState state{};
};

/// Offices, nodes and officers by their certificates. Everything put here was checked first.
class Directory {
 public:
  explicit Directory(Store& store) : store_(store) {}

  Result<std::optional<OfficeRow>> office(const OfficeId&);
  Result<std::optional<OfficeRow>> office_by_code(std::string_view code);
  Result<std::vector<OfficeRow>> offices();
  Result<std::vector<OfficeRow>> superiors();
  Result<std::vector<OfficerRow>> officers(const OfficeId&);
  Result<std::optional<OfficerRow>> officer(const CertDigest&);
  Result<std::optional<OfficerRow>> officer_by_name(const OfficeId&, std::string_view name);
  Result<std::size_t> active_officers(const OfficeId&);
  Result<std::optional<sync::KnownNode>> node(const NodeId&);
  Result<std::optional<sync::KnownNode>> any_node(const NodeId&);  ///< a revoked one too
  /// The office, its superior, and so on as far as they are known; at most eight, each once.
  Result<std::vector<OfficeId>> upwards(const OfficeId&);
  Result<std::optional<crypto::RootDocument>> root();
  Result<bool> root_confirmed();
  /// A person compared the newest root's fingerprint by another channel. Inside a write.
  Result<> confirm_root();

  /// When the first certificate ends on the way from an officer's own to the top; the past when it is not known.
  Result<sync::Millis> valid_until(const CertDigest& officer);
  /// The certificate in use of one office; none while it has not been admitted.
  Result<std::optional<crypto::Certificate>> office_certificate(const OfficeId&);
  /// Known offices' certificates, to walk paths.
  Result<std::vector<crypto::Certificate>> office_certificates();
  /// Checks the path up to the root we pinned, then keeps it. Fault::forged or missing when the path is bad.
  /// In a node that has no certificate of its own yet (joining), its own officers and node are kept unchecked.
  /// Envelopes with records that waited for this certificate are to be opened once more.
  Result<> learn(const crypto::Certificate&, sync::Millis now);
  /// Exactly this certificate is kept.
  Result<bool> knows(const crypto::Certificate&);
  Result<> learn_root(const crypto::RootDocument&, bool confirmed);
  Result<> set_phone(const CertDigest&, std::string_view phone);
  Result<> set_officer_state(const CertDigest&, OfficerState);
  Result<> set_office_state(const OfficeId&, OfficeState);
  /// Digest of what is registered for an office: its certificates, ascending.
  Result<Hash> registry(const OfficeId&);

 private:
  Result<> open_again_for(const crypto::Certificate&);
  Result<> keep(const crypto::Certificate&, sync::Millis now);
  Store& store_;
};

}  // namespace yz::node
