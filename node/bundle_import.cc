#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "node/bundle.h"
#include "node/clock.h"
#include "node/store/told.h"
#include "sync/gate.h"

namespace yz::node {
namespace {

/// In one transaction: enough that the syncs to the disk don't count, few enough that a flash report waits briefly.
constexpr std::size_t kFramesAtOnce = 64;
constexpr std::size_t kBytesAtOnce = 2u << 20;
/// Frames that fail a check; beyond it the rest of the file is worthless too.
constexpr std::uint64_t kRefusedMost = 4096;
/// The receipts of a bundle, which are kept until all that it tells in the clear was read: some 50,000.
constexpr std::size_t kReceiptsBytes = 16u << 20;
/// So many blocks are looked through for the writer's new key: what is told in the clear comes first.
constexpr int kKeyBlocks = 64;
constexpr std::uint64_t kBundleMost = std::uint64_t{1} << 42;

class InFile {
 public:
  InFile() = default;
  InFile(const InFile&) = delete;
  InFile& operator=(const InFile&) = delete;
  ~InFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  /// Never waits for a writer at the other end of a pipe, never follows a link that somebody put on the stick.
  Result<> open(const std::string& path) {
    fd_ = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    const int error = errno;
    if (fd_ < 0 && error != ELOOP && error != ENXIO)
      return fail(Fault::missing, "cannot read " + path + ": " + std::strerror(error), "bundle.missing");
    struct stat s {};
    if (fd_ < 0 || ::fstat(fd_, &s) != 0 || !S_ISREG(s.st_mode) || static_cast<std::uint64_t>(s.st_size) > kBundleMost)
      return fail(Fault::invalid, path + " is not a regular file", "bundle.file");
    size_ = static_cast<std::uint64_t>(s.st_size);
    return {};
  }
  /// Up to `most` bytes; fewer only at the end. A stick that can't be read any more counts as ending there.
  Bytes read(std::size_t most) {
    Bytes out(most);
    std::size_t n = 0;
    while (n < most) {
      const ssize_t k = ::read(fd_, out.data() + n, most - n);
      if (k < 0 && errno == EINTR) continue;
      if (k <= 0) break;
      n += static_cast<std::size_t>(k);
    }
    out.resize(n);
    at_ += n;
    return out;
  }
  double share() const { return size_ == 0 ? 1 : static_cast<double>(at_) / static_cast<double>(size_); }

 private:
  int fd_ = -1;
  std::uint64_t size_ = 0, at_ = 0;
};

std::unexpected<Error> cut() {
  return fail(Fault::invalid, "the bundle ends before its end: what was on it is kept, ask for it to be written again",
              "bundle.cut");
}

/// Whether a bundle may be taken in here. One for another office could be carried on by a relay: this is where that
/// would be decided.
Result<> may_take(Store& store, const sync::BundleHead& h) {
  if (h.office == store.me().office) return {};
  Directory directory(store);
  const auto office = TRY(directory.office(h.office));
  const std::string name = office ? office->code + " " + office->name : "an office that is not known here";
  return fail(Fault::invalid, "this bundle is for " + name + ": nothing was taken", "bundle.other-office");
}

class Import {
 public:
  Import(Store& store, StoreInbox& inbox, const BundlePause& pause) : store_(store), inbox_(inbox), pause_(pause) {}

  Result<BundleRead> run(const std::string& path) {
    TRY(file_.open(path));
    TRY(begin(path));
    done_.from = TRY(link_of(store_, head_.from))->office;
    done_.written_ms = head_.unix_ms;
    TRY(store_.write([&]() -> Result<> {
      counts_ = TRY(begin_hearing(store_, head_));
      return {};
    }));
    while (!end_) {
      if (pause_ && !pause_(file_.share())) {
        done_.stopped =
            Error{Fault::busy, "the node is stopping: what was read is kept, read it once more", "node.stopping"};
        break;
      }
      if (auto taken = store_.write([&] { return piece(); }); !taken) {
        inbox_.forget();
        done_.stopped = taken.error();  // a full disk, for one; the pieces before are durable
        break;
      }
      done_.frames += frames_;
      done_.moved = tally_;
    }
    done_.whole = !done_.stopped && reader_->whole();
    return std::move(done_);
  }

