#include "node/net/http_listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>
#include <variant>

namespace yz::node {
namespace {

struct FdOwner {
  int fd = -1;
  explicit FdOwner(int f) : fd(f) {}
  FdOwner(FdOwner&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  FdOwner& operator=(FdOwner&&) = delete;
  ~FdOwner() {
    if (fd >= 0) ::close(fd);
  }
  int release() { return std::exchange(fd, -1); }
};

std::string reason() { return std::strerror(errno); }

Result<Listening> listen_tcp(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return fail(Fault::invalid, "an address needs a port: " + address);
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return fail(Fault::invalid, "write an IPv6 address as [address]:port");
  unsigned number = 0;
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (host.empty() || bad != std::errc{} || end != port.data() + port.size() || number > 65535)
    return fail(Fault::invalid, "not an address with a port: " + address);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &list) != 0 || list == nullptr)
    return fail(Fault::invalid, "not an IPv4 or IPv6 address: " + host);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> holder(list, ::freeaddrinfo);
  FdOwner fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.fd < 0) return fail(Fault::full, "no socket: " + reason());
  const int on = 1;
  ::setsockopt(fd.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (list->ai_family == AF_INET6) ::setsockopt(fd.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.fd, list->ai_addr, list->ai_addrlen) != 0 || ::listen(fd.fd, 1024) != 0)
    return fail(errno == EADDRINUSE ? Fault::busy : Fault::invalid, "cannot listen on " + address + ": " + reason());
  return Listening{.fd = fd.release()};
}

Result<Listening> listen_unix(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name.size() > 80) return fail(Fault::invalid, "not a usable socket name: " + path);
  const FdOwner dir(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (dir.fd < 0) return fail(Fault::invalid, "no folder for the socket " + path + ": " + reason());
  // The folder by its descriptor: sockaddr_un has room for 107 bytes only.
  const std::string reachable = "/proc/self/fd/" + std::to_string(dir.fd) + "/" + name;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, reachable.c_str(), reachable.size() + 1);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);

  struct stat before {};
  if (::fstatat(dir.fd, name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0) {
    if (!S_ISSOCK(before.st_mode)) return fail(Fault::conflict, "something that is no socket stands at " + path);
    const FdOwner probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(probe.fd, generic, sizeof address) == 0 || errno == EAGAIN)
      return fail(Fault::busy, "somebody already listens on " + path);
    ::unlinkat(dir.fd, name.c_str(), 0);
  }
  FdOwner fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.fd < 0) return fail(Fault::full, "no socket: " + reason());
  // On Linux bind() gives the file the socket's own mode: there is no moment with a wider one.
  if (::fchmod(fd.fd, 0600) != 0 || ::bind(fd.fd, generic, sizeof address) != 0)
    return fail(errno == EADDRINUSE ? Fault::busy : Fault::invalid, "cannot listen on " + path + ": " + reason());
  struct stat made {};
  if (::fstatat(dir.fd, name.c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0 || (made.st_mode & 0777) != 0600 ||
      ::listen(fd.fd, 256) != 0) {
    const std::string why = reason();
    ::unlinkat(dir.fd, name.c_str(), 0);
    return fail(Fault::invalid, "cannot listen on " + path + ": " + why);
  }
  return Listening{.fd = fd.release(), .unlink_path = path, .device = made.st_dev, .inode = made.st_ino};
}

}  // namespace

Result<Listening> listen_on(const ListenOn& where) {
  Listening listening{.fd = -1};
  if (const auto* tcp = std::get_if<ListenTcp>(&where)) {
    listening = TRY(listen_tcp(tcp->address));
  } else if (const auto* local = std::get_if<ListenUnix>(&where)) {
    listening = TRY(listen_unix(local->path));
  } else {
    listening.fd = std::get<ListenFd>(where).fd;
    const int flags = ::fcntl(listening.fd, F_GETFL);
    if (flags < 0) return fail(Fault::invalid, "the listening descriptor is not open");
    ::fcntl(listening.fd, F_SETFL, flags | O_NONBLOCK);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(listening.fd, reinterpret_cast<sockaddr*>(&bound), &size) == 0) {
    if (bound.ss_family == AF_INET) listening.port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
    if (bound.ss_family == AF_INET6) listening.port = ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
  }
  return listening;
}

}  // namespace yz::node
