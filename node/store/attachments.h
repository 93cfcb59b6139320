#pragma once
// Attachments as sealed chunks in their own database. The plaintext never touches the disk.
#include <functional>
#include <span>
#include <vector>

#include "node/office/body.h"
#include "node/store/cases.h"
#include "node/store/store.h"

namespace yz::node {

/// Plain bytes of one chunk: what fills limit::chunk_bytes once sealed.
inline constexpr std::size_t kChunkPlainBytes = 32 * 1024 - 40;

/// Seals the bytes under a fresh key, chunk by chunk, signed for `destination`. They wait until release_attachment().
/// Inside Store::write(). Fault::invalid for a bad name, Fault::full beyond limit::attachment_bytes.
Result<Manifest> add_attachment(Store&, const OfficeId& destination, std::string_view name, ByteView bytes,
                                sync::Millis now);
/// Its report was signed: the chunks may leave, for each addressee signed anew. Inside Store::write().
Result<> release_attachment(Store&, const sync::AttachmentId&, std::span<const OfficeId> destinations);
/// One of ours that was never released. Inside Store::write(): it goes when that is on the disk, so that no draft ever
/// names an attachment that is gone.
void drop_attachment(Store&, const sync::AttachmentId&);
/// At start: forgets attachments of ours that no draft names and no report released. A crash between the commits of the
/// two databases leaves such. Returns how many. Inside Store::write().
Result<std::size_t> sweep_attachments(Store&);

/// Whether every chunk that the manifest names is here.
Result<bool> attachment_complete(Store&, const Manifest&);
/// Hands out the plaintext piece by piece. Fault::missing "attachment.incomplete" when chunks are missing,
/// Fault::forged when what is here is not what the manifest names (also after some pieces were given out).
Result<> read_attachment(Store&, const Manifest&, const std::function<Result<>(ByteView)>& sink);
/// Of the good manifest records of a case.
std::vector<Manifest> manifests(const std::vector<CaseRecord>&);

}  // namespace yz::node
