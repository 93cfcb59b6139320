#include "node/store/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <filesystem>
#include <map>

#include "crypto/plant.h"
#include "node/store/page_vfs.h"
#include "node/store/tokenizer.h"

namespace yz::node {
namespace {

constexpr std::size_t kStatementsMax = 256;      // idle prepared statements kept; our SQL has fewer texts
constexpr std::int64_t kLogBytesMax = 16 << 20;  // a log swollen by one large import shrinks to this again
constexpr int kBackupStepPages = 64;             // 256 KiB between two calls of the progress callback
constexpr std::size_t kFindingsMax = 1000;       // sentences from check_pages; a lost disk needs no more

bool disk_full(int error) { return error == ENOSPC || error == EDQUOT; }

Error error_of(sqlite3* db, const std::string& vfs) {
  const int code = sqlite3_extended_errcode(db);
  const std::string what = std::string("database: ") + sqlite3_errmsg(db);
  switch (code) {
    case SQLITE_IOERR_NOMEM:
      return {Fault::full, what, "store.memory"};
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
      if (disk_full(sqlite3_system_errno(db))) return {Fault::full, "the disk is full", "store.full"};
      break;
    case SQLITE_IOERR_DATA:
      return {Fault::corrupt, "a page of the database does not open: it was changed, or the key is another",
              "store.page"};
    default:
      break;
  }
  if (page_vfs_failed(vfs))
    return {Fault::corrupt, "the disk could not save; restart to read what it really holds", "store.fsync"};
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Fault::full, "the disk is full", "store.full"};
    case SQLITE_READONLY:
      return {Fault::full, "the database cannot be written", "store.readonly"};
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return {Fault::full, what, "store.memory"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Fault::busy, "another process or statement holds the database", "store.busy"};
    case SQLITE_CONSTRAINT:
      return {Fault::conflict, what, "store.constraint"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {Fault::missing, what, "store.open"};
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ABORT:
    case SQLITE_AUTH:
      return {Fault::invalid, what, "store.sql"};
    default:
      return {Fault::corrupt, what, "store.io"};  // CORRUPT, NOTADB, every other IOERR
  }
}

struct CloseDb {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

/// A page VFS that lives as long as the one database opened through it.
class OwnVfs {
 public:
  static Result<std::unique_ptr<OwnVfs>> make(std::span<const std::uint8_t, 32> key,
                                              std::span<const std::uint8_t, 16> id, const std::string& base) {
    static std::atomic<std::uint64_t> next = 1;
    sqlite3_vfs* below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
    if (below == nullptr) return fail(Fault::missing, "no VFS called " + base);
    auto own = std::unique_ptr<OwnVfs>(new OwnVfs("yz-page-" + std::to_string(next++)));
    TRY(register_page_vfs(own->name_, key, id, below));
    return own;
  }
  OwnVfs(const OwnVfs&) = delete;
  OwnVfs& operator=(const OwnVfs&) = delete;
  ~OwnVfs() { unregister_page_vfs(name_); }
  const std::string& name() const { return name_; }

