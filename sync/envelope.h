#pragma once
#include <span>
#include <vector>

#include "crypto/keyring.h"
#include "sync/instant.h"
#include "sync/lane.h"

namespace yz::sync {

using Incarnation = Fixed<8, struct IncarnationTag>;  ///< random; new after install or restore
using Epoch = Fixed<8, struct EpochTag>;              ///< random; names a state of a store, new after restore
using StreamId = Fixed<16, struct crypto_stream_tag>;

/// Counts the envelopes of one stream from 1, with no gaps. 0 means "none yet".
struct Seq {
  std::uint64_t value = 0;
  Seq next() const { return {value + 1}; }
  auto operator<=>(const Seq&) const = default;
};

/// Names a stream in full: all envelopes of one author node and incarnation for one office in one lane.
struct StreamName {
  OfficeId author;
  NodeId node;
  Incarnation incarnation;
  OfficeId destination;
  Lane lane{};
  StreamId id() const;
  auto operator<=>(const StreamName&) const = default;
};

/// One or more records sealed together by one node for one office. Byte table in PROTOCOL.md, "Envelope".
/// Everything here is in the clear to whoever carries it.
struct EnvelopeHead {
  StreamName stream;
  Seq seq;
  Hash previous;  ///< chain value of the envelope before; zeros for the first
  Hlc at;
  Hash commitment;  ///< to the content key
};

struct Envelope {
  EnvelopeHead head;
  Hash hash;  ///< of all bytes
  Bytes bytes;
  Hash chain() const;  ///< this envelope's own chain value
};

Hash chain_value(const Hash& previous, const Hash& envelope);

/// What lies inside, in order: certificates and anchors the destination lacks, then records.
struct Item {
  enum class Kind : std::uint8_t { certificate = 1, anchor = 2, record = 3 };
  Kind kind{};
  Bytes bytes;
};

/// Seals items for the readers (1 to 7 box keys of the destination's node list) and for our own archive, so
/// that a restored office can read what it sent. `level` is zstd's. Asserts the limits; Fault::full when the result
/// would exceed limit::envelope_bytes.
Result<Envelope> seal(EnvelopeHead head, std::span<const Item> items, std::span<const BoxPublic> readers,
                      const crypto::Keyring& keys, int level, bool pad_as_flash);

/// Fault::forged unless the bytes are exactly one envelope in form. Checks no signature: see verify_envelope.
Result<Envelope> decode_envelope(ByteView);
/// Total length from the first 12 bytes, checked against the limit; nothing is allocated before this.
Result<std::size_t> envelope_size(ByteView first12);
bool verify_envelope(const Envelope&, const PublicKey& author_node);

/// Opens with any key of the ring. Fault::missing "key-gone" when none fits, Fault::forged when the content lies.
/// `further`: a wrap that did not come with the envelope (sibling.h), or nothing.
Result<std::vector<Item>> open(const Envelope&, const crypto::Keyring& keys, ByteView further = {});
/// A wrap for one reader more, by who can open it. Same faults.
Result<Bytes> wrap_for(const Envelope&, const crypto::Keyring& keys, const BoxPublic& reader);
/// Whether one of its wraps is for this key, as far as hints say.
bool sealed_for(const Envelope&, const BoxPublic&);

}  // namespace yz::sync
