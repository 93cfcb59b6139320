#pragma once
#include "sync/inbox.h"

namespace yz::sync {

/// The door: bytes from a neighbour become a checked thing in the inbox, or a refusal. Cheap checks first,
/// nothing allocated from a length that was not checked. One bad frame never harms the next.
class Gate {
 public:
  Gate(Inbox& inbox, NodeId from) : inbox_(inbox), from_(from) {}
  /// Ok also when the frame was refused (then counted in the tally). Faults only from our own store.
  Result<> take(const Frame&, Millis now, Tally&);

 private:
  Result<> put(const Frame&, Millis now, Tally&);
  Result<> envelope(ByteView, Tally&);
  Result<> statement(ByteView, Tally&);
  Inbox& inbox_;
  NodeId from_;
};

}  // namespace yz::sync
