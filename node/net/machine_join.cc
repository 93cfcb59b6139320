#include "node/net/machine_join.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "node/net/join_parts.h"
#include "node/store/archive_keys.h"
#include "node/store/confirmations.h"
#include "node/store/link.h"
#include "node/store/people.h"
#include "node/store/registry.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"

namespace yz::node {

using namespace join_parts;

namespace {

constexpr std::uint8_t kMachine = 6, kMachineAnswer = 7;  // the sixth byte of a message
constexpr std::size_t kMostMachines = 8, kMostTold = 2, kMostSuperiors = 8, kMostAddresses = 8;

std::vector<Bytes> blocks(Reader& r, std::size_t least, std::size_t most) {
  std::vector<Bytes> out;
  const std::size_t n = r.u8();
  if (n < least || n > most) r.spoil();
  for (std::size_t i = 0; i < n && r.ok(); ++i) out.push_back(block(r));
  return out;
}

/// Nothing in an archive's wrap but the key, and for whom.
Hash archive_name(const InvitationId& id) { return crypto::hash(crypto::purpose::join, {id.view()}); }

}  // namespace

Bytes encode(const MachineRequest& m, const crypto::SigningKey& node, const crypto::SigningKey& officer,
             const Code& code) {
  Writer w;
  w.raw(view("YZJ1")).u8(crypto::kSuite).u8(kMachine).zeros(2);
  w.id(m.invitation).id(m.node).id(m.box).id(m.officer).str16(m.name);
  const Signature by_node = node.sign(crypto::context::join, {w.view()});
  const Signature by_officer = officer.sign(crypto::context::join, {w.view()});
  w.id(by_node).id(by_officer);
  return with_mac(w, code);
}

bool is_machine_request(ByteView b) { return b.size() > 6 && text(b.first(4)) == "YZJ1" && b[5] == kMachine; }

Result<MachineRequest> decode_machine_request(ByteView bytes) {
  if (bytes.size() < 2 * Signature::kSize + kMacBytes || bytes.size() > kMostMessage)
    return refused("machine request length", "join.form");
  Reader r(bytes.first(bytes.size() - kMacBytes));
  if (text(r.raw(4)) != "YZJ1" || !crypto::known(r.u8()) || r.u8() != kMachine)
    return refused("machine request form", "join.form");
  r.zeros(2);
  MachineRequest m;
  m.invitation = r.id<InvitationId>();
  m.node = r.id<PublicKey>();
  m.box = r.id<BoxPublic>();
  m.officer = r.id<PublicKey>();
  m.name = r.str16(kMostNameBytes);
  const std::size_t signed_bytes = r.at();
  const auto by_node = r.id<Signature>(), by_officer = r.id<Signature>();
  if (!r.done() || m.name.empty()) return refused("machine request form", "join.form");
  const ByteView content = bytes.first(signed_bytes);
  if (!crypto::verify(m.node, by_node, crypto::context::join, {content}) ||
      !crypto::verify(m.officer, by_officer, crypto::context::join, {content}))
    return refused("machine request signature", "join.form");
  return m;
}

Bytes encode(const MachineAnswer& m, const Code& code) {
  Writer w;
  w.raw(view("YZJ1")).u8(crypto::kSuite).u8(kMachineAnswer).zeros(2);
  w.id(m.invitation).id(m.request);
  put_block(w, m.root);
  put_blocks(w, m.offices);
  put_blocks(w, m.nodes);
  put_blocks(w, m.officers);
  put_block(w, m.node_list);
  put_block(w, m.archive);
  w.u8(static_cast<std::uint8_t>(m.superiors.size()));
  for (const KnownSuperior& s : m.superiors) {
    put_block(w, s.node_certificate);
    put_block(w, s.node_list);
    put_blocks(w, s.offices);
    w.u8(static_cast<std::uint8_t>(s.urls.size()));
    for (const auto& u : s.urls) w.str16(u);
    w.str16(s.pin);
  }
  return with_mac(w, code);
}

Result<MachineAnswer> decode_machine_answer(ByteView bytes) {
  if (bytes.size() < kMacBytes || bytes.size() > kMostMessage) return refused("machine answer length", "join.form");
  Reader r(bytes.first(bytes.size() - kMacBytes));
  if (text(r.raw(4)) != "YZJ1" || !crypto::known(r.u8()) || r.u8() != kMachineAnswer)
    return refused("machine answer form", "join.form");
  r.zeros(2);
  MachineAnswer m;
  m.invitation = r.id<InvitationId>();
  m.request = r.id<Hash>();
  m.root = block(r);
  m.offices = blocks(r, 1, kMostOffices);
  m.nodes = blocks(r, 2, kMostMachines);
  m.officers = blocks(r, 1, kMostTold);
  m.node_list = block(r);
  m.archive = block(r);
  const std::size_t n = r.u8();
  if (n > kMostSuperiors) return refused("too many superiors", "join.form");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    KnownSuperior s;
    s.node_certificate = block(r);
    s.node_list = block(r);
    s.offices = blocks(r, 1, kMostOffices);
    const std::size_t urls = r.u8();
    if (urls > kMostAddresses) return refused("too many addresses", "join.form");
    for (std::size_t k = 0; k < urls && r.ok(); ++k) s.urls.push_back(r.str16(kMostUrlBytes));
    s.pin = r.str16(200);
    m.superiors.push_back(std::move(s));
  }
  if (!r.done()) return refused("machine answer form", "join.form");
  return m;
}

