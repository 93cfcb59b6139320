#pragma once
// Encryption at rest, below SQLite: every 4096-byte page of the database file and of its
// write-ahead log is sealed on its own. The byte tables are in SCHEMA.md, "Encrypted pages".
//
// What it promises: nothing of a page's content is on the disk in the clear, and a page
// that was changed, swapped or moved is an error and never data. What it does not: it
// cannot see that a page, or the whole file, was put back to an older valid version
// (the signed lanes can), and it hides neither the file's size nor which pages change.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"

struct sqlite3_file;
struct sqlite3_vfs;

namespace yz::node {

constexpr int kPageBytes = 4096;
constexpr int kPageReserve = 40;  ///< bytes SQLite leaves free at the end of each page, for nonce and tag

/// Registers a VFS called `name` for one database. Several may live side by side, one for
/// each key. `base` does the real input and output; nullptr means the system's own. The key
/// is copied to guarded memory. Callable from any thread.
/// Fault::invalid when the name is taken, Fault::full when there is no memory.
Result<> register_page_vfs(const std::string& name, std::span<const std::uint8_t, 32> key,
                           std::span<const std::uint8_t, 16> db_id, sqlite3_vfs* base = nullptr);
/// Forgets the VFS and wipes its keys. Every database opened through it must be closed.
void unregister_page_vfs(const std::string& name);

/// True once an fsync below has failed: what is on the disk is then unknown, so every
/// later read, write and sync through this VFS fails until the process starts again.
bool page_vfs_failed(const std::string& name);

/// What lies on the disk under a path, seen before SQLite touches anything.
struct PageFiles {
  std::int64_t main_bytes = 0;   ///< 0 also when there is no file
  std::int64_t log_bytes = 0;    ///< of "-wal"; 0 also when there is none
  bool first_page_good = false;  ///< page 1 of the main file is whole and sealed with this key
};
Result<PageFiles> look_at_files(const std::string& name, const std::string& path);
/// Cuts a main file whose making was cut off (at most one page, which does not open) to
/// nothing. Does nothing to any other file. Fault::busy when another process holds it.
Result<> empty_unfinished_file(const std::string& name, const std::string& path);
/// Removes the main file: for a backup that failed.
Result<> remove_main_file(const std::string& name, const std::string& path);

/// Numbers (from 1) of all pages in the main file that are not sealed with this key at
/// this place, never written, or cut short. Reads the file, not SQLite's cache.
/// `file` must be an open main database of a page VFS.
Result<std::vector<std::uint32_t>> damaged_pages(sqlite3_file* file);

struct LogDamage {
  std::uint32_t frame;  ///< from 1
  std::uint32_t page;   ///< as the frame's header says; it may itself be damaged
};
/// Frames inside the committed part of an open log that no longer open.
Result<std::vector<LogDamage>> damaged_frames(sqlite3_file* log);

/// Call right after SQLite has recovered a log and before it writes to it. Frame number
/// (from 1) where recovery stopped although commits that had been on the disk follow;
/// 0 when the log ends as a power cut may leave it. Proof of damage: two commit marks at
/// or after the stop, for the second was written only after the first had been synced.
/// Damage within the last commit cannot be told from a torn write and gives 0.
Result<std::uint32_t> recovery_stopped_early(sqlite3_file* log);

/// Call then too: writes the committed part of the log once more as it stands, and syncs it. What a process before this
/// one could not save is in the kernel's memory, where recovery has read it, and not on the disk; and the kernel takes
/// it for saved. False when the disk does not take it: then no checkpoint may follow, which would overwrite pages whose
/// only whole copy nobody has saved.
Result<bool> save_log_again(sqlite3_file* log);

}  // namespace yz::node
