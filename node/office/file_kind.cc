#include "node/office/file_kind.h"

#include <algorithm>
#include <array>
#include <string>

namespace yz::node {
namespace {

enum Kind : unsigned { none = 0, picture = 1, audio = 2, video = 4, pdf = 8, program = 16 };

struct Magic {
  std::size_t at;
  std::string_view bytes;
  unsigned kinds;
};

using namespace std::string_view_literals;

// Some containers hold a recording as well as a film.
constexpr std::array kMagic{
    Magic{0, "\xFF\xD8\xFF"sv, picture},
    Magic{0, "\x89PNG\r\n\x1A\n"sv, picture},
    Magic{0, "GIF8"sv, picture},
    Magic{0, "BM"sv, picture},
    Magic{0, "II*\0"sv, picture},
    Magic{0, "MM\0*"sv, picture},
    Magic{8, "WEBP"sv, picture},
    Magic{4, "ftyp"sv, picture | audio | video},
    Magic{0, "ID3"sv, audio},
    Magic{0, "\xFF\xFB"sv, audio},
    Magic{0, "\xFF\xFA"sv, audio},
    Magic{0, "\xFF\xF3"sv, audio},
    Magic{0, "\xFF\xF2"sv, audio},
    Magic{0, "\xFF\xF1"sv, audio},
    Magic{0, "\xFF\xF9"sv, audio},
    Magic{8, "WAVE"sv, audio},
    Magic{0, "OggS"sv, audio | video},
    Magic{0, "fLaC"sv, audio},
    Magic{0, "#!AMR"sv, audio},
    Magic{0, "\x30\x26\xB2\x75"sv, audio | video},
    Magic{8, "AVI "sv, video},
    Magic{0, "\x1A\x45\xDF\xA3"sv, audio | video},
    Magic{0, "FLV"sv, video},
    Magic{0, "\0\0\x01\xBA"sv, video},
    Magic{0, "\0\0\x01\xB3"sv, video},
    Magic{4, "moov"sv, video},
    Magic{4, "mdat"sv, video},
    Magic{0, "%PDF"sv, pdf},
    Magic{0, "MZ"sv, program},
    Magic{0,
          "\x7F"
          "ELF"sv,
          program},
};

struct Ending {
  std::string_view name;
  unsigned kinds;
};
constexpr std::array kEndings{
    Ending{"jpg", picture},  Ending{"jpeg", picture}, Ending{"png", picture}, Ending{"gif", picture},
    Ending{"bmp", picture},  Ending{"webp", picture}, Ending{"tif", picture}, Ending{"tiff", picture},
    Ending{"heic", picture}, Ending{"heif", picture}, Ending{"mp3", audio},   Ending{"wav", audio},
    Ending{"m4a", audio},    Ending{"aac", audio},    Ending{"amr", audio},   Ending{"ogg", audio},
    Ending{"flac", audio},   Ending{"wma", audio},    Ending{"mp4", video},   Ending{"mov", video},
    Ending{"avi", video},    Ending{"mkv", video},    Ending{"webm", video},  Ending{"3gp", video},
    Ending{"wmv", video},    Ending{"flv", video},    Ending{"mpg", video},   Ending{"mpeg", video},
    Ending{"pdf", pdf},      Ending{"exe", program},  Ending{"dll", program}, Ending{"com", program},
    Ending{"scr", program},  Ending{"so", program},
};

unsigned kinds_of(ByteView head) {
  const std::string_view bytes(reinterpret_cast<const char*>(head.data()), head.size());
  for (const Magic& m : kMagic)
    if (bytes.size() >= m.at && bytes.substr(m.at).starts_with(m.bytes)) return m.kinds;
  return none;
}

unsigned promised(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return none;
  std::string ending(name.substr(dot + 1));
  std::ranges::transform(ending, ending.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto at = std::ranges::find(kEndings, ending, &Ending::name);
  return at == kEndings.end() ? unsigned{none} : at->kinds;
}

}  // namespace

bool differs_from_name(std::string_view name, ByteView head) {
  const unsigned says = promised(name), is = kinds_of(head);
  if (says & ~unsigned{program}) return (says & is) == 0;
  return is == program && says != program;
}

}  // namespace yz::node
