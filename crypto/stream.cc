#include "crypto/stream.h"

namespace yz::crypto {
namespace {

using State = crypto_secretstream_xchacha20poly1305_state;
static_assert(crypto_secretstream_xchacha20poly1305_ABYTES == kPieceOverhead);
static_assert(crypto_secretstream_xchacha20poly1305_HEADERBYTES == kStreamHeaderSize);
static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == 32);

detail::StreamState made() {
  detail::StreamState s(sodium_malloc(sizeof(State)));
  if (!s) throw std::bad_alloc();
  return s;
}
State* of(const detail::StreamState& s) { return static_cast<State*>(s.get()); }

}  // namespace

void detail::FreeState::operator()(void* p) const noexcept { sodium_free(p); }

StreamSealer::StreamSealer(const Key& key) : state_(made()) {
  crypto_secretstream_xchacha20poly1305_init_push(of(state_), header_.data(), key.expose().data());
}

Bytes StreamSealer::seal(ByteView plain, bool last) {
  Bytes out(plain.size() + kPieceOverhead);
  crypto_secretstream_xchacha20poly1305_push(
      of(state_), out.data(), nullptr, plain.data(), plain.size(), nullptr, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return out;
}

Result<StreamOpener> StreamOpener::open(const Key& key, ByteView header) {
  detail::StreamState s = made();
  if (header.size() != kStreamHeaderSize ||
      crypto_secretstream_xchacha20poly1305_init_pull(of(s), header.data(), key.expose().data()) != 0)
    return fail(Fault::forged, "a stream without its header");
  return StreamOpener(std::move(s));
}

Result<StreamOpener::Piece> StreamOpener::next(ByteView sealed) {
  if (sealed.size() < kPieceOverhead) return fail(Fault::forged, "a piece that is too short");
  Piece p;
  p.plain.resize(sealed.size() - kPieceOverhead);
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(of(state_), p.plain.data(), nullptr, &tag, sealed.data(),
                                                 sealed.size(), nullptr, 0) != 0)
    return fail(Fault::forged, "a piece of a stream does not match its place or its key");
  // Other tags change the key or push; nobody here writes them.
  if (tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE &&
      tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
    return fail(Fault::forged, "a piece of an unknown kind");
  p.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return p;
}

}  // namespace yz::crypto
