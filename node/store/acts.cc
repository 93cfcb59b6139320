#include "node/store/acts.h"

#include <algorithm>

#include "node/office/arrival.h"
#include "node/office/layers.h"
#include "node/store/completion.h"
#include "node/store/forwards.h"
#include "sync/forward.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::RecordType;

template <class T>
Bytes pack(const std::vector<T>& ids) {
  Writer w;
  for (const T& id : ids) w.id(id);
  return w.take();
}
template <class T>
std::vector<T> unpack(const Bytes& bytes) {
  std::vector<T> out;
  Reader r(bytes);
  while (r.ok() && r.left() >= T::kSize) out.push_back(r.id<T>());
  return out;
}

bool replies(ActKind k, const sync::Record& r) {
  if (k == ActKind::progress || k == ActKind::close || k == ActKind::answer) return r.parents.size() == 1;
  return false;
}

/// What lists show as news to read; passing on is told by the case's state.
bool is_news(ActKind k) { return k != ActKind::unknown && k != ActKind::forwarded && k != ActKind::cosign; }

struct ActRow {
  std::int64_t row = 0;
  sync::Millis stored_ms = 0;
  sync::Hlc signed_at;  ///< by the completing signature
  ActFact fact;
  ActStanding standing;
  std::vector<RecordId> made_on;
  bool told = false;  ///< an annotation's word, not a forward itself
  bool exercise = false, seen = true;
};

/// Of a forward the version inside it; of anything else the id as it is.
Result<std::vector<RecordId>> innermost(Store& store, const RecordId& id) {
  Query q = TRY(store.db().query(
      "select a.made_on from act a join record r on r.row = a.record where r.id = ? and r.type = 6", id));
  if (!TRY(q.step())) return std::vector{id};
  return unpack<RecordId>(q.blob(0));
}

/// Whether a version that it was made on still stands. What an office tells of ours counts only of what it has got.
Result<bool> stands(Store& store, std::int64_t matter, const ActRow& a) {
  for (const RecordId& on : a.made_on) {
    if (a.told) {
      Query q = TRY(store.db().query(
          "select 1 from delivery d join record r on r.row = d.record where r.id = ? and r.matter = ? and d.destination"
          " = ?",
          on, matter, a.fact.office));
      if (!TRY(q.step())) continue;
    }
    for (const RecordId& version : TRY(innermost(store, on))) {
      Query q = TRY(store.db().query(
          "select 1 from record where id = ? and matter = ? and replaced = 0 and quarantine = 0", version, matter));
      if (TRY(q.step())) return true;
    }
  }
  return false;
}

void put_in_order(std::vector<ActRow>& rows) {
  std::ranges::sort(rows, {}, &ActRow::row);
  std::vector<Arrived> came;
  for (const ActRow& a : rows) came.push_back({a.signed_at, a.stored_ms});
  const auto clocks = clocks_by_arrival(came);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].fact.at = clocks[i];
  std::ranges::sort(rows, {}, [](const ActRow& a) { return std::tuple(a.fact.at, a.signed_at, a.fact.id); });
}

/// What the case's own office says last; of a crowd the newest.
Result<std::vector<RecordId>> heads_of_lead(Store& store, std::int64_t matter) {
  static const std::string sql =
      "select r.id from record r join matter m on m.row = r.matter where r.matter = ? and r.office = m.office and"
      " r.replaced = 0 and r.quarantine = 0 and r.type in (1, 2, 3, 4, 5, 10, 14) order by r.hlc desc limit " +
      std::to_string(kActsLookedAt);
  std::vector<RecordId> out;
  Query q = TRY(store.db().query(sql, matter));
  while (TRY(q.step())) out.push_back(TRY(q.id<RecordId>(0)));
  return out;
}

/// An urge names all that its author knew as last. Where that was more than a record can name, something has to follow
/// on what it names.
bool has_news(const ActRow& urge, const std::vector<RecordId>& heads) {
  if (urge.made_on.size() >= sync::limit::parents) return !urge.fact.stands && !heads.empty();
  return std::ranges::any_of(
      heads, [&](const RecordId& h) { return std::ranges::find(urge.made_on, h) == urge.made_on.end(); });
}

