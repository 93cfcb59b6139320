#include "node/store/forwards.h"

#include <algorithm>
#include <set>

#include "node/store/acts.h"

namespace yz::node {
namespace {

using sync::RecordType;

bool unrefused(const CaseRecord& c) { return c.quarantine == sync::Refusal::none; }
bool is_forward(const CaseRecord& c) { return c.released.record.type == RecordType::forward && unrefused(c); }

bool addressed_to(const CaseRecord& c, const OfficeId& us) {
  return std::ranges::binary_search(c.released.record.addressees, us);
}

auto by_clock(const CaseRecord* c) { return std::tie(c->released.record.at, c->released.id); }

}  // namespace

Result<std::vector<crypto::Certificate>> vouching_for(Store& store, const sync::Record& r) {
  std::vector<crypto::Certificate> out;
  const auto add = [&](Query q) -> Result<> {
    while (TRY(q.step())) {
      auto c = crypto::Certificate::decode(q.blob(0));
      if (!c) return fail(Fault::corrupt, "a stored certificate is damaged", "store.certificate");
      out.push_back(std::move(*c));
    }
    return {};
  };
  for (const auto& s : r.signatures)
    TRY(add(TRY(store.db().query("select certificate from officer where digest = ?", s.officer))));
  TRY(add(TRY(store.db().query("select certificate from office where id = ? and certificate is not null", r.origin))));
  return out;
}

std::vector<const CaseRecord*> outermost_forwards(const std::vector<CaseRecord>& records) {
  std::set<RecordId> nested;
  for (const CaseRecord& c : records)
    if (is_forward(c)) nested.insert(c.released.record.parents.begin(), c.released.record.parents.end());
  std::vector<const CaseRecord*> out;
  for (const CaseRecord& c : records)
    if (is_forward(c) && !nested.contains(c.released.id)) out.push_back(&c);
  std::ranges::sort(out, {}, by_clock);
  return out;
}

std::vector<OfficeId> brought_by(const std::vector<CaseRecord>& records, const OfficeId& lead, const OfficeId& us) {
  std::set<OfficeId> out;
  for (const CaseRecord& c : records) {
    const sync::Record& r = c.released.record;
    if (c.own || !unrefused(c) || (c.flags & record_note::nested) || !sync::may_be_nested(r.type)) continue;
    if (addressed_to(c, us)) out.insert(r.origin);
  }
  if (out.empty()) out.insert(lead);
  return {out.begin(), out.end()};
}

Result<Original> original_of(Store& store, const std::vector<CaseRecord>& records, const OfficeId& lead,
                             const std::optional<RecordId>& which) {
  const OfficeId& us = store.me().office;
  const CaseRecord* chosen = nullptr;
  const CaseGraph graph = graph_of(lead, records);
  const CaseRecord* now = current(graph, records);
  // Of what was for us: what stands on the newest version first, then a forward, which has that version inside.
  const auto rank = [&](const CaseRecord& c) {
    const auto on = made_on(c.released);
    const bool forward = c.released.record.type == RecordType::forward;
    const bool newest =
        now && (c.released.id == now->released.id || (forward && std::ranges::find(on, now->released.id) != on.end()));
    return std::tuple(newest, forward, c.released.record.at, c.released.id);
  };
  for (const CaseRecord& c : records) {
    const sync::Record& r = c.released.record;
    if (c.own || !unrefused(c) || !sync::may_be_nested(r.type) || !addressed_to(c, us)) continue;
    if (which ? c.released.id != *which : chosen && rank(c) < rank(*chosen)) continue;
    chosen = &c;
  }
  if (!chosen)
    return fail(Fault::denied, "only what was addressed to this office can be passed on by it",
                "forward.not_addressed");
  Original o;
  o.record = chosen->released;
  o.certificates = TRY(vouching_for(store, o.record.record));
  return o;
}

std::vector<std::size_t> newer_by_then(const CaseGraph& graph, const sync::ReleasedRecord& r) {
  using enum RecordType;
  const RecordType t = r.record.type;
  if (t != forward && t != decision && t != instruction) return {};
  return graph.newer_than(made_on(r), r.record.at);
}

Result<> mark_older_version(Store& store, std::int64_t matter) {
  // A record that comes in must not cost more with every one before it: of a crowd the case itself shows enough.
  static const std::string few =
      "select count(*), sum(type in (6, 11, 12) and quarantine = 0) from (select type, quarantine from record"
      " where matter = ? limit " +
      std::to_string(kEqualsLookedFor + 1) + ")";
  OfficeId lead;
  {
    Query q = TRY(store.db().query(few, matter));
    TRY(q.step());
    if (q.integer(0) > static_cast<std::int64_t>(kEqualsLookedFor) || q.integer(1) == 0) return {};
    Query m = TRY(store.db().query("select office from matter where row = ?", matter));
    TRY(m.step());
    lead = TRY(m.id<OfficeId>(0));
  }
  const auto records = TRY(case_records(store, matter));
  const CaseGraph graph = graph_of(lead, records);
  const bool older = std::ranges::any_of(records, [&](const CaseRecord& c) {
    return unrefused(c) && !newer_when_complete(graph, c.released, records).empty();
  });
  return store.db().run("update matter set flags = (flags & ~?1) | ?2 where row = ?3", record_note::older_version,
                        older ? record_note::older_version : 0, matter);
}

std::vector<CertDigest> signers_of(const sync::ReleasedRecord& r) {
  std::vector<CertDigest> out;
  const auto layers = sync::unfold(r);
  const auto add = [&](const sync::Record& rec) {
    for (const auto& s : rec.signatures) out.push_back(s.officer);
  };
  if (!layers) add(r.record);
  if (layers)
    for (const auto& l : *layers) add(l.record.record);
  return out;
}

}  // namespace yz::node
