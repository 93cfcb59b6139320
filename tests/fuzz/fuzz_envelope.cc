// decode_envelope and open on hostile bytes; then the same bytes as the content of a true envelope.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/seal.h"
#include "sync/envelope.h"
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
  static const crypto::Key one =
      crypto::Key::made_by([](auto out) { std::fill(out.begin(), out.end(), std::uint8_t{0x31}); });
  static const crypto::Keyring keys{crypto::SigningKey::from_seed(one), crypto::BoxKey::from_secret(one), {}};
  if (size >= 12) {
    const auto n = envelope_size(in.first(12));
    must(!n || *n <= limit::envelope_bytes);
  }
  const auto e = decode_envelope(in);
  if (!e) {
    must(e.error().fault == Fault::forged);
  } else {
    must(equal(e->bytes, in) && size <= limit::envelope_bytes);
    (void)verify_envelope(*e, keys.node.public_key());
    const auto opened = open(*e, keys);
    must(opened || opened.error().fault == Fault::forged || opened.error().fault == Fault::missing);
  }
  if (size > 0 && size < 4096) {
    EnvelopeHead head;
    head.stream.lane = Lane::flash;
    head.seq = {1};
    const std::vector<Item> items{{Item::Kind::record, Bytes(in.begin(), in.end())}};
    const BoxPublic reader = keys.archive.public_key();
    const auto made = seal(head, items, std::span(&reader, 1), keys, 1, (data[0] & 1) != 0);
    must(made.has_value());
    const auto back = open(decode_envelope(made->bytes).value(), keys);
    must(back && back->size() == 1 && back->at(0).bytes == items[0].bytes);
  }
  return 0;
}
