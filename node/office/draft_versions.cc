#include "node/office/draft_versions.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "sync/forward.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

constexpr std::size_t kReportBytes = 512 * 1024;  // with keys of attachments, longer than what is signed
constexpr std::size_t kNoteBytes = 64 * 1024;
constexpr std::size_t kContentBytes = 1024 * 1024;
constexpr std::size_t kTokenBytes = 4096;
constexpr std::uint64_t kMostSaves = std::uint64_t{1} << 62;

auto bad(const char* why) { return fail(Fault::forged, std::string("draft: ") + why, "draft.form"); }

void put_long(Writer& w, ByteView b) { w.u32(static_cast<std::uint32_t>(b.size())).raw(b); }

ByteView get_long(Reader& r, std::size_t most) {
  const std::size_t n = r.u32();
  if (n > most) r.spoil();
  return r.raw(r.ok() ? n : 0);
}

void put_author(Writer& w, const DraftAuthor& a) { w.id(a.node).id(a.incarnation); }
DraftAuthor get_author(Reader& r) {
  DraftAuthor a;
  a.node = r.id<NodeId>();
  a.incarnation = r.id<sync::Incarnation>();
  return a;
}

bool older(const DraftVersion& a, const DraftVersion& b) {
  return std::pair(a.at.value, a.id) < std::pair(b.at.value, b.id);
}

/// Somebody who wrote `b` had seen `a`. Two that claim to have seen the same are of two machines under one name:
/// neither replaces the other.
bool replaced_by(const DraftVersion& a, const DraftVersion& b) { return b.seen.covers(a.seen) && b.seen != a.seen; }

Result<> read_text(Reader& r, DraftVersion& v) {
  const ByteView report = get_long(r, kReportBytes);
  v.drafter = r.id<PersonId>();
  v.note = text(get_long(r, kNoteBytes));
  const ByteView content = get_long(r, kContentBytes);
  v.content.assign(content.begin(), content.end());
  const std::size_t n = r.u8();
  if (n > sync::limit::signatures || (n == 0) != v.content.empty()) return bad("signatures");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    sync::RecordSignature s;
    s.role = static_cast<sync::SignRole>(r.u8());
    s.officer = r.id<CertDigest>();
    s.signature = r.id<Signature>();
    v.signatures.push_back(s);
  }
  if (!r.ok()) return bad("cut short");
  DecodedBody body = TRY(decode_body(report));
  v.report = std::move(body.report);
  v.extras = std::move(body.extras);
  return {};
}

}  // namespace

bool Seen::covers(const Seen& other) const {
  return std::ranges::all_of(other.saves_, [&](const auto& s) { return of(s.first) >= s.second; });
}

void Seen::join(const Seen& other) {
  for (const auto& [author, number] : other.saves_) set(author, std::max(number, of(author)));
}

std::uint64_t Seen::of(const DraftAuthor& a) const {
  const auto at = saves_.find(a);
  return at == saves_.end() ? 0 : at->second;
}

void Seen::set(const DraftAuthor& a, std::uint64_t number) {
  saves_[a] = number;
  if (saves_.size() <= kMost) return;
  auto least = saves_.end();
  for (auto it = saves_.begin(); it != saves_.end(); ++it)
    if (it->first != a && (least == saves_.end() || it->second < least->second)) least = it;
  saves_.erase(least);
}

void Seen::write(Writer& w) const {
  w.u8(static_cast<std::uint8_t>(saves_.size()));
  for (const auto& [author, number] : saves_) {
    put_author(w, author);
    w.u64(number);
  }
}

Seen Seen::read(Reader& r) {
  Seen s;
  const std::size_t n = r.u8();
  if (n == 0 || n > kMost) r.spoil();
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const DraftAuthor a = get_author(r);
    const std::uint64_t number = r.u64();
    if (number == 0 || number > kMostSaves || (!s.saves_.empty() && !(s.saves_.rbegin()->first < a))) r.spoil();
    s.saves_[a] = number;
  }
  return s;
}

std::string Seen::token() const {
  Writer w;
  write(w);
  return base32(w.view());
}

Result<Seen> Seen::from_token(std::string_view token) {
  const auto wrong = [] { return fail(Fault::invalid, "\"seen\" is not what this draft gave", "draft.seen"); };
  if (token.size() > kTokenBytes) return wrong();
  const auto raw = from_base32(token);
  if (!raw) return wrong();
  Reader r(*raw);
  Seen s = read(r);
  if (!r.done()) return wrong();
  return s;
}

