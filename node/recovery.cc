// A forgotten passphrase and the paper from the safe: the sheet opens the store, never a signing key. The officer
// gets a new key under a new certificate; the old one is retired, and what it signed stays valid.
#include <algorithm>

#include "node/cli/local.h"
#include "node/clock.h"
#include "node/home.h"
#include "node/net/join_json.h"
#include "node/node.h"
#include "node/store/registry.h"

namespace yz::node {
namespace {

constexpr int kWaitMs = 10'000;

/// As typed from paper: groups, dashes, capitals and blanks do not matter.
std::string plain_code(ByteView typed) {
  std::string out;
  for (std::uint8_t b : typed) {
    if (b >= 'A' && b <= 'Z') b = static_cast<std::uint8_t>(b - 'A' + 'a');
    if ((b >= 'a' && b <= 'z') || (b >= '2' && b <= '7')) out.push_back(static_cast<char>(b));
  }
  return out;
}

Result<crypto::Key> open_with_sheet(const Home::Keys& keys, ByteView code) {
  const std::string plain = plain_code(code);
  for (const auto& s : keys.slots) {
    if (s.kind != crypto::SlotKind::recovery) continue;
    const crypto::SecretText secret = TRY(crypto::open_slot(s, view(plain)));
    return crypto::Key::from(secret.expose());
  }
  return fail(Fault::missing, "no recovery sheet was made for this home", "recovery.none");
}

Result<crypto::Certificate> new_certificate(Store& store, const OfficerRow& old, const crypto::SigningKey& key,
                                            const crypto::SigningKey& authority, crypto::Level level,
                                            sync::Millis now) {
  crypto::Certificate c;
  c.type = crypto::CertType::officer;
  c.office = c.issuer = store.me().office;
  c.subject.bytes = old.person.bytes;  // the same person, another key
  c.issuer_key = authority.public_key();
  // What the old key signed lies before: the clock of the store may be ahead of the wall's.
  c.not_before_ms = static_cast<std::uint64_t>(std::max(now, store.last_moment()));
  c.not_after_ms = static_cast<std::uint64_t>(now + 3 * 365 * sync::kDayMs);
  c.serial = TRY(next_serial(store, c.subject, now));
  c.level = level;
  c.roles = old.roles;
  c.key = key.public_key();
  c.name = old.name;
  TRY(c.sign(authority));
  return c;
}

}  // namespace

Result<std::string> recover_home(const std::string& path, const std::string& officer, const crypto::SecretText& code,
                                 const crypto::SecretText& passphrase) {
  TRY(check_new_passphrase(passphrase.expose()));
  const Home home = TRY(Home::open(path, kWaitMs));
  Home::Keys keys = TRY(home.keys());
  const crypto::Key store_key = TRY(open_with_sheet(keys, code.expose()));
  const auto store = TRY(Store::open({.folder = path, .key = store_key.expose(), .id = keys.store_id.bytes}));
  TRY(store->load_identity());
  Directory directory(*store);
  std::string name = officer;
  for (const auto& s : keys.slots) {
    if (!officer.empty() || s.kind != crypto::SlotKind::officer) continue;
    if (!name.empty())
      return fail(Fault::invalid, "several officers have a key here: say which one with --as NAME", "officer.which");
    name = s.name;
  }
  const auto old = TRY(directory.officer_by_name(store->me().office, name));
  const auto office = TRY(directory.office(store->me().office));
  if (!old || !office) return fail(Fault::missing, "no officer of that name belongs to this office", "officer.unknown");
  const auto own = TRY(directory.office_certificate(store->me().office));
  const crypto::SigningKey authority =
      TRY(own ? open_authority(keys, own->key, store_key) : open_authority(keys, kAuthority, store_key));
  const crypto::SigningKey key = crypto::SigningKey::random();
  const sync::Millis now = wall_now();
  const crypto::Certificate c = TRY(new_certificate(*store, *old, key, authority, office->level, now));
  // The slot first: should the power fail now, the sheet is simply used again.
  std::erase_if(keys.slots, [&](const auto& s) { return s.kind == crypto::SlotKind::officer && s.name == name; });
  keys.slots.push_back(officer_slot(name, store_key, key, passphrase.expose()));
  TRY(home.save_keys(keys));
  TRY(store->write([&]() -> Result<> {
    TRY(directory.learn(c, now));
    TRY(directory.set_phone(c.digest, old->phone));
    TRY(directory.set_officer_state(old->digest, OfficerState::retired));
    TRY(store->tell(Hash{c.digest.bytes}, std::nullopt, sync::FrameType::certificate, c.bytes));
    return store->journal(name, "recover", name, crypto::fingerprint(c.digest), now);
  }));
  const auto root = TRY(directory.root());
  return founded_json(office->code, office->name, store->me().node, root ? crypto::fingerprint(root->digest) : "",
                      office->admitted ? "ready" : "joining");
}

}  // namespace yz::node
