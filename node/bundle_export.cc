#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/random.h"
#include "node/bundle.h"
#include "node/clock.h"
#include "node/store/heads.h"
#include "node/store/outbox.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::Lane;

constexpr std::size_t kPage = 64;             // rows looked at together
constexpr std::size_t kPieceBytes = 1 << 20;  // written together, and between two pauses
constexpr std::size_t kSyncBytes = 8 << 20;  // a slow stick swallows so much at a time: the store's thread waits for it

std::unexpected<Error> unwritable(const std::string& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return fail(Fault::full,
              "cannot write " + path + ": " + std::strerror(errno) +
                  (full ? ". There is no room for all that waits: nothing was left there, use a larger one"
                        : ". Nothing was left there"),
              full ? "bundle.disk" : "bundle.unwritable");
}

/// What a name stands for: nothing, a bundle (or an empty file), or something that must not be touched.
enum class There : std::uint8_t { nothing, bundle, other };
There look(const std::string& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) return errno == ENOENT ? There::nothing : There::other;
  if (!S_ISREG(s.st_mode)) return There::other;
  if (s.st_size == 0) return There::bundle;
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return There::other;
  std::array<std::uint8_t, 4> first{};
  const bool read = ::read(fd, first.data(), first.size()) == 4;
  ::close(fd);
  return read && sync::looks_like_bundle(first) ? There::bundle : There::other;
}

/// A file that has its name only when it is whole and on the disk.
class NewFile {
 public:
  NewFile() = default;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(part_.c_str());
  }

  Result<> open(const std::string& path) {
    path_ = path;
    const std::string part = path + ".part";
    if (look(path) == There::other || look(part) == There::other)
      return fail(Fault::conflict, path + " exists and is no bundle: it was not overwritten. Name another file",
                  "bundle.exists");
    ::unlink(part.c_str());  // of an export that was cut off
    fd_ = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd_ < 0 && (errno == ENOENT || errno == ENOTDIR))
      return fail(Fault::missing, "there is no such folder: " + path, "bundle.folder");
    if (fd_ < 0) return unwritable(path);
    part_ = part;
    return {};
  }
  Result<> write(ByteView b) {
    while (!b.empty()) {
      const ssize_t n = ::write(fd_, b.data(), b.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return unwritable(path_);
      b = b.subspan(static_cast<std::size_t>(n));
      written_ += static_cast<std::uint64_t>(n);
      unsynced_ += static_cast<std::size_t>(n);
    }
    if (unsynced_ < kSyncBytes) return {};
    unsynced_ = 0;
    return ::fdatasync(fd_) == 0 ? Result<>() : unwritable(path_);
  }
  Result<std::uint64_t> finish() {
    if (::fsync(fd_) != 0 || ::rename(part_.c_str(), path_.c_str()) != 0) return unwritable(path_);
    ::close(std::exchange(fd_, -1));
    // The name too: a stick is pulled out as soon as the bar is gone. Not every file system can do it.
    const std::string folder = path_.substr(0, path_.rfind('/') + 1);
    if (const int f = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); f >= 0) {
      (void)::fsync(f);
      ::close(f);
    }
    return written_;
  }

 private:
  int fd_ = -1;
  std::string path_, part_;
  std::uint64_t written_ = 0;
  std::size_t unsynced_ = 0;
};

class Export {
 public:
  Export(Store& store, Directory& directory, const LinkRow& to, const BundlePause& pause)
      : store_(store), directory_(directory), to_(to), pause_(pause), outbox_(store, to.peer, to.office, wall_now) {}

