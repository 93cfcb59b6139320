#pragma once
#include <string>

#include "node/cli/local.h"
#include "node/home.h"
#include "node/net/join.h"

namespace yz::node {

/// Everything a new home needs before its store exists: keys, certificates, slots. Used by init and join alike.
struct Founding {
  std::string code, name, officer, phone;
  crypto::Level level{};
  bool root = false;
  bool one_person = true;
  std::string recovery_sheet;
  std::optional<Invitation> invitation;  ///< join: whom we belong to; the line itself in `invitation_line`
  std::string invitation_line;
};

struct Founded {
  OfficeId office;
  NodeId node;
  std::string
      fingerprint;  ///< to compare by telephone: of the root document, or of our own authority key while joining
};

/// Makes the home in an empty folder. On failure nothing readable is left behind.
Result<Founded> found_home(const std::string& path, const Founding&, const crypto::SecretText& passphrase);
/// The home of a further machine of the office that wrote the invitation; certified when that answers.
Result<Founded> found_machine(const std::string& path, const Founding&, const crypto::SecretText& passphrase);

}  // namespace yz::node
