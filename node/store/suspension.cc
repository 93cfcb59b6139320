#include "node/store/suspension.h"

#include "node/store/directory.h"

namespace yz::node {

Result<> suspend_office(Store& store, const OfficeId& id, bool suspended, std::string_view officer,
                        std::string_view reason, sync::Millis now) {
  const auto office = TRY(Directory(store).office(id));
  if (!office || office->state != OfficeState::below)
    return fail(Fault::denied, "only an office directly below this one is suspended here", "office.not-below");
  TRY(store.db().run("update office set suspended = ? where id = ?", suspended ? 1 : 0, id));
  return store.journal(officer, suspended ? "office.suspend" : "office.resume", office->code, reason, now);
}

}  // namespace yz::node
