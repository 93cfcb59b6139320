#include "tests/sim/machines.h"

#include <cstdio>
#include <cstdlib>

#include "crypto/random.h"

namespace yz::sim {

std::unique_ptr<Office> second_machine(Office& first, Millis now) {
  using namespace node;
  Invite wish;
  wish.machine = true;
  wish.name = "办公室二号机";
  wish.officer = demand(first.directory().officers(first.store().me().office)).at(0).name;
  wish.urls = {"http://127.0.0.1:1"};
  const Invitation i =
      demand(first.store().write([&] { return invite_machine(first.store(), first.directory(), wish, "", now); }));
  Credentials c;
  randombytes_buf(c.store_key.data(), c.store_key.size());
  randombytes_buf(c.store_id.data(), c.store_id.size());
  randombytes_buf(c.officer_seed.data(), c.officer_seed.size());
  c.authority_seed = first.secrets().authority_seed;
  auto o = std::make_unique<Office>(std::make_unique<test::CrashDisk>(), c);
  demand(o->open(true));
  const crypto::SigningKey node = crypto::SigningKey::random();
  const auto officer = crypto::SigningKey::from_seed(demand(crypto::Key::from(c.officer_seed)));
  Identity me;
  me.office = i.superior;
  me.node = crypto::node_id_of(node.public_key());
  me.incarnation = crypto::random_fixed<sync::Incarnation>();
  me.epoch = crypto::random_fixed<sync::Epoch>();
  std::vector<crypto::BoxKey> boxes;
  boxes.push_back(crypto::BoxKey::random());
  const Bytes request =
      encode(MachineRequest{id_of(i), node.public_key(), officer.public_key(), boxes[0].public_key(), wish.officer},
             node, officer, i.code);
  crypto::Keyring ring{node.clone(), crypto::BoxKey::random(), std::move(boxes)};
  demand(o->store().write([&]() -> Result<> {
    TRY(o->store().found(me, std::move(ring), crypto::Key::random()));
    return o->store().db().run(
        "insert into office(id, code, name, level, superior, one_person, state, at_ms) values(?, ?, ?, ?, ?, 1, ?, ?)",
        me.office, i.superior_code, i.superior_name, static_cast<int>(i.level), OfficeId{},
        static_cast<int>(OfficeState::self), now);
  }));
  const Bytes answer = demand(
      first.store().write([&] { return admit(first.store(), first.directory(), request, first.authority(), now); }));
  demand(o->store().write([&] { return accept_join_answer(o->store(), o->directory(), i, request, answer, now); }));
  demand(o->open());
  return o;
}

}  // namespace yz::sim
