#include "tests/support/crash_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <new>

namespace yz::test {
namespace {

constexpr std::size_t kSector = 512;

/// splitmix64: small, and the same on every machine, which std::shuffle's helpers are not.
struct Random {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
};

struct Change {
  bool truncate;
  std::uint64_t at;  // the new size, when it truncates
  Bytes bytes;
};

struct Handle;

struct Node {
  Bytes live;
  Bytes durable;
  std::vector<Change> pending;
  std::vector<std::pair<const Handle*, int>> locks;
};
using NodePtr = std::shared_ptr<Node>;

void apply(Bytes& file, std::uint64_t at, const std::uint8_t* data, std::size_t n) {
  if (file.size() < at + n) file.resize(at + n);
  if (n > 0) std::memcpy(file.data() + at, data, n);
}

struct Naming {
  bool created;
  std::string name;
  NodePtr node;
};

struct Plan {
  std::uint64_t in = 0;  // 0: none
  bool sticky = false;
};

}  // namespace

struct CrashDisk::State {
  sqlite3_vfs self{};
  std::string name;
  std::map<std::string, NodePtr> names;          // as seen now
  std::map<std::string, NodePtr> durable_names;  // as found after a cut
  std::vector<Naming> naming;                    // between the two, in order
  std::array<std::uint64_t, 6> counts{};
  std::array<Plan, 6> plans{};
  std::uint64_t operations = 0, durable_changes = 0;
  std::uint64_t cut_at = 0;  // 0: never
  std::function<bool()> power_goes;
  bool dead = false;
  std::uint64_t space = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t used = 0;
  std::int64_t time_ms = 1'700'000'000'000;
  Random random{42};
  int open_files = 0;
  int last_errno = 0;

