#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/envelope.h"

namespace yz::sync {

/// Bytes of an envelope in one picture: 660 characters, which a QR code of version 14 holds at level L and a small
/// terminal still shows.
inline constexpr std::size_t kPictureBytes = 400;
inline constexpr std::size_t kPicturesMost = 255;

/// The envelope's bytes as texts for QR codes, one a picture, in capitals and digits only. Fault::full when more than
/// kPicturesMost would be needed. Byte table in PROTOCOL.md, "Pictures".
Result<std::vector<std::string>> pictures_of(const Envelope&);

/// One scanned text, its check good.
struct Picture {
  Fixed<4, struct PictureGroupTag> group;  ///< first bytes of the envelope's hash
  std::uint8_t index = 0, count = 0;       ///< 1 to count
  Bytes piece;
};
/// Fault::forged unless exactly one picture's text; either case is taken.
Result<Picture> decode_picture(std::string_view);

/// Puts scanned texts together, in any order; the same one twice, and those of other envelopes, do no harm.
class PictureBoard {
 public:
  static constexpr std::size_t kGroupsMost = 64;  ///< envelopes at a time: each holds up to 100 kB
  /// False when the text is no picture, or there are too many envelopes at a time.
  bool add(std::string_view line);
  struct Missing {
    std::string group;  ///< hexadecimal, as it stands under the pictures
    std::size_t count = 0;
    std::vector<std::size_t> pictures;  ///< numbers from 1
  };
  std::vector<Missing> missing() const;
  /// Envelopes of which every picture is there and whose bytes have the hash that the pictures name.
  std::vector<Bytes> whole() const;

 private:
  struct Key {
    Fixed<4, struct PictureGroupTag> group;
    std::uint8_t count = 0;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, std::map<std::uint8_t, Bytes>> groups_;
};

}  // namespace yz::sync
