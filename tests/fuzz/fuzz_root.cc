// RootDocument::decode on hostile bytes. What decodes must be canonical and can never be its own successor.
// Linked without main by libFuzzer; seeds: the "bytes" of tests/vectors/root.json.
#include <cstdlib>

#include "crypto/root_proposal.h"

using namespace yz;
using namespace yz::crypto;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (start(), true);
  must(started);
  const ByteView in(data, size);
  const auto p = decode_proposal(in);
  if (p) {
    must(std::equal(p->bytes.begin(), p->bytes.end(), in.begin(), in.end()));
    must(p->keys.size() <= 9 && p->signatures.size() <= 18 && signatures_of(p->keys, *p) <= p->signatures.size());
  } else {
    must(p.error().fault == Fault::forged);
  }
  const auto d = RootDocument::decode(in);
  if (!d) {
    must(d.error().fault == Fault::forged);
    return 0;
  }
  must(p.has_value());
  must(std::equal(d->bytes.begin(), d->bytes.end(), in.begin(), in.end()));
  must(d->version > 0 && d->threshold > 0 && d->threshold <= d->keys.size() && d->keys.size() <= 9);
  must(d->signatures.size() >= d->threshold && d->signatures.size() <= 18);
  must(size == 68 + 32 * d->keys.size() + 96 * d->signatures.size());
  const auto again = RootDocument::decode(d->bytes);
  must(again && again->digest == d->digest);
  must(!d->allows(*again));
  return 0;
}
