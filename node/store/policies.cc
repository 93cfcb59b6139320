#include "node/store/policies.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

/// Of a policy's body: one content in several records, for more than sixteen offices, is one. See crypto/FORMATS.md.
constexpr crypto::Purpose kSaid{"yz1:policy"};

/// Not the record's id: records for different offices differ in that, and all offices must come to the same.
constexpr std::string_view kColumns =
    "select p.record, r.id, m.case_id, r.matter, p.office, p.version, p.effective_ms, p.hlc, r.own, r.verified,"
    " p.signer, exists(select 1 from policy o where o.office = p.office and o.version = p.version and (o.hlc, o.said) >"
    " (p.hlc, p.said)) as superseded from policy p join record r on r.row = p.record join matter m on m.row = "
    "r.matter ";

Result<StoredPolicy> read(Query& q) {
  StoredPolicy p;
  p.row = q.integer(0);
  p.record = TRY(q.id<RecordId>(1));
  p.case_id = TRY(q.id<CaseId>(2));
  p.matter = q.integer(3);
  p.office = TRY(q.id<OfficeId>(4));
  p.version = q.integer(5);
  p.effective_ms = q.integer(6);
  p.published_ms = sync::Hlc{static_cast<std::uint64_t>(q.integer(7))}.ms();
  p.own = q.integer(8) != 0;
  p.verified = q.integer(9) != 0;
  p.signer = TRY(q.id<CertDigest>(10));
  p.superseded = q.integer(11) != 0;
  return p;
}

/// Whether there is a row for it now that was not there before.
Result<bool> insert(Database& db, std::int64_t row, const sync::Record& r, const PolicyBody& body) {
  CertDigest signer;
  for (const auto& s : r.signatures)
    if (s.role == sync::SignRole::signer) signer = s.officer;
  const Hash said = crypto::hash(kSaid, {r.body});
  const auto hlc = static_cast<std::int64_t>(r.at.value);
  {
    Query q = TRY(db.query("select record from policy where office = ? and version = ? and said = ?", r.origin,
                           body.version, said));
    if (TRY(q.step())) {
      // The same once more: whichever came first, the later word of it is the one that is compared.
      TRY(db.run("update policy set hlc = max(hlc, ?) where record = ?", hlc, q.integer(0)));
      return false;
    }
  }
  TRY(db.run("insert into policy(record, office, version, effective_ms, hlc, said, signer) values(?, ?, ?, ?, ?, ?, ?)",
             row, r.origin, body.version, body.effective_ms, hlc, said, signer));
  return true;
}

constexpr sync::Millis kNewsMs = 7LL * 24 * 3'600'000;

/// As alarms keep it; the API makes a sentence of it.
std::string facts(const PolicyBody& b) { return std::to_string(b.version) + " " + std::to_string(b.effective_ms); }

Result<std::string> code_of(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select code from office where id = ?", office));
  return TRY(q.step()) ? q.text(0) : hex(office.view());
}

}  // namespace

Result<std::vector<StoredPolicy>> policies(Store& store) {
  static const std::string sql = std::string(kColumns) + "order by p.record desc limit ?";
  std::vector<StoredPolicy> out;
  Query q = TRY(store.db().query(sql, kPoliciesShown));
  while (TRY(q.step())) out.push_back(TRY(read(q)));
  return out;
}

Result<StoredPolicy> policy_version(Store& store, const OfficeId& office, std::int64_t version) {
  static const std::string sql =
      std::string(kColumns) + "where p.office = ? and p.version = ? order by p.hlc desc, p.said desc limit 1";
  Query q = TRY(store.db().query(sql, office, version));
  if (!TRY(q.step())) return fail(Fault::missing, "no such version of a policy is here", "policy.missing");
  return read(q);
}

Result<std::int64_t> last_version(Store& store) {
  Query q = TRY(store.db().query("select coalesce(max(version), 0) from policy where office = ?", store.me().office));
  TRY(q.step());
  return q.integer(0);
}

Result<std::vector<StoredPolicy>> policies_in_force(Store& store, const OfficeId& of, sync::Millis at) {
  static const std::string sql = std::string(kColumns) +
                                 "where p.office = ? and p.effective_ms <= ? and not superseded"
                                 " order by p.version desc limit 1";
  std::vector<StoredPolicy> out;
  auto way = TRY(way_up(store, of));
  std::ranges::reverse(way);
  for (const OfficeId& office : way) {
    Query q = TRY(store.db().query(sql, office, at));
    if (TRY(q.step())) out.push_back(TRY(read(q)));
  }
  return out;
}

