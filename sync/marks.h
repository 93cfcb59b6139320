#pragma once
#include <cstdint>
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

  Mark now() const { return marks_.empty() ? Mark{} : marks_.back(); }
  /// The items in (base, mark] came whole. Nothing changes when we never heard `base`: that is a gap, or another
  /// history of the neighbour. From 0 it is the whole tale, whatever we heard before.
  void take(const Mark& base, const Mark& mark);
  void forget() { marks_.clear(); }

  /// 16 bytes a mark, oldest first.
  Bytes encode() const;
  /// Fault::corrupt unless the bytes are what encode() writes.
  static Result<Heard> decode(ByteView);

 private:
  std::vector<Mark> marks_;  // ascending by number
};

}  // namespace yz::sync
