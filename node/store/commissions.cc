#include "node/store/commissions.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "node/office/arrival.h"
#include "node/office/said.h"

namespace yz::node {
namespace {

using sync::RecordType;

/// Who signed it off.
Result<std::string> officer_of(Directory& directory, const sync::Record& r) {
  using enum sync::SignRole;
  for (const auto role : {signer, duty, drafter})
    for (const auto& s : r.signatures)
      if (s.role == role)
        if (const auto officer = TRY(directory.officer(s.officer))) return officer->name;
  return std::string();
}

Result<std::vector<CommissionEvent>> events_of(Directory& directory, const OfficeId& lead,
                                               const std::vector<CaseRecord>& records) {
  std::vector<CommissionEvent> out;
  std::vector<Arrived> came;
  for (const CaseRecord& c : records) {
    const sync::Record& r = c.released.record;
    const bool word = r.type == RecordType::commission && r.origin == lead;
    const bool reply = r.type == RecordType::reply && r.origin != lead;
    if (c.quarantine != sync::Refusal::none || (!word && !reply)) continue;
    auto body = decode_body(r.body);
    if (!body || (word && !body->extras.commission) || (reply && !body->extras.reply)) continue;
    CommissionEvent e;
    e.at = r.at;
    e.record = c.released.id;
    e.by = r.origin;
    e.to = r.addressees;
    e.officer = TRY(officer_of(directory, r));
    if (word) e.word = std::move(body->extras.commission);
    if (reply) e.reply = std::move(body->extras.reply);
    e.text = std::move(body->extras.reason);
    out.push_back(std::move(e));
    came.push_back({r.at, c.at_ms});
  }
  const auto clocks = clocks_by_arrival(came);
  std::vector<std::size_t> order(out.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::tuple(clocks[i], out[i].at, out[i].record); });
  std::vector<CommissionEvent> sorted;
  for (const std::size_t i : order) {
    sorted.push_back(std::move(out[i]));
    sorted.back().at = clocks[i];
  }
  return sorted;
}

/// How far the commission itself got with each of them, by their receipts.
struct Arrival {
  AskedState state = AskedState::waiting;
  sync::Millis since = 0;
};
Result<Arrival> arrival(Store& store, std::int64_t matter, const OfficeId& office) {
  Query q = TRY(store.db().query(
      "select d.state, d.stored_ms, d.at_ms, d.opened_ms from delivery d join record r on r.row = d.record"
      " where r.matter = ? and r.type = 9 and d.destination = ? order by r.row limit 1",
      matter, office));
  if (!TRY(q.step())) return Arrival{};
  const std::int64_t state = q.integer(0);
  if (state == 2) return Arrival{AskedState::delivered, q.integer(1)};
  if (state == 3) return Arrival{AskedState::opened, q.integer(3) > 0 ? q.integer(3) : q.integer(1)};
  return Arrival{AskedState::waiting, q.integer(2)};
}

Result<GivenAnswer> answer_at(Store& store, std::int64_t row) {
  const MatterRow m = TRY(matter_at(store, row));
  GivenAnswer g;
  g.ref.office = m.office;
  g.ref.id = m.id;
  g.known = true;
  g.number = m.number;
  g.title = m.title;
  g.state = m.state;
  // When it was first signed: a correction of an answer does not make it late. Ours: the very moment of the last
  // signature; of another office from its clock until what brought it was sealed.
  Query q =
      TRY(store.db().query("select id, at_ms, own, bytes, signed_until_ms, signed_here from record where matter = ? and"
                           " quarantine = 0 and type in (1, 2, 3, 4, 14) order by hlc limit 1",
                           row));
  if (!TRY(q.step())) return g;
  g.ref.record = TRY(q.id<RecordId>(0));
  const SignedWhen when = TRY(signed_at_row(q, 3));
  g.signed_ms = when.from;
  g.signed_until = when.until;
  if (q.integer(2) == 0) g.received = q.integer(1);
  return g;
}

/// Reports that name a commission, by their offices.
using Named = std::map<OfficeId, std::vector<std::int64_t>>;
Result<Named> reports_naming(Store& store, const CaseId& commission) {
  Named out;
  Query q =
      TRY(store.db().query("select m.office, a.matter from answer a join matter m on m.row = a.matter"
                           " where a.commission = ?",
                           commission));
  while (TRY(q.step())) out[TRY(q.id<OfficeId>(0))].push_back(q.integer(1));
  return out;
}

/// By the reports themselves, and by signed replies that name one; each report once.
Result<std::vector<GivenAnswer>> answers_of(Store& store, const Named& named, const OfficeId& office,
                                            const SaidByOffice::List& said) {
  std::vector<GivenAnswer> out;
  std::set<CaseId> known;
  if (const auto mine = named.find(office); mine != named.end())
    for (const std::int64_t row : mine->second) {
      out.push_back(TRY(answer_at(store, row)));
      known.insert(out.back().ref.id);
    }
  for (const CommissionEvent* said_once : said) {
    const CommissionEvent& e = *said_once;
    if (!e.reply || e.reply->act != CommissionReply::Act::answer) continue;
    if (!known.insert(e.reply->report->id).second) continue;
    GivenAnswer g;
    g.ref = *e.reply->report;
    g.signed_ms = g.signed_until = e.at.ms();
    const auto here = TRY(matter(store, g.ref.id));
    if (here && here->office != office) continue;  // a report that some other office wrote answers nothing
    if (here && !is_draft(here->state)) {
      g = TRY(answer_at(store, here->row));
      g.signed_ms = std::max(g.signed_ms, e.at.ms());
      g.signed_until = std::max(g.signed_until, g.signed_ms);
    }
    out.push_back(std::move(g));
  }
  return out;
}

bool is_our_reply(const CaseRecord& c, const OfficeId& us) {
  const sync::Record& r = c.released.record;
  return r.type == RecordType::reply && r.origin == us && c.quarantine == sync::Refusal::none;
}

/// One of several records that say the same is enough.
Result<> add_text(Directory& directory, CommissionFile& f, const sync::ReleasedRecord& r, const DecodedBody& body) {
  for (const CommissionText& t : f.texts)
    if (t.at == r.record.at && t.title == body.report.title && t.body == body.report.body) return {};
  f.texts.push_back({r.record.at, r.id, body.report.title, body.report.body, TRY(officer_of(directory, r.record)),
                     body.extras.reason});
  return {};
}

/// The newest text is what is asked.
void order_texts(CommissionFile& f) {
  std::ranges::sort(f.texts,
                    [](const auto& a, const auto& b) { return a.at != b.at ? a.at < b.at : a.record < b.record; });
  const auto issued = std::ranges::find(f.texts, f.record, &CommissionText::record);
  if (issued == f.texts.end()) return;
  // What was issued comes first, whatever a clock said.
  std::rotate(f.texts.begin(), issued, issued + 1);
  f.text.title = f.texts.back().title;
  f.text.body = f.texts.back().body;
}

bool closed_by(const std::vector<CommissionEvent>& events) {
  return std::ranges::any_of(
      events, [](const CommissionEvent& e) { return e.word && e.word->act == CommissionWord::Act::close; });
}

}  // namespace

