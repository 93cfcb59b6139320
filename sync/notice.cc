#include "sync/notice.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "crypto/suite.h"

namespace yz::sync {
namespace {

constexpr std::uint8_t kForm = 1 << 4;  // and the suite below it
constexpr std::size_t kNoticeFixedBytes = 34, kNoticeSignatureBytes = 64;
constexpr std::size_t kIncidentMost = 6;
constexpr std::uint64_t kPlaceMost = 999'999'999'999;
constexpr Millis kMinute = 60'000;
static_assert(kNoticeFixedBytes + 2 * Notice::kTitleMost + kNoticeSignatureBytes == kNoticeBytesMost);

std::unexpected<Error> bad_notice(const char* why) {
  return fail(Fault::forged, std::string("notice: ") + why, "notice.form");
}

bool surrogate(char16_t c) { return c >= 0xd800 && c <= 0xdfff; }
/// Control characters, and marks that turn the direction of writing, have no place on a status page.
bool shown(char16_t c) {
  return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && !surrogate(c) && !(c >= 0x200b && c <= 0x200f) &&
         !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff && c < 0xfff0;
}

// --- letters of an incident type, five bits each ---
std::uint32_t packed(std::string_view incident) {
  assert(incident.size() <= kIncidentMost);
  std::uint32_t v = 0;
  for (std::size_t i = 0; i < kIncidentMost; ++i) {
    const char c = i < incident.size() ? incident[i] : '\0';
    assert(c == '\0' || c == '-' || (c >= 'A' && c <= 'Z'));
    v = v << 5 | (c == '\0' ? 0u : c == '-' ? 27u : static_cast<std::uint32_t>(c - 'A' + 1));
  }
  return v;
}
std::optional<std::string> unpacked(std::uint32_t v) {
  if (v >> 30) return std::nullopt;
  std::string s;
  for (int shift = 25; shift >= 0; shift -= 5) {
    const std::uint32_t c = v >> shift & 31;
    if (c > 27) return std::nullopt;
    if (c == 0) return (v & ((1u << shift) - 1)) == 0 ? std::optional(s) : std::nullopt;
    s += c == 27 ? '-' : static_cast<char>('A' + c - 1);
  }
  return s;
}

// --- lines ---
constexpr std::size_t kLine = 25, kGroup = 5;
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

unsigned times(unsigned a, unsigned b) {  // in GF(32), x^5 = x^2 + 1
  unsigned out = 0;
  for (; b; b >>= 1) {
    if (b & 1) out ^= a;
    a = a << 1 ^ (a & 16 ? 0x25u : 0u);
  }
  return out;
}

/// Each place has a weight of its own, so that a wrong character or two swapped ones never cancel.
char check_of(std::string_view letters, std::size_t line) {
  unsigned sum = static_cast<unsigned>(line % 32), weight = 2;
  for (const char c : letters) {
    sum ^= times(weight, static_cast<unsigned>(kDigits.find(c)));
    weight = times(weight, 2);
  }
  return kDigits[sum];
}

Error wrong_line(std::size_t number) {
  return {Fault::invalid, "line " + std::to_string(number) + " is mistyped: compare it once more", "typed.line"};
}

/// What was typed, line by line, in the alphabet; a text without line ends is cut where the lines would end.
std::vector<std::string> lines_of(std::string_view typed) {
  std::vector<std::string> out(1);
  for (char c : typed) {
    if (c == '\n') {
      if (!out.back().empty()) out.emplace_back();
      continue;
    }
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '0') c = 'O';
    if (c == '1') c = 'I';
    if (c == '8') c = 'B';
    if (c == ' ' || c == '-' || c == '\t' || c == '\r') continue;
    out.back() += c;
  }
  if (out.size() > 1 && out.back().empty()) out.pop_back();
  if (out.size() != 1 || out[0].size() <= kLine) return out;
  std::vector<std::string> cut;
  for (std::size_t at = 0; at < out[0].size(); at += kLine) cut.push_back(out[0].substr(at, kLine));
  return cut;
}

}  // namespace

std::u16string notice_title(std::string_view utf8) {
  std::u16string out;
  for (std::size_t i = 0; i < utf8.size() && out.size() < Notice::kTitleMost;) {
    const auto at = [&](std::size_t n) {
      return i + n < utf8.size() ? static_cast<unsigned char>(utf8[i + n]) & 0x3fu : 0u;
    };
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const unsigned code = n == 1   ? lead
                          : n == 2 ? (lead & 0x1fu) << 6 | at(1)
                                   : (lead & 0x0fu) << 12 | at(1) << 6 | at(2);
    if (n < 4 && shown(static_cast<char16_t>(code))) out += static_cast<char16_t>(code);
    i += n;
  }
  return out;
}

