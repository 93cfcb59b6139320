#include "node/store/compared.h"

#include "crypto/hash.h"

namespace yz::node {
namespace {

std::string name_of(const OfficeId& office) { return "compared." + hex(office.view()); }

}  // namespace

Result<bool> office_compared(Store& store, const OfficeId& office, const PublicKey& authority) {
  const auto key = TRY(store.meta(name_of(office)));
  return key && crypto::same(*key, authority.view());
}

Result<> set_office_compared(Store& store, const OfficeId& office, std::string_view code, const PublicKey& authority,
                             sync::Millis now) {
  TRY(store.set_meta(name_of(office), authority.view()));
  return store.db().run("update alarm set seen = ? where code = 'office.admitted' and office = ? and seen = 0", now,
                        code);
}

}  // namespace yz::node