/// What binds comes before talk: any number of questions, dated as their author likes, hide no instruction.
Result<std::vector<ActRow>> rows_of(Store& store, std::int64_t matter) {
  static const std::string sql =
      "select a.record, r.id, a.kind, a.office, a.hlc, a.addressees, a.on_record, a.made_on, a.disposal, a.done,"
      " a.assignees, a.state, a.duty, r.type, a.exercise, a.seen, a.signed_hlc, r.at_ms from act a join record r on"
      " r.row = a.record"
      " where a.matter = ? order by a.kind in (1, 2, 4) desc, a.hlc desc limit " +
      std::to_string(kActsLookedAt);
  std::vector<ActRow> out;
  {
    Query q = TRY(store.db().query(sql, matter));
    while (TRY(q.step())) {
      ActRow a;
      a.row = q.integer(0);
      a.fact.id = TRY(q.id<RecordId>(1));
      a.fact.kind = static_cast<ActKind>(q.integer(2));
      a.fact.office = TRY(q.id<OfficeId>(3));
      a.signed_at.value = static_cast<std::uint64_t>(q.integer(16) != 0 ? q.integer(16) : q.integer(4));
      a.stored_ms = q.integer(17);
      a.fact.to = unpack<OfficeId>(q.blob(5));
      if (!q.null(6)) a.fact.on = TRY(q.id<RecordId>(6));
      a.made_on = unpack<RecordId>(q.blob(7));
      a.fact.disposal = static_cast<Disposal>(q.integer(8));
      a.fact.done = q.integer(9) != 0;
      a.fact.assignees = unpack<OfficeId>(q.blob(10));
      a.standing = {static_cast<ActState>(q.integer(11)), static_cast<Duty>(q.integer(12))};
      a.told = static_cast<RecordType>(q.integer(13)) == RecordType::annotation &&
               (a.fact.kind == ActKind::forwarded || a.fact.kind == ActKind::merged) &&
               a.fact.office != store.me().office;
      a.exercise = q.integer(14) != 0;
      a.seen = q.integer(15) != 0;
      out.push_back(std::move(a));
    }
  }
  put_in_order(out);
  std::vector<RecordId> heads;
  if (std::ranges::any_of(out, [](const ActRow& a) { return a.fact.kind == ActKind::urge; }))
    heads = TRY(heads_of_lead(store, matter));
  for (ActRow& a : out) {
    a.fact.stands = TRY(stands(store, matter, a));
    // An urge has an instruction as its parent, or versions; only the record itself says which.
    if (a.fact.kind == ActKind::urge && a.made_on.size() == 1 && std::ranges::any_of(out, [&](const ActRow& o) {
          return o.fact.kind == ActKind::instruction && o.fact.id == a.made_on.front();
        }))
      a.fact.on = a.made_on.front();
    // By the chain and by no clock: a version that was dated far ahead must not answer what is asked after it came.
    if (a.fact.kind == ActKind::urge && !a.fact.on) a.fact.stands = !has_news(a, heads);
  }
  return out;
}

Result<std::int64_t> number(Query q) {
  if (!TRY(q.step())) return 0;
  return q.integer(0);
}

Result<sync::Hlc> newest_version(Store& store, std::int64_t matter, const OfficeId& lead) {
  const auto hlc = TRY(number(TRY(store.db().query(
      "select coalesce(max(hlc), 0) from record where matter = ? and office = ? and quarantine = 0 and type in"
      " (1, 2, 3, 4, 5, 10, 14)",
      matter, lead))));
  return sync::Hlc{static_cast<std::uint64_t>(hlc)};
}

std::vector<ActFact> facts_of(const std::vector<ActRow>& rows) {
  std::vector<ActFact> out;
  for (const ActRow& a : rows) out.push_back(a.fact);
  return out;
}

