#include "sync/marks.h"

#include <algorithm>

namespace yz::sync {

bool Heard::take(const Mark& base, const Mark& mark) {
  const Mark before = now();
  const bool answers = doubt_ && base == *doubt_;
  if (base.number != 0 && !answers && std::ranges::find(marks_, base) == marks_.end()) return false;
  const bool settled = answers || (doubt_ && ++doubts_ >= kDoubts);
  if (settled) doubt_.reset();
  if (mark.number <= base.number || mark == before) return true;
  if (base.number == 0)
    marks_.clear();
  else if (mark.number <= before.number)
    return true;
  // It builds on what was before our newest: it missed our last answers, or never said what they were about.
  if (base != before && before.number > 0 && !doubt_ && !settled) {
    doubt_ = before;
    doubts_ = 0;
  }
  marks_.push_back(mark);
  if (marks_.size() > kKept) marks_.erase(marks_.begin());
  return true;
}

Bytes Heard::encode() const {
  Writer w;
  for (const Mark& m : marks_) w.u64(m.number).id(m.told);
  if (doubt_) w.u8(doubts_).u64(doubt_->number).id(doubt_->told);
  return w.take();
}

Result<Heard> Heard::decode(ByteView bytes) {
  Heard h;
  Reader r(bytes);
  constexpr std::size_t kMark = 16;
  const std::size_t doubtful = bytes.size() % kMark == 1 && bytes.size() > kMark ? kMark + 1 : 0;
  const auto mark = [&] {
    Mark m;
    m.number = r.u64();
    m.told = r.id<Told>();
    return m;
  };
  while (r.left() > doubtful && r.ok()) {
    const Mark m = mark();
    if (m.number <= h.now().number) return fail(Fault::corrupt, "stored marks are out of order", "store.marks");
    h.marks_.push_back(m);
  }
  if (doubtful > 0) {
    h.doubts_ = r.u8();
    h.doubt_ = mark();
    if (h.marks_.empty() || h.doubt_->number == 0 || h.doubts_ >= kDoubts)
      return fail(Fault::corrupt, "stored marks are malformed", "store.marks");
  }
  if (!r.done() || h.marks_.size() > kKept) return fail(Fault::corrupt, "stored marks are malformed", "store.marks");
  return h;
}

}  // namespace yz::sync
