#include "node/office/body.h"

#include <cassert>

#include "node/office/rules.h"
#include "sync/forward.h"
#include "sync/limits.h"

namespace yz::node {

constexpr std::size_t kNameBytesMax = 200;

Bytes encode_manifest(const Manifest& m) {
  assert(m.key.size() == 32);
  Writer w;
  w.u8(1).str16(m.name).u64(m.bytes).id(m.id).raw(m.key).u32(m.chunks).id(m.content);
  return w.take();
}

Result<Manifest> decode_manifest(ByteView bytes) {
  if (!bytes.empty() && bytes.front() == 2) {
    const sync::HandedOn h = TRY(sync::decode_handed_on(bytes));
    Manifest inside = TRY(decode_manifest(h.manifest.record.body));
    inside.from = h.manifest.id;
    return inside;
  }
  Reader r(bytes);
  Manifest m;
  if (r.u8() != 1) r.spoil();
  m.name = r.str16(kNameBytesMax);
  m.bytes = r.u64();
  m.id = r.id<sync::AttachmentId>();
  const ByteView key = r.raw(32);
  m.key.assign(key.begin(), key.end());
  m.chunks = r.u32();
  m.content = r.id<Hash>();
  if (!r.done() || m.chunks == 0 || m.chunks > sync::limit::chunks_max || m.bytes > sync::limit::attachment_bytes ||
      m.name.empty() || safe_name(m.name) != m.name)
    return fail(Fault::forged, "an attachment's manifest is malformed", "manifest.form");
  return m;
}

std::string safe_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  while (name.starts_with('.') || name.starts_with(' ')) name.remove_prefix(1);
  if (!valid_utf8(name) || !one_line(name)) return {};
  while (name.size() > kNameBytesMax || (!name.empty() && !valid_utf8(name))) name.remove_suffix(1);
  std::string out;
  // What other systems read as a path, a stream or a wildcard.
  for (const char c : name) out += std::string_view(":*?\"<>|").find(c) == std::string_view::npos ? c : '_';
  while (out.ends_with(' ') || out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace yz::node
