#include "node/store/policies.h"

#include <algorithm>

#include "node/store/routes.h"

namespace yz::node {

Result<std::vector<StoredPolicy>> policies(Store& store) {
  std::vector<StoredPolicy> out;
  Query q =
      TRY(store.db().query("select bytes, matter, own, verified from record where type = 16 and quarantine = 0"
                           " order by row desc"));
  while (TRY(q.step())) {
    const auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    auto body = decode_policy(r->record.body);
    if (!body) continue;
    StoredPolicy p;
    p.office = r->record.origin;
    p.body = std::move(*body);
    p.record = r->id;
    p.case_id = r->record.case_id;
    p.matter = q.integer(1);
    p.published_ms = r->record.at.ms();
    p.own = q.integer(2) != 0;
    p.verified = q.integer(3) != 0;
    for (const auto& s : r->record.signatures)
      if (s.role == sync::SignRole::signer) p.signer = s.officer;
    // More than sixteen offices below: the same in several records.
    const auto same = [&](const StoredPolicy& o) { return o.office == p.office && o.body.version == p.body.version; };
    if (std::ranges::none_of(out, same)) out.push_back(std::move(p));
  }
  return out;
}

Result<std::vector<StoredPolicy>> policies_in_force(Store& store, sync::Millis at) {
  std::vector<StoredPolicy> out;
  const auto all = TRY(policies(store));
  if (all.empty()) return out;
  auto way = TRY(way_up(store, store.me().office));
  std::ranges::reverse(way);
  for (const OfficeId& office : way) {
    const StoredPolicy* best = nullptr;
    for (const StoredPolicy& p : all)
      if (p.office == office && p.body.effective_ms <= at && (!best || p.body.version > best->body.version)) best = &p;
    if (best) out.push_back(*best);
  }
  return out;
}

Result<std::string> policy_name(Store& store, const std::vector<StoredPolicy>& all) {
  std::string out;
  for (const StoredPolicy& p : all) {
    Query q = TRY(store.db().query("select code from office where id = ?", p.office));
    const std::string code = TRY(q.step()) ? q.text(0) : hex(p.office.view());
    out += (out.empty() ? "" : ",") + code + "#" + std::to_string(p.body.version);
  }
  return out;
}

RuleSet ruled_by(RuleSet built_in, const std::vector<StoredPolicy>& all, std::string name) {
  RuleSet rules = std::move(built_in);
  for (std::size_t i = 0; i < all.size(); ++i) apply_policy(all[i].body.document, i > 0, rules);
  rules.terms.name = std::move(name);
  return rules;
}

}  // namespace yz::node
