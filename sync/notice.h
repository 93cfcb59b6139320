#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/sign.h"
#include "sync/envelope.h"

namespace yz::sync {

/// What matters of a flash report in 200 characters that a person can type from a fax, a text message or the
/// telephone. Signed by the author's node, for one office; the full report follows and names the same record. Byte
/// table in PROTOCOL.md, "Notice".
struct Notice {
  static constexpr std::size_t kTitleMost = 11;  ///< characters
  static constexpr std::uint16_t kUnknown = 65535;

  Fixed<4, struct NoticeNodeTag> node;      ///< first bytes of the author node's id
  Fixed<8, struct NoticeRecordTag> record;  ///< first bytes of the record's id
  Lane lane{};
  std::uint8_t kind = 0;  ///< 1 to 15, as records' bodies number them
  bool exercise = false;
  std::string incident;     ///< "AD-TRA": up to 6 of A-Z and '-'; empty: none
  std::uint64_t place = 0;  ///< administrative code, up to 12 digits; 0 = none
  Millis event_ms = 0;      ///< whole minutes; 0 = none
  std::uint16_t deaths = kUnknown, injured = kUnknown, missing = kUnknown;  ///< 65534 = that many or more
  std::u16string title;                                                     ///< its first characters
};

/// Cuts the title to its first characters; what two bytes can't hold is left out.
std::u16string notice_title(std::string_view utf8);
std::string utf8_of(std::u16string_view);

/// Asserts what is said beside the members. `author` and `destination` are under the signature, not in the bytes.
Bytes sign_notice(const Notice&, const NodeId& author, const OfficeId& destination, const crypto::SigningKey& node);
/// Fault::forged unless the bytes are exactly one notice. Checks no signature.
Result<Notice> decode_notice(ByteView);
bool verify_notice(ByteView bytes, const NodeId& author, const OfficeId& destination, const PublicKey& node);

/// Bytes as lines to be read out and typed: five groups of five characters, the last one a check of its line. A wrong
/// character, two that changed places, and lines that did, are noticed in their line.
std::string typed_lines(ByteView);
/// Reads what a person typed: either case, any blanks and dashes, 0 1 8 for O I B. Fault::invalid "typed.line" names
/// the first line that is wrong; at most `most` bytes.
Result<Bytes> from_typed_lines(std::string_view, std::size_t most);
inline constexpr std::size_t kNoticeBytesMost = 120;

}  // namespace yz::sync
