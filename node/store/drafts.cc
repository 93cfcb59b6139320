#include "node/store/drafts.h"

#include <algorithm>

#include "node/office/draft_view.h"
#include "node/store/cases.h"
#include "node/store/clues.h"

namespace yz::node {
namespace {

DraftAuthor ourselves(Store& store) { return {store.me().node, store.me().incarnation}; }

/// The next save of this machine, on top of `seen`. What this machine saved itself it has seen.
Result<DraftVersion> next_version(Store& store, const DraftState& s, Seen seen, sync::Millis now) {
  DraftVersion v;
  v.by = ourselves(store);
  std::uint64_t last = 0;
  for (const auto* list : {&s.heads, &s.before})
    for (const DraftVersion& known : *list) last = std::max(last, known.seen.of(v.by));
  v.seen = std::move(seen);
  v.seen.set(v.by, last + 1);
  v.at = TRY(store.tick(now));
  return v;
}

/// What its writer saw; of a draft from before there were versions, all there is.
Seen seen_by(const Draft& d, const DraftState& s) { return d.seen.empty() ? s.seen() : d.seen; }

Result<bool> record_is_here(Store& store, const RecordId& id) {
  Query q = TRY(store.db().query("select 1 from record where id = ? and quarantine = 0", id));
  return q.step();
}

/// The case has a draft that is this machine's alone.
Result<bool> has_own_draft(Store& store, std::int64_t matter) {
  Query q = TRY(store.db().query("select report from draft where matter = ?", matter));
  if (!TRY(q.step())) return false;
  const auto body = decode_body(q.blob(0));
  if (!body) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
  return !is_shared_draft(body->extras);
}

/// A text for a case that has records is shown once those are here that it was written from; what is shown already
/// follows.
Result<bool> may_show(Store& store, const DraftState& s, const DraftVersion& shown) {
  const auto m = TRY(matter(store, s.draft));
  if (!m && s.case_office != store.me().office) return false;
  if (m && TRY(has_own_draft(store, m->row))) return false;
  if (m) {
    Query q = TRY(store.db().query("select 1 from draft where matter = ?", m->row));
    if (TRY(q.step())) return true;
  }
  for (const RecordId& id : shown.extras.written_from)
    if (!TRY(record_is_here(store, id))) return false;
  return true;
}

/// Why a text corrects what was signed off elsewhere meanwhile; a person may say it better.
constexpr std::string_view kWrittenOn = "另一台机器签发时，本机仍在修改此稿";

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ",") + n;
  return out;
}

Result<std::int64_t> matter_for(Store& store, const DraftState& s, sync::Millis now) {
  if (const auto m = TRY(matter(store, s.draft))) return m->row;
  Query q = TRY(store.db().query(
      "insert into matter(case_id, office, own, kind, lane, state, title, changed_ms) values(?, ?, 1, 1, 3, 0, '', ?)"
      " returning row",
      s.draft, s.case_office, now));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a case could not be stored", "store.matter");
  const std::int64_t row = q.integer(0);
  TRY(q.run());
  TRY(store.journal("node", "draft.shared", base32(s.draft.view()), "", now));
  return row;
}

/// The row goes, and a case that has nothing else with it.
Result<> take_row_away(Store& store, const CaseId& id) {
  const auto m = TRY(matter(store, id));
  if (!m || TRY(has_own_draft(store, m->row))) return {};
  {
    Query q = TRY(store.db().query("select report from draft where matter = ?", m->row));
    if (!TRY(q.step())) return {};
    const auto old = decode_body(q.blob(0));
    if (!old) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
    TRY(forget_draft(store, m->row, old->report));
  }
  TRY(store.db().run("delete from draft where matter = ?", m->row));
  TRY(store.db().run("delete from clue where matter = ?", m->row));
  return store.db().run("delete from matter where row = ? and not exists(select 1 from record where matter = ?)",
                        m->row, m->row);
}

Bytes packed(const std::vector<sync::RecordSignature>& all) {
  Writer w;
  for (const auto& s : all) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  return w.take();
}

