#pragma once
// Power cuts, one at every operation of a piece of work. The work is done once; at each of its operations a child
// process leaves it, which has a copy of everything, and there the power goes. As many children run at a time as there
// are cores.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crypto/result.h"
#include "tests/support/crash_vfs.h"

namespace yz::sim {

class Cutter {
 public:
  /// What one child saw: how many cuts it made (each way to survive this one, once), and what was wrong.
  struct Found {
    std::uint64_t cuts = 0;
    std::string wrong;
  };
  using Work = std::function<Result<>()>;
  using Look = std::function<Found(std::uint64_t k, const Result<>& done)>;

  /// Does the work on `disk`. At its k-th operation (from 1; at every one, with YZ_SLOW at every 24th) the power goes
  /// in a child: the work comes back there, done or not, and `look` says what it finds. `look(0, done)` at last in this
  /// process, where nothing was cut. Prints a line, and one for each k that went wrong.
  /// Work that holds a real file open shares its place in it with every child: `apart`, each does it from the
  /// beginning.
  void run(const std::string& kind, test::CrashDisk& disk, const Work& work, const Look& look, bool apart = false);
  /// In `look`: something has become durable since the cut before this one. If not, survival 0 leaves the disk that it
  /// left there, and what is dear need not be tried on it again.
  bool fresh() const { return fresh_; }
  /// It cannot even be made ready.
  void fault(const std::string& kind, std::uint64_t k, const std::string& what);

  std::uint64_t cuts() const { return cuts_; }
  std::uint64_t kinds() const { return kinds_; }
  std::uint64_t wrong() const { return wrong_; }
  /// Nothing more is to be tried: YZ_CRASH_STOP asks for the first fault only.
  bool enough() const;

 private:
  std::uint64_t cuts_ = 0, kinds_ = 0, wrong_ = 0;
  bool fresh_ = true;
};

/// The ways in which a disk survives the cut at k: 0 loses all that was not synced, 1 keeps it, the others are drawn,
/// and from 6 on the power goes once more while the office starts. Each cut has 0, and 1 or a drawn one in turn;
/// YZ_CRASH_SURVIVALS asks for the first so many instead.
std::vector<std::uint64_t> survivals(std::uint64_t k);

}  // namespace yz::sim
