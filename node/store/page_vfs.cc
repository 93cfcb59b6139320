#include "node/store/page_vfs.h"

#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>

#include "crypto/plant.h"

namespace yz::node {
namespace {

using Offset = sqlite3_int64;

constexpr int kSealed = kPageBytes - kPageReserve;  // bytes of ciphertext in a page
constexpr int kNonce = 24;
constexpr int kNonceAt = kSealed;
constexpr int kTagAt = kSealed + kNonce;
constexpr int kLogHeader = 32;
constexpr int kFrameHeader = 24;
constexpr int kFrame = kFrameHeader + kPageBytes;
constexpr int kSumAt = 16;  // in a frame header: SQLite's running checksum, 8 bytes
constexpr int kSum = 8;
constexpr int kSaltsAt = 16;                // in the log's header: 8 bytes, new whenever the log starts again
constexpr Offset kLockPageAt = 0x40000000;  // SQLite never reads or writes the page that holds its lock bytes

static_assert(kNonce == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kPageReserve == kNonce + crypto_aead_xchacha20poly1305_ietf_ABYTES);

struct Keys {
  std::uint8_t page[32];
  std::uint8_t mask[32];
  std::uint8_t id[16];
};

struct FreeKeys {
  void operator()(Keys* k) const { sodium_free(k); }  // wipes first
};

struct Vfs {
  sqlite3_vfs self{};
  sqlite3_vfs* base = nullptr;
  std::string name;
  std::unique_ptr<Keys, FreeKeys> keys;
  std::atomic<bool> failed = false;
  std::atomic<int> open_files = 0;
};

enum class Kind { main, log };

/// SQLite allocates szOsFile bytes, aligned to 8: this, then the base VFS's own file.
struct alignas(8) File {
  sqlite3_file head;
  Vfs* vfs;
  Kind kind;
  // The log is written header first, then page; the header is held back so that both
  // leave in one write, and because its mask needs the page's nonce.
  bool held;
  Offset held_at;
  // Recovery is the only reader of frames that may be torn, and it runs before the first
  // write. (With the index on the heap there is no other process that could write.)
  bool wrote;
  Offset last_recovered;  // start of the last frame recovery has read, -1 none
  Offset committed_end;   // end of the last frame with a commit mark, recovered or written
  std::uint8_t salts[8];  // of the log as it is now, from its header
  std::uint8_t header[kFrameHeader];
  std::uint8_t buffer[kFrame];

