#include "sync/statement.h"

#include <algorithm>
#include <cassert>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "sync/consent.h"
#include "sync/draft_part.h"
#include "sync/limits.h"
#include "sync/line_superiors.h"
#include "sync/revocation.h"
#include "sync/sibling.h"

namespace yz::sync {
namespace {

constexpr std::string_view kStatementMagic = "YZS1";
constexpr std::size_t kHeadBytes = 68, kStatementSignatureBytes = 64, kMostBytes = 8 * 1024;
constexpr std::size_t kNodes = 7, kUrls = 4, kUrlBytes = 256, kAnnounced = 16, kWanted = limit::wanted;

std::unexpected<Error> bad_statement(const char* why) {
  return fail(Fault::forged, std::string("statement: ") + why, "statement.form");
}

void put(Writer& w, const StreamName& s) {
  w.id(s.author).id(s.node).id(s.incarnation).id(s.destination).u8(static_cast<std::uint8_t>(s.lane));
}

StreamName stream(Reader& r) {
  StreamName s;
  s.author = r.id<OfficeId>();
  s.node = r.id<NodeId>();
  s.incarnation = r.id<Incarnation>();
  s.destination = r.id<OfficeId>();
  s.lane = static_cast<Lane>(r.u8());
  if (!is_stream_lane(s.lane)) r.spoil();
  return s;
}

std::uint64_t number(Seq s) { return s.value; }
std::uint64_t number(std::uint32_t n) { return n; }

/// At least one number lies between the two.
bool hole(std::uint64_t before, std::uint64_t after) { return after > before && after - before > 1; }

/// Ranges must ascend with a hole between two: one set has one encoding.
template <class T>
bool canonical(const std::vector<std::pair<T, T>>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].first > ranges[i].second) return false;
    if (i > 0 && !hole(number(ranges[i - 1].second), number(ranges[i].first))) return false;
  }
  return true;
}

}  // namespace

Statement issue(StatementKind kind, const Issuer& by, Hlc at, Millis unix_ms, Bytes body,
                const crypto::SigningKey& node) {
  Statement s{kind, by.office, by.node, by.epoch, at, unix_ms, std::move(body), {}, {}};
  const std::size_t total = kHeadBytes + s.body.size() + kStatementSignatureBytes;
  assert(total <= kMostBytes);
  Writer w;
  w.raw(view(kStatementMagic)).u8(crypto::kSuite).u8(static_cast<std::uint8_t>(kind)).u16(0);
  w.u32(static_cast<std::uint32_t>(total)).id(by.office).id(by.node).id(by.epoch).u64(at.value);
  w.u64(static_cast<std::uint64_t>(unix_ms)).raw(s.body);
  const Hash signed_part = crypto::hash(crypto::purpose::statement, {w.view()});
  w.id(node.sign(crypto::context::statement, {signed_part.view()}));
  s.bytes = w.take();
  s.digest = crypto::hash(crypto::purpose::statement, {s.bytes});
  return s;
}

bool says_receipt(ByteView statement) {
  constexpr std::size_t kKindAt = 5;
  if (statement.size() <= kKindAt) return false;
  const auto kind = static_cast<StatementKind>(statement[kKindAt]);
  return kind == StatementKind::receipt || kind == StatementKind::chunk_receipt;
}

Result<Statement> decode_statement(ByteView bytes) {
  if (bytes.size() > kMostBytes) return bad_statement("too long");
  Reader r(bytes);
  if (text(r.raw(4)) != kStatementMagic) return bad_statement("magic");
  if (!crypto::known(r.u8())) return bad_statement("suite");
  Statement s;
  const std::uint8_t kind = r.u8();
  if (kind < 1 || kind > 13) return bad_statement("kind");
  s.kind = static_cast<StatementKind>(kind);
  if (r.u16() != 0) return bad_statement("reserved");
  if (r.u32() != bytes.size()) return bad_statement("length");
  s.office = r.id<OfficeId>();
  s.node = r.id<NodeId>();
  s.epoch = r.id<Epoch>();
  s.at.value = r.u64();
  s.unix_ms = static_cast<Millis>(r.u64());
  if (!r.ok() || r.left() < kStatementSignatureBytes) return bad_statement("cut short");
  const ByteView body = r.raw(r.left() - kStatementSignatureBytes);
  s.body.assign(body.begin(), body.end());
  s.bytes.assign(bytes.begin(), bytes.end());
  s.digest = crypto::hash(crypto::purpose::statement, {bytes});
  return s;
}

