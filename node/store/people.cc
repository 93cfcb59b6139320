#include "node/store/people.h"

#include <algorithm>
#include <bit>
#include <set>

#include "node/store/registry.h"

namespace yz::node {
namespace {

namespace role = crypto::role;
constexpr sync::Millis kOfficerMs = 3 * 365 * sync::kDayMs, kOfficeMs = 10 * 365 * sync::kDayMs,
                       kWarnMs = 60 * sync::kDayMs;
constexpr std::size_t kApartFrom = 3;  ///< so many officers, and administrators are different persons
constexpr std::uint16_t kAdmins = role::admin_people | role::admin_keys | role::admin_policy;

bool crowded(std::uint16_t roles) { return std::popcount(static_cast<unsigned>(roles & kAdmins)) > 1; }
/// Whoever looks into what others did has done none of it.
bool judges_own_work(std::uint16_t roles) { return (roles & role::auditor) && (roles & ~role::auditor); }

Result<OfficerRow> keep(Store& store, const crypto::Certificate& c, const std::string& phone, sync::Millis now) {
  Directory directory(store);
  TRY(directory.learn(c, now));
  TRY(directory.set_phone(c.digest, phone));
  TRY(tell_certificate(store, c));
  return TRY(directory.officer(c.digest)).value();
}

/// The person's keys on other machines, but for this one.
Result<std::vector<OfficerRow>> other_keys(Store& store, const PersonId& person, const PublicKey& key) {
  std::vector<OfficerRow> out;
  for (OfficerRow& o : TRY(Directory(store).officers(store.me().office)))
    if (o.person == person && o.key != key && (o.state == OfficerState::active || o.state == OfficerState::suspended))
      out.push_back(std::move(o));
  return out;
}

/// A newer certificate of a person ended all before it: the keys on other machines go on beside it.
Result<> go_on(Store& store, const std::vector<OfficerRow>& others, std::uint16_t roles,
               const crypto::SigningKey& authority, sync::Millis now) {
  for (const OfficerRow& o : others) {
    auto c = TRY(officer_certificate(store, o.person, o.name, roles, o.key, authority, now));
    c.flags = crypto::cert_flag::further;
    TRY(c.sign(authority));
    TRY(keep(store, c, o.phone, now));
  }
  return {};
}

}  // namespace

Result<crypto::Certificate> officer_certificate(Store& store, const PersonId& person, std::string_view name,
                                                std::uint16_t roles, const PublicKey& key,
                                                const crypto::SigningKey& authority, sync::Millis now) {
  const auto office = TRY(Directory(store).office(store.me().office));
  if (!office) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  // The store's clock may be ahead of the wall's: what was signed until now lies before.
  now = std::max(now, store.last_moment() + 1);
  crypto::Certificate c;
  c.type = crypto::CertType::officer;
  c.office = c.issuer = store.me().office;
  c.subject.bytes = person.bytes;
  c.issuer_key = authority.public_key();
  c.not_before_ms = static_cast<std::uint64_t>(now);
  c.not_after_ms = static_cast<std::uint64_t>(now + kOfficerMs);
  c.serial = TRY(next_serial(store, c.subject, now));
  c.level = office->level;
  c.roles = roles;
  c.key = key;
  c.name = name;
  TRY(c.sign(authority));
  return c;
}

Result<> check_roles(Store& store, const PersonId& person, std::uint16_t roles) {
  std::size_t active = roles != 0 ? 1 : 0;
  std::uint16_t others = 0;
  std::set<PersonId> seen{person};
  for (const OfficerRow& o : TRY(Directory(store).officers(store.me().office))) {
    if (o.state != OfficerState::active || !seen.insert(o.person).second) continue;
    ++active;
    others |= o.roles;
  }
  if (active >= kApartFrom && crowded(roles))
    return fail(Fault::denied, "an office of three and more keeps the administrators of people, keys and policy apart",
                "roles.admin");
  if (active >= kApartFrom && judges_own_work(roles))
    return fail(Fault::denied, "in an office of three and more an auditor does nothing else", "roles.auditor");
  if (!((others | roles) & role::admin_people))
    return fail(Fault::conflict, "nobody would be left who administers people: give another that role first",
                "officer.last");
  return {};
}

Result<std::vector<std::string>> crowded_administrators(Store& store) {
  std::vector<std::string> out;
  std::set<PersonId> seen;  // a person may have a key on each machine
  std::size_t active = 0;
  for (const OfficerRow& o : TRY(Directory(store).officers(store.me().office))) {
    if (o.state != OfficerState::active || !seen.insert(o.person).second) continue;
    ++active;
    if (crowded(o.roles) || judges_own_work(o.roles)) out.push_back(o.name);
  }
  if (active < kApartFrom) out.clear();
  return out;
}

Result<OfficerRow> change_roles(Store& store, std::string_view name, std::uint16_t roles,
                                const crypto::SigningKey& authority, sync::Millis now) {
  const auto row = TRY(Directory(store).officer_by_name(store.me().office, name));
  if (!row) return fail(Fault::missing, "no officer of that name belongs to this office", "officer.unknown");
  if (row->state != OfficerState::active && row->state != OfficerState::suspended)
    return fail(Fault::conflict, "this officer's key was retired or revoked: add the person anew", "officer.ended");
  TRY(check_roles(store, row->person, roles));
  const auto others = TRY(other_keys(store, row->person, row->key));
  const auto c = TRY(officer_certificate(store, row->person, row->name, roles, row->key, authority, now));
  const OfficerRow changed = TRY(keep(store, c, row->phone, now));
  TRY(go_on(store, others, roles, authority, now));
  return changed;
}

Result<std::uint16_t> roles_before(Store& store, const PersonId& person) {
  Query q =
      TRY(store.db().query("select roles from officer where person = ? and roles <> 0 order by"
                           " substr(certificate, 109, 8) desc limit 1",
                           person));
  if (!TRY(q.step())) return fail(Fault::missing, "this officer never had a role: give one", "officer.roles");
  return static_cast<std::uint16_t>(q.integer(0));
}

Result<OfficerRow> change_officer_key(Store& store, const OfficerRow& who, const PublicKey& key,
                                      const crypto::SigningKey& authority, sync::Millis now) {
  const auto others = TRY(other_keys(store, who.person, who.key));
  const auto c = TRY(officer_certificate(store, who.person, who.name, who.roles, key, authority, now));
  const OfficerRow changed = TRY(keep(store, c, who.phone, now));
  TRY(go_on(store, others, who.roles, authority, now));
  return changed;
}

Result<> renew_office(Store& store, const OfficeId& office, const crypto::SigningKey& authority, sync::Millis now) {
  crypto::Certificate c;
  {
    Query q = TRY(store.db().query("select certificate from office where id = ? and state = 1", office));
    if (!TRY(q.step()) || q.null(0))
      return fail(Fault::missing, "no such office stands directly below this one", "office.unknown");
    c = TRY(crypto::Certificate::decode(q.blob(0)));
  }
  if (c.issuer != store.me().office)
    return fail(Fault::denied, "this office's certificate is another superior's", "office.issuer");
  c.issuer_key = authority.public_key();
  c.serial = TRY(next_serial(store, c.subject, now));
  c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c.not_after_ms = static_cast<std::uint64_t>(now + kOfficeMs);
  TRY(c.sign(authority));
  TRY(Directory(store).learn(c, now));
  return tell_certificate(store, c);
}

Result<std::vector<Expiring>> expiring(Store& store, sync::Millis now) {
  std::vector<Expiring> out;
  Query q =
      TRY(store.db().query("select certificate from office where id = ?1 and certificate is not null union all"
                           " select certificate from node where id = ?2 union all select certificate from officer"
                           " where office = ?1 and state = 0",
                           store.me().office, store.me().node));
  while (TRY(q.step())) {
    const auto c = crypto::Certificate::decode(q.blob(0));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    // Beyond what a clock can say is far away.
    const auto until = static_cast<sync::Millis>(std::min<std::uint64_t>(c->not_after_ms, 1ULL << 62));
    if (until - kWarnMs < now) out.push_back({c->name, c->type, until});
  }
  return out;
}

}  // namespace yz::node
