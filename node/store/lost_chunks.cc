#include "node/store/lost_chunks.h"

#include <algorithm>

#include "node/store/attachments.h"
#include "node/store/enclosures.h"
#include "node/store/handed.h"
#include "node/store/routes.h"
#include "sync/intervals.h"
#include "sync/limits.h"
#include "sync/record.h"

namespace yz::node {
namespace {

constexpr int kManifest = static_cast<int>(sync::RecordType::manifest);

Result<std::optional<Manifest>> manifest_in(ByteView record) {
  const auto released = sync::decode_record(record);
  if (!released) return fail(Fault::corrupt, "a stored record is damaged", "store.record");
  auto m = decode_manifest(released->record.body);
  if (!m) return std::nullopt;
  return std::move(*m);
}

Result<sync::ChunkReceipt> held(Store& store, const Manifest& m, const NodeId& author) {
  sync::ChunkReceipt r;
  r.author = author;
  r.destination = store.me().office;
  r.attachment = m.id;
  r.count = m.chunks;
  sync::Intervals have;
  Query q =
      TRY(store.blobs().query("select c.position from chunk c join attachment a on a.row = c.attachment where"
                              " a.id = ? and a.own = 0 and a.author = ?",
                              m.id, author));
  while (TRY(q.step())) {
    const auto at = static_cast<std::uint32_t>(q.integer(0));
    if (at < m.chunks) have.add(at, at + 1);
  }
  for (const auto& [from, to] : have.ranges(sync::limit::receipt_ranges)) r.ranges.emplace_back(from, to - 1);
  return r;
}

/// Says so when any is missing; whoever has the whole need not hear of it again.
Result<> tell(Store& store, const Manifest& m, const OfficeId& office, const NodeId& author, sync::Millis now) {
  const sync::ChunkReceipt r = TRY(held(store, m, author));
  if (r.ranges.size() == 1 && r.ranges[0] == std::pair(0U, m.chunks - 1)) return {};
  const auto hop = TRY(next_hop(store, office));
  return hop ? store.state(sync::StatementKind::chunk_receipt, sync::encode(r), *hop, now) : Result<>();
}

/// The machine of that office which is asked: the one that gave the manifest back, or, past a relay, any of them.
Result<std::optional<NodeId>> machine_of(Store& store, const OfficeId& office, const NodeId& preferred) {
  Query q = TRY(store.db().query("select id from node where office = ? and state = 0 order by id <> ?, id limit 1",
                                 office, preferred));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(q.id<NodeId>(0));
}

/// Manifests of ours that came back in the life before, and whose bytes did not all.
Result<> ask_again(Store& store, sync::Millis now) {
  Query q =
      TRY(store.db().query("select r.bytes, d.destination, e.peer from record r join delivery d on d.record = r.row"
                           " join envelope e on e.row = d.envelope where r.own = 1 and r.type = ? and r.quarantine = 0"
                           " and e.back = 2",
                           kManifest));
  while (TRY(q.step())) {
    const auto m = TRY(manifest_in(q.blob(0)));
    if (m && !m->from) TRY(ask_back(store, *m, {}, TRY(q.id<OfficeId>(1)), TRY(q.id<NodeId>(2)), now));
  }
  return {};
}

/// When this life began.
constexpr std::string_view kBegan = "life_began";

}  // namespace

Result<> tell_chunks_we_have(Store& store, sync::Millis now) {
  TRY(store.set_meta_number(kBegan, now));
  Query q =
      TRY(store.db().query("select r.bytes, s.node, s.author from record r join envelope e on e.row = r.envelope"
                           " join stream s on s.row = e.stream where r.own = 0 and r.type = ? and r.quarantine = 0",
                           kManifest));
  while (TRY(q.step()))
    if (const auto m = TRY(manifest_in(q.blob(0))))
      TRY(tell(store, *m, TRY(q.id<OfficeId>(2)), TRY(q.id<NodeId>(1)), now));
  return ask_again(store, now);
}

Result<> tell_chunks_of(Store& store, const sync::ReleasedRecord& r, const NodeId& author, sync::Millis now) {
  if (r.record.type != sync::RecordType::manifest) return {};
  // Whether it was signed before that life began no clock can say: both may be years off.
  if (TRY(store.meta_number(kBegan)) == 0) return {};
  const auto m = decode_manifest(r.record.body);
  return m ? tell(store, *m, r.record.origin, author, now) : Result<>();
}

Result<> offer_chunks_again(Store& store, std::span<const std::int64_t> record_rows) {
  for (const std::int64_t row : record_rows) {
    Query q = TRY(store.db().query("select bytes from record where row = ? and own = 1 and type = ?", row, kManifest));
    if (!TRY(q.step())) continue;
    const auto m = TRY(manifest_in(q.blob(0)));
    if (!m) continue;
    TRY(
        store.blobs().run("update chunk set state = 0 where attachment in (select row from attachment where id = ? and"
                          " own = 1)",
                          m->id));
    TRY(store.blobs().run("update attachment set done = 0 where id = ? and own = 1", m->id));
  }
  return {};
}

Result<> offer_chunks_underway(Store& store, const OfficeId& destination) {
  std::vector<std::int64_t> records;
  {
    Query q =
        TRY(store.db().query("select d.record from delivery d join record r on r.row = d.record"
                             " where d.destination = ? and d.state in (0, 1) and r.own = 1 and r.type = ?",
                             destination, kManifest));
    while (TRY(q.step())) records.push_back(q.integer(0));
  }
  return offer_chunks_again(store, records);
}

Result<> ask_back(Store& store, const Manifest& m, std::span<const OfficeId> addressees, const OfficeId& holder,
                  const NodeId& brought, sync::Millis now) {
  if (TRY(attachment_complete(store, m))) return {};
  const auto machine = TRY(machine_of(store, holder, brought));
  if (!machine) return {};
  std::vector<OfficeId> others;
  std::ranges::remove_copy(addressees, std::back_inserter(others), holder);
  TRY(owe_attachment(store, m, others));
  return tell(store, m, holder, *machine, now);
}

Result<bool> give_back(Store& store, const OfficeId& author, const sync::ChunkReceipt& r) {
  for (const auto& record : TRY(manifest_records(store, r.attachment))) {
    const auto m = decode_manifest(record.record.body);
    if (!m || m->from || record.record.origin != author || m->chunks != r.count) continue;
    TRY(owe_attachment(store, *m, std::span(&author, 1)));
    return true;
  }
  return false;
}

}  // namespace yz::node
