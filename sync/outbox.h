#pragma once
#include <optional>
#include <vector>

#include "sync/exchange.h"

namespace yz::sync {

/// One envelope of ours (or one that we carry) without the destination's stored receipt.
struct Queued {
  std::int64_t row = 0;  ///< ascends with the order in which it should leave within its lane
  StreamId stream;
  Lane lane{};
  Seq seq;
  std::uint32_t bytes = 0;
};
struct QueuedChunk {
  std::int64_t row = 0;
  std::uint32_t bytes = 0;
};
/// Statements and certificates numbered in (base, mark], as many as fit.
struct ControlItems {
  std::vector<std::pair<FrameType, Bytes>> frames;
  std::uint64_t mark = 0;
};

/// What waits for ONE neighbour. Implemented by node/store over the database; every call runs in the caller's
/// transaction where one is open. Faults are the store's (corrupt, full).
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// Envelopes for this neighbour in the lane with row > after, oldest first.
  virtual Result<std::vector<Queued>> waiting(Lane, std::int64_t after, std::size_t most) = 0;
  /// Cuts the next envelope of what is signed and waits in the lane: number, chain, bytes and the records'
  /// new state in one durable transaction. Nothing when nothing waits or nothing may be cut (not admitted, no
  /// node list). `link_bps` 0 = not known.
  virtual Result<std::optional<Queued>> cut(Lane, std::uint64_t link_bps) = 0;
  /// Whether cut() would find something, without cutting.
  virtual Result<bool> uncut(Lane) = 0;
  virtual Result<Bytes> envelope(std::int64_t row) = 0;
  virtual Result<std::vector<QueuedChunk>> chunks(std::int64_t after, std::size_t most) = 0;
  virtual Result<Bytes> chunk(std::int64_t row) = 0;
  virtual Result<ControlItems> control(std::uint64_t base, std::size_t most_bytes) = 0;
  /// What stands for all items up to a number; zeros for 0. Nothing when the number was never given, or too long ago.
  virtual Result<std::optional<Told>> told(std::uint64_t number) = 0;
  /// The newest number ever given to an item.
  virtual Result<std::uint64_t> newest_told() = 0;
  /// Digest of what was handed to this neighbour and is not stored at its destination.
  virtual Result<Digest> outstanding() = 0;
};

}  // namespace yz::sync