bool speaks_of_the_case(const ActFact& f) {
  return f.kind == ActKind::decision || f.kind == ActKind::instruction || f.kind == ActKind::forwarded ||
         f.kind == ActKind::merged;
}

/// Whether somebody up there has taken note of what we say now.
Result<bool> settled(Store& store, std::int64_t matter, const std::vector<ActRow>& rows) {
  const OfficeId& us = store.me().office;
  if (std::ranges::any_of(
          rows, [&](const ActRow& a) { return a.fact.office != us && a.fact.stands && speaks_of_the_case(a.fact); }))
    return true;
  Query q = TRY(store.db().query(
      "select 1 from record a join parent p on p.child = a.id join record v on v.id = p.parent where a.matter = ? and"
      " a.type = 13 and a.quarantine = 0 and a.office <> ? and v.matter = a.matter and v.replaced = 0 limit 1",
      matter, us));
  return q.step();
}

/// Whether something came that nobody here has taken note of. By the order in which it came.
Result<bool> something_new(Store& store, std::int64_t matter, bool forwards_too) {
  const OfficeId& us = store.me().office;
  const auto looked = TRY(number(TRY(store.db().query(
      "select max(coalesce((select max(row) from record where matter = ?1 and office = ?2 and type = 13), 0),"
      " coalesce((select max(record) from act where matter = ?1 and office = ?2 and kind in (1, 2, 9, 10)), 0))",
      matter, us))));
  const auto came = TRY(number(TRY(store.db().query(
      "select coalesce(max(row), 0) from record where matter = ?1 and office <> ?2 and quarantine = 0 and (type in"
      " (1, 2, 3, 4, 5, 10, 14) or (?3 and type = 6 and (flags & 512) = 0))",
      matter, us, forwards_too ? 1 : 0))));
  return came > looked;
}

constexpr bool is_act_state(ReportState s) {
  return s == ReportState::returned || (s >= ReportState::adopted && s <= ReportState::closed);
}

}  // namespace

Result<> keep_act(Store& store, std::int64_t matter, std::int64_t record_row, const sync::ReleasedRecord& r,
                  bool exercise) {
  const sync::Record& rec = r.record;
  Act act;
  if (rec.type == RecordType::forward) {
    act.kind = ActKind::forwarded;
  } else {
    const auto read = act_of(rec);
    if (read && *read) {
      act = **read;
    } else if (rec.type == RecordType::annotation) {
      const auto body = decode_body(rec.body);
      if (!body || body->extras.became != name_of(ReportState::forwarded)) return {};
      act.kind = ActKind::forwarded;
    }
  }
  if (act.kind == ActKind::unknown) return {};
  std::optional<RecordId> on;
  if (replies(act.kind, rec)) on = rec.parents.front();
  const bool own = rec.origin == store.me().office;
  TRY(store.db().run(
      "insert into act(record, matter, kind, office, hlc, addressees, on_record, made_on, disposal, done, due_ms,"
      " assignees, exercise, seen) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(record) do nothing",
      record_row, matter, static_cast<int>(act.kind), rec.origin, static_cast<std::int64_t>(rec.at.value),
      ByteView(pack(rec.addressees)), on, ByteView(pack(made_on(r))), static_cast<int>(act.disposal), act.done ? 1 : 0,
      act.due_ms, ByteView(pack(act.assignees)), exercise ? 1 : 0, own || !is_news(act.kind) ? 1 : 0));
  return keep_completion(store, r.id);
}

