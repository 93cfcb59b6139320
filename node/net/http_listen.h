#pragma once
// Where the HTTP server listens: TCP, a socket file, or a descriptor that it was given.
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "node/net/http_server.h"

namespace yz::node {

struct Listening {
  int fd;
  std::uint16_t port = 0;
  std::string unlink_path = {};  ///< A socket file of ours, removed at the end if it is still the same one.
  dev_t device = 0;
  ino_t inode = 0;
};
/// Opens it, not blocking; a socket file is made with mode 0600 from its first moment. `busy` when somebody listens
/// there, `conflict` when what stands there is no socket.
Result<Listening> listen_on(const ListenOn&);

}  // namespace yz::node
