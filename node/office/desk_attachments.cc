// The desk: attachments of what is passed on or put together. Their bytes stay as their author sealed them; what is
// signed here is that they are handed on, with the author's own manifest inside.
#include "node/office/desk_attachments.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/office/desk.h"
#include "node/office/signing.h"
#include "sync/forward.h"

namespace yz::node {
namespace {

bool meant(const Enclosed& e, const std::string& typed) {
  return typed == e.manifest.name || typed == hex(e.manifest.id.view());
}

bool named(std::span<const Manifest> all, const sync::AttachmentId& id) {
  return std::ranges::find(all, id, &Manifest::id) != all.end();
}

std::unexpected<Error> too_many() {
  return fail(Fault::invalid, "a report takes at most 64 attachments: choose some of them", "attachment.count");
}

}  // namespace

Result<> choose(Draft& d, std::span<const Enclosed> all, const std::optional<std::vector<std::string>>& chosen) {
  if (chosen)
    for (const std::string& typed : *chosen)
      if (std::ranges::none_of(all, [&](const Enclosed& e) { return !e.kept_back && meant(e, typed); }))
        return fail(Fault::missing, "there is no such attachment to hand on", "attachment.missing");
  for (const Enclosed& e : all) {
    const bool wanted =
        !e.kept_back && (!chosen || std::ranges::any_of(*chosen, [&](const auto& typed) { return meant(e, typed); }));
    if (!wanted)
      d.extras.left_out.push_back(e.manifest.id);
    else if (e.manifest.from && !named(d.extras.attachments, e.manifest.id))
      d.extras.attachments.push_back(e.manifest);
  }
  std::ranges::sort(d.extras.left_out);
  const auto doubles = std::ranges::unique(d.extras.left_out);
  d.extras.left_out.erase(doubles.begin(), doubles.end());
  return d.extras.attachments.size() > kAttachmentsMax ? Result<>(too_many()) : Result<>();
}

/// What came since the draft was begun, and was not left out then.
Result<> Desk::add_late(Draft& d, std::int64_t matter, const RecordId& original) {
  for (const Enclosed& e : TRY(books_.enclosed(matter, original)))
    if (e.manifest.from && !named(d.extras.attachments, e.manifest.id) &&
        !std::ranges::binary_search(d.extras.left_out, e.manifest.id))
      d.extras.attachments.push_back(e.manifest);
  return d.extras.attachments.size() > kAttachmentsMax ? Result<>(too_many()) : Result<>();
}

/// What the forward says of them, under its signatures. What has not come yet is promised; hand_on() keeps the promise.
Result<std::vector<sync::PassedAttachment>> Desk::passed_attachments(const Draft& d, std::int64_t matter,
                                                                     const RecordId& original) {
  std::vector<sync::PassedAttachment> out;
  for (const Enclosed& e : TRY(books_.enclosed(matter, original))) {
    const sync::AttachmentId& id = e.manifest.id;
    const bool left_out = std::ranges::binary_search(d.extras.left_out, id);
    const bool goes = named(d.extras.attachments, id) || !e.manifest.from;
    out.push_back({id, !left_out && goes});
  }
  return out;
}

/// A manifest record for each attachment of a text that has just been signed.
Result<> Desk::release_manifests(const SigningPerson& by, const sync::ReleasedRecord& text,
                                 std::span<const Manifest> all, sync::SignRole role) {
  const std::int64_t notes = home_.one_person ? kNoteOnePerson : 0;
  for (const Manifest& m : all) {
    sync::Record r = text.record;
    r.type = sync::RecordType::manifest;
    r.salt = crypto::random_fixed<decltype(r.salt)>();
    r.at = TRY(books_.tick(now_));
    r.parents = {text.id};
    if (m.from) {
      Original o = TRY(books_.manifest_record(m));
      r.body = TRY(sync::encode_handed_on({std::move(o.record), std::move(o.certificates)}));
    } else {
      r.body = encode_manifest(m);
    }
    // The report that everybody signed names this attachment's content; the key needs only who released it.
    r.signatures = {signature(by, role, r.content())};
    TRY(books_.release(sync::release(r), notes, now_));
    if (m.from)
      TRY(books_.hand_on(m, text.record.addressees));
    else
      TRY(books_.let_go(m.id, text.record.addressees));
  }
  return {};
}

Result<Outcome> Desk::hand_on(const SigningPerson& by, std::int64_t matter,
                              const std::optional<std::vector<std::string>>& attachments) {
  const CaseFile file = TRY(books_.case_file(matter));
  if (!(by.person.roles & crypto::role::signer)) return std::unexpected(lacks_role("signing"));
  const auto forward = TRY(books_.our_forward(matter));
  if (!forward) return fail(Fault::conflict, "this case was not passed on from here", "forward.none");
  const sync::Forward f = TRY(sync::decode_forward(forward->record.body));
  std::vector<Enclosed> left = TRY(books_.enclosed(matter, f.nested.id));
  std::erase_if(left, [](const Enclosed& e) { return e.handed_on || !e.manifest.from; });
  Draft d;
  TRY(choose(d, left, attachments));
  if (d.extras.attachments.empty())
    return fail(Fault::missing, "nothing is left to hand on, or its manifest has not come yet", "attachment.missing");
  TRY(books_.write([&]() -> Result<> {
    TRY(release_manifests(by, *forward, d.extras.attachments, sync::SignRole::signer));
    return books_.journal(by.person, "hand_on", file.case_id, std::to_string(d.extras.attachments.size()), now_);
  }));
  Outcome o;
  o.matter = matter;
  o.case_id = file.case_id;
  o.state = file.state;
  o.addressees = shown_order(forward->record.addressees);
  o.queued = forward->record.lane;
  return o;
}

}  // namespace yz::node
