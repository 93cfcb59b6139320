// Keys that end and begin: revocations, suspension, roles, new keys, addresses.
#include <algorithm>

#include "node/log.h"
#include "node/net/api_admin.h"
#include "node/net/serving.h"
#include "node/store/link.h"
#include "node/store/node_key.h"
#include "node/store/people.h"
#include "node/store/revocation.h"
#include "node/store/suspension.h"

namespace yz::node::api {
namespace {

namespace role = crypto::role;

Result<OfficeRow> office_named(Request& r, std::string_view code) {
  auto row = code.empty() ? TRY(r.host.directory().office(r.store().me().office))
                          : TRY(r.host.directory().office_by_code(code));
  if (!row) return fail(Fault::missing, "no office of that code is known here", "office.unknown");
  return std::move(*row);
}

/// What is to be taken back: an office, or of one a node or an officer.
Result<crypto::SubjectId> subject_of(Request& r, const OfficeRow& office, RevokeWish& wish) {
  crypto::SubjectId id;
  const std::string_view node = r.body.text("node"), officer = r.body.text("officer");
  if (!officer.empty()) {
    wish.target = sync::RevokedTarget::officer;
    const auto row = TRY(r.host.directory().officer_by_name(office.id, officer));
    if (!row) return fail(Fault::missing, "no officer of that name is known there", "officer.unknown");
    if (office.id == r.store().me().office) TRY(check_roles(r.store(), row->person, 0));
    id.bytes = row->person.bytes;
  } else if (!node.empty()) {
    wish.target = sync::RevokedTarget::node;
    const auto raw = from_hex(node);
    if (!raw || raw->size() != NodeId::kSize)
      return fail(Fault::invalid, "a node is named by 32 hexadecimal digits", "invalid.node");
    id = TRY(crypto::SubjectId::from(*raw));
  } else {
    wish.target = sync::RevokedTarget::office;
    id.bytes = office.id.bytes;
  }
  return id;
}

}  // namespace

Result<ApiReply> post_revocation(Request& r) {
  TRY(only(r.body, {"office", "node", "officer", "why", "since", "reason"}));
  const OfficeRow office = TRY(office_named(r, r.body.text("office")));
  const bool ours = office.id == r.store().me().office;
  RevokeWish wish;
  wish.subject = TRY(subject_of(r, office, wish));
  TRY(need_role(r, ours && wish.target == sync::RevokedTarget::officer ? role::admin_people : role::admin_keys));
  const std::string_view why = r.body.text("why");
  if (why != "retired" && why != "compromised")
    return fail(Fault::invalid, "why is retired or compromised", "invalid.why");
  wish.why = why == "retired" ? sync::RevokedWhy::retired : sync::RevokedWhy::compromised;
  wish.reason = r.body.text("reason");
  if (wish.reason.empty()) return fail(Fault::invalid, "say why it is revoked", "invalid.reason");
  wish.since = r.now();
  if (const std::string_view since = r.body.text("since"); !since.empty()) {
    Report report;
    TRY(read_report(r.host.rules(), Json::object({{"occurred_at", since}}), report));
    wish.since = report.occurred_at.value_or(wish.since);
  }
  const crypto::SigningKey authority = TRY(r.host.authority());
  TRY(r.store().write([&] { return revoke(r.store(), wish, authority, r.officer.name, r.now()); }));
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"revoked", sync::name_of(wish.target)},
                             {"subject", hex(wish.subject.view())},
                             {"office", office.code},
                             {"why", why},
                             {"since", r.time(wish.since)}}));
}

std::string name_of_revoked(const Request& r, std::string_view target, const Bytes& subject) {
  const auto named = [&](std::string_view sql) -> Result<std::pair<OfficeId, std::string>> {
    Query q = TRY(r.store().db().query(sql, ByteView(subject)));
    if (!TRY(q.step())) return fail(Fault::missing, "nobody here knows it", "revoke.unknown");
    return std::pair(TRY(q.id<OfficeId>(0)), q.text(1));
  };
  const auto found = target == "node"      ? named("select office, name from node where id = ?")
                     : target == "officer" ? named("select office, name from officer where person = ?")
                                           : named("select id, '' from office where id = ?");
  if (!found) return {};
  std::string out = r.office_name(found->first);
  if (target == "node") {
    // "2 值班室": its number, and what people call it.
    const bool zh = r.language == Language::zh;
    const std::size_t blank = found->second.find(' ');
    out += (zh ? " 第" : ", machine ") + found->second.substr(0, blank) + (zh ? "台机器" : "");
    if (blank != std::string::npos) out += (zh ? "（" : " (") + found->second.substr(blank + 1) + (zh ? "）" : ")");
  } else if (!found->second.empty()) {
    out += " " + found->second;
  }
  return out;
}

