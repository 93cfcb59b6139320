#pragma once
#include <string_view>

#include "node/store/store.h"

namespace yz::node {

/// Whether a person here compared this key of that office by telephone: until then an office that joined stands on the
/// word of whoever had its invitation.
Result<bool> office_compared(Store&, const OfficeId&, const PublicKey& authority);
/// That one did. Ends the alarm of its admission. Inside a write.
Result<> set_office_compared(Store&, const OfficeId&, std::string_view code, const PublicKey& authority,
                             sync::Millis now);

}  // namespace yz::node
