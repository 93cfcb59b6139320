#pragma once
#include "node/office/books.h"
#include "node/store/directory.h"

namespace yz::node {

/// Whom we may report to: our superior, line superiors by code, then upwards from our superior.
Result<std::vector<Above>> offices_above(Store&, Directory&);

/// How far what we sent of a case got to one addressee. `at`: when, 0 where nothing happened yet.
struct DeliveryState {
  OfficeId office;
  std::string_view state;  ///< waiting, sent, custody, delivered, opened, refused, set_aside
  sync::Millis at_ms = 0;
  /// When a receipt first covered it, by the receipt's own stamp; 0: none did. They stay whatever comes later.
  sync::Millis stored_ms = 0, opened_ms = 0;
};
/// Of our newest good version that went to each, in the order of offices_above().
Result<std::vector<DeliveryState>> case_deliveries(Store&, Directory&, std::int64_t matter);
/// Of one record of ours, whatever it is: a forward, a decision.
Result<std::vector<DeliveryState>> record_deliveries(Store&, Directory&, const RecordId&);

}  // namespace yz::node
