// expand on hostile bytes never gives more than the cap or another length than stated; squeeze comes back.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/codec.h"

using namespace yz;
using namespace yz::sync;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

[[maybe_unused]] bool equal(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  must(started);
  const ByteView in(data, size);
  for (const std::size_t cap : {std::size_t{0}, std::size_t{1000}, std::size_t{1} << 20}) {
    const auto plain = expand(in, cap);
    if (!plain) {
      must(plain.error().fault == Fault::forged);
      continue;
    }
    must(plain->size() <= cap && plain->size() == Reader(in.subspan(1)).u32());
  }
  const Bytes packed = squeeze(in, 1);
  must(packed.size() <= size + 5);
  const auto back = expand(packed, size);
  must(back && equal(*back, in));
  return 0;
}
