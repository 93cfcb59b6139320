#include "node/store/page_vfs.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "node/store/migrate.h"
#include "node/store/sqlite.h"
#include "tests/support/crash_vfs.h"
#include "tests/support/slow.h"

namespace yz::node {
namespace {

using test::CrashDisk;

const std::array<std::uint8_t, 32> kKey = {1, 2, 3};
const std::array<std::uint8_t, 32> kOtherKey = {9, 9, 9};
const std::array<std::uint8_t, 16> kId = {7};
const std::string kPath = "/home/yz.db";
const std::string kLog = "/home/yz.db-wal";

constexpr Migration kTables[] = {
    {1,
     "create table report(id integer primary key, n integer not null, body blob not null) strict;"
     "create table head(one integer primary key check(one = 1), n integer not null) strict;"
     "create table audit(n integer primary key, what text not null) strict;"
     "insert into head values(1, 0)"},
    {2, "create virtual table words using fts5(body, tokenize='cjk1')"},
};

SqliteOptions options(const CrashDisk& disk) {
  return {.path = kPath, .key = kKey, .id = kId, .create = true, .cache_kib = 80, .base_vfs = disk.name()};
}

std::int64_t number(Database& db, std::string_view sql) {
  auto q = db.query(sql);
  REQUIRE(q);
  auto row = q->step();
  REQUIRE_MESSAGE(row, row.error().what);
  REQUIRE(*row);
  return q->integer(0);
}

/// One office act: a report, the lane's head and an audit line, together.
Result<> commit_one(Database& db, std::int64_t n, std::size_t body_bytes = 3000) {
  auto tx = TRY(Transaction::begin(db));
  Bytes body(body_bytes);
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<std::uint8_t>(i * 7 + static_cast<std::size_t>(n));
  TRY(db.run("insert into report(n, body) values(?, ?)", n, body));
  TRY(db.run("insert into words(rowid, body) values(?, ?)", n, "山体滑坡 MARKERWORD"));
  TRY(db.run("update head set n = ?", n));
  TRY(db.run("insert into audit values(?, ?)", n, "SECRETMARKER 提交"));
  return tx.commit();
}

/// Counts commits whose success was told to the caller.
Result<> work(CrashDisk& disk, std::int64_t& acknowledged) {
  auto db = TRY(open_sqlite(options(disk)));
  TRY(migrate(*db, kTables));
  TRY(db->exec("pragma wal_autocheckpoint=12"));
  for (std::int64_t n = 1; n <= 10; ++n) {
    // Some do not fit the cache of 20 pages: SQLite then writes to the log before the commit.
    TRY(commit_one(*db, n, n % 4 == 0 ? 90'000 : 3000));
    acknowledged = n;
    if (n == 6) {
      auto given_up = TRY(Transaction::begin(*db));
      TRY(db->run("insert into report(n, body) values(99, zeroblob(200000))"));
      TRY(db->run("update report set body = zeroblob(100)"));
    }
    if (n == 7 || n == 9) {
      // Once in the middle of a log and once from its first frame.
      if (n == 9) TRY(db->exec("pragma wal_checkpoint(restart)"));
      auto tx = TRY(Transaction::begin(*db));
      // Dirties the same pages again after they were spilled: overwritten frames in the log.
      TRY(db->run("update report set body = zeroblob(length(body))"));
      TRY(db->run("update report set body = randomblob(length(body))"));
      TRY(tx.commit());
    }
  }
  return {};
}

/// Checks that the database holds whole commits only, and none is missing.
void check_whole(Database& db, std::int64_t acknowledged) {
  const auto findings = check_pages(db);
  REQUIRE(findings);
  CHECK_MESSAGE(findings->empty(), (findings->empty() ? "" : findings->front()));
  if (number(db, "pragma user_version") < 2) {
    CHECK(acknowledged == 0);
    return;
  }
  const std::int64_t head = number(db, "select n from head");
  CHECK(head >= acknowledged);
  CHECK(head <= acknowledged + 1);
  CHECK(number(db, "select count(*) from report") == head);
  CHECK(number(db, "select count(*) from audit") == head);
  CHECK(number(db, "select count(*) from words where words match '\"山 体\"'") == head);
  CHECK(db.exec("insert into words(words) values('integrity-check')"));
}

Bytes whole_file(std::size_t commits, CrashDisk& disk) {
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::size_t n = 1; n <= commits; ++n) REQUIRE(commit_one(**db, static_cast<std::int64_t>(n)));
  db->reset();
  return disk.file(kPath);
}

std::vector<std::string> findings_of(const CrashDisk::Image& image) {
  CrashDisk disk(image);
  auto db = open_sqlite(options(disk));
  if (!db) return {db.error().code};
  auto found = check_pages(**db);
  REQUIRE(found);
  return *found;
}

bool contains(const Bytes& bytes, std::string_view word) {
  return std::search(bytes.begin(), bytes.end(), word.begin(), word.end()) != bytes.end();
}

}  // namespace

TEST_CASE("a power cut at any operation loses no acknowledged commit and leaves no half transaction") {
  std::uint64_t operations = 0;
  {
    CrashDisk disk;
    std::int64_t acknowledged = 0;
    REQUIRE(work(disk, acknowledged));
    REQUIRE(acknowledged == 10);
    operations = disk.operations();
  }
  REQUIRE(operations > 200);
  std::uint64_t runs = 0;
  for (std::uint64_t k = 1; k <= operations; k += test::slow() ? 5 : 1) {
    CrashDisk disk;
    disk.cut_power_at(k);
    std::int64_t acknowledged = 0;
    // It may end well: closing a database tells nobody of errors.
    (void)work(disk, acknowledged);
    REQUIRE(disk.dead());
    // Nothing un-synced survives; all of it does; and four draws, other ones for every k.
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, 4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3}) {
      CAPTURE(k);
      CAPTURE(seed);
      auto after = disk.clone();
      after->power_on(seed);
      auto db = open_sqlite(options(*after));
      REQUIRE_MESSAGE(db, db.error().what);
      check_whole(**db, acknowledged);
      REQUIRE(migrate(**db, kTables));
      const std::int64_t head = number(**db, "select n from head");
      REQUIRE(commit_one(**db, head + 1));
      db->reset();
      db = open_sqlite(options(*after));
      REQUIRE(db);
      CHECK(number(**db, "select n from head") == head + 1);
      ++runs;
    }
  }
  MESSAGE(operations << " operations, " << runs << " power cuts");
}

