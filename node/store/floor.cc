#include "node/store/floor.h"

#include "node/store/directory.h"

namespace yz::node {
namespace {

/// How the alarm's message ends.
std::string machine_in(const NodeId& machine) { return ", machine " + hex(machine.view()).substr(0, 8); }

}  // namespace

Result<Bytes> newest_word_of(Store& store, const OfficeId& office) {
  Query q =
      TRY(store.db().query("select node, epoch, hlc from statement where node in (select id from node where office = ?)"
                           " order by hlc desc limit 1",
                           office));
  if (!TRY(q.step())) return Bytes{};
  Writer w;
  w.id(TRY(q.id<NodeId>(0))).id(TRY(q.id<sync::Epoch>(1))).u64(static_cast<std::uint64_t>(q.integer(2)));
  return w.take();
}

Result<> look_for_backdating(Store& store, std::int64_t stream, const sync::Receipt& r, const sync::Statement& s,
                             sync::Millis now) {
  std::optional<std::uint64_t> number;
  {
    // What it says of itself: under another epoch it has found out since that it is an old copy, and a copy does not
    // know what it had said.
    Query q = TRY(store.db().query("select 1 from statement where node = ? and kind = ? and epoch <> ?", s.node,
                                   static_cast<int>(sync::StatementKind::incarnation), s.epoch));
    if (TRY(q.step())) return {};
  }
  {
    Query q = TRY(
        store.db().query("select seq, floor from envelope where stream = ? and own = 1 and state in (0, 1) and seq <= ?"
                         " and length(floor) = 32 order by seq",
                         stream, r.upto.value));
    while (!number && TRY(q.step())) {
      const Bytes floor = q.blob(1);
      Reader word(floor);
      const bool same_machine = word.id<NodeId>() == s.node && word.id<sync::Epoch>() == s.epoch;
      if (same_machine && s.at.value < word.u64()) number = static_cast<std::uint64_t>(q.integer(0));
    }
  }
  if (!number) return {};
  const auto office = TRY(Directory(store).office(s.office));
  const std::string code = office ? office->code : hex(s.office.view());
  const std::string what =
      "a receipt is dated before an earlier word of the same office: " + std::string(sync::name_of(r.stream.lane)) +
      " " + std::to_string(*number) + machine_in(s.node);
  TRY(store.journal("node", "alarm", code, "receipt.backdated: " + what, now));
  return store.alarm("receipt.backdated", what, code, now);
}

Result<> excuse_backdating(Store& store, const NodeId& machine) {
  return store.db().run("delete from alarm where code = 'receipt.backdated' and message like '%' || ?",
                        machine_in(machine));
}

}  // namespace yz::node
