#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace yz::node {
struct Signer;

/// What the API asks of a host that serves, beside ApiHost: one that answers a single command has neither sessions nor
/// a port. On the node's worker thread.
class Serving {
 public:
  virtual ~Serving() = default;
  /// The officer has another signing key: this session goes on with it, the officer's others end.
  virtual Result<> key_changed(const Signer&, std::string_view session) = 0;
  /// Where neighbours may reach the sync port of this machine, as far as the machine itself knows; empty without
  /// `serve --sync`.
  virtual std::vector<std::string> own_addresses() = 0;
};

}  // namespace yz::node
