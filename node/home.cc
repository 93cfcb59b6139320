#include "node/home.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "crypto/seal.h"

namespace yz::node {
namespace {

constexpr std::string_view kKeyFileMagic = "YZKF";
constexpr std::size_t kMostSlots = 128;

struct Fd {
  int fd;
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
};

std::string why() { return std::strerror(errno); }
Fault write_fault() { return errno == EACCES || errno == EPERM ? Fault::denied : Fault::full; }

Result<int> take_lock(const std::string& path, int wait_ms) {
  const int fd = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(errno == ENOENT ? Fault::missing : write_fault(), "cannot open the lock of " + path + ": " + why());
  for (int waited = 0;; waited += 50) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    if (errno != EWOULDBLOCK || waited >= wait_ms) break;
    ::usleep(50'000);
  }
  ::close(fd);
  return fail(Fault::busy, "another yizhan process is using " + path, "home.busy");
}

bool empty_folder(const std::string& path) {
  DIR* d = ::opendir(path.c_str());
  if (d == nullptr) return false;
  bool empty = true;
  while (const dirent* e = ::readdir(d))
    if (std::strcmp(e->d_name, ".") != 0 && std::strcmp(e->d_name, "..") != 0) empty = false;
  ::closedir(d);
  return empty;
}

/// Like mkdir -p for the last missing parents, all private.
Result<> make_folders(const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at < path.size() && path[at] != '/') continue;
    if (::mkdir(path.substr(0, at).c_str(), 0700) != 0 && errno != EEXIST)
      return fail(write_fault(), "cannot make the folder " + path + ": " + why());
  }
  return {};
}

}  // namespace

Result<Home> Home::create(const std::string& path) {
  TRY(make_folders(path));
  if (!empty_folder(path))
    return fail(Fault::invalid, path + " is not empty: a home is made in a new or empty folder only", "home.not-empty");
  if (::chmod(path.c_str(), 0700) != 0) return fail(write_fault(), "cannot protect " + path + ": " + why());
  const int lock = TRY(take_lock(path, 0));
  return Home(path, lock);
}

Result<Home> Home::open(const std::string& path, int wait_ms) {
  struct stat s {};
  if (::stat((path + "/keys").c_str(), &s) != 0)
    return fail(Fault::missing, "there is no home in " + path + ": make one with init or join", "home.missing");
  const int lock = TRY(take_lock(path, wait_ms));
  return Home(path, lock);
}

void Home::discard(const std::string& path) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path, ignored))
    std::filesystem::remove_all(entry.path(), ignored);
  ::rmdir(path.c_str());
}

Home::Home(Home&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

Home::~Home() {
  if (lock_ >= 0) ::close(lock_);
}

Result<Home::Keys> Home::keys() const {
  const Bytes raw = TRY(read_file(path_ + "/keys", 256 * 1024));
  const auto bad = [&] { return fail(Fault::corrupt, path_ + "/keys is damaged", "home.keys"); };
  Reader r(raw);
  Keys k;
  if (text(r.raw(4)) != kKeyFileMagic || r.u8() != 1) return bad();
  r.zeros(1);
  k.store_id = r.id<decltype(k.store_id)>();
  const std::size_t n = r.u16();
  if (n > kMostSlots) return bad();
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    const ByteView b = r.raw(r.u16());
    if (!r.ok()) return bad();
    k.slots.push_back(TRY(crypto::parse_slot(b)));
  }
  if (!r.done()) return bad();
  return k;
}

Result<> Home::save_keys(const Keys& k) const {
  if (k.slots.size() > kMostSlots) return fail(Fault::full, "too many key slots");
  Writer w;
  w.raw(view(kKeyFileMagic)).u8(1).zeros(1).id(k.store_id).u16(static_cast<std::uint16_t>(k.slots.size()));
  for (const auto& s : k.slots) w.u16(static_cast<std::uint16_t>(s.bytes.size())).raw(s.bytes);
  return write_file(path_ + "/keys", w.view());
}

Result<std::optional<Bytes>> Home::guard() const {
  auto raw = read_file(path_ + "/guard", 64);
  if (!raw && raw.error().fault == Fault::missing) return std::nullopt;
  if (!raw) return std::unexpected(raw.error());
  return *raw;
}

