// decode_act on hostile bytes: what decodes is within its bounds, and says the same when it is written anew.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "node/office/acts.h"

using namespace yz;
using namespace yz::node;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  must(started);
  const auto a = decode_act(ByteView(data, size));
  if (!a) {
    must(a.error().fault == Fault::forged);
    return 0;
  }
  must(a->text.size() <= kActTextBytesMax && a->reason.size() <= kActReasonBytesMax);
  must(a->title.size() <= kActLineBytesMax && a->publication.size() <= kActLineBytesMax);
  must(a->assignees.size() <= kAssigneesMax && std::ranges::is_sorted(a->assignees));
  must(std::ranges::all_of(a->rating.marks, [](std::uint8_t m) { return m <= 5; }));
  if (a->kind == ActKind::unknown) return 0;
  const auto again = decode_act(encode_act(*a));
  must(again && *again == *a);
  return 0;
}