  /// Counts the operation. False: it fails. `cut` is set when the power goes right now.
  bool begin(Op op, bool* cut = nullptr) {
    last_errno = EIO;
    if (dead) return false;
    ++counts[static_cast<std::size_t>(op)];
    if (op != Op::read && (++operations == cut_at || (power_goes && power_goes()))) {
      dead = true;
      if (cut) *cut = true;
      return false;
    }
    Plan& p = plans[static_cast<std::size_t>(op)];
    if (p.in == 0) return true;
    if (p.in == 1) {
      if (!p.sticky) p.in = 0;
      return false;
    }
    --p.in;
    return true;
  }
  void settle_names() {
    ++durable_changes;
    durable_names = names;
    naming.clear();
  }
};

namespace {

using State = CrashDisk::State;
using Op = CrashDisk::Op;

struct Handle {
  sqlite3_file head;
  State* disk;
  NodePtr node;
  bool names_folder;  // the first sync settles the names
};

Handle* handle(sqlite3_file* f) { return reinterpret_cast<Handle*>(f); }
State* disk_of(sqlite3_vfs* v) { return static_cast<State*>(v->pAppData); }

void set_size(State& d, Node& n, std::uint64_t size) {
  d.used = d.used - n.live.size() + size;
  n.live.resize(size);
}

int x_close(sqlite3_file* f) {
  Handle* h = handle(f);
  std::erase_if(h->node->locks, [&](const auto& l) { return l.first == h; });
  --h->disk->open_files;
  h->~Handle();
  return SQLITE_OK;
}

int x_read(sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
  Handle* h = handle(f);
  if (!h->disk->begin(Op::read)) return SQLITE_IOERR_READ;
  const Bytes& b = h->node->live;
  const auto want = static_cast<std::size_t>(n);
  const auto from = static_cast<std::size_t>(at);
  const std::size_t got = from >= b.size() ? 0 : std::min(want, b.size() - from);
  if (got > 0) std::memcpy(out, b.data() + from, got);
  if (got == want) return SQLITE_OK;
  std::memset(static_cast<std::uint8_t*>(out) + got, 0, want - got);
  return SQLITE_IOERR_SHORT_READ;
}

int x_write(sqlite3_file* f, const void* in, int n, sqlite3_int64 offset) {
  Handle* h = handle(f);
  State& d = *h->disk;
  bool cut = false;
  const bool allowed = d.begin(Op::write, &cut);
  if (!allowed && !cut) return SQLITE_IOERR_WRITE;
  const auto* data = static_cast<const std::uint8_t*>(in);
  const auto at = static_cast<std::uint64_t>(offset);
  auto size = static_cast<std::size_t>(n);
  bool full = false;
  Node& node = *h->node;
  if (const std::uint64_t end = at + size; end > node.live.size()) {
    const std::uint64_t room = d.space > d.used ? d.space - d.used : 0;
    if (end - node.live.size() > room) {
      full = true;
      const std::uint64_t last = node.live.size() + room;
      size = last > at ? static_cast<std::size_t>(last - at) : 0;
    }
  }
  if (size > 0) {
    if (at + size > node.live.size()) set_size(d, node, at + size);
    std::memcpy(node.live.data() + at, data, size);
    node.pending.push_back({false, at, Bytes(data, data + size)});
  }
  if (cut) return SQLITE_IOERR_WRITE;
  if (!full) return SQLITE_OK;
  d.last_errno = ENOSPC;
  return SQLITE_FULL;
}

int x_truncate(sqlite3_file* f, sqlite3_int64 size) {
  Handle* h = handle(f);
  bool cut = false;
  const bool allowed = h->disk->begin(Op::truncate, &cut);
  if (!allowed && !cut) return SQLITE_IOERR_TRUNCATE;
  set_size(*h->disk, *h->node, static_cast<std::uint64_t>(size));
  h->node->pending.push_back({true, static_cast<std::uint64_t>(size), {}});
  return cut ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int x_sync(sqlite3_file* f, int) {
  Handle* h = handle(f);
  bool cut = false;
  if (!h->disk->begin(Op::sync, &cut)) {
    // The kernel reports the error once and forgets the pages: nothing will save them now.
    if (!cut && !h->disk->dead) h->node->pending.clear();
    return SQLITE_IOERR_FSYNC;
  }
  ++h->disk->durable_changes;
  for (const Change& c : h->node->pending) {
    if (c.truncate)
      h->node->durable.resize(c.at);
    else
      apply(h->node->durable, c.at, c.bytes.data(), c.bytes.size());
  }
  h->node->pending.clear();
  if (h->names_folder) {
    h->names_folder = false;
    h->disk->settle_names();
  }
  return SQLITE_OK;
}

int x_size(sqlite3_file* f, sqlite3_int64* out) {
  if (handle(f)->disk->dead) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(handle(f)->node->live.size());
  return SQLITE_OK;
}

int level_of(const Handle* h) {
  for (const auto& [owner, level] : h->node->locks)
    if (owner == h) return level;
  return SQLITE_LOCK_NONE;
}
void set_level(Handle* h, int level) {
  auto& locks = h->node->locks;
  std::erase_if(locks, [&](const auto& l) { return l.first == h; });
  if (level > SQLITE_LOCK_NONE) locks.emplace_back(h, level);
}
int x_lock(sqlite3_file* f, int level) {
  Handle* h = handle(f);
  if (level <= level_of(h)) return SQLITE_OK;
  for (const auto& [owner, other] : h->node->locks) {
    if (owner == h) continue;
    if (other >= SQLITE_LOCK_PENDING || level == SQLITE_LOCK_EXCLUSIVE) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && other >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
  }
  set_level(h, level);
  return SQLITE_OK;
}
int x_unlock(sqlite3_file* f, int level) {
  if (level < level_of(handle(f))) set_level(handle(f), level);
  return SQLITE_OK;
}
int x_reserved(sqlite3_file* f, int* out) {
  *out = std::any_of(handle(f)->node->locks.begin(), handle(f)->node->locks.end(),
                     [](const auto& l) { return l.second >= SQLITE_LOCK_RESERVED; });
  return SQLITE_OK;
}
int x_control(sqlite3_file* f, int op, void* arg) {
  if (op != SQLITE_FCNTL_LAST_ERRNO) return SQLITE_NOTFOUND;
  *static_cast<int*>(arg) = handle(f)->disk->last_errno;
  return SQLITE_OK;
}
int x_sector(sqlite3_file*) { return kSector; }
int x_device(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

constexpr sqlite3_io_methods kMethods = {1,       x_close,  x_read,     x_write,   x_truncate, x_sync,   x_size,
                                         x_lock,  x_unlock, x_reserved, x_control, x_sector,   x_device, nullptr,
                                         nullptr, nullptr,  nullptr,    nullptr,   nullptr};

int x_open(sqlite3_vfs* v, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  State& d = *disk_of(v);
  out->pMethods = nullptr;
  if (d.dead || name == nullptr) return SQLITE_CANTOPEN;
  auto at = d.names.find(name);
  const bool fresh = at == d.names.end();
  if (fresh) {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    bool cut = false;
    if (!d.begin(Op::create, &cut) && !cut) return SQLITE_CANTOPEN;
    at = d.names.emplace(name, std::make_shared<Node>()).first;
    d.naming.push_back({true, name, at->second});
    if (cut) return SQLITE_CANTOPEN;
  }
  constexpr int kSyncsFolder = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
  // As SQLite's own VFS for Unix: by the flag, whether the file was there or not. A process before this one may have
  // made it and then failed to save it.
  const bool names_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kSyncsFolder) != 0;
  new (out) Handle{{&kMethods}, &d, at->second, names_folder};
  ++d.open_files;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs* v, const char* name, int sync) {
  State& d = *disk_of(v);
  if (d.dead) return SQLITE_IOERR_DELETE;
  const auto at = d.names.find(name);
  if (at == d.names.end()) return SQLITE_IOERR_DELETE_NOENT;
  bool cut = false;
  if (!d.begin(Op::remove, &cut) && !cut) return SQLITE_IOERR_DELETE;
  d.used -= at->second->live.size();
  d.naming.push_back({false, name, at->second});
  d.names.erase(at);
  if (cut) return SQLITE_IOERR_DELETE;
  if (sync) d.settle_names();
  return SQLITE_OK;
}

int x_access(sqlite3_vfs* v, const char* name, int, int* out) {
  State& d = *disk_of(v);
  if (d.dead) return SQLITE_IOERR_ACCESS;
  *out = d.names.count(name) ? 1 : 0;
  return SQLITE_OK;
}

std::string next_name() {
  static std::atomic<std::uint64_t> next = 1;
  return "crash-disk-" + std::to_string(next++);
}

}  // namespace

CrashDisk::CrashDisk() : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.name = next_name();
  s.self.iVersion = 2;
  s.self.szOsFile = sizeof(Handle);
  s.self.mxPathname = 512;
  s.self.zName = s.name.c_str();
  s.self.pAppData = &s;
  s.self.xOpen = x_open;
  s.self.xDelete = x_delete;
  s.self.xAccess = x_access;
  s.self.xFullPathname = [](sqlite3_vfs*, const char* name, int n, char* out) {
    sqlite3_snprintf(n, out, "%s", name);
    return SQLITE_OK;
  };
  s.self.xRandomness = [](sqlite3_vfs* v, int n, char* out) {
    for (int i = 0; i < n; ++i) out[i] = static_cast<char>(disk_of(v)->random.below(256));
    return n;
  };
  s.self.xSleep = [](sqlite3_vfs* v, int us) {
    disk_of(v)->time_ms += us / 1000;
    return us;
  };
  s.self.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* out) {
    *out = disk_of(v)->time_ms + 210866760000000;  // Julian day of 1970, in milliseconds
    return SQLITE_OK;
  };
  s.self.xCurrentTime = [](sqlite3_vfs* v, double* out) {
    *out = static_cast<double>(disk_of(v)->time_ms) / 86400000.0 + 2440587.5;
    return SQLITE_OK;
  };
  s.self.xGetLastError = [](sqlite3_vfs* v, int, char*) { return disk_of(v)->last_errno; };
  sqlite3_vfs_register(&s.self, 0);
}