Result<Invitation> invite_machine(Store& store, Directory& directory, const Invite& wish, std::string_view pin,
                                  sync::Millis now) {
  const auto me = TRY(directory.office(store.me().office));
  const auto root = TRY(directory.root());
  if (!me || !me->admitted || !root)
    return fail(Fault::denied, "this office is not admitted itself and cannot take in machines yet",
                "invite.not-admitted");
  if (wish.valid_minutes < 1 || wish.valid_minutes > kMostValidMinutes)
    return fail(Fault::invalid, "an invitation is valid for 1 minute to 90 days", "invite.valid");
  TRY(join_parts::reachable(wish.urls));
  if (wish.name.size() > 150) return fail(Fault::invalid, "the machine's name is too long", "invite.name");
  if (wish.officer.empty() || wish.officer.size() > kMostNameBytes)
    return fail(Fault::invalid, "say which officer the machine is for", "invite.officer");
  Invitation i;
  i.code = crypto::random_fixed<Code>();
  i.machine = true;
  i.one_person = me->one_person;
  i.level = me->level;
  i.until_ms = now + wish.valid_minutes * 60'000;
  i.superior = store.me().office;
  i.superior_node = store.me().node_certificate;
  i.root = root->digest;
  i.superior_code = i.code_of_office = me->code;
  i.superior_name = i.name = me->name;
  i.pin = pin;
  i.urls = wish.urls;
  std::string urls;
  for (const auto& u : wish.urls) urls.append(urls.empty() ? "" : "\n").append(u);
  TRY(store.db().run(
      "insert into invitation(id, code, office_code, name, level, flags, urls, made_ms, until_ms, officer, roles)"
      " values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id_of(i), i.code, me->code, wish.name, static_cast<int>(me->level), kForMachine, urls, now, i.until_ms,
      wish.officer, wish.roles));
  return i;
}