bool verify_statement(const Statement& s, const PublicKey& node) {
  const ByteView all(s.bytes);
  const Hash signed_part = crypto::hash(crypto::purpose::statement, {all.first(all.size() - kStatementSignatureBytes)});
  return crypto::verify(node, Signature::from(all.last(kStatementSignatureBytes)).value(), crypto::context::statement,
                        {signed_part.view()});
}

std::string_view name_of(ReceiptKind k) {
  switch (k) {
    case ReceiptKind::custody:
      return "custody";
    case ReceiptKind::stored:
      return "stored";
    case ReceiptKind::opened:
      return "opened";
  }
  return "unknown";
}

std::string_view name_of(Refusal r) {
  switch (r) {
    case Refusal::none:
      return "none";
    case Refusal::key_gone:
      return "key-gone";
    case Refusal::wrong_node_list:
      return "wrong-node-list";
    case Refusal::unknown_certificate:
      return "unknown-certificate";
    case Refusal::unsupported_type:
      return "unsupported-type";
    case Refusal::unproven_deputy:
      return "unproven-deputy";
    case Refusal::bad_signature:
      return "bad-signature";
    case Refusal::not_addressed:
      return "not-addressed";
    case Refusal::forked:
      return "forked";
    case Refusal::secret_mark:
      return "secret-mark";
    case Refusal::malformed:
      return "malformed";
    case Refusal::not_permitted:
      return "not-permitted";
    case Refusal::revoked:
      return "revoked";
  }
  return "unknown";
}

bool Receipt::covers(Seq s) const {
  if (s.value == 0) return false;
  if (s <= upto) return true;
  return std::ranges::any_of(ranges, [&](const auto& r) { return r.first <= s && s <= r.second; });
}

Bytes encode(const Receipt& x) {
  assert(x.ranges.size() <= limit::receipt_ranges && x.refused.size() <= limit::refused_per_receipt);
  Writer w;
  w.u8(static_cast<std::uint8_t>(x.kind));
  put(w, x.stream);
  w.u64(x.upto.value).id(x.chain).id(x.registry);
  w.u8(static_cast<std::uint8_t>(x.ranges.size())).u8(static_cast<std::uint8_t>(x.refused.size()));
  for (const auto& [a, b] : x.ranges) w.u64(a.value).u64(b.value);
  for (const auto& f : x.refused) w.id(f.record).u64(f.seq.value).u16(static_cast<std::uint16_t>(f.why));
  return w.take();
}

Result<Receipt> decode_receipt(ByteView body) {
  Reader r(body);
  Receipt x;
  const std::uint8_t kind = r.u8();
  if (kind < 1 || kind > 3) return bad_statement("receipt kind");
  x.kind = static_cast<ReceiptKind>(kind);
  x.stream = stream(r);
  x.upto.value = r.u64();
  x.chain = r.id<Hash>();
  x.registry = r.id<Hash>();
  const std::size_t n = r.u8(), m = r.u8();
  if (n > limit::receipt_ranges || m > limit::refused_per_receipt) return bad_statement("receipt counts");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const Seq a{r.u64()}, b{r.u64()};
    x.ranges.emplace_back(a, b);
  }
  for (std::size_t i = 0; i < m && r.ok(); ++i) {
    Receipt::Refused f;
    f.record = r.id<RecordId>();
    f.seq.value = r.u64();
    f.why = static_cast<Refusal>(r.u16());
    x.refused.push_back(f);
  }
  if (!r.done()) return bad_statement("receipt length");
  if (!canonical(x.ranges) || (!x.ranges.empty() && !hole(x.upto.value, x.ranges[0].first.value)))
    return bad_statement("receipt ranges");
  if (!std::ranges::is_sorted(x.refused, {}, &Receipt::Refused::seq)) return bad_statement("receipt refusals");
  if ((x.upto.value == 0) != x.chain.zero()) return bad_statement("receipt chain");
  return x;
}

