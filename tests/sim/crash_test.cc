// A power cut at every write of every kind of transaction. More survivals for each cut: YZ_CRASH_SURVIVALS=16.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "node/net/join.h"
#include "node/store/records.h"
#include "node/store/sqlite.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;
using sync::Lane;

namespace {

struct Kind {
  const char* name;
  bool at_county;
  std::function<Result<>(Scene&)> prepare, act;
};

const auto kNothing = [](Scene&) -> Result<> { return {}; };

std::vector<Kind> kinds() {
  const auto acquainted = [](Scene& s) -> Result<> { return s.talk(); };
  std::vector<Kind> all;
  all.push_back({"draft", false, acquainted, [](Scene& s) { return s.report(Lane::routine, 300, 0, false); }});
  all.push_back({"sign and queue", false, acquainted, [](Scene& s) { return s.report(Lane::urgent, 300); }});
  all.push_back(
      {"sign with an attachment", false, acquainted, [](Scene& s) { return s.report(Lane::routine, 300, 70'000); }});
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
                   TRY(s.county().acknowledge(TRY(s.county().number("select max(row) from matter")), s.now));
                   s.courier->poll();
                   TRY(s.ask());
                   return s.serve();
                 },
                 [](Scene& s) -> Result<> {
                   TRY(s.hear());
                   return s.township().open_received(s.now);
                 }});
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
                 [](Scene& s) -> Result<> {
                   for (int i = 0; i < 12; ++i) {
                     s.now += 100;
                     s.courier->poll();
                     TRY(s.ask());
                     if (!s.request) continue;
                     TRY(s.serve());
                     TRY(s.hear());
                   }
                   return {};
                 }});
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
  all.push_back({"open what came", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.talk());
                   for (Lane l : {Lane::routine, Lane::flash, Lane::urgent}) TRY(s.report(l, 200));
                   s.courier->poll();
                   TRY(s.ask());
                   return s.serve();
                 },
                 [](Scene& s) { return s.county().open_received(s.now); }});
  all.push_back({"acknowledge", true,
                 [](Scene& s) -> Result<> {
                   TRY(s.report(Lane::routine, 100));
                   return s.talk();
                 },
                 [](Scene& s) -> Result<> {
                   TRY(s.county().acknowledge(TRY(s.county().number("select max(row) from matter")), s.now));
                   return {};
                 }});
  all.push_back(
      {"journal", true, kNothing, [](Scene& s) -> Result<> {
         for (int i = 0; i < 3; ++i)
           TRY(s.county().store().write([&] { return s.county().store().journal("a", "b", "c", "d", s.now); }));
         return {};
       }});
  all.push_back({"invite", true, kNothing, [](Scene& s) -> Result<> {
                   node::Invite wish;
                   wish.code = "370700102";
                   wish.name = "另一镇";
                   wish.level = crypto::Level::township;
                   TRY(s.county().store().write([&] {
                     return node::make_invitation(s.county().store(), s.county().directory(), wish, "", s.now);
                   }));
                   return {};
                 }});
  return all;
}

std::uint64_t survivals() {
  const char* text = std::getenv("YZ_CRASH_SURVIVALS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : std::getenv("YZ_SLOW") != nullptr ? 1 : 6;
}

/// Sums that are zero unless a transaction was half done.
void check_whole(Office& o) {
  for (const char* sql :
       {"select count(*) from record r where own = 1 and not exists(select 1 from delivery d where d.record = r.row)",
        "select count(*) from delivery d where (envelope is null) <> (state = 0)",
        "select count(*) from delivery d where envelope is not null and not exists(select 1 from envelope e where "
        "e.row = d.envelope)",
        "select count(*) from stream s where own = 1 and tip <> (select coalesce(max(seq), 0) from envelope e where "
        "e.stream = s.row)",
        "select count(*) from matter m where not exists(select 1 from record r where r.matter = m.row) and not exists("
        "select 1 from draft d where d.matter = m.row)",
        "select count(*) from envelope e where own = 0 and state = 2 and records <> (select count(*) from record r "
        "where r.envelope = e.row)",
        "select count(*) from alarm where code <> 'office.admitted'"}) {
    CAPTURE(sql);
    const auto n = o.number(sql);
    REQUIRE(n);
    CHECK(*n == 0);
  }
  // A report and its attachments are signed together.
  std::int64_t named = 0;
  const auto own = o.own_records();
  REQUIRE(own);
  for (const auto& [id, bytes] : *own) {
    const auto r = sync::decode_record(bytes);
    REQUIRE(r);
    if (r->record.type == sync::RecordType::manifest) {
      --named;
    } else if (const auto body = node::decode_body(r->record.body)) {
      named += static_cast<std::int64_t>(body->extras.attachments.size());
    }
  }
  CHECK(named == 0);
}

void check_same(Office& from, Office& to) {
  const auto sent = from.own_records(), got = to.records();
  REQUIRE(sent);
  REQUIRE(got);
  CHECK(*sent == *got);
}

}  // namespace

