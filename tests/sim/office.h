#pragma once
// One simulated office: the real store on a disk that can lose power, and the officer who works there.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/office/desk.h"
#include "node/store/attachments.h"
#include "node/store/books.h"
#include "node/store/inbox.h"
#include "node/store/opener.h"
#include "tests/support/crash_vfs.h"

namespace yz::sim {

/// What the harness cannot do without, test or no test: it ends and says why.
template <class T>
T demand(Result<T> r) {
  if (!r) {
    std::fprintf(stderr, "simulation: %s (%s)\n", r.error().what.c_str(), r.error().code.c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

using sync::Millis;

/// Stands in every title and text that is written; must never be seen on a line or a disk.
inline constexpr std::string_view kCanary = "CANARY-5b1f90e7";
inline constexpr Millis kMinute = 60'000, kHour = 60 * kMinute;
/// When all simulations begin: 2026-06-08.
inline constexpr Millis kBegin = 1'780'900'000'000;

/// splitmix64: the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x2545F4914F6CDD1Du + 0x9E3779B97F4A7C15u) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  std::int64_t between(std::int64_t a, std::int64_t b) {
    return a + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(b - a + 1)));
  }
  bool chance(double p) { return static_cast<double>(next() >> 11) * 0x1.0p-53 < p; }

 private:
  std::uint64_t state_;
};

/// From now on libsodium's random bytes come from this seed (in this process, for good).
void seed_libsodium(std::uint64_t seed);

/// Whatever a home holds outside its store.
struct Credentials {
  std::array<std::uint8_t, 32> store_key{};
  std::array<std::uint8_t, 16> store_id{};
  std::array<std::uint8_t, 32> authority_seed{}, officer_seed{};
};

struct Founding {
  std::string code, name, officer;
  crypto::Level level{};
  bool root = false;
};

class Office {
 public:
  Office(std::unique_ptr<test::CrashDisk> disk, Credentials secrets) : disk_(std::move(disk)), secrets_(secrets) {}
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;
  ~Office() { close(); }

  /// Opens the store and reads who we are, as Node::open does. With `create` there is only an empty store.
  Result<> open(bool create = false);
  void close();
  bool is_open() const { return store_ != nullptr; }

  /// As node/founding.cc writes a new home: one transaction.
  Result<> found(const Founding&, Millis now);

  test::CrashDisk& disk() { return *disk_; }
  /// It is put back from a copy. While closed.
  void put_back(std::unique_ptr<test::CrashDisk> disk) { disk_ = std::move(disk); }
  const Credentials& secrets() const { return secrets_; }
  node::Store& store() { return *store_; }
  node::Directory& directory() { return *directory_; }
  node::StoreInbox& inbox() { return *inbox_; }
  node::Opener& opener() { return *opener_; }
  crypto::SigningKey authority() const;

  struct Wish {
    node::Kind kind = node::Kind::dynamic;
    sync::Lane lane = sync::Lane::routine;
    std::string text;
    std::vector<std::pair<std::string, Bytes>> attachments = {};
    bool send = true;
  };
  /// Whom its reports go to from now on; nobody named: the superior.
  void address(std::vector<OfficeId> to) { to_ = std::move(to); }
  /// What the page does: draft, attach, send. Ok only when the officer was told that it is signed and queued.
  Result<node::Outcome> write(const Wish&, Millis now);
  Result<node::Outcome> send(std::int64_t matter, Millis now);
  Result<node::Outcome> acknowledge(std::int64_t matter, Millis now);
  Result<node::Outcome> forward(std::int64_t matter, node::Forwarding, Millis now);
  Result<node::Outcome> correct(std::int64_t matter, node::Report, Millis now);
  /// The next version of a case of our own. `beside`: it was begun when only the case's first version was there, so
  /// that it stands beside what came since.
  Result<node::Outcome> correct(std::int64_t matter, const std::string& text, bool beside, Millis now);
  Result<node::Outcome> withdraw(std::int64_t matter, Millis now);
  /// Joins what stands side by side.
  Result<node::Outcome> resolve(std::int64_t matter, const std::string& text, Millis now);
  /// The officer retires and another takes the seat: the office still works with one person.
  Result<> add_officer(const std::string& name, const crypto::SigningKey&, Millis now);
  /// Everything that was stored and not opened.
  Result<> open_received(Millis now);

  /// Own records by id, as they lie in the store.
  Result<std::map<RecordId, Bytes>> own_records();
  Result<std::map<RecordId, Bytes>> records();
  Result<std::int64_t> number(std::string_view sql);
  Result<node::Desk> desk(Millis now);
  node::SigningPerson signer();

 private:
  std::unique_ptr<test::CrashDisk> disk_;
  Credentials secrets_;
  std::vector<OfficeId> to_;
  std::optional<crypto::SigningKey> officer_;
  node::Person person_;
  std::unique_ptr<node::Store> store_;
  std::unique_ptr<node::Directory> directory_;
  std::unique_ptr<node::StoreInbox> inbox_;
  std::unique_ptr<node::Opener> opener_;
  std::unique_ptr<node::StoreBooks> books_;
};

/// A county (top office, hub) and a township that has joined it: founded once, cloned for every run.
struct Pair {
  std::unique_ptr<Office> county, township;
};
Pair founded_pair();

/// City (top office), county and township, each joined to the one above.
struct Trio {
  std::unique_ptr<Office> city, county, township;
};
Trio founded_trio();

/// A city, two counties, three townships (two of the first county), in this order; `above` of the city is itself.
struct Tree {
  std::vector<std::unique_ptr<Office>> offices;
  std::vector<std::size_t> above;
};
Tree founded_tree();

const node::Rules& rules();
/// A routine text that breaks no rule, with the canary in it and about so many random characters besides.
std::string text_of(Random&, std::size_t more);

}  // namespace yz::sim
