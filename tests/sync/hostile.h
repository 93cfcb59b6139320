#pragma once
#include <doctest/doctest.h>

#include "crypto/bytes.h"

/// What every parser of peer bytes owes: refuses each cut and each addition, never with another fault than forged,
/// and accepts a changed byte only when that is the one encoding of what it then says. `again` encodes what was
/// decoded.
template <class Decode, class Again>
void one_encoding(const yz::Bytes& whole, Decode decode, Again again) {
  {
    const auto good = decode(yz::ByteView(whole));
    REQUIRE(good);
    REQUIRE(again(*good) == whole);
  }
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const yz::Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));  // its own end, for ASan
    const auto r = decode(yz::ByteView(cut));
    if (r) CAPTURE(n);
    REQUIRE_FALSE(r);
    REQUIRE(r.error().fault == yz::Fault::forged);
  }
  for (const std::size_t more : {1u, 3u, 64u, 5000u}) {
    yz::Bytes longer = whole;
    longer.resize(longer.size() + more);
    const auto r = decode(yz::ByteView(longer));
    CAPTURE(more);
    REQUIRE_FALSE(r);
    REQUIRE(r.error().fault == yz::Fault::forged);
  }
  for (std::size_t n = 0; n < whole.size(); ++n)
    for (const int mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      yz::Bytes changed = whole;
      changed[n] = static_cast<std::uint8_t>(changed[n] ^ mask);
      const auto r = decode(yz::ByteView(changed));
      if (r) {
        if (again(*r) != changed) {
          CAPTURE(n);
          CAPTURE(mask);
          REQUIRE(again(*r) == changed);
        }
      } else {
        REQUIRE(r.error().fault == yz::Fault::forged);
      }
    }
}