 private:
  Result<> begin(const std::string& path) {
    Bytes head = file_.read(sync::kBundleFixedBytes);
    if (head.size() < 4 || !sync::looks_like_bundle(ByteView(head).first(4)))
      return fail(Fault::invalid, path + " is not a bundle", "bundle.form");
    if (head.size() < sync::kBundleFixedBytes) return cut();
    const std::size_t whole = TRY(sync::bundle_head_size(head));
    const Bytes rest = file_.read(whole - head.size());
    head.insert(head.end(), rest.begin(), rest.end());
    if (head.size() < whole) return cut();
    head_ = TRY(sync::decode_bundle_head(head)).head;
    TRY(may_take(store_, head_));
    const auto link = TRY(link_of(store_, head_.from));
    if (!link)
      return fail(Fault::invalid, "this bundle was written by a machine that is no neighbour of this office",
                  "bundle.stranger");
    if (!TRY(by_link_key(head)) && !(TRY(shows_new_key(path, head)) && TRY(by_link_key(head))))
      return fail(Fault::forged, "the bundle's head was changed after it was signed", "bundle.signature");
    reader_.emplace(TRY(sync::BundleReader::open(head, store_.keys())));
    return {};
  }

  /// By the key that the link has, or the one before: a neighbour goes on with that until everybody heard of the new.
  Result<bool> by_link_key(ByteView head) {
    const sync::LinkState s = TRY(StoreLink(store_, head_.from).load());
    return sync::verify_bundle_head(head, s.peer_key) ||
           (!s.peer_key_before.zero() && sync::verify_bundle_head(head, s.peer_key_before));
  }

  /// The writer may have changed its key without us (node rotate --force). Then its new certificate is among the first
  /// things in the bundle, and stands for itself wherever it is found: it is learned before anything else is read.
  Result<bool> shows_new_key(const std::string& path, ByteView head) {
    InFile file;
    TRY(file.open(path));
    (void)file.read(head.size());
    auto reader = sync::BundleReader::open(head, store_.keys());
    if (!reader) return false;
    for (int blocks = 0; blocks < kKeyBlocks && !reader->last(); ++blocks) {
      const Bytes block = file.read(sync::kBundleBlock);
      if (block.size() < sync::kBundleBlock || !reader->add(block)) return false;
      for (;;) {
        const auto frame = reader->next();
        if (!frame) return false;
        if (!*frame) break;
        if ((*frame)->type != sync::FrameType::certificate) continue;
        const auto c = crypto::Certificate::decode((*frame)->bytes);
        if (!c || c->type != crypto::CertType::node || c->subject.bytes != head_.from.bytes ||
            !sync::verify_bundle_head(head, c->key))
          continue;
        const auto learned = store_.write([&] {
          inbox_.set_now(wall_now());
          return inbox_.learn(sync::FrameType::certificate, c->bytes, head_.from, tally_);
        });
        if (!learned && (learned.error().fault == Fault::full || learned.error().fault == Fault::corrupt))
          return std::unexpected(learned.error());
        return learned.has_value();
      }
    }
    return false;
  }

  void stop(Error e) {
    done_.stopped = std::move(e);
    end_ = true;
  }

  /// One block more. False at the end, good or bad.
  bool block() {
    const Bytes bytes = file_.read(sync::kBundleBlock);
    if (reader_->last()) {
      if (!bytes.empty())
        stop({Fault::forged, "something follows the end of the bundle: all that belongs to it is kept",
              "bundle.changed"});
      else if (!reader_->whole())
        stop({Fault::forged, "the bundle ends inside a frame", "bundle.changed"});
      end_ = true;
      return false;
    }
    if (bytes.size() < sync::kBundleBlock) {
      stop(cut().error());
      return false;
    }
    if (auto added = reader_->add(bytes); !added) {
      stop(added.error());
      return false;
    }
    return true;
  }