namespace {

/// Who signed it: of our own the officer, as the journal has it; else the office whose key it is.
Result<std::string> revoked_by(const Request& r, ByteView subject, ByteView authority) {
  Query own = TRY(r.store().db().query(
      "select actor from journal where subject = ? and action = 'revoke' order by row desc limit 1", hex(subject)));
  if (TRY(own.step())) return own.text(0);
  for (const crypto::Certificate& c : TRY(r.host.directory().office_certificates()))
    if (text(c.key.view()) == text(authority)) return r.office_name(c.office);
  return std::string();
}

}  // namespace

Result<ApiReply> get_revocations(Request& r) {
  Json list = Json::array();
  Query q = TRY(r.store().db().query(
      "select target, subject, why, since_ms, known_ms, applied, reason, authority from revocation order by row desc"
      " limit 1000"));
  while (TRY(q.step())) {
    const std::string by = TRY(revoked_by(r, q.blob(1), q.blob(7)));
    list.add(Json::object(
        {{"name", name_of_revoked(r, sync::name_of(static_cast<sync::RevokedTarget>(q.integer(0))), q.blob(1))},
         {"by", by},
         {"what", sync::name_of(static_cast<sync::RevokedTarget>(q.integer(0)))},
         {"subject", hex(q.blob(1))},
         {"why", sync::name_of(static_cast<sync::RevokedWhy>(q.integer(2)))},
         {"since", r.time(q.integer(3))},
         {"known_at", r.time(q.integer(4))},
         {"in_force", q.integer(5) != 0},
         {"reason", q.text(6)}}));
  }
  return reply(Json::object({{"revocations", std::move(list)}}));
}

Result<ApiReply> post_node_rotate(Request& r) {
  TRY(only(r.body, {"force"}));
  TRY(need_role(r, role::admin_keys));
  const bool force = r.body.flag("force");
  Json unheard = Json::array();
  if (force) {
    if (!TRY(node_key_waits(r.store())))
      return fail(Fault::conflict, "no new key of this node waits: begin with node rotate", "node.not-rotating");
    for (const OfficeId& o : TRY(node_key_unheard(r.store()))) unheard.add(r.code_of(o));
    TRY(r.store().write([&]() -> Result<> {
      TRY(r.store().journal(r.officer.name, "node.rotate", hex(r.store().me().node.view()), "force", r.now()));
      return finish_node_key(r.store(), r.now(), true);
    }));
  } else {
    const crypto::SigningKey authority = TRY(r.host.authority());
    TRY(r.store().write([&]() -> Result<> {
      TRY(r.store().journal(r.officer.name, "node.rotate", hex(r.store().me().node.view()), "", r.now()));
      return begin_node_key(r.store(), authority, r.now());
    }));
  }
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"node", hex(r.store().me().node.view())},
                             {"rotating", TRY(node_key_waits(r.store()))},
                             {"unheard", std::move(unheard)}}));
}

Result<ApiReply> post_office_suspend(Request& r) {
  TRY(only(r.body, {"resume", "reason"}));
  TRY(need_role(r, role::admin_keys));
  const OfficeRow office = TRY(office_named(r, r.parts[0]));
  const bool resume = r.body.flag("resume");
  TRY(r.store().write(
      [&] { return suspend_office(r.store(), office.id, !resume, r.officer.name, r.body.text("reason"), r.now()); }));
  return reply(Json::object({{"office", office.code}, {"suspended", !resume}}));
}

