// decode_statement and every body on hostile bytes. What decodes must be canonical.
// Linked without main by libFuzzer; seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/consent.h"
#include "sync/limits.h"
#include "sync/line_superiors.h"
#include "sync/sibling.h"
#include "sync/statement.h"

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
  const auto body = [](ByteView b) {
    const auto again = [&](const auto& x) { must(!x || equal(encode(*x), b)); };
    again(decode_receipt(b));
    again(decode_head(b));
    again(decode_node_list(b));
    again(decode_chunk_receipt(b));
    again(decode_want(b));
    if (const auto c = decode_consent(b)) {
      must(c->honoured.size() <= kHonouredMost && (c->rotates() || c->moves()));
      must(core_of_consent(b) != Hash{});
    }
    again(decode_further_wrap(b));
    again(decode_confirmation(b));
    again(decode_line_superiors(b));
    if (const auto r = decode_receipt(b)) {
      must(r->ranges.size() <= limit::receipt_ranges && !r->covers(Seq{0}));
      must(r->upto.value == 0 || r->covers(r->upto));
    }
  };
  body(in);
  const auto s = decode_statement(in);
  if (!s) {
    must(s.error().fault == Fault::forged);
    return 0;
  }
  must(equal(s->bytes, in) && size <= 8192);
  (void)verify_statement(*s, PublicKey{});
  const auto key = statement_key(*s);
  must(key || key.error().fault == Fault::forged);
  body(s->body);
  return 0;
}