TEST_CASE("a power cut during recovery from a power cut loses nothing") {
  CrashDisk disk;
  disk.cut_power_at(170);
  std::int64_t acknowledged = 0;
  (void)work(disk, acknowledged);
  REQUIRE(disk.dead());
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (std::uint64_t k = 1;; ++k) {
      CAPTURE(seed);
      CAPTURE(k);
      auto second = disk.clone();
      second->power_on(seed);
      second->cut_power_at(k);
      {
        auto db = open_sqlite(options(*second));
        if (db) (void)check_pages(**db);
      }
      if (!second->dead()) break;
      second->power_on(seed + k);
      auto db = open_sqlite(options(*second));
      REQUIRE_MESSAGE(db, db.error().what);
      check_whole(**db, acknowledged);
    }
  }
}

TEST_CASE("a log cut or garbled anywhere gives whole older commits or is refused by name") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 30; ++n) REQUIRE(commit_one(**db, n));
  const CrashDisk::Image live = disk.image();
  const Bytes log = live.at(kLog);
  int refused = 0;
  int shorter = 0;
  std::uint64_t random = 12345;
  const auto below = [&](std::size_t n) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(random >> 33) % n;
  };
  for (int trial = 0; trial < 300; ++trial) {
    CAPTURE(trial);
    CrashDisk::Image hurt = live;
    Bytes& w = hurt[kLog];
    const std::size_t at = below(w.size());
    if (trial % 3 == 0) {
      w.resize(at);
    } else {
      const std::size_t end = std::min(w.size(), at + (trial % 3 == 1 ? 1 + below(5000) : 4096));
      for (std::size_t i = at; i < end; ++i) w[i] = trial % 3 == 1 ? static_cast<std::uint8_t>(below(256)) : 0;
    }
    CrashDisk second(hurt);
    auto o = options(second);
    auto opened = open_sqlite(o);
    if (!opened) {
      ++refused;
      CHECK(opened.error().fault == Fault::corrupt);
      CHECK(opened.error().code == "store.log");
      CHECK(second.file(kLog) == w);  // a refused open changes nothing
      o.accept_shorter_log = true;
      opened = open_sqlite(o);
    }
    REQUIRE(opened);
    auto& d = **opened;
    const auto found = check_pages(d);
    REQUIRE(found);
    CHECK(found->empty());
    if (number(d, "pragma user_version") == 2) {
      const std::int64_t head = number(d, "select n from head");
      CHECK(number(d, "select count(*) from report") == head);
      CHECK(number(d, "select count(*) from words where words match 'markerword'") == head);
      shorter += head < 30;
    }
  }
  MESSAGE("300 damaged logs: " << refused << " refused by name, " << shorter << " with fewer commits when accepted");
  CHECK(refused > 50);
}

