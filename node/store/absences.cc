#include "node/store/absences.h"

#include <algorithm>

#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::RecordType;

constexpr int kDelegation = static_cast<int>(RecordType::delegation);
/// Of one absence; its office would need thousands of offices below it.
constexpr std::size_t kWordsMost = 512;
constexpr std::size_t kLookedAtAgain = 1024;

Result<std::vector<std::pair<AbsenceFact, std::vector<OfficeId>>>> facts_of(Store& store, std::int64_t matter) {
  std::vector<std::pair<AbsenceFact, std::vector<OfficeId>>> out;
  Query q =
      TRY(store.db().query("select bytes from record where matter = ? and type = ? and quarantine = 0"
                           " and office = (select office from matter where row = ?1) order by row limit ?",
                           matter, kDelegation, kWordsMost));
  while (TRY(q.step())) {
    const auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    auto word = decode_absence(r->record.body);
    if (word) out.push_back({{r->id, r->record.at, r->record.parents, std::move(*word)}, r->record.addressees});
  }
  return out;
}

Absence absence_at(Query& q, int from) {
  Absence a;
  a.word.act = AbsenceWord::Act::away;
  a.word.absent_name = q.text(from);
  a.word.deputy_name = q.text(from + 1);
  a.word.from_ms = q.integer(from + 2);
  a.word.until_ms = q.integer(from + 3);
  a.begins = q.integer(from + 4);
  a.ends = q.integer(from + 5);
  a.ended_early = q.integer(from + 6) != 0;
  a.word.reason = q.text(from + 7);
  a.word.place = q.text(from + 8);
  a.word.contact = q.text(from + 9);
  return a;
}

/// Types that one signs off for an office. Questions, replies and receipts of people are anybody's.
bool is_signed_off(RecordType t) {
  using enum RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == withdrawal || t == forward ||
         t == zero_report || t == commission || t == decision || t == instruction;
}

}  // namespace

Result<> project_absence(Store& store, std::int64_t matter, const OfficeId& office) {
  std::vector<AbsenceFact> facts;
  for (auto& [fact, to] : TRY(facts_of(store, matter))) facts.push_back(std::move(fact));
  const auto a = standing_of(facts);
  if (!a) return {};
  TRY(store.db().run(
      "insert into absence(matter, office, absent, absent_name, deputy, deputy_name, from_ms, until_ms, begins, ends,"
      " early, reason, place, contact) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(matter) do update"
      " set absent = excluded.absent, absent_name = excluded.absent_name, deputy = excluded.deputy,"
      " deputy_name = excluded.deputy_name, from_ms = excluded.from_ms, until_ms = excluded.until_ms,"
      " begins = excluded.begins, ends = excluded.ends, early = excluded.early, reason = excluded.reason,"
      " place = excluded.place, contact = excluded.contact",
      matter, office, a->word.absent, a->word.absent_name, a->word.deputy, a->word.deputy_name, a->word.from_ms,
      a->word.until_ms, a->begins, a->ends, a->ended_early ? 1 : 0, a->word.reason, a->word.place, a->word.contact));
  return store.db().run("update matter set sort = ?, title = ? where row = ?", static_cast<int>(Sort::absence),
                        a->word.absent_name, matter);
}

Result<std::vector<AbsenceRow>> absences(Store& store, sync::Millis now, bool all, std::size_t most) {
  std::vector<AbsenceRow> out;
  Query q = TRY(store.db().query(
      "select a.matter, m.case_id, a.office, a.absent_name, a.deputy_name, a.from_ms, a.until_ms, a.begins, a.ends,"
      " a.early, a.reason, a.place, a.contact, a.absent, a.deputy from absence a join matter m on m.row = a.matter"
      " where ? or a.ends > ? order by a.begins desc, a.matter desc limit ?",
      all ? 1 : 0, now, most));
  while (TRY(q.step())) {
    AbsenceRow row;
    row.matter = q.integer(0);
    row.id = TRY(q.id<CaseId>(1));
    row.office = TRY(q.id<OfficeId>(2));
    row.absence = absence_at(q, 3);
    row.absence.word.absent = TRY(q.id<PersonId>(13));
    if (!q.null(14)) row.absence.word.deputy = TRY(q.id<PersonId>(14));
    out.push_back(std::move(row));
  }
  return out;
}

Result<std::vector<std::pair<RecordId, std::vector<OfficeId>>>> words_of_absence(Store& store, std::int64_t matter) {
  std::vector<std::pair<RecordId, std::vector<OfficeId>>> out;
  for (auto& [fact, to] : TRY(facts_of(store, matter)))
    if (fact.word.act == AbsenceWord::Act::away) out.emplace_back(fact.id, std::move(to));
  return out;
}

