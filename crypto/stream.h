#pragma once
#include <memory>

#include "crypto/secret.h"

namespace yz::crypto {

/// What a sealed piece is longer than its text.
inline constexpr std::size_t kPieceOverhead = 17;
inline constexpr std::size_t kStreamHeaderSize = 24;

namespace detail {
struct FreeState {
  void operator()(void* p) const noexcept;
};
using StreamState = std::unique_ptr<void, FreeState>;  ///< libsodium's secretstream state, on a guarded page
}  // namespace detail

/// Bytes of any length sealed piece by piece under one key (libsodium's secretstream, XChaCha20-Poly1305): a piece that
/// was changed, moved, left out or put in does not open, and the last one says that it is the last. A key seals one
/// stream.
class StreamSealer {
 public:
  explicit StreamSealer(const Key&);
  /// Random, not secret; the reader needs it first.
  ByteView header() const { return header_; }
  Bytes seal(ByteView plain, bool last);

 private:
  detail::StreamState state_;
  std::array<std::uint8_t, kStreamHeaderSize> header_{};
};

class StreamOpener {
 public:
  /// Fault::forged when the header is none.
  static Result<StreamOpener> open(const Key&, ByteView header);
  struct Piece {
    Bytes plain;
    bool last = false;
  };
  /// Fault::forged unless these bytes are the next piece. After a fault the stream is of no more use.
  Result<Piece> next(ByteView sealed);

 private:
  explicit StreamOpener(detail::StreamState s) : state_(std::move(s)) {}
  detail::StreamState state_;
};

}  // namespace yz::crypto
