// Certificate::decode on hostile bytes. What decodes must be canonical and must stand a path check without harm.
// Linked without main by libFuzzer; seeds: the "bytes" of tests/vectors/certificate.json.
#include <cstdlib>

#include "crypto/certificate.h"

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
  const auto c = Certificate::decode(in);
  if (!c) {
    must(c.error().fault == Fault::forged);
    return 0;
  }
  must(std::equal(c->bytes.begin(), c->bytes.end(), in.begin(), in.end()));
  must(c->not_before_ms < c->not_after_ms && c->name.size() <= 200 && c->code.size() <= 12 && one_line(c->name));
  must(c->type == CertType::officer || c->roles == 0);
  const auto again = Certificate::decode(c->bytes);
  must(again && again->digest == c->digest);
  (void)c->first_key();
  RootDocument root;
  root.top = c->office;
  root.top_key = c->key;
  // With itself as its only superior: no circle, no crash. A self-signed top office is the one path there is.
  const auto path = check_path(*c, {*again}, root);
  must(path.has_value() == (c->type == CertType::office && c->issuer == c->office));
  return 0;
}