namespace {

struct InvitedMachine {
  Code code;
  std::string name, officer;
  std::uint16_t roles = 0;
  bool used = false;
};

Result<InvitedMachine> invited(Database& db, const MachineRequest& m, ByteView request, const NodeId& id,
                               sync::Millis now) {
  InvitedMachine i;
  Query q =
      TRY(db.query("select code, name, flags, until_ms, tries, used_by, officer, roles from invitation"
                   " where id = ?",
                   m.invitation));
  if (!TRY(q.step())) return refused("no such invitation", "join.unknown");
  i.code = TRY(q.id<Code>(0));
  if (q.integer(4) >= kMostTries) return refused("this invitation was tried too often: ask for a new one", "join.dead");
  if (!check_mac(request, i.code)) return refused("the code of the invitation does not fit", "join.mac");
  if (!(q.integer(2) & kForMachine))
    return refused("this invitation is for an office, not for a machine of ours", "join.kind");
  if (q.integer(2) & kTakenBack) return refused("this invitation was withdrawn: ask for a new one", "join.withdrawn");
  i.used = !q.null(5);
  if (i.used && TRY(q.id<NodeId>(5)) != id)
    return refused("this invitation was used by another machine: ask for a new one", "join.used");
  if (!i.used && q.integer(3) < now) return refused("this invitation has expired: ask for a new one", "join.expired");
  i.name = q.text(1);
  i.officer = q.text(6);
  i.roles = static_cast<std::uint16_t>(q.integer(7));
  return i;
}

Result<crypto::Certificate> certify_node(Store& store, const OfficeRow& me, const MachineRequest& m, const NodeId& id,
                                         std::string_view name, const crypto::SigningKey& authority, sync::Millis now) {
  crypto::Certificate c;
  c.type = crypto::CertType::node;
  c.office = c.issuer = me.id;
  c.subject.bytes = id.bytes;
  c.issuer_key = authority.public_key();
  c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c.not_after_ms = static_cast<std::uint64_t>(now + 5 * 365 * sync::kDayMs);
  c.serial = static_cast<std::uint64_t>(now);
  c.level = me.level;
  c.key = m.node;
  c.name = std::to_string(TRY(next_machine_number(store)));
  if (!name.empty()) c.name.append(" ").append(name);
  TRY(c.sign(authority));
  return c;
}

/// The person whom the invitation names: one of ours gets a key more, anybody else becomes an officer.
Result<crypto::Certificate> certify_officer(Store& store, Directory& directory, const MachineRequest& m,
                                            const InvitedMachine& i, const crypto::SigningKey& authority,
                                            sync::Millis now) {
  if (m.name != i.officer)
    return refused("this invitation is for another officer: join with the name that it was made for", "join.officer");
  const auto there = TRY(directory.officer_by_name(store.me().office, m.name));
  if (there && there->state != OfficerState::active)
    return refused("an officer of that name was suspended or has left: use another name", "join.officer");
  const PersonId person = there ? there->person : crypto::person_id_of(m.officer);
  crypto::Certificate c =
      TRY(officer_certificate(store, person, m.name, there ? there->roles : i.roles, m.officer, authority, now));
  if (!there) return c;
  c.flags = crypto::cert_flag::further;
  TRY(c.sign(authority));
  return c;
}

Result<std::vector<Bytes>> chain_from(Directory& directory, const OfficeId& from) {
  const auto all = TRY(directory.office_certificates());
  std::vector<Bytes> out;
  OfficeId at = from;
  while (out.size() < kMostOffices) {
    const auto it = std::ranges::find(all, at, &crypto::Certificate::office);
    if (it == all.end()) return fail(Fault::corrupt, "a certificate of a superior office is missing");
    out.push_back(it->bytes);
    if (it->issuer == at) return out;
    at = it->issuer;
  }
  return fail(Fault::corrupt, "the chain of offices does not end");
}

Result<Bytes> stored(Store& store, std::string_view sql, ByteView id) {
  Query q = TRY(store.db().query(sql, id));
  if (!TRY(q.step()))
    return fail(Fault::corrupt, "a certificate or a node list of ours is missing", "store.certificate");
  return q.blob(0);
}
constexpr std::string_view kNodeCertificate = "select certificate from node where id = ?";
constexpr std::string_view kNodeList = "select bytes from node_list where office = ?";

Result<std::vector<KnownSuperior>> known_superiors(Store& store, Directory& directory) {
  std::vector<KnownSuperior> out;
  for (const LinkRow& l : TRY(links(store, true))) {
    if (out.size() == kMostSuperiors) break;
    KnownSuperior s;
    s.node_certificate = TRY(stored(store, kNodeCertificate, l.peer.view()));
    s.node_list = TRY(stored(store, kNodeList, l.office.view()));
    s.offices = TRY(chain_from(directory, l.office));
    s.urls = l.urls;
    if (s.urls.size() > kMostAddresses) s.urls.resize(kMostAddresses);
    s.pin = l.pin;
    out.push_back(std::move(s));
  }
  return out;
}

/// Its certificates, its place in the node list, and the link.
Result<> take_in(Store& store, Directory& directory, const MachineRequest& m, const InvitedMachine& i, const NodeId& id,
                 const crypto::SigningKey& authority, sync::Millis now) {
  const auto me = TRY(directory.office(store.me().office));
  if (!me) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  if (TRY(directory.any_node(id))) return refused("this machine has another place already", "join.form");
  const crypto::Certificate officer = TRY(certify_officer(store, directory, m, i, authority, now));
  const crypto::Certificate node = TRY(certify_node(store, *me, m, id, i.name, authority, now));
  TRY(directory.learn(node, now));
  TRY(directory.learn(officer, now));
  TRY(tell_certificate(store, node));
  TRY(tell_certificate(store, officer));
  TRY(list_machine(store, id, node.digest, m.box, now));
  LinkRow link{id, me->id, false, {}, {}, 0};
  link.sibling = true;
  TRY(add_link(store, link, m.node));
  TRY(store.db().run("insert into machine(node, officer) values(?, ?)", id, officer.digest));
  TRY(store.db().run("update invitation set used_by = ? where id = ?", id, m.invitation));
  TRY(tell_archives(store, id, m.box, now));
  TRY(tell_siblings_everything(store));
  TRY(tell_siblings_what_is_confirmed(store, now));
  TRY(store.journal("node", "machine.admit", hex(id.view()), node_fingerprint(m.node), now));
  TRY(store.alarm("node.joined",
                  "a further machine of this office joined; compare its fingerprint: " + node_fingerprint(m.node) +
                      " (" + hex(id.view()) + ")",
                  me->code, now));
  return help_siblings(store, now);
}

}  // namespace

