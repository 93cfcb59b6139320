#pragma once
// The database on one machine: SQLite over encrypted pages. One process owns a file and
// has exactly one connection to it; a second open gets Fault::busy.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "node/store/database.h"

namespace yz::node {

struct SqliteOptions {
  std::string path;
  std::span<const std::uint8_t, 32> key;  ///< read during open only; kept in guarded memory
  std::span<const std::uint8_t, 16> id;   ///< the database's own random id: pages of two databases do not mix
  bool create = false;                    ///< make the file when there is none
  int cache_kib = 2048;
  std::string base_vfs = {};  ///< VFS below the encryption, by name; empty: the system's. For tests.
  /// Open although the log is damaged in its middle and commits after the damage are lost.
  /// Only for a person who has been told so.
  bool accept_shorter_log = false;
};

/// Fault::missing: no file and not `create`. Fault::busy: another process has it.
/// Fault::corrupt: "store.page" page 1 does not open (damaged, or not this key),
/// "store.log" the log is damaged and commits would be lost. A failed open changes
/// neither the file nor its log.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions&);

/// Pages copied so far, and of how many. False stops the backup.
using BackupProgress = std::function<bool(std::int64_t done, std::int64_t total)>;
/// Copies a live database into a new encrypted file with its own key and id. The file must
/// not exist: Fault::conflict. Fault::busy when the callback stopped it or a transaction is
/// open. When it fails, what there is of the new file is removed.
Result<> backup_to(Database&, const std::string& path, std::span<const std::uint8_t, 32> key,
                   std::span<const std::uint8_t, 16> id, const BackupProgress& progress = {});

/// Tells of every row that is inserted, updated or deleted, in the middle of the statement: `told` may only note it,
/// and a roll-back takes no word back. One listener a database.
void on_change(Database&, std::function<void(std::string_view table, std::int64_t row)> told);

/// Rows that queries of this thread have given so far: what a test counts where time would say too little.
std::uint64_t rows_read();

/// Reads every page and every committed frame of the log from the disk, and has SQLite
/// check the whole structure. One sentence for each thing found, naming it ("page 17 ...");
/// empty when all is well. Empties the log into the main file first. Not inside a transaction.
Result<std::vector<std::string>> check_pages(Database&);

/// Bytes an ordinary user can still write on the disk that holds `path`, which itself need not exist.
Result<std::uint64_t> free_bytes(const std::string& path);

}  // namespace yz::node
