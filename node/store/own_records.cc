#include "node/store/own_records.h"

#include <algorithm>
#include <set>

#include "node/store/policies.h"

namespace yz::node {
namespace {

/// Each names its case; by then people know.
constexpr std::int64_t kAlarmsMost = 100;

/// Texts that two persons sign, and the rules may ask a third for.
bool is_report(sync::RecordType t) {
  using enum sync::RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == zero_report;
}

/// The certificate that the office had then; of an office that was certified later the first.
Result<bool> certified_for_one(Store& store, const OfficeId& office, sync::Millis at) {
  std::optional<crypto::Certificate> then, first;
  Query q =
      TRY(store.db().query("select certificate from office where id = ?1 and certificate is not null union all"
                           " select bytes from past_certificate where office = ?1",
                           office));
  while (TRY(q.step())) {
    auto c = crypto::Certificate::decode(q.blob(0));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    if (c->type != crypto::CertType::office) continue;
    if (!first || c->serial < first->serial) first = *c;
    if (static_cast<sync::Millis>(c->not_before_ms) <= at && (!then || c->serial > then->serial)) then = std::move(*c);
  }
  const auto& c = then ? then : first;
  return c && (c->flags & crypto::cert_flag::one_person);
}

/// From when on a revocation ends it; none when none does.
Result<std::optional<sync::Millis>> revoked_from(Store& store, const PersonId& person, const CertDigest& digest) {
  Query q =
      TRY(store.db().query("select min(since_ms) from revocation where applied = 1 and target = 3 and subject = ? and"
                           " (certificate = ? or certificate = ?)",
                           person, CertDigest{}, digest));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  return q.integer(0);
}

}  // namespace

Result<bool> worked_alone(Store& store, const OfficeId& office, sync::Millis at) {
  if (!TRY(certified_for_one(store, office, at))) return false;
  std::set<PersonId> there, gone;  // gone: retired, and nobody said when
  Query q =
      TRY(store.db().query("select digest, person, certificate, state, ended_ms from officer where office = ? and"
                           " roles <> 0",
                           office));
  while (TRY(q.step())) {
    const CertDigest digest = TRY(q.id<CertDigest>(0));
    const PersonId person = TRY(q.id<PersonId>(1));
    const auto c = crypto::Certificate::decode(q.blob(2));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    const auto state = static_cast<OfficerState>(q.integer(3));
    const sync::Millis ended = q.integer(4);
    if (static_cast<sync::Millis>(c->not_before_ms) > at || (ended > 0 && ended <= at)) continue;
    if (state == OfficerState::revoked) {
      const auto since = TRY(revoked_from(store, person, digest));
      if (!since || *since <= at) continue;
    }
    const bool worked = state == OfficerState::active || state == OfficerState::revoked || ended > 0;
    (worked ? there : gone).insert(person);
  }
  // Certified anew since, with the same key: the same person was there before.
  Query now = TRY(store.db().query("select person from officer where office = ? and roles <> 0 and state = 0", office));
  while (TRY(now.step()))
    if (const PersonId p = TRY(now.id<PersonId>(0)); gone.contains(p)) there.insert(p);
  return there.size() <= 1;
}

Result<bool> lacks_review(Store& store, Directory& directory, const sync::Record& r) {
  if (!is_report(r.type) || r.schema != 1 || (r.flags & sync::record_flag::provisional)) return false;
  for (const auto& s : r.signatures) {
    if (s.role != sync::SignRole::reviewer) continue;
    const auto officer = TRY(directory.officer(s.officer));
    if (officer && (officer->roles & (crypto::role::reviewer | crypto::role::signer))) return false;
  }
  {
    Query q = TRY(store.db().query("select 1 from policy limit 1"));
    if (!TRY(q.step())) return false;
  }
  const auto all = TRY(policies_in_force(store, r.origin, r.at.ms()));
  if (all.empty()) return false;
  const auto body = decode_body(r.body);
  if (!body || is_emergency(body->report.kind, r.lane)) return false;
  const RuleSet rules = TRY(ruled_by(store, RuleSet(), all, {}));
  return steps_of(rules.terms, body->report.kind) > 2;
}

Result<bool> is_good(Store& store, std::int64_t record_row) {
  Query q = TRY(store.db().query("select 1 from record where row = ? and quarantine = 0", record_row));
  return q.step();
}

Result<> put_aside(Store& store, std::int64_t envelope, const sync::ReleasedRecord& r, sync::Refusal why,
                   sync::Millis now) {
  {
    Query q = TRY(
        store.db().query("select 1 from record where id = ? and quarantine in (0, ?)", r.id, static_cast<int>(why)));
    if (TRY(q.step())) return {};
  }
  RecordFacts facts;
  facts.own = true;
  facts.at_ms = std::min(r.record.at.ms(), now);
  facts.quarantine = why;
  facts.verified = false;
  facts.envelope = envelope;
  TRY(put_record(store, r, facts));
  const std::string reason(sync::name_of(why));
  TRY(store.journal("node", "refuse", hex(r.id.view()), reason, now));
  Query told = TRY(store.db().query("select count(*) from alarm where code = 'own.refused'"));
  TRY(told.step());
  if (told.integer(0) >= kAlarmsMost) return {};
  return store.alarm("own.refused",
                     "something in this office's name, by another machine of ours or given back to us, breaks the"
                     " rules and was put aside: " +
                         base32(r.record.case_id.view()).substr(0, 8) + " " + reason,
                     "", now);
}

/// Its own records name no envelope that they came in: that is for what others wrote.
Result<> no_longer_aside(Store& store, std::int64_t record_row) {
  return store.db().run("update record set envelope = null where row = ? and own = 1 and envelope is not null",
                        record_row);
}

}  // namespace yz::node
