#include "sync/forward.h"

#include <algorithm>

#include "sync/limits.h"

namespace yz::sync {
namespace {

// A forward says 1 when no attachment is spoken of; so does the manifest of an attachment of one's own.
constexpr std::uint8_t kPlain = 1;
constexpr std::uint8_t kWithAttachments = 2;

std::unexpected<Error> bad_forward(const char* why) {
  return fail(Fault::forged, std::string("forward: ") + why, "forward.form");
}
std::unexpected<Error> full(const char* what) {
  return fail(Fault::full, std::string(what) + " longer than a forward holds", "forward.too_long");
}

Result<> fits(const ReleasedRecord& outer, const ReleasedRecord& inner) {
  const Record &out = outer.record, &in = inner.record;
  if (in.case_office != out.case_office || in.case_id != out.case_id)
    return bad_forward("the nested record is of another case");
  if (out.parents.size() != 1 || out.parents.front() != inner.id)
    return bad_forward("its parent is not the nested record");
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

namespace {

/// Ascending by digest, each once.
Result<> write_certificates(Writer& w, std::vector<crypto::Certificate>& all) {
  std::ranges::sort(all, {}, &crypto::Certificate::digest);
  const auto doubles = std::ranges::unique(all, {}, &crypto::Certificate::digest);
  all.erase(doubles.begin(), doubles.end());
  if (all.size() > limit::forward_certificates) return full("the certificates are");
  w.u8(static_cast<std::uint8_t>(all.size()));
  for (const auto& c : all) w.u16(static_cast<std::uint16_t>(c.bytes.size())).raw(c.bytes);
  return {};
}

Result<std::vector<crypto::Certificate>> read_certificates(Reader& r) {
  std::vector<crypto::Certificate> out;
  const std::uint8_t n = r.u8();
  if (!r.ok()) return bad_forward("cut short");
  if (n > limit::forward_certificates) return bad_forward("too many certificates");
  for (int i = 0; i < n; ++i) {
    const std::uint16_t size = r.u16();
    const ByteView bytes = r.raw(size);
    if (!r.ok()) return bad_forward("cut short");
    auto c = crypto::Certificate::decode(bytes);
    if (!c) return bad_forward("a certificate");
    if (!out.empty() && !(out.back().digest < c->digest)) return bad_forward("order of certificates");
    out.push_back(std::move(*c));
  }
  return out;
}

Result<> write_attachments(Writer& w, std::vector<PassedAttachment>& all) {
  if (all.empty()) return {};
  std::ranges::sort(all, {}, &PassedAttachment::id);
  const auto doubles = std::ranges::unique(all, {}, &PassedAttachment::id);
  all.erase(doubles.begin(), doubles.end());
  if (all.size() > limit::forward_attachments) return full("the list of attachments is");
  w.u8(static_cast<std::uint8_t>(all.size()));
  for (const auto& a : all) w.id(a.id).u8(a.handed_on ? 1 : 0);
  return {};
}

/// At least one: a forward that speaks of none is of the plain version.
Result<std::vector<PassedAttachment>> read_attachments(Reader& r) {
  std::vector<PassedAttachment> out;
  const std::uint8_t n = r.u8();
  if (!r.ok() || n == 0 || n > limit::forward_attachments) return bad_forward("number of attachments");
  for (int i = 0; i < n; ++i) {
    PassedAttachment a;
    a.id = r.id<AttachmentId>();
    const std::uint8_t handed = r.u8();
    if (!r.ok() || handed > 1) return bad_forward("an attachment");
    if (!out.empty() && !(out.back().id < a.id)) return bad_forward("order of attachments");
    a.handed_on = handed == 1;
    out.push_back(a);
  }
  return out;
}

}  // namespace

Result<Bytes> encode_forward(Forward f) {
  if (f.note.size() > limit::forward_note_bytes) return full("the note is");
  if (f.edit.size() > limit::body_bytes) return full("the edition is");
  Writer w;
  w.u8(f.attachments.empty() ? kPlain : kWithAttachments).str16(f.note);
  w.u32(static_cast<std::uint32_t>(f.edit.size())).raw(f.edit);
  w.u32(static_cast<std::uint32_t>(f.nested.bytes.size())).raw(f.nested.bytes);
  TRY(write_certificates(w, f.certificates));
  TRY(write_attachments(w, f.attachments));
  if (w.size() > limit::nested_body_bytes) return full("edition and original together are");
  return w.take();
}

Result<Forward> decode_forward(ByteView body) {
  Reader r(body);
  Forward f;
  const std::uint8_t version = r.u8();
  if (version != kPlain && version != kWithAttachments) return bad_forward("version");
  f.note = r.str16(limit::forward_note_bytes);
  const std::uint32_t edit_size = r.u32();
  if (edit_size > limit::body_bytes) return bad_forward("edition too long");
  const ByteView edit = r.raw(edit_size);
  const std::uint32_t nested_size = r.u32();
  const ByteView nested = r.raw(nested_size);
  if (!r.ok()) return bad_forward("cut short");
  f.certificates = TRY(read_certificates(r));
  if (version == kWithAttachments) f.attachments = TRY(read_attachments(r));
  if (!r.done()) return bad_forward("trailing bytes");
  auto record = decode_record(nested);
  if (!record) return bad_forward("the nested record is malformed");
  if (!may_be_nested(record->record.type)) return bad_forward("a record of this type is not passed on");
  f.nested = std::move(*record);
  f.edit.assign(edit.begin(), edit.end());
  return f;
}

Result<Bytes> encode_handed_on(HandedOn h) {
  Writer w;
  w.u8(kWithAttachments).u32(static_cast<std::uint32_t>(h.manifest.bytes.size())).raw(h.manifest.bytes);
  TRY(write_certificates(w, h.certificates));
  if (w.size() > limit::body_bytes) return full("the manifest is");
  return w.take();
}

Result<HandedOn> decode_handed_on(ByteView body) {
  Reader r(body);
  if (r.u8() != kWithAttachments) return bad_forward("version of a manifest");
  const std::uint32_t size = r.u32();
  const ByteView nested = r.raw(size);
  if (!r.ok()) return bad_forward("cut short");
  HandedOn h;
  h.certificates = TRY(read_certificates(r));
  if (!r.done()) return bad_forward("trailing bytes");
  auto record = decode_record(nested);
  if (!record || record->record.type != RecordType::manifest || record->record.schema != 1 ||
      is_handed_on(record->record))
    return bad_forward("what is handed on is no manifest of its author");
  h.manifest = std::move(*record);
  return h;
}

bool is_handed_on(const Record& r) {
  return r.type == RecordType::manifest && r.schema == 1 && !r.body.empty() && r.body.front() == kWithAttachments;
}

Result<std::vector<Layer>> unfold(const ReleasedRecord& outermost) {
  std::vector<Layer> layers;
  layers.push_back({outermost, {}, {}, {}});
  if (is_handed_on(outermost.record)) {
    HandedOn h = TRY(decode_handed_on(outermost.record.body));
    if (h.manifest.record.origin == outermost.record.origin)
      return bad_forward("an office hands on what it signed itself");
    layers.back().certificates = std::move(h.certificates);
    layers.push_back({std::move(h.manifest), {}, {}, {}});
    return layers;
  }
  while (layers.back().record.record.type == RecordType::forward) {
    if (layers.back().record.record.schema != 1)
      return fail(Fault::forged, "forward: of a version that this program does not know", "forward.schema");
    if (layers.size() > limit::forward_depth) return bad_forward("too many layers");
    Forward f = TRY(decode_forward(layers.back().record.record.body));
    TRY(fits(layers.back().record, f.nested));
    const OfficeId& below = f.nested.record.origin;
    for (const Layer& l : layers)
      if (l.record.record.origin == below) return bad_forward("an office passes on what it signed itself");
    layers.back().note = std::move(f.note);
    layers.back().edit = std::move(f.edit);
    layers.back().certificates = std::move(f.certificates);
    layers.back().attachments = std::move(f.attachments);
    layers.push_back({std::move(f.nested), {}, {}, {}});
  }
  return layers;
}

}  // namespace yz::sync