Result<> project_task(Store& store, std::int64_t matter, const sync::ReleasedRecord& r,
                      const std::optional<DecodedBody>& body, const RecordFacts& facts) {
  const sync::Record& rec = r.record;
  TRY(store.db().run("update matter set sort = ? where row = ?", static_cast<int>(sort_of(rec.type)), matter));
  if (rec.type == RecordType::reply || !body || !body->extras.commission) return {};
  const CommissionWord& w = *body->extras.commission;
  if (rec.origin != rec.case_office) return {};
  if (w.act == CommissionWord::Act::amend) {
    // Corrections come in any order; the title is the newest one's.
    Query q =
        TRY(store.db().query("select bytes from record where matter = ? and type = 9 and quarantine = 0 and hlc > ?",
                             matter, static_cast<std::int64_t>(rec.at.value)));
    while (TRY(q.step())) {
      const auto newer = sync::decode_record(q.blob(0));
      const auto said = newer ? decode_body(newer->record.body) : decode_body({});
      if (said && said->extras.commission && said->extras.commission->act == w.act) return {};
    }
    return store.db().run("update matter set title = ? where row = ?", body->report.title, matter);
  }
  if (w.act != CommissionWord::Act::issue) return {};
  const std::optional<sync::Millis> received = facts.own ? std::nullopt : std::optional(facts.at_ms);
  TRY(
      store.db().run("update matter set title = ?, kind = ?, lane = ?, occurred_ms = ?, signed_ms = ?,"
                     " received_ms = coalesce(received_ms, ?), number = ? where row = ?",
                     body->report.title, static_cast<int>(body->report.kind), static_cast<int>(rec.lane), w.due_ms,
                     rec.at.ms(), received, body->extras.number, matter));
  if (facts.own && w.parent)
    TRY(store.db().run("insert into passed(parent, child) values(?, ?) on conflict do nothing", w.parent->ref.id,
                       rec.case_id));
  return {};
}

Result<> project_answer(Store& store, std::int64_t matter, const sync::Record& rec,
                        const std::optional<DecodedBody>& body) {
  if (!body || !body->extras.answers || rec.origin != rec.case_office) return {};
  return store.db().run("insert into answer(commission, matter) values(?, ?) on conflict do nothing",
                        body->extras.answers->id, matter);
}

