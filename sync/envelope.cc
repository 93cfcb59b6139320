#include "sync/envelope.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "sync/codec.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::string_view kEnvelopeMagic = "YZE1";
constexpr std::size_t kCommitAt = 116;  // the commitment covers everything before itself
constexpr std::size_t kHeadBytes = 156;
constexpr std::size_t kEnvelopeWrapBytes = 8 + crypto::kWrapSize;
constexpr std::size_t kEnvelopeSignatureBytes = 64;

std::unexpected<Error> bad_envelope(const char* why) {
  return fail(Fault::forged, std::string("envelope: ") + why, "envelope.form");
}

struct Layout {
  ByteView head;  // kHeadBytes
  std::size_t wraps;
  ByteView wrap_area, before_nonce, nonce, ciphertext, signed_part, signature;
};

Result<Layout> layout(ByteView b) {
  if (b.size() < kHeadBytes) return bad_envelope("cut short");
  Layout l;
  l.head = b.first(kHeadBytes);
  l.wraps = b[148];
  Reader r(b.subspan(152, 4));
  const std::size_t ct = r.u32();
  if (l.wraps < 1 || l.wraps > limit::wraps || ct < crypto::kTagSize || ct > limit::envelope_bytes)
    return bad_envelope("counts");
  const std::size_t nonce_at = kHeadBytes + l.wraps * kEnvelopeWrapBytes;
  if (b.size() != nonce_at + crypto::kNonceSize + ct + kEnvelopeSignatureBytes) return bad_envelope("lengths disagree");
  l.wrap_area = b.subspan(kHeadBytes, l.wraps * kEnvelopeWrapBytes);
  l.before_nonce = b.first(nonce_at);
  l.nonce = b.subspan(nonce_at, crypto::kNonceSize);
  l.ciphertext = b.subspan(nonce_at + crypto::kNonceSize, ct);
  l.signed_part = b.first(b.size() - kEnvelopeSignatureBytes);
  l.signature = b.last(kEnvelopeSignatureBytes);
  return l;
}

Bytes pack(std::span<const Item> items) {
  Writer w;
  for (const Item& i : items) {
    w.u8(static_cast<std::uint8_t>(i.kind)).u32(static_cast<std::uint32_t>(i.bytes.size())).raw(i.bytes);
  }
  return w.take();
}

Result<std::vector<Item>> unpack(ByteView plain) {
  std::vector<Item> items;
  Reader r(plain);
  while (r.ok() && r.left() > 0) {
    if (items.size() == limit::envelope_items) return bad_envelope("too many items");
    const std::uint8_t kind = r.u8();
    const std::uint32_t size = r.u32();
    const ByteView bytes = r.raw(size);
    if (!r.ok() || kind < 1 || kind > 3) return bad_envelope("items malformed");
    items.push_back({static_cast<Item::Kind>(kind), Bytes(bytes.begin(), bytes.end())});
  }
  return items;
}

Bytes head_until_commitment(const EnvelopeHead& h, std::size_t total) {
  Writer w;
  w.raw(view(kEnvelopeMagic)).u8(crypto::kSuite).u8(static_cast<std::uint8_t>(h.stream.lane)).u16(0);
  w.u32(static_cast<std::uint32_t>(total)).id(h.stream.author).id(h.stream.node).id(h.stream.incarnation);
  w.id(h.stream.destination).u64(h.seq.value).id(h.previous).u64(h.at.value);
  assert(w.size() == kCommitAt);
  return w.take();
}

}  // namespace

StreamId StreamName::id() const {
  const std::uint8_t l = static_cast<std::uint8_t>(lane);
  StreamId out;
  out.bytes = crypto::short_hash<NodeId>(crypto::purpose::stream_id,
                                         {node.view(), incarnation.view(), destination.view(), ByteView(&l, 1)})
                  .bytes;
  return out;
}

Hash chain_value(const Hash& previous, const Hash& envelope) {
  return crypto::hash(crypto::purpose::stream, {previous.view(), envelope.view()});
}

Hash Envelope::chain() const { return chain_value(head.previous, hash); }

