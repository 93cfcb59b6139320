// What another machine of the office tells of a draft, hostile: pieces, states, and what people's programs hand back.
// What decodes must be canonical and bounded, and joining it with anything must stay so. Seeds: tests/fuzz/corpus.py.
#include <algorithm>
#include <cstdlib>

#include "crypto/secret.h"
#include "node/office/draft_view.h"
#include "sync/draft_part.h"

using namespace yz;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool same(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// The office in the seeds.
OfficeId office_of(ByteView in) { return in.size() < 33 ? OfficeId{} : OfficeId::from(in.subspan(17, 16)).value(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  must(started);
  const ByteView in(data, size);
  if (const auto p = sync::decode_draft_part(in))
    must(same(sync::encode(*p), in) && p->index < p->count && p->count <= sync::DraftPart::kMost);
  else
    must(p.error().fault == Fault::forged);
  if (const auto seen = node::Seen::from_token(text(in)))
    must(seen->size() <= node::Seen::kMost && seen->covers(*seen));
  const auto s = node::decode_draft_state(in, office_of(in));
  if (!s) {
    must(s.error().fault == Fault::forged);
    return 0;
  }
  must(same(node::encode(*s), in));
  must(!s->heads.empty() && s->heads.size() <= node::DraftState::kHeads);
  const node::DraftView view = node::view_of(*s);
  must(view.disputed.empty() || view.shown.content.empty());
  const node::DraftState twice = node::joined(*s, *s);
  must(twice.name() == s->name() && twice.before.size() <= node::DraftState::kBefore);
  return 0;
}
