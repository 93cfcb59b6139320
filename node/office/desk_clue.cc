// The desk: what somebody heard or saw is noted, becomes a report, or is put aside with a reason.
#include "node/office/desk.h"
#include "node/office/outcome.h"

namespace yz::node {
namespace {

constexpr std::size_t kTitleCharacters = 40;

bool ends_sentence(char32_t c) { return std::u32string_view(U"。！？；!?;\n\r").contains(c); }
bool ends_clause(char32_t c) { return std::u32string_view(U"，、：,: ").contains(c); }

/// The first sentence; of a long one as many clauses as there is room for. Empty when not even one has room: a title
/// that breaks off within a word is worse than none.
std::string heading_of(std::string_view text) {
  text = trimmed(text);
  std::string out;
  std::size_t n = 0, whole = 0;  // whole: of out, what ends where a clause does
  bool over = false, done = false;
  each_character(text, [&](char32_t c, std::size_t at, std::size_t bytes) {
    if (over || done) return;
    if ((done = ends_sentence(c))) return;
    if ((over = n == kTitleCharacters)) {
      if (ends_clause(c)) whole = out.size();
      return;
    }
    if (ends_clause(c)) whole = out.size();
    if (!is_hidden_control(c)) out += text.substr(at, bytes);
    ++n;
  });
  if (over) out.resize(whole);
  return out;
}

bool good_line(std::string_view s) { return s.size() <= kClueLineBytesMax && valid_utf8(s) && one_line(s); }

Result<> good_clue(std::string_view text, const ClueNote& clue) {
  if (!valid_utf8(text) || trimmed(text).empty() || text.size() > kClueTextBytesMax || !good_line(clue.told_by) ||
      !good_line(clue.place))
    return fail(Fault::invalid, "a clue is a text of at most 8 KiB; who told it and where are one line each",
                "clue.text");
  return {};
}

}  // namespace

Result<Outcome> Desk::note(const Person& by, const CaseId& id, Report report, ClueNote clue) {
  TRY(good_clue(report.body, clue));
  Draft d;
  d.case_id = id;
  report.title = heading_of(report.body);
  d.report = std::move(report);
  clue.by = by.name;
  clue.noted_ms = now_;
  d.extras.drafter = by.name;
  d.extras.clue = std::move(clue);
  d.drafter = by.id;
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.keep(d, now_));
    return books_.journal(by, "clue", d.case_id, "", now_);
  }));
  return outcome_of(d);
}

Result<Outcome> Desk::note_again(const Person& by, std::int64_t matter, std::string text, std::string told_by,
                                 std::string place) {
  auto d = TRY(books_.draft(matter));
  if (!d || !d->extras.clue) return fail(Fault::missing, "there is no such clue", "clue.missing");
  ClueNote& clue = *d->extras.clue;
  if (clue.state != ClueNote::State::open)
    return fail(Fault::conflict, "the clue is settled: open it again first", "clue.settled");
  clue.told_by = std::move(told_by);
  clue.place = std::move(place);
  TRY(good_clue(text, clue));
  d->report.title = heading_of(text);
  d->report.body = std::move(text);
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.keep(*d, now_));
    return books_.journal(by, "clue.edit", d->case_id, "", now_);
  }));
  return outcome_of(*d);
}

Result<Outcome> Desk::settle(const Person& by, std::int64_t matter, ClueNote::State to, std::string_view reason,
                             const std::optional<CaseId>& report) {
  auto d = TRY(books_.draft(matter));
  if (!d || !d->extras.clue) return fail(Fault::missing, "there is no such clue", "clue.missing");
  ClueNote& clue = *d->extras.clue;
  using State = ClueNote::State;
  // Several clues make one report, and one clue may make several.
  if (to == State::open ? clue.state == State::open : to == State::discarded && clue.state != State::open)
    return fail(Fault::conflict, "the clue is settled, or open already", "clue.settled");
  if (to == State::discarded && (trimmed(reason).empty() || reason.size() > kClueTextBytesMax || !valid_utf8(reason)))
    return fail(Fault::invalid, "say why it is put aside", "invalid.reason");
  clue.state = to;
  clue.reason = to == State::discarded ? std::string(reason) : std::string();
  clue.report = to == State::promoted ? report : std::nullopt;
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.keep(*d, now_));
    return books_.journal(by, "clue." + std::string(name_of(to)), d->case_id, "", now_);
  }));
  return outcome_of(*d);
}

}  // namespace yz::node
