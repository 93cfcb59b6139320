#include "node/store/opener.h"

#include <algorithm>
#include <set>

#include "crypto/plant.h"
#include "node/log.h"
#include "node/store/absences.h"
#include "node/store/cases.h"
#include "node/store/forwards.h"
#include "node/store/handed.h"
#include "node/store/life.h"
#include "node/store/lost_chunks.h"
#include "node/store/own_records.h"
#include "node/store/revocation.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/limits.h"

namespace yz::node {

using sync::Refusal;

Result<Opener::Done> Opener::open_some(std::size_t most, sync::Millis now) {
  Done done;
  struct Row {
    std::int64_t row, stream;
    Bytes bytes;
    bool returned = false, copy = false;
  };
  for (std::size_t i = 0; i <= most; ++i) {
    std::optional<Row> next;
    {
      Query q =
          TRY(store_.db().query("select e.row, e.stream, e.bytes from envelope e join stream s on s.row = e.stream"
                                " where e.own = 0 and e.state = 0 order by s.lane, e.row limit 1"));
      if (TRY(q.step())) next = Row{q.integer(0), q.integer(1), q.blob(2)};
    }
    if (!next) {
      Query q =
          TRY(store_.db().query("select e.row, e.stream, e.bytes from envelope e join stream s on s.row = e.stream"
                                " where e.own = 1 and e.state = 4 and e.refusal = 0 order by s.lane, e.row limit 1"));
      if (TRY(q.step())) next = Row{q.integer(0), q.integer(1), q.blob(2), true};
    }
    if (!next) {
      Query q =
          TRY(store_.db().query("select e.row, e.stream, e.bytes from envelope e join stream s on s.row = e.stream"
                                " where e.copy = 1 order by s.lane, e.row limit 1"));
      if (TRY(q.step())) next = Row{q.integer(0), q.integer(1), q.blob(2), false, true};
    }
    if (!next) return done;
    if (i == most) break;
    Done part = done;
    TRY(store_.write([&]() -> Result<> {
      part = done;
      if (next->copy) return open_copy(next->row, next->stream, next->bytes, now, part);
      if (next->returned) return open_returned(next->row, next->stream, next->bytes, now, part);
      return open_one(next->row, next->stream, next->bytes, now, part);
    }));
    done = part;
  }
  done.more = true;
  return done;
}

Result<> Opener::open_one(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now, Done& done) {
  Context c;
  c.row = row;
  c.stream = stream;
  c.now = now;
  c.envelope = TRY(sync::decode_envelope(bytes));
  signed_until_ = c.envelope.head.at.ms();
  TRY(follow_witnesses(store_, stream));
  auto items = sync::open(c.envelope, store_.keys(), TRY(further_wrap(store_, c.envelope.hash)));
  // Sealed before this machine was there: another of ours, who handed it on, wraps its key for us.
  if (!items && items.error().fault == Fault::missing && TRY(side_of(store_, TRY(brought_by(c)))) == Side::sibling)
    return store_.db().run("update envelope set state = 5 where row = ?", row);
  if (items) TRY(wrap_for_siblings(store_, c.envelope, now));
  if (!items) {
    const Refusal why = items.error().fault == Fault::missing ? Refusal::key_gone : Refusal::malformed;
    log().warn("open.failed",
               {{"stream", c.envelope.head.stream.id()}, {"seq", c.envelope.head.seq.value}, {"why", items.error()}});
    TRY(refuse(c, RecordId{}, why));
    if (why == Refusal::key_gone) TRY(tell_keys_anew(store_, now));
  } else {
    for (const sync::Item& item : *items) {
      if (item.kind == sync::Item::Kind::certificate) TRY(learn(c, item.bytes));
      if (item.kind == sync::Item::Kind::record) TRY(put(c, item.bytes, done));
    }
  }
  if (c.waits) TRY(ask_for_certificates(c));
  TRY(TRY(store_.db().query("update envelope set state = ?, done_ms = ? where row = ?"))
          .bind(items ? 2 : 8)
          .bind(now)
          .bind(row)
          .run());
  TRY(advance(stream));
  ++done.envelopes;
  return inbox_.receipt(stream, sync::ReceiptKind::opened, now);
}

/// A bad certificate only means that the signatures under it will not be good.
Result<> Opener::learn(const Context& c, ByteView bytes) {
  const auto certificate = crypto::Certificate::decode(bytes);
  if (!certificate || certificate->office != c.envelope.head.stream.author) return {};
  const auto known = directory_.learn(*certificate, c.now);
  // One that was taken back (denied) too: it comes in honest mail, and what waits behind it is opened all the same.
  if (!known && known.error().fault != Fault::forged && known.error().fault != Fault::missing &&
      known.error().fault != Fault::denied)
    return known;
  return {};
}

/// Everything that this author's records wait for: a newer `want` takes the place of the one before it.
Result<> Opener::ask_for_certificates(const Context& c) {
  Query q =
      TRY(store_.db().query("select r.bytes from refused f join record r on r.id = f.record"
                            " where f.why = ? and r.office = ? order by r.row desc",
                            static_cast<int>(Refusal::unknown_certificate), c.envelope.head.stream.author));
  std::set<CertDigest> missing;
  while (missing.size() < sync::limit::wanted && TRY(q.step())) {
    const auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record is damaged", "store.record");
    for (const CertDigest& d : signers_of(*r))
      if (missing.size() < sync::limit::wanted && !TRY(directory_.officer(d))) missing.insert(d);
  }
  return want(std::move(missing), TRY(brought_by(c)), c.now);
}

Result<> Opener::want(std::set<CertDigest> missing, const NodeId& of, sync::Millis now) {
  if (missing.empty()) return {};
  {
    // What it was asked for before and has not come stays asked.
    Query q = TRY(store_.db().query("select bytes from control where key = ?", TRY(store_.want_key(of))));
    if (TRY(q.step())) {
      const auto before = TRY(sync::decode_want(TRY(sync::decode_statement(q.blob(0))).body));
      for (const CertDigest& d : before.certificates)
        if (missing.size() < sync::limit::wanted && !TRY(directory_.officer(d))) missing.insert(d);
    }
  }
  return store_.state(sync::StatementKind::want, sync::encode(sync::Want{{missing.begin(), missing.end()}}), of, now);
}

Result<> Opener::advance(std::int64_t stream) {
  if (TRY(inbox_.more_waits_than_told(stream))) return {};
  // Opened up to the first number that is not here or not opened yet.
  Query q = TRY(store_.db().query("select opened, tip from stream where row = ?")).bind(stream);
  TRY(q.step());
  std::int64_t opened = q.integer(0);
  const std::int64_t tip = q.integer(1);
  while (opened < tip) {
    Query e = TRY(store_.db().query(
                      "select min(case state when 5 then 0 else state end) from envelope where stream = ? and seq = ?"))
                  .bind(stream)
                  .bind(opened + 1);
    if (!TRY(e.step()) || e.null(0) || e.integer(0) == 0) break;
    ++opened;
  }
  return TRY(store_.db().query("update stream set opened = ? where row = ?")).bind(opened).bind(stream).run();
}

Result<> Opener::refuse(const Context& c, const RecordId& record, Refusal why) {
  TRY(TRY(store_.db().query("update envelope set refusal = ? where row = ?"))
          .bind(static_cast<int>(why))
          .bind(c.row)
          .run());
  TRY(store_.journal("node", sync::waits(why) ? "wait" : "refuse", hex(record.view()), sync::name_of(why), c.now));
  return TRY(store_.db().query(
                 "insert into refused(stream, seq, record, why) values(?, ?, ?, ?) on conflict do nothing"))
      .bind(c.stream)
      .bind(c.envelope.head.seq.value)
      .bind(record)
      .bind(static_cast<int>(why))
      .run();
}

Result<> Opener::put(Context& c, ByteView bytes, Done& done) {
  auto released = sync::decode_record(bytes);
  if (!released) return refuse(c, RecordId{}, Refusal::malformed);
  RecordFacts facts;
  facts.envelope = c.row;
  facts.at_ms = c.now;
  facts.signed_until = signed_until_;
  bool held = false;
  {
    Query q = TRY(store_.db().query("select quarantine, flags from record where id = ?")).bind(released->id);
    held = TRY(q.step());
    if (held && q.integer(0) == 0 && (q.integer(1) & record_note::nested)) return came_itself(c, *released, done);
    // Cut again in another lane, or after a restore: one copy is enough. Only one that waits, or is held for a
    // revocation, is judged anew.
    const auto before = held ? static_cast<Refusal>(q.integer(0)) : Refusal::none;
    if (held && !sync::waits(before) && before != Refusal::unproven_deputy && before != Refusal::revoked) {
      if (!planted(Bug::record_counted_twice)) return {};
      held = false;
    }
  }
  std::int64_t notes = 0;
  facts.quarantine = TRY(judge(c, *released, notes));
  facts.notes = notes;
  facts.verified = facts.quarantine == Refusal::none;
  c.waits = c.waits || facts.quarantine == Refusal::unknown_certificate;
  if (facts.quarantine == Refusal::none) TRY(put_nested(c, *released));
  if (held) return judge_again(c, *released, facts);
  TRY(put_record(store_, *released, facts));
  ++done.records[static_cast<std::size_t>(c.envelope.head.stream.lane)];
  TRY(TRY(store_.db().query("update envelope set records = records + 1 where row = ?")).bind(c.row).run());
  if (facts.quarantine != Refusal::none) return refuse(c, released->id, facts.quarantine);
  TRY(manifest_came(*released, c.now));
  return tell_chunks_of(store_, *released, c.envelope.head.stream.node, c.now);
}

/// Its chunks may have come before it.
Result<> Opener::manifest_came(const sync::ReleasedRecord& r, sync::Millis now) {
  if (r.record.type != sync::RecordType::manifest) return {};
  const auto m = decode_manifest(r.record.body);
  return m ? manifest_arrived(store_, m->id, now) : Result<>();
}

/// A record that waited for a certificate, or was held for a revocation. What was told of it changes in every stream in
/// which it came.
Result<> Opener::judge_again(Context& c, const sync::ReleasedRecord& r, const RecordFacts& facts) {
  std::int64_t waited = 0;
  {
    Query q = TRY(store_.db().query("select quarantine from record where id = ?", r.id));
    TRY(q.step());
    waited = q.integer(0);
  }
  // It may have come in a second stream, whose receipts have to name it too.
  if (static_cast<std::int64_t>(facts.quarantine) == waited) return refuse(c, r.id, facts.quarantine);
  const std::int64_t row = TRY(put_record(store_, r, facts));
  std::vector<std::int64_t> streams;
  std::int64_t why = 0;
  {
    Query q = TRY(store_.db().query("select quarantine from record where row = ?", row));
    TRY(q.step());
    why = q.integer(0);
    Query told = TRY(store_.db().query("select stream from refused where record = ? and why = ?", r.id, waited));
    while (TRY(told.step())) streams.push_back(told.integer(0));
  }
  // An earlier program had taken it for good: nobody was told otherwise yet.
  if (why != 0 && streams.empty()) return refuse(c, r.id, static_cast<Refusal>(why));
  TRY(store_.journal("node", why == 0 ? "accept" : "refuse", hex(r.id.view()), sync::name_of(static_cast<Refusal>(why)),
                     c.now));
  if (why == 0)
    TRY(store_.db().run("delete from refused where record = ? and why = ?", r.id, waited));
  else
    TRY(store_.db().run("update refused set why = ? where record = ? and why = ?", why, r.id, waited));
  if (why == 0) TRY(manifest_came(r, c.now));
  if (why == 0) TRY(tell_chunks_of(store_, r, c.envelope.head.stream.node, c.now));
  for (const std::int64_t s : streams) {
    if (s == c.stream) continue;  // told at the end of this envelope
    TRY(advance(s));
    TRY(inbox_.receipt(s, sync::ReceiptKind::opened, c.now));
  }
  return {};
}

/// Whether the record may stand where it came, and what is to be shown beside it. One of our own office, by another
/// machine of ours or given back to us, is judged by the same rules, and at the time of its signing.
Result<Refusal> Opener::judge(Context& c, const sync::ReleasedRecord& r, std::int64_t& notes) {
  const sync::Record& rec = r.record;
  const auto& name = c.envelope.head.stream;
  const bool ours = name.author == store_.me().office;
  if (rec.origin != name.author) return Refusal::not_addressed;  // others' records come nested only
  // A policy rules everybody below, also who was not there when it was signed (judge_policy).
  const bool for_all_below = rec.type == sync::RecordType::policy && rec.schema == 1;
  if (!for_all_below && !std::ranges::binary_search(rec.addressees, name.destination)) return Refusal::not_addressed;
  const bool own_case = rec.case_office == rec.origin;
  switch (rec.type) {
    case sync::RecordType::report:
    case sync::RecordType::followup:
    case sync::RecordType::final_report:
    case sync::RecordType::correction:
    case sync::RecordType::withdrawal:
    case sync::RecordType::zero_report:
      if (!own_case) return Refusal::not_permitted;
      break;
    default:
      break;
  }
  // What binds offices takes effect in no form that cannot be judged.
  if (sort_of(rec.type) != Sort::report && rec.schema != 1) return Refusal::unsupported_type;
  const bool known_type = rec.type <= sync::RecordType::delegation && rec.schema == 1;
  if (!known_type) {
    if (rec.flags & sync::record_flag::must_understand) return Refusal::unsupported_type;
    notes |= record_note::unreadable;
  }
  if (rec.flags & sync::record_flag::provisional) notes |= record_note::provisional;
  if (rec.flags & sync::record_flag::exercise) notes |= record_note::exercise;
  if (rec.at.ms() > c.now + sync::kHlcClampMs) notes |= record_note::clock;
  if (name.node != store_.me().node && TRY(unconfirmed(store_, name.node))) notes |= record_note::unconfirmed_node;
  if (!ours && !TRY(directory_.root_confirmed())) notes |= record_note::root_unconfirmed;

  const sync::Millis then = ours ? rec.at.ms() : TRY(c.received.of(store_, c.row));
  for (const auto& s : rec.signatures) {
    const auto officer = TRY(directory_.officer(s.officer));
    if (!officer) return Refusal::unknown_certificate;
    if (officer->office != rec.origin || !sync::verify_record(r.id, s, officer->key)) return Refusal::bad_signature;
    // A flag beside it, never a refusal: whoever renews certificates late must not silence those below.
    if (then > TRY(c.received.valid_until(directory_, s.officer))) notes |= record_note::expired;
  }
  // Drafter and signer differ, unless the office may work with one person.
  const SignOff by = TRY(sign_off_of(store_, directory_, rec, when_of(rec)));
  const bool alone = TRY(works_alone(rec));
  if (by.persons.size() == 1 && !(rec.flags & sync::record_flag::provisional))
    notes |= alone ? record_note::one_person : record_note::same_signer;
  if (!alone && TRY(lacks_review(store_, directory_, rec))) notes |= record_note::unreviewed;
  if (const Refusal why = TRY(judge_act(r, c.now, notes)); why != Refusal::none) return why;
  if (sort_of(rec.type) != Sort::report && known_type)
    if (const Refusal why = TRY(judge_task(r, alone || by.persons.size() > 1)); why != Refusal::none) return why;
  notes |= TRY(sign_off_notes(store_, directory_, rec, when_of(rec)));
  const bool handed_on = sync::is_handed_on(rec);
  if (handed_on && !decode_manifest(rec.body)) return Refusal::malformed;
  if ((rec.type == sync::RecordType::forward && known_type) || handed_on)
    if (const Refusal inside = TRY(judge_layers(c, r)); inside != Refusal::none) return inside;
  const Standing standing = TRY(standing_of(store_, {name.node, name.author, c.row}, r));
  if (standing == Standing::held) return Refusal::revoked;
  if (standing == Standing::noted) notes |= record_note::revoked;
  return Refusal::none;
}

}  // namespace yz::node
