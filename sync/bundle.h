#pragma once
#include <optional>
#include <span>

#include "crypto/keyring.h"
#include "crypto/stream.h"
#include "sync/exchange.h"

namespace yz::sync {

using BundleId = Fixed<16, struct BundleTag>;  ///< random: names one file

/// Who wrote a bundle for whom, and what control items are in it. In the clear on the stick, but for the frames:
/// whoever finds one sees two opaque ids, a time and a size in steps of 16 KiB. Byte table in PROTOCOL.md, "Bundle".
struct BundleHead {
  NodeId from;
  OfficeId office;  ///< of the reader
  NodeId to;
  BundleId id;
  Hlc at;
  Millis unix_ms = 0;
  Epoch epoch;                       ///< of the writer's store
  Epoch peer_epoch;                  ///< of the reader's store, as the writer last heard; zeros = never
  std::uint64_t base = 0, mark = 0;  ///< control items (base, mark] are inside
  std::uint64_t heard = 0;           ///< up to which the writer has the reader's items, in the numbers of peer_epoch
  Told base_told, mark_told, heard_told;  ///< as in the head of an exchange
};

inline constexpr std::size_t kBundleFixedBytes = 152;  ///< what says how long the head is
inline constexpr std::size_t kBundleBlock = 16 * 1024;
inline constexpr std::size_t kBundleReaders = 7;  ///< as many as a node list names

/// Whether a file that begins so is meant to be a bundle.
bool looks_like_bundle(ByteView first4);

/// Frames become blocks of one size, sealed in order to the reader's nodes. Holds less than one block and one frame.
class BundleWriter {
 public:
  /// Asserts 1 to kBundleReaders box keys. `out` gets the head.
  BundleWriter(const BundleHead&, std::span<const BoxPublic> readers, const crypto::SigningKey& node, Bytes& out);
  /// Appends to `out` the blocks that are full now.
  void add(FrameType, ByteView, Bytes& out);
  /// Appends the last block. Without it the file counts as cut.
  void finish(Bytes& out);

 private:
  BundleWriter(const BundleHead&, std::span<const BoxPublic>, const crypto::SigningKey&, Bytes&, crypto::Key);
  void fill(ByteView, Bytes& out);
  crypto::StreamSealer stream_;
  Bytes block_;
};

struct DecodedBundleHead {
  BundleHead head;
  std::size_t size = 0;  ///< blocks follow
};
/// Length of the whole head from its first kBundleFixedBytes. Fault::forged when they are no bundle's.
Result<std::size_t> bundle_head_size(ByteView);
/// Fault::forged unless the bytes are exactly one head in form. Checks no signature.
Result<DecodedBundleHead> decode_bundle_head(ByteView);
bool verify_bundle_head(ByteView head, const PublicKey& writer);

/// Opens block after block; what came before a bad one stays good. Holds one block and one frame.
class BundleReader {
 public:
  /// `head` has passed decode_bundle_head and verify_bundle_head; or nothing that comes out is taken before it has, but
  /// what proves itself. Fault::missing "bundle.key-gone" when no key of the
  /// ring fits.
  static Result<BundleReader> open(ByteView head, const crypto::Keyring&);
  /// The next kBundleBlock bytes. Fault::forged "bundle.changed" when they are not what was written there, or when
  /// something follows the last block.
  Result<> add(ByteView block);
  /// The next whole frame, valid until the next call; nothing when more blocks are needed.
  Result<std::optional<Frame>> next();
  /// The last block was read, and no frame is left open: nothing was cut off.
  bool whole() const { return last_ && frames_.empty(); }
  bool last() const { return last_; }

 private:
  explicit BundleReader(crypto::StreamOpener s) : stream_(std::move(s)) {}
  crypto::StreamOpener stream_;
  FrameReader frames_;
  bool last_ = false;
};

}  // namespace yz::sync
