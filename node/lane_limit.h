#pragma once
#include "sync/outbox.h"

namespace yz::node {

/// Another outbox's mail as far as a lane: what a line carries that is kept for what cannot wait. Statements and
/// certificates pass as they are; attachments never do.
class LaneLimit : public sync::Outbox {
 public:
  /// `cuts` false: only what was cut before goes, nothing new is bound to this line.
  LaneLimit(sync::Outbox& whole, sync::Lane most, bool cuts = true) : whole_(whole), most_(most), cuts_(cuts) {}
  void most(sync::Lane most) { most_ = most; }
  /// Whether an envelope waits or could be cut.
  Result<bool> anything();

  Result<std::vector<sync::Queued>> waiting(sync::Lane, std::int64_t after, std::size_t most) override;
  Result<std::optional<sync::Queued>> cut(sync::Lane, std::uint64_t link_bps) override;
  Result<bool> uncut(sync::Lane) override;
  Result<Bytes> envelope(std::int64_t row) override { return whole_.envelope(row); }
  Result<std::vector<sync::QueuedChunk>> chunks(std::int64_t, std::size_t) override {
    return std::vector<sync::QueuedChunk>();
  }
  Result<Bytes> chunk(std::int64_t row) override { return whole_.chunk(row); }
  Result<sync::ControlItems> control(std::uint64_t base, std::size_t most_bytes) override {
    return whole_.control(base, most_bytes);
  }
  Result<std::optional<sync::Told>> told(std::uint64_t number) override { return whole_.told(number); }
  Result<std::uint64_t> newest_told() override { return whole_.newest_told(); }
  Result<sync::Digest> outstanding() override { return whole_.outstanding(); }

 private:
  bool passes(sync::Lane l) const { return l <= most_; }
  sync::Outbox& whole_;
  sync::Lane most_;
  bool cuts_;
};

}  // namespace yz::node
