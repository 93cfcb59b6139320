#include "node/store/directory.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "node/store/audit_paths.h"
#include "node/store/consents.h"
#include "node/store/moves.h"
#include "node/store/registry.h"
#include "node/store/revocation.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

constexpr std::string_view kOffice =
    "select id, code, name, level, superior, one_person, certificate is not null, state from office ";
constexpr std::string_view kOfficer = "select digest, person, office, name, phone, roles, key, state from officer ";

Result<OfficeRow> office_row(Query& q) {
  OfficeRow o;
  o.id = TRY(q.id<OfficeId>(0));
  o.code = q.text(1);
  o.name = q.text(2);
  o.level = static_cast<crypto::Level>(q.integer(3));
  o.superior = TRY(q.id<OfficeId>(4));
  o.one_person = q.integer(5) != 0;
  o.admitted = q.integer(6) != 0;
  o.state = static_cast<OfficeState>(q.integer(7));
  return o;
}

Result<OfficerRow> officer_row(Query& q) {
  OfficerRow o;
  o.digest = TRY(q.id<CertDigest>(0));
  o.person = TRY(q.id<PersonId>(1));
  o.office = TRY(q.id<OfficeId>(2));
  o.name = q.text(3);
  o.phone = q.text(4);
  o.roles = static_cast<std::uint16_t>(q.integer(5));
  o.key = TRY(q.id<PublicKey>(6));
  o.state = static_cast<OfficerState>(q.integer(7));
  return o;
}

template <class Row>
Result<std::optional<Row>> one(Query q, Result<Row> (*read)(Query&)) {
  if (!TRY(q.step())) return std::nullopt;
  return TRY(read(q));
}

template <class Row>
Result<std::vector<Row>> all(Query q, Result<Row> (*read)(Query&)) {
  std::vector<Row> rows;
  while (TRY(q.step())) rows.push_back(TRY(read(q)));
  return rows;
}

std::string sql(std::string_view head, std::string_view tail) { return std::string(head).append(tail); }

}  // namespace

Result<std::optional<OfficeRow>> Directory::office(const OfficeId& id) {
  return one(TRY(store_.db().query(sql(kOffice, "where id = ?"))).bind(id), office_row);
}

Result<std::optional<OfficeRow>> Directory::office_by_code(std::string_view code) {
  return one(TRY(store_.db().query(sql(kOffice, "where code = ? order by state = 9, state desc"))).bind(code),
             office_row);
}

Result<std::vector<OfficeRow>> Directory::offices() {
  return all(TRY(store_.db().query(sql(kOffice, "order by level, code"))), office_row);
}

Result<std::vector<OfficeRow>> Directory::superiors() {
  return all(TRY(store_.db().query(sql(kOffice, "where state = 2 order by code"))), office_row);
}

Result<std::vector<OfficerRow>> Directory::officers(const OfficeId& office) {
  return all(TRY(store_.db().query(sql(kOfficer, "where office = ? order by at_ms, name"))).bind(office), officer_row);
}

Result<std::optional<OfficerRow>> Directory::officer(const CertDigest& digest) {
  return one(TRY(store_.db().query(sql(kOfficer, "where digest = ?"))).bind(digest), officer_row);
}

Result<std::optional<OfficerRow>> Directory::officer_by_name(const OfficeId& office, std::string_view name) {
  return one(TRY(store_.db().query(sql(kOfficer, "where office = ? and name = ? order by state, at_ms desc")))
                 .bind(office)
                 .bind(name),
             officer_row);
}

Result<std::size_t> Directory::active_officers(const OfficeId& office) {
  Query q =
      TRY(store_.db().query("select count(distinct person) from officer where office = ? and state = 0")).bind(office);
  TRY(q.step());
  return static_cast<std::size_t>(q.integer(0));
}

namespace {
Result<sync::KnownNode> node_row(Query& q) {
  sync::KnownNode n;
  n.node = TRY(q.id<NodeId>(0));
  n.office = TRY(q.id<OfficeId>(1));
  n.key = TRY(q.id<PublicKey>(2));
  return n;
}
}  // namespace

