// decode_request_head on hostile bytes. What decodes must be canonical.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "sync/exchange.h"

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
  const auto h = decode_request_head(in);
  if (!h) {
    must(h.error().fault == Fault::forged);
    return 0;
  }
  static const crypto::SigningKey key = crypto::SigningKey::random();
  must(size == kRequestHeadBytes && h->base <= h->mark);
  must(equal(ByteView(encode(*h, key)).first(size - 64), in.first(size - 64)));
  (void)verify_request_head(in, key.public_key());
  (void)request_hash(in);
  return 0;
}
