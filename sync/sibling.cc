#include "sync/sibling.h"

#include <cassert>

namespace yz::sync {

Bytes encode(const FurtherWrap& w) {
  assert(w.wrap.size() == FurtherWrap::kSize);
  return Writer().id(w.envelope).raw(w.wrap).take();
}

Result<FurtherWrap> decode_further_wrap(ByteView body) {
  Reader r(body);
  FurtherWrap w;
  w.envelope = r.id<Hash>();
  const ByteView wrap = r.raw(FurtherWrap::kSize);
  if (!r.done()) return fail(Fault::forged, "statement: wrap length", "statement.form");
  w.wrap.assign(wrap.begin(), wrap.end());
  return w;
}

Bytes encode(const Confirmation& c) { return Writer().id(c.node).id(c.certificate).take(); }

Result<Confirmation> decode_confirmation(ByteView body) {
  Reader r(body);
  Confirmation c;
  c.node = r.id<NodeId>();
  c.certificate = r.id<CertDigest>();
  if (!r.done()) return fail(Fault::forged, "statement: confirmation length", "statement.form");
  return c;
}

}  // namespace yz::sync
