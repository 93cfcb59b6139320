#include "node/store/policy_share.h"

#include <algorithm>
#include <array>

#include "node/store/cases.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

struct Missing {
  std::int64_t record, matter;
  OfficeId office;
};

/// Versions stand in cases of their own; more than sixteen addressees have several records of one version, which say
/// the same: the first is enough.
Result<std::vector<Missing>> missing(Store& store) {
  std::vector<Missing> out;
  Query q = TRY(store.db().query(
      "select p.first, p.matter, o.id from (select min(row) as first, matter from record where type = 16 and"
      " own = 1 and quarantine = 0 group by matter) p join office o on o.certificate is not null and o.state not"
      " in (?, ?) and o.id <> ? where not exists(select 1 from delivery d join record r on r.row ="
      " d.record where r.matter = p.matter and r.type = 16 and d.destination = o.id)"
      " order by p.first",
      static_cast<int>(OfficeState::moved), static_cast<int>(OfficeState::revoked), store.me().office));
  while (TRY(q.step())) out.push_back({q.integer(0), q.integer(1), TRY(q.id<OfficeId>(2))});
  return out;
}

/// Another machine of ours that signed it sends it to whom it was written for.
Result<bool> written_for(Store& store, std::int64_t matter, const OfficeId& office) {
  Query q = TRY(store.db().query(
      "select bytes from record where matter = ? and type = 16 and own = 1 and quarantine = 0", matter));
  while (TRY(q.step())) {
    const auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    if (std::ranges::binary_search(r->record.addressees, office)) return true;
  }
  return false;
}

}  // namespace

Result<std::size_t> share_policies(Store& store, sync::Millis now) {
  std::size_t queued = 0;
  for (const Missing& m : TRY(missing(store))) {
    if (!TRY(lies_below(store, m.office, store.me().office)) || TRY(written_for(store, m.matter, m.office))) continue;
    TRY(queue_record(store, m.record, std::array{m.office}, sync::Lane::urgent, now));
    ++queued;
  }
  return queued;
}

}  // namespace yz::node
