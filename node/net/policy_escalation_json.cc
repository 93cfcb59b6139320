// When the deputy, the leader and the superior are asked about what waits too long, as a policy says it.
#include "node/net/policy_parts.h"
#include "node/office/escalation.h"

namespace yz::node::policy_parts {
namespace {

constexpr std::int64_t kMinutesMax = 30 * 24 * 60;
constexpr std::array<const char*, 3> kSteps{"deputy_min", "leader_min", "superior_min"};
constexpr std::array kLanes{sync::Lane::flash, sync::Lane::urgent, sync::Lane::routine};
constexpr std::array kAwaited{Awaited::sign_off, Awaited::progress, Awaited::acknowledgement};

/// Whole minutes, each later than the one before; nothing otherwise.
std::optional<EscalationMin> minutes_in(const Json& e) {
  EscalationMin out{};
  std::int64_t before = 0;
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    const Json* n = e.find(kSteps[i]);
    if (!n || !n->integer() || *n->integer() <= before || *n->integer() > kMinutesMax) return std::nullopt;
    before = out[i] = *n->integer();
  }
  return out;
}

}  // namespace

void read_escalation(const Json& document, const Into& in) {
  each_of(document, "escalation", in.tell, [&](const Json& e, const std::string& at) {
    const auto what = awaited_from(e.text("what"));
    const auto lane = sync::lane_from(e.text("lane"));
    if (!what || !lane || !sync::is_stream_lane(*lane) || !is_escalated(*what, *lane))
      return in.tell("policy.unknown", at,
                     {"what is sign_off or progress of a lane, or acknowledgement of flash",
                      "只能是各紧急程度的 sign_off（签发）、progress（办理），或 flash 的 acknowledgement（签收）"});
    const auto minutes = minutes_in(e);
    if (!minutes)
      return in.tell("policy.form", at,
                     {"deputy_min, leader_min and superior_min are whole minutes, each more than the one before, up to "
                      "30 days",
                      "代签人、主要领导、上级三步都要写整数分钟，一步比一步晚，最多30天"});
    EscalationMin& now = escalation_min_of(in.rules.terms, *what, *lane);
    if (in.superior) {
      const EscalationMin& above = escalation_min_of(in.superior->terms, *what, *lane);
      for (std::size_t i = 0; i < kSteps.size(); ++i)
        if ((*minutes)[i] > above[i]) {
          in.tell("policy.laxer", at,
                  {"the superior asks after " + std::to_string(above[i]) + " min (" + kSteps[i] + ")",
                   "上级规定第 " + std::to_string(i + 1) + " 步 " + std::to_string(above[i]) + " 分钟，不能更晚"});
          break;
        }
    }
    for (std::size_t i = 0; i < kSteps.size(); ++i)
      now[i] = in.stricter ? std::min(now[i], (*minutes)[i]) : (*minutes)[i];
  });
}

Json escalation_json(const PolicyTerms& terms) {
  Json out = Json::array();
  for (const Awaited what : kAwaited)
    for (const sync::Lane lane : kLanes) {
      if (!is_escalated(what, lane)) continue;
      Json one = Json::object({{"what", name_of(what)}, {"lane", name_of(lane)}});
      const EscalationMin& minutes = escalation_min_of(terms, what, lane);
      for (std::size_t i = 0; i < kSteps.size(); ++i) one.set(kSteps[i], minutes[i]);
      out.add(std::move(one));
    }
  return out;
}

}  // namespace yz::node::policy_parts
