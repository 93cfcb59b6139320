#include "crypto/bytes.h"

#include <cassert>

namespace yz {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";

/// The digit's value in `alphabet`, capitals included, or -1.
int digit(std::string_view alphabet, char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::size_t at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// Characters that a reader of one line cannot see or that change what he sees around them.
bool misleading(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0)        // C0, DEL, C1
         || c == 0x2028 || c == 0x2029              // line and paragraph separator
         || c == 0x200e || c == 0x200f              // direction marks
         || (c >= 0x202a && c <= 0x202e)            // embeddings and overrides
         || (c >= 0x2066 && c <= 0x2069)            // isolates
         || c == 0xfeff || (c & 0xfffe) == 0xfffe;  // byte order mark, noncharacters
}

}  // namespace

std::string hex(ByteView b) {
  std::string s;
  s.reserve(b.size() * 2);
  for (const std::uint8_t byte : b) {
    s.push_back(kHex[byte >> 4]);
    s.push_back(kHex[byte & 15]);
  }
  return s;
}

Result<Bytes> from_hex(std::string_view s) {
  if (s.size() % 2 != 0) return fail(Fault::invalid, "hexadecimal text of odd length");
  Bytes out;
  out.reserve(s.size() / 2);
  for (std::size_t i = 0; i < s.size(); i += 2) {
    const int high = digit(kHex, s[i]), low = digit(kHex, s[i + 1]);
    if (high < 0 || low < 0) return fail(Fault::invalid, "not hexadecimal text");
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

std::string base32(ByteView b) {
  std::string s;
  s.reserve((b.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : b) {
    bits = (bits << 8 | byte) & 0xffff;
    for (held += 8; held >= 5;) {
      held -= 5;
      s.push_back(kBase32[bits >> held & 31]);
    }
  }
  if (held > 0) s.push_back(kBase32[bits << (5 - held) & 31]);
  return s;
}

Result<Bytes> from_base32(std::string_view s) {
  Bytes out;
  out.reserve(s.size() * 5 / 8);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : s) {
    const int value = digit(kBase32, c);
    if (value < 0) return fail(Fault::invalid, "not base32 text");
    bits = (bits << 5 | static_cast<std::uint32_t>(value)) & 0xffff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<std::uint8_t>(bits >> held));
    }
  }
  // What is left must be the end of the last byte: fewer than five bits, all zero. So each value has one spelling.
  if (held >= 5 || (bits & ((1u << held) - 1)) != 0)
    return fail(Fault::invalid, "base32 text has stray bits at its end");
  return out;
}

bool one_line(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    const auto first = static_cast<std::uint8_t>(s[i++]);
    int more = 0;
    std::uint32_t c = first, least = 0;
    if (first >= 0x80) {
      if (first >= 0xc0 && first < 0xe0) {
        more = 1, c = first & 0x1f, least = 0x80;
      } else if (first >= 0xe0 && first < 0xf0) {
        more = 2, c = first & 0x0f, least = 0x800;
      } else if (first >= 0xf0 && first < 0xf8) {
        more = 3, c = first & 0x07, least = 0x10000;
      } else {
        return false;
      }
    }
    for (; more > 0; --more) {
      if (i == s.size()) return false;
      const auto next = static_cast<std::uint8_t>(s[i++]);
      if ((next & 0xc0) != 0x80) return false;
      c = c << 6 | (next & 0x3f);
    }
    if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || misleading(c)) return false;
  }
  return true;
}

Writer& Writer::str16(std::string_view s) {
  assert(s.size() <= 0xffff);
  return u16(static_cast<std::uint16_t>(s.size())).raw(yz::view(s));
}

void Writer::patch_u32(std::size_t at, std::uint32_t v) {
  assert(at <= out_.size() && out_.size() - at >= 4);
  for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<std::uint8_t>(v >> (24 - 8 * i));
}

Writer& Writer::number(std::uint64_t v, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out_.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
  return *this;
}

ByteView Reader::raw(std::size_t n) {
  if (bad_ || n > in_.size() - at_) {
    bad_ = true;
    return {};
  }
  const ByteView b = in_.subspan(at_, n);
  at_ += n;
  return b;
}

std::string Reader::str16(std::size_t max) {
  const std::size_t n = u16();
  if (n > max) bad_ = true;
  return std::string(text(raw(n)));
}

void Reader::zeros(std::size_t n) {
  for (const std::uint8_t byte : raw(n))
    if (byte != 0) bad_ = true;
}

std::uint64_t Reader::number(int bytes) {
  std::uint64_t v = 0;
  for (const std::uint8_t byte : raw(static_cast<std::size_t>(bytes))) v = v << 8 | byte;
  return v;
}

}  // namespace yz
