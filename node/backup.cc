#include "node/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "crypto/hash.h"
#include "node/clock.h"
#include "node/guard.h"
#include "node/store/life.h"
#include "node/store/sqlite.h"

namespace yz::node {
namespace {

constexpr std::string_view kBackupMagic = "YZB1";
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kKeysMost = 256 * 1024;
constexpr std::uint64_t kBackedUpMost = std::uint64_t{1} << 40;

std::string errno_text() { return std::strerror(errno); }

struct File {
  int fd = -1;
  std::string path;
  bool keep = false;
  ~File() {
    if (fd >= 0) ::close(fd);
    if (!keep && !path.empty()) ::unlink(path.c_str());
  }
};

Result<> put(int fd, ByteView b) {
  while (!b.empty()) {
    const ssize_t n = ::write(fd, b.data(), b.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Fault::full, "cannot write: " + errno_text());
    b = b.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<ByteView> get(int fd, Bytes& into, std::size_t n) {
  into.resize(n);
  std::size_t at = 0;
  while (at < n) {
    const ssize_t k = ::read(fd, into.data() + at, n - at);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return fail(Fault::corrupt, "the backup is cut short", "backup.cut");
    at += static_cast<std::size_t>(k);
  }
  return ByteView(into);
}

/// Hash of everything before the MAC, then the MAC over it: the file is streamed once in each direction.
Hash mac_of(const crypto::Key& store_key, const Hash& content) {
  const crypto::Key key = crypto::derive(store_key, 1, "YZbackup");
  return crypto::keyed_hash(crypto::purpose::backup, key.expose(), {content.view()});
}

Result<std::uint64_t> size_of(int fd) {
  struct stat s {};
  if (::fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return fail(Fault::invalid, "not a regular file");
  return static_cast<std::uint64_t>(s.st_size);
}

Bytes key_block(const Home::Keys& keys) {
  Writer w;
  w.id(keys.store_id).u16(static_cast<std::uint16_t>(keys.slots.size()));
  for (const auto& s : keys.slots) w.u16(static_cast<std::uint16_t>(s.bytes.size())).raw(s.bytes);
  return w.take();
}

Result<Home::Keys> parse_key_block(ByteView b) {
  Reader r(b);
  Home::Keys keys;
  keys.store_id = r.id<decltype(keys.store_id)>();
  const std::size_t n = r.u16();
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const ByteView slot = r.raw(r.u16());
    if (!r.ok()) break;
    keys.slots.push_back(TRY(crypto::parse_slot(slot)));
  }
  if (!r.done() || n > 128) return fail(Fault::corrupt, "the backup's key slots are damaged", "backup.form");
  return keys;
}

/// The folder is there and may be written to: said before anything is copied.
Result<> may_hold_backup(const std::string& path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(1, path.rfind('/')));
  struct stat s {};
  if (::stat(folder.c_str(), &s) != 0 || !S_ISDIR(s.st_mode))
    return fail(Fault::missing, "there is no folder " + folder, "backup.folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return fail(Fault::invalid, "cannot write into " + folder + ": " + errno_text(), "backup.unwritable");
  return {};
}

Result<std::uint64_t> copied_to(Store& store, const Home::Keys& keys, const crypto::Key& store_key,
                                const std::string& path, const std::function<void(double)>& progress);

}  // namespace

Result<std::uint64_t> write_backup(Store& store, const Home::Keys& keys, const crypto::Key& store_key,
                                   const std::string& path, const std::function<void(double)>& progress) {
  if (::access(path.c_str(), F_OK) == 0)
    return fail(Fault::conflict, path + " exists: a backup never overwrites", "backup.exists");
  TRY(may_hold_backup(path));
  auto done = copied_to(store, keys, store_key, path, progress);
  if (!done && done.error().fault == Fault::full)
    return fail(Fault::full, "there is no room for the backup, or it cannot be written: " + done.error().what,
                "backup.disk");
  if (done) TRY(store.write([&] { return store.set_meta_number("last_backup", wall_now()); }));
  return done;
}

namespace {

Result<std::uint64_t> copied_to(Store& store, const Home::Keys& keys, const crypto::Key& store_key,
                                const std::string& path, const std::function<void(double)>& progress) {
  std::array<File, 2> copies;
  const std::array<Database*, 2> from{&store.db(), &store.blobs()};
  for (std::size_t i = 0; i < 2; ++i) {
    copies[i].path = path + (i == 0 ? ".main.new" : ".attachments.new");
    ::unlink(copies[i].path.c_str());
    const crypto::Key key = crypto::derive(store_key, i + 1, "YZstore_");
    TRY(backup_to(
        *from[i], copies[i].path, key.expose(), keys.store_id.bytes, [&](std::int64_t done, std::int64_t all) {
          if (progress && all > 0)
            progress(0.45 * static_cast<double>(i) + 0.45 * static_cast<double>(done) / static_cast<double>(all));
          return true;
        }));
    copies[i].fd = ::open(copies[i].path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (copies[i].fd < 0) return fail(Fault::full, "cannot read back the copy: " + errno_text());
  }
  File out;
  out.path = path + ".new";
  out.fd = ::open(out.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out.fd < 0) return fail(Fault::full, "cannot write " + path + ": " + errno_text());
  const Bytes slots = key_block(keys);
  Writer head;
  head.raw(view(kBackupMagic)).u8(1).zeros(3).u64(static_cast<std::uint64_t>(wall_now()));
  head.u32(static_cast<std::uint32_t>(slots.size())).raw(slots);
  for (const File& f : copies) head.u64(TRY(size_of(f.fd)));
  crypto::Hasher hasher(crypto::purpose::backup);
  hasher.add(head.view());
  TRY(put(out.fd, head.view()));
  std::uint64_t written = head.size() + 32;
  for (const File& f : copies) {
    Bytes piece;
    for (std::uint64_t left = TRY(size_of(f.fd)); left > 0;) {
      const ByteView b = TRY(get(f.fd, piece, static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece))));
      hasher.add(b);
      TRY(put(out.fd, b));
      left -= b.size();
      written += b.size();
    }
  }
  TRY(put(out.fd, mac_of(store_key, hasher.done()).view()));
  if (::fsync(out.fd) != 0) return fail(Fault::full, "cannot sync the backup: " + errno_text());
  if (::rename(out.path.c_str(), path.c_str()) != 0)
    return fail(Fault::full, "cannot name the backup: " + errno_text());
  out.keep = true;
  if (progress) progress(1.0);
  return written;
}

/// The copy knows nothing of what was sent after it was made. Nonces that a hub gave out are as old as the copy.
Result<> begin_anew(Store& store) {
  TRY(store.db().run("update secret set value = ? where name = 'nonce'", ByteView(crypto::Key::random().expose())));
  TRY(begin_life(store, wall_now()));
  return store.journal("node", "restore", hex(store.me().incarnation.view()), "", wall_now());
}

}  // namespace

Result<> begin_new_life(Store& store) {
  TRY(store.write([&] { return begin_anew(store); }));
  return store.load_identity();
}

namespace {

/// A backup whose head was read and whose keys a passphrase opened.
struct Opened {
  crypto::Hasher hasher;  ///< what was read so far
  std::int64_t made_ms;
  Home::Keys keys;
  Unlocked unlocked;
  std::array<std::uint64_t, 2> size;
};

Result<Opened> open_backup(int in, const std::string& name, std::string_view officer, ByteView passphrase) {
  Bytes piece;
  crypto::Hasher hasher(crypto::purpose::backup);
  hasher.add(TRY(get(in, piece, 20)));
  Reader r(piece);
  if (text(r.raw(4)) != kBackupMagic || r.u8() != 1)
    return fail(Fault::invalid, name + " is not a Yizhan backup", "backup.form");
  r.zeros(3);
  const auto made_ms = static_cast<std::int64_t>(r.u64());
  const std::size_t slot_bytes = r.u32();
  if (!r.done() || slot_bytes > kKeysMost) return fail(Fault::corrupt, "the backup's head is damaged", "backup.form");
  hasher.add(TRY(get(in, piece, slot_bytes)));
  Home::Keys keys = TRY(parse_key_block(piece));
  Unlocked unlocked = TRY(unlock(keys, officer, passphrase));
  hasher.add(TRY(get(in, piece, 16)));
  Reader sizes(piece);
  const std::array<std::uint64_t, 2> size{sizes.u64(), sizes.u64()};
  if (size[0] > kBackedUpMost || size[1] > kBackedUpMost)
    return fail(Fault::corrupt, "the backup's head is damaged", "backup.form");
  return Opened{std::move(hasher), made_ms, std::move(keys), std::move(unlocked), size};
}

Result<Identity> put_back(const Home& home, const std::string& path, int in, Opened& o) {
  Bytes piece;
  std::array<File, 2> files;
  for (std::size_t i = 0; i < 2; ++i) {
    files[i].path = path + (i == 0 ? "/yizhan.db" : "/attachments.db");
    files[i].fd = ::open(files[i].path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (files[i].fd < 0) return fail(Fault::full, "cannot write " + files[i].path + ": " + errno_text());
    for (std::uint64_t left = o.size[i]; left > 0;) {
      const ByteView b = TRY(get(in, piece, static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece))));
      o.hasher.add(b);
      TRY(put(files[i].fd, b));
      left -= b.size();
    }
    if (::fsync(files[i].fd) != 0) return fail(Fault::full, "cannot sync " + files[i].path);
  }
  const Hash content = o.hasher.done();
  const Hash mac = TRY(Hash::from(TRY(get(in, piece, 32))));
  if (!crypto::same(mac.view(), mac_of(o.unlocked.store_key, content).view()))
    return fail(Fault::corrupt, "the backup was changed or is damaged: nothing was restored", "backup.mac");

  Identity me;
  {
    StoreOptions options{.folder = path, .key = o.unlocked.store_key.expose(), .id = o.keys.store_id.bytes};
    const auto store = TRY(Store::open(options));
    TRY(store->load_identity());
    // What is put back is the newest backup that is known of from here on.
    TRY(store->write([&]() -> Result<> {
      TRY(begin_anew(*store));
      return store->set_meta_number("backup_ms", o.made_ms);
    }));
    TRY(renew_guard(home, *store));
    me = store->me();
  }
  TRY(home.save_keys(o.keys));
  for (File& f : files) f.keep = true;
  return me;
}

}  // namespace

Result<Identity> restore_backup(const std::string& path, const std::string& backup, std::string_view officer,
                                ByteView passphrase) {
  File in;
  in.fd = ::open(backup.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (in.fd < 0) return fail(Fault::missing, "cannot read " + backup + ": " + errno_text(), "backup.missing");
  Opened opened = TRY(open_backup(in.fd, backup, officer, passphrase));
  const Home home = TRY(Home::create(path));
  auto me = put_back(home, path, in.fd, opened);
  // A good backup has to find the folder as empty as this one did.
  if (!me) Home::discard(path);
  return me;
}

}  // namespace yz::node
