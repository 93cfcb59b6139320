// The desk: what somebody heard or saw is noted, becomes a report, or is put aside with a reason.
#include "node/office/desk.h"
#include "node/office/outcome.h"

namespace yz::node {
namespace {

constexpr std::size_t kTitleCharacters = 40;

/// The first line, for lists that show one.
std::string heading_of(std::string_view text) {
  text = trimmed(text);
  std::string out;
  std::size_t n = 0;
  bool over = false;
  each_character(text, [&](char32_t c, std::size_t at, std::size_t bytes) {
    over = over || c == '\n' || c == '\r' || n == kTitleCharacters;
    if (over) return;
    if (!is_hidden_control(c)) out += text.substr(at, bytes);
    ++n;
  });
  return out;
}

bool good_line(std::string_view s) { return s.size() <= kClueLineBytesMax && valid_utf8(s) && one_line(s); }

}  // namespace

Result<Outcome> Desk::note(const Person& by, const CaseId& id, Report report, ClueNote clue) {
  if (!valid_utf8(report.body) || trimmed(report.body).empty() || report.body.size() > kClueTextBytesMax ||
      !good_line(clue.told_by) || !good_line(clue.place))
    return fail(Fault::invalid, "a clue is a text of at most 8 KiB; who told it and where are one line each",
                "clue.text");
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
