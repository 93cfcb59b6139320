#include "node/store/attachments.h"

#include <algorithm>
#include <limits>
#include <set>

#include "crypto/seal.h"
#include "node/log.h"
#include "node/store/handed.h"
#include "node/store/siblings.h"
#include "sync/exchange.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

/// A machine that was away so long comes back to a draft that lacks its files.
constexpr sync::Millis kOthersNameMs = 30LL * 24 * 3'600'000;

/// Ties a chunk to its place: two chunks of one attachment can't be exchanged.
Bytes associated(const sync::AttachmentId& id, std::uint32_t index, std::uint32_t count) {
  Writer w;
  w.u32(index).u32(count).id(id);
  return w.take();
}

void add_hash(crypto::Hasher& all, ByteView ciphertext) {
  all.add(crypto::hash(crypto::purpose::chunk, {ciphertext}).view());
}

}  // namespace

Result<Manifest> add_attachment(Store& store, const OfficeId& destination, std::string_view name, ByteView bytes,
                                sync::Millis now) {
  Manifest m;
  m.name = safe_name(name);
  if (m.name.empty()) return fail(Fault::invalid, "an attachment needs a file name", "attachment.name");
  if (bytes.size() > sync::limit::attachment_bytes)
    return fail(Fault::full, "the attachment is larger than any may be", "attachment.size");
  m.bytes = bytes.size();
  m.chunks =
      static_cast<std::uint32_t>(std::max<std::size_t>(1, (bytes.size() + kChunkPlainBytes - 1) / kChunkPlainBytes));
  m.id = TRY(sync::AttachmentId::from(crypto::Secret<16>::random().expose()));
  const crypto::Key key = crypto::Key::random();
  m.key = Bytes(key.expose().begin(), key.expose().end());

  Query q = TRY(
      store.blobs().query("insert into attachment(id, own, author, destination, count, have, complete, ready, at_ms)"
                          " values(?, 1, ?, ?, ?, ?, 1, 0, ?) returning row",
                          m.id, store.me().node, destination, m.chunks, m.chunks, now));
  if (!TRY(q.step())) return fail(Fault::corrupt, "an attachment could not be stored", "store.attachment");
  const std::int64_t row = q.integer(0);
  TRY(q.run());
  crypto::Hasher all(crypto::purpose::chunk);
  for (std::uint32_t i = 0; i < m.chunks; ++i) {
    const ByteView rest = bytes.subspan(i * kChunkPlainBytes);
    const ByteView plain = rest.first(std::min(rest.size(), kChunkPlainBytes));
    const Bytes sealed = crypto::aead_seal(key, plain, associated(m.id, i, m.chunks));
    add_hash(all, sealed);
    const Bytes frame = sync::sign_chunk(store.me().node, destination, m.id, i, m.chunks, sealed, store.keys().node);
    TRY(store.blobs().run("insert into chunk(attachment, position, bytes, size) values(?, ?, ?, ?)", row, i, frame,
                          frame.size()));
  }
  m.content = all.done();
  return m;
}

namespace {

/// The same ciphertext for another office: only the signature, which names it, is new.
Result<> sign_for(Store& store, const sync::AttachmentId& id, std::int64_t from, const OfficeId& to) {
  Database& db = store.blobs();
  std::int64_t row = 0;
  {
    Query q =
        TRY(db.query("insert into attachment(id, own, author, destination, count, have, complete, ready, at_ms)"
                     " select id, 1, ?, ?, count, count, 1, 1, at_ms from attachment where row = ? returning row",
                     store.me().node, to, from));
    if (!TRY(q.step())) return fail(Fault::corrupt, "an attachment could not be stored", "store.attachment");
    row = q.integer(0);
    TRY(q.run());
  }
  for (std::int64_t position = 0;; ++position) {
    Query q = TRY(db.query("select bytes from chunk where attachment = ? and position = ?", from, position));
    if (!TRY(q.step())) return {};
    const Bytes bytes = q.blob(0);
    const auto chunk = sync::decode_chunk(bytes);
    if (!chunk) return fail(Fault::corrupt, "a stored chunk is damaged", "store.attachment");
    const Bytes frame =
        sync::sign_chunk(store.me().node, to, id, chunk->index, chunk->count, chunk->ciphertext, store.keys().node);
    TRY(db.run("insert into chunk(attachment, position, bytes, size) values(?, ?, ?, ?)", row, position, frame,
               frame.size()));
  }
}

}  // namespace