Result<std::optional<sync::KnownNode>> Directory::node(const NodeId& id) {
  return one(TRY(store_.db().query("select id, office, key from node where id = ? and state = 0", id)), node_row);
}

Result<std::optional<sync::KnownNode>> Directory::any_node(const NodeId& id) {
  auto n = TRY(one(TRY(store_.db().query("select id, office, key from node where id = ?", id)), node_row));
  if (!n) return n;
  Query q = TRY(store_.db().query("select key from past_node where node = ?", id));
  while (TRY(q.step())) n->earlier.push_back(TRY(q.id<PublicKey>(0)));
  return n;
}

Result<std::vector<OfficeId>> Directory::upwards(const OfficeId& from) {
  constexpr std::size_t kMostLevels = 8;
  std::vector<OfficeId> out;
  for (OfficeId at = from; out.size() < kMostLevels && !at.zero() && std::ranges::find(out, at) == out.end();) {
    out.push_back(at);
    Query q = TRY(store_.db().query("select superior from office where id = ?", at));
    if (!TRY(q.step())) break;
    at = TRY(q.id<OfficeId>(0));
  }
  return out;
}

Result<std::optional<crypto::RootDocument>> Directory::root() {
  Query q = TRY(store_.db().query("select bytes from root order by version desc limit 1"));
  if (!TRY(q.step())) return std::nullopt;
  auto root = crypto::RootDocument::decode(q.blob(0));
  if (!root) return fail(Fault::corrupt, "the stored root document is damaged", "store.root");
  return *root;
}

Result<bool> Directory::root_confirmed() {
  Query q = TRY(store_.db().query("select confirmed from root order by version desc limit 1"));
  return TRY(q.step()) && q.integer(0) != 0;
}

Result<> Directory::confirm_root() {
  return store_.db().run("update root set confirmed = 1 where version = (select max(version) from root)");
}

Result<sync::Millis> Directory::valid_until(const CertDigest& officer) {
  std::uint64_t until = 1ULL << 62;
  const auto ends = [&](Query q) -> Result<bool> {
    if (!TRY(q.step()) || q.null(0)) return false;
    const auto c = crypto::Certificate::decode(q.blob(0));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    until = std::min(until, c->not_after_ms);
    return true;
  };
  if (!TRY(ends(TRY(store_.db().query("select certificate from officer where digest = ?", officer))))) return 0;
  Query of = TRY(store_.db().query("select office from officer where digest = ?", officer));
  TRY(of.step());
  for (const OfficeId& office : TRY(upwards(TRY(of.id<OfficeId>(0)))))
    TRY(ends(TRY(store_.db().query("select certificate from office where id = ?", office))));
  return static_cast<sync::Millis>(until);
}

Result<std::optional<crypto::Certificate>> Directory::office_certificate(const OfficeId& id) {
  Query q = TRY(store_.db().query("select certificate from office where id = ? and certificate is not null", id));
  if (!TRY(q.step())) return std::nullopt;
  auto c = crypto::Certificate::decode(q.blob(0));
  if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
  return std::move(*c);
}

Result<std::vector<crypto::Certificate>> Directory::office_certificates() {
  std::vector<crypto::Certificate> out;
  // Present ones first; signatures under an office's earlier keys are still to be checked.
  Query q =
      TRY(store_.db().query("select certificate from (select certificate, 0 as past from office where certificate"
                            " is not null union all select bytes, 1 from past_certificate) order by past"));
  while (TRY(q.step())) {
    auto c = crypto::Certificate::decode(q.blob(0));
    if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
    out.push_back(std::move(*c));
  }
  return out;
}

