#include "node/net/join.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/net/join_parts.h"
#include "node/net/machine_join.h"
#include "node/net/rehome.h"
#include "node/store/line_superiors.h"
#include "node/store/link.h"
#include "node/store/node_key.h"
#include "node/store/policy_share.h"
#include "node/store/routes.h"

namespace yz::node {

using namespace join_parts;

std::string office_fingerprint(const PublicKey& authority) {
  return crypto::fingerprint(crypto::hash(crypto::purpose::join, {authority.view()}));
}

Hash join_hash(ByteView message) { return crypto::hash(crypto::purpose::join, {message}); }

namespace join_parts {

Error code_elsewhere(std::string_view own) {
  return {Fault::invalid, "the code does not lie below " + std::string(own), "invite.code",
          "单位代码不在本单位（" + std::string(own) + "）之下；不归本单位主管的，请用“条线登记”"};
}

Result<> reachable(const std::vector<std::string>& urls) {
  if (urls.size() > kMostUrls) return fail(Fault::invalid, "at most four addresses, of 256 bytes each", "invite.urls");
  for (const std::string& u : urls)
    if (!good_address(u))
      return std::unexpected(Error{
          Fault::invalid,
          "not an address: " + u.substr(0, 80) + " (http:// or https://, then a host and a port, at most 256 bytes)",
          "invite.urls", "地址写法不对：" + u.substr(0, 80) + "（写作 http://主机:端口，最长256字节）"});
  return {};
}

}  // namespace join_parts

namespace {

/// Whether an office of that code and level can be invited by us in that way.
Result<> fits(const Invite& wish, const OfficeRow& me, bool line_only, bool under) {
  const auto bad = [](std::string en, std::string zh) {
    return std::unexpected(Error{Fault::invalid, std::move(en), "invite.code", std::move(zh)});
  };
  const bool digits = std::ranges::all_of(wish.code, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || wish.code.size() < 2 || wish.code.size() > 12)
    return bad("an office's code is 2 to 12 digits", "单位代码是2到12位数字");
  if (wish.code == me.code) return bad("that is our own code", "这是本单位自己的代码");
  if (line_only && crypto::code_under(wish.code, me.code))
    return bad("an office above us is not invited", "对方在本单位之上，不能邀请它");
  if (!line_only && !under) return std::unexpected(code_elsewhere(me.code));
  if (!line_only && wish.level <= me.level) return bad("the level does not lie below " + me.code, "层级要在本单位之下");
  return {};
}

}  // namespace

Result<Invitation> make_invitation(Store& store, Directory& directory, const Invite& wish, std::string_view pin,
                                   sync::Millis now) {
  const auto me = TRY(directory.office(store.me().office));
  const auto root = TRY(directory.root());
  if (!me || !me->admitted || !root)
    return fail(Fault::denied, "this office is not admitted itself and cannot invite others yet",
                "invite.not-admitted");
  const bool under = crypto::code_under(me->code, wish.code) && wish.code != me->code;
  // An office that lies elsewhere under our root can only be registered, beside the superior that certified it.
  const bool line_only = !wish.moves && (wish.line || !under);
  TRY(fits(wish, *me, line_only, under));
  if (wish.name.empty() || wish.name.size() > kMostNameBytes || wish.valid_minutes < 1 ||
      wish.valid_minutes > kMostValidMinutes)
    return fail(Fault::invalid, "an invitation needs a name and is valid for 1 minute to 90 days", "invite.valid");
  TRY(reachable(wish.urls));
  if (const auto there = TRY(directory.office_by_code(wish.code));
      there && there->admitted && there->state != OfficeState::revoked &&
      ((!line_only && !wish.moves) || (there->state == OfficeState::below && there->superior == me->id)))
    return fail(Fault::conflict, "an office with the code " + wish.code + " has joined already", "invite.joined");
  Invitation i;
  randombytes_buf(i.code.bytes.data(), i.code.bytes.size());
  i.one_person = wish.one_person;
  i.line_only = line_only;
  i.moves = wish.moves;
  i.level = wish.level;
  i.until_ms = now + wish.valid_minutes * 60'000;
  i.superior = store.me().office;
  i.superior_node = store.me().node_certificate;
  i.root = root->digest;
  i.superior_code = me->code;
  i.superior_name = me->name;
  i.code_of_office = wish.code;
  i.name = wish.name;
  i.pin = pin;
  i.urls = wish.urls;
  std::string urls;
  for (const auto& u : wish.urls) urls.append(urls.empty() ? "" : "\n").append(u);
  TRY(TRY(store.db().query("insert into invitation(id, code, office_code, name, level, flags, urls, made_ms, until_ms)"
                           " values(?, ?, ?, ?, ?, ?, ?, ?, ?)"))
          .bind(id_of(i))
          .bind(i.code)
          .bind(wish.code)
          .bind(wish.name)
          .bind(static_cast<int>(wish.level))
          .bind((wish.one_person ? kOnePerson : 0) | (line_only ? kLineOnly : 0) | (wish.moves ? kMoves : 0))
          .bind(urls)
          .bind(now)
          .bind(i.until_ms)
          .run());
  return i;
}

namespace join_parts {

/// Who we are, as every superior is told.
Result<JoinRequestMessage> introduction(Store& store, const Invitation& invitation,
                                        const crypto::SigningKey& authority) {
  JoinRequestMessage m;
  m.invitation = id_of(invitation);
  m.authority = authority.public_key();
  {
    Query q = TRY(store.db().query("select certificate from node where id = ?")).bind(store.me().node);
    if (!TRY(q.step())) return fail(Fault::corrupt, "our own certificate is missing");
    m.node_certificate = q.blob(0);
  }
  {
    Query q = TRY(store.db().query("select bytes from node_list where office = ?")).bind(store.me().office);
    if (!TRY(q.step())) return fail(Fault::corrupt, "our own node list is missing");
    m.node_list = q.blob(0);
  }
  Query q =
      TRY(store.db().query("select certificate from officer where office = ? and state = 0 order by at_ms limit ?"))
          .bind(store.me().office)
          .bind(kMostOfficers);
  while (TRY(q.step())) m.officers.push_back(q.blob(0));
  return m;
}

}  // namespace join_parts

Result<Bytes> make_join_request(Store& store, Directory&, const Invitation& invitation,
                                const crypto::SigningKey& authority) {
  return encode(TRY(introduction(store, invitation, authority)), authority, invitation.code);
}

namespace join_parts {

/// The office certificates from ours up to the top.
Result<std::vector<Bytes>> chain_of(Directory& directory, const OfficeId& from) {
  const auto all = TRY(directory.office_certificates());
  std::vector<Bytes> out;
  OfficeId at = from;
  for (std::size_t depth = 0; depth < kMostOffices; ++depth) {
    const auto it = std::ranges::find_if(all, [&](const auto& c) { return c.office == at; });
    if (it == all.end()) return fail(Fault::corrupt, "a certificate of a superior office is missing");
    out.push_back(it->bytes);
    if (it->issuer == at) return out;
    at = it->issuer;
  }
  return fail(Fault::corrupt, "the chain of offices does not end");
}

/// From the top down. What we know of offices in between stays: a path may be shown with an older certificate.
Result<> learn_offices(Directory& directory, const std::vector<crypto::Certificate>& offices, const OfficeId& whose,
                       sync::Millis now) {
  for (auto it = offices.rbegin(); it != offices.rend(); ++it) {
    if (it->type != crypto::CertType::office) return refused("not an office's certificate", "join.form");
    const auto there = TRY(directory.office(it->office));
    if (!there || !there->admitted || it->office == whose) TRY(directory.learn(*it, now));
  }
  return {};
}

}  // namespace join_parts

Result<Bytes> make_registration_request(Store& store, Directory& directory, const Invitation& invitation,
                                        const crypto::SigningKey& authority) {
  JoinRequestMessage m = TRY(introduction(store, invitation, authority));
  m.offices = TRY(chain_of(directory, store.me().office));
  return encode(m, authority, invitation.code);
}

Result<> count_wrong_try(Store& store, ByteView request) {
  const InvitationId id = is_machine_request(request) ? TRY(decode_machine_request(request)).invitation
                                                      : TRY(decode_join_request(request)).invitation;
  return TRY(store.db().query("update invitation set tries = tries + 1 where id = ?")).bind(id).run();
}

namespace join_parts {

/// The invitation that the request speaks of, while it is good for this office.
Result<Invited> invited(Database& db, const JoinRequestMessage& m, ByteView request, const OfficeId& id,
                        sync::Millis now) {
  Invited i;
  Query q = TRY(db.query("select code, office_code, name, level, flags, until_ms, tries, used_by from invitation"
                         " where id = ?"))
                .bind(m.invitation);
  if (!TRY(q.step())) return refused("no such invitation", "join.unknown");
  i.code = TRY(q.id<Code>(0));
  if (q.integer(6) >= kMostTries) return refused("this invitation was tried too often: ask for a new one", "join.dead");
  if (!check_mac(request, i.code)) return refused("the code of the invitation does not fit", "join.mac");
  if (q.integer(4) & kForMachine) return refused("this invitation is for a machine of our own office", "join.kind");
  if (q.integer(4) & kTakenBack)
    return refused("this invitation was withdrawn by the office that wrote it: ask for a new one", "join.withdrawn");
  const bool used = !q.null(7);
  if (used && TRY(q.id<OfficeId>(7)) != id)
    return refused("this invitation was used by another office: ask for a new one", "join.used");
  if (!used && q.integer(5) < now) return refused("this invitation has expired: ask for a new one", "join.expired");
  i.office_code = q.text(1);
  i.name = q.text(2);
  i.level = static_cast<crypto::Level>(q.integer(3));
  i.flags = q.integer(4);
  return i;
}

/// Its node, its officers, its keys, and the link to it.
Result<> take_in(Store& store, Directory& directory, const JoinRequestMessage& m, const OfficeId& id,
                 std::string_view code, sync::Millis now) {
  Database& db = store.db();
  TRY(directory.set_office_state(id, OfficeState::below));
  const auto node = TRY(crypto::Certificate::decode(m.node_certificate));
  if (node.type != crypto::CertType::node || node.office != id || node.issuer_key != m.authority)
    return refused("the node certificate is not the office's own", "join.form");
  TRY(directory.learn(node, now));
  for (const Bytes& b : m.officers) {
    const auto officer = TRY(crypto::Certificate::decode(b));
    if (officer.type != crypto::CertType::officer || officer.office != id || officer.issuer_key != m.authority)
      return refused("an officer's certificate is not the office's own", "join.form");
    TRY(directory.learn(officer, now));
  }
  const auto list = TRY(sync::decode_statement(m.node_list));
  if (list.kind != sync::StatementKind::node_list || list.office != id || !sync::verify_statement(list, node.key))
    return refused("the node list is not the office's own", "join.form");
  TRY(TRY(db.query("insert into node_list(office, version, bytes) values(?, ?, ?) on conflict(office) do update set"
                   " version = excluded.version, bytes = excluded.bytes"))
          .bind(id)
          .bind(TRY(sync::decode_node_list(list.body)).version)
          .bind(ByteView(m.node_list))
          .run());
  NodeId node_id;
  node_id.bytes = node.subject.bytes;
  TRY(add_link(store, {node_id, id, false, {}, {}, 0}, node.key));
  TRY(TRY(db.query("update invitation set used_by = ? where id = ?")).bind(id).bind(m.invitation).run());
  TRY(store.journal("node", "admit", code, office_fingerprint(m.authority), now));
  return store.alarm("office.admitted",
                     "joined automatically; compare the fingerprint: " + office_fingerprint(m.authority), code, now);
}

/// An office that its own superior certified: it shows its path to the root that both have.
Result<> register_office(Store& store, Directory& directory, const JoinRequestMessage& m, const Invited& i,
                         const std::vector<crypto::Certificate>& offices, sync::Millis now) {
  const crypto::Certificate& own = offices[0];
  if (i.flags & kMoves) return refused("this invitation is for an office that comes over as a whole", "join.move");
  if (own.key != m.authority) return refused("the certificate is not that of the key that asks", "join.form");
  if (own.code != i.office_code) return refused("the invitation is for an office of another code", "join.code");
  if (const auto there = TRY(directory.office(own.office));
      there && there->state != OfficeState::known && there->state != OfficeState::below)
    return refused("this office is not below us", "join.form");
  TRY(learn_offices(directory, offices, own.office, now));
  return take_in(store, directory, m, own.office, own.code, now);
}

Result<> certify(Store& store, Directory& directory, const JoinRequestMessage& m, const Invited& i,
                 const crypto::SigningKey& authority, const OfficeId& id, sync::Millis now) {
  if (i.flags & (kLineOnly | kMoves))
    return refused("this invitation is for an office that has joined its own superior already", "join.line");
  crypto::Certificate office;
  office.type = crypto::CertType::office;
  office.flags = i.flags & kOnePerson ? crypto::cert_flag::one_person : std::uint16_t{0};
  office.code = i.office_code;
  office.name = i.name;
  office.level = i.level;
  office.office = id;
  office.subject.bytes = id.bytes;
  office.issuer = store.me().office;
  office.issuer_key = authority.public_key();
  office.key = m.authority;
  office.not_before_ms = static_cast<std::uint64_t>(now - 24LL * 3'600'000);
  office.not_after_ms = static_cast<std::uint64_t>(now + 10LL * 365 * 24 * 3'600'000);
  office.serial = static_cast<std::uint64_t>(now);
  TRY(office.sign(authority));
  TRY(directory.learn(office, now));
  return take_in(store, directory, m, id, office.code, now);
}

}  // namespace join_parts

Result<Bytes> admit(Store& store, Directory& directory, ByteView request, const crypto::SigningKey& authority,
                    sync::Millis now) {
  if (is_machine_request(request)) return admit_machine(store, directory, request, authority, now);
  const JoinRequestMessage m = TRY(decode_join_request(request));
  const bool registers = !m.offices.empty();
  std::vector<crypto::Certificate> offices;
  for (const Bytes& b : m.offices) offices.push_back(TRY(crypto::Certificate::decode(b)));
  const OfficeId id = registers ? offices[0].office : crypto::office_id_of(m.authority);
  Database& db = store.db();
  const Invited i = TRY(invited(db, m, request, id, now));
  JoinAnswerMessage answer;
  if (const auto known = TRY(directory.office(id)); known && known->state == OfficeState::revoked)
    return refused("this office was revoked: it begins anew with new keys", "join.revoked");
  const bool moves = !m.consents.empty();
  answer.registered = registers && !moves;
  if (moves) {
    TRY(take_over(store, directory, m, i, offices, authority, now));
  } else if (registers) {
    TRY(register_office(store, directory, m, i, offices, now));
  } else {
    const auto there = TRY(directory.office(id));
    // Admitted before: the answer was lost, and the same certificate goes again.
    if (!there || !there->admitted) {
      TRY(certify(store, directory, m, i, authority, id, now));
      TRY(tell_of_office(store, id, kTellUp));
      TRY(tell_of_office(store, id, kTellSiblings));
    }
  }
  TRY(share_policies(store, now));
  answer.offices = TRY(chain_of(directory, answer.registered ? store.me().office : id));
  answer.invitation = m.invitation;
  answer.request = join_hash(request);
  answer.root = TRY(directory.root())->bytes;
  {
    Query q = TRY(db.query("select certificate from node where id = ?")).bind(store.me().node);
    TRY(q.step());
    answer.node_certificate = q.blob(0);
  }
  {
    Query q = TRY(db.query("select bytes from node_list where office = ?")).bind(store.me().office);
    TRY(q.step());
    answer.node_list = q.blob(0);
  }
  return encode(answer, i.code);
}

namespace join_parts {

Result<Checked> checked(const Invitation& invitation, ByteView request, ByteView bytes, const JoinAnswerMessage& m) {
  if (m.invitation != id_of(invitation) || m.request != join_hash(request) || !check_mac(bytes, invitation.code))
    return refused("the answer does not belong to our request", "join.answer");
  Checked c;
  c.root = TRY(crypto::RootDocument::decode(m.root));
  if (c.root.digest != invitation.root) return refused("the root differs from the invitation's", "join.root");
  c.node = TRY(crypto::Certificate::decode(m.node_certificate));
  if (c.node.digest != invitation.superior_node || c.node.office != invitation.superior)
    return refused("the superior's node differs from the invitation's", "join.node");
  for (const Bytes& b : m.offices) c.offices.push_back(TRY(crypto::Certificate::decode(b)));
  for (const auto& o : c.offices) TRY(crypto::check_path(o, c.offices, c.root));
  TRY(crypto::check_path(c.node, c.offices, c.root));
  const auto list = TRY(sync::decode_statement(m.node_list));
  if (list.kind != sync::StatementKind::node_list || list.office != invitation.superior ||
      !sync::verify_statement(list, c.node.key))
    return refused("the superior's node list is not its own", "join.answer");
  c.list_version = TRY(sync::decode_node_list(list.body)).version;
  return c;
}

Result<> link_up(Store& store, Directory& directory, const Invitation& invitation, const Checked& c,
                 const JoinAnswerMessage& m, sync::Millis now) {
  TRY(directory.learn(c.node, now));
  TRY(directory.set_office_state(invitation.superior, OfficeState::superior));
  TRY(TRY(store.db().query("insert into node_list(office, version, bytes) values(?, ?, ?) on conflict(office) do update"
                           " set version = excluded.version, bytes = excluded.bytes"))
          .bind(invitation.superior)
          .bind(c.list_version)
          .bind(ByteView(m.node_list))
          .run());
  NodeId peer;
  peer.bytes = c.node.subject.bytes;
  TRY(add_link(store, {peer, invitation.superior, true, invitation.urls, invitation.pin, 0}, c.node.key));
  return find_ways(store);
}

}  // namespace join_parts

Result<> accept_join_answer(Store& store, Directory& directory, const Invitation& invitation, ByteView request,
                            ByteView bytes, sync::Millis now) {
  if (invitation.machine) return accept_machine_answer(store, directory, invitation, request, bytes, now);
  const JoinAnswerMessage m = TRY(decode_join_answer(bytes));
  const Checked c = TRY(checked(invitation, request, bytes, m));
  if (m.registered || c.offices[0].office != store.me().office)
    return refused("a certificate for another office", "join.answer");
  TRY(directory.learn_root(c.root, false));
  for (auto it = c.offices.rbegin(); it != c.offices.rend(); ++it) TRY(directory.learn(*it, now));
  TRY(directory.set_office_state(store.me().office, OfficeState::self));
  TRY(link_up(store, directory, invitation, c, m, now));
  TRY(tell_of_office(store, invitation.superior, kTellDown));
  TRY(store.set_meta("joining", {}));
  return store.journal("node", "joined", invitation.superior_code, crypto::fingerprint(c.root.digest), now);
}

Result<> accept_registration(Store& store, Directory& directory, const Invitation& invitation, ByteView request,
                             ByteView bytes, sync::Millis now) {
  if (invitation.moves) return accept_move(store, directory, invitation, request, bytes, now);
  const JoinAnswerMessage m = TRY(decode_join_answer(bytes));
  const Checked c = TRY(checked(invitation, request, bytes, m));
  const auto root = TRY(directory.root());
  if (!root || root->digest != c.root.digest)
    return refused("this superior has another root than our office", "join.root");
  if (!m.registered || c.offices[0].office != invitation.superior)
    return refused("the answer is not the superior's own", "join.answer");
  TRY(learn_offices(directory, c.offices, invitation.superior, now));
  TRY(link_up(store, directory, invitation, c, m, now));
  TRY(store.db().run("delete from registration where superior = ?", invitation.superior));
  TRY(forget_parting(store, invitation.superior));
  TRY(tell_line_superiors(store, now));
  return store.journal("node", "registered", invitation.superior_code, "", now);
}

}  // namespace yz::node
