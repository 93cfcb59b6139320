#include "node/store/excerpt.h"

#include <algorithm>

#include "node/office/acts.h"
#include "node/office/layers.h"
#include "node/office/text.h"
#include "node/store/books.h"
#include "node/store/tokenizer.h"

namespace yz::node {
namespace {

/// Characters shown before the first hit.
constexpr std::size_t kBefore = 16;
constexpr std::string_view kLeftOut = "…";

/// Hits of all words, in order, without overlaps.
std::vector<Place> hits_in(std::string_view text, const std::vector<Phrase>& words) {
  std::vector<Place> all;
  for (const Phrase& p : words) std::ranges::copy(places_of(text, p), std::back_inserter(all));
  std::ranges::sort(all, {}, [](const Place& p) { return std::pair(p.begin, p.end); });
  std::vector<Place> out;
  for (const Place& p : all) {
    if (!out.empty() && p.begin < out.back().end)
      out.back().end = std::max(out.back().end, p.end);
    else
      out.push_back(p);
  }
  return out;
}

/// The part of the text that is shown: whole characters.
Place window(std::string_view text, const Place& first) {
  std::vector<std::size_t> starts;  // of each character
  each_character(text, [&](char32_t, std::size_t at, std::size_t) { starts.push_back(at); });
  const auto hit = static_cast<std::size_t>(std::ranges::lower_bound(starts, first.begin) - starts.begin());
  const std::size_t from = hit > kBefore ? hit - kBefore : 0, to = from + kExcerptCharacters;
  return {starts[from], to < starts.size() ? starts[to] : text.size()};
}

/// Line breaks and what reorders a line as one space each: the excerpt is one line of a list.
std::string on_one_line(std::string_view valid) {
  std::string out;
  each_character(valid, [&](char32_t c, std::size_t at, std::size_t n) {
    if (c < 0x20 || c == 0x7F || is_hidden_control(c))
      out += ' ';
    else
      out += valid.substr(at, n);
  });
  return out;
}

bool has_all(std::string_view title, std::string_view text, const std::vector<Phrase>& words) {
  return std::ranges::all_of(
      words, [&](const Phrase& p) { return !places_of(text, p).empty() || !places_of(title, p).empty(); });
}

struct Text {
  std::string title, text, shown;
};
/// A code that stands for a choice ("ND-GEO"): the index has it, a reader has no use for it.
bool is_code(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// What is shown of what is searched: the index's text but for codes.
std::string shown_text(Report r) {
  std::erase_if(r.fields.values, [](const auto& field) {
    const auto* s = std::get_if<std::string>(&field.second);
    return s && is_code(*s);
  });
  return search_text(r);
}

/// What the index has of a record.
std::optional<Text> text_of(const sync::Record& r) {
  if (const auto act = act_of(r); act && *act) return Text{{}, (**act).text, (**act).text};
  auto body = edition_of(r);
  if (!body)
    if (auto plain = decode_body(r.body)) body = std::move(*plain);
  if (!body) return std::nullopt;
  return Text{body->report.title, search_text(body->report), shown_text(body->report)};
}

}  // namespace

Excerpt excerpt_of(std::string_view text, std::string_view searched) {
  if (!valid_utf8(text)) return {};
  const std::vector<Place> hits = hits_in(text, phrases(searched));
  if (hits.empty()) return {};
  const Place shown = window(text, hits.front());
  Excerpt out;
  std::string plain(shown.begin > 0 ? kLeftOut : std::string_view());
  std::size_t at = shown.begin;
  for (const Place& h : hits) {
    if (h.begin >= shown.end) break;
    plain += on_one_line(text.substr(at, h.begin - at));
    if (!plain.empty()) out.push_back({std::move(plain), false});
    plain.clear();
    at = std::min(h.end, shown.end);
    out.push_back({on_one_line(text.substr(h.begin, at - h.begin)), true});
  }
  plain += on_one_line(text.substr(at, shown.end - at));
  if (shown.end < text.size()) plain += kLeftOut;
  if (!plain.empty()) out.push_back({std::move(plain), false});
  return out;
}

Result<Excerpt> excerpt_of(Store& store, const MatterRow& m, std::string_view searched, std::size_t& left) {
  const std::vector<Phrase> words = phrases(searched);
  // A text that is too large for what is left ends it for the cases after this one too.
  const auto may_read = [&left](std::int64_t octets) {
    const auto n = static_cast<std::size_t>(octets);
    const bool fits = n <= left;
    left = fits ? left - n : 0;
    return fits;
  };
  {
    Query q = TRY(store.db().query("select report, length(report) from draft where matter = ?", m.row));
    if (TRY(q.step())) {
      if (!may_read(q.integer(1))) return Excerpt{};
      if (const auto body = decode_body(q.blob(0)))
        if (const std::string text = search_text(body->report); has_all(body->report.title, text, words))
          return excerpt_of(shown_text(body->report), searched);
    }
  }
  Query q = TRY(store.db().query(
      "select bytes, length(bytes) from record where matter = ? and quarantine = 0 order by row desc", m.row));
  while (TRY(q.step())) {
    if (!may_read(q.integer(1))) break;
    const auto released = sync::decode_record(q.blob(0));
    if (!released) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    const auto t = text_of(released->record);
    if (t && has_all(t->title, t->text, words)) return excerpt_of(t->shown, searched);
  }
  return Excerpt{};
}

}  // namespace yz::node