Result<> Directory::learn(const crypto::Certificate& c, sync::Millis now) {
  const auto root = TRY(this->root());
  const bool ours = c.office == store_.me().office;
  if (root && !(ours && !TRY(office(c.office)).value_or(OfficeRow{}).admitted && c.type != crypto::CertType::office)) {
    std::vector<crypto::Certificate> offices = TRY(office_certificates());
    if (c.type == crypto::CertType::office) offices.push_back(c);
    auto path = crypto::check_path(c, offices, *root);
    std::optional<CertificatePaths> further;
    if (!path) {
      further.emplace(TRY(roots_followed(store_)), offices, TRY(changes_of_key(store_, c.issuer)));
      if (auto found = further->path(c)) path = std::move(found);
    }
    if (planted(Bug::path_not_checked)) path = crypto::Path{{}, &c};
    if (!path) {
      Error e = path.error();
      if (e.fault == Fault::forged && e.code.empty()) e.code = "certificate.path";
      return std::unexpected(std::move(e));
    }
    TRY(refuse_revoked(store_, *path));
    TRY(refuse_superseded(store_, c));
  }
  const auto before = c.type == crypto::CertType::office ? TRY(office_certificate(c.office)) : std::nullopt;
  if (!TRY(may_register(store_, c, now))) return {};
  if (c.type == crypto::CertType::office) {
    // The first certificate of a code counts; another office under the same code is an alarm until people settle it.
    Query q = TRY(store_.db().query("select id from office where code = ? and id <> ? and certificate is not null"
                                    " and state <> 9"))
                  .bind(c.code)
                  .bind(c.office);
    if (TRY(q.step())) {
      TRY(store_.alarm("office.twice", "a second office certificate for one code was shown", c.code, now));
      return fail(Fault::forged, "another office is registered under this code", "office.twice");
    }
  }
  const bool known = TRY(knows(c));
  const bool stranger =
      c.type == crypto::CertType::node && !TRY(any_node(TRY(NodeId::from(c.subject.view())))).has_value();
  TRY(keep(c, now));
  if (stranger) TRY(meet_machine(store_, c, now));
  if (c.type == crypto::CertType::officer) TRY(end_older_certificates(store_, c));
  TRY(apply_waiting_revocations(store_, c, now));
  if (before) TRY(follow_move(store_, *before, c, now));
  if (!before && c.type == crypto::CertType::office) TRY(follow_newcomer(store_, c));
  return known ? Result<>() : open_again_for(c);
}

Result<bool> Directory::knows(const crypto::Certificate& c) {
  Query q =
      TRY(store_.db().query("select 1 from officer where digest = ?1 union all select 1 from node where digest = ?1"
                            " union all select 1 from office where id = ?2 and certificate = ?3",
                            c.digest, c.office, ByteView(c.bytes)));
  return q.step();
}

/// The whole envelope is opened anew, not the record alone: it may hold certificates too that were refused until now.
/// An officer's certificate frees only records that name it; each new one must not cost the opening of all that wait.
Result<> Directory::open_again_for(const crypto::Certificate& c) {
  if (c.type == crypto::CertType::node) return {};
  // What another machine of ours wrote waits as a whole, too.
  if (c.office == store_.me().office) TRY(store_.db().run("update envelope set copy = 1 where copy = 3"));
  // What came back of ours after a restore waits as a whole.
  if (c.office == store_.me().office)
    TRY(store_.db().run("update envelope set refusal = 0 where own = 1 and state = 4 and refusal = ?",
                        static_cast<int>(sync::Refusal::unknown_certificate)));
  return store_.db().run(
      "update envelope set state = 0, refusal = 0 where own = 0 and state = 2 and row in (select r.envelope"
      " from refused f join record r on r.id = f.record where f.why = ? and (r.office = ? or r.type = 6) and (? or "
      "instr(r.bytes, ?) > 0))",
      static_cast<int>(sync::Refusal::unknown_certificate), c.office, c.type == crypto::CertType::office ? 1 : 0,
      c.digest);
}

