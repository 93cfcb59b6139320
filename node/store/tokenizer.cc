#include "node/store/tokenizer.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace yz::node {
namespace {

struct Char {
  std::uint32_t code;  // kInvalid for a byte that begins no character
  std::size_t bytes;
};
constexpr std::uint32_t kInvalid = 0xFFFFFFFF;

/// Strict UTF-8: no overlong forms, no surrogates, nothing past the end. `at` < size.
Char next_char(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[at + i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || s.size() - at < bytes) return {kInvalid, 1};
  std::uint32_t code = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kInvalid, 1};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {kInvalid, 1};
  return {code, bytes};
}

struct Range {
  std::uint32_t first, last;
};
bool in(std::uint32_t c, std::span<const Range> ranges) {
  for (const Range& r : ranges)
    if (c >= r.first && c <= r.last) return true;
  return false;
}

/// Each of these is a word of its own.
bool stands_alone(std::uint32_t c) {
  static constexpr Range kRanges[] = {
      {0x2100, 0x214F},    // ℃ № and other letter-like signs
      {0x2460, 0x24FF},    // ① ⑴
      {0x2E80, 0x2FDF},    // radicals
      {0x3005, 0x3007},    // 々 〆 〇
      {0x3021, 0x3029},    // 〡..〩
      {0x3040, 0x30FF},    // kana
      {0x3100, 0x318F},    // bopomofo, hangul letters
      {0x31A0, 0x4DBF},    // ㎡ ㈠, extension A
      {0x4E00, 0x9FFF},    // Chinese characters
      {0xA000, 0xA4CF},    // Yi
      {0xAC00, 0xD7A3},    // hangul
      {0xF900, 0xFAFF},    // compatibility characters
      {0xFF66, 0xFFDC},    // half-width kana and hangul
      {0x20000, 0x3FFFF},  // extensions B and later
  };
  return in(c, kRanges);
}

bool separates(std::uint32_t c) {
  if (c < 0x80) return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
  static constexpr Range kRanges[] = {
      {0x80, 0xA9},        {0xAB, 0xB4},       {0xB6, 0xB9},     {0xBB, 0xBF},
      {0xD7, 0xD7},        {0xF7, 0xF7},       {0x2000, 0x206F},  // general punctuation
      {0x20A0, 0x20CF},                                           // money
      {0x2150, 0x245F},                                           // arrows, mathematics, technical
      {0x2500, 0x2BFF},                                           // boxes, shapes, dingbats, braille
      {0x2E00, 0x2E7F},    {0x2FF0, 0x3004},   {0x3008, 0x3020}, {0x302A, 0x303F},
      {0x3190, 0x319F},    {0x4DC0, 0x4DFF},   {0xD7A4, 0xF8FF},  // gaps and private use
      {0xFE00, 0xFE1F},    {0xFE30, 0xFE6F},   {0xFEFF, 0xFEFF}, {0xFF00, 0xFF65},
      {0xFFDD, 0xFFFF},    {0x1F000, 0x1FAFF},  // pictures
      {0xE0000, 0x10FFFF},
  };
  return c == kInvalid || in(c, kRanges);
}

