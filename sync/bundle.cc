#include "sync/bundle.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::string_view kBundleMagic = "YZN2";
constexpr std::size_t kBundleWrapBytes = 8 + crypto::kWrapSize;
constexpr std::size_t kBundleSignatureBytes = 64;
constexpr std::size_t kBlockText = kBundleBlock - crypto::kPieceOverhead;

std::unexpected<Error> bad_bundle(const char* why) {
  return fail(Fault::forged, std::string("bundle: ") + why, "bundle.form");
}

Hash head_hash(ByteView fixed) { return crypto::hash(crypto::purpose::header, {fixed}); }

Bytes fixed_part(const BundleHead& h, std::size_t wraps) {
  Writer w;
  w.raw(view(kBundleMagic)).u8(crypto::kSuite).u8(static_cast<std::uint8_t>(wraps)).u16(0);
  w.id(h.from).id(h.office).id(h.to).id(h.id).u64(h.at.value).u64(static_cast<std::uint64_t>(h.unix_ms));
  w.id(h.epoch).id(h.peer_epoch).u64(h.base).u64(h.mark).u64(h.heard);
  w.id(h.base_told).id(h.mark_told).id(h.heard_told);
  assert(w.size() == kBundleFixedBytes);
  return w.take();
}

/// One wrap for each reader, in the order of the hints, so that the order says nothing.
Bytes wraps_of(const crypto::Key& key, ByteView fixed, const std::vector<BoxPublic>& readers) {
  std::vector<std::pair<KeyHint, BoxPublic>> order;
  for (const BoxPublic& r : readers) order.emplace_back(crypto::hint_of(r), r);
  std::ranges::sort(order);
  Writer w;
  for (const auto& [hint, reader] : order) w.id(hint).raw(crypto::wrap(key, head_hash(fixed), reader));
  return w.take();
}

std::vector<BoxPublic> once_each(std::span<const BoxPublic> readers) {
  std::vector<BoxPublic> out(readers.begin(), readers.end());
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

bool looks_like_bundle(ByteView first4) { return text(first4) == kBundleMagic; }

BundleWriter::BundleWriter(const BundleHead& h, std::span<const BoxPublic> readers, const crypto::SigningKey& node,
                           Bytes& out)
    : BundleWriter(h, readers, node, out, crypto::Key::random()) {}

BundleWriter::BundleWriter(const BundleHead& h, std::span<const BoxPublic> readers, const crypto::SigningKey& node,
                           Bytes& out, crypto::Key key)
    : stream_(key) {
  const auto all = once_each(readers);
  assert(!all.empty() && all.size() <= kBundleReaders);
  Writer w;
  w.raw(fixed_part(h, all.size()));
  w.raw(wraps_of(key, ByteView(w.view()).first(kBundleFixedBytes), all)).raw(stream_.header());
  w.id(node.sign(crypto::context::bundle, {w.view()}));
  const Bytes head = w.take();
  out.insert(out.end(), head.begin(), head.end());
}

void BundleWriter::fill(ByteView bytes, Bytes& out) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), kBlockText - block_.size());
    block_.insert(block_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes = bytes.subspan(n);
    if (block_.size() < kBlockText) return;
    const Bytes sealed = stream_.seal(block_, false);
    out.insert(out.end(), sealed.begin(), sealed.end());
    block_.clear();
  }
}

void BundleWriter::add(FrameType type, ByteView bytes, Bytes& out) {
  assert(bytes.size() <= limit::frame_bytes);
  Writer head;
  head.u8(static_cast<std::uint8_t>(type)).u32(static_cast<std::uint32_t>(bytes.size()));
  fill(head.view(), out);
  fill(bytes, out);
}

void BundleWriter::finish(Bytes& out) {
  block_.push_back(0x80);  // there is always room: a full block is sealed at once
  block_.resize(kBlockText);
  const Bytes sealed = stream_.seal(block_, true);
  out.insert(out.end(), sealed.begin(), sealed.end());
  block_.clear();
}

