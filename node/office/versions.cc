#include "node/office/versions.h"

#include <algorithm>

namespace yz::node {
namespace {

bool earlier(const Version& a, const Version& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); }

void sort_unique(auto& v) {
  std::ranges::sort(v);
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

}  // namespace

CaseGraph::CaseGraph(const OfficeId& lead, std::vector<Version> versions)
    : lead_(lead), versions_(std::move(versions)) {
  std::ranges::sort(versions_, earlier);
  versions_.erase(std::unique(versions_.begin(), versions_.end(), [](auto& a, auto& b) { return a.id == b.id; }),
                  versions_.end());
  for (std::size_t i = 0; i < versions_.size(); ++i) index_.emplace(versions_[i].id, i);
  find_missing();
  make_nodes();
  mark_replaced();
  make_standpoints();
}

std::optional<std::size_t> CaseGraph::find(const RecordId& id) const {
  const auto at = index_.find(id);
  return at == index_.end() ? std::nullopt : std::optional(at->second);
}

const CaseGraph::Standpoint* CaseGraph::of(const OfficeId& author) const {
  const auto at = std::ranges::find(standpoints_, author, &Standpoint::author);
  return at == standpoints_.end() ? nullptr : &*at;
}

bool CaseGraph::conflict() const {
  return std::ranges::any_of(standpoints_, [](const Standpoint& s) { return s.heads.size() > 1; });
}

void CaseGraph::find_missing() {
  for (const Version& v : versions_)
    for (const RecordId& p : v.parents)
      if (!index_.contains(p)) missing_.push_back(p);
  sort_unique(missing_);
  nodes_.resize(missing_.size());
}

/// Parents before children, so that equal versions of equal parents are found equal. What stands in a circle (its ids
/// cannot be hashes of it then) never gets its turn; it is taken at the end without the edges that make the circle,
/// so that all of it stays in sight.
void CaseGraph::make_nodes() {
  const std::size_t n = versions_.size();
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  node_at_.assign(n, kNone);
  std::vector<std::size_t> waits(n, 0), ready;
  std::vector<std::vector<std::size_t>> children(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (const RecordId& p : versions_[i].parents)
      if (const auto at = find(p)) {
        ++waits[i];
        children[*at].push_back(i);
      }
    if (waits[i] == 0) ready.push_back(i);
  }
  const auto parents_of = [&](std::size_t i) {
    std::vector<std::size_t> out;
    for (const RecordId& p : versions_[i].parents) {
      const auto at = find(p);
      if (!at)
        out.push_back(static_cast<std::size_t>(std::ranges::lower_bound(missing_, p) - missing_.begin()));
      else if (node_at_[*at] != kNone)
        out.push_back(node_at_[*at]);
    }
    sort_unique(out);
    return out;
  };
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t i = ready[next];
    node_at_[i] = node_of(i, parents_of(i));
    for (const std::size_t c : children[i])
      if (--waits[c] == 0) ready.push_back(c);
  }
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> circle;
  for (std::size_t i = 0; i < n; ++i)
    if (node_at_[i] == kNone) circle.emplace_back(i, parents_of(i));
  for (auto& [i, parents] : circle) {
    node_at_[i] = nodes_.size();
    nodes_.push_back({{i}, {}, {}, false});
    link(node_at_[i], parents);
  }
  for (Node& node : nodes_) std::ranges::sort(node.versions);
}

/// The node of an equal version, or a new one.
std::size_t CaseGraph::node_of(std::size_t version, std::vector<std::size_t> parents) {
  const Version& v = versions_[version];
  // Two beginnings of one case are never one decision, nor is what cannot be read.
  const bool comparable = versions_.size() <= kEqualsLookedFor && !parents.empty() && !v.unreadable();
  if (comparable)
    for (const std::size_t other : by_parents_[parents]) {
      const Version& o = versions_[nodes_[other].versions.front()];
      if (o.author != v.author || o.withdrawal != v.withdrawal || o.content != v.content) continue;
      nodes_[other].versions.push_back(version);
      return other;
    }
  const std::size_t made = nodes_.size();
  nodes_.push_back({{version}, {}, {}, false});
  link(made, parents);
  if (comparable) by_parents_[std::move(parents)].push_back(made);
  return made;
}

