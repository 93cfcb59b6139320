// parse_slot on a hostile disk. What parses is canonical, and a slot that is locked by a key does not open by chance.
// Slots with Argon2id are not opened here: 64 MiB and up each time would be all that the fuzzer does.
// Linked without main by libFuzzer; seeds: the "bytes" of tests/vectors/slot.json.
#include <cstdlib>

#include "crypto/passphrase.h"

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
  static const Key key = Key::random();
  const ByteView in(data, size);
  const auto s = parse_slot(in);
  if (!s) {
    must(s.error().fault == Fault::corrupt);
    return 0;
  }
  must(std::equal(s->bytes.begin(), s->bytes.end(), in.begin(), in.end()));
  must(s->name.size() <= 200 && one_line(s->name));
  const auto opened = open_slot_with_key(*s, key);
  must(!opened && opened.error().fault == Fault::denied);
  if (s->kind == SlotKind::authority) must(open_slot(*s, view("passphrase")).error().fault == Fault::denied);
  return 0;
}
