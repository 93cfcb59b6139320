#include "node/net/web_session.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/seal.h"

namespace yz::node {
namespace {

Hash made_of(const crypto::Key& process, std::string_view use, std::string_view token) {
  return crypto::keyed_hash(crypto::purpose::web_session, process.expose(),
                            {view(use), view(std::string_view("\0", 1)), view(token)});
}

constexpr std::size_t kMostEnded = 256;

}  // namespace

std::unexpected<Error> WebSessions::none(std::string_view token) const {
  const auto at = ended_.find(id_of(token));
  if (at == ended_.end())
    return fail(Fault::denied, "nobody is signed in here, or the session has ended: sign in again", "login.session");
  const bool key = at->second == Ended::key;
  return std::unexpected(
      Error{Fault::denied,
            key ? "your signing key was renewed in another window: sign in again"
                : "your passphrase was changed in another window: sign in again with the new one",
            "login.session",
            key ? "您在另一个窗口更换了签名密钥，请重新登录" : "您在另一个窗口改了口令，请用新口令重新登录"});
}

Hash WebSessions::id_of(std::string_view token) const { return made_of(process_key_, "id", token); }
std::string WebSessions::csrf_of(std::string_view token) const {
  return hex(made_of(process_key_, "csrf", token).view());
}

bool WebSessions::over(const Session& s, sync::Millis now) const {
  return now - s.used > limits_.idle || now - s.begun > limits_.whole || now < s.begun;
}

WebSessions::Session* WebSessions::find(std::string_view token, sync::Millis now) {
  const auto at = sessions_.find(id_of(token));
  if (at == sessions_.end()) return nullptr;
  if (!over(at->second, now)) return &at->second;
  sessions_.erase(at);
  return nullptr;
}

void WebSessions::make_room(std::string_view officer) {
  const auto drop_oldest = [&](auto counts, std::size_t most) {
    const auto n = std::ranges::count_if(sessions_, counts);
    if (static_cast<std::size_t>(n) < most) return;
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
      if (counts(*at) && (oldest == sessions_.end() || at->second.used < oldest->second.used)) oldest = at;
    sessions_.erase(oldest);
  };
  drop_oldest([&](const auto& s) { return s.second.officer == officer; }, limits_.of_officer);
  drop_oldest([](const auto&) { return true; }, limits_.in_all);
}

WebSessions::Opened WebSessions::open(std::string_view officer, const crypto::SigningKey& key, sync::Millis now) {
  const std::string token = hex(crypto::random_fixed<Hash>().view());
  const Hash seal_key = made_of(process_key_, "seal", token);
  Session s{std::string(officer),
            key.public_key(),
            crypto::aead_seal(*crypto::Key::from(seal_key.view()), key.seed().expose(), {}),
            now,
            now,
            now};
  const std::lock_guard lock(mutex_);
  make_room(officer);
  sessions_.insert_or_assign(id_of(token), std::move(s));
  return {token, csrf_of(token)};
}

Result<WebSessions::Who> WebSessions::look(std::string_view token, bool used, sync::Millis now) {
  const std::lock_guard lock(mutex_);
  Session* s = find(token, now);
  if (!s) return none(token);
  if (used) s->used = now;
  return Who{s->officer, s->key, id_of(token), csrf_of(token)};
}

Result<crypto::SigningKey> WebSessions::key(std::string_view token, bool to_sign, sync::Millis now) {
  const std::lock_guard lock(mutex_);
  const Session* s = find(token, now);
  if (!s) return none(token);
  if (to_sign && now - s->proven > limits_.proof)
    return fail(Fault::denied, "signing needs your passphrase once more", "login.confirm");
  const auto k = TRY(crypto::Key::from(made_of(process_key_, "seal", token).view()));
  Bytes seed = TRY(crypto::aead_open(k, s->sealed_seed, {}));
  auto secret = crypto::Key::from(seed);
  sodium_memzero(seed.data(), seed.size());
  if (!secret) return std::unexpected(secret.error());
  return crypto::SigningKey::from_seed(*secret);
}

void WebSessions::prove(std::string_view token, sync::Millis now) {
  const std::lock_guard lock(mutex_);
  if (Session* s = find(token, now)) s->proven = s->used = now;
}

void WebSessions::close(std::string_view token) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id_of(token));
}

void WebSessions::close_others(std::string_view officer, std::string_view but_token, Ended why) {
  const Hash kept = id_of(but_token);
  const std::lock_guard lock(mutex_);
  if (ended_.size() > kMostEnded) ended_.clear();
  std::erase_if(sessions_, [&](const auto& s) {
    const bool other = s.second.officer == officer && s.first != kept;
    if (other) ended_.insert_or_assign(s.first, why);
    return other;
  });
}

Result<> WebSessions::rekey(std::string_view token, const crypto::SigningKey& key, sync::Millis now) {
  const auto k = TRY(crypto::Key::from(made_of(process_key_, "seal", token).view()));
  const std::lock_guard lock(mutex_);
  Session* s = find(token, now);
  if (!s) return none(token);
  s->key = key.public_key();
  s->sealed_seed = crypto::aead_seal(k, key.seed().expose(), {});
  return {};
}

std::vector<Hash> WebSessions::living(sync::Millis now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& s) { return over(s.second, now); });
  std::vector<Hash> out;
  for (const auto& [id, s] : sessions_) out.push_back(id);
  return out;
}

}  // namespace yz::node
