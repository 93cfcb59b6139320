#include "node/store/handed.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/directory.h"
#include "node/store/enclosures.h"
#include "sync/exchange.h"

namespace yz::node {
namespace {

/// What all chunks of a row are together, as a manifest names it.
Result<Hash> content_of(Store& store, std::int64_t row) {
  crypto::Hasher all(crypto::purpose::chunk);
  Query q = TRY(store.blobs().query("select bytes from chunk where attachment = ? order by position", row));
  while (TRY(q.step())) {
    const Bytes bytes = q.blob(0);
    const auto frame = sync::decode_chunk(bytes);
    if (!frame) return fail(Fault::corrupt, "a stored chunk is damaged", "store.attachment");
    all.add(crypto::hash(crypto::purpose::chunk, {frame->ciphertext}).view());
  }
  return all.done();
}

struct Row {
  std::int64_t row = 0;
  bool own = false, complete = false;
  std::uint32_t count = 0, have = 0;
  std::optional<Hash> content;
  NodeId author;
};

/// Ours, and what came to us; not what is handed on, which has no bytes.
Result<std::vector<Row>> rows_of(Store& store, const sync::AttachmentId& id) {
  std::vector<Row> out;
  // What is there is counted, not believed.
  Query q = TRY(
      store.blobs().query("select row, own, count, (select count(*) from chunk c where c.attachment = attachment.row),"
                          " content, author from attachment where id = ? and handed = 0 and (own = 1 or (own = 0 and"
                          " destination = ?)) order by row",
                          id, store.me().office));
  while (TRY(q.step())) {
    Row r;
    r.row = q.integer(0);
    r.own = q.integer(1) == 1;
    r.count = static_cast<std::uint32_t>(q.integer(2));
    r.have = static_cast<std::uint32_t>(q.integer(3));
    r.complete = r.have == r.count;
    if (!q.null(4)) r.content = TRY(q.id<Hash>(4));
    r.author = TRY(q.id<NodeId>(5));
    out.push_back(r);
  }
  return out;
}

/// Of one that was whole before this was kept, it is worked out each time it is asked for.
Result<bool> is(Store& store, const Row& r, const Manifest& m) {
  if (r.count != m.chunks || !r.complete) return false;
  return (r.content ? *r.content : TRY(content_of(store, r.row))) == m.content;
}

Result<OfficeId> office_of(Store& store, const NodeId& node) {
  Query q = TRY(store.db().query("select office from node where id = ?", node));
  return TRY(q.step()) ? q.id<OfficeId>(0) : OfficeId{};
}

/// Whoever sent chunks that together are not what its own manifest names has signed both.
Result<> judge(Store& store, const Row& r, const sync::AttachmentId& id, sync::Millis now) {
  const OfficeId office = TRY(office_of(store, r.author));
  bool named = false;
  for (const auto& record : TRY(manifest_records(store, id))) {
    const auto m = decode_manifest(record.record.body);
    if (!m || record.record.origin != office) continue;
    if (TRY(is(store, r, *m))) return {};
    named = true;
  }
  if (!named) return {};
  TRY(store.alarm("attachment.forged", "an attachment that came is not the one that its author signed",
                  hex(office.view()), now));
  if (store.db().changes() > 0)
    TRY(store.journal("node", "attachment.forged", hex(office.view()), hex(id.view()), now));
  return {};
}

/// What waits for its bytes to be here goes, once they are what its author signed.
Result<> let_go(Store& store, const sync::AttachmentId& id) {
  Database& db = store.blobs();
  struct Waiting {
    std::int64_t row;
    std::uint32_t count;
    Hash content;
  };
  std::vector<Waiting> waiting;
  {
    Query q = TRY(db.query("select row, count, content from attachment where id = ? and handed = 1 and ready = 0", id));
    while (TRY(q.step()))
      waiting.push_back({q.integer(0), static_cast<std::uint32_t>(q.integer(1)), TRY(q.id<Hash>(2))});
  }
  if (waiting.empty()) return {};
  const auto rows = TRY(rows_of(store, id));
  for (const Waiting& w : waiting) {
    const auto from = std::ranges::find_if(
        rows, [&](const Row& r) { return r.complete && r.count == w.count && r.content == w.content; });
    if (from == rows.end()) continue;
    TRY(
        db.run("insert into chunk(attachment, position, bytes, size) select ?, position, x'', size from chunk"
               " where attachment = ? order by position",
               w.row, from->row));
    TRY(db.run("update attachment set have = count, complete = 1, ready = 1 where row = ?", w.row));
  }
  return {};
}

}  // namespace

Result<AttachmentBytes> bytes_of(Store& store, const Manifest& m) {
  AttachmentBytes best, forged;
  bool underway = false;
  for (const Row& r : TRY(rows_of(store, m.id))) {
    // Nobody but us made ours; what is read of it is looked at all the same.
    if (r.own ? r.count == m.chunks && r.complete : TRY(is(store, r, m)))
      return AttachmentBytes{r.row, true, r.count, {}};
    if (r.complete) {
      forged = {r.row, false, 0, r.author};
    } else if (!underway || r.have > best.have) {
      best = {r.row, false, r.have, {}};
      underway = true;
    }
  }
  return underway ? best : forged;
}

Result<> attachment_arrived(Store& store, std::int64_t row, sync::Millis now) {
  sync::AttachmentId id;
  {
    Query q = TRY(store.blobs().query(
        "select id from attachment where row = ? and own = 0 and complete = 1 and content is null", row));
    if (!TRY(q.step())) return {};
    id = TRY(q.id<sync::AttachmentId>(0));
  }
  TRY(store.blobs().run("update attachment set content = ? where row = ?", TRY(content_of(store, row)), row));
  return manifest_arrived(store, id, now);
}

Result<> manifest_arrived(Store& store, const sync::AttachmentId& id, sync::Millis now) {
  for (const Row& r : TRY(rows_of(store, id))) {
    if (r.own || !r.complete) continue;
    if (!r.content) {
      TRY(store.blobs().run("update attachment set content = ? where row = ?", TRY(content_of(store, r.row)), r.row));
    }
    TRY(judge(store, r, id, now));
  }
  return let_go(store, id);
}

Result<bool> known_whole(Store& store, const sync::AttachmentId& id) {
  if (TRY(rows_of(store, id)).empty()) return false;
  for (const auto& record : TRY(manifest_records(store, id))) {
    const auto m = decode_manifest(record.record.body);
    if (m && TRY(bytes_of(store, *m)).whole) return true;
  }
  return false;
}

Result<> hand_on_attachment(Store& store, const Manifest& m, std::span<const OfficeId> destinations) {
  const auto authors = TRY(authors_manifest(store, m)).record.record.addressees;
  std::vector<OfficeId> others;
  std::ranges::copy_if(destinations, std::back_inserter(others),
                       [&](const OfficeId& to) { return !std::ranges::binary_search(authors, to); });
  return owe_attachment(store, m, others);
}

Result<> owe_attachment(Store& store, const Manifest& m, std::span<const OfficeId> destinations) {
  for (const OfficeId& to : destinations) {
    if (to == store.me().office) continue;
    TRY(
        store.blobs().run("insert into attachment(id, own, author, destination, count, ready, at_ms, handed, content)"
                          " values(?, 1, ?, ?, ?, 0, ?, 1, ?) on conflict do nothing",
                          m.id, store.me().node, to, m.chunks, store.last_moment(), m.content));
  }
  // One that was whole before such things were kept is looked at now.
  for (const Row& r : TRY(rows_of(store, m.id)))
    if (!r.own && r.complete && !r.content)
      TRY(store.blobs().run("update attachment set content = ? where row = ?", TRY(content_of(store, r.row)), r.row));
  return let_go(store, m.id);
}

Result<Bytes> handed_chunk(Store& store, std::int64_t row) {
  Query q =
      TRY(store.blobs().query("select a.id, a.destination, s.bytes from chunk c join attachment a on a.row ="
                              " c.attachment join attachment b on b.id = a.id and b.own = 0 and b.destination = ? and"
                              " b.complete = 1 and b.content = a.content join chunk s on s.attachment = b.row and"
                              " s.position = c.position where c.row = ? limit 1",
                              store.me().office, row));
  if (!TRY(q.step())) return fail(Fault::corrupt, "a chunk that is handed on is missing", "store.attachment");
  const Bytes bytes = q.blob(2);
  const auto c = sync::decode_chunk(bytes);
  if (!c) return fail(Fault::corrupt, "a stored chunk is damaged", "store.attachment");
  return sync::sign_chunk(store.me().node, TRY(q.id<OfficeId>(1)), TRY(q.id<sync::AttachmentId>(0)), c->index, c->count,
                          c->ciphertext, store.keys().node);
}

}  // namespace yz::node
