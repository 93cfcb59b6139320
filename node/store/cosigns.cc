#include "node/store/cosigns.h"

#include <algorithm>

#include "node/store/acts.h"

namespace yz::node {
namespace {

bool is_cosign(ActKind k) { return k == ActKind::cosign || k == ActKind::cosigned || k == ActKind::cosign_declined; }

Result<std::set<PersonId>> signers_of(Store& store, std::int64_t record_row) {
  std::set<PersonId> out;
  Query q = TRY(store.db().query("select bytes from record where row = ?", record_row));
  if (!TRY(q.step())) return out;
  const auto r = sync::decode_record(q.blob(0));
  if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  Directory directory(store);
  for (const auto& s : r->record.signatures)
    if (const auto officer = TRY(directory.officer(s.officer))) out.insert(officer->person);
  return out;
}

Result<OfficeId> lead_of(Store& store, std::int64_t matter) {
  Query q = TRY(store.db().query("select office from matter where row = ?", matter));
  if (!TRY(q.step())) return fail(Fault::missing, "there is no such case", "case.missing");
  return q.id<OfficeId>(0);
}

}  // namespace

Result<std::vector<Cosigner>> cosigners_of_case(Store& store, std::int64_t matter) {
  std::vector<CosignFact> facts;
  for (ActEntry& a : TRY(acts_of(store, matter))) {
    if (!is_cosign(a.fact.kind)) continue;
    CosignFact f;
    f.id = a.fact.id;
    f.kind = a.fact.kind;
    f.office = a.fact.office;
    f.at = a.fact.at;
    f.offices = a.act.assignees;
    f.persons = a.act.persons;
    f.text = a.fact.kind == ActKind::cosign ? a.act.text : a.act.reason;
    f.stands = a.fact.stands;
    if (a.fact.kind != ActKind::cosign) f.signers = TRY(signers_of(store, a.row));
    facts.push_back(std::move(f));
  }
  if (facts.empty()) return std::vector<Cosigner>();
  return cosigners_of(TRY(lead_of(store, matter)), facts);
}

Result<> hold_deliveries(Store& store, std::int64_t matter, std::span<const OfficeId> but, sync::Millis until) {
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(store.db().query(
        "select d.row, d.destination from delivery d join record r on r.row = d.record where r.matter = ? and r.own = 1"
        " and d.envelope is null and d.state = 0",
        matter));
    while (TRY(q.step()))
      if (std::ranges::find(but, TRY(q.id<OfficeId>(1))) == but.end()) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows)
    TRY(store.db().run("update delivery set held_until = ? where row = ?", until, row));
  return {};
}

Result<std::optional<sync::Millis>> held_until(Store& store, std::int64_t matter, sync::Millis now) {
  Query q = TRY(store.db().query(
      "select max(d.held_until) from delivery d join record r on r.row = d.record where r.matter = ? and d.envelope is"
      " null and d.state = 0 and d.held_until > ?",
      matter, now));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  return q.integer(0);
}

Result<> settle_hold(Store& store, std::int64_t matter) {
  {
    Query q = TRY(store.db().query(
        "select 1 from delivery d join record r on r.row = d.record where r.matter = ? and d.held_until > 0 limit 1",
        matter));
    if (!TRY(q.step())) return {};
  }
  if (!all_signed(TRY(cosigners_of_case(store, matter)))) return {};
  return hold_deliveries(store, matter, {}, 0);
}

Result<std::vector<std::int64_t>> cases_to_cosign(Store& store, std::size_t most) {
  Query q = TRY(store.db().query(
      "select distinct a.matter from act a join matter m on m.row = a.matter where a.kind = ? and m.state <> ? and"
      " (m.own = 1 or a.duty = ?) order by a.matter desc limit ?",
      static_cast<int>(ActKind::cosign), static_cast<int>(ReportState::withdrawn), static_cast<int>(Duty::cosign),
      most));
  std::vector<std::int64_t> out;
  while (TRY(q.step())) out.push_back(q.integer(0));
  return out;
}

}  // namespace yz::node