TEST_CASE("one changed bit in the middle of a log is noticed at open wherever it is") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 3; ++n) REQUIRE(commit_one(**db, n));
  const std::size_t middle = disk.file(kLog).size();
  for (std::int64_t n = 4; n <= 6; ++n) REQUIRE(commit_one(**db, n));
  CrashDisk::Image image = disk.image();
  for (std::size_t at = 0; at < middle; at += at < 32 + 24 ? 1 : 97) {
    CAPTURE(at);
    CrashDisk::Image hurt = image;
    hurt[kLog][at] ^= 0x10;
    CrashDisk second(hurt);
    const auto opened = open_sqlite(options(second));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == "store.log");
  }
}

TEST_CASE("a log damaged under a running program is reported by frame and page") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  REQUIRE(commit_one(**db, 1));
  REQUIRE(check_pages(**db)->empty());
  for (std::int64_t n = 2; n <= 5; ++n) REQUIRE(commit_one(**db, n));
  Bytes log = disk.file(kLog);
  log[32 + 2 * 4120 + 24 + 100] ^= 1;
  disk.put(kLog, log);
  const auto found = check_pages(**db);
  REQUIRE(found);
  REQUIRE_FALSE(found->empty());
  CHECK(found->front().starts_with("frame 3 of the log (page "));
}

TEST_CASE("every changed byte of the main file is found and its page named") {
  CrashDisk disk;
  const Bytes whole = whole_file(6, disk);
  CrashDisk::Image image = disk.image();
  REQUIRE(image.size() == 1);  // a clean close leaves one file: no log, no index, no journal
  REQUIRE(findings_of(image).empty());
  for (std::size_t at = 0; at < whole.size(); at += 509) {
    CAPTURE(at);
    CrashDisk::Image hurt = image;
    hurt[kPath][at] ^= 0x40;
    const auto found = findings_of(hurt);
    REQUIRE_FALSE(found.empty());
    if (at < 4096)
      CHECK(found.front() == "store.page");
    else
      CHECK(found.front() == "page " + std::to_string(at / 4096 + 1) + " is damaged");
  }
}

