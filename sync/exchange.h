#pragma once
#include <optional>
#include <vector>

#include "crypto/sign.h"
#include "sync/envelope.h"
#include "sync/marks.h"
#include "sync/statement.h"

namespace yz::sync {

using Nonce = Fixed<16, struct NonceTag16>;
using Digest = Fixed<16, struct ShortTag>;  ///< of all that was handed over and is not yet stored: XOR of hashes

/// Of the frames that follow a head, whole and in order: without TLS somebody on the way could drop one.
Hash frames_hash(ByteView frames);

/// Head of a request body. Byte table in PROTOCOL.md, "Exchange". Each side numbers the changes of its own
/// statements; (base, mark] are in this message, and `heard` is what it has of the other's.
struct RequestHead {
  NodeId from, to;
  Nonce nonce;  ///< single use, from an earlier answer
  Hlc at;
  Epoch epoch;
  Digest outstanding;
  std::uint64_t base = 0, mark = 0, heard = 0;
  Told base_told, mark_told;       ///< of the sender's own items
  Told heard_told;                 ///< as the other told it with that number
  std::uint32_t answer_bytes = 0;  ///< most bytes of frames the answer may carry
  Hash frames = frames_hash({});
  std::uint8_t nonces_left = 0;  ///< how many more nonces the sender holds
  bool fresh = false;            ///< first after a failure: forget what is in flight to me
  bool more = false;             ///< further requests are on their way or will follow at once
};
Bytes encode(const RequestHead&, const crypto::SigningKey& node);
inline constexpr std::size_t kRequestHeadBytes = 240;
/// Checks form only.
Result<RequestHead> decode_request_head(ByteView);
bool verify_request_head(ByteView head, const PublicKey& node);

enum class AnswerState : std::uint8_t {
  ok = 0,
  nonce = 1,    ///< nonce not valid: nothing was read; ask again with one of `nonces`
  refused = 2,  ///< this node is not admitted or was revoked
  hello = 3,    ///< answer to hello: the request hash is of the empty string
};

struct AnswerHead {
  NodeId from, to;  ///< `to` is zeros in a hello
  Hash request;     ///< of the request head's bytes
  AnswerState state{};
  Hlc at;
  Millis unix_ms = 0;
  Epoch epoch;
  Digest outstanding;
  std::uint64_t base = 0, mark = 0, heard = 0;
  Told base_told, mark_told, heard_told;
  std::uint32_t request_bytes = 0;  ///< largest body it takes now
  std::uint16_t retry_after_s = 0;
  Hash frames = frames_hash({});
  bool more = false;          ///< it has more for you than fitted
  std::vector<Nonce> nonces;  ///< at most 8
};
Bytes encode(const AnswerHead&, const crypto::SigningKey& node);
struct DecodedAnswer {
  AnswerHead head;
  std::size_t size = 0;  ///< frames follow
};
Result<DecodedAnswer> decode_answer_head(ByteView body);
bool verify_answer_head(ByteView head, const PublicKey& node);
Hash request_hash(ByteView head);

/// Frame: type 1 ‖ length u32 ‖ bytes. The value is the byte on the wire.
enum class FrameType : std::uint8_t {
  statement = 1,
  certificate = 2,
  root = 3,
  envelope = 4,
  part = 5,
  chunk = 6,
  have = 7,
};
inline constexpr std::size_t kFrameHeadBytes = 5;

struct Frame {
  FrameType type{};
  ByteView bytes;
};
void put_frame(Writer&, FrameType, ByteView);

/// A piece of an envelope that is too large to go whole.
struct Part {
  StreamId stream;
  Lane lane{};
  Seq seq;
  std::uint32_t total = 0, offset = 0;
  ByteView bytes;
};
Bytes encode(const Part&);
Result<Part> decode_part(ByteView);

/// What the receiver has of an unfinished envelope.
struct Have {
  StreamId stream;
  Seq seq;
  std::uint32_t total = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;  ///< [from, to), ascending, at most 128
};
Bytes encode(const Have&);
Result<Have> decode_have(ByteView);

/// One piece of an attachment's ciphertext, signed by the author's node. No stream: the manifest proves completeness.
struct Chunk {
  NodeId author;
  OfficeId destination;
  AttachmentId attachment;
  std::uint32_t index = 0, count = 0;
  ByteView ciphertext;
  Bytes bytes;  ///< whole, as signed
};
Bytes sign_chunk(const NodeId& author, const OfficeId& destination, const AttachmentId&, std::uint32_t index,
                 std::uint32_t count, ByteView ciphertext, const crypto::SigningKey& node);
/// The view into `bytes` stays valid while they do.
Result<Chunk> decode_chunk(ByteView);
bool verify_chunk(ByteView bytes, const PublicKey& author);

/// Cuts a byte stream that arrives in pieces into frames. Bounded by limit::frame_bytes.
class FrameReader {
 public:
  void add(ByteView);
  /// The next whole frame, valid until the next call of add or next; nothing when more bytes are needed.
  /// Fault::forged for an unknown type or an absurd length: the rest of the body is worthless.
  Result<std::optional<Frame>> next();
  bool empty() const { return at_ == buffer_.size(); }

 private:
  Bytes buffer_;
  std::size_t at_ = 0;
};

}  // namespace yz::sync
