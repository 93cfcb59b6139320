#include "node/store/assess.h"

#include <algorithm>
#include <map>
#include <set>

#include "node/office/acts.h"
#include "node/office/due.h"
#include "node/store/commissions.h"
#include "node/store/nil.h"

namespace yz::node {
namespace {

constexpr std::size_t kCommissionsMost = 1000;

class Collector {
 public:
  Collector(Store& store, Directory& directory, const Rules& rules, const OfficeRow& of, const OfficeRow& by, Period p,
            sync::Millis now)
      : store_(store), directory_(directory), rules_(rules), of_(of), by_(by), period_(p), now_(now) {
    hop_ = std::string(crypto::name_of(of.level)) + ">" + std::string(crypto::name_of(by.level));
  }

  Result<> reports();
  Result<> acts();
  Result<> commissions();
  Result<> nil(int offset);
  std::vector<Fact> take() { return std::move(facts_); }

 private:
  /// Its first text, as `by` got it. When it was signed: not before `signed_ms`. At its own office that is the very
  /// moment, at the superior the clock of its content (signed_when.h); so only the own office can say that what was
  /// submitted in time and has not arrived by then was signed too late.
  struct First {
    sync::Millis signed_ms = 0;
    std::optional<sync::Millis> received;
    Report report;
  };
  Result<std::optional<First>> first_of(std::int64_t matter, bool with_report);
  Result<> timing(std::int64_t matter, const First&);
  Result<> acknowledged(std::int64_t matter, const First&);
  Fact& add(Figure f, std::int64_t matter, sync::Millis at) {
    Fact fact;
    fact.figure = f;
    fact.matter = matter;
    fact.at = at;
    facts_.push_back(std::move(fact));
    return facts_.back();
  }
  bool own() const { return of_.id == store_.me().office; }

