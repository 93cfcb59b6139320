#include "node/store/chunk_copies.h"

#include <algorithm>

#include "node/store/attachments.h"
#include "node/store/enclosures.h"
#include "node/store/handed.h"
#include "node/store/siblings.h"
#include "sync/exchange.h"
#include "sync/intervals.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

constexpr std::int64_t kManifestsAtOnce = 256;  // manifests looked at in one go
constexpr std::int64_t kWantsMost = 16384;      // attachments that one machine asks us for
constexpr int kManifest = static_cast<int>(sync::RecordType::manifest);

Bytes pack(const sync::Intervals& all) {
  Writer w;
  for (const auto& [a, b] : all.ranges(sync::limit::chunks_max)) w.u32(a).u32(b);
  return w.take();
}

sync::Intervals unpack(ByteView bytes) {
  sync::Intervals out;
  Reader r(bytes);
  while (r.ok() && r.left() > 0) {
    const std::uint32_t a = r.u32(), b = r.u32();
    out.add(a, b);
  }
  return out;
}

Result<std::optional<Manifest>> manifest_in(ByteView record) {
  const auto released = sync::decode_record(record);
  if (!released) return fail(Fault::corrupt, "a stored record is damaged", "store.record");
  auto m = decode_manifest(released->record.body);
  if (!m) return std::nullopt;
  return std::move(*m);
}

/// What we have of it already, whoever it came by.
Result<sync::ChunkReceipt> held(Store& store, const Manifest& m) {
  sync::ChunkReceipt r;
  r.author = store.me().node;
  r.destination = store.me().office;
  r.attachment = m.id;
  r.count = m.chunks;
  sync::Intervals have;
  Query q = TRY(store.blobs().query("select position from chunk where attachment = ?", TRY(bytes_of(store, m)).row));
  while (TRY(q.step())) {
    const auto at = static_cast<std::uint32_t>(q.integer(0));
    if (at < m.chunks) have.add(at, at + 1);
  }
  for (const auto& [from, to] : have.ranges(sync::limit::receipt_ranges)) r.ranges.emplace_back(from, to - 1);
  return r;
}

/// Manifests that came since the last look and whose chunks are not all here.
Result<> note_new(Store& store, std::span<const NodeId> others, sync::Millis now) {
  std::int64_t seen = TRY(store.meta_number("chunks_asked"));
  std::vector<std::pair<std::int64_t, Bytes>> found;
  {
    Query q = TRY(store.db().query(
        "select row, bytes from record where row > ? and type = ? and quarantine = 0 order by row limit ?", seen,
        kManifest, kManifestsAtOnce));
    while (TRY(q.step())) found.emplace_back(q.integer(0), q.blob(1));
  }
  if (found.empty()) return {};
  for (const auto& [row, bytes] : found) {
    seen = row;
    const auto m = TRY(manifest_in(bytes));
    if (!m || TRY(attachment_complete(store, *m))) continue;
    TRY(store.db().run("insert into chunk_want(id, record) values(?, ?) on conflict do nothing", m->id, row));
    TRY(store.state_to(sync::StatementKind::chunk_receipt, sync::encode(TRY(held(store, *m))), others, now));
  }
  return store.set_meta_number("chunks_asked", seen);
}

Result<> forget_whole(Store& store) {
  std::vector<std::int64_t> records;
  {
    Query q = TRY(store.db().query("select record from chunk_want order by record limit ?", kManifestsAtOnce));
    while (TRY(q.step())) records.push_back(q.integer(0));
  }
  for (const std::int64_t row : records) {
    std::optional<Manifest> m;
    {
      Query q = TRY(store.db().query("select bytes from record where row = ?", row));
      if (TRY(q.step())) m = TRY(manifest_in(q.blob(0)));
    }
    if (!m || TRY(attachment_complete(store, *m))) TRY(store.db().run("delete from chunk_want where record = ?", row));
  }
  return {};
}