/// One code point to one, so that text and query always agree; no language's own rules.
std::uint32_t fold(std::uint32_t c) {
  if ((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A)) c -= 0xFEE0;
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;                  // À..Þ
  if (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) return c | 1;  // Ā ā .. pairs with the small one odd
  if (c >= 0x139 && c <= 0x148) return c + (c & 1);                        // Ĺ ĺ .. small one even
  if (c >= 0x14A && c <= 0x177) return c | 1;
  if (c >= 0x1CD && c <= 0x1DC) return c + (c & 1);  // Ǎ ǎ: pinyin
  if (c >= 0x391 && c <= 0x3A9) return c + 32;       // Greek
  if (c >= 0x410 && c <= 0x42F) return c + 32;       // Cyrillic
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

void append(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t b) { out.push_back(static_cast<char>(static_cast<std::uint8_t>(b))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

/// Calls emit(token, start, end) for each token until it gives something other than 0,
/// and returns that. start and end are byte places in `s`.
template <class Emit>
int each_token(std::string_view s, Emit emit) {
  std::string token;
  std::size_t start = 0;
  const auto finish = [&](std::size_t end) {
    if (token.empty()) return 0;
    const int rc = emit(std::string_view(token), start, end);
    token.clear();
    return rc;
  };
  for (std::size_t at = 0; at < s.size();) {
    const Char c = next_char(s, at);
    const std::uint32_t folded = c.code == kInvalid ? kInvalid : fold(c.code);
    if (stands_alone(folded)) {
      if (const int rc = finish(at); rc != 0) return rc;
      start = at;
      append(token, folded);
      if (const int rc = finish(at + c.bytes); rc != 0) return rc;
    } else if (separates(folded)) {
      if (const int rc = finish(at); rc != 0) return rc;
    } else {
      if (token.empty()) start = at;
      if (token.size() + 4 <= kTokenBytesMax) append(token, folded);
    }
    at += c.bytes;
  }
  return finish(s.size());
}

using OnToken = int (*)(void*, int, const char*, int, int, int);

int x_tokenize(Fts5Tokenizer*, void* context, int, const char* text, int size, OnToken on_token) {
  if (text == nullptr || size <= 0) return SQLITE_OK;
  return each_token({text, static_cast<std::size_t>(size)},
                    [&](std::string_view token, std::size_t start, std::size_t end) {
                      return on_token(context, 0, token.data(), static_cast<int>(token.size()), static_cast<int>(start),
                                      static_cast<int>(end));
                    });
}
int x_create(void*, const char**, int, Fts5Tokenizer** out) {
  static char nothing;  // it has no state, but FTS5 wants a pointer
  *out = reinterpret_cast<Fts5Tokenizer*>(&nothing);
  return SQLITE_OK;
}
void x_delete(Fts5Tokenizer*) {}

}  // namespace

Result<> register_tokenizer(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* ask = nullptr;
  if (sqlite3_prepare_v2(db, "select fts5(?1)", -1, &ask, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(ask, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(ask);
  }
  sqlite3_finalize(ask);
  fts5_tokenizer methods{x_create, x_delete, x_tokenize};
  if (api == nullptr || api->iVersion < 2 ||
      api->xCreateTokenizer(api, "cjk1", nullptr, &methods, nullptr) != SQLITE_OK)
    return fail(Fault::missing, "this SQLite has no full-text search (FTS5)", "store.fts5");
  return {};
}

std::vector<std::string> tokens(std::string_view text) {
  std::vector<std::string> all;
  each_token(text, [&](std::string_view token, std::size_t, std::size_t) {
    all.emplace_back(token);
    return 0;
  });
  return all;
}

std::vector<Phrase> phrases(std::string_view user_text) {
  std::vector<Phrase> out;
  std::size_t count = 0;
  const auto add_word = [&](std::string_view word) {
    Phrase phrase;
    each_token(word, [&](std::string_view token, std::size_t, std::size_t) {
      if (count == kQueryTokensMax) return 1;
      ++count;
      phrase.emplace_back(token);
      return 0;
    });
    if (!phrase.empty()) out.push_back(std::move(phrase));
  };
  std::size_t begin = 0;
  for (std::size_t at = 0; at < user_text.size();) {
    const Char c = next_char(user_text, at);
    const bool space = c.code == ' ' || (c.code >= 9 && c.code <= 13) || c.code == 0xA0 || c.code == 0x3000;
    if (space) {
      add_word(user_text.substr(begin, at - begin));
      begin = at + c.bytes;
    }
    at += c.bytes;
  }
  add_word(user_text.substr(begin));
  return out;
}

std::string fts_phrase(std::string_view user_text) {
  std::string expression;
  // Quoted tokens hold letters and digits only: nothing of the user's can act as an operator.
  for (const Phrase& phrase : phrases(user_text)) {
    expression += expression.empty() ? "\"" : " \"";
    for (std::size_t i = 0; i < phrase.size(); ++i) expression += (i > 0 ? " " : "") + phrase[i];
    expression += '"';
  }
  return expression;
}

std::vector<Place> places_of(std::string_view text, const Phrase& phrase) {
  struct Token {
    std::string text;
    Place at;
  };
  std::vector<Place> out;
  if (phrase.empty()) return out;
  std::vector<Token> last;  // as many as the phrase has, the newest at the end
  each_token(text, [&](std::string_view token, std::size_t start, std::size_t end) {
    if (last.size() == phrase.size()) last.erase(last.begin());
    last.push_back({std::string(token), {start, end}});
    if (last.size() == phrase.size() && std::ranges::equal(last, phrase, {}, &Token::text)) {
      out.push_back({last.front().at.begin, end});
      last.clear();  // the next one begins behind it
    }
    return 0;
  });
  return out;
}

}  // namespace yz::node
