#pragma once
// What lies in a record's body. The office says what is in it; node/net/body_json.cc writes and reads the bytes.
#include <optional>
#include <string>
#include <vector>

#include "node/office/acts.h"
#include "node/office/clue.h"
#include "node/office/commission.h"
#include "node/office/report.h"
#include "sync/record.h"
#include "sync/statement.h"

namespace yz::node {

/// One attachment: where its chunks are and how to open them. The record of type manifest carries all of it; the
/// report that was signed by everybody names the same without the key.
struct Manifest {
  std::string name;  ///< one path segment, at most 200 bytes
  std::uint64_t bytes = 0;
  sync::AttachmentId id;
  Bytes key;  ///< 32 bytes; empty where the report only names it
  std::uint32_t chunks = 0;
  Hash content;  ///< over the hashes of all chunks' ciphertexts, in order
  /// Of one that is handed on for its author: that office's own manifest record, which lies inside ours.
  std::optional<RecordId> from = {};
  bool operator==(const Manifest&) const = default;
};

/// Fixed binary form of the body of a manifest record for an attachment of one's own: version u8 = 1, name str16, bytes
/// u64, id, key (32), chunks u32, content hash.
Bytes encode_manifest(const Manifest&);
/// Of one that is handed on (sync/forward.h) the author's own, with `from`. Fault::forged unless exactly one manifest
/// with a name that is safe and numbers that agree.
Result<Manifest> decode_manifest(ByteView);
/// What is left of a file name that may be stored and shown: the last path segment, one line, no leading dots.
/// Empty when nothing is left.
std::string safe_name(std::string_view);

/// A report of another case that went into this one: by the id that its own office's signature covers.
struct Source {
  OfficeId office;
  CaseId case_id;
  RecordId record;
  std::string title;  ///< one line, at most 300 bytes
  bool operator==(const Source&) const = default;
};
inline constexpr std::size_t kSourcesMax = 16;
inline constexpr std::size_t kAttachmentsMax = 64;  ///< of one report

/// Of drafts only: who is to sign a report too when it leaves (会签).
struct CosignWish {
  std::vector<OfficeId> offices;     ///< ascending; they get the report as addressees
  std::vector<AskedPerson> persons;  ///< of our own office
  std::string text;
  sync::Millis hold_until_ms = 0;  ///< until then, or until all have signed, it goes to nobody else; 0: at once
  bool empty() const { return offices.empty() && persons.empty(); }
  bool operator==(const CosignWish&) const = default;
};

/// Of drafts only: once round the office, submitted or given back.
struct Round {
  bool returned = false;
  std::string by;  ///< the officer
  sync::Millis at_ms = 0;
  std::string note;  ///< why it was returned
  bool operator==(const Round&) const = default;
};
inline constexpr std::size_t kRoundsMost = 16;  ///< the newest stay

/// What the node adds to what the officer wrote.
struct BodyExtras {
  sync::RecordType type = sync::RecordType::report;  ///< for drafts; in a record the header says it
  std::string drafter, reviewer, signer, contact, office;
  std::string number;                 ///< the case's, for the telephone: 柳河镇〔2026〕12号; at most 300 bytes
  std::string reason;                 ///< of a correction or withdrawal, or the note of an acknowledgement
  std::int64_t sequence = 0;          ///< of a follow-up, from 1
  std::vector<std::string> findings;  ///< rules that were not kept and travel with an emergency
  std::vector<Manifest> attachments;
  /// Of drafts only; a record's header names its parents. A version stands on what its writer saw, not on what came
  /// in before it was signed.
  std::vector<RecordId> written_from;
  /// Of drafts only: whom its writer named, ascending; empty: where such a report goes by itself.
  std::vector<OfficeId> to;
  /// Of the draft of a forward only: attachments of the original that stay here, ascending.
  std::vector<sync::AttachmentId> left_out;
  /// Of an annotation: the state that its office has brought the case to ("forwarded"), for those below.
  std::string became;
  /// What the report was put together from (综合).
  std::vector<Source> sources;
  /// Of drafts only: the body of the decision or instruction that waits for its second signature, or was given back.
  Bytes act;
  std::optional<CommissionWord> commission;  ///< of a commission
  std::optional<CommissionReply> reply;      ///< of a reply to one
  std::optional<CaseRef> answers;            ///< of a report: the commission that it answers
  CosignWish cosign;
  std::string policy;  ///< of a report: by which rules it was judged, "370700#3"; empty: built in
  /// Of drafts only: 演练. Said when the draft is begun and never changed; in a record its header says it.
  bool exercise = false;
  /// Of drafts only: each time that it was submitted or returned, oldest first; and the text as it was returned last,
  /// as encode_body writes one, so that who signs sees what has changed since.
  std::vector<Round> rounds;
  Bytes returned_text;
  std::optional<ClueNote> clue;  ///< of drafts only: this is no report but a clue, and is never signed
  bool operator==(const BodyExtras&) const = default;
};
struct DecodedBody {
  Report report;
  BodyExtras extras;
};

/// The same report always gives the same bytes: compact JSON, members in a fixed order. The text must be good UTF-8
/// (Rules::check has seen it).
Bytes encode_body(const Report&, const BodyExtras&);
/// Fault::forged unless it is one body of the form that encode_body writes; members it does not know are passed over,
/// so that a newer program may add some.
Result<DecodedBody> decode_body(ByteView);

}  // namespace yz::node