Result<std::string> policy_name(Store& store, const std::vector<StoredPolicy>& all) {
  std::string out;
  for (const StoredPolicy& p : all) {
    Query q = TRY(store.db().query("select code from office where id = ?", p.office));
    const std::string code = TRY(q.step()) ? q.text(0) : hex(p.office.view());
    out += (out.empty() ? "" : ",") + code + "#" + std::to_string(p.version);
  }
  return out;
}

Result<std::string> document_of(Store& store, const StoredPolicy& p) {
  Query q = TRY(store.db().query("select bytes from record where row = ?", p.row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a policy's record is not in the store", "store.record");
  const auto r = sync::decode_record(q.blob(0));
  if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  auto body = decode_policy(r->record.body);
  if (!body) return fail(Fault::corrupt, "a stored policy no longer decodes", "store.record");
  return std::move(body->document);
}

Result<RuleSet> ruled_by(Store& store, RuleSet built_in, const std::vector<StoredPolicy>& all, std::string name) {
  RuleSet rules = std::move(built_in);
  for (std::size_t i = 0; i < all.size(); ++i) apply_policy(TRY(document_of(store, all[i])), i > 0, rules);
  rules.terms.name = std::move(name);
  return rules;
}

Result<> keep_policy(Store& store, std::int64_t row, const sync::ReleasedRecord& r, sync::Millis now) {
  const sync::Record& rec = r.record;
  const auto body = decode_policy(rec.body);
  if (!body || !TRY(insert(store.db(), row, rec, *body))) return {};
  if (rec.origin != store.me().office) {
    // An office that joins gets the rules of years: those are no news.
    if (now - rec.at.ms() > kNewsMs && now > body->effective_ms + kNewsMs) return {};
    return store.alarm("policy.new",
                       "rules of an office above have come; version, and from when they hold: " + facts(*body),
                       TRY(code_of(store, rec.origin)), now);
  }
  Query q = TRY(store.db().query("select 1 from policy where office = ? and version = ? and record <> ?", rec.origin,
                                 body->version, row));
  if (!TRY(q.step())) return {};
  return store.alarm("policy.twin",
                     "two machines of this office published different policies under one version: the later one counts;"
                     " look at both and publish a new one: " +
                         std::to_string(body->version),
                     "", now);
}

Result<> tell_policies_that_begin(Store& store, sync::Millis now) {
  // Offices below have rules of their own: those do not hold here.
  const std::vector<OfficeId> way = TRY(way_up(store, store.me().office));
  std::vector<StoredPolicy> begun;
  {
    Query q = TRY(store.db().query(std::string(kColumns) + "where p.effective_ms <= ? and p.effective_ms > ?", now,
                                   now - kNewsMs));
    while (TRY(q.step()))
      if (StoredPolicy p = TRY(read(q)); std::ranges::find(way, p.office) != way.end()) begun.push_back(std::move(p));
  }
  for (const StoredPolicy& p : begun) {
    if (p.superseded || p.published_ms >= p.effective_ms) continue;
    const std::string message =
        "rules hold from now on; version, and since when: " + facts({p.version, p.effective_ms, {}});
    const std::string code = TRY(code_of(store, p.office));
    Query told = TRY(store.db().query("select 1 from alarm where code = 'policy.begins' and message = ? and office = ?",
                                      message, code));
    if (!TRY(told.step())) TRY(store.alarm("policy.begins", message, code, now));
  }
  return {};
}

Result<> keep_policies_of_before(Database& db) {
  {
    Query q = TRY(db.query("select 1 from meta where key = 'policies_kept'"));
    if (!TRY(q.step())) return {};
  }
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(db.query("select row from record where type = 16 and quarantine = 0 order by row"));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows) {
    Query q = TRY(db.query("select bytes from record where row = ?", row));
    TRY(q.step());
    const auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (const auto body = decode_policy(r->record.body)) TRY(insert(db, row, r->record, *body));
  }
  return db.run("delete from meta where key = 'policies_kept'");
}

}  // namespace yz::node
