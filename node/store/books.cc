#include "node/store/books.h"

#include <algorithm>
#include <chrono>
#include <ranges>

#include "node/office/compare.h"
#include "node/store/above.h"
#include "node/store/absences.h"
#include "node/store/acts.h"
#include "node/store/attachments.h"
#include "node/store/cases.h"
#include "node/store/commissions.h"
#include "node/store/cosigns.h"
#include "node/store/drafts.h"
#include "node/store/enclosures.h"
#include "node/store/forwards.h"
#include "node/store/handed.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

/// The newest of them, as many as a record can name.
std::vector<RecordId> newest_ids(const CaseGraph& graph, std::span<const std::size_t> versions) {
  if (versions.size() > kJoinedAtOnce) versions = versions.last(kJoinedAtOnce);
  std::vector<RecordId> out;
  for (const std::size_t i : versions) out.push_back(graph.at(i).id);
  std::sort(out.begin(), out.end());
  return out;
}

int year_of(sync::Millis now, std::int64_t offset_minutes) {
  using namespace std::chrono;
  const sys_days day = floor<days>(sys_time<milliseconds>(milliseconds(now) + minutes(offset_minutes)));
  return static_cast<int>(year_month_day(day).year());
}

}  // namespace

Person person_of(const OfficerRow& o) { return {o.digest, o.person, o.name, o.phone, o.roles}; }

Result<Person> acting_person(Store& store, const OfficerRow& o, sync::Millis now) {
  Person p = person_of(o);
  if (p.roles & crypto::role::signer) return p;
  p.stands_for = TRY(stands_in_for(store, o.office, o.person, now));
  if (!p.stands_for.empty()) p.roles |= crypto::role::signer;
  return p;
}

Result<> StoreBooks::write(const std::function<Result<>()>& work) {
  return store_.write([&]() -> Result<> { return work(); });
}

Result<HomeOffice> StoreBooks::home() {
  HomeOffice h;
  h.id = store_.me().office;
  const auto self = TRY(directory_.office(h.id));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  h.name = self->name;
  h.level = crypto::name_of(self->level);
  h.one_person = self->one_person && TRY(directory_.active_officers(h.id)) == 1;
  h.above = TRY(offices_above(store_, directory_));
  h.gravest_to_all = gravest_to_all_;
  if (const auto anchor = TRY(store_.meta("anchor"))) h.anchor = TRY(Hash::from(*anchor));
  return h;
}

Result<sync::Hlc> StoreBooks::tick(sync::Millis now) { return store_.tick(now); }

Result<std::optional<Draft>> StoreBooks::draft(std::int64_t matter) {
  Query q = TRY(store_.db().query(
      "select m.case_id, d.report, d.drafter, d.note, d.content, d.signatures,"
      " exists(select 1 from record r where r.matter = m.row and r.quarantine = 0), d.seen, d.disputed, d.record"
      " from draft d join matter m on m.row = d.matter where d.matter = ?",
      matter));
  if (!TRY(q.step())) return std::nullopt;
  Draft d;
  d.matter = matter;
  d.case_id = TRY(q.id<CaseId>(0));
  auto body = decode_body(q.blob(1));
  if (!body) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
  d.report = std::move(body->report);
  d.extras = std::move(body->extras);
  d.drafter = TRY(q.id<PersonId>(2));
  d.note = q.text(3);
  d.content = q.blob(4);
  d.signatures = TRY(signatures_from(q.blob(5)));
  d.first = q.integer(6) == 0;
  if (const Bytes seen = q.blob(7); !seen.empty()) {
    Reader r(seen);
    d.seen = Seen::read(r);
    if (!r.done()) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
  }
  for (const auto name : std::views::split(q.text(8), ','))
    if (!std::ranges::empty(name)) d.disputed.emplace_back(std::string_view(name.begin(), name.end()));
  if (!q.null(9)) d.record = TRY(q.id<RecordId>(9));
  d.state = d.record             ? ReportState::signed_off
            : !d.content.empty() ? ReportState::in_review
            : !d.note.empty()    ? ReportState::returned
                                 : ReportState::draft;
  return d;
}

