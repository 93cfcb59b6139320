#pragma once
#include "node/store/store.h"

namespace yz::node {

/// The exchanges of an office directly below us are refused (403 "exchange.suspended"), or taken again; what it writes
/// stays queued there. Fault::denied "office.not-below" for any other. Inside a write.
Result<> suspend_office(Store&, const OfficeId&, bool suspended, std::string_view officer, std::string_view reason,
                        sync::Millis now);

}  // namespace yz::node
