#pragma once
#include <span>

#include "node/store/signed_when.h"
#include "node/store/store.h"
#include "sync/record.h"
#include "sync/statement.h"

namespace yz::node {

/// What is known of a record beside its bytes. Bits of record.flags and matter.flags, shown beside "verified".
namespace record_note {
inline constexpr std::int64_t one_person = 1;  ///< drafter and signer are one person
inline constexpr std::int64_t root_unconfirmed = 2;
inline constexpr std::int64_t expired = 4;       ///< a certificate on the path had expired
inline constexpr std::int64_t clock = 8;         ///< stamped more than 10 min ahead of us
inline constexpr std::int64_t provisional = 16;  ///< 先报后签, cosignature still missing
inline constexpr std::int64_t exercise = 32;
inline constexpr std::int64_t unreadable = 64;    ///< of a type or schema that this version does not know
inline constexpr std::int64_t same_signer = 128;  ///< drafter and signer should differ and do not: accepted and shown
inline constexpr std::int64_t nested = 512;       ///< of a record: known only from inside a forward
inline constexpr std::int64_t older_version = 1024;  ///< of a case: passed on or decided on a version already replaced
inline constexpr std::int64_t unconfirmed_node = 2048;  ///< by a further machine that nobody has confirmed yet
inline constexpr std::int64_t revoked = 256;            ///< a key of it has ended since, or a person released it
inline constexpr std::int64_t unentitled = 4096;        ///< signed off by one who may not: accepted and shown
inline constexpr std::int64_t deputy = 8192;            ///< 代签: signed off in the place of one who is away
/// The rules of its time asked for a reviewer's signature too.
inline constexpr std::int64_t unreviewed = 16384;
}  // namespace record_note

struct RecordFacts {
  bool own = false;
  bool verified = true;
  std::int64_t notes = 0;
  sync::Refusal quarantine = sync::Refusal::none;
  std::optional<std::int64_t> envelope;  ///< row of the received one
  sync::Millis at_ms = 0;                ///< signed here, or received here
  /// Not signed later than then, by the clock of what brought it; 0: nothing is known but its own.
  sync::Millis signed_until = 0;
  bool signed_here = false;  ///< `signed_until` is the very moment of the last signature
};

/// Stores the record and brings its case's row, its parents and the search index up to date ("project").
/// The same id a second time changes nothing. Returns the record's row. Inside Store::write().
/// Implemented in cases.cc.
Result<std::int64_t> put_record(Store&, const sync::ReleasedRecord&, const RecordFacts&);
/// Queues a stored record for its addressees (one delivery each).
Result<> queue_record(Store&, std::int64_t record_row, std::span<const OfficeId> destinations, sync::Lane,
                      sync::Millis now);
/// Receipts moved: the author's view of a case (sent, delivered, opened, refused) follows its deliveries.
/// Called after deliveries of these records changed. Implemented in cases.cc.
Result<> refresh_states(Store&, std::span<const std::int64_t> record_rows, sync::Millis now);

}  // namespace yz::node