Result<Envelope> seal(EnvelopeHead head, std::span<const Item> items, std::span<const BoxPublic> readers,
                      const crypto::Keyring& keys, int level, bool pad_as_flash) {
  assert(!items.empty() && !readers.empty() && readers.size() < limit::wraps && is_stream_lane(head.stream.lane));
  const Bytes packed = pack(items);
  // What open() refuses is not sealed: it would stand in the stream for ever.
  if (items.size() > limit::envelope_items || packed.size() > limit::plaintext_bytes)
    return fail(Fault::full, "too much for one envelope", "envelope.size");
  Bytes plain = squeeze(packed, level);
  crypto::pad(plain, pad_as_flash ? limit::flash_pad_bytes : 0);

  // Own archive among the readers; wraps ascend by key hint so that their order says nothing.
  std::vector<BoxPublic> to(readers.begin(), readers.end());
  to.push_back(keys.archive.public_key());
  std::sort(to.begin(), to.end(), [](const auto& a, const auto& b) { return crypto::hint_of(a) < crypto::hint_of(b); });
  // A node list that names one key twice must not make an envelope that every receiver refuses.
  to.erase(std::unique(to.begin(), to.end(),
                       [](const auto& a, const auto& b) { return crypto::hint_of(a) == crypto::hint_of(b); }),
           to.end());
  const std::size_t ct = plain.size() + crypto::kTagSize;
  const std::size_t total =
      kHeadBytes + to.size() * kEnvelopeWrapBytes + crypto::kNonceSize + ct + kEnvelopeSignatureBytes;
  if (total > limit::envelope_bytes) return fail(Fault::full, "envelope too large", "envelope.size");

  const crypto::Key cek = crypto::Key::random();
  Writer w;
  w.raw(head_until_commitment(head, total));
  head.commitment = crypto::keyed_hash(crypto::purpose::cek_commit, cek.expose(), {w.view()});
  w.id(head.commitment).u8(static_cast<std::uint8_t>(to.size())).zeros(3).u32(static_cast<std::uint32_t>(ct));
  const Hash header = crypto::hash(crypto::purpose::header, {w.view()});
  for (const BoxPublic& reader : to) w.id(crypto::hint_of(reader)).raw(crypto::wrap(cek, header, reader));
  Fixed<crypto::kNonceSize, struct NonceTag> nonce;
  randombytes_buf(nonce.bytes.data(), nonce.bytes.size());
  const Bytes sealed = crypto::aead_seal_with(cek, nonce.view(), plain, w.view());
  w.id(nonce).raw(sealed);
  const Hash body = crypto::hash(crypto::purpose::envelope, {w.view()});
  w.id(keys.node.sign(crypto::context::envelope, {body.view()}));

  Envelope out;
  out.head = head;
  out.bytes = w.take();
  out.hash = crypto::hash(crypto::purpose::envelope, {out.bytes});
  return out;
}

Result<std::size_t> envelope_size(ByteView first12) {
  Reader r(first12);
  if (text(r.raw(4)) != kEnvelopeMagic) return bad_envelope("magic");
  r.raw(4);
  const std::size_t total = r.u32();
  if (!r.ok() ||
      total < kHeadBytes + kEnvelopeWrapBytes + crypto::kNonceSize + crypto::kTagSize + kEnvelopeSignatureBytes ||
      total > limit::envelope_bytes)
    return bad_envelope("length");
  return total;
}

