// The root of trust: what it says, and another version of it, signed by its holders.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/root_key.h"
#include "node/store/routes.h"

namespace yz::node::api {
namespace {

using crypto::RootDocument;

Result<> need_keys(const Request& r) {
  if (r.officer.roles & crypto::role::admin_keys) return {};
  return fail(Fault::denied, "only an administrator of keys does that", "role.admin-keys");
}

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
  next.version += 1;
  next.issued_ms = static_cast<std::uint64_t>(r.now());
  if (auto made = crypto::propose(next); !made) return fail(Fault::invalid, made.error().what, "root.form");
  if (auto there = read_file(path, kRootFileBytes); there || there.error().fault != Fault::missing)
    return fail(Fault::invalid, path + " exists already and was not overwritten", "cli.file_exists");
  TRY(write_file(path, next.bytes));
  TRY(r.store().write([&] {
    return r.store().journal(r.officer.name, "root.propose", std::to_string(next.version),
                             crypto::fingerprint(next.digest), r.now());
  }));
  Json j = json_of(next);
  j.set("path", path);
  return reply(j);
}

Result<ApiReply> post_root_sign(Request& r) {
  TRY(only(r.body, {"path"}));
  TRY(need_keys(r));
  const std::string path = TRY(path_in(r));
  RootDocument d = TRY(read_proposal(path));
  const auto seed = TRY(r.store().meta("root_key_seed"));
  if (!seed || seed->empty())
    return fail(Fault::missing, "no root key lies in this home: sign with --key FILE", "root.no-key");
  TRY(crypto::add_signature(d, crypto::SigningKey::from_seed(TRY(crypto::Key::from(*seed)))));
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
  const std::size_t old_ones = crypto::signatures_of(now.keys, next), new_ones = crypto::signatures_of(next.keys, next);
  if (old_ones < now.threshold || new_ones < next.threshold)
    return fail(Fault::forged,
                "too few have signed: of the present holders " + std::to_string(old_ones) + " of " +
                    std::to_string(now.threshold) + ", of the new ones " + std::to_string(new_ones) + " of " +
                    std::to_string(next.threshold),
                "root.threshold");
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.host.directory().learn_root(next, false));
    TRY(r.store().tell_all(told_to_side(next.digest, kTellDown), kTellDown, sync::FrameType::root, next.bytes));
    return r.store().journal(r.officer.name, "root.adopt", std::to_string(next.version),
                             crypto::fingerprint(next.digest), r.now());
  }));
  r.host.wake(sync::Lane::urgent);
  return get_root(r);
}

}  // namespace yz::node::api