TEST_CASE("swapped, copied, cut off and older pages are never taken for data") {
  CrashDisk disk;
  const Bytes whole = whole_file(6, disk);
  const CrashDisk::Image image = disk.image();
  const auto page = [](Bytes& b, std::size_t n) { return b.begin() + static_cast<std::ptrdiff_t>((n - 1) * 4096); };
  {
    CrashDisk::Image hurt = image;
    std::swap_ranges(page(hurt[kPath], 4), page(hurt[kPath], 5), page(hurt[kPath], 5));
    const auto found = findings_of(hurt);
    REQUIRE(found.size() >= 2);
    CHECK(found[0] == "page 4 is damaged");
    CHECK(found[1] == "page 5 is damaged");
  }
  {
    CrashDisk::Image hurt = image;
    hurt[kPath].resize(whole.size() - 2 * 4096);
    CHECK_FALSE(findings_of(hurt).empty());
  }
  {
    CrashDisk::Image hurt = image;
    hurt[kPath].resize(whole.size() - 100);
    const auto found = findings_of(hurt);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front() == "page " + std::to_string(whole.size() / 4096) + " is damaged");
  }
  {
    // The same page of another database under the same key, but with its own id.
    CrashDisk other;
    auto o = options(other);
    const std::array<std::uint8_t, 16> other_id = {8};
    o.id = other_id;
    {
      auto db = open_sqlite(o);
      REQUIRE(db);
      REQUIRE(migrate(**db, kTables));
      for (std::int64_t n = 1; n <= 6; ++n) REQUIRE(commit_one(**db, n));
    }
    Bytes theirs = other.file(kPath);
    CrashDisk::Image hurt = image;
    std::copy(page(theirs, 3), page(theirs, 4), page(hurt[kPath], 3));
    const auto found = findings_of(hurt);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front() == "page 3 is damaged");
  }
}

TEST_CASE("no word of a report is in the files, and no file but these two is made") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 20; ++n) REQUIRE(commit_one(**db, n, 100));
  const auto clean = [&] {
    for (const auto& [path, bytes] : disk.image()) {
      CAPTURE(path);
      CHECK((path == kPath || path == kLog));
      CHECK_FALSE(contains(bytes, "SECRETMARKER"));
      CHECK_FALSE(contains(bytes, "MARKERWORD"));
      CHECK_FALSE(contains(bytes, "markerword"));
      CHECK_FALSE(contains(bytes, "山体"));
      CHECK_FALSE(contains(bytes, "create table"));
      CHECK_FALSE(contains(bytes, "SQLite format"));
    }
  };
  clean();
  REQUIRE((*db)->exec("pragma wal_checkpoint(truncate)"));
  clean();
  // Sorting, grouping, savepoints and vacuum want temporary files elsewhere; here memory.
  CHECK(
      (*db)->exec("create table copy as select a.n, b.body, a.what from audit a, report b order by b.body, a.n desc;"
                  "create index copy_at on copy(body, n); vacuum;"
                  "insert into words(words) values('optimize')"));
  clean();
}

TEST_CASE("a wrong key opens nothing and destroys nothing") {
  for (const bool with_log : {false, true}) {
    CAPTURE(with_log);
    CrashDisk disk;
    {
      auto db = open_sqlite(options(disk));
      REQUIRE(db);
      REQUIRE(migrate(**db, kTables));
      REQUIRE(commit_one(**db, 1));
      if (with_log) disk.cut_power_now();
    }
    if (with_log) disk.power_on(0);
    const CrashDisk::Image before = disk.image();
    REQUIRE(before.count(kLog) == (with_log ? 1 : 0));
    auto o = options(disk);
    o.key = kOtherKey;
    const auto opened = open_sqlite(o);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().fault == Fault::corrupt);
    CHECK((opened.error().code == "store.page" || opened.error().code == "store.log"));
    CHECK(disk.image() == before);
    auto right = open_sqlite(options(disk));
    REQUIRE(right);
    CHECK(number(**right, "select n from head") == 1);
  }
}