Result<CaseFile> StoreBooks::case_file(std::int64_t matter) {
  const MatterRow m = TRY(matter_at(store_, matter));
  const std::vector<CaseRecord> records = TRY(case_records(store_, matter));
  CaseFile f;
  f.matter = matter;
  f.case_id = m.id;
  f.office = m.office;
  f.own = m.own;
  f.state = m.state;
  f.number = m.number;
  f.graph = graph_of(m.office, records);
  // Somebody told to do something about another office's case may have no version of it.
  if (f.graph.size() == 0 && TRY(acts_of(store_, matter)).empty())
    return fail(Fault::missing, "this case has nothing that was signed", "case.empty");
  std::vector<std::size_t> last;
  for (const auto& point : f.graph.standpoints())
    if (point.author == m.office)
      for (const auto& head : point.heads) last.insert(last.end(), head.same.begin(), head.same.end());
  std::sort(last.begin(), last.end());
  f.crowded = last.size() > kJoinedAtOnce;
  f.heads = newest_ids(f.graph, last);
  if (const CaseRecord* c = current(f.graph, records)) {
    if (auto body = decode_body(c->released.record.body)) f.current = std::move(*body);
    f.shown = newest_ids(f.graph, f.graph.equals(*f.graph.find(c->released.id)));
  }
  f.brought_by = brought_by(records, m.office, store_.me().office);
  std::vector<RecordId> cosigned;
  for (const CaseRecord& c : records)
    if (c.released.record.type == sync::RecordType::cosignature && c.quarantine == sync::Refusal::none &&
        !act_of(c.released.record).value_or(std::nullopt))
      cosigned.insert(cosigned.end(), c.released.record.parents.begin(), c.released.record.parents.end());
  for (const CaseRecord& c : records) {
    const sync::Record& r = c.released.record;
    if (c.quarantine != sync::Refusal::none) continue;
    f.exercise |= is_version(r.type) && (r.flags & sync::record_flag::exercise) != 0;
    if (r.origin == store_.me().office && is_version(r.type))
      f.addressees.insert(f.addressees.end(), r.addressees.begin(), r.addressees.end());
    if (is_version(r.type))
      if (const auto body = decode_body(r.body)) {
        f.has_first |= body->report.kind == Kind::first_report;
        f.last_sequence = std::max(f.last_sequence, body->extras.sequence);
      }
    if ((r.flags & sync::record_flag::provisional) && is_version(r.type) &&
        std::find(cosigned.begin(), cosigned.end(), c.released.id) == cosigned.end()) {
      CaseFile::Provisional p;
      p.record = c.released.id;
      for (const auto& s : r.signatures)
        if (const auto officer = TRY(directory_.officer(s.officer))) p.signed_by.push_back(officer->person);
      f.provisional.push_back(std::move(p));
    }
  }
  std::ranges::sort(f.addressees);
  f.addressees.erase(std::unique(f.addressees.begin(), f.addressees.end()), f.addressees.end());
  return f;
}

Result<Original> StoreBooks::original(std::int64_t matter, const std::optional<RecordId>& which) {
  return original_of(store_, TRY(case_records(store_, matter)), TRY(matter_at(store_, matter)).office, which);
}

Result<std::vector<Enclosed>> StoreBooks::enclosed(std::int64_t matter, const RecordId& id) {
  return enclosed_in(store_, TRY(case_records(store_, matter)), id);
}

Result<Original> StoreBooks::manifest_record(const Manifest& m) { return authors_manifest(store_, m); }

Result<std::optional<sync::ReleasedRecord>> StoreBooks::our_forward(std::int64_t matter) {
  std::optional<sync::ReleasedRecord> newest;
  for (CaseRecord& c : TRY(case_records(store_, matter))) {
    const sync::Record& r = c.released.record;
    if (!c.own || c.quarantine != sync::Refusal::none || r.type != sync::RecordType::forward || r.schema != 1) continue;
    if (!newest || newest->record.at < r.at) newest = std::move(c.released);
  }
  return newest;
}

Result<std::vector<ActEntry>> StoreBooks::acts(std::int64_t matter) { return acts_of(store_, matter); }

Result<bool> StoreBooks::below(const OfficeId& office) {
  return office == store_.me().office ? Result<bool>(false) : lies_below(store_, office, store_.me().office);
}

Result<CommissionFile> StoreBooks::commission(std::int64_t matter, sync::Millis now) {
  return commission_file(store_, directory_, matter, now);
}

