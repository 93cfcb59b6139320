// What revocations, and certificates that newer ones replaced, make of a record whose signatures are good.
#include "crypto/hash.h"
#include "node/store/revocation.h"

namespace yz::node {
namespace {

using sync::RevokedTarget;
using sync::RevokedWhy;

struct Judged {
  Store& store;
  const sync::ReleasedRecord& record;
  sync::Millis stored_ms = 0;
  bool witnessed = false;
  Standing standing = Standing::good;

  void worse(Standing s) { standing = std::max(standing, s); }
  /// The officer's, or his machine's, own clock: the key was in good hands when it spoke.
  void ended(sync::Millis since) { worse(record.record.at.ms() < since ? Standing::noted : Standing::held); }
  /// Whoever has the key dates as he likes: only what was recorded here before counts.
  void stolen(sync::Millis known) { worse(witnessed || stored_ms < known ? Standing::noted : Standing::held); }

  Result<> look(RevokedTarget target, ByteView subject, const CertDigest& certificate) {
    Query q =
        TRY(store.db().query("select why, since_ms, known_ms from revocation where applied = 1 and target = ?"
                             " and subject = ? and (certificate = ? or certificate = ?)",
                             static_cast<int>(target), subject, CertDigest{}, certificate));
    while (TRY(q.step())) {
      if (q.integer(0) == static_cast<int>(RevokedWhy::compromised))
        stolen(q.integer(2));
      else
        ended(q.integer(1));
    }
    return {};
  }
};

/// The office certificate under whose key this one was signed: an authority key can be taken back alone.
Result<CertDigest> issued_under(Store& store, const OfficeId& office, ByteView certificate) {
  Query q =
      TRY(store.db().query("select certificate from office where id = ?1 and substr(certificate, 121, 32) ="
                           " substr(?2, 61, 32) union all select bytes from past_certificate where office = ?1"
                           " and substr(bytes, 121, 32) = substr(?2, 61, 32) limit 1",
                           office, certificate));
  if (!TRY(q.step())) return CertDigest{};
  return TRY(CertDigest::from(crypto::hash(crypto::purpose::cert, {q.blob(0)}).view()));
}

}  // namespace

Result<Standing> standing_of(Store& store, const Arrival& from, const sync::ReleasedRecord& r) {
  Database& db = store.db();
  {
    Query q = TRY(db.query("select 1 from released where record = ?", r.id));
    if (TRY(q.step())) return Standing::noted;
  }
  Judged j{store, r};
  {
    Query q = TRY(db.query("select at_ms, witnessed from envelope where row = ?", from.envelope));
    if (TRY(q.step())) {
      j.stored_ms = q.integer(0);
      j.witnessed = q.integer(1) != 0;
    }
  }
  for (const auto& s : r.record.signatures) {
    Query q =
        TRY(db.query("select person, certificate, ended_ms, roles, state from officer where digest = ?", s.officer));
    if (!TRY(q.step())) continue;
    const Bytes person = q.blob(0), certificate = q.blob(1);
    if (q.integer(2) > 0 && q.integer(4) != 9) j.ended(q.integer(2));
    if (q.integer(3) == 0) j.worse(Standing::held);  // suspended: a certificate without a role signs nothing
    TRY(j.look(RevokedTarget::officer, person, s.officer));
    TRY(j.look(RevokedTarget::office, r.record.origin.view(), TRY(issued_under(store, r.record.origin, certificate))));
  }
  {
    Query q = TRY(db.query("select digest from node where id = ?", from.node));
    TRY(j.look(RevokedTarget::node, from.node.view(), TRY(q.step()) ? TRY(q.id<CertDigest>(0)) : CertDigest{}));
  }
  for (const OfficeId& o : TRY(Directory(store).upwards(from.office)))
    TRY(j.look(RevokedTarget::office, o.view(), CertDigest{}));
  return j.standing;
}

Result<> follow_witnesses(Store& store, std::int64_t stream) {
  Database& db = store.db();
  struct Witness {
    std::int64_t row, seq;
    Hash chain;
  };
  std::vector<Witness> all;
  {
    Query q =
        TRY(db.query("select w.row, w.seq, w.chain from witness w join stream s on s.id = w.stream"
                     " where s.row = ? and w.seq > 0",
                     stream));
    while (TRY(q.step())) all.push_back({q.integer(0), q.integer(1), TRY(q.id<Hash>(2))});
  }
  for (Witness& w : all) {
    // Down from what was known: each envelope names the chain value before it.
    const std::int64_t before = w.seq;
    while (w.seq > 0) {
      Query q = TRY(db.query("select row, hash, substr(bytes, 77, 32) from envelope where stream = ? and seq = ?",
                             stream, w.seq));
      std::optional<std::int64_t> found;
      Hash previous;
      while (!found && TRY(q.step())) {
        if (q.blob(2).size() != Hash::kSize) continue;
        previous = TRY(q.id<Hash>(2));
        if (sync::chain_value(previous, TRY(q.id<Hash>(1))) == w.chain) found = q.integer(0);
      }
      if (!found) break;
      TRY(db.run(
          "update envelope set witnessed = 1, state = case when state = 2 and row in (select e.row from refused f"
          " join record r on r.id = f.record join envelope e on e.row = r.envelope where f.why = ?1 and"
          " f.stream = ?2) then 0 else state end where row = ?3 and witnessed = 0",
          static_cast<int>(sync::Refusal::revoked), stream, *found));
      w.chain = previous;
      --w.seq;
    }
    if (w.seq != before) TRY(db.run("update witness set seq = ?, chain = ? where row = ?", w.seq, w.chain, w.row));
  }
  return {};
}

Result<std::vector<RecordId>> held_records(Store& store, std::int64_t matter) {
  Query q = TRY(store.db().query("select id from record where matter = ? and quarantine = ? order by id", matter,
                                 static_cast<int>(sync::Refusal::revoked)));
  std::vector<RecordId> out;
  while (TRY(q.step())) out.push_back(TRY(q.id<RecordId>(0)));
  return out;
}

Result<> release_held(Store& store, std::int64_t matter, std::string_view officer, sync::Millis now) {
  Database& db = store.db();
  for (const RecordId& id : TRY(held_records(store, matter)))
    TRY(db.run("insert into released(record, officer, at_ms) values(?, ?, ?) on conflict do nothing", id, officer,
               now));
  // Opened once more from their stored bytes, as when a certificate comes: what others wrote, another machine of ours,
  // and what was given back.
  for (const std::string_view again : {"update envelope set copy = 1 where copy = 2",
                                       "update envelope set state = 4, refusal = 0, records = 0 where"
                                       " own = 1 and back = 2 and state = 2"})
    TRY(db.run(std::string(again) + " and row in (select envelope from record where own = 1 and matter = ? and"
                                    " quarantine = ?)",
               matter, static_cast<int>(sync::Refusal::revoked)));
  return db.run(
      "update envelope set state = 0, refusal = 0 where own = 0 and state = 2 and row in (select envelope"
      " from record where matter = ? and quarantine = ?)",
      matter, static_cast<int>(sync::Refusal::revoked));
}

}  // namespace yz::node