Result<CommissionFile> commission_file(Store& store, Directory& directory, std::int64_t matter, sync::Millis now) {
  const MatterRow m = TRY(matter_at(store, matter));
  CommissionFile f;
  f.matter = matter;
  f.case_id = m.id;
  f.office = m.office;
  f.own = m.own;
  f.number = m.number;
  const auto records = TRY(case_records(store, matter));
  f.events = TRY(events_of(directory, m.office, records));
  std::set<RecordId> followed;  // replies of ours that a later one of ours names
  for (const CaseRecord& c : records)
    if (is_our_reply(c, store.me().office))
      followed.insert(c.released.record.parents.begin(), c.released.record.parents.end());
  bool found = false;
  for (const CaseRecord& c : records) {
    const sync::Record& r = c.released.record;
    if (c.quarantine != sync::Refusal::none) continue;
    if (is_our_reply(c, store.me().office) && !followed.contains(c.released.id)) f.our_replies.push_back(c.released.id);
    if (r.type != RecordType::commission || r.origin != m.office) continue;
    auto body = decode_body(r.body);
    if (!body || !body->extras.commission) continue;
    const auto act = body->extras.commission->act;
    if (act == CommissionWord::Act::amend) {
      TRY(add_text(directory, f, c.released, *body));
      continue;
    }
    if (act != CommissionWord::Act::issue) continue;
    f.to.insert(f.to.end(), r.addressees.begin(), r.addressees.end());
    if (found) continue;  // more than sixteen were asked: the same words to the next
    found = true;
    TRY(add_text(directory, f, c.released, *body));
    f.record = c.released.id;
    f.text = std::move(body->report);
    f.drafter = std::move(body->extras.drafter);
    f.terms = *std::move(body->extras.commission);
  }
  if (m.sort != Sort::commission || !found)
    return fail(Fault::missing, "this case is no commission that was signed", "commission.missing");
  order_texts(f);
  std::ranges::sort(f.our_replies);
  std::ranges::sort(f.to);
  f.to.erase(std::unique(f.to.begin(), f.to.end()), f.to.end());
  f.closed = closed_by(f.events);
  const OfficeId& us = store.me().office;
  const SaidByOffice said(f.events);
  const Named named = TRY(reports_naming(store, m.id));
  for (const OfficeId& office : f.to) {
    if (!m.own && office != us) continue;
    Arrival a{AskedState::opened, m.received.value_or(0)};
    if (m.own) a = TRY(arrival(store, matter, office));
    auto answers = TRY(answers_of(store, named, office, said.of(office)));
    f.asked.push_back(
        follow_said(office, a.state, a.since, f.terms.due_ms, said.of(office), std::move(answers), f.closed, now));
  }
  return f;
}

Result<std::vector<Below>> passed_below(Store& store, Directory& directory, const Asked& above, sync::Millis now,
                                        std::size_t depth) {
  std::vector<Below> out;
  if (!above.child || depth >= kCommissionDeepest) return out;
  std::vector<CommissionEvent> events;
  sync::Millis due = above.due_ms;
  if (const auto m = TRY(matter(store, *above.child)); m && m->office == above.office) {
    events = TRY(events_of(directory, m->office, TRY(case_records(store, m->row))));
    if (m->occurred) due = *m->occurred;
  }
  const SaidByOffice said(events);
  const Named named = TRY(reports_naming(store, *above.child));
  for (const OfficeId& office : above.passed_to) {
    Below b;
    const auto& list = said.of(office);
    b.heard = std::ranges::any_of(list, [&](const CommissionEvent* e) { return e->reply && e->by == office; });
    auto answers = TRY(answers_of(store, named, office, list));
    b.asked = follow_said(office, AskedState::waiting, 0, due, list, std::move(answers), false, now);
    b.below = TRY(passed_below(store, directory, b.asked, now, depth + 1));
    out.push_back(std::move(b));
  }
  return out;
}

std::vector<OfficeId> holds_up(const Asked& a, const std::vector<Below>& below) {
  if (!owes(a.stage)) return {};
  std::vector<OfficeId> out;
  for (const Below& b : below)
    for (const OfficeId& office : holds_up(b.asked, b.below)) out.push_back(office);
  if (out.empty()) out.push_back(a.office);
  return out;
}

Result<std::vector<CaseId>> children_of(Store& store, const CaseId& parent) {
  std::vector<CaseId> out;
  Query q = TRY(store.db().query("select child from passed where parent = ? order by child", parent));
  while (TRY(q.step())) out.push_back(TRY(q.id<CaseId>(0)));
  return out;
}

Result<std::vector<MatterRow>> commission_rows(Store& store, std::size_t most) {
  // A case of which only replies came here is another office's: we hear of it through the one above.
  std::vector<std::int64_t> rows;
  {
    Query q =
        TRY(store.db().query("select m.row from matter m where m.sort = 1 and (exists(select 1 from record r where"
                             " r.matter = m.row and r.type = 9 and r.quarantine = 0) or exists(select 1 from draft"
                             " d where d.matter = m.row)) order by m.row desc limit ?",
                             most));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  std::vector<MatterRow> out;
  for (const std::int64_t row : rows) out.push_back(TRY(matter_at(store, row)));
  return out;
}

}  // namespace yz::node
