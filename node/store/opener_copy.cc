// Opens what another machine of our office wrote: by the office's archive key, into the cases that it belongs to. A
// part of Opener.
#include <algorithm>
#include <set>

#include "node/log.h"
#include "node/office/workflow.h"
#include "node/store/acts.h"
#include "node/store/attachments.h"
#include "node/store/drafts.h"
#include "node/store/forwards.h"
#include "node/store/opener.h"
#include "node/store/own_records.h"
#include "node/store/siblings.h"

namespace yz::node {

using sync::Refusal;

namespace {

constexpr int kOpened = 2, kWaits = 3;  // envelope.copy

/// What answers this very version may have come here before it: it counts all the same.
Result<> heed_answers(Store& store, const RecordId& version, std::int64_t row, sync::Millis now) {
  Database& db = store.db();
  std::vector<Bytes> answers;
  {
    Query q =
        TRY(db.query("select a.bytes from record a join parent p on p.child = a.id where p.parent = ? and a.own = 0 and"
                     " a.quarantine = 0 and a.type in (7, 11, 12, 13) order by a.row",
                     version));
    while (TRY(q.step())) answers.push_back(q.blob(0));
  }
  if (answers.empty()) return {};
  std::int64_t matter = 0;
  std::optional<ReportState> state;
  {
    Query q =
        TRY(db.query("select m.row, m.state from record r join matter m on m.row = r.matter where r.row = ?", row));
    TRY(q.step());
    matter = q.integer(0);
    state = report_state_from(q.integer(1));
  }
  if (!state || !follows_receipts(*state)) return {};
  for (const Bytes& bytes : answers) {
    const auto a = sync::decode_record(bytes);
    if (!a) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (a->record.type == sync::RecordType::acknowledgement && follows_receipts(*state))
      state = ReportState::acknowledged;
  }
  state = TRY(state_with_acts(store, matter, store.me().office, *state));
  return db.run("update matter set state = ?, changed_ms = ? where row = ?", static_cast<int>(*state), now, matter);
}

}  // namespace

Result<> Opener::open_copy(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now, Done& done) {
  Context c;
  c.row = row;
  c.stream = stream;
  c.now = now;
  c.envelope = TRY(sync::decode_envelope(bytes));
  signed_until_ = c.envelope.head.at.ms();
  ++done.envelopes;
  const auto settled = [&](int copy) {
    return store_.db().run("update envelope set copy = ? where row = ?", copy, row);
  };
  auto items = sync::open(c.envelope, store_.keys());
  if (!items) {
    log().warn("copy.failed", {{"seq", c.envelope.head.seq.value}, {"why", items.error()}});
    // The key that its machine seals to now may come later than what was sealed to it.
    if (items.error().fault == Fault::missing) return settled(kWaits);
    TRY(store_.alarm("copy.failed", "something that another machine of this office wrote cannot be opened here", "",
                     now));
    return settled(kOpened);
  }
  std::vector<std::pair<sync::ReleasedRecord, Refusal>> records;
  std::set<CertDigest> missing;
  for (const sync::Item& item : *items) {
    if (item.kind == sync::Item::Kind::certificate) {
      TRY(learn(c, item.bytes));
    } else if (item.kind == sync::Item::Kind::record) {
      auto released = sync::decode_record(item.bytes);
      if (!released) continue;
      // Officers of ours signed it: the other machine's word alone is not enough.
      const Refusal why = TRY(judge_own(*released, missing));
      records.emplace_back(std::move(*released), why);
    }
  }
  if (!missing.empty()) {
    for (const NodeId& n : TRY(siblings(store_))) TRY(want(missing, n, now));
    return settled(kWaits);
  }
  for (const auto& [r, why] : records) {
    if (why == Refusal::none)
      TRY(put_copy(c, r, done));
    else
      TRY(put_aside(store_, c.row, r, why, now));
  }
  for (const auto& [r, why] : records) TRY(settle_drafts(store_, r.record.case_id, now));
  return settled(kOpened);
}

Result<> Opener::put_copy(Context& c, const sync::ReleasedRecord& r, Done& done) {
  RecordFacts facts;
  facts.own = true;
  facts.at_ms = std::min(r.record.at.ms(), c.now);
  facts.signed_until = signed_until_;
  {
    // Cut again, or for another addressee: it was judged when it came first.
    Query q = TRY(store_.db().query("select 1 from record where id = ? and quarantine = 0", r.id));
    const Refusal why = TRY(q.step()) ? Refusal::none : TRY(judge(c, r, facts.notes));
    if (why != Refusal::none) return put_aside(store_, c.row, r, why, c.now);
  }
  const std::int64_t row = TRY(put_record(store_, r, facts));
  if (!TRY(is_good(store_, row))) return {};  // the case is another office's, or of another sort
  TRY(no_longer_aside(store_, row));
  const auto& name = c.envelope.head.stream;
  // Added to the draft on this machine, signed off on that one: its bytes leave from here.
  if (r.record.type == sync::RecordType::manifest)
    if (const auto m = decode_manifest(r.record.body); m && !m->from)  // what that machine hands on leaves from there
      TRY(release_attachment(store_, m->id, r.record.addressees));
  TRY(queue_record(store_, row, std::span(&name.destination, 1), name.lane, c.now));
  // As far as its destination's receipts have come here; the author sends it, not we.
  TRY(store_.db().run(
      "update delivery set envelope = ?1, state = (select case when e.state <> 2 then 1 when e.seq <= s.opened then 3"
      " else 2 end from envelope e join stream s on s.row = e.stream where e.row = ?1), done_ms = ?2, stored_ms = case"
      " when stored_ms = 0 and (select state from envelope where row = ?1) = 2 then ?2 else stored_ms end where record "
      "= ?3"
      " and destination = ?4 and state in (0, 1)",
      c.row, c.now, row, name.destination));
  TRY(store_.db().run("update envelope set records = records + 1 where row = ?", c.row));
  ++done.records[static_cast<std::size_t>(name.lane)];
  TRY(refresh_states(store_, std::span(&row, 1), c.now));
  return heed_answers(store_, r.id, row, c.now);
}

}  // namespace yz::node
