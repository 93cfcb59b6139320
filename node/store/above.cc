#include "node/store/above.h"

#include <algorithm>

#include "node/store/cases.h"

namespace yz::node {
namespace {

constexpr int kHighest = 5;  // a path has six certificates at most

Result<bool> has_keys(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select 1 from node_list where office = ?", office));
  return q.step();
}

Result<Above> above(Store& store, const OfficeRow& o, Above::Rank rank) {
  Above a{o.id, o.code, o.name, rank, false};
  a.reached = TRY(has_keys(store, o.id));
  return a;
}

std::string_view word(std::int64_t state) {
  switch (state) {
    case 0:
      return "waiting";
    case 1:
      return "sent";
    case 2:
      return "delivered";
    case 3:
      return "opened";
    case 8:
      return "refused";
    default:
      return "set_aside";
  }
}

}  // namespace

Result<std::vector<Above>> offices_above(Store& store, Directory& directory) {
  std::vector<Above> out;
  const auto self = TRY(directory.office(store.me().office));
  if (!self) return out;
  for (const OfficeRow& o : TRY(directory.superiors())) {
    if (o.id == self->id) continue;
    out.push_back(TRY(above(store, o, o.id == self->superior ? Above::Rank::superior : Above::Rank::line)));
  }
  std::ranges::stable_sort(out, {}, &Above::rank);
  OfficeId at = self->superior;
  for (int i = 0; i < kHighest; ++i) {
    const auto o = TRY(directory.office(at));
    if (!o || o->id == self->id || o->state == OfficeState::revoked) break;
    if (std::ranges::find(out, o->id, &Above::id) == out.end())
      out.push_back(TRY(above(store, *o, Above::Rank::higher)));
    if (o->superior == o->id || o->superior.zero()) break;
    at = o->superior;
  }
  return out;
}

namespace {

/// `which`: what of `record r` is meant, with one parameter.
Result<std::vector<DeliveryState>> deliveries(Store& store, Directory& directory, const std::string& which,
                                              const auto& of) {
  struct Newest {
    DeliveryState shown;
    Bytes stream;
    sync::Seq seq;
  };
  std::vector<Newest> all;
  {
    // Rows of one office come with the newest version last, which stays.
    Query q = TRY(store.db().query(
        "select d.destination, d.state, d.done_ms, e.seq, s.id, e.at_ms, d.stored_ms, d.opened_ms from delivery d join"
        " record r on r.row = d.record left join envelope e on e.row = d.envelope left join stream s on s.row = "
        "e.stream"
        " where r.own = 1 and r.quarantine = 0 and " +
            which + " order by r.row",
        of));
    while (TRY(q.step())) {
      const auto office = TRY(q.id<OfficeId>(0));
      std::erase_if(all, [&](const Newest& n) { return n.shown.office == office; });
      Newest n{{office, word(q.integer(1)), q.integer(2), q.integer(6), q.integer(1) == 3 ? q.integer(7) : 0}, {}, {}};
      if (q.integer(1) == 2 || q.integer(1) == 3)
        n.shown.at_ms = n.shown.opened_ms > 0 ? n.shown.opened_ms : n.shown.stored_ms;
      if (q.integer(1) == 1 && !q.null(3)) {
        n.shown.at_ms = q.integer(5);
        n.seq.value = static_cast<std::uint64_t>(q.integer(3));
        n.stream = q.blob(4);
      }
      all.push_back(std::move(n));
    }
  }
  for (Newest& n : all) {
    if (n.stream.empty()) continue;
    Query q = TRY(store.db().query("select bytes, unix_ms from statement where stream = ? and kind = 1", n.stream));
    while (TRY(q.step())) {
      const auto statement = sync::decode_statement(q.blob(0));
      if (!statement) continue;
      const auto receipt = sync::decode_receipt(statement->body);
      if (!receipt || receipt->kind != sync::ReceiptKind::custody || !receipt->covers(n.seq)) continue;
      n.shown.state = "custody";
      n.shown.at_ms = q.integer(1);
    }
  }
  std::vector<DeliveryState> out;
  for (const Above& a : TRY(offices_above(store, directory)))
    for (const Newest& n : all)
      if (n.shown.office == a.id) out.push_back(n.shown);
  for (const Newest& n : all)
    if (std::ranges::find(out, n.shown.office, &DeliveryState::office) == out.end()) out.push_back(n.shown);
  return out;
}

}  // namespace

Result<std::vector<DeliveryState>> case_deliveries(Store& store, Directory& directory, std::int64_t matter) {
  return deliveries(store, directory, "r.matter = ? and r.type in (1, 2, 3, 4, 5, 10, 14)", matter);
}

Result<std::vector<DeliveryState>> record_deliveries(Store& store, Directory& directory, const RecordId& record) {
  return deliveries(store, directory, "r.id = ?", record);
}

}  // namespace yz::node
