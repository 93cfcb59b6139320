// The part of Node that keeps our office's keys: the authority key's slots beside the store that says which is in use.
#include <algorithm>

#include "node/log.h"
#include "node/node.h"
#include "node/store/authority_key.h"
#include "node/store/people.h"

namespace yz::node {

namespace {
constexpr std::string_view kPendingSlot = "pending_slot";
}

/// The new certificate and the locked key that goes with it are one transaction of the store; the key file follows. A
/// power cut between the two is made good here, before anybody is turned away.
Result<OfficerRow> Node::renew_officer(std::string_view officer, ByteView passphrase) {
  const Signer signer = TRY(unlock(officer, passphrase));
  const crypto::SigningKey key = crypto::SigningKey::random();
  const crypto::SigningKey authority_key = TRY(authority());
  const crypto::Slot slot = officer_slot(signer.officer.name, store_key_, key, passphrase);
  OfficerRow row = TRY(store_->write([&]() -> Result<OfficerRow> {
    TRY(store_->journal(signer.officer.name, "officer.renew", signer.officer.name, "", wall_now()));
    TRY(store_->set_meta(kPendingSlot, ByteView(slot.bytes)));
    return change_officer_key(*store_, signer.officer, key.public_key(), authority_key, wall_now());
  }));
  TRY(put_pending_slot());
  return row;
}

/// True when there was one: who asked before may be let in now.
Result<bool> Node::put_pending_slot() {
  const auto bytes = TRY(store_->meta(kPendingSlot));
  if (!bytes || bytes->empty()) return false;
  crypto::Slot slot = TRY(crypto::parse_slot(*bytes));
  Home::Keys keys = TRY(home_.keys());
  std::erase_if(keys.slots, [&](const crypto::Slot& s) { return s.kind == slot.kind && s.name == slot.name; });
  remembered_.erase(slot.name);
  keys.slots.push_back(std::move(slot));
  TRY(home_.save_keys(keys));
  TRY(store_->write([&] { return store_->set_meta(kPendingSlot, {}); }));
  return true;
}

namespace {

/// The key that is in use takes the place of the one before it, which has no work left. One write of the file: before
/// and after it the key is there.
Result<> drop_old_slot(const Home& home, const PublicKey& in_use, const crypto::Key& store_key) {
  Home::Keys keys = TRY(home.keys());
  const auto next = open_authority(keys, kNextAuthority, store_key);
  if (!next || next->public_key() != in_use) return {};
  std::erase_if(keys.slots, [](const crypto::Slot& s) {
    return s.kind == crypto::SlotKind::authority && (s.name == kAuthority || s.name == kNextAuthority);
  });
  keys.slots.push_back(authority_slot(kAuthority, store_key, *next));
  return home.save_keys(keys);
}

}  // namespace

Result<crypto::SigningKey> Node::authority_for(const PublicKey& key) {
  return open_authority(TRY(home_.keys()), key, store_key_);
}

/// A proposal that holders sign for weeks names this key: asked again before it is adopted, the same one is given.
Result<PublicKey> Node::next_top_key(const OfficerRow& by, const PublicKey& in_use) {
  TRY(drop_old_slot(home_, in_use, store_key_));  // or the slot that is written anew might be the key in use
  Home::Keys keys = TRY(home_.keys());
  const auto waits = open_authority(keys, kNextAuthority, store_key_);
  if (waits && waits->public_key() != in_use) return waits->public_key();
  const crypto::SigningKey next = crypto::SigningKey::random();
  std::erase_if(keys.slots, [](const crypto::Slot& s) {
    return s.kind == crypto::SlotKind::authority && s.name == kNextAuthority;
  });
  keys.slots.push_back(authority_slot(kNextAuthority, store_key_, next));
  TRY(home_.save_keys(keys));
  TRY(store_->write([&] { return store_->journal(by.name, "office.rotate-key", "", "", wall_now()); }));
  return next.public_key();
}

Result<PublicKey> Node::rotate_authority(const OfficerRow& by) {
  const crypto::SigningKey old_key = TRY(authority());
  const auto own = TRY(directory_->office_certificate(store_->me().office));
  if (own && own->issuer == own->office) return next_top_key(by, own->key);
  if (TRY(authority_key_waits(*store_)))
    return fail(Fault::conflict, "a new key of this office waits for its superior already", "office.rotating");
  TRY(drop_old_slot(home_, old_key.public_key(), store_key_));
  const crypto::SigningKey next = crypto::SigningKey::random();
  Home::Keys keys = TRY(home_.keys());
  // The slot first: a key that nobody heard of is only unused, one that was told and is lost ends the office.
  std::erase_if(keys.slots, [](const crypto::Slot& s) {
    return s.kind == crypto::SlotKind::authority && s.name == kNextAuthority;
  });
  keys.slots.push_back(authority_slot(kNextAuthority, store_key_, next));
  TRY(home_.save_keys(keys));
  TRY(store_->write([&]() -> Result<> {
    TRY(begin_authority_key(*store_, old_key, next, wall_now()));
    return store_->journal(by.name, "office.rotate-key", "", "", wall_now());
  }));
  return next.public_key();
}

void Node::settle_identity() {
  auto done = [&]() -> Result<> {
    if (TRY(reissue_due(*store_))) {
      const crypto::SigningKey key = TRY(authority());
      TRY(store_->write([&] { return reissue(*store_, key, wall_now()); }));
      log().info("office.reissued", {});
      tidy_keys_ = true;
    }
    if (!tidy_keys_) return {};
    if (const auto own = TRY(directory_->office_certificate(store_->me().office)))
      TRY(drop_old_slot(home_, own->key, store_key_));
    tidy_keys_ = false;
    return {};
  }();
  if (!done && done.error().code == "authority.elsewhere") return;  // the first machine does it
  if (!done && done.error().code == "authority.missing") {
    // The store knows a key that this machine does not have: put back from a backup that was made before.
    (void)store_->write([&] {
      return store_->alarm("authority.missing",
                           "the office's present key is not on this machine: it was put back from an older backup", "",
                           wall_now());
    });
  }
  // On a full disk it is tried again after the next exchange.
  if (!done) log().warn("office.reissue", {{"why", done.error()}});
}

}  // namespace yz::node
