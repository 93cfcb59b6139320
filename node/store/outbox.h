#pragma once
#include <functional>

#include "node/store/directory.h"
#include "sync/outbox.h"

namespace yz::node {

/// What waits for one neighbour, over the database. Cuts envelopes for its own office and for those that it is the
/// way to (routes.h), and hands on what is carried for others.
class StoreOutbox : public sync::Outbox {
 public:
  /// `now` gives the wall clock: cutting stamps envelopes.
  StoreOutbox(Store& store, NodeId peer, OfficeId office, std::function<sync::Millis()> now)
      : store_(store), peer_(peer), office_(office), now_(std::move(now)) {}

  Result<std::vector<sync::Queued>> waiting(sync::Lane, std::int64_t after, std::size_t most) override;
  Result<std::optional<sync::Queued>> cut(sync::Lane, std::uint64_t link_bps) override;
  Result<bool> uncut(sync::Lane) override;
  Result<Bytes> envelope(std::int64_t row) override;
  Result<std::vector<sync::QueuedChunk>> chunks(std::int64_t after, std::size_t most) override;
  Result<Bytes> chunk(std::int64_t row) override;
  Result<sync::ControlItems> control(std::uint64_t base, std::size_t most_bytes) override;
  Result<std::optional<sync::Told>> told(std::uint64_t number) override;
  Result<std::uint64_t> newest_told() override;
  Result<sync::Digest> outstanding() override;

 private:
  struct Load;  // what goes into one envelope
  Result<bool> may_cut(const OfficeId&);
  Result<bool> anything_for(const OfficeId&, sync::Lane);
  Result<std::optional<OfficeId>> for_whom(sync::Lane);
  Result<> take_back_unreceipted(const OfficeId&, sync::Lane);
  struct Cut;  // where it goes in its stream
  Result<Load> choose(const OfficeId&, sync::Lane, std::uint64_t link_bps, std::size_t most_records);
  Result<Cut> next_in(const OfficeId&, sync::Lane);
  Result<sync::Queued> keep(const Cut&, const Load&, const sync::Envelope&);
  Result<> set_aside(const OfficeId&, const Load&);
  Result<> introduce(const OfficeId&, Load&);
  Result<std::vector<BoxPublic>> readers(const OfficeId&);
  Result<std::vector<OfficeId>> chunk_destinations();
  Result<std::vector<sync::QueuedChunk>> chunks_on_way(std::int64_t after, std::size_t most);

  Store& store_;
  NodeId peer_;
  OfficeId office_;
  std::function<sync::Millis()> now_;
};

}  // namespace yz::node