TEST_CASE("after a failed sync nothing works until the process starts again, and nothing acknowledged is lost") {
  for (std::uint64_t nth = 1; nth <= 12; ++nth) {
    for (const bool cut : {false, true}) {
      CAPTURE(nth);
      CAPTURE(cut);
      CrashDisk disk;
      std::int64_t acknowledged = 0;
      {
        auto db = open_sqlite(options(disk));
        REQUIRE(db);
        REQUIRE(migrate(**db, kTables));
        REQUIRE((*db)->exec("pragma wal_autocheckpoint=8"));
        disk.fail_at(CrashDisk::Op::sync, nth, false);  // only once: trying again would seem to work
        for (std::int64_t n = 1; n <= 20; ++n) {
          const auto done = commit_one(**db, n);
          if (!done) {
            CHECK(done.error().fault == Fault::corrupt);
            break;
          }
          acknowledged = n;
        }
        REQUIRE(acknowledged < 20);
        CHECK_FALSE((*db)->query("select 1"));
        CHECK_FALSE((*db)->exec("create table again(a)"));
        CHECK_FALSE(check_pages(**db));
        if (cut) disk.cut_power_now();
      }
      if (cut) disk.power_on(nth);
      auto db = open_sqlite(options(disk));
      REQUIRE(db);
      check_whole(**db, acknowledged);
    }
  }
}

TEST_CASE("a read or write that fails at any place is an error and never wrong data") {
  for (const auto op : {CrashDisk::Op::write, CrashDisk::Op::read, CrashDisk::Op::truncate}) {
    for (const bool sticky : {false, true}) {
      for (std::uint64_t nth = 1;; ++nth) {
        CAPTURE(static_cast<int>(op));
        CAPTURE(sticky);
        CAPTURE(nth);
        CrashDisk disk;
        disk.fail_at(op, nth, sticky);
        std::int64_t acknowledged = 0;
        (void)work(disk, acknowledged);
        const bool reached = disk.count(op) >= nth;
        disk.no_faults();
        auto db = open_sqlite(options(disk));
        REQUIRE_MESSAGE(db, db.error().what);
        check_whole(**db, acknowledged);
        if (!reached) break;
        if (nth > 60 || test::slow()) nth += 6;
      }
    }
  }
}

TEST_CASE("a full disk is a limit: nothing is lost, and work goes on when there is room") {
  for (std::uint64_t room = 0; room < 60'000; room += 1777) {
    CAPTURE(room);
    CrashDisk disk;
    auto db = open_sqlite(options(disk));
    REQUIRE(db);
    REQUIRE(migrate(**db, kTables));
    REQUIRE((*db)->exec("pragma wal_autocheckpoint=10"));
    disk.set_space(disk.used() + room);
    std::int64_t saved = 0;
    Result<> done;
    while (saved < 100 && (done = commit_one(**db, saved + 1))) ++saved;
    REQUIRE_FALSE(done);
    CHECK(done.error().fault == Fault::full);
    CHECK(number(**db, "select n from head") == saved);  // reading goes on
    CHECK_FALSE((*db)->in_transaction());
    disk.set_space(std::numeric_limits<std::uint64_t>::max());
    REQUIRE(commit_one(**db, ++saved));
    check_whole(**db, saved);
    db->reset();
    db = open_sqlite(options(disk));
    REQUIRE(db);
    check_whole(**db, saved);
  }
}

TEST_CASE("a database can be made and opened with no room for more than itself") {
  CrashDisk disk;
  whole_file(3, disk);
  disk.set_space(disk.used());
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  CHECK(number(**db, "select n from head") == 3);
}

