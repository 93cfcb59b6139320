#pragma once
// 转报: a record that passes another one on. The original lies inside byte for byte as it was signed; what the
// forwarding office changes or says is a layer of its own around it. Byte table in PROTOCOL.md, "Forward".
#include <string>
#include <vector>

#include "sync/record.h"
#include "sync/statement.h"

namespace yz::sync {

/// What a forward says of one attachment of the original.
struct PassedAttachment {
  AttachmentId id;
  bool handed_on = false;  ///< false: the forwarding office leaves it out
  bool operator==(const PassedAttachment&) const = default;
};

/// The body of a record of type forward.
struct Forward {
  std::string note;       ///< UTF-8, at most limit::forward_note_bytes
  Bytes edit;             ///< the edition, in the form of a report's body; empty: passed on unchanged
  ReleasedRecord nested;  ///< a version of the case, or a forward of it
  /// Of the nested record's signers and its office, so that who has never heard of them can check it: ascending by
  /// digest. Of further layers each forward carries its own.
  std::vector<crypto::Certificate> certificates;
  /// Ascending by id. Empty: nothing was attached that this office knew of.
  std::vector<PassedAttachment> attachments = {};
};

/// Sorts the certificates and attachments, each once. Fault::full when a part is longer than its limit, or all of it
/// than a forward's body.
Result<Bytes> encode_forward(Forward);
/// Fault::forged unless exactly one body in canonical form. Looks one layer deep and checks no officer's signature.
Result<Forward> decode_forward(ByteView body);

/// One record of a nest, and what it adds when it is a forward.
struct Layer {
  ReleasedRecord record;
  std::string note;
  Bytes edit;
  std::vector<crypto::Certificate> certificates;  ///< of the signers of the record below
  std::vector<PassedAttachment> attachments = {};
};
/// A record and all that it nests: the record itself first, what the case's office signed last. One layer for a record
/// that nests nothing. Checks that the layers belong together: one case, each forward made by an addressee of the
/// record below and naming that as its only parent, no office twice, at most limit::forward_depth forwards. Checks no
/// officer's signature. Of an attachment that is handed on: its author's own manifest lies inside, one layer.
/// Fault::forged, with code "forward.not_addressed" where somebody passed on what was not for
/// them, "forward.schema" where a layer is of a later version of this form, else "forward.form".
Result<std::vector<Layer>> unfold(const ReleasedRecord&);

/// An attachment of another office, handed on: the body of a manifest record of one's own that has the author's own
/// manifest inside, as it was signed. Byte table in PROTOCOL.md, "Attachments that are handed on".
struct HandedOn {
  ReleasedRecord manifest;                        ///< of another office, and itself not handed on
  std::vector<crypto::Certificate> certificates;  ///< of its signers and its office
};
Result<Bytes> encode_handed_on(HandedOn);
/// Fault::forged unless exactly one body in canonical form. Checks no officer's signature.
Result<HandedOn> decode_handed_on(ByteView body);
/// Whether a record of type manifest has such a body.
bool is_handed_on(const Record&);

/// Whether a forward may pass on records of this type.
bool may_be_nested(RecordType);

}  // namespace yz::sync
