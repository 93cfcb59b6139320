// People, offices, and the care of this machine's data.
#include <charconv>
#include <set>

#include "node/net/api_request.h"
#include "node/net/join.h"
#include "node/net/sentences.h"
#include "node/store/absences.h"
#include "node/store/audit.h"
#include "node/store/authority_key.h"
#include "node/store/compared.h"
#include "node/store/line_superiors.h"
#include "node/store/sqlite.h"

namespace yz::node::api {
namespace {

std::string_view name_of(OfficerState s) {
  switch (s) {
    case OfficerState::active:
      return "active";
    case OfficerState::suspended:
      return "suspended";
    case OfficerState::retired:
      return "retired";
    case OfficerState::revoked:
      return "revoked";
  }
  return "?";
}

std::string_view name_of(OfficeState s) {
  switch (s) {
    case OfficeState::known:
      return "known";
    case OfficeState::below:
      return "below";
    case OfficeState::superior:
      return "superior";
    case OfficeState::self:
      return "self";
    case OfficeState::moved:
      return "moved";
    case OfficeState::revoked:
      return "revoked";
  }
  return "?";
}

Json json_of(const OfficerRow& o) {
  Json roles = Json::array();
  for (const auto name : role_names(o.roles)) roles.add(name);
  return Json::object({{"name", o.name},
                       {"roles", std::move(roles)},
                       {"phone", o.phone},
                       {"state", name_of(o.state)},
                       {"certificate", hex(o.digest.view())}});
}

Json json_of(const Audit& a, Language l) {
  Json problems = Json::array();
  for (const auto& p : a.problems)
    problems.add(Json::object({{"what", audit_problem(p.what, l)}, {"where", audit_place(p.where, l)}}));
  return Json::object(
      {{"ok", a.ok()}, {"records", a.records}, {"streams", a.streams}, {"problems", std::move(problems)}});
}

int exit_of(const Audit& a) { return a.ok() ? 0 : view_of(Fault::forged).exit_code; }

}  // namespace

Result<ApiReply> get_officers(Request& r) {
  Json list = Json::array();
  for (const OfficerRow& o : TRY(r.host.directory().officers(r.store().me().office))) {
    Json j = json_of(o), stands_for = Json::array();
    for (const PersonId& absent : TRY(stands_in_for(r.store(), o.office, o.person, r.now())))
      stands_for.add(TRY(absent_name(r.store(), o.office, absent, {r.now(), r.now()})));
    j.set("stands_for", std::move(stands_for));
    list.add(std::move(j));
  }
  return reply(Json::object({{"officers", std::move(list)}}));
}

Result<ApiReply> post_officer(Request& r) {
  TRY(only(r.body, {"name", "roles", "phone", "new_passphrase"}));
  TRY(need_role(r, crypto::role::admin_people));
  const std::string_view name = r.body.text("name"), passphrase = r.body.text("new_passphrase");
  if (name.empty() || !one_line(name)) return fail(Fault::invalid, "an officer needs a name", "invalid.name");
  if (passphrase.empty()) return fail(Fault::invalid, "an officer needs a passphrase", "invalid.passphrase");
  const Json* list = r.body.find("roles");
  const std::uint16_t roles = TRY(roles_from(list ? *list : Json()));
  return reply(json_of(TRY(r.host.add_officer(r.officer, name, roles, r.body.text("phone"), view(passphrase)))));
}

/// The digits that the superior read out must be ours, all of them; a press of a button alone would confirm nothing.
Result<ApiReply> post_root_confirm(Request& r) {
  TRY(only(r.body, {"fingerprint"}));
  TRY(need_keys(r));
  const auto root = TRY(r.host.directory().root());
  if (!root) return fail(Fault::missing, "this office has not joined yet: there is no root to confirm", "root.none");
  if (!crypto::same_digits(r.body.text("fingerprint"), crypto::fingerprint(root->digest)))
    return fail(Fault::forged,
                "these are not the digits of our root: do not use this node, and call the superior again",
                "root.differs");
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.host.directory().confirm_root());
    return r.store().journal(r.officer.name, "root.confirm", "", crypto::fingerprint(root->digest), r.host.now());
  }));
  return reply(Json::object({{"root_fingerprint", crypto::fingerprint(root->digest)}, {"root_confirmed", true}}));
}