TEST_CASE("a backup of a live database opens with its own key and is equal") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 120; ++n) REQUIRE(commit_one(**db, n));
  const std::array<std::uint8_t, 16> id = {77};
  std::int64_t last = 0;
  bool wrote = false;
  const auto progress = [&](std::int64_t done, std::int64_t total) {
    CHECK(done >= 0);
    CHECK(done <= total);
    last = done;
    // A report arrives in the middle of the backup.
    if (!wrote) REQUIRE(commit_one(**db, 121));
    wrote = true;
    return true;
  };
  REQUIRE(backup_to(**db, "/usb/copy.db", kOtherKey, id, progress));
  CHECK(last > 120);
  CHECK_FALSE(contains(disk.file("/usb/copy.db"), "SECRETMARKER"));
  CHECK_FALSE(disk.exists("/usb/copy.db-wal"));
  const auto again = backup_to(**db, "/usb/copy.db", kOtherKey, id);
  REQUIRE_FALSE(again);
  CHECK(again.error().fault == Fault::conflict);

  auto copy = open_sqlite({.path = "/usb/copy.db", .key = kOtherKey, .id = id, .base_vfs = disk.name()});
  REQUIRE(copy);
  check_whole(**copy, 121);
  for (const char* sql : {"select group_concat(hex(body)) from (select body from report order by id)",
                          "select group_concat(sql) from sqlite_schema"}) {
    auto a = (*db)->query(sql);
    auto b = (*copy)->query(sql);
    REQUIRE(a);
    REQUIRE(b);
    REQUIRE(a->step());
    REQUIRE(b->step());
    const bool equal = a->text(0) == b->text(0);  // not in CHECK: it would print half a megabyte
    CHECK(equal);
  }
  CHECK_FALSE(open_sqlite({.path = "/usb/copy.db", .key = kKey, .id = kId, .base_vfs = disk.name()}));
}

TEST_CASE("a backup that stops or meets a full disk leaves no file") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 120; ++n) REQUIRE(commit_one(**db, n));
  const auto stopped = backup_to(**db, "/usb/copy.db", kOtherKey, kId, [](auto, auto) { return false; });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().fault == Fault::busy);
  CHECK_FALSE(disk.exists("/usb/copy.db"));
  disk.set_space(disk.used() + 100'000);
  const auto full = backup_to(**db, "/usb/copy.db", kOtherKey, kId);
  REQUIRE_FALSE(full);
  CHECK(full.error().fault == Fault::full);
  CHECK_FALSE(disk.exists("/usb/copy.db"));
  check_whole(**db, 120);
}

TEST_CASE("a backup cut off by the power is never taken for a whole one") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  for (std::int64_t n = 1; n <= 10; ++n) REQUIRE(commit_one(**db, n));
  db->reset();
  const CrashDisk::Image image = disk.image();
  for (std::uint64_t k = 1;; ++k) {
    CrashDisk second(image);
    {
      auto source = open_sqlite(options(second));
      REQUIRE(source);
      second.cut_power_at(k);
      (void)backup_to(**source, "/usb/copy.db", kOtherKey, kId);
      if (!second.dead()) break;
    }
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      CAPTURE(k);
      CAPTURE(seed);
      auto after = second.clone();
      after->power_on(seed);
      auto copy = open_sqlite({.path = "/usb/copy.db", .key = kOtherKey, .id = kId, .base_vfs = after->name()});
      if (!copy) continue;
      const auto found = check_pages(**copy);
      REQUIRE(found);
      if (found->empty()) check_whole(**copy, 10);
    }
  }
}

TEST_CASE("statements that would write plain files are refused") {
  CrashDisk disk;
  auto db = open_sqlite(options(disk));
  REQUIRE(db);
  REQUIRE(migrate(**db, kTables));
  CHECK_FALSE((*db)->exec("vacuum into '/home/plain.db'"));
  (void)(*db)->exec("pragma journal_mode=delete");
  CHECK_FALSE((*db)->exec("attach '/home/other.db' as other"));
  CHECK_FALSE(disk.exists("/home/other.db"));
  CHECK_FALSE(disk.exists("/home/plain.db"));
  for (const auto& [path, bytes] : disk.image()) {
    CAPTURE(path);
    CHECK_FALSE(contains(bytes, "SQLite format"));
    CHECK_FALSE(path.ends_with("-journal"));
    CHECK_FALSE(path.ends_with("-shm"));
  }
  REQUIRE(commit_one(**db, 1));
}

