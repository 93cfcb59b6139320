#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the rules ask of a text. All take valid UTF-8, but for bad_utf8_at and sequence_at.
namespace yz::node {

/// Where strict UTF-8 ends: the first byte of an overlong form, a surrogate, a
/// number above U+10FFFF, a cut sequence or a NUL. None when all of it is good.
std::optional<std::size_t> bad_utf8_at(std::string_view);
inline bool valid_utf8(std::string_view s) { return !bad_utf8_at(s); }
/// Length of the strict UTF-8 sequence at the start of s, 0 when there is none.
std::size_t sequence_at(std::string_view s);
/// Unicode characters of a valid text, all, or without white space (the unit of the rules' lengths).
std::size_t characters(std::string_view valid);
std::size_t characters_without_space(std::string_view valid);
/// Shared 8-character pieces of two valid texts divided by all their pieces, without white space: 0 to 1.
double similarity(std::string_view, std::string_view);

/// Calls f(code point, first byte, byte count) for each character of a valid text.
template <class F>
void each_character(std::string_view valid, F f) {
  for (std::size_t i = 0; i < valid.size();) {
    auto byte = [&](std::size_t k) { return static_cast<char32_t>(static_cast<unsigned char>(valid[i + k])); };
    char32_t c = byte(0);
    // The text is valid, so its first byte tells the length; sequence_at would check it all again.
    const std::size_t n = std::min<std::size_t>(c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, valid.size() - i);
    if (n == 2) c = (c & 0x1F) << 6 | (byte(1) & 0x3F);
    if (n == 3) c = (c & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (n == 4) c = (c & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    f(c, i, n);
    i += n;
  }
}

bool is_space(char32_t);
/// Characters that reorder what is read, or that a terminal obeys: they can make a text look like another.
bool is_hidden_control(char32_t);
bool is_han(char32_t);
/// Han, or an ASCII letter or digit.
bool is_word(char32_t);

std::string_view trimmed(std::string_view valid);
/// Digits, letters and punctuation of the full-width block as ASCII: what an input method types by mistake.
std::string half_width(std::string_view valid);
/// 12, １２, 十二, 一百零三, 两万三千: none when it is no number below 10^9.
std::optional<std::int64_t> number_in(std::string_view valid);
/// RFC 3339 with its offset, as ms since 1970.
std::optional<std::int64_t> instant(std::string_view);
/// GB 11643: a real date and the check character.
bool is_id_number(std::string_view);
/// Hashes of all runs of 8 characters without white space, each once, sorted.
std::vector<std::size_t> shingles(std::string_view valid);
/// What two of them share, divided by all that is in either: 0 to 1.
double shared(const std::vector<std::size_t>&, const std::vector<std::size_t>&);

}  // namespace yz::node
