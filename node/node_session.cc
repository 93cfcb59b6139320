// Web sessions of a node: who is signed in on the page, and what the page is told of.
#include "node/net/web_events.h"
#include "node/node.h"

namespace yz::node {
namespace {

/// Whether the officer is unknown or the passphrase wrong is nobody's business.
Error told_alike(Error e) {
  if (e.fault == Fault::missing || (e.fault == Fault::denied && !e.code.starts_with("login.")))
    return {Fault::denied, "wrong passphrase, or no such officer", "login.denied"};
  return e;
}

}  // namespace

Result<Signer> Node::unlock_from(std::string_view officer, ByteView passphrase, std::string_view source) {
  if (const sync::Millis wait = source_lockout_.wait(source, wall_now()); wait > 0) return must_wait(wait);
  auto signer = unlock(officer, passphrase);
  if (signer) {
    source_lockout_.right(source);
    return signer;
  }
  const Error e = told_alike(signer.error());
  if (e.code == "login.denied") {
    source_lockout_.wrong(source, wall_now());
    // On a full disk it is not written down, and refused all the same.
    if (auto kept = store_->write([&] {
          return store_->journal("", "login.denied", std::string(officer.substr(0, 200)), std::string(source),
                                 wall_now());
        });
        !kept)
      log().warn("login.denied", {{"why", kept.error()}});
  }
  return std::unexpected(e);
}

Result<WebSessions::Opened> Node::sign_in(std::string_view officer, ByteView passphrase, std::string_view source) {
  const Signer signer = TRY(unlock_from(officer, passphrase, source));
  TRY(store_->write(
      [&] { return store_->journal(signer.officer.name, "login", "", std::string(source), wall_now()); }));
  return sessions_.open(signer.officer.name, signer.key, boot_now());
}

Result<> Node::confirm(std::string_view token, ByteView passphrase, std::string_view source) {
  const auto who = TRY(sessions_.look(token, true, boot_now()));
  TRY(unlock_from(who.officer, passphrase, source));
  sessions_.prove(token, boot_now());
  return {};
}

Result<OfficerRow> Node::authenticate_session(std::string_view token) {
  const auto who = TRY(sessions_.look(token, false, boot_now()));
  // A person may have a key on each machine: it is this key's standing that counts.
  const auto row = TRY(officer_of_key(who.officer, who.key));
  if (!row || row->state != OfficerState::active) {
    sessions_.close(token);
    return std::unexpected(Error{Fault::denied, "this officer's key or standing has changed: sign in again",
                                 "login.session", "您的密钥或角色状态已变（停用、吊销或在别处换了密钥），请重新登录"});
  }
  return *row;
}

Result<Signer> Node::unlock_session(std::string_view token, bool to_sign) {
  OfficerRow row = TRY(authenticate_session(token));
  return Signer{std::move(row), TRY(sessions_.key(token, to_sign, boot_now()))};
}

Result<> Node::key_changed(const Signer& signer, std::string_view session) {
  TRY(sessions_.rekey(session, signer.key, boot_now()));
  sessions_.close_others(signer.officer.name, session, WebSessions::Ended::key);
  return {};
}

Result<WebChange> Node::take_changes() {
  WebChange out;
  std::set<std::int64_t> rows;
  out.any = changed_.take(rows, out.all);
  for (const std::int64_t row : rows) {
    Query q = TRY(store_->db().query("select case_id from matter where row = ?", row));
    if (TRY(q.step()))
      out.cases.push_back(base32(TRY(q.id<CaseId>(0)).view()));
    else
      out.all = true;  // it is gone
  }
  return out;
}

}  // namespace yz::node
