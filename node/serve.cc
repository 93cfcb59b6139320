// `yizhan serve`: the node with its threads. Few and named; joined in reverse.
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "node/cli/local.h"
#include "node/log.h"
#include "node/net/api_port.h"
#include "node/net/web_port.h"
#include "node/node.h"
#include "node/store/alike.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"

namespace yz::node {
namespace {

constexpr sync::Millis kLookMs = 2000;    // links that came with statements and certificates get their lines so soon
constexpr sync::Millis kHelpMs = 20'000;  // what other machines of this office are owed

/// Thousands of subordinates keep a warm connection each.
void raise_file_limit() {
  rlimit l{};
  if (getrlimit(RLIMIT_NOFILE, &l) != 0) return;
  l.rlim_cur = l.rlim_max;
  setrlimit(RLIMIT_NOFILE, &l);
}

std::vector<std::string> own_names(std::uint16_t port, const Config& config) {
  std::vector<std::string> out;
  const std::string p = ":" + std::to_string(port);
  for (const char* host : {"127.0.0.1", "localhost", "[::1]"}) out.push_back(host + p);
  for (const auto& h : config.web.hosts) out.push_back(h);
  return out;
}

Result<std::string> pem(const std::string& path) {
  if (path.empty()) return std::string();
  const Bytes b = TRY(read_file(path, 256 * 1024));
  return std::string(b.begin(), b.end());
}

/// Where a person is about to sign in: on a desk with two machines that is not always plain.
Json place_of(Node& node) {
  const auto office = node.directory().office(node.store().me().office);
  std::string machine;
  if (auto q = node.store().db().query("select name from node where id = ?", node.store().me().node))
    if (q->step().value_or(false)) machine = q->text(0);
  return Json::object({{"office", office && *office ? (*office)->code : std::string()},
                       {"office_name", office && *office ? (*office)->name : std::string()},
                       {"machine", std::move(machine)}});
}

/// Where neighbours may reach that port, as far as this machine knows: behind a router only its people know more.
std::vector<std::string> reached_at(const Endpoint& listen, std::uint16_t port, bool tls) {
  constexpr std::size_t kMost = 4;
  const auto url = [&](const std::string& host) {
    return (tls ? "https://" : "http://") + address(Endpoint{host, port});
  };
  if (listen.host != "0.0.0.0" && listen.host != "::") return {url(listen.host)};
  std::vector<std::string> out;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return out;
  for (const ifaddrs* i = all; i != nullptr && out.size() < kMost; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_LOOPBACK) ||
        !(i->ifa_flags & IFF_UP))
      continue;
    std::array<char, NI_MAXHOST> host{};
    if (getnameinfo(i->ifa_addr, sizeof(sockaddr_in), host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) == 0)
      out.push_back(url(host.data()));
  }
  freeifaddrs(all);
  return out;
}

/// The lines have threads while this lives.
class LineThreads {
 public:
  explicit LineThreads(Lines& lines) : lines_(lines) { lines_.start_threads(); }
  ~LineThreads() { lines_.stop_threads(); }
  LineThreads(const LineThreads&) = delete;
  LineThreads& operator=(const LineThreads&) = delete;

 private:
  Lines& lines_;
};

struct Faces {
  std::unique_ptr<SyncPort> sync_port;
  std::unique_ptr<ApiPort> socket_port;
  std::unique_ptr<WebPort> web_port;
  std::unique_ptr<HttpServer> socket, web, sync;

  void stop() {
    for (auto* s : {&sync, &web, &socket})
      if (*s) (*s)->stop();
  }
};

/// The port may be chosen by the system: the names it answers to are known only afterwards, so it is bound twice.
Result<std::uint16_t> port_of(const Endpoint& e, const ServerOptions& like, Handler& any) {
  if (e.port != 0) return e.port;
  ServerOptions o = like;
  o.listen = ListenTcp{address(e)};
  auto probe = TRY(HttpServer::start(std::move(o), any));
  const std::uint16_t port = probe->port();
  probe->stop();
  return port;
}