TEST_CASE("a power cut at every write of every kind of transaction loses nothing acknowledged") {
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t cuts = 0;
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    std::uint64_t operations = 1;
    // The first run counts; it is not cut off.
    for (std::uint64_t k = 0; k <= operations; ++k)
      for (std::uint64_t survival = 0; survival < (k == 0 ? 1 : survivals()); ++survival) {
        CAPTURE(k);
        CAPTURE(survival);
        seed_libsodium(1000 + k);
        Scene s;
        Office& victim = kind.at_county ? s.county() : s.township();
        REQUIRE(s.start(s.county()));
        REQUIRE(s.start(s.township()));
        const auto prepared = kind.prepare(s);
        REQUIRE_MESSAGE(prepared, (prepared ? "" : prepared.error().what));
        const auto before = victim.own_records();
        REQUIRE(before);
        const auto drafts = victim.number("select count(*) from draft");
        const std::uint64_t from = victim.disk().operations();
        if (k > 0) victim.disk().cut_power_at(k);
        const auto done = kind.act(s);
        if (k == 0) {
          REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
          operations = victim.disk().operations() - from;
        } else {
          ++cuts;
          CHECK_FALSE((done && victim.disk().operations() - from < k));
          const auto acknowledged = done ? victim.own_records() : before;
          s.hang_up(victim);
          victim.disk().power_on(survival);
          const auto again = s.start(victim);
          REQUIRE_MESSAGE(again, (again ? "" : again.error().what));
          const auto after = victim.own_records();
          REQUIRE(after);
          const auto& promised = acknowledged ? *acknowledged : *before;
          for (const auto& [id, bytes] : promised) {
            const auto it = after->find(id);
            REQUIRE(it != after->end());
            CHECK(it->second == bytes);
          }
          if (done) CHECK(victim.number("select count(*) from draft").value_or(-1) >= *drafts);
        }
        check_whole(s.county());
        check_whole(s.township());
        if ((k + survival) % 8 == 1)
          for (node::Database* db : {&victim.store().db(), &victim.store().blobs()}) {
            const auto found = node::check_pages(*db);
            REQUIRE(found);
            CHECK(found->empty());
          }
        // Work goes on, and all that is signed arrives.
        if (survival > 1 && (k + survival) % 3 != 0) {
          s.hang_up(s.county());
          s.hang_up(s.township());
          continue;
        }
        REQUIRE(s.report(Lane::flash, 50));
        s.now += 20'000;
        const auto talked = s.talk();
        REQUIRE_MESSAGE(talked, (talked ? "" : talked.error().what));
        check_same(s.township(), s.county());
        check_same(s.county(), s.township());
        check_whole(s.county());
        check_whole(s.township());
        s.hang_up(s.county());
        s.hang_up(s.township());
      }
    std::printf("%s: %llu operations\n", kind.name, static_cast<unsigned long long>(operations));
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%llu power cuts, %.1f s\n", static_cast<unsigned long long>(cuts), took);
  if (std::getenv("YZ_SLOW") == nullptr) CHECK(cuts >= 1800);  // and the founding's
}

TEST_CASE("a power cut while a home is founded leaves nothing or a whole home") {
  std::uint64_t operations = 1, cuts = 0;
  const Founding f{"370701", "试县", "王芳", crypto::Level::county, true};
  for (std::uint64_t k = 0; k <= operations; ++k)
    for (std::uint64_t survival = 0; survival < (k == 0 ? 1 : survivals()); ++survival) {
      CAPTURE(k);
      CAPTURE(survival);
      seed_libsodium(77);
      Credentials c;
      randombytes_buf(c.store_key.data(), c.store_key.size());
      randombytes_buf(c.authority_seed.data(), c.authority_seed.size());
      randombytes_buf(c.officer_seed.data(), c.officer_seed.size());
      Office o(std::make_unique<test::CrashDisk>(), c);
      if (k > 0) o.disk().cut_power_at(k);
      auto done = o.open(true);
      if (done) done = o.found(f, kBegin);
      if (k == 0) {
        REQUIRE(done);
        operations = o.disk().operations();
        continue;
      }
      ++cuts;
      o.close();
      o.disk().power_on(survival);
      REQUIRE(o.open(true));  // begun again: `init` in an empty folder
      const auto there = o.number("select count(*) from meta where key = 'office'");
      REQUIRE(there);
      if (done) CHECK(*there == 1);
      for (const char* table : {"office", "node", "officer", "root", "journal", "node_list", "control"}) {
        CAPTURE(table);
        CHECK(o.number("select count(*) from " + std::string(table)).value_or(-1) == *there);
      }
      if (*there == 0) REQUIRE(o.found(f, kBegin));
      REQUIRE(o.open());
      CHECK(o.directory().root_confirmed().value_or(false));
    }
  std::printf("founding: %llu power cuts\n", static_cast<unsigned long long>(cuts));
}

TEST_CASE("two power cuts at one place of the log do not lock the home") {
  std::uint64_t locked = 0, tries = 0;
  // A long commit is torn when it is being synced, and then a shorter one at the same place.
  constexpr std::size_t kLong = 60'000, kShort = 100;
  std::uint64_t syncs[2] = {};
  for (const bool again : {false, true}) {
    seed_libsodium(5);
    Scene s;
    REQUIRE(s.start(s.township()));
    REQUIRE(s.report(Lane::routine, 100));
    const std::uint64_t from = s.township().disk().operations();
    REQUIRE(s.report(Lane::urgent, again ? kShort : kLong));
    syncs[again ? 1 : 0] = s.township().disk().operations() - from;
    s.hang_up(s.township());
  }
  for (std::uint64_t survival = 2; survival < 200; ++survival) {
    seed_libsodium(5);
    Scene s;
    Office& o = s.township();
    REQUIRE(s.start(o));
    REQUIRE(s.report(Lane::routine, 100));
    bool open = true;
    for (const bool again : {false, true}) {
      o.disk().cut_power_at(syncs[again ? 1 : 0]);
      (void)s.report(Lane::urgent, again ? kShort : kLong);
      s.hang_up(o);
      o.disk().power_on(survival * 2 + (again ? 1 : 0));
      open = s.start(o).has_value();
      if (!open) break;
    }
    ++tries;
    locked += !open;
    if (open) s.hang_up(o);
  }
  CHECK_MESSAGE(locked == 0, locked << " of " << tries << " homes refuse to open after two cuts");
}
