#include "node/root_key.h"

#include "crypto/hash.h"
#include "node/cli/local.h"
#include "node/net/json.h"

namespace yz::node {
namespace {

constexpr std::string_view kRootKeyMagic = "YZH1";

std::unexpected<Error> bad() { return fail(Fault::invalid, "this is not a root holder's key file", "root.key-file"); }

}  // namespace

Bytes encode(const RootKeyFile& f) {
  Writer w;
  w.raw(view(kRootKeyMagic)).id(f.key).raw(f.slot.bytes);
  return w.take();
}

Result<RootKeyFile> decode_root_key(ByteView bytes) {
  Reader r(bytes);
  RootKeyFile f;
  if (text(r.raw(kRootKeyMagic.size())) != kRootKeyMagic) return bad();
  f.key = r.id<PublicKey>();
  if (!r.ok()) return bad();
  auto slot = crypto::parse_slot(r.raw(r.left()));
  if (!slot || slot->kind != crypto::SlotKind::key_file) return bad();
  f.slot = std::move(*slot);
  return f;
}

Result<crypto::SigningKey> open_root_key(const RootKeyFile& f, ByteView passphrase) {
  const crypto::SecretText seed = TRY(crypto::open_slot(f.slot, passphrase));
  auto key = crypto::SigningKey::from_seed(TRY(crypto::Key::from(seed.expose())));
  if (key.public_key() != f.key) return fail(Fault::corrupt, "the key file names another key", "root.key-file");
  return key;
}

Result<crypto::RootDocument> read_proposal(const std::string& path) {
  const Bytes bytes = TRY(read_file(path, kRootFileBytes));
  auto d = crypto::decode_proposal(bytes);
  if (!d) return fail(Fault::invalid, "this file is no root document: " + d.error().what, "root.file");
  return d;
}

Result<std::string> make_root_key(const std::string& path, const std::string& label,
                                  const crypto::SecretText& passphrase) {
  if (auto there = read_file(path, kRootFileBytes); there || there.error().fault != Fault::missing)
    return fail(Fault::invalid, path + " exists already and was not overwritten", "cli.file_exists");
  const crypto::SigningKey key = crypto::SigningKey::random();
  const RootKeyFile f{key.public_key(),
                      crypto::lock_slot(crypto::SlotKind::key_file, label, passphrase.expose(), key.seed().expose())};
  TRY(write_file(path, encode(f)));
  return dump(Json::object(
      {{"file", path}, {"key", hex(f.key.view())}, {"fingerprint", crypto::fingerprint_of_holder(f.key)}}));
}

Result<std::string> sign_root_file(const std::string& path, const std::string& key_file,
                                   const crypto::SecretText& passphrase) {
  crypto::RootDocument d = TRY(read_proposal(path));
  const RootKeyFile f = TRY(decode_root_key(TRY(read_file(key_file, kRootFileBytes))));
  const crypto::SigningKey key = TRY(open_root_key(f, passphrase.expose()));
  TRY(crypto::add_signature(d, key));
  TRY(write_file(path, d.bytes));
  return dump(Json::object({{"file", path},
                            {"version", static_cast<std::int64_t>(d.version)},
                            {"digest", crypto::fingerprint(d.digest)},
                            {"holder", crypto::fingerprint_of_holder(key.public_key())},
                            {"signatures", static_cast<std::int64_t>(d.signatures.size())}}));
}

}  // namespace yz::node
