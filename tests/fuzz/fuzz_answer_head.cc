// decode_answer_head on hostile bytes. What decodes must be canonical.
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
  const auto a = decode_answer_head(in);
  if (!a) {
    must(a.error().fault == Fault::forged);
    return 0;
  }
  static const crypto::SigningKey key = crypto::SigningKey::random();
  must(a->size <= size && a->head.nonces.size() <= 8 && a->head.base <= a->head.mark);
  must(equal(ByteView(encode(a->head, key)).first(a->size - 64), in.first(a->size - 64)));
  (void)verify_answer_head(in.first(a->size), key.public_key());
  return 0;
}
