// decode_forward and unfold on hostile bytes. What decodes must be canonical, and what unfolds belongs together.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/forward.h"
#include "sync/limits.h"

using namespace yz;
using namespace yz::sync;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  must(started);
  const ByteView in(data, size);
  if (const auto f = decode_forward(in)) {
    const auto again = encode_forward(*f);
    must(again && std::equal(again->begin(), again->end(), in.begin(), in.end()));
    must(f->certificates.size() <= limit::forward_certificates && may_be_nested(f->nested.record.type));
  } else {
    must(f.error().fault == Fault::forged);
  }
  if (const auto h = decode_handed_on(in)) {
    const auto again = encode_handed_on(*h);
    must(again && std::equal(again->begin(), again->end(), in.begin(), in.end()));
    must(h->manifest.record.type == RecordType::manifest && !is_handed_on(h->manifest.record));
  }
  const auto r = decode_record(in);
  if (!r) return 0;
  const auto layers = unfold(*r);
  if (!layers) {
    must(layers.error().fault == Fault::forged);
    return 0;
  }
  must(!layers->empty() && layers->size() <= limit::forward_depth + 1);
  must(layers->back().record.record.type != RecordType::forward);
  // An attachment may be handed on with a text of another case.
  if (is_handed_on(r->record)) return 0;
  for (const Layer& l : *layers) must(l.record.record.case_id == r->record.case_id);
  return 0;
}