void CaseGraph::link(std::size_t node, std::span<const std::size_t> parents) {
  nodes_[node].parents.assign(parents.begin(), parents.end());
  for (const std::size_t p : parents) nodes_[p].children.push_back(node);
}

void CaseGraph::mark_replaced() {
  for (const Node& node : nodes_)
    for (const std::size_t p : node.parents) {
      Node& parent = nodes_[p];
      if (!parent.versions.empty() && replaces(versions_[node.versions.front()], versions_[parent.versions.front()]))
        parent.replaced = true;
    }
}

void CaseGraph::make_standpoints() {
  std::map<OfficeId, std::vector<Head>> by_author;
  for (const Node& node : nodes_)
    if (!node.versions.empty() && !node.replaced)
      by_author[versions_[node.versions.front()].author].push_back({node.versions});
  for (auto& [author, heads] : by_author) {
    // Indices follow (clock, id).
    std::ranges::sort(heads, {}, &Head::newest);
    standpoints_.push_back({author, std::move(heads)});
  }
  std::ranges::stable_partition(standpoints_, [&](const Standpoint& s) { return s.author == lead_; });
}

CaseGraph::Common CaseGraph::common(std::span<const Head> heads) const {
  const std::size_t n = nodes_.size();
  // reached[x] counts the heads that x is an ancestor of (or is): walked head by head, each node once a head.
  std::vector<std::size_t> reached(n, 0), seen(n, 0), todo;
  std::vector<std::vector<std::size_t>> unknown(heads.size());  // missing ancestors of each head
  for (std::size_t h = 0; h < heads.size(); ++h) {
    todo = {node_at_[heads[h].newest()]};
    while (!todo.empty()) {
      const std::size_t x = todo.back();
      todo.pop_back();
      if (seen[x] == h + 1) continue;
      seen[x] = h + 1;
      ++reached[x];
      if (nodes_[x].versions.empty()) unknown[h].push_back(x);
      todo.insert(todo.end(), nodes_[x].parents.begin(), nodes_[x].parents.end());
    }
  }
  const auto shared = [&](std::size_t x) { return reached[x] == heads.size(); };
  Common out;
  bool absent = false;
  for (std::size_t x = 0; x < n; ++x) {
    if (!shared(x) || std::ranges::any_of(nodes_[x].children, shared)) continue;
    absent |= nodes_[x].versions.empty();
    if (!nodes_[x].versions.empty()) out.versions.push_back(nodes_[x].versions.back());
  }
  std::ranges::sort(out.versions);
  // Two heads with gaps of their own may share, behind the gaps, something lower than what we see.
  std::size_t gaps = 0;
  for (const auto& u : unknown) gaps += !std::ranges::all_of(u, shared);
  out.known = !absent && !out.versions.empty() && gaps < 2;
  return out;
}

std::vector<std::size_t> CaseGraph::newer_than(std::span<const RecordId> parents, sync::Hlc at) const {
  std::vector<bool> known(nodes_.size(), false), below(nodes_.size(), false);
  std::vector<std::size_t> todo, on;
  for (const RecordId& p : parents)
    if (const auto i = find(p)) on.push_back(node_at_[*i]);
  todo = on;
  while (!todo.empty()) {
    const std::size_t x = todo.back();
    todo.pop_back();
    if (known[x]) continue;
    known[x] = true;
    todo.insert(todo.end(), nodes_[x].parents.begin(), nodes_[x].parents.end());
  }
  std::vector<std::size_t> out;
  todo = on;
  while (!todo.empty()) {
    const std::size_t x = todo.back();
    todo.pop_back();
    for (const std::size_t c : nodes_[x].children) {
      if (below[c] || !replaces(versions_[nodes_[c].versions.front()], versions_[nodes_[x].versions.front()])) continue;
      below[c] = true;
      todo.push_back(c);
      // Of equal ones the earliest counts: then at the latest this was said.
      const std::size_t first = nodes_[c].versions.front();
      if (!known[c] && versions_[first].at < at) out.push_back(first);
    }
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace yz::node
