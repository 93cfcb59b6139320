// decode_part, decode_have and decode_chunk on hostile bytes. What decodes must be canonical.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "sync/exchange.h"
#include "sync/intervals.h"
#include "sync/limits.h"

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
  const auto refused = [](const auto& r) { must(r.error().fault == Fault::forged); };
  const auto p = decode_part(in);
  if (p) {
    must(equal(encode(*p), in) && p->total <= limit::envelope_bytes && !p->bytes.empty());
    must(std::size_t{p->offset} + p->bytes.size() <= p->total);
  } else {
    refused(p);
  }
  const auto h = decode_have(in);
  if (h) {
    must(equal(encode(*h), in));
    Intervals set;
    for (const auto& [a, b] : h->ranges) set.add(a, b);
    must(set.ranges(1000) == h->ranges);
    const auto gap = set.first_gap(h->total, 8192);
    must(!gap || (gap->first < gap->second && gap->second <= h->total));
  } else {
    refused(h);
  }
  const auto c = decode_chunk(in);
  if (c) {
    must(equal(c->bytes, in) && c->index < c->count && c->ciphertext.size() <= size);
    (void)verify_chunk(in, PublicKey{});
  } else {
    refused(c);
  }
  return 0;
}