Result<> release_attachment(Store& store, const sync::AttachmentId& id, std::span<const OfficeId> destinations) {
  Database& db = store.blobs();
  std::vector<std::pair<std::int64_t, OfficeId>> there;
  {
    Query q = TRY(
        db.query("select row, destination from attachment where id = ? and own = 1 and handed = 0 order by row", id));
    while (TRY(q.step())) there.emplace_back(q.integer(0), TRY(q.id<OfficeId>(1)));
  }
  if (there.empty()) return {};
  for (const OfficeId& to : destinations)
    if (std::ranges::find(there, to, &std::pair<std::int64_t, OfficeId>::second) == there.end())
      TRY(sign_for(store, id, there.front().first, to));
  for (const auto& [row, to] : there) {
    if (std::ranges::find(destinations, to) != destinations.end()) {
      TRY(db.run("update attachment set ready = 1 where row = ?", row));
    } else {
      // It was sealed for whom the draft named then.
      TRY(db.run("delete from chunk where attachment = ?", row));
      TRY(db.run("delete from attachment where row = ?", row));
    }
  }
  return {};
}

namespace {

Result<> forget(Store& store, const sync::AttachmentId& id) {
  TRY(
      store.blobs().run("delete from chunk where attachment in (select row from attachment where id = ? and own = 1 "
                        "and ready = 0 and handed = 0)",
                        id));
  return store.blobs().run("delete from attachment where id = ? and own = 1 and ready = 0 and handed = 0", id);
}

/// What the drafts name.
Result<std::set<sync::AttachmentId>> drafted(Store& store) {
  std::set<sync::AttachmentId> out;
  Query q = TRY(store.db().query("select report from draft"));
  while (TRY(q.step())) {
    const auto body = decode_body(q.blob(0));
    if (!body) return fail(Fault::corrupt, "a draft no longer decodes", "store.draft");
    for (const Manifest& m : body->extras.attachments) out.insert(m.id);
  }
  return out;
}

}  // namespace

void drop_attachment(Store& store, const sync::AttachmentId& id) {
  store.after_commit([&store, id] {
    // Another machine may have written on what was deleted here; then it comes back, and names this.
    if (const auto others = siblings(store); !others || !others->empty()) return;
    // The next start sweeps what a full disk keeps now.
    if (auto done = store.write([&] { return forget(store, id); }); !done)
      log().warn("attachment.drop", {{"why", done.error()}});
  });
}

Result<std::size_t> sweep_attachments(Store& store) {
  // Released ones have their manifest: the commit that releases them is the first of the two.
  std::vector<sync::AttachmentId> orphans;
  const auto named = TRY(drafted(store));
  // What another machine may still name, or has signed off, is kept for a while.
  const sync::Millis before =
      TRY(siblings(store)).empty() ? std::numeric_limits<sync::Millis>::max() : store.last_moment() - kOthersNameMs;
  {
    Query q = TRY(store.blobs().query(
        "select id from attachment where own = 1 and ready = 0 and handed = 0 and at_ms < ?", before));
    while (TRY(q.step()))
      if (const auto id = TRY(q.id<sync::AttachmentId>(0)); !named.contains(id)) orphans.push_back(id);
  }
  for (const auto& id : orphans) TRY(forget(store, id));
  return orphans.size();
}

Result<bool> attachment_complete(Store& store, const Manifest& m) { return TRY(bytes_of(store, m)).whole; }

Result<> read_attachment(Store& store, const Manifest& m, const std::function<Result<>(ByteView)>& sink) {
  const AttachmentBytes here = TRY(bytes_of(store, m));
  const crypto::Key key = TRY(crypto::Key::from(m.key));
  const auto wrong = [] {
    return fail(Fault::forged, "the attachment is not the one that was signed", "attachment.content");
  };
  if (!here.whole && here.forged_by) return wrong();
  if (!here.whole)
    return fail(Fault::missing, "parts of this attachment have not arrived yet", "attachment.incomplete");
  Query q =
      TRY(store.blobs().query("select c.bytes from chunk c join attachment a on a.row = c.attachment"
                              " where a.row = ? order by c.position",
                              here.row));
  crypto::Hasher all(crypto::purpose::chunk);
  std::uint64_t total = 0;
  std::uint32_t index = 0;
  while (TRY(q.step())) {
    const Bytes bytes = q.blob(0);
    auto frame = sync::decode_chunk(bytes);
    if (!frame || frame->index != index || frame->count != m.chunks || frame->attachment != m.id) return wrong();
    const auto plain = crypto::aead_open(key, frame->ciphertext, associated(m.id, index, m.chunks));
    if (!plain) return wrong();
    add_hash(all, frame->ciphertext);
    total += plain->size();
    ++index;
    TRY(sink(*plain));
  }
  if (total != m.bytes || index != m.chunks || all.done() != m.content) return wrong();
  return {};
}

std::vector<Manifest> manifests(const std::vector<CaseRecord>& records) {
  std::vector<Manifest> out;
  for (const CaseRecord& c : records) {
    if (c.released.record.type != sync::RecordType::manifest || c.quarantine != sync::Refusal::none) continue;
    if (auto m = decode_manifest(c.released.record.body)) out.push_back(std::move(*m));
  }
  return out;
}

}  // namespace yz::node
