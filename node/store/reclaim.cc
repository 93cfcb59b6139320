// Opens what came back of ours after a restore: by the archive wrap, into the cases that it once came from. The part of
// Opener that looks at our own envelopes.
#include <algorithm>
#include <set>

#include "node/log.h"
#include "node/office/body.h"
#include "node/store/attachments.h"
#include "node/store/books.h"
#include "node/store/cases.h"
#include "node/store/drafts.h"
#include "node/store/handed.h"
#include "node/store/holdings.h"
#include "node/store/lost_chunks.h"
#include "node/store/opener.h"
#include "node/store/own_records.h"
#include "node/store/records.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::Refusal;

/// A draft that was signed after the backup was made is what came back; one that says something else is kept.
Result<> drop_signed_draft(Store& store, const sync::ReleasedRecord& released, sync::Millis now) {
  const sync::Record& r = released.record;
  Query q =
      TRY(store.db().query("select d.matter, d.report from draft d join matter m on m.row = d.matter where"
                           " m.case_id = ?",
                           r.case_id));
  if (!TRY(q.step())) return {};
  const std::int64_t matter = q.integer(0);
  const auto draft = decode_body(q.blob(1)), body = decode_body(r.body);
  if (!draft || !body || draft->report.title != body->report.title || draft->report.body != body->report.body)
    return {};
  Draft signed_off;
  signed_off.case_id = r.case_id;
  TRY(draft_gone(store, signed_off, released.id, now));
  TRY(forget_draft(store, matter, draft->report));
  return store.db().run("delete from draft where matter = ?", matter);
}

/// The numbers that were given to what came back are not in it; as many are passed over, so that none is given twice.
Result<> pass_over_number(Store& store, const sync::Record& r) {
  if (r.origin != r.case_office || !r.parents.empty() || !is_version(r.type)) return {};
  return store.db().run(
      "update number set last = last + 1 where office = ?1 and exercise = ?2 and year = (select max(year) from number"
      " where office = ?1 and exercise = ?2)",
      store.me().office, (r.flags & sync::record_flag::exercise) != 0 ? 1 : 0);
}

}  // namespace

/// Officers of ours signed it, as when it was sent: our own node's word alone is not enough, nor another machine's.
/// What they may sign judge() says.
Result<Refusal> Opener::judge_own(const sync::ReleasedRecord& r, std::set<CertDigest>& missing) {
  if (r.record.origin != store_.me().office) return Refusal::not_addressed;
  for (const auto& s : r.record.signatures) {
    const auto officer = TRY(directory_.officer(s.officer));
    if (!officer) {
      if (missing.size() < sync::limit::wanted) missing.insert(s.officer);
      return Refusal::unknown_certificate;
    }
    if (officer->office != r.record.origin || !sync::verify_record(r.id, s, officer->key))
      return Refusal::bad_signature;
  }
  return Refusal::none;
}

/// Its bytes are here still, those of the draft that it was; or whoever gave the manifest back is asked for them.
Result<> Opener::own_manifest_back(const Context& c, const sync::Record& r, const Manifest& m) {
  TRY(release_attachment(store_, m.id, r.addressees));
  return ask_back(store_, m, r.addressees, c.envelope.head.stream.destination, TRY(brought_by(c)), c.now);
}

Result<> Opener::put_own(Context& c, const sync::ReleasedRecord& r, Refusal quarantine) {
  Database& db = store_.db();
  bool known = false;
  {
    Query q = TRY(db.query("select 1 from record where id = ? and quarantine = 0", r.id));
    known = TRY(q.step());
  }
  // What this copy has still was judged, or signed here, in its time.
  std::int64_t notes = 0;
  if (quarantine == Refusal::none && !known) quarantine = TRY(judge(c, r, notes));
  if (quarantine != Refusal::none) return put_aside(store_, c.row, r, quarantine, c.now);
  RecordFacts facts;
  facts.own = true;
  facts.at_ms = std::min(r.record.at.ms(), c.now);
  facts.signed_until = signed_until_;
  facts.notes = notes;
  if (!known) TRY(drop_signed_draft(store_, r, c.now));
  const std::int64_t row = TRY(put_record(store_, r, facts));
  if (!TRY(is_good(store_, row))) return {};  // the case is another office's, or of another sort
  TRY(no_longer_aside(store_, row));
  if (!known) TRY(pass_over_number(store_, r.record));
  // Of a draft that this copy still had; what the drafts no longer name and no record promises is swept away.
  if (r.record.type == sync::RecordType::manifest)
    if (const auto m = decode_manifest(r.record.body))
      TRY(m->from ? hand_on_attachment(store_, *m, r.record.addressees) : own_manifest_back(c, r.record, *m));
  const std::int64_t addressees = static_cast<std::int64_t>(r.record.addressees.size());
  if (addressees > 0) TRY(queue_record(store_, row, r.record.addressees, c.envelope.head.stream.lane, c.now));
  const bool opened = TRY(opened_there(store_, c.stream, c.envelope.head.seq));
  // Whoever gave it back has it.
  TRY(
      db.run("update delivery set envelope = ?, state = ?, done_ms = ?3, stored_ms = case stored_ms when 0 then ?3 else"
             " stored_ms end where record = ? and destination = ? and state in (0, 1)",
             c.row, opened ? 3 : 2, c.now, row, c.envelope.head.stream.destination));
  TRY(db.run("update envelope set records = records + 1 where row = ?", c.row));
  return refresh_states(store_, std::span(&row, 1), c.now);
}

Result<> Opener::open_returned(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now,
                               Done& done) {
  Context c;
  c.row = row;
  c.stream = stream;
  c.now = now;
  c.envelope = TRY(sync::decode_envelope(bytes));
  signed_until_ = c.envelope.head.at.ms();
  ++done.envelopes;
  const auto settled = [&](Refusal why) {
    return store_.db().run("update envelope set state = 2, refusal = ?, done_ms = ? where row = ?",
                           static_cast<int>(why), now, row);
  };
  auto items = sync::open(c.envelope, store_.keys());
  if (!items) {
    log().warn("reclaim.failed", {{"seq", c.envelope.head.seq.value}, {"why", items.error()}});
    TRY(store_.alarm("reclaim.failed", "something that came back of ours cannot be opened", "", now));
    return settled(items.error().fault == Fault::missing ? Refusal::key_gone : Refusal::malformed);
  }
  std::vector<std::pair<sync::ReleasedRecord, Refusal>> records;
  std::set<CertDigest> missing;
  for (const sync::Item& item : *items) {
    if (item.kind == sync::Item::Kind::certificate) {
      TRY(learn(c, item.bytes));
    } else if (item.kind == sync::Item::Kind::record) {
      auto released = sync::decode_record(item.bytes);
      if (!released) continue;
      const Refusal why = TRY(judge_own(*released, missing));
      records.emplace_back(std::move(*released), why);
    }
  }
  if (!missing.empty()) {
    // An officer of ours whom this copy does not know: the certificate is asked for, or comes in another envelope.
    TRY(want(std::move(missing), TRY(brought_by(c)), now));
    return store_.db().run("update envelope set refusal = ? where row = ?",
                           static_cast<int>(Refusal::unknown_certificate), row);
  }
  for (const auto& [record, why] : records) TRY(put_own(c, record, why));
  return settled(Refusal::none);
}

Result<NodeId> Opener::brought_by(const Context& c) {
  Query q = TRY(store_.db().query("select peer from envelope where row = ?", c.row));
  TRY(q.step());
  return q.id<NodeId>(0);
}

}  // namespace yz::node
