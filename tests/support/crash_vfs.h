#pragma once
// A disk in memory for SQLite that can lose power, fill up and fail. Deterministic: the same
// calls and seeds give the same bytes. Many disks live side by side (one for each simulated
// office); each belongs to one thread.
//
// The model:
//  - A write or truncate is visible at once, but durable only after a sync of that file.
//    When the power is cut, each un-synced one survives whole, not at all, or torn: some
//    of its 512-byte sectors, each on its own.
//  - File names behave as on a journalling file system: creations and deletions become
//    durable in their order; a cut keeps a first part of them. The first sync of a new log
//    or journal makes all of them durable (SQLite then syncs the folder), and so does a
//    delete that asks for it.
//  - A failed sync loses what it should have saved, although reads go on showing it.
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/bytes.h"

struct sqlite3_vfs;

namespace yz::test {

class CrashDisk {
 public:
  /// All files as they would be found after a power cut that saved everything.
  using Image = std::map<std::string, Bytes>;
  enum class Op : std::uint8_t { read, write, sync, truncate, remove, create };

  /// Registers a VFS with a name of its own.
  CrashDisk();
  explicit CrashDisk(const Image&);
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;
  /// Every file must be closed.
  ~CrashDisk();
  /// For SqliteOptions::base_vfs.
  const std::string& name() const;
  sqlite3_vfs* vfs();

  /// Operations that change the disk (all but reads) since the disk was made or power_on().
  std::uint64_t operations() const;
  std::uint64_t count(Op) const;
  /// Grows whenever something becomes durable: while it stands still, power_on(0) leaves the same disk.
  std::uint64_t durable_changes() const;

  /// The power goes during operation k from now (1 is the next): it may still leave traces;
  /// it and everything after it fails.
  void cut_power_at(std::uint64_t k);
  void cut_power_now();
  /// Asked before each operation that changes the disk; true cuts the power at it. It does not go along with clone().
  void on_operation(std::function<bool()> power_goes);
  bool dead() const;
  /// What survives is drawn from the seed; 0 loses all that was not synced, 1 keeps all.
  /// Close every file first. Clears planned faults, keeps the space limit.
  void power_on(std::uint64_t seed);

  /// Writes beyond this many bytes in all files together meet a full disk. A write at the
  /// limit is done in part.
  void set_space(std::uint64_t bytes);
  std::uint64_t used() const;
  /// The nth (from 1) operation of this kind from now fails; all later ones too when sticky.
  void fail_at(Op, std::uint64_t nth, bool sticky);
  void no_faults();
  /// Milliseconds since 1970 that SQLite's clock shows.
  void set_time_ms(std::int64_t);

  /// A second disk in exactly this state, un-synced writes and all, without open files.
  std::unique_ptr<CrashDisk> clone() const;
  Image image() const;
  bool exists(const std::string& path) const;
  /// Empty when there is no such file.
  Bytes file(const std::string& path) const;
  /// Both act at once and durably.
  void put(const std::string& path, const Bytes&);
  void remove(const std::string& path);

  struct State;  // for crash_vfs.cc

 private:
  std::unique_ptr<State> state_;
};

}  // namespace yz::test
