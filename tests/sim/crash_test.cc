// A power cut at every write of every kind of transaction. More survivals for each cut: YZ_CRASH_SURVIVALS=30.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "node/store/migrate.h"
#include "node/store/records.h"
#include "node/store/schema.h"
#include "node/store/sqlite.h"
#include "tests/sim/crash_kinds.h"
#include "tests/sim/cutter.h"
#include "tests/sim/oracle.h"
#include "tests/support/slow.h"

using namespace yz;
using namespace yz::sim;

namespace {

using Records = std::map<RecordId, Bytes>;

/// Sums that are zero unless a transaction was half done.
std::string wrong_in_halves(Office& o) {
  for (const char* sql :
       {"select count(*) from record r where own = 1 and not exists(select 1 from delivery d where d.record = r.row)",
        "select count(*) from delivery d where (envelope is null) <> (state = 0)",
        "select count(*) from delivery d where envelope is not null and not exists(select 1 from envelope e where "
        "e.row = d.envelope)",
        "select count(*) from stream s where own = 1 and tip <> (select coalesce(max(seq), 0) from envelope e where "
        "e.stream = s.row)",
        "select count(*) from matter m where not exists(select 1 from record r where r.matter = m.row) and not exists("
        "select 1 from draft d where d.matter = m.row)",
        "select count(*) from draft d join matter m on m.row = d.matter where not exists(select 1 from draft_case c"
        " where c.case_id = m.case_id)",
        "select count(*) from draft_case c where not exists(select 1 from draft_version v where v.case_id = c.case_id"
        " and v.head = 1)",
        // Not what is known only from inside a forward (record_note::nested).
        "select count(*) from envelope e where own = 0 and state = 2 and records <> (select count(*) from record r "
        "where r.envelope = e.row and (r.flags & 512) = 0)",
        "select count(*) from alarm where code not in ('office.admitted', 'test.first', 'test.second', 'home.copied',"
        " 'node.restored', 'stream.ahead', 'clock.ahead', 'revoked.office', 'revoked.node', 'office.moved',"
        " 'office.line', 'office.left', 'node.joined', 'node.unconfirmed')"}) {
    const auto n = o.number(sql);
    if (!n || *n != 0) return "half a transaction (" + std::to_string(n.value_or(-1)) + "): " + sql;
  }
  // A report and its attachments are signed together.
  std::int64_t named = 0;
  const auto own = o.own_records();
  if (!own) return "records cannot be read";
  for (const auto& [id, bytes] : *own) {
    const auto r = sync::decode_record(bytes);
    if (!r) return "a record does not decode";
    if (r->record.type == sync::RecordType::manifest) {
      --named;
    } else if (const auto body = node::decode_body(r->record.body)) {
      named += static_cast<std::int64_t>(body->extras.attachments.size());
    }
  }
  return named == 0 ? "" : "a report without its attachments, or attachments without their report";
}

}  // namespace

std::string yz::sim::wrong_in(Office& o, bool pages) {
  for (const auto check : {wrong_in_halves, wrong_in_receipts, wrong_in_streams, wrong_in_cases})
    if (std::string wrong = check(o); !wrong.empty()) return wrong;
  if (pages)
    for (node::Database* db : {&o.store().db(), &o.store().blobs()}) {
      const auto found = node::check_pages(*db);
      if (!found) return found.error().what;
      if (!found->empty()) return found->front();
    }
  return {};
}

std::string yz::sim::lost(const Records& promised, Office& o) {
  const auto after = o.own_records();
  if (!after) return "records cannot be read";
  for (const auto& [id, bytes] : promised) {
    const auto it = after->find(id);
    if (it == after->end()) return "an acknowledged record is lost";
    if (it->second != bytes) return "an acknowledged record was changed";
  }
  return {};
}

