#include "node/guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "crypto/random.h"
#include "node/log.h"

namespace yz::node {
namespace {

constexpr std::string_view kGuardMagic = "YZG1";
constexpr std::array kFiles{"guard", "yizhan.db", "attachments.db"};
using Token = Fixed<8, struct GuardTokenTag>;

struct Guard {
  sync::Incarnation incarnation;
  Token before, now;
  std::array<std::uint64_t, kFiles.size()> born{};
};

/// When a file was made on this disk: no tool that copies can set it. Where the file system does not keep it, the
/// inode.
std::uint64_t born(const std::string& path) {
  struct statx s {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_INO, &s) != 0) return 0;
  if ((s.stx_mask & STATX_BTIME) == 0) return s.stx_ino;
  return static_cast<std::uint64_t>(s.stx_btime.tv_sec) * 1'000'000'000 + s.stx_btime.tv_nsec;
}

Result<std::optional<Guard>> read_guard(const Home& home) {
  const auto raw = TRY(home.guard());
  if (!raw) return std::nullopt;
  Reader r(*raw);
  Guard g;
  if (text(r.raw(4)) != kGuardMagic) return std::nullopt;
  g.incarnation = r.id<sync::Incarnation>();
  g.before = r.id<Token>();
  g.now = r.id<Token>();
  for (auto& b : g.born) b = r.u64();
  if (!r.done()) return std::nullopt;
  return g;
}

Result<std::optional<Token>> token_in(Database& db) {
  Query q = TRY(db.query("select value from meta where key = 'token'"));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(q.id<Token>(0));
}

}  // namespace

Result<bool> guard_knows(const Home& home, Store& store) {
  const auto g = TRY(read_guard(home));
  if (!g || g->incarnation != store.me().incarnation) return false;
  for (std::size_t i = 0; i < kFiles.size(); ++i)
    if (g->born[i] != born(home.path() + "/" + kFiles[i])) return false;
  const auto token = TRY(token_in(store.db()));
  return token && (*token == g->before || *token == g->now);
}

Result<> renew_guard(const Home& home, Store& store) {
  Guard g;
  g.incarnation = store.me().incarnation;
  g.before = TRY(token_in(store.db())).value_or(Token{});
  g.now = crypto::random_fixed<Token>();
  // The file's own birth has to stand in it: made first, then filled, and only then named.
  const std::string path = home.path() + "/guard", beside = path + ".new";
  ::unlink(beside.c_str());
  TRY(write_file(beside, {}));
  Writer w;
  w.raw(view(kGuardMagic)).id(g.incarnation).id(g.before).id(g.now).u64(born(beside));
  for (std::size_t i = 1; i < kFiles.size(); ++i) w.u64(born(home.path() + "/" + kFiles[i]));
  TRY(fill_file(beside, w.view()));
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return fail(Fault::full, std::string("cannot put the guard in place: ") + std::strerror(errno));
  // A start that is cut off here finds the token before, which the guard knows too.
  TRY(store.write([&] { return store.set_meta("token", g.now.view()); }));
  // Into the main file, so that it proves its age without its log.
  Query q = TRY(store.db().query("pragma wal_checkpoint(full)"));
  return q.run();
}

Result<bool> set_foreign_log_aside(const Home& home, const StoreOptions& o) {
  const auto g = TRY(read_guard(home));
  const std::string main = home.path() + "/yizhan.db", log_file = main + "-wal", look = main + ".look";
  struct stat s {};
  if (!g || ::stat(log_file.c_str(), &s) != 0 || s.st_size == 0) return false;
  ::unlink(look.c_str());
  if (::link(main.c_str(), look.c_str()) != 0) return false;  // no hard links here: then by the other marks only
  bool foreign = false;
  {
    // What a checkpoint was cut off in the middle of may not open without its log; that proves nothing.
    auto db = open_main_alone(o, look);
    const auto token = db ? token_in(**db) : Result<std::optional<Token>>(std::nullopt);
    foreign = token && *token && **token != g->before && **token != g->now;
  }
  for (const char* end : {"", "-wal", "-shm"}) ::unlink((look + end).c_str());
  if (!foreign) return false;
  if (::rename(log_file.c_str(), (log_file + ".aside").c_str()) != 0)
    return fail(Fault::full, std::string("cannot set the log aside: ") + std::strerror(errno));
  log().warn("home.foreign-log", {});
  return true;
}

}  // namespace yz::node
