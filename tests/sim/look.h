#pragma once
// What a test asks an office's store.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "node/store/audit.h"
#include "tests/sim/expect.h"
#include "tests/sim/office.h"

namespace yz::sim {

inline OfficeId id_of(Office& o) { return o.store().me().office; }
/// The one number of a query; the test fails when there is none.
inline std::int64_t number(Office& o, std::string_view sql) { return must(o.number(std::string(sql))); }
/// Everything in the store can be proved.
inline void sound(Office& o) {
  const auto audit = must(node::verify_store(o.store(), o.directory(), std::nullopt));
  for (const auto& p : audit.problems) MESSAGE(p.what, " ", p.where);
  CHECK(audit.ok());
}

}  // namespace yz::sim
