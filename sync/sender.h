#pragma once
#include <map>
#include <vector>

#include "sync/intervals.h"
#include "sync/outbox.h"

namespace yz::sync {

/// Chooses what goes on the wire next to one neighbour, frame by frame: flash, urgent, then routine and bulk
/// four to one; within a lane oldest first. Remembers in memory what is on its way, so that several messages
/// can be in flight; what a message carried is settled by its answer, by time, or forgotten when the line broke.
class Sender {
 public:
  using Token = std::uint64_t;  ///< names one message
  struct Budget {
    std::size_t bytes = 0;        ///< of frames; the first may be larger, so that a small budget never stops all
    std::size_t first_bytes = 0;  ///< most for that first one; 0 = whatever it is
    std::size_t part_bytes = 0;
    Lane first = Lane::flash, last = Lane::bulk;  ///< lanes allowed
    std::uint64_t link_bps = 0;
    bool cut = true;     ///< new envelopes may be cut; false: only what is cut already
    Millis expires = 0;  ///< when an unsettled message counts as lost; 0 = only when settled
  };
  struct Filled {
    std::size_t frames = 0;
    bool bulk = false;
    bool more = false;  ///< something was left out for want of room
  };

  explicit Sender(Outbox& outbox) : outbox_(outbox) {}

  Result<Filled> fill(Writer&, Token, const Budget&, Millis now);
  /// The peer answered (delivered), or certainly never read the message.
  void settle(Token, bool delivered, Millis now);
  /// The line broke: what was in flight may or may not have arrived. It is held back, flash excepted, until
  /// the peer says what it has.
  void lost();
  /// Everything the peer has unfinished, from an answer. `all` when it is the first after lost(). With nothing in
  /// flight, what it does not name it has given up.
  void peer_has(const std::vector<Have>&, bool all);
  /// Something of these lanes could be sent now.
  Result<bool> ready(Lane first, Lane last, Millis now);
  /// Envelopes and chunks remembered: follows what waits, not what ever went.
  std::size_t held() const { return items_.size() + chunks_.size(); }

 private:
  struct Item {
    Lane lane{};
    StreamId stream;
    Seq seq;
    std::uint32_t total = 0;
    Intervals have, flying, unknown;
    Millis retry_at = 0;  ///< delivered without a receipt: not again before
  };
  struct Flight {
    std::int64_t row = 0;
    bool chunk = false;
    std::uint32_t from = 0, to = 0;
  };
  struct Message {
    std::vector<Flight> flights;
    Millis expires = 0;
  };

  Result<bool> lane(Writer&, Message&, Lane, const Budget&, std::size_t start, Millis now, Filled&);
  Result<bool> bulk(Writer&, Message&, const Budget&, std::size_t start, Millis now, Filled&);
  std::optional<Intervals::Range> next_range(const Item&, std::size_t part_bytes, Millis now) const;
  void expire(Millis now);
  bool room(std::size_t size, const Writer&, std::size_t start, const Budget&) const;

  Outbox& outbox_;
  std::map<std::int64_t, Item> items_;   // by envelope row
  std::map<std::int64_t, Item> chunks_;  // by chunk row
  std::map<Token, Message> messages_;
  bool probing_ = false;
  unsigned turn_ = 0;  // routine:bulk = 4:1
};

}  // namespace yz::sync