  Store& store_;
  Directory& directory_;
  const Rules& rules_;
  const OfficeRow &of_, &by_;
  Period period_;
  sync::Millis now_;
  std::string hop_;
  std::vector<Fact> facts_;
};

Result<std::optional<Collector::First>> Collector::first_of(std::int64_t matter, bool with_report) {
  Query q =
      TRY(store_.db().query("select row, at_ms, bytes, signed_until_ms, signed_here from record where matter = ? and "
                            "office = ? and quarantine = 0 and type in"
                            " (1, 2, 3, 4, 14) order by row limit 1",
                            matter, of_.id));
  if (!TRY(q.step())) return std::nullopt;
  First f;
  f.signed_ms = TRY(signed_at_row(q, 2)).from;
  if (own()) {
    Query d = TRY(store_.db().query(
        "select stored_ms from delivery where record = ? and destination = ? and stored_ms > 0", q.integer(0), by_.id));
    if (TRY(d.step())) f.received = d.integer(0);
  } else {
    f.received = q.integer(1);
  }
  if (with_report) {
    const auto record = sync::decode_record(q.blob(2));
    if (!record) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (auto body = decode_body(record->record.body)) f.report = std::move(body->report);
  }
  return f;
}

/// Compares the due time with when it arrived, and where that does not settle it with when it was signed.
Result<> Collector::timing(std::int64_t matter, const First& f) {
  const Due due = due_of(rules_, hop_, f.report);
  if (!due.written) return {};
  const bool arrived = f.received && *f.received <= *due.written;
  const Figure what = arrived ? Figure::timely : f.signed_ms <= *due.written ? Figure::unsure : Figure::late;
  Fact& fact = add(what, matter, f.received.value_or(f.signed_ms));
  fact.value = fact.at - *due.written;
  fact.certain = what != Figure::unsure;
  return {};
}

Result<> Collector::acknowledged(std::int64_t matter, const First& f) {
  Query q = TRY(store_.db().query(
      "select min(hlc) from record where matter = ? and office = ? and quarantine = 0 and type = 13", matter, by_.id));
  if (!TRY(q.step()) || q.null(0)) return {};
  const sync::Millis at = sync::Hlc{static_cast<std::uint64_t>(q.integer(0))}.ms();
  Fact& fact = add(Figure::acknowledged, matter, at);
  fact.value = std::max<sync::Millis>(0, at - f.received.value_or(f.signed_ms));
  return {};
}

Result<> Collector::reports() {
  struct Row {
    std::int64_t row, kind, lane, attachments;
  };
  std::vector<Row> rows;
  {
    // The row shows the newest version, which came no earlier than the first: so it is enough to look from there on.
    Query q =
        TRY(store_.db().query("select row, kind, lane, attachments from matter where office = ? and sort = 0 and kind "
                              "<> 12 and (flags & 32) ="
                              " 0 and state not in (0, 1, 8) and coalesce(received_ms, signed_ms, 0) >= ?",
                              of_.id, period_.from));
    while (TRY(q.step())) rows.push_back({q.integer(0), q.integer(1), q.integer(2), q.integer(3)});
  }
  for (const Row& m : rows) {
    const bool emergency = m.kind == static_cast<int>(Kind::first_report);
    const auto first = TRY(first_of(m.row, emergency));
    if (!first) continue;
    const sync::Millis at = own() ? first->signed_ms : *first->received;
    if (!period_.has(at)) continue;
    add(Figure::received, m.row, at);
    if (m.lane <= static_cast<int>(sync::Lane::urgent)) add(Figure::urgent, m.row, at);
    if (m.attachments > 0) add(Figure::media, m.row, at);
    if (emergency) TRY(timing(m.row, *first));
    TRY(acknowledged(m.row, *first));
  }
  return {};
}

std::optional<Figure> figure_of(ActKind kind, Disposal d) {
  if (kind == ActKind::instruction) return Figure::instructed;
  if (kind == ActKind::forwarded) return Figure::forwarded;
  if (kind == ActKind::merged) return Figure::merged;
  if (kind != ActKind::decision) return std::nullopt;
  if (d == Disposal::adopted) return Figure::adopted;
  if (d == Disposal::not_adopted) return Figure::not_adopted;
  if (d == Disposal::returned) return Figure::returned;
  return std::nullopt;
}

/// Of the office that assesses and of those above it: what a higher one makes of a report counts for its author too.
Result<> Collector::acts() {
  Query q = TRY(store_.db().query(
      "select a.matter, a.kind, a.disposal, a.office, a.hlc, r.bytes from act a join matter m on m.row = a.matter join"
      " record r on r.row = a.record where m.office = ? and m.sort = 0 and (m.flags & 32) = 0 and m.state <> 8 and"
      " a.exercise = 0 and a.kind in (1, 2, 9, 10) and a.state <> 6 and a.office <> ? and a.hlc >= ? and a.hlc < ?"
      " order by a.hlc",
      of_.id, of_.id, static_cast<std::int64_t>(sync::Hlc::at(period_.from).value),
      static_cast<std::int64_t>(sync::Hlc::at(period_.to).value)));
  std::set<std::tuple<std::int64_t, OfficeId, Figure>> once;
  std::map<std::int64_t, std::vector<std::pair<OfficeId, std::string>>> words;  // of instructions, by case
  while (TRY(q.step())) {
    const auto what = figure_of(static_cast<ActKind>(q.integer(1)), static_cast<Disposal>(q.integer(2)));
    const OfficeId office = TRY(q.id<OfficeId>(3));
    if (!what) continue;
    if (*what == Figure::instructed) {
      const auto record = sync::decode_record(q.blob(5));
      if (!record) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
      const auto act = act_of(record->record);
      auto& said = words[q.integer(0)];
      // 转办: it quotes what another office instructed, and counts there.
      const bool passes_on = act && *act && std::ranges::any_of(said, [&](const auto& before) {
                               return before.first != office && (*act)->text.contains(before.second);
                             });
      if (act && *act && !(*act)->text.empty()) said.emplace_back(office, (*act)->text);
      if (passes_on) continue;
    }
    const bool each = *what == Figure::instructed || *what == Figure::returned;
    if (!each && !once.emplace(q.integer(0), office, *what).second) continue;
    // What became of it below the assessing office is not that one's word.
    const auto row = TRY(directory_.office(office));
    if (office != by_.id && (!row || row->level >= by_.level)) continue;
    Fact& f = add(*what, q.integer(0), sync::Hlc{static_cast<std::uint64_t>(q.integer(4))}.ms());
    if (row) f.level = row->level;
    if (*what != Figure::adopted) continue;
    const auto record = sync::decode_record(q.blob(5));
    if (!record) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (const auto act = act_of(record->record); act && *act) f.note = (*act)->publication;
  }
  return {};
}

Result<> Collector::commissions() {
  for (const MatterRow& m : TRY(commission_rows(store_, kCommissionsMost))) {
    if (m.office != by_.id || is_draft(m.state) || (m.flags & record_note::exercise)) continue;
    const auto file = commission_file(store_, directory_, m.row, now_);
    if (!file) {
      if (file.error().fault == Fault::corrupt) return std::unexpected(file.error());
      continue;
    }
    const Asked* a = file->of(of_.id);
    if (!a || !period_.has(a->due_ms) || a->stage == AskedState::excused) continue;
    if (a->stage == AskedState::answered)
      add(a->late ? Figure::commission_late : Figure::commission_done, m.row, a->since_ms).certain = !a->unsure;
    else if (a->due_ms < now_)
      add(Figure::commission_missed, m.row, a->due_ms);
  }
  return {};
}

Result<> Collector::nil(int offset) {
  const sync::Millis known = TRY(known_since(store_, of_.id));
  const auto slots =
      TRY(nil_slots_of(store_, of_, by_.id, std::max(period_.from, known), std::min(period_.to, now_), offset));
  if (slots.empty()) return {};
  const auto given = TRY(nil_reports(store_, of_.id, by_.id, slots.front().opens, slots.back().closes));
  std::optional<sync::Millis> contact;
  if (!own()) contact = TRY(last_contact(store_, of_.id));
  for (const NilSlot& s : slots) {
    const NilVerdict v = judge_nil(s, given, contact, now_);
    std::optional<Figure> what;
    if (v.state == NilState::sent) what = Figure::nil_sent;
    if (v.state == NilState::late) what = Figure::nil_late;
    if (v.state == NilState::missed) what = Figure::nil_missed;
    if (v.state == NilState::unheard) what = Figure::nil_unheard;
    if (!what) continue;
    add(*what, v.by ? v.by->matter : 0, s.due).certain = v.certain;
  }
  return {};
}

}  // namespace

Result<std::vector<Fact>> facts_of(Store& store, Directory& directory, const Rules& rules, const OfficeRow& of,
                                   const OfficeRow& by, Period period, int utc_offset_minutes, sync::Millis now) {
  Collector c(store, directory, rules, of, by, period, now);
  TRY(c.reports());
  TRY(c.acts());
  TRY(c.commissions());
  TRY(c.nil(utc_offset_minutes));
  return c.take();
}

}  // namespace yz::node
