#include "node/store/told.h"

#include "crypto/hash.h"
#include "node/store/sqlite.h"

namespace yz::node {
namespace {

/// Beyond these a neighbour that was away so long is told everything again: 2 MiB at most, weeks of a busy county.
constexpr std::uint64_t kKept = 65'536;
/// How often the old ones are looked for.
constexpr std::uint64_t kEvery = 1024;

/// Nobody names again what is older than the least that a neighbour has heard.
Result<> throw_old_away(Store& store, std::uint64_t newest) {
  TRY(store.db().run("delete from told where number < (select min(peer_heard) from link where peer_heard > 0)"));
  if (newest <= kKept) return {};
  return store.db().run("delete from told where number <= ?", newest - kKept);
}

}  // namespace

Result<std::uint64_t> next_told(Store& store, sync::FrameType type, ByteView item) {
  std::uint64_t number = 1;
  Writer w;
  {
    Query q = TRY(store.db().query("select number, value from told order by number desc limit 1"));
    if (TRY(q.step())) {
      number = static_cast<std::uint64_t>(q.integer(0)) + 1;
      w.raw(q.blob(1));
    } else {
      w.zeros(sync::Told::kSize);
    }
  }
  w.u64(number).u8(static_cast<std::uint8_t>(type));
  const Hash value = crypto::hash(crypto::purpose::told, {w.view(), item});
  TRY(store.db().run("insert into told(number, value) values(?, ?)", number, value.view().first(sync::Told::kSize)));
  if (number % kEvery == 0) TRY(throw_old_away(store, number));
  return number;
}

Result<std::optional<sync::Told>> told_up_to(Store& store, std::uint64_t number) {
  if (number == 0) return sync::Told{};
  Query q = TRY(store.db().query("select value from told where number = ?", number));
  if (!TRY(q.step())) return std::nullopt;
  return TRY(q.id<sync::Told>(0));
}

Result<std::uint64_t> newest_told(Store& store) {
  Query q = TRY(store.db().query("select max(number) from told"));
  return TRY(q.step()) ? static_cast<std::uint64_t>(q.integer(0)) : 0;
}

}  // namespace yz::node