Result<ApiReply> post_passphrase(Request& r) {
  TRY(only(r.body, {"new_passphrase"}));
  const std::string_view passphrase = r.body.text("new_passphrase");
  if (passphrase.empty()) return fail(Fault::invalid, "the new passphrase is missing", "invalid.passphrase");
  const ByteView before = TRY(r.given_passphrase());
  TRY(r.host.change_passphrase(r.officer.name, before, view(passphrase)));
  r.host.passphrase_changed(r.officer.name, r.call.session);
  return reply(Json::object({{"officer", r.officer.name}}));
}

namespace {

/// Since when an office is no longer ours: what stands instead of its last word.
Result<std::optional<sync::Millis>> gone_since(const Request& r, const OfficeRow& o) {
  if (o.state != OfficeState::moved && o.state != OfficeState::revoked) return std::nullopt;
  Query q =
      o.state == OfficeState::moved
          ? TRY(r.store().db().query("select max(at_ms) from alarm where code = 'office.moved' and office = ?", o.code))
          : TRY(r.store().db().query(
                "select max(since_ms) from revocation where target = 1 and subject = ? and applied = 1", o.id));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  return q.integer(0);
}

}  // namespace

Result<ApiReply> get_offices(Request& r) {
  std::set<OfficeId> suspended;
  {
    Query q = TRY(r.store().db().query("select id from office where suspended = 1"));
    while (TRY(q.step())) suspended.insert(TRY(q.id<OfficeId>(0)));
  }
  const auto lines = TRY(line_superiors_below(r.store()));
  Json list = Json::array();
  for (const OfficeRow& o : TRY(r.host.directory().offices())) {
    Json further = Json::array();
    if (const auto it = lines.find(o.id); it != lines.end())
      for (const auto& l : it->second) further.add(Json::object({{"office", l.code}, {"name", l.name}}));
    const bool below = o.state == OfficeState::below;
    const auto since = TRY(gone_since(r, o));
    const bool own = o.state == OfficeState::self;
    const auto new_key = own ? TRY(authority_key_waits(r.store())) : std::nullopt;
    const auto certificate = TRY(r.host.directory().office_certificate(o.id));
    const bool compared = certificate && TRY(office_compared(r.store(), o.id, certificate->key));
    const bool key_waits = below && TRY(key_to_certify(r.store(), o.id)).has_value();
    list.add(Json::object({{"office", o.code},
                           {"name", o.name},
                           {"level", crypto::name_of(o.level)},
                           {"state", name_of(o.state)},
                           {"since", r.time(since)},
                           {"admitted", o.admitted},
                           {"one_person", o.one_person},
                           {"superior", o.superior == o.id ? std::string() : r.code_of(o.superior)},
                           {"line_superiors", std::move(further)},
                           {"suspended", suspended.contains(o.id)},
                           {"key_waits", key_waits || new_key},
                           {"fingerprint", certificate ? office_fingerprint(certificate->key) : std::string()},
                           {"compared", compared},
                           {"new_key", new_key ? office_fingerprint(*new_key) : std::string()}}));
  }
  return reply(Json::object({{"offices", std::move(list)}}));
}

Result<ApiReply> post_verify(Request& r) {
  TRY(only(r.body, {"case"}));
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    r.progress(Json::object({{"done", done}, {"total", total}}));
  };
  const Json* one = r.body.find("case");
  std::optional<std::int64_t> matter;
  if (one && one->string()) matter = TRY(find_case(r.store(), *one->string())).row;
  const Audit audit = TRY(verify_store(r.store(), r.host.directory(), matter, progress));
  return reply(json_of(audit, r.language), exit_of(audit));
}

Result<ApiReply> get_evidence(Request& r) {
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const Bytes bytes = TRY(make_evidence(r.store(), r.host.directory(), m.row));
  ApiReply out;
  out.content_type = "application/octet-stream";
  out.file_name = base32(m.id.view()) + ".yzevidence";
  out.body.assign(bytes.begin(), bytes.end());
  return out;
}

