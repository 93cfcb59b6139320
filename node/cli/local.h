#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/certificate.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "node/api.h"
#include "node/net/web_assets.h"

namespace yz::node {

/// What the command line needs of a home directory and of the program behind the API. Implemented in node/local.cc.
/// Every Result<std::string> is the JSON document that the command prints (interface.md 6).

inline constexpr std::string_view kVersion = "0.1.0";

struct NewOffice {
  std::string code, name, officer, phone;
  crypto::Level level{};
  bool root = false;
  bool one_person = true;
  std::string recovery_sheet;  ///< a file to write the paper sheet to; empty: none
};
/// Makes a home for an office. Fault::invalid when there is something in the folder already; denied when
/// the passphrase is too weak to be accepted.
Result<std::string> init_home(const std::string& home, const NewOffice&, const crypto::SecretText& passphrase);

/// Either `invitation` and `officer` (and a `request_file`, when it is to go by file), or `answer_file` alone.
struct JoinRequest {
  std::string invitation, officer, phone, request_file, answer_file, recovery_sheet;
};
Result<std::string> join_home(const std::string& home, const JoinRequest&, const crypto::SecretText& passphrase);
/// The superior's side of a join by file: reads the request, writes the answer.
Result<std::string> admit_file(const std::string& home, const std::string& request_file, const std::string& answer_file,
                               const std::string& officer, const crypto::SecretText& passphrase);
/// Fault::invalid when `home` is not empty.
Result<std::string> restore_home(const std::string& home, const std::string& backup, const std::string& officer,
                                 const crypto::SecretText& passphrase);

/// With the code from the recovery sheet: a new passphrase and a new signing key for an officer ("" = the only one).
/// Fault::denied for a wrong code, missing when no sheet was made.
Result<std::string> recover_home(const std::string& home, const std::string& officer, const crypto::SecretText& code,
                                 const crypto::SecretText& new_passphrase);

struct ServeOptions {
  std::optional<std::string> web, sync;  ///< HOST:PORT, over what config.toml says
  std::string officer;
  std::span<const WebAsset> page = {};
};
/// Runs the node and prints one line `ready web=... sync=...` on stdout when it accepts connections. Comes back at
/// SIGTERM or SIGINT with the exit code.
Result<int> serve(const std::string& home, const ServeOptions&, const crypto::SecretText& passphrase);

/// Owns the home and runs calls in-process.
class LocalNode {
 public:
  /// Waits up to 10 s for another command that holds the home, then Fault::busy.
  static Result<std::unique_ptr<LocalNode>> open(const std::string& home, const std::string& officer,
                                                 const crypto::SecretText& passphrase);
  virtual ~LocalNode() = default;
  virtual ApiReply call(const ApiCall&) = 0;
};

/// The socket's path, when a node serves this home now (its socket answers).
std::optional<std::string> serving(const std::string& home);

/// A root holder's key in a new file, locked by the passphrase. Needs no home.
Result<std::string> make_root_key(const std::string& path, const std::string& label,
                                  const crypto::SecretText& passphrase);
/// Adds the holder's signature to a proposal. Needs no home. Faults: invalid "root.file", "root.key-file"; denied.
Result<std::string> sign_root_file(const std::string& path, const std::string& key_file,
                                   const crypto::SecretText& passphrase);

/// Reads an evidence file on a machine that may have no home at all: {"ok":...,"records":N,...,"problems":[...]}.
Result<std::string> check_evidence_file(const std::string& path);

}  // namespace yz::node
