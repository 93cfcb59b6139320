#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/bytes.h"

namespace yz::sync {

/// Stands for all control items that a node told up to one number. Only the node that told them can make or judge it;
/// whoever heard them keeps it as it came and shows it again. So an old copy that gives its numbers to other words
/// is known at the first answer (sync/PROTOCOL.md 5.3). Zeros: nothing was told.
using Told = Fixed<8, struct ToldTag>;

struct Mark {
  std::uint64_t number = 0;
  Told told = {};
  auto operator<=>(const Mark&) const = default;
};

/// How far we heard a neighbour's control items: its newest mark, and a few before it, since a neighbour that missed
/// our last answers builds on one of those.
class Heard {
 public:
  static constexpr std::size_t kKept = 8;

  /// Messages that are taken before a mark that nobody builds on is shown no longer.
  static constexpr std::uint8_t kDoubts = 32;

  Mark now() const { return marks_.empty() ? Mark{} : marks_.back(); }
  /// What the neighbour is shown. One that builds on less than the newest, 0 or an older mark, is shown that newest one
  /// until it builds on it: who never said it finds out that its store is an old copy. Who forgot what it stood for
  /// can't build on it, so it is shown kDoubts times at most.
  Mark shown() const { return doubt_ ? *doubt_ : now(); }
  /// The items in (base, mark] came whole. False, and nothing changes, when we never heard `base`: that is a gap, or
  /// another history of the neighbour. From 0 it is the whole tale, whatever we heard before.
  bool take(const Mark& base, const Mark& mark);
  void forget() { *this = {}; }

  /// 16 bytes a mark, oldest first; then, while one is in doubt, times 1 ‖ that mark 16.
  Bytes encode() const;
  /// Fault::corrupt unless the bytes are what encode() writes.
  static Result<Heard> decode(ByteView);

 private:
  std::vector<Mark> marks_;  // ascending by number
  std::optional<Mark> doubt_;
  std::uint8_t doubts_ = 0;  // messages since
};

}  // namespace yz::sync
