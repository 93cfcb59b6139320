#pragma once
// One thin interface over the database, so that office and store code knows no SQLite and
// a second engine can stand beside it. Not thread-safe: a Database and its Queries belong
// to one thread at a time.
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"

namespace yz::node {

/// What an engine implements for one running statement. Positions and columns count from 0.
/// An engine remembers a failed bind and reports it from step().
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void bind_integer(int position, std::int64_t) = 0;
  virtual void bind_text(int position, std::string_view) = 0;
  virtual void bind_blob(int position, ByteView) = 0;
  virtual void bind_null(int position) = 0;
  virtual Result<bool> step() = 0;
  virtual std::int64_t integer(int col) = 0;
  virtual std::string_view text(int col) = 0;
  virtual ByteView blob(int col) = 0;
  virtual bool null(int col) = 0;
};

/// One run of one statement. Values are bound from left to right, one for each `?`:
///
///   Query q = TRY(db.query("select id, title from report where office = ? and day > ?", office, day));
///   while (TRY(q.step())) {
///     const CaseId id = TRY(q.id<CaseId>(0));
///     …
///
/// Bound values are copied. A value that cannot be bound, or a wrong count of them, comes
/// out of step() or run(). Must end before its Database.
class Query {
 public:
  explicit Query(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  template <class T>
  Query& bind(T&& value) & {
    put(std::forward<T>(value));
    return *this;
  }
  template <class T>
  Query&& bind(T&& value) && {
    put(std::forward<T>(value));
    return std::move(*this);
  }
  Query& bind_null() & { return cursor_->bind_null(next_++), *this; }
  Query&& bind_null() && { return cursor_->bind_null(next_++), std::move(*this); }

  /// True: a row is ready. False: the end; it stays false.
  Result<bool> step() {
    if (too_large_) return fail(Fault::invalid, "a number is too large for the database", "store.bind");
    return cursor_->step();
  }
  /// To the end; rows are thrown away.
  Result<> run() {
    while (TRY(step())) {
    }
    return {};
  }

  // Columns of the current row, from 0. Only after step() gave true; null reads as 0 or empty.
  std::int64_t integer(int col) { return cursor_->integer(col); }
  std::string text(int col) { return std::string(cursor_->text(col)); }
  Bytes blob(int col) {
    const ByteView b = cursor_->blob(col);
    return Bytes(b.begin(), b.end());
  }
  bool null(int col) { return cursor_->null(col); }
  /// Fault::corrupt unless the column holds exactly F::kSize bytes: never a made-up id.
  template <class F>
  Result<F> id(int col) {
    auto f = F::from(cursor_->blob(col));
    if (!f) return fail(Fault::corrupt, "an id in the database has a wrong length", "store.id");
    return *f;
  }

 private:
  void put(std::string_view v) { cursor_->bind_text(next_++, v); }
  void put(ByteView v) { cursor_->bind_blob(next_++, v); }
  template <std::integral I>
  void put(I v) {
    if (!std::in_range<std::int64_t>(v)) too_large_ = true;
    cursor_->bind_integer(next_++, static_cast<std::int64_t>(v));
  }
  template <std::size_t N, class Tag>
  void put(const Fixed<N, Tag>& f) {
    put(f.view());
  }
  /// Nothing is null.
  template <class T>
  void put(const std::optional<T>& v) {
    if (v)
      put(*v);
    else
      cursor_->bind_null(next_++);
  }

  std::unique_ptr<Cursor> cursor_;
  int next_ = 0;
  bool too_large_ = false;
};

/// Faults of every call: full (disk full or not writable), busy (another process holds
/// it), conflict (a constraint), corrupt (the disk, or an fsync failed: stop the process),
/// invalid (the SQL itself). After a failed fsync every call is corrupt, for ever.
class Database {
 public:
  virtual ~Database() = default;
  /// The disk could not save something once: nothing is read or written any more. Any thread.
  virtual bool failed() const { return false; }
  /// One or more statements, without values or rows.
  virtual Result<> exec(std::string_view sql) = 0;
  /// One statement; prepared once for each distinct text, so keep values out of the text.
  virtual Result<Query> query(std::string_view sql) = 0;
  /// The same with its values bound: `Query q = TRY(db.query("select … where office = ?", office));`
  template <class... V>
  requires(sizeof...(V) > 0) Result<Query> query(std::string_view sql, const V&... values) {
    Query q = TRY(query(sql));
    (q.bind(values), ...);
    return q;
  }
  /// One statement to its end, no rows wanted: `TRY(db.run("delete from t where id = ?", id));`
  template <class... V>
  Result<> run(std::string_view sql, const V&... values) {
    Query q = TRY(query(sql));
    (q.bind(values), ...);
    return q.run();
  }
  /// Rows that the last insert, update or delete changed.
  virtual std::int64_t changes() = 0;
  virtual bool in_transaction() = 0;
  /// Number of the last migration; 0 when fresh. Part of the running transaction.
  virtual Result<std::int64_t> schema_version() = 0;
  virtual Result<> set_schema_version(std::int64_t) = 0;
};

/// All or nothing. Holds the write lock from the beginning; rolls back unless commit()
/// succeeded. When commit() returns a value, the changes are on the disk.
class Transaction {
 public:
  /// Fault::conflict, code "store.nested", inside another transaction.
  static Result<Transaction> begin(Database& db) {
    if (db.in_transaction()) return fail(Fault::conflict, "a transaction is already running", "store.nested");
    TRY(db.exec("begin immediate"));
    return Transaction(db);
  }
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() { roll_back(); }

  /// After a failure nothing of the transaction remains.
  Result<> commit() {
    if (db_ == nullptr) return fail(Fault::conflict, "the transaction has ended", "store.nested");
    auto done = db_->exec("commit");
    if (done)
      db_ = nullptr;
    else
      roll_back();
    return done;
  }

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  void roll_back() noexcept {
    Database* db = std::exchange(db_, nullptr);
    // Ignored: a full disk or an I/O error has often rolled back already, and what was
    // not committed is dropped in any case when the file is next opened.
    if (db != nullptr && db->in_transaction()) (void)db->exec("rollback");
  }
  Database* db_;
};

}  // namespace yz::node
