#include "sync/marks.h"

#include <algorithm>

namespace yz::sync {

void Heard::take(const Mark& base, const Mark& mark) {
  if (mark.number <= base.number || mark == now()) return;
  if (base.number == 0)
    marks_.clear();
  else if (mark.number <= now().number || std::ranges::find(marks_, base) == marks_.end())
    return;
  marks_.push_back(mark);
  if (marks_.size() > kKept) marks_.erase(marks_.begin());
}

Bytes Heard::encode() const {
  Writer w;
  for (const Mark& m : marks_) w.u64(m.number).id(m.told);
  return w.take();
}

Result<Heard> Heard::decode(ByteView bytes) {
  Heard h;
  Reader r(bytes);
  while (r.left() > 0 && r.ok()) {
    Mark m;
    m.number = r.u64();
    m.told = r.id<Told>();
    if (m.number <= h.now().number) return fail(Fault::corrupt, "stored marks are out of order", "store.marks");
    h.marks_.push_back(m);
  }
  if (!r.done() || h.marks_.size() > kKept) return fail(Fault::corrupt, "stored marks are malformed", "store.marks");
  return h;
}

}  // namespace yz::sync