Result<ApiReply> post_office_renew(Request& r) {
  TRY(only(r.body, {}));
  TRY(need_role(r, role::admin_keys));
  const OfficeRow office = TRY(office_named(r, r.parts[0]));
  const crypto::SigningKey authority = TRY(r.host.authority());
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.store().journal(r.officer.name, "office.renew", office.code, "", r.now()));
    return renew_office(r.store(), office.id, authority, r.now());
  }));
  return reply(Json::object({{"office", office.code}}));
}

Result<ApiReply> post_officer_roles(Request& r) {
  TRY(only(r.body, {"roles", "suspend", "resume"}));
  TRY(need_role(r, role::admin_people));
  const std::string& name = r.parts[0];
  const auto row = TRY(r.host.directory().officer_by_name(r.store().me().office, name));
  if (!row) return fail(Fault::missing, "no officer of that name belongs to this office", "officer.unknown");
  std::uint16_t roles = 0;
  if (const Json* list = r.body.find("roles"))
    roles = TRY(roles_from(*list));
  else if (r.body.flag("resume"))
    roles = TRY(roles_before(r.store(), row->person));
  else if (!r.body.flag("suspend"))
    return fail(Fault::invalid, "say which roles, suspend or resume", "invalid.member");
  const crypto::SigningKey authority = TRY(r.host.authority());
  const OfficerRow now = TRY(r.store().write([&]() -> Result<OfficerRow> {
    TRY(r.store().journal(r.officer.name, roles == 0 ? "officer.suspend" : "officer.role", name, std::to_string(roles),
                          r.now()));
    return change_roles(r.store(), name, roles, authority, r.now());
  }));
  r.host.wake(sync::Lane::urgent);
  Json names = Json::array();
  for (const auto n : role_names(now.roles)) names.add(n);
  return reply(Json::object({{"name", now.name},
                             {"roles", std::move(names)},
                             {"state", roles == 0 ? "suspended" : "active"},
                             {"certificate", hex(now.digest.view())}}));
}

Result<ApiReply> post_officer_renew(Request& r) {
  TRY(only(r.body, {}));
  const ByteView passphrase = TRY(r.given_passphrase());
  const OfficerRow now = TRY(r.host.renew_officer(r.officer.name, passphrase));
  // The session signs with the new key from here on; without this it would end at its next call.
  auto* const serving = dynamic_cast<Serving*>(&r.host);
  if (serving && !r.call.session.empty()) {
    const auto goes_on = [&]() -> Result<> {
      return serving->key_changed(TRY(r.host.unlock(now.name, passphrase)), r.call.session);
    };
    // The new key is there whatever becomes of the session: one that still has the old key ends at its next call.
    if (const auto done = goes_on(); !done) log().warn("session.rekey", {{"why", done.error()}});
  }
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"name", now.name}, {"certificate", hex(now.digest.view())}}));
}

Result<ApiReply> post_addresses(Request& r) {
  TRY(only(r.body, {"urls"}));
  TRY(need_role(r, role::admin_keys | role::admin_policy));
  std::vector<std::string> urls;
  if (const Json* list = r.body.find("urls"); list && list->items())
    for (const Json& u : *list->items())
      if (const auto* s = u.string()) urls.push_back(*s);
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.store().journal(r.officer.name, "addresses", "", urls.empty() ? "" : urls.front(), r.now()));
    return state_addresses(r.store(), urls, r.now());
  }));
  Json list = Json::array();
  for (const auto& u : urls) list.add(u);
  return reply(Json::object({{"urls", std::move(list)}}));
}

Result<ApiReply> post_release(Request& r) {
  TRY(only(r.body, {"note"}));
  TRY(need_role(r, role::signer));
  const std::string_view note = r.body.text("note");
  if (note.empty()) return fail(Fault::invalid, "say why it is released", "invalid.reason");
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const std::vector<RecordId> held = TRY(held_records(r.store(), m.row));
  if (held.empty()) return fail(Fault::conflict, "nothing of this case is held for an ended key", "release.none");
  const Signer by = TRY(r.signer());
  TRY(r.store().write([&] { return release_held(r.store(), m.row, by.officer.name, r.now()); }));
  TRY(r.host.open_received());
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now(), 0));
  const Outcome o = TRY(desk.vouch({person_of(by.officer), by.key}, m.row, held, note));
  return answer_of(r, o);
}

}  // namespace yz::node::api