Result<> open_page(Faces& f, Node& node, Worker& worker, const Config& config, std::span<const WebAsset> page) {
  ServerOptions o{.listen = ListenTcp{}, .threads = 1, .max_connections = config.web.connections_max};
  o.tls_cert_pem = TRY(pem(config.web.tls_cert));
  o.tls_key_pem = TRY(pem(config.web.tls_key));
  const std::uint16_t port = TRY(port_of(*config.web.listen, o, *f.socket_port));
  o.listen = ListenTcp{address(Endpoint{config.web.listen->host, port})};
  const bool tls = !o.tls_cert_pem.empty();
  f.web_port = std::make_unique<WebPort>(WebPort::Parts{
      .on_store = [&worker](std::function<void()> job) { worker.post(Worker::Turn::person, std::move(job)); },
      .call = [&node](const ApiCall& c) { return node.call(c); },
      .sign_in = [&node](std::string_view officer, ByteView passphrase,
                         std::string_view source) { return node.sign_in(officer, passphrase, source); },
      .confirm = [&node](std::string_view token, ByteView passphrase,
                         std::string_view source) { return node.confirm(token, passphrase, source); },
      .place = [&node] { return place_of(node); },
      .sessions = node.sessions(),
      .clock = [] { return boot_now(); },
      .hosts = own_names(port, config),
      // Cookies know no ports: two nodes on one machine need two names.
      .cookie = tls ? "__Host-yz" : "yz" + std::to_string(port),
      .tls = tls,
      .page = page,
      .attachment_bytes = std::size_t{config.limits.attachment_mib} << 20U});
  f.web = TRY(HttpServer::start(std::move(o), *f.web_port));
  return {};
}

Result<> open_faces(Faces& f, Node& node, Worker& worker, const Config& config, std::span<const WebAsset> page) {
  f.socket_port = std::make_unique<ApiPort>(ApiPort::Parts{
      .on_store = [&worker](std::function<void()> job) { worker.post(Worker::Turn::person, std::move(job)); },
      .call = [&node](const ApiCall& c) { return node.call(c); },
      .attachment_bytes = std::size_t{config.limits.attachment_mib} << 20U});
  f.socket = TRY(HttpServer::start({.listen = ListenUnix{node.home() + "/sock"}, .threads = 1}, *f.socket_port));
  if (config.web.listen) TRY(open_page(f, node, worker, config, page));
  if (config.sync.listen) {
    f.sync_port = std::make_unique<SyncPort>(SyncPort::Parts{
        .store = node.store(),
        .directory = node.directory(),
        .inbox = node.inbox(),
        .opener = node.opener(),
        .on_store = [&worker](std::function<void()> job) { worker.post(Worker::Turn::sync, std::move(job)); },
        .open_later = [&worker](std::function<void()> job) { worker.post(Worker::Turn::opening, std::move(job)); },
        .authority = [&node] { return node.authority(); },
        .admit_automatically = config.join.automatic,
        .arrived = {},
        .carried = [&node](bool flash) { node.wake(flash ? sync::Lane::flash : sync::Lane::routine); },
        .patience = patience_of(config)});
    ServerOptions o{.listen = ListenTcp{address(*config.sync.listen)}};
    o.tls_cert_pem = TRY(pem(config.sync.tls_cert));
    o.tls_key_pem = TRY(pem(config.sync.tls_key));
    o.bare = true;  // every byte counts there
    o.idle = std::chrono::minutes(10);
    o.max_connections = config.sync.connections_max;
    const bool tls = !o.tls_cert_pem.empty();
    f.sync = TRY(HttpServer::start(std::move(o), *f.sync_port));
    worker.post(Worker::Turn::person,
                [&node, at = reached_at(*config.sync.listen, f.sync->port(), tls)] { node.set_own_addresses(at); });
  }
  return {};
}

void daily_duties(Store& store) {
  // On a full disk the old key serves another day, and what was carried stays another.
  if (auto done = store.write([&] { return store.rotate_box(wall_now()); }); !done)
    log().warn("box.rotation", {{"why", done.error()}});
  for (bool more = true; more;) {
    auto forgot = store.write([&] { return forget_carried(store, wall_now()); });
    if (!forgot) log().warn("carried.forget", {{"why", forgot.error()}});
    more = forgot && *forgot;
  }
}

