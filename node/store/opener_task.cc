// Whether a word about work that is asked for, or a policy, may stand where it came. A part of Opener.
#include <algorithm>

#include "node/store/above.h"
#include "node/store/absences.h"
#include "node/store/cases.h"
#include "node/store/opener.h"
#include "node/store/policies.h"
#include "node/store/routes.h"

namespace yz::node {

using sync::Refusal;

namespace {

/// Somebody with one of these roles signed in that capacity.
Result<bool> signed_by(Directory& directory, const sync::Record& r, std::uint16_t roles) {
  for (const auto& s : r.signatures) {
    if (s.role != sync::SignRole::signer) continue;
    const auto officer = TRY(directory.officer(s.officer));
    if (officer && (officer->roles & roles)) return true;
  }
  return false;
}

Result<bool> above_us(Store& store, Directory& directory, const OfficeId& office) {
  for (const Above& a : TRY(offices_above(store, directory)))
    if (a.id == office) return true;
  return false;
}

}  // namespace

/// `enough`: two persons signed, or the office works with one. Our own words are judged by it too.
Result<Refusal> Opener::judge_task(const sync::ReleasedRecord& r, bool enough) {
  const sync::Record& rec = r.record;
  if (rec.type == sync::RecordType::delegation) return judge_absence(rec);
  if (rec.type == sync::RecordType::policy) {
    if (!enough || !TRY(signed_by(directory_, rec, crypto::role::signer | crypto::role::admin_policy)))
      return Refusal::not_permitted;
    return judge_policy(rec);
  }
  const auto body = decode_body(rec.body);
  if (!body) return Refusal::malformed;
  if (rec.type == sync::RecordType::reply) {
    if (!body->extras.reply) return Refusal::malformed;
    if (body->extras.reply->act == CommissionReply::Act::decline) {
      const SignOff by = TRY(sign_off_of(store_, directory_, rec, when_of(rec)));
      if (!by.good()) return by.tried ? Refusal::unproven_deputy : Refusal::not_permitted;
    }
    return judge_reply(rec);
  }
  if (!body->extras.commission) return Refusal::malformed;
  // Work comes from above, in the issuer's own case.
  const bool ours = rec.origin == store_.me().office;
  if (rec.case_office != rec.origin || (!ours && !TRY(above_us(store_, directory_, rec.origin))))
    return Refusal::not_permitted;
  const auto act = body->extras.commission->act;
  if (act == CommissionWord::Act::chase) return Refusal::none;
  const SignOff by = TRY(sign_off_of(store_, directory_, rec, when_of(rec)));
  if (!by.good()) return by.tried ? Refusal::unproven_deputy : Refusal::not_permitted;
  const bool says_what = act == CommissionWord::Act::issue || act == CommissionWord::Act::amend;
  return says_what && !enough ? Refusal::not_permitted : Refusal::none;
}

/// Of an office above us, or of ours. Two of one number, and one that a newer overtook on the way, are kept too: which
/// of them count is the same at every office, whatever came first (policies.h).
Result<Refusal> Opener::judge_policy(const sync::Record& rec) {
  const OfficeId& us = store_.me().office;
  if (rec.case_office != rec.origin) return Refusal::not_permitted;
  if (rec.origin != us && !TRY(lies_below(store_, us, rec.origin))) return Refusal::not_permitted;
  return decode_policy(rec.body) ? Refusal::none : Refusal::malformed;
}

/// Of an office that was asked; or, about a commission that passes one of ours on, of an office further down.
Result<Refusal> Opener::judge_reply(const sync::Record& rec) {
  const OfficeId& us = store_.me().office;
  if (rec.case_office == rec.origin) return Refusal::not_permitted;
  if (rec.origin == us) return Refusal::none;  // what it answers may not have come to this machine
  if (rec.case_office != us) {
    const bool below =
        TRY(lies_below(store_, rec.origin, rec.case_office)) && TRY(lies_below(store_, rec.case_office, us));
    return below ? Refusal::none : Refusal::not_permitted;
  }
  Query q =
      TRY(store_.db().query("select r.bytes from record r join matter m on m.row = r.matter where m.case_id = ?"
                            " and r.type = 9 and r.quarantine = 0",
                            rec.case_id));
  bool any = false;
  while (TRY(q.step())) {
    const auto asked = sync::decode_record(q.blob(0));
    if (!asked) return fail(Fault::corrupt, "a stored record is damaged", "store.record");
    any = true;
    if (std::ranges::binary_search(asked->record.addressees, rec.origin)) return Refusal::none;
  }
  // Another machine of ours may have asked, and its word is still on its way: then the reply counts once it is here.
  return !any && TRY(lies_below(store_, rec.origin, us)) ? Refusal::none : Refusal::not_permitted;
}

/// A signer's own word, in the office's own case. A deputy is none: nobody passes on what they only hold for another.
Result<Refusal> Opener::judge_absence(const sync::Record& rec) {
  if (rec.case_office != rec.origin || (rec.flags & sync::record_flag::provisional)) return Refusal::not_permitted;
  const auto word = decode_absence(rec.body);
  if (!word) return Refusal::malformed;
  if (word->act == AbsenceWord::Act::back && rec.parents.empty()) return Refusal::malformed;
  return TRY(signed_by(directory_, rec, crypto::role::signer)) ? Refusal::none : Refusal::not_permitted;
}

}  // namespace yz::node
