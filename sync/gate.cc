#include "sync/gate.h"

#include <algorithm>

namespace yz::sync {

namespace {

/// By the node's key, or one that it had before.
template <class F>
bool signed_by(const KnownNode& n, F good) {
  return good(n.key) || std::ranges::any_of(n.earlier, good);
}

}  // namespace

Result<> Gate::take(const Frame& frame, Millis now, Tally& tally) {
  auto done = put(frame, now, tally);
  if (done) return {};
  switch (done.error().fault) {
    case Fault::forged:
    case Fault::missing:
    case Fault::denied:
    case Fault::invalid:
      ++tally.refused;
      refused(std::move(done.error()));
      return {};
    default:
      return done;  // our own disk: the whole exchange fails and nothing is acknowledged
  }
}

void Gate::refused(Error e) {
  if (later_ == nullptr) return inbox_.refused(from_, e);
  const bool known = std::ranges::any_of(*later_, [&](const Error& l) { return l.code == e.code; });
  if (!known && later_->size() < kLater) later_->push_back(std::move(e));
}

Result<> Gate::put(const Frame& frame, Millis now, Tally& tally) {
  switch (frame.type) {
    case FrameType::statement:
      return statement(frame.bytes, tally);
    case FrameType::certificate:
    case FrameType::root:
      return inbox_.learn(frame.type, frame.bytes, from_, tally);
    case FrameType::envelope:
      return envelope(frame.bytes, tally);
    case FrameType::part: {
      const Part part = TRY(decode_part(frame.bytes));
      const auto whole = TRY(inbox_.keep_part(part, from_, now));
      if (!whole) return {};
      // Whatever it turns out to be, its parts are of no more use: a bad envelope comes again as a whole.
      TRY(inbox_.drop_parts(part.stream, part.seq, from_));
      return envelope(*whole, tally);
    }
    case FrameType::chunk: {
      const Chunk chunk = TRY(decode_chunk(frame.bytes));
      const auto author = TRY(inbox_.node(chunk.author));
      if (!author) return fail(Fault::missing, "chunk of an unknown node", "unknown-certificate");
      if (!signed_by(*author, [&](const PublicKey& k) { return verify_chunk(chunk.bytes, k); }))
        return fail(Fault::forged, "chunk signature", "bad-signature");
      return inbox_.keep_chunk(chunk, from_, tally);
    }
    case FrameType::have:
      return {};  // the sender's business, not the inbox's
  }
  return fail(Fault::forged, "unknown frame");
}

Result<> Gate::envelope(ByteView bytes, Tally& tally) {
  const Envelope e = TRY(decode_envelope(bytes));
  const auto author = TRY(inbox_.node(e.head.stream.node));
  if (!author) return fail(Fault::missing, "envelope of an unknown node", "unknown-certificate");
  if (author->office != e.head.stream.author) return fail(Fault::forged, "node of another office", "bad-signature");
  if (!signed_by(*author, [&](const PublicKey& k) { return verify_envelope(e, k); }))
    return fail(Fault::forged, "envelope signature", "bad-signature");
  return inbox_.accept(e, from_, tally);
}

Result<> Gate::statement(ByteView bytes, Tally& tally) {
  const Statement s = TRY(decode_statement(bytes));
  const auto author = TRY(inbox_.node(s.node));
  if (!author) return fail(Fault::missing, "statement of an unknown node", "unknown-certificate");
  if (author->office != s.office || !signed_by(*author, [&](const PublicKey& k) { return verify_statement(s, k); }))
    return fail(Fault::forged, "statement signature", "bad-signature");
  return inbox_.apply(s, from_, tally);
}

}  // namespace yz::sync