Result<std::optional<std::int64_t>> StoreBooks::matter_of(const CaseId& id) {
  const auto m = TRY(matter(store_, id));
  return m ? std::optional(m->row) : std::nullopt;
}

Result<> StoreBooks::each_own(sync::Millis since, const std::function<bool(std::string_view)>& visit) {
  Query q = TRY(store_.db().query(
      "select bytes from record where own = 1 and type in (1, 4) and at_ms >= ? order by row desc", since));
  while (TRY(q.step())) {
    const auto released = sync::decode_record(q.blob(0));
    if (!released) continue;
    const auto body = decode_body(released->record.body);
    if (body && !visit(body->report.body)) break;
  }
  return {};
}

Result<> StoreBooks::create(Draft& d, sync::Millis now) {
  Query q = TRY(store_.db().query(
      "insert into matter(case_id, office, own, kind, lane, state, title, changed_ms) values(?, ?, 1, 1, 3, 0, '', ?)"
      " returning row",
      d.case_id, store_.me().office, now));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a case could not be stored", "store.matter");
  d.matter = q.integer(0);
  return q.run();
}

Result<> StoreBooks::keep(Draft& d, sync::Millis now) {
  if (d.matter == 0) TRY(create(d, now));
  return draft_saved(store_, d, now);
}

Result<> StoreBooks::drop(const Draft& d, const std::optional<RecordId>& into, sync::Millis now) {
  TRY(draft_gone(store_, d, into, now));
  if (const auto old = TRY(draft(d.matter))) TRY(forget_draft(store_, d.matter, old->report));
  TRY(store_.db().run("delete from draft where matter = ?", d.matter));
  TRY(store_.db().run("delete from clue where matter = ?", d.matter));
  // A record that replaces the draft in this very transaction makes the case anew.
  if (d.first)
    TRY(store_.db().run("delete from matter where row = ? and not exists(select 1 from record where matter = ?)",
                        d.matter, d.matter));
  return {};
}

Result<std::int64_t> StoreBooks::release(const sync::ReleasedRecord& r, std::int64_t notes, sync::Millis now) {
  RecordFacts facts;
  facts.own = true;
  facts.notes = notes;
  facts.at_ms = now;
  facts.signed_until = now;
  facts.signed_here = true;
  const std::int64_t row = TRY(put_record(store_, r, facts));
  std::vector<OfficeId> others = r.record.addressees;
  std::erase(others, store_.me().office);  // what an office rules for itself alone goes nowhere
  TRY(queue_record(store_, row, others, r.record.lane, now));
  Query q = TRY(store_.db().query("select matter from record where row = ?", row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a record could not be stored", "store.record");
  return q.integer(0);
}

Result<std::string> StoreBooks::next_number(std::string_view office_name, bool exercise, sync::Millis now) {
  const int year = year_of(now, utc_offset_minutes_);
  Query q =
      TRY(store_.db().query("insert into number(office, year, exercise, last) values(?, ?, ?, 1)"
                            " on conflict(office, year, exercise) do update set last = last + 1 returning last",
                            store_.me().office, year, exercise ? 1 : 0));
  if (!TRY(q.step())) return fail(Fault::corrupt, "no number was given", "store.number");
  // Each machine counts for itself; from the second on its own number stands before.
  const int machine = TRY(machine_number(store_));
  const std::string number = std::string(office_name) + "〔" + std::to_string(year) + "〕" + (exercise ? "演练" : "") +
                             (machine > 1 ? std::to_string(machine) + "-" : "") + std::to_string(q.integer(0)) + "号";
  TRY(q.run());
  return number;
}

Result<> StoreBooks::hold(std::int64_t matter, std::span<const OfficeId> but, sync::Millis until) {
  return hold_deliveries(store_, matter, but, until);
}

Result<> StoreBooks::let_go(const sync::AttachmentId& id, std::span<const OfficeId> destinations) {
  return release_attachment(store_, id, destinations);
}

Result<> StoreBooks::hand_on(const Manifest& m, std::span<const OfficeId> destinations) {
  return hand_on_attachment(store_, m, destinations);
}

Result<> StoreBooks::journal(const Person& by, std::string_view action, const CaseId& id, std::string_view detail,
                             sync::Millis now) {
  return store_.journal(by.name, action, base32(id.view()), detail, now);
}

}  // namespace yz::node
