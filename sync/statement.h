#pragma once
#include <string>
#include <variant>
#include <vector>

#include "crypto/sign.h"
#include "sync/envelope.h"

namespace yz::sync {

/// The value is the byte on the wire: never renumber. 7 has a layout in PROTOCOL.md.
enum class StatementKind : std::uint8_t {
  receipt = 1,
  head = 2,
  node_list = 3,
  revocation = 4,   ///< revocation.h
  incarnation = 5,  ///< "opened a new incarnation": protocol 9
  want = 6,         ///< asks for a certificate
  fork = 7,
  chunk_receipt = 8,
  consent = 9,          ///< consent.h
  wrap = 10,            ///< sibling.h
  confirmation = 11,    ///< sibling.h
  draft = 12,           ///< draft_part.h
  line_superiors = 13,  ///< line_superiors.h
};

/// A short signed message in the clear that only ever replaces its older self. Byte table in PROTOCOL.md, "Statement".
struct Statement {
  StatementKind kind{};
  OfficeId office;  ///< issuer
  NodeId node;      ///< whose key signs
  Epoch epoch;      ///< of the issuer's store
  Hlc at;
  Millis unix_ms = 0;
  Bytes body;
  Bytes bytes;  ///< as signed or received
  Hash digest;
  /// The newer of two statements with one key wins.
  auto order() const { return std::pair(at.value, digest); }
};

struct Issuer {
  OfficeId office;
  NodeId node;
  Epoch epoch;
};
Statement issue(StatementKind, const Issuer&, Hlc, Millis unix_ms, Bytes body, const crypto::SigningKey& node);
/// Fault::forged unless exactly one statement in form. Checks no signature.
Result<Statement> decode_statement(ByteView);
/// Whether the bytes call themselves a receipt, of a stream or of chunks: what ends a wait. Checks nothing else.
bool says_receipt(ByteView statement);
bool verify_statement(const Statement&, const PublicKey& node);

enum class ReceiptKind : std::uint8_t { custody = 1, stored = 2, opened = 3 };
std::string_view name_of(ReceiptKind);

/// Why a record or envelope is refused. The first group is re-cut by its author, the second waits, the third needs a
/// person.
enum class Refusal : std::uint16_t {
  none = 0,
  key_gone = 1,
  wrong_node_list = 2,
  unknown_certificate = 16,
  unsupported_type = 17,
  unproven_deputy = 18,
  bad_signature = 32,
  not_addressed = 33,
  forked = 34,
  secret_mark = 35,
  malformed = 36,
  not_permitted = 37,
  revoked = 38,
};
std::string_view name_of(Refusal);
/// What is refused for such a reason is kept where it arrived and judged again; the author has nothing to do.
constexpr bool waits(Refusal r) {
  return r == Refusal::unknown_certificate || r == Refusal::unsupported_type || r == Refusal::unproven_deputy;
}

/// Says that the issuer has the envelopes of a stream up to `upto` and those in `ranges`, durably when `stored`.
/// It does not say that a person read them. Signed only after the commit that stored them.
struct Receipt {
  ReceiptKind kind{};
  StreamName stream;
  Seq upto;                                 ///< no gap up to here
  Hash chain;                               ///< chain value at `upto`; zeros when upto is 0
  std::vector<std::pair<Seq, Seq>> ranges;  ///< beyond a gap, ascending, inclusive
  struct Refused {
    RecordId record;  ///< zeros: the whole envelope `seq`
    Seq seq;
    Refusal why{};
  };
  std::vector<Refused> refused;  ///< newest 64, ascending by seq
  Hash registry;                 ///< digest of what the issuer has registered for the author's office
  bool covers(Seq s) const;
};
Bytes encode(const Receipt&);
Result<Receipt> decode_receipt(ByteView body);

/// What the author's node says of its own streams to one destination; the newest wins.
struct Head {
  OfficeId destination;
  Incarnation incarnation;
  struct LaneState {
    Seq seq;  ///< newest envelope cut
    Hash chain;
    std::uint32_t waiting = 0;  ///< records signed and not yet cut
    Millis oldest_ms = 0;       ///< when the oldest of them was signed, 0 = none
  };
  LaneState lanes[3];  ///< flash, urgent, routine
  Hash node_list;      ///< digest of the destination's node list that the author seals to
  Hash registry;
  Hash journal;  ///< head of the author's journal
  Hash anchor;
  struct Announced {
    RecordId record;
    Millis at_ms = 0;
    OfficeId to;
  };
  std::vector<Announced> flash;  ///< flash records addressed elsewhere, newest 16
  std::uint32_t urgent_count = 0;
  Hash urgent_digest;  ///< rolling hash over ids of urgent records addressed elsewhere
};
Bytes encode(const Head&);
Result<Head> decode_head(ByteView body);

/// The nodes of an office that mail for it is sealed to.
struct NodeList {
  std::uint64_t version = 0;
  struct Node {
    NodeId node;
    CertDigest certificate;
    BoxPublic box;
    Millis box_until_ms = 0;  ///< when the next rotation is due
  };
  std::vector<Node> nodes;        ///< ascending by node, 1 to 7
  std::vector<std::string> urls;  ///< where subordinates reach the office, at most 4
};
Bytes encode(const NodeList&);
Result<NodeList> decode_node_list(ByteView body);

/// The destination has these chunks of an attachment, durably.
struct ChunkReceipt {
  NodeId author;
  OfficeId destination;
  Fixed<16, struct AttachmentTag> attachment;
  std::uint32_t count = 0;                                      ///< chunks in all
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;  ///< held, ascending, inclusive, at most 64
};
using AttachmentId = Fixed<16, struct AttachmentTag>;
Bytes encode(const ChunkReceipt&);
Result<ChunkReceipt> decode_chunk_receipt(ByteView body);

/// Asks the author for certificates it has used and we do not know.
struct Want {
  std::vector<CertDigest> certificates;  ///< at most 32
};
Bytes encode(const Want&);
Result<Want> decode_want(ByteView body);

/// "I opened a new incarnation": which streams of the one before end where, as far as I know (protocol 9).
struct Opened {
  Incarnation now, previous;
  struct Stream {
    OfficeId destination;
    Lane lane{};
    Seq last;
    Hash chain;
    auto place() const { return std::pair(destination, lane); }
  };
  std::vector<Stream> streams;  ///< ascending by destination and lane, at most 128
};
Bytes encode(const Opened&);
Result<Opened> decode_opened(ByteView body);

/// The newest statement with one key replaces the others. Fault::forged when the body is not of its kind.
Result<Hash> statement_key(const Statement&);

}  // namespace yz::sync