Result<Bytes> admit_machine(Store& store, Directory& directory, ByteView request, const crypto::SigningKey& authority,
                            sync::Millis now) {
  const MachineRequest m = TRY(decode_machine_request(request));
  const NodeId id = crypto::node_id_of(m.node);
  const InvitedMachine i = TRY(invited(store.db(), m, request, id, now));
  // Taken in before: the answer was lost, and the same certificates go again.
  if (!i.used) TRY(take_in(store, directory, m, i, id, authority, now));
  MachineAnswer a;
  a.invitation = m.invitation;
  a.request = join_hash(request);
  a.root = TRY(directory.root())->bytes;
  a.offices = TRY(chain_from(directory, store.me().office));
  a.nodes = {TRY(stored(store, kNodeCertificate, store.me().node.view())),
             TRY(stored(store, kNodeCertificate, id.view()))};
  a.officers = {TRY(stored(store,
                           "select o.certificate from officer o join machine m on m.officer = o.digest where"
                           " m.node = ?",
                           id.view()))};
  a.node_list = TRY(stored(store, kNodeList, store.me().office.view()));
  a.archive = crypto::wrap(store.keys().archive.secret(), archive_name(m.invitation), m.box);
  a.superiors = TRY(known_superiors(store, directory));
  return encode(a, i.code);
}

