// decode_absence on hostile bytes: what decodes is within its bounds, and says the same when it is written anew.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <cstdlib>

#include "crypto/secret.h"
#include "node/office/absence.h"

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
  const auto w = decode_absence(ByteView(data, size));
  if (!w) {
    must(w.error().fault == Fault::forged);
    return 0;
  }
  for (const std::string* s : {&w->absent_name, &w->deputy_name, &w->reason, &w->place, &w->contact})
    must(s->size() <= kAbsenceLineBytesMax);
  if (w->act == AbsenceWord::Act::unknown) return 0;
  if (w->act == AbsenceWord::Act::away)
    must(w->from_ms >= 0 && w->from_ms < w->until_ms && w->until_ms - w->from_ms <= kAbsenceLongestMs &&
         w->deputy != w->absent);
  const auto again = decode_absence(encode_absence(*w));
  must(again && *again == *w);
  const AbsenceFact fact{{}, sync::Hlc::at(w->from_ms), {}, *w};
  if (const auto stands = standing_of(std::span(&fact, 1))) must(stands->begins <= stands->ends);
  return 0;
}
