// Who is away and who signs in their place (外出报备): ours, and what other offices told us of theirs.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/absence_desk.h"
#include "node/store/above.h"
#include "node/store/absences.h"
#include "node/store/routes.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kShown = 500;

Result<sync::Millis> time_member(Request& r, std::string_view key, std::optional<sync::Millis> otherwise) {
  const Json* j = r.body.find(key);
  if ((!j || j->is_null()) && otherwise) return *otherwise;
  Report scratch;
  const auto read = j && j->string() ? r.host.rules().set_field(scratch, "occurred_at", *j->string())
                                     : Result<>(fail(Fault::invalid, "", ""));
  if (!read || !scratch.occurred_at)
    return fail(Fault::invalid, std::string(key) + " is a time like 2026-11-22T18:00:00+08:00", "invalid.time");
  return *scratch.occurred_at;
}

Result<OfficerRow> colleague(Request& r, std::string_view name) {
  const auto row = TRY(r.host.directory().officer_by_name(r.store().me().office, name));
  if (!row || row->state != OfficerState::active)
    return fail(Fault::missing, "no active officer of that name belongs to this office", "officer.unknown");
  return *row;
}

/// Superiors hear all of it; whoever lies below may get what the deputy signs.
Result<AbsenceReaders> readers_of(Request& r) {
  AbsenceReaders out;
  for (const Above& a : TRY(offices_above(r.store(), r.host.directory())))
    if (a.rank != Above::Rank::higher) out.above.push_back(a.id);
  const OfficeId& us = r.store().me().office;
  for (const OfficeRow& o : TRY(r.host.directory().offices()))
    if (o.id != us && o.admitted && o.state != OfficeState::revoked && o.state != OfficeState::moved &&
        TRY(lies_below(r.store(), o.id, us)))
      out.below.push_back(o.id);
  std::ranges::sort(out.above);
  std::ranges::sort(out.below);
  return out;
}

std::string_view state_of(const Absence& a, sync::Millis now) {
  if (now < a.begins) return "coming";
  if (now < a.ends) return "running";
  return a.ended_early ? "back" : "over";
}

Json json_of(const Request& r, const AbsenceRow& row) {
  const AbsenceWord& w = row.absence.word;
  return Json::object({{"absence", base32(row.id.view())},
                       {"office", r.code_of(row.office)},
                       {"office_name", r.office_name(row.office)},
                       {"own", row.office == r.store().me().office},
                       {"absent", w.absent_name},
                       {"deputy", w.deputy_name},
                       {"from", r.time(w.from_ms)},
                       {"until", r.time(w.until_ms)},
                       {"begins", r.time(row.absence.begins)},
                       {"ends", r.time(row.absence.ends)},
                       {"state", state_of(row.absence, r.now())},
                       {"reason", w.reason},
                       {"place", w.place},
                       {"contact", w.contact}});
}

}  // namespace

Result<Person> acting(const Request& r, const OfficerRow& o) { return acting_person(r.store(), o, r.now()); }

Result<ApiReply> get_absences(Request& r) {
  TRY(r.host.open_received());
  Json list = Json::array();
  for (const AbsenceRow& row : TRY(absences(r.store(), r.now(), r.param("all") == "true", kShown)))
    list.add(json_of(r, row));
  return reply(Json::object({{"now", r.time(r.now())}, {"absences", std::move(list)}}));
}

Result<ApiReply> post_absence(Request& r) {
  TRY(only(r.body, {"officer", "deputy", "from", "until", "reason", "place", "contact"}));
  const Signer signer = TRY(r.signer());
  const std::string_view who = r.body.text("officer"), deputy = r.body.text("deputy");
  const OfficerRow absent = who.empty() ? signer.officer : TRY(colleague(r, who));
  if (!(absent.roles & crypto::role::signer))
    return fail(Fault::invalid, "only who signs for the office needs somebody in their place", "absence.signer");
  AbsenceWord w;
  w.absent = absent.person;
  w.absent_name = absent.name;
  if (!deputy.empty()) {
    const OfficerRow d = TRY(colleague(r, deputy));
    constexpr std::uint16_t writes =
        crypto::role::drafter | crypto::role::reviewer | crypto::role::duty | crypto::role::signer;
    if (!(d.roles & writes))
      return fail(Fault::invalid, "an auditor or administrator signs in nobody's place", "absence.deputy");
    w.deputy = d.person;
    w.deputy_name = d.name;
  }
  w.from_ms = TRY(time_member(r, "from", r.now()));
  w.until_ms = TRY(time_member(r, "until", std::nullopt));
  w.reason = r.body.text("reason");
  w.place = r.body.text("place");
  w.contact = r.body.text("contact").empty() ? absent.phone : std::string(r.body.text("contact"));
  const AbsenceReaders readers = TRY(readers_of(r));
  StoreBooks books = books_of(r);
  AbsenceDesk desk = TRY(AbsenceDesk::open(books, r.now()));
  const AbsenceOutcome o = TRY(desk.away({person_of(signer.officer), signer.key}, std::move(w), readers));
  r.host.wake(o.queued);
  for (const AbsenceRow& row : TRY(absences(r.store(), r.now(), true, kShown)))
    if (row.id == o.case_id) return reply(json_of(r, row));
  return fail(Fault::corrupt, "an absence could not be stored", "store.absence");
}

Result<ApiReply> post_absence_back(Request& r) {
  TRY(only(r.body, {}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  if (m.sort != Sort::absence) return fail(Fault::missing, "there is no such absence", "absence.missing");
  if (!m.own) return fail(Fault::denied, "only its own office says that somebody is back", "denied.office");
  std::vector<AbsenceCopy> copies;
  for (auto& [id, to] : TRY(words_of_absence(r.store(), m.row))) copies.push_back({id, std::move(to)});
  for (const AbsenceRow& row : TRY(absences(r.store(), r.now(), true, kShown)))
    if (row.id == m.id && row.absence.ends <= r.now())
      return fail(Fault::conflict, "this absence is over already", "absence.over");
  const Signer signer = TRY(r.signer());
  StoreBooks books = books_of(r);
  AbsenceDesk desk = TRY(AbsenceDesk::open(books, r.now()));
  const AbsenceOutcome o = TRY(desk.back({person_of(signer.officer), signer.key}, m.id, copies));
  r.host.wake(o.queued);
  for (const AbsenceRow& row : TRY(absences(r.store(), r.now(), true, kShown)))
    if (row.id == m.id) return reply(json_of(r, row));
  return fail(Fault::corrupt, "an absence could not be stored", "store.absence");
}

}  // namespace yz::node::api
