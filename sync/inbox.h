#pragma once
#include <array>
#include <optional>
#include <vector>

#include "sync/exchange.h"

namespace yz::sync {

/// Who a node is, as far as its certificate path was checked.
struct KnownNode {
  NodeId node;
  OfficeId office;
  PublicKey key;
  std::vector<PublicKey> earlier = {};  ///< keys it had before: what was signed then still arrives
};

/// What an exchange moved. Records newly receipted or newly stored, each once however often it travelled;
/// chunks in bulk, certificates in control.
struct Tally {
  std::array<std::uint64_t, 5> sent{}, received{};
  std::uint64_t refused = 0;    ///< frames that failed a check
  std::uint64_t envelopes = 0;  ///< newly stored, or waiting no longer: they are to be opened
  bool flash = false;           ///< a flash envelope was newly stored
  std::uint64_t carried = 0;    ///< envelopes and chunks taken for others: they are to be handed on
  bool carried_flash = false;
};

/// Where checked things are put. Implemented by node/store; called inside one durable transaction.
/// Faults: corrupt, full; forged when the thing contradicts what is known (the frame is refused, the rest goes on).
class Inbox {
 public:
  virtual ~Inbox() = default;
  virtual Result<std::optional<KnownNode>> node(const NodeId&) = 0;
  /// Form and signature are good. Same (stream, seq, hash): nothing changes, the receipt is told again.
  virtual Result<> accept(const Envelope&, const NodeId& from, Tally&) = 0;
  /// Keeps a part; the whole envelope's bytes when it was the last one missing.
  virtual Result<std::optional<Bytes>> keep_part(const Part&, const NodeId& from, Millis now) = 0;
  virtual Result<> drop_parts(const StreamId&, Seq, const NodeId& from) = 0;
  virtual Result<std::vector<Have>> unfinished(const NodeId& from) = 0;
  virtual Result<> apply(const Statement&, const NodeId& from, Tally&) = 0;
  virtual Result<> learn(FrameType, ByteView certificate_or_root, const NodeId& from, Tally&) = 0;
  virtual Result<> keep_chunk(const Chunk&, const NodeId& from, Tally&) = 0;
  /// The last call of a transaction: signs the receipts for what was touched, so that there is one for a stream
  /// and not one for an envelope.
  virtual Result<> settle(Millis now) = 0;
  /// A frame was refused: for the journal and the status page. Never fails the exchange.
  virtual void refused(const NodeId& from, const Error&) = 0;
};

/// Durable state of one link to a neighbour.
struct LinkState {
  NodeId peer;
  PublicKey peer_key;
  PublicKey peer_key_before;     ///< still good: it may not have changed over yet; zeros = none
  Epoch peer_epoch;              ///< zeros until the first contact
  Heard heard;                   ///< how far we have the peer's control items
  std::uint64_t peer_heard = 0;  ///< number up to which the peer has ours
  std::vector<Nonce> nonces;     ///< client: ready for use
  std::uint64_t nonce_next = 1;  ///< hub: counter of the next nonce
  std::uint64_t nonce_base = 1;  ///< hub: counters below are spent
  std::uint64_t nonce_used = 0;  ///< hub: bit i = counter nonce_base + i is spent
  std::uint64_t rate_bps = 0;    ///< measured, 0 = not known
  Millis last_contact = 0;
  /// Another store of the peer, or of ours: its numbers mean nothing here.
  void forget_marks() {
    heard.forget();
    peer_heard = 0;
  }
  bool forgotten = false;  ///< not kept: the peer has heard of us what this store never said, so it is an old copy
};

/// Whether the peer's key holds, or the one before while it changes over.
template <class F>
bool signed_by_peer(const LinkState& s, F good) {
  return good(s.peer_key) || (!s.peer_key_before.zero() && good(s.peer_key_before));
}

class Link {
 public:
  virtual ~Link() = default;
  virtual Result<LinkState> load() = 0;
  virtual Result<> save(const LinkState&) = 0;
};

}  // namespace yz::sync
