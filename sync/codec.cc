#include "sync/codec.h"

#include <zstd.h>

#include <memory>

namespace yz::sync {
namespace {

struct FreeC {
  void operator()(ZSTD_CCtx* c) const noexcept { ZSTD_freeCCtx(c); }
};

}  // namespace

Bytes squeeze(ByteView plain, int level) {
  constexpr std::size_t kHead = 5;
  Bytes out(kHead + ZSTD_compressBound(plain.size()));
  std::unique_ptr<ZSTD_CCtx, FreeC> ctx(ZSTD_createCCtx());
  if (!ctx) throw std::bad_alloc();
  // The frame's own length and checksum say nothing that the seal around it does not.
  ZSTD_CCtx_setParameter(ctx.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(ctx.get(), ZSTD_c_contentSizeFlag, 0);
  std::size_t n = ZSTD_compress2(ctx.get(), out.data() + kHead, out.size() - kHead, plain.data(), plain.size());
  std::uint8_t codec = 1;
  if (ZSTD_isError(n) || n >= plain.size()) {
    codec = 0;
    n = plain.size();
    std::copy(plain.begin(), plain.end(), out.begin() + kHead);
  }
  Writer head;
  head.u8(codec).u32(static_cast<std::uint32_t>(plain.size()));
  std::copy(head.view().begin(), head.view().end(), out.begin());
  out.resize(kHead + n);
  return out;
}

Result<Bytes> expand(ByteView packed, std::size_t cap) {
  Reader r(packed);
  const std::uint8_t codec = r.u8();
  const std::uint32_t size = r.u32();
  if (!r.ok() || codec > 1 || size > cap) return fail(Fault::forged, "compressed content malformed or too long");
  const ByteView data = r.raw(r.left());
  if (codec == 0) {
    if (data.size() != size) return fail(Fault::forged, "content length differs");
    return Bytes(data.begin(), data.end());
  }
  // ZSTD_decompress would take several frames, and skip frames that are not content: one content, one frame.
  if (size == 0 || ZSTD_findFrameCompressedSize(data.data(), data.size()) != data.size())
    return fail(Fault::forged, "compressed content is not one frame");
  Bytes out(size);
  const std::size_t n = ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
  if (ZSTD_isError(n) || n != size) return fail(Fault::forged, "compressed content does not expand to its length");
  return out;
}

}  // namespace yz::sync