/// Of several authors' chunks those that a manifest names; of our own any row will do: the ciphertext is the same for
/// every addressee.
Result<std::int64_t> row_to_give(Store& store, const sync::AttachmentId& id) {
  std::int64_t row = 0;
  for (const auto& record : TRY(manifest_records(store, id))) {
    const auto m = decode_manifest(record.record.body);
    if (!m) continue;
    const AttachmentBytes here = TRY(bytes_of(store, *m));
    if (here.whole) return here.row;
    if (row == 0) row = here.row;
  }
  return row;
}

}  // namespace

Result<> ask_for_chunks(Store& store, sync::Millis now) {
  const auto others = TRY(siblings(store));
  if (others.empty()) return {};
  TRY(note_new(store, others, now));
  return forget_whole(store);
}

Result<> sibling_has_chunks(Store& store, const sync::Statement& s, const sync::ChunkReceipt& r) {
  Database& db = store.blobs();
  sync::Intervals have;
  {
    Query q =
        TRY(db.query("select held, epoch, total from chunk_copy where id = ? and peer = ?", r.attachment, s.node));
    if (TRY(q.step())) {
      // Put back from a copy it may have less than it had.
      if (TRY(q.id<sync::Epoch>(1)) == s.epoch && q.integer(2) == r.count) have = unpack(q.blob(0));
    } else {
      Query n = TRY(db.query("select count(*) from chunk_copy where peer = ? and done = 0", s.node));
      TRY(n.step());
      if (n.integer(0) >= kWantsMost) return {};
    }
  }
  for (const auto& [a, b] : r.ranges) have.add(a, b + 1);
  return db.run(
      "insert into chunk_copy(id, peer, epoch, total, held, done) values(?, ?, ?, ?, ?, ?) on conflict(id, peer) do"
      " update set epoch = excluded.epoch, total = excluded.total, held = excluded.held, done = excluded.done",
      r.attachment, s.node, s.epoch, r.count, ByteView(pack(have)), have.covers(0, r.count) ? 1 : 0);
}

Result<std::vector<sync::QueuedChunk>> chunks_asked_for(Store& store, const NodeId& machine, std::int64_t after,
                                                        std::size_t most) {
  std::vector<sync::QueuedChunk> out;
  struct Wanted {
    sync::AttachmentId id;
    std::int64_t total;
    sync::Intervals held;
  };
  std::vector<Wanted> asked;
  {
    Query q = TRY(store.blobs().query("select id, total, held from chunk_copy where peer = ? and done = 0", machine));
    while (TRY(q.step())) asked.push_back({TRY(q.id<sync::AttachmentId>(0)), q.integer(1), unpack(q.blob(2))});
  }
  for (const Wanted& a : asked) {
    Query q = TRY(store.blobs().query(
        "select c.row, c.size, c.position from chunk c join attachment a on a.row = c.attachment where c.row > ?"
        " and a.row = ? and a.count = ? and (a.own = 0 or a.ready = 1) order by c.row",
        after, TRY(row_to_give(store, a.id)), a.total));
    for (std::size_t n = 0; n < most && TRY(q.step());) {
      const auto at = static_cast<std::uint32_t>(q.integer(2));
      if (a.held.covers(at, at + 1)) continue;
      out.push_back({q.integer(0), static_cast<std::uint32_t>(q.integer(1))});
      ++n;
    }
  }
  std::ranges::sort(out, {}, &sync::QueuedChunk::row);
  if (out.size() > most) out.resize(most);
  return out;
}

Result<Bytes> chunk_for_sibling(Store& store, std::int64_t row) {
  Query q = TRY(store.blobs().query(
      "select c.bytes, a.own from chunk c join attachment a on a.row = c.attachment where c.row = ?", row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a queued chunk is missing");
  Bytes bytes = q.blob(0);
  if (q.integer(1) == 0) return bytes;
  const auto c = sync::decode_chunk(bytes);
  if (!c) return fail(Fault::corrupt, "a stored chunk is damaged", "store.attachment");
  return sync::sign_chunk(store.me().node, store.me().office, c->attachment, c->index, c->count, c->ciphertext,
                          store.keys().node);
}

}  // namespace yz::node
