// What came inside a forward: judged like what comes by itself, but for whom it was addressed to. A part of Opener.
#include <algorithm>

#include "node/office/embargo.h"
#include "node/store/forwards.h"
#include "node/store/opener.h"
#include "node/store/revocation.h"

namespace yz::node {

using sync::Refusal;

namespace {

/// Only what is of use here: the offices of the layers and those who signed them.
bool concerns(const crypto::Certificate& c, const std::vector<sync::Layer>& layers) {
  return std::ranges::any_of(layers, [&](const sync::Layer& l) {
    const sync::Record& r = l.record.record;
    if (c.office != r.origin) return false;
    return c.type == crypto::CertType::office ||
           std::ranges::find(r.signatures, c.digest, &sync::RecordSignature::officer) != r.signatures.end();
  });
}

std::int64_t notes_of(const sync::Record& r, sync::Millis now) {
  std::int64_t notes = 0;
  if (r.schema != 1) notes |= record_note::unreadable;
  if (r.at.ms() > now + sync::kHlcClampMs) notes |= record_note::clock;
  return notes;
}

}  // namespace

Arrival Opener::came_by(const Context& c) {
  const auto& name = c.envelope.head.stream;
  return {name.node, name.author, c.row};
}

/// Each layer's signatures up to the root that is pinned here, with the certificates that travel with it.
Result<Refusal> Opener::judge_layers(const Context& c, const sync::ReleasedRecord& outermost) {
  const auto layers = sync::unfold(outermost);
  if (!layers) {
    const std::string& code = layers.error().code;
    if (code == "forward.not_addressed") return Refusal::not_addressed;
    return code == "forward.schema" ? Refusal::unsupported_type : Refusal::malformed;
  }
  for (const auto type : {crypto::CertType::office, crypto::CertType::officer})
    for (const auto& l : *layers)
      for (const auto& certificate : l.certificates) {
        if (certificate.type != type || !concerns(certificate, *layers)) continue;
        const auto known = directory_.learn(certificate, c.now);
        if (!known && known.error().fault != Fault::forged && known.error().fault != Fault::missing &&
            known.error().fault != Fault::denied)
          return std::unexpected(known.error());
      }
  for (std::size_t i = 1; i < layers->size(); ++i)
    for (const auto& s : (*layers)[i].record.record.signatures) {
      const sync::ReleasedRecord& r = (*layers)[i].record;
      const auto officer = TRY(directory_.officer(s.officer));
      if (!officer) return Refusal::unknown_certificate;
      if (officer->office != r.record.origin || !sync::verify_record(r.id, s, officer->key))
        return Refusal::bad_signature;
    }
  // By the earlier of both clocks: a stamp from the future opens nothing.
  const sync::Layer& inner = (*layers)[1];
  if (forbids(embargo_of(inner.record), Further::pass_on, std::min(outermost.record.at.ms(), c.now)))
    return Refusal::not_permitted;
  // Ours was passed on while its signers were in good standing; what has ended since shows where it came itself.
  if (outermost.record.origin == store_.me().office) return Refusal::none;
  // Whoever released what is held has looked at all of it.
  Query q = TRY(store_.db().query("select 1 from released where record = ?", outermost.id));
  if (TRY(q.step())) return Refusal::none;
  for (std::size_t i = 1; i < layers->size(); ++i)
    if (TRY(standing_of(store_, came_by(c), (*layers)[i].record)) == Standing::held) return Refusal::revoked;
  return Refusal::none;
}

/// Whether one person wrote and signed, where that should be two.
Result<std::int64_t> Opener::persons_of(const sync::Record& r) {
  std::set<PersonId> all;
  for (const auto& s : r.signatures)
    if (const auto officer = TRY(directory_.officer(s.officer))) all.insert(officer->person);
  if (all.size() != 1 || (r.flags & sync::record_flag::provisional)) return 0;
  const auto office = TRY(directory_.office(r.origin));
  const bool alone = office && office->one_person && TRY(directory_.active_officers(r.origin)) <= 1;
  return alone ? record_note::one_person : record_note::same_signer;
}

/// What a good forward nests becomes a record of the case like any other, known once, whichever way it comes first.
Result<> Opener::put_nested(Context& c, const sync::ReleasedRecord& outermost) {
  if (outermost.record.type != sync::RecordType::forward || outermost.record.schema != 1) return {};
  const auto layers = TRY(sync::unfold(outermost));
  for (std::size_t i = layers.size(); i-- > 1;) {
    const sync::ReleasedRecord& r = layers[i].record;
    std::optional<Refusal> held;
    {
      Query q = TRY(store_.db().query("select quarantine from record where id = ?", r.id));
      if (TRY(q.step())) held = static_cast<Refusal>(q.integer(0));
    }
    if (held == Refusal::none) continue;
    RecordFacts facts;
    facts.envelope = c.row;
    facts.at_ms = c.now;
    // Who passed it on had it then, signatures and all.
    facts.signed_until = layers[i - 1].record.record.at.ms();
    facts.notes = notes_of(r.record, c.now) | TRY(persons_of(r.record));
    if (TRY(standing_of(store_, came_by(c), r)) != Standing::good) facts.notes |= record_note::revoked;
    if (!TRY(directory_.root_confirmed())) facts.notes |= record_note::root_unconfirmed;
    // It came by itself too and waited; what it waited for is here now.
    const bool waited = held == Refusal::unknown_certificate || held == Refusal::revoked;
    if (!waited) facts.notes |= record_note::nested;
    if (waited)
      TRY(judge_again(c, r, facts));
    else
      TRY(put_record(store_, r, facts));
  }
  return {};
}

/// A record that was known only from inside a forward comes by itself. Its id does not cover the signatures: those
/// that it came with itself are kept, when they are good.
Result<> Opener::came_itself(Context& c, const sync::ReleasedRecord& r, Done& done) {
  RecordFacts facts;
  facts.envelope = c.row;
  facts.at_ms = c.now;
  const Refusal why = TRY(judge(c, r, facts.notes));
  c.waits = c.waits || why == Refusal::unknown_certificate;
  if (why != Refusal::none) {
    // What frees it later looks for the envelope that it waits in.
    if (sync::waits(why)) TRY(store_.db().run("update record set envelope = ? where id = ?", c.row, r.id));
    return refuse(c, r.id, why);
  }
  TRY(
      store_.db().run("update record set bytes = ?, envelope = ?, at_ms = ?, signed_until_ms = min(signed_until_ms, ?),"
                      " flags = (flags & ?) | ? where id = ?",
                      ByteView(r.bytes), c.row, c.now, signed_until_,
                      record_note::unreadable | record_note::provisional | record_note::exercise, facts.notes, r.id));
  TRY(TRY(store_.db().query("update envelope set records = records + 1 where row = ?")).bind(c.row).run());
  ++done.records[static_cast<std::size_t>(c.envelope.head.stream.lane)];
  TRY(store_.journal("node", "accept", hex(r.id.view()), "came by itself too", c.now));
  return store_.db().run("delete from refused where record = ? and why = ?", r.id,
                         static_cast<int>(Refusal::unknown_certificate));
}

}  // namespace yz::node