  /// As many frames as make one transaction. What is wrong with the file ends it and keeps what came before.
  Result<> piece() {
    const sync::Millis now = wall_now();
    inbox_.set_now(now);
    sync::Gate gate(inbox_, head_.from);
    frames_ = 0;
    for (std::size_t bytes = 0; frames_ < kFramesAtOnce && bytes < kBytesAtOnce && !end_;) {
      const auto frame = reader_->next();
      if (!frame) {
        stop({Fault::forged, "a frame of the bundle is malformed", "bundle.changed"});
      } else if (*frame) {
        bytes += (*frame)->bytes.size();
        ++frames_;
        TRY(take(gate, **frame, now));
        if (tally_.refused > kRefusedMost)
          stop({Fault::forged, "too much on the bundle failed its checks", "bundle.refused"});
      } else if (!block() && reader_->whole()) {
        TRY(all_told(gate, now));
      }
    }
    return inbox_.settle(now);
  }

  /// What is told in the clear comes first. Its receipts wait until all of it was read: as in an exchange, they count
  /// in one transaction with the mark that they were told under, or not at all.
  Result<> take(sync::Gate& gate, const sync::Frame& frame, sync::Millis now) {
    using enum sync::FrameType;
    if (!told_ && frame.type == statement && sync::says_receipt(frame.bytes)) {
      receipts_bytes_ += frame.bytes.size();
      if (receipts_bytes_ > kReceiptsBytes)
        stop({Fault::forged, "the bundle tells more than one can", "bundle.changed"});
      else
        receipts_.emplace_back(frame.bytes.begin(), frame.bytes.end());
      return {};
    }
    if (frame.type != statement && frame.type != certificate && frame.type != root) TRY(all_told(gate, now));
    return gate.take(frame, now, tally_);
  }

  Result<> all_told(sync::Gate& gate, sync::Millis now) {
    if (std::exchange(told_, true)) return {};
    for (const Bytes& s : std::exchange(receipts_, {})) TRY(gate.take({sync::FrameType::statement, s}, now, tally_));
    return counts_ ? heard_all(store_, head_) : Result<>{};
  }

  Store& store_;
  StoreInbox& inbox_;
  const BundlePause& pause_;
  InFile file_;
  sync::BundleHead head_;
  std::optional<sync::BundleReader> reader_;
  sync::Tally tally_;
  std::uint64_t frames_ = 0;  // of the piece at hand
  std::vector<Bytes> receipts_;
  std::size_t receipts_bytes_ = 0;
  bool told_ = false;    // all that the bundle tells in the clear was read
  bool counts_ = false;  // it is of the store that the link has: its marks say something
  bool end_ = false;
  BundleRead done_;
};

}  // namespace

Result<BundleRead> import_bundle(Store& store, StoreInbox& inbox, const std::string& path, const BundlePause& pause) {
  return Import(store, inbox, pause).run(path);
}

Result<bool> begin_hearing(Store& store, const sync::BundleHead& h) {
  StoreLink link(store, h.from);
  sync::LinkState s = TRY(link.load());
  if (s.peer_epoch != h.epoch) {
    // Another store of the neighbour: the one that came after ours was heard of, or, on an old stick, one before it.
    // Whoever was put back signs its node list anew, so the newest statement tells them apart.
    Query q = TRY(store.db().query("select coalesce(max(hlc), 0) from statement where node = ?", h.from));
    TRY(q.step());
    if (s.peer_epoch != sync::Epoch{} && h.at.value <= static_cast<std::uint64_t>(q.integer(0))) return false;
    s.peer_epoch = h.epoch;
    s.forget_marks();
  }
  if (h.peer_epoch == store.me().epoch) {
    const auto told = TRY(told_up_to(store, h.heard));
    // Never less than before: a stick that lay in a drawer knows less than what was said since. It knows nothing that
    // this store never said, or else this store is an old copy.
    if (told && *told == h.heard_told)
      s.peer_heard = std::max(s.peer_heard, h.heard);
    else
      s.forgotten = told || h.heard > TRY(newest_told(store));
  }
  TRY(link.save(s));
  return true;
}

Result<> heard_all(Store& store, const sync::BundleHead& h) {
  StoreLink link(store, h.from);
  sync::LinkState s = TRY(link.load());
  if (s.peer_epoch != h.epoch) return {};
  s.heard.take({h.base, h.base_told}, {h.mark, h.mark_told});
  return link.save(s);
}

}  // namespace yz::node