Result<Envelope> decode_envelope(ByteView bytes) {
  const std::size_t total = TRY(envelope_size(bytes));
  if (total != bytes.size()) return bad_envelope("length differs");
  const Layout l = TRY(layout(bytes));
  Reader r(bytes);
  r.raw(4);
  if (!crypto::known(r.u8())) return bad_envelope("suite");
  Envelope e;
  const std::uint8_t lane = r.u8();
  if (!is_stream_lane(static_cast<Lane>(lane))) return bad_envelope("lane");
  if (r.u16() != 0) return bad_envelope("unknown flags");
  r.u32();
  e.head.stream.lane = static_cast<Lane>(lane);
  e.head.stream.author = r.id<OfficeId>();
  e.head.stream.node = r.id<NodeId>();
  e.head.stream.incarnation = r.id<Incarnation>();
  e.head.stream.destination = r.id<OfficeId>();
  e.head.seq.value = r.u64();
  e.head.previous = r.id<Hash>();
  e.head.at.value = r.u64();
  e.head.commitment = r.id<Hash>();
  r.u8();
  r.zeros(3);
  if (!r.ok() || e.head.seq.value == 0) return bad_envelope("head");
  if ((e.head.seq.value == 1) != e.head.previous.zero())
    return bad_envelope("first envelope and previous value disagree");
  for (std::size_t i = 1; i < l.wraps; ++i)
    if (!std::ranges::lexicographical_compare(l.wrap_area.subspan((i - 1) * kEnvelopeWrapBytes, 8),
                                              l.wrap_area.subspan(i * kEnvelopeWrapBytes, 8)))
      return bad_envelope("order of wraps");
  e.bytes.assign(bytes.begin(), bytes.end());
  e.hash = crypto::hash(crypto::purpose::envelope, {bytes});
  return e;
}

bool verify_envelope(const Envelope& e, const PublicKey& author) {
  const auto l = layout(e.bytes);
  if (!l) return false;
  const Hash body = crypto::hash(crypto::purpose::envelope, {l->signed_part});
  return crypto::verify(author, Signature::from(l->signature).value(), crypto::context::envelope, {body.view()});
}

namespace {

/// The content key, by any wrap that a key of the ring fits.
Result<crypto::Key> content_key(const Envelope& e, const Layout& l, const crypto::Keyring& keys, ByteView further) {
  const Hash header = crypto::hash(crypto::purpose::header, {l.head});
  const std::size_t own = l.wraps, all = own + (further.size() == kEnvelopeWrapBytes ? 1 : 0);
  for (std::size_t i = 0; i < all; ++i) {
    Reader r(i < own ? l.wrap_area.subspan(i * kEnvelopeWrapBytes, kEnvelopeWrapBytes) : further);
    const crypto::BoxKey* key = keys.find(r.id<KeyHint>());
    if (!key) continue;
    auto cek = crypto::unwrap(r.raw(crypto::kWrapSize), header, *key);
    if (!cek) {
      if (cek.error().fault == Fault::missing) continue;  // another key with the same hint
      return std::unexpected(cek.error());
    }
    const Hash commitment = crypto::keyed_hash(crypto::purpose::cek_commit, cek->expose(), {l.head.first(kCommitAt)});
    if (commitment != e.head.commitment) return bad_envelope("key commitment");
    return cek;
  }
  return fail(Fault::missing, "no key of this node opens the envelope", "key-gone");
}

}  // namespace

Result<std::vector<Item>> open(const Envelope& e, const crypto::Keyring& keys, ByteView further) {
  const Layout l = TRY(layout(e.bytes));
  const crypto::Key cek = TRY(content_key(e, l, keys, further));
  const Bytes padded = TRY(crypto::aead_open_with(cek, l.nonce, l.ciphertext, l.before_nonce));
  const ByteView packed = TRY(crypto::unpad(padded));
  const Bytes plain = TRY(expand(packed, limit::plaintext_bytes));
  return unpack(plain);
}

Result<Bytes> wrap_for(const Envelope& e, const crypto::Keyring& keys, const BoxPublic& reader) {
  const Layout l = TRY(layout(e.bytes));
  const crypto::Key cek = TRY(content_key(e, l, keys, {}));
  const Hash header = crypto::hash(crypto::purpose::header, {l.head});
  return Writer().id(crypto::hint_of(reader)).raw(crypto::wrap(cek, header, reader)).take();
}

bool sealed_for(const Envelope& e, const BoxPublic& reader) {
  const auto l = layout(e.bytes);
  if (!l) return false;
  const KeyHint hint = crypto::hint_of(reader);
  for (std::size_t i = 0; i < l->wraps; ++i)
    if (text(l->wrap_area.subspan(i * kEnvelopeWrapBytes, KeyHint::kSize)) == text(hint.view())) return true;
  return false;
}

}  // namespace yz::sync