namespace {

struct CheckedAnswer {
  crypto::RootDocument root;
  std::vector<crypto::Certificate> offices, nodes, officers;
  sync::Statement list;
};

Result<CheckedAnswer> checked(Store& store, const Invitation& invitation, ByteView request, ByteView bytes,
                              const MachineAnswer& m, const MachineRequest& asked) {
  if (m.invitation != id_of(invitation) || m.request != join_hash(request) || !check_mac(bytes, invitation.code))
    return refused("the answer does not belong to our request", "join.answer");
  CheckedAnswer c;
  c.root = TRY(crypto::RootDocument::decode(m.root));
  if (c.root.digest != invitation.root) return refused("the root differs from the invitation's", "join.root");
  for (const Bytes& b : m.offices) c.offices.push_back(TRY(crypto::Certificate::decode(b)));
  for (const Bytes& b : m.nodes) c.nodes.push_back(TRY(crypto::Certificate::decode(b)));
  for (const Bytes& b : m.officers) c.officers.push_back(TRY(crypto::Certificate::decode(b)));
  for (const auto* all : {&c.offices, &c.nodes, &c.officers})
    for (const auto& one : *all) TRY(crypto::check_path(one, c.offices, c.root));
  const OfficeId& us = store.me().office;
  if (c.offices[0].office != us) return refused("a certificate of another office", "join.answer");
  for (const auto& n : c.nodes)
    if (n.type != crypto::CertType::node || n.office != us) return refused("not a machine of ours", "join.answer");
  for (const auto& o : c.officers)
    if (o.type != crypto::CertType::officer || o.office != us) return refused("not an officer of ours", "join.answer");
  if (c.nodes.front().digest != invitation.superior_node)
    return refused("the first machine differs from the invitation's", "join.node");
  if (c.nodes.back().key != asked.node || c.officers.front().key != asked.officer)
    return refused("certificates for other keys than ours", "join.answer");
  c.list = TRY(sync::decode_statement(m.node_list));
  const auto signer =
      std::ranges::find_if(c.nodes, [&](const auto& n) { return n.subject.bytes == c.list.node.bytes; });
  if (c.list.kind != sync::StatementKind::node_list || c.list.office != us || signer == c.nodes.end() ||
      !sync::verify_statement(c.list, signer->key))
    return refused("the node list is not our office's", "join.answer");
  return c;
}

Result<> keep_list(Store& store, const OfficeId& office, ByteView bytes, const sync::Statement& s) {
  return store.db().run(
      "insert into node_list(office, version, bytes) values(?, ?, ?) on conflict(office) do update set version ="
      " excluded.version, bytes = excluded.bytes",
      office, TRY(sync::decode_node_list(s.body)).version, bytes);
}

/// One that does not hold together is left out: it will make itself known.
Result<> meet_superior(Store& store, Directory& directory, const KnownSuperior& s, const crypto::RootDocument& root,
                       sync::Millis now) {
  std::vector<crypto::Certificate> offices;
  for (const Bytes& b : s.offices) offices.push_back(TRY(crypto::Certificate::decode(b)));
  const auto node = TRY(crypto::Certificate::decode(s.node_certificate));
  for (const auto& o : offices) TRY(crypto::check_path(o, offices, root));
  TRY(crypto::check_path(node, offices, root));
  const auto list = TRY(sync::decode_statement(s.node_list));
  if (node.type != crypto::CertType::node || list.kind != sync::StatementKind::node_list || list.office != node.office)
    return refused("a superior's papers do not belong together", "join.answer");
  for (auto it = offices.rbegin(); it != offices.rend(); ++it) TRY(directory.learn(*it, now));
  TRY(directory.learn(node, now));
  TRY(directory.set_office_state(node.office, OfficeState::superior));
  TRY(keep_list(store, node.office, s.node_list, list));
  NodeId peer;
  peer.bytes = node.subject.bytes;
  return add_link(store, {peer, node.office, true, s.urls, s.pin, 0}, node.key);
}

/// The office's archive key takes the place of the one that this home was founded with: nothing was sealed to that.
Result<> take_archive(Store& store, const MachineAnswer& m) {
  const crypto::Key secret = TRY(crypto::unwrap(m.archive, archive_name(m.invitation), store.keys().boxes.front()));
  TRY(store.db().run("update secret set value = ? where name = 'archive'", ByteView(secret.expose())));
  store.after_commit([&store] { (void)store.load_identity(); });
  return {};
}

}  // namespace

Result<> accept_machine_answer(Store& store, Directory& directory, const Invitation& invitation, ByteView request,
                               ByteView bytes, sync::Millis now) {
  const MachineAnswer m = TRY(decode_machine_answer(bytes));
  const MachineRequest asked = TRY(decode_machine_request(request));
  const CheckedAnswer c = TRY(checked(store, invitation, request, bytes, m, asked));
  TRY(directory.learn_root(c.root, false));
  for (auto it = c.offices.rbegin(); it != c.offices.rend(); ++it) TRY(directory.learn(*it, now));
  TRY(directory.set_office_state(store.me().office, OfficeState::self));
  TRY(store.db().run("update office set superior = ? where id = ?", c.offices[0].issuer, store.me().office));
  for (const auto& n : c.nodes) TRY(directory.learn(n, now));
  for (const auto& o : c.officers) TRY(directory.learn(o, now));
  // Our own certificates first: whoever does not know this machine reads them before anything else.
  TRY(tell_certificate(store, c.nodes.back()));
  TRY(tell_certificate(store, c.officers.front()));
  TRY(keep_list(store, store.me().office, m.node_list, c.list));
  TRY(store.tell(TRY(sync::statement_key(c.list)), std::nullopt, sync::FrameType::statement, m.node_list));
  TRY(store.use_node_key(c.nodes.back().digest));
  TRY(take_archive(store, m));
  NodeId first;
  first.bytes = c.nodes.front().subject.bytes;
  LinkRow link{first, store.me().office, true, invitation.urls, invitation.pin, 0};
  link.sibling = true;
  TRY(add_link(store, link, c.nodes.front().key));
  for (const KnownSuperior& s : m.superiors) TRY(meet_superior(store, directory, s, c.root, now));
  TRY(store.set_meta("joining", {}));
  return store.journal("node", "joined", invitation.superior_code, crypto::fingerprint(c.root.digest), now);
}

Result<bool> joins_as_machine(Store& store) {
  const auto joining = TRY(store.meta("joining"));
  if (!joining || joining->empty()) return false;
  const auto i = decode_invitation(text(*joining));
  return i && i->machine;
}

}  // namespace yz::node
