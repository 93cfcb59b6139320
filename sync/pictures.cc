#include "sync/pictures.h"

#include <algorithm>
#include <cctype>

#include "crypto/hash.h"

namespace yz::sync {
namespace {

constexpr std::string_view kPicturesMagic = "YZQ1";
constexpr std::size_t kPicturesFixedBytes = 6, kCheckBytes = 4;

std::unexpected<Error> bad_pictures(const char* why) {
  return fail(Fault::forged, std::string("picture: ") + why, "picture.form");
}

std::string capitals(std::string s) {
  for (char& c : s) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return s;
}

Bytes check_of(ByteView b) {
  const Hash h = crypto::hash(crypto::purpose::picture, {b});
  return {h.bytes.begin(), h.bytes.begin() + kCheckBytes};
}

}  // namespace

Result<std::vector<std::string>> pictures_of(const Envelope& e) {
  const std::size_t count = (e.bytes.size() + kPictureBytes - 1) / kPictureBytes;
  if (count > kPicturesMost) return fail(Fault::full, "too long for pictures: use a bundle", "picture.long");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * kPictureBytes;
    Writer w;
    w.raw(e.hash.view().first(4)).u8(static_cast<std::uint8_t>(i + 1)).u8(static_cast<std::uint8_t>(count));
    w.raw(ByteView(e.bytes).subspan(at, std::min(kPictureBytes, e.bytes.size() - at)));
    const Bytes check = check_of(w.view());
    w.raw(check);
    out.push_back(std::string(kPicturesMagic) + capitals(base32(w.view())));
  }
  return out;
}

Result<Picture> decode_picture(std::string_view line) {
  constexpr std::size_t kLongest = 4 + (kPicturesFixedBytes + kPictureBytes + kCheckBytes) * 8 / 5 + 1;
  if (line.size() < kPicturesMagic.size() || line.size() > kLongest) return bad_pictures("length");
  if (capitals(std::string(line.substr(0, kPicturesMagic.size()))) != kPicturesMagic) return bad_pictures("magic");
  const auto bytes = from_base32(line.substr(kPicturesMagic.size()));
  if (!bytes || bytes->size() < kPicturesFixedBytes + 1 + kCheckBytes) return bad_pictures("text");
  const ByteView all(*bytes);
  if (text(check_of(all.first(all.size() - kCheckBytes))) != text(all.last(kCheckBytes))) return bad_pictures("check");
  Reader r(all.first(all.size() - kCheckBytes));
  Picture p;
  p.group = r.id<decltype(p.group)>();
  p.index = r.u8();
  p.count = r.u8();
  const ByteView piece = r.raw(r.left());
  // Only the last one is shorter, so that the same envelope is always the same pictures.
  if (p.index < 1 || p.index > p.count || piece.size() > kPictureBytes ||
      (p.index < p.count && piece.size() != kPictureBytes))
    return bad_pictures("counts");
  p.piece.assign(piece.begin(), piece.end());
  return p;
}

bool PictureBoard::add(std::string_view line) {
  auto p = decode_picture(line);
  if (!p) return false;
  const Key key{p->group, p->count};
  if (!groups_.contains(key) && groups_.size() >= kGroupsMost) return false;
  groups_[key].emplace(p->index, std::move(p->piece));
  return true;
}

std::vector<PictureBoard::Missing> PictureBoard::missing() const {
  std::vector<Missing> out;
  for (const auto& [key, pieces] : groups_) {
    Missing m{hex(key.group.view()), key.count, {}};
    for (std::size_t i = 1; i <= key.count; ++i)
      if (!pieces.contains(static_cast<std::uint8_t>(i))) m.pictures.push_back(i);
    if (!m.pictures.empty()) out.push_back(std::move(m));
  }
  return out;
}

std::vector<Bytes> PictureBoard::whole() const {
  std::vector<Bytes> out;
  for (const auto& [key, pieces] : groups_) {
    if (pieces.size() != key.count) continue;
    Bytes all;
    for (const auto& [index, piece] : pieces) all.insert(all.end(), piece.begin(), piece.end());
    const auto e = decode_envelope(all);
    if (e && text(e->hash.view().first(4)) == text(key.group.view())) out.push_back(std::move(all));
  }
  return out;
}

}  // namespace yz::sync
