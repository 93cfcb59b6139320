#include "node/store/cases.h"

#include <algorithm>
#include <set>

#include "crypto/plant.h"
#include "node/store/absences.h"
#include "node/store/acts.h"
#include "node/store/commissions.h"
#include "node/store/cosigns.h"
#include "node/store/enclosures.h"
#include "node/store/facets.h"
#include "node/store/forwards.h"
#include "node/store/policies.h"

namespace yz::node {
namespace {

// Types whose records are versions of the case; literals so that the statement is prepared once.
constexpr std::string_view kVersionTypes = "(1, 2, 3, 4, 5, 10, 14)";

bool has_text(sync::RecordType t) {
  using enum sync::RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == zero_report || t == reply;
}

bool is_origin(const sync::Record& r) { return r.origin == r.case_office; }

/// Title and body, and the fields that hold text: a place is looked for as often as a word of the text.
std::int64_t record_words(std::int64_t row) { return 2 * row; }
std::int64_t draft_words(std::int64_t matter) { return 2 * matter + 1; }

struct Standing {
  std::int64_t row = 0;
  OfficeId office;
  ReportState state{};
  std::int64_t flags = 0;
  bool verified = true;
  bool fresh = false;  ///< made now, or there is no good record in it yet
  Sort sort = Sort::report;
};

Result<std::optional<Standing>> standing(Database& db, const CaseId& id) {
  Query q = TRY(db.query("select row, office, state, flags, verified, sort from matter where case_id = ?", id));
  if (!TRY(q.step())) return std::nullopt;
  Standing s;
  s.row = q.integer(0);
  s.office = TRY(q.id<OfficeId>(1));
  s.state = report_state_from(q.integer(2)).value_or(ReportState::draft);
  s.flags = q.integer(3);
  s.verified = q.integer(4) != 0;
  s.sort = static_cast<Sort>(q.integer(5));
  return s;
}

Result<Standing> make_matter(Store& store, const sync::Record& r, sync::Millis now) {
  Query q = TRY(store.db().query(
      "insert into matter(case_id, office, own, kind, lane, state, title, changed_ms, sort)"
      " values(?, ?, ?, ?, ?, ?, '', ?, ?) returning row",
      r.case_id, r.case_office, r.case_office == store.me().office ? 1 : 0, static_cast<int>(Kind::dynamic),
      static_cast<int>(r.lane), static_cast<int>(ReportState::rejected), now, static_cast<int>(sort_of(r.type))));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a case could not be stored", "store.matter");
  Standing s;
  s.row = q.integer(0);
  s.office = r.case_office;
  s.state = ReportState::rejected;
  s.fresh = true;
  s.sort = sort_of(r.type);
  TRY(q.run());
  return s;
}

/// Two persons are asked for on what reports; a withdrawal, a manifest or an acknowledgement has one signer by nature.
bool asks_for_two(sync::RecordType t) { return has_text(t) && t != sync::RecordType::reply; }

/// What a record that is no version makes of the case's state.
ReportState state_after(const Standing& m, const sync::Record& r, bool own) {
  using enum sync::RecordType;
  if (m.fresh) return own ? ReportState::signed_off : ReportState::received;
  if (m.state == ReportState::withdrawn) return m.state;
  switch (r.type) {
    case acknowledgement:
      // Late ones do not undo what was decided meanwhile.
      return m.state < ReportState::acknowledged || m.state == ReportState::received ? ReportState::acknowledged
                                                                                     : m.state;
    case forward:
      if (own) return ReportState::forwarded;
      // From below: like a version it waits for somebody to look at it.
      return m.state == ReportState::acknowledged ? ReportState::received : m.state;
    default:
      return m.state;
  }
}

/// The case has a good version, and that one is an exercise and this is not, or the reverse.
Result<bool> other_in_kind(Database& db, const Standing& m, bool exercise) {
  if (m.fresh) return false;
  static const std::string sql = "select flags from record where matter = ? and quarantine = 0 and type in " +
                                 std::string(kVersionTypes) + " order by row limit 1";
  Query q = TRY(db.query(sql, m.row));
  return TRY(q.step()) && ((q.integer(0) & record_note::exercise) != 0) != exercise;
}

/// What of the case's versions nothing has replaced, as far as SQL sees it: equal ones still count each.
struct Heads {
  std::size_t count = 0;
  bool several = false;     ///< more than one of one office
  bool withdrawn = false;   ///< every one of the lead office's
  std::int64_t newest = 0;  ///< record row; of the lead office where it has any
};

/// Only its own office and the lead office replace a version (CaseGraph::replaces). Kept when a record comes in, so
/// that nobody has to look at all of a case for every record of it.
Result<> mark_replaced(Database& db, const Standing& m, const sync::ReleasedRecord& r, std::int64_t row) {
  static const std::string parents =
      "update record set replaced = 1 where id = ? and matter = ? and id != ? and type in " +
      std::string(kVersionTypes) + " and (office = ? or ? = ?)";
  static const std::string children =
      "update record set replaced = exists(select 1 from parent p join record c on c.id = p.child"
      " where p.parent = record.id and c.id != record.id and c.matter = record.matter and c.quarantine = 0"
      " and (c.office = record.office or c.office = ?) and c.type in " +
      std::string(kVersionTypes) + ") where row = ?";
  const OfficeId& author = r.record.origin;
  if (planted(Bug::last_writer_wins))
    TRY(db.run("update record set replaced = 1 where matter = ? and id != ?", m.row, r.id));
  for (const RecordId& p : r.record.parents) TRY(db.run(parents, p, m.row, r.id, author, author, m.office));
  return db.run(children, m.office, row);
}

constexpr std::string_view kHead =
    " matter = ? and replaced = 0 and quarantine = 0 and type in (1, 2, 3, 4, 5, 10, 14)";

/// Of a crowd only the newest are looked at.
Result<Heads> heads_of(Database& db, const Standing& m) {
  static const std::string of_lead = "select row, type from record where" + std::string(kHead) +
                                     " and office = ? order by hlc desc, id desc limit " +
                                     std::to_string(kEqualsLookedFor + 1);
  static const std::string of_others = "select row, office from record where" + std::string(kHead) +
                                       " and office != ? order by office, hlc desc, id desc limit " +
                                       std::to_string(kEqualsLookedFor + 1);
  Heads h;
  Query lead = TRY(db.query(of_lead, m.row, m.office));
  while (TRY(lead.step())) {
    const bool withdrawal = lead.integer(1) == static_cast<int>(sync::RecordType::withdrawal);
    if (h.count++ == 0) h.newest = lead.integer(0);
    h.withdrawn = withdrawal && (h.count == 1 || h.withdrawn);
  }
  h.several = h.count > 1;
  Query others = TRY(db.query(of_others, m.row, m.office));
  std::optional<OfficeId> before;
  while (TRY(others.step())) {
    if (h.count++ == 0) h.newest = others.integer(0);
    const OfficeId office = TRY(others.id<OfficeId>(1));
    h.several |= before == office;
    before = office;
  }
  return h;
}

/// Several versions of one office, unless they are one decision taken at several places. A crowd is not read: it is a
/// conflict, and a record that comes in must not cost more with every one before it.
Result<bool> in_conflict(Store& store, const Standing& m, const Heads& h) {
  if (!h.several || h.count > kEqualsLookedFor) return h.several;
  static const std::string many =
      "select count(*) from (select 1 from record where matter = ? limit " + std::to_string(kEqualsLookedFor + 1) + ")";
  Query q = TRY(store.db().query(many, m.row));
  if (!TRY(q.step()) || q.integer(0) > static_cast<std::int64_t>(kEqualsLookedFor)) return true;
  return graph_of(m.office, TRY(case_records(store, m.row))).conflict();
}

/// What the case's row shows of its newest version.
struct Shown {
  Report report;
  std::int64_t event_ms = 0, received_ms = 0;
  SignedShown when;
};

Shown shown_of(const sync::Record& r, const std::optional<DecodedBody>& body, bool own, sync::Millis stored,
               const SignedWhen& when) {
  return {body ? body->report : Report(), r.event_ms, own ? 0 : stored, signed_shown(r, when)};
}

Result<Shown> shown_at(Database& db, std::int64_t row) {
  Query q = TRY(db.query("select bytes, own, at_ms, signed_until_ms, signed_here from record where row = ?", row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a version is not in the store", "store.record");
  const auto released = sync::decode_record(q.blob(0));
  if (!released) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  auto body = decode_body(released->record.body);
  return shown_of(released->record, body ? std::optional(std::move(*body)) : std::nullopt, q.integer(1) != 0,
                  q.integer(2), signed_when(released->record.at.ms(), q.integer(3), q.integer(4) != 0));
}

/// A withdrawal holds when all that the lead office says last are withdrawals: withdrawn here and written on there is
/// a conflict, and nothing goes out of sight by it.
Result<ReportState> state_of_version(Database& db, const Standing& m, const Heads& h, bool own_case, bool own) {
  if (h.withdrawn && !planted(Bug::withdrawal_forgotten)) return ReportState::withdrawn;
  if (own) return ReportState::signed_off;
  // What another machine of ours wrote was sent by it; our own receipts say nothing of it.
  if (own_case) return m.fresh || m.state == ReportState::withdrawn ? ReportState::sent : m.state;
  if (m.state != ReportState::withdrawn || m.fresh) return ReportState::received;
  Query q = TRY(db.query("select 1 from record where matter = ? and type = ? and quarantine = 0 limit 1", m.row,
                         static_cast<int>(sync::RecordType::acknowledgement)));
  return TRY(q.step()) ? ReportState::acknowledged : ReportState::received;
}

/// Of the case's own office only, and only under its own name: nobody puts another office's number on a case.
Result<std::string> number_of(Database& db, const sync::Record& r, const std::optional<DecodedBody>& body) {
  if (!body || body->extras.number.empty() || !is_origin(r)) return std::string();
  Query q = TRY(db.query("select name from office where id = ?", r.origin));
  if (!TRY(q.step())) return std::string();
  return body->extras.number.starts_with(q.text(0) + "〔") ? body->extras.number : std::string();
}

/// The case's row follows its newest version. The usual case by far is one record, which needs no look at others.
Result<Heads> project_version(Store& store, const Standing& m, const sync::ReleasedRecord& r, std::int64_t row,
                              const std::optional<DecodedBody>& body, const RecordFacts& facts) {
  Heads h{1, false, r.record.type == sync::RecordType::withdrawal && is_origin(r.record), row};
  Database& db = store.db();
  if (!m.fresh) {
    TRY(mark_replaced(db, m, r, row));
    h = TRY(heads_of(db, m));
  }
  const bool conflict = TRY(in_conflict(store, m, h));
  const std::string number = TRY(number_of(db, r.record, body));
  const Shown mine = shown_of(r.record, body, facts.own, facts.at_ms,
                              signed_when(r.record.at.ms(), facts.signed_until, facts.signed_here));
  std::optional<int> kind;
  if (m.fresh || r.record.parents.empty()) kind = static_cast<int>(mine.report.kind);
  // Parents in a circle leave no head: then this one is as good as any.
  const Shown s = h.count == 0 || h.newest == row ? mine : TRY(shown_at(db, h.newest));
  TRY(
      db.run("update matter set title = case when ?1 = '' then title else ?1 end,"
             " occurred_ms = coalesce(nullif(?2, 0), occurred_ms), signed_ms = ?3,"
             " received_ms = coalesce(nullif(?4, 0), received_ms), conflict = ?5, lane = min(?6, lane),"
             " kind = coalesce(?7, kind), number = case when number = '' then ?9 else number end, submitted_ms = ?10,"
             " signed_until_ms = ?11 where row = ?8",
             s.report.title, s.event_ms, s.when.at, s.received_ms, conflict ? 1 : 0, static_cast<int>(r.record.lane),
             kind, m.row, number, s.when.submitted, s.when.until));
  const bool says = !s.report.fields.text("incident_type").empty() || !s.report.fields.text("level").empty();
  if (says || (!m.fresh && !s.report.title.empty())) TRY(set_facets(store, m.row, s.report));
  return h;
}

Result<std::int64_t> insert(Database& db, const Standing& m, const sync::ReleasedRecord& r, const RecordFacts& facts,
                            std::int64_t notes, sync::Refusal quarantine) {
  Query q = TRY(db.query(
      "insert into record(id, matter, type, office, lane, hlc, at_ms, own, bytes, verified, flags, quarantine,"
      " envelope, signed_until_ms, signed_here) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning row",
      r.id, m.row, static_cast<int>(r.record.type), r.record.origin, static_cast<int>(r.record.lane),
      static_cast<std::int64_t>(r.record.at.value), facts.at_ms, facts.own ? 1 : 0, r.bytes, facts.verified ? 1 : 0,
      notes, static_cast<int>(quarantine), facts.envelope, facts.signed_until, facts.signed_here ? 1 : 0));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a record could not be stored", "store.record");
  const std::int64_t row = q.integer(0);
  TRY(q.run());
  return row;
}

/// What was judged good is what is kept: an id does not cover the signatures, and other ones may have come first.
Result<std::int64_t> free(Database& db, std::int64_t row, const sync::ReleasedRecord& r, const RecordFacts& facts,
                          std::int64_t notes) {
  TRY(db.run("update record set quarantine = 0, verified = ?, flags = ?, bytes = ? where row = ?",
             facts.verified ? 1 : 0, notes, r.bytes, row));
  return row;
}

/// Whether a version that left before it was signed off has no second signature, in whatever order the two came.
Result<bool> waits_for_cosignature(Database& db, const Standing& m) {
  static const std::string sql =
      "select id from record where matter = ? and office = ? and quarantine = 0 and"
      " (flags & ?) <> 0 and type in " +
      std::string(kVersionTypes);
  std::vector<RecordId> sent_first;
  {
    Query q = TRY(db.query(sql, m.row, m.office, record_note::provisional));
    while (TRY(q.step())) sent_first.push_back(TRY(q.id<RecordId>(0)));
  }
  for (const RecordId& id : sent_first) {
    Query q =
        TRY(db.query("select c.bytes from parent p join record c on c.id = p.child where p.parent = ? and c.type = ?"
                     " and c.office = ? and c.quarantine = 0",
                     id, static_cast<int>(sync::RecordType::cosignature), m.office));
    bool signed_off = false;
    while (!signed_off && TRY(q.step())) {
      const auto r = sync::decode_record(q.blob(0));
      if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
      // Whoever was asked to sign too has not signed off what left before it was.
      const auto act = act_of(r->record);
      signed_off = act && !*act;
    }
    if (!signed_off) return true;
  }
  return false;
}

Result<bool> has_acts(Database& db, std::int64_t matter) {
  Query q = TRY(db.query("select 1 from act where matter = ? limit 1", matter));
  return q.step();
}

/// Of a case that never came here itself: what the act about it calls it.
Result<> name_of_case(Database& db, std::int64_t matter, const sync::Record& r) {
  const auto act = act_of(r);
  if (!act || !*act || (*act)->title.empty()) return {};
  return db.run("update matter set title = ? where row = ? and title = ''", (*act)->title, matter);
}

}  // namespace

std::string_view name_of(Sort s) {
  constexpr std::string_view kNames[] = {"report", "commission", "policy", "absence", "clue"};
  return kNames[static_cast<std::size_t>(s)];
}

Sort sort_of(const BodyExtras& x) { return x.clue ? Sort::clue : sort_of(x.type); }

Sort sort_of(sync::RecordType t) {
  if (t == sync::RecordType::commission || t == sync::RecordType::reply) return Sort::commission;
  if (t == sync::RecordType::delegation) return Sort::absence;
  return t == sync::RecordType::policy ? Sort::policy : Sort::report;
}

bool is_version(sync::RecordType t) {
  using enum sync::RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == withdrawal || t == reply ||
         t == zero_report;
}

Result<std::int64_t> put_record(Store& store, const sync::ReleasedRecord& r, const RecordFacts& facts) {
  if (facts.own) TRY(store.room_for(r.record.lane));  // what was receipted must still be opened
  Database& db = store.db();
  std::optional<std::int64_t> held;  // was in quarantine until now, and is good
  {
    Query q = TRY(db.query("select row, quarantine from record where id = ?", r.id));
    if (TRY(q.step())) {
      if (q.integer(1) == 0 || q.integer(1) == static_cast<int>(facts.quarantine)) return q.integer(0);
      held = q.integer(0);
    }
  }
  const sync::Record& rec = r.record;
  const bool text_type =
      has_text(rec.type) || rec.type == sync::RecordType::withdrawal || rec.type == sync::RecordType::commission;
  std::optional<DecodedBody> body;
  if (text_type)
    if (auto decoded = decode_body(rec.body)) body = std::move(*decoded);

  std::int64_t notes = facts.notes;
  Directory directory(store);
  const SignedWhen when = signed_when(rec.at.ms(), facts.signed_until, facts.signed_here);
  if (facts.own) notes |= TRY(sign_off_notes(store, directory, rec, when));  // what others signed was judged before
  if (rec.flags & sync::record_flag::provisional) notes |= record_note::provisional;
  if (rec.flags & sync::record_flag::exercise) notes |= record_note::exercise;
  if ((text_type && !body) || rec.schema != 1 || sync::name_of(rec.type) == "unknown") notes |= record_note::unreadable;

  // What is passed on unchanged has one signer too; an edition is a text like any other.
  const auto edition = edition_of(rec);
  if (!asks_for_two(rec.type) && !edition) notes &= ~record_note::same_signer;

  sync::Refusal quarantine = facts.quarantine;
  std::optional<Standing> found = TRY(standing(db, rec.case_id));
  Standing m = found ? *found : TRY(make_matter(store, rec, facts.at_ms));
  // A case id is 16 random bytes: one that comes back under another office's name was copied.
  if (m.office != rec.case_office && quarantine == sync::Refusal::none) quarantine = sync::Refusal::not_permitted;
  if (found && (is_draft(m.state) || m.state == ReportState::rejected)) {
    Query q = TRY(db.query("select 1 from record where matter = ? and quarantine = 0 limit 1", m.row));
    m.fresh = !TRY(q.step());
  }

  // A report's case never becomes a commission's, nor the other way round.
  if (!m.fresh && m.sort != sort_of(rec.type) && (is_version(rec.type) || sort_of(rec.type) != Sort::report) &&
      quarantine == sync::Refusal::none)
    quarantine = sync::Refusal::not_permitted;

  // What began as an exercise stays one, and nothing real becomes one.
  const bool exercise = (rec.flags & sync::record_flag::exercise) != 0;
  if (is_version(rec.type) && quarantine == sync::Refusal::none && TRY(other_in_kind(db, m, exercise)))
    quarantine = sync::Refusal::not_permitted;

  if (held && quarantine != sync::Refusal::none) {
    TRY(db.run("update record set quarantine = ? where row = ?", static_cast<int>(quarantine), *held));
    return *held;
  }
  // What was refused may have made the case: it does not say what the case is.
  if (m.fresh && m.sort != sort_of(rec.type) && quarantine == sync::Refusal::none) {
    m.sort = sort_of(rec.type);
    TRY(db.run("update matter set sort = ? where row = ?", static_cast<int>(m.sort), m.row));
  }
  const std::int64_t row = TRY(held ? free(db, *held, r, facts, notes) : insert(db, m, r, facts, notes, quarantine));
  for (const RecordId& p : rec.parents)
    TRY(db.run("insert into parent(child, parent) values(?, ?) on conflict do nothing", r.id, p));
  if (quarantine != sync::Refusal::none) return row;

  ReportState state = state_after(m, rec, facts.own);
  std::int64_t flags = (m.fresh ? 0 : m.flags) | (notes & ~record_note::nested);
  // Only the report itself says whether it is an exercise, whatever others mark what they do about it.
  const std::int64_t marked = is_version(rec.type) || m.fresh ? notes : m.flags;
  flags = (flags & ~record_note::exercise) | (marked & record_note::exercise);
  bool verified = (m.fresh || m.verified) && facts.verified;
  if (rec.type == sync::RecordType::delegation) {
    TRY(project_absence(store, m.row, m.office));
    TRY(heed_deputy(store, directory, m.row, m.office));
  } else if (sort_of(rec.type) != Sort::report) {
    if (rec.type == sync::RecordType::reply && !m.fresh) TRY(mark_replaced(db, m, r, row));
    TRY(project_task(store, m.row, r, body, facts));
    if (rec.type == sync::RecordType::policy) TRY(keep_policy(store, row, r, facts.at_ms));
  } else if (is_version(rec.type)) {
    const Heads h = TRY(project_version(store, m, r, row, body, facts));
    TRY(project_answer(store, m.row, rec, body));
    if (is_origin(rec)) state = TRY(state_of_version(db, m, h, m.office == store.me().office, facts.own));
  } else if (rec.type == sync::RecordType::cosignature) {
    for (const RecordId& p : rec.parents) TRY(keep_completion(store, p));
  } else if (rec.type == sync::RecordType::forward) {
    TRY(db.run("update matter set lane = min(?, lane) where row = ?", static_cast<int>(rec.lane), m.row));
    // What was passed on to us under another title is listed by that one: its page shows the edition first.
    if (!facts.own && edition && !edition->report.title.empty())
      TRY(db.run("update matter set title = ? where row = ? and own = 0", edition->report.title, m.row));
  } else if (rec.type == sync::RecordType::manifest) {
    TRY(note_enclosure(store, m.row, row, rec));
  }
  if ((flags & record_note::provisional) && !TRY(waits_for_cosignature(db, m))) flags &= ~record_note::provisional;
  TRY(keep_act(store, m.row, row, r, (notes & record_note::exercise) != 0));
  if (!m.fresh || !is_version(rec.type)) {
    if (TRY(has_acts(db, m.row))) state = TRY(state_with_acts(store, m.row, m.office, state));
    if (m.fresh && !is_version(rec.type)) TRY(name_of_case(db, m.row, rec));
  }
  if (rec.type == sync::RecordType::cosignature && m.office == store.me().office) TRY(settle_hold(store, m.row));
  // A text that is new here is compared with the others later (store/alike.h).
  TRY(
      db.run("update matter set state = ?, flags = ?, verified = ?, changed_ms = ?, alike = case when ? then 0 else"
             " alike end where row = ?",
             static_cast<int>(state), flags, verified ? 1 : 0, facts.at_ms, is_version(rec.type) ? 1 : 0, m.row));
  TRY(mark_older_version(store, m.row));
  if (edition) store.index(record_words(row), edition->report.title, search_text(edition->report));
  if (const auto act = act_of(rec); act && *act && !(**act).text.empty())
    store.index(record_words(row), "", (**act).text);
  if (body && has_text(rec.type) && sort_of(rec.type) == Sort::report)
    store.index(record_words(row), body->report.title, search_text(body->report));
  return row;
}

Result<> queue_record(Store& store, std::int64_t record_row, std::span<const OfficeId> destinations, sync::Lane lane,
                      sync::Millis now) {
  for (const OfficeId& to : destinations)
    TRY(
        // Nothing waits for an office that was revoked: it would wait for ever.
        store.db().run("insert into delivery(record, destination, lane, at_ms) select ?1, ?2, ?3, ?4 where not exists"
                       "(select 1 from office where id = ?2 and state = 9) on conflict(record, destination) do nothing",
                       record_row, to, static_cast<int>(lane), now));
  return {};
}

Result<> refresh_states(Store& store, std::span<const std::int64_t> record_rows, sync::Millis now) {
  static const std::string newest =
      "select row from record where matter = ? and own = 1 and quarantine = 0 and type in " +
      std::string(kVersionTypes) + " order by row desc limit 1";
  Database& db = store.db();
  std::set<std::int64_t> seen;
  for (const std::int64_t row : record_rows) {
    std::int64_t matter = 0, state = 0;
    {
      Query q = TRY(db.query(
          "select m.row, m.state from record r join matter m on m.row = r.matter where r.row = ? and m.own = 1", row));
      if (!TRY(q.step())) continue;
      matter = q.integer(0);
      state = q.integer(1);
    }
    const auto was = report_state_from(state);
    if (!was || !follows_receipts(*was) || !seen.insert(matter).second) continue;
    std::int64_t version = 0;
    {
      Query q = TRY(db.query(newest, matter));
      if (!TRY(q.step())) continue;
      version = q.integer(0);
    }
    Query q =
        TRY(db.query("select count(*), sum(state = 0), sum(state = 1), sum(state = 3), sum(state >= 8)"
                     " from delivery where record = ?",
                     version));
    if (!TRY(q.step()) || q.integer(0) == 0) continue;
    // All addressees count: "delivered" is said only when nobody is missing.
    ReportState now_is = ReportState::delivered;
    if (q.integer(1) > 0)
      now_is = ReportState::signed_off;
    else if (q.integer(2) > 0)
      now_is = ReportState::sent;
    else if (q.integer(4) > 0)
      now_is = ReportState::rejected;
    else if (q.integer(3) == q.integer(0))
      now_is = ReportState::opened;
    if (now_is != *was)
      TRY(db.run("update matter set state = ?, changed_ms = ? where row = ?", static_cast<int>(now_is), now, matter));
  }
  return {};
}

std::string search_text(const Report& r) {
  std::string out = r.body;
  for (const auto& [key, value] : r.fields.values)
    if (const auto* s = std::get_if<std::string>(&value)) {
      out += '\n';
      out += *s;
    }
  return out;
}

Result<> index_draft(Store& store, std::int64_t matter, const Report& r) {
  store.index(draft_words(matter), r.title, search_text(r));
  return {};
}

Result<> forget_draft(Store& store, std::int64_t matter, const Report& r) {
  store.unindex(draft_words(matter), r.title, search_text(r));
  return {};
}

}  // namespace yz::node
