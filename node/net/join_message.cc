// The bytes of invitations, of requests to join and of their answers (node/net/API.md).
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "node/net/join.h"
#include "node/net/join_parts.h"

namespace yz::node {

using namespace join_parts;

namespace {

constexpr std::string_view kPrefix = "YZ1-";
// The sixth byte of a message.
constexpr std::uint8_t kJoin = 1, kJoined = 2, kRegister = 3, kRegistered = 4, kMove = 5;

}  // namespace

namespace join_parts {

void put_block(Writer& w, ByteView b) { w.u16(static_cast<std::uint16_t>(b.size())).raw(b); }

Bytes block(Reader& r) {
  const ByteView b = r.raw(r.u16());
  return Bytes(b.begin(), b.end());
}

void put_blocks(Writer& w, const std::vector<Bytes>& all) {
  w.u8(static_cast<std::uint8_t>(all.size()));
  for (const Bytes& b : all) put_block(w, b);
}

Bytes with_mac(Writer& w, const Code& code) {
  const Hash mac = crypto::keyed_hash(crypto::purpose::join, code.view(), {w.view()});
  return w.id(mac).take();
}

std::unexpected<Error> refused(const char* what, const char* code) { return fail(Fault::forged, what, code); }

}  // namespace join_parts

InvitationId id_of(const Invitation& i) {
  InvitationId id;
  id.bytes = crypto::short_hash<NodeId>(crypto::purpose::invite_id, {i.code.view()}).bytes;
  return id;
}

std::string encode(const Invitation& i) {
  Writer w;
  w.u8(i.machine ? 4 : i.moves ? 3 : i.line_only ? 2 : 1).u8(static_cast<std::uint8_t>(i.level));
  w.u8(i.one_person ? 1 : 0).id(i.code);
  w.u64(static_cast<std::uint64_t>(i.until_ms)).id(i.superior).id(i.superior_node).id(i.root);
  w.str16(i.superior_code).str16(i.superior_name).str16(i.code_of_office).str16(i.name).str16(i.pin);
  w.u8(static_cast<std::uint8_t>(i.urls.size()));
  for (const auto& u : i.urls) w.str16(u);
  // Four bytes against typing errors; the code itself is what authenticates.
  w.raw(crypto::hash(crypto::purpose::invite_id, {w.view()}).view().first(4));
  return std::string(kPrefix) + base32(w.view());
}

Result<Invitation> decode_invitation(std::string_view line) {
  const auto bad = [] {
    return fail(Fault::invalid, "this is not a whole invitation: copy the line that begins with YZ1- again",
                "join.invitation");
  };
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  if (line.size() < kPrefix.size() || line.size() > 4096 || line.substr(0, 4) != kPrefix) return bad();
  const auto raw = from_base32(line.substr(kPrefix.size()));
  if (!raw || raw->size() < 8) return bad();
  const ByteView all(*raw), content = all.first(all.size() - 4);
  if (text(crypto::hash(crypto::purpose::invite_id, {content}).view().first(4)) != text(all.last(4))) return bad();
  Reader r(content);
  Invitation i;
  const std::uint8_t what = r.u8();
  if (what < 1 || what > 4) return bad();
  i.line_only = what == 2;
  i.moves = what == 3;
  i.machine = what == 4;
  i.level = static_cast<crypto::Level>(r.u8());
  const std::uint8_t one_person = r.u8();
  i.one_person = one_person == 1;
  i.code = r.id<Code>();
  i.until_ms = static_cast<sync::Millis>(r.u64());
  i.superior = r.id<OfficeId>();
  i.superior_node = r.id<CertDigest>();
  i.root = r.id<Hash>();
  i.superior_code = r.str16(12);
  i.superior_name = r.str16(200);
  i.code_of_office = r.str16(12);
  i.name = r.str16(200);
  i.pin = r.str16(200);
  const std::size_t n = r.u8();
  for (std::size_t k = 0; k < n && r.ok(); ++k) i.urls.push_back(r.str16(kMostUrlBytes));
  if (!r.done() || n > kMostUrls || one_person > 1 || i.level < crypto::Level::province ||
      i.level > crypto::Level::unit)
    return bad();
  return i;
}

Bytes encode(const JoinRequestMessage& m, const crypto::SigningKey& authority, const Code& code) {
  Writer w;
  w.raw(view("YZJ1"))
      .u8(crypto::kSuite)
      .u8(m.offices.empty()    ? kJoin
          : m.consents.empty() ? kRegister
                               : kMove)
      .zeros(2);
  w.id(m.invitation).id(m.authority);
  put_block(w, m.node_certificate);
  put_block(w, m.node_list);
  w.u8(static_cast<std::uint8_t>(m.officers.size()));
  for (const auto& o : m.officers) put_block(w, o);
  if (!m.offices.empty()) put_blocks(w, m.offices);
  if (!m.consents.empty()) {
    put_blocks(w, m.consents);
    put_blocks(w, m.nodes_before);
  }
  w.id(authority.sign(crypto::context::join, {w.view()}));
  return with_mac(w, code);
}

Result<JoinRequestMessage> decode_join_request(ByteView bytes) {
  if (bytes.size() < 64 + kMacBytes || bytes.size() > kMostMessage) return refused("join request length", "join.form");
  Reader r(bytes.first(bytes.size() - kMacBytes));
  if (text(r.raw(4)) != "YZJ1" || !crypto::known(r.u8())) return refused("join request form", "join.form");
  const std::uint8_t kind = r.u8();
  if (kind != kJoin && kind != kRegister && kind != kMove) return refused("join request form", "join.form");
  r.zeros(2);
  JoinRequestMessage m;
  m.invitation = r.id<InvitationId>();
  m.authority = r.id<PublicKey>();
  m.node_certificate = block(r);
  m.node_list = block(r);
  const std::size_t n = r.u8();
  if (n > kMostOfficers) return refused("too many officers", "join.form");
  for (std::size_t i = 0; i < n && r.ok(); ++i) m.officers.push_back(block(r));
  const auto blocks = [&](std::size_t least, std::size_t most, std::vector<Bytes>& out) {
    const std::size_t count = r.u8();
    if (count < least || count > most) return false;
    for (std::size_t i = 0; i < count && r.ok(); ++i) out.push_back(block(r));
    return true;
  };
  if (kind != kJoin && !blocks(1, kMostOffices, m.offices)) return refused("too many offices, or none", "join.form");
  if (kind == kMove && (!blocks(1, kMostConsents, m.consents) || !blocks(0, kMostNodesBefore, m.nodes_before)))
    return refused("too many consents or nodes, or no consent", "join.form");
  const std::size_t signed_bytes = r.at();
  const auto signature = r.id<Signature>();
  if (!r.done()) return refused("join request form", "join.form");
  if (!crypto::verify(m.authority, signature, crypto::context::join, {bytes.first(signed_bytes)}))
    return refused("join request signature", "join.form");
  return m;
}

Bytes encode(const JoinAnswerMessage& m, const Code& code) {
  Writer w;
  w.raw(view("YZJ1")).u8(crypto::kSuite).u8(m.registered ? kRegistered : kJoined).zeros(2);
  w.id(m.invitation).id(m.request);
  put_block(w, m.root);
  put_block(w, m.node_certificate);
  put_block(w, m.node_list);
  put_blocks(w, m.offices);
  return with_mac(w, code);
}

Result<JoinAnswerMessage> decode_join_answer(ByteView bytes) {
  if (bytes.size() < kMacBytes || bytes.size() > kMostMessage) return refused("join answer length", "join.form");
  Reader r(bytes.first(bytes.size() - kMacBytes));
  if (text(r.raw(4)) != "YZJ1" || !crypto::known(r.u8())) return refused("join answer form", "join.form");
  const std::uint8_t kind = r.u8();
  if (kind != kJoined && kind != kRegistered) return refused("join answer form", "join.form");
  r.zeros(2);
  JoinAnswerMessage m;
  m.registered = kind == kRegistered;
  m.invitation = r.id<InvitationId>();
  m.request = r.id<Hash>();
  m.root = block(r);
  m.node_certificate = block(r);
  m.node_list = block(r);
  const std::size_t n = r.u8();
  if (n > kMostOffices) return refused("too many offices", "join.form");
  for (std::size_t i = 0; i < n && r.ok(); ++i) m.offices.push_back(block(r));
  if (!r.done() || m.offices.empty()) return refused("join answer form", "join.form");
  return m;
}

bool check_mac(ByteView message, const Code& code) {
  if (message.size() < kMacBytes) return false;
  const Hash mac = crypto::keyed_hash(crypto::purpose::join, code.view(), {message.first(message.size() - kMacBytes)});
  return crypto::same(mac.view(), message.last(kMacBytes));
}

}  // namespace yz::node
