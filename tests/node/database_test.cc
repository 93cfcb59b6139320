#include "node/store/database.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "node/store/migrate.h"
#include "node/store/sqlite.h"
#include "tests/support/crash_vfs.h"

namespace yz::node {
namespace {

const std::array<std::uint8_t, 32> kKey = {3};
const std::array<std::uint8_t, 16> kId = {4};

struct Fixture {
  test::CrashDisk disk;
  std::unique_ptr<Database> db = [&] {
    auto opened = open_sqlite({.path = "/d.db", .key = kKey, .id = kId, .create = true, .base_vfs = disk.name()});
    REQUIRE(opened);
    return std::move(*opened);
  }();
  Fixture() { REQUIRE(db->exec("create table t(id integer primary key, a integer, b text, c blob) strict")); }
};

std::int64_t count(Database& db) {
  auto q = db.query("select count(*) from t");
  REQUIRE(q);
  REQUIRE(q->step());
  return q->integer(0);
}

/// A folder on the real disk that goes with the test.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "yz-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "values come back as they were bound") {
  const std::string with_nul("a\0b", 3);
  const Bytes blob = {0, 1, 255};
  {
    auto q = db->query("insert into t(a, b, c) values(?, ?, ?) returning id");
    REQUIRE(q);
    q->bind(std::int64_t{-5}).bind(with_nul).bind(blob);
    REQUIRE(q->step());
    CHECK(q->integer(0) == 1);
    CHECK_FALSE(*q->step());
    CHECK_FALSE(*q->step());  // the end stays the end
    CHECK(db->changes() == 1);
  }
  REQUIRE(db->query("insert into t(a, b, c) values(?, ?, ?)")->bind(7u).bind("").bind(Bytes{}).run());
  REQUIRE(db->query("insert into t(a, b, c) values(?, ?, ?)")
              ->bind(std::optional<std::int64_t>())
              .bind_null()
              .bind(std::optional<Bytes>())
              .run());
  auto q = db->query("select a, b, c from t order by id");
  REQUIRE(q);
  REQUIRE(*q->step());
  CHECK(q->integer(0) == -5);
  CHECK(q->text(1) == with_nul);
  CHECK(q->blob(2) == blob);
  REQUIRE(*q->step());
  CHECK(q->integer(0) == 7);
  CHECK_FALSE(q->null(1));
  CHECK_FALSE(q->null(2));
  CHECK(q->blob(2).empty());
  REQUIRE(*q->step());
  CHECK(q->null(0));
  CHECK(q->null(1));
  CHECK(q->null(2));
  CHECK_FALSE(*q->step());
}

TEST_CASE_FIXTURE(Fixture, "an id of a wrong length is an error and not a zero id") {
  CaseId id;
  id.bytes[3] = 9;
  REQUIRE(db->query("insert into t(c) values(?)")->bind(id).run());
  REQUIRE(db->query("insert into t(c) values(?)")->bind(Bytes(15)).run());
  REQUIRE(db->query("insert into t(c) values(null)")->run());
  auto q = db->query("select c from t order by id");
  REQUIRE(q);
  REQUIRE(*q->step());
  const auto same = q->id<CaseId>(0);
  REQUIRE(same);
  CHECK(*same == id);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(*q->step());
    const auto wrong = q->id<CaseId>(0);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().fault == Fault::corrupt);
  }
}

TEST_CASE_FIXTURE(Fixture, "too few, too many and too large values are refused") {
  CHECK(db->query("insert into t(a, b) values(?, ?)")->bind(1).run().error().code == "store.bind");
  CHECK(db->query("insert into t(a) values(?)")->bind(1).bind(2).run().error().code == "store.bind");
  CHECK(db->query("insert into t(a) values(?)")->bind(~std::uint64_t{0}).run().error().fault == Fault::invalid);
  CHECK(count(*db) == 0);
}

TEST_CASE_FIXTURE(Fixture, "one text may run twice at a time, and a used statement starts clean") {
  for (int i = 1; i <= 3; ++i) REQUIRE(db->query("insert into t(a) values(?)")->bind(i).run());
  auto outer = db->query("select a from t where a >= ? order by a");
  REQUIRE(outer);
  outer->bind(1);
  std::int64_t pairs = 0;
  while (*outer->step()) {
    auto inner = db->query("select a from t where a >= ? order by a");
    REQUIRE(inner);
    inner->bind(outer->integer(0));
    while (*inner->step()) ++pairs;
  }
  CHECK(pairs == 6);
  // The first run's value must not shine through.
  CHECK(db->query("select a from t where a >= ? order by a")->run().error().code == "store.bind");
}

TEST_CASE_FIXTURE(Fixture, "faults are sorted by what the caller can do") {
  REQUIRE(db->exec("create unique index t_a on t(a); insert into t(a) values(1)"));
  CHECK(db->exec("insert into t(a) values(1)").error().fault == Fault::conflict);
  CHECK(db->exec("insert into t(a) values('x')").error().fault == Fault::conflict);
  CHECK(db->exec("nonsense").error().fault == Fault::invalid);
  CHECK(db->query("select 1; select 2").error().fault == Fault::invalid);
  CHECK(db->query("").error().fault == Fault::invalid);
  CHECK(db->query("select * from t where b = \"typing error\"").error().fault == Fault::invalid);
  REQUIRE(db->exec("create table child(t integer references t(id))"));
  CHECK(db->exec("insert into child values(99)").error().fault == Fault::conflict);  // foreign keys are on
  CHECK(open_sqlite({.path = "/none.db", .key = kKey, .id = kId, .base_vfs = disk.name()}).error().fault ==
        Fault::missing);
}