Result<ApiReply> post_evidence_check(Request& r) {
  const EvidenceCheck check = TRY(check_evidence(view(r.call.body)));
  Json j = json_of(check.audit, r.language), items = Json::array(), acknowledged = Json::array();
  for (const auto& i : check.items) {
    Json signers = Json::array();
    for (const auto& s : i.signers) signers.add(Json::object({{"name", s.name}, {"role", s.role}}));
    items.add(Json::object({{"type", i.type},
                            {"title", i.title},
                            {"number", i.number},
                            {"office", i.office},
                            {"at", r.time(i.at_ms)},
                            {"nested", i.nested},
                            {"act", i.act},
                            {"exercise", i.exercise},
                            {"signers", std::move(signers)}}));
  }
  for (const auto& a : check.acknowledged)
    acknowledged.add(Json::object(
        {{"office", a.office}, {"of", a.of}, {"kind", a.kind}, {"envelopes", a.envelopes}, {"at", r.time(a.at_ms)}}));
  j.set("case", base32(check.case_id.view()));
  j.set("root_fingerprint", check.root_fingerprint);
  j.set("layers", check.layers);
  j.set("items", std::move(items));
  j.set("acknowledged", std::move(acknowledged));
  Json forged = Json::array();
  for (const auto& f : check.forged)
    forged.add(Json::object({{"attachment", f.attachment}, {"office", f.office}, {"what", f.what}}));
  j.set("forged", std::move(forged));
  return reply(j, exit_of(check.audit));
}

Result<ApiReply> post_backup(Request& r) {
  TRY(only(r.body, {"path"}));
  const std::string path(r.body.text("path"));
  if (!path.starts_with('/')) return fail(Fault::invalid, "the path of a backup has to be absolute", "invalid.path");
  const std::uint64_t bytes = TRY(r.host.backup(path, [&](double share) {
    r.progress(Json::object({{"share", share}}));
  }));
  TRY(r.store().write([&]() -> Result<> { return r.store().set_meta_number("backup_ms", r.now()); }));
  return reply(Json::object({{"path", path}, {"bytes", bytes}}));
}

Result<ApiReply> get_doctor(Request& r) {
  Json checks = Json::array();
  bool fine = true;
  const auto add = [&](std::string_view name, bool ok, std::string message) {
    checks.add(Json::object({{"name", name}, {"ok", ok}, {"message", std::move(message)}}));
    fine = fine && ok;
  };
  for (auto* db : {&r.store().db(), &r.store().blobs()}) {
    const auto found = check_pages(*db);
    const std::string_view name = db == &r.store().db() ? "database" : "attachments";
    if (!found)
      add(name, false, found.error().what);
    else
      add(name, found->empty(), found->empty() ? std::string() : found->front());
  }
  const auto space = free_bytes(r.host.home());
  const std::uint64_t mib = space ? *space / (1024 * 1024) : 0;
  add("disk", mib >= r.host.config().limits.disk_reserve_mib, std::to_string(mib) + " MiB free");
  const auto root = r.host.directory().root();
  add("root", root && *root, root && *root ? crypto::fingerprint((*root)->digest) : "no root document");
  Query q = TRY(r.store().db().query("select count(*) from envelope where own = 0 and state = 0"));
  TRY(q.step());
  add("unopened", q.integer(0) == 0, std::to_string(q.integer(0)) + " envelopes wait to be opened");
  return reply(Json::object({{"ok", fine}, {"checks", std::move(checks)}}),
               fine ? 0 : view_of(Fault::corrupt).exit_code);
}

Result<ApiReply> get_journal(Request& r) {
  TRY(need_role(r, crypto::role::auditor));
  std::int64_t limit = 100, before = std::numeric_limits<std::int64_t>::max();
  const auto number = [&](std::string_view key, std::int64_t& n) -> Result<> {
    const std::string_view s = r.param(key);
    if (s.empty()) return {};
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (error != std::errc() || end != s.data() + s.size() || n < 1)
      return fail(Fault::invalid, std::string(key) + " has to be a number", "invalid.limit");
    return {};
  };
  TRY(number("limit", limit));
  TRY(number("before", before));
  Query q = TRY(r.store().db().query(
      "select row, at_ms, actor, action, subject, detail from journal where row < ? order by row desc limit ?", before,
      std::min<std::int64_t>(limit, 10'000)));
  Json list = Json::array();
  while (TRY(q.step()))
    list.add(Json::object({{"row", q.integer(0)},
                           {"at", r.time(q.integer(1))},
                           {"actor", q.text(2)},
                           {"action", q.text(3)},
                           {"subject", q.text(4)},
                           {"detail", q.text(5)}}));
  return reply(Json::object({{"entries", std::move(list)}}));
}

}  // namespace yz::node::api
