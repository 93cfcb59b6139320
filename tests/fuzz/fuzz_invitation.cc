// The line that a person types, and the messages of a join, on hostile bytes.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <cstdlib>

#include "node/net/machine_join.h"

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
  const ByteView in(data, size);
  const auto i = decode_invitation(text(in));
  if (i) {
    const auto again = decode_invitation(encode(*i));
    must(again && id_of(*again) == id_of(*i) && again->urls == i->urls && again->name == i->name);
  } else {
    must(i.error().fault == Fault::invalid);
  }
  const auto request = decode_join_request(in);
  must(request || request.error().fault == Fault::forged);
  const auto answer = decode_join_answer(in);
  must(answer || answer.error().fault == Fault::forged);
  const auto machine = decode_machine_request(in);
  must(machine || machine.error().fault == Fault::forged);
  const auto taken_in = decode_machine_answer(in);
  must(taken_in || taken_in.error().fault == Fault::forged);
  (void)check_mac(in, {});
  return 0;
}
