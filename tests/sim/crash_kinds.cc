#include "tests/sim/crash_kinds.h"

#include "crypto/hash.h"
#include "node/net/join.h"
#include "node/store/life.h"
#include "node/store/sqlite.h"

namespace yz::sim {
namespace {

Result<> nothing(Scene&) { return {}; }
Result<> acquainted(Scene& s) { return s.talk(); }

Result<> serve_all(Scene& s, int most) {
  for (; most > 0; --most) {
    s.now += 100;
    s.courier->poll();
    TRY(s.ask());
    if (!s.request) continue;
    TRY(s.serve());
    TRY(s.hear());
  }
  return {};
}

Result<std::int64_t> newest_case(Office& o) { return o.number("select max(row) from matter"); }

// --- the desk ---

void desk_kinds(std::vector<Kind>& all) {
  all.push_back({"draft", false, acquainted, [](Scene& s) { return s.report(Lane::routine, 300, 0, false); }});
  all.push_back({"sign and queue", false, acquainted, [](Scene& s) { return s.report(Lane::urgent, 300); }});
  all.push_back(
      {"sign with an attachment", false, acquainted, [](Scene& s) { return s.report(Lane::routine, 300, 70'000); }});
  all.push_back({"import", false, acquainted, [](Scene& s) -> Result<> {
                   return s.township().store().write([&]() -> Result<> {
                     for (int i = 0; i < 4; ++i) TRY(s.report(Lane::routine, 200));
                     return {};
                   });
                 }});
  const auto one_case = [](Scene& s) -> Result<> {
    TRY(s.report(Lane::routine, 100));
    return s.talk();
  };
  all.push_back({"correct", false, one_case, [](Scene& s) -> Result<> {
                   TRY(s.township().correct(TRY(newest_case(s.township())), text_of(s.random, 40), false, s.now));
                   return {};
                 }});
  all.push_back({"withdraw", false, one_case, [](Scene& s) -> Result<> {
                   TRY(s.township().withdraw(TRY(newest_case(s.township())), s.now));
                   return {};
                 }});
  const auto side_by_side = [](Scene& s) -> Result<> {
    TRY(s.report(Lane::routine, 100));
    const std::int64_t matter = TRY(newest_case(s.township()));
    TRY(s.township().correct(matter, text_of(s.random, 40), false, s.now));
    TRY(s.township().correct(matter, text_of(s.random, 60), true, s.now));
    return s.talk();
  };
  all.push_back({"resolve a conflict", false, side_by_side, [](Scene& s) -> Result<> {
                   TRY(s.township().resolve(TRY(newest_case(s.township())), text_of(s.random, 40), s.now));
                   return {};
                 }});
  all.push_back({"acknowledge", true, one_case, [](Scene& s) -> Result<> {
                   TRY(s.county().acknowledge(TRY(newest_case(s.county())), s.now));
                   return {};
                 }});
}

// --- exchanges ---

void township_kinds(std::vector<Kind>& all) {
  all.push_back({"cut an envelope", false,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   for (Lane l : {Lane::routine, Lane::flash, Lane::urgent, Lane::routine}) TRY(s.report(l, 200));
                   return {};
                 },
                 [](Scene& s) -> Result<> {
                   for (int i = 0; i < 4; ++i) TRY(s.ask());
                   return {};
                 }});
  all.push_back({"take an answer with receipts and mail", false,
                 [](Scene& s) -> Result<> {
                   TRY(s.report(Lane::routine, 100));
                   TRY(s.talk());
                   TRY(s.report(Lane::urgent, 100, 40'000));
                   TRY(s.county().acknowledge(TRY(newest_case(s.county())), s.now));
                   s.courier->poll();
                   TRY(s.ask());
                   return s.serve();
                 },
                 [](Scene& s) -> Result<> {
                   TRY(s.hear());
                   return s.township().open_received(s.now);
                 }});
  all.push_back({"apply the statements of a neighbour that was restored", false,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   auto copy = s.county().disk().clone();
                   TRY(s.report(Lane::urgent, 100, 40'000));
                   TRY(s.talk());
                   s.hang_up(s.county());
                   s.pair.county = std::make_unique<Office>(std::move(copy), s.county().secrets());
                   TRY(s.county().open());
                   TRY(s.county().store().write([&] { return node::begin_life(s.county().store(), s.now); }));
                   TRY(s.dial(s.county()));
                   s.now += 30'000;
                   s.courier->poll();
                   for (int i = 0; i < 5; ++i) {
                     TRY(s.ask());
                     if (!s.request) return fail(Fault::offline, "nothing is asked");
                     TRY(s.serve());
                     if (!s.request->hello) return {};
                     TRY(s.hear());
                   }
                   return {};
                 },
                 [](Scene& s) -> Result<> {
                   TRY(s.hear());
                   return serve_all(s, 4);
                 }});
  all.push_back({"find out that this is an old copy", false,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   auto copy = s.township().disk().clone();
                   TRY(s.report(Lane::urgent, 100));
                   TRY(s.talk());
                   s.hang_up(s.township());
                   s.pair.township = std::make_unique<Office>(std::move(copy), s.township().secrets());
                   TRY(s.start(s.township()));
                   s.now += 30'000;
                   return {};
                 },
                 // A courier's numbers are void after it, as Carrier::prepare has it.
                 [](Scene& s) -> Result<> {
                   for (int i = 0; i < 6; ++i) {
                     const auto epoch = s.township().store().me().epoch;
                     s.now += 1000;
                     s.courier->poll();
                     TRY(s.ask());
                     if (!s.request) continue;
                     TRY(s.serve());
                     TRY(s.hear());
                     TRY(s.township().open_received(s.now));
                     if (s.township().store().me().epoch != epoch) TRY(s.dial(s.township()));
                   }
                   return {};
                 }});
}

void county_kinds(std::vector<Kind>& all) {
  all.push_back({"serve an exchange", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   TRY(s.report(Lane::flash, 100));
                   TRY(s.report(Lane::routine, 100));
                   s.courier->poll();
                   return s.ask();
                 },
                 [](Scene& s) { return s.serve(); }});
  all.push_back({"serve a flash in parts", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   return s.report(Lane::flash, 60'000);
                 },
                 [](Scene& s) { return serve_all(s, 12); }});
  all.push_back({"serve chunks", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   TRY(s.report(Lane::routine, 100, 100'000));
                   s.courier->poll();
                   return s.ask();
                 },
                 [](Scene& s) -> Result<> {
                   TRY(s.serve());
                   TRY(s.hear());
                   s.courier->poll();
                   TRY(s.ask());
                   return s.request ? s.serve() : Result<>();
                 }});
  all.push_back({"refuse by quota, then take", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   for (Lane l : {Lane::routine, Lane::urgent, Lane::routine}) TRY(s.report(l, 100));
                   s.courier->poll();
                   return s.ask();
                 },
                 [](Scene& s) -> Result<> {
                   s.county().inbox().set_quota(1, 1);
                   if (s.serve()) return fail(Fault::invalid, "more was taken than the day allows");
                   if (s.county().disk().dead()) return fail(Fault::full, "the power went");
                   s.county().inbox().set_quota(0, 0);
                   return s.serve();
                 }});
  all.push_back({"open what came", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   for (Lane l : {Lane::routine, Lane::flash, Lane::urgent}) TRY(s.report(l, 200));
                   s.courier->poll();
                   TRY(s.ask());
                   return s.serve();
                 },
                 [](Scene& s) { return s.county().open_received(s.now); }});
  all.push_back({"open versions side by side", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   TRY(s.report(Lane::routine, 100));
                   const std::int64_t matter = TRY(newest_case(s.township()));
                   TRY(s.township().correct(matter, text_of(s.random, 40), false, s.now));
                   TRY(s.township().correct(matter, text_of(s.random, 60), true, s.now));
                   s.courier->poll();
                   TRY(s.ask());
                   return s.serve();
                 },
                 [](Scene& s) { return s.county().open_received(s.now); }});
}

// --- the node ---

/// The copy is whole or does not open: a part of one must never pass for a backup.
std::string wrong_in_copy(Scene&, Office& o, bool) {
  if (!o.disk().exists("h/copy.db")) return {};
  node::StoreOptions options{.folder = "h", .key = o.secrets().store_key, .id = o.secrets().store_id};
  options.base_vfs = o.disk().name();
  auto copy = node::open_main_alone(options, "h/copy.db");
  if (!copy) return {};
  auto q = (*copy)->query("select count(*) from record");
  if (!q || !q->step().value_or(false) || q->integer(0) != o.number("select count(*) from record").value_or(-1))
    return "a part of a backup opens as if it were whole";
  return {};
}

/// The key that neighbours seal to can open.
std::string wrong_in_keys(Scene&, Office& o, bool) {
  auto q = o.store().db().query("select bytes from node_list where office = ?", o.store().me().office);
  if (!q || !q->step().value_or(false)) return "no node list";
  const auto list = sync::decode_node_list(sync::decode_statement(q->blob(0))->body);
  for (const auto& n : list->nodes)
    if (n.node == o.store().me().node && n.box != o.store().keys().boxes.front().public_key())
      return "neighbours seal to a key that is not here";
  return {};
}

void node_kinds(std::vector<Kind>& all) {
  all.push_back(
      {"journal", true, nothing, [](Scene& s) -> Result<> {
         for (int i = 0; i < 3; ++i)
           TRY(s.county().store().write([&] { return s.county().store().journal("a", "b", "c", "d", s.now); }));
         return {};
       }});
  all.push_back({"alarm", true, nothing,
                 [](Scene& s) -> Result<> {
                   return s.county().store().write([&]() -> Result<> {
                     for (const char* code : {"test.first", "test.second"})
                       TRY(s.county().store().alarm(code, "alarm", "", s.now));
                     return {};
                   });
                 },
                 [](Scene&, Office& o, bool done) -> std::string {
                   const auto n = o.number("select count(*) from alarm where code like 'test.%'").value_or(-1);
                   return n == 2 || (n == 0 && !done) ? "" : "half of two alarms, or an alarm that was given is gone";
                 }});
  all.push_back({"invite", true, nothing, [](Scene& s) -> Result<> {
                   node::Invite wish;
                   wish.code = "370700102";
                   wish.name = "另一镇";
                   wish.level = crypto::Level::township;
                   TRY(s.county().store().write([&] {
                     return node::make_invitation(s.county().store(), s.county().directory(), wish, "", s.now);
                   }));
                   return {};
                 }});
  all.push_back({"rotate the box key", true, acquainted,
                 [](Scene& s) -> Result<> {
                   s.now += 31LL * 24 * kHour;
                   TRY(s.county().store().write([&] { return s.county().store().rotate_box(s.now); }));
                   return {};
                 },
                 wrong_in_keys});
  for (const bool county : {false, true})
    all.push_back({county ? "begin a new life, at the county" : "begin a new life", county,
                   [](Scene& s) -> Result<> {
                     TRY(s.report(Lane::urgent, 100, 40'000));
                     TRY(s.talk());
                     return s.report(Lane::routine, 100);
                   },
                   [county](Scene& s) -> Result<> {
                     Office& o = county ? s.county() : s.township();
                     TRY(o.store().write([&] { return node::begin_life(o.store(), s.now); }));
                     return s.dial(o);
                   }});
  all.push_back({"back up", false, acquainted,
                 [](Scene& s) -> Result<> {
                   Office& o = s.township();
                   const crypto::Key key = crypto::derive(TRY(crypto::Key::from(o.secrets().store_key)), 1, "YZstore_");
                   TRY(node::backup_to(o.store().db(), "h/copy.db", key.expose(), o.secrets().store_id));
                   return o.store().write([&] { return o.store().set_meta_number("last_backup", s.now); });
                 },
                 wrong_in_copy});
}

}  // namespace

std::vector<Kind> crash_kinds() {
  std::vector<Kind> all;
  desk_kinds(all);
  township_kinds(all);
  county_kinds(all);
  node_kinds(all);
  return all;
}

}  // namespace yz::sim
