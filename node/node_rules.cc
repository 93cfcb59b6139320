// Which rules hold here now: the built-in ones, as the offices above us and our own have changed them.
#include "node/log.h"
#include "node/net/rules_json.h"
#include "node/node.h"
#include "node/store/policies.h"

namespace yz::node {

const Rules& Node::rules() {
  const auto renewed = [&]() -> Result<> {
    const auto all = TRY(policies_in_force(store(), store().me().office, now()));
    std::string name = TRY(policy_name(store(), all));
    if (name == rules_->data().terms.name) return {};
    RuleSet ruled = TRY(ruled_by(store(), TRY(load_rules()), all, std::move(name)));
    rules_ = TRY(Rules::make(std::move(ruled)));
    return {};
  }();
  // A report is never kept back because a policy could not be read: what held before goes on.
  if (!renewed) log().warn("rules.renew", {{"why", renewed.error()}});
  return *rules_;
}

}  // namespace yz::node
