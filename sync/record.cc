#include "sync/record.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::string_view kRecordMagic = "YZR1";
constexpr std::size_t kRecordSignatureBytes = 1 + 32 + 64;

bool nests(RecordType t) { return t == RecordType::forward; }

std::size_t body_limit(RecordType t) { return nests(t) ? limit::nested_body_bytes : limit::body_bytes; }

template <class Range, class Key>
bool ascending(const Range& r, Key key) {
  return std::adjacent_find(r.begin(), r.end(), [&](const auto& a, const auto& b) { return !(key(a) < key(b)); }) ==
         r.end();
}

}  // namespace

std::string_view name_of(RecordType t) {
  switch (t) {
    case RecordType::report:
      return "report";
    case RecordType::followup:
      return "followup";
    case RecordType::final_report:
      return "final";
    case RecordType::correction:
      return "correction";
    case RecordType::withdrawal:
      return "withdrawal";
    case RecordType::forward:
      return "forward";
    case RecordType::annotation:
      return "annotation";
    case RecordType::cosignature:
      return "cosignature";
    case RecordType::commission:
      return "commission";
    case RecordType::reply:
      return "reply";
    case RecordType::decision:
      return "decision";
    case RecordType::instruction:
      return "instruction";
    case RecordType::acknowledgement:
      return "acknowledgement";
    case RecordType::zero_report:
      return "zero_report";
    case RecordType::manifest:
      return "manifest";
    case RecordType::policy:
      return "policy";
    case RecordType::delegation:
      return "delegation";
  }
  return "unknown";
}

std::string_view name_of(SignRole r) {
  switch (r) {
    case SignRole::drafter:
      return "drafter";
    case SignRole::reviewer:
      return "reviewer";
    case SignRole::signer:
      return "signer";
    case SignRole::duty:
      return "duty";
    case SignRole::cosigner:
      return "cosigner";
  }
  return "unknown";
}

Bytes Record::content() const {
  assert(parents.size() <= limit::parents && !addressees.empty() && addressees.size() <= limit::addressees);
  assert(body.size() <= body_limit(type) && is_stream_lane(lane));
  Writer w;
  w.raw(view(kRecordMagic)).u8(crypto::kSuite).u8(static_cast<std::uint8_t>(type)).u16(schema).id(salt).id(origin);
  w.u64(at.value).u64(static_cast<std::uint64_t>(event_ms)).id(anchor).id(case_office).id(case_id);
  w.u8(static_cast<std::uint8_t>(sensitivity)).u8(static_cast<std::uint8_t>(lane));
  w.u8(static_cast<std::uint8_t>(parents.size())).u8(static_cast<std::uint8_t>(addressees.size()));
  w.u16(flags).zeros(2).u32(static_cast<std::uint32_t>(body.size()));
  for (const RecordId& p : parents) w.id(p);
  for (const OfficeId& a : addressees) w.id(a);
  w.raw(body);
  return w.take();
}

RecordId record_id(ByteView content) {
  RecordId id;
  id.bytes = crypto::hash(crypto::purpose::record_id, {content}).bytes;
  return id;
}

Signature sign_record(const RecordId& id, SignRole role, const CertDigest& officer, const crypto::SigningKey& key) {
  const std::uint8_t r = static_cast<std::uint8_t>(role);
  return key.sign(crypto::context::record, {ByteView(&r, 1), officer.view(), id.view()});
}

bool verify_record(const RecordId& id, const RecordSignature& s, const PublicKey& officer) {
  const std::uint8_t r = static_cast<std::uint8_t>(s.role);
  return crypto::verify(officer, s.signature, crypto::context::record, {ByteView(&r, 1), s.officer.view(), id.view()});
}

ReleasedRecord release(const Record& record) {
  assert(!record.signatures.empty() && record.signatures.size() <= limit::signatures);
  ReleasedRecord out;
  out.record = record;
  auto& sigs = out.record.signatures;
  std::sort(sigs.begin(), sigs.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  Writer w;
  w.raw(record.content());
  out.content_size = w.size();
  out.id = record_id(w.view());
  w.u8(static_cast<std::uint8_t>(sigs.size()));
  for (const auto& s : sigs) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  out.bytes = w.take();
  return out;
}

Result<ReleasedRecord> decode_record(ByteView bytes) {
  const auto bad = [](const char* why) { return fail(Fault::forged, std::string("record: ") + why, "record.form"); };
  Reader r(bytes);
  ReleasedRecord out;
  Record& rec = out.record;
  if (text(r.raw(4)) != kRecordMagic) return bad("magic");
  if (!crypto::known(r.u8())) return bad("suite");
  rec.type = static_cast<RecordType>(r.u8());
  rec.schema = r.u16();
  rec.salt = r.id<decltype(rec.salt)>();
  rec.origin = r.id<OfficeId>();
  rec.at.value = r.u64();
  rec.event_ms = static_cast<std::int64_t>(r.u64());
  rec.anchor = r.id<Hash>();
  rec.case_office = r.id<OfficeId>();
  rec.case_id = r.id<CaseId>();
  const std::uint8_t sensitivity = r.u8(), lane = r.u8(), n_parents = r.u8(), n_to = r.u8();
  rec.flags = r.u16();
  r.zeros(2);
  const std::uint32_t body_size = r.u32();
  if (!r.ok()) return bad("cut short");
  if (rec.type == RecordType{}) return bad("type");
  if (rec.schema == 0) return bad("schema");
  if (sensitivity > static_cast<std::uint8_t>(Sensitivity::work_secret)) return bad("sensitivity above work secret");
  if (!is_stream_lane(static_cast<Lane>(lane))) return bad("lane");
  if (n_parents > limit::parents || n_to == 0 || n_to > limit::addressees) return bad("counts");
  if (rec.flags & ~record_flag::all) return bad("unknown flags");
  if (body_size > body_limit(rec.type)) return bad("body too long");
  rec.sensitivity = static_cast<Sensitivity>(sensitivity);
  rec.lane = static_cast<Lane>(lane);
  for (int i = 0; i < n_parents; ++i) rec.parents.push_back(r.id<RecordId>());
  for (int i = 0; i < n_to; ++i) rec.addressees.push_back(r.id<OfficeId>());
  const ByteView body = r.raw(body_size);
  out.content_size = r.at();
  const std::uint8_t n_sigs = r.u8();
  if (!r.ok() || n_sigs == 0 || n_sigs > limit::signatures || r.left() != n_sigs * kRecordSignatureBytes)
    return bad("signature block");
  for (int i = 0; i < n_sigs; ++i) {
    RecordSignature s;
    const std::uint8_t role = r.u8();
    if (role < 1 || role > static_cast<std::uint8_t>(SignRole::cosigner)) return bad("signing role");
    s.role = static_cast<SignRole>(role);
    s.officer = r.id<CertDigest>();
    s.signature = r.id<Signature>();
    rec.signatures.push_back(s);
  }
  const auto self = [](const auto& x) { return x; };
  if (!r.done()) return bad("trailing bytes");
  if (!ascending(rec.parents, self) || !ascending(rec.addressees, self)) return bad("order");
  if (!ascending(rec.signatures, [](const auto& s) { return s.key(); })) return bad("order of signatures");
  rec.body.assign(body.begin(), body.end());
  out.bytes.assign(bytes.begin(), bytes.end());
  out.id = record_id(out.content());
  return out;
}

}  // namespace yz::sync
