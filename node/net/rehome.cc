#include "node/net/rehome.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/authority_key.h"
#include "node/store/consents.h"
#include "node/store/line_superiors.h"
#include "node/store/link.h"
#include "node/store/moves.h"
#include "node/store/registry.h"
#include "node/store/routes.h"

namespace yz::node {

using namespace join_parts;

namespace {

Result<std::vector<Bytes>> nodes_of(Store& store, const OfficeId& office) {
  std::vector<Bytes> out;
  Query q =
      TRY(store.db().query("select certificate from node where office = ? and state = 0 order by at_ms desc"
                           " limit ?",
                           office, kMostNodesBefore));
  while (TRY(q.step())) out.push_back(q.blob(0));
  return out;
}

/// From the top down, to one side.
Result<> tell_chain(Store& store, const std::vector<crypto::Certificate>& offices, std::uint8_t side) {
  for (auto it = offices.rbegin(); it != offices.rend(); ++it)
    TRY(store.tell_all(told_to_side(Hash{it->digest.bytes}, side), side, sync::FrameType::certificate, it->bytes));
  return {};
}

Result<> may_move(Store& store, Directory& directory, const Invitation& i, const crypto::Certificate& own,
                  sync::Millis now) {
  if (own.issuer == own.office) return fail(Fault::denied, "the top office has no superior", "office.top");
  if (!i.moves)
    return fail(Fault::invalid, "this invitation is not for an office that moves: ask for one made with --move",
                "move.invitation");
  if (i.until_ms < now) return refused("this invitation has expired: ask for a new one", "join.expired");
  if (TRY(authority_key_waits(store)))
    return fail(Fault::conflict, "a new key of this office waits for its superior: that comes first",
                "office.rotating");
  const auto root = TRY(directory.root());
  if (!root || root->digest != i.root)
    return refused("this superior has another root than our office: compare the fingerprints by telephone",
                   "join.root");
  if (i.superior == own.issuer || i.superior == own.office || TRY(lies_below(store, i.superior, own.office)))
    return fail(Fault::invalid, "this office is our superior already, or lies below us", "move.superior");
  if (i.level != own.level)
    return fail(Fault::invalid, "the invitation names another level than this office has", "move.level");
  return {};
}

}  // namespace

Result<Bytes> make_move_request(Store& store, Directory& directory, const Invitation& i,
                                const crypto::SigningKey& authority, sync::Millis now) {
  const auto own = TRY(directory.office_certificate(store.me().office));
  if (!own) return fail(Fault::denied, "this office has not been admitted by its superior yet", "office.not-admitted");
  TRY(may_move(store, directory, i, *own, now));
  JoinRequestMessage m = TRY(introduction(store, i, authority));
  m.offices = TRY(chain_of(directory, own->office));
  for (Bytes& b : TRY(consents_of(store, own->office)))
    if (TRY(sync::decode_consent(b)).rotates()) m.consents.push_back(std::move(b));
  if (m.consents.size() >= kMostConsents)
    return fail(Fault::full, "an office that changed its key more than seven times begins anew there", "move.keys");
  sync::Consent c;
  c.office = own->office;
  c.old_key = c.new_key = own->key;
  c.before = own->issuer;
  c.after = i.superior;
  c.time = now;
  c.serial = TRY(next_consent_serial(store, own->office, now));
  m.consents.push_back(sync::sign_consent(c, authority, authority));
  m.nodes_before = TRY(nodes_of(store, own->issuer));
  return encode(m, authority, i.code);
}

Result<> accept_move(Store& store, Directory& directory, const Invitation& invitation, ByteView request, ByteView bytes,
                     sync::Millis now) {
  const JoinAnswerMessage m = TRY(decode_join_answer(bytes));
  const Checked c = TRY(checked(invitation, request, bytes, m));
  const auto root = TRY(directory.root());
  const auto before = TRY(directory.office_certificate(store.me().office));
  if (!root || root->digest != c.root.digest)
    return refused("this superior has another root than our office", "join.root");
  const crypto::Certificate& own = c.offices[0];
  if (!before || m.registered || own.office != store.me().office || own.issuer != invitation.superior ||
      own.key != before->key)
    return refused("a certificate for another office, or another key", "join.answer");
  const JoinRequestMessage asked = TRY(decode_join_request(request));
  if (asked.consents.empty()) return refused("the answer does not belong to our request", "join.answer");
  // Our word goes before what it allows, on every line.
  TRY(take_consent(store, asked.consents.back(), ConsentBy::us, now));
  const std::vector<crypto::Certificate> above(c.offices.begin() + 1, c.offices.end());
  for (auto it = above.rbegin(); it != above.rend(); ++it) {
    const auto there = TRY(directory.office(it->office));
    if (!there || !there->admitted || it->office == invitation.superior) TRY(directory.learn(*it, now));
  }
  TRY(directory.learn(own, now));
  TRY(directory.set_office_state(before->issuer, OfficeState::known));
  TRY(end_links(store, before->issuer));
  TRY(link_up(store, directory, invitation, c, m, now));
  TRY(tell_chain(store, above, kTellDown));
  TRY(tell_chain(store, above, kTellUp));  // further superiors of ours
  TRY(tell_of_office(store, invitation.superior, kTellDown));
  TRY(tell_certificate(store, own));
  TRY(tell_of_office(store, own.office, kTellUp));
  TRY(store.db().run("delete from registration where superior = ?", invitation.superior));
  TRY(tell_line_superiors(store, now));
  return store.journal("node", "moved", invitation.superior_code, own.code, now);
}

namespace {

Result<crypto::Certificate> new_certificate(Store& store, const Invited& i, crypto::Certificate c,
                                            const crypto::SigningKey& authority, sync::Millis now) {
  c.code = i.office_code;
  c.name = i.name;
  c.flags = i.flags & kOnePerson ? crypto::cert_flag::one_person : std::uint16_t{0};
  c.issuer = store.me().office;
  c.issuer_key = authority.public_key();
  c.serial = std::max(c.serial + 1, TRY(next_serial(store, c.subject, now)));
  c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c.not_after_ms = static_cast<std::uint64_t>(now + 10 * 365 * sync::kDayMs);
  TRY(c.sign(authority));
  return c;
}

/// The superior that it leaves, and its machines: mail between the two still passes here.
Result<> learn_who_was_left(Store& store, Directory& directory, const JoinRequestMessage& m,
                            const std::vector<crypto::Certificate>& offices, sync::Millis now) {
  const std::vector<crypto::Certificate> above(offices.begin() + 1, offices.end());
  TRY(tell_chain(store, above, kTellUp));
  for (const Bytes& b : m.nodes_before) {
    const auto node = TRY(crypto::Certificate::decode(b));
    if (node.type != crypto::CertType::node || node.office != offices[0].issuer)
      return refused("a machine of another office than the superior before", "join.form");
    TRY(directory.learn(node, now));
    TRY(store.tell_all(told_to_side(Hash{node.digest.bytes}, kTellUp), kTellUp, sync::FrameType::certificate,
                       node.bytes));
  }
  return {};
}

}  // namespace

Result<> take_over(Store& store, Directory& directory, const JoinRequestMessage& m, const Invited& i,
                   const std::vector<crypto::Certificate>& offices, const crypto::SigningKey& authority,
                   sync::Millis now) {
  const crypto::Certificate& own = offices[0];
  if (!(i.flags & kMoves)) return refused("this invitation is not for an office that moves", "join.move");
  if (own.type != crypto::CertType::office || own.key != m.authority)
    return refused("the certificate is not that of the key that asks", "join.form");
  if (own.level != i.level) return refused("the invitation is for an office of another level", "join.level");
  const auto there = TRY(directory.office(own.office));
  if (there && there->superior == store.me().office && there->admitted) {
    // Taken over before, and the answer was lost; or it never left: then there is nothing to take over.
    if (there->state == OfficeState::below && there->code == i.office_code) return {};
    return refused("this office lies below us already", "join.form");
  }
  if (there && there->state != OfficeState::known && there->state != OfficeState::moved &&
      there->state != OfficeState::below)
    return refused("this office is not to be taken over", "join.form");
  for (const Bytes& b : m.consents) TRY(take_consent(store, b, ConsentBy::below, now));
  const auto wish = TRY(sync::decode_consent(m.consents.back()));
  if (wish.office != own.office || wish.after != store.me().office || wish.new_key != own.key)
    return refused("the office has not consented to come here", "join.consent");
  TRY(learn_offices(directory, offices, own.office, now));
  TRY(learn_who_was_left(store, directory, m, offices, now));
  const auto c = TRY(new_certificate(store, i, own, authority, now));
  TRY(directory.learn(c, now));
  TRY(take_in(store, directory, m, own.office, c.code, now));
  return tell_of_office(store, own.office, kTellUp);
}

}  // namespace yz::node