Result<> keep_completion(Store& store, const RecordId& act) {
  Database& db = store.db();
  std::vector<CertDigest> signers;
  OfficeId office;
  std::int64_t row = 0;
  {
    Query q =
        TRY(db.query("select r.bytes, a.record from record r join act a on a.record = r.row where r.id = ? and"
                     " a.kind in (1, 2)",
                     act));
    if (!TRY(q.step())) return {};
    const auto released = sync::decode_record(q.blob(0));
    if (!released) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    row = q.integer(1);
    office = released->record.origin;
    if (released->record.signatures.size() < 2) return {};
    for (const auto& s : released->record.signatures) signers.push_back(s.officer);
  }
  std::int64_t first = 0;
  Query q =
      TRY(db.query("select r.bytes, r.hlc from parent p join record r on r.id = p.child where p.parent = ? and"
                   " r.type = 8 and r.office = ? and r.quarantine = 0 order by r.hlc limit 64",
                   act, office));
  while (TRY(q.step())) {
    const auto s = sync::decode_record(q.blob(0));
    if (!s) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    const bool theirs = std::ranges::any_of(
        s->record.signatures, [&](const auto& x) { return std::ranges::find(signers, x.officer) != signers.end(); });
    // The first one completed it: nobody makes an old decision the newest by signing once more.
    if (theirs && (first == 0 || q.integer(1) < first)) first = q.integer(1);
  }
  return db.run("update act set signed_hlc = case when ?1 > hlc then ?1 else 0 end where record = ?2", first, row);
}

const CaseRecord* completion_of(const sync::ReleasedRecord& r, std::span<const CaseRecord> all) {
  const auto signed_it = [&](const sync::RecordSignature& s) {
    return std::ranges::find(r.record.signatures, s.officer, &sync::RecordSignature::officer) !=
           r.record.signatures.end();
  };
  // As keep_completion() finds it.
  const CaseRecord* first = nullptr;
  for (const CaseRecord& c : all) {
    const sync::Record& s = c.released.record;
    if (s.type != RecordType::cosignature || s.origin != r.record.origin || c.quarantine != sync::Refusal::none)
      continue;
    if (!std::ranges::binary_search(s.parents, r.id) || !std::ranges::any_of(s.signatures, signed_it)) continue;
    if (!first || s.at < first->released.record.at) first = &c;
  }
  return first;
}

std::vector<std::size_t> newer_when_complete(const CaseGraph& graph, const sync::ReleasedRecord& r,
                                             std::span<const CaseRecord> all) {
  if (r.record.signatures.size() < 2 || r.record.type == RecordType::forward) return newer_by_then(graph, r);
  const CaseRecord* first = completion_of(r, all);
  if (!first || first->released.record.at < r.record.at) return newer_by_then(graph, r);
  if (r.record.type != RecordType::decision && r.record.type != RecordType::instruction) return {};
  return graph.newer_than(made_on(r), first->released.record.at);
}

Result<ReportState> state_with_acts(Store& store, std::int64_t matter, const OfficeId& lead, ReportState base) {
  const auto rows = TRY(rows_of(store, matter));
  const OfficeId& us = store.me().office;
  const CaseActs acts = standing_of(facts_of(rows), us, lead, TRY(newest_version(store, matter, lead)));
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].standing.state != acts.of[i].state || rows[i].standing.duty != acts.of[i].duty)
      TRY(store.db().run("update act set state = ?, duty = ? where record = ?", static_cast<int>(acts.of[i].state),
                         static_cast<int>(acts.of[i].duty), rows[i].row));
  if (base == ReportState::withdrawn || base == ReportState::archived) return base;
  if (lead == us) {
    if (acts.to_us) return acts.stage;
    if (TRY(settled(store, matter, rows))) return acts.stage;
    // Not ours to send: another machine of ours wrote it.
    return is_act_state(base) ? ReportState::sent : base;
  }
  if (rows.empty()) return base;
  const bool quiet = acts.stage == ReportState::acknowledged;
  if (TRY(something_new(store, matter, quiet))) return ReportState::received;
  // Told to do something about a case that never came here itself.
  if (quiet && TRY(newest_version(store, matter, lead)) == sync::Hlc{}) return base;
  return acts.stage;
}

