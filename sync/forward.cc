#include "sync/forward.h"

#include <algorithm>

#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::uint8_t kVersion = 1;

std::unexpected<Error> bad(const char* why) {
  return fail(Fault::forged, std::string("forward: ") + why, "forward.form");
}
std::unexpected<Error> full(const char* what) {
  return fail(Fault::full, std::string(what) + " longer than a forward holds", "forward.too_long");
}

Result<> fits(const ReleasedRecord& outer, const ReleasedRecord& inner) {
  const Record &out = outer.record, &in = inner.record;
  if (in.case_office != out.case_office || in.case_id != out.case_id)
    return bad("the nested record is of another case");
  if (out.parents.size() != 1 || out.parents.front() != inner.id) return bad("its parent is not the nested record");
  if (!std::ranges::binary_search(in.addressees, out.origin))
    return fail(Fault::forged, "forward: the record below was not for the office that passed it on",
                "forward.not_addressed");
  return {};
}

}  // namespace

bool may_be_nested(RecordType t) {
  using enum RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == withdrawal || t == zero_report ||
         t == forward;
}

Result<Bytes> encode_forward(Forward f) {
  if (f.note.size() > limit::forward_note_bytes) return full("the note is");
  if (f.edit.size() > limit::body_bytes) return full("the edition is");
  std::ranges::sort(f.certificates, {}, &crypto::Certificate::digest);
  const auto doubles = std::ranges::unique(f.certificates, {}, &crypto::Certificate::digest);
  f.certificates.erase(doubles.begin(), doubles.end());
  if (f.certificates.size() > limit::forward_certificates) return full("the certificates are");
  Writer w;
  w.u8(kVersion).str16(f.note);
  w.u32(static_cast<std::uint32_t>(f.edit.size())).raw(f.edit);
  w.u32(static_cast<std::uint32_t>(f.nested.bytes.size())).raw(f.nested.bytes);
  w.u8(static_cast<std::uint8_t>(f.certificates.size()));
  for (const auto& c : f.certificates) w.u16(static_cast<std::uint16_t>(c.bytes.size())).raw(c.bytes);
  if (w.size() > limit::nested_body_bytes) return full("edition and original together are");
  return w.take();
}

Result<Forward> decode_forward(ByteView body) {
  Reader r(body);
  Forward f;
  if (r.u8() != kVersion) return bad("version");
  f.note = r.str16(limit::forward_note_bytes);
  const std::uint32_t edit_size = r.u32();
  if (edit_size > limit::body_bytes) return bad("edition too long");
  const ByteView edit = r.raw(edit_size);
  const std::uint32_t nested_size = r.u32();
  const ByteView nested = r.raw(nested_size);
  const std::uint8_t n = r.u8();
  if (!r.ok()) return bad("cut short");
  if (n > limit::forward_certificates) return bad("too many certificates");
  for (int i = 0; i < n; ++i) {
    const std::uint16_t size = r.u16();
    const ByteView bytes = r.raw(size);
    if (!r.ok()) return bad("cut short");
    auto c = crypto::Certificate::decode(bytes);
    if (!c) return bad("a certificate");
    if (!f.certificates.empty() && !(f.certificates.back().digest < c->digest)) return bad("order of certificates");
    f.certificates.push_back(std::move(*c));
  }
  if (!r.done()) return bad("trailing bytes");
  auto record = decode_record(nested);
  if (!record) return bad("the nested record is malformed");
  if (!may_be_nested(record->record.type)) return bad("a record of this type is not passed on");
  f.nested = std::move(*record);
  f.edit.assign(edit.begin(), edit.end());
  return f;
}

Result<std::vector<Layer>> unfold(const ReleasedRecord& outermost) {
  std::vector<Layer> layers;
  layers.push_back({outermost, {}, {}, {}});
  while (layers.back().record.record.type == RecordType::forward) {
    if (layers.back().record.record.schema != 1)
      return fail(Fault::forged, "forward: of a version that this program does not know", "forward.schema");
    if (layers.size() > limit::forward_depth) return bad("too many layers");
    Forward f = TRY(decode_forward(layers.back().record.record.body));
    TRY(fits(layers.back().record, f.nested));
    const OfficeId& below = f.nested.record.origin;
    for (const Layer& l : layers)
      if (l.record.record.origin == below) return bad("an office passes on what it signed itself");
    layers.back().note = std::move(f.note);
    layers.back().edit = std::move(f.edit);
    layers.back().certificates = std::move(f.certificates);
    layers.push_back({std::move(f.nested), {}, {}, {}});
  }
  return layers;
}

}  // namespace yz::sync
