#pragma once
#include <array>
#include <set>

#include "node/store/inbox.h"
#include "node/store/received.h"
#include "node/store/records.h"
#include "node/store/revocation.h"
#include "sync/record.h"

namespace yz::node {

struct Manifest;

/// Opens what was stored and receipted: decrypts, checks officers' signatures and paths, puts records on their
/// cases. Separate from storing, so that a fault here never loses a report. Idempotent; a crash in the middle
/// begins the envelope anew. One transaction an envelope.
class Opener {
 public:
  Opener(Store& store, StoreInbox& inbox) : store_(store), inbox_(inbox), directory_(store) {}

  struct Done {
    std::size_t envelopes = 0;
    std::array<std::uint64_t, 5> records{};  ///< by lane
    bool more = false;
  };
  /// At most `most` envelopes, most urgent first.
  Result<Done> open_some(std::size_t most, sync::Millis now);

 private:
  struct Context {
    std::int64_t row = 0, stream = 0;
    sync::Envelope envelope;
    sync::Millis now = 0;
    bool waits = false;  ///< a record of it waits for a certificate
    Received received = {};
  };
  Result<> open_one(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now, Done&);
  Result<> open_returned(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now, Done&);
  Result<> open_copy(std::int64_t row, std::int64_t stream, const Bytes& bytes, sync::Millis now, Done&);
  Result<> put_copy(Context&, const sync::ReleasedRecord&, Done&);
  Result<sync::Refusal> judge_own(const sync::ReleasedRecord&, std::set<CertDigest>& missing);
  Result<> put_own(Context&, const sync::ReleasedRecord&, sync::Refusal);
  Result<> own_manifest_back(const Context&, const sync::Record&, const Manifest&);
  Result<NodeId> brought_by(const Context&);
  Result<> learn(const Context&, ByteView certificate);
  Result<> put(Context&, ByteView record, Done&);
  Result<sync::Refusal> judge(Context&, const sync::ReleasedRecord&, std::int64_t& notes);
  Result<bool> works_alone(const sync::Record&);
  Result<sync::Refusal> judge_cosignature(const sync::Record&);
  Result<sync::Refusal> judge_absence(const sync::Record&);
  Result<sync::Refusal> judge_act(const sync::ReleasedRecord&, sync::Millis now, std::int64_t& notes);
  Result<sync::Refusal> judge_task(const sync::ReleasedRecord&, bool alone);
  Result<sync::Refusal> judge_policy(const sync::Record&);
  Result<sync::Refusal> judge_reply(const sync::Record&);
  Result<sync::Refusal> judge_layers(const Context&, const sync::ReleasedRecord&);
  SignedWhen when_of(const sync::Record& r) const { return signed_when(r.at.ms(), signed_until_, false); }
  static Arrival came_by(const Context&);
  Result<std::int64_t> persons_of(const sync::Record&);
  Result<> put_nested(Context&, const sync::ReleasedRecord&);
  Result<> came_itself(Context&, const sync::ReleasedRecord&, Done&);
  Result<> refuse(const Context&, const RecordId&, sync::Refusal);
  Result<> manifest_came(const sync::ReleasedRecord&, sync::Millis now);
  Result<> judge_again(Context&, const sync::ReleasedRecord&, const RecordFacts&);
  Result<> ask_for_certificates(const Context&);
  Result<> want(std::set<CertDigest> missing, const NodeId& of, sync::Millis now);
  Result<> advance(std::int64_t stream);

  Store& store_;
  StoreInbox& inbox_;
  Directory directory_;
  /// What is in the envelope that is being opened was not signed later than its author's node says it was sealed.
  sync::Millis signed_until_ = 0;
};

}  // namespace yz::node
