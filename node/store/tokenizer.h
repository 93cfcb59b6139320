#pragma once
// Full-text search for Chinese: the FTS5 tokenizer "cjk1". Each Chinese, Japanese or Korean
// character is a token, so that words of two characters are found without a dictionary; a
// run of other letters and digits is one token in lower case; full-width forms count as
// ASCII; everything else only separates. Index rows are written by store code in the report's
// own transaction, not by triggers: with trusted_schema off SQLite 3.40 refuses those. A change here needs a new name
// and a rebuilt index.
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

struct sqlite3;

namespace yz::node {

/// A token longer than this many bytes is cut, alike in text and query.
constexpr std::size_t kTokenBytesMax = 128;
/// Tokens taken from what a person typed: more make the search slow and no better.
constexpr std::size_t kQueryTokensMax = 64;

/// For every connection, before any FTS table is touched.
Result<> register_tokenizer(sqlite3*);

/// Tokens of any bytes; invalid UTF-8 only separates.
std::vector<std::string> tokens(std::string_view text);

/// Tokens that stand one after the other.
using Phrase = std::vector<std::string>;
/// The words that a person typed, separated by white space; at most kQueryTokensMax tokens in all.
std::vector<Phrase> phrases(std::string_view user_text);
/// Bytes [begin, end) of a text.
struct Place {
  std::size_t begin = 0, end = 0;
  bool operator==(const Place&) const = default;
};
/// Where the index would find the phrase in a text, in order; none overlaps another.
std::vector<Place> places_of(std::string_view text, const Phrase&);

/// Turns what a person typed into an FTS5 MATCH expression without operators: all words
/// (separated by white space) must occur, each as a phrase. Empty when there is no token:
/// then do not search.
std::string fts_phrase(std::string_view user_text);

}  // namespace yz::node