Bytes encode(const Head& h) {
  assert(h.flash.size() <= kAnnounced);
  Writer w;
  w.id(h.destination).id(h.incarnation);
  for (const auto& l : h.lanes)
    w.u64(l.seq.value).id(l.chain).u32(l.waiting).u64(static_cast<std::uint64_t>(l.oldest_ms));
  w.id(h.node_list).id(h.registry).id(h.journal).id(h.anchor);
  w.u32(h.urgent_count).id(h.urgent_digest).u8(static_cast<std::uint8_t>(h.flash.size()));
  for (const auto& a : h.flash) w.id(a.record).u64(static_cast<std::uint64_t>(a.at_ms)).id(a.to);
  return w.take();
}

Result<Head> decode_head(ByteView body) {
  Reader r(body);
  Head h;
  h.destination = r.id<OfficeId>();
  h.incarnation = r.id<Incarnation>();
  for (auto& l : h.lanes) {
    l.seq.value = r.u64();
    l.chain = r.id<Hash>();
    l.waiting = r.u32();
    l.oldest_ms = static_cast<Millis>(r.u64());
  }
  h.node_list = r.id<Hash>();
  h.registry = r.id<Hash>();
  h.journal = r.id<Hash>();
  h.anchor = r.id<Hash>();
  h.urgent_count = r.u32();
  h.urgent_digest = r.id<Hash>();
  const std::size_t n = r.u8();
  if (n > kAnnounced) return bad_statement("announcements");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    Head::Announced a;
    a.record = r.id<RecordId>();
    a.at_ms = static_cast<Millis>(r.u64());
    a.to = r.id<OfficeId>();
    h.flash.push_back(a);
  }
  if (!r.done()) return bad_statement("head length");
  return h;
}

Bytes encode(const NodeList& l) {
  assert(!l.nodes.empty() && l.nodes.size() <= kNodes && l.urls.size() <= kUrls);
  assert(std::ranges::all_of(l.urls, [](const auto& u) { return u.size() <= kUrlBytes; }));
  Writer w;
  w.u64(l.version).u8(static_cast<std::uint8_t>(l.nodes.size())).u8(static_cast<std::uint8_t>(l.urls.size()));
  for (const auto& n : l.nodes)
    w.id(n.node).id(n.certificate).id(n.box).u64(static_cast<std::uint64_t>(n.box_until_ms));
  for (const auto& u : l.urls) w.str16(u);
  return w.take();
}

Result<NodeList> decode_node_list(ByteView body) {
  Reader r(body);
  NodeList l;
  l.version = r.u64();
  const std::size_t n = r.u8(), m = r.u8();
  if (n < 1 || n > kNodes || m > kUrls) return bad_statement("node list counts");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    NodeList::Node x;
    x.node = r.id<NodeId>();
    x.certificate = r.id<CertDigest>();
    x.box = r.id<BoxPublic>();
    x.box_until_ms = static_cast<Millis>(r.u64());
    if (!l.nodes.empty() && !(l.nodes.back().node < x.node)) return bad_statement("node list order");
    l.nodes.push_back(x);
  }
  for (std::size_t i = 0; i < m && r.ok(); ++i) l.urls.push_back(r.str16(kUrlBytes));
  if (!r.done()) return bad_statement("node list length");
  return l;
}

Bytes encode(const ChunkReceipt& c) {
  assert(c.ranges.size() <= limit::receipt_ranges);
  Writer w;
  w.id(c.author).id(c.destination).id(c.attachment).u32(c.count).u8(static_cast<std::uint8_t>(c.ranges.size()));
  for (const auto& [a, b] : c.ranges) w.u32(a).u32(b);
  return w.take();
}

Result<ChunkReceipt> decode_chunk_receipt(ByteView body) {
  Reader r(body);
  ChunkReceipt c;
  c.author = r.id<NodeId>();
  c.destination = r.id<OfficeId>();
  c.attachment = r.id<AttachmentId>();
  c.count = r.u32();
  const std::size_t n = r.u8();
  if (n > limit::receipt_ranges || c.count > limit::chunks_max) return bad_statement("chunk receipt counts");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const std::uint32_t a = r.u32(), b = r.u32();
    c.ranges.emplace_back(a, b);
  }
  if (!r.done() || !canonical(c.ranges)) return bad_statement("chunk receipt");
  if (!c.ranges.empty() && c.ranges.back().second >= c.count) return bad_statement("chunk receipt range");
  return c;
}

