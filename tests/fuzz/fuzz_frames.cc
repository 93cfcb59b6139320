// FrameReader on hostile bytes that arrive in pieces: the same frames whatever the pieces, nothing lost.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/exchange.h"
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
  Writer whole, pieces;
  bool bad = false, bad_in_pieces = false;
  const auto drain = [](FrameReader& r, Writer& out, bool& failed) {
    for (;;) {
      const auto f = r.next();
      if (!f) {
        must(f.error().fault == Fault::forged);
        failed = true;
        return;
      }
      if (!*f) return;
      must((*f)->bytes.size() <= limit::frame_bytes);
      put_frame(out, (*f)->type, (*f)->bytes);
    }
  };
  FrameReader all;
  all.add(in);
  drain(all, whole, bad);
  FrameReader some;
  std::size_t step = size > 0 ? 1 + data[size - 1] % 61 : 1;
  for (std::size_t at = 0; at < size && !bad_in_pieces; at += step) {
    some.add(in.subspan(at, std::min(step, size - at)));
    drain(some, pieces, bad_in_pieces);
  }
  must(bad == bad_in_pieces && equal(whole.view(), pieces.view()));
  must(equal(whole.view(), in.first(whole.size())));
  if (!bad) must(all.empty() == (whole.size() == size));
  return 0;
}
