#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sign.h"
#include "node/store/directory.h"
#include "sync/instant.h"

namespace yz::node {

/// The officers who are signed in on the page. A session is a random token that only the browser keeps: here lies its
/// hash, and the officer's signing key sealed under a key made of the token. So the node signs for nobody whose browser
/// does not ask, and a session that is gone has taken the key with it. In memory only; any thread.
///
/// `now` is a clock that runs on while the machine sleeps (boot_now()): a session must not outlive a night.
class WebSessions {
 public:
  struct Limits {
    sync::Millis idle = 15 * 60 * 1000;
    sync::Millis whole = 10 * 60 * 60 * 1000;
    /// So long after the passphrase was typed the session signs; then it is asked for once more.
    sync::Millis proof = 5 * 60 * 1000;
    std::size_t of_officer = 8;  ///< one more, and the one longest unused ends
    std::size_t in_all = 64;
  };
  struct Opened {
    std::string token;  ///< 64 hexadecimal digits, for the cookie
    std::string csrf;   ///< what the page sends with every change
  };
  struct Who {
    std::string officer;
    PublicKey key;
    Hash id;  ///< of the session; tells nothing about the token
    std::string csrf;
  };

  WebSessions() : WebSessions(Limits()) {}
  explicit WebSessions(Limits limits) : limits_(limits) {}

  Opened open(std::string_view officer, const crypto::SigningKey&, sync::Millis now);
  /// Whose token it is. Fault::denied "login.session" when it is nobody's, or has run out. `used`: a person did
  /// something; what the page asks by itself keeps no session alive.
  Result<Who> look(std::string_view token, bool used, sync::Millis now);
  /// The key for one call. To sign the passphrase must have been given lately: Fault::denied "login.confirm".
  Result<crypto::SigningKey> key(std::string_view token, bool to_sign, sync::Millis now);
  /// The passphrase was typed again, and was right.
  void prove(std::string_view token, sync::Millis now);
  void close(std::string_view token);
  /// Why a session ended before its time; who comes with it is told.
  enum class Ended : std::uint8_t { passphrase, key };
  /// All of an officer but one: his passphrase, or his key, is another now.
  void close_others(std::string_view officer, std::string_view but_token, Ended why = Ended::passphrase);
  /// The officer has another signing key: the session goes on with it.
  Result<> rekey(std::string_view token, const crypto::SigningKey&, sync::Millis now);
  /// Ends what has run out; gives the ids of all that are left.
  std::vector<Hash> living(sync::Millis now);
  const Limits& limits() const { return limits_; }

 private:
  struct Session {
    std::string officer;
    PublicKey key;
    Bytes sealed_seed;
    sync::Millis begun = 0, used = 0, proven = 0;
  };
  Hash id_of(std::string_view token) const;
  std::string csrf_of(std::string_view token) const;
  bool over(const Session&, sync::Millis now) const;
  Session* find(std::string_view token, sync::Millis now);
  void make_room(std::string_view officer);
  std::unexpected<Error> none(std::string_view token) const;

  const Limits limits_;
  const crypto::Key process_key_ = crypto::Key::random();
  std::mutex mutex_;
  std::map<Hash, Session> sessions_;
  std::map<Hash, Ended> ended_;  ///< the latest; forgotten all together when they get many
};

}  // namespace yz::node