/// A top office has no line upward that would do it: what its machines owe each other is looked at here.
void help_machines(Store& store) {
  if (auto done = store.write([&] { return help_siblings(store, wall_now()); }); !done)
    log().warn("siblings.help", {{"why", done.error()}});
  if (auto done = store.write([&] { return note_texts(store, 64); }); !done)
    log().warn("texts.note", {{"why", done.error()}});
}

/// Once a second: open pages hear what changed, and those whose session has ended are closed.
void tell_pages(Faces& f, Node& node) {
  WebEvents& events = f.web_port->events();
  events.look_after(node.sessions().living(boot_now()));
  if (events.listening() == 0) return;
  if (const auto change = node.take_changes())
    events.tell(*change);
  else
    log().warn("web.changes", {{"why", change.error()}});
}

/// Waits for SIGTERM or SIGINT; meanwhile looks after long polls and the day's duties. False when the store broke:
/// the process must end, so that whoever supervises it starts it anew and the store is checked on opening.
bool wait_for_end(Faces& f, Node& node, Worker& worker, const sigset_t& signals) {
  sync::Millis daily = 0;
  const EvenClock clock;
  sync::Millis looked = clock.now(), helped = looked;
  unsigned ticks = 0;
  for (;;) {
    if (node.store().broken()) return false;
    if (wall_now() - daily > 24LL * 3'600'000 || wall_now() < daily) {
      daily = wall_now();
      worker.post(Worker::Turn::idle, [&node] { daily_duties(node.store()); });
    }
    if (clock.now() - looked > kLookMs) {
      looked = clock.now();
      worker.post(Worker::Turn::idle, [&node] { node.lines().look(); });
    }
    if (clock.now() - helped > kHelpMs) {
      helped = clock.now();
      worker.post(Worker::Turn::idle, [&node] { help_machines(node.store()); });
    }
    const timespec tick{0, 250'000'000};
    const int got = sigtimedwait(&signals, nullptr, &tick);
    if (got == SIGTERM || got == SIGINT) return true;
    if (f.sync_port) worker.post(Worker::Turn::idle, [&f] { f.sync_port->look_at_waiting(); });
    if (f.web_port && ++ticks % 4 == 0) worker.post(Worker::Turn::idle, [&f, &node] { tell_pages(f, node); });
  }
}

}  // namespace

Result<int> serve(const std::string& home, const ServeOptions& options, const crypto::SecretText& passphrase) {
  raise_file_limit();
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // Before any thread is made, so that all inherit it and only we take them.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // A command that is just ending gets a moment; another serve does not.
  const auto node = TRY(Node::open(home, 3000, options.officer, passphrase.expose()));
  Config config = node->config();
  if (options.web) config.web.listen = TRY(endpoint_from(*options.web));
  if (options.sync) config.sync.listen = TRY(endpoint_from(*options.sync));
  TRY(check(config));
  if (!config.log.stderr_only) TRY(log().to_folder(home + "/log"));
  log().level(config.log.level);

  Worker worker;
  node->set_worker(&worker);
  Faces faces;
  auto open = open_faces(faces, *node, worker, config, options.page);
  if (!open) {
    faces.stop();
    worker.stop();
    node->set_worker(nullptr);
    return std::unexpected(open.error());
  }
  bool whole = true;
  {
    LineThreads threads(node->lines());
    const auto shown = [](const std::unique_ptr<HttpServer>& s, const std::optional<Endpoint>& e) {
      return s && e ? address(Endpoint{e->host, s->port()}) : std::string("-");
    };
    std::printf("ready web=%s sync=%s\n", shown(faces.web, config.web.listen).c_str(),
                shown(faces.sync, config.sync.listen).c_str());
    std::fflush(stdout);
    log().info("serve.ready", {});
    whole = wait_for_end(faces, *node, worker, signals);
    faces.stop();
  }
  worker.stop();
  node->set_worker(nullptr);
  ::unlink((home + "/sock").c_str());
  log().info("serve.end", {});
  if (!whole)
    return fail(Fault::corrupt, "the store does not agree with itself: start again, then run verify", "store.broken");
  return 0;
}

}  // namespace yz::node
