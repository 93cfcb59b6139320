// decode_body, decode_policy and what a policy does to the rules, on hostile bytes: what reads can be written, and what
// was written reads the same. Linked without main by libFuzzer; seeds: tests/fuzz/corpus/body.
#include <cstdlib>

#include "crypto/secret.h"
#include "node/net/rules_json.h"
#include "node/office/body.h"
#include "node/office/policy.h"

using namespace yz;
using namespace yz::node;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  must(started);
  const ByteView in(data, size);
  if (const auto body = decode_body(in)) {
    const auto& x = body->extras;
    if (x.commission) must(x.commission->chain.size() <= kCommissionDeepest && x.commission->to.size() <= kAskedMost);
    if (x.reply) must(x.reply->to.size() <= kAskedMost);
    const auto again = decode_body(encode_body(body->report, x));
    must(!again || (again->extras.commission == x.commission && again->extras.reply == x.reply));
    if (x.clue) must(x.clue->told_by.size() <= kClueLineBytesMax && x.clue->place.size() <= kClueLineBytesMax);
    must(!again || (again->extras.clue == x.clue && again->extras.exercise == x.exercise));
  } else {
    must(body.error().fault == Fault::forged || body.error().fault == Fault::invalid);
  }
  if (const auto policy = decode_policy(in)) {
    static const RuleSet built_in = load_rules().value();
    RuleSet rules = built_in;
    apply_policy(policy->document, size % 2 == 1, rules);
    must(Rules::make(std::move(rules)).has_value());
    must(check_policy(policy->document, built_in, nullptr).size() <= 100);
  } else {
    must(policy.error().fault == Fault::forged);
  }
  return 0;
}