  sqlite3_file* base() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* f) { return reinterpret_cast<File*>(f); }
Vfs* vfs_of(sqlite3_vfs* v) { return static_cast<Vfs*>(v->pAppData); }

std::uint32_t get_u32(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | std::uint32_t{p[3]};
}
void put_number(std::uint8_t* p, std::uint64_t v, int bytes) {
  for (int i = bytes - 1; i >= 0; --i, v >>= 8) p[i] = static_cast<std::uint8_t>(v);
}
bool all_zero(const std::uint8_t* p, int n) { return sodium_is_zero(p, static_cast<std::size_t>(n)) == 1; }

/// What a page is bound to. A page of the main file: its number. A page of the log: its
/// number, the frame's commit mark, the log's two salts and the frame's place, so that
/// nobody can move a frame, bring one from an older log, or turn half a transaction into
/// a whole one by setting a commit mark. The salts are those of the log's header: in the
/// frame's own they are zero while SQLite means to correct its checksum later.
struct Binding {
  std::uint8_t bytes[44];
  std::size_t size;
};
Binding bind_main(const Keys& k, std::uint32_t page) {
  Binding b;
  std::memcpy(b.bytes, "YZP1", 4);
  std::memcpy(b.bytes + 4, k.id, 16);
  put_number(b.bytes + 20, page, 4);
  b.size = 24;
  return b;
}
Binding bind_frame(const Keys& k, const std::uint8_t* header, const std::uint8_t* salts, Offset frame_at) {
  Binding b;
  std::memcpy(b.bytes, "YZW1", 4);
  std::memcpy(b.bytes + 4, k.id, 16);
  std::memcpy(b.bytes + 20, header, 8);
  std::memcpy(b.bytes + 28, salts, 8);
  put_number(b.bytes + 36, static_cast<std::uint64_t>(frame_at), 8);
  b.size = 44;
  return b;
}

/// False when the reserved bytes are not zero: SQLite has put something there, and the
/// nonce and tag would overwrite it.
bool seal_page(const Keys& k, const Binding& b, const std::uint8_t* plain, std::uint8_t* sealed) {
  if (!all_zero(plain + kSealed, kPageReserve)) return false;
  // 24 random bytes: a nonce never repeats, even after a restored backup or a copied machine.
  randombytes_buf(sealed + kNonceAt, kNonce);
  return crypto_aead_xchacha20poly1305_ietf_encrypt_detached(sealed, sealed + kTagAt, nullptr, plain, kSealed, b.bytes,
                                                             b.size, nullptr, sealed + kNonceAt, k.page) == 0;
}

/// Opens in place. SQLite's frame checksum covers the reserved bytes as they were when it
/// wrote, so they go back to zero.
bool open_page(const Keys& k, const Binding& b, std::uint8_t* page) {
  if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(page, nullptr, page, kSealed, page + kTagAt, b.bytes, b.size,
                                                          page + kNonceAt, k.page) != 0)
    return false;
  std::memset(page + kSealed, 0, kPageReserve);
  return true;
}

/// SQLite's checksum is an unkeyed linear function of the plain page: on the disk it would
/// tell about the text. XORed with a keyed hash it tells nothing; twice gives it back.
void mask_sum(const Keys& k, Offset frame_at, const std::uint8_t* nonce, std::uint8_t* sum) {
  std::uint8_t in[kNonce + 8];
  std::uint8_t mask[16];  // libsodium's shortest
  std::memcpy(in, nonce, kNonce);
  put_number(in + kNonce, static_cast<std::uint64_t>(frame_at), 8);
  crypto_generichash(mask, sizeof mask, in, sizeof in, k.mask, sizeof k.mask);
  for (int i = 0; i < kSum; ++i) sum[i] ^= mask[i];
}

int base_read(File* f, void* out, int n, Offset at) {
  if (f->vfs->failed) return SQLITE_IOERR_READ;
  return f->base()->pMethods->xRead(f->base(), out, n, at);
}
int base_write(File* f, const void* in, int n, Offset at) {
  if (f->vfs->failed) return SQLITE_IOERR_WRITE;
  return f->base()->pMethods->xWrite(f->base(), in, n, at);
}

/// Writes a header that was held back and got no page after it: SQLite corrects the
/// checksums of a transaction whose pages it has overwritten in the log.
int flush_header(File* f) {
  if (!f->held) return SQLITE_OK;
  f->held = false;
  std::uint8_t nonce[kNonce];
  const int rc = base_read(f, nonce, kNonce, f->held_at + kFrameHeader + kNonceAt);
  if (rc != SQLITE_OK) return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : rc;  // a header without a page
  mask_sum(*f->vfs->keys, f->held_at, nonce, f->header + kSumAt);
  return base_write(f, f->header, kFrameHeader, f->held_at);
}

int read_main_page(File* f, std::uint8_t* out, std::uint32_t page) {
  const int rc = base_read(f, out, kPageBytes, Offset{page - 1} * kPageBytes);
  if (rc == SQLITE_IOERR_SHORT_READ) {
    // Past the end SQLite expects zeros. A piece of a page is neither a page nor its absence.
    const bool absent = all_zero(out, kPageBytes);
    std::memset(out, 0, kPageBytes);
    return absent ? SQLITE_IOERR_SHORT_READ : SQLITE_IOERR_DATA;
  }
  if (rc != SQLITE_OK) return rc;
  if (open_page(*f->vfs->keys, bind_main(*f->vfs->keys, page), out)) return SQLITE_OK;
  std::memset(out, 0, kPageBytes);
  return SQLITE_IOERR_DATA;
}

int read_main(File* f, std::uint8_t* out, int n, Offset at) {
  if (n == kPageBytes && at % kPageBytes == 0)
    return read_main_page(f, out, static_cast<std::uint32_t>(at / kPageBytes + 1));
  // The file's header before the page size is known, the change counter, and in newer
  // SQLite parts of overflow pages.
  const int skip = static_cast<int>(at % kPageBytes);
  if (skip + n > kPageBytes) return SQLITE_IOERR_READ;
  const auto page = static_cast<std::uint32_t>(at / kPageBytes + 1);
  int rc = read_main_page(f, f->buffer, page);
  if (rc == SQLITE_OK) {
    std::memcpy(out, f->buffer + skip, static_cast<std::size_t>(n));
  } else {
    std::memset(out, 0, static_cast<std::size_t>(n));
    // SQLite looks at the header before it looks at the log. A power cut during a checkpoint
    // may have torn page 1 while the log holds it whole, so "not known yet" is the answer
    // that lets the log speak; without a log the next step reads page 1 whole and fails.
    if (rc == SQLITE_IOERR_DATA && page == 1 && skip + n <= 100) rc = SQLITE_IOERR_SHORT_READ;
  }
  return rc;
}

/// Reads frame `frame_at` whole into `frame` and opens its page. SQLITE_IOERR_DATA when it
/// is no frame of the log with these salts.
int read_frame(File* f, std::uint8_t* frame, Offset frame_at, const std::uint8_t* salts) {
  const int rc = base_read(f, frame, kFrame, frame_at);
  if (rc == SQLITE_IOERR_SHORT_READ) return SQLITE_IOERR_DATA;
  if (rc != SQLITE_OK) return rc;
  const Keys& k = *f->vfs->keys;
  mask_sum(k, frame_at, frame + kFrameHeader + kNonceAt, frame + kSumAt);
  return open_page(k, bind_frame(k, frame, salts, frame_at), frame + kFrameHeader) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int read_log(File* f, std::uint8_t* out, int n, Offset at) {
  if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
  if (at < kLogHeader) {
    // The header is in the clear. Its last 8 bytes alone are read as the checksum before frame 1.
    const bool whole = at == 0 && n == kLogHeader;
    if (!whole && !(at == kLogHeader - kSum && n == kSum)) return SQLITE_IOERR_READ;
    const int rc = base_read(f, out, n, at);
    if (rc == SQLITE_OK && whole) std::memcpy(f->salts, out + kSaltsAt, sizeof f->salts);
    return rc;
  }
  const Offset within = (at - kLogHeader) % kFrame;
  const Offset frame_at = at - within;

  if (within == kFrameHeader && n == kPageBytes) {
    const int rc = read_frame(f, f->buffer, frame_at, f->salts);
    if (rc == SQLITE_OK)
      std::memcpy(out, f->buffer + kFrameHeader, kPageBytes);
    else
      std::memset(out, 0, kPageBytes);
    return rc;
  }
  if (within == 0 && n == kFrame) {
    const int rc = read_frame(f, out, frame_at, f->salts);
    if (!f->wrote) f->last_recovered = frame_at;
    if (rc == SQLITE_OK) {
      if (!f->wrote && get_u32(out + 4) != 0) f->committed_end = frame_at + kFrame;
      return rc;
    }
    std::memset(out, 0, kFrame);
    // In recovery a torn tail is the normal end of a log: a frame of zeros ends it. An
    // error would make the database impossible to open after a power cut.
    return rc == SQLITE_IOERR_DATA && !f->wrote ? SQLITE_OK : rc;
  }
  if (within == kSumAt && n == kSum) {
    std::uint8_t nonce[kNonce];
    int rc = base_read(f, out, kSum, at);
    if (rc == SQLITE_OK) rc = base_read(f, nonce, kNonce, frame_at + kFrameHeader + kNonceAt);
    if (rc == SQLITE_OK) mask_sum(*f->vfs->keys, frame_at, nonce, out);
    return rc;
  }
  return SQLITE_IOERR_READ;
}

int write_main(File* f, const std::uint8_t* in, int n, Offset at) {
  if (n != kPageBytes || at % kPageBytes != 0) return SQLITE_IOERR_WRITE;
  const Keys& k = *f->vfs->keys;
  if (!seal_page(k, bind_main(k, static_cast<std::uint32_t>(at / kPageBytes + 1)), in, f->buffer))
    return SQLITE_IOERR_WRITE;
  return base_write(f, f->buffer, kPageBytes, at);
}

int write_log(File* f, const std::uint8_t* in, int n, Offset at) {
  f->wrote = true;
  const Keys& k = *f->vfs->keys;
  if (at < kLogHeader) {
    if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
    if (at != 0 || n != kLogHeader) return SQLITE_IOERR_WRITE;
    f->committed_end = kLogHeader;  // a new log begins
    std::memcpy(f->salts, in + kSaltsAt, sizeof f->salts);
    return base_write(f, in, n, at);
  }
  const Offset within = (at - kLogHeader) % kFrame;
  const Offset frame_at = at - within;

  if (within == 0 && n == kFrameHeader) {
    if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
    std::memcpy(f->header, in, kFrameHeader);
    f->held = true;
    f->held_at = frame_at;
    return SQLITE_OK;
  }
  if (within == kFrameHeader && n == kPageBytes) {
    if (f->held && f->held_at == frame_at) {
      f->held = false;
      std::memcpy(f->buffer, f->header, kFrameHeader);
      if (!seal_page(k, bind_frame(k, f->header, f->salts, frame_at), in, f->buffer + kFrameHeader))
        return SQLITE_IOERR_WRITE;
      mask_sum(k, frame_at, f->buffer + kFrameHeader + kNonceAt, f->buffer + kSumAt);
      const int rc = base_write(f, f->buffer, kFrame, frame_at);
      if (rc == SQLITE_OK && get_u32(f->header + 4) != 0) f->committed_end = frame_at + kFrame;
      return rc;
    }
    // A page changed twice in one transaction is overwritten in its old frame; SQLite
    // writes the header's new checksum later (flush_header). Until then the frame's
    // checksum does not fit, which is right: the transaction is not committed.
    if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
    std::uint8_t header[kFrameHeader];
    if (const int rc = base_read(f, header, kFrameHeader, frame_at); rc != SQLITE_OK)
      return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : rc;
    if (!seal_page(k, bind_frame(k, header, f->salts, frame_at), in, f->buffer)) return SQLITE_IOERR_WRITE;
    return base_write(f, f->buffer, kPageBytes, at);
  }
  return SQLITE_IOERR_WRITE;
}

// ---- the methods SQLite calls ----

int x_close(sqlite3_file* s) {
  File* f = file_of(s);
  const int flushed = flush_header(f);
  const int closed = f->base()->pMethods ? f->base()->pMethods->xClose(f->base()) : SQLITE_OK;
  sodium_memzero(f->buffer, sizeof f->buffer);
  --f->vfs->open_files;
  return flushed != SQLITE_OK ? flushed : closed;
}
int x_read(sqlite3_file* s, void* out, int n, Offset at) {
  File* f = file_of(s);
  auto* bytes = static_cast<std::uint8_t*>(out);
  if (n <= 0 || at < 0) return SQLITE_IOERR_READ;
  return f->kind == Kind::main ? read_main(f, bytes, n, at) : read_log(f, bytes, n, at);
}
int x_write(sqlite3_file* s, const void* in, int n, Offset at) {
  File* f = file_of(s);
  const auto* bytes = static_cast<const std::uint8_t*>(in);
  if (n <= 0 || at < 0) return SQLITE_IOERR_WRITE;
  return f->kind == Kind::main ? write_main(f, bytes, n, at) : write_log(f, bytes, n, at);
}
int x_truncate(sqlite3_file* s, Offset size) {
  File* f = file_of(s);
  if (f->vfs->failed) return SQLITE_IOERR_TRUNCATE;
  if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
  if (f->kind == Kind::log) f->committed_end = std::min(f->committed_end, size);
  return f->base()->pMethods->xTruncate(f->base(), size);
}
int x_sync(sqlite3_file* s, int flags) {
  File* f = file_of(s);
  if (f->vfs->failed) return SQLITE_IOERR_FSYNC;
  if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
  if (f->kind == Kind::log && planted(Bug::log_never_synced)) return SQLITE_OK;
  const int rc = f->base()->pMethods->xSync(f->base(), flags);
  // The kernel may have thrown the pages away and call the next fsync a success.
  if (rc != SQLITE_OK && planted(Bug::failed_sync_forgotten)) return SQLITE_OK;
  if (rc != SQLITE_OK) f->vfs->failed = true;
  return rc;
}
int x_size(sqlite3_file* s, Offset* size) {
  File* f = file_of(s);
  if (const int rc = flush_header(f); rc != SQLITE_OK) return rc;
  return f->base()->pMethods->xFileSize(f->base(), size);
}
int x_lock(sqlite3_file* s, int level) { return file_of(s)->base()->pMethods->xLock(file_of(s)->base(), level); }
int x_unlock(sqlite3_file* s, int level) { return file_of(s)->base()->pMethods->xUnlock(file_of(s)->base(), level); }
int x_reserved(sqlite3_file* s, int* out) {
  return file_of(s)->base()->pMethods->xCheckReservedLock(file_of(s)->base(), out);
}
int x_control(sqlite3_file* s, int op, void* arg) {
  switch (op) {
    case SQLITE_FCNTL_MMAP_SIZE:
      *static_cast<sqlite3_int64*>(arg) = 0;  // a mapping would show SQLite the sealed bytes
      return SQLITE_OK;
    case SQLITE_FCNTL_LOCKSTATE:
    case SQLITE_FCNTL_LAST_ERRNO:
    case SQLITE_FCNTL_PERSIST_WAL:
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_BUSYHANDLER:
    case SQLITE_FCNTL_SYNC:
    case SQLITE_FCNTL_COMMIT_PHASETWO:
      return file_of(s)->base()->pMethods->xFileControl(file_of(s)->base(), op, arg);
    default:
      return SQLITE_NOTFOUND;  // among others the size hints, which lengthen the file with unsealed zeros
  }
}
int x_sector(sqlite3_file* s) { return file_of(s)->base()->pMethods->xSectorSize(file_of(s)->base()); }
int x_device(sqlite3_file*) {
  // Without this SQLite pads the log to sectors and may split a page; any promise of atomic
  // writes would let it skip rules that the sealing needs.
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Version 1: no shared memory, so WAL works only in exclusive locking mode and its index
// stays on the heap; no memory mapping.
constexpr sqlite3_io_methods kMethods = {1,       x_close,  x_read,     x_write,   x_truncate, x_sync,   x_size,
                                         x_lock,  x_unlock, x_reserved, x_control, x_sector,   x_device, nullptr,
                                         nullptr, nullptr,  nullptr,    nullptr,   nullptr};

int x_open(sqlite3_vfs* s, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  Vfs* v = vfs_of(s);
  out->pMethods = nullptr;
  Kind kind;
  if (flags & SQLITE_OPEN_MAIN_DB)
    kind = Kind::main;
  else if (flags & SQLITE_OPEN_WAL)
    kind = Kind::log;
  else
    return SQLITE_CANTOPEN;  // journals, sorters, temporary files: they would hold plain pages
  if (name == nullptr || v->failed) return SQLITE_CANTOPEN;
  File* f = new (out) File{};
  f->vfs = v;
  f->kind = kind;
  f->last_recovered = -1;
  f->committed_end = kLogHeader;
  const int rc = v->base->xOpen(v->base, name, f->base(), flags, out_flags);
  if (f->base()->pMethods != nullptr) {
    f->head.pMethods = &kMethods;
    ++v->open_files;
  }
  return rc;
}

/// The rest of the VFS belongs to the base.
void fill(Vfs& v) {
  const sqlite3_vfs* b = v.base;
  v.self.iVersion = 2;
  v.self.szOsFile = static_cast<int>(sizeof(File)) + b->szOsFile;
  v.self.mxPathname = b->mxPathname;
  v.self.zName = v.name.c_str();
  v.self.pAppData = &v;
  v.self.xOpen = x_open;
  v.self.xDelete = [](sqlite3_vfs* s, const char* name, int sync) {
    if (vfs_of(s)->failed) return SQLITE_IOERR_DELETE;
    return vfs_of(s)->base->xDelete(vfs_of(s)->base, name, sync);
  };
  v.self.xAccess = [](sqlite3_vfs* s, const char* name, int flags, int* out) {
    return vfs_of(s)->base->xAccess(vfs_of(s)->base, name, flags, out);
  };
  v.self.xFullPathname = [](sqlite3_vfs* s, const char* name, int n, char* out) {
    return vfs_of(s)->base->xFullPathname(vfs_of(s)->base, name, n, out);
  };
  // No foreign code beside the keys.
  v.self.xDlOpen = [](sqlite3_vfs*, const char*) -> void* { return nullptr; };
  v.self.xDlError = [](sqlite3_vfs*, int n, char* out) {
    if (n > 0) out[0] = 0;
  };
  v.self.xDlSym = [](sqlite3_vfs*, void*, const char*) -> void (*)() { return nullptr; };
  v.self.xDlClose = [](sqlite3_vfs*, void*) {};
  v.self.xRandomness = [](sqlite3_vfs* s, int n, char* out) {
    return vfs_of(s)->base->xRandomness(vfs_of(s)->base, n, out);
  };
  v.self.xSleep = [](sqlite3_vfs* s, int us) { return vfs_of(s)->base->xSleep(vfs_of(s)->base, us); };
  v.self.xCurrentTime = [](sqlite3_vfs* s, double* out) { return vfs_of(s)->base->xCurrentTime(vfs_of(s)->base, out); };
  v.self.xGetLastError = [](sqlite3_vfs* s, int n, char* out) {
    return vfs_of(s)->base->xGetLastError(vfs_of(s)->base, n, out);
  };
  v.self.xCurrentTimeInt64 = [](sqlite3_vfs* s, sqlite3_int64* out) {
    sqlite3_vfs* base = vfs_of(s)->base;
    if (base->iVersion >= 2 && base->xCurrentTimeInt64) return base->xCurrentTimeInt64(base, out);
    double days = 0;
    const int rc = base->xCurrentTime(base, &days);
    *out = static_cast<sqlite3_int64>(days * 86400000.0);
    return rc;
  };
}

std::mutex registry_mutex;
std::map<std::string, std::unique_ptr<Vfs>>& registry() {
  static std::map<std::string, std::unique_ptr<Vfs>> all;
  return all;
}
Vfs* find(const std::string& name) {
  const std::lock_guard lock(registry_mutex);
  const auto at = registry().find(name);
  return at == registry().end() ? nullptr : at->second.get();
}

/// A file opened below SQLite, through the page VFS.
class Loose {
 public:
  Loose(Vfs& v, const std::string& path, int kind)
      : name_(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr)), memory_(sqlite3_malloc(v.self.szOsFile)) {
    if (name_ == nullptr || memory_ == nullptr) return;
    std::memset(memory_, 0, static_cast<std::size_t>(v.self.szOsFile));
    int flags = 0;
    open_ = x_open(&v.self, name_, file(), kind | SQLITE_OPEN_READWRITE, &flags) == SQLITE_OK;
  }
  Loose(const Loose&) = delete;
  Loose& operator=(const Loose&) = delete;
  ~Loose() {
    if (memory_ != nullptr && file()->pMethods != nullptr) x_close(file());
    sqlite3_free(memory_);
    sqlite3_free_filename(name_);
  }
  bool is_open() const { return open_; }
  sqlite3_file* file() { return static_cast<sqlite3_file*>(memory_); }

 private:
  sqlite3_filename name_;
  void* memory_;
  bool open_ = false;
};

bool present(Vfs& v, const std::string& path) {
  int exists = 0;
  return v.base->xAccess(v.base, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists != 0;
}

std::unexpected<Error> unreadable(const char* what) {
  return fail(Fault::corrupt, std::string("cannot read ") + what, "store.io");
}

}  // namespace

Result<> register_page_vfs(const std::string& name, std::span<const std::uint8_t, 32> key,
                           std::span<const std::uint8_t, 16> db_id, sqlite3_vfs* base) {
  if (sodium_init() < 0) return fail(Fault::full, "no source of random numbers");
  auto v = std::make_unique<Vfs>();
  v->name = name;
  v->base = base != nullptr ? base : sqlite3_vfs_find(nullptr);
  v->keys.reset(static_cast<Keys*>(sodium_malloc(sizeof(Keys))));
  if (v->base == nullptr || !v->keys) return fail(Fault::full, "no memory for a database's keys");
  crypto_kdf_derive_from_key(v->keys->page, sizeof v->keys->page, 1, "YZPAGE__", key.data());
  crypto_kdf_derive_from_key(v->keys->mask, sizeof v->keys->mask, 2, "YZPAGE__", key.data());
  std::memcpy(v->keys->id, db_id.data(), db_id.size());
  sodium_mprotect_readonly(v->keys.get());
  fill(*v);

  const std::lock_guard lock(registry_mutex);
  if (sqlite3_vfs_find(name.c_str()) != nullptr) return fail(Fault::invalid, "a VFS of this name is registered");
  if (sqlite3_vfs_register(&v->self, 0) != SQLITE_OK) return fail(Fault::full, "cannot register a VFS");
  registry()[name] = std::move(v);
  return {};
}

void unregister_page_vfs(const std::string& name) {
  const std::lock_guard lock(registry_mutex);
  const auto at = registry().find(name);
  if (at == registry().end()) return;
  assert(at->second->open_files == 0);
  sqlite3_vfs_unregister(&at->second->self);
  registry().erase(at);
}

bool page_vfs_failed(const std::string& name) {
  const Vfs* v = find(name);
  return v != nullptr && v->failed;
}

Result<PageFiles> look_at_files(const std::string& name, const std::string& path) {
  Vfs* v = find(name);
  if (v == nullptr) return fail(Fault::missing, "no such VFS");
  PageFiles found;
  Offset size = 0;
  if (present(*v, path)) {
    Loose main(*v, path, SQLITE_OPEN_MAIN_DB);
    if (!main.is_open() || x_size(main.file(), &size) != SQLITE_OK) return unreadable("the database file");
    found.main_bytes = size;
    std::uint8_t page[kPageBytes];
    if (found.main_bytes > 0) {
      const int rc = read_main_page(file_of(main.file()), page, 1);
      if (rc != SQLITE_OK && rc != SQLITE_IOERR_DATA && rc != SQLITE_IOERR_SHORT_READ)
        return unreadable("the database file");
      found.first_page_good = rc == SQLITE_OK;
    }
  }
  if (const std::string log_path = path + "-wal"; present(*v, log_path)) {
    Loose log(*v, log_path, SQLITE_OPEN_WAL);
    if (!log.is_open() || x_size(log.file(), &size) != SQLITE_OK) return unreadable("the database's log");
    found.log_bytes = size;
  }
  return found;
}

Result<> empty_unfinished_file(const std::string& name, const std::string& path) {
  Vfs* v = find(name);
  if (v == nullptr) return fail(Fault::missing, "no such VFS");
  Loose main(*v, path, SQLITE_OPEN_MAIN_DB);
  if (!main.is_open()) return unreadable("the database file");
  // Another process may be making this very file now: with the lock held it is not.
  for (const int level : {SQLITE_LOCK_SHARED, SQLITE_LOCK_RESERVED, SQLITE_LOCK_EXCLUSIVE})
    if (x_lock(main.file(), level) != SQLITE_OK) {
      x_unlock(main.file(), SQLITE_LOCK_NONE);
      return fail(Fault::busy, "another process is making this database", "store.busy");
    }
  Offset size = 0;
  std::uint8_t page[kPageBytes];
  int rc = x_size(main.file(), &size);
  if (rc == SQLITE_OK && size <= kPageBytes && read_main_page(file_of(main.file()), page, 1) == SQLITE_IOERR_DATA)
    rc = x_truncate(main.file(), 0);
  x_unlock(main.file(), SQLITE_LOCK_NONE);
  if (rc != SQLITE_OK) return unreadable("the database file");
  return {};
}

Result<> remove_main_file(const std::string& name, const std::string& path) {
  Vfs* v = find(name);
  if (v == nullptr) return fail(Fault::missing, "no such VFS");
  const int rc = v->base->xDelete(v->base, path.c_str(), 1);
  if (rc != SQLITE_OK && rc != SQLITE_IOERR_DELETE_NOENT) return fail(Fault::full, "cannot remove a file", "store.io");
  return {};
}

Result<std::vector<std::uint32_t>> damaged_pages(sqlite3_file* s) {
  assert(s != nullptr && s->pMethods == &kMethods && file_of(s)->kind == Kind::main);
  File* f = file_of(s);
  Offset size = 0;
  if (x_size(s, &size) != SQLITE_OK) return unreadable("the database file");
  std::vector<std::uint32_t> bad;
  std::uint8_t page[kPageBytes];
  for (Offset at = 0; at < size; at += kPageBytes) {
    if (at == kLockPageAt) continue;
    const auto number = static_cast<std::uint32_t>(at / kPageBytes + 1);
    // A page the disk cannot read is as damaged as one that does not open.
    if (read_main_page(f, page, number) != SQLITE_OK) bad.push_back(number);
  }
  sodium_memzero(page, sizeof page);
  return bad;
}

Result<std::vector<LogDamage>> damaged_frames(sqlite3_file* s) {
  assert(s != nullptr && s->pMethods == &kMethods && file_of(s)->kind == Kind::log);
  File* f = file_of(s);
  if (flush_header(f) != SQLITE_OK) return unreadable("the database's log");
  std::vector<LogDamage> bad;
  for (Offset at = kLogHeader; at + kFrame <= f->committed_end; at += kFrame) {
    if (read_frame(f, f->buffer, at, f->salts) == SQLITE_OK) continue;
    bad.push_back({static_cast<std::uint32_t>((at - kLogHeader) / kFrame + 1), get_u32(f->buffer)});
  }
  return bad;
}

Result<std::uint32_t> recovery_stopped_early(sqlite3_file* s) {
  assert(s != nullptr && s->pMethods == &kMethods && file_of(s)->kind == Kind::log);
  File* f = file_of(s);
  Offset size = 0;
  if (x_size(s, &size) != SQLITE_OK) return unreadable("the database's log");
  if (size < kLogHeader + kFrame) return 0;
  std::uint8_t header[kLogHeader];
  if (base_read(f, header, kLogHeader, 0) != SQLITE_OK) return unreadable("the database's log");

  // When SQLite refused the log's own header it has read no frame. Then frames of any one
  // log count, by their own salts. (A torn header is impossible: it lies in one sector.)
  const bool header_refused = f->last_recovered < 0;
  const Offset from = header_refused ? kLogHeader : f->last_recovered;
  std::uint8_t salts[8];
  std::memcpy(salts, header + kSaltsAt, sizeof salts);
  bool salts_known = !header_refused;
  int marks = 0;
  for (Offset at = from; at + kFrame <= size; at += kFrame) {
    if (!salts_known) {
      const int rc = base_read(f, salts, sizeof salts, at + 8);
      if (rc != SQLITE_OK) return unreadable("the database's log");
    }
    const int rc = read_frame(f, f->buffer, at, salts);
    if (rc == SQLITE_IOERR_DATA) continue;  // damaged, or left over from an older log
    if (rc != SQLITE_OK) return unreadable("the database's log");
    salts_known = true;
    if (get_u32(f->buffer + 4) != 0 && ++marks == 2)
      return static_cast<std::uint32_t>((from - kLogHeader) / kFrame + 1);
  }
  return 0;
}

Result<bool> save_log_again(sqlite3_file* s) {
  assert(s != nullptr && s->pMethods == &kMethods && file_of(s)->kind == Kind::log);
  File* f = file_of(s);
  if (f->committed_end == kLogHeader) return true;
  for (Offset at = 0; at < f->committed_end;) {
    const int n = static_cast<int>(std::min<Offset>(kFrame, f->committed_end - at));
    if (base_read(f, f->buffer, n, at) != SQLITE_OK) return unreadable("the database's log");
    if (base_write(f, f->buffer, n, at) != SQLITE_OK) return false;
    at += n;
  }
  return x_sync(s, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

}  // namespace yz::node