TEST_CASE_FIXTURE(Fixture, "a transaction left early leaves nothing") {
  {
    auto tx = Transaction::begin(*db);
    REQUIRE(tx);
    REQUIRE(db->exec("insert into t(a) values(1)"));
    CHECK(count(*db) == 1);
  }
  CHECK(count(*db) == 0);
  {
    auto tx = Transaction::begin(*db);
    REQUIRE(tx);
    REQUIRE(db->exec("insert into t(a) values(1)"));
    REQUIRE(tx->commit());
    CHECK_FALSE(tx->commit());
  }
  CHECK(count(*db) == 1);
  CHECK_FALSE(db->in_transaction());
}

TEST_CASE_FIXTURE(Fixture, "a transaction inside a transaction is refused and the outer one lives on") {
  auto outer = Transaction::begin(*db);
  REQUIRE(outer);
  REQUIRE(db->exec("insert into t(a) values(1)"));
  {
    const auto inner = Transaction::begin(*db);
    REQUIRE_FALSE(inner);
    CHECK(inner.error().code == "store.nested");
  }
  CHECK_FALSE(backup_to(*db, "/b.db", kKey, kId));
  REQUIRE(outer->commit());
  CHECK(count(*db) == 1);
}

TEST_CASE_FIXTURE(Fixture, "each migration is whole or absent, and a newer database is refused") {
  const Migration good[] = {{1, "create table m1(a)"}, {2, "create table m2(a); insert into m2 values(2)"}};
  const Migration bad[] = {good[0], {2, "create table m2(a); insert into nowhere values(1)"}};
  CHECK_FALSE(migrate(*db, bad));
  CHECK(*db->schema_version() == 1);
  CHECK_FALSE(db->query("select * from m2"));
  REQUIRE(migrate(*db, good));
  REQUIRE(migrate(*db, good));
  CHECK(*db->schema_version() == 2);
  const auto older = migrate(*db, std::span(good).first(1));
  REQUIRE_FALSE(older);
  CHECK(older.error().fault == Fault::conflict);
  CHECK(older.error().code == "store.newer");
}

TEST_CASE_FIXTURE(Fixture, "statements stay bounded however many texts there are") {
  for (int i = 0; i < 1000; ++i) {
    auto q = db->query("select " + std::to_string(i));
    REQUIRE(q);
    REQUIRE(*q->step());
    CHECK(q->integer(0) == i);
  }
}

TEST_CASE("on a real disk a process killed at any moment loses nothing it acknowledged") {
  Folder folder;
  const std::string path = (folder.path / "k.db").string();
  const SqliteOptions o{.path = path, .key = kKey, .id = kId, .create = true, .cache_kib = 80};
  {
    auto db = open_sqlite(o);
    REQUIRE_MESSAGE(db, db.error().what);
    REQUIRE((*db)->exec("create table t(id integer primary key, c blob) strict"));
  }
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 25; ++round) {
    CAPTURE(round);
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(pipe_ends[0]);
      auto db = open_sqlite(o);
      if (!db || !(*db)->exec("pragma wal_autocheckpoint=20")) ::_exit(3);
      for (std::int64_t n = acknowledged;;) {
        auto tx = Transaction::begin(**db);
        if (!tx) ::_exit(4);
        for (int i = 0; i < 7; ++i) {
          auto q = (*db)->query("insert into t(c) values(randomblob(2500)) returning id");
          if (!q || !q->step()) ::_exit(5);
          n = q->integer(0);
          if (!q->run()) ::_exit(6);
        }
        if (!tx->commit()) ::_exit(7);
        if (::write(pipe_ends[1], &n, sizeof n) != static_cast<ssize_t>(sizeof n)) ::_exit(8);
      }
    }
    ::close(pipe_ends[1]);
    ::usleep(static_cast<useconds_t>(5000 + round * 1700));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    std::int64_t n = 0;
    while (::read(pipe_ends[0], &n, sizeof n) == static_cast<ssize_t>(sizeof n)) acknowledged = n;
    ::close(pipe_ends[0]);
    auto db = open_sqlite(o);
    REQUIRE_MESSAGE(db, db.error().what);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
      const std::string name = entry.path().filename().string();
      CHECK((name == "k.db" || name == "k.db-wal"));
    }
    CHECK(check_pages(**db)->empty());
    const std::int64_t rows = count(**db);
    CHECK(rows >= acknowledged);
    CHECK(rows % 7 == 0);
    acknowledged = rows;
  }
  CHECK(acknowledged > 100);
  MESSAGE("25 kills, " << acknowledged << " rows");
}

TEST_CASE("on a real disk a second process is told that the database is held") {
  Folder folder;
  const SqliteOptions o{.path = (folder.path / "h.db").string(), .key = kKey, .id = kId, .create = true};
  auto db = open_sqlite(o);
  REQUIRE(db);
  REQUIRE((*db)->exec("create table t(a); insert into t values(1)"));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto second = open_sqlite(o);
    ::_exit(!second && second.error().fault == Fault::busy ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  const std::string copy = (folder.path / "copy.db").string();
  REQUIRE(backup_to(**db, copy, kKey, kId));
  auto second = open_sqlite({.path = copy, .key = kKey, .id = kId});
  REQUIRE(second);
  CHECK(count(**second) == 1);
}

TEST_CASE("free space is known for a path that does not exist yet") {
  const auto here = free_bytes("/tmp/not/there/yet");
  REQUIRE(here);
  CHECK(*here > 0);
}

}  // namespace yz::node
