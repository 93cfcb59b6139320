#pragma once
#include <atomic>
#include <map>
#include <set>

#include "node/store/directory.h"
#include "sync/inbox.h"
#include "sync/statement.h"

namespace yz::node {

/// Where checked things from neighbours are put, over the database. Lives as long as the store; what was touched
/// in a transaction is receipted by settle(). After a roll-back call forget().
class StoreInbox : public sync::Inbox {
 public:
  explicit StoreInbox(Store& store) : store_(store), directory_(store) {}

  Result<std::optional<sync::KnownNode>> node(const NodeId&) override;
  Result<> accept(const sync::Envelope&, const NodeId& from, sync::Tally&) override;
  Result<std::optional<Bytes>> keep_part(const sync::Part&, const NodeId& from, sync::Millis now) override;
  Result<> drop_parts(const sync::StreamId&, sync::Seq, const NodeId& from) override;
  Result<std::vector<sync::Have>> unfinished(const NodeId& from) override;
  Result<> apply(const sync::Statement&, const NodeId& from, sync::Tally&) override;
  Result<> learn(sync::FrameType, ByteView, const NodeId& from, sync::Tally&) override;
  Result<> keep_chunk(const sync::Chunk&, const NodeId& from, sync::Tally&) override;
  Result<> settle(sync::Millis now) override;
  void refused(const NodeId& from, const Error&) override;

  /// Signs the receipts of one kind for a received stream, to the neighbour its author is reached by.
  Result<> receipt(std::int64_t stream_row, sync::ReceiptKind, sync::Millis now);
  /// A receipt has room for so many that wait for a certificate; beyond them it would call opened what is not.
  Result<bool> more_waits_than_told(std::int64_t stream_row);
  void forget();
  void set_now(sync::Millis now) { now_ = now; }
  /// When a neighbour last said that it carries something of ours; 0 = not in this life.
  sync::Millis custody_at() const { return custody_at_; }
  /// What one node may send a day; flash has ten times the room. 0 = no bound.
  void set_quota(std::uint64_t envelopes, std::uint64_t bytes) { quota_ = {envelopes, bytes}; }

 private:
  Result<> act_on(const sync::Statement&, const NodeId& from, bool anew, bool news, sync::Tally&);
  Result<> thin_out(const sync::Statement&);
  Result<> receipt_arrived(const sync::Statement&, const NodeId& from, bool anew, bool news, sync::Tally&);
  Result<> own_receipt(const sync::Receipt&, std::int64_t stream, const NodeId& from, bool news);
  Result<> another_history(const sync::Receipt&, std::int64_t stream);
  Result<> reopen(std::int64_t stream, const sync::Receipt&, const std::vector<sync::Receipt>& others,
                  std::vector<std::int64_t>& records);
  Result<> author_holds(const sync::Statement&, const sync::Receipt&, const NodeId& from);
  Result<> opened_anew(const sync::Statement&);
  /// Our own envelope, from the office that it once went to: this store is older than it (protocol 9).
  Result<> take_back(const sync::Envelope&, const NodeId& from, sync::Tally&);
  // Other machines of our office (copies.cc).
  Result<> take_copy(const sync::Envelope&, const NodeId& from, sync::Tally&);
  Result<> settle_copies(std::int64_t stream, sync::Millis now);
  Result<> sibling_receipt(const sync::Statement&, const sync::Receipt&, bool anew);
  Result<> pass_to_siblings(const sync::Statement&, const NodeId& from);
  Result<> take_wrap(const sync::Statement&);
  Result<std::vector<sync::Receipt>> others_hold(const sync::Statement&, const sync::Receipt&);
  Result<std::int64_t> received_stream(const sync::StreamName&, int own = 0);
  Result<std::vector<NodeId>> ways_back(std::int64_t stream, const sync::StreamName&);

  // What passes by (carry.cc).
  Result<OfficeId> carried_towards(const sync::StreamName&, const NodeId& from);
  Result<> carry(const sync::Envelope&, const NodeId& from, sync::Tally&);
  Result<bool> chunk_is_carried(const sync::Chunk&, const NodeId& from);
  Result<> carry_again(std::int64_t attachment, std::uint32_t position, sync::Tally&);
  Result<> in_custody(const sync::Statement&, const sync::Receipt&);
  Result<> carried_arrived(const sync::Statement&, const sync::Receipt&, std::int64_t stream);
  Result<> pass_receipt(const sync::Statement&, const sync::Receipt&, const NodeId& from);
  Result<> pass_ask_back(const sync::Statement&, const sync::ChunkReceipt&, const NodeId& from);
  Result<> pass_chunk_receipt(const sync::Statement&, const sync::ChunkReceipt&, const NodeId& from);
  Result<> pass_on(const sync::Statement&, const OfficeId& to, const NodeId& from);
  Result<> spread(sync::FrameType, ByteView bytes, const Hash& key, const NodeId& from);
  Result<> spread_certificate(const crypto::Certificate&, const NodeId& from);
  Result<> relay(const sync::Statement&, const NodeId& from);
  /// `said`: when the receipt was given, by its own stamp. What a delivery keeps is the first that covers it.
  Result<> stored(std::int64_t stream, const sync::Receipt&, sync::Millis said, sync::Tally&,
                  std::vector<std::int64_t>& records);
  Result<> opened(std::int64_t stream, const sync::Receipt& sure, const sync::Receipt&, sync::Millis said,
                  std::vector<std::int64_t>& records);
  Result<> waited(std::int64_t stream, const sync::Receipt& sure, const sync::Receipt&, sync::Millis said,
                  std::vector<std::int64_t>& records);
  Result<> refusals(std::int64_t stream, const sync::Receipt&, std::vector<std::int64_t>& records);
  Result<> say_chunks(const sync::ChunkReceipt&, sync::Millis now);
  Result<> chunks_arrived(const sync::Statement&, const NodeId& from, bool anew, sync::Tally&);
  Result<> wanted(const sync::Statement&, const NodeId& from);
  Result<> advance(std::int64_t stream);

  Store& store_;
  Directory directory_;
  /// Before anything of it is stored. When the author has sent enough for today: Fault::full "quota", which ends the
  /// exchange, or Fault::denied "quota" when another neighbour brings it, whose own mail must not wait for that.
  /// `limbo`: its keys were taken back; a little of it may pass (sync/PROTOCOL.md 5.5).
  Result<> count_against_quota(const NodeId& author, sync::Lane, std::size_t bytes, const NodeId& from,
                               bool limbo = false);

  struct Quota {
    std::uint64_t envelopes = 0, bytes = 0;
  };
  struct Today {
    std::int64_t day = 0;
    Quota used, flash;
  };
  Quota quota_;
  std::map<NodeId, Today> today_;  // one entry an admitted node; a restart forgives, at most one day's worth
  std::set<std::int64_t> streams_, attachments_;
  std::set<std::int64_t> asked_;                // of streams_: the author asked what we have
  std::map<std::int64_t, NodeId> returned_by_;  // of streams_: ours, and who gives of it back
  std::set<std::int64_t> again_;                // of those: something came that was back already
  sync::Millis now_ = 0;
  std::atomic<sync::Millis> custody_at_ = 0;  // read on the line's thread
};

}  // namespace yz::node
