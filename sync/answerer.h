#pragma once
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "sync/gate.h"
#include "sync/sender.h"

namespace yz::sync {

/// The hub's side of one exchange: checks the head, takes the frames, writes the answer. One object a request;
/// the Sender of the link is kept by the owner between requests. Each call runs in a transaction of the caller,
/// who commits before the answer leaves.
class Answerer {
 public:
  struct Me {
    NodeId node;
    OfficeId office;
    Epoch epoch;
    const crypto::SigningKey* key;
    const crypto::Key* nonce_key;  ///< makes nonces; stays with this store
  };
  Answerer(Me me, Inbox& inbox, Outbox& outbox, Link& link, Sender& sender)
      : me_(me), inbox_(inbox), outbox_(outbox), link_(link), sender_(sender) {}

  /// Fault::forged when the head is not signed by the link's peer or not for us: answer 4xx, nothing else.
  /// False when the nonce is not good: read nothing, and close() tells the right ones.
  Result<bool> open(ByteView head, Millis now);
  /// Receipts are kept until the body has ended.
  Result<> take(const Frame&, Millis now);
  /// The body has ended: its receipts count, and with them, in one transaction, the mark that they were told under. So
  /// nothing here counts as received by a neighbour that could not see, put back from a copy, that it once said so.
  /// Fault::forged when the frames are not those that the head was signed for: what was committed before proved itself
  /// and stays. close() does it where it was not done; whoever waits before the answer does it first.
  Result<> whole(Millis now);
  /// The answer body. `hlc` is our clock's next value. Faults: those of whole().
  Result<Bytes> close(Hlc hlc, Millis now, std::uint16_t retry_after_s);
  /// Whether an answer now would carry anything: for long polls.
  Result<bool> something_to_say(Millis now);
  const Tally& tally() const { return tally_; }
  Tally take_tally() { return std::exchange(tally_, {}); }

 private:
  Result<std::vector<Nonce>> fresh_nonces(std::size_t n);
  bool spend(const Nonce&, Millis now);
  Nonce nonce(std::uint64_t counter) const;

  Me me_;
  Inbox& inbox_;
  Outbox& outbox_;
  Link& link_;
  Sender& sender_;
  LinkState state_;
  RequestHead head_;
  Hash hash_;
  crypto::Hasher frames_{crypto::purpose::frames};
  std::vector<Have> have_;
  std::vector<Bytes> receipts_;  // of a body that has not ended
  std::vector<Error> refused_;   // frames; told when the body is known to be the neighbour's
  Tally tally_;
  bool good_ = false, whole_ = false;
};

/// Nonces of `hello`: valid for 60 s, for any node, without state. A replay within that time only repeats what is
/// idempotent.
Bytes hello_answer(const Answerer::Me&, Hlc, Millis now);

}  // namespace yz::sync