/// Makes the row that the desk reads.
Result<> put_row(Store& store, const DraftState& s, const DraftView& v, const std::optional<RecordId>& record,
                 sync::Millis now) {
  const DraftVersion& t = v.shown;
  BodyExtras extras = t.extras;
  const bool beside = !record && !v.signed_off.empty();
  if (beside) {
    // Written on while it was signed off elsewhere: what comes of it is the next version of that.
    extras.written_from.clear();
    for (const DraftVersion* r : v.signed_off) extras.written_from.push_back(r->record);
    std::ranges::sort(extras.written_from);
    if (extras.type == sync::RecordType::report || extras.type == sync::RecordType::zero_report)
      extras.type = sync::RecordType::correction;
    if (extras.reason.empty()) extras.reason = kWrittenOn;
  }
  const std::int64_t row = TRY(matter_for(store, s, now));
  {
    Query q = TRY(store.db().query("select report from draft where matter = ?", row));
    if (TRY(q.step()))
      if (const auto old = decode_body(q.blob(0))) TRY(forget_draft(store, row, old->report));
  }
  Writer seen;
  s.seen().write(seen);
  Query q = TRY(store.db().query(
      "insert into draft(matter, report, drafter, note, content, signatures, changed_ms, seen, disputed, record)"
      " values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(matter) do update set report = excluded.report, drafter ="
      " excluded.drafter, note = excluded.note, content = excluded.content, signatures = excluded.signatures,"
      " changed_ms = excluded.changed_ms, seen = excluded.seen, disputed = excluded.disputed, record ="
      " excluded.record"));
  q.bind(row).bind(encode_body(t.report, extras)).bind(t.drafter).bind(t.note);
  if (t.content.empty() || record)
    q.bind_null();
  else
    q.bind(t.content);
  q.bind(packed(t.signatures)).bind(now).bind(seen.view()).bind(listed(v.disputed));
  if (record)
    q.bind(*record);
  else
    q.bind_null();
  TRY(q.run());
  TRY(index_draft(store, row, t.report));
  const ReportState state = record               ? ReportState::signed_off
                            : !t.content.empty() ? ReportState::in_review
                            : !t.note.empty()    ? ReportState::returned
                                                 : ReportState::draft;
  TRY(project_clue(store, row, t.report, extras));
  return store.db().run(
      "update matter set kind = ?, lane = ?, state = ?, title = ?, occurred_ms = ?, attachments = ?, changed_ms = ?,"
      " sort = ?, incident = ?, grade = ?, flags = (flags & ~32) | ? where row = ? and not exists(select 1 from record"
      " where matter = ? and quarantine = 0)",
      static_cast<int>(t.report.kind), static_cast<int>(t.report.lane), static_cast<int>(state), t.report.title,
      t.report.occurred_at, t.extras.attachments.size(), now, static_cast<int>(sort_of(extras)),
      t.report.fields.text("incident_type"), t.report.fields.text("level"),
      t.extras.exercise ? record_note::exercise : 0, row, row);
}

/// The row follows the state. Gives whether it waits for records.
Result<bool> show(Store& store, const DraftState& s, sync::Millis now) {
  const DraftView v = view_of(s);
  if (!v.texts.empty()) {
    if (!TRY(may_show(store, s, v.shown))) return true;
    TRY(put_row(store, s, v, std::nullopt, now));
    return false;
  }
  // Signed off elsewhere: until the record itself is here the case must not be out of sight.
  for (const DraftVersion* r : v.signed_off) {
    if (TRY(record_is_here(store, r->record))) continue;
    if (v.shown.kind == DraftVersion::Kind::text && !v.shown.bytes.empty() && TRY(may_show(store, s, v.shown)))
      TRY(put_row(store, s, v, r->record, now));
    return true;
  }
  TRY(take_row_away(store, s.draft));
  return false;
}

}  // namespace

Result<std::vector<sync::RecordSignature>> signatures_from(ByteView bytes) {
  std::vector<sync::RecordSignature> out;
  Reader r(bytes);
  while (r.ok() && r.left() > 0) {
    sync::RecordSignature s;
    s.role = static_cast<sync::SignRole>(r.u8());
    s.officer = r.id<CertDigest>();
    s.signature = r.id<Signature>();
    out.push_back(s);
  }
  if (!r.done()) return fail(Fault::corrupt, "a draft's signatures are malformed", "store.draft");
  return out;
}

Result<DraftState> draft_state(Store& store, const CaseId& id) {
  DraftState s;
  s.draft = id;
  s.case_office = store.me().office;
  {
    Query q = TRY(store.db().query("select case_office from draft_case where case_id = ?", id));
    if (!TRY(q.step())) return s;
    s.case_office = TRY(q.id<OfficeId>(0));
  }
  Query q = TRY(store.db().query("select head, bytes from draft_version where case_id = ?", id));
  while (TRY(q.step())) {
    auto v = decode_version(q.blob(1));
    if (!v) return fail(Fault::corrupt, "a draft's version no longer decodes", "store.draft");
    (q.integer(0) != 0 ? s.heads : s.before).push_back(std::move(*v));
  }
  const auto by_clock = [](const DraftVersion& v) { return std::pair(v.at.value, v.id); };
  std::ranges::sort(s.heads, {}, by_clock);
  std::ranges::sort(s.before, std::ranges::greater{}, by_clock);
  return s;
}

