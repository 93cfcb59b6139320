#pragma once
#include <sodium.h>

#include "crypto/bytes.h"

namespace yz::crypto {

/// Fresh random bytes that are not secret: salts, ids, incarnations. For keys see Secret<N>::random(), which costs a
/// guarded page each.
template <class F>
F random_fixed() {
  F f;
  randombytes_buf(f.bytes.data(), F::kSize);
  return f;
}

}  // namespace yz::crypto
