#pragma once
#include "sync/inbox.h"

namespace yz::sync {

/// The door: bytes from a neighbour become a checked thing in the inbox, or a refusal. Cheap checks first,
/// nothing allocated from a length that was not checked. One bad frame never harms the next.
class Gate {
 public:
  /// `later`: takes what the inbox is to be told of frames that were refused, where it is not sure yet that they are
  /// the neighbour's own; at most kLater, each code once.
  Gate(Inbox& inbox, NodeId from, std::vector<Error>* later = nullptr) : inbox_(inbox), from_(from), later_(later) {}
  static constexpr std::size_t kLater = 16;
  /// Ok also when the frame was refused (then counted in the tally). Faults only from our own store.
  Result<> take(const Frame&, Millis now, Tally&);

 private:
  Result<> put(const Frame&, Millis now, Tally&);
  Result<> envelope(ByteView, Tally&);
  Result<> statement(ByteView, Tally&);
  void refused(Error);
  Inbox& inbox_;
  NodeId from_;
  std::vector<Error>* later_;
};

}  // namespace yz::sync
