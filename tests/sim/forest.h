#pragma once
// A city, two counties, three townships and good lines, asked for one exchange at a time; an office may change to
// another superior. What Node does after an exchange with keys of its own is done here too.
#include "node/store/authority_key.h"
#include "node/store/consents.h"
#include "tests/sim/chain.h"
#include "tests/sim/look.h"

namespace yz::sim {

inline crypto::Certificate certificate(Office& at, const OfficeId& of) {
  return at.directory().office_certificate(of).value().value();
}

inline Result<> learn(Office& o, const crypto::Certificate& c, Millis now) {
  return o.store().write([&] { return o.directory().learn(c, now); });
}

struct Forest {
  Tree tree = founded_tree();
  Millis now = kBegin;
  Random random{11};
  Office &city = *tree.offices[0], &east = *tree.offices[1], &west = *tree.offices[2];
  Office &town = *tree.offices[3], &other = *tree.offices[4], &far = *tree.offices[5];
  std::map<Office*, std::optional<crypto::SigningKey>> next_key;  // of an office that changes its key
  std::map<Office*, std::unique_ptr<Hop>> up;                     // by the office below
  std::set<Office*> cut_off;                                      // whose line upward is down

  Result<> start() {
    for (auto& o : tree.offices) {
      TRY(o->open());
      TRY(o->open_received(now));
    }
    for (std::size_t i = 1; i < tree.offices.size(); ++i) TRY(dial(*tree.offices[i], *tree.offices[tree.above[i]]));
    return {};
  }
  Result<> dial(Office& below, Office& above) {
    up[&below] = std::make_unique<Hop>(below, above, now);
    return up[&below]->dial();
  }
  /// The authority key that the office's own certificate names.
  Result<crypto::SigningKey> authority(Office& o) {
    const auto own = TRY(o.directory().office_certificate(o.store().me().office));
    const auto& next = next_key[&o];
    if (own && next && next->public_key() == own->key) return next->clone();
    return o.authority();
  }
  Result<> settle(Office& o) {
    if (!TRY(node::reissue_due(o.store()))) return {};
    const crypto::SigningKey key = TRY(authority(o));
    return o.store().write([&] { return node::reissue(o.store(), key, now); });
  }
  Result<> begin_key(Office& o) {
    const crypto::SigningKey old_key = TRY(authority(o));
    crypto::SigningKey next = crypto::SigningKey::random();
    TRY(o.store().write([&] { return node::begin_authority_key(o.store(), old_key, next, now); }));
    next_key[&o] = std::move(next);
    return {};
  }
  Result<> certify(Office& superior, Office& o) {
    const crypto::SigningKey key = TRY(authority(superior));
    return superior.store().write([&] { return node::certify_key(superior.store(), o.store().me().office, key, now); });
  }
  /// Exchanges on every line that is up, so many rounds.
  Result<> talk(int rounds = 8) {
    while (rounds-- > 0) {
      now += 1000;
      for (auto& [below, hop] : up) {
        if (cut_off.contains(below)) continue;
        if (!hop->ready()) TRY(hop->redial());
        hop->poll();
        for (int i = 0; i < 20 && TRY(hop->exchange()); ++i) now += 50;
        TRY(settle(hop->below()));
      }
      for (auto& o : tree.offices)
        TRY(o->store().write([&] { return node::tell_and_watch(o->store(), o->directory(), now); }));
    }
    return {};
  }
  Result<> report(Office& from, Lane lane = Lane::routine) {
    Office::Wish w;
    w.lane = lane;
    w.text = text_of(random, 20);
    const auto done = TRY(from.write(w, now));
    return done.refused ? Result<>(std::unexpected(*done.refused)) : Result<>();
  }
};

inline std::int64_t good_records(Office& o) {
  return number(o, "select count(*) from record where own = 0 and quarantine = 0");
}
/// Alarms that accuse somebody, or say that something was refused; "" when there is none.
inline std::string accused(Office& o) {
  std::string out;
  node::Query q = o.store()
                      .db()
                      .query(
                          "select code || ' ' || message || ' ' || office from alarm where code not in"
                          " ('office.admitted', 'office.moved', 'clock.ahead')")
                      .value();
  while (q.step().value()) out += q.text(0) + "; ";
  const auto self = o.directory().office(id_of(o)).value();
  return out.empty() ? out : "at " + self->code + ": " + out;
}
inline std::string why(const Result<>& r) { return r ? std::string("done") : r.error().code; }

}  // namespace yz::sim