namespace {

/// One file of a page VFS, without SQLite above it.
class RawFile {
 public:
  RawFile(const CrashDisk& disk, const std::string& path, int kind) {
    auto* base = sqlite3_vfs_find(disk.name().c_str());
    REQUIRE(register_page_vfs("raw-test", kKey, kId, base));
    vfs_ = sqlite3_vfs_find("raw-test");
    memory_.resize(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | kind;
    REQUIRE(vfs_->xOpen(vfs_, path.c_str(), file(), flags, nullptr) == SQLITE_OK);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    file()->pMethods->xClose(file());
    unregister_page_vfs("raw-test");
  }
  int write(const Bytes& b, sqlite3_int64 at) {
    return file()->pMethods->xWrite(file(), b.data(), static_cast<int>(b.size()), at);
  }
  int read(Bytes& b, sqlite3_int64 at) {
    return file()->pMethods->xRead(file(), b.data(), static_cast<int>(b.size()), at);
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  sqlite3_vfs* vfs_ = nullptr;
  std::vector<std::max_align_t> memory_;
};

}  // namespace

TEST_CASE("a frame of the log is bound to its place, its commit mark and its log, and shows no checksum") {
  constexpr std::size_t kFrame = 4120;
  CrashDisk disk;
  Bytes log_header(32, 0xAA);
  Bytes frame_header(24);
  frame_header[3] = 5;  // page 5, no commit mark
  std::fill(frame_header.begin() + 8, frame_header.begin() + 16, 0xAA);
  const Bytes sum = {1, 2, 3, 4, 5, 6, 7, 8};
  std::copy(sum.begin(), sum.end(), frame_header.begin() + 16);
  Bytes page(4096);
  {
    RawFile log(disk, "/r-wal", SQLITE_OPEN_WAL);
    REQUIRE(log.write(log_header, 0) == SQLITE_OK);
    for (std::uint8_t n = 1; n <= 2; ++n) {
      page[0] = n;
      REQUIRE(log.write(frame_header, 32 + (n - 1) * 4120) == SQLITE_OK);
      REQUIRE(log.write(page, 32 + (n - 1) * 4120 + 24) == SQLITE_OK);
    }
  }
  const Bytes whole = disk.file("/r-wal");
  REQUIRE(whole.size() == 32 + 2 * kFrame);
  CHECK_FALSE(std::equal(sum.begin(), sum.end(), whole.begin() + 32 + 16));
  CHECK_FALSE(std::equal(whole.begin() + 32 + 16, whole.begin() + 32 + 24, whole.begin() + 32 + 4120 + 16));

  // What recovery sees of frame 1, and what an ordinary read of its page says.
  const auto see = [&](const Bytes& bytes) {
    disk.put("/r-wal", bytes);
    RawFile log(disk, "/r-wal", SQLITE_OPEN_WAL);
    Bytes header(32);
    Bytes frame(kFrame);
    Bytes content(4096);
    REQUIRE(log.read(header, 0) == SQLITE_OK);
    REQUIRE(log.read(frame, 32) == SQLITE_OK);
    const bool zeros = std::all_of(frame.begin(), frame.end(), [](auto b) { return b == 0; });
    CHECK((log.read(content, 32 + 24) == SQLITE_OK) != zeros);
    return frame;
  };
  const Bytes nothing(kFrame);
  const Bytes good = see(whole);
  CHECK(std::equal(frame_header.begin(), frame_header.end(), good.begin()));
  CHECK(good[24] == 1);

  Bytes swapped = whole;
  std::swap_ranges(swapped.begin() + 32, swapped.begin() + 32 + 4120, swapped.begin() + 32 + 4120);
  CHECK(see(swapped) == nothing);
  for (const std::size_t at : {std::size_t{3}, std::size_t{7}, std::size_t{24}, kFrame - 1}) {
    CAPTURE(at);
    Bytes hurt = whole;
    hurt[32 + at] ^= 1;  // page number, commit mark, content, tag
    CHECK(see(hurt) == nothing);
  }
  Bytes later = whole;
  later[16] ^= 1;  // the log starts again with other salts: this frame is an old one
  CHECK(see(later) == nothing);
}

TEST_CASE("a piece of a page is an error, and only what was never written reads as nothing") {
  CrashDisk disk;
  Bytes page(4096);
  {
    RawFile main(disk, "/r", SQLITE_OPEN_MAIN_DB);
    REQUIRE(main.write(page, 0) == SQLITE_OK);
    REQUIRE(main.write(page, 4096) == SQLITE_OK);
  }
  Bytes cut = disk.file("/r");
  cut.resize(4096 + 1000);
  disk.put("/r", cut);
  RawFile main(disk, "/r", SQLITE_OPEN_MAIN_DB);
  CHECK(main.read(page, 0) == SQLITE_OK);
  CHECK(main.read(page, 4096) == SQLITE_IOERR_DATA);
  CHECK(main.read(page, 8192) == SQLITE_IOERR_SHORT_READ);
}

TEST_CASE("an access of a shape we do not know is refused") {
  CrashDisk disk;
  REQUIRE(register_page_vfs("shape-test", kKey, kId, disk.vfs()));
  CHECK_FALSE(register_page_vfs("shape-test", kKey, kId, disk.vfs()));
  sqlite3_vfs* vfs = sqlite3_vfs_find("shape-test");
  REQUIRE(vfs != nullptr);
  std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  auto* f = reinterpret_cast<sqlite3_file*>(memory.data());
  const int rw = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  for (const int kind : {SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_TEMP_DB, SQLITE_OPEN_TEMP_JOURNAL,
                         SQLITE_OPEN_TRANSIENT_DB, SQLITE_OPEN_SUBJOURNAL, SQLITE_OPEN_SUPER_JOURNAL})
    CHECK(vfs->xOpen(vfs, "/x", f, rw | kind, nullptr) == SQLITE_CANTOPEN);
  Bytes page(4096);
  REQUIRE(vfs->xOpen(vfs, "/x", f, rw | SQLITE_OPEN_MAIN_DB, nullptr) == SQLITE_OK);
  CHECK(f->pMethods->iVersion == 1);
  CHECK(f->pMethods->xWrite(f, page.data(), 4096, 0) == SQLITE_OK);
  CHECK(f->pMethods->xWrite(f, page.data(), 100, 0) != SQLITE_OK);
  CHECK(f->pMethods->xWrite(f, page.data(), 4096, 100) != SQLITE_OK);
  CHECK(f->pMethods->xRead(f, page.data(), 4096, 100) != SQLITE_OK);
  page[4090] = 1;  // something in the reserved bytes
  CHECK(f->pMethods->xWrite(f, page.data(), 4096, 0) != SQLITE_OK);
  f->pMethods->xClose(f);
  REQUIRE(vfs->xOpen(vfs, "/x-wal", f, rw | SQLITE_OPEN_WAL, nullptr) == SQLITE_OK);
  CHECK(f->pMethods->xWrite(f, page.data(), 16, 0) != SQLITE_OK);
  CHECK(f->pMethods->xWrite(f, page.data(), 4096, 32) != SQLITE_OK);
  CHECK(f->pMethods->xWrite(f, page.data(), 4120, 32) != SQLITE_OK);
  CHECK(f->pMethods->xRead(f, page.data(), 512, 32 + 24) != SQLITE_OK);
  f->pMethods->xClose(f);
  unregister_page_vfs("shape-test");
  CHECK(sqlite3_vfs_find("shape-test") == nullptr);
}

TEST_CASE("two databases with different keys live in one process, and one file has one owner") {
  CrashDisk disk;
  auto one = open_sqlite(options(disk));
  auto two =
      open_sqlite({.path = "/home/two.db", .key = kOtherKey, .id = kId, .create = true, .base_vfs = disk.name()});
  REQUIRE(one);
  REQUIRE(two);
  REQUIRE(migrate(**one, kTables));
  REQUIRE(migrate(**two, kTables));
  REQUIRE(commit_one(**one, 1));
  REQUIRE(commit_one(**two, 1));
  const auto again = open_sqlite(options(disk));
  REQUIRE_FALSE(again);
  CHECK(again.error().fault == Fault::busy);
}

}  // namespace yz::node
