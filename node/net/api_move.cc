// An office's own key and place: another authority key, another superior.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/net/join.h"
#include "node/net/sentences.h"
#include "node/net/superiors.h"
#include "node/store/authority_key.h"
#include "node/store/compared.h"

namespace yz::node::api {
Result<ApiReply> post_office_rotate(Request& r) {
  TRY(only(r.body, {"path"}));
  TRY(need_keys(r));
  const auto own = TRY(r.host.directory().office_certificate(r.store().me().office));
  if (own && own->issuer == own->office) return rotate_top_key(r);
  if (r.body.find("path"))
    return fail(Fault::invalid, "only the top office's new key goes into a file: ours is certified by the superior",
                "root.not-top");
  const PublicKey next = TRY(r.host.rotate_authority(r.officer));
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"fingerprint", office_fingerprint(next)}, {"state", "waiting"}}));
}

namespace {

Json compared_json(const OfficeRow& office, const PublicKey& key, bool certified) {
  return Json::object({{"office", office.code}, {"fingerprint", office_fingerprint(key)}, {"certified", certified}});
}

/// The key that an office came with: the invitation alone vouched for it, until somebody compares.
Result<ApiReply> compare_admitted(Request& r, const OfficeRow& office) {
  const auto own = TRY(r.host.directory().office_certificate(office.id));
  if (office.state != OfficeState::below || !own || TRY(office_compared(r.store(), office.id, own->key)))
    return fail(Fault::missing, "no key of this office waits here to be compared", "office.no-key");
  if (!crypto::same_digits(r.body.text("fingerprint"), office_fingerprint(own->key)))
    return fail(Fault::forged,
                "these are not the digits of the key that this office joined with: somebody else may have used the "
                "invitation; call the office again, and revoke it if they still differ",
                "office.print-differs");
  TRY(r.store().write([&]() -> Result<> {
    TRY(set_office_compared(r.store(), office.id, office.code, own->key, r.now()));
    return r.store().journal(r.officer.name, "office.compare", office.code, office_fingerprint(own->key), r.now());
  }));
  return reply(compared_json(office, own->key, false));
}

}  // namespace

Result<ApiReply> post_office_confirm(Request& r) {
  TRY(only(r.body, {"fingerprint"}));
  TRY(need_keys(r));
  const auto office = TRY(r.host.directory().office_by_code(r.parts[0]));
  if (!office) return fail(Fault::missing, "no office of that code is known here", "office.unknown");
  const auto next = TRY(key_to_certify(r.store(), office->id));
  if (!next) return compare_admitted(r, *office);
  if (!crypto::same_digits(r.body.text("fingerprint"), office_fingerprint(*next)))
    return fail(Fault::forged,
                "these are not the digits of the key that came here: somebody else may have the old one; nothing was "
                "certified, call the office again",
                "office.key-differs");
  const crypto::SigningKey authority = TRY(r.host.authority());
  TRY(r.store().write([&]() -> Result<> {
    TRY(certify_key(r.store(), office->id, authority, r.now()));
    TRY(set_office_compared(r.store(), office->id, office->code, *next, r.now()));
    return r.store().journal(r.officer.name, "office.confirm-key", office->code, office_fingerprint(*next), r.now());
  }));
  r.host.wake(sync::Lane::urgent);
  return reply(compared_json(*office, *next, true));
}

Result<ApiReply> post_office_move(Request& r) {
  TRY(only(r.body, {"invitation", "request", "answer"}));
  TRY(need_keys(r));
  const auto said = [&](const Invitation& i, bool waits) -> Result<ApiReply> {
    const auto me = TRY(r.host.directory().office(r.store().me().office));
    return reply(Json::object({{"office", me ? me->code : std::string()},
                               {"superior", i.superior_code},
                               {"name", i.superior_name},
                               {"state", waits ? "moving" : "ready"}}));
  };
  if (r.body.find("answer")) return said(TRY(answered_by_file(r, true)), false);
  const std::string_view typed = r.body.text("invitation");
  const Invitation i = TRY(decode_invitation(typed));
  if (!i.moves)
    return fail(Fault::invalid, "this invitation is not for an office that moves: ask for one made with --move",
                "move.invitation");
  TRY(r.host.add_superior(r.officer, typed, false));
  if (r.body.find("request")) {
    TRY(asked_by_file(r, i));
    return said(i, true);
  }
  // One try now; without a line it is asked again with every exchange.
  const SyncReport tried = TRY(r.host.sync_with(i.superior));
  const bool waits = TRY(unanswered(r.store(), i.superior)).has_value();
  r.host.lines_changed();
  if (waits && tried.reason.starts_with("join.")) {
    TRY(r.store().write([&] { return forget_asked(r.store(), i.superior); }));
    return std::unexpected(refused_by_superior(tried.reason));
  }
  return said(i, waits);
}

}  // namespace yz::node::api
