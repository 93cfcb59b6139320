#pragma once
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "sync/instant.h"
#include "sync/lane.h"

namespace yz::sync {

/// What a record is. The value is the byte on the wire: never renumber.
enum class RecordType : std::uint8_t {
  report = 1,        ///< first report or routine item
  followup = 2,      ///< 续报
  final_report = 3,  ///< 终报
  correction = 4,    ///< 更正
  withdrawal = 5,    ///< 撤回
  forward = 6,       ///< 转报: body nests the original
  annotation = 7,
  cosignature = 8,       ///< a later signature on its parent (先报后签)
  commission = 9,        ///< 约稿
  reply = 10,            ///< answer to a commission
  decision = 11,         ///< 采用 and the like
  instruction = 12,      ///< 批示
  acknowledgement = 13,  ///< 签收
  zero_report = 14,      ///< 零报告
  manifest = 15,         ///< an attachment's name, key and chunk hashes
  policy = 16,
  delegation = 17,  ///< 外出报备: somebody is away, and who signs in their place
};
std::string_view name_of(RecordType);

enum class Sensitivity : std::uint8_t {
  open = 0,
  internal = 1,
  work_secret = 2
};  // 公开 / 内部 / 工作秘密; more is refused

namespace record_flag {
inline constexpr std::uint16_t must_understand = 1, provisional = 2, exercise = 4, all = 7;
}

/// In what capacity somebody signed. Under the signature: a drafter's cannot be passed off as a signer's.
enum class SignRole : std::uint8_t { drafter = 1, reviewer = 2, signer = 3, duty = 4, cosigner = 5 };
std::string_view name_of(SignRole);

struct RecordSignature {
  SignRole role{};
  CertDigest officer;
  Signature signature;
  auto key() const { return std::pair(role, officer); }
};

/// What officers sign. Byte table in PROTOCOL.md, "Record". The bytes received are the bytes verified and stored.
struct Record {
  RecordType type{};
  std::uint16_t schema = 1;
  Fixed<32, struct SaltTag> salt;
  OfficeId origin;  ///< the office whose officers sign
  Hlc at;
  std::int64_t event_ms = 0;  ///< claimed time of the event, 0 = none
  Hash anchor;                ///< newest signed answer or receipt the node held: "not before"
  OfficeId case_office;
  CaseId case_id;
  Sensitivity sensitivity = Sensitivity::internal;
  Lane lane = Lane::routine;
  std::uint16_t flags = 0;
  std::vector<RecordId> parents;     ///< ascending
  std::vector<OfficeId> addressees;  ///< ascending, 1 to 16
  Bytes body;

  std::vector<RecordSignature> signatures;  ///< ascending by (role, officer); outside the id

  /// Header and body. Asserts the limits: our own code has checked them.
  Bytes content() const;
};

/// A record with its bytes as they are stored, nested and sent: content, then the signature block.
struct ReleasedRecord {
  Record record;
  RecordId id;
  std::size_t content_size = 0;
  Bytes bytes;
  ByteView content() const { return ByteView(bytes).first(content_size); }
};

RecordId record_id(ByteView content);
Signature sign_record(const RecordId&, SignRole, const CertDigest&, const crypto::SigningKey& officer);
bool verify_record(const RecordId&, const RecordSignature&, const PublicKey& officer);

/// Closes the signature block (1 to 8, sorted here) over content that was made by Record::content().
ReleasedRecord release(const Record&);
/// Fault::forged unless the bytes are exactly one released record in canonical form. Checks no signature.
Result<ReleasedRecord> decode_record(ByteView);

}  // namespace yz::sync
