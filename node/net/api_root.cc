// The root of trust: what it says, and another version of it, signed by its holders.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/net/join.h"
#include "node/root_key.h"
#include "node/store/authority_key.h"
#include "node/store/root_chain.h"

namespace yz::node::api {
namespace {

using crypto::RootDocument;

Result<RootDocument> root_here(Request& r) {
  auto root = TRY(r.host.directory().root());
  if (!root) return fail(Fault::missing, "this office has not joined yet: there is no root", "root.none");
  return std::move(*root);
}

Json holders_of(const RootDocument& d, const std::vector<PublicKey>& keys) {
  Json list = Json::array();
  for (const PublicKey& k : keys)
    list.add(Json::object({{"key", hex(k.view())},
                           {"fingerprint", crypto::fingerprint_of_holder(k)},
                           {"signed", crypto::signatures_of({k}, d) == 1}}));
  return list;
}

Json json_of(const RootDocument& d) {
  return Json::object({{"version", static_cast<std::int64_t>(d.version)},
                       {"threshold", static_cast<std::int64_t>(d.threshold)},
                       {"digest", crypto::fingerprint(d.digest)},
                       {"holders", holders_of(d, d.keys)}});
}

/// Holders are named by their key, 64 hexadecimal digits.
Result<std::vector<PublicKey>> keys_in(const Request& r, std::string_view member) {
  std::vector<PublicKey> out;
  const Json* list = r.body.find(member);
  if (!list || !list->items()) return out;
  for (const Json& item : *list->items()) {
    const auto* s = item.string();
    const auto raw = from_hex(s ? std::string_view(*s) : std::string_view());
    if (!raw || raw->size() != PublicKey::kSize)
      return fail(Fault::invalid, "a holder's key is 64 hexadecimal digits", "root.key");
    out.push_back(TRY(PublicKey::from(*raw)));
  }
  return out;
}

/// A new version, from now on only signed. Fault::invalid "root.form" when a field breaks a rule.
Result<> as_next(Request& r, RootDocument& d) {
  d.version += 1;
  d.issued_ms = static_cast<std::uint64_t>(r.now());
  if (auto made = crypto::propose(d); !made) return fail(Fault::invalid, made.error().what, "root.form");
  return {};
}

/// Written for its holders to sign, never over a file that is there.
Result<> write_proposal(Request& r, const RootDocument& d, const std::string& path) {
  if (auto there = read_file(path, kRootFileBytes); there || there.error().fault != Fault::missing)
    return fail(Fault::invalid, path + " exists already and was not overwritten", "cli.file_exists");
  TRY(write_file(path, d.bytes));
  return r.store().write([&] {
    return r.store().journal(r.officer.name, "root.propose", std::to_string(d.version), crypto::fingerprint(d.digest),
                             r.now());
  });
}

/// The holder's key that lies in this home, if one does.
Result<std::optional<crypto::SigningKey>> holder_here(Request& r) {
  const auto seed = TRY(r.store().meta("root_key_seed"));
  if (!seed || seed->empty()) return std::nullopt;
  return crypto::SigningKey::from_seed(TRY(crypto::Key::from(*seed)));
}

/// Enough of the holders of both versions have signed.
Result<> enough_signed(const RootDocument& now, const RootDocument& next) {
  const std::size_t old_ones = crypto::signatures_of(now.keys, next), new_ones = crypto::signatures_of(next.keys, next);
  if (old_ones >= now.threshold && new_ones >= next.threshold) return {};
  return fail(Fault::forged,
              "too few have signed: of the present holders " + std::to_string(old_ones) + " of " +
                  std::to_string(now.threshold) + ", of the new ones " + std::to_string(new_ones) + " of " +
                  std::to_string(next.threshold),
              "root.threshold");
}

/// A version that enough have signed. When it names another key for this very office, the office goes over to it: the
/// key was made here, and what stood under the old one is certified anew.
Result<> put_in_force(Request& r, const RootDocument& next) {
  const OfficeId& me = r.store().me().office;
  const auto own = TRY(r.host.directory().office_certificate(me));
  const bool our_key = own && next.top == me && next.top_key != own->key;
  std::optional<crypto::SigningKey> old_key, new_key;
  if (our_key) {
    old_key = TRY(r.host.authority());
    auto made = r.host.authority_for(next.top_key);
    if (!made)
      return fail(Fault::missing, "the new key of this office that the document names is not on this machine",
                  "root.top-key");
    new_key = std::move(*made);
  }
  TRY(r.store().write([&]() -> Result<> {
    if (our_key) {
      TRY(adopt_top_key(r.store(), next, *old_key, *new_key, r.now()));
    } else {
      TRY(r.host.directory().learn_root(next, false));
      TRY(tell_root(r.store(), next));
    }
    return r.store().journal(r.officer.name, "root.adopt", std::to_string(next.version),
                             crypto::fingerprint(next.digest), r.now());
  }));
  if (our_key) r.host.settle_identity();
  r.host.wake(sync::Lane::urgent);
  return {};
}

Result<std::string> path_in(const Request& r) {
  std::string path(r.body.text("path"));
  if (!path.starts_with('/')) return fail(Fault::invalid, "the path has to be absolute", "invalid.path");
  return path;
}

}  // namespace

Result<ApiReply> get_root(Request& r) {
  const RootDocument now = TRY(root_here(r));
  Json j = json_of(now);
  j.set("confirmed", TRY(r.host.directory().root_confirmed()));
  Json history = Json::array();
  Query q = TRY(r.store().db().query("select bytes, confirmed from root order by version desc"));
  while (TRY(q.step())) {
    const RootDocument d = TRY(RootDocument::decode(q.blob(0)));
    history.add(Json::object({{"version", static_cast<std::int64_t>(d.version)},
                              {"issued", r.time(static_cast<sync::Millis>(d.issued_ms))},
                              {"digest", crypto::fingerprint(d.digest)},
                              {"confirmed", q.integer(1) != 0}}));
  }
  j.set("history", std::move(history));
  return reply(j);
}

Result<ApiReply> post_root_propose(Request& r) {
  TRY(only(r.body, {"threshold", "add", "remove", "path"}));
  TRY(need_keys(r));
  const std::string path = TRY(path_in(r));
  RootDocument next = TRY(root_here(r));
  const std::vector<PublicKey> add = TRY(keys_in(r, "add")), remove = TRY(keys_in(r, "remove"));
  for (const PublicKey& k : remove)
    if (std::erase(next.keys, k) == 0)
      return fail(Fault::missing, "no holder of the root has the key " + hex(k.view()), "root.key");
  for (const PublicKey& k : add) {
    if (std::ranges::find(next.keys, k) != next.keys.end())
      return fail(Fault::conflict, "this key is among the root's already: " + hex(k.view()), "root.key");
    next.keys.push_back(k);
  }
  const std::int64_t threshold = r.body.count("threshold", next.threshold);
  if (threshold < 1 || threshold > 9) return fail(Fault::invalid, "the threshold is 1 to 9", "root.threshold");
  next.threshold = static_cast<std::uint8_t>(threshold);
  TRY(as_next(r, next));
  TRY(write_proposal(r, next, path));
  Json j = json_of(next);
  j.set("path", path);
  return reply(j);
}

Result<ApiReply> post_root_sign(Request& r) {
  TRY(only(r.body, {"path"}));
  TRY(need_keys(r));
  const std::string path = TRY(path_in(r));
  RootDocument d = TRY(read_proposal(path));
  const auto holder = TRY(holder_here(r));
  if (!holder) return fail(Fault::missing, "no root key lies in this home: sign with --key FILE", "root.no-key");
  TRY(crypto::add_signature(d, *holder));
  TRY(write_file(path, d.bytes));
  TRY(r.store().write([&] {
    return r.store().journal(r.officer.name, "root.sign", std::to_string(d.version), crypto::fingerprint(d.digest),
                             r.now());
  }));
  Json j = json_of(d);
  j.set("file", path);
  j.set("signatures", static_cast<std::int64_t>(d.signatures.size()));
  return reply(j);
}

Result<ApiReply> post_root_adopt(Request& r) {
  TRY(only(r.body, {"path"}));
  TRY(need_keys(r));
  const RootDocument next = TRY(read_proposal(TRY(path_in(r))));
  const RootDocument now = TRY(root_here(r));
  if (now.digest == next.digest) return fail(Fault::conflict, "this version is in force here already", "root.adopted");
  if (next.version != now.version + 1)
    return fail(Fault::forged,
                "version " + std::to_string(next.version) + " does not follow " + std::to_string(now.version) +
                    ": adopt the versions between one by one",
                "root.version");
  TRY(enough_signed(now, next));
  TRY(put_in_force(r, next));
  return get_root(r);
}

Result<ApiReply> rotate_top_key(Request& r) {
  const std::string path = r.body.find("path") ? TRY(path_in(r)) : std::string();
  const RootDocument now = TRY(root_here(r));
  const auto holder = TRY(holder_here(r));
  // One holder, whose key lies here: nobody else has to be asked.
  const bool alone =
      now.threshold == 1 && holder && std::ranges::find(now.keys, holder->public_key()) != now.keys.end();
  if (path.empty() && !alone)
    return fail(
        Fault::invalid,
        "the root's holders have to sign: say with --out FILE where to write the version that names the new key",
        "root.path");
  RootDocument next = now;
  next.top_key = TRY(r.host.rotate_authority(r.officer));
  TRY(as_next(r, next));
  const std::string print = office_fingerprint(next.top_key);
  if (!path.empty()) {
    TRY(write_proposal(r, next, path));
    Json j = json_of(next);
    j.set("fingerprint", print);
    j.set("state", "signing");
    j.set("path", path);
    return reply(j);
  }
  TRY(crypto::add_signature(next, *holder));
  TRY(put_in_force(r, next));
  Json j = json_of(next);
  j.set("fingerprint", print);
  j.set("state", "ready");
  return reply(j);
}

}  // namespace yz::node::api
