#include "sync/draft_part.h"

#include <cassert>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "sync/codec.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr int kLevel = 9;
constexpr std::size_t kWrapped = 8 + crypto::kWrapSize;

std::unexpected<Error> bad_draft_part(const char* why) {
  return fail(Fault::forged, std::string("draft: ") + why, "draft.form");
}

Bytes header_of(const DraftWay& w) { return Writer().id(w.office).id(w.from).id(w.to).id(w.draft).id(w.tag).take(); }

Hash name_of(ByteView header) { return crypto::hash(crypto::purpose::draft, {header}); }

}  // namespace

Bytes encode(const DraftPart& p) {
  assert(p.index < p.count && p.count <= DraftPart::kMost && !p.piece.empty());
  return Writer().id(p.draft).id(p.tag).u8(p.index).u8(p.count).raw(p.piece).take();
}

Result<DraftPart> decode_draft_part(ByteView body) {
  Reader r(body);
  DraftPart p;
  p.draft = r.id<CaseId>();
  p.tag = r.id<DraftTag>();
  p.index = r.u8();
  p.count = r.u8();
  const ByteView piece = r.raw(r.left());
  if (!r.done() || p.count == 0 || p.count > DraftPart::kMost || p.index >= p.count) return bad_draft_part("place");
  const bool last = p.index + 1 == p.count;
  if (piece.empty() || piece.size() > DraftPart::kPieceBytes || (!last && piece.size() != DraftPart::kPieceBytes))
    return bad_draft_part("length");
  p.piece.assign(piece.begin(), piece.end());
  return p;
}

std::vector<DraftPart> split_draft(const DraftWay& way, ByteView sealed) {
  assert(!sealed.empty() && sealed.size() <= DraftPart::kSealedMost);
  const std::size_t count = (sealed.size() + DraftPart::kPieceBytes - 1) / DraftPart::kPieceBytes;
  std::vector<DraftPart> out;
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView rest = sealed.subspan(i * DraftPart::kPieceBytes);
    const ByteView piece = rest.first(std::min(rest.size(), DraftPart::kPieceBytes));
    out.push_back({way.draft, way.tag, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(count),
                   Bytes(piece.begin(), piece.end())});
  }
  return out;
}

Result<Bytes> seal_draft(const DraftWay& way, ByteView plain, const BoxPublic& reader) {
  const auto too_long = [] {
    return fail(Fault::full, "a draft is too long to be told to another machine", "draft.too-long");
  };
  if (plain.size() > limit::plaintext_bytes) return too_long();
  Bytes packed = squeeze(plain, kLevel);
  crypto::pad(packed, 0);
  const Bytes header = header_of(way);
  const crypto::Key key = crypto::Key::random();
  Writer w;
  w.id(crypto::hint_of(reader)).raw(crypto::wrap(key, name_of(header), reader));
  w.raw(crypto::aead_seal(key, packed, header));
  if (w.size() > DraftPart::kSealedMost) return too_long();
  return w.take();
}

Result<Bytes> open_draft(const DraftWay& way, ByteView sealed, const crypto::Keyring& keys) {
  if (sealed.size() < kWrapped) return bad_draft_part("length");
  const Bytes header = header_of(way);
  const crypto::BoxKey* box = keys.find(TRY(KeyHint::from(sealed.first(8))));
  if (!box) return fail(Fault::missing, "a draft is sealed to none of our keys", "draft.key");
  const crypto::Key key = TRY(crypto::unwrap(sealed.subspan(8, crypto::kWrapSize), name_of(header), *box));
  const Bytes packed = TRY(crypto::aead_open(key, sealed.subspan(kWrapped), header));
  return expand(TRY(crypto::unpad(packed)), limit::plaintext_bytes);
}

}  // namespace yz::sync
