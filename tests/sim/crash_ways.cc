// What passes from a township by way of its county to the city, with the power going at one of the three.
#include "tests/sim/chain.h"
#include "tests/sim/crash_kinds.h"

namespace yz::sim {
namespace {

struct Way {
  const char* name;
  int victim;  ///< 0 city, 1 county, 2 township
  std::function<Result<>(Chain&)> prepare, act;
};

Office& at(Chain& c, int which) { return which == 0 ? c.city : which == 1 ? c.county : c.township; }
void hang_up(Chain& c, Office& o) {
  c.lower.hang_up(o);
  c.upper.hang_up(o);
  o.close();
}

Result<> exchanges(Hop& hop, int most) {
  hop.poll();
  for (; most > 0; --most)
    if (!TRY(hop.exchange())) return {};
  return {};
}

/// One report for the county and the city is on its way and has come no further than the county.
Result<> half_way(Chain& c) {
  c.upper_up = false;
  TRY(c.address_all());
  TRY(c.report(Lane::urgent, 100, 40'000));
  TRY(c.talk());
  c.upper_up = true;
  return {};
}

std::vector<Way> ways() {
  return {
      {"take into custody", 1,
       [](Chain& c) -> Result<> {
         TRY(c.address_all());
         TRY(c.report(Lane::flash, 100));
         return c.report(Lane::routine, 100, 40'000);
       },
       [](Chain& c) { return exchanges(c.lower, 4); }},
      {"hand on what was carried", 1, half_way, [](Chain& c) { return exchanges(c.upper, 4); }},
      {"take from a relay", 0, half_way, [](Chain& c) { return exchanges(c.upper, 4); }},
      {"hear of custody", 2,
       [](Chain& c) -> Result<> {
         TRY(c.address_all());
         return c.report(Lane::urgent, 100);
       },
       [](Chain& c) { return exchanges(c.lower, 4); }},
      {"pass on", 1,
       [](Chain& c) -> Result<> {
         TRY(c.report(Lane::urgent, 100));
         return c.talk();
       },
       [](Chain& c) -> Result<> {
         TRY(c.county.forward(TRY(c.county.number("select max(row) from matter")), {}, c.now));
         return {};
       }},
      {"open what was passed on", 0,
       [](Chain& c) -> Result<> {
         TRY(c.report(Lane::urgent, 100));
         TRY(c.talk());
         TRY(c.county.forward(TRY(c.county.number("select max(row) from matter")), {}, c.now));
         return {};
       },
       [](Chain& c) { return exchanges(c.upper, 3); }},
  };
}

/// Whatever was signed is where it was meant to be, and nobody is accused.
std::string wrong_at_the_end(Chain& c) {
  c.now += 20'000;
  if (const auto talked = c.talk(); !talked) return "work does not go on: " + talked.error().what;
  for (Office* from : {&c.township, &c.county}) {
    const auto left = from->number("select count(*) from delivery where state <> 3");
    if (left.value_or(-1) != 0) return "what was signed is not opened at its destination";
    for (Office* to : {&c.county, &c.city}) {
      node::Query q = *from->store().db().query(
          "select r.id, r.bytes from record r join delivery d on d.record = r.row where d.destination = ?",
          to->store().me().office);
      const auto there = *to->records();
      while (q.step().value_or(false)) {
        const auto it = there.find(*q.id<RecordId>(0));
        if (it == there.end() || it->second != q.blob(1)) return "a record is missing at its destination, or another";
      }
    }
  }
  for (Office* o : {&c.city, &c.county, &c.township}) {
    if (o->number("select count(*) from carry where state = 0").value_or(-1) != 0) return "something is still carried";
    if (std::string wrong = wrong_in(*o, false); !wrong.empty()) return "later: " + wrong;
  }
  return "";
}

/// For some survivals the power goes once more while it opens.
void power_comes(Office& o, std::uint64_t k, std::uint64_t survival, Cutter::Found& found) {
  o.disk().power_on(survival);
  if (survival < 6) return;
  o.disk().cut_power_at(1 + (k + survival) % 9);
  (void)o.open();
  o.close();
  if (o.disk().dead()) {
    ++found.cuts;
    o.disk().power_on(survival + 100);
  } else {
    o.disk().cut_power_at(std::uint64_t{1} << 60);
  }
}

using Records = std::map<RecordId, Bytes>;

/// In a child process, which has `c` for itself, after the cut at k: every way to survive it.
Cutter::Found survive(const Way& way, Chain& c, const Records& before, std::uint64_t k, const Result<>& done,
                      bool fresh) {
  Cutter::Found f;
  Office& victim = at(c, way.victim);
  const auto signed_now = done ? victim.own_records() : before;
  const Records& promised = signed_now ? *signed_now : before;
  hang_up(c, victim);
  for (const std::uint64_t survival : survivals(k)) {
    if (!f.wrong.empty()) break;
    ++f.cuts;
    const auto copy = [](Office& o) { return std::make_unique<Office>(o.disk().clone(), o.secrets()); };
    Chain t{.trio = Trio{copy(c.city), copy(c.county), copy(c.township)}, .county_does = {}};
    t.now = c.now;
    Office& o = at(t, way.victim);
    power_comes(o, k, survival, f);
    if (const auto opened = o.open(); !opened) f.wrong = "it does not start again: " + opened.error().what;
    if (f.wrong.empty()) f.wrong = lost(promised, o);
    if (f.wrong.empty()) f.wrong = wrong_in(o, (k + survival) % 8 == 1);
    if (f.wrong.empty() && ((survival == 0 && fresh) || (k + survival) % 8 == 0)) {
      if (const auto started = t.start(); !started)
        f.wrong = "work does not begin again: " + started.error().what;
      else
        f.wrong = wrong_at_the_end(t);
    }
    if (!f.wrong.empty()) f.wrong += " [survival " + std::to_string(survival) + "]";
    for (Office* x : {&t.city, &t.county, &t.township}) hang_up(t, *x);
  }
  return f;
}

void cut(Cutter& cutter, const Way& way, Chain& c) {
  Office& victim = at(c, way.victim);
  const auto before = victim.own_records();
  if (!before) return cutter.fault(way.name, 0, before.error().what);
  cutter.run(
      way.name, victim.disk(), [&] { return way.act(c); },
      [&](std::uint64_t k, const Result<>& done) -> Cutter::Found {
        if (k > 0) return survive(way, c, *before, k, done, cutter.fresh());
        return {0, done ? wrong_at_the_end(c) : "the work is not done: " + done.error().what};
      });
}

}  // namespace

void cut_ways(Cutter& cutter) {
  for (const Way& way : ways()) {
    if (cutter.enough()) return;
    seed_libsodium(6000);
    Chain c;
    auto ready = c.start();
    if (ready) ready = c.talk();
    if (ready) ready = way.prepare(c);
    if (ready)
      cut(cutter, way, c);
    else
      cutter.fault(way.name, 0, "it cannot be made ready: " + ready.error().what);
    for (Office* o : {&c.city, &c.county, &c.township}) hang_up(c, *o);
  }
}

}  // namespace yz::sim
