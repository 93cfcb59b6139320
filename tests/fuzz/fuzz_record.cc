// decode_record on hostile bytes. What decodes must be canonical.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/limits.h"
#include "sync/record.h"

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
  const auto r = decode_record(in);
  if (!r) {
    must(r.error().fault == Fault::forged);
    return 0;
  }
  must(equal(r->bytes, in) && r->content_size < size);
  must(equal(r->record.content(), r->content()));
  must(equal(release(r->record).bytes, in));
  must(r->record.addressees.size() <= limit::addressees && r->record.parents.size() <= limit::parents);
  must(!r->record.signatures.empty() && r->record.signatures.size() <= limit::signatures);
  for (const auto& s : r->record.signatures) (void)verify_record(r->id, s, PublicKey{});
  return 0;
}
