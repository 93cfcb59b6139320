#pragma once
#include <vector>

#include "crypto/keyring.h"
#include "sync/envelope.h"

namespace yz::sync {

using DraftTag = Fixed<16, struct DraftTagTag>;

/// Whom a telling of a draft is from and for. Bound into its seal: sealed bytes fit no other place.
struct DraftWay {
  OfficeId office;  ///< of both
  NodeId from, to;
  CaseId draft;
  DraftTag tag;  ///< random, new for each telling
};

/// A piece of what one machine of an office tells another of a draft: body of a statement of kind `draft`. Byte table
/// in PROTOCOL.md 4.10. It says nothing of the text but its length, padded.
struct DraftPart {
  static constexpr std::size_t kPieceBytes = 7936;  ///< of every piece but the last; a statement holds 8 KiB
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kSealedMost = kPieceBytes * kMost;
  CaseId draft;
  DraftTag tag;
  std::uint8_t index = 0, count = 1;
  Bytes piece;
};
Bytes encode(const DraftPart&);
/// Fault::forged unless exactly one piece in form.
Result<DraftPart> decode_draft_part(ByteView body);
/// The pieces of sealed bytes, in order. At most kSealedMost bytes.
std::vector<DraftPart> split_draft(const DraftWay&, ByteView sealed);

/// Squeezed, padded and sealed to one machine. Fault::full when the pieces would be too many, or it is longer than a
/// receiver expands.
Result<Bytes> seal_draft(const DraftWay&, ByteView plain, const BoxPublic& reader);
/// Fault::missing when no key of ours fits; Fault::forged when it is not what seal_draft made for this way.
Result<Bytes> open_draft(const DraftWay&, ByteView sealed, const crypto::Keyring&);

}  // namespace yz::sync