Result<std::size_t> bundle_head_size(ByteView b) {
  if (b.size() < kBundleFixedBytes || !looks_like_bundle(b.first(4))) return bad_bundle("magic");
  if (!crypto::known(b[4])) return bad_bundle("suite");
  const std::size_t wraps = b[5];
  if (wraps < 1 || wraps > kBundleReaders) return bad_bundle("counts");
  return kBundleFixedBytes + wraps * kBundleWrapBytes + crypto::kStreamHeaderSize + kBundleSignatureBytes;
}

Result<DecodedBundleHead> decode_bundle_head(ByteView b) {
  DecodedBundleHead out;
  out.size = TRY(bundle_head_size(b));
  if (b.size() != out.size) return bad_bundle("length");
  Reader r(b);
  r.raw(6);
  r.zeros(2);
  BundleHead& h = out.head;
  h.from = r.id<NodeId>();
  h.office = r.id<OfficeId>();
  h.to = r.id<NodeId>();
  h.id = r.id<BundleId>();
  h.at.value = r.u64();
  h.unix_ms = static_cast<Millis>(r.u64());
  h.epoch = r.id<Epoch>();
  h.peer_epoch = r.id<Epoch>();
  h.base = r.u64();
  h.mark = r.u64();
  h.heard = r.u64();
  h.base_told = r.id<Told>();
  h.mark_told = r.id<Told>();
  h.heard_told = r.id<Told>();
  if (!r.ok() || h.base > h.mark || (h.base == 0 && !h.base_told.zero()) || (h.mark == 0 && !h.mark_told.zero()) ||
      (h.heard == 0 && !h.heard_told.zero()))
    return bad_bundle("head");
  KeyHint last;
  for (std::size_t i = 0; i < b[5]; ++i) {
    const KeyHint hint = r.id<KeyHint>();
    r.raw(crypto::kWrapSize);
    if (i > 0 && !(last < hint)) return bad_bundle("wraps out of order");
    last = hint;
  }
  return out;
}

bool verify_bundle_head(ByteView head, const PublicKey& writer) {
  if (head.size() < kBundleSignatureBytes) return false;
  return crypto::verify(writer, Signature::from(head.last(kBundleSignatureBytes)).value(), crypto::context::bundle,
                        {head.first(head.size() - kBundleSignatureBytes)});
}

Result<BundleReader> BundleReader::open(ByteView head, const crypto::Keyring& keys) {
  Reader r(head.subspan(kBundleFixedBytes));
  for (std::size_t i = 0; i < head[5]; ++i) {
    const KeyHint hint = r.id<KeyHint>();
    const ByteView wrap = r.raw(crypto::kWrapSize);
    const crypto::BoxKey* key = keys.find(hint);
    if (key == nullptr) continue;
    auto opened = crypto::unwrap(wrap, head_hash(head.first(kBundleFixedBytes)), *key);
    if (!opened && opened.error().fault == Fault::missing) continue;  // another key with the same hint
    const crypto::Key content = TRY(std::move(opened));
    const ByteView header = head.subspan(head.size() - kBundleSignatureBytes - crypto::kStreamHeaderSize);
    return BundleReader(TRY(crypto::StreamOpener::open(content, header.first(crypto::kStreamHeaderSize))));
  }
  return fail(Fault::missing, "this bundle is sealed to keys that this machine does not have", "bundle.key-gone");
}

Result<> BundleReader::add(ByteView block) {
  if (last_ || block.size() != kBundleBlock)
    return fail(Fault::forged, "something follows the end of the bundle", "bundle.changed");
  auto piece = stream_.next(block);
  if (!piece) return fail(Fault::forged, "a block of the bundle is not as it was written", "bundle.changed");
  ByteView content = piece->plain;
  if (piece->last) content = TRY(crypto::unpad(content));
  last_ = piece->last;
  frames_.add(content);
  return {};
}

Result<std::optional<Frame>> BundleReader::next() { return frames_.next(); }

}  // namespace yz::sync
