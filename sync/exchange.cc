#include "sync/exchange.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::string_view kExchangeMagic = "YZX2";
constexpr std::size_t kExchangeSignatureBytes = 64;
constexpr std::size_t kNoncesMost = 8, kHaveRanges = 128;

std::unexpected<Error> bad_exchange(const char* why) {
  return fail(Fault::forged, std::string("exchange: ") + why, "exchange.form");
}

/// Nothing was told up to 0.
template <class Head>
bool marks_fit(const Head& h) {
  return h.base <= h.mark && (h.base != 0 || h.base_told.zero()) && (h.mark != 0 || h.mark_told.zero()) &&
         (h.heard != 0 || h.heard_told.zero());
}

}  // namespace

Bytes encode(const RequestHead& h, const crypto::SigningKey& node) {
  Writer w;
  w.raw(view(kExchangeMagic)).u8(crypto::kSuite).u8(1).u8(h.nonces_left);
  w.u8(static_cast<std::uint8_t>((h.fresh ? 1 : 0) | (h.more ? 2 : 0)));
  w.id(h.from).id(h.to).id(h.nonce).u64(h.at.value).id(h.epoch).id(h.outstanding);
  w.u64(h.base)
      .u64(h.mark)
      .u64(h.heard)
      .id(h.base_told)
      .id(h.mark_told)
      .id(h.heard_told)
      .u32(h.answer_bytes)
      .u32(0)
      .id(h.frames);
  w.id(node.sign(crypto::context::exchange, {w.view()}));
  assert(w.size() == kRequestHeadBytes);
  return w.take();
}

Result<RequestHead> decode_request_head(ByteView bytes) {
  if (bytes.size() != kRequestHeadBytes) return bad_exchange("head length");
  Reader r(bytes);
  if (text(r.raw(4)) != kExchangeMagic) return bad_exchange("magic");
  if (!crypto::known(r.u8())) return bad_exchange("suite");
  if (r.u8() != 1) return bad_exchange("not a request");
  RequestHead h;
  h.nonces_left = r.u8();
  const std::uint8_t flags = r.u8();
  if (flags > 3) return bad_exchange("flags");
  h.fresh = flags & 1;
  h.more = flags & 2;
  h.from = r.id<NodeId>();
  h.to = r.id<NodeId>();
  h.nonce = r.id<Nonce>();
  h.at.value = r.u64();
  h.epoch = r.id<Epoch>();
  h.outstanding = r.id<Digest>();
  h.base = r.u64();
  h.mark = r.u64();
  h.heard = r.u64();
  h.base_told = r.id<Told>();
  h.mark_told = r.id<Told>();
  h.heard_told = r.id<Told>();
  h.answer_bytes = r.u32();
  r.zeros(4);
  h.frames = r.id<Hash>();
  if (!r.ok() || !marks_fit(h)) return bad_exchange("head");
  return h;
}

bool verify_request_head(ByteView head, const PublicKey& node) {
  return crypto::verify(node, Signature::from(head.last(kExchangeSignatureBytes)).value(), crypto::context::exchange,
                        {head.first(head.size() - kExchangeSignatureBytes)});
}

Hash frames_hash(ByteView frames) { return crypto::hash(crypto::purpose::frames, {frames}); }

Hash request_hash(ByteView head) { return crypto::hash(crypto::purpose::exchange, {head}); }

Bytes encode(const AnswerHead& h, const crypto::SigningKey& node) {
  assert(h.nonces.size() <= kNoncesMost);
  Writer w;
  w.raw(view(kExchangeMagic)).u8(crypto::kSuite).u8(2).u8(static_cast<std::uint8_t>(h.state));
  w.u8(static_cast<std::uint8_t>((h.more ? 1 : 0) | (h.nonces.size() << 4)));
  w.id(h.from).id(h.to).id(h.request).u64(h.at.value).u64(static_cast<std::uint64_t>(h.unix_ms)).id(h.epoch);
  w.id(h.outstanding)
      .u64(h.base)
      .u64(h.mark)
      .u64(h.heard)
      .id(h.base_told)
      .id(h.mark_told)
      .id(h.heard_told)
      .u32(h.request_bytes)
      .u16(h.retry_after_s)
      .u16(0)
      .id(h.frames);
  for (const Nonce& n : h.nonces) w.id(n);
  w.id(node.sign(crypto::context::answer, {w.view()}));
  return w.take();
}

Result<DecodedAnswer> decode_answer_head(ByteView body) {
  Reader r(body);
  if (text(r.raw(4)) != kExchangeMagic) return bad_exchange("magic");
  if (!crypto::known(r.u8())) return bad_exchange("suite");
  if (r.u8() != 2) return bad_exchange("not an answer");
  DecodedAnswer out;
  AnswerHead& h = out.head;
  const std::uint8_t state = r.u8(), flags = r.u8();
  if (state > 3 || (flags & 0x0e) || (flags >> 4) > kNoncesMost) return bad_exchange("answer state");
  h.state = static_cast<AnswerState>(state);
  h.more = flags & 1;
  h.from = r.id<NodeId>();
  h.to = r.id<NodeId>();
  h.request = r.id<Hash>();
  h.at.value = r.u64();
  h.unix_ms = static_cast<Millis>(r.u64());
  h.epoch = r.id<Epoch>();
  h.outstanding = r.id<Digest>();
  h.base = r.u64();
  h.mark = r.u64();
  h.heard = r.u64();
  h.base_told = r.id<Told>();
  h.mark_told = r.id<Told>();
  h.heard_told = r.id<Told>();
  h.request_bytes = r.u32();
  h.retry_after_s = r.u16();
  r.zeros(2);
  h.frames = r.id<Hash>();
  for (int i = 0; i < flags >> 4 && r.ok(); ++i) h.nonces.push_back(r.id<Nonce>());
  r.raw(kExchangeSignatureBytes);
  if (!r.ok() || !marks_fit(h)) return bad_exchange("answer head");
  out.size = r.at();
  return out;
}

