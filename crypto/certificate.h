#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/sign.h"

namespace yz::crypto {

enum class CertType : std::uint8_t { office = 1, node = 2, officer = 3 };
/// Height of an office; a superior's value is smaller.
enum class Level : std::uint8_t { province = 1, city = 2, county = 3, township = 4, unit = 5 };
std::optional<Level> level_from(std::string_view);
std::string_view name_of(Level);

/// What an officer may do; bits of Certificate::roles.
namespace role {
inline constexpr std::uint16_t drafter = 1, reviewer = 2, signer = 4, duty = 8, auditor = 16;
inline constexpr std::uint16_t admin_people = 32, admin_keys = 64, admin_policy = 128;
inline constexpr std::uint16_t all = 255;
}  // namespace role

namespace cert_flag {
inline constexpr std::uint16_t one_person =
    1;  ///< office: drafter and signer may be one while the office has one active officer
inline constexpr std::uint16_t further =
    2;  ///< officer: another key of the same person, on another machine; it ends none of the others
}  // namespace cert_flag

using SubjectId = Fixed<16, struct SubjectTag>;

/// Says that a key belongs to an office, a node or an officer. Byte table in FORMATS.md, "Certificate".
/// The issuer is named by its authority key, not by a certificate, so that an office can certify its
/// own nodes and officers before its superior has admitted it.
struct Certificate {
  CertType type{};
  std::uint16_t flags = 0;
  OfficeId office;       ///< the office itself, or the one the node or officer belongs to
  SubjectId subject;     ///< office id, node id or person id again
  OfficeId issuer;       ///< office: its superior (itself for the top office); node, officer: its office
  PublicKey issuer_key;  ///< the issuer's authority key
  std::uint64_t not_before_ms = 0, not_after_ms = 0;
  std::uint64_t serial = 0;
  Level level{};            ///< of the office
  std::uint16_t roles = 0;  ///< officer only
  PublicKey key;            ///< office: authority key; node: node key; officer: signing key
  std::string code;         ///< office: region code, 2 to 12 digits; else empty
  std::string name;         ///< office, node or officer; UTF-8, at most 200 bytes
  Bytes bytes;              ///< as received or as signed; the digest is over these
  CertDigest digest;

  /// Fills bytes and digest. The caller has set everything else, issuer_key included: Fault::invalid when
  /// a field breaks a rule of the table or `authority` is not the issuer's key.
  Result<> sign(const SigningKey& authority);
  /// Fault::forged unless the bytes are exactly one certificate with a good signature by the key it names.
  static Result<Certificate> decode(ByteView);
  /// Whether the subject's id is the hash of this very key. False after a key rotation: the id stays that of
  /// the first key, so decode does not ask for it; whoever meets a subject for the first time should.
  bool first_key() const;
};

/// Names the keys that decide who the top office is. Byte table in FORMATS.md, "Root document".
struct RootDocument {
  std::uint32_t version = 1;
  std::uint8_t threshold = 1;
  std::uint64_t issued_ms = 0;
  OfficeId top;                 ///< the top office
  PublicKey top_key;            ///< its authority key; its certificate is signed by this key itself
  std::vector<PublicKey> keys;  ///< ascending, 1 to 9
  struct Sig {
    PublicKey key;
    Signature signature;
  };
  std::vector<Sig> signatures;  ///< ascending by key
  Bytes bytes;
  Hash digest;  ///< over everything before the signatures: what people compare by telephone

  /// Sorts `keys`, then fills signatures (those there before are dropped), bytes and digest. Fault::invalid when
  /// a field breaks a rule, a holder comes twice, or the holders do not reach the document's own threshold.
  Result<> sign(const std::vector<const SigningKey*>& keys_of_holders);
  /// Fault::forged unless exactly one document, signed by its own threshold; each key counted once.
  static Result<RootDocument> decode(ByteView);
  /// Fault::forged unless `next` has version + 1 and a threshold of signatures of this one's keys too.
  Result<> allows(const RootDocument& next) const;
};

OfficeId office_id_of(const PublicKey& first_authority_key);
NodeId node_id_of(const PublicKey& first_node_key);
PersonId person_id_of(const PublicKey& first_officer_key);
/// Eight groups of five digits for the telephone, from the first 16 bytes.
std::string fingerprint(const Hash&);
std::string fingerprint(const CertDigest&);
/// Whether two fingerprints have the same digits, whatever a person typed between them.
bool same_digits(std::string_view, std::string_view);

/// Whether `code` may lie under `superior`: its digits start with the superior's once trailing "00" pairs of a
/// six-digit code are dropped.
bool code_under(std::string_view superior, std::string_view code);

/// The chain from one certificate up to the root. Checks: type of each, signature, issuer names the parent,
/// region prefix, level order, depth at most 6, the top one is the root document's. Time is not judged here: see flags.
/// `offices` are the office certificates to choose from; every one, and `leaf`, comes from decode or sign.
/// Several certificates of one office may be among them (renewed, rotated): one unbroken chain is enough.
/// Fault::missing when a link is unknown (`what` ends with the office's id in hexadecimal), Fault::forged when one
/// is wrong. The result points into `leaf` and `offices`.
struct Path {
  std::vector<const Certificate*> offices;  ///< from the subject's own office (an office leaf itself) up to the top
  const Certificate* leaf = nullptr;        ///< the certificate that was asked about
  /// Whether any of them, the leaf included, is not valid at that time: for a flag, never for refusal of an
  /// upward report.
  bool expired_at(std::uint64_t ms) const;
};
Result<Path> check_path(const Certificate& leaf, const std::vector<Certificate>& offices, const RootDocument& root);

}  // namespace yz::crypto