namespace {

/// Work goes on: what is signed now arrives, and so does all that was signed before.
std::string wrong_later(Scene& s) {
  if (const auto done = s.report(Lane::flash, 50); !done) return "no report can be written: " + done.error().what;
  s.now += 20'000;
  if (const auto talked = s.talk(); !talked) return "work does not go on: " + talked.error().what;
  for (const bool up : {true, false}) {
    const auto sent = (up ? s.township() : s.county()).own_records(), got = (up ? s.county() : s.township()).records();
    if (!sent || !got || *sent != *got) return "what was signed did not arrive, or something else did";
  }
  for (Office* o : {&s.county(), &s.township()})
    if (std::string wrong = wrong_in(*o, false); !wrong.empty()) return "later: " + wrong;
  return {};
}

/// Opens an office whose machine lost its power. For some survivals the power goes once more while it starts.
std::string start_again(Scene& s, Office& o, std::uint64_t k, std::uint64_t survival, Cutter::Found& found) {
  o.disk().power_on(survival);
  if (survival >= 6) {
    o.disk().cut_power_at(1 + (k + survival) % 9);
    (void)s.start(o);
    s.hang_up(o);
    if (o.disk().dead()) {
      ++found.cuts;
      o.disk().power_on(survival + 100);
    } else {
      o.disk().cut_power_at(std::uint64_t{1} << 60);  // it never came so far
    }
  }
  const auto again = s.start(o);
  return again ? "" : "it does not start again: " + again.error().what;
}

/// The work went to its end.
std::string wrong_uncut(const Kind& kind, Scene& s, Office& victim, const Result<>& done) {
  if (!done) return "the work is not done: " + done.error().what;
  if (kind.check)
    if (std::string wrong = kind.check(s, victim, true); !wrong.empty()) return wrong;
  if (std::string wrong = wrong_in(victim, true); !wrong.empty()) return wrong;
  return wrong_later(s);
}

/// What was there before the work.
struct Before {
  Records records;
  std::int64_t drafts = -1;
};

/// In a child process, which has `s` for itself, after the cut at k: every way to survive it.
Cutter::Found survive(const Kind& kind, Scene& s, const Before& before, std::uint64_t k, const Result<>& done,
                      bool fresh) {
  Cutter::Found f;
  Office& victim = kind.at_county ? s.county() : s.township();
  const auto signed_now = done ? victim.own_records() : before.records;
  const Records& promised = signed_now ? *signed_now : before.records;
  s.hang_up(victim);
  for (const std::uint64_t survival : survivals(k)) {
    if (!f.wrong.empty()) break;
    ++f.cuts;
    const auto copy = [](Office& o) { return std::make_unique<Office>(o.disk().clone(), o.secrets()); };
    Scene t(Pair{copy(s.county()), copy(s.township())});
    t.now = s.now;
    Office& o = kind.at_county ? t.county() : t.township();
    f.wrong = start_again(t, o, k, survival, f);
    if (f.wrong.empty()) f.wrong = lost(promised, o);
    if (f.wrong.empty() && done && o.number("select count(*) from draft").value_or(-1) < before.drafts &&
        before.drafts > 0)
      f.wrong = "a draft is lost";
    if (f.wrong.empty()) f.wrong = wrong_in(o, (k + survival) % 8 == 1);
    if (f.wrong.empty() && kind.check) f.wrong = kind.check(t, o, done.has_value());
    if (f.wrong.empty() && ((survival == 0 && fresh) || (k + survival) % 8 == 0)) {
      if (const auto started = t.start(kind.at_county ? t.township() : t.county()); !started)
        f.wrong = "the other side does not start: " + started.error().what;
      else
        f.wrong = wrong_later(t);
    }
    if (!f.wrong.empty()) f.wrong += " [survival " + std::to_string(survival) + "]";
    t.hang_up(t.county());
    t.hang_up(t.township());
  }
  return f;
}

/// The same office in a store that a program with only the first `version` migrations has written.
Result<> write_older(Office& o, std::size_t version) {
  node::StoreOptions options{.folder = "h", .key = o.secrets().store_key, .id = o.secrets().store_id};
  const crypto::Key store_key = TRY(crypto::Key::from(options.key));
  const auto open = [&](const char* name, std::uint64_t number, bool create) {
    const crypto::Key key = crypto::derive(store_key, number, "YZstore_");
    node::SqliteOptions sql{.path = name, .key = key.expose(), .id = options.id, .create = create};
    sql.base_vfs = o.disk().name();
    return node::open_sqlite(sql);
  };
  std::vector<std::pair<std::string, std::string>> files{{"h/yizhan.db", "h/older.db"}};
  auto from = TRY(open("h/yizhan.db", 1, false));
  auto to = TRY(open("h/older.db", 1, true));
  TRY(node::migrate(*to, node::main_migrations().first(version)));
  std::vector<std::string> tables;
  {
    node::Query q =
        TRY(to->query("select name from sqlite_schema where type = 'table' and name not like 'words%'"
                      " and name not like 'sqlite%'"));
    while (TRY(q.step())) tables.push_back(q.text(0));
  }
  TRY(to->exec("pragma foreign_keys=off"));
  node::Transaction tx = TRY(node::Transaction::begin(*to));
  for (const std::string& table : tables) {
    std::string columns, values;
    {
      node::Query q = TRY(to->query("select name from pragma_table_info('" + table + "')"));
      while (TRY(q.step())) {
        columns += (columns.empty() ? "" : ", ") + q.text(0);
        values += (values.empty() ? "quote(" : " || ', ' || quote(") + q.text(0) + ")";
      }
    }
    node::Query q = TRY(from->query("select " + values + " from " + table));
    while (TRY(q.step())) TRY(to->exec("insert into " + table + "(" + columns + ") values(" + q.text(0) + ")"));
  }
  TRY(tx.commit());
  from.reset();
  to.reset();
  o.disk().put("h/yizhan.db", o.disk().file("h/older.db"));
  o.disk().remove("h/older.db");
  for (const char* log : {"h/yizhan.db-wal", "h/older.db-wal"})
    if (o.disk().exists(log)) o.disk().remove(log);
  return {};
}

void cut_kind(Cutter& cutter, const Kind& kind, Scene& s) {
  Office& victim = kind.at_county ? s.county() : s.township();
  const auto records = victim.own_records();
  if (!records) return cutter.fault(kind.name, 0, records.error().what);
  const Before before{*records, victim.number("select count(*) from draft").value_or(-1)};
  cutter.run(
      kind.name, victim.disk(), [&] { return kind.act(s); },
      [&](std::uint64_t k, const Result<>& done) -> Cutter::Found {
        if (k == 0) return {0, wrong_uncut(kind, s, victim, done)};
        return survive(kind, s, before, k, done, cutter.fresh());
      });
}

/// A store of an older version, opened by this program, with a cut at each write.
void cut_migration(Cutter& cutter, Office& old, const Records& records, std::size_t version) {
  const auto newest = static_cast<std::int64_t>(node::main_migrations().size());
  const auto look = [&](Office& o, bool pages) -> std::string {
    if (const auto opened = o.open(); !opened) return "it does not open: " + opened.error().what;
    if (o.store().db().schema_version().value_or(-1) != newest) return "it is not migrated";
    if (std::string wrong = lost(records, o); !wrong.empty()) return wrong;
    return wrong_in(o, pages);
  };
  Office o(old.disk().clone(), old.secrets());
  const auto after = [&](std::uint64_t k, const Result<>&) -> Cutter::Found {
    Cutter::Found f;
    if (k == 0) return {0, look(o, true)};
    o.close();
    // Whoever opens version 1 takes every later step as well: at three of four places of the others one way will do.
    const auto ways = survivals(k);
    const bool one = version > 1 && ways.size() == 2 && k % 4 != 0;
    for (const std::uint64_t survival : ways) {
      if (!f.wrong.empty()) break;
      if (one && survival != ways[k / 2 % 2]) continue;
      ++f.cuts;
      Office t(o.disk().clone(), o.secrets());
      t.disk().power_on(survival);
      f.wrong = look(t, (k + survival) % 8 == 0);
    }
    return f;
  };
  const auto open_and_close = [&]() -> Result<> {  // to close it is work of its own: the log goes into the file
    TRY(o.open());
    o.close();
    return {};
  };
  cutter.run("open a store of version " + std::to_string(version), o.disk(), open_and_close, after);
}

const Founding kFounding{"370701", "试县", "王芳", crypto::Level::county, true};

/// Begun again after the cut: `init` in an empty folder.
std::string wrong_begun_again(Office& o, bool done) {
  if (const auto again = o.open(true); !again) return "it cannot be begun again: " + again.error().what;
  const std::int64_t there = o.number("select count(*) from meta where key = 'office'").value_or(-1);
  if (done && there != 1) return "a home that was made is gone";
  for (const char* table : {"office", "node", "officer", "root", "journal", "node_list", "control"})
    if (o.number("select count(*) from " + std::string(table)).value_or(-1) != there)
      return std::string("half a home: ") + table;
  if (there == 0)
    if (const auto made = o.found(kFounding, kBegin); !made) return made.error().what;
  return o.open() && o.directory().root_confirmed().value_or(false) ? "" : "the home does not know its root";
}

void cut_founding(Cutter& cutter) {
  seed_libsodium(77);
  Credentials c;
  randombytes_buf(c.store_key.data(), c.store_key.size());
  randombytes_buf(c.authority_seed.data(), c.authority_seed.size());
  randombytes_buf(c.officer_seed.data(), c.officer_seed.size());
  Office o(std::make_unique<test::CrashDisk>(), c);
  const auto found = [&]() -> Result<> {
    TRY(o.open(true));
    return o.found(kFounding, kBegin);
  };
  cutter.run("found a home", o.disk(), found, [&](std::uint64_t k, const Result<>& done) -> Cutter::Found {
    Cutter::Found f;
    if (k == 0) return {0, done ? "" : done.error().what};
    o.close();
    for (const std::uint64_t survival : survivals(k)) {
      if (!f.wrong.empty()) break;
      ++f.cuts;
      Office t(o.disk().clone(), o.secrets());
      t.disk().power_on(survival);
      f.wrong = wrong_begun_again(t, done.has_value());
    }
    return f;
  });
}

}  // namespace

