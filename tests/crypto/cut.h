#pragma once
#include <doctest/doctest.h>

#include "crypto/bytes.h"

/// Decoding must refuse `whole` with `fault` when it is cut anywhere, when anything is
/// appended, and when any single bit of it is flipped.
template <class Decode>
void refuses_every_change(const yz::Bytes& whole, yz::Fault fault, Decode decode) {
  REQUIRE(decode(yz::ByteView(whole)));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    const yz::Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));  // its own end, for ASan
    const auto r = decode(yz::ByteView(cut));
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == fault);
  }
  for (const std::size_t more : {1u, 2u, 64u, 4096u}) {
    yz::Bytes longer = whole;
    longer.resize(longer.size() + more);
    const auto r = decode(yz::ByteView(longer));
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == fault);
  }
  for (std::size_t n = 0; n < whole.size(); ++n)
    for (int bit = 0; bit < 8; ++bit) {
      CAPTURE(n);
      CAPTURE(bit);
      yz::Bytes changed = whole;
      changed[n] = static_cast<std::uint8_t>(changed[n] ^ 1 << bit);
      const auto r = decode(yz::ByteView(changed));
      REQUIRE_FALSE(r);
      CHECK(r.error().fault == fault);
    }
}
