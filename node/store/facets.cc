#include "node/store/facets.h"

#include "node/office/body.h"
#include "sync/record.h"

namespace yz::node {
namespace {

constexpr std::string_view kFilled = "facets_filled";

/// The newest version of each case of this kind, or its draft when nothing was signed.
Result<> fill_kind(Store& store, Kind kind) {
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(store.db().query("select row from matter where kind = ?", static_cast<int>(kind)));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows) {
    Query newest =
        TRY(store.db().query("select bytes from record where matter = ? and quarantine = 0 and replaced = 0 and type in"
                             " (1, 2, 3, 4, 14) order by hlc desc limit 1",
                             row));
    if (TRY(newest.step())) {
      const auto record = sync::decode_record(newest.blob(0));
      if (!record) continue;
      if (const auto body = decode_body(record->record.body)) TRY(set_facets(store, row, body->report));
      continue;
    }
    Query draft = TRY(store.db().query("select report from draft where matter = ?", row));
    if (!TRY(draft.step())) continue;
    if (const auto body = decode_body(draft.blob(0))) TRY(set_facets(store, row, body->report));
  }
  return {};
}

}  // namespace

Result<> set_facets(Store& store, std::int64_t matter, const Report& r) {
  return store.db().run(
      "update matter set incident = ?1, grade = ?2 where row = ?3 and (incident <> ?1 or grade <> ?2)",
      r.fields.text("incident_type"), r.fields.text("level"), matter);
}

Result<> fill_facets(Store& store) {
  if (TRY(store.meta_number(kFilled)) != 0) return {};
  for (const auto& [kind, name] : kKinds)
    if (is_emergency(kind)) TRY(fill_kind(store, kind));
  return store.set_meta_number(kFilled, 1);
}

}  // namespace yz::node
