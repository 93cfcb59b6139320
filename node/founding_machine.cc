// The home of a further machine of an office: keys of its own, no authority key, no certificate yet.
#include "node/clock.h"
#include "node/founding.h"
#include "node/guard.h"
#include "node/net/machine_join.h"
#include "node/node.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

Result<Founded> furnish_further(const Home& home, const Founding& f, const crypto::SecretText& passphrase) {
  const std::string& path = home.path();
  const Invitation& i = *f.invitation;
  const sync::Millis now = wall_now();
  const crypto::SigningKey node = crypto::SigningKey::random(), officer = crypto::SigningKey::random();
  const crypto::Key store_key = crypto::Key::random();
  Home::Keys slots;
  randombytes_buf(slots.store_id.bytes.data(), slots.store_id.bytes.size());
  slots.slots.push_back(officer_slot(f.officer, store_key, officer, passphrase.expose()));

  StoreOptions options{.folder = path, .key = store_key.expose(), .id = slots.store_id.bytes, .create = true};
  const auto store = TRY(Store::open(options));
  Identity me;
  me.office = i.superior;
  me.node = crypto::node_id_of(node.public_key());
  randombytes_buf(me.incarnation.bytes.data(), me.incarnation.bytes.size());
  randombytes_buf(me.epoch.bytes.data(), me.epoch.bytes.size());
  std::vector<crypto::BoxKey> boxes;
  boxes.push_back(crypto::BoxKey::random());
  MachineRequest request{id_of(i), node.public_key(), officer.public_key(), boxes[0].public_key(), f.officer};
  // The office's own archive key comes with the answer; nothing is sealed before.
  crypto::Keyring ring{node.clone(), crypto::BoxKey::random(), std::move(boxes)};
  TRY(store->write([&]() -> Result<> {
    TRY(store->found(me, std::move(ring), crypto::Key::random()));
    TRY(
        store->db().run("insert into office(id, code, name, level, superior, one_person, state, at_ms)"
                        " values(?, ?, ?, ?, ?, ?, ?, ?)",
                        me.office, i.superior_code, i.superior_name, static_cast<int>(i.level), OfficeId{},
                        i.one_person ? 1 : 0, static_cast<int>(OfficeState::self), now));
    TRY(store->set_meta("joining", view(f.invitation_line)));
    TRY(store->set_meta("join_request", encode(request, node, officer, i.code)));
    return store->journal(f.officer, "join.machine", i.superior_code, "", now);
  }));
  TRY(renew_guard(home, *store));
  // Last: a folder with a key file is a home, and only then.
  TRY(home.save_keys(slots));
  return Founded{me.office, me.node, node_fingerprint(node.public_key())};
}

}  // namespace

Result<Founded> found_machine(const std::string& path, const Founding& f, const crypto::SecretText& passphrase) {
  TRY(check_new_passphrase(passphrase.expose()));
  if (f.officer.empty()) return fail(Fault::invalid, "say which officer works at this machine", "init.form");
  if (!f.recovery_sheet.empty())
    return fail(Fault::invalid, "a recovery sheet is made at the office's first machine", "recovery.machine");
  const Home home = TRY(Home::create(path));
  auto done = furnish_further(home, f, passphrase);
  if (!done) Home::discard(path);
  return done;
}

}  // namespace yz::node