void fix(DraftVersion& v) {
  Writer w;
  w.u8(static_cast<std::uint8_t>(v.kind));
  v.seen.write(w);
  put_author(w, v.by);
  w.u64(v.at.value);
  if (v.kind == DraftVersion::Kind::text) {
    put_long(w, encode_body(v.report, v.extras));
    w.id(v.drafter);
    put_long(w, view(v.note));
    put_long(w, v.content);
    w.u8(static_cast<std::uint8_t>(v.signatures.size()));
    for (const auto& s : v.signatures) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  } else if (v.kind == DraftVersion::Kind::released) {
    w.id(v.record);
  }
  v.bytes = w.take();
  v.id = crypto::hash(crypto::purpose::draft, {v.bytes});
}

Result<DraftVersion> decode_version(ByteView bytes) {
  Reader r(bytes);
  DraftVersion v;
  const std::uint8_t kind = r.u8();
  if (kind < 1 || kind > 3) return bad("kind");
  v.kind = static_cast<DraftVersion::Kind>(kind);
  v.seen = Seen::read(r);
  v.by = get_author(r);
  v.at.value = r.u64();
  if (!r.ok() || v.seen.of(v.by) == 0) return bad("author");
  if (v.kind == DraftVersion::Kind::text) TRY(read_text(r, v));
  if (v.kind == DraftVersion::Kind::released) v.record = r.id<RecordId>();
  if (!r.done()) return bad("length");
  v.bytes.assign(bytes.begin(), bytes.end());
  v.id = crypto::hash(crypto::purpose::draft, {bytes});
  return v;
}

Seen DraftState::seen() const {
  Seen all;
  for (const DraftVersion& v : heads) all.join(v.seen);
  return all;
}

Hash DraftState::name() const {
  std::vector<Hash> ids;
  for (const DraftVersion& v : heads) ids.push_back(v.id);
  std::ranges::sort(ids);
  crypto::Hasher all(crypto::purpose::draft);
  for (const Hash& h : ids) all.add(h.view());
  return all.done();
}

Bytes encode(const DraftState& s, bool with_before) {
  Writer w;
  w.u8(1).id(s.draft).id(s.case_office);
  w.u8(static_cast<std::uint8_t>(s.heads.size()));
  for (const DraftVersion& v : s.heads) put_long(w, v.bytes);
  w.u8(static_cast<std::uint8_t>(with_before ? s.before.size() : 0));
  if (with_before)
    for (const DraftVersion& v : s.before) put_long(w, v.bytes);
  return w.take();
}

Result<DraftState> decode_draft_state(ByteView bytes, const OfficeId& office) {
  Reader r(bytes);
  DraftState s;
  if (r.u8() != 1) return bad("version");
  s.draft = r.id<CaseId>();
  s.case_office = r.id<OfficeId>();
  const auto versions = [&](std::size_t most, std::vector<DraftVersion>& out) -> Result<> {
    const std::size_t n = r.u8();
    if (n > most) return bad("count");
    for (std::size_t i = 0; i < n; ++i) {
      const ByteView one = get_long(r, bytes.size());
      if (!r.ok()) return bad("cut short");
      out.push_back(TRY(decode_version(one)));
      const DraftVersion& v = out.back();
      if (!v.content.empty()) TRY(check_content(v, office, s.case_office, s.draft));
    }
    return {};
  };
  TRY(versions(DraftState::kHeads, s.heads));
  TRY(versions(DraftState::kBefore, s.before));
  if (!r.done() || s.heads.empty()) return bad("length");
  for (std::size_t i = 0; i < s.heads.size(); ++i) {
    if (i > 0 && !older(s.heads[i - 1], s.heads[i])) return bad("order");
    for (const DraftVersion& other : s.heads)
      if (replaced_by(s.heads[i], other)) return bad("heads");
  }
  return s;
}

DraftState joined(const DraftState& ours, const DraftState& theirs) {
  DraftState out{ours.draft, ours.case_office, {}, {}};
  std::vector<const DraftVersion*> all;
  for (const DraftState* s : {&ours, &theirs})
    for (const DraftVersion& v : s->heads)
      if (std::ranges::find(all, v.id, [](auto* p) { return p->id; }) == all.end()) all.push_back(&v);
  std::vector<const DraftVersion*> before;
  for (const DraftVersion* v : all) {
    const bool gone = std::ranges::any_of(all, [&](auto* other) { return replaced_by(*v, *other); });
    if (!gone)
      out.heads.push_back(*v);
    else
      before.push_back(v);
  }
  std::ranges::sort(out.heads, older);
  if (out.heads.size() > DraftState::kHeads)
    out.heads.erase(out.heads.begin(), out.heads.end() - static_cast<std::ptrdiff_t>(DraftState::kHeads));
  // One head needs only what its writers started from; of several any may be what two of them have in common.
  if (out.heads.size() == 1) before.clear();
  for (const DraftState* s : {&ours, &theirs})
    for (const DraftVersion& v : s->before)
      if (std::ranges::find(before, v.id, [](auto* p) { return p->id; }) == before.end()) before.push_back(&v);
  std::ranges::sort(before, [](auto* a, auto* b) { return older(*b, *a); });
  for (const DraftVersion* v : before) {
    if (out.before.size() == DraftState::kBefore) break;
    if (v->kind == DraftVersion::Kind::text) out.before.push_back(*v);
  }
  return out;
}

