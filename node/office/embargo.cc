#include "node/office/embargo.h"

#include <algorithm>

#include "node/office/body.h"
#include "node/office/layers.h"

namespace yz::node {
namespace {

/// The strictest of both, and an emergency if any text of it is.
Embargo both(const Embargo& a, const Embargo& b) {
  Embargo out = a;
  if (b.until) out.until = std::max(out.until.value_or(*b.until), *b.until);
  out.here |= b.here;
  out.emergency |= b.emergency;
  return out;
}

}  // namespace

Embargo embargo_of(const Report& r) {
  Embargo e;
  e.until = r.fields.count(kEmbargoUntil);
  if (const Value* v = r.fields.find(kEmbargoHere))
    if (const bool* b = std::get_if<bool>(v)) e.here = *b;
  e.emergency = is_emergency(r.kind, r.lane);
  return e;
}

Embargo embargo_of(const sync::ReleasedRecord& r) {
  Embargo e;
  if (r.record.type == sync::RecordType::forward) {
    if (const auto layers = text_layers(r))
      for (const TextLayer& l : *layers)
        if (l.report) e = both(e, embargo_of(*l.report));
  } else if (const auto body = decode_body(r.record.body)) {
    e = embargo_of(body->report);
  }
  // Whoever asked for a faster lane later did not write it into the text.
  e.emergency |= r.record.lane != sync::Lane::routine;
  return e;
}

std::optional<Error> forbids(const Embargo& e, Further what, sync::Millis now) {
  const bool upward = what == Further::pass_on;
  if (upward && e.emergency) return std::nullopt;
  if (e.here)
    return Error{Fault::denied, "it is for the offices that it was addressed to, and goes no further", "embargo.here"};
  if (e.until && *e.until > now)
    return Error{Fault::conflict,
                 upward ? "it may not be passed on before the time that stands on it; it is kept here"
                        : "it may not be published or used elsewhere before the time that stands on it",
                 "embargo.until"};
  return std::nullopt;
}

}  // namespace yz::node