CrashDisk::CrashDisk(const Image& image) : CrashDisk() {
  for (const auto& [path, bytes] : image) put(path, bytes);
}

CrashDisk::~CrashDisk() {
  assert(state_->open_files == 0);
  sqlite3_vfs_unregister(&state_->self);
}

const std::string& CrashDisk::name() const { return state_->name; }
sqlite3_vfs* CrashDisk::vfs() { return &state_->self; }
std::uint64_t CrashDisk::operations() const { return state_->operations; }
std::uint64_t CrashDisk::count(Op op) const { return state_->counts[static_cast<std::size_t>(op)]; }
std::uint64_t CrashDisk::durable_changes() const { return state_->durable_changes; }
void CrashDisk::cut_power_at(std::uint64_t k) { state_->cut_at = state_->operations + k; }
void CrashDisk::cut_power_now() { state_->dead = true; }
void CrashDisk::on_operation(std::function<bool()> power_goes) { state_->power_goes = std::move(power_goes); }
bool CrashDisk::dead() const { return state_->dead; }

void CrashDisk::power_on(std::uint64_t seed) {
  State& s = *state_;
  assert(s.open_files == 0);
  Random random{seed * 0x2545F4914F6CDD1Du + 1};

  std::uint64_t kept = seed == 0 ? 0 : seed == 1 ? s.naming.size() : random.below(s.naming.size() + 1);
  for (const Naming& n : s.naming) {
    if (kept-- == 0) break;
    if (n.created)
      s.durable_names[n.name] = n.node;
    else
      s.durable_names.erase(n.name);
  }
  s.naming.clear();
  s.names = s.durable_names;
  s.used = 0;
  for (auto& [name, node] : s.names) {
    for (const Change& c : node->pending) {
      const std::uint64_t fate = seed == 0 ? 0 : seed == 1 ? 1 : random.below(3);
      if (fate == 0) continue;
      if (c.truncate) {
        node->durable.resize(c.at);
        continue;
      }
      for (std::uint64_t at = c.at, end = c.at + c.bytes.size(); at < end;) {
        const std::uint64_t stop = std::min<std::uint64_t>(end, (at / kSector + 1) * kSector);
        if (fate == 1 || random.below(2) == 0)
          apply(node->durable, at, c.bytes.data() + (at - c.at), static_cast<std::size_t>(stop - at));
        at = stop;
      }
    }
    node->pending.clear();
    node->locks.clear();
    node->live = node->durable;
    s.used += node->live.size();
  }
  s.dead = false;
  s.cut_at = 0;
  s.operations = 0;
  s.counts = {};
  s.plans = {};
}