void save(DraftState& s, DraftVersion v) {
  std::vector<DraftVersion> heads;
  std::vector<DraftVersion> before;
  for (DraftVersion& h : s.heads) {
    if (!v.seen.covers(h.seen))
      heads.push_back(std::move(h));
    else if (h.by != v.by || v.kind == DraftVersion::Kind::released)
      before.push_back(std::move(h));  // others may go on from it
  }
  // A text that is deleted with all that was seen of it is gone.
  if (v.kind != DraftVersion::Kind::deleted || !heads.empty())
    for (DraftVersion& b : s.before) before.push_back(std::move(b));
  else
    before.clear();
  heads.push_back(std::move(v));
  std::ranges::sort(heads, older);
  std::ranges::sort(before, [](const auto& a, const auto& b) { return older(b, a); });
  std::erase_if(before, [](const auto& b) { return b.kind != DraftVersion::Kind::text; });
  if (before.size() > DraftState::kBefore) before.resize(DraftState::kBefore);
  s.heads = std::move(heads);
  s.before = std::move(before);
}

Bytes body_to_sign(const Report& report, BodyExtras extras) {
  for (Manifest& m : extras.attachments) m.key.clear();
  extras.written_from.clear();
  extras.to.clear();
  extras.left_out.clear();
  extras.cosign = {};
  extras.exercise = false;  // the header says it
  extras.clue.reset();
  extras.rounds.clear();
  extras.returned_text.clear();
  return encode_body(report, extras);
}

Bytes edition_to_sign(const Report& report, BodyExtras extras) {
  extras.reason.clear();  // the note stands beside the edition
  std::erase_if(extras.attachments, [](const Manifest& m) { return m.from.has_value(); });
  return body_to_sign(report, std::move(extras));
}

Result<sync::ReleasedRecord> check_content(const DraftVersion& v, const OfficeId& office, const OfficeId& case_office,
                                           const CaseId& draft) {
  std::vector<sync::RecordSignature> signatures = v.signatures;
  std::ranges::sort(signatures, {}, &sync::RecordSignature::key);
  Writer w;
  w.raw(v.content).u8(static_cast<std::uint8_t>(signatures.size()));
  for (const auto& s : signatures) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  auto released = sync::decode_record(w.view());
  if (!released) return bad("fixed content");
  const sync::Record& r = released->record;
  if (r.origin != office || r.case_office != case_office || r.case_id != draft || r.type != v.extras.type ||
      r.lane != v.report.lane)
    return bad("content of another case");
  // Nothing of a clue is signed.
  if (v.extras.clue) return bad("content of a clue");
  if (r.type != sync::RecordType::forward) {
    // An exercise is signed as what it is shown as, and as nothing else.
    if (((r.flags & sync::record_flag::exercise) != 0) != v.extras.exercise) return bad("exercise or not");
    // Who signs it elsewhere sees the report; what is signed is the content.
    if (r.body != body_to_sign(v.report, v.extras) ||
        static_cast<int>(r.sensitivity) != static_cast<int>(v.report.sensitivity) ||
        r.event_ms != v.report.occurred_at.value_or(0))
      return bad("content differs from what is shown");
    return released;
  }
  const sync::Forward f = TRY(sync::decode_forward(r.body));
  if (f.edit != edition_to_sign(v.report, v.extras) || f.note != v.extras.reason) return bad("edition differs");
  const auto says = [&](const sync::AttachmentId& id, bool handed_on) {
    return std::ranges::find(f.attachments, sync::PassedAttachment{id, handed_on}) != f.attachments.end();
  };
  for (const Manifest& m : v.extras.attachments)
    if (m.from && !says(m.id, true)) return bad("attachments differ");
  for (const auto& id : v.extras.left_out)
    if (!says(id, false)) return bad("attachments differ");
  return released;
}

}  // namespace yz::node