 private:
  explicit OwnVfs(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

sqlite3_file* file_of(sqlite3* db, int which) {
  sqlite3_file* f = nullptr;
  sqlite3_file_control(db, "main", which, &f);
  return f != nullptr && f->pMethods != nullptr ? f : nullptr;
}

class SqliteDatabase;

struct Prepared {
  Statement statement;
  bool in_use = false;
};

class SqliteCursor final : public Cursor {
 public:
  SqliteCursor(SqliteDatabase& db, sqlite3_stmt* s, Prepared* from, Statement own)
      : db_(db), s_(s), from_(from), own_(std::move(own)) {}
  ~SqliteCursor() override;

  void bind_integer(int p, std::int64_t v) override { bound(p, sqlite3_bind_int64(s_, p + 1, v)); }
  void bind_text(int p, std::string_view v) override {
    // A null pointer would bind null instead of an empty text; the same for blobs.
    bound(p, sqlite3_bind_text64(s_, p + 1, v.data() ? v.data() : "", v.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_blob(int p, ByteView v) override {
    bound(p, sqlite3_bind_blob64(s_, p + 1, v.empty() ? static_cast<const void*>("") : v.data(), v.size(),
                                 SQLITE_TRANSIENT));
  }
  void bind_null(int p) override { bound(p, sqlite3_bind_null(s_, p + 1)); }
  Result<bool> step() override;
  std::int64_t integer(int c) override { return row_ ? sqlite3_column_int64(s_, c) : 0; }
  std::string_view text(int c) override {
    if (!row_) return {};
    const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(s_, c));
    return p == nullptr ? std::string_view{} : std::string_view(p, size(c));
  }
  ByteView blob(int c) override {
    if (!row_) return {};
    const auto* p = static_cast<const std::uint8_t*>(sqlite3_column_blob(s_, c));
    return p == nullptr ? ByteView{} : ByteView(p, size(c));
  }
  bool null(int c) override { return !row_ || sqlite3_column_type(s_, c) == SQLITE_NULL; }

 private:
  void bound(int position, int rc) {
    if (rc != SQLITE_OK) bad_bind_ = true;
    if (position >= count_) count_ = position + 1;
  }
  std::size_t size(int c) { return static_cast<std::size_t>(sqlite3_column_bytes(s_, c)); }

  SqliteDatabase& db_;
  sqlite3_stmt* s_;
  Prepared* from_;  // null when the cached statement was already running
  Statement own_;
  int count_ = 0;
  bool bad_bind_ = false;
  bool row_ = false;
  bool ended_ = false;
};

class SqliteDatabase final : public Database {
 public:
  static Result<std::unique_ptr<SqliteDatabase>> open(const SqliteOptions& o);
  ~SqliteDatabase() override {
    assert(cursors_ == 0);
    prepared_.clear();
    if (db_ && page_vfs_failed(vfs_->name())) keep_log(true);
    db_.reset();
  }

  Result<> exec(std::string_view sql) override {
    TRY(alive());
    if (sqlite3_exec(db_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
    return {};
  }
  using Database::query;
  Result<Query> query(std::string_view sql) override {
    TRY(alive());
    auto at = prepared_.find(sql);
    if (at == prepared_.end()) {
      Statement s = TRY(prepare(sql));
      if (prepared_.size() >= kStatementsMax) std::erase_if(prepared_, [](const auto& p) { return !p.second.in_use; });
      at = prepared_.emplace(std::string(sql), Prepared{std::move(s)}).first;
    }
    ++cursors_;
    if (!at->second.in_use) {
      at->second.in_use = true;
      return Query(std::make_unique<SqliteCursor>(*this, at->second.statement.get(), &at->second, nullptr));
    }
    auto again = prepare(sql);
    if (!again) {
      --cursors_;
      return std::unexpected(std::move(again).error());
    }
    sqlite3_stmt* s = again->get();
    return Query(std::make_unique<SqliteCursor>(*this, s, nullptr, std::move(*again)));
  }
  std::int64_t changes() override { return sqlite3_changes64(db_.get()); }
  bool in_transaction() override { return sqlite3_get_autocommit(db_.get()) == 0; }
  Result<std::int64_t> schema_version() override {
    Query q = TRY(query("pragma user_version"));
    if (!TRY(q.step())) return fail(Fault::corrupt, "the database gives no version", "store.version");
    return q.integer(0);
  }
  Result<> set_schema_version(std::int64_t v) override { return exec("pragma user_version = " + std::to_string(v)); }

  std::unexpected<Error> error() const { return std::unexpected(error_of(db_.get(), vfs_->name())); }
  bool failed() const override { return page_vfs_failed(vfs_->name()); }
  /// After a failed fsync not even a page in the cache is worth believing.
  Result<> alive() const {
    if (page_vfs_failed(vfs_->name()))
      return fail(Fault::corrupt, "the disk could not save; restart to read what it really holds", "store.fsync");
    return {};
  }
  sqlite3* raw() { return db_.get(); }
  void tell_changes(std::function<void(std::string_view, std::int64_t)> told) {
    told_ = std::move(told);
    sqlite3_update_hook(
        db_.get(),
        [](void* self, int, const char*, const char* table, sqlite3_int64 row) {
          static_cast<SqliteDatabase*>(self)->told_(table, row);
        },
        this);
  }
  const std::string& base_vfs() const { return base_vfs_; }
  void cursor_ended() { --cursors_; }

 private:
  SqliteDatabase() = default;
  Result<Statement> prepare(std::string_view sql) {
    sqlite3_stmt* s = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &s, &tail) !=
        SQLITE_OK)
      return error();
    Statement statement(s);
    const auto rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
    if (!statement || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos)
      return fail(Fault::invalid, "a query is exactly one statement", "store.sql");
    return statement;
  }
  Result<> set_up(const SqliteOptions& o, bool fresh);
  /// While set, closing neither checkpoints nor deletes the log.
  void keep_log(bool keep) { sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr); }

  std::string base_vfs_;
  std::function<void(std::string_view table, std::int64_t row)> told_;
  std::unique_ptr<OwnVfs> vfs_;  // outlives db_
  std::unique_ptr<sqlite3, CloseDb> db_;
  std::map<std::string, Prepared, std::less<>> prepared_;  // nodes stay in place: cursors point into it
  int cursors_ = 0;
};

SqliteCursor::~SqliteCursor() {
  sqlite3_reset(s_);
  sqlite3_clear_bindings(s_);
  if (from_ != nullptr) from_->in_use = false;
  db_.cursor_ended();
}

thread_local std::uint64_t rows_given = 0;

Result<bool> SqliteCursor::step() {
  if (ended_) return false;
  TRY(db_.alive());
  if (bad_bind_ || count_ != sqlite3_bind_parameter_count(s_)) {
    ended_ = true;
    return fail(Fault::invalid, "the values do not fit the statement's question marks", "store.bind");
  }
  const int rc = sqlite3_step(s_);
  row_ = rc == SQLITE_ROW;
  if (row_) {
    ++rows_given;
    return true;
  }
  ended_ = true;
  if (rc == SQLITE_DONE) {
    sqlite3_reset(s_);  // ends its read of the database now, not when the Query goes
    return false;
  }
  const auto failed = db_.error();  // before the reset, which may replace the message
  sqlite3_reset(s_);
  return failed;
}

/// The first steps are the same for a database and for a backup's target.
Result<std::unique_ptr<sqlite3, CloseDb>> open_file(const std::string& path, bool create, const std::string& vfs) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE |
                    (create ? SQLITE_OPEN_CREATE : 0);
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.c_str());
  std::unique_ptr<sqlite3, CloseDb> db(raw);
  if (!db) return fail(Fault::full, "no memory for the database", "store.memory");
  // Until the open has succeeded the log is sacred: with a wrong key its frames all look
  // torn, SQLite takes it for empty, and closing would delete it.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (rc != SQLITE_OK) return std::unexpected(error_of(raw, vfs));
  int reserve = kPageReserve;
  sqlite3_file_control(raw, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  // Exclusive comes before anything that touches the file, so that WAL's index is made on the
  // heap: no -shm file with page numbers and checksums in the clear, none to fail on a full disk.
  if (sqlite3_exec(raw,
                   "pragma locking_mode=exclusive; pragma page_size=4096; pragma temp_store=memory;"
                   "pragma synchronous=full",
                   nullptr, nullptr, nullptr) != SQLITE_OK)
    return std::unexpected(error_of(raw, vfs));
  return db;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const SqliteOptions& o) {
  auto self = std::unique_ptr<SqliteDatabase>(new SqliteDatabase);
  self->base_vfs_ = o.base_vfs;
  self->vfs_ = TRY(OwnVfs::make(o.key, o.id, o.base_vfs));
  const std::string& vfs = self->vfs_->name();

  const PageFiles files = TRY(look_at_files(vfs, o.path));
  bool fresh = files.main_bytes == 0;
  if (fresh && files.log_bytes > 0)
    return fail(Fault::corrupt, "the database file is empty but its log is not", "store.page");
  if (fresh && !o.create) return fail(Fault::missing, "there is no database file", "store.open");
  if (!fresh && !files.first_page_good && files.log_bytes == 0) {
    // The first page is synced before the log is made. So one bad page without a log is a
    // file whose making was cut off: nothing was ever acknowledged in it.
    if (!o.create || files.main_bytes > kPageBytes)
      return fail(Fault::corrupt, "page 1 of the database does not open: it was changed, or the key is another",
                  "store.page");
    TRY(empty_unfinished_file(vfs, o.path));
    fresh = true;
  }

  self->db_ = TRY(open_file(o.path, fresh, vfs));
  TRY(self->set_up(o, fresh));
  self->keep_log(false);
  return self;
}

Result<> SqliteDatabase::set_up(const SqliteOptions& o, bool fresh) {
  // Only a new file: there SQLite would want a rollback journal to switch WAL on, and the
  // page VFS refuses journals. On an existing file this would try to leave WAL.
  if (fresh) TRY(exec("pragma journal_mode=memory"));
  {
    Query mode = TRY(query("pragma journal_mode=wal"));
    if (!TRY(mode.step()) || mode.text(0) != "wal")
      return fail(Fault::corrupt, "the database cannot keep a write-ahead log", "store.io");
  }
  TRY(register_tokenizer(db_.get()));
  TRY(exec("select count(*) from sqlite_schema"));  // recovers the log and reads page 1, or fails

  bool saved = true;
  if (sqlite3_file* log = file_of(db_.get(), SQLITE_FCNTL_JOURNAL_POINTER); log != nullptr && !fresh) {
    const std::uint32_t frame = TRY(recovery_stopped_early(log));
    if (frame != 0 && !o.accept_shorter_log)
      return fail(Fault::corrupt,
                  "the log is damaged at frame " + std::to_string(frame) + " and saved work behind it would be lost",
                  "store.log");
    saved = TRY(save_log_again(log));
  }
  if (planted(Bug::commit_not_synced)) TRY(exec("pragma synchronous=normal"));
  TRY(exec("pragma cache_size=-" + std::to_string(o.cache_kib) +
           "; pragma foreign_keys=on; pragma trusted_schema=off; pragma cell_size_check=on;"
           "pragma wal_autocheckpoint=1000; pragma journal_size_limit=" +
           std::to_string(kLogBytesMax)));
  // Another file attached here would be opened with this database's key, and a transaction
  // over two files is not whole after a power cut. VACUUM attaches a nameless one to itself.
  sqlite3_set_authorizer(
      db_.get(),
      [](void*, int action, const char* file, const char*, const char*, const char*) {
        return action == SQLITE_ATTACH && (file == nullptr || *file != 0) ? SQLITE_DENY : SQLITE_OK;
      },
      nullptr);
  // A double-quoted word that is no column is a typing error, not a text; and no SQL may
  // edit the schema table or FTS5's own tables.
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Empty the log before anything is added: a commit torn by this start's predecessor must not lie behind one torn
  // by the next, where the two together would look like lost work. On a full disk it stays as it is.
  if (!fresh && saved) sqlite3_wal_checkpoint_v2(db_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  return {};
}

/// Makes a new file's name durable. A failure is the caller's to report.
bool sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

Result<> copy_pages(sqlite3* from, sqlite3* to, const std::string& from_vfs, const std::string& to_vfs,
                    const BackupProgress& progress) {
  struct Finish {
    void operator()(sqlite3_backup* b) const { sqlite3_backup_finish(b); }
  };
  std::unique_ptr<sqlite3_backup, Finish> backup(sqlite3_backup_init(to, "main", from, "main"));
  if (!backup) return std::unexpected(error_of(to, to_vfs));
  for (;;) {
    const int rc = sqlite3_backup_step(backup.get(), kBackupStepPages);
    if (rc != SQLITE_OK && rc != SQLITE_DONE) {
      (void)sqlite3_backup_finish(backup.release());  // puts the error into `to`
      Error e = error_of(to, to_vfs);
      if (page_vfs_failed(from_vfs)) e = {Fault::corrupt, "the disk could not save", "store.fsync"};
      return std::unexpected(std::move(e));
    }
    const std::int64_t total = sqlite3_backup_pagecount(backup.get());
    if (progress && !progress(total - sqlite3_backup_remaining(backup.get()), total))
      return fail(Fault::busy, "the backup was stopped", "store.stopped");
    if (rc == SQLITE_DONE) break;
  }
  if (sqlite3_backup_finish(backup.release()) != SQLITE_OK) return std::unexpected(error_of(to, to_vfs));
  return {};
}

}  // namespace

std::uint64_t rows_read() { return rows_given; }

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& o) {
  std::unique_ptr<Database> db = TRY(SqliteDatabase::open(o));
  return db;
}

void on_change(Database& db, std::function<void(std::string_view table, std::int64_t row)> told) {
  dynamic_cast<SqliteDatabase&>(db).tell_changes(std::move(told));
}

Result<> backup_to(Database& from, const std::string& path, std::span<const std::uint8_t, 32> key,
                   std::span<const std::uint8_t, 16> id, const BackupProgress& progress) {
  auto& source = dynamic_cast<SqliteDatabase&>(from);
  TRY(source.alive());
  if (source.in_transaction()) return fail(Fault::busy, "no backup inside a transaction", "store.nested");
  auto vfs = TRY(OwnVfs::make(key, id, source.base_vfs()));
  const PageFiles files = TRY(look_at_files(vfs->name(), path));
  if (files.main_bytes > 0 || files.log_bytes > 0)
    return fail(Fault::conflict, "the backup's file exists already", "store.exists");

  auto copied = [&]() -> Result<> {
    auto target = TRY(open_file(path, true, vfs->name()));
    // Nobody reads the target before it is whole, so it needs no journal on the disk. The
    // one commit at the end syncs it.
    if (sqlite3_exec(target.get(), "pragma journal_mode=memory", nullptr, nullptr, nullptr) != SQLITE_OK)
      return std::unexpected(error_of(target.get(), vfs->name()));
    return copy_pages(source.raw(), target.get(), "", vfs->name(), progress);
  }();
  if (copied && source.base_vfs().empty() && !sync_folder_of(path))
    copied = fail(Fault::full, "the folder of the backup could not be saved", "store.io");
  if (!copied) (void)remove_main_file(vfs->name(), path);  // best effort: a part is no backup and will not open
  return copied;
}

Result<std::vector<std::string>> check_pages(Database& database) {
  auto& db = dynamic_cast<SqliteDatabase&>(database);
  TRY(db.alive());
  if (db.in_transaction()) return fail(Fault::busy, "no check inside a transaction", "store.nested");
  std::vector<std::string> found;
  const auto add = [&](std::string sentence) {
    if (found.size() < kFindingsMax) found.push_back(std::move(sentence));
  };

  sqlite3_file* log = file_of(db.raw(), SQLITE_FCNTL_JOURNAL_POINTER);
  sqlite3_file* main = file_of(db.raw(), SQLITE_FCNTL_FILE_POINTER);
  if (main == nullptr) return fail(Fault::corrupt, "the database has no file", "store.io");
  if (log != nullptr)
    for (const LogDamage& d : TRY(damaged_frames(log)))
      add("frame " + std::to_string(d.frame) + " of the log (page " + std::to_string(d.page) + ") is damaged");

  // A power cut during a checkpoint leaves torn pages in the main file that the log still
  // holds whole; this heals them, so that only real damage is reported. It fails on a full
  // disk or a damaged log, and then the pages below are named all the same.
  if (found.empty()) sqlite3_wal_checkpoint_v2(db.raw(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);

  std::int64_t pages = 0;
  if (auto count = db.query("pragma page_count")) {
    if (auto row = count->step(); row && *row) pages = count->integer(0);
  }
  for (const std::uint32_t page : TRY(damaged_pages(main))) add("page " + std::to_string(page) + " is damaged");
  sqlite3_int64 bytes = 0;
  if (main->pMethods->xFileSize(main, &bytes) != SQLITE_OK)
    return fail(Fault::corrupt, "cannot read the size", "store.io");
  sqlite3_int64 log_bytes = 0;
  if (log != nullptr && log->pMethods->xFileSize(log, &log_bytes) != SQLITE_OK)
    return fail(Fault::corrupt, "cannot read the size", "store.io");
  if (log_bytes == 0)
    for (std::int64_t page = (bytes + kPageBytes - 1) / kPageBytes + 1; page <= pages && found.size() < kFindingsMax;
         ++page)
      add("page " + std::to_string(page) + " is missing");

  auto q = db.query("pragma integrity_check");
  if (!q) {
    add("structure: " + q.error().what);
    return found;
  }
  for (;;) {
    auto row = q->step();
    if (!row) add("structure: " + row.error().what);
    if (!row || !*row) break;
    if (const std::string line = q->text(0); line != "ok") add("structure: " + line);
  }
  return found;
}

Result<std::uint64_t> free_bytes(const std::string& path) {
  std::error_code ignored;
  std::filesystem::path at = std::filesystem::absolute(path, ignored);
  while (!std::filesystem::exists(at, ignored) && at.has_relative_path()) at = at.parent_path();
  struct statvfs disk {};
  if (::statvfs(at.c_str(), &disk) != 0) return fail(Fault::missing, "cannot ask the disk for its free space");
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace yz::node