Result<Unlocked> unlock(const Home::Keys& keys, std::string_view officer, ByteView passphrase) {
  const crypto::Slot* slot = nullptr;
  for (const auto& s : keys.slots) {
    if (s.kind != crypto::SlotKind::officer || (!officer.empty() && s.name != officer)) continue;
    if (slot != nullptr)
      return fail(Fault::invalid, "several officers have a key here: say which one with --as NAME", "officer.which");
    slot = &s;
  }
  if (slot == nullptr) return fail(Fault::missing, "no officer of that name has a key here", "officer.unknown");
  auto opened = crypto::open_slot(*slot, passphrase);
  if (!opened && opened.error().fault == Fault::denied)
    return fail(Fault::denied, "the passphrase is wrong", "login.denied");
  const crypto::SecretText secret = TRY(std::move(opened));
  if (secret.expose().size() != 64) return fail(Fault::corrupt, "a key slot is damaged", "home.keys");
  crypto::Key store_key = TRY(crypto::Key::from(secret.expose().first(32)));
  const crypto::Key seed = TRY(crypto::Key::from(secret.expose().subspan(32)));
  return Unlocked{slot->name, std::move(store_key), crypto::SigningKey::from_seed(seed)};
}

crypto::Slot officer_slot(std::string_view name, const crypto::Key& store_key, const crypto::SigningKey& signing,
                          ByteView passphrase) {
  const auto both = crypto::Secret<64>::made_by([&](std::span<std::uint8_t, 64> out) {
    std::memcpy(out.data(), store_key.expose().data(), 32);
    std::memcpy(out.data() + 32, signing.seed().expose().data(), 32);
  });
  return crypto::lock_slot(crypto::SlotKind::officer, name, passphrase, both.expose());
}

crypto::Slot authority_slot(std::string_view name, const crypto::Key& store_key, const crypto::SigningKey& key) {
  return crypto::lock_slot_with_key(crypto::SlotKind::authority, name, crypto::derive(store_key, 1, "YZauthor"),
                                    key.seed().expose());
}

Result<crypto::SigningKey> open_authority(const Home::Keys& keys, std::string_view name, const crypto::Key& store_key) {
  for (const auto& s : keys.slots) {
    if (s.kind != crypto::SlotKind::authority || s.name != name) continue;
    const crypto::SecretText secret = TRY(crypto::open_slot_with_key(s, crypto::derive(store_key, 1, "YZauthor")));
    return crypto::SigningKey::from_seed(TRY(crypto::Key::from(secret.expose())));
  }
  return fail(Fault::missing, "the authority key is not on this machine", "authority.missing");
}

Result<crypto::SigningKey> open_authority(const Home::Keys& keys, const PublicKey& key, const crypto::Key& store_key) {
  for (const std::string_view name : {kAuthority, kNextAuthority}) {
    auto one = open_authority(keys, name, store_key);
    if (one && one->public_key() == key) return one;
    if (!one && one.error().fault != Fault::missing) return one;
  }
  return fail(Fault::missing, "the authority key is not on this machine", "authority.missing");
}

Result<Bytes> read_file(const std::string& path, std::size_t most) {
  const Fd f{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (f.fd < 0) {
    const bool missing = errno == ENOENT;
    return fail(missing ? Fault::missing : Fault::denied, "cannot read " + path + ": " + why(),
                missing ? "file.missing" : "file.denied");
  }
  struct stat s {};
  if (::fstat(f.fd, &s) != 0 || !S_ISREG(s.st_mode))
    return fail(Fault::invalid, path + " is not a regular file", "file.kind");
  if (s.st_size < 0 || static_cast<std::uint64_t>(s.st_size) > most)
    return fail(Fault::full, path + " is longer than " + std::to_string(most) + " bytes", "file.long");
  Bytes out(static_cast<std::size_t>(s.st_size));
  std::size_t at = 0;
  while (at < out.size()) {
    const ssize_t n = ::read(f.fd, out.data() + at, out.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  out.resize(at);
  return out;
}

Result<> fill_file(const std::string& path, ByteView bytes) {
  const Fd f{::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW)};
  if (f.fd < 0) return fail(write_fault(), "cannot write " + path + ": " + why());
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(f.fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(write_fault(), "cannot write " + path + ": " + why());
    at += static_cast<std::size_t>(n);
  }
  if (::fsync(f.fd) != 0) return fail(write_fault(), "cannot sync " + path + ": " + why());
  return {};
}

Result<> write_file(const std::string& path, ByteView bytes) {
  const std::string beside = path + ".new";
  const auto failed = [&](const char* what) {
    const Fault fault = write_fault();
    std::string sentence = std::string("cannot ") + what + " " + path + ": " + why();
    ::unlink(beside.c_str());
    return fail(fault, std::move(sentence), "file.unwritable");
  };
  {
    const Fd f{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (f.fd < 0) return failed("write");
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t n = ::write(f.fd, bytes.data() + at, bytes.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("write");
      at += static_cast<std::size_t>(n);
    }
    if (::fsync(f.fd) != 0) return failed("sync");
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("put in place");
  const std::size_t slash = path.rfind('/');
  const Fd folder{::open(slash == std::string::npos ? "." : path.substr(0, slash).c_str(), O_RDONLY | O_CLOEXEC)};
  if (folder.fd >= 0) ::fsync(folder.fd);  // the name itself must survive a power cut
  return {};
}

}  // namespace yz::node