std::string utf8_of(std::u16string_view s) {
  std::string out;
  for (const char16_t c : s) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      out += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
              static_cast<char>(0x80 | (c & 0x3f))};
    }
  }
  return out;
}

Bytes sign_notice(const Notice& n, const NodeId& author, const OfficeId& destination, const crypto::SigningKey& node) {
  assert(is_stream_lane(n.lane) && n.kind >= 1 && n.kind <= 15 && n.place <= kPlaceMost);
  assert(n.title.size() <= Notice::kTitleMost && std::ranges::all_of(n.title, shown));
  Writer w;
  w.u8(kForm | crypto::kSuite).id(n.node).id(n.record);
  w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(n.lane) << 6 | (n.exercise ? 16u : 0u) | n.kind));
  w.u32(packed(n.incident)).u8(static_cast<std::uint8_t>(n.place >> 32)).u32(static_cast<std::uint32_t>(n.place));
  w.u32(static_cast<std::uint32_t>(n.event_ms / kMinute)).u16(n.deaths).u16(n.injured).u16(n.missing);
  w.u8(static_cast<std::uint8_t>(n.title.size()));
  for (const char16_t c : n.title) w.u16(c);
  w.id(node.sign(crypto::context::notice, {author.view(), destination.view(), w.view()}));
  return w.take();
}

Result<Notice> decode_notice(ByteView b) {
  Reader r(b);
  const std::uint8_t form = r.u8();
  if ((form & 0xf0) != kForm || !crypto::known(form & 0x0f)) return bad_notice("form");
  Notice n;
  n.node = r.id<decltype(n.node)>();
  n.record = r.id<decltype(n.record)>();
  const std::uint8_t how = r.u8();
  n.lane = static_cast<Lane>(how >> 6);
  n.exercise = how & 16;
  n.kind = how & 15;
  const auto incident = unpacked(r.u32());
  n.place = std::uint64_t{r.u8()} << 32;
  n.place |= r.u32();
  n.event_ms = Millis{r.u32()} * kMinute;
  n.deaths = r.u16();
  n.injured = r.u16();
  n.missing = r.u16();
  const std::size_t letters = r.u8();
  if (!r.ok() || (how & 32) || !is_stream_lane(n.lane) || n.kind == 0 || !incident || n.place > kPlaceMost ||
      letters > Notice::kTitleMost)
    return bad_notice("fields");
  n.incident = *incident;
  for (std::size_t i = 0; i < letters; ++i) n.title += static_cast<char16_t>(r.u16());
  r.raw(kNoticeSignatureBytes);
  if (!r.done() || !std::ranges::all_of(n.title, shown)) return bad_notice("length or title");
  return n;
}

bool verify_notice(ByteView b, const NodeId& author, const OfficeId& destination, const PublicKey& node) {
  if (b.size() < kNoticeSignatureBytes) return false;
  return crypto::verify(node, Signature::from(b.last(kNoticeSignatureBytes)).value(), crypto::context::notice,
                        {author.view(), destination.view(), b.first(b.size() - kNoticeSignatureBytes)});
}

std::string typed_lines(ByteView b) {
  std::string letters = base32(b), out;
  for (char& c : letters)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (std::size_t at = 0, line = 1; at < letters.size(); at += kLine - 1, ++line) {
    std::string text = letters.substr(at, kLine - 1);
    text += check_of(text, line);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i > 0 && i % kGroup == 0) out += ' ';
      out += text[i];
    }
    out += '\n';
  }
  return out;
}

Result<Bytes> from_typed_lines(std::string_view typed, std::size_t most) {
  if (typed.size() > 64 * most) return fail(Fault::invalid, "far too long for a code", "typed.long");
  const auto lines = lines_of(typed);
  std::string all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& l = lines[i];
    const bool last = i + 1 == lines.size();
    if (l.size() < 2 || l.size() > kLine || (!last && l.size() != kLine) ||
        l.find_first_not_of(kDigits) != std::string::npos ||
        check_of(std::string_view(l).substr(0, l.size() - 1), i + 1) != l.back())
      return std::unexpected(wrong_line(i + 1));
    all.append(l, 0, l.size() - 1);
    if (all.size() > (most * 8 + 4) / 5) return fail(Fault::invalid, "more lines than a code has", "typed.long");
  }
  auto bytes = from_base32(all);
  if (!bytes) return std::unexpected(wrong_line(lines.size()));
  return bytes;
}

}  // namespace yz::sync