namespace {

/// The versions alone; the row is as it should be already.
Result<> keep_versions(Store& store, const DraftState& s, bool waits, sync::Millis now) {
  Database& db = store.db();
  const bool live = std::ranges::any_of(s.heads, [](const auto& h) { return h.kind == DraftVersion::Kind::text; });
  TRY(
      db.run("insert into draft_case(case_id, case_office, state, live, waits, changed_ms) values(?, ?, ?, ?, ?, ?)"
             " on conflict(case_id) do update set state = excluded.state, live = excluded.live, waits ="
             " excluded.waits, changed_ms = excluded.changed_ms",
             s.draft, s.case_office, s.name(), live ? 1 : 0, waits ? 1 : 0, now));
  TRY(db.run("delete from draft_version where case_id = ?", s.draft));
  for (const auto* list : {&s.heads, &s.before})
    for (const DraftVersion& v : *list)
      TRY(db.run("insert into draft_version(id, case_id, head, bytes) values(?, ?, ?, ?) on conflict do nothing", v.id,
                 s.draft, list == &s.heads ? 1 : 0, ByteView(v.bytes)));
  return {};
}

Result<OfficeId> case_office_of(Store& store, const CaseId& id) {
  Query q = TRY(store.db().query("select office from matter where case_id = ?", id));
  return TRY(q.step()) ? q.id<OfficeId>(0) : Result<OfficeId>(store.me().office);
}

}  // namespace

Result<> keep_draft_state(Store& store, const DraftState& s, sync::Millis now) {
  return keep_versions(store, s, TRY(show(store, s, now)), now);
}

Result<> settle_drafts(Store& store, const CaseId& id, sync::Millis now) {
  {
    Query q = TRY(store.db().query("select 1 from draft_case where case_id = ?", id));
    if (!TRY(q.step())) return {};
  }
  const DraftState s = TRY(draft_state(store, id));
  if (s.heads.empty()) return {};
  const bool waits = TRY(show(store, s, now));
  return store.db().run("update draft_case set waits = ? where case_id = ?", waits ? 1 : 0, id);
}

bool is_shared_draft(const BodyExtras& x) {
  constexpr sync::RecordType kShared[] = {sync::RecordType::report,       sync::RecordType::followup,
                                          sync::RecordType::final_report, sync::RecordType::correction,
                                          sync::RecordType::withdrawal,   sync::RecordType::forward,
                                          sync::RecordType::zero_report};
  return std::ranges::find(kShared, x.type) != std::end(kShared) && x.act.empty() && !x.commission && !x.reply;
}

Result<> draft_saved(Store& store, Draft& d, sync::Millis now) {
  const bool shared = is_shared_draft(d.extras);
  DraftState s;
  s.draft = d.case_id;
  if (shared) s = TRY(draft_state(store, d.case_id));
  s.case_office = TRY(case_office_of(store, d.case_id));
  DraftVersion v = TRY(next_version(store, s, seen_by(d, s), now));
  v.report = d.report;
  v.extras = d.extras;
  v.drafter = d.drafter;
  v.note = d.note;
  v.content = d.content;
  v.signatures = d.signatures;
  fix(v);
  d.seen = v.seen;
  save(s, std::move(v));
  if (!shared) return put_row(store, s, view_of(s), std::nullopt, now);
  TRY(keep_draft_state(store, s, now));
  d.disputed = view_of(s).disputed;
  return tell_draft(store, d.case_id, std::nullopt, now);
}

Result<> begin_draft_version(Store& store, std::int64_t matter, sync::Millis now) {
  Draft d;
  {
    Query q =
        TRY(store.db().query("select m.case_id, d.report, d.drafter, d.note, d.content, d.signatures from draft d join"
                             " matter m on m.row = d.matter where d.matter = ?",
                             matter));
    if (!TRY(q.step())) return {};
    d.case_id = TRY(q.id<CaseId>(0));
    auto body = decode_body(q.blob(1));
    if (!body) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
    d.report = std::move(body->report);
    d.extras = std::move(body->extras);
    d.drafter = TRY(q.id<PersonId>(2));
    d.note = q.text(3);
    d.content = q.blob(4);
    d.signatures = TRY(signatures_from(q.blob(5)));
  }
  return draft_saved(store, d, now);
}

Result<> draft_gone(Store& store, const Draft& d, const std::optional<RecordId>& into, sync::Millis now) {
  DraftState s = TRY(draft_state(store, d.case_id));
  if (s.heads.empty() || !is_shared_draft(d.extras)) return {};
  DraftVersion v = TRY(next_version(store, s, seen_by(d, s), now));
  v.kind = into ? DraftVersion::Kind::released : DraftVersion::Kind::deleted;
  if (into) v.record = *into;
  fix(v);
  save(s, std::move(v));
  TRY(keep_versions(store, s, false, now));
  return tell_draft(store, d.case_id, std::nullopt, now);
}

}  // namespace yz::node