Result<> Directory::keep(const crypto::Certificate& c, sync::Millis now) {
  Database& db = store_.db();
  switch (c.type) {
    case crypto::CertType::office:
      return TRY(db.query("insert into office(id, code, name, level, superior, certificate, one_person, at_ms)"
                          " values(?, ?, ?, ?, ?, ?, ?, ?) on conflict(id) do update set code = excluded.code,"
                          " name = excluded.name, level = excluded.level, superior = excluded.superior,"
                          " certificate = excluded.certificate, one_person = excluded.one_person,"
                          " at_ms = excluded.at_ms"))
          .bind(c.office)
          .bind(c.code)
          .bind(c.name)
          .bind(static_cast<int>(c.level))
          .bind(c.issuer)
          .bind(ByteView(c.bytes))
          .bind((c.flags & crypto::cert_flag::one_person) ? 1 : 0)
          .bind(now)
          .run();
    case crypto::CertType::node:
      return TRY(db.query("insert into node(id, office, name, key, certificate, digest, at_ms)"
                          " values(?, ?, ?, ?, ?, ?, ?) on conflict(id) do update set key = excluded.key,"
                          " certificate = excluded.certificate, digest = excluded.digest, at_ms = excluded.at_ms"))
          .bind(c.subject)
          .bind(c.office)
          .bind(c.name)
          .bind(c.key)
          .bind(ByteView(c.bytes))
          .bind(c.digest)
          .bind(now)
          .run();
    case crypto::CertType::officer:
      return TRY(db.query("insert into officer(digest, person, office, name, roles, key, certificate, state, at_ms)"
                          " values(?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(digest) do nothing"))
          .bind(c.digest)
          .bind(c.subject)
          .bind(c.office)
          .bind(c.name)
          .bind(c.roles)
          .bind(c.key)
          .bind(ByteView(c.bytes))
          .bind(static_cast<int>(c.roles == 0 ? OfficerState::suspended : OfficerState::active))
          .bind(now)
          .run();
  }
  return fail(Fault::forged, "unknown type of certificate");
}

Result<> Directory::learn_root(const crypto::RootDocument& next, bool confirmed) {
  if (const auto now = TRY(root())) {
    if (now->digest == next.digest || next.version < now->version) return {};
    if (auto good = now->allows(next); !good) {
      Error e = good.error();
      e.code = next.version == now->version + 1 ? "root.threshold" : "root.version";
      return std::unexpected(std::move(e));
    }
    // Whoever compared the one before has by its holders' signatures compared this one.
    confirmed = confirmed || TRY(root_confirmed());
  }
  return TRY(store_.db().query("insert into root(version, bytes, digest, confirmed) values(?, ?, ?, ?)"))
      .bind(next.version)
      .bind(ByteView(next.bytes))
      .bind(next.digest)
      .bind(confirmed ? 1 : 0)
      .run();
}

Result<> Directory::set_phone(const CertDigest& digest, std::string_view phone) {
  return TRY(store_.db().query("update officer set phone = ? where digest = ?")).bind(phone).bind(digest).run();
}

Result<> Directory::set_officer_state(const CertDigest& digest, OfficerState s) {
  return TRY(store_.db().query("update officer set state = ? where digest = ?"))
      .bind(static_cast<int>(s))
      .bind(digest)
      .run();
}

Result<> Directory::set_office_state(const OfficeId& id, OfficeState s) {
  return TRY(store_.db().query("update office set state = ? where id = ?")).bind(static_cast<int>(s)).bind(id).run();
}

Result<Hash> Directory::registry(const OfficeId& id) {
  crypto::Hasher h(crypto::purpose::registry);
  for (std::string_view table :
       {std::string_view("select certificate from office where id = ? and certificate is not null"),
        std::string_view("select certificate from node where office = ? order by digest"),
        std::string_view("select certificate from officer where office = ? order by digest")}) {
    Query q = TRY(store_.db().query(table)).bind(id);
    while (TRY(q.step())) h.add(crypto::hash(crypto::purpose::cert, {q.blob(0)}).view());
  }
  return h.done();
}

}  // namespace yz::node
