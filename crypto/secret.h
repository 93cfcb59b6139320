#pragma once
#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "crypto/bytes.h"

namespace yz::crypto {

/// libsodium must be ready before any other call of this floor. Thread-safe, idempotent; aborts when it fails.
void start();

/// N secret bytes on a guarded page: moved, never copied; wiped when they go;
/// never printed, logged, or compared with ==.
template <std::size_t N>
class Secret {
 public:
  static Secret random() {
    Secret s;
    randombytes_buf(s.page_.get(), N);
    return s;
  }
  /// Fault::corrupt unless exactly N bytes. The source is not wiped: its owner does that.
  static Result<Secret> from(ByteView b) {
    if (b.size() != N) return fail(Fault::corrupt, "wrong length of a stored key");
    Secret s;
    std::copy(b.begin(), b.end(), s.page_.get());
    return s;
  }
  /// Lets `fill` write the bytes in place.
  template <class F>
  static Secret made_by(F fill) {
    Secret s;
    fill(std::span<std::uint8_t, N>(s.page_.get(), N));
    return s;
  }
  /// A second copy, asked for by name.
  Secret clone() const {
    return made_by([&](std::span<std::uint8_t, N> out) { std::copy_n(page_.get(), N, out.begin()); });
  }
  /// The one way to look inside, so that a search for "expose" finds every use.
  std::span<const std::uint8_t, N> expose() const { return std::span<const std::uint8_t, N>(page_.get(), N); }

 private:
  struct Free {
    void operator()(std::uint8_t* p) const noexcept { sodium_free(p); }
  };
  Secret() : page_(static_cast<std::uint8_t*>(sodium_malloc(N))) {
    if (!page_) throw std::bad_alloc();
  }
  std::unique_ptr<std::uint8_t, Free> page_;
};

/// Secret bytes of a length known at run time (a passphrase). Same care.
class SecretText {
 public:
  explicit SecretText(ByteView b);
  /// The one moved from is empty afterwards.
  SecretText(SecretText&& other) noexcept : page_(std::move(other.page_)), size_(std::exchange(other.size_, 0)) {}
  SecretText& operator=(SecretText&& other) noexcept {
    page_ = std::move(other.page_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ByteView expose() const { return {page_.get(), size_}; }
  SecretText clone() const { return SecretText(expose()); }

 private:
  struct Free {
    void operator()(std::uint8_t* p) const noexcept { sodium_free(p); }
  };
  std::unique_ptr<std::uint8_t, Free> page_;
  std::size_t size_;
};

using Key = Secret<32>;

}  // namespace yz::crypto
