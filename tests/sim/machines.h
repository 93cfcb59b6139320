#pragma once
// A county, and a township with two machines: each has a line to the county, and the second dials the first.
#include "node/net/machine_join.h"
#include "tests/sim/chain.h"

namespace yz::sim {

/// The second machine's home, as node/founding_machine.cc makes it, taken in by the first.
std::unique_ptr<Office> second_machine(Office& first, Millis now);

struct Machines {
  Pair pair = founded_pair();
  Millis now = kBegin;
  Random random{7};
  Office &county = *pair.county, &one = *pair.township;
  std::unique_ptr<Office> two;
  std::optional<Hop> one_up, two_up, between;
  bool one_line = true, two_line = true, between_line = true;

  Result<> start() {
    TRY(county.open());
    TRY(one.open());
    one_up.emplace(one, county, now);
    return one_up->dial();
  }
  /// From here on there are two.
  Result<> join() {
    two = second_machine(one, now);
    two_up.emplace(*two, county, now);
    between.emplace(*two, one, now);
    return {};
  }
  std::vector<Hop*> hops() {
    std::vector<Hop*> out{&*one_up};
    if (two) {
      out.push_back(&*between);
      out.push_back(&*two_up);
    }
    return out;
  }
  bool up(const Hop* h) const { return h == &*one_up ? one_line : h == &*two_up ? two_line : between_line; }
  std::vector<Office*> offices() {
    std::vector<Office*> out{&county, &one};
    if (two) out.push_back(two.get());
    return out;
  }
  /// Exchanges on every line that is up, `rounds` times over, `step_ms` apart.
  Result<> talk(int rounds, Millis step_ms = 2000) {
    while (rounds-- > 0) {
      now += step_ms;
      for (Office* o : offices()) {
        if (!o->is_open()) continue;
        TRY(o->store().write([&] { return node::tell_and_watch(o->store(), o->directory(), now); }));
      }
      for (Hop* h : hops()) {
        if (!up(h) || !h->below().is_open() || !h->above().is_open()) continue;
        TRY(h->dial());
        if (!h->ready()) continue;
        h->poll();
        for (int i = 0; i < 20 && TRY(h->exchange()); ++i) now += 20;
      }
    }
    return {};
  }
  /// The power goes; what was not synced may be lost.
  Result<> power_cut(Office& o, std::uint64_t seed) {
    for (Hop* h : hops()) h->hang_up(o);
    o.close();
    o.disk().power_on(seed);
    TRY(o.open());
    return o.open_received(now);
  }
  Result<> report(Office& o, Lane lane) {
    Office::Wish w;
    w.lane = lane;
    w.text = text_of(random, 40);
    const auto done = TRY(o.write(w, now));
    return done.refused ? Result<>(std::unexpected(*done.refused)) : Result<>();
  }
};

}  // namespace yz::sim
