#include "node/founding.h"

#include <unistd.h>

#include "node/clock.h"
#include "node/guard.h"
#include "node/node.h"
#include "node/store/link.h"

namespace yz::node {
namespace {

using sync::Millis;

struct NewKeys {
  crypto::SigningKey authority = crypto::SigningKey::random();
  crypto::SigningKey node = crypto::SigningKey::random();
  crypto::SigningKey officer = crypto::SigningKey::random();
  crypto::BoxKey archive = crypto::BoxKey::random();
  crypto::BoxKey box = crypto::BoxKey::random();
};

crypto::Certificate certificate(crypto::CertType type, const Founding& f, const OfficeId& office,
                                const PublicKey& issuer, Millis now, Millis valid) {
  crypto::Certificate c;
  c.type = type;
  c.office = c.issuer = office;
  c.issuer_key = issuer;
  // A day of slack: the clocks of two old PCs never agree.
  c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c.not_after_ms = static_cast<std::uint64_t>(now + valid);
  c.serial = static_cast<std::uint64_t>(now);
  c.level = f.level;
  return c;
}

Result<> put_offices(Store& store, Directory& directory, const Founding& f, const NewKeys& keys, const OfficeId& id,
                     Millis now) {
  if (f.root) {
    const crypto::SigningKey root_key = crypto::SigningKey::random();
    crypto::RootDocument root;
    root.issued_ms = static_cast<std::uint64_t>(now);
    root.top = id;
    root.top_key = keys.authority.public_key();
    root.keys = {root_key.public_key()};
    TRY(root.sign({&root_key}));
    TRY(directory.learn_root(root, true));
    TRY(store.set_meta("root_key_seed", root_key.seed().expose()));
    crypto::Certificate office =
        certificate(crypto::CertType::office, f, id, keys.authority.public_key(), now, 20 * 365 * sync::kDayMs);
    office.subject.bytes = id.bytes;
    office.key = keys.authority.public_key();
    office.flags = f.one_person ? crypto::cert_flag::one_person : std::uint16_t{0};
    office.code = f.code;
    office.name = f.name;
    TRY(office.sign(keys.authority));
    TRY(directory.learn(office, now));
    return directory.set_office_state(id, OfficeState::self);
  }
  // Ourselves, not certified yet: the superior's answer brings the certificate.
  const OfficeId superior = f.invitation ? f.invitation->superior : OfficeId{};
  TRY(TRY(store.db().query("insert into office(id, code, name, level, superior, one_person, state, at_ms)"
                           " values(?, ?, ?, ?, ?, ?, ?, ?)"))
          .bind(id)
          .bind(f.code)
          .bind(f.name)
          .bind(static_cast<int>(f.level))
          .bind(superior)
          .bind(f.one_person ? 1 : 0)
          .bind(static_cast<int>(OfficeState::self))
          .bind(now)
          .run());
  if (!f.invitation) return {};
  TRY(store.set_meta("joining", view(f.invitation_line)));
  return TRY(store.db().query(
                 "insert into office(id, code, name, level, superior, state, at_ms) values(?, ?, ?, ?, ?, ?, ?)"))
      .bind(f.invitation->superior)
      .bind(f.invitation->superior_code)
      .bind(f.invitation->superior_name)
      .bind(static_cast<int>(f.level) - 1)
      .bind(OfficeId{})
      .bind(static_cast<int>(OfficeState::superior))
      .bind(now)
      .run();
}

Result<> put_people(Store& store, Directory& directory, const Founding& f, const NewKeys& keys, const OfficeId& id,
                    Millis now, crypto::Certificate& node) {
  TRY(node.sign(keys.authority));
  TRY(directory.learn(node, now));
  crypto::Certificate officer =
      certificate(crypto::CertType::officer, f, id, keys.authority.public_key(), now, 3 * 365 * sync::kDayMs);
  officer.subject.bytes = crypto::person_id_of(keys.officer.public_key()).bytes;
  officer.key = keys.officer.public_key();
  officer.roles = crypto::role::all;
  officer.name = f.officer;
  TRY(officer.sign(keys.authority));
  TRY(directory.learn(officer, now));
  TRY(directory.set_phone(officer.digest, f.phone));
  return store.journal(f.officer, f.invitation ? "join" : "init", f.code, "", now);
}

/// The keys that mail for us is sealed to, signed by our node and told to every neighbour.
Result<> put_node_list(Store& store, const NewKeys& keys, const CertDigest& node_certificate, Millis now) {
  sync::NodeList list;
  list.version = static_cast<std::uint64_t>(now);
  list.nodes.push_back({store.me().node, node_certificate, keys.box.public_key(), now + 30 * sync::kDayMs});
  TRY(store.state(sync::StatementKind::node_list, sync::encode(list), std::nullopt, now));
  Query q = TRY(store.db().query("select bytes from control where type = ? order by number desc limit 1"))
                .bind(static_cast<int>(sync::FrameType::statement));
  TRY(q.step());
  return TRY(store.db().query("insert into node_list(office, version, bytes) values(?, ?, ?)"))
      .bind(store.me().office)
      .bind(list.version)
      .bind(ByteView(q.blob(0)))
      .run();
}

/// A code for the safe: it opens the store (not the signing keys) when every passphrase is forgotten.
Result<crypto::Slot> recovery_slot(const Founding& f, const crypto::Key& store_key) {
  const crypto::Key code = crypto::Key::random();
  const std::string words = base32(code.expose().first(20));
  std::string grouped;
  for (std::size_t i = 0; i < words.size(); i += 4) grouped.append(i ? "-" : "").append(words, i, 4);
  const std::string sheet =
      "驿站 恢复单 / Yizhan recovery sheet\n\n单位 office: " + f.name + " (" + f.code + ")\n恢复码 code: " + grouped +
      "\n\n打印后锁入保险柜，并删除本文件。忘记口令时凭此码可重新打开本机数据（不能代人签名）。\n"
      "Print this, lock it in the safe, delete the file. With this code the data of this machine can be\n"
      "opened when passphrases are forgotten; it signs for nobody.\n";
  if (::access(f.recovery_sheet.c_str(), F_OK) == 0)
    return fail(Fault::invalid, f.recovery_sheet + " exists already: name another file for the recovery sheet",
                "recovery.exists");
  TRY(write_file(f.recovery_sheet, view(sheet)));
  return crypto::lock_slot(crypto::SlotKind::recovery, "recovery", view(words), store_key.expose());
}

Result<Founded> furnish_first(const Home& home, const Founding& f, const crypto::SecretText& passphrase) {
  const std::string& path = home.path();
  const Millis now = wall_now();
  const NewKeys keys;
  const crypto::Key store_key = crypto::Key::random();
  Home::Keys slots;
  randombytes_buf(slots.store_id.bytes.data(), slots.store_id.bytes.size());
  slots.slots.push_back(officer_slot(f.officer, store_key, keys.officer, passphrase.expose()));
  slots.slots.push_back(authority_slot("authority", store_key, keys.authority));
  if (!f.recovery_sheet.empty()) slots.slots.push_back(TRY(recovery_slot(f, store_key)));

  StoreOptions options{.folder = path, .key = store_key.expose(), .id = slots.store_id.bytes, .create = true};
  const auto store = TRY(Store::open(options));
  Directory directory(*store);
  const OfficeId office = crypto::office_id_of(keys.authority.public_key());
  crypto::Certificate node =
      certificate(crypto::CertType::node, f, office, keys.authority.public_key(), now, 5 * 365 * sync::kDayMs);
  Identity me;
  me.office = office;
  me.node = crypto::node_id_of(keys.node.public_key());
  randombytes_buf(me.incarnation.bytes.data(), me.incarnation.bytes.size());
  randombytes_buf(me.epoch.bytes.data(), me.epoch.bytes.size());
  node.subject.bytes = me.node.bytes;
  node.key = keys.node.public_key();
  node.name = "1";  // the machine's number in its office
  TRY(node.sign(keys.authority));
  me.node_certificate = node.digest;
  std::vector<crypto::BoxKey> boxes;
  boxes.push_back(keys.box.clone());
  crypto::Keyring ring{keys.node.clone(), keys.archive.clone(), std::move(boxes)};
  TRY(store->write([&]() -> Result<> {
    TRY(store->found(me, std::move(ring), crypto::Key::random()));
    TRY(put_offices(*store, directory, f, keys, office, now));
    TRY(put_people(*store, directory, f, keys, office, now, node));
    return put_node_list(*store, keys, node.digest, now);
  }));
  TRY(renew_guard(home, *store));
  // Last: a folder with a key file is a home, and only then.
  TRY(home.save_keys(slots));
  std::string print = office_fingerprint(keys.authority.public_key());
  if (const auto root = TRY(directory.root())) print = crypto::fingerprint(root->digest);
  return Founded{office, me.node, print};
}

}  // namespace

Result<Founded> found_home(const std::string& path, const Founding& f, const crypto::SecretText& passphrase) {
  TRY(check_new_passphrase(passphrase.expose()));
  if (f.name.empty() || f.officer.empty())
    return fail(Fault::invalid, "an office needs a name and a first officer", "init.form");
  const Home home = TRY(Home::create(path));
  auto done = furnish_first(home, f, passphrase);
  if (!done) {
    Home::discard(path);
    if (!f.recovery_sheet.empty() && done.error().code != "recovery.exists") ::unlink(f.recovery_sheet.c_str());
  }
  return done;
}

}  // namespace yz::node
