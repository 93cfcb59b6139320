#pragma once
// Power cuts, one at every operation of a piece of work. The state before the work is made once; each cut happens in a
// child process that has a copy of it, and as many children run at a time as there are cores.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace yz::sim {

class Cutter {
 public:
  /// What one child saw: how many cuts it made (the work once, each way to survive it once), and what was wrong.
  struct Found {
    std::uint64_t cuts = 0, operations = 0;
    std::string wrong;
  };

  /// `cut(0)` does the work without a cut and says how many operations it has; `cut(k)` cuts the power at the k-th: at
  /// every one, with YZ_SLOW at every 24th. Prints a line, and one for each k that went wrong.
  void run(const std::string& kind, const std::function<Found(std::uint64_t k)>& cut);

  std::uint64_t cuts() const { return cuts_; }
  std::uint64_t kinds() const { return kinds_; }
  std::uint64_t wrong() const { return wrong_; }
  /// Nothing more is to be tried: YZ_CRASH_STOP asks for the first fault only.
  bool enough() const;

 private:
  std::uint64_t cuts_ = 0, kinds_ = 0, wrong_ = 0;
};

/// The ways in which a disk survives the cut at k: 0 loses all that was not synced, 1 keeps it, the others are drawn,
/// and from 6 on the power goes once more while the office starts. Each cut has 0, and 1 or a drawn one in turn;
/// YZ_CRASH_SURVIVALS asks for the first so many instead. The work without a cut, k = 0, is done once.
std::vector<std::uint64_t> survivals(std::uint64_t k);

}  // namespace yz::sim
