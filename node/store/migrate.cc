#include "node/store/migrate.h"

#include <cassert>

#include "crypto/plant.h"

namespace yz::node {

Result<> migrate(Database& db, std::span<const Migration> all) {
  for (std::size_t i = 0; i < all.size(); ++i) assert(all[i].version == static_cast<std::int64_t>(i) + 1);
  const auto known = static_cast<std::int64_t>(all.size());
  const std::int64_t found = TRY(db.schema_version());
  if (found < 0) return fail(Fault::corrupt, "the database's version is " + std::to_string(found), "store.version");
  if (found > known)
    return fail(Fault::conflict,
                "this database was written by a newer Yizhan (version " + std::to_string(found) +
                    ", this program knows " + std::to_string(known) + "); install the newer program",
                "store.newer");
  for (const Migration& step : all.subspan(static_cast<std::size_t>(found))) {
    if (planted(Bug::migration_in_pieces)) {
      TRY(db.exec(step.sql));
      TRY(db.set_schema_version(step.version));
      continue;
    }
    Transaction tx = TRY(Transaction::begin(db));
    TRY(db.exec(step.sql));
    TRY(db.set_schema_version(step.version));
    TRY(tx.commit());
  }
  return {};
}

}  // namespace yz::node