bool verify_answer_head(ByteView head, const PublicKey& node) {
  if (head.size() < kExchangeSignatureBytes) return false;
  return crypto::verify(node, Signature::from(head.last(kExchangeSignatureBytes)).value(), crypto::context::answer,
                        {head.first(head.size() - kExchangeSignatureBytes)});
}

void put_frame(Writer& w, FrameType type, ByteView bytes) {
  assert(bytes.size() <= limit::frame_bytes);
  w.u8(static_cast<std::uint8_t>(type)).u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
}

Bytes encode(const Part& p) {
  Writer w;
  w.id(p.stream).u8(static_cast<std::uint8_t>(p.lane)).u64(p.seq.value).u32(p.total).u32(p.offset).raw(p.bytes);
  return w.take();
}

Result<Part> decode_part(ByteView bytes) {
  Reader r(bytes);
  Part p;
  p.stream = r.id<StreamId>();
  p.lane = static_cast<Lane>(r.u8());
  p.seq.value = r.u64();
  p.total = r.u32();
  p.offset = r.u32();
  p.bytes = r.raw(r.left());
  if (!r.done() || !is_stream_lane(p.lane) || p.seq.value == 0 || p.bytes.empty()) return bad_exchange("part");
  if (p.total > limit::envelope_bytes || p.offset > p.total || p.bytes.size() > p.total - p.offset)
    return bad_exchange("part beyond its envelope");
  return p;
}

Bytes encode(const Have& h) {
  assert(h.ranges.size() <= kHaveRanges);
  Writer w;
  w.id(h.stream).u64(h.seq.value).u32(h.total).u8(static_cast<std::uint8_t>(h.ranges.size()));
  for (const auto& [a, b] : h.ranges) w.u32(a).u32(b);
  return w.take();
}

Result<Have> decode_have(ByteView bytes) {
  Reader r(bytes);
  Have h;
  h.stream = r.id<StreamId>();
  h.seq.value = r.u64();
  h.total = r.u32();
  const std::size_t n = r.u8();
  if (n > kHaveRanges || h.total > limit::envelope_bytes) return bad_exchange("have counts");
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const std::uint32_t a = r.u32(), b = r.u32();
    if (a >= b || b > h.total || (i > 0 && a <= last)) return bad_exchange("have ranges");
    last = b;
    h.ranges.emplace_back(a, b);
  }
  if (!r.done()) return bad_exchange("have length");
  return h;
}

namespace {
constexpr std::size_t kChunkHead = 4 + 4 + 16 + 16 + 16 + 4 + 4;
}

Bytes sign_chunk(const NodeId& author, const OfficeId& destination, const AttachmentId& attachment, std::uint32_t index,
                 std::uint32_t count, ByteView ciphertext, const crypto::SigningKey& node) {
  Writer w;
  w.raw(view("YZA1")).u8(crypto::kSuite).zeros(3).id(author).id(destination).id(attachment).u32(index).u32(count);
  w.raw(ciphertext);
  const Hash h = crypto::hash(crypto::purpose::chunk, {w.view()});
  w.id(node.sign(crypto::context::chunk, {h.view()}));
  return w.take();
}

Result<Chunk> decode_chunk(ByteView bytes) {
  if (bytes.size() < kChunkHead + crypto::kTagSize + kExchangeSignatureBytes ||
      bytes.size() > kChunkHead + 64 * 1024 + 64 + kExchangeSignatureBytes)
    return bad_exchange("chunk length");
  Reader r(bytes);
  if (text(r.raw(4)) != "YZA1" || !crypto::known(r.u8())) return bad_exchange("chunk magic");
  r.zeros(3);
  Chunk c;
  c.author = r.id<NodeId>();
  c.destination = r.id<OfficeId>();
  c.attachment = r.id<AttachmentId>();
  c.index = r.u32();
  c.count = r.u32();
  c.ciphertext = r.raw(r.left() - kExchangeSignatureBytes);
  if (!r.ok() || c.count == 0 || c.count > limit::chunks_max || c.index >= c.count) return bad_exchange("chunk index");
  c.bytes.assign(bytes.begin(), bytes.end());
  return c;
}

bool verify_chunk(ByteView bytes, const PublicKey& author) {
  if (bytes.size() < kExchangeSignatureBytes) return false;
  const Hash h = crypto::hash(crypto::purpose::chunk, {bytes.first(bytes.size() - kExchangeSignatureBytes)});
  return crypto::verify(author, Signature::from(bytes.last(kExchangeSignatureBytes)).value(), crypto::context::chunk,
                        {h.view()});
}

void FrameReader::add(ByteView more) {
  if (at_ > 0) {  // what next() gave out is done with
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
  }
  buffer_.insert(buffer_.end(), more.begin(), more.end());
}

Result<std::optional<Frame>> FrameReader::next() {
  const ByteView rest = ByteView(buffer_).subspan(at_);
  if (rest.size() < kFrameHeadBytes) return std::nullopt;
  Reader r(rest);
  const std::uint8_t type = r.u8();
  const std::size_t size = r.u32();
  if (type < 1 || type > 7 || size > limit::frame_bytes) return bad_exchange("frame type or length");
  if (r.left() < size) return std::nullopt;
  at_ += kFrameHeadBytes + size;
  return Frame{static_cast<FrameType>(type), rest.subspan(kFrameHeadBytes, size)};
}

}  // namespace yz::sync
