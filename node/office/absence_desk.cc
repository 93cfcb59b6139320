#include "node/office/absence_desk.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

/// Not by who only stands in for somebody: a deputy names no deputy.
Result<> may_say(const SigningPerson& by) {
  if ((by.person.roles & crypto::role::signer) && by.person.stands_for.empty()) return {};
  return fail(Fault::denied, "only a signer says that a signer is away; who stands in for one does not pass that on",
              "denied.role");
}

template <class F>
Result<> in_groups(const std::vector<OfficeId>& all, F each) {
  for (std::size_t i = 0; i < all.size(); i += sync::limit::addressees) {
    const auto end = std::min(all.size(), i + sync::limit::addressees);
    TRY(each(std::vector<OfficeId>(all.begin() + static_cast<std::ptrdiff_t>(i),
                                   all.begin() + static_cast<std::ptrdiff_t>(end))));
  }
  return {};
}

bool fits(const std::string& s) {
  return s.size() <= kAbsenceLineBytesMax && s.find_first_of("\r\n") == std::string::npos;
}

}  // namespace

Result<AbsenceDesk> AbsenceDesk::open(Books& books, sync::Millis now) {
  HomeOffice home = TRY(books.home());
  return AbsenceDesk(books, std::move(home), now);
}

Result<> AbsenceDesk::say(const SigningPerson& by, const CaseId& id, sync::Hlc at, const AbsenceWord& word,
                          std::vector<RecordId> parents, std::vector<OfficeId> to) {
  sync::Record r;
  r.type = sync::RecordType::delegation;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = r.case_office = home_.id;
  r.at = at;
  r.anchor = home_.anchor;
  r.case_id = id;
  r.lane = sync::Lane::urgent;  // it should be there before what the deputy signs
  r.parents = std::move(parents);
  r.addressees = std::move(to);
  r.body = encode_absence(word);
  r.signatures = {signature(by, sync::SignRole::signer, r.content())};
  TRY(books_.release(sync::release(r), 0, now_));
  return {};
}

Result<AbsenceOutcome> AbsenceDesk::away(const SigningPerson& by, AbsenceWord word, const AbsenceReaders& readers) {
  TRY(may_say(by));
  if (word.until_ms <= std::max(word.from_ms, now_))
    return fail(Fault::invalid, "an absence ends after it began, and not in the past", "absence.span");
  if (word.until_ms - word.from_ms > kAbsenceLongestMs)
    return fail(Fault::invalid, "an absence lasts at most a year: register it anew when that is over", "absence.span");
  if (word.deputy == word.absent) return fail(Fault::invalid, "nobody stands in for themselves", "absence.deputy");
  for (const std::string* s : {&word.reason, &word.place, &word.contact})
    if (!fits(*s)) return fail(Fault::invalid, "reason, place and telephone are one short line each", "absence.text");
  word.act = AbsenceWord::Act::away;
  AbsenceWord bare = word;  // why the head is away, and where, is no business of those below
  bare.reason = bare.place = bare.contact = {};
  AbsenceOutcome out;
  out.case_id = crypto::random_fixed<CaseId>();
  TRY(books_.write([&]() -> Result<> {
    const sync::Hlc at = TRY(books_.tick(now_));
    // An office without any other keeps it for itself.
    const std::vector<OfficeId> above = readers.above.empty() ? std::vector{home_.id} : readers.above;
    TRY(in_groups(above, [&](auto to) { return say(by, out.case_id, at, word, {}, std::move(to)); }));
    if (word.deputy)
      TRY(in_groups(readers.below, [&](auto to) { return say(by, out.case_id, at, bare, {}, std::move(to)); }));
    return books_.journal(by.person, "absence.away", out.case_id,
                          word.absent_name + (word.deputy ? " / " + word.deputy_name : std::string()), now_);
  }));
  return out;
}

Result<AbsenceOutcome> AbsenceDesk::back(const SigningPerson& by, const CaseId& id,
                                         std::span<const AbsenceCopy> copies) {
  TRY(may_say(by));
  if (copies.empty()) return fail(Fault::missing, "there is no such absence", "absence.missing");
  AbsenceWord word;
  word.act = AbsenceWord::Act::back;
  TRY(books_.write([&]() -> Result<> {
    const sync::Hlc at = TRY(books_.tick(now_));
    for (const AbsenceCopy& c : copies) TRY(say(by, id, at, word, {c.id}, c.to));
    return books_.journal(by.person, "absence.back", id, "", now_);
  }));
  AbsenceOutcome out;
  out.case_id = id;
  return out;
}

}  // namespace yz::node
