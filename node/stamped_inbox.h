#pragma once
#include "node/clock.h"
#include "sync/inbox.h"

namespace yz::node {

/// The courier measures by a clock that runs evenly from its start; what is signed for here bears the wall's time,
/// which may have been set since. Everything else goes on to the inbox as it is.
class StampedInbox final : public sync::Inbox {
 public:
  explicit StampedInbox(sync::Inbox& inner) : inner_(inner) {}
  Result<std::optional<sync::KnownNode>> node(const NodeId& id) override { return inner_.node(id); }
  Result<> accept(const sync::Envelope& e, const NodeId& from, sync::Tally& t) override {
    return inner_.accept(e, from, t);
  }
  Result<std::optional<Bytes>> keep_part(const sync::Part& p, const NodeId& from, sync::Millis now) override {
    return inner_.keep_part(p, from, now);
  }
  Result<> drop_parts(const sync::StreamId& s, sync::Seq n, const NodeId& from) override {
    return inner_.drop_parts(s, n, from);
  }
  Result<std::vector<sync::Have>> unfinished(const NodeId& from) override { return inner_.unfinished(from); }
  Result<> apply(const sync::Statement& s, const NodeId& from, sync::Tally& t) override {
    return inner_.apply(s, from, t);
  }
  Result<> learn(sync::FrameType type, ByteView item, const NodeId& from, sync::Tally& t) override {
    return inner_.learn(type, item, from, t);
  }
  Result<> keep_chunk(const sync::Chunk& c, const NodeId& from, sync::Tally& t) override {
    return inner_.keep_chunk(c, from, t);
  }
  Result<> settle(sync::Millis) override { return inner_.settle(wall_now()); }
  void refused(const NodeId& from, const Error& e) override { inner_.refused(from, e); }

 private:
  sync::Inbox& inner_;
};

}  // namespace yz::node