TEST_CASE("a power cut at every write of every kind of transaction loses nothing acknowledged and leaves no half") {
  const auto began = std::chrono::steady_clock::now();
  Cutter cutter;
  cut_founding(cutter);
  for (const Kind& kind : crash_kinds()) {
    if (cutter.enough()) break;
    CAPTURE(kind.name);
    seed_libsodium(1000);
    Scene s;
    REQUIRE(s.start());
    const auto prepared = kind.prepare(s);
    REQUIRE_MESSAGE(prepared, (prepared ? "" : prepared.error().what));
    cut_kind(cutter, kind, s);
    s.hang_up(s.county());
    s.hang_up(s.township());
  }
  if (!cutter.enough()) cut_alone(cutter);
  if (!cutter.enough()) cut_ways(cutter);
  const std::size_t newest = node::main_migrations().size();
  for (std::size_t version = 1; version < newest && !cutter.enough(); version += test::slow() ? 5 : 1) {
    CAPTURE(version);
    seed_libsodium(2000);
    Scene s;
    REQUIRE(s.start());
    for (Lane l : {Lane::flash, Lane::routine}) REQUIRE(s.report(l, 200, l == Lane::flash ? 0 : 30'000));
    REQUIRE(s.township().correct(1, text_of(s.random, 30), false, s.now));
    REQUIRE(s.talk());
    REQUIRE(s.report(Lane::urgent, 100));
    const auto records = s.township().own_records();
    REQUIRE(records);
    s.hang_up(s.county());
    s.hang_up(s.township());
    const auto written = write_older(s.township(), version);
    REQUIRE_MESSAGE(written, (written ? "" : written.error().what));
    cut_migration(cutter, s.township(), *records, version);
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%llu power cuts over %llu kinds of transactions, %llu places where something was lost or half, %.1f s\n",
              static_cast<unsigned long long>(cutter.cuts()), static_cast<unsigned long long>(cutter.kinds()),
              static_cast<unsigned long long>(cutter.wrong()), took);
  CHECK(cutter.wrong() == 0);
  if (!test::slow() && cutter.wrong() == 0) CHECK(cutter.cuts() >= 10'000);
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
  for (std::uint64_t survival = 2; survival < 200; survival += test::slow() ? 8 : 1) {
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

TEST_CASE("a disk that could not save after a commit ends the node, though no write has met it") {
  Scene s;
  Office& o = s.township();
  REQUIRE(s.start(o));
  REQUIRE(s.report(Lane::routine, 2000));
  const auto promised = o.own_records();
  REQUIRE(promised);
  // What SQLite does by itself from time to time, once all is committed: the log goes into the file.
  o.disk().fail_at(test::CrashDisk::Op::sync, 1, false);
  CHECK_FALSE(o.store().db().exec("pragma wal_checkpoint(truncate)"));
  CHECK(o.store().broken());
  CHECK_FALSE(s.report(Lane::urgent, 2000));
  s.hang_up(o);
  REQUIRE(s.start(o));
  CHECK(lost(*promised, o).empty());
}

TEST_CASE("a disk that once could not save, a restart, and a power cut while it starts: nothing is damaged") {
  // What fsync could not save is in the kernel's memory still, where the next process reads it, and not on the disk.
  std::uint64_t wrong = 0, tries = 0;
  for (std::uint64_t nth = 1; nth <= 3; ++nth)
    for (std::uint64_t k = 1; k <= 40; ++k)
      for (std::uint64_t survival = 0; survival < (test::slow() ? 1 : 6); ++survival) {
        CAPTURE(nth);
        CAPTURE(k);
        CAPTURE(survival);
        seed_libsodium(5);
        Scene s;
        Office& o = s.township();
        REQUIRE(s.start(o));
        REQUIRE(s.report(Lane::routine, 2000));
        const auto promised = o.own_records();
        REQUIRE(promised);
        o.disk().fail_at(test::CrashDisk::Op::sync, nth, false);
        for (int i = 0; i < 4 && !o.store().broken(); ++i) (void)s.report(Lane::urgent, 2000);
        REQUIRE(o.store().broken());
        s.hang_up(o);
        o.disk().cut_power_at(k);
        const bool started = s.start(o).has_value();
        const bool cut = o.disk().dead();
        s.hang_up(o);
        if (!cut && started) {
          k = 40;
          break;
        }
        o.disk().power_on(survival);
        ++tries;
        const auto again = s.start(o);
        if (!again) MESSAGE(again.error().what);
        wrong += !again || !lost(*promised, o).empty();
        s.hang_up(o);
      }
  CHECK(tries > (test::slow() ? 17 : 100));
  CHECK_MESSAGE(wrong == 0, wrong << " of " << tries << " homes are damaged");
}