void CrashDisk::set_space(std::uint64_t bytes) { state_->space = bytes; }
std::uint64_t CrashDisk::used() const { return state_->used; }
void CrashDisk::fail_at(Op op, std::uint64_t nth, bool sticky) {
  state_->plans[static_cast<std::size_t>(op)] = {nth, sticky};
}
void CrashDisk::no_faults() { state_->plans = {}; }
void CrashDisk::set_time_ms(std::int64_t ms) { state_->time_ms = ms; }

std::unique_ptr<CrashDisk> CrashDisk::clone() const {
  auto other = std::make_unique<CrashDisk>();
  State& to = *other->state_;
  const State& from = *state_;
  std::map<const Node*, NodePtr> copies;  // one file may stand in several lists
  const auto copy = [&](const NodePtr& node) {
    NodePtr& c = copies[node.get()];
    if (!c) {
      c = std::make_shared<Node>(*node);
      c->locks.clear();
    }
    return c;
  };
  for (const auto& [name, node] : from.names) to.names[name] = copy(node);
  for (const auto& [name, node] : from.durable_names) to.durable_names[name] = copy(node);
  for (const Naming& n : from.naming) to.naming.push_back({n.created, n.name, copy(n.node)});
  to.counts = from.counts;
  to.plans = from.plans;
  to.operations = from.operations;
  to.cut_at = from.cut_at;
  to.dead = from.dead;
  to.space = from.space;
  to.used = from.used;
  to.time_ms = from.time_ms;
  to.random = from.random;
  return other;
}

CrashDisk::Image CrashDisk::image() const {
  Image all;
  for (const auto& [name, node] : state_->names) all[name] = node->live;
  return all;
}
bool CrashDisk::exists(const std::string& path) const { return state_->names.count(path) > 0; }
Bytes CrashDisk::file(const std::string& path) const {
  const auto at = state_->names.find(path);
  return at == state_->names.end() ? Bytes{} : at->second->live;
}
void CrashDisk::put(const std::string& path, const Bytes& bytes) {
  State& s = *state_;
  NodePtr& node = s.names[path];
  if (!node) node = std::make_shared<Node>();
  s.used = s.used - node->live.size() + bytes.size();
  node->live = bytes;
  node->durable = bytes;
  node->pending.clear();
  s.settle_names();
}
void CrashDisk::remove(const std::string& path) {
  State& s = *state_;
  const auto at = s.names.find(path);
  if (at == s.names.end()) return;
  s.used -= at->second->live.size();
  s.names.erase(at);
  s.settle_names();
}

}  // namespace yz::test