Result<std::vector<PersonId>> stands_in_for(Store& store, const OfficeId& office, const PersonId& person,
                                            const SignedWhen& when) {
  std::vector<PersonId> out;
  Query q = TRY(store.db().query(
      "select distinct absent from absence where office = ? and deputy = ? and begins <= ? and ends > ? limit 16",
      office, person, when.until, when.from));
  while (TRY(q.step())) out.push_back(TRY(q.id<PersonId>(0)));
  return out;
}

Result<std::vector<PersonId>> stands_in_for(Store& store, const OfficeId& office, const PersonId& person,
                                            sync::Millis at) {
  return stands_in_for(store, office, person, SignedWhen{at, at});
}

Result<std::string> absent_name(Store& store, const OfficeId& office, const PersonId& absent, const SignedWhen& when) {
  Query q = TRY(store.db().query(
      "select absent_name from absence where office = ? and absent = ? and begins <= ? and ends > ? limit 1", office,
      absent, when.until, when.from));
  return TRY(q.step()) ? q.text(0) : std::string();
}

/// A deputy's right has to hold at some moment at which the record may have been signed, not when it was submitted.
Result<SignOff> sign_off_of(Store& store, Directory& directory, const sync::Record& r, const SignedWhen& when) {
  SignOff out;
  std::vector<PersonId> deputies;
  std::set<PersonId> drafted;
  for (const auto& s : r.signatures) {
    const auto officer = TRY(directory.officer(s.officer));
    if (!officer) continue;
    out.persons.insert(officer->person);
    out.edited |= (officer->roles & (crypto::role::reviewer | crypto::role::signer)) != 0;
    if (s.role == sync::SignRole::drafter) drafted.insert(officer->person);
    if (s.role != sync::SignRole::signer && s.role != sync::SignRole::cosigner) continue;
    out.tried = true;
    if (officer->roles & crypto::role::signer)
      out.own_right = true;
    else
      deputies.push_back(officer->person);
  }
  for (const PersonId& d : deputies)
    for (const PersonId& absent : TRY(stands_in_for(store, r.origin, d, when)))
      if (!drafted.contains(absent)) out.in_place_of.push_back(absent);
  return out;
}

Result<std::int64_t> sign_off_notes(Store& store, Directory& directory, const sync::Record& r, const SignedWhen& when) {
  if (!is_signed_off(r.type)) return 0;
  const SignOff s = TRY(sign_off_of(store, directory, r, when));
  if (!s.tried || s.own_right) return 0;
  return s.in_place_of.empty() ? record_note::unentitled : record_note::deputy;
}

Result<> heed_deputy(Store& store, Directory& directory, std::int64_t matter, const OfficeId& office) {
  Database& db = store.db();
  std::optional<PersonId> deputy;
  {
    Query q = TRY(db.query("select deputy from absence where matter = ? and deputy is not null", matter));
    if (!TRY(q.step())) return {};
    deputy = TRY(q.id<PersonId>(0));
  }
  struct Row {
    std::int64_t row, matter;
    Bytes bytes;
    sync::Millis signed_until = 0;
    bool here = false;
  };
  std::vector<Row> rows;
  {
    Query q = TRY(db.query(
        "select row, matter, bytes, signed_until_ms, signed_here from record where office = ? and quarantine = 0 and"
        " (flags & ?) <> 0 order by row desc limit ?",
        office, record_note::unentitled | record_note::deputy, kLookedAtAgain));
    while (TRY(q.step())) rows.push_back({q.integer(0), q.integer(1), q.blob(2), q.integer(3), q.integer(4) != 0});
  }
  constexpr std::int64_t both = record_note::unentitled | record_note::deputy;
  for (const Row& row : rows) {
    const auto r = sync::decode_record(row.bytes);
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    const std::int64_t notes =
        TRY(sign_off_notes(store, directory, r->record, signed_when(r->record.at.ms(), row.signed_until, row.here)));
    TRY(db.run("update record set flags = (flags & ~?) | ? where row = ?", both, notes, row.row));
    TRY(
        db.run("update matter set flags = (flags & ~?1) | (select max(r.flags & ?2) | max(r.flags & ?3) from record r"
               " where r.matter = ?4 and r.quarantine = 0) where row = ?4",
               both, record_note::unentitled, record_note::deputy, row.matter));
  }
  // What binds waited: it is opened again from the bytes that came, when it bears a key of this very person.
  return db.run(
      "update envelope set state = 0, refusal = 0 where own = 0 and state = 2 and row in (select r.envelope from "
      "refused"
      " f join record r on r.id = f.record join officer o on o.office = r.office and o.person = ? where f.why = ? and"
      " r.office = ? and instr(r.bytes, o.digest) > 0)",
      *deputy, static_cast<int>(sync::Refusal::unproven_deputy), office);
}

}  // namespace yz::node