Bytes encode(const Want& want) {
  assert(want.certificates.size() <= kWanted);
  Writer w;
  w.u8(static_cast<std::uint8_t>(want.certificates.size()));
  for (const auto& d : want.certificates) w.id(d);
  return w.take();
}

Result<Want> decode_want(ByteView body) {
  Reader r(body);
  const std::size_t n = r.u8();
  if (n > kWanted) return bad_statement("want count");
  Want want;
  for (std::size_t i = 0; i < n && r.ok(); ++i) want.certificates.push_back(r.id<CertDigest>());
  if (!r.done()) return bad_statement("want length");
  return want;
}

Bytes encode(const Opened& o) {
  assert(o.streams.size() <= limit::opened_streams);
  Writer w;
  w.id(o.now).id(o.previous).u8(static_cast<std::uint8_t>(o.streams.size()));
  for (const auto& s : o.streams)
    w.id(s.destination).u8(static_cast<std::uint8_t>(s.lane)).u64(s.last.value).id(s.chain);
  return w.take();
}

Result<Opened> decode_opened(ByteView body) {
  Reader r(body);
  Opened o;
  o.now = r.id<Incarnation>();
  o.previous = r.id<Incarnation>();
  const std::size_t n = r.u8();
  if (n > limit::opened_streams) return bad_statement("incarnation count");
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    Opened::Stream s;
    s.destination = r.id<OfficeId>();
    s.lane = static_cast<Lane>(r.u8());
    s.last.value = r.u64();
    s.chain = r.id<Hash>();
    if (!is_stream_lane(s.lane) || (s.last.value == 0) != s.chain.zero()) return bad_statement("incarnation stream");
    if (!o.streams.empty() && !(o.streams.back().place() < s.place())) return bad_statement("incarnation order");
    o.streams.push_back(s);
  }
  if (!r.done() || o.now == o.previous) return bad_statement("incarnation length");
  return o;
}

Result<Hash> statement_key(const Statement& s) {
  const std::uint8_t kind = static_cast<std::uint8_t>(s.kind);
  Writer about;
  switch (s.kind) {
    case StatementKind::receipt: {
      const Receipt x = TRY(decode_receipt(s.body));
      about.u8(static_cast<std::uint8_t>(x.kind)).id(x.stream.id());
      break;
    }
    case StatementKind::head:
      about.id(TRY(decode_head(s.body)).destination);
      break;
    case StatementKind::node_list:
      TRY(decode_node_list(s.body));
      break;
    case StatementKind::chunk_receipt: {
      // One attachment comes by several who sign its chunks, and goes to several offices.
      const ChunkReceipt c = TRY(decode_chunk_receipt(s.body));
      about.id(c.author).id(c.destination).id(c.attachment);
      break;
    }
    case StatementKind::want:
      TRY(decode_want(s.body));
      break;
    case StatementKind::incarnation:
      TRY(decode_opened(s.body));
      about.raw(s.body);
      break;
    case StatementKind::revocation:
      TRY(decode_revocation(s.body));
      about.raw(s.body);
      break;
    case StatementKind::consent: {
      // A change of key is told for ever: whoever missed it could not follow the next. A newer move replaces the older.
      const Consent c = TRY(decode_consent(s.body));
      about.id(c.office).id(c.old_key).u8(c.rotates() ? 1 : 0);
      break;
    }
    case StatementKind::wrap:
      about.id(TRY(decode_further_wrap(s.body)).envelope);
      break;
    case StatementKind::confirmation:
      about.id(TRY(decode_confirmation(s.body)).node);
      break;
    case StatementKind::draft: {
      const DraftPart p = TRY(decode_draft_part(s.body));
      about.id(p.draft).u8(p.index);
      break;
    }
    case StatementKind::line_superiors:
      TRY(decode_line_superiors(s.body));
      break;
    case StatementKind::fork:
      about.raw(s.body);
      break;  // each of these stands for itself
  }
  return crypto::hash(crypto::purpose::statement, {ByteView(&kind, 1), s.office.view(), s.node.view(), about.view()});
}

}  // namespace yz::sync