  Result<BundleWritten> run(const std::string& path) {
    const std::vector<BoxPublic> readers = TRY(readers_of());
    TRY(file_.open(path));
    TRY(cut_everything());
    const sync::BundleHead head = TRY(begin());
    total_ = TRY(bytes_waiting());
    sync::BundleWriter writer(head, readers, store_.keys().node, buffer_);
    writer_ = &writer;
    TRY(control(head));
    for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine}) TRY(envelopes(l));
    TRY(chunks());
    writer.finish(buffer_);
    TRY(file_.write(buffer_));
    done_.bytes = TRY(file_.finish());
    return done_;
  }

 private:
  Result<> pause() {
    const double share = total_ == 0 ? 0 : static_cast<double>(read_) / static_cast<double>(total_);
    if (pause_ && !pause_(std::min(share, 1.0)))
      return fail(Fault::busy, "the node is stopping; nothing was written", "node.stopping");
    return {};
  }

  Result<std::vector<BoxPublic>> readers_of() {
    Query q = TRY(store_.db().query("select bytes from node_list where office = ?")).bind(to_.office);
    const auto self = TRY(directory_.office(store_.me().office));
    if (!self || !self->admitted || !TRY(q.step()))
      return fail(Fault::missing, "this office has not joined yet: join by file first (join --request)",
                  "bundle.joining");
    const auto list = sync::decode_statement(q.blob(0));
    if (!list) return fail(Fault::corrupt, "a stored node list is damaged", "store.statement");
    std::vector<BoxPublic> out;
    for (const auto& n : TRY(sync::decode_node_list(list->body)).nodes) out.push_back(n.box);
    return out;
  }

  /// Each cut in a transaction of its own, as when it leaves by a line.
  Result<> cut_everything() {
    for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine})
      for (;;) {
        const auto cut = TRY(store_.write([&] { return outbox_.cut(l, 0); }));
        if (!cut) break;
        TRY(pause());
      }
    return store_.write([&]() -> Result<> {
      TRY(tell_heads_if_due(store_, directory_, wall_now()));
      return {};
    });
  }

  Result<sync::BundleHead> begin() {
    const sync::LinkState link = TRY(StoreLink(store_, to_.peer).load());
    sync::BundleHead h;
    h.from = store_.me().node;
    h.office = to_.office;
    h.to = to_.peer;
    h.id = crypto::random_fixed<sync::BundleId>();
    h.unix_ms = wall_now();
    h.epoch = store_.me().epoch;
    h.peer_epoch = link.peer_epoch;
    // What the reader heard so long ago that nobody knows what it was is said again.
    const auto base_told = TRY(outbox_.told(link.peer_heard));
    h.base = h.mark = base_told ? link.peer_heard : 0;
    h.base_told = base_told.value_or(sync::Told{});
    h.heard = link.heard.now().number;
    h.heard_told = link.heard.now().told;
    for (;;) {
      const auto next = TRY(outbox_.control(h.mark, sync::limit::statements_bytes));
      if (next.frames.empty()) break;
      h.mark = next.mark;
    }
    h.mark_told = TRY(outbox_.told(h.mark)).value_or(sync::Told{});
    h.at = TRY(store_.write([&] { return store_.tick(h.unix_ms); }));
    return h;
  }

  Result<std::uint64_t> bytes_waiting() {
    std::uint64_t sum = 0;
    for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine})
      TRY(each_envelope(l, [&](const sync::Queued& q) -> Result<> {
        sum += q.bytes;
        return {};
      }));
    TRY(each_chunk([&](const sync::QueuedChunk& q) -> Result<> {
      sum += q.bytes;
      return {};
    }));
    return sum;
  }

  template <class F>
  Result<> each_envelope(Lane l, F take) {
    for (std::int64_t after = 0;;) {
      const auto page = TRY(outbox_.waiting(l, after, kPage));
      if (page.empty()) return {};
      for (const sync::Queued& q : page) TRY(take(q));
      after = page.back().row;
    }
  }
  template <class F>
  Result<> each_chunk(F take) {
    for (std::int64_t after = 0;;) {
      const auto page = TRY(outbox_.chunks(after, kPage));
      if (page.empty()) return {};
      for (const sync::QueuedChunk& q : page) TRY(take(q));
      after = page.back().row;
    }
  }

  Result<> put(sync::FrameType type, ByteView bytes, Lane lane) {
    writer_->add(type, bytes, buffer_);
    ++done_.frames[static_cast<std::size_t>(lane)];
    done_.content += bytes.size();
    if (buffer_.size() < kPieceBytes) return {};
    TRY(file_.write(buffer_));
    buffer_.clear();
    return pause();
  }

  /// One at a time: what was replaced meanwhile has a number beyond the mark and goes next time.
  Result<> control(const sync::BundleHead& h) {
    for (std::uint64_t at = h.base; at < h.mark;) {
      const auto next = TRY(outbox_.control(at, 1));
      if (next.frames.empty() || next.mark > h.mark) return {};
      for (const auto& [type, bytes] : next.frames) TRY(put(type, bytes, Lane::control));
      at = next.mark;
    }
    return {};
  }
  Result<> envelopes(Lane l) {
    return each_envelope(l, [&](const sync::Queued& q) -> Result<> {
      const Bytes bytes = TRY(outbox_.envelope(q.row));
      read_ += bytes.size();
      return put(sync::FrameType::envelope, bytes, l);
    });
  }
  Result<> chunks() {
    return each_chunk([&](const sync::QueuedChunk& q) -> Result<> {
      const Bytes bytes = TRY(outbox_.chunk(q.row));
      read_ += bytes.size();
      return put(sync::FrameType::chunk, bytes, Lane::bulk);
    });
  }

  Store& store_;
  Directory& directory_;
  const LinkRow& to_;
  const BundlePause& pause_;
  StoreOutbox outbox_;
  NewFile file_;
  sync::BundleWriter* writer_ = nullptr;
  Bytes buffer_;
  std::uint64_t total_ = 0, read_ = 0;
  BundleWritten done_;
};

}  // namespace

Result<BundleWritten> export_bundle(Store& store, Directory& directory, const LinkRow& to, const std::string& path,
                                    const BundlePause& pause) {
  return Export(store, directory, to, pause).run(path);
}

}  // namespace yz::node
