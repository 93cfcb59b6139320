// What policy says about commissions, for this office.
#include "node/net/api_request.h"

namespace yz::node::api {

std::int64_t commission_days(const Request& r) { return r.host.rules().data().terms.commission_days; }

sync::Millis commission_slack(const Request& r) {
  const auto self = r.host.directory().office(r.store().me().office);
  if (!self || !*self) return 0;
  const auto& slack = r.host.rules().data().terms.slack_min;
  const auto at = slack.find(crypto::name_of((*self)->level));
  return at == slack.end() ? 0 : at->second * 60'000;
}

}  // namespace yz::node::api
