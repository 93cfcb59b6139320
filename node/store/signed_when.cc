#include "node/store/signed_when.h"

#include <algorithm>

namespace yz::node {
namespace {

constexpr sync::Millis kSaidOfMore = 2 * 60 * 1000;

}  // namespace

SignedWhen signed_when(sync::Millis clock, sync::Millis until_ms, bool here) {
  const sync::Millis until = std::max(clock, until_ms);
  return {here ? until : clock, until};
}

bool by_two(const sync::Record& r) {
  return std::ranges::any_of(r.signatures, [&](const auto& s) { return s.officer != r.signatures.front().officer; });
}

SignedShown signed_shown(const sync::Record& r, const SignedWhen& when) {
  SignedShown out;
  out.at = r.at.ms();
  if (!by_two(r)) return out;
  out.submitted = r.at.ms();
  out.at = when.from;
  if (when.until > when.from + kSaidOfMore) out.until = when.until;
  return out;
}

Result<SignedWhen> signed_at_row(Query& q, int from) {
  const auto r = sync::decode_record(q.blob(from));
  if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
  const sync::Millis clock = r->record.at.ms();
  if (!by_two(r->record)) return SignedWhen{clock, clock};
  return signed_when(clock, q.integer(from + 1), q.integer(from + 2) != 0);
}

}  // namespace yz::node