Result<std::vector<ActEntry>> acts_of(Store& store, std::int64_t matter) {
  std::vector<ActEntry> out;
  for (ActRow& a : TRY(rows_of(store, matter))) {
    Query q = TRY(store.db().query("select bytes from record where row = ?", a.row));
    if (!TRY(q.step())) return fail(Fault::corrupt, "an act's record is not in the store", "store.act");
    const auto released = sync::decode_record(q.blob(0));
    if (!released) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    ActEntry e;
    e.row = a.row;
    if (auto act = act_of(released->record); act && *act) e.act = std::move(**act);
    e.act.kind = a.fact.kind;
    e.lane = released->record.lane;
    e.sensitivity = released->record.sensitivity;
    e.fact = std::move(a.fact);
    e.standing = a.standing;
    e.made_on = std::move(a.made_on);
    e.exercise = a.exercise;
    e.seen = a.seen;
    out.push_back(std::move(e));
  }
  return out;
}

Result<std::int64_t> mark_seen(Store& store, std::int64_t matter) {
  TRY(store.db().run("update act set seen = 1 where matter = ? and seen = 0", matter));
  return store.db().changes();
}

Result<> mark_read(Store& store, const RecordId& id) {
  return store.db().run("update act set seen = 1 where record = (select row from record where id = ?)", id);
}

namespace {

constexpr std::string_view kDue =
    "select a.matter, r.id, a.kind, a.office, a.duty, a.due_ms, a.exercise from act a join record r on r.row = a.record"
    " where ";

Result<std::vector<ActDue>> due(Query q) {
  std::vector<ActDue> out;
  while (TRY(q.step())) {
    ActDue d;
    d.matter = q.integer(0);
    d.record = TRY(q.id<RecordId>(1));
    d.kind = static_cast<ActKind>(q.integer(2));
    d.office = TRY(q.id<OfficeId>(3));
    d.duty = static_cast<Duty>(q.integer(4));
    if (!q.null(5)) d.due = q.integer(5);
    d.exercise = q.integer(6) != 0;
    out.push_back(d);
  }
  return out;
}

/// By what they ask; and by what they are where they ask nothing and were not looked at.
constexpr std::string_view kUnseen = "a.seen = 0 and a.duty = 0";

}  // namespace

Result<std::vector<ActDue>> acts_due(Store& store, Duty duty, std::size_t most) {
  static const std::string sql = std::string(kDue) + "a.duty = ? order by a.due_ms is null, a.due_ms, a.record limit ?";
  return due(TRY(store.db().query(sql, static_cast<int>(duty), most)));
}

Result<std::vector<ActDue>> acts_unseen(Store& store, std::size_t most) {
  static const std::string sql = std::string(kDue) + std::string(kUnseen) + " order by a.record desc limit ?";
  return due(TRY(store.db().query(sql, most)));
}

Result<ActCounts> count_acts(Store& store, sync::Millis now) {
  ActCounts n;
  Query q = TRY(store.db().query(
      "select duty, count(*), sum(due_ms is not null and due_ms < ?) from act where duty > 0 and exercise = 0 group by"
      " duty",
      now));
  while (TRY(q.step())) {
    const std::int64_t count = q.integer(1);
    switch (static_cast<Duty>(q.integer(0))) {
      case Duty::carry_out:
        n.carry_out = count;
        break;
      case Duty::answer:
        n.answer = count;
        break;
      case Duty::awaited:
        n.awaited = count;
        break;
      case Duty::to_close:
        n.to_close = count;
        continue;  // what they were asked is done
      case Duty::cosign:
      case Duty::none:
        continue;
    }
    n.overdue += q.integer(2);
  }
  static const std::string unseen = "select count(*) from act a where " + std::string(kUnseen) + " and a.exercise = 0";
  n.unseen = TRY(number(TRY(store.db().query(unseen))));
  return n;
}

Result<std::vector<std::int64_t>> cases_owed(Store& store, std::size_t most) {
  Query q = TRY(store.db().query(
      "select row from matter where own = 1 and state in (5, 6) and (flags & 32) = 0 order by row desc limit ?", most));
  std::vector<std::int64_t> out;
  while (TRY(q.step())) out.push_back(q.integer(0));
  return out;
}

}  // namespace yz::node
